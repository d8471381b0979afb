"""A MARATHON project as values: its rows in use, frozen.

Names follow MARATHON's tables; a row knows the line on which it stood, so that findings about it can say where. All times are
whole days; what MARATHON calls infinite is a number of days too large to end in any run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contingent.findings import Finding

INFINITE = 9_999_999
"""What MARATHON writes for a length without end. [days]"""

NEVER_ENDS = 36_500
"""Waits of this length or longer are never scheduled to end. [days]"""

LAST_DAY = 5001
"""Last day of a run where Parameters name none. [days]"""

COMPONENTS = ("AC", "RC", "NG", "Ghost")
"""Components that MARATHON counts by name; all others are counted as other."""


@dataclass(frozen=True, slots=True)
class Supply:
    """One row of SupplyRecords that is in use: so many like units.

    Parameters
    ----------
    src : str
        Unit type (standard requirement code).
    component : str
        AC, RC, NG or another.
    quantity : int
        Units.
    policy : str
        Name of a policy or schedule; `Auto` is left to the project's parameters.
    cycle_time : int
        Day of the cycle on which the unit starts, where quantity is 1. [days]
    behaviour : str
        Column Behavior; only default behaviour is reproduced.
    title : str
        OITitle.
    modernisation : int
        Column Mod, 1 to 3.
    aligned : tuple of (str, int)
        Regions and the number of units aligned to each, from the tags.
    line : int
        Where the row stood.
    """

    src: str
    component: str
    quantity: int
    policy: str = "Auto"
    cycle_time: int = 0
    behaviour: str = "Auto"
    title: str = ""
    modernisation: int = 3
    aligned: tuple[tuple[str, int], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """One row of DemandRecords that is in use.

    Active on `start_day` to `start_day + duration - 1`. [days]
    """

    src: str
    quantity: int
    start_day: int
    duration: int
    priority: int = 1
    vignette: str = ""
    source_first: str = "Uniform"
    demand_group: str = "UnGrouped"
    category: str = "Rotational"
    operation: str = ""
    title: str = ""
    region: str | None = None
    line: int = 0

    @property
    def release_day(self) -> int:
        """Day on which its units are released. [days]"""
        return self.start_day + self.duration

    @property
    def name(self) -> str:
        """MARATHON's name of a demand: ``Priority_Vignette_SRC_[start...end]``."""
        return f"{self.priority}_{self.vignette}_{self.src}_[{self.start_day}...{self.release_day}]"


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of PolicyRecords: a template's cycle with lengths of its own. All lengths in days.

    Parameters
    ----------
    expected_dwell : int
        Denominator of the readiness ratio: MaxDwell, or ``:expected-dwell`` of the deltas. [days]
    deltas : mapping of str to int
        Days added to the template's wait, by position. [days]
    """

    name: str
    template: str
    expected_dwell: int
    min_dwell: int
    max_bog: int
    start_deployable: int
    stop_deployable: int
    overlap: int = 0
    recovery: int = 0
    deltas: Mapping[str, int] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A policy by period (CompositePolicyRecords). `steps` are (period, policy) in the order of the table."""

    name: str
    steps: tuple[tuple[str, str], ...]
    kind: str = "Periodic"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """One row of RelationRecords in use: units of `donor` may fill demand for `recipient`."""

    kind: str
    donor: str
    recipient: str
    cost: float = 1.0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with a name; `to_day` is None where it has no end. [days]"""

    name: str
    from_day: int
    to_day: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that the engine uses.

    Parameters
    ----------
    last_day : int
        Last day of a run. [days]
    prefill : bool
        Whether units that are deployable at the start count part of their budget as used.
    default_policies, special_policies : mapping of str to str
        Policy of a component whose units name none (`Auto`); the second for unit types tagged Special.
    default_recovery : int
        Recovery where a policy has none. [days]
    """

    last_day: int = LAST_DAY
    prefill: bool = False
    default_policies: Mapping[str, str] = field(default_factory=dict)
    special_policies: Mapping[str, str] = field(default_factory=dict)
    default_recovery: int = 0


@dataclass(frozen=True, slots=True)
class StartingUnit:
    """A unit as ``initial_units.csv`` names it: its start in the cycle and its tie weight."""

    name: str
    src: str
    component: str
    policy: str
    cycle_time: int
    tie_weight: float
    line: int = 0


@dataclass(frozen=True, slots=True)
class MarathonProject:
    """A project: its rows in use, in the order of its tables.

    Parameters
    ----------
    place : str
        Where it was read, as the user wrote it.
    starting_units : tuple of StartingUnit
        From ``initial_units.csv`` where there is one; else empty, and units are made from `supply`.
    starting_file : str
        The file that they were read from; blank = none.
    special : frozenset of str
        Unit types tagged Special.
    notes : tuple of Finding
        Warnings: rows that have no effect, or that MARATHON drops.
    """

    supply: tuple[Supply, ...]
    demands: tuple[Demand, ...]
    policies: tuple[Policy, ...]
    periods: tuple[Period, ...]
    schedules: tuple[Schedule, ...] = ()
    relations: tuple[Relation, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)
    special: frozenset[str] = frozenset()
    starting_units: tuple[StartingUnit, ...] = ()
    starting_file: str = ""
    place: str = "project"
    notes: tuple[Finding, ...] = ()
