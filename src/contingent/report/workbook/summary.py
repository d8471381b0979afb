"""The first sheet: the answer in sentences, the key numbers, the goals and how far they are proven, and fill by month."""

from math import ceil
from typing import Any

from contingent.report.months import monthly_mean, needed_and_filled_by_day, people_by_day
from contingent.report.outlook import outlook
from contingent.report.words import (
    STATUS_LABELS,
    date_time_group,
    duration,
    goal_label,
    goal_sentence,
    grouped,
    headline,
    lines_held_throughout,
    nations_among,
    nations_deployed,
    option_title,
    short_date,
)
from contingent.report.workbook.book import ACCENT, MARKING_INK, QUIET, RULE, Book, Column, Kind, Page, put, put_heads
from contingent.report.workbook.brief import Brief
from contingent.report.workbook.matrix import fill_colours

LEFT = (34, 15, 15, 15, 12)
"""Widths of the columns of the tables. [characters]"""

RIGHT, RIGHT_WIDTH = 9, 10.5
"""Columns right of the tables, which sentences run across and which fill by priority stands in."""

LAST = len(LEFT) + RIGHT - 1

SENTENCE_HEIGHT, CHARACTERS_ACROSS = 17, 165
"""One line of a sentence [points], and how much of it stands on a line [characters]."""

ROW_PIXELS, TALL_PIXELS = 17, 10
"""Height of a row, and what the rows of key numbers have more, for the height of the chart. [pixels]"""

SUMMARY = Page(
    "Summary",
    "What the force can hold, how sure that is, and what it rests on.",
    (
        Column("Fill by priority", "text", 34, "Unit-days asked for and filled, by priority of the line."),
        Column("Required [unit-days]", "amount", 15, "Units asked for times days."),
        Column("Filled [unit-days]", "amount", 15, "Unit-days of need that units serve."),
        Column("Missing [unit-days]", "amount", 15, "Required less filled."),
        Column("Fill", "share", 12, "Filled divided by required."),
    ),
)

GOALS = (
    Column("Goal", "text", 34, "What the plan makes as small as it can, in this order; each goal is locked before the next."),
    Column("Value", "amount", 15, "What the plan reaches."),
    Column("Bound", "amount", 15, "No plan that keeps the goals above can be lower."),
    Column("Unit", "text", 15, "Unit of value and bound."),
    Column("Status", "wrapped", 12, "Whether the value is proven to be the best."),
    Column("In words", "wrapped", RIGHT_WIDTH, "The same as a sentence."),
)

BY_MONTH = (
    Column("Month", "text", 34, "Calendar month (quarter or year, where the horizon is long), cut to the horizon."),
    Column("Needed [units]", "amount", 15, "Units asked for on an average day."),
    Column("Filled [units]", "amount", 15, "Units of need filled on an average day."),
    Column("People deployed", "count", 15, "People on tour on an average day, handover included."),
    Column("Fill", "share", 12, "Filled divided by needed; then the same by priority."),
)


def summary_sheet(book: Book, brief: Brief) -> None:
    """Write the summary: sentences, five numbers, fill by priority, goals, chart and table by month."""
    sheet = book.sheet(SUMMARY.name, SUMMARY.says, tab=ACCENT)
    for at, width in enumerate(LEFT):
        sheet.set_column(at, at, width)
    sheet.set_column(len(LEFT), LAST, RIGHT_WIDTH)
    row = _put_sentences(book, sheet, brief, 4)
    numbers = row + 1
    row = _put_numbers(book, sheet, brief, numbers)
    row = _put_priorities(book, sheet, brief, row + 1)
    goals = row + 1
    row = _put_goals(book, sheet, brief, goals)
    first_month = row + 2
    row = _put_months(book, sheet, brief, row + 1)
    _put_chart(book, sheet, numbers, first=first_month, last=row - 1, height=ROW_PIXELS * (goals - numbers) + 5 * TALL_PIXELS)
    put(sheet, row + 1, 0, brief.plan.marking, book.style(bold=True, font_color=MARKING_INK))


def _put_sentences(book: Book, sheet: Any, brief: Brief, row: int) -> int:
    settings = brief.scenario.settings
    start, days = settings.start_date, settings.horizon_days
    about = (
        f"{option_title(brief.scenario, brief.plan.option)}. D-day {date_time_group(start)} ({short_date(start)}); "
        f"horizon {duration(days)} ({days} days); tours begin every {settings.period_days} days."
    )
    put(sheet, row, 0, about, book.style(font_color=QUIET))
    look = book.style(font_size=12, text_wrap=True, valign="vcenter")
    for said in (*headline(brief.scenario, brief.plan), *(told for told, _ in outlook(brief.scenario, brief.plan))):
        row += 1
        put_across(sheet, row, 0, said, look)
        sheet.set_row(row, SENTENCE_HEIGHT * ceil(len(said) / CHARACTERS_ACROSS))
    return row + 1


def _put_numbers(book: Book, sheet: Any, brief: Brief, row: int) -> int:
    """Write the numbers that a chief of staff asks for first."""
    held, lines = lines_held_throughout(brief.scenario, brief.plan)
    offered, used = int(brief.plan.nations["units_offered"].sum()), int(brief.plan.nations["units_used"].sum())
    nations = nations_among(brief.scenario, (row.nation for row in brief.scenario.contributors))
    numbers = (
        ("Unit-days filled, all priorities", brief.plan.fill, "0.0 %", "of those required"),
        ("Lines held throughout", held, "0", f"of {lines}, on every day of their window"),
        ("People deployed at the peak", brief.plan.people_deployed_peak, "#,##0", "people on tour on one day, handover included"),
        (
            "Nations deployed",
            nations_deployed(brief.scenario, brief.plan),
            "0",
            f"of {nations}; {grouped(used)} of {grouped(offered)} units offered are used",
        ),
        ("Filled from offers of low confidence", brief.plan.low_confidence_share, "0.0 %", "of the filled unit-days"),
    )
    for at in range(len(LEFT)):
        put(sheet, row, at, "Key numbers" if at == 0 else None, book.head_style(align="left", indent=1))
    for at, (label, value, pattern, meaning) in enumerate(numbers, start=row + 1):
        line = {"bottom": 4, "bottom_color": RULE}
        put(sheet, at, 0, label, book.style(valign="vcenter", align="left", indent=1, **line))
        put(
            sheet,
            at,
            1,
            value,
            book.style(bold=True, font_size=14, font_color=ACCENT, num_format=pattern, valign="vcenter", **line),
        )
        put(sheet, at, 2, meaning, book.style(valign="vcenter", font_color=QUIET, align="left", indent=1))
        sheet.set_row(at, 20)
    return row + len(numbers) + 1


def _put_priorities(book: Book, sheet: Any, brief: Brief, row: int) -> int:
    put_heads(book, sheet, row, SUMMARY.columns)
    plan = brief.plan
    rows = [
        (
            f"Priority {priority}",
            plan.required_unit_days[priority],
            plan.filled_unit_days.get(priority, 0.0),
            plan.fill_of(priority),
        )
        for priority in sorted(plan.required_unit_days)
    ]
    rows.append(
        ("All priorities", float(sum(plan.required_unit_days.values())), float(sum(plan.filled_unit_days.values())), plan.fill)
    )
    for at, (label, required, filled, fill) in enumerate(rows, start=row + 1):
        strong = {"bold": True} if at == row + len(rows) else {}
        put(sheet, at, 0, label, book.cell_style("text", **strong))
        for column, value in enumerate((required, filled, max(0.0, required - filled)), start=1):
            put(
                sheet,
                at,
                column,
                round(value, 6),
                book.cell_style("count" if round(value, 1) == round(value) else "amount", **strong),
            )
        put(sheet, at, 4, fill, book.cell_style("share", **strong, **fill_colours(fill if required else None)))
    return row + len(rows) + 1


def _put_goals(book: Book, sheet: Any, brief: Brief, row: int) -> int:
    put_head_band(book, sheet, row)
    put_heads(book, sheet, row, GOALS)
    for at, goal in enumerate(brief.plan.goals, start=row + 1):
        kind: Kind = (
            "ratio"
            if goal.name == "burden"
            else "amount"
            if not (goal.value.is_integer() and goal.bound.is_integer())
            else "count"
        )
        unit = brief.scenario.settings.currency if goal.name == "cost" else goal.unit
        cells = (goal_label(goal.name), goal.value, goal.bound, unit, STATUS_LABELS[goal.status], goal_sentence(brief.plan, goal))
        for column, value in enumerate(cells[:-1]):
            look = {"valign": "vcenter"} | ({"align": "left", "indent": 1} if column > 2 else {})
            put(sheet, at, column, value, book.cell_style(kind if column in (1, 2) else GOALS[column].kind, **look))
        put_across(sheet, at, len(LEFT), cells[-1], book.cell_style("wrapped", valign="vcenter"))
        sheet.set_row(at, 26)
    return row + len(brief.plan.goals) + 1


def _put_months(book: Book, sheet: Any, brief: Brief, row: int) -> int:
    """Write needed, filled, people and fill by priority for each month, and a chart of it."""
    priorities = sorted(brief.plan.required_unit_days)
    by_day = [needed_and_filled_by_day(brief.plan, priority=priority, days=brief.days) for priority in priorities]
    needs = [monthly_mean(needed, brief.months) for needed, _ in by_day]
    fills = [monthly_mean(filled, brief.months) for _, filled in by_day]
    people = monthly_mean(people_by_day(brief.plan, days=brief.days), brief.months)
    put_heads(book, sheet, row, BY_MONTH)
    for at, priority in enumerate(priorities, start=len(BY_MONTH)):
        put(sheet, row, at, f"Priority {priority}", book.head_style(align="right"))
    for at, month in enumerate(brief.months):
        here = row + 1 + at
        needed, filled = (float(sum(means[at] for means in sides)) for sides in (needs, fills))
        put(sheet, here, 0, month.label, book.cell_style("text"))
        put(sheet, here, 1, needed, book.cell_style("amount"))
        put(sheet, here, 2, filled, book.cell_style("amount"))
        put(sheet, here, 3, round(float(people[at])), book.cell_style("count"))
        for column, (need, fill) in enumerate(
            [(needed, filled), *((means[at], fills[n][at]) for n, means in enumerate(needs))], start=4
        ):
            share = float(fill / need) if need > 0 else None
            put(sheet, here, column, share, book.cell_style("share", **fill_colours(share)))
    return row + len(brief.months) + 1


def _put_chart(book: Book, sheet: Any, row: int, *, first: int, last: int, height: int) -> None:
    """Draw needed and filled by month from the cells of the table, right of the key numbers."""
    chart = book.file.add_chart({"type": "area"})
    categories = [SUMMARY.name, first, 0, last, 0]
    chart.add_series(
        {
            "name": "filled",
            "categories": categories,
            "values": [SUMMARY.name, first, 2, last, 2],
            "fill": {"color": "#9CCFBE"},
            "border": {"color": "#009E73", "width": 1},
        }
    )
    needed = book.file.add_chart({"type": "line"})
    needed.add_series(
        {
            "name": "needed",
            "categories": categories,
            "values": [SUMMARY.name, first, 1, last, 1],
            "line": {"color": ACCENT, "width": 2},
        }
    )
    chart.combine(needed)
    chart.set_title({"name": "Units needed and filled, by month", "name_font": {"size": 11, "bold": True, "color": ACCENT}})
    chart.set_legend({"position": "right"})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": RULE}}, "num_font": {"size": 8}})
    chart.set_x_axis({"num_font": {"rotation": -90, "size": 8}, "interval_unit": max(1, (last - first + 1) // 20)})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 690, "height": height})
    sheet.insert_chart(
        row,
        len(LEFT),
        chart,
        {"x_offset": 16, "description": "Units needed and filled by month; the figures stand in the table by month below."},
    )


def put_across(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Write a text across the page from a column on, so that it has the width of the page and not of the column."""
    sheet.merge_range(row, column, row, LAST, "", style)
    put(sheet, row, column, text, style)


def put_head_band(book: Book, sheet: Any, row: int) -> None:
    """Draw the ground of a head across the page."""
    for at in range(LAST + 1):
        put(sheet, row, at, None, book.head_style(align="left"))
