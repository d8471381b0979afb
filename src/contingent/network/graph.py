"""The network as data: resources, one graph for each kind, ways."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contingent.model.movement import Fleet
from contingent.network.ways_kernel import days_to_node, fastest

Whole = NDArray[np.int64]
Number = NDArray[np.float64]

GROUND, MARCH = -1, -2
"""Vehicle of a node: on the ground, or in a convoy of its own wheels; from 0 on the fleets."""

LOAD, TRAVEL, UNLOAD, CHANGE = 0, 1, 2, 3
"""What happens on an arc."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is scarce: so much a day.

    Parameters
    ----------
    name : str
        ``place: activity``, the fleet's name, or the link's.
    kind : str
        The activity of handling.csv, ``fleet`` or ``link``.
    place : str or None
        The place, for handling.
    mode : str or None
        Mode of a fleet or a link.
    counts : str
        What is counted a day: as handling.csv says; ``fleet-days`` for fleets.
    per_day : float
        So much a day; fleets: quantity times availability.
    from_day : int
        First day on which there is any. [days from D-day]
    """

    name: str
    kind: str
    place: str | None
    mode: str | None
    counts: str
    per_day: float
    from_day: int = 0


@dataclass(frozen=True)
class Graph:
    """The ways that one kind may take. Nodes are places on the ground or on board; arcs load, travel, unload or change trains.

    An arc, begun at time t by n of the kind, takes in this order

        1. ``before`` (up to two resources): n x amount of each, on the day and, where that is full, on the days after it
        2. ``fleet``: n x share of its vehicles, all at once, over ``fleet_days`` from then on
        3. ``days``
        4. ``after`` (up to two resources), as 1, then ``after_days``

    Parameters
    ----------
    kind : str
        Name of the kind.
    node_place, node_vehicle : ndarray of int
        Place and vehicle of each node, shape (nodes,). Vehicle: `GROUND`, `MARCH` or the fleet.
    first : ndarray of int
        First arc of each node, and the number of arcs; shape (nodes + 1,). Arcs lie in order of their tails.
    tail, head, does : ndarray of int
        Nodes of each arc, and what it does; shape (arcs,).
    days, after_days : ndarray of float
        Travel or handling, and what follows it. [days], shape (arcs,)
    fleet, nation : ndarray of int
        Resource of the fleet and index of the only nation that it carries, -1 = none, anybody; shape (arcs,).
    share, fleet_days : ndarray of float
        Vehicles for one of the kind, and for how long. [vehicles], [days], shape (arcs,)
    before, after : ndarray of int
        Resources, -1 = none; shape (arcs, 2).
    before_amount, after_amount : ndarray of float
        Of each for one of the kind; shape (arcs, 2).
    km : ndarray of float
        Length; shape (arcs,). [km]
    links : tuple of tuple of str
        Links that each arc runs over, in order.
    """

    kind: str
    node_place: Whole
    node_vehicle: Whole
    first: Whole
    tail: Whole
    head: Whole
    does: Whole
    days: Number
    after_days: Number
    fleet: Whole
    nation: Whole
    share: Number
    fleet_days: Number
    before: Whole
    before_amount: Number
    after: Whole
    after_amount: Number
    km: Number
    links: tuple[tuple[str, ...], ...]

    @cached_property
    def ground(self) -> dict[int, int]:
        """Node on the ground of each place."""
        return {int(self.node_place[node]): int(node) for node in np.flatnonzero(self.node_vehicle == GROUND)}

    @cached_property
    def least_days(self) -> Number:
        """Days of each arc when nothing is full. [days], shape (arcs,)"""
        return self.days + self.after_days

    def days_to(self, place: int) -> Number:
        """Return the days from each node to a place on the ground when nothing is full. [days], shape (nodes,)"""
        if place not in self.ground:
            return np.full(len(self.node_place), np.inf)
        order = np.argsort(self.head, kind="stable").astype(np.int64)
        first = np.searchsorted(self.head[order], np.arange(len(self.node_place) + 1)).astype(np.int64)
        found: Number = days_to_node(first, order, self.tail, self.least_days, self.ground[place])
        return found


@dataclass(frozen=True, slots=True)
class Way:
    """One way from place to place, when nothing is full.

    Parameters
    ----------
    days : float
        From door to door. [days]
    modes, links, places : tuple of str
        Modes and links in order; places at which something is handled, in order.
    load : dict of int to float
        What one of the kind takes of each resource by its index; of fleets, fleet-days.
    km : float
        Length. [km]
    arcs : tuple of int
        Arcs of the graph.
    """

    days: float
    modes: tuple[str, ...]
    links: tuple[str, ...]
    places: tuple[str, ...]
    load: dict[int, float]
    km: float
    arcs: tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """Places, resources and graphs.

    Parameters
    ----------
    places : tuple of str
        Places; graphs name them by index.
    resources : tuple of Resource
        What is scarce.
    fleets : tuple of Fleet
        Fleets; nodes name them by index.
    fleet_resource : tuple of int
        Resource of each fleet.
    nations : tuple of str
        Nations by index.
    graphs : dict of str to Graph
        By kind.
    """

    places: tuple[str, ...]
    resources: tuple[Resource, ...]
    fleets: tuple[Fleet, ...]
    fleet_resource: tuple[int, ...]
    nations: tuple[str, ...]
    graphs: dict[str, Graph]
    place_index: dict[str, int] = field(default_factory=dict)

    def capacity(self, days: int) -> Number:
        """Return how much of each resource there is on each day. shape (resources, days)"""
        found = np.zeros((len(self.resources), days))
        for at, resource in enumerate(self.resources):
            found[at, resource.from_day :] = resource.per_day
        return found

    def ways(self, kind: str, origin: str, destination: str, *, at_most: int = 6, nation: str | None = None) -> tuple[Way, ...]:
        """Return ways from place to place, the fastest first, each round the scarcest resource of those before it.

        Parameters
        ----------
        kind, origin, destination : str
            Name of the kind; places.
        at_most : int
            Most ways.
        nation : str, optional
            Whose load it is: fleets of other nations do not carry it.

        Returns
        -------
        tuple of Way
            Empty where there is none.
        """
        graph = self.graphs[kind]
        ends = [self.place_index.get(name, -1) for name in (origin, destination)]
        if any(end not in graph.ground for end in ends):
            return ()
        if origin == destination:
            return (Way(0.0, (), (), (), {}, 0.0, ()),)
        allowed = self.nations.index(nation) if nation in self.nations else -1
        weight = np.where((graph.nation >= 0) & (graph.nation != allowed), np.inf, graph.least_days + 1e-6)
        found: dict[tuple[int, ...], Way] = {}
        for _ in range(3 * at_most):
            found_arcs = fastest(graph.first, graph.head, weight, graph.ground[ends[0]], graph.ground[ends[1]])
            arcs = tuple(int(arc) for arc in found_arcs)
            if not arcs:
                break
            way = found.setdefault(arcs, self._way(graph, arcs))
            if len(found) == at_most:
                break
            weight = self._avoiding(graph, weight, way)
        return tuple(sorted(found.values(), key=lambda way: way.days))

    def _avoiding(self, graph: Graph, weight: Number, way: Way) -> Number:
        """Weights that make the resource of a way that is scarcest for it dearer."""
        per_day = {at: self.resources[at].per_day for at in way.load}
        handled = {at: amount / per_day[at] for at, amount in way.load.items() if per_day[at] > 0}
        dearer = np.zeros(len(weight), dtype=bool)
        if handled:
            scarcest = max(handled, key=lambda at: (handled[at], -at))
            dearer = (graph.before == scarcest).any(axis=1) | (graph.after == scarcest).any(axis=1) | (graph.fleet == scarcest)
        dearer[list(way.arcs)] |= not handled
        return np.where(dearer, weight + 1.0 + 0.5 * weight, weight)

    def _way(self, graph: Graph, arcs: tuple[int, ...]) -> Way:
        load: dict[int, float] = {}
        places: dict[str, None] = {}
        for arc in arcs:
            taken = [(graph.fleet[arc], graph.share[arc] * graph.fleet_days[arc])]
            for at in range(2):
                taken.append((graph.before[arc, at], graph.before_amount[arc, at]))
                taken.append((graph.after[arc, at], graph.after_amount[arc, at]))
            for resource, amount in taken:
                if resource >= 0:
                    load[int(resource)] = load.get(int(resource), 0.0) + float(amount)
                    if place := self.resources[resource].place:
                        places[place] = None
        travelled = [arc for arc in arcs if graph.does[arc] == TRAVEL]
        modes = dict.fromkeys(self.mode_of(int(graph.node_vehicle[graph.tail[arc]])) for arc in travelled)
        links = tuple(link for arc in travelled for link in graph.links[arc])
        days, km = float(graph.least_days[list(arcs)].sum()), float(graph.km[list(arcs)].sum())
        return Way(days, tuple(modes), links, tuple(places), load, km, arcs)

    def mode_of(self, vehicle: int) -> str:
        """Return the mode of a vehicle of a node: that of its fleet; road for a convoy."""
        return self.fleets[vehicle].mode if vehicle >= 0 else "road"
