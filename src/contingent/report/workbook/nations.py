"""Who carries how much: ``Nations`` (totals against fair shares) and ``Nation x line`` (people that each gives to each line)."""

from typing import Any

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell

from contingent.report.words import line_title
from contingent.report.workbook.book import LINE_HEIGHT, Book, Column, Page, lines_of, put, put_formula, put_heads
from contingent.report.workbook.brief import Brief

NATION_COLOUR = "#5B4A8A"

NATIONS = Page(
    "Nations",
    "What each nation offered, gives and carries, held against its share of the burden judged fair.",
    (
        Column("Nation", "text", 8, "ISO 3166 alpha-3."),
        Column("Name", "text", 20, "Name in reports."),
        Column("Units offered", "count", 9, "Units in its offers. [units]"),
        Column("Units used", "count", 9, "Units with at least one tour. [units]"),
        Column("Tours", "count", 8, "Tours that its units do."),
        Column("Person-days", "count", 14, "People times days on tour within the horizon, handover included."),
        Column("People, mean", "count", 8, "Person-days divided by the days of the horizon. [people]"),
        Column("People, peak", "count", 9, "Most people on tour on one day. [people]"),
        Column("Ceiling", "count", 9, "Most people that it allows at once; blank = none. [people]"),
        Column("Peak of ceiling", "share", 9, "Peak divided by the ceiling."),
        Column("Share", "share", 9, "Share of the requirement's person-days that it carries."),
        Column("Fair share", "share", 9, "Share judged fair: by weight, or by defence spending, as docs/formulation.md says."),
        Column("Burden", "ratio", 9, "Share divided by fair share: 1.00 = its fair share of the whole requirement."),
        Column("Position", "wrapped", 60, "What it has said in public about contributing."),
        Column("Source", "wrapped", 40, "Where its figures come from."),
    ),
)

BY_LINE = Page(
    "Nation x line",
    "People that each nation has on tour for each line, as a mean over the whole horizon. [people]",
    (
        Column("Serial", "text", 9, "The line's serial."),
        Column("Pri", "count", 4.5, "Priority."),
        Column("Requirement", "wrapped", 34, "The line in words."),
        Column("All nations", "count", 9, "Sum over nations. [people]"),
    ),
)


def nations_sheet(book: Book, brief: Brief) -> None:
    """Write the totals of nations, the one that carries most first, and their sums."""
    rows: list[tuple[Any, ...]] = []
    by_nation = brief.scenario.nation_by_name
    for row in brief.plan.nations.sort(["person_days", "nation"], descending=[True, False]).iter_rows(named=True):
        nation = by_nation.get(row["nation"])
        rows.append(
            (
                row["nation"],
                row["name"],
                row["units_offered"],
                row["units_used"],
                row["tours"],
                row["person_days"],
                row["person_days"] / brief.days,
                row["people_peak"],
                row["ceiling"],
                row["people_peak"] / row["ceiling"] if row["ceiling"] else None,
                row["share"],
                row["fair_share"],
                row["burden"],
                nation.position if nation else None,
                nation.source if nation else None,
            )
        )
    sheet = book.table(NATIONS, rows, freeze_columns=2, tab=NATION_COLOUR)
    if not rows:
        return
    top, end = 5, 5 + len(rows)
    put(sheet, end + 1, 1, "Sum", book.cell_style("text", bold=True, top=1))
    for at in (2, 3, 4, 5, 6, 10, 11):
        kind = NATIONS.columns[at].kind
        total = sum(float(row[at] or 0) for row in rows)
        put_formula(
            sheet,
            end + 1,
            at,
            f"=SUM({xl_rowcol_to_cell(top, at)}:{xl_rowcol_to_cell(end - 1, at)})",
            book.cell_style(kind, bold=True, top=1),
            value=total,
        )


def by_line_sheet(book: Book, brief: Brief) -> None:
    """Write the matrix of lines by nations: mean people on tour over the horizon, summed by live formulas."""
    person_days = _person_days(brief)
    nations = [
        row["nation"]
        for row in brief.plan.nations.sort(["person_days", "nation"], descending=[True, False]).iter_rows(named=True)
        if row["tours"]
    ]
    sheet = book.sheet(BY_LINE.name, BY_LINE.says, tab=NATION_COLOUR)
    head, top, first = 4, 5, len(BY_LINE.columns)
    put_heads(book, sheet, head, BY_LINE.columns)
    put_heads(book, sheet, head, [Column(nation, "count", 6.5, "") for nation in nations], first=first)
    end = top + max(1, len(brief.lines))
    number, strong = book.cell_style("count"), book.cell_style("count", bold=True)
    last = first + max(1, len(nations)) - 1
    for row, line in enumerate(brief.lines, start=top):
        values = [person_days.get((line.line, nation), 0) / brief.days for nation in nations]
        put(sheet, row, 0, line.line, book.cell_style("text", bold=True))
        put(sheet, row, 1, line.priority, number)
        put(sheet, row, 2, line_title(brief.scenario, line), book.cell_style("wrapped"))
        sheet.set_row(row, LINE_HEIGHT * lines_of(line_title(brief.scenario, line), BY_LINE.columns[2].width) + 3)
        put_formula(
            sheet, row, 3, f"=SUM({xl_rowcol_to_cell(row, first)}:{xl_rowcol_to_cell(row, last)})", strong, value=sum(values)
        )
        for at, value in enumerate(values, start=first):
            put(sheet, row, at, value or None, number)
    sheet.autofilter(head, 0, end - 1, last)
    sheet.freeze_panes(top, 3)
    sheet.repeat_rows(head)
    sheet.repeat_columns(0, 2)
    _put_sums(book, sheet, brief, nations, person_days, top=top, end=end, first=first)


def _put_sums(
    book: Book,
    sheet: object,
    brief: Brief,
    nations: list[str],
    person_days: dict[tuple[str, str], int],
    *,
    top: int,
    end: int,
    first: int,
) -> None:
    """Write the sum of each nation below its column, and its peak and ceiling to hold it against."""
    strong = book.cell_style("count", bold=True, top=1)
    plain_count = book.cell_style("count")
    for at, label in enumerate(("Sum of means", "People, peak", "Ceiling")):
        put(sheet, end + 1 + at, 2, label, book.style(bold=True))
    totals = {row["nation"]: row for row in brief.plan.nations.iter_rows(named=True)}
    lines = {line.line for line in brief.lines}
    for at, nation in enumerate(nations, start=first):
        total = sum(days for (line, who), days in person_days.items() if who == nation and line in lines) / brief.days
        put_formula(
            sheet, end + 1, at, f"=SUM({xl_rowcol_to_cell(top, at)}:{xl_rowcol_to_cell(end - 1, at)})", strong, value=total
        )
        put(sheet, end + 2, at, totals[nation]["people_peak"], plain_count)
        put(sheet, end + 3, at, totals[nation]["ceiling"], plain_count)


def _person_days(brief: Brief) -> dict[tuple[str, str], int]:
    """Person-days within the horizon by (line, nation)."""
    days = (pl.min_horizontal("until_day", pl.lit(brief.days)) - pl.col("from_day")) * pl.col("people")
    sums = brief.plan.tours.group_by("line", "nation", maintain_order=True).agg(days.sum().alias("person_days"))
    return {(line, nation): person_days for line, nation, person_days in sums.iter_rows()}
