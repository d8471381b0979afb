"""What is missing, what would mend it, and what was offered in vain: ``Gaps``, ``Remedies``, ``Worth``, ``Unused offers``."""

from collections.abc import Mapping

from contingent.report.words import line_title, lines_closed, place_name, plain, reason_words
from contingent.report.workbook.book import Book, Column, Page
from contingent.report.workbook.brief import Brief

GAP_COLOUR, REMEDY_COLOUR, OFFER_COLOUR = "#D55E00", "#0072B2", "#8C969E"

GAPS = Page(
    "Gaps",
    "What is missing, when, and why: each reason was found by relaxing one kind of rule and seeing whether the gap closes.",
    (
        Column("Serial", "text", 9, "The line's serial."),
        Column("Pri", "count", 4.5, "Priority of the line."),
        Column("Requirement", "wrapped", 36, "The line in words."),
        Column("Location", "wrapped", 18, "Where."),
        Column("From", "day", 7.5, "First day of the gap."),
        Column("Until", "day", 7.5, "Day on which it ends."),
        Column("From date", "date", 11, "The same as a calendar date."),
        Column("Until date", "date", 11, "The same as a calendar date."),
        Column(
            "Short [units]",
            "amount",
            8,
            "Units of full effectiveness missing, for this reason. Rows that overlap add up to the whole gap.",
        ),
        Column("Unit-days", "amount", 9, "Units short times days."),
        Column(
            "Reason", "wrapped", 20, "The tested reason, as explained in the sheet About; several joined by + are needed at once."
        ),
        Column("Detail", "wrapped", 80, "What was found for this gap: the offers that fit, and what keeps each away."),
        Column("Remedy", "wrapped", 34, "Further units that close gaps of this line, from the sheet Remedies."),
    ),
)

REMEDIES = Page(
    "Remedies",
    "The cheapest further offers that close the gaps. Counted together: each row assumes the others.",
    (
        Column("Unit type", "text", 28, "Kind of unit, as the tables name it."),
        Column("Name", "wrapped", 38, "Kind of unit in words."),
        Column("Units", "count", 8, "Further units needed. [units]"),
        Column("People", "count", 9, "People of those units. [people]"),
        Column("Closes lines", "wrapped", 60, "Lines whose gaps they close."),
        Column("Remark", "text", 20, "Says so where the search stopped before every cheaper set was ruled out."),
        Column("Unit-days", "amount", 11, "Unit-days of gap that they close."),
        Column("Cost", "count", 16, "Cost of those units in the scenario's currency; blank where it is not known."),
    ),
)

WORTH = Page(
    "Worth",
    "What one more unit of each type would be worth: the unit-days of gap that it alone would close.",
    (
        Column("Unit type", "text", 28, "Kind of unit, as the tables name it."),
        Column("Name", "wrapped", 38, "Kind of unit in words."),
        Column("Pri", "count", 5, "Priority of the lines whose gap it would close."),
        Column("Unit-days", "amount", 11, "Unit-days of gap that one more unit would close."),
        Column("Lines", "wrapped", 60, "Lines that it would serve."),
    ),
)

UNUSED = Page(
    "Unused offers",
    "Units that were offered and never go, and why: what each contributor should hear.",
    (
        Column("Nation", "text", 8, "Nation, ISO 3166 alpha-3."),
        Column("Name", "text", 18, "Name of the nation."),
        Column("Offer", "text", 30, "The offer's own name."),
        Column("Unit type", "wrapped", 34, "Kind of unit in words."),
        Column("Offered", "count", 9, "Units offered. [units]"),
        Column("Unused", "count", 9, "Units of the offer that never go. [units]"),
        Column("Reason", "wrapped", 18, "Why they never go."),
        Column("Detail", "wrapped", 66, "What was found."),
        Column("Source", "wrapped", 40, "Where the offer comes from."),
    ),
)


def gaps_sheet(book: Book, brief: Brief) -> None:
    """Write every gap with its dates, tested reason and remedy; the highest priority and the largest first."""
    scenario, horizon = brief.scenario, brief.scenario.horizon
    remedy = remedies_by_line(brief)
    rows = []
    for gap in brief.plan.gaps.sort(
        ["priority", "unit_days", "line", "from_day"], descending=[False, True, False, False]
    ).iter_rows(named=True):
        line = scenario.requirement_by_line.get(gap["line"])
        rows.append(
            (
                gap["line"],
                gap["priority"],
                line_title(scenario, line) if line else plain(gap["capability"]),
                place_name(scenario, gap["location"]),
                gap["from_day"],
                gap["until_day"],
                horizon.date_of(gap["from_day"]),
                horizon.date_of(gap["until_day"]),
                gap["quantity"],
                gap["unit_days"],
                reason_words(gap["reason"]),
                gap["detail"],
                remedy.get(gap["line"], ""),
            )
        )
    book.table(GAPS, rows, freeze_columns=3, tab=GAP_COLOUR)


def remedies_by_line(brief: Brief) -> Mapping[str, str]:
    """Return the further units that close gaps of each line: ``3 x Airborne early-warning detachment``."""
    known = {line.line for line in brief.lines}
    said: dict[str, list[str]] = {}
    for row in brief.plan.remedies.iter_rows(named=True):
        for line in (part.strip() for part in (row["closes"] or "").split(";")):
            if line in known:
                said.setdefault(line, []).append(f"{row['units']} × {row['name']}")
    return {line: "; ".join(units) for line, units in said.items()}


def remedies_sheet(book: Book, brief: Brief) -> None:
    """Write the cheapest further offers that close the gaps."""
    rows = []
    for row in brief.plan.remedies.iter_rows(named=True):
        lines, remark = lines_closed(brief.scenario, row["closes"])
        said = ("; ".join(lines), remark or None)
        rows.append((row["unit_type"], row["name"], row["units"], row["people"], *said, row["unit_days"], row["cost"]))
    costed = brief.plan.remedies["cost"].is_not_null().any()
    currency = f"Costs in {brief.scenario.settings.currency}; what is not costed is counted in people."
    note = currency if costed else "Nothing is costed, so the cheapest are those of fewest people."
    book.table(REMEDIES, rows, tab=REMEDY_COLOUR, note=note)


def worth_sheet(book: Book, brief: Brief) -> None:
    """Write what one more unit of each type would be worth."""
    rows = [
        (row["unit_type"], row["name"], row["priority"], row["unit_days"], spaced(row["lines"]))
        for row in brief.plan.worth.sort(["priority", "unit_days", "unit_type"], descending=[False, True, False]).iter_rows(
            named=True
        )
    ]
    book.table(WORTH, rows, tab=REMEDY_COLOUR)


def unused_sheet(book: Book, brief: Brief) -> None:
    """Write what was offered in vain, nation by nation."""
    rows = []
    for row in brief.plan.unused.sort("nation", "offer").iter_rows(named=True):
        offer = brief.scenario.offer_by_name.get(row["offer"])
        rows.append(
            (
                row["nation"],
                brief.nation_name(row["nation"]),
                row["offer"],
                brief.type_name(row["unit_type"]),
                row["offered"],
                row["unused"],
                reason_words(row["reason"]),
                row["detail"],
                offer.source if offer else None,
            )
        )
    book.table(UNUSED, rows, freeze_columns=3, tab=OFFER_COLOUR)


def spaced(names: str | None) -> str:
    """Return a list of names with a blank after each sign that parts them, so that it can be wrapped.

    >>> spaced("L-001;L-002")
    'L-001; L-002'
    """
    return "; ".join(part.strip() for part in (names or "").split(";") if part.strip())
