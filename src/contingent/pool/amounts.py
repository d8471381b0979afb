r"""How many units a nation could release: yields, shares, and what is tied elsewhere.

For a nation n and a unit type u of domain d, with pool entries e, yields y and the release share that holds:

.. math::
    yielded_{nu} &= \sum_{e} quantity_e \, (1 - committed_e) \, y_{eu} \\
    released_{nu} &= yielded_{nu} \, share_{nu} \\
    left_{nd} &= \max\Bigl(0,\; 1 - \frac{committed\ people_{nd}}{\sum_{u \in d} released_{nu} \, people_u}\Bigr) \\
    offered_{nu} &= \lfloor released_{nu} \, left_{nd} + 1/2 \rfloor

The share is the part of a nation's units that enters the *rotation base* of this force, not the part that is deployed
at one time: the planner models the dwell. A share of p keeps ``p / (1 + dwell ratio)`` of the units deployed without
end. With half of the units released, six-month tours and a dwell of 1:4, a tenth is deployed at any time: NATO's old pair
of aims, half deployable and a tenth sustained, is one aim said twice.

People committed elsewhere are taken from the released part, not from the whole: a nation sends abroad what can be sent
abroad. They count once, as many as are there; that their reliefs are tied too is part of the share. They are spread over
the nation's unit types of that domain in proportion, since no public source says which units are away.

The result is rounded to the nearest whole unit, halves up. Rounding down would take away all that a nation has one of
(a field hospital, a tanker fleet, a brigade's only artillery battalion), and would do so most to small nations.
"""

import math
from dataclasses import dataclass

from contingent.model.rows import PoolEntry, Release, Yield
from contingent.model.scenario import Scenario
from contingent.model.scope import Kind, most_specific_first
from contingent.quantities import SMALLEST_SHARE


@dataclass(frozen=True, slots=True)
class Part:
    """What one pool entry gives of one unit type.

    Parameters
    ----------
    entry : PoolEntry
        The formation, aircraft or ships.
    rule : Yield
        The row of yields.csv that was used.
    units : float
        Units that the entry yields, less what is committed for good. [units]
    """

    entry: PoolEntry
    rule: Yield
    units: float


@dataclass(frozen=True, slots=True)
class Amount:
    """How many units of one kind a nation could release, and what that rests on.

    Parameters
    ----------
    kind : Kind
        Nation, unit type, domain.
    parts : tuple of Part
        The entries that yield it, in the order of the pool.
    release : Release or None
        The row that says what share is released; None where no row fits, and nothing is.
    left : float
        Share that commitments elsewhere leave of the released units of the domain. [-]
    committed_people, released_people : float
        People of the domain that are elsewhere, and that the released units of the domain hold. [people]
    """

    kind: Kind
    parts: tuple[Part, ...]
    release: Release | None
    left: float
    committed_people: float
    released_people: float

    @property
    def yielded(self) -> float:
        """Units that the pool yields [units]."""
        return math.fsum(part.units for part in self.parts)

    @property
    def share(self) -> float:
        """Share of them that enters this force's rotation base [-]."""
        return 0.0 if self.release is None else self.release.share

    @property
    def offered(self) -> int:
        """Whole units that could be offered [units]."""
        return whole_units(self.yielded * self.share * self.left)


def whole_units(amount: float) -> int:
    """Return the nearest whole number of units, halves up.

    >>> whole_units(2.5), whole_units(2.49)
    (3, 2)
    """
    return math.floor(amount + 0.5 + SMALLEST_SHARE)


def units_yielded(entry: PoolEntry, rule: Yield) -> float:
    """Return the units that a pool entry gives by a row of yields.csv, less the share committed for good [units].

    A yield by platform counts aircraft, ships or launchers; an entry that does not say how many it has gives none.
    """
    each = rule.quantity if rule.per == "formation" else rule.quantity * (entry.platforms or 0)
    return entry.quantity * each * (1.0 - (entry.committed or 0.0))


def parts_by_kind(scenario: Scenario) -> dict[Kind, tuple[Part, ...]]:
    """Return what the pool yields by nation and unit type, in the order of nations.csv and unit_types.csv."""
    rules: dict[str, list[Yield]] = {}
    for rule in scenario.yields:
        rules.setdefault(rule.formation_type, []).append(rule)
    found: dict[tuple[str, str], list[Part]] = {}
    for entry in scenario.pool:
        for rule in rules.get(entry.formation_type, ()):
            units = units_yielded(entry, rule)
            if units > 0:
                found.setdefault((entry.nation, rule.unit_type), []).append(Part(entry, rule, units))
    return {
        Kind(nation.nation, unit_type.unit_type, unit_type.domain): tuple(found[nation.nation, unit_type.unit_type])
        for nation in scenario.nations
        for unit_type in scenario.unit_types
        if (nation.nation, unit_type.unit_type) in found
    }


def release_of(scenario: Scenario, kind: Kind) -> Release | None:
    """Return the row of releases.csv that holds for units of this kind, or None."""
    return next(iter(most_specific_first(scenario.releases, kind)), None)


def people_committed(scenario: Scenario) -> dict[tuple[str, str], int]:
    """Return the people that each nation has elsewhere already, by nation and domain [people]."""
    people: dict[tuple[str, str], int] = {}
    for row in scenario.commitments:
        people[row.nation, row.domain] = people.get((row.nation, row.domain), 0) + row.personnel
    return people


def share_left(committed_people: float, released_people: float) -> float:
    """Return the share of a nation's released units that its commitments elsewhere leave [-].

    >>> share_left(1000, 4000)
    0.75
    """
    if committed_people == 0:
        return 1.0
    return max(0.0, 1.0 - committed_people / released_people) if released_people > 0 else 0.0


def amounts(scenario: Scenario) -> tuple[Amount, ...]:
    """Return what every nation could release, in the order of nations.csv and unit_types.csv."""
    parts = parts_by_kind(scenario)
    releases = {kind: release_of(scenario, kind) for kind in parts}
    released_people: dict[tuple[str, str], float] = {}
    for kind, kind_parts in parts.items():
        release = releases[kind]
        share = 0.0 if release is None else release.share
        people = share * math.fsum(part.units for part in kind_parts) * scenario.unit_type_by_name[kind.unit_type].personnel
        released_people[kind.nation, kind.domain] = released_people.get((kind.nation, kind.domain), 0.0) + people
    committed = people_committed(scenario)
    result = []
    for kind, kind_parts in parts.items():
        away = committed.get((kind.nation, kind.domain), 0)
        there = released_people[kind.nation, kind.domain]
        result.append(Amount(kind, kind_parts, releases[kind], share_left(away, there), away, there))
    return tuple(result)
