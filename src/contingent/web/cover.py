"""Cover by sector as a page shows it: the heat table of the lines that are shown, and one cell told in full.

What stands behind a figure is what the viewer sees of the plan anyway: lines, tours, reasons of gaps as they are told to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.rules import lines_of_option
from contingent.report.cover import Hole, Pair, longest_holes, pairs_of, sector_title
from contingent.report.html.cover import CoverCell, CoverTable, cell_of, cover_table
from contingent.report.html.over_time import natural_order, short_title
from contingent.report.months import Month, months_of
from contingent.report.words import (
    amount,
    counted,
    d_day,
    leading_capital,
    percent,
    place_name,
    plain,
    reason_words,
    short_date,
    window,
)
from contingent.web.matrix import LineRow
from contingent.web.view import View

Row = dict[str, Any]


def pairs_shown(view: View, rows: Sequence[LineRow]) -> tuple[Pair, ...]:
    """Return capabilities in sectors of the lines that are shown, as this viewer may see the plan.

    Those of all lines are kept; those of a filter are not, as there are many filters and each holds every day.
    """
    assert view.scenario is not None
    scenario, plan, names = view.scenario, view.plan, frozenset(row.line for row in rows)
    if len(names) < len(lines_of_option(scenario, plan.option if plan is not None else scenario.settings.default_option)):
        return pairs_of(scenario, plan, lines=names)
    return view.kept_alike("pairs", pairs_of)


def cover_shown(view: View, rows: Sequence[LineRow], *, under: int, span: tuple[int, int]) -> CoverTable:
    """Return the heat table of the lines that are shown, cells below `under` marked. [%]"""
    assert view.scenario is not None
    return cover_table(view.scenario, pairs_shown(view, rows), under=under, span=span)


@dataclass(frozen=True)
class CellTold:
    """One capability in one sector in one month, told in full.

    Parameters
    ----------
    cell : CoverCell or None
        Its figure; None = nothing is asked for then.
    lines : tuple of dict
        Lines that ask for it in that month: what each asks for and holds, and why it is short.
    units : tuple of dict
        Tours that serve them then, with the unit-days that each gives in the month.
    hole : str
        The longest time under the mark, in words; blank = there is none.
    """

    title: str
    sector: str
    month: Month
    cell: CoverCell | None
    figure: str
    lines: tuple[Row, ...]
    units: tuple[Row, ...]
    hole: str


def told_cell(view: View, rows: Sequence[LineRow], *, capability: str, sector: str, day: int, under: int) -> CellTold | None:
    """Return what stands behind a cell; None where there is none of that capability and sector among the lines that are shown.

    Parameters
    ----------
    sector : str
        Blank = the lines whose places lie in no sector.
    day : int
        A day of the month. [days from D-day]
    under : int
        The mark. [%]
    """
    assert view.scenario is not None
    scenario = view.scenario
    months = months_of(scenario.horizon)
    month = next((each for each in months if each.from_day <= day < each.until_day), months[-1])
    wanted = (capability, sector or None)
    pair = next((each for each in pairs_shown(view, rows) if (each.capability, each.sector) == wanted), None)
    if pair is None:
        return None
    days = slice(month.from_day, month.until_day)
    asked, held = float(pair.required[days].sum()), float(pair.held[days].sum())
    share = pair.share(month.from_day, month.until_day)
    found = longest_holes([pair], under=under / 100, span=(0, scenario.horizon.days))
    names = pair.lines(month.from_day, month.until_day)
    return CellTold(
        title=leading_capital(plain(capability)),
        sector=sector_title(scenario, sector or None),
        month=month,
        cell=cell_of(pair, month, under=under),
        figure="" if share is None else f"{percent(share)}: {amount(held)} of {amount(asked)} unit-days",
        lines=tuple(
            _line(view, row, month) for row in sorted(rows, key=lambda row: natural_order(row.line)) if row.line in names
        ),
        units=_units(view, names, month),
        hole=_hole_words(view, found[0]) if found else "",
    )


def _line(view: View, row: LineRow, month: Month) -> Row:
    """A line within the month: what it asks for, what it has, why it is short."""
    assert view.scenario is not None
    own = pairs_of(view.scenario, view.plan, lines=(row.line,))[0]
    days = slice(month.from_day, month.until_day)
    asked, held = float(own.required[days].sum()), float(own.held[days].sum())
    return {
        "line": row.line,
        "title": short_title(view.scenario.requirement_by_line[row.line]),
        "place": place_name(view.scenario, row.location or None),
        "priority": row.priority,
        "held": f"{amount(held)} of {amount(asked)}",
        "state": "filled" if held >= asked - 1e-9 else "gap" if held <= 1e-9 else "partial",
        "why": _reasons(view, row.line, month),
    }


def _reasons(view: View, line: str, month: Month) -> str:
    if view.plan is None:
        return ""
    gaps = view.plan.gaps.filter(
        (pl.col("line") == line) & (pl.col("from_day") < month.until_day) & (pl.col("until_day") > month.from_day)
    )
    return "; ".join(dict.fromkeys(reason_words(reason) for reason in gaps.sort("from_day", "reason")["reason"]))


def _units(view: View, lines: Sequence[str], month: Month) -> tuple[Row, ...]:
    """Tours that serve the lines in the month, the one that gives most first."""
    if view.plan is None or view.scenario is None:
        return ()
    kinds = {row.unit_type: row.name for row in view.scenario.unit_types}
    tours = view.plan.tours.filter(
        pl.col("line").is_in(lines) & (pl.col("from_day") < month.until_day) & (pl.col("serves_until_day") > month.from_day)
    )
    units = []
    for tour in tours.iter_rows(named=True):
        days = min(tour["serves_until_day"], month.until_day) - max(tour["from_day"], month.from_day)
        units.append(
            {
                "unit": tour["unit"],
                "nation": tour["nation"],
                "kind": kinds.get(tour["unit_type"]) or plain(tour["unit_type"]),
                "line": tour["line"],
                "window": window(tour["from_day"], tour["serves_until_day"]),
                "days": days,
                "gives": days * tour["effectiveness"],
            }
        )
    return tuple(sorted(units, key=lambda unit: (-unit["gives"], unit["nation"], unit["unit"])))


def _hole_words(view: View, hole: Hole) -> str:
    assert view.scenario is not None
    dates = (f"{d_day(day)}, {short_date(view.scenario.horizon.date_of(day))}" for day in (hole.from_day, hole.until_day))
    return f"{counted(hole.days, 'day')}, from {' to '.join(dates)}; {percent(hole.share)} is held then"
