"""The order of battle on a day, as a tree to be drawn, printed or exported; and what differs between two days.

A unit is there on the days of its tour, handover included. A post is unfilled as far as ``coverage`` has a gap on that day; the
gap of a line that several formations share is laid, post by post, on the one of them in which the fewest units of the line serve.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from contingent.quantities import SMALLEST_SHARE
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
        What stands under it: headquarters; other units in the order of lines, each line with its unfilled posts; formations.
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
    there = orbat.units.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    units: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in there.iter_rows(named=True):
        units.setdefault((row["formation"], row["line"]), []).append(row)
    coverage = orbat.coverage.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    location = dict(orbat.coverage.select("line", "location").iter_rows())
    gaps = _gaps(orbat, coverage, units, day)
    below: dict[str, list[Node]] = {}
    for post in orbat.posts.iter_rows(named=True):
        key = (post["formation"], post["line"])
        nodes = _nodes_of_units(post, units.get(key, []), location.get(post["line"]), day)
        nodes += _nodes_of_gap(post, gaps.get(key, 0.0), location.get(post["line"]))
        at = below.setdefault(post["formation"], [])
        if post["headquarters"]:
            at[:0] = nodes
        else:
            at += nodes
    rows = list(orbat.formations.iter_rows(named=True))
    made: dict[str, Node] = {}
    for row in reversed(rows):
        children = [made[other["formation"]] for other in rows if other["parent"] == row["formation"]]
        made[row["formation"]] = _formation(row, (*below.get(row["formation"], []), *children))
    return made[rows[0]["formation"]]


def _formation(row: Mapping[str, Any], children: tuple[Node, ...]) -> Node:
    return Node(
        kind="formation", key=row["formation"], name=row["name"], echelon=row["echelon"], symbol=row["symbol"],
        nation=row["framework_nation"], people=sum(child.people for child in children),
        filled=_total(child.filled for child in children), gap=_total(child.gap for child in children),
        location=row["location"], children=children,
    )  # fmt: skip


def _total(amounts: Iterator[float]) -> float:
    return round(math.fsum(amounts), 9)


def _nodes_of_units(post: Mapping[str, Any], rows: list[dict[str, Any]], location: str | None, day: int) -> list[Node]:
    """The units of a line in a formation; those that make a battlegroup together under one node."""
    nodes = {row["unit"]: _unit(post, row, location, day) for row in rows}
    if not post["battlegroup"]:
        return list(nodes.values())
    serving = [
        Stay(**{name: row[name] for name in Stay.__slots__}) for row in rows if row["serves_until_day"] > day
    ]
    result: list[Node] = []
    grouped: set[str] = set()
    for number, group in enumerate((each for each in battlegroups(serving) if len(each) > 1), start=1):
        children = tuple(nodes[stay.unit] for stay in group)
        grouped.update(stay.unit for stay in group)
        result.append(
            Node(
                kind="battlegroup", key=f"{post['line']}/{number}", name=f"Battlegroup of {post['title']}",
                echelon=post["echelon"], symbol=post["symbol"], nation="/".join(dict.fromkeys(stay.nation for stay in group)),
                people=sum(child.people for child in children), filled=_total(child.filled for child in children), gap=0.0,
                line=post["line"], location=location, headquarters=post["headquarters"], children=children,
            )
        )  # fmt: skip
    return [node for unit, node in nodes.items() if unit not in grouped] + result


def _unit(post: Mapping[str, Any], row: Mapping[str, Any], location: str | None, day: int) -> Node:
    return Node(
        kind="unit", key=row["unit"], name=row["name"], echelon=row["echelon"], symbol=row["symbol"], nation=row["nation"],
        people=row["people"], filled=row["effectiveness"] if row["serves_until_day"] > day else 0.0, gap=0.0,
        line=row["line"], location=location, headquarters=post["headquarters"],
    )  # fmt: skip


def _nodes_of_gap(post: Mapping[str, Any], gap: float, location: str | None) -> list[Node]:
    """One node a missing post; the last for what is missing beyond whole posts."""
    nodes = []
    number = 0
    while gap > SMALLEST_SHARE:
        number += 1
        missing = round(min(1.0, gap), 9)
        gap -= missing
        nodes.append(
            Node(
                kind="gap", key=f"{post['line']}/gap {number}", name=post["title"], echelon=post["echelon"],
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
    return pl.DataFrame(
        [
            (row["formation"], row["line"], row["unit"], row["nation"], change, other, row["people"])
            for row, change, other in found
        ],
        schema=DIFFERENCES,
        orient="row",
    )


def _there(orbat: Orbat, day: int) -> dict[str, dict[str, Any]]:
    rows = orbat.units.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    return {row["unit"]: row for row in rows.iter_rows(named=True)}


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

    A formation says how many people stand under it and its framework nation; an unfilled post begins with ``[gap]``.
    """
    return "\n".join(_lines(tree, 0)) + "\n"


def _lines(node: Node, depth: int) -> Iterator[str]:
    yield INDENT * depth + _words(node)
    for child in node.children:
        yield from _lines(child, depth + 1)


def _words(node: Node) -> str:
    if node.kind == "gap":
        missing = "" if node.gap == 1.0 else f", {node.gap:g} of a unit"
        return f"[gap] {node.name} ({node.line}){missing}"
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
    return ", ".join(said)
