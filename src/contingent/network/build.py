"""From a scenario's places, links, handling and fleets to a network.

Between two places where something may happen the shortest way is one arc; places that are only passed do not appear.
Something happens at the ends of movements and supply, at places with a row in handling.csv, and at the ends of links with a
capacity. Loads are put on rail at rail terminals, on ships at ports, on aircraft at airports; at the ends of movements also
where there is no row.
"""

from collections.abc import Iterable

from contingent.model.movement import Fleet
from contingent.model.scenario import Scenario
from contingent.network.arcs import Drawing, draw
from contingent.network.factors import movement_factor
from contingent.network.graph import Network, Resource
from contingent.network.ground import ground_of
from contingent.network.kinds import COUNTED_ON, KINDS


def has_network(scenario: Scenario) -> bool:
    """Whether a scenario says how units get anywhere: it has links, and fleets or places that handle."""
    return bool(scenario.links and (scenario.fleets or scenario.handling))


def build_network(
    scenario: Scenario, ends: Iterable[str] = (), *, closed: Iterable[str] = (), kinds: Iterable[str] | None = None
) -> Network:
    """Return the network of a scenario.

    Parameters
    ----------
    scenario : Scenario
        With links; handling and fleets as far as it has them.
    ends : iterable of str
        Places at which movements begin and end, besides those of stocks.csv.
    closed : iterable of str
        Names of places and links that are closed.
    kinds : iterable of str, optional
        Kinds of what moves that have a graph; None = all.
    """
    stocked = {place for row in scenario.stocks for place in (row.location, *row.supplied_from, *row.serves)}
    ground = ground_of(scenario, {*ends} | stocked, closed)
    fleets = tuple(fleet for fleet in scenario.fleets if fleet.quantity and fleet.availability)
    resources = _resources(scenario, fleets)
    index = {resource.name: at for at, resource in enumerate(resources)}
    stretches = {track: ground.stretches(track) for track in ground.tracks}
    on_board = dict.fromkeys(stop for ways in stretches.values() for stop in ways)
    places = tuple(dict.fromkeys((*ground.on_ground, *on_board)))
    nations = tuple(sorted({fleet.nation for fleet in fleets if fleet.nation}))
    drawing = Drawing(
        ground=ground, fleets=fleets, stretches=stretches, index=index, nations=nations,
        place_index={place: at for at, place in enumerate(places)},
        march_speed=movement_factor(scenario, "march_speed_kmh"), march_hours=movement_factor(scenario, "march_hours_per_day"),
    )  # fmt: skip
    graphs = {name: draw(drawing, KINDS[name]) for name in (KINDS if kinds is None else kinds)}
    return Network(
        places=places, resources=resources, fleets=fleets, fleet_resource=tuple(index[fleet.fleet] for fleet in fleets),
        nations=nations, graphs=graphs, place_index=drawing.place_index,
    )  # fmt: skip


def _resources(scenario: Scenario, fleets: tuple[Fleet, ...]) -> tuple[Resource, ...]:
    """What is scarce: handling, links with a capacity, fleets; each by its name.

    What is closed is among them, though no arc takes any of it, so that what is taken of one network can be laid on another.
    """
    handled = [
        Resource(f"{row.location}: {row.activity}", row.activity, row.location, None, row.counts, row.per_day)
        for row in scenario.handling
    ]
    limited = {
        link.link: Resource(link.link, "link", None, link.mode, COUNTED_ON[link.mode], link.capacity_per_day)
        for link in scenario.links if link.capacity_per_day is not None
    }  # fmt: skip
    carrying = [
        Resource(fleet.fleet, "fleet", None, fleet.mode, "fleet-days", fleet.quantity * fleet.availability, fleet.from_day)
        for fleet in fleets
    ]
    return (*handled, *limited.values(), *carrying)
