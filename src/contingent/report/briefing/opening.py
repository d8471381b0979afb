"""The first two pages: the answer in five numbers and three sentences; the force that the mandate asks for."""

import polars as pl

from contingent.model.rules import COMPONENTS
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.under_chance import fills
from contingent.plan.way_measures import years_planned
from contingent.report.briefing.axes import scale_of
from contingent.report.briefing.frame import BODY, MARGIN, key_of, told
from contingent.report.briefing.metrics import cut
from contingent.report.briefing.parts import (
    ACCENT,
    EMPTY,
    FILLED,
    FIRST_COLOURS,
    NAVY,
    PALE,
    SOFT,
    Box,
    Chart,
    Column,
    Page,
    Paragraph,
    Part,
    Place,
    Series,
    Table,
    Words,
)
from contingent.report.briefing.shared import ASSUMED, COMPUTED, SPAN_WORDS, as_high_as, every_so_many, headed, note, spans_of
from contingent.report.mandate import (
    COMPONENT_NAMES,
    NEAR,
    STATUS_WORDS,
    ForceSize,
    assumed_people,
    force_size,
    hits,
    past_missions,
    widest_factors,
)
from contingent.report.months import monthly_mean, needed_and_filled_by_day
from contingent.report.outlook import outlook
from contingent.report.paying import has_costs, money_between, money_words, whole_cost
from contingent.report.words import (
    SMALLEST_GAP,
    about,
    counted,
    grouped,
    leading_capital,
    lines_held_throughout,
    lower_priorities,
    nations_deployed,
    percent,
    plain,
    what_is_asked,
    what_is_held,
    what_it_rests_on,
    what_moves_it_most,
    what_stays_empty,
)

MOST_TILES, MOST_TASKS, MOST_CAPABILITIES = 5, 8, 9
TILE_HEIGHT, BETWEEN = 116.0, 14.0

ON_THE_FIRST_PAGE = ("getting", "breaks", "sustained")
"""Of movement, stress and ceilings a sentence stands on the first page: cost and chance have a number there."""


def headline_page(scenario: Scenario, plan: Plan) -> Page:
    """Return the answer: five numbers, and what stays empty, what it rests on, what else is held."""
    if not sum(plan.required_unit_days.values()):
        nothing = "This requirement asks for nothing, so nothing was planned"
        return Page("Headline", nothing, (), "Computed from the requirement.", (note("Nothing", "required unit-days are 0"),))
    tiles = _tiles(scenario, plan)
    width = (BODY.width - BETWEEN * (len(tiles) - 1)) / len(tiles)
    parts: list[Part] = []
    for at, (figure, label, kind, _) in enumerate(tiles):
        parts += _tile(Place(MARGIN + at * (width + BETWEEN), BODY.y, width, TILE_HEIGHT), figure, label, kind)
    sentences = [what_stays_empty(plan), *lower_priorities(plan)]
    if plan.tours.height:
        sentences.append(what_it_rests_on(plan))
    top = BODY.y + TILE_HEIGHT + 22
    sentences += [said for said, section in outlook(scenario, plan) if section in ON_THE_FIRST_PAGE]
    parts.append(told(sentences, Place(MARGIN, top, 470, BODY.foot - top), sizes=(18, 17, 16, 15)))
    parts += _held_over_time(scenario, plan, Place(MARGIN + 496, top, BODY.width - 496, BODY.foot - top))
    low = percent(plan.low_confidence_share)
    return Page(
        "Headline", what_is_held(scenario, plan).rstrip("."), tuple(parts),
        f"Computed from the offers of this scenario; {low} of what is filled rests on offers of low confidence.",
        tuple(each for *_, each in tiles) + _notes_of_fill(plan),
    )  # fmt: skip


def _tile(place: Place, figure: str, label: str, kind: str) -> list[Part]:
    size = 31.0
    while size > 18 and cut(figure, place.width - 20, size, bold=True) != figure:
        size -= 1
    return [
        Box(place, PALE),
        Box(Place(place.x, place.y, place.width, 4), ACCENT),
        Words(
            Place(place.x + 10, place.y + 12, place.width - 20, 38), (Paragraph(figure, size, bold=True, colour=NAVY),), "middle"
        ),
        Words(
            Place(place.x + 10, place.y + 53, place.width - 20, 38),
            (Paragraph(cut(label, place.width - 20, 14.0, lines=2), 14.0),),
        ),
        Words(Place(place.x + 10, place.y + 94, place.width - 20, 16), (Paragraph(kind, 12.0, colour=SOFT),)),
    ]


def _held_over_time(scenario: Scenario, plan: Plan, place: Place) -> list[Part]:
    """The first priority over time: units held, and units missing on top of them."""
    first = min(plan.required_unit_days)
    spans, length = spans_of(scenario.horizon)
    needed, filled = (
        monthly_mean(by_day, spans) for by_day in needed_and_filled_by_day(plan, priority=first, days=scenario.horizon.days)
    )
    series = (
        Series("held", tuple(round(float(value), 2) for value in filled), FILLED),
        Series("empty", tuple(round(max(0.0, float(value)), 2) for value in needed - filled), EMPTY),
    )
    top, step = scale_of([float(needed.max())])
    said = "; ".join(
        f"{span.label} {grouped(has, places=1)} of {grouped(asks, places=1)}"
        for span, has, asks in zip(spans, filled, needed, strict=True)
    )
    field = Place(place.x, place.y + 44, place.width, place.height - 44)
    chart = Chart(
        field, "columns", tuple(span.label for span in spans), series, top, step,
        says=f"Units of priority {first} held: {said}.", name="held", every=every_so_many(len(spans), field.width - 50),
    )  # fmt: skip
    title = f"Units of priority {first}, mean of each {SPAN_WORDS[length]}"
    return [
        headed(title, place),
        *key_of([(each.name, each.colour) for each in series], Place(place.x, place.y + 22, place.width, 18)),
        chart,
    ]


Tile = tuple[str, str, str, str]
"""A figure, what it is, whether it is computed or assumed, and where it comes from."""


def _tiles(scenario: Scenario, plan: Plan) -> list[Tile]:
    first = min(plan.required_unit_days)
    fill = percent(plan.fill_of(first))
    required, filled = plan.required_unit_days[first], plan.filled_unit_days.get(first, 0.0)
    size = force_size(scenario, plan)
    found: list[Tile] = []
    if size is not None:
        _, assumed = assumed_people(scenario, plan, size.lines)
        share = percent(assumed / size.people if size.people else 0.0)
        how = f"people of all lines of sizing.csv and requirements.csv that are open on D+{size.day}: {grouped(size.people)}"
        kind = f"{share} on assumptions"
        found.append((about(size.people), "people asked for by the mandate", kind, note(about(size.people), how, kind=ASSUMED)))
    how = f"filled ÷ required unit-days of priority {first}: {grouped(filled)} ÷ {grouped(required)}"
    found.append((fill, f"of priority-{first} posts held", COMPUTED, note(fill, how, source="plan.json, coverage.csv")))
    peak = grouped(plan.people_deployed_peak)
    how = "most people on tour on one day, handovers included"
    found.append((peak, "people at the peak, handovers included", COMPUTED, note(peak, how, source="tours.csv")))
    if has_costs(plan) and plan.costs.height:
        found.append(_cost_tile(scenario, plan))
    chance = next((each for each in fills(plan) if each.priority == first and each.low is not None), None)
    if chance is not None and chance.low is not None:
        low = percent(chance.low)
        how = f"5th percentile of the fill of priority {first} over the runs; mean {percent(chance.mean)}"
        found.append((low, f"of priority {first} kept in 19 of 20 runs", COMPUTED, note(low, how, source="risk_summary.csv")))
    if len(found) < MOST_TILES:
        held, lines = lines_held_throughout(scenario, plan)
        said = f"{grouped(held)} of {grouped(lines)}"
        found.append((said, "lines held on every day", COMPUTED, note(said, "lines without a gap in coverage.csv")))
    if len(found) < MOST_TILES:
        nations = grouped(nations_deployed(scenario, plan))
        found.append((nations, "nations send units", COMPUTED, note(nations, "nations with a tour in tours.csv")))
    return found[:MOST_TILES]


def _cost_tile(scenario: Scenario, plan: Plan) -> Tile:
    currency = scenario.settings.currency
    yearly = whole_cost(plan).times(1 / years_planned(plan))
    figure = f"{currency} {money_words(yearly.value)}".replace("\u202f", "\u00a0").replace(" ", "\u00a0")
    how = f"sum of costs.csv ÷ {years_planned(plan):.2f} years: {currency} {money_between(yearly)}; rates are independent"
    label = f"a year ({money_words(yearly.low)} to {money_words(yearly.high)})"
    return figure, label, COMPUTED, note(figure, how, source="costs.csv, rates.csv")


def _notes_of_fill(plan: Plan) -> tuple[str, ...]:
    found = []
    for goal in plan.goals:
        if goal.name.startswith("unfilled_"):
            how = f"left empty {grouped(goal.value)}, no plan below {grouped(goal.bound)} {goal.unit}; {plain(goal.status)}"
            found.append(note(f"Proof of priority {goal.name.rsplit('_', 1)[1]}", how, source="goals.csv"))
    return tuple(found)


# ---------------------------------------------------------------------------------------------------------------- the force


def force_page(scenario: Scenario, plan: Plan) -> Page:
    """Return the force that is asked for: by component and task where there is a mandate, else by capability."""
    size = force_size(scenario, plan)
    return _force_asked(plan) if size is None else _force_sized(scenario, plan, size)


def _force_sized(scenario: Scenario, plan: Plan, size: ForceSize) -> Page:
    components = [name for name in COMPONENTS if size.by_component[name]]
    values = tuple(float(size.by_component[name]) for name in components)
    top, step = scale_of(values)
    left = Place(MARGIN, BODY.y, 400, 178)
    chart = Chart(
        Place(left.x, left.y + 24, left.width, left.height - 24), "bars", tuple(COMPONENT_NAMES[name] for name in components),
        (Series("People", values, FIRST_COLOURS[0]),), top, step, labelled=True, name="force",
        says="People asked for by component: "
        + "; ".join(f"{COMPONENT_NAMES[name]} {grouped(value)}" for name, value in zip(components, values, strict=True)),
    )  # fmt: skip
    below = Place(left.x, left.foot + 14, left.width, BODY.foot - left.foot - 14)
    right = Place(left.right + 30, BODY.y, BODY.width - left.width - 30, BODY.height)
    tasks = _tasks(scenario, size, right)
    widest = widest_factors(plan, 1)
    past = past_missions(plan)
    sentences = [what_moves_it_most(scenario, widest[0])] if widest else []
    if past:
        sentences.append(
            f"Sized the same way, {grouped(hits(past, NEAR))} of {grouped(len(past))} past missions come within a factor of two "
            "of what was sent."
        )
    _, assumed = assumed_people(scenario, plan, size.lines)
    share = percent(assumed / size.people if size.people else 0.0)
    notes = [
        note(
            COMPONENT_NAMES[name],
            f"{grouped(size.by_component[name])} people of its lines open on D+{size.day}",
            source="sizing.csv",
        )
        for name in components
    ]
    notes += _notes_of_tasks(scenario, size)
    notes += [
        note(
            plain(row["factor"]),
            f"{row['value']:g} {row['unit']}; from {row['low']:g} to {row['high']:g}: "
            f"{grouped(row['people_low'])} to {grouped(row['people_high'])} people",
            kind=STATUS_WORDS.get(row["status"], row["status"]), source=row["source"],
        )
        for row in widest_factors(plan, 3)
    ]  # fmt: skip
    parts: tuple[Part, ...] = (
        headed("People on the fullest day, by component", left), chart, told(sentences, below, sizes=(17, 16, 15, 14)),
        headed("What takes most people", right), tasks,
    )  # fmt: skip
    return Page(
        "Force", what_is_asked(scenario, plan)[0].rstrip("."), parts,
        f"Computed by the sizing methods; {share} of these people rest on an assumption, each named in factors.csv.",
        tuple(notes),
    )  # fmt: skip


def _people_by_task(size: ForceSize) -> list[tuple[str | None, int]]:
    sums: dict[str | None, int] = {}
    for line in size.lines:
        sums[line.task] = sums.get(line.task, 0) + line.people
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0] or ""))


def _tasks(scenario: Scenario, size: ForceSize, place: Place) -> Table:
    rows = []
    for name, people in _people_by_task(size):
        task = scenario.task_by_name.get(name or "")
        title = task.title if task is not None else name or "Lines typed in"
        status = STATUS_WORDS.get(task.status, task.status) if task is not None else ""
        rows.append((cut(title.replace("\u202f", " "), place.width * 0.62 - 18, 14.0, lines=2), grouped(people), status))
    columns = (Column("Task of the mandate", 0.62), Column("People", 0.15, "right", bold=True), Column("Status", 0.23))
    table = Table(
        Place(place.x, place.y + 24, place.width, 0), columns, tuple(rows[:MOST_TASKS]), 14.0, "Tasks that take most people"
    )
    return as_high_as(table, place.foot - place.y - 24)


def _notes_of_tasks(scenario: Scenario, size: ForceSize) -> list[str]:
    found = []
    for name, people in _people_by_task(size)[:MOST_TASKS]:
        task = scenario.task_by_name.get(name or "")
        if task is not None:
            found.append(
                note(
                    f"{grouped(people)} people, {name}", f"{task.title} (tasks.csv, method {plain(task.method)})",
                    kind=STATUS_WORDS.get(task.status, task.status), source=task.source, confidence=task.confidence,
                )
            )  # fmt: skip
    return found


def _force_asked(plan: Plan) -> Page:
    """Where no mandate was sized: what the requirement asks for, by capability, and how much of it is held."""
    days = pl.col("until_day") - pl.col("from_day")
    rows = (
        plan.coverage.group_by("capability")
        .agg(
            required=(pl.col("required") * days).sum(), filled=(pl.col("filled") * days).sum(), most=pl.col("required").max(),
            priority=pl.col("priority").min(), lines=pl.col("line").n_unique(),
        )
        .sort("priority", "required", "capability", descending=[False, True, False])
        .to_dicts()
    )  # fmt: skip
    rows = [row for row in rows if row["required"] > SMALLEST_GAP]
    cells = tuple(
        (
            leading_capital(plain(row["capability"])), grouped(row["lines"]), str(row["priority"]), grouped(row["required"]),
            percent(min(1.0, row["filled"] / row["required"])),
        )
        for row in rows
    )  # fmt: skip
    columns = (
        Column("Capability", 0.44), Column("Lines", 0.12, "right"), Column("Priority", 0.12, "right"),
        Column("Unit-days asked for", 0.2, "right"), Column("Held", 0.12, "right", bold=True),
    )  # fmt: skip
    table = as_high_as(
        Table(Place(MARGIN, BODY.y, BODY.width, 0), columns, cells[:MOST_CAPABILITIES], 16.0, "Capabilities asked for"),
        BODY.height - 60,
    )
    below = Place(MARGIN, table.place.y + table.height + 18, BODY.width, BODY.foot - table.place.y - table.height - 18)
    lines = plan.coverage["line"].n_unique()
    asked = (
        f"The requirement asks for {counted(len(rows), 'capability', 'capabilities')} on {counted(lines, 'line')}: "
        f"{grouped(sum(plan.required_unit_days.values()))} unit-days in all"
    )
    typed = "No line was sized from a mandate: quantities stand as typed in. To size them, fill in tasks.csv and factors.csv."
    parts: tuple[Part, ...] = (table, told([typed], below, sizes=(17, 16, 15)))
    how = "required and filled units times days, by capability"
    return Page(
        "Force", asked, parts, "Given: quantities of requirements.csv. Computed: what is held.",
        tuple(note(row[0], f"{row[3]} unit-days asked for, {row[4]} held: {how}", source="coverage.csv") for row in cells),
    )  # fmt: skip
