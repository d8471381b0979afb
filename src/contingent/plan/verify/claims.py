"""The numbers that a plan states of itself: goals with bound and status, nations, peak, unused offers, where it came from."""

import math
from collections.abc import Callable, Iterator

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.rules import fair_weights, lines_of_option
from contingent.plan.measures import (
    burden_by_nation,
    cost,
    people_by_day,
    people_peak_by_nation,
    person_days_by_nation,
    requirement_person_days,
)
from contingent.plan.plan import NOT_PROVEN, REASONS_OF_UNUSED
from contingent.plan.verify.facts import TOLERANCE, Facts, line_of_file, same, told, units

PLAN, GOALS, NATIONS, UNUSED = "plan.json", "goals.csv", "nations.csv", "unused.csv"


def provenance(facts: Facts) -> Iterator[Finding]:
    """The plan was made from this scenario, for an option that it has."""
    scenario, plan = facts.scenario, facts.plan
    if plan.provenance.get("scenario") != scenario.fingerprint():
        yield Finding(
            PLAN,
            "the plan was made from another scenario than this one: the fingerprints differ",
            column="provenance",
            maybe="the scenario was changed after the plan was made; plan it again",
        )
    if plan.option is not None and plan.option not in scenario.option_names:
        yield Finding(
            PLAN,
            f"'{plan.option}' is not an option of the scenario",
            column="option",
            nearest=nearest_name(plan.option, scenario.option_names),
        )
    for name, claimed, given in (
        ("title", plan.title, scenario.settings.title),
        ("marking", plan.marking, scenario.settings.marking),
    ):
        if claimed != given:
            yield Finding(PLAN, f"the {name} is not the scenario's", column=name)


def goals_in_order(facts: Facts) -> Iterator[Finding]:
    """The goals are one for each priority that has lines, then burden, continuity, cost."""
    priorities = sorted({row.priority for row in lines_of_option(facts.scenario, facts.plan.option)})
    expected = [*(f"unfilled_priority_{priority}" for priority in priorities), "burden", "continuity", "cost"]
    stated = [goal.name for goal in facts.plan.goals]
    if stated != expected:
        yield Finding(GOALS, f"the goals are {', '.join(expected)}; the plan states {', '.join(stated) or 'none'}", column="name")


def burden(facts: Facts) -> Iterator[Finding]:
    """The burden is the largest, over nations with a fair share, of what a nation carries against that share."""
    by_nation = burden_by_nation(facts.scenario, facts.plan.option, person_days_by_nation(facts.sound, facts.horizon_days))
    yield from _stated(facts, "burden", max(by_nation.values(), default=0.0))


def cost_of_tours(facts: Facts) -> Iterator[Finding]:
    """The cost is that of sending each unit and keeping it there."""
    yield from _stated(facts, "cost", cost(facts.sound, facts.horizon_days))


def _stated(facts: Facts, name: str, true: float) -> Iterator[Finding]:
    for row, goal in enumerate(facts.plan.goals):
        if goal.name == name and not same(goal.value, true):
            yield Finding(
                GOALS, f"{name} is {told(true)} by the tours, not {told(goal.value)}", line=line_of_file(row), column="value"
            )


def bounds(facts: Facts) -> Iterator[Finding]:
    """Value and bound are numbers, and no bound is above the value that the plan reaches."""
    for row, goal in enumerate(facts.plan.goals):
        if not (math.isfinite(goal.value) and math.isfinite(goal.bound)):
            yield Finding(GOALS, f"value or bound of {goal.name} is not a finite number", line=line_of_file(row), column="bound")
        elif goal.bound > goal.value + TOLERANCE * max(1.0, abs(goal.value)):
            yield Finding(
                GOALS,
                f"the bound of {goal.name}, {told(goal.bound)}, is above its value, {told(goal.value)}",
                line=line_of_file(row),
                column="bound",
            )


def statuses(facts: Facts) -> Iterator[Finding]:
    """A goal is called optimal, or empty, only where its value meets its bound."""
    gap = facts.plan.provenance.get("gap", 0.0)
    near = max(TOLERANCE, gap if isinstance(gap, int | float) else 0.0)
    for row, goal in enumerate(facts.plan.goals):
        if goal.status in ("optimal", "empty") and goal.value - goal.bound > near * max(1.0, abs(goal.value)):
            yield Finding(
                GOALS,
                f"{goal.name} is called {goal.status}, and its value, {told(goal.value)}, does not meet its bound, "
                f"{told(goal.bound)}",
                line=line_of_file(row),
                column="status",
            )


def people_peak(facts: Facts) -> Iterator[Finding]:
    """The most people deployed on one day are counted from the tours, handover included."""
    peak = int(people_by_day(facts.sound, facts.horizon_days).max(initial=0))
    if peak != facts.plan.people_deployed_peak:
        yield Finding(
            PLAN,
            f"most people deployed on one day are {peak} by the tours, not {facts.plan.people_deployed_peak}",
            column="people_deployed_peak",
        )


def nations(facts: Facts) -> Iterator[Finding]:
    """Every nation stands once, with what its offers and tours add up to and its share against its fair share."""
    stated = facts.plan.nations["nation"].to_list()
    given = [row.nation for row in facts.scenario.contributors]
    if sorted(stated) != sorted(given):
        unlike = sorted(set(stated).symmetric_difference(given)) or sorted({name for name in stated if stated.count(name) > 1})
        yield Finding(NATIONS, f"the nations are not those of the scenario, each once: {', '.join(unlike)}", column="nation")
    true = _nations_true(facts)
    for row, claimed in enumerate(facts.plan.nations.iter_rows(named=True)):
        for column, value in true.get(claimed["nation"], {}).items():
            said = claimed[column]
            alike = said == value or (isinstance(said, float) and isinstance(value, float) and same(said, value))
            if not alike:
                yield Finding(
                    NATIONS,
                    f"{column} of {claimed['nation']} is {_cell(value)}, not {_cell(said)}",
                    line=line_of_file(row),
                    column=column,
                )


def _nations_true(facts: Facts) -> dict[str, dict[str, object]]:
    scenario, sound = facts.scenario, facts.sound
    offered: dict[str, int] = {}
    for offer in scenario.offers:
        offered[offer.nation] = offered.get(offer.nation, 0) + offer.quantity
    named = sound.select("nation").with_columns(facts.plan.tours["unit"].gather(sound["row"]))
    used = {
        nation: (sent, tours)
        for nation, sent, tours in named.group_by("nation").agg(pl.col("unit").n_unique(), tours=pl.len()).iter_rows()
    }
    person_days = person_days_by_nation(sound, facts.horizon_days)
    peaks = people_peak_by_nation(sound, facts.horizon_days)
    whole = requirement_person_days(scenario, facts.plan.option)
    burdens = burden_by_nation(scenario, facts.plan.option, person_days)
    fair = fair_weights(scenario)
    return {
        row.nation: {
            "name": row.name,
            "units_offered": offered.get(row.nation, 0),
            "units_used": used.get(row.nation, (0, 0))[0],
            "tours": used.get(row.nation, (0, 0))[1],
            "person_days": person_days.get(row.nation, 0),
            "people_peak": peaks.get(row.nation, 0),
            "ceiling": row.personnel_ceiling,
            "share": person_days.get(row.nation, 0) / whole if whole else 0.0,
            "fair_share": fair[row.nation] or None,
            "burden": burdens.get(row.nation),
        }
        for row in scenario.contributors
    }


def _cell(value: object) -> str:
    return "blank" if value is None else told(value) if isinstance(value, int | float) else f"'{value}'"


def unused_offers(facts: Facts) -> Iterator[Finding]:
    """Each offer with units that never go is told, with how many of them."""
    named = facts.sound.select("offer").with_columns(facts.plan.tours["unit"].gather(facts.sound["row"]))
    used = dict(named.group_by("offer").agg(pl.col("unit").n_unique()).iter_rows())
    left = {offer.offer: offer.quantity - used.get(offer.offer, 0) for offer in facts.scenario.offers}
    told_of: dict[str, int] = {}
    columns = ("row", "offer", "nation", "unit_type", "offered", "unused", "reason")
    for row, offer, nation, unit_type, offered, unused, reason in (
        facts.plan.unused.with_row_index("row").select(columns).iter_rows()
    ):
        told_of[offer] = told_of.get(offer, 0) + unused
        given = facts.scenario.offer_by_name.get(offer)
        if given is None:
            yield Finding(
                UNUSED,
                f"'{offer}' is not an offer of this scenario",
                line=line_of_file(row),
                column="offer",
                nearest=nearest_name(offer, left),
            )
        elif (nation, unit_type, offered) != (given.nation, given.unit_type, given.quantity):
            yield Finding(
                UNUSED,
                f"offer '{offer}' is {units(given.quantity)} of {given.nation}, '{given.unit_type}'",
                line=line_of_file(row),
                column="offered",
            )
        for part in reason.split(";"):
            if part not in REASONS_OF_UNUSED:
                nearest = nearest_name(part, REASONS_OF_UNUSED)
                yield Finding(UNUSED, f"'{part}' is not a reason", line=line_of_file(row), column="reason", nearest=nearest)
    for offer, never in left.items():
        if never > 0 and told_of.get(offer, 0) != never:
            yield Finding(
                UNUSED, f"{never} of the units of offer '{offer}' never go, not {told_of.get(offer, 0)}", column="unused"
            )


def advice_names(facts: Facts) -> Iterator[Finding]:
    """Remedies and worth speak of unit types of the scenario."""
    for file, table in (("remedies.csv", facts.plan.remedies), ("worth.csv", facts.plan.worth)):
        for row, unit_type in table.with_row_index("row").select("row", "unit_type").iter_rows():
            if unit_type not in facts.scenario.unit_type_by_name:
                yield Finding(
                    file,
                    f"'{unit_type}' is not a unit type of this scenario",
                    line=line_of_file(row),
                    column="unit_type",
                    nearest=nearest_name(unit_type, facts.scenario.unit_type_by_name),
                )


def advice_adds_up(facts: Facts) -> Iterator[Finding]:
    """Remedies and worth stand once for each type, and close no more than the gaps of the lines that they name."""
    missing: dict[str, float] = dict(facts.plan.gaps.group_by("line").agg(pl.col("unit_days").sum()).iter_rows())
    lines = {row.line: row for row in lines_of_option(facts.scenario, facts.plan.option)}
    for file, table, key, names in (
        ("remedies.csv", facts.plan.remedies, ("unit_type",), "closes"),
        ("worth.csv", facts.plan.worth, ("unit_type", "priority"), "lines"),
    ):
        seen = set()
        for at, row in enumerate(table.iter_rows(named=True)):
            place = line_of_file(at)
            kind = facts.scenario.unit_type_by_name.get(row["unit_type"])
            if tuple(row[name] for name in key) in seen:
                yield Finding(file, "the row stands there already", line=place, column=", ".join(key))
            seen.add(tuple(row[name] for name in key))
            if kind is None:
                continue  # told as an unknown name
            if row["name"] != kind.name:
                yield Finding(file, f"'{kind.unit_type}' is called '{kind.name}'", line=place, column="name")
            if "people" in row and row["people"] != row["units"] * kind.personnel:
                what = f"{units(row['units'])} of '{kind.unit_type}' have {row['units'] * kind.personnel} people"
                yield Finding(file, what, line=place, column="people")
            named = [name for name in (row[names] or "").split(";") if name not in ("", NOT_PROVEN)]
            for name in named:
                line = lines.get(name)
                if line is None or (line.capability, kind.unit_type) not in facts.scenario.effectiveness:
                    yield Finding(file, f"'{name}' is not a line that '{kind.unit_type}' could serve", line=place, column=names)
                elif row.get("priority", line.priority) != line.priority:
                    yield Finding(file, f"line '{name}' is of priority {line.priority}", line=place, column="priority")
            most = sum(missing.get(name, 0.0) for name in named)
            if row["unit_days"] > most and not same(row["unit_days"], most):
                what = f"{told(row['unit_days'])} unit-days are more than the {told(most)} that are missing on the lines named"
                yield Finding(file, what, line=place, column="unit_days")


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    provenance,
    goals_in_order,
    burden,
    cost_of_tours,
    bounds,
    statuses,
    people_peak,
    nations,
    unused_offers,
    advice_names,
    advice_adds_up,
)
"""Promises about stated numbers, in the order in which findings are told."""
