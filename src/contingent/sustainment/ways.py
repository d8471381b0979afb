"""What may go where: the ways of each step of the chain, and what a tonne on them takes of the network.

The network is whatever has resources and ways as the protocols below say. Without one, every step has one way that takes no
time and no capacity.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from contingent.model.scenario import Scenario
from contingent.sustainment.chain import NONE, Chain

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CARGO = "supply"
"""What the network is asked to carry."""


class Resource(Protocol):
    """Something that all movements share: a crossing, a terminal, a fleet, a link."""

    @property
    def name(self) -> str:
        """Its name in reports."""

    @property
    def place(self) -> str | None:
        """Place that it lies at; None = at none."""

    @property
    def kind(self) -> str:
        """What it is: an activity of handling.csv, a fleet, a link."""

    @property
    def per_day(self) -> float:
        """What it takes a day."""


class Way(Protocol):
    """One way from a place to another."""

    @property
    def days(self) -> float:
        """How long it takes. [days]"""

    @property
    def modes(self) -> Sequence[str]:
        """Modes, in order."""

    @property
    def links(self) -> Sequence[str]:
        """Names of links, in order."""

    @property
    def load(self) -> Mapping[int, float]:
        """What a tonne takes of each resource, by its index."""


class Network(Protocol):
    """Resources, and the ways between places."""

    @property
    def resources(self) -> Sequence[Resource]:
        """What is shared."""

    def ways(self, element: str, origin: str, destination: str, *, at_most: int) -> Sequence[Way]:
        """Return the best ways, quickest first."""


@dataclass(frozen=True)
class Steps:
    """The ways of the chain's steps, as arrays.

    Parameters
    ----------
    ways : tuple of Way or None
        None = the way of a step without a network.
    step : ndarray of int
        Step of each way. Shape (ways,)
    days : ndarray of float
        [days], shape (ways,)
    load : ndarray of float
        What a tonne takes. [what the resource counts], shape (ways, resources)
    per_day : ndarray of float
        What each resource takes a day. Shape (resources,)
    best : ndarray of int
        Quickest way of each step; -1 = it has none. Shape (steps,)
    closed : frozenset of str
        Places and links that are closed.
    """

    ways: tuple[Way | None, ...]
    step: Whole
    days: Floats
    load: Floats
    per_day: Floats
    best: Whole
    closed: frozenset[str] = frozenset()

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Which steps have a way. Shape (steps,)"""
        return self.best != NONE


def steps_of(chain: Chain, network: Network | None, at_most: int) -> Steps:
    """Return the ways of each step of the chain: the `at_most` best of the network."""
    ways: list[Way | None] = []
    step: list[int] = []
    for number, (origin, at) in enumerate(zip(chain.origins, chain.destination.tolist(), strict=True)):
        found: Sequence[Way | None] = (None,)
        if network is not None:
            found = network.ways(CARGO, origin, chain.places[at], at_most=at_most)
        ways += found
        step += [number] * len(found)
    resources = 0 if network is None else len(network.resources)
    load = np.zeros((len(ways), resources))
    for number, way in enumerate(ways):
        for resource, amount in ({} if way is None else way.load).items():
            load[number, resource] = amount
    per_day = np.array([] if network is None else [resource.per_day for resource in network.resources], dtype=np.float64)
    days = np.array([0.0 if way is None else way.days for way in ways])
    whole = np.array(step, dtype=np.int64)
    return Steps(tuple(ways), whole, days, load, per_day, best_of(len(chain.origins), whole, days))


def best_of(steps: int, step: Whole, days: Floats) -> Whole:
    """Return the quickest way of each step, of equals the first; -1 = none."""
    best = np.full(steps, NONE)
    for way in np.argsort(-days, kind="stable")[::1].tolist():
        best[step[way]] = way
    for way in reversed(range(len(step))):  # of equals the first
        at = step[way]
        if days[way] == days[best[at]]:
            best[at] = way
    return best


@dataclass(frozen=True)
class Passed:
    """Which places and links each way passes.

    Parameters
    ----------
    names : tuple of frozenset of str
        Places and links of each way of `Steps`.
    """

    names: tuple[frozenset[str], ...]


def passed_by(scenario: Scenario, chain: Chain, steps: Steps) -> Passed:
    """Return which places and links each way passes, its ends included."""
    ends = {link.link: (link.from_location, link.to_location) for link in scenario.links}
    names = []
    for way, step in zip(steps.ways, steps.step.tolist(), strict=True):
        links = () if way is None else way.links
        places = [place for link in links for place in ends.get(link, ())]
        names.append(frozenset([*links, *places, chain.origins[step], chain.places[chain.destination[step]]]))
    return Passed(tuple(names))


def without(steps: Steps, passed: Passed, closed: Collection[str]) -> Steps:
    """Return the steps without the ways that pass what is closed."""
    gone = frozenset(closed)
    kept = np.array([not (gone & names) for names in passed.names], dtype=bool)
    days = np.where(kept, steps.days, np.inf)
    best = best_of(len(steps.best), steps.step, days)
    lost = np.array([way != NONE and not kept[way] for way in best.tolist()], dtype=bool)
    best[lost] = NONE
    return Steps(steps.ways, steps.step, days, steps.load, steps.per_day, best, gone | steps.closed)
