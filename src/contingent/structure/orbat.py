"""The order of battle: formations, and every tour of a plan under one of them.

    tree        who stands under whom                                        `structure.tree`
    hanging     which formation has which line                               `structure.hanging`
    spread      which of several brigades has which unit                     `structure.spread`
    framework   which nation holds a formation together                      `structure.framework`
    measures    nations, battlegroups and people of each formation           `structure.measures`

Reads a scenario whose requirement and formations are derived, and the tours and coverage of a plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import errors_only
from contingent.model.scenario import Scenario
from contingent.plan.plan import COLUMNS, frame
from contingent.structure.framework import framework_of, headquarters_fill
from contingent.structure.hanging import Hung, hang_lines
from contingent.structure.measures import Measured, Stay, is_state, measures_of_formations
from contingent.structure.spread import Problem, Serving, Spread, spread
from contingent.structure.symbols import symbol_of_formation, symbol_of_unit
from contingent.structure.tree import Tree, faults_of_formations, tree_of_option

UNITS = COLUMNS["orbat"] | {
    "serves_until_day": pl.Int64, "people": pl.Int64, "effectiveness": pl.Float64,
    "name": pl.String, "echelon": pl.String, "symbol": pl.String,
}  # fmt: skip
POSTS = {
    "formation": pl.String, "line": pl.String, "title": pl.String, "rule": pl.String, "capability": pl.String,
    "unit_type": pl.String, "echelon": pl.String, "symbol": pl.String, "battlegroup": pl.Boolean, "headquarters": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Orbat:
    """The order of battle of a plan. Frozen.

    Parameters
    ----------
    formations, orbat : polars.DataFrame
        As in `contingent.plan.COLUMNS`: each formation before those under it; each tour under its formation.
    units : polars.DataFrame
        The rows of ``orbat`` with what is needed to draw them: serves_until_day, people, effectiveness, name, echelon, symbol.
    posts : polars.DataFrame
        One row for each line and each formation that has or shares it: the rule that hung it there, what its posts look like.
    coverage : polars.DataFrame
        Of the plan: what is filled and what is not.
    spreads : tuple of Spread
        How lines were spread over brigades, and what is proven of it; empty for an order of battle that was read back.
    """

    formations: pl.DataFrame
    orbat: pl.DataFrame
    units: pl.DataFrame
    posts: pl.DataFrame
    coverage: pl.DataFrame
    spreads: tuple[Spread, ...] = ()


def build_orbat(scenario: Scenario, tours: pl.DataFrame, coverage: pl.DataFrame, option: str | None) -> Orbat:
    """Hang the lines and tours of a plan into the formations of its option.

    Parameters
    ----------
    scenario : Scenario
        With its offers, requirement and formations derived.
    tours, coverage : polars.DataFrame
        Of the plan (`contingent.plan.COLUMNS`).
    option : str or None
        Option that was planned; None = all lines.

    Raises
    ------
    BadScenario
        If formations name a parent or a headquarters that is not there, or stand under one another in a circle.
    """
    if errors := errors_only(faults_of_formations(scenario)):
        raise BadScenario(scenario.settings.title, errors)
    tree = tree_of_option(scenario, option)
    hung = hang_lines(scenario, tree, option)
    stays, spreads = _place(scenario, tree, hung, tours)
    return _orbat(scenario, tree, hung, stays, coverage, spreads)


def read_orbat(
    scenario: Scenario, orbat: pl.DataFrame, tours: pl.DataFrame, coverage: pl.DataFrame, option: str | None
) -> Orbat:
    """Return the order of battle of a plan that was made before, from its own frames: nothing is decided anew.

    Parameters
    ----------
    scenario : Scenario
        What was planned, derived.
    orbat, tours, coverage : polars.DataFrame
        Of the plan.
    option : str or None
        Option that was planned.

    Raises
    ------
    ValueError
        If a tour of the plan is not in the frame `orbat`.
    """
    tree = tree_of_option(scenario, option)
    hung = hang_lines(scenario, tree, option)
    placed = {(row[1], row[2]): row[0] for row in orbat.select("formation", "unit", "from_day").iter_rows()}
    rows = list(tours.iter_rows(named=True))
    if missing := [row["unit"] for row in rows if (row["unit"], row["from_day"]) not in placed]:
        raise ValueError(f"The order of battle lacks tours of the plan, {missing[0]} first: it is of another plan.")
    stays = [_stay(row, placed[row["unit"], row["from_day"]]) for row in rows]
    return _orbat(scenario, tree, hung, stays, coverage, ())


def _stay(row: Mapping[str, object], formation: str) -> Stay:
    return Stay(formation=formation, **{name: row[name] for name in Stay.__slots__ if name != "formation"})  # type: ignore[arg-type]


def _place(scenario: Scenario, tree: Tree, hung: Sequence[Hung], tours: pl.DataFrame) -> tuple[list[Stay], tuple[Spread, ...]]:
    """Give every tour a formation: that of its line, or one of those that share it."""
    at_line = {entry.line.line: entry for entry in hung}
    stays = [
        _stay(row, at_line[row["line"]].formations[0])
        for row in tours.sort("line", "from_day", "unit", maintain_order=True).iter_rows(named=True)
    ]
    settled = [stay for stay in stays if len(at_line[stay.line].formations) == 1]
    spreads = []
    for together in _shared_together(hung):
        names = tuple(name for name in tree.formations if any(name in entry.formations for entry in together))
        place = {name: number for number, name in enumerate(names)}
        lines = {entry.line.line: entry for entry in together}
        shared = [number for number, stay in enumerate(stays) if stay.line in lines]
        inside = {below: place[name] for name in names for below in tree.below(name)}
        problem = Problem(
            names,
            {line: tuple(place[name] for name in entry.formations) for line, entry in lines.items()},
            frozenset(line for line, entry in lines.items() if entry.is_of_battlegroups and entry.rule != "headquarters"),
            tuple(_serving(scenario, stays[number]) for number in shared),
            tuple((inside[stay.formation], _serving(scenario, stay)) for stay in settled if stay.formation in inside),
        )
        places, result = spread(problem)
        spreads.append(result)
        for number, at in zip(shared, places, strict=True):
            stays[number] = replace(stays[number], formation=names[at])
    return stays, tuple(spreads)


def _serving(scenario: Scenario, stay: Stay) -> Serving:
    nation = stay.nation if is_state(scenario, stay.nation) else None
    return Serving(stay.line, nation, stay.from_day, stay.serves_until_day, stay.effectiveness)


def _shared_together(hung: Iterable[Hung]) -> list[list[Hung]]:
    """Lines that several formations share, put together where they have a formation in common."""
    groups: list[tuple[set[str], list[Hung]]] = []
    for entry in hung:
        if len(entry.formations) < 2:
            continue
        names, lines = set(entry.formations), [entry]
        apart = []
        for other_names, other_lines in groups:
            if names & other_names:
                names |= other_names
                lines = [*other_lines, *lines]
            else:
                apart.append((other_names, other_lines))
        groups = [*apart, (names, lines)]
    return [lines for _, lines in groups]


def _orbat(
    scenario: Scenario,
    tree: Tree,
    hung: Sequence[Hung],
    stays: Sequence[Stay],
    coverage: pl.DataFrame,
    spreads: tuple[Spread, ...],
) -> Orbat:
    order = {name: number for number, name in enumerate(tree.formations)}
    line_order = {entry.line.line: number for number, entry in enumerate(hung)}
    ordered = sorted(stays, key=lambda stay: (order[stay.formation], line_order[stay.line], stay.from_day, stay.unit))
    measured = measures_of_formations(scenario, tree, hung, ordered)
    rows = [_row_of_formation(scenario, tree, name, hung, ordered, coverage, measured[name]) for name in tree.formations]
    units = pl.DataFrame([_row_of_unit(scenario, stay) for stay in ordered], schema=UNITS, orient="row")
    posts = pl.DataFrame([row for entry in hung for row in _rows_of_posts(entry)], schema=POSTS, orient="row")
    return Orbat(frame("formations", rows), units.select(list(COLUMNS["orbat"])), units, posts, coverage, spreads)


def _row_of_unit(scenario: Scenario, stay: Stay) -> tuple[object, ...]:
    unit_type = scenario.unit_type_by_name[stay.unit_type]
    return (
        stay.formation, stay.unit, stay.offer, stay.nation, stay.unit_type, stay.line, stay.from_day, stay.until_day,
        stay.serves_until_day, stay.people, stay.effectiveness, unit_type.name, unit_type.echelon, symbol_of_unit(unit_type),
    )  # fmt: skip


def _rows_of_posts(entry: Hung) -> list[tuple[object, ...]]:
    kind, line = entry.unit_type, entry.line
    return [
        (
            formation, line.line, line.title or (kind.name if kind is not None else line.capability), entry.rule, line.capability,
            kind.unit_type if kind is not None else None, kind.echelon if kind is not None else None,
            symbol_of_unit(kind) if kind is not None else None, entry.is_of_battlegroups, entry.rule == "headquarters",
        )
        for formation in entry.formations
    ]  # fmt: skip


def _row_of_formation(
    scenario: Scenario,
    tree: Tree,
    name: str,
    hung: Sequence[Hung],
    stays: Sequence[Stay],
    coverage: pl.DataFrame,
    measured: Measured,
) -> dict[str, object]:
    row = tree.formations[name]
    below = set(tree.below(name))
    headquarters = [entry for entry in hung if entry.rule == "headquarters" and name in entry.formations]
    window = _window(scenario, headquarters or [entry for entry in hung if below.intersection(entry.formations)])
    framework = framework_of(scenario, row, headquarters, [stay for stay in stays if stay.formation in below], window)
    return {
        "formation": name,
        "name": row.name or name,
        "parent": tree.parents.get(name),
        "echelon": row.echelon,
        "component": row.component,
        "location": row.location,
        "sector": row.sector,
        "symbol": row.symbol or symbol_of_formation(row.echelon, row.component),
        "headquarters": ";".join(entry.line.line for entry in headquarters) or None,
        "from_day": window[0],
        "until_day": window[1],
        "headquarters_fill": headquarters_fill(name, headquarters, stays, coverage),
        "framework_nation": framework.nation,
        "framework_rule": framework.rule,
        "framework_share": framework.share,
        "nations": measured.nations,
        "nation_list": ";".join(f"{nation}:{days}" for nation, days in measured.unit_days) or None,
        "battlegroups": measured.battlegroups,
        "nations_per_battlegroup": measured.nations_per_battlegroup,
        "people_peak": measured.people_peak,
    }


def _window(scenario: Scenario, hung: Sequence[Hung]) -> tuple[int, int]:
    """From the first day of any of the lines to the last; the whole horizon where there is none. [days from D-day]"""
    horizon = scenario.settings.horizon_days
    windows = [
        (entry.line.from_day, horizon if entry.line.until_day is None else min(entry.line.until_day, horizon)) for entry in hung
    ]
    windows = [window for window in windows if window[0] < window[1]]
    return (min(start for start, _ in windows), max(end for _, end in windows)) if windows else (0, horizon)
