"""The statement of requirements by month: sheets ``CJSOR`` (how much is filled) and ``Holders`` (by whom).

A month's cell of the CJSOR is a number, the mean of the units filled over the days on which the line is open; its sign and
colour are the cell's format. So the sums at the foot are plain formulas, and a planner may sort, filter and pivot.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from contingent.report.months import Floats, monthly_mean, people_by_day
from contingent.report.words import grouped, line_title, place_name, plain, reason_words
from contingent.report.workbook.book import (
    ACCENT,
    LINE_HEIGHT,
    QUIET,
    RULE,
    Book,
    Column,
    Page,
    lines_of,
    put,
    put_formula,
    put_heads,
)
from contingent.report.workbook.brief import FILLED, GAP, NEARLY, NONE, OVER, PARTIAL, SIGNS, Brief, State, starts_of

GROUNDS: dict[State, tuple[str, str]] = {
    FILLED: ("#CDEBE0", "#064B38"),
    PARTIAL: ("#FBE7BF", "#5C3F00"),
    GAP: ("#F7D2BB", "#6E2C00"),
    OVER: ("#CFE4F1", "#003B5C"),
    NONE: ("#ECEEF0", "#4A545C"),
}
"""Ground and ink of each state: light tints of #009E73, #E69F00, #D55E00, #0072B2 and grey; the contrast is above 7."""

MEANINGS: dict[State, str] = {
    FILLED: "filled",
    PARTIAL: "filled in part",
    GAP: "nobody there",
    OVER: "filled, and at least one unit more serves",
    NONE: "nothing needed",
}

CJSOR = Page(
    "CJSOR",
    "Units filled on an average day of each month on which the line is open; who holds the line; why units are missing.",
    (
        Column("Serial", "text", 9, "The line's serial in the statement of requirements."),
        Column("Pri", "count", 4.3, "Priority; 1 is filled first."),
        Column("Need", "count", 5.3, "Units of full effectiveness asked for. [units]"),
        Column("Requirement", "wrapped", 30, "The line in words."),
        Column("Capability", "wrapped", 22, "Capability asked for, as the tables name it."),
        Column("Location", "wrapped", 16, "Where."),
        Column("Formation", "wrapped", 14, "Formation that the line stands under."),
        Column("From", "day", 6.5, "First day of the need, counted from D-day."),
        Column("Until", "day", 6.5, "Day on which the need ends within the horizon, counted from D-day."),
        Column("From date", "date", 9.8, "The same as a calendar date."),
        Column("Until date", "date", 9.8, "The same as a calendar date."),
        Column("Hold", "text", 10.5, "any, or one nation for the whole window."),
        Column("Fill", "share", 8, "Share of the line's required unit-days that is filled."),
    ),
)
"""The columns left of the months."""

AFTER_MONTHS = (
    Column("Held by", "wrapped", 44, "Nations that serve the line, each with the days on which it does."),
    Column("Gaps and reasons", "wrapped", 44, "Unit-days missing, by tested reason; the sheet Gaps has each gap."),
)
"""The columns right of the months."""

HOLDERS = Page(
    "Holders",
    "Who holds each line, month by month; 2 FRA = two French units on average. The colour is that of the CJSOR.",
    (
        Column("Serial", "text", 9, "The line's serial."),
        Column("Pri", "count", 4.3, "Priority."),
        Column("Need", "count", 5.3, "Units asked for. [units]"),
        Column("Requirement", "wrapped", 30, "The line in words."),
    ),
)

FROZEN = 4
"""Columns that stay when the months are scrolled: serial, priority, need, requirement."""

MOST_PERIODS = 6
"""Periods of holding that a cell of the matrix names; the sheet Tours has all."""

SMALL_TEXT = 9 / 8
"""How much more of the text right of the months stands on a line than of the other text."""

PAGE_WIDTH = 340.0
"""Characters of the standard font across one A3 page at a scale that is still read with ease (two thirds)."""


def cjsor_sheet(book: Book, brief: Brief) -> None:
    """Write the matrix of lines by months, and its foot sums."""
    sheet, first = _frame_of_months(book, brief, CJSOR, month_width=5.2, tab="#009E73", after=AFTER_MONTHS)
    top = 6
    months = len(brief.months)
    for at, line in enumerate(brief.lines):
        row = top + at
        cells = _beside_months(brief, at)
        for place, (value, column) in enumerate(zip(cells, CJSOR.columns, strict=True)):
            strong = {"bold": True} if place in (0, 2) else {}
            colours = fill_colours(brief.fill_of(at)) if column.kind == "share" else {}
            put(sheet, row, place, value, book.cell_style(column.kind, **strong, **colours))
        for month in range(months):
            _put_month(book, sheet, row, first + month, brief, line=at, month=month)
        texts = (held_by(brief, line.line), gaps_of(brief, line.line))
        for place, text in enumerate(texts, start=first + months):
            put(sheet, row, place, text, book.cell_style("wrapped", font_size=9 / SMALL_TEXT))
        wrapped = ((value, column.width) for value, column in zip(cells, CJSOR.columns, strict=True) if column.kind == "wrapped")
        beside = max(lines_of(value, width) for value, width in wrapped)
        after = max(lines_of(text, SMALL_TEXT * column.width) for text, column in zip(texts, AFTER_MONTHS, strict=True))
        sheet.set_row(row, max(LINE_HEIGHT * beside, LINE_HEIGHT / SMALL_TEXT * after) + 3)
    end = top + len(brief.lines)
    if not brief.lines:
        put(sheet, top, 0, "No line is required.", book.style(italic=True, font_color=QUIET))
    # Not over the months: the buttons would hide their names.
    sheet.autofilter(top - 1, 0, max(end - 1, top), first - 1)
    _put_foot(book, sheet, brief, top=top, end=max(end, top + 1), first=first)


def _beside_months(brief: Brief, at: int) -> tuple[object, ...]:
    """Return the cells left of a line's months, in the order of the columns of `CJSOR`."""
    scenario, line = brief.scenario, brief.lines[at]
    until = brief.until(line)
    return (
        line.line,
        line.priority,
        line.quantity,
        line_title(scenario, line),
        line.capability,
        place_name(scenario, line.location),
        line.formation,
        line.from_day,
        until,
        scenario.horizon.date_of(line.from_day),
        scenario.horizon.date_of(until),
        plain(line.hold),
        brief.fill_of(at),
    )


def holders_sheet(book: Book, brief: Brief) -> None:
    """Write who holds each line in each month."""
    sheet, first = _frame_of_months(book, brief, HOLDERS, month_width=7.5, tab="#009E73")
    top = 6
    small = {"font_size": 7.5, "text_wrap": True, "align": "center", "border": 1, "border_color": "#FFFFFF"}
    looks = {state: book.style(**small, **_colours(state)) for state in SIGNS}
    for at, line in enumerate(brief.lines):
        row = top + at
        for place, (value, column) in enumerate(
            zip((line.line, line.priority, line.quantity, line_title(brief.scenario, line)), HOLDERS.columns, strict=True)
        ):
            put(sheet, row, place, value, book.cell_style(column.kind, **({"bold": True} if place == 0 else {})))
        deepest = 1
        for month in range(len(brief.months)):
            state = brief.state(at, month)
            if state is None:
                continue
            names = holders_in(brief, at, month)
            deepest = max(deepest, len(names))
            put(sheet, row, first + month, "\n".join(names) or SIGNS[state], looks[state])
        sheet.set_row(row, 10.5 * max(deepest, lines_of(line_title(brief.scenario, line), HOLDERS.columns[3].width)) + 4)
    sheet.autofilter(top - 1, 0, max(top + len(brief.lines) - 1, top), first - 1)


def holders_in(brief: Brief, line: int, month: int) -> list[str]:
    """Return the nations that serve a line in a month, the one with most days first, with their number where above one."""
    open_days = brief.open_days[line, month]
    names = []
    for nation, days in sorted(brief.holders.get(brief.lines[line].line, ()), key=lambda pair: (-pair[1][month], pair[0])):
        if days[month] > 0:
            units = round(days[month] / open_days) if open_days else 0
            names.append(f"{units} {nation}" if units > 1 else nation)
    return names


def held_by(brief: Brief, line: str) -> str:
    """Return the nations that serve a line, each with the days on which it does: ``FRA D+0-360, 720-1080; GBR D+360-720``."""
    served: dict[str, list[list[int]]] = {}
    for nation, start, end in brief.service.get(line, ()):
        periods = served.setdefault(nation, [])
        if periods and start <= periods[-1][1]:
            periods[-1][1] = max(periods[-1][1], end)
        else:
            periods.append([start, end])
    room = MOST_PERIODS
    said = []
    for nation, periods in served.items():
        if room > 0:
            said.append(f"{nation} D+{', '.join(f'{start}-{end}' for start, end in periods[:room])}")
        room -= len(periods)
    if room < 0:
        said.append(f"and {-room} more, see Tours")
    return "; ".join(said)


def gaps_of(brief: Brief, line: str) -> str:
    """Return what a line lacks, by reason, the greatest first: ``in dwell 1 200 unit-days; caveat 30 unit-days``."""
    return "; ".join(f"{reason_words(reason)} {grouped(days)} unit-days" for reason, days in brief.missing.get(line, ()))


def _frame_of_months(
    book: Book,
    brief: Brief,
    page: Page,
    *,
    month_width: float,
    tab: str,
    after: Sequence[Column] = (),
) -> tuple[Any, int]:
    """Add a sheet with one column a month right of the page's columns: two heads, frozen panes, how it prints."""
    sheet = book.sheet(page.name, page.says, tab=tab)
    legend = "   ".join(f"{SIGNS[state]} {meaning}" for state, meaning in MEANINGS.items())
    put(sheet, 3, 0, f"{legend}   blank: not open in that month", book.style())
    first, months = len(page.columns), len(brief.months)
    put_heads(book, sheet, 5, page.columns)
    put_heads(book, sheet, 5, after, first=first + months)
    sheet.set_column(first, first + months - 1, month_width)
    if first > FROZEN:
        # The details fold away by one click, and the months stand beside the requirement.
        for at, column in enumerate(page.columns[FROZEN:-1], start=FROZEN):
            sheet.set_column(at, at, column.width, None, {"level": 1})
    year = None
    for at, month in enumerate(brief.months, start=first):
        name, _, its_year = month.label.rpartition(" ")
        begins = its_year != year
        year = its_year
        edge = {"left": 2, "left_color": ACCENT} if begins else {}
        put(sheet, 4, at, year if begins else None, book.style(bold=True, font_color=ACCENT, **edge))
        put(sheet, 5, at, name, book.head_style(align="center", font_size=8, text_wrap=False, **edge))
    sheet.freeze_panes(6, FROZEN)
    sheet.repeat_rows(4, 5)
    sheet.repeat_columns(0, FROZEN - 1)
    sheet.fit_to_pages(
        pages_across(
            sum(column.width for column in (*page.columns, *after)) + month_width * months,
            repeated=sum(column.width for column in page.columns[:FROZEN]),
        ),
        0,
    )
    return sheet, first


def pages_across(width: float, *, repeated: float) -> int:
    """Return how many A3 pages a sheet needs side by side to be read, when its first columns stand on each of them.

    Parameters
    ----------
    width, repeated : float
        Of all columns, and of those that stand on each page. [characters]

    Examples
    --------
    >>> pages_across(330, repeated=50), pages_across(350, repeated=50)
    (1, 2)
    """
    return max(1, ceil((width - repeated) / (PAGE_WIDTH - repeated)))


def _put_month(book: Book, sheet: Any, row: int, column: int, brief: Brief, *, line: int, month: int) -> None:
    """Write how a line stands in a month: the number, and its sign and colour as its format."""
    state = brief.state(line, month)
    if state is None:
        return
    value = round(float(brief.filled[line, month]), 6)
    pattern = f'"{SIGNS[state]} "{number_pattern(value, brief.lines[line].quantity)}'
    style = book.style(
        num_format=pattern, align="center", valign="vcenter", font_size=8, border=1, border_color="#FFFFFF", **_colours(state)
    )
    sheet.write_number(row, column, value, style)


def number_pattern(value: float, needed: float) -> str:
    """Return the fewest decimals (at most two) at which a number reads neither as nothing nor as the need when it is neither.

    >>> number_pattern(3.0, 4), number_pattern(2.5, 4), number_pattern(3.98, 4)
    ('0', '0.0', '0.00')
    """
    if value == round(value):
        return "0"
    return "0.0" if round(value, 1) not in (0.0, float(needed)) else "0.00"


def fill_colours(fill: float | None) -> dict[str, str]:
    """Return ground and ink of a share filled: all, some, none."""
    if fill is None:
        return {}
    return _colours(FILLED if fill >= 1 - NEARLY else GAP if fill <= NEARLY else PARTIAL)


def _colours(state: State) -> dict[str, str]:
    ground, ink = GROUNDS[state]
    return {"bg_color": ground, "font_color": ink}


def _put_foot(book: Book, sheet: Any, brief: Brief, *, top: int, end: int, first: int) -> None:
    """Write the sums of each month below the lines."""
    row = end + 1
    sums = _foot_sums(brief)
    label = book.style(bold=True, align="left", indent=1)
    heads = ("Units needed", "Units filled", "Fill", "People deployed, mean", "People deployed, most on one day")
    for at, head in enumerate(heads):
        put(sheet, row + at, 3, head, label)
    look = {"font_size": 8, "align": "center", "top": 1, "top_color": RULE}
    number, share = book.style(num_format="0.#", **look), book.style(num_format="0%", bold=True, **look)
    whole, people = book.style(num_format="0", **look), book.style(num_format="#,##0", **(look | {"font_size": 7}))
    need_from, need_until = (
        xl_rowcol_to_cell(top, 2, row_abs=True, col_abs=True),
        xl_rowcol_to_cell(end - 1, 2, row_abs=True, col_abs=True),
    )
    for at in range(len(brief.months)):
        column = first + at
        months = f"{xl_rowcol_to_cell(top, column)}:{xl_rowcol_to_cell(end - 1, column)}"
        needed, filled, mean, peak = (float(values[at]) for values in sums)
        put_formula(sheet, row, column, f'=SUMPRODUCT(({months}<>"")*{need_from}:{need_until})', whole, value=needed)
        put_formula(sheet, row + 1, column, f"=SUM({months})", whole if filled.is_integer() else number, value=filled)
        put_formula(
            sheet,
            row + 2,
            column,
            f"=IF({xl_rowcol_to_cell(row, column)}=0,1,{xl_rowcol_to_cell(row + 1, column)}/{xl_rowcol_to_cell(row, column)})",
            share,
            value=filled / needed if needed else 1.0,
        )
        put(sheet, row + 3, column, round(mean), people)
        put(sheet, row + 4, column, round(peak), people)


def _foot_sums(brief: Brief) -> tuple[Floats, Floats, Floats, Floats]:
    """Units needed and filled (of lines open in the month), and people deployed in the mean and at most; by month."""
    shown = ~np.isnan(brief.filled)
    quantities = np.array([line.quantity for line in brief.lines], dtype=np.float64).reshape(-1, 1)
    needed: Floats = (shown * quantities).sum(axis=0)
    filled: Floats = np.round(np.nan_to_num(brief.filled), 6).sum(axis=0)
    people = people_by_day(brief.plan, days=brief.days)
    return needed, np.round(filled, 6), monthly_mean(people, brief.months), np.maximum.reduceat(people, starts_of(brief.months))
