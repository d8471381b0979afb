"""The units of a project: their names, where in its cycle each begins, and their tie weights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contingent.simulation.marathon.cycles import Cycle
from contingent.simulation.marathon.java_random import JavaRandom
from contingent.simulation.marathon.project import MarathonProject, Policy, Supply
from contingent.simulation.marathon.scope import Scope

LONGEST_SPREAD = 10_000
"""Cycles longer than this are not what units are spread over, but the expected dwell. [days]"""

SPREAD_OF_THE_INFINITE = 1095
"""What units are spread over where even the expected dwell is longer. [days]"""

TIE_WEIGHT_SEED, LARGEST_TIE_WEIGHT = 0, 2_147_483_647
RANDOM_CYCLES = {"AC": 1095}
RANDOM_CYCLE_OF_OTHERS = 1825
"""Length of the cycle from which the starting day of a random run is drawn, by component. [days]"""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit at the start.

    Parameters
    ----------
    cycle_time : int
        Day of its cycle. [days]
    tie_weight : float
        The smaller goes first among equals.
    row : int
        Its place when units are counted in the order of the table.
    """

    name: str
    src: str
    component: str
    policy: str
    cycle_time: int
    tie_weight: float
    aligned: str = ""
    modernisation: int = 3
    row: int = 0


def policy_name(project: MarathonProject, src: str, component: str, policy: str) -> str:
    """Return the policy of a unit; `Auto` and blank are looked up in the parameters. Blank where those say nothing."""
    if policy.casefold() not in ("", "auto"):
        return policy
    table = project.parameters.special_policies if src in project.special else project.parameters.default_policies
    return table.get(component) or project.parameters.default_policies.get(component, "")


def first_policy(project: MarathonProject, name: str) -> str:
    """Return the atomic policy with which a policy or schedule begins: that of the schedule's first row."""
    return next((schedule.steps[0][1] for schedule in project.schedules if schedule.name == name), name)


def units_of(project: MarathonProject, scope: Scope, cycles: Mapping[str, Cycle]) -> tuple[Unit, ...]:
    """Return the units in scope in order of creation.

    They are those of ``initial_units.csv`` where the project has them. Else like units (type, component, policy) are created
    together, groups in the order in which they first appear; MARATHON does so for up to eight groups and takes an accident's
    order beyond.
    """
    if project.starting_units:
        return _listed(project, scope)
    policies = {policy.name: policy for policy in project.policies}
    groups: dict[tuple[str, str, str], list[tuple[Supply, str, int]]] = {}
    row = 0
    for supply in scope.supply:
        key = (supply.src, supply.component, policy_name(project, supply.src, supply.component, supply.policy))
        for aligned in alignments(supply):
            groups.setdefault(key, []).append((supply, aligned, row))
            row += 1
    made: list[Unit] = []
    chance = JavaRandom(TIE_WEIGHT_SEED)
    for (src, component, name), members in groups.items():
        days = iter(spread(sum(supply.quantity > 1 for supply, _, _ in members), policies[first_policy(project, name)], cycles))
        for supply, aligned, place in members:
            start = next(days) if supply.quantity > 1 else supply.cycle_time
            weight = chance.next_double() * LARGEST_TIE_WEIGHT
            made.append(
                Unit(
                    f"{len(made) + 1}_{src}_{component}",
                    src,
                    component,
                    name,
                    start,
                    weight,
                    aligned,
                    supply.modernisation,
                    place,
                )
            )
    return tuple(made)


def alignments(supply: Supply) -> list[str]:
    """Return the region to which each unit of a row is aligned; blank = none."""
    aligned = [region for region, units in supply.aligned for _ in range(units)][: supply.quantity]
    return aligned + [""] * (supply.quantity - len(aligned))


def spread(units: int, policy: Policy, cycles: Mapping[str, Cycle]) -> list[int]:
    """Return the days of the cycle on which `units` like units start: floor(k L / n), k = 0 ... n - 1. [days]"""
    length = cycles[policy.name].length
    if length > LONGEST_SPREAD:
        length = policy.expected_dwell if policy.expected_dwell <= LONGEST_SPREAD else SPREAD_OF_THE_INFINITE
    return [number * length // units for number in range(units)]


def random_starts(units: Sequence[Unit], seed: int) -> list[int]:
    """Return a starting day for each unit of a random run, drawn in the order of the table. [days]"""
    chance, starts = JavaRandom(seed), [0] * len(units)
    for at in sorted(range(len(units)), key=lambda at: units[at].row):
        starts[at] = int(chance.next_double() * RANDOM_CYCLES.get(units[at].component, RANDOM_CYCLE_OF_OTHERS))
    return starts


def _listed(project: MarathonProject, scope: Scope) -> tuple[Unit, ...]:
    rows: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for supply in scope.supply:
        rows.setdefault((supply.src, supply.component), []).extend(
            (aligned, supply.modernisation) for aligned in alignments(supply)
        )
    known = {kind: iter(traits) for kind, traits in rows.items()}
    made = []
    for place, unit in enumerate(unit for unit in project.starting_units if (unit.src, unit.component) in known):
        aligned, modernisation = next(known[unit.src, unit.component], ("", 3))
        name = policy_name(project, unit.src, unit.component, unit.policy)
        made.append(
            Unit(unit.name, unit.src, unit.component, name, unit.cycle_time, unit.tie_weight, aligned, modernisation, place)
        )
    return tuple(made)


def counted(units: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return how many there are of each pair of unit type and component."""
    numbers: dict[tuple[str, str], int] = {}
    for kind in units:
        numbers[kind] = numbers.get(kind, 0) + 1
    return numbers
