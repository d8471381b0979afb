"""What may go where: the ways of each step of the chain, what a tonne takes of the network, what closing a place leaves of them.

Without a network every step has one way that takes no time and no capacity.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contingent.model.scenario import Scenario
from contingent.network import Network, Way, build_network
from contingent.sustainment.chain import NONE, Chain

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CARGO = "supply"
"""Kind of what the network is asked to carry: tonnes."""

UNLIMITED = Way(0.0, (), (), (), {}, 0.0, ())
"""The way of a step where there is no network."""


@dataclass(frozen=True)
class Steps:
    """The ways of the chain's steps, as arrays; of each step the quickest first.

    Parameters
    ----------
    ways : tuple of Way
        Ways.
    passes : tuple of frozenset of str
        Links and places that each way passes, its ends included.
    step : ndarray of int
        Step of each way. Shape (ways,)
    days : ndarray of float
        [days], shape (ways,)
    load : ndarray of float
        What a tonne takes. [what the resource counts], shape (ways, resources)
    best : ndarray of int
        Quickest way of each step; -1 = it has none. Shape (steps,)
    closed : frozenset of str
        Places and links that are closed.
    """

    ways: tuple[Way, ...]
    passes: tuple[frozenset[str], ...]
    step: Whole
    days: Floats
    load: Floats
    best: Whole
    closed: frozenset[str] = frozenset()

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Which steps have a way. Shape (steps,)"""
        opened: NDArray[np.bool_] = self.best != NONE
        return opened


@dataclass(frozen=True)
class Paths:
    """Where the ways of the chain come from.

    Parameters
    ----------
    scenario : Scenario
        Of which the network was built.
    chain : Chain
        Stocks and steps.
    network : Network or None
        None = nothing is scarce.
    ends : dict of str to (str, str)
        Places at the ends of each link.
    at_most : int
        Most ways of a step.
    """

    scenario: Scenario
    chain: Chain
    network: Network | None
    ends: dict[str, tuple[str, str]]
    at_most: int

    @classmethod
    def of(cls, scenario: Scenario, chain: Chain, network: Network | None, at_most: int) -> "Paths":
        """Return the paths of a scenario's chain."""
        ends = {link.link: (link.from_location, link.to_location) for link in scenario.links}
        return cls(scenario, chain, network, ends, at_most)

    def steps(self) -> Steps:
        """Return the ways of each step, with nothing closed."""
        return self._assembled([self._found(self.network, step) for step in range(len(self.chain.origins))], frozenset())

    def without(self, steps: Steps, closed: Collection[str]) -> Steps:
        """Return the ways that are left when places and links are closed, those round them included."""
        gone = frozenset(closed)
        by_step: list[list[Way]] = [[] for _ in self.chain.origins]
        lost = set()
        for way, passes, step in zip(steps.ways, steps.passes, steps.step.tolist(), strict=True):
            if gone & passes:
                lost.add(step)
            else:
                by_step[step].append(way)
        shut = {step for step in lost if gone & self._ends_of(step)}
        if lost - shut and self.network is not None:
            left = self._left(self.network, gone)
            for step in sorted(lost - shut):
                by_step[step] = list(self._found(left, step))
        return self._assembled(by_step, gone)

    def _left(self, network: Network, closed: frozenset[str]) -> Network:
        """The network without what is closed: drawn anew only where something that is closed lies within an arc."""
        graph = network.graphs[CARGO]
        places = {name: at for name, at in network.place_index.items() if name in closed}
        shut_node = np.isin(graph.node_place, list(places.values()))
        ends_there = shut_node[graph.tail] | shut_node[graph.head]
        passes = np.array([not closed.isdisjoint(passed) for passed in self._passed_by_arcs], dtype=bool)
        if not (passes & ~ends_there).any():
            days = np.where(passes | ends_there, np.inf, graph.days)
            return replace(network, graphs={**network.graphs, CARGO: replace(graph, days=days)})
        return build_network(self.scenario, closed=closed, kinds=(CARGO,))

    @cached_property
    def _passed_by_arcs(self) -> tuple[frozenset[str], ...]:
        """Links that each arc of the network runs over, and the places at their ends."""
        assert self.network is not None
        links = self.network.graphs[CARGO].links
        return tuple(frozenset(arc).union(*(self.ends.get(link, ()) for link in arc)) for arc in links)

    def _ends_of(self, step: int) -> frozenset[str]:
        return frozenset((self.chain.origins[step], self.chain.places[self.chain.destination[step]]))

    def _found(self, network: Network | None, step: int) -> Iterable[Way]:
        if network is None:
            return (UNLIMITED,)
        origin, destination = self.chain.origins[step], self.chain.places[self.chain.destination[step]]
        return network.ways(CARGO, origin, destination, at_most=self.at_most)

    def _assembled(self, by_step: list[list[Way]] | list[Iterable[Way]], closed: frozenset[str]) -> Steps:
        ways: list[Way] = []
        step: list[int] = []
        best = np.full(len(self.chain.origins), NONE)
        for number, found in enumerate(by_step):
            ordered = sorted(found, key=lambda way: way.days)
            if ordered:
                best[number] = len(ways)
            ways += ordered
            step += [number] * len(ordered)
        load = np.zeros((len(ways), 0 if self.network is None else len(self.network.resources)))
        for number, way in enumerate(ways):
            for resource, amount in way.load.items():
                load[number, resource] = amount
        passes = tuple(
            self._ends_of(number).union(way.links, *(self.ends.get(link, ()) for link in way.links))
            for way, number in zip(ways, step, strict=True)
        )
        days = np.array([way.days for way in ways], dtype=np.float64)
        return Steps(tuple(ways), passes, np.array(step, dtype=np.int64), days, load, best, closed)
