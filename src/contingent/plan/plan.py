"""What was decided: a plan, frozen, with where it came from.

Frames are polars frames; their columns are listed in `contingent.plan.columns` and are a contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from contingent.plan.columns import empty_frame
from contingent.plan.so_far import Watch

GoalStatus = Literal["optimal", "feasible", "time_limit", "empty"]

Reason = Literal["not_offered", "caveat", "not_ready", "in_dwell", "outranked", "ceiling", "one_nation"]
REASONS: dict[str, str] = {
    "not_offered": "no nation offers enough of it",
    "caveat": "nations that offer it rule out the place or the task",
    "not_ready": "the units that fit are not ready, or their window is too short for a tour",
    "in_dwell": "the units that fit are at home between tours, or have done all their tours",
    "outranked": "the units that fit serve a line of the same or a higher priority, or are pinned elsewhere",
    "ceiling": "the nation is at its ceiling of people deployed",
    "one_nation": "the line must be held by one nation throughout, and no nation can",
}
"""Reasons for a gap, each with its sentence. A gap may need several at once, joined by ``;``."""

REASONS_OF_UNUSED = (*REASONS, "no_line", "not_needed", "overlooked")
"""Reasons why units of an offer never go; several are joined by ``;``."""

NOT_PROVEN = "not proven cheapest"
"""Stands last in ``closes`` of a remedy of which it is not proven that none is cheaper."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How to plan.

    Parameters
    ----------
    option : str, optional
        Course of action of the scenario; None takes the scenario's default, or all lines.
    time_limit : float, optional
        Longest time for generation: it searches until all goals are proven or the limit is reached, and then delivers the best
        plan found with its bound. None = a set amount of work, the same on every machine. [s]
    gap : float
        Relative distance between value and bound at which a goal counts as reached. [-]
    seed : int
        Seed of every random choice.
    method : {"auto", "exact", "search"}
        ``exact`` proves by MILP, ``search`` takes the problem apart, ``auto`` chooses by size.
    remedies : bool
        Whether remedies and the worth of further units are worked out.
    replications : int
        How often the plan is played through under chance; 0 = not at all.
    onward : bool
        Whether movement, supply and cost are worked out, where the scenario has tables for them.
    aid : bool
        Whether the aid to the host is worked out beside the force, where the scenario has pledges or needs.
    watch : callable, optional
        Told twice a second, from a thread of its own, what the best plan so far reaches (`SoFar`). Whether anybody watches
        changes nothing; where it answers False the search ends and the best so far is delivered, with its bound.
    """

    option: str | None = None
    time_limit: float | None = None
    gap: float = 1e-6
    seed: int = 0
    method: Literal["auto", "exact", "search"] = "auto"
    remedies: bool = True
    replications: int = 1000
    onward: bool = True
    aid: bool = True
    watch: Watch | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of the plan, in its order.

    Parameters
    ----------
    name : str
        ``unfilled_priority_1`` ..., ``burden``, ``continuity``, ``cost``.
    value : float
        What the plan reaches; less is better.
    bound : float
        No plan that keeps the earlier goals at their values can be lower than this.
    status : {"optimal", "feasible", "time_limit", "empty"}
        optimal: value meets bound; feasible: proven within the bound; time_limit: stopped by the clock; empty: nothing
        to decide.
    method : str
        How value and bound were found.
    seconds : float
        Time it took. [s]
    unit : str
        Unit of value and bound.
    """

    name: str
    value: float
    bound: float
    status: GoalStatus
    method: str
    seconds: float
    unit: str


@dataclass(frozen=True)
class Plan:
    """The result of `contingent.make_plan`. Frozen.

    Parameters
    ----------
    title, option, marking : str
        From the scenario; `option` is None where all lines were planned.
    goals : tuple of Goal
        In order; each was locked before the next.
    required_unit_days, filled_unit_days : mapping of int to float
        By priority. [unit-days]
    people_deployed_peak : int
        Most people deployed on one day. [people]
    low_confidence_share : float
        Share of the filled unit-days that rests on offers of low confidence. [-]
    tours, coverage, gaps, nations, unused, remedies, worth : polars.DataFrame
        See `contingent.plan.columns`.
    sizing, factors, reach, sensitivity, backcast : polars.DataFrame
        How the requirement follows from the mandate; empty where all its lines were typed in.
    formations, orbat, adequacy : polars.DataFrame
        Who stands under whom, and what that is held against.
    movements, legs, closure, arrivals, utilisation, flows, bottlenecks, schedule : polars.DataFrame
        How the force gets there and home; empty where the scenario has no network.
    supply, resupply, stockouts, survival, logistics, costs, bills, cost_checks : polars.DataFrame
        What it lives on and what it costs whom.
    budget_levels, budget_fill, budget_posts : polars.DataFrame
        What of it can be held for a sum of money; filled by `contingent.afford`.
    aid_promises, aid_formations, aid_gaps, aid_next, aid_readings, aid_competition : polars.DataFrame
        What the host was promised, and where that and the force draw on the same thing; empty where the scenario has no aid.
    risk_summary, risk_fill, risk_lines, risk_dwell, risk_dwell_histogram, risk_states, risk_missed, risk_calls : polars.DataFrame
        What becomes of the plan under chance; empty where nothing is left to chance, or no simulation was asked for.
    stress, stress_worst, stress_smallest, shapley, participation : polars.DataFrame
        What breaks it; filled by `contingent.stress`.
    ceilings, claims : polars.DataFrame
        How much of such a force the pool sustains, and what has been said about it; filled by `contingent.ceiling`.
    provenance : mapping
        Fingerprint of the scenario, versions, seed, options.
    seconds : mapping of str to float
        Time by stage; the only part that differs between two runs. [s]
    """

    title: str
    option: str | None
    marking: str
    goals: tuple[Goal, ...]
    required_unit_days: Mapping[int, float]
    filled_unit_days: Mapping[int, float]
    people_deployed_peak: int
    low_confidence_share: float
    tours: pl.DataFrame
    coverage: pl.DataFrame
    gaps: pl.DataFrame
    nations: pl.DataFrame
    unused: pl.DataFrame
    remedies: pl.DataFrame
    worth: pl.DataFrame
    provenance: Mapping[str, Any]
    seconds: Mapping[str, float] = field(default_factory=dict)
    sizing: pl.DataFrame = field(default_factory=lambda: empty_frame("sizing"))
    factors: pl.DataFrame = field(default_factory=lambda: empty_frame("factors"))
    reach: pl.DataFrame = field(default_factory=lambda: empty_frame("reach"))
    sensitivity: pl.DataFrame = field(default_factory=lambda: empty_frame("sensitivity"))
    backcast: pl.DataFrame = field(default_factory=lambda: empty_frame("backcast"))
    formations: pl.DataFrame = field(default_factory=lambda: empty_frame("formations"))
    orbat: pl.DataFrame = field(default_factory=lambda: empty_frame("orbat"))
    adequacy: pl.DataFrame = field(default_factory=lambda: empty_frame("adequacy"))
    movements: pl.DataFrame = field(default_factory=lambda: empty_frame("movements"))
    legs: pl.DataFrame = field(default_factory=lambda: empty_frame("legs"))
    closure: pl.DataFrame = field(default_factory=lambda: empty_frame("closure"))
    arrivals: pl.DataFrame = field(default_factory=lambda: empty_frame("arrivals"))
    utilisation: pl.DataFrame = field(default_factory=lambda: empty_frame("utilisation"))
    flows: pl.DataFrame = field(default_factory=lambda: empty_frame("flows"))
    bottlenecks: pl.DataFrame = field(default_factory=lambda: empty_frame("bottlenecks"))
    schedule: pl.DataFrame = field(default_factory=lambda: empty_frame("schedule"))
    supply: pl.DataFrame = field(default_factory=lambda: empty_frame("supply"))
    stockouts: pl.DataFrame = field(default_factory=lambda: empty_frame("stockouts"))
    resupply: pl.DataFrame = field(default_factory=lambda: empty_frame("resupply"))
    logistics: pl.DataFrame = field(default_factory=lambda: empty_frame("logistics"))
    survival: pl.DataFrame = field(default_factory=lambda: empty_frame("survival"))
    costs: pl.DataFrame = field(default_factory=lambda: empty_frame("costs"))
    bills: pl.DataFrame = field(default_factory=lambda: empty_frame("bills"))
    cost_checks: pl.DataFrame = field(default_factory=lambda: empty_frame("cost_checks"))
    budget_levels: pl.DataFrame = field(default_factory=lambda: empty_frame("budget_levels"))
    budget_fill: pl.DataFrame = field(default_factory=lambda: empty_frame("budget_fill"))
    budget_posts: pl.DataFrame = field(default_factory=lambda: empty_frame("budget_posts"))
    aid_promises: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_promises"))
    aid_formations: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_formations"))
    aid_gaps: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_gaps"))
    aid_next: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_next"))
    aid_readings: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_readings"))
    aid_competition: pl.DataFrame = field(default_factory=lambda: empty_frame("aid_competition"))
    risk_summary: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_summary"))
    risk_fill: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_fill"))
    risk_lines: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_lines"))
    risk_dwell: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_dwell"))
    risk_dwell_histogram: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_dwell_histogram"))
    risk_states: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_states"))
    risk_missed: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_missed"))
    risk_calls: pl.DataFrame = field(default_factory=lambda: empty_frame("risk_calls"))
    stress: pl.DataFrame = field(default_factory=lambda: empty_frame("stress"))
    stress_worst: pl.DataFrame = field(default_factory=lambda: empty_frame("stress_worst"))
    stress_smallest: pl.DataFrame = field(default_factory=lambda: empty_frame("stress_smallest"))
    shapley: pl.DataFrame = field(default_factory=lambda: empty_frame("shapley"))
    participation: pl.DataFrame = field(default_factory=lambda: empty_frame("participation"))
    ceilings: pl.DataFrame = field(default_factory=lambda: empty_frame("ceilings"))
    claims: pl.DataFrame = field(default_factory=lambda: empty_frame("claims"))

    @property
    def fill(self) -> float:
        """Share of the required unit-days that is filled, all priorities together; 1 where nothing is required. [-]"""
        required = sum(self.required_unit_days.values())
        return 1.0 if required == 0 else sum(self.filled_unit_days.values()) / required

    def fill_of(self, priority: int) -> float:
        """Share of a priority's required unit-days that is filled; 1 where nothing is required. [-]"""
        required = self.required_unit_days.get(priority, 0.0)
        return 1.0 if required == 0 else self.filled_unit_days.get(priority, 0.0) / required
