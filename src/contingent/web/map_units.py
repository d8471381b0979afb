"""Units on the map of a day: far out the formations that they stand under, nearer in themselves, and one symbol a place.

    formation levels    from the top down: each unit counts with the formation so many steps below the top; one that stands under
                        nothing so far down counts with the last above it
    the last level      a symbol a place: what is asked for and held there, and who is there

A formation's symbol stands where most of its people stand: that is a place, while a middle of places would be none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from contingent.model.rules import reference_type
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.symbols import planned, symbol_svg
from contingent.report.words import amount, counted, grouped, place_name
from contingent.structure.at_day import Node
from contingent.structure.symbols import symbol_of_unit
from contingent.web.map_layers import located, state_of
from contingent.web.symbols import by_drawer
from contingent.web.wording import SIGNS

Row = dict[str, Any]

SYMBOL = 24.0
"""Height of a symbol's frame on the map. [px]"""

STATE_WORDS = {"filled": "all posts held", "partial": "some posts held", "gap": "no post held", "none": "no post asked for"}

MOST_NATIONS = 8
"""Nations that are named of a mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol on the map.

    Parameters
    ----------
    key : str
        The formation, or the place.
    name, place : str
        In words; where it stands.
    at : tuple of float
        Longitude and latitude. [deg]
    symbol : str
        Symbol code.
    units, people : int
        Units and people there on the day.
    state : {"filled", "partial", "gap", "none"}
        How far what is asked for is held.
    held : str
        The same in figures.
    words : str
        All of it as a sentence.
    """

    key: str
    name: str
    place: str
    at: tuple[float, float]
    symbol: str
    units: int
    people: int
    state: str
    held: str
    words: str


def unit_levels(scenario: Scenario, plan: Plan, root: Node | None, day: int) -> list[Row]:
    """Return the levels of the map, the farthest first: what each is called, and its marks.

    Parameters
    ----------
    root : Node or None
        The order of battle of the day; None where the plan has none: then there are places alone.
    day : int
        Day that is looked at. [days from D-day]
    """
    levels: list[Row] = []
    for depth in range(1, _depth(root) + 1) if root is not None else ():
        marks = formation_marks(scenario, root, depth) if root is not None else []
        if marks and (not levels or marks != levels[-1]["marks"]):
            name = "highest formations" if depth == 1 else f"formations {counted(depth, 'step')} below the top"
            levels.append({"name": name, "marks": marks})
    return [*levels, {"name": "units at their places", "marks": place_marks(scenario, plan, day)}]


def _depth(root: Node) -> int:
    """Steps from a formation down to the last formation below it."""
    return max((1 + _depth(child) for child in root.children if child.kind == "formation"), default=0)


def formation_marks(scenario: Scenario, root: Node, depth: int) -> list[Mark]:
    """Return a mark for each formation so many steps below the top that has units, or posts that nobody holds."""
    where = located(scenario)
    own: dict[str, tuple[Node, list[Node]]] = {}
    for formation, node in _hung(root, depth):
        own.setdefault(formation.key, (formation, []))[1].append(node)
    marks = []
    for formation, nodes in own.values():
        people: Counter[str] = Counter()
        for node in nodes:
            if node.location in where:
                people[node.location or ""] += node.people + 1
        if not people:
            continue
        stands = min(people, key=lambda name: (-people[name], name))
        units = [node for node in nodes if node.kind == "unit"]
        marks.append(_mark(
            formation.key, formation.name, place_name(scenario, stands), where[stands], formation.symbol or "", units=len(units),
            people=sum(node.people for node in units), need=(sum(node.filled for node in nodes), sum(node.gap for node in nodes)),
            nations=[node.nation or "" for node in units]))  # fmt: skip
    return marks


def _hung(node: Node, depth: int) -> Iterable[tuple[Node, Node]]:
    """Units and unfilled posts, each with the formation so many steps down that it counts with."""
    for child in node.children:
        if child.kind == "formation" and depth > 0:
            yield from _hung(child, depth - 1)
        else:
            yield from ((node, each) for each in child.walk() if each.kind in ("unit", "gap"))


def _mark(
    key: str, name: str, place: str, at: tuple[float, float], symbol: str, *, units: int, people: int,
    need: tuple[float, float], nations: Sequence[str],
) -> Mark:  # fmt: skip
    """A mark with its sentence; `need` is what is held and what is missing."""
    filled, required = round(need[0], 9), round(need[0] + need[1], 9)
    state, held = state_of(required, filled), f"{amount(filled)} of {amount(required)}"
    named = list(dict.fromkeys(part for nation in nations for part in nation.split("/") if part))
    more = f" and {len(named) - MOST_NATIONS} more" if len(named) > MOST_NATIONS else ""
    told = " ".join(named[:MOST_NATIONS]) + more
    where = "" if place == name else f", most of it at {place}"
    words = (
        f"{name}{where}: {counted(units, 'unit')}, {grouped(people)} people; "
        f"{SIGNS[state]} {held} posts held ({STATE_WORDS[state]})"
        + (f"; {told}" if told else ""))  # fmt: skip
    return Mark(key, name, place, at, symbol, units, people, state, held, words)


def place_marks(scenario: Scenario, plan: Plan, day: int) -> list[Mark]:
    """Return one mark for each place where somebody stands or is asked for, with the symbol of what most there are."""
    where = located(scenario)
    need = plan.coverage.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    there = plan.tours.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    asked: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    lines: dict[str, str] = {}
    for location, line, required, filled in need.select("location", "line", "required", "filled").iter_rows():
        asked[location][0] += required
        asked[location][1] += filled
        if filled < required:
            lines.setdefault(location, line)
    units: dict[str, list[Row]] = defaultdict(list)
    for row in there.select("location", "unit_type", "people", "nation").iter_rows(named=True):
        units[row["location"]].append(row)
    marks = []
    for location in sorted({*asked, *units} - {None}):
        if location not in where:
            continue
        required, filled = asked.get(location, [0.0, 0.0])
        symbol = _symbol_there(scenario, units.get(location, ())) or _symbol_asked(scenario, lines.get(location))
        marks.append(_mark(
            location, place_name(scenario, location), place_name(scenario, location), where[location], symbol,
            units=len(units.get(location, ())), people=sum(row["people"] for row in units.get(location, ())),
            need=(filled, required - filled), nations=[row["nation"] for row in units.get(location, ())]))  # fmt: skip
    return marks


def _symbol_there(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> str:
    """Symbol of the kind of unit that most people there belong to."""
    people: Counter[str] = Counter()
    for row in rows:
        people[row["unit_type"]] += row["people"] + 1
    known = [name for name in people if name in scenario.unit_type_by_name]
    if not known:
        return ""
    return symbol_of_unit(scenario.unit_type_by_name[min(known, key=lambda name: (-people[name], name))])


def _symbol_asked(scenario: Scenario, line: str | None) -> str:
    """Symbol of what a line asks for, dashed: nobody is there."""
    row = scenario.requirement_by_line.get(line) if line is not None else None
    kind = reference_type(scenario, row.capability) if row is not None else None
    return planned(symbol_of_unit(kind)) if kind is not None else ""


def told_levels(levels: Sequence[Row]) -> Row:
    """Return levels as the browser is handed them, with a picture of each symbol."""
    codes = sorted({mark.symbol for level in levels for mark in level["marks"] if mark.symbol})
    pictures = by_drawer(lambda: {code: str(symbol_svg(code, size=SYMBOL)) for code in codes})
    marked = [{"name": level["name"], "marks": [asdict(mark) for mark in level["marks"]]} for level in levels]
    return {"levels": marked, "symbols": pictures}
