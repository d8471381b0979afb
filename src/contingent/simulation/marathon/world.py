"""A project as arrays: what the compiled engine is given, and the names that its numbers stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.simulation.marathon.checks import used_policies
from contingent.simulation.marathon.cycles import RESET, Cycle, Segment, cycle_of
from contingent.simulation.marathon.kernel import World
from contingent.simulation.marathon.project import Demand, MarathonProject, Policy
from contingent.simulation.marathon.rules import PREFERENCES, category_code, component_code, folded_rule
from contingent.simulation.marathon.scope import Scope, scope_of
from contingent.simulation.marathon.units import Unit, first_policy, units_of

NO_GROUP = frozenset({"", "ungrouped"})
"""Demand groups that are none, folded."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project made ready to run.

    Parameters
    ----------
    world : World
        Arrays for the kernel.
    last_day : int
        Last day of the run. [days]
    policies, segments, demands, units, types : tuple
        What the numbers in the kernel's results stand for; `types` are unit types, those of units and of demands.
    periods : tuple of str
        Names by number, in order of their first day.
    period_of_day : ndarray of int
        Number of the period in force; -1 = none. [-], shape (last_day + 1,)
    """

    project: MarathonProject
    scope: Scope
    world: Any
    last_day: int
    policies: tuple[Policy, ...]
    segments: tuple[Segment, ...]
    demands: tuple[Demand, ...]
    units: tuple[Unit, ...]
    types: tuple[str, ...]
    periods: tuple[str, ...]
    period_of_day: Numbers


def prepare(
    project: MarathonProject,
    *,
    days: int | None = None,
    src_order: Sequence[str] | None = None,
    tie_weights: Mapping[str, float] | None = None,
    phases: Sequence[tuple[str, int, int]] = (),
) -> Prepared:
    """Return a project made ready to run. Parameters as of `contingent.simulation.marathon.run`.

    Raises
    ------
    UnknownName
        If `src_order` or `tie_weights` name what the project does not have.
    """
    scope = scope_of(project)
    policies = tuple(used_policies(project).values())
    cycles = {policy.name: cycle_of(policy) for policy in policies}
    units = units_of(project, scope, cycles)
    types = tuple(dict.fromkeys([*(demand.src for demand in scope.demands), *(unit.src for unit in units)]))
    last_day = _last_day(project, scope.demands, days)
    periods = sorted(project.periods, key=lambda period: period.from_day)
    names = tuple(period.name for period in periods)
    calendar = _calendar(project, scope.demands, last_day)
    world = World(
        **_policy_arrays(policies, cycles), **_schedule_arrays(project, names, [policy.name for policy in policies]), **calendar,
        **_demand_arrays(scope, types, last_day, _ordered(types, scope.demands, src_order)),
        **_unit_arrays(project, units, types, [policy.name for policy in policies], tie_weights or {}, scope.demands),
        phase_from=_numbers(begins for _, begins, _ in phases), phase_to=_numbers(ends for _, _, ends in phases),
    )  # fmt: skip
    starts = [period.from_day for period in periods]
    return Prepared(
        project=project, scope=scope, world=world, last_day=last_day, policies=policies,
        segments=tuple(segment for policy in policies for segment in cycles[policy.name].segments),
        demands=scope.demands, units=units, types=types, periods=names,
        period_of_day=np.searchsorted(starts, np.arange(last_day + 1), side="right").astype(np.int64) - 1,
    )  # fmt: skip


def _numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), dtype=np.int64)


def _last_day(project: MarathonProject, demands: Iterable[Demand], days: int | None) -> int:
    """The run ends when the last demand has released its units, or on the last day if that comes first."""
    last = project.parameters.last_day if days is None else days
    return min(last, max((demand.release_day for demand in demands), default=0))


def _ordered(types: Sequence[str], demands: Iterable[Demand], src_order: Sequence[str] | None) -> list[int]:
    wanted = list(dict.fromkeys(demand.src for demand in demands))
    for name in src_order or ():
        if name not in types:
            hint = nearest_name(name, types)
            raise UnknownName(f"src_order: '{name}' is no unit type in scope.{f' Nearest: {hint!r}.' if hint else ''}")
    given = [name for name in dict.fromkeys(src_order or ()) if name in wanted]
    return [types.index(name) for name in (*given, *(name for name in wanted if name not in given))]


def _policy_arrays(policies: Sequence[Policy], cycles: Mapping[str, Cycle]) -> dict[str, Any]:
    own = [cycles[policy.name] for policy in policies]
    segments = [segment for cycle in own for segment in cycle.segments]
    return {
        "segment_of": np.concatenate([[0], np.cumsum(_numbers(len(cycle.segments) for cycle in own))]).astype(np.int64),
        "segment_begins": _numbers(segment.begins for segment in segments),
        "segment_ends": _numbers(segment.ends for segment in segments),
        "segment_deployable": np.array([segment.is_deployable for segment in segments], dtype=np.bool_),
        "segment_is_reset": np.array([segment.name == RESET for segment in segments], dtype=np.bool_),
        "length": _numbers(cycle.length for cycle in own),
        "overlap_wait": _numbers(cycle.overlap_wait for cycle in own),
        "demobilisation": _numbers(cycle.demobilisation for cycle in own),
        "max_bog": _numbers(policy.max_bog for policy in policies),
        "overlap": _numbers(policy.overlap for policy in policies),
        "recovery": _numbers(policy.recovery for policy in policies),
        "expected_dwell": _numbers(policy.expected_dwell for policy in policies),
        "from_day": _numbers(policy.start_deployable for policy in policies),
        "to_day": _numbers(policy.stop_deployable for policy in policies),
    }


def _schedule_arrays(project: MarathonProject, periods: Sequence[str], policies: Sequence[str]) -> dict[str, Any]:
    table = np.full((len(project.schedules), max(len(periods), 1)), -1, dtype=np.int64)
    for row, schedule in enumerate(project.schedules):
        for period, policy in schedule.steps:
            for column, name in enumerate(periods):
                if name == period and policy in policies:
                    table[row, column] = policies.index(policy)
    return {"schedule": table}


def _calendar(project: MarathonProject, demands: Iterable[Demand], last_day: int) -> dict[str, Any]:
    """Days on which the run stops, and the periods between which it changes on each."""
    is_eventful = np.zeros(last_day + 1, dtype=np.bool_)
    days = {0, 1, last_day}
    days |= {day for period in project.periods for day in (period.from_day, period.to_day) if day is not None}
    days |= {day for demand in demands for day in (demand.start_day, demand.release_day - 1, demand.release_day)}
    is_eventful[[day for day in days if 0 <= day <= last_day]] = True
    old, new = np.full((2, last_day + 1), -1, dtype=np.int64)
    before = -1
    for number, period in enumerate(sorted(project.periods, key=lambda period: period.from_day)):
        if period.from_day <= last_day:
            old[period.from_day], new[period.from_day] = before, number
        before = number
    return {"is_eventful": is_eventful, "period_old": old, "period_new": new}


def _rows(keys: Sequence[int], number: int) -> tuple[Numbers, Numbers]:
    """Members of each of `number` groups, one group after the other: where each begins, and who."""
    order = np.argsort(np.array(keys, dtype=np.int64), kind="stable").astype(np.int64)
    counts = np.bincount(np.array(keys, dtype=np.int64), minlength=number) if len(keys) else np.zeros(number, dtype=np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order


def _days(keys: Sequence[int], last_day: int) -> tuple[Numbers, Numbers]:
    """Who begins on each day up to the last, in the order given."""
    begins, order = _rows([min(key, last_day + 1) for key in keys], last_day + 2)
    return begins, order


def _demand_arrays(scope: Scope, types: Sequence[str], last_day: int, order: Sequence[int]) -> dict[str, Any]:
    demands = scope.demands
    number_of = {name: number for number, name in enumerate(types)}
    groups = list(dict.fromkeys(demand.demand_group for demand in demands if demand.demand_group.casefold() not in NO_GROUP))
    regions = region_numbers(demands)
    rules = [PREFERENCES[folded_rule(demand.source_first)] for demand in demands]
    kinds = [number_of[demand.src] for demand in demands]
    by_rank = sorted(range(len(demands)), key=lambda at: (demands[at].priority, demands[at].name))
    demands_of, places = _rows([kinds[at] for at in by_rank], len(types))
    begins_of, begins = _days([demand.start_day for demand in demands], last_day)
    ends_of, ends = _days([demand.release_day for demand in demands], last_day)
    rank = np.full((len(types), len(types)), -1, dtype=np.int16)
    feasible: list[int] = []
    feasible_of = [0]
    for row, name in enumerate(types):
        for donor, place in scope.feasible.get(name, ()):
            rank[row, number_of[donor]] = place
            feasible.append(number_of[donor])
        feasible_of.append(len(feasible))
    return {
        "demand_type": _numbers(kinds), "quantity": _numbers(demand.quantity for demand in demands),
        "group": _numbers(-1 if demand.demand_group.casefold() in NO_GROUP else groups.index(demand.demand_group) for demand in demands),
        "category": _numbers(category_code(demand.category) for demand in demands),
        "preference": _numbers(rule.kind for rule in rules), "parameter": _numbers(rule.parameter for rule in rules),
        "shortest_first": np.array([rule.shortest_first for rule in rules], dtype=np.bool_),
        "region": _numbers(-1 if demand.region is None else regions[demand.region] for demand in demands),
        "begins_of": begins_of, "begins": begins, "ends_of": ends_of, "ends": ends, "type_order": _numbers(order),
        "demands_of": demands_of, "demands": _numbers(by_rank[place] for place in places),
        "feasible_of": _numbers(feasible_of), "feasible": _numbers(feasible), "rank": rank,
    }  # fmt: skip


def region_numbers(demands: Iterable[Demand]) -> dict[str, int]:
    """Return a number for each region that a demand names."""
    return {name: number for number, name in enumerate(dict.fromkeys(demand.region for demand in demands if demand.region is not None))}


def _unit_arrays(
    project: MarathonProject, units: Sequence[Unit], types: Sequence[str], policies: Sequence[str],
    tie_weights: Mapping[str, float], demands: Iterable[Demand],
) -> dict[str, Any]:  # fmt: skip
    names = {unit.name for unit in units}
    if (unknown := next((name for name in tie_weights if name not in names), None)) is not None:
        raise UnknownName(f"tie_weights: '{unknown}' is no unit in scope.")
    number_of = {name: number for number, name in enumerate(types)}
    schedules = {schedule.name: number for number, schedule in enumerate(project.schedules)}
    policy_numbers = {name: number for number, name in enumerate(policies)}
    regions = region_numbers(demands)
    kinds = [number_of[unit.src] for unit in units]
    units_of_type, order = _rows(kinds, len(types))
    return {
        "unit_type": _numbers(kinds), "component": _numbers(component_code(unit.component) for unit in units),
        "unit_schedule": _numbers(schedules.get(unit.policy, -1) for unit in units),
        "first_policy": _numbers(policy_numbers[first_policy(project, unit.policy)] for unit in units),
        "tie_weight": np.array([tie_weights.get(unit.name, unit.tie_weight) for unit in units], dtype=np.float64),
        "aligned": _numbers(regions.get(unit.aligned, -2) for unit in units),
        "modernisation": _numbers(unit.modernisation for unit in units), "units_of": units_of_type, "units": order,
    }  # fmt: skip
