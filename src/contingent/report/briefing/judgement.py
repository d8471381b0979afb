"""The last two pages: what would break it and how sure it is; what it rests on and where that comes from."""

import re
from collections import Counter
from collections.abc import Iterable

import polars as pl

from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.under_chance import fills, worst_month
from contingent.report.briefing.axes import scale_of
from contingent.report.briefing.frame import BODY, MARGIN, told
from contingent.report.briefing.metrics import cut
from contingent.report.briefing.parts import FIRST_COLOURS, Chart, Column, Page, Part, Place, Series, Table
from contingent.report.briefing.shared import COMPUTED, as_high_as, headed, not_worked_out, note
from contingent.report.ceilings import ceiling_sentences, has_ceilings
from contingent.report.chance import has_risk, month_words, risk_sentences
from contingent.report.mandate import enough_from, incursions
from contingent.report.paying import rates_used
from contingent.report.stress import alone, first_priority, has_stress, names_in, pairs, stress_sentences
from contingent.report.words import amount, counted, grouped, hours_words, leading_capital, percent

LEFT = Place(MARGIN, BODY.y, 430.0, BODY.height)
RIGHT = Place(MARGIN + 456.0, BODY.y, BODY.width - 456.0, BODY.height)

MOST_CITED = 7
CITED = re.compile(r"\[([a-z0-9][a-z0-9-]*)\]")
"""A reference in a source, by its key."""


# -------------------------------------------------------------------------------------------------------------------- risk


def risk_page(scenario: Scenario, plan: Plan) -> Page:
    """Return what becomes of the plan under chance, without nations, for longer, and against an incursion."""
    if not (has_risk(plan) or has_stress(plan) or has_ceilings(plan) or plan.adequacy.height):
        return not_worked_out(
            "Risk", "what would break it",
            needs="Chance, the loss of nations and the largest force that lasts are worked out of a plan.",
            command="contingent simulate PLAN, contingent stress PLAN, contingent ceiling PLAN",
        )  # fmt: skip
    bars = _held(scenario, plan)
    parts: list[Part] = []
    if len(bars) > 1:
        top, step = scale_of([], is_share=True)
        values = tuple(round(value, 4) for _, value, _ in bars)
        said = "; ".join(f"{name} {percent(value)}" for name, value, _ in bars)
        first = min(plan.required_unit_days)
        parts += [
            headed(f"What is held of priority {first}", LEFT),
            Chart(
                Place(LEFT.x, LEFT.y + 24, LEFT.width, min(LEFT.height - 24, 58.0 * len(bars) + 24)), "bars",
                tuple(name for name, *_ in bars), (Series("Held", values, FIRST_COLOURS[0]),), top, step, form="percent",
                labelled=True,
                says=f"What is held of priority {first}: {said}.", name="risk",
            ),
        ]  # fmt: skip
    place = RIGHT if len(bars) > 1 else BODY
    parts.append(told(outlook_of(scenario, plan), place, sizes=(17, 16, 15, 14)))
    title = next(
        iter(risk_sentences(scenario, plan, most=1) or stress_sentences(plan, most=1) or ceiling_sentences(plan, most=1)), ""
    )
    title = title or _enough(plan)[0]
    runs = plan.provenance.get("replications")
    how = f"mean and percentiles over {grouped(runs)} runs" if isinstance(runs, int) else "mean and percentiles over the runs"
    notes = [
        *(note(name, f"{percent(value)}: {told_how}", source=f"{'stress' if name.startswith('Without') else 'risk'} frames")
          for name, value, told_how in bars),
        note("Under chance", f"{how}: offers that do not come, units not ready, nations that leave", source="risk_summary.csv"),
        *(note("Further", said, source="risk frames") for said in risk_sentences(scenario, plan)[1:]),
        *(note("Further", said, source="stress frames") for said in stress_sentences(plan)[1:]),
    ]  # fmt: skip
    return Page(
        "Risk", title.rstrip("."), tuple(parts),
        "Computed: probabilities of offers and of withdrawal are assumptions of the scenario, not forecasts.", tuple(notes),
    )  # fmt: skip


def _held(scenario: Scenario, plan: Plan) -> list[tuple[str, float, str]]:
    """What is held of the first priority: on paper, under chance, without nations; each with how it is found."""
    first = min(plan.required_unit_days, default=1)
    found: list[tuple[str, float, str]] = [("On paper", plan.fill_of(first), "filled ÷ required unit-days")]
    chance = next((each for each in fills(plan) if each.priority == first), None)
    if chance is not None:
        found.append(("Under chance, on average", chance.mean, "mean over the runs"))
        if chance.low is not None:
            found.append(("In 19 of 20 runs, at least", chance.low, "5th percentile over the runs"))
    worst = worst_month(plan, first)
    if worst is not None:
        found.append(
            (f"In the worst month, {month_words(scenario, worst['from_day'])}", float(worst["mean"]), "mean of that month")
        )
    if first_priority(plan) == first:
        found += [
            (f"Without {names_in(plan, row['nations'])}", float(row["best_reaction"]), "fill after the best reaction")
            for row in [*alone(plan, first)[:2], *pairs(plan, first)[:1]]
        ]
    return found


def outlook_of(scenario: Scenario, plan: Plan) -> list[tuple[str, str]]:
    """Return what is said of chance, of lost nations, of how much lasts and of an incursion, each under its lead."""
    chance = risk_sentences(scenario, plan)
    said = [
        ("Chance.", chance[3] if len(chance) > 3 else chance[-1] if chance else "Not played through: contingent simulate PLAN.")
    ]
    stress = stress_sentences(plan)
    said.append(("Loss of nations.", stress[0] if stress else "Not worked out: contingent stress PLAN."))
    ceiling = ceiling_sentences(plan)
    said.append(("How much lasts.", ceiling[0] if ceiling else "Not worked out: contingent ceiling PLAN."))
    enough = _enough(plan)
    if enough:
        said.append(("An incursion.", " ".join(enough)))
    if len(chance) > 5:
        said.append(("Rest.", chance[5]))
    return said


def _enough(plan: Plan) -> list[str]:
    parts = []
    for rows in incursions(plan)[:3]:
        hours, last = enough_from(rows), rows[-1]
        verdict = (
            f"{amount(last['needed'] - last['total'])} battalions short after {hours_words(last['hours'])}" if hours is None
            else "enough battalions from the start" if hours == 0 else f"enough battalions within {hours_words(hours)}"
        )  # fmt: skip
        parts.append(f"{last['title']}: {verdict} (needed {amount(last['needed'])}).")
    return parts


# ----------------------------------------------------------------------------------------------------------------- sources


def sources_page(scenario: Scenario, plan: Plan) -> Page:
    """Return what is fact, derived and assumed, what is cited most, and how the plan was made."""
    rows = statuses(scenario, plan)
    facts, derived, assumed = (sum(row[at] for _, row in rows) for at in range(3))
    whole = facts + derived + assumed
    title = (
        f"Of {grouped(whole)} rows that this rests on, {percent(facts / whole)} are facts from a source, "
        f"{percent(derived / whole)} derived and {percent(assumed / whole)} assumptions"
        if whole else "The scenario does not say what is fact and what is assumed"
    )  # fmt: skip
    left = Place(MARGIN, BODY.y, 400.0, BODY.height)
    right = Place(MARGIN + 430.0, BODY.y, BODY.width - 430.0, BODY.height)
    columns = (
        Column("Rows of", 0.4),
        Column("Fact", 0.17, "right"),
        Column("Derived", 0.2, "right"),
        Column("Assumed", 0.23, "right", bold=True),
    )
    cells = tuple((leading_capital(name), *(grouped(number) for number in numbers)) for name, numbers in rows)
    parts: list[Part] = []
    y = left.y
    if cells:
        table = as_high_as(
            Table(Place(left.x, left.y + 24, left.width, 0), columns, cells, 14.0, "Facts, derived figures, assumptions"), 210
        )
        parts += [headed("What is known and what is assumed", left), table]
        y = table.place.y + table.height + 14
    below = Place(left.x, y, left.width, left.foot - y)
    parts.append(told([rests_on_offers(plan), made(plan)], below, sizes=(16, 15, 14, 13)))
    cited = cited_most(scenario)
    if cited:
        heads = (Column("Cited most", 0.86), Column("Times", 0.14, "right", bold=True))
        cells = tuple(
            (cut(name, right.width * 0.86 - 18, 14.0, lines=2), grouped(times)) for name, times, _ in cited[:MOST_CITED]
        )
        parts.append(
            as_high_as(Table(Place(right.x, right.y + 4, right.width, 0), heads, cells, 14.0, "Sources cited most"), right.height)
        )
    notes = [note(leading_capital(name), f"{numbers[0]} facts, {numbers[1]} derived, {numbers[2]} assumptions", source="scenario")
             for name, numbers in rows]  # fmt: skip
    notes += [note(name, f"cited {times} times", kind="fact", source=address) for name, times, address in cited[:MOST_CITED]]
    notes.append(
        note("Scenario", f"fingerprint {plan.provenance.get('scenario', 'not kept')}", kind=COMPUTED, source="plan.json")
    )
    return Page(
        "Sources", title, tuple(parts),
        "All of it is an estimate, not a pledge by any nation. Every row of the scenario says where it comes from.", tuple(notes),
    )  # fmt: skip


def statuses(scenario: Scenario, plan: Plan) -> list[tuple[str, tuple[int, int, int]]]:
    """Return how many rows that the plan rests on are sourced, derived, assumed, by what they are about."""
    tasks = set(plan.sizing["mandate"])
    factors = plan.factors.unique(["factor", "scope"], maintain_order=True)["status"].to_list()
    asked: tuple[tuple[str, Iterable[str | None]], ...] = (
        ("tasks of the mandate", (row.status for row in scenario.tasks if row.task in tasks)),
        ("planning factors", factors),
        ("what formations yield", (row.status for row in scenario.yields)),
        ("what nations release", (row.status for row in scenario.releases)),
        ("terms of offers", (row.status for row in scenario.terms)),
        ("rates of cost", (row.status for row in rates_used(scenario, plan)) if plan.costs.height else ()),
        ("handling and fleets", (row.status for table in (scenario.handling, scenario.fleets) for row in table)),
        ("consumption and stocks", (row.status for table in (scenario.consumption, scenario.stocks) for row in table)),
    )  # fmt: skip
    found = []
    for name, status in asked:
        counts = Counter(status)
        numbers = (counts["sourced"], counts["derived"], counts["assumption"])
        if sum(numbers):
            found.append((name, numbers))
    return found


def cited_most(scenario: Scenario) -> list[tuple[str, int, str | None]]:
    """Return the references of the scenario by how often rows cite them: title, times, address."""
    known = {row.reference: row for row in scenario.references}
    times: Counter[str] = Counter()
    for cls in TABLES:
        for row in scenario.rows(cls.table):
            times.update(key for key in CITED.findall(getattr(row, "source", None) or "") if key in known)
    ordered = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(known[key].title, number, known[key].address) for key, number in ordered]


def rests_on_offers(plan: Plan) -> str:
    """Return how much rests on offers of low confidence, and how the tours are trusted."""
    counts = dict(plan.tours.group_by(pl.col("confidence").fill_null("not stated")).len().iter_rows())
    parts = [f"{grouped(counts[level])} {level}" for level in ("high", "medium", "low", "not stated") if level in counts]
    if not parts:
        return ""
    low = percent(plan.low_confidence_share)
    return f"{low} of what is filled rests on offers of low confidence. Tours by confidence of their offer: {', '.join(parts)}."


def made(plan: Plan) -> str:
    """Return what made the plan of what, and how far its goals are proven."""
    known = plan.provenance
    of_scenario = str(known.get("scenario", "not kept"))[:12]
    proven = sum(goal.status in ("optimal", "empty") for goal in plan.goals)
    by = f"Made by contingent {known.get('version', '')}, seed {known.get('seed', 0)}, from scenario {of_scenario}"
    goals = f"{leading_capital(counted(len(plan.goals), 'goal'))}, {grouped(proven)} of them proven best, the others with a bound"
    return f"{by}: the same input gives the same plan. {goals}."
