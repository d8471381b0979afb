"""The order of battle on a day, as a tree to be drawn, printed or exported; and what differs between two days.

A unit is there on the days of its tour, handover included. A post is unfilled as far as ``coverage`` has a gap on that day; the
gap of a line that several formations share is laid, post by post, on the one of them in which the fewest units of the line serve.

What is attached elsewhere on that day stands there (`contingent.structure.attached`) and counts there: people, units that serve,
posts that are empty. How many people came so and how many went is told of each formation, so that its organic strength is known.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars as pl

from contingent.model.structure import Attachment
from contingent.quantities import SMALLEST_SHARE
from contingent.structure.attached import Bond, Laid, bond_of, standing
from contingent.structure.measures import Stay, battlegroups
from contingent.structure.orbat import Orbat
from contingent.structure.symbols import planned

Kind = Literal["formation", "battlegroup", "unit", "gap"]

DIFFERENCES = {
    "formation": pl.String, "line": pl.String, "unit": pl.String, "nation": pl.String,
    "change": pl.String, "other": pl.String, "people": pl.Int64,
}  # fmt: skip
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Away:
    """An element that stands elsewhere on the day than under the formation that has it otherwise.

    Parameters
    ----------
    kind, key, name : str
        As of the element.
    nation : str or None
        As of the element.
    people : int
        People of it there on the day. [people]
    under : str
        Name in words of the formation under which it stands.
    bond : Bond
        By which attachment.
    """

    kind: Kind
    key: str
    name: str
    nation: str | None
    people: int
    under: str
    bond: Bond


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the order of battle.

    Parameters
    ----------
    kind : {"formation", "battlegroup", "unit", "gap"}
        A battlegroup here is one that smaller units make together; a gap is an unfilled post.
    key : str
        The formation, the unit, or the line with a number.
    name : str
        In words.
    echelon, symbol : str or None
        Size; symbol code, 20 digits (of a gap with the status planned).
    nation : str or None
        Whose it is; of a formation its framework nation; of a battlegroup of several nations they all, joined by ``/``.
    people : int
        People there on the day. [people]
    filled, gap : float
        Units of full effectiveness that serve and that are missing, all below it together. [units]
    line : str or None
        The line that it serves.
    location : str or None
        Where its headquarters stands, or its line.
    headquarters : bool
        Whether it serves as a headquarters of the formation.
    children : tuple of Node
        What stands under it: headquarters; other units in the order of lines, each line with its unfilled posts; units and posts
        that are attached, in the same order; formations.
    bond : Bond or None
        By which attachment it stands here; None = as it was worked out.
    administered : str or None
        Formation to which it is ADCON.
    attached, detached : int
        Of a formation: people at and under it that organically stand elsewhere, and people that stand elsewhere and organically
        belong at or under it. [people]
    away : tuple of Away
        Of a formation: what organically stands directly under it and is elsewhere.
    """

    kind: Kind
    key: str
    name: str
    echelon: str | None
    symbol: str | None
    nation: str | None
    people: int
    filled: float
    gap: float
    line: str | None = None
    location: str | None = None
    headquarters: bool = False
    children: tuple["Node", ...] = ()
    bond: Bond | None = None
    administered: str | None = None
    attached: int = 0
    detached: int = 0
    away: tuple[Away, ...] = ()

    @property
    def relation(self) -> str | None:
        """OPCON or TACON, where an attachment put it here."""
        return self.bond.relation if self.bond is not None else None

    @property
    def organic_people(self) -> int:
        """People there on the day that organically belong at or under it, wherever they stand. [people]"""
        return self.people - self.attached + self.detached

    def walk(self) -> Iterator["Node"]:
        """Yield the node and all below it, each before those under it."""
        yield self
        for child in self.children:
            yield from child.walk()


def orbat_at(orbat: Orbat, day: int) -> Node:
    """Return the order of battle on a day, from the top down.

    Parameters
    ----------
    day : int
        Day of the plan. [days from D-day]
    """
    return _Day(orbat, day).tree()


Post = Mapping[str, Any]
"""A row of `Orbat.posts`."""


class _Day:
    """The order of battle on one day, while its tree is made."""

    def __init__(self, orbat: Orbat, day: int) -> None:
        self._orbat, self._day = orbat, day
        self._laid: Laid = orbat.laid_on(day)
        self._names = dict(orbat.formations.select("formation", "name").iter_rows())
        self._location = dict(orbat.coverage.select("line", "location").iter_rows())
        self._own: dict[str, list[Node]] = {}
        self._attached: dict[str, list[Node]] = {}
        self._away: dict[str, list[Away]] = {}
        self._people: dict[str, list[int]] = {}
        self._numbers: dict[tuple[str, str], list[int]] = {}

    def tree(self) -> Node:
        """The top, with all that stands under it."""
        there = self._orbat.units.filter((pl.col("from_day") <= self._day) & (pl.col("until_day") > self._day))
        units: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in there.iter_rows(named=True):
            units.setdefault((row["formation"], row["line"]), []).append(row)
        coverage = self._orbat.coverage.filter((pl.col("from_day") <= self._day) & (pl.col("until_day") > self._day))
        gaps = _gaps(self._orbat, coverage, units, self._day)
        for post in self._orbat.posts.iter_rows(named=True):
            key = (post["formation"], post["line"])
            self._put(post, units.get(key, []), gaps.get(key, 0.0))
        rows = list(self._orbat.formations.iter_rows(named=True))
        below: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if row["formation"] in self._laid.parents:
                below.setdefault(self._laid.parents[row["formation"]], []).append(row)
        top = self._formation(rows[0], below)
        return self._with_away(top) if self._away else top

    def _put(self, post: Post, rows: list[dict[str, Any]], gap: float) -> None:
        """Put the units and the empty posts of a line in a formation where they stand: there, or where they are attached."""
        organic = post["formation"]
        groups: dict[str | None, tuple[Attachment | None, list[dict[str, Any]]]] = {}
        for row in rows:
            _, by = standing(self._laid, row, self._orbat.staffs)
            groups.setdefault(by.attachment if by is not None else None, (by, []))[1].append(row)
        whole = None if post["headquarters"] else self._laid.of_line(post["line"])
        whole = None if whole is not None and whole.under == organic else whole
        if gap > SMALLEST_SHARE:
            groups.setdefault(whole.attachment if whole is not None else None, (whole, []))
        for by, members in groups.values():
            missing = gap if by is whole else 0.0
            self._place(post, by, members, missing)

    def _place(self, post: Post, by: Attachment | None, members: list[dict[str, Any]], gap: float) -> None:
        formation = post["formation"] if by is None else by.under
        location = self._location.get(post["line"])
        numbers = self._numbers.setdefault((formation, post["line"]), [0, 0])
        administered = {
            row["unit"]: name
            for row in members
            if (name := self._laid.administered(row["unit"], offer=row["offer"], line=row["line"])) is not None
        }
        nodes = _nodes_of_units(post, members, location, self._day, numbers, administered)
        nodes += _nodes_of_gap(post, gap, location, numbers)
        if by is not None:
            bond = bond_of(by, post["formation"])
            nodes = [_bound(node, bond) for node in nodes]
            self._attached.setdefault(formation, []).extend(nodes)
            under = self._names[formation]
            self._away.setdefault(post["formation"], []).extend(_away(node, bond, under) for node in nodes)
        elif post["headquarters"]:
            self._own.setdefault(formation, [])[:0] = nodes
        else:
            self._own.setdefault(formation, []).extend(nodes)
        self._count(post["formation"], formation, sum(row["people"] for row in members))

    def _count(self, organic: str, formation: str, people: int) -> None:
        """Note people as attached to the formations that they have come to, and as detached from those that they have left."""
        if not self._orbat.attachments or not people:
            return
        come, gone = set(self._laid.above(formation)), set(self._laid.above(organic, organic=True))
        for place, names in enumerate((come - gone, gone - come)):
            for name in names:
                self._people.setdefault(name, [0, 0])[place] += people

    def _formation(self, row: Mapping[str, Any], below: Mapping[str, list[dict[str, Any]]]) -> Node:
        name = row["formation"]
        under = tuple(self._formation(other, below) for other in below.get(name, ()))
        children = (*self._own.get(name, ()), *self._attached.get(name, ()), *under)
        by, organic = self._laid.formations.get(name), self._laid.organic.get(name)
        bond = bond_of(by, organic) if by is not None and organic is not None and by.under != organic else None
        attached, detached = self._people.get(name, (0, 0))
        node = Node(
            kind="formation", key=name, name=row["name"], echelon=row["echelon"], symbol=row["symbol"],
            nation=row["framework_nation"], people=sum(child.people for child in children),
            filled=_total(child.filled for child in children), gap=_total(child.gap for child in children),
            location=row["location"], children=children, bond=bond, administered=self._laid.formation_administered(name),
            attached=attached, detached=detached,
        )  # fmt: skip
        if bond is not None and by is not None:
            self._away.setdefault(bond.organic, []).append(_away(node, bond, self._names[by.under]))
        return node

    def _with_away(self, node: Node) -> Node:
        """The tree with what is away from each formation, once all of it is placed."""
        children = tuple(self._with_away(child) if child.kind == "formation" else child for child in node.children)
        return replace(node, children=children, away=tuple(self._away.get(node.key, ())))


def _bound(node: Node, bond: Bond) -> Node:
    """A node, and what smaller units it is made of, with the attachment by which they stand here."""
    return replace(node, bond=bond, children=tuple(_bound(child, bond) for child in node.children))


def _away(node: Node, bond: Bond, under: str) -> Away:
    return Away(node.kind, node.key, node.name, node.nation, node.people, under, bond)


def _total(amounts: Iterator[float]) -> float:
    return round(math.fsum(amounts), 9)


def _nodes_of_units(
    post: Post, rows: list[dict[str, Any]], location: str | None, day: int, numbers: list[int], administered: Mapping[str, str]
) -> list[Node]:
    """The units of a line in a formation; those that make a battlegroup together under one node, numbered on from `numbers`."""
    nodes = {row["unit"]: _unit(post, row, location, day, administered.get(row["unit"])) for row in rows}
    if not post["battlegroup"]:
        return list(nodes.values())
    serving = [
        Stay(**{name: row[name] for name in Stay.__slots__}) for row in rows if row["serves_until_day"] > day
    ]
    result: list[Node] = []
    grouped: set[str] = set()
    for group in (each for each in battlegroups(serving) if len(each) > 1):
        numbers[0] += 1
        children = tuple(nodes[stay.unit] for stay in group)
        grouped.update(stay.unit for stay in group)
        result.append(
            Node(
                kind="battlegroup", key=f"{post['line']}/{numbers[0]}", name=f"Battlegroup of {post['title']}",
                echelon=post["echelon"], symbol=post["symbol"], nation="/".join(dict.fromkeys(stay.nation for stay in group)),
                people=sum(child.people for child in children), filled=_total(child.filled for child in children), gap=0.0,
                line=post["line"], location=location, headquarters=post["headquarters"], children=children,
            )
        )  # fmt: skip
    return [node for unit, node in nodes.items() if unit not in grouped] + result


def _unit(post: Post, row: Mapping[str, Any], location: str | None, day: int, administered: str | None) -> Node:
    return Node(
        kind="unit", key=row["unit"], name=row["name"], echelon=row["echelon"], symbol=row["symbol"], nation=row["nation"],
        people=row["people"], filled=row["effectiveness"] if row["serves_until_day"] > day else 0.0, gap=0.0,
        line=row["line"], location=location, headquarters=post["headquarters"], administered=administered,
    )  # fmt: skip


def _nodes_of_gap(post: Post, gap: float, location: str | None, numbers: list[int]) -> list[Node]:
    """One node a missing post, numbered on from `numbers`; the last for what is missing beyond whole posts."""
    nodes = []
    while gap > SMALLEST_SHARE:
        numbers[1] += 1
        missing = round(min(1.0, gap), 9)
        gap -= missing
        nodes.append(
            Node(
                kind="gap", key=f"{post['line']}/gap {numbers[1]}", name=post["title"], echelon=post["echelon"],
                symbol=planned(post["symbol"]) if post["symbol"] is not None else None, nation=None, people=0, filled=0.0,
                gap=missing, line=post["line"], location=location, headquarters=post["headquarters"],
            )
        )  # fmt: skip
    return nodes


def _gaps(
    orbat: Orbat, coverage: pl.DataFrame, units: Mapping[tuple[str, str], list[dict[str, Any]]], day: int
) -> dict[tuple[str, str], float]:
    """Missing units of each line in each formation on the day. [units]"""
    sharing: dict[str, list[str]] = {}
    for formation, line in orbat.posts.select("formation", "line").iter_rows():
        sharing.setdefault(line, []).append(formation)
    gaps: dict[tuple[str, str], float] = {}
    for row in coverage.filter(pl.col("gap") > SMALLEST_SHARE).iter_rows(named=True):
        formations = sharing[row["line"]]
        has = [
            sum(unit["effectiveness"] for unit in units.get((formation, row["line"]), []) if unit["serves_until_day"] > day)
            for formation in formations
        ]
        left = row["gap"]
        while left > SMALLEST_SHARE:
            at = has.index(min(has))
            missing = min(1.0, left)
            has[at] += missing
            left -= missing
            key = (formations[at], row["line"])
            gaps[key] = gaps.get(key, 0.0) + missing
    return gaps


def differences(orbat: Orbat, day_a: int, day_b: int) -> pl.DataFrame:
    """Return what is different on another day.

    Parameters
    ----------
    day_a, day_b : int
        Before and after. [days from D-day]

    Returns
    -------
    polars.DataFrame
        ``formation, line, unit, nation, change, other, people``; in the order of formations and lines. ``change`` is

        relieved by   the unit has left, and `other` serves its line in the same formation (of the same nation if there is one)
        left          the unit has left, and nobody came for it
        arrived       the unit has come, and relieves nobody
        moved         the unit is under another formation or on another line; `other` is the formation that it came from

        A formation that stands under another is told by a row of its own, without line, unit and nation.
    """
    before, after = _there(orbat, day_a), _there(orbat, day_b)
    gone = [row for unit, row in before.items() if unit not in after]
    come = [row for unit, row in after.items() if unit not in before]
    relief = _reliefs(gone, come)
    relieving = {row["unit"] for row in relief.values()}
    order = {name: number for number, name in enumerate(orbat.formations["formation"])}
    lines = {line: number for number, line in enumerate(dict.fromkeys(orbat.posts["line"]))}
    found = []
    for row in gone:
        other = relief.get(row["unit"])
        found.append((row, "left" if other is None else "relieved by", None if other is None else other["unit"]))
    found += [(row, "arrived", None) for row in come if row["unit"] not in relieving]
    for unit, row in after.items():
        if unit in before and (before[unit]["formation"], before[unit]["line"]) != (row["formation"], row["line"]):
            found.append((row, "moved", before[unit]["formation"]))
    found.sort(key=lambda entry: (order[entry[0]["formation"]], lines[entry[0]["line"]], entry[1], entry[0]["unit"]))
    formations = _formations_moved(orbat, day_a, day_b) if orbat.attachments else []
    units = [
        (row["formation"], row["line"], row["unit"], row["nation"], change, other, row["people"]) for row, change, other in found
    ]
    return pl.DataFrame([*formations, *units], schema=DIFFERENCES, orient="row")


def _formations_moved(orbat: Orbat, day_a: int, day_b: int) -> list[tuple[Any, ...]]:
    """Formations that stand under another on the second day, in their order: the first day's is `other`."""
    before, after = orbat.laid_on(day_a).parents, orbat.laid_on(day_b)
    people = {node.key: node.people for node in orbat_at(orbat, day_b).walk() if node.kind == "formation"}
    return [
        (name, None, None, None, "moved", before.get(name), people[name])
        for name in orbat.formations["formation"]
        if before.get(name) != after.parents.get(name)
    ]


def _there(orbat: Orbat, day: int) -> dict[str, dict[str, Any]]:
    rows = orbat.units.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    laid = orbat.laid_on(day)
    return {row["unit"]: {**row, "formation": standing(laid, row, orbat.staffs)[0]} for row in rows.iter_rows(named=True)}


def _reliefs(gone: list[dict[str, Any]], come: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Who relieves whom: in the same formation and line, of the same nation first, in the order in which they leave and come."""
    relief: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    leaving = sorted(gone, key=lambda row: (row["until_day"], row["unit"]))
    coming = sorted(come, key=lambda row: (row["from_day"], row["unit"]))
    for same_nation in (True, False):
        for row in leaving:
            for other in coming:
                if (
                    row["unit"] not in relief
                    and other["unit"] not in taken
                    and (other["formation"], other["line"]) == (row["formation"], row["line"])
                    and (not same_nation or other["nation"] == row["nation"])
                ):
                    relief[row["unit"]] = other
                    taken.add(other["unit"])
    return relief


def as_text(tree: Node) -> str:
    """Return the tree as plain indented lines, one an element: name, nation, people, what is missing.

    A formation says how many people stand under it and its framework nation; an unfilled post begins with ``[gap]``, what is
    attached elsewhere on the day with ``[detached]``.
    """
    return "\n".join(_lines(tree, 0)) + "\n"


def _lines(node: Node, depth: int) -> Iterator[str]:
    yield INDENT * depth + _words(node)
    for child in node.children:
        if child.kind != "formation":
            yield from _lines(child, depth + 1)
    for away in node.away:
        yield INDENT * (depth + 1) + _away_words(away)
    for child in node.children:
        if child.kind == "formation":
            yield from _lines(child, depth + 1)


def _words(node: Node) -> str:
    if node.kind == "gap":
        missing = "" if node.gap == 1.0 else f", {node.gap:g} of a unit"
        return f"[gap] {node.name} ({node.line}){missing}{''.join(f', {words}' for words in _bond_words(node))}"
    said = [node.name]
    if node.kind == "formation":
        said.append(f"{node.echelon}, framework nation {node.nation or 'none'}")
    else:
        said.append(str(node.nation))
    said.append(f"{node.people:,} people")
    if node.line is not None:
        said.append(f"line {node.line}")
    if node.gap > SMALLEST_SHARE:
        said.append(f"{node.gap:g} units missing")
    if node.kind == "unit" and node.filled == 0.0:
        said.append("handing over")
    said += _bond_words(node)
    if node.attached or node.detached:
        said.append(f"{node.organic_people:,} organic, {node.attached:,} attached, {node.detached:,} detached")
    return ", ".join(said)


def _bond_words(node: Node) -> list[str]:
    """By which relation it stands here, and from where; to whom it is ADCON."""
    said = [f"{node.bond.relation} from {node.bond.organic}{until_words(node.bond)}"] if node.bond is not None else []
    return [*said, f"ADCON to {node.administered}"] if node.administered is not None else said


def until_words(bond: Bond) -> str:
    """Return until when an attachment holds, in words: `` until D+120``; blank where it has no end."""
    return f" until D+{bond.until_day}" if bond.until_day is not None else ""


def _away_words(away: Away) -> str:
    return f"[detached] {away.name}, {away.bond.relation} to {away.under}{until_words(away.bond)}"
