"""Pages on who goes: the ORBAT on its fullest day, what stays empty and why, who relieves whom."""

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.briefing.axes import scale_of
from contingent.report.briefing.frame import BODY, MARGIN, key_of, told
from contingent.report.briefing.metrics import cut
from contingent.report.briefing.parts import FIRST_COLOURS, OTHERS_COLOUR, Chart, Column, Page, Part, Place, Series, Table
from contingent.report.briefing.shared import (
    SPAN_WORDS,
    as_high_as,
    dated,
    every_so_many,
    headed,
    not_worked_out,
    note,
    spans_of,
)
from contingent.report.briefing.tree import tree, with_units
from contingent.report.charts import OTHERS
from contingent.report.mandate import formation_order, frameworks, not_held
from contingent.report.months import monthly_mean, people_by_day
from contingent.report.orbat.node import FORMATION, Node, walk
from contingent.report.stress import with_article
from contingent.report.words import (
    Shortfall,
    counted,
    grouped,
    leading_capital,
    lines_closed,
    lines_held_throughout,
    nations_deployed,
    percent,
    plain,
    reason_phrase,
    shortfalls,
)

EVEN = "No nation carries more than its fair share (times 1)."

MOST_GAPS, MOST_NATIONS, MOST_IN_STACK = 8, 8, len(FIRST_COLOURS)


# ---------------------------------------------------------------------------------------------------------------- the ORBAT


def orbat_page(scenario: Scenario, plan: Plan) -> Page:
    """Return who stands under whom on the fullest day."""
    top = top_on(scenario, plan)
    if top is None:
        return not_worked_out(
            "Order of battle", "who stands under whom", needs="It needs formations, in formations.csv, and tours.",
            command="contingent plan SCENARIO",
        )  # fmt: skip
    day, node = top
    shown = [each for each in walk(node) if each.kind == FORMATION]
    led = frameworks(plan)
    leads = next((row for row in led if row["parent"] is None), None)
    who = f"; {_named(plan, leads['framework_nation'])} leads the force" if leads is not None else ""
    title = (
        f"On {dated(scenario.horizon, day)}, the fullest day, {grouped(node.people)} people stand in "
        f"{counted(len(shown), 'formation')}{who}"
    )
    empty = [row["name"] for row in not_held(plan)]
    notes = [
        note("People", f"units on tour on D+{day}, those that hand over too, by formation", source="orbat.csv, tours.csv"),
        note("Held", f"units of full effectiveness that serve ÷ those asked for on D+{day}", source="coverage.csv"),
        note("Headquarters that nobody holds", f"{'; '.join(empty) or 'none'}", source="formations.csv"),
    ]
    notes += [
        note(
            f"{row['name']}", f"framework nation {row['framework_nation'] or 'none'}: {plain(row['framework_rule'] or '')}; "
            f"{row['nations']} nations, at most {grouped(row['people_peak'])} people", source="formations.csv",
        )
        for row, _ in formation_order(plan)
    ]  # fmt: skip
    return Page(
        "Order of battle", title, tuple(tree(with_units(node) if len(shown) == 1 else node, BODY)),
        "Computed: who stands where follows from place and rule of formations.csv; a dashed box is held by nobody.", tuple(notes),
    )  # fmt: skip


def top_on(scenario: Scenario, plan: Plan) -> tuple[int, Node] | None:
    """Return the fullest day and the force on it; None where the plan places nobody."""
    # Of the stage of structure only what reads: the other half of it decides, with a solver.
    from contingent.structure.at_day import orbat_at
    from contingent.structure.orbat import read_orbat

    if plan.formations.height == 0 or plan.orbat.height == 0:
        return None
    day = int(people_by_day(plan, days=scenario.horizon.days).argmax())
    placed = set(plan.orbat.select("unit", "from_day").iter_rows())
    if not placed.issuperset(plan.tours.select("unit", "from_day").iter_rows()):
        return None
    return day, orbat_at(read_orbat(scenario, plan.orbat, plan.tours, plan.coverage, plan.option), day)


def _named(plan: Plan, nation: str) -> str:
    names = dict(plan.nations.select("nation", "name").iter_rows())
    return leading_capital(with_article(names.get(nation) or nation)) if nation in names else nation


# ---------------------------------------------------------------------------------------------------------------- the gaps


def gaps_page(scenario: Scenario, plan: Plan) -> Page:
    """Return what stays empty, why, and what would close it."""
    short = shortfalls(plan)
    held, lines = lines_held_throughout(scenario, plan)
    if not short:
        return Page(
            "Gaps", f"No post stays empty on any day: all {counted(lines, 'line')} are held throughout", (),
            "Computed: every line of coverage.csv is filled on every day.", (note(grouped(lines), "lines without a gap"),),
        )  # fmt: skip
    first = short[0]
    name = leading_capital(plain(first.capability))
    open_lines = lines - held
    title = (
        f"{leading_capital(counted(open_lines, 'line'))} of {grouped(lines)} {'has' if open_lines == 1 else 'have'} a gap; "
        f"of priority {first.priority}, {plain(first.capability) if not name[:2].isupper() else name} lacks most: "
        f"{percent(first.share)} of it stays empty"
    )
    columns = (
        Column("Capability", 0.23), Column("Pri", 0.055, "right"), Column("Empty", 0.085, "right", bold=True),
        Column("Unit-days", 0.105, "right"), Column("Mostly because", 0.25), Column("What would close it", 0.275),
    )  # fmt: skip
    room = [BODY.width * column.share - 18 for column in columns]
    rows = tuple(
        (
            cut(leading_capital(plain(each.capability)), room[0], 14.0, lines=2), str(each.priority), percent(each.share),
            grouped(each.missing), cut(_why(each), room[4], 14.0, lines=2),
            cut(_closed_by(scenario, plan, each), room[5], 14.0, lines=2),
        )
        for each in short[:MOST_GAPS]
    )  # fmt: skip
    table = as_high_as(
        Table(Place(MARGIN, BODY.y, BODY.width, 0), columns, rows, 14.0, "What stays empty, and why"), BODY.height - 46
    )
    below = Place(MARGIN, BODY.y + table.height + 12, BODY.width, BODY.height - table.height - 12)
    parts: tuple[Part, ...] = (table, told(_all_closed(plan, len(table.rows), len(short)), below, sizes=(17, 16, 15, 14)))
    notes = [
        note(
            plain(each.capability), f"{grouped(each.missing)} of {grouped(each.required)} unit-days empty on lines "
            f"{', '.join(each.lines)}; reasons tested by relaxing one rule at a time: "
            + "; ".join(f"{plain(reason.replace(';', ' and '))} {grouped(days)}" for reason, days in each.reasons[:4]),
            source="coverage.csv, gaps.csv",
        )
        for each in short[: len(table.rows)]
    ]  # fmt: skip
    notes.append(
        note("What would close it", "cheapest further offers of no nation, ready on D-day, default terms", source="remedies.csv")
    )
    return Page(
        "Gaps", title, parts, "Computed: each reason is tested by relaxing a rule; remedies are further units of no nation.",
        tuple(notes),
    )  # fmt: skip


def _why(short: Shortfall) -> str:
    return leading_capital(reason_phrase(short.reasons[0][0])) if short.reasons else "Not said"


def _closed_by(scenario: Scenario, plan: Plan, short: Shortfall) -> str:
    """The further units that close lines of a capability."""
    parts = []
    for row in plan.remedies.iter_rows(named=True):
        lines, _ = lines_closed(scenario, row["closes"])
        if set(lines) & set(short.lines):
            parts.append(f"{grouped(row['units'])} × {_unit_name(row['name'] or plain(row['unit_type']))}")
    return leading_capital("; ".join(parts)) if parts else "No further offer is known that would"


def _unit_name(name: str) -> str:
    """A type of unit in a sentence: without what stands in brackets, small at its head but for an abbreviation."""
    short = name.partition(" (")[0]
    return short if short[1:2].isupper() else f"{short[:1].lower()}{short[1:]}"


def _all_closed(plan: Plan, shown: int, number: int) -> list[str]:
    said = []
    if plan.remedies.height:
        units, people = int(plan.remedies["units"].sum()), int(plan.remedies["people"].sum())
        said.append(
            f"All gaps together would be closed by {grouped(units)} further units of {grouped(people)} people, the cheapest set "
            "found; units that close several gaps are named at each."
        )
    if shown < number:
        said.append(f"{leading_capital(counted(number - shown, 'capability', 'capabilities'))} more with gaps stand in gaps.csv.")
    return [" ".join(said)] if said else []


# ------------------------------------------------------------------------------------------------------------------ rotation


def rotation_page(scenario: Scenario, plan: Plan) -> Page:
    """Return people deployed by nation over time, and who carries most."""
    if plan.tours.height == 0:
        return not_worked_out(
            "Rotation", "who goes when: nobody goes", needs="It needs offers that fit the requirement, in offers.csv.",
            command="contingent plan SCENARIO",
        )  # fmt: skip
    left = Place(MARGIN, BODY.y, 520, BODY.height)
    right = Place(MARGIN + 546, BODY.y, BODY.width - 546, BODY.height)
    chart, key, span = people_chart(scenario, plan, left)
    rows = plan.nations.filter(pl.col("tours") > 0).sort("person_days", "nation", descending=[True, False]).to_dicts()
    units = plan.tours["unit"].n_unique()
    title = (
        f"{grouped(plan.tours.height)} tours of {counted(units, 'unit')} from "
        f"{counted(nations_deployed(scenario, plan), 'nation')}; "
        f"{_named(plan, rows[0]['nation'])} carries most: {percent(rows[0]['share'])} of all person-days asked for"
    )
    table = _nations(rows, right)
    top = table.place.y + table.height + 14
    below = Place(right.x, top, right.width, right.foot - top)
    parts: tuple[Part, ...] = (
        headed(f"People deployed, mean of each {span}, by nation", left), *key, chart, headed("Who carries most", right),
        table, told(_of_burden(plan), below, sizes=(16, 15, 14)),
    )  # fmt: skip
    notes = [
        note(
            f"{row['name'] or row['nation']}",
            f"{row['units_used']} of {row['units_offered']} units offered go, {row['tours']} tours, "
            f"{grouped(row['person_days'])} person-days, peak {grouped(row['people_peak'])}; fair share "
            + ("not set" if row["fair_share"] is None else percent(row["fair_share"])),
            source="nations.csv",
        )
        for row in rows[:MOST_NATIONS]
    ]  # fmt: skip
    notes.append(note("Times its fair share", "share of person-days ÷ fair share; 1 = as much as is fair", source="nations.csv"))
    notes += [
        note(plain(goal.name), f"{goal.value:.2f}, bound {goal.bound:.2f} {goal.unit}; {plain(goal.status)}", source="goals.csv")
        for goal in plan.goals if goal.name in ("burden", "continuity")
    ]  # fmt: skip
    return Page(
        "Rotation", title, parts, "Computed from tours.csv and nations.csv; what nations offer is an estimate, not a pledge.",
        tuple(notes),
    )  # fmt: skip


def people_chart(scenario: Scenario, plan: Plan, place: Place) -> tuple[Chart, list[Part], str]:
    """Return people deployed by nation over time, its key, and what a column stands for."""
    spans, length = spans_of(scenario.horizon)
    rows = plan.nations.filter(pl.col("tours") > 0).sort("person_days", "nation", descending=[True, False])
    nations = rows["nation"].to_list()[:MOST_IN_STACK]
    days = scenario.horizon.days
    total = monthly_mean(people_by_day(plan, days=days), spans)
    own = {nation: monthly_mean(people_by_day(plan, days=days, nation=nation), spans) for nation in nations}
    series = [
        Series(nation, tuple(round(float(value), 1) for value in own[nation]), colour)
        for nation, colour in zip(nations, FIRST_COLOURS, strict=False)
    ]
    if rows.height > len(nations):
        rest = total - sum(own.values())
        series.append(Series(OTHERS, tuple(round(max(0.0, float(value)), 1) for value in rest), OTHERS_COLOUR))
    top, step = scale_of([float(total.max())])
    key = key_of([(each.name, each.colour) for each in series], Place(place.x, place.y + 24, place.width, 18))
    field = Place(place.x, place.y + 48, place.width, place.height - 48)
    said = "; ".join(f"{span.label} {grouped(value)}" for span, value in zip(spans, total, strict=True))
    chart = Chart(
        field, "columns", tuple(span.label for span in spans), tuple(series), top, step,
        says=f"People deployed, mean of each {SPAN_WORDS[length]}: {said}.", name="people",
        every=every_so_many(len(spans), field.width - 60),
    )  # fmt: skip
    return chart, key, SPAN_WORDS[length]


def _of_burden(plan: Plan) -> list[str]:
    """How many units offered stay at home, and how many nations carry more than is fair."""
    said = []
    offered, used = int(plan.nations["units_offered"].sum()), int(plan.nations["units_used"].sum())
    if offered > used:
        said.append(f"{grouped(offered - used)} of {grouped(offered)} units offered never go; unused.csv says why of each.")
    over = plan.nations.filter(pl.col("burden") > 1).height
    if plan.nations["burden"].count():
        carry = "carries" if over == 1 else "carry"
        said.append(f"{leading_capital(counted(over, 'nation'))} {carry} more than a fair share." if over else EVEN)
    return said


def _nations(rows: list[dict[str, object]], place: Place) -> Table:
    columns = (
        Column("Nation", 0.39), Column("Tours", 0.2, "right"), Column("Peak", 0.2, "right"),
        Column("× fair share", 0.21, "right", bold=True),
    )  # fmt: skip
    cells = tuple(
        (
            cut(str(row["name"] or row["nation"]), place.width * 0.39 - 18, 14.0), grouped(float(str(row["tours"]))),
            grouped(float(str(row["people_peak"]))), "–" if row["burden"] is None else f"{float(str(row['burden'])):.2f}",
        )
        for row in rows[:MOST_NATIONS]
    )  # fmt: skip
    table = Table(Place(place.x, place.y + 24, place.width, 0), columns, cells, 14.0, "Nations that carry most")
    return as_high_as(table, place.height - 24)
