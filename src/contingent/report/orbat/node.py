"""What a drawing reads of an ORBAT on a day, and how like units under one headquarters become one row."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from contingent.quantities import SMALLEST_SHARE
from contingent.report.symbols import Fill

FORMATION, GAP = "formation", "gap"


class Node(Protocol):
    """An element of the ORBAT, as `contingent.structure.orbat_at` returns it: only what is drawn."""

    @property
    def kind(self) -> str:
        """formation, battlegroup (made of smaller units), unit or gap."""
    @property
    def name(self) -> str:
        """In words."""
    @property
    def symbol(self) -> str | None:
        """Symbol code, 20 digits."""
    @property
    def nation(self) -> str | None:
        """Whose it is; of a formation its framework nation; of a battlegroup of several they all, joined by ``/``."""
    @property
    def people(self) -> int:
        """People there. [people]"""
    @property
    def filled(self) -> float:
        """Units of full effectiveness that serve at or under it. [units]"""
    @property
    def gap(self) -> float:
        """Units that are missing at or under it. [units]"""
    @property
    def relation(self) -> str | None:
        """By which relation it is attached here: OPCON or TACON; None = it stands here as it was worked out."""
    @property
    def children(self) -> Sequence[Self]:
        """What stands under it, in order."""


def formations_of(node: Node) -> tuple[Node, ...]:
    """Return the formations directly under a formation."""
    return tuple(child for child in node.children if child.kind == FORMATION)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all that stands under it, each before what stands under it."""
    yield node
    for child in node.children:
        yield from walk(child)


def nations_of(node: Node) -> tuple[str, ...]:
    """Return the nations of the units at or under a node, in the order of the alphabet."""
    return tuple(sorted({each.nation for each in walk(node) if each.kind == "unit" and each.nation}))


def fill_of_node(node: Node) -> Fill:
    """Return how far what was asked for at and under a node is held."""
    return fill_of_amounts(node.filled, node.gap)


def fill_of_amounts(filled: float, gap: float) -> Fill:
    """Return how far units that serve fill what was asked for, given how many are missing. [units]

    >>> fill_of_amounts(3, 0), fill_of_amounts(2, 1), fill_of_amounts(0, 3)
    ('filled', 'partial', 'gap')
    """
    if gap <= SMALLEST_SHARE:
        return "filled"
    return "partial" if filled > SMALLEST_SHARE else "gap"


Senders = tuple[tuple[str, int], ...]
"""Nations and how many units each sends, most first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Like units under one headquarters, shown as one row.

    Parameters
    ----------
    name, symbol : str or None
        As of each.
    is_gap : bool
        Whether nobody holds them.
    number : float
        How many serve; of a gap, how many are missing. [units]
    people : int
        All together, those that hand over too. [people]
    nations, leaving : Senders
        Who serves; who is still there and hands over.
    relation : str or None
        By which they are attached here; None = they are not.
    """

    name: str
    symbol: str | None
    is_gap: bool
    number: float
    people: int
    nations: Senders
    leaving: Senders = ()
    relation: str | None = None

    @property
    def title(self) -> str:
        """Name, and in brackets the relation."""
        return attached_name(self.name, self.relation)


def attached_name(name: str, relation: str | None) -> str:
    """Return the name of an element with the relation by which it is attached.

    >>> attached_name("1 Brigade", "TACON"), attached_name("1 Brigade", None)
    ('1 Brigade (TACON)', '1 Brigade')
    """
    return name + after_name(relation)


def after_name(relation: str | None) -> str:
    """Return what stands after the name of an element that is attached; blank where it is not."""
    return "" if relation is None else f" ({relation})"


def grouped_troops(node: Node) -> tuple[Group, ...]:
    """Return the units and gaps directly under a formation, like ones together, each where the first of them stands."""
    like: dict[tuple[str, str | None, bool, str | None], list[Node]] = {}
    for child in node.children:
        if child.kind != FORMATION:
            like.setdefault((child.name, child.symbol, child.kind == GAP, child.relation), []).append(child)
    return tuple(_group(members) for members in like.values())


def _group(members: Sequence[Node]) -> Group:
    name, symbol, relation = members[0].name, members[0].symbol, members[0].relation
    if members[0].kind == GAP:
        return Group(name, symbol, True, math.fsum(member.gap for member in members), 0, (), (), relation)
    serving = [member for member in members if member.filled > SMALLEST_SHARE]
    leaving = [member for member in members if member.filled <= SMALLEST_SHARE]
    people = sum(member.people for member in members)
    return Group(name, symbol, False, len(serving), people, _senders(serving), _senders(leaving), relation)


def _senders(members: Sequence[Node]) -> Senders:
    sent: dict[str, int] = {}
    for member in members:
        for nation in (member.nation or "").split("/"):
            if nation:
                sent[nation] = sent.get(nation, 0) + 1
    return tuple(sorted(sent.items(), key=lambda one: (-one[1], one[0])))
