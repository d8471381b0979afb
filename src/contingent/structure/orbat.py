"""The order of battle: formations, and every tour of a plan under one of them.

    tree        who stands under whom                                        `structure.tree`
    hanging     which formation has which line                               `structure.hanging`
    spread      which of several brigades has which unit                     `structure.spread`
    attached    what is put under another formation for a time               `structure.attached`
    framework   which nation holds a formation together                      `structure.framework`
    measures    nations, battlegroups and people of each formation           `structure.measures`

Reads a scenario whose requirement and formations are derived, and the tours and coverage of a plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from contingent.model.scenario import Scenario
from contingent.model.structure import Attachment
from contingent.plan.columns import COLUMNS, frame
from contingent.structure.attached import Laid, attachments_of_option, laid_on
from contingent.structure.framework import framework_of, headquarters_fill
from contingent.structure.hanging import Hung, hang_lines
from contingent.structure.measures import Measured, Stay, measures_of_formations
from contingent.structure.problem import Spread
from contingent.structure.symbols import symbol_of_formation, symbol_of_unit
from contingent.structure.tree import Tree, tree_of_option

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
    attachments : tuple of Attachment
        What is put under another formation for a time: laid on the tree of a day (`structure.at_day`). The frames stay as they
        were worked out.
    """

    formations: pl.DataFrame
    orbat: pl.DataFrame
    units: pl.DataFrame
    posts: pl.DataFrame
    coverage: pl.DataFrame
    spreads: tuple[Spread, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @cached_property
    def parents(self) -> dict[str, str]:
        """The formation above each formation, as it was worked out; the top has none."""
        rows = self.formations.select("formation", "parent").iter_rows()
        return {name: parent for name, parent in rows if parent is not None}

    @cached_property
    def staffs(self) -> frozenset[tuple[str, str]]:
        """Formations with the lines that are their headquarters."""
        return frozenset(self.posts.filter(pl.col("headquarters")).select("formation", "line").iter_rows())

    def laid_on(self, day: int) -> Laid:
        """Return what its attachments come to on a day. [days from D-day]"""
        return laid_on(self.attachments, self.parents, day)


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
    stays = [stay_of_row(row, placed[row["unit"], row["from_day"]]) for row in rows]
    return orbat_of_stays(scenario, tree, hung, stays, coverage, ())


def stay_of_row(row: Mapping[str, object], formation: str) -> Stay:
    """Return a row of ``tours`` under a formation."""
    return Stay(formation=formation, **{name: row[name] for name in Stay.__slots__ if name != "formation"})  # type: ignore[arg-type]


def orbat_of_stays(
    scenario: Scenario,
    tree: Tree,
    hung: Sequence[Hung],
    stays: Sequence[Stay],
    coverage: pl.DataFrame,
    spreads: tuple[Spread, ...],
) -> Orbat:
    """Return the order of battle of tours that have their formations."""
    order = {name: number for number, name in enumerate(tree.formations)}
    line_order = {entry.line.line: number for number, entry in enumerate(hung)}
    ordered = sorted(stays, key=lambda stay: (order[stay.formation], line_order[stay.line], stay.from_day, stay.unit))
    measured = measures_of_formations(scenario, tree, hung, ordered)
    rows = [_row_of_formation(scenario, tree, name, hung, ordered, coverage, measured[name]) for name in tree.formations]
    units = pl.DataFrame([_row_of_unit(scenario, stay) for stay in ordered], schema=UNITS, orient="row")
    posts = pl.DataFrame([row for entry in hung for row in _rows_of_posts(entry)], schema=POSTS, orient="row")
    attachments = attachments_of_option(scenario, tree)
    return Orbat(frame("formations", rows), units.select(list(COLUMNS["orbat"])), units, posts, coverage, spreads, attachments)


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
