"""What the plan rests on, and how to read it: ``Sources`` (assumptions, references) and ``About`` (provenance, glossary)."""

import json
from collections.abc import Iterable, Mapping

import polars as pl

from contingent.model.rows import Commitment, Release, Term, Yield
from contingent.plan import REASONS
from contingent.report.words import REASON_LABELS, grouped, percent, plain, sentence
from contingent.report.workbook.book import ACCENT, LINE_HEIGHT, QUIET, Book, Column, Page, lines_of, put, put_heads
from contingent.report.workbook.brief import SIGNS, Brief
from contingent.report.workbook.matrix import MEANINGS

SOURCE_COLOUR = "#8C969E"

SOURCES = Page(
    "Sources",
    "What the plan rests on: assumptions first, then what the scenario cites, then how far each can be trusted.",
    (
        Column("Kind", "text", 14, "Table of the scenario that the row stands in."),
        Column("Key", "wrapped", 36, "The row's own name."),
        Column("What it says", "wrapped", 62, "The row in words."),
        Column("Status", "text", 12, "sourced, derived, assumption; cited for a reference."),
        Column("Confidence", "text", 11, "How far the row can be trusted."),
        Column(
            "Source or reason", "wrapped", 70, "Where the figure comes from, or why it was chosen; for a reference its address."
        ),
    ),
)

ABOUT = Page(
    "About",
    "Where the plan comes from, what its rules are, and what each column means.",
    (
        Column("Subject", "text", 22, "What is described."),
        Column("Item", "text", 26, "Its part."),
        Column("Meaning", "wrapped", 120, "What it means."),
    ),
)

METHOD = {
    "Beginning": "A unit begins a tour on the first day of a period, or on the day its line opens.",
    "Tour and dwell": "It serves until its handover begins, goes home when the tour ends, and may go again after its dwell.",
    "Who may serve": "Its type gives the capability, no caveat forbids place or task, it is ready, the offer lasts long enough.",
    "Counting": "A line is filled on a day by the effectiveness of the units serving it, up to its need; the rest is gap.",
    "Limits": "No nation exceeds its ceiling; a line for one nation is held by one; tours that the planner pinned are kept.",
    "First": "As few unit-days missing as can be: of priority 1, then of priority 2, and so on.",
    "Then": "The balance of the burden, then few changes of nation on a post, then cost; each goal is locked before the next.",
    "What it is not": "A pledge: figures are public estimates and stated assumptions unless their source says otherwise.",
}
"""docs/formulation.md in a few sentences."""


def sources_sheet(book: Book, brief: Brief) -> None:
    """Write assumptions, references and the confidence of what the plan uses."""
    scenario = brief.scenario
    rows: list[tuple[object, ...]] = []
    rows += [("yield", row.key_text(), yield_in_words(row), row.status, row.confidence, row.source) for row in scenario.yields]
    rows += [("release", row.release, release_in_words(row), row.status, row.confidence, row.source) for row in scenario.releases]
    rows += [("term", row.term, term_in_words(row), row.status, row.confidence, row.source) for row in scenario.terms]
    rows += [
        ("commitment", row.commitment, commitment_in_words(row), None, row.confidence, row.source) for row in scenario.commitments
    ]
    rows += [
        (
            "capability",
            row.key_text(),
            f"One {plain(row.unit_type)} gives {row.effectiveness:g} of a unit of {plain(row.capability)}.",
            None,
            row.confidence,
            row.source,
        )
        for row in scenario.capabilities
        if row.source or row.confidence or row.effectiveness < 1
    ]
    rows += [
        (
            "reference",
            row.reference,
            "; ".join(part for part in (row.title, row.as_of, row.note) if part),
            "cited",
            None,
            "; ".join(part for part in (row.address, row.licence) if part),
        )
        for row in scenario.references
    ]
    low = percent(brief.plan.low_confidence_share)
    note = f"{low} of the filled unit-days rests on offers of low confidence. {_confidence_of_tours(brief)}"
    book.table(SOURCES, rows, freeze_columns=2, tab=SOURCE_COLOUR, note=note)


def _confidence_of_tours(brief: Brief) -> str:
    """Say how the tours' offers are trusted."""
    tours = brief.plan.tours
    counts = dict(tours.group_by(pl.col("confidence").fill_null("not stated")).len().iter_rows())
    parts = [f"{grouped(counts[level])} of {level} confidence" for level in ("high", "medium", "low") if level in counts]
    parts += [f"{grouped(counts['not stated'])} of none stated"] if "not stated" in counts else []
    return f"Tours: {', '.join(parts)}." if parts else ""


def yield_in_words(row: Yield) -> str:
    """Return what a formation yields, as a sentence."""
    giver = f"{'platform of a ' if row.per == 'platform' else ''}{plain(row.formation_type)}"
    return f"One {giver} gives {row.quantity:g} × {plain(row.unit_type)}."


def release_in_words(row: Release) -> str:
    """Return what a nation could release, as a sentence."""
    return f"{percent(row.share)} of {whose_units(row)} enters the rotation base of this force."


def term_in_words(row: Term) -> str:
    """Return the terms on which derived offers come, as a sentence."""
    said = [
        f"{plain(name)} {value:g}"
        for name in ("available_day", "until_day", "notice_days", "tour_days", "dwell_ratio", "handover_days", "probability")
        if (value := getattr(row, name)) is not None
    ]
    said += [f"not in {', '.join(row.excluded_locations)}"] if row.excluded_locations else []
    said += [f"not for {', '.join(plain(task) for task in row.excluded_tasks)}"] if row.excluded_tasks else []
    return sentence(f"{whose_units(row)}: {'; '.join(said) or 'nothing said'}")


def commitment_in_words(row: Commitment) -> str:
    """Return what a nation has deployed elsewhere, as a sentence."""
    mission = f", {row.mission}" if row.mission else ""
    return sentence(f"{row.nation} has {grouped(row.personnel)} people ({row.domain}) in {row.place}{mission}")


def whose_units(row: Release | Term) -> str:
    """Return whose units, and which, a row speaks of; a blank speaks of all.

    >>> whose_units(Release(release="a", nation="FRA", domain="land", share=0.5))
    'the land units of FRA'
    """
    kind = f"the {plain(row.unit_type)} units" if row.unit_type else f"the {row.domain} units" if row.domain else "the units"
    return f"{kind} of {row.nation or 'every nation'}"


def about_sheet(book: Book, brief: Brief, pages: Iterable[Page]) -> None:
    """Write provenance, method, signs, reasons, and the glossary of every sheet's columns."""
    sheet = book.sheet(ABOUT.name, ABOUT.says, tab=SOURCE_COLOUR)
    put_heads(book, sheet, 4, ABOUT.columns)
    subject = book.cell_style("text", bold=True, font_color=ACCENT)
    row = 5
    for title, items in _chapters(brief, pages):
        for at, (item, meaning) in enumerate(items):
            put(sheet, row, 0, title if at == 0 else None, subject)
            put(sheet, row, 1, item, book.cell_style("text"))
            put(sheet, row, 2, meaning, book.cell_style("wrapped"))
            sheet.set_row(row, LINE_HEIGHT * lines_of(meaning, ABOUT.columns[2].width) + 3)
            row += 1
    put(sheet, row + 1, 0, brief.plan.marking, book.style(bold=True, font_color=QUIET))
    sheet.freeze_panes(5, 0)
    sheet.repeat_rows(4)


def _chapters(brief: Brief, pages: Iterable[Page]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    settings = brief.scenario.settings
    scenario = [
        ("Title", settings.title),
        ("Marking", settings.marking),
        ("Option", brief.plan.option or "all lines"),
        ("D-day", settings.start_date.isoformat()),
        ("Horizon", f"{settings.horizon_days} days, tours begin every {settings.period_days} days"),
    ]
    if settings.description:
        scenario.append(("Description", settings.description))
    yield "Scenario", scenario
    yield "Provenance", [(plain(str(name)), in_one_line(value)) for name, value in brief.plan.provenance.items()]
    yield "Method", [(f"{goal.name}", f"{goal.method}; status {plain(goal.status)}") for goal in brief.plan.goals]
    yield "Rules", list(METHOD.items())
    yield "Signs", [(SIGNS[state], meaning) for state, meaning in MEANINGS.items()]
    yield "Reasons", [(REASON_LABELS.get(reason, plain(reason)), sentence(meaning)) for reason, meaning in REASONS.items()]
    for page in pages:
        yield f"Sheet {page.name}", [("", page.says), *((column.head, column.meaning) for column in page.columns)]


def in_one_line(value: object) -> str:
    """Return a value of the provenance as one line of text."""
    if isinstance(value, Mapping):
        return json.dumps({str(key): value[key] for key in sorted(value, key=str)}, ensure_ascii=False, default=str)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
