"""A made-up scenario and a plan for it, planned by the simplest hand method, for the tests of reports.

Twelve invented nations, thirty lines, sixty months. The plan is what a planner with a pencil would write: lines in
order of priority, periods in order of time, the first unit that is free. Reasons of gaps are rough; everything that can
be counted (coverage, unit-days, people, burden) is counted day by day from the tours, so that reports may be held against it.

    sample_scenario()       the scenario
    sample_plan()           scenario and plan of an option ("medium" unless told)
    plan_of(...)            a plan from any scenario and tours
    hostile_scenario()      a small one whose every text tries to break out of a page
"""

from collections import defaultdict
from datetime import date
from functools import lru_cache
from itertools import count
from typing import Any

import polars as pl
from tests.report.sample_scenario import sample_scenario

from contingent.model.rows import (
    Capability,
    Location,
    Nation,
    Offer,
    Reference,
    Requirement,
    UnitType,
)
from contingent.model.rules import (
    caveat_against,
    fair_weights,
    line_until,
    lines_of_option,
    readiness,
    tour_fits_window,
    tour_may_begin,
)
from contingent.model.scenario import Scenario, Settings
from contingent.plan import Goal, Plan, empty_frame, frame


@lru_cache
def sample_plan(option: str | None = "medium") -> tuple[Scenario, Plan]:
    """Return the sample scenario and a plan of one of its options."""
    scenario = sample_scenario()
    return scenario, plan_of(scenario, greedy_tours(scenario, option), option=option)


def greedy_tours(scenario: Scenario, option: str | None) -> list[dict[str, Any]]:
    """Return tours as a planner with a pencil would write them: first line, first period, first unit that is free."""
    horizon = scenario.settings.horizon_days
    free_from = {(offer.offer, number): 0 for offer in scenario.offers for number in range(offer.quantity)}
    people: dict[str, list[int]] = defaultdict(lambda: [0] * (horizon + 400))
    tours: list[dict[str, Any]] = []
    for line in sorted(lines_of_option(scenario, option), key=lambda row: (row.priority, row.line)):
        until = line_until(scenario, line)
        served = [0.0] * (horizon + 400)
        holder: str | None = None
        for day in range(line.from_day, until):
            if not tour_may_begin(scenario, line, day):
                continue
            for offer in scenario.offers:
                share = scenario.effectiveness.get((line.capability, offer.unit_type))
                if share is None or caveat_against(scenario, offer, line):
                    continue
                if line.hold == "one_nation" and holder not in (None, offer.nation):
                    continue
                terms = readiness(scenario, offer)
                if not tour_fits_window(day, terms, horizon_days=horizon):
                    continue
                ceiling = scenario.nation_by_name[offer.nation].personnel_ceiling
                for number in range(offer.quantity):
                    wanted = min(served[day : min(day + scenario.settings.period_days, until)]) < line.quantity
                    if not wanted or free_from[offer.offer, number] > day:
                        continue
                    if ceiling is not None and max(people[offer.nation][day : day + terms.tour_days]) + terms.personnel > ceiling:
                        continue
                    holder = offer.nation
                    free_from[offer.offer, number] = day + terms.cycle_days
                    for at in range(day, min(day + terms.tour_days, horizon + 400)):
                        people[offer.nation][at] += terms.personnel
                        served[at] += share if at < day + terms.serving_days else 0.0
                    tours.append(
                        {
                            "unit": f"{offer.offer}/{number + 1}",
                            "offer": offer.offer,
                            "nation": offer.nation,
                            "unit_type": offer.unit_type,
                            "capability": line.capability,
                            "line": line.line,
                            "location": line.location,
                            "from_day": day,
                            "until_day": day + terms.tour_days,
                            "serves_until_day": day + terms.serving_days,
                            "rested_day": day + terms.cycle_days,
                            "people": terms.personnel,
                            "effectiveness": share,
                            "pinned": False,
                            "confidence": offer.confidence,
                        }
                    )
    return sorted(tours, key=lambda tour: (tour["from_day"], tour["line"], tour["unit"]))


def plan_of(scenario: Scenario, tours: list[dict[str, Any]], *, option: str | None = None) -> Plan:
    """Return the plan that these tours make, everything else counted from them day by day."""
    lines = lines_of_option(scenario, option)
    coverage = [
        row for line in lines for row in _coverage_of(scenario, line, [tour for tour in tours if tour["line"] == line.line])
    ]
    required: dict[int, float] = defaultdict(float)
    filled: dict[int, float] = defaultdict(float)
    for row in coverage:
        required[row["priority"]] += row["required"] * (row["until_day"] - row["from_day"])
        filled[row["priority"]] += row["filled"] * (row["until_day"] - row["from_day"])
    horizon = scenario.settings.horizon_days
    deployed = [
        sum(tour["people"] for tour in tours if tour["from_day"] <= day < tour["until_day"]) for day in range(0, horizon, 10)
    ]
    goals = [
        Goal(
            name=f"unfilled_priority_{priority}",
            value=required[priority] - filled[priority],
            bound=max(0.0, (required[priority] - filled[priority]) * (1.0 if priority == 1 else 0.9)),
            status="optimal" if priority == 1 else "time_limit",
            method="pencil",
            seconds=0.1,
            unit="unit-days",
        )
        for priority in sorted(required)
    ]
    nations = _nations_of(scenario, tours, lines)
    burdens = [row["burden"] for row in nations if row["burden"] is not None]
    goals.append(
        Goal(
            name="burden",
            value=max(burdens, default=0.0),
            bound=max(burdens, default=0.0) * 0.8,
            status="feasible",
            method="pencil",
            seconds=0.1,
            unit="ratio",
        )
    )
    goals.append(
        Goal(
            name="continuity",
            value=float(len(tours)),
            bound=float(len(tours)),
            status="optimal",
            method="pencil",
            seconds=0.1,
            unit="takeovers",
        )
    )
    low = sum(tour["effectiveness"] * _serving_days(tour, horizon) for tour in tours if tour["confidence"] == "low")
    total = sum(tour["effectiveness"] * _serving_days(tour, horizon) for tour in tours)
    return Plan(
        title=scenario.settings.title,
        option=option,
        marking=scenario.settings.marking,
        goals=tuple(goals),
        required_unit_days=dict(sorted(required.items())),
        filled_unit_days={key: filled[key] for key in sorted(required)},
        people_deployed_peak=max(deployed, default=0),
        low_confidence_share=low / total if total else 0.0,
        tours=frame("tours", tours),
        coverage=frame("coverage", coverage),
        gaps=frame("gaps", _gaps_of(scenario, coverage)),
        nations=frame("nations", nations),
        unused=frame("unused", _unused_of(scenario, tours, lines)),
        remedies=_remedies(tours),
        worth=_worth(tours),
        provenance={"fingerprint": scenario.fingerprint(), "version": "0.1.0", "seed": 0, "option": option, "method": "pencil"},
        seconds={"generation": 0.2},
    )


def _serving_days(tour: dict[str, Any], horizon: int) -> int:
    return max(0, min(tour["serves_until_day"], horizon) - tour["from_day"])


def _coverage_of(scenario: Scenario, line: Requirement, tours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    until = line_until(scenario, line)
    marks = {line.from_day, until}
    for tour in tours:
        marks |= {day for day in (tour["from_day"], tour["serves_until_day"]) if line.from_day < day < until}
    rows = []
    for start, end in zip(sorted(marks), sorted(marks)[1:], strict=False):
        on = [tour for tour in tours if tour["from_day"] <= start < tour["serves_until_day"]]
        served = min(float(line.quantity), sum(tour["effectiveness"] for tour in on))
        held: dict[str, int] = defaultdict(int)
        for tour in on:
            held[tour["nation"]] += 1
        rows.append(
            {
                "line": line.line,
                "capability": line.capability,
                "location": line.location,
                "priority": line.priority,
                "from_day": start,
                "until_day": end,
                "required": float(line.quantity),
                "filled": served,
                "gap": line.quantity - served,
                "units": len(on),
                "nations": ";".join(
                    f"{nation}:{units}" for nation, units in sorted(held.items(), key=lambda pair: (-pair[1], pair[0]))
                ),
            }
        )
    return rows


def _gaps_of(scenario: Scenario, coverage: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for row in coverage:
        if row["gap"] <= 0:
            continue
        line = scenario.requirement_by_line[row["line"]]
        giving = [offer for offer in scenario.offers if (line.capability, offer.unit_type) in scenario.effectiveness]
        willing = [offer for offer in giving if caveat_against(scenario, offer, line) is None]
        ready = [offer for offer in willing if readiness(scenario, offer).ready_day <= row["from_day"]]
        reason = "not_offered" if not giving else "caveat" if not willing else "not_ready" if not ready else "in_dwell"
        detail = {
            "not_offered": f"No offer gives {line.capability}.",
            "caveat": f"{len(giving)} offer(s) give {line.capability}; all rule out {line.location}.",
            "not_ready": f"{len(willing)} offer(s) fit, none is ready by D+{row['from_day']}.",
            "in_dwell": f"The {sum(offer.quantity for offer in ready)} unit(s) that fit are on tour or in dwell.",
        }[reason]
        gap = {key: row[key] for key in ("line", "capability", "location", "priority", "from_day", "until_day")}
        gap |= {
            "quantity": row["gap"],
            "unit_days": row["gap"] * (row["until_day"] - row["from_day"]),
            "reason": reason,
            "detail": detail,
        }
        last = rows[-1] if rows else None
        if last and all(last[key] == gap[key] for key in ("line", "quantity", "reason")) and last["until_day"] == gap["from_day"]:
            last |= {"until_day": gap["until_day"], "unit_days": last["unit_days"] + gap["unit_days"]}
        else:
            rows.append(gap)
    return rows


def _nations_of(scenario: Scenario, tours: list[dict[str, Any]], lines: tuple[Requirement, ...]) -> list[dict[str, Any]]:
    horizon = scenario.settings.horizon_days
    need = 0.0
    for line in lines:
        leanest = [
            scenario.unit_type_by_name[kind].personnel / share
            for (capability, kind), share in scenario.effectiveness.items()
            if capability == line.capability
        ]
        need += line.quantity * (line_until(scenario, line) - line.from_day) * min(leanest, default=0.0)
    fair = fair_weights(scenario)
    rows = []
    for nation in scenario.nations:
        own = [tour for tour in tours if tour["nation"] == nation.nation]
        person_days = sum(tour["people"] * (min(tour["until_day"], horizon) - tour["from_day"]) for tour in own)
        share = person_days / need if need else 0.0
        peaks = [
            sum(tour["people"] for tour in own if tour["from_day"] <= day < tour["until_day"])
            for day in {t["from_day"] for t in own}
        ]
        rows.append(
            {
                "nation": nation.nation,
                "name": nation.name,
                "units_offered": sum(offer.quantity for offer in scenario.offers if offer.nation == nation.nation),
                "units_used": len({tour["unit"] for tour in own}),
                "tours": len(own),
                "person_days": person_days,
                "people_peak": max(peaks, default=0),
                "ceiling": nation.personnel_ceiling,
                "share": share,
                "fair_share": fair[nation.nation],
                "burden": share / fair[nation.nation] if fair[nation.nation] else None,
            }
        )
    return rows


def _unused_of(scenario: Scenario, tours: list[dict[str, Any]], lines: tuple[Requirement, ...]) -> list[dict[str, Any]]:
    rows = []
    for offer in scenario.offers:
        idle = offer.quantity - len({tour["unit"] for tour in tours if tour["offer"] == offer.offer})
        if idle:
            wanted = [line for line in lines if (line.capability, offer.unit_type) in scenario.effectiveness]
            ruled_out = wanted and all(caveat_against(scenario, offer, line) for line in wanted)
            rows.append(
                {
                    "offer": offer.offer,
                    "nation": offer.nation,
                    "unit_type": offer.unit_type,
                    "offered": offer.quantity,
                    "unused": idle,
                    "reason": "not_needed" if not wanted else "caveat" if ruled_out else "outranked",
                    "detail": "A caveat rules out every line that asks for it."
                    if ruled_out
                    else "Every line it fits is filled by others.",
                }
            )
    return rows


def _remedies(tours: list[dict[str, Any]]) -> pl.DataFrame:
    if not tours:
        return empty_frame("remedies")
    return frame(
        "remedies",
        [
            {
                "unit_type": "airborne_radar",
                "name": "Airborne early-warning detachment",
                "units": 3,
                "people": 360,
                "closes": "L-025",
                "unit_days": 1800.0,
                "cost": 86_400_000.0,
            },
            {
                "unit_type": "air_defence_battery",
                "name": "Medium-range air-defence battery",
                "units": 12,
                "people": 1920,
                "closes": "L-011;L-013;not proven cheapest",
                "unit_days": 5400.0,
                "cost": None,
            },
        ],
    )


def _worth(tours: list[dict[str, Any]]) -> pl.DataFrame:
    if not tours:
        return empty_frame("worth")
    numbers = count(1)
    return frame(
        "worth",
        [
            {"unit_type": kind, "name": name, "priority": priority, "unit_days": 600.0 / next(numbers), "lines": lines}
            for kind, name, priority, lines in (
                ("air_defence_battery", "Medium-range air-defence battery", 1, "L-011"),
                ("airborne_radar", "Airborne early-warning detachment", 2, "L-025"),
                ("mechanised_battlegroup", "Mechanised battlegroup", 2, "L-004;L-008"),
            )
        ],
    )


BREAKOUT = "<script>alert('out')</script>\"'&amp;]]>-->"


def hostile_scenario() -> tuple[Scenario, Plan]:
    """Return a small scenario and plan in which every text tries to break out of its place."""
    bad = BREAKOUT.replace(";", "")
    scenario = Scenario(
        settings=Settings(
            title=f"T{bad}", start_date=date(2027, 1, 1), horizon_days=360, marking=f"M{bad}", description=f"S{bad}"
        ),
        nations=(Nation(nation=f"N{bad}", name=f"NN{bad}", defence_spending=1.0),),
        unit_types=(UnitType(unit_type=f"U{bad}", name=f"UN{bad}", domain="land", echelon=f"E{bad}", personnel=10),),
        capabilities=(Capability(capability=f"C{bad}", unit_type=f"U{bad}", effectiveness=1.0),),
        locations=(Location(location=f"P{bad}", name=f"PN{bad}"),),
        offers=(Offer(offer=f"O{bad}", nation=f"N{bad}", unit_type=f"U{bad}", quantity=2, source=f"OS{bad}", confidence="low"),),
        requirements=(
            Requirement(
                line=f"L{bad}", capability=f"C{bad}", quantity=1, location=f"P{bad}", formation=f"F{bad}", title=f"LT{bad}"
            ),
            Requirement(line=f"L2{bad}", capability=f"D{bad}", quantity=1, priority=2, title=f"LT{bad}"),
        ),
        references=(Reference(reference=f"R{bad}", title=f"RT{bad}", address="javascript:alert(1)"),),
    )
    return scenario, plan_of(scenario, greedy_tours(scenario, None))
