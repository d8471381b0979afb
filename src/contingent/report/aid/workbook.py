"""The aid to the host as an XLSX workbook, for the meeting: every figure beside its row, its source and its reason.

The first sheet adds up the ledger's own rows by formulas that stay live: whoever corrects a cell of `Ledger` sees the sums
follow. All else is written as it was worked out. Text never becomes a formula; the same status gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from contingent.aid.status import AidStatus
from contingent.report.aid.brigades import reason_words
from contingent.report.aid.sheets import ABOUT, BY_DONOR, BY_FAMILY, LEDGER, SHEETS, SUMMARY, Sheet
from contingent.report.words import grouped, short_date
from contingent.report.workbook.book import (
    ACCENT,
    LINE_HEIGHT,
    MARKING_INK,
    MOST_ROWS,
    QUIET,
    Book,
    Column,
    lines_of,
    put,
    put_formula,
    put_heads,
)

WORKBOOK = "aid.xlsx"
"""Name of the workbook in the folder of a status of aid."""

QUARTER_DAYS = 90
"""Forecast and cover stand in the workbook for the ends of so many days; the CSV files have every period. [days]"""

MOST_LIVE = 5_000
"""Ledgers of more rows are added up here and not by formulas: a program would take long over them. [rows]"""

SENTENCE_HEIGHT, CHARACTERS_ACROSS = 17, 150
"""One line of a sentence [points], and how much of it stands on a line [characters]."""

WIDEST_PAGE = 260
"""A wider sheet is printed on two pages side by side. [characters]"""

TOP = 5
"""First row of a table, from 0: marking, title, sentence, a blank and the head stand above."""

COLOURS = {"Ledger": "#8C969E", "By month": "#8C969E", "Doubts": "#8C1C1C", "Gaps": "#B57D00", "Next pledges": "#009E73"}

WHERE_ASKED = ("competition", "stops")
"""Frames whose sheet is left out where they have no row."""

STATES, CAME = ("open", "partly", "delivered", "unmeasured"), ("promised", "delivered", "open")

MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("What is what", "pledge", "Somebody with authority over the money or the stock said in public that it will be given."),
    ("", "allocation", "It was set aside: a promise too, and a firmer one."),
    ("", "finance", "An envelope for a span of time, out of which pledges are paid: never added to them."),
    ("", "aggregate", "A total that others add up: it never counts."),
    ("", "delivery", "The thing is in the host's hands, and something shows it."),
    ("What counts", "things and money", "Two measures, never made into one another."),
    ("", "within", "What lies within a pledge that counts does not count again in that measure."),
    ("", "doubt", "What looks double and is not said to be. It is listed, and taken out of no sum by itself."),
    ("How it was worked out", "delays", "Kaplan-Meier: what has not come counts as awaited as long as anybody looked."),
    ("", "expected", "Each open pledge arrives at a rate by its age, donor and family; no new pledge is foreseen."),
    ("", "formations", "Arrivals at their even chance go where most formations reach their standard soonest, by priority."),
    ("", "next pledges", "One more pledge of each type is added and all is allocated anew."),
    ("What it cannot know", "open", "An open pledge is not a broken one: few donors publish what they deliver."),
    ("", "needs", "As the scenario has them; the bundled ones are illustrative and of no real formation."),
    ("", "value", "Euro at the rate that each row names."),
)  # fmt: skip
"""docs/aid.md and docs/aid-arrivals.md in a few sentences."""


def write_aid_workbook(status: AidStatus, path: Path | str, *, sentences: Sequence[str] = ()) -> Path:
    """Write the status of aid as an XLSX workbook.

    Parameters
    ----------
    status : AidStatus
        From `contingent.assess_aid`.
    path : path
        File to write; its folder must be there.
    sentences : sequence of str
        The answer in words, for the head of the first sheet.

    Returns
    -------
    Path
        The file. The same status and sentences give the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written, for example because a spreadsheet program has it open.
    """
    book = Book(
        title=status.title, subtitle=f"aid as of {short_date(status.as_of)}", marking=status.marking, created=status.as_of)
    frames = prepared(status)
    live = status.frames["ledger"].height <= MOST_LIVE
    _summary(book, status, sentences, live=live)
    shown = []
    for sheet in SHEETS:
        # Nothing was held against a plan, or nothing was asked about: a sheet of none would say that nothing was found.
        if sheet.frame in frames and not (sheet.frame in WHERE_ASKED and frames[sheet.frame].is_empty()):
            _flat(book, sheet, frames[sheet.frame])
            shown.append(sheet)
    _about(book, status, shown)
    file = Path(path)
    file.write_bytes(book.contents())
    return file


def prepared(status: AidStatus) -> dict[str, pl.DataFrame]:
    """Return the frames that the sheets show: those of the status, and five that are cut or joined from them."""
    frames: dict[str, pl.DataFrame] = dict(status.frames)
    frames["arrivals_by_quarter"] = _by_quarter(frames["arrivals"])
    frames["open_dated"] = _dated(status)
    frames["gaps_with_next"] = gaps_with_next(frames["gaps"], frames["next_pledges"])
    used = pl.col("users").max().over("ammunition") + pl.col("stock").max().over("ammunition")
    frames["spares_by_quarter"] = _by_quarter(frames["spares"])
    frames["ammunition_by_quarter"] = _by_quarter(frames["ammunition"].filter(used > 0))
    return frames


def gaps_with_next(gaps: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """Return the needs that are not met, or not in time, with the further pledge of their type or family that is worth most."""
    best: dict[str, str] = {}
    for row in worth.sort("rank").iter_rows(named=True):
        words = f"{grouped(row['quantity'])} × {row['equipment']}"
        best.setdefault(f"type {row['equipment']}", words)
        best.setdefault(f"family {row['family']}", words)
    short = gaps.filter((pl.col("gap") > 0) | (pl.col("by_then") < pl.col("quantity")))
    said = [
        best.get(f"type {row['equipment']}" if row["equipment"] else f"family {row['family']}") if row["gap"] else None
        for row in short.iter_rows(named=True)
    ]
    found = short.with_columns(pl.Series("next", said, dtype=pl.String))
    if "reason" not in found.columns:
        return found
    reasons = [reason_words(codes) or None for codes in found["reason"].to_list()]
    return found.with_columns(pl.Series("reason", reasons, dtype=pl.String))


def _by_quarter(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the ends of quarters, and of the last day."""
    return frame.filter((pl.col("day") % QUARTER_DAYS == 0) | (pl.col("day") == pl.col("day").max()))


def _dated(status: AidStatus) -> pl.DataFrame:
    """Return open pledges with the days of the calendar that they are due and expected on."""
    due = status.frames["ledger"].select("pledge", pl.col("due").alias("due_date"))
    found = status.frames["open"].join(due, on="pledge", how="left", maintain_order="left")
    dates = [None if day is None else status.as_of + timedelta(days=ceil(day)) for day in found["expected_day"].to_list()]
    return found.with_columns(pl.Series("expected_date", dates, dtype=pl.Date))


def _flat(book: Book, sheet: Sheet, frame: pl.DataFrame) -> None:
    """Write one flat sheet; a column that the frame lacks is blank."""
    held = [frame[name].to_list() if name in frame.columns else [None] * frame.height for name in sheet.shown]
    rows = list(zip(*held, strict=True))
    made = book.table(sheet.page, rows, freeze_columns=sheet.freeze, tab=COLOURS.get(sheet.page.name, ACCENT))
    made.print_area(0, 0, TOP + max(1, min(len(rows), MOST_ROWS)), len(sheet.shown) - 1)
    if sum(column.width for column in sheet.page.columns) > WIDEST_PAGE:
        made.fit_to_pages(2, 0)
        made.repeat_columns(0, sheet.freeze - 1)


# ------------------------------------------------------------------------------------------------------- the first sheet


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a column of a table of sums counts: rows of a state, or what a column of the ledger adds up to."""

    column: Column
    add: str | None = None
    state: str | None = None
    finance: bool = False

    def value(self, rows: pl.DataFrame) -> float:
        """Return it for some rows of the ledger."""
        of_kind = rows.filter(pl.col("kind") == "finance" if self.finance else pl.col("kind") != "finance")
        if self.add is not None:
            return float(of_kind[self.add].sum() or 0)
        counting = of_kind.filter("counted")
        return float(counting.height if self.state is None else counting.filter(pl.col("state") == self.state).height)

    def formula(self, by: str, here: str, *, rows: int) -> str:
        """Return it as a formula over the sheet `Ledger`, for the rows where `by` is what stands in the cell `here`."""
        parts = [f"--EXACT({_cells(by, rows)},{here})", f'--({_cells("kind", rows)}{"=" if self.finance else "<>"}"finance")']
        parts += [f'--({_cells("counted", rows)}="yes")'] if self.add is None else [_cells(self.add, rows)]
        parts += [f'--({_cells("state", rows)}="{self.state}")'] if self.state is not None else []
        return f"=SUMPRODUCT({','.join(parts)})"


def _cells(column: str, rows: int) -> str:
    """Return a column of the sheet `Ledger` as a range."""
    name = xl_col_to_name(LEDGER.shown.index(column))
    return f"Ledger!${name}${TOP + 1}:${name}${TOP + max(1, rows)}"


DONOR_MEASURES = (
    _Measure(BY_DONOR[1]),
    *(_Measure(column, state=state) for column, state in zip(BY_DONOR[2:6], STATES, strict=True)),
    *(_Measure(column, add=f"{name}_eur_m") for column, name in zip(BY_DONOR[6:9], CAME, strict=True)),
    _Measure(BY_DONOR[9], add="promised_eur_m", finance=True),
)

FAMILY_MEASURES = (
    _Measure(BY_FAMILY[1]),
    *(_Measure(column, add=name) for column, name in zip(BY_FAMILY[2:6], (*CAME, "over"), strict=True)),
    *(_Measure(column, add=f"{name}_eur_m") for column, name in zip(BY_FAMILY[6:], CAME, strict=True)),
)

EVERY_COLUMN, ONE_UNIT = tuple(range(1, 10)), (1, 6, 7, 8)
"""Columns that are added up at the foot: of the table by donor all, of that by family what is of one unit."""


def _summary(book: Book, status: AidStatus, sentences: Sequence[str], *, live: bool) -> None:
    sheet = book.sheet(SUMMARY.name, SUMMARY.says)
    row = 4
    about = f"As far as anybody had said by {short_date(status.as_of)}. D-day is {short_date(status.start_date)}."
    put(sheet, row, 0, about, book.style(font_color=QUIET))
    look = book.style(font_size=12, text_wrap=True)
    for said in sentences:
        row += 1
        sheet.merge_range(row, 0, row, len(BY_DONOR) - 1, "", look)
        put(sheet, row, 0, said, look)
        sheet.set_row(row, SENTENCE_HEIGHT * max(1, ceil(len(said) / CHARACTERS_ACROSS)))
    ledger = status.frames["ledger"]
    counting = ledger.filter("counted")
    donors = counting["donor"].unique().sort().to_list()
    row = _table(book, sheet, row + 2, ledger, "donor", donors, BY_DONOR[0], DONOR_MEASURES, whole=EVERY_COLUMN, live=live)
    families = counting.filter(pl.col("kind") != "finance")["family"].drop_nulls().unique().sort().to_list()
    row = _table(book, sheet, row + 2, ledger, "family", families, BY_FAMILY[0], FAMILY_MEASURES, whole=ONE_UNIT, live=live)
    for note in _notes(status, live=live):
        put(sheet, row + 1, 0, note, book.style(font_color=QUIET, italic=True))
        row += 1
    put(sheet, row + 2, 0, status.marking, book.style(bold=True, font_color=MARKING_INK))
    sheet.freeze_panes(4, 1)
    sheet.print_area(0, 0, row + 2, len(BY_DONOR) - 1)


def _table(
    book: Book, sheet: Any, row: int, ledger: pl.DataFrame, by: str, names: Sequence[str], first: Column,
    measures: Sequence[_Measure], *, whole: tuple[int, ...], live: bool,
) -> int:  # fmt: skip
    """Write one table of sums and return its last row; `whole` are the columns that are added up at its foot."""
    put_heads(book, sheet, row, (first, *(measure.column for measure in measures)))
    sheet.set_row(row, 2 * LINE_HEIGHT + 3)
    top, held = row + 1, [ledger.filter(pl.col(by) == name) for name in names]
    for here, (name, rows) in enumerate(zip(names, held, strict=True), start=top):
        put(sheet, here, 0, name, book.cell_style("text", bold=True))
        for at, measure in enumerate(measures, start=1):
            style, number = book.cell_style(measure.column.kind), measure.value(rows)
            if live:
                formula = measure.formula(by, f"$A${here + 1}", rows=ledger.height)
                put_formula(sheet, here, at, formula, style, value=number)
            else:
                put(sheet, here, at, number, style)
    if not names:
        put(sheet, top, 0, "None.", book.style(italic=True, font_color=QUIET))
        return top
    foot = top + len(names)
    put(sheet, foot, 0, "Sum", book.cell_style("text", bold=True, top=1))
    for at, measure in enumerate(measures, start=1):
        style, letter = book.cell_style(measure.column.kind, bold=True, top=1), xl_col_to_name(at)
        if at in whole:
            total = sum(measure.value(rows) for rows in held)
            put_formula(sheet, foot, at, f"=SUM({letter}{top + 1}:{letter}{foot})", style, value=total)
        else:
            put(sheet, foot, at, None, style)
    return foot


def _notes(status: AidStatus, *, live: bool) -> list[str]:
    """Return what must be read with the sums."""
    unpledged = status.frames["entries"].filter(pl.col("kind") == "unpledged")
    notes = ["Things of different families are never added up, nor envelopes to pledges. An open pledge is not a broken one."]
    if unpledged.height:
        came = f"{unpledged.height} deliveries were announced by nobody and stand in no pledge's row"
        notes.append(f"{came}: {unpledged['delivered_eur_m'].sum():,.1f} million euro; see entries.csv.")
    if not live:
        notes.append(f"The ledger has more than {MOST_LIVE} rows: sums are values, not formulas.")
    return notes


# -------------------------------------------------------------------------------------------------------- the last sheet


def _about(book: Book, status: AidStatus, shown: Sequence[Sheet]) -> None:
    """Write how it was asked for, what the words mean, and every column of every sheet."""
    sheet = book.sheet(ABOUT.name, ABOUT.says, tab="#8C969E")
    put_heads(book, sheet, TOP - 1, ABOUT.columns)
    rows = [*_asked(status), *MEANINGS]
    for name, says, columns in (
        (SUMMARY.name, SUMMARY.says, (*BY_DONOR, *BY_FAMILY)),
        *((each.page.name, each.page.says, each.page.columns) for each in shown),
    ):
        rows.append((f"Sheet {name}", "", says))
        rows += [("", column.head, column.meaning) for column in columns]
    subject, plain_cell, wrapped = (
        book.cell_style("text", bold=True, font_color=ACCENT), book.cell_style("text"), book.cell_style("wrapped"))
    for at, (first, item, meaning) in enumerate(rows, start=TOP):
        put(sheet, at, 0, first or None, subject)
        put(sheet, at, 1, item or None, plain_cell)
        put(sheet, at, 2, meaning, wrapped)
        sheet.set_row(at, LINE_HEIGHT * lines_of(meaning, ABOUT.columns[2].width) + 3)
    put(sheet, TOP + len(rows) + 1, 0, status.marking, book.style(bold=True, font_color=MARKING_INK))
    sheet.freeze_panes(TOP, 0)
    sheet.repeat_rows(TOP - 1)


def _asked(status: AidStatus) -> list[tuple[str, str, str]]:
    """Return the options that the status was worked out with."""
    options, shape = status.options, status.options.allocation
    known = "every arrival is taken to be known" if options.complete else "each pledge is followed up to the last look at it"
    bounds = [
        f"standard {shape.standard:.0%} of each need", f"at most {shape.most_types} types within one need",
        "no bound of training places" if shape.training_places is None else f"{shape.training_places} training places",
        "no bound of maintenance" if shape.maintenance_hours_per_month is None
        else f"{shape.maintenance_hours_per_month:g} hours of maintenance a month for each formation",
    ]  # fmt: skip
    stopped = ", ".join(options.stopped) or "nobody"
    return [
        ("What was asked", "close of the books", f"{status.as_of.isoformat()}; {known}"),
        ("", "time looked at", f"{options.horizon_days} days from D-day, {status.start_date.isoformat()}"),
        ("", "stopped", f"Donors of whom nothing more comes: {stopped}."),
        ("", "forecast", f"{options.replications} replications, seed {options.seed}, intervals of {options.confidence:.0%}"),
        ("", "allocation", "; ".join(bounds)),
    ]
