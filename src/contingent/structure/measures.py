"""What a formation consists of: nations, battlegroups, people.

A formation counts with all that stand under it.

    nations          states with a unit in it on any day; units that states own together count as no nation
    unit-days        days on tour within the horizon, handover included
    battlegroup      a whole unit of a battlegroup line, or smaller units put together until they give one: those of one nation
                     first, so that as few battlegroups as this order allows have several nations

Counted from tours and lines; nothing is decided here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from contingent.model.scenario import Scenario
from contingent.quantities import SMALLEST_SHARE
from contingent.structure.hanging import Hung
from contingent.structure.tree import Tree


@dataclass(frozen=True, slots=True)
class Stay:
    """A tour under its formation; columns as in ``tours`` of a plan."""

    formation: str
    unit: str
    offer: str
    nation: str
    unit_type: str
    line: str
    from_day: int
    until_day: int
    serves_until_day: int
    people: int
    effectiveness: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a formation consists of.

    Parameters
    ----------
    nations : int
        States with a unit in it on any day.
    unit_days : tuple of (str, int)
        Unit-days of each nation, the most first, equals by name. [unit-days]
    battlegroups : int
        Most battlegroups in it on one day.
    nations_per_battlegroup : float or None
        Nations in a battlegroup, on average over battlegroups and days; None where it never has one.
    people_peak : int
        Most people in it on one day. [people]
    """

    nations: int
    unit_days: tuple[tuple[str, int], ...]
    battlegroups: int
    nations_per_battlegroup: float | None
    people_peak: int


def measures_of_formations(scenario: Scenario, tree: Tree, hung: Iterable[Hung], stays: Sequence[Stay]) -> dict[str, Measured]:
    """Return what each formation consists of, with all that stand under it."""
    horizon = scenario.settings.horizon_days
    people = {name: np.zeros(horizon, dtype=np.int64) for name in tree.formations}
    groups = {name: np.zeros((2, horizon), dtype=np.int64) for name in tree.formations}
    unit_days: dict[str, dict[str, int]] = {name: {} for name in tree.formations}
    for stay in stays:
        first, last = min(stay.from_day, horizon), min(stay.until_day, horizon)
        for name in tree.above(stay.formation):
            people[name][first:last] += stay.people
            unit_days[name][stay.nation] = unit_days[name].get(stay.nation, 0) + last - first
    battlegroup_lines = {entry.line.line for entry in hung if entry.is_of_battlegroups}
    by_line: dict[tuple[str, str], list[Stay]] = {}
    for stay in stays:
        if stay.line in battlegroup_lines:
            by_line.setdefault((stay.formation, stay.line), []).append(stay)
    for (formation, _), members in by_line.items():
        counted = _battlegroups_by_day(scenario, members, horizon)
        for name in tree.above(formation):
            groups[name] += counted
    return {name: _measured(scenario, people[name], groups[name], unit_days[name]) for name in tree.formations}


def _measured(scenario: Scenario, people: NDArray[np.int64], groups: NDArray[np.int64], unit_days: dict[str, int]) -> Measured:
    formed, nations_in_them = groups
    whole = int(formed.sum())
    return Measured(
        nations=sum(1 for nation in unit_days if is_state(scenario, nation)),
        unit_days=tuple(sorted(unit_days.items(), key=lambda entry: (-entry[1], entry[0]))),
        battlegroups=int(formed.max(initial=0)),
        nations_per_battlegroup=int(nations_in_them.sum()) / whole if whole else None,
        people_peak=int(people.max(initial=0)),
    )


def is_state(scenario: Scenario, nation: str) -> bool:
    """Whether it is a state, and not units that states own together."""
    row = scenario.nation_by_name.get(nation)
    return row is None or row.kind == "state"


def _battlegroups_by_day(scenario: Scenario, members: Sequence[Stay], horizon: int) -> NDArray[np.int64]:
    """Battlegroups formed, and nations in them, on each day. Shape (2, horizon days)"""
    counted = np.zeros((2, horizon), dtype=np.int64)
    days = {min(day, horizon) for stay in members for day in (stay.from_day, stay.serves_until_day)}
    for first, last in pairwise(sorted(days)):
        formed = battlegroups([stay for stay in members if stay.from_day <= first < stay.serves_until_day])
        counted[0, first:last] += len(formed)
        counted[1, first:last] += sum(
            max(1, len({stay.nation for stay in group if is_state(scenario, stay.nation)})) for group in formed
        )
    return counted


def battlegroups(members: Iterable[Stay]) -> list[list[Stay]]:
    """Put the units that serve a line in a formation together into battlegroups.

    A unit goes to the first battlegroup in which there is room for it (up to an effectiveness of 1) and a unit of its own nation,
    else to the first in which there is room, else it begins one. Larger units and nations with more of them come first.
    """
    listed = list(members)
    weight_of: dict[str, float] = {}
    for stay in listed:
        weight_of[stay.nation] = weight_of.get(stay.nation, 0.0) + stay.effectiveness
    listed.sort(key=lambda stay: (-stay.effectiveness, -round(weight_of[stay.nation], 9), stay.nation, stay.unit, stay.from_day))
    formed: list[list[Stay]] = []
    for stay in listed:
        room = [group for group in formed if sum(each.effectiveness for each in group) + stay.effectiveness <= 1 + SMALLEST_SHARE]
        own = [group for group in room if any(each.nation == stay.nation for each in group)]
        if own or room:
            (own or room)[0].append(stay)
        else:
            formed.append([stay])
    return formed
