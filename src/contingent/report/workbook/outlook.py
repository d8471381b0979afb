"""What chance does, what breaks the plan, how much could be sustained: ``Risk``, ``Stress``, ``Ceiling``.

Each sheet holds several short tables, one below the other, under the sentences of the report; it is left out where the plan says
nothing of it. A state is a sign and a word beside its colour.
"""

from typing import Any

from contingent.plan import Plan
from contingent.report.ceilings import BASE, binds_words, ceiling_sentences, claim_rows, has_ceilings, question_title, questions
from contingent.report.chance import SURE, cause_clause, has_risk, line_words, measure_label, risk_sentences, weakest_lines
from contingent.report.stress import (
    NATION,
    PAIR,
    cases,
    floor_words,
    has_stress,
    kind_words,
    names_in,
    proof_label,
    stress_sentences,
)
from contingent.report.words import plain
from contingent.report.workbook.book import Book, Column, Page
from contingent.report.workbook.brief import FILLED, GAP, PARTIAL, Brief
from contingent.report.workbook.stacked import NAME, NARROW, NUMBER, WORDS, Cell, Figure, Light, stacked

MEASURES = (
    Column("Measure", "text", NAME, "Headline figure under chance."),
    Column("Unit", "text", WORDS, "What it counts."),
    Column("Of priority", "count", NARROW, "Priority that it is of; blank = the whole."),
    Column("On paper", "figure", NUMBER, "What the plan promises; blank = nothing."),
    Column("Average of runs", "figure", NUMBER, "Mean over all runs."),
    Column("5th of 100 runs", "figure", NUMBER, "19 of 20 runs lie above it."),
    Column("95th of 100 runs", "figure", NUMBER, "19 of 20 runs lie below it."),
)

HELD = (
    Column("Serial", "text", NAME, "The line's serial in the statement of requirements."),
    Column("Requirement", "wrapped", WORDS, "The line in words."),
    Column("Pri", "count", NARROW, "Priority; 1 is filled first."),
    Column("Held", "share", NUMBER, "Share of the runs in which the line never stands empty for more days on end than allowed."),
    Column("State", "text", NUMBER, "● held in 19 of 20 runs or more; ◐ in half of them or more; ○ in fewer."),
    Column("Fill on paper", "share", NUMBER, "Share of the line's required unit-days that the plan fills."),
    Column("Fill on average", "share", NUMBER, "The same, mean over all runs."),
    Column("Fill, 5th of 100", "share", NUMBER, "The same, 5th percentile over the runs."),
    Column("Fill, 95th of 100", "share", NUMBER, "The same, 95th percentile over the runs."),
    Column("Days allowed empty", "count", NUMBER, "Days on end for which the line may stand empty and still counts as held."),
    Column("Longest empty, mean", "amount", NUMBER, "Longest stretch empty in a run, mean over the runs. [days]"),
    Column("Longest empty, 95th", "amount", NUMBER, "Longest stretch empty in a run, 95th percentile over the runs. [days]"),
    Column("Worst month from", "day", NUMBER, "First day of the month in which the line is filled least on average."),
    Column("Worst month fill", "share", NUMBER, "Fill on average in that month."),
)

DWELL = (
    Column("Contributor", "text", NAME, "Nation, ISO 3166 alpha-3."),
    Column("Kind", "wrapped", WORDS, "Kind of unit in words."),
    Column("Tours a run", "amount", NARROW, "Tours that its units begin in a run, on average."),
    Column("Dwell promised", "ratio", NUMBER, "Days at home for each day away that are promised."),
    Column("Dwell on average", "ratio", NUMBER, "Days at home for each day away that are reached, mean."),
    Column("Dwell, 5th of 100", "ratio", NUMBER, "The same, 5th percentile over tours and runs."),
    Column("Dwell, 95th of 100", "ratio", NUMBER, "The same, 95th percentile over tours and runs."),
    Column("Promise broken", "share", NUMBER, "Share of tours that began before the dwell promised was over."),
)

MISSED = (
    Column("Offer missed", "text", NAME, "Offer whose planned service does not all come about."),
    Column("Mostly because", "wrapped", WORDS, "Main cause."),
    Column("By", "text", NARROW, "Nation, ISO 3166 alpha-3."),
    Column("Days planned", "count", NUMBER, "Unit-days of service planned. [unit-days]"),
    Column("Days missed", "count", NUMBER, "Unit-days of it that do not come about, on average. [unit-days]"),
    Column("Share missed", "share", NUMBER, "Missed divided by planned."),
)

CALLS = (
    Column("Call", "text", NAME, "Call on the reserve that comes by chance."),
    Column("Call in words", "wrapped", WORDS, "What it is."),
    Column("Calls", "amount", NARROW, "Calls a run, on average."),
    Column("Answered", "amount", NUMBER, "Calls to which somebody went, on average."),
    Column("Lost", "share", NUMBER, "Share of calls to which nobody could go."),
    Column("Lost, least", "share", NUMBER, "Lower end of its 95 % interval."),
    Column("Lost, most", "share", NUMBER, "Upper end of its 95 % interval."),
    Column("Days on call", "count", NUMBER, "Unit-days spent on calls, on average. [unit-days]"),
)

RISK = Page(
    "Risk",
    "What becomes of the plan when it is played through many times under chance.",
    (*MEASURES, *HELD, *DWELL, *MISSED, *CALLS),
)

WORST = (
    Column(
        "Together", "text", NAME, "So many nations lost together, or the fewest whose loss drops a priority below a threshold."
    ),
    Column("Nations lost", "wrapped", WORDS, "Those whose loss costs most; or the fewest."),
    Column("Priority", "count", NARROW, "Priority that the figures are of."),
    Column("Left at once", "share", NUMBER, "Share of the requirement that is left while their posts stay empty."),
    Column("Left after reaction", "share", NUMBER, "Share that is left after the best reaction found."),
    Column("At most left", "share", NUMBER, "No plan can keep more; blank = not proven."),
    Column("How sure it is", "text", NUMBER, "What is proven of it."),
)

CASES = (
    Column("Case", "text", NAME, "The case's own name."),
    Column("Case in words", "wrapped", WORDS, "What happens."),
    Column("Case of priority", "count", NARROW, "Priority that the row is of."),
    Column("From day", "day", NUMBER, "Day on which it happens."),
    Column("Planned fill", "share", NUMBER, "Share of the requirement that the plan fills."),
    Column("Fill, no reaction", "share", NUMBER, "Share that is left while posts of those struck stay empty."),
    Column("Fill, best reaction", "share", NUMBER, "Share that is left after the best reaction found."),
    Column("Fill, at most", "share", NUMBER, "No plan can fill more; blank = not proven."),
    Column(
        "Cost of the case",
        "text",
        NUMBER,
        "● next to nothing; ◐ less than a tenth of the requirement; ○ a tenth or more, after the best reaction.",
    ),
    Column("Tours lost", "count", NUMBER, "Tours of the plan that fall away."),
    Column("Tours changed", "count", NUMBER, "Tours that the best reaction adds, moves or takes away."),
    Column("Kind of case", "text", NUMBER, "A nation alone, a pair, or the kind of what-if."),
    Column("Status", "text", NUMBER, "How far the best reaction is proven."),
)

SHARES = (
    Column("Worth of", "text", NAME, "Nation whose worth it is."),
    Column("Name of nation", "text", WORDS, "Its name in reports."),
    Column("For priority", "count", NARROW, "Priority that it is of."),
    Column("Shapley value", "share", NUMBER, "Its share in what is filled, averaged over orders of joining."),
    Column("Value, least", "share", NUMBER, "Lower end of its 95 % interval."),
    Column("Value, most", "share", NUMBER, "Upper end of its 95 % interval."),
    Column("Orders", "count", NUMBER, "Orders of joining that were drawn."),
)

STRESS = Page(
    "Stress", "What is left of the plan without a nation, without several, and in each named case.", (*WORST, *CASES, *SHARES)
)

CEILINGS = (
    Column("Question", "text", NAME, "What is varied."),
    Column("What binds", "wrapped", WORDS, "Unit type that runs out first."),
    Column("At", "text", NARROW, "Where on its axis the point stands."),
    Column("Multiple held", "ratio", NUMBER, "Largest multiple of the requirement for which a plan was made."),
    Column("Multiple at most", "ratio", NUMBER, "No plan can hold more; blank = not proven."),
    Column("People held", "count", NUMBER, "People of the multiple held. [people]"),
    Column("People at most", "count", NUMBER, "People of the multiple proven impossible to exceed. [people]"),
    Column("Filled to", "share", NUMBER, "Share to which the first priority had to be filled."),
    Column("Point", "text", NUMBER, "How far the point is proven."),
    Column("How found", "text", NUMBER, "Method for what is held and for the bound."),
)

CLAIMS = (
    Column("Said by", "text", NAME, "Who said it, and when."),
    Column("Statement", "wrapped", WORDS, "What was said, in our words."),
    Column("Verdict", "text", NARROW, "● agrees; ▲ we find more; ▼ we find less; – cannot be compared."),
    Column("Said, low", "figure", NUMBER, "Figure, or its lower end."),
    Column("Said, high", "figure", NUMBER, "Its upper end; blank = the same."),
    Column("Computed, low", "figure", NUMBER, "What is computed here, or its lower end; blank = nothing to compare with."),
    Column("Computed, high", "figure", NUMBER, "Its upper end."),
    Column("Counts", "text", NUMBER, "What the figures count."),
    Column("Why", "text", NUMBER, "Why they differ or agree."),
    Column("Read in", "text", NUMBER, "Source of the claim."),
)

CEILING = Page("Ceiling", "How much of such a force the offers sustain, and what has been said about it.", (*CEILINGS, *CLAIMS))


def risk_sheet(book: Book, brief: Brief) -> None:
    """Write what becomes of the plan under chance: headline figures, lines, dwell, what is missed, calls."""
    plan = brief.plan
    if not has_risk(plan):
        return
    kinds = brief.scenario.unit_type_by_name
    stacked(
        book,
        RISK,
        plan,
        risk_sentences(brief.scenario, plan),
        (
            ("Headline figures", MEASURES, _measures(plan)),
            ("Lines, the weakest first", HELD, [_held(brief, row) for row in weakest_lines(plan, most=None)]),
            (
                "Dwell, by nation and kind of unit",
                DWELL,
                [
                    (
                        row["nation"],
                        kinds[row["unit_type"]].name if row["unit_type"] in kinds else plain(row["unit_type"]),
                        *(row[name] for name in ("tours", "promised", "mean", "p05", "p95", "broken")),
                    )
                    for row in plan.risk_dwell.iter_rows(named=True)
                ],
            ),
            (
                "Service that does not come about",
                MISSED,
                [
                    (
                        row["offer"],
                        cause_clause(row["cause"]),
                        row["nation"],
                        row["planned_days"],
                        row["missed_days"],
                        row["share"],
                    )
                    for row in plan.risk_missed.sort("missed_days", "offer", descending=[True, False]).iter_rows(named=True)
                ],
            ),
            (
                "Calls on the reserve",
                CALLS,
                [
                    tuple(
                        row[name] for name in ("call", "title", "calls", "answered", "lost", "lost_low", "lost_high", "unit_days")
                    )
                    for row in plan.risk_calls.iter_rows(named=True)
                ],
            ),
        ),
    )


def _measures(plan: Plan) -> list[tuple[Cell, ...]]:
    return [
        (
            measure_label(row["measure"], None),
            "share of the unit-days asked for" if row["unit"] == "share" else row["unit"],
            row["priority"],
            *(Figure(row[name], "share" if row["unit"] == "share" else "amount") for name in ("planned", "mean", "p05", "p95")),
        )
        for row in plan.risk_summary.iter_rows(named=True)
    ]


def _held(brief: Brief, row: dict[str, Any]) -> tuple[Cell, ...]:
    state = FILLED if row["held"] >= SURE else PARTIAL if row["held"] >= 0.5 else GAP
    word = {FILLED: "held", PARTIAL: "doubtful", GAP: "not held"}[state]
    names = (
        "planned",
        "mean",
        "p05",
        "p95",
        "empty_days",
        "longest_empty_mean",
        "longest_empty_p95",
        "worst_from_day",
        "worst_mean",
    )
    return (
        row["line"],
        line_words(brief.scenario, row),
        row["priority"],
        row["held"],
        Light(state, word),
        *(row[name] for name in names),
    )


def stress_sheet(book: Book, brief: Brief) -> None:
    """Write what breaks the plan: the worst together, the fewest, every case, what each nation is worth."""
    plan = brief.plan
    if not has_stress(plan):
        return
    worst = [
        (
            f"{row['together']} together",
            names_in(plan, row["nations"]),
            *(row[name] for name in ("priority", "no_reaction", "best_reaction", "bound")),
            floor_words(row),
        )
        for row in plan.stress_worst.iter_rows(named=True)
    ]
    worst += [
        (
            f"fewest to drop below {row['threshold'] * 100:g} %",
            names_in(plan, row["nations"]) or "none found",
            *(row[name] for name in ("priority", "no_reaction", "best_reaction", "bound")),
            proof_label(row["status"]),
        )
        for row in plan.stress_smallest.iter_rows(named=True)
    ]
    battery = [row for kind in (NATION, PAIR) for row in plan.stress.to_dicts() if row["kind"] == kind]
    names = dict(plan.nations.select("nation", "name").iter_rows())
    stacked(
        book,
        STRESS,
        plan,
        stress_sentences(plan),
        (
            ("The worst together, and the fewest", WORST, worst),
            ("Cases", CASES, [_case(row) for row in (*cases(plan), *battery)]),
            (
                "What each nation is worth",
                SHARES,
                [
                    (
                        row["nation"],
                        names.get(row["nation"], row["nation"]),
                        row["priority"],
                        row["value"],
                        row["low"],
                        row["high"],
                        row["orders"],
                    )
                    for row in plan.shapley.iter_rows(named=True)
                ],
            ),
        ),
    )


def _case(row: dict[str, Any]) -> tuple[Cell, ...]:
    lost = row["planned"] - row["best_reaction"]
    state = FILLED if lost < 0.005 else PARTIAL if lost < 0.1 - 1e-9 else GAP
    word = {FILLED: "nothing", PARTIAL: "some", GAP: "much"}[state]
    return (
        row["case"],
        row["title"],
        row["priority"],
        row["from_day"],
        row["planned"],
        row["no_reaction"],
        row["best_reaction"],
        row["bound"],
        Light(state, word),
        row["tours_lost"],
        row["tours_changed"],
        kind_words(row["kind"]),
        proof_label(row["status"]),
    )


def ceiling_sheet(book: Book, brief: Brief) -> None:
    """Write how much could be sustained, point by point, and what has been said about it."""
    plan = brief.plan
    if not has_ceilings(plan) and plan.claims.height == 0:
        return
    points = [row for row in plan.ceilings.to_dicts() if row["question"] == BASE]
    points += [row for rows in questions(plan).values() for row in rows]
    claims = [
        (
            f"{row['said_by']}{', ' + row['date'] if row['date'] else ''}",
            row["statement"],
            f"{row['sign']} {row['verdict']}",
            *(Figure(row[name], "count" if row["low"] >= 100 else "ratio") for name in ("low", "high", "ours_low", "ours_high")),
            *(row[name] for name in ("counts", "why", "source")),
        )
        for row in claim_rows(plan)
    ]
    stacked(
        book,
        CEILING,
        plan,
        ceiling_sentences(plan),
        (
            ("The largest multiple that is held", CEILINGS, [_point(row) for row in points]),
            ("What has been said", CLAIMS, claims),
        ),
    )


def _point(row: dict[str, Any]) -> tuple[Cell, ...]:
    title = "On the plan's own terms" if row["question"] == BASE else question_title(row["question"])
    return (
        title,
        binds_words(row),
        row["label"],
        row["held"],
        row["bound"],
        row["people_held"],
        row["people_bound"],
        row["fill"],
        proof_label(row["status"]),
        row["method"],
    )


__all__ = ["CEILING", "RISK", "STRESS", "ceiling_sheet", "risk_sheet", "stress_sheet"]
