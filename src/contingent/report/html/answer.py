"""What stands first in the report: the answer in sentences and five numbers, the options, what stays empty, the goals."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Goal, Plan
from contingent.plan.way_measures import closure_day, mean_use, moves_out, yearly_cost
from contingent.report.drawings.bars import part_bar
from contingent.report.mandate import COMPONENT_NAMES, force_size
from contingent.report.months import people_asked_by_day, people_by_day
from contingent.report.paying import money_words
from contingent.report.words import (
    STATUS_LABELS,
    amount,
    d_day,
    duration,
    goal_label,
    goal_sentence,
    goal_value,
    grouped,
    headline,
    lines_held_throughout,
    nations_among,
    nations_deployed,
    option_title,
    percent,
    plain,
    reason_sentence,
    reason_words,
    short_date,
    shortfalls,
    what_is_asked,
)

MOST_REASONS = 8
"""Reasons, and reasons together, that are named one by one."""

DOMAINS = ("land", "air", "maritime", "joint", "other")

Row = dict[str, Any]


def contents(scenario: Scenario, plan: Plan, *, compared: Sequence[tuple[str, Plan]]) -> dict[str, Any]:
    """Return what the page's first sections are filled with."""
    horizon = scenario.horizon
    return {
        "option_title": option_title(scenario, plan.option),
        "option_row": next((row for row in scenario.options if row.option == plan.option), None),
        "first_date": horizon.start_date,
        "last_date": horizon.date_of(horizon.days - 1),
        "horizon_words": duration(horizon.days),
        "headline": headline(scenario, plan),
        "leads": len(what_is_asked(scenario, plan)) + 1,
        "key_numbers": key_numbers(scenario, plan),
        "comparison": comparison(scenario, plan, compared),
        "shortfalls": shortfall_rows(scenario, plan),
        "glance": glance_rows(scenario, plan),
        "asked": asked_rows(scenario, plan),
        "reasons": reason_rows(plan),
        "goals": goal_rows(scenario, plan),
    }


def key_numbers(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the five numbers of the plan, each with what it means."""
    first = min(plan.required_unit_days, default=1)
    whole, lines = lines_held_throughout(scenario, plan)
    by_day = people_by_day(plan, days=scenario.horizon.days)
    peak_day = int(by_day.argmax())
    asked = people_asked_by_day(scenario, plan.option)
    offering = nations_among(scenario, (offer.nation for offer in scenario.offers if offer.quantity > 0))
    return [
        {
            "value": percent(plan.fill_of(first)),
            "name": f"of priority {first} is filled",
            "note": "share of the unit-days asked for",
        },
        {"value": percent(plan.fill), "name": "of all posts is filled", "note": "all priorities together"},
        {
            "value": grouped(plan.people_deployed_peak),
            "name": "people deployed at the peak",
            "note": f"on {short_date(scenario.horizon.date_of(peak_day))} ({d_day(peak_day)}), both units of a handover counted; "
            f"one unit a post, each the leanest that fits, would take some {grouped(round(float(asked[peak_day]), -2))}"
            if plan.tours.height
            else "nobody goes",
        },
        {
            "value": grouped(nations_deployed(scenario, plan)),
            "name": "nations deploy",
            "note": f"{grouped(offering)} could offer units",
        },
        {
            "value": f"{grouped(whole)} of {grouped(lines)}",
            "name": "lines are never short",
            "note": "held in full on every day of their need",
        },
    ]


def glance_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return how much is filled by priority and by domain: the plan at a glance."""
    rows: list[Row] = [
        {"name": f"Priority {priority}", "share": plan.fill_of(priority)}
        for priority, required in sorted(plan.required_unit_days.items())
        if required > 0
    ]
    domains = domain_of_capability(scenario)
    required: dict[str, float] = defaultdict(float)
    filled: dict[str, float] = defaultdict(float)
    for row in plan.coverage.iter_rows(named=True):
        domain, days = domains.get(row["capability"], "other"), row["until_day"] - row["from_day"]
        required[domain] += row["required"] * days
        filled[domain] += row["filled"] * days
    by_domain: list[Row] = [
        {"name": domain.capitalize(), "share": filled[domain] / required[domain]} for domain in DOMAINS if required.get(domain)
    ]
    return [
        row | {"bar": part_bar(row["share"], width=210, kind="held")}
        for row in [*rows, *(by_domain if len(by_domain) > 1 else [])]
    ]


def asked_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the people that the mandate asks for by component; nothing where no line was sized from one."""
    size = force_size(scenario, plan)
    if size is None:
        return []
    largest = max(size.by_component.values()) or 1
    return [
        {"name": COMPONENT_NAMES[name], "people": people, "bar": part_bar(people / largest, width=210, kind="asked")}
        for name, people in size.by_component.items()
        if people
    ]


def domain_of_capability(scenario: Scenario) -> dict[str, str]:
    """Return the domain of each capability: that of the unit type which gives it best."""
    best: dict[str, tuple[float, str]] = {}
    for row in scenario.capabilities:
        found = (row.effectiveness, scenario.unit_type_by_name[row.unit_type].domain)
        if row.capability not in best or found[0] > best[row.capability][0]:
            best[row.capability] = found
    return {capability: domain for capability, (_, domain) in best.items()}


def comparison(scenario: Scenario, plan: Plan, compared: Sequence[tuple[str, Plan]]) -> dict[str, Any] | None:
    """Return plans side by side: a column a plan, a row a measure; None where there is nothing to compare."""
    if not compared:
        return None
    columns = list(compared)
    if not any(other is plan or other.option == plan.option for _, other in columns):
        columns.insert(0, (option_title(scenario, plan.option), plan))
    plans = [other for _, other in columns]
    priorities = sorted({priority for other in plans for priority, required in other.required_unit_days.items() if required > 0})
    rows: list[Row] = [
        {
            "name": f"Priority {priority} filled",
            "cells": [percent(other.fill_of(priority)) if other.required_unit_days.get(priority) else "–" for other in plans],
            "bars": [
                part_bar(other.fill_of(priority), width=110, kind="held") if other.required_unit_days.get(priority) else None
                for other in plans
            ],
        }
        for priority in priorities
    ]
    rows.append(
        {
            "name": "All filled",
            "cells": [percent(other.fill) for other in plans],
            "bars": [part_bar(other.fill, width=110, kind="held") for other in plans],
        }
    )
    rows += [
        {"name": name, "cells": [measure(scenario, other) for other in plans], "bars": None}
        for name, measure in _MEASURES.items()
    ]
    further = {name: [measure(other) for other in plans] for name, measure in _OF_THE_WAY.items()}
    rows += [{"name": name, "cells": cells, "bars": None} for name, cells in further.items() if set(cells) != {"–"}]
    return {
        "labels": [label for label, _ in columns],
        "this": [other is plan or other.option == plan.option for other in plans],
        "rows": rows,
    }


def _published_strength(scenario: Scenario, plan: Plan) -> str:
    row = next((row for row in scenario.options if row.option == plan.option), None)
    return grouped(row.published_strength) if row is not None and row.published_strength is not None else "–"


def _units_asked_for(scenario: Scenario, plan: Plan) -> str:
    days = scenario.horizon.days
    unit_days = sum(
        line.quantity * max(0, line_until(scenario, line) - line.from_day) for line in lines_of_option(scenario, plan.option)
    )
    return grouped(unit_days / days)


def _people_asked_for(scenario: Scenario, plan: Plan) -> str:
    return f"some {grouped(round(float(people_asked_by_day(scenario, plan.option).max()), -2))}"


def _average_deployed(scenario: Scenario, plan: Plan) -> str:
    return grouped(float(people_by_day(plan, days=scenario.horizon.days).mean()))


def _worst_shortfall(_: Scenario, plan: Plan) -> str:
    worst = shortfalls(plan)
    return f"{plain(worst[0].capability)} ({percent(worst[0].share)} empty)" if worst else "none"


def _lines_whole(scenario: Scenario, plan: Plan) -> str:
    whole, lines = lines_held_throughout(scenario, plan)
    return f"{grouped(whole)} of {grouped(lines)}"


def _largest_burden(_: Scenario, plan: Plan) -> str:
    rows = plan.nations.filter(plan.nations["burden"].is_not_null()).sort("burden", "nation", descending=[True, False])
    return f"{rows['nation'][0]}: {rows['burden'][0]:.2f} × fair share" if rows.height else "–"


def _people_at_peak(_: Scenario, plan: Plan) -> str:
    return grouped(plan.people_deployed_peak)


def _nations_that_deploy(scenario: Scenario, plan: Plan) -> str:
    return grouped(nations_deployed(scenario, plan))


def _tours(_: Scenario, plan: Plan) -> str:
    return grouped(plan.tours.height)


def _low_confidence(_: Scenario, plan: Plan) -> str:
    return percent(plan.low_confidence_share)


_MEASURES: dict[str, Callable[[Scenario, Plan], str]] = {
    "Published strength of the land component": _published_strength,
    "Units asked for, on average": _units_asked_for,
    "People asked for at the peak, in the leanest units": _people_asked_for,
    "People deployed on an average day": _average_deployed,
    "People deployed at the peak": _people_at_peak,
    "Nations that deploy": _nations_that_deploy,
    "Tours": _tours,
    "Lines never short": _lines_whole,
    "Worst shortfall": _worst_shortfall,
    "Heaviest burden": _largest_burden,
    "Rests on low confidence": _low_confidence,
}


def _in_place(plan: Plan) -> str:
    day = closure_day(plan)
    return d_day(day) if day is not None else "–" if plan.closure.height == 0 else "not all of it"


def _late(plan: Plan) -> str:
    moving, late, never = moves_out(plan)
    return f"{grouped(len(late) + never)} of {grouped(moving)}" if moving else "–"


def _tonnes(plan: Plan) -> str:
    use = mean_use(plan)
    return "–" if use is None else grouped(use)


def _cost(plan: Plan) -> str:
    cost = yearly_cost(plan)
    return "–" if cost is None else money_words(cost)


_OF_THE_WAY: dict[str, Callable[[Plan], str]] = {
    "First force in place on": _in_place,
    "Units that come late, or never": _late,
    "Tonnes used a day": _tonnes,
    "Cost a year": _cost,
}
"""Measures that stand there where one of the plans has them."""


def shortfall_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return what stays empty by capability, worst first, with its reasons."""
    rows = []
    for short in shortfalls(plan):
        explained = sum(unit_days for _, unit_days in short.reasons) or 1.0
        rows.append(
            {
                "capability": plain(short.capability),
                "priority": short.priority,
                "missing": short.missing,
                "share": short.share,
                "average": _average(short.missing / scenario.horizon.days),
                "bar": part_bar(short.share),
                "lines": short.lines,
                "reasons": [(reason_words(reason), unit_days / explained) for reason, unit_days in short.reasons],
            }
        )
    return rows


def _average(units: float) -> str:
    return grouped(units, places=1) if units >= 0.05 else amount(units)


def reason_rows(plan: Plan) -> list[Row]:
    """Return each reason with the share of all missing unit-days that it explains, largest first."""
    totals: dict[str, float] = defaultdict(float)
    for row in plan.gaps.select("reason", "unit_days").iter_rows(named=True):
        totals[row["reason"]] += row["unit_days"]
    whole = sum(totals.values()) or 1.0
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    rows: list[Row] = [
        {"reason": reason_words(reason), "sentence": reason_sentence(reason), "unit_days": unit_days}
        for reason, unit_days in ordered[:MOST_REASONS]
    ]
    if rest := ordered[MOST_REASONS:]:
        rows.append(
            {
                "reason": "other combinations",
                "sentence": "Several rules at once; each gap’s own are in the table of gaps.",
                "unit_days": sum(unit_days for _, unit_days in rest),
            }
        )
    return [row | {"share": row["unit_days"] / whole, "bar": part_bar(row["unit_days"] / whole)} for row in rows]


def goal_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return each goal with its value, bound and status in words."""
    currency = scenario.settings.currency
    return [_goal_row(plan, goal, currency=currency) for goal in plan.goals]


def _goal_row(plan: Plan, goal: Goal, *, currency: str) -> Row:
    labels: Mapping[str, str] = STATUS_LABELS
    return {
        "name": goal_label(goal.name),
        "value": goal_value(goal, goal.value, currency=currency),
        "method": goal.method,
        "bound": goal_value(goal, goal.bound, currency=currency) if goal.bound > 0 or goal.value == 0 else "none proven",
        "status": labels.get(goal.status, goal.status),
        "sentence": goal_sentence(plan, goal),
    }
