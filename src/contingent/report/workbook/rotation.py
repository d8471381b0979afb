"""Who goes when: ``Rotation`` (a calendar, one row a named unit) and ``Tours`` (the same as a flat list with dates)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contingent.report.months import Month
from contingent.report.words import grouped, line_title, place_name, plain
from contingent.report.workbook.book import ACCENT, QUIET, Book, Column, Page, put, put_heads
from contingent.report.workbook.brief import Brief
from contingent.report.workbook.matrix import pages_across

TOUR_COLOUR = "#0072B2"

ROTATION = Page(
    "Rotation",
    "One row a unit: the line it is on tour for; ⇄ = hands over to its relief then; · = dwell; * = pinned; blank = at home.",
    (
        Column("Nation", "text", 8, "Nation, ISO 3166 alpha-3."),
        Column("Unit type", "text", 30, "Kind of unit in words."),
        Column("Unit", "text", 28, "The named unit: its offer and its number."),
        Column("Tours", "count", 6.5, "Tours that it does within the horizon."),
        Column("Days away", "count", 9.5, "Days on tour within the horizon."),
    ),
)

TOURS = Page(
    "Tours",
    "One row a tour. Days are counted from D-day; a window ends on the day before its until.",
    (
        Column("Unit", "text", 28, "The named unit."),
        Column("Nation", "text", 8, "Nation, ISO 3166 alpha-3."),
        Column("Unit type", "text", 30, "Kind of unit in words."),
        Column("Serial", "text", 10, "Line that it serves."),
        Column("Requirement", "text", 32, "The line in words."),
        Column("Location", "text", 30, "Where."),
        Column("From", "day", 8, "First day of the tour."),
        Column("Serves until", "day", 8, "Day on which its handover begins: from then on it no longer counts for the line."),
        Column("Until", "day", 8, "Day on which it leaves: the end of the tour."),
        Column("Rested", "day", 8, "Day from which it may go again: tour and dwell are over."),
        Column("From date", "date", 11, "First day as a calendar date."),
        Column("Serves until date", "date", 13, "The same as a calendar date."),
        Column("Until date", "date", 11, "The same as a calendar date."),
        Column("People", "count", 8, "Strength of the unit. [people]"),
        Column("Effectiveness", "ratio", 11, "Share of one required unit that it gives."),
        Column("Pinned", "yes", 9, "yes = fixed by the planner, and kept."),
        Column("Confidence", "text", 11, "How far the offer can be trusted."),
        Column("Offer", "text", 30, "Offer that the unit belongs to."),
    ),
)

MOST_UNITS = 3_000
"""Most rows of the rotation calendar; the sheet Tours goes further. [units]"""

MONTH_WIDTH = 6.2
"""Of a month's column. [characters]"""

HANDOVER, DWELL, PINNED = "⇄", "·", "*"

TINTS = (("#CFE4F1", "#003B5C"), ("#E4DDF3", "#33235C"))
"""Ground and ink of a unit's tours, in turn, so that one tour is told from the next."""

DWELL_TINT = ("#F1F3F5", "#8C969E")


def rotation_sheet(book: Book, brief: Brief) -> None:
    """Write the calendar of named units, nation by nation, in the order in which units first go."""
    sheet = book.sheet(ROTATION.name, ROTATION.says, tab=TOUR_COLOUR)
    first = len(ROTATION.columns)
    put_heads(book, sheet, 5, ROTATION.columns)
    _put_month_heads(book, sheet, brief.months, first)
    units = tours_by_unit(brief)
    beside = [book.cell_style(column.kind, font_size=8) for column in ROTATION.columns]
    looks = {tint: _look(book, DWELL_TINT if tint is None else TINTS[tint]) for tint in (None, *range(len(TINTS)))}
    for row, (unit, tours) in enumerate(list(units.items())[:MOST_UNITS], start=6):
        away = sum(min(tour["until_day"], brief.days) - tour["from_day"] for tour in tours)
        cells = (tours[0]["nation"], brief.type_name(tours[0]["unit_type"]), unit, len(tours), away)
        for at, (value, style) in enumerate(zip(cells, beside, strict=True)):
            put(sheet, row, at, value, style)
        for at, (text, tint) in enumerate(months_of_unit(tours, brief.months), start=first):
            if text:
                put(sheet, row, at, text, looks[tint])
    shown = min(len(units), MOST_UNITS)
    if not units:
        put(sheet, 6, 0, "No unit goes.", book.style(italic=True, font_color=QUIET))
    if len(units) > shown:
        put(
            sheet,
            7 + shown,
            0,
            f"... and {grouped(len(units) - shown)} more units: see the sheet Tours, or tours.csv of the plan folder.",
            book.style(bold=True),
        )
    sheet.autofilter(5, 0, max(6, 5 + shown), first - 1)
    sheet.freeze_panes(6, 3)
    sheet.repeat_rows(4, 5)
    sheet.repeat_columns(0, 2)
    widths = [column.width for column in ROTATION.columns]
    sheet.fit_to_pages(pages_across(sum(widths) + MONTH_WIDTH * len(brief.months), repeated=sum(widths[:3])), 0)


def _look(book: Book, tint: tuple[str, str]) -> Any:
    """The format of a month's cell in a tint."""
    ground, ink = tint
    return book.style(
        font_size=7, align="center", shrink=True, bg_color=ground, font_color=ink, bottom=1, bottom_color="#FFFFFF"
    )


def tours_by_unit(brief: Brief) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the tours of each named unit in time, units ordered by nation, type and first tour."""
    units: dict[str, list[Mapping[str, Any]]] = {}
    for tour in brief.plan.tours.sort("nation", "unit_type", "from_day", "unit").iter_rows(named=True):
        units.setdefault(tour["unit"], []).append(tour)
    return units


def months_of_unit(tours: Iterable[Mapping[str, Any]], months: Sequence[Month]) -> list[tuple[str, int | None]]:
    """Return for each month what a unit's cell says and its tint: 0 and 1 for tours in turn, None for dwell or home."""
    said: list[list[str]] = [[] for _ in months]
    tints: list[int | None] = [None] * len(months)
    tours = list(tours)
    for number, tour in enumerate(tours):
        hands_over = tour["serves_until_day"] < tour["until_day"]
        for at in _months_between(months, tour["from_day"], tour["until_day"]):
            relief = hands_over and months[at].until_day > tour["serves_until_day"]
            said[at].append(f"{tour['line']}{PINNED if tour['pinned'] else ''}{HANDOVER if relief else ''}")
            tints[at] = number % 2
    for tour in tours:
        for at in _months_between(months, tour["until_day"], tour["rested_day"]):
            if not said[at]:
                said[at].append(DWELL)
    return [("/".join(texts), tint) for texts, tint in zip(said, tints, strict=True)]


def tours_sheet(book: Book, brief: Brief) -> None:
    """Write every tour with its days and dates."""
    scenario, horizon = brief.scenario, brief.scenario.horizon
    lines = scenario.requirement_by_line
    rows = []
    for tour in brief.plan.tours.iter_rows(named=True):
        line = lines.get(tour["line"])
        start, serves, until = tour["from_day"], tour["serves_until_day"], tour["until_day"]
        rows.append(
            (
                tour["unit"],
                tour["nation"],
                brief.type_name(tour["unit_type"]),
                tour["line"],
                line_title(scenario, line) if line else plain(tour["capability"]),
                place_name(scenario, tour["location"]),
                start,
                serves,
                until,
                tour["rested_day"],
                horizon.date_of(start),
                horizon.date_of(serves),
                horizon.date_of(until),
                tour["people"],
                tour["effectiveness"],
                tour["pinned"],
                tour["confidence"],
                tour["offer"],
            )
        )
    book.table(TOURS, rows, tab=TOUR_COLOUR)


def _months_between(months: Sequence[Month], from_day: int, until_day: int) -> range:
    """Return which months share days with a half-open window."""
    return range(
        bisect_right(months, from_day, key=lambda month: month.until_day),
        bisect_left(months, until_day, key=lambda month: month.from_day),
    )


def _put_month_heads(book: Book, sheet: Any, months: Sequence[Month], first: int) -> None:
    sheet.set_column(first, first + len(months) - 1, MONTH_WIDTH)
    year = None
    for at, month in enumerate(months, start=first):
        name, _, its_year = month.label.rpartition(" ")
        edge = {"left": 2, "left_color": ACCENT} if its_year != year else {}
        put(sheet, 4, at, its_year if edge else None, book.style(bold=True, font_color=ACCENT, **edge))
        put(sheet, 5, at, name, book.head_style(align="center", font_size=8, text_wrap=False, **edge))
        year = its_year
