"""The stage of force generation, on one screen: what is decided (`settle`), and what is to be said of it (`accounted_for`)."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from contingent.generation.clock import Clock
from contingent.generation.deal import deal_tours
from contingent.generation.decide import Decision, decide
from contingent.generation.problem import Problem, build_problem
from contingent.generation.provenance import provenance_of
from contingent.generation.reasons import explain_gaps, explain_unused
from contingent.generation.remedies import further_offers, worth_of_one_more
from contingent.generation.watched import Watched
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


@dataclass(frozen=True)
class Settled:
    """Who goes where and when, before it is told why: tours and coverage are final, and others may work with them.

    Parameters
    ----------
    tours, coverage : polars.DataFrame
        As in `contingent.plan.COLUMNS`.
    done : polars.DataFrame
        The tours as they are performed (`contingent.plan.measures.performed`).
    service : tuple of Service
        What each line has of them.
    for_tables : float
        Share of a time limit that is kept for tables. [-]
    ended_early : bool
        Whether whoever watched said that it is enough.
    """

    scenario: Scenario
    options: PlanOptions
    problem: Problem
    decision: Decision
    tours: pl.DataFrame
    coverage: pl.DataFrame
    done: pl.DataFrame
    service: tuple[measures.Service, ...]
    clock: Clock
    for_tables: float
    seconds: Mapping[str, float]
    ended_early: bool = False


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
    return accounted_for(settle(scenario, options))


def settle(scenario: Scenario, options: PlanOptions) -> Settled:
    """Decide who goes where and when: the first half of `generate`."""
    clock, lap = Clock(options.time_limit), Laps()
    problem = build_problem(scenario, options.option)
    lap("build")
    for_reasons, for_tables = shares_of_the_end(problem, options)
    with Watched(problem, options.watch, clock.until(1.0 - for_reasons - for_tables)) as watched:
        decision = decide(problem, options, watched=watched)
    lap("decide")
    tours = frame("tours", deal_tours(problem, decision.counts))
    done = measures.performed(scenario, options.option, tours)
    service = tuple(measures.service_of_lines(scenario, options.option, done))
    coverage = frame("coverage", [row for part in service for row in measures.coverage_of(part)])
    lap("deal and count")
    return Settled(
        scenario, options, problem, decision, tours, coverage, done, service, clock, for_tables, lap.seconds,
        watched.ended_early,
    )  # fmt: skip


def accounted_for(settled: Settled) -> Plan:
    """Say why gaps are empty and units unused, what would close the gaps, and what it all comes to: the second half."""
    scenario, options, problem, decision = settled.scenario, settled.options, settled.problem, settled.decision
    tours, done, service, clock = settled.tours, settled.done, settled.service, settled.clock
    lap = Laps(settled.seconds)
    # The remedies are mostly the solver's work: they go on while the rest is counted.
    with ThreadPoolExecutor(1) as beside:
        further = beside.submit(further_offers, scenario, problem, decision.counts, clock=clock) if options.remedies else None
        gaps = explain_gaps(scenario, problem, decision.counts, clock.until(1.0 - settled.for_tables))
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
        coverage=settled.coverage,
        gaps=gaps,
        nations=_nations(scenario, problem, tours, done, options.option),
        unused=unused,
        remedies=remedies,
        worth=worth,
        provenance=provenance_of(scenario, options) | ({"ended_early": True} if settled.ended_early else {}),
        seconds=lap.seconds,
    )


class Laps:
    """Seconds by stage, each from the end of the one before it. [s]"""

    def __init__(self, earlier: Mapping[str, float] | None = None) -> None:
        self.seconds = dict(earlier or {})
        self._began = time.perf_counter()

    def __call__(self, stage: str) -> None:
        """Note that a stage is over."""
        self.seconds[stage] = time.perf_counter() - self._began
        self._began = time.perf_counter()


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
            for row in scenario.contributors
        ],
    )
