"""The way of aid into the host's country: what arrives, by weight, over the places and links that the force uses.

One way a donor: the quickest by road, rail or sea from the place that is nearest to the donor's first home station in the pool,
to the host's depot (stocks.csv) that is reached first. Pieces of `HEAVY_T` and more go as heavy pieces, the rest by weight. What
is expected by D-day has passed before the force comes: one row says so. The rest is counted in the week of its arrival. Trains,
ships and lorries are the donor's own: only places and links are shared with the force.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from contingent.geography.shapes import Point, distances_km
from contingent.model.scenario import Scenario
from contingent.network import Network, Way, build_network, has_network
from contingent.network.ground import PASSED_THROUGH
from contingent.network.kinds import KINDS

WEEK = 7
"""Days of a row, as in the frame ``utilisation``. [days]"""

HEAVY_T = 10.0
"""From this weight on a piece does not go on a lorry with others. [t]"""

HEAVY, BY_WEIGHT = "carried", "supply"
"""Kinds of the network by which aid moves (`contingent.network.kinds`)."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What aid takes of a place or link in a week, beside the force; or why that is not known.

    Parameters
    ----------
    resource, counts : str
        As in the frame ``utilisation``.
    from_day, until_day : int or None
        The week. [days from D-day]
    aid, force, have : float or None
        What aid, and force and supply, take of what there is. [what is counted]
    donors, pledges : tuple of str
        Whose aid, by which pledges.
    why : str or None
        Why it is not known.
    """

    resource: str
    counts: str
    from_day: int | None
    until_day: int | None
    aid: float | None
    force: float | None
    have: float | None
    donors: tuple[str, ...]
    pledges: tuple[str, ...]
    why: str | None = None


def crossings(scenario: Scenario, arrivals: pl.DataFrame, utilisation: pl.DataFrame | None) -> Iterator[Crossing]:
    """Yield what aid takes of each place and link in each week in which it passes, what passes before the force comes, and each
    donor of whom nothing can be said.

    Parameters
    ----------
    scenario : Scenario
        With places, links, handling, pool and stocks, as far as it has them.
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``.
    utilisation : polars.DataFrame or None
        What force and supply take; None or empty = not worked out.
    """
    if not has_network(scenario):
        return
    weights = {row.equipment: row.weight_t for row in scenario.equipment}
    yield from _before(arrivals.filter(pl.col("day") <= 0, pl.col("quantity") > 0), weights)
    coming = arrivals.filter(pl.col("day") > 0, pl.col("day") < scenario.settings.horizon_days, pl.col("quantity") > 0)
    if coming.is_empty():
        return
    homes = {donor: home_of(scenario, donor) for donor in coming["donor"].unique().sort()}
    network = _by_land_and_sea(scenario, [place for place in homes.values() if place is not None])
    ways = {
        (donor, kind): _quickest(scenario, network, kind, home) for donor, home in homes.items() for kind in (HEAVY, BY_WEIGHT)
    }
    taken: dict[tuple[int, int], _Taken] = {}
    unknown: dict[tuple[str, str], list[str]] = {}
    for donor, pledge, equipment, quantity, day in coming.select("donor", "pledge", "equipment", "quantity", "day").iter_rows():
        weight = weights.get(equipment)
        kind = HEAVY if (weight or 0.0) >= HEAVY_T else BY_WEIGHT
        way = ways[donor, kind]
        if (why := _not_known(network, homes[donor], weight, equipment, way)) is not None:
            unknown.setdefault((donor, why), []).append(pledge)
            continue
        assert way is not None
        assert weight is not None
        number = quantity * (max(1.0, weight / KINDS[HEAVY].tonnes) if kind == HEAVY else weight)
        for resource, amount in way.load.items():
            if network.resources[resource].kind != "fleet":
                taken.setdefault((resource, day // WEEK), _Taken()).add(donor, pledge, amount * number)
    yield from _weeks(scenario, network, taken, utilisation)
    for (donor, why), pledges in sorted(unknown.items()):
        yield Crossing("way in", "not known", None, None, None, None, None, (donor,), tuple(dict.fromkeys(pledges)), why)


def _before(early: pl.DataFrame, weights: Mapping[str, float | None]) -> Iterator[Crossing]:
    """Yield one row of what is expected by D-day."""
    if early.is_empty():
        return
    rows = early.select("equipment", "quantity").iter_rows()
    tonnes = round(sum(quantity * (weights.get(equipment) or 0.0) for equipment, quantity in rows), 9)
    donors, pledges = (tuple(early[column].unique().sort()) for column in ("donor", "pledge"))
    why = f"{tonnes:,.0f} t are expected by D-day, before the force moves: on the way in the two do not meet"
    yield Crossing("way in", "t", None, None, tonnes, None, None, donors, pledges, why)


class _Taken:
    """What is taken of a resource in a week, by whom."""

    def __init__(self) -> None:
        self.amounts: list[float] = []
        self.donors: dict[str, None] = {}
        self.pledges: dict[str, None] = {}

    def add(self, donor: str, pledge: str, amount: float) -> None:
        self.amounts.append(amount)
        self.donors[donor] = None
        self.pledges[pledge] = None


def _weeks(
    scenario: Scenario, network: Network, taken: Mapping[tuple[int, int], _Taken], utilisation: pl.DataFrame | None
) -> Iterator[Crossing]:
    known = utilisation is not None and not utilisation.is_empty()
    used: dict[tuple[str, int], tuple[float, float]] = {}
    if utilisation is not None:
        columns = ("resource", "from_day", "used", "capacity")
        used = {(name, day): (much, of) for name, day, much, of in utilisation.select(columns).iter_rows()}
    for (at, week), by in sorted(taken.items()):
        resource, first = network.resources[at], week * WEEK
        last = min(first + WEEK, scenario.settings.horizon_days)
        force, have = used.get((resource.name, first), (0.0, resource.per_day * (last - first)))
        yield Crossing(
            resource.name, resource.counts, first, last, round(sum(by.amounts), 9), round(force, 9) if known else None,
            round(have, 9), tuple(sorted(by.donors)), tuple(sorted(by.pledges)),
        )  # fmt: skip


def _not_known(network: Network, home: str | None, weight: float | None, equipment: str, way: Way | None) -> str | None:
    """Say why nothing can be said of a shipment; None where something can."""
    if weight is None:
        return f"the weight of {equipment} is not known"
    if home is None:
        return "no place is known from which it sets out"
    if way is None:
        return f"no way by land or sea is known from {home} to a depot of the host"
    limited = any(network.resources[resource].kind != "fleet" for resource in way.load)
    return None if limited else f"no capacity is known of the way from {home}"


def home_of(scenario: Scenario, donor: str) -> str | None:
    """Return the place on a road or railway that is nearest to a donor's first home station in the pool; None = not known."""
    point = next(
        (Point(entry.latitude, entry.longitude) for entry in scenario.pool
         if entry.nation == donor and entry.latitude is not None and entry.longitude is not None),
        None,
    )  # fmt: skip
    joined = {end for link in scenario.links if link.mode in ("road", "rail") for end in (link.from_location, link.to_location)}
    places = [
        (row.location, Point(row.latitude, row.longitude)) for row in scenario.locations
        if row.location in joined and row.kind not in PASSED_THROUGH and row.latitude is not None and row.longitude is not None
    ]  # fmt: skip
    if point is None or not places:
        return None
    return places[int(np.argmin(distances_km([point], [at for _, at in places])[0]))][0]


def _by_land_and_sea(scenario: Scenario, homes: list[str]) -> Network:
    fleets = tuple(fleet for fleet in scenario.fleets if fleet.mode != "air")
    return build_network(scenario.model_copy(update={"fleets": fleets}), homes, kinds=(HEAVY, BY_WEIGHT))


def _quickest(scenario: Scenario, network: Network, kind: str, home: str | None) -> Way | None:
    """The quickest way from a place to any depot of the host; of equal ones the depot that stands first."""
    if home is None:
        return None
    countries = {row.location: row.country for row in scenario.locations}
    host = scenario.settings.host
    depots = dict.fromkeys(row.location for row in scenario.stocks if host is not None and countries.get(row.location) == host)
    found = [way for depot in depots for way in network.ways(kind, home, depot, at_most=1)]
    return min(found, key=lambda way: way.days, default=None)
