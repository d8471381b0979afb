"""The parts and the network as the arrays that the kernels read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contingent.deployment.parts import SELF, Part
from contingent.model.scenario import Scenario
from contingent.network import Graph, Network, build_network

Whole = NDArray[np.int64]
Number = NDArray[np.float64]

MOST_STEPS, MOST_USES = 48, 192
"""Arcs of one way; takings of one part. Longer ones are not sent."""
AFTER_DAYS = 400
"""Days after the horizon on which movement is still looked at. [days]"""


@dataclass(frozen=True)
class Problem:
    """Parts that are to be sent over a network.

    Parameters
    ----------
    scenario : Scenario
        Whose network it is.
    network : Network
        Places, resources, graphs.
    parts : tuple of Part
        What moves.
    graph, arrays : tuple of ndarray
        ``graph`` and ``parts`` of the kernels (`contingent.deployment.insert_kernel`).
    first_arc, first_node : dict of str to int
        Where each kind's graph begins among all arcs and nodes.
    required, weight : ndarray of float
        Of each part; shape (parts,). [days], [people x priority weight]
    capacity : ndarray of float
        What is there for movement; shape (resources, days).
    """

    scenario: Scenario
    network: Network
    parts: tuple[Part, ...]
    graph: tuple[Whole | Number, ...]
    arrays: tuple[Whole | Number, ...]
    first_arc: dict[str, int]
    first_node: dict[str, int]
    required: Number
    weight: Number
    capacity: Number

    @property
    def days(self) -> int:
        """Days that are looked at. [days]"""
        return int(self.capacity.shape[1])

    def of(self, among: Whole) -> "Problem":
        """Return the problem of some of the parts, in their order, over the same network."""
        *of_parts, to_go, scratch = self.arrays
        return replace(
            self, parts=tuple(self.parts[at] for at in among), arrays=(*(column[among] for column in of_parts), to_go, scratch),
            required=self.required[among], weight=self.weight[among],
        )  # fmt: skip

    def sendable(self) -> Whole:
        """Return the parts that go over the network and have a way."""
        there: Whole = np.flatnonzero((self.arrays[0] >= 0) & (self.arrays[1] >= 0))
        return there

    def arc(self, number: int) -> tuple[Graph, int]:
        """Return the graph and the arc in it of an arc among all."""
        # The last that begins there: a kind before it may have no arcs.
        kind = [name for name, first in self.first_arc.items() if first <= number][-1]
        return self.network.graphs[kind], number - self.first_arc[kind]


def ends_of(parts: Iterable[Part]) -> set[str]:
    """Return the places at which parts set out and arrive."""
    return {place for part in parts for place in (part.origin, part.destination) if place is not None}


def build_problem(
    scenario: Scenario, parts: Sequence[Part], *, closed: Iterable[str] = (), taken: Number | None = None, days: int | None = None
) -> Problem:
    """Return the problem of sending parts over a scenario's network.

    Parameters
    ----------
    scenario : Scenario
        With links.
    parts : sequence of Part
        What moves.
    closed : iterable of str
        Places and links that are closed.
    taken : ndarray of float, optional
        What others take; shape (resources, days at least), resources in the order of the network's.
    days : int, optional
        Days that are looked at; None = the horizon and `AFTER_DAYS`.
    """
    network = build_network(scenario, ends_of(parts), closed=closed)
    looked_at = days if days is not None else scenario.horizon.days + AFTER_DAYS
    capacity = network.capacity(looked_at)
    if taken is not None:
        both = min(looked_at, taken.shape[1])
        capacity[:, :both] = np.maximum(0.0, capacity[:, :both] - taken[:, :both])
    first_arc, first_node, graph = _side_by_side(network)
    arrays = _arrays(network, parts, first_node)
    return Problem(
        scenario, network, tuple(parts), graph, arrays, first_arc, first_node,
        np.array([part.required for part in parts], dtype=np.float64), np.array([part.weight for part in parts]), capacity,
    )  # fmt: skip


def _side_by_side(network: Network) -> tuple[dict[str, int], dict[str, int], tuple[Whole | Number, ...]]:
    """The graphs of all kinds that units are made of as one."""
    graphs = [graph for name, graph in network.graphs.items() if name != "supply"]
    first_arc, first_node, arcs, nodes = {}, {}, 0, 0
    first: list[Whole] = []
    for graph in graphs:
        first_arc[graph.kind], first_node[graph.kind] = arcs, nodes
        first.append(graph.first[:-1] + arcs)
        arcs, nodes = arcs + len(graph.head), nodes + len(graph.node_place)
    first.append(np.array([arcs], dtype=np.int64))
    head = np.concatenate([graph.head + first_node[graph.kind] for graph in graphs])
    tail = np.concatenate([graph.tail + first_node[graph.kind] for graph in graphs])
    columns = ("days", "after_days", "fleet", "nation", "share", "fleet_days", "before", "before_amount", "after", "after_amount")
    rest = tuple(np.ascontiguousarray(np.concatenate([getattr(graph, name) for graph in graphs])) for name in columns)
    return first_arc, first_node, (np.concatenate(first), head, tail, *rest)


def _arrays(network: Network, parts: Sequence[Part], first_node: dict[str, int]) -> tuple[Whole | Number, ...]:
    """``parts`` of the kernels."""
    origin, goal = np.full(len(parts), -1, dtype=np.int64), np.full(len(parts), -1, dtype=np.int64)
    begins, row = np.zeros(len(parts), dtype=np.int64), np.zeros(len(parts), dtype=np.int64)
    rows: dict[tuple[str, int], int] = {}
    to_go: list[Number] = []
    widest = max((len(network.graphs[kind].node_place) for kind in first_node), default=0)
    for at, part in enumerate(parts):
        if part.kind == SELF or part.origin is None or part.destination is None:
            continue
        graph = network.graphs[part.kind]
        ends = [network.place_index.get(place, -1) for place in (part.origin, part.destination)]
        if any(end not in graph.ground for end in ends):
            continue
        key = (part.kind, ends[1])
        if key not in rows:
            rows[key] = len(to_go)
            padded = np.full(widest, np.inf)
            padded[: len(graph.node_place)] = graph.days_to(ends[1])
            to_go.append(padded)
        begins[at], row[at] = first_node[part.kind], rows[key]
        origin[at], goal[at] = (begins[at] + graph.ground[end] for end in ends)
    nations = {name: at for at, name in enumerate(network.nations)}
    return (
        origin, goal, np.array([part.ready for part in parts], dtype=np.float64), np.array([part.size for part in parts]),
        np.array([nations.get(part.nation, -1) for part in parts], dtype=np.int64),
        begins, row, np.array(to_go) if to_go else np.zeros((1, max(1, widest))), np.zeros(MOST_STEPS, dtype=np.int64),
    )  # fmt: skip
