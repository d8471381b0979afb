"""The stage of force generation, on one screen."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from contingent.generation.clock import Clock
from contingent.generation.deal import deal_tours
from contingent.generation.decide import decide
from contingent.generation.problem import Problem, build_problem
from contingent.generation.provenance import provenance_of
from contingent.generation.reasons import explain_gaps, explain_unused
from contingent.generation.remedies import further_offers, worth_of_one_more
from contingent.model.rules import fair_weights
from contingent.model.scenario import Scenario
from contingent.plan import Plan, PlanOptions, empty_frame, frame, measures

MOST_FOR_REASONS = 0.25
"""Most of a time limit that is kept for the reasons of gaps. [-]"""

SECONDS_A_START = 2e-6
"""What is kept of a time limit for reasons, for each arc and each day on which tours may begin: what they take without. [s]"""

MOST_FOR_TABLES = 0.1
SECONDS_OF_TABLES_A_LINE = 0.0025
"""The same for what comes after the tests behind reasons: why units stay at home, the tables of the plan. [-], [s]"""


def shares_of_the_end(problem: Problem, options: PlanOptions) -> tuple[float, float]:
    """Return which shares of a time limit are kept for reasons and for tables; 0 where none is set. [-]"""
    if options.time_limit is None:
        return 0.0, 0.0
    reasons = SECONDS_A_START * len(problem.arc_line) * len(problem.on_grid) / options.time_limit
    return min(MOST_FOR_REASONS, reasons), min(
        MOST_FOR_TABLES, SECONDS_OF_TABLES_A_LINE * len(problem.lines) / options.time_limit
    )


def generate(scenario: Scenario, options: PlanOptions) -> Plan:
    """Plan an option's force generation: tours, gaps with reasons, remedies, each goal with its bound.

    Parameters
    ----------
    scenario : Scenario
        With all offers in place (`contingent.pool.derive_offers`).
    options : PlanOptions
        Option, limits, seed, method.

    Raises
    ------
    BadScenario
        If a pinned tour breaks a rule that no plan can keep.
    SolverFailed
        If the solver ends in a state that says nothing.
    """
    seconds: dict[str, float] = {}
    clock, began = Clock(options.time_limit), time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal began
        seconds[stage] = time.perf_counter() - began
        began = time.perf_counter()

    problem = build_problem(scenario, options.option)
    lap("build")
    for_reasons, for_tables = shares_of_the_end(problem, options)
    decision = decide(problem, options, clock.until(1.0 - for_reasons - for_tables))
    lap("decide")
    # The remedies are mostly the solver's work: they go on while the rest is counted.
    with ThreadPoolExecutor(1) as beside:
        further = beside.submit(further_offers, scenario, problem, decision.counts, clock=clock) if options.remedies else None
        tours = frame("tours", deal_tours(problem, decision.counts))
        done = measures.performed(scenario, options.option, tours)
        service = list(measures.service_of_lines(scenario, options.option, done))
        lap("deal and count")
        gaps = explain_gaps(scenario, problem, decision.counts, clock.until(1.0 - for_tables))
        unused = explain_unused(scenario, problem, decision.counts)
        lap("reasons")
        worth = worth_of_one_more(scenario, problem, decision.counts) if options.remedies else empty_frame("worth")
        remedies = empty_frame("remedies") if further is None else further.result()
    lap("remedies")
    required = measures.required_unit_days(scenario, options.option)
    filled = dict.fromkeys(required, 0.0)
    for part in service:
        filled[part.line.priority] += float(part.filled.sum())
    people = measures.people_by_day(done, scenario.settings.horizon_days)
    low = sum(part.low_unit_days for part in service)
    return Plan(
        title=scenario.settings.title,
        option=options.option,
        marking=scenario.settings.marking,
        goals=decision.goals,
        required_unit_days=required,
        filled_unit_days=filled,
        people_deployed_peak=int(people.max(initial=0)),
        low_confidence_share=low / sum(filled.values()) if sum(filled.values()) > 0 else 0.0,
        tours=tours,
        coverage=frame("coverage", [row for part in service for row in measures.coverage_of(part)]),
        gaps=gaps,
        nations=_nations(scenario, problem, tours, done, options.option),
        unused=unused,
        remedies=remedies,
        worth=worth,
        provenance=provenance_of(scenario, options),
        seconds=seconds,
    )


def _nations(scenario: Scenario, problem: Problem, tours: pl.DataFrame, done: pl.DataFrame, option: str | None) -> pl.DataFrame:
    """The frame ``nations``: what each offers, sends and carries, against its fair share."""
    horizon = scenario.settings.horizon_days
    person_days: Mapping[str, int] = measures.person_days_by_nation(done, horizon)
    peaks = measures.people_peak_by_nation(done, horizon)
    burdens = measures.burden_by_nation(scenario, option, person_days)
    fair = fair_weights(scenario)
    offered = dict.fromkeys(problem.nations, 0)
    for offer in problem.offers:
        offered[offer.nation] += offer.quantity
    counts = {
        str(nation): (int(units), int(sent))
        for nation, units, sent in tours.group_by("nation")
        .agg(pl.col("unit").n_unique().alias("units"), pl.len().alias("sent"))
        .iter_rows()
    }
    whole = measures.requirement_person_days(scenario, option)
    return frame(
        "nations",
        [
            {
                "nation": row.nation,
                "name": row.name,
                "units_offered": offered[row.nation],
                "units_used": counts.get(row.nation, (0, 0))[0],
                "tours": counts.get(row.nation, (0, 0))[1],
                "person_days": person_days.get(row.nation, 0),
                "people_peak": peaks.get(row.nation, 0),
                "ceiling": row.personnel_ceiling,
                "share": person_days.get(row.nation, 0) / whole if whole else 0.0,
                "fair_share": fair[row.nation] if fair[row.nation] > 0 else None,
                "burden": burdens.get(row.nation),
            }
            for row in scenario.nations
        ],
    )
