"""A project as arrays: what the compiled engine is given, and the names that its numbers stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.simulation.marathon import records
from contingent.simulation.marathon.checks import used_policies
from contingent.simulation.marathon.cycles import RESET, Cycle, Segment, cycle_of
from contingent.simulation.marathon.hash_order import hash_order
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
    policy_names = [policy.name for policy in policies]
    world = records.World(
        **_policies(policies, cycles), schedule=_schedules(project, names, policy_names),
        **_calendar(project, scope.demands, last_day), **_demand_arrays(scope, types, units),
        type_order=_numbers(_ordered(types, scope.demands, src_order)),
        unit=_units(project, units, types, policy_names, tie_weights or {}, scope.demands),
        phase=_records(records.PHASE, len(phases), begins=[day for _, day, _ in phases], ends=[day for _, _, day in phases]),
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
    wanted = hash_order(dict.fromkeys(demand.src for demand in demands))
    for name in src_order or ():
        if name not in types:
            hint = nearest_name(name, types)
            raise UnknownName(f"src_order: '{name}' is no unit type in scope.{f' Nearest: {hint!r}.' if hint else ''}")
    given = [name for name in dict.fromkeys(src_order or ()) if name in wanted]
    return [types.index(name) for name in (*given, *(name for name in wanted if name not in given))]


def _records(record: "np.dtype[np.void]", size: int, **fields: Sequence[Any] | npt.NDArray[Any]) -> Any:
    """Return `size` records with these fields; all fields of the kind are needed."""
    if set(fields) != set(record.names or ()):
        raise ValueError(f"fields {sorted(set(record.names or ()) ^ set(fields))} are not those of the record")
    records = np.zeros(size, dtype=record)
    for name, values in fields.items():
        records[name] = values
    return records


def _policies(policies: Sequence[Policy], cycles: Mapping[str, Cycle]) -> dict[str, Any]:
    own = [cycles[policy.name] for policy in policies]
    segments = [segment for cycle in own for segment in cycle.segments]
    after = np.cumsum(_numbers(len(cycle.segments) for cycle in own))
    return {
        "policy": _records(
            records.POLICY, len(policies), first_segment=after - _numbers(len(cycle.segments) for cycle in own),
            after_segment=after,
            length=[cycle.length for cycle in own], overlap_wait=[cycle.overlap_wait for cycle in own],
            demobilisation=[cycle.demobilisation for cycle in own], max_bog=[policy.max_bog for policy in policies],
            overlap=[policy.overlap for policy in policies], recovery=[policy.recovery for policy in policies],
            expected_dwell=[policy.expected_dwell for policy in policies],
            from_day=[policy.start_deployable for policy in policies], to_day=[policy.stop_deployable for policy in policies],
        ),
        "segment": _records(
            records.SEGMENT, len(segments), begins=[segment.begins for segment in segments],
            ends=[segment.ends for segment in segments],
            is_deployable=[segment.is_deployable for segment in segments],
            is_reset=[segment.name == RESET for segment in segments],
        ),
    }  # fmt: skip


def _schedules(project: MarathonProject, periods: Sequence[str], policies: Sequence[str]) -> Numbers:
    table = np.full((len(project.schedules), max(len(periods), 1)), -1, dtype=np.int64)
    for row, schedule in enumerate(project.schedules):
        for period, policy in schedule.steps:
            for column, name in enumerate(periods):
                if name == period and policy in policies:
                    table[row, column] = policies.index(policy)
    return table


def _calendar(project: MarathonProject, demands: Sequence[Demand], last_day: int) -> dict[str, Any]:
    """Days on which the run stops, the periods between which it changes, and the demands that begin and end on each."""
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
    begins_at, begins = _grouped([min(demand.start_day, last_day + 1) for demand in demands], last_day + 2)
    ends_at, ends = _grouped([min(demand.release_day, last_day + 1) for demand in demands], last_day + 2)
    day = _records(
        records.CALENDAR, last_day + 1, is_eventful=is_eventful, period_old=old, period_new=new, first_begin=begins_at[:-2],
        after_begin=begins_at[1:-1], first_end=ends_at[:-2], after_end=ends_at[1:-1],
    )  # fmt: skip
    return {"day": day, "begins": begins, "ends": ends}


def _grouped(keys: Sequence[int], number: int) -> tuple[Numbers, Numbers]:
    """Members of each of `number` groups, one group after the other: where each begins, and who."""
    own = np.array(keys, dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=number))]).astype(np.int64)
    return begins, np.argsort(own, kind="stable").astype(np.int64)


def _demands(scope: Scope) -> list[int]:
    """Numbers of the demands as they are served: by priority, then by name as text."""
    return sorted(range(len(scope.demands)), key=lambda at: (scope.demands[at].priority, scope.demands[at].name))


def _demand_arrays(scope: Scope, types: Sequence[str], units: Sequence[Unit]) -> dict[str, Any]:
    demands = scope.demands
    number_of = {name: number for number, name in enumerate(types)}
    groups = {name: number for number, name in enumerate(dict.fromkeys(demand.demand_group for demand in demands))}
    regions = region_numbers(demands)
    rules = [PREFERENCES[folded_rule(demand.source_first)] for demand in demands]
    kinds = [number_of[demand.src] for demand in demands]
    served = _demands(scope)
    demands_at, places = _grouped([kinds[at] for at in served], len(types))
    units_at, of_type = _grouped([number_of[unit.src] for unit in units], len(types))
    rank = np.full((len(types), len(types)), -1, dtype=np.int16)
    feasible: list[int] = []
    feasible_at = [0]
    for row, name in enumerate(types):
        for donor, place in scope.feasible.get(name, ()):
            rank[row, number_of[donor]] = place
            feasible.append(number_of[donor])
        feasible_at.append(len(feasible))
    return {
        "demand": _records(
            records.DEMAND, len(demands), kind=kinds, quantity=[demand.quantity for demand in demands],
            group=[-1 if demand.demand_group.casefold() in NO_GROUP else groups[demand.demand_group] for demand in demands],
            category=[category_code(demand.category) for demand in demands], preference=[rule.kind for rule in rules],
            parameter=[rule.parameter for rule in rules], shortest_first=[rule.shortest_first for rule in rules],
            region=[-1 if demand.region is None else regions[demand.region] for demand in demands],
        ),
        "kind": _records(
            records.KIND, len(types), first_demand=demands_at[:-1], after_demand=demands_at[1:], first_unit=units_at[:-1],
            after_unit=units_at[1:], first_feasible=feasible_at[:-1], after_feasible=feasible_at[1:],
        ),
        "demands": _numbers(served[place] for place in places), "units": of_type, "feasible": _numbers(feasible), "rank": rank,
    }  # fmt: skip


def region_numbers(demands: Iterable[Demand]) -> dict[str, int]:
    """Return a number for each region that a demand names."""
    named = dict.fromkeys(demand.region for demand in demands if demand.region is not None)
    return {name: number for number, name in enumerate(named)}


def _units(
    project: MarathonProject, units: Sequence[Unit], types: Sequence[str], policies: Sequence[str],
    tie_weights: Mapping[str, float], demands: Iterable[Demand],
) -> Any:  # fmt: skip
    names = {unit.name for unit in units}
    if (unknown := next((name for name in tie_weights if name not in names), None)) is not None:
        raise UnknownName(f"tie_weights: '{unknown}' is no unit in scope.")
    number_of = {name: number for number, name in enumerate(types)}
    schedules = {schedule.name: number for number, schedule in enumerate(project.schedules)}
    policy_numbers = {name: number for number, name in enumerate(policies)}
    first = {name: policy_numbers[first_policy(project, name)] for name in {unit.policy for unit in units}}
    regions = region_numbers(demands)
    return _records(
        records.UNIT, len(units), kind=[number_of[unit.src] for unit in units],
        component=[component_code(unit.component) for unit in units],
        schedule=[schedules.get(unit.policy, -1) for unit in units], first_policy=[first[unit.policy] for unit in units],
        tie_weight=[tie_weights.get(unit.name, unit.tie_weight) for unit in units],
        aligned=[regions.get(unit.aligned, -2) for unit in units], modernisation=[unit.modernisation for unit in units],
    )  # fmt: skip
