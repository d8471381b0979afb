"""What a SimPy model of the simulation is made of: draws, lines, units, and what holds for a unit on a day.

Chance comes from `Draws`: named ones, at the same places as the kernels' (then each replication must agree exactly), or others.
"""

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from contingent.ensemble.streams import key_of, uniforms
from contingent.model.rows import Offer, Requirement
from contingent.model.rules import caveat_against
from contingent.model.scenario import Scenario

LONG_AGO = -1_000_000


class Draws:
    """Named draws: the same place gives the same numbers as in the kernels."""

    def __init__(self, seed: int, replication: int) -> None:
        self.seed, self.replication, self._keys = seed, replication, {}

    def at(self, stream: str, name: str, day: int = 0, number: int = 0) -> tuple[float, float]:
        key = self._keys.setdefault((stream, name), key_of(self.seed, "simulation", stream, name))
        return uniforms(*key, np.uint64(self.replication), np.uint64(day), np.uint64(number))[:2]


class OtherDraws:
    """Draws of Python's own generator, which have nothing to do with the kernels'."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def at(self, *_: Any) -> tuple[float, float]:
        return self._random.random(), self._random.random()


def whole_days(draw: float, mean: int) -> int:
    return 1 if mean <= 1 else 1 + math.floor(math.log(1 - draw) / math.log(1 - 1 / mean))


def dwell(days: int, ratio: float) -> int:
    return math.ceil(round(days * ratio, 6))


@dataclass(eq=False)
class Line:
    row: Requirement
    order: int
    until: int
    rule: list[str]
    target: float = 0.0
    steps: dict[int, float] = field(default_factory=dict)
    holding: list["Unit"] = field(default_factory=list)
    expected: list["Unit"] = field(default_factory=list)
    holder: str | None = None
    last_nation: str | None = None
    daily: list[float] = field(default_factory=list)
    servers: list[int] = field(default_factory=list)
    counts_from: int = 0

    def held(self) -> float:
        return round(sum(unit.weight for unit in self.holding), 6)

    def short(self) -> float:
        return round(self.target - self.held() - sum(unit.weight for unit in self.expected), 6)

    def needs(self, weight: float, *, without: float = 0.0) -> bool:
        return round(2 * (self.target - self.held() + without), 6) >= weight


@dataclass(eq=False)
class Unit:
    name: str
    offer: Offer
    order: int
    terms: Any
    tours: list[tuple[int, int, int, Line, float]]
    present: bool = True
    gone: bool = False
    at_home: bool = True
    pending: bool = False
    home_since: int = LONG_AGO
    away: int = 0
    ready_again: int = 0
    made: int = 0
    line: Line | None = None
    weight: float = 0.0
    began: int = 0
    service_end: int = 0
    leave: int = 0
    handover: int = 0
    due: bool = False
    extended: bool = False
    handing_over: bool = False
    stand_in: bool = False
    planned: tuple[int, int] | None = None
    arrives: int = 0
    latest: int = 0
    out_since: int | None = None
    call: Any = None
    relieved: simpy.Event | None = None
    process: simpy.Process | None = None
    outages: simpy.Process | None = None

    @property
    def out(self) -> bool:
        return self.out_since is not None

    @property
    def counts(self) -> bool:
        return not self.out and self.call is None


class Rules:
    """What holds for a unit on a day: policies, the states of its dwell, checks and delays."""

    def __init__(self, scenario: Scenario, draws: Any) -> None:
        self.scenario, self.draws = scenario, draws
        self.horizon = scenario.settings.horizon_days
        self.count: Counter[str] = Counter()
        self.phases = self._phases()
        self._said: dict[Any, Any] = {}
        self._gives: dict[Any, float] = {}

    def _phases(self) -> list[str | None]:
        names: list[str | None] = [None] * self.horizon
        for row in reversed(self.scenario.phases):
            until = self.horizon if row.until_day is None else min(row.until_day, self.horizon)
            names[row.from_day : until] = [row.phase] * max(0, until - row.from_day)
        return names

    def policy(self, nation: str, unit_type: str, domain: str, phase: str | None, column: str) -> Any:
        """The most specific row that says something: by phase, type, nation, domain, then the later row."""
        best, best_rank = None, None
        for number, row in enumerate(self.scenario.policies):
            if getattr(row, column) is None or row.phase not in (None, phase):
                continue
            if row.nation not in (None, nation) or row.unit_type not in (None, unit_type) or row.domain not in (None, domain):
                continue
            rank = (row.phase is not None, row.unit_type is not None, row.nation is not None, row.domain is not None, number)
            if best_rank is None or rank > best_rank:
                best, best_rank = getattr(row, column), rank
        return best

    def says(self, unit: Unit, column: str, day: int) -> Any:
        key = (unit.offer.offer, column, self.phases[day])
        if key not in self._said:
            kind = self.scenario.unit_type_by_name[unit.offer.unit_type]
            self._said[key] = self.policy(unit.offer.nation, unit.offer.unit_type, kind.domain, self.phases[day], column)
        return self._said[key]

    def ratio(self, unit: Unit, day: int) -> float:
        said = self.says(unit, "dwell_ratio", day)
        if said is not None:
            return said
        own = unit.offer.dwell_ratio
        return own if own is not None else self.scenario.settings.defaults.dwell_ratio

    def least_ratio(self, unit: Unit, day: int) -> float:
        said = self.says(unit, "least_dwell_ratio", day)
        return self.ratio(unit, day) if said is None else min(said, self.ratio(unit, day))

    def steps(self, unit: Unit, day: int) -> list[tuple[str, float | None, bool]]:
        """State, days (None = until the next tour) and whether a unit may be sent in it."""
        promised = dwell(unit.away, self.ratio(unit, day))
        name = self.says(unit, "cycle", day)
        rows = sorted((row for row in self.scenario.cycles if row.cycle == name), key=lambda row: row.step)
        if not rows:
            return [("reset", promised / 2, False), ("train", promised / 2, True), ("ready", None, True)]
        return [
            (row.state, row.days if row.days is not None else None if row.share is None else row.share * promised,
             row.may_deploy == "yes")
            for row in rows
        ]  # fmt: skip

    def stage(self, unit: Unit, day: int) -> tuple[str, bool]:
        if day < unit.terms.ready_day or day >= unit.terms.until_day:
            return "unavailable", False
        if day < unit.ready_again:
            return "train", False
        if unit.away == 0:
            return "ready", True
        at = day - unit.home_since - (self.says(unit, "recovery_days", day) or 0)
        if at < 0:
            return "recovery", False
        steps = self.steps(unit, day)
        if all(days is not None for _, days, _ in steps):
            whole = math.floor(sum(days for _, days, _ in steps) + 0.5)
            at = at % whole if whole > 0 else at
        end = 0.0
        for state, days, may in steps:
            if days is None:
                return state, may
            end += days
            if at < math.floor(end + 0.5):
                return state, may
        return "ready", True

    def fails(self, unit: Unit, day: int) -> bool:
        chance = self.says(unit, "fail_probability", day) or 0.0
        if self.draws.at("readiness", unit.name, day)[0] >= chance:
            return False
        self.count["failed_checks"] += 1
        training = sum(days or 0.0 for state, days, _ in self.steps(unit, day) if state == "train")
        unit.ready_again = day + max(1, math.floor(training + 0.5))
        return True

    def delay(self, unit: Unit, day: int) -> int:
        happens, how_long = self.draws.at("late", unit.name, day)
        late = happens < (self.says(unit, "late_probability", day) or 0.0)
        return whole_days(how_long, self.says(unit, "late_days", day) or 1) if late else 0

    def gives(self, unit: Unit, line: Line) -> float:
        key = (unit.offer.offer, line.row.line)
        if key not in self._gives:
            kept_away = caveat_against(self.scenario, unit.offer, line.row) is not None
            effectiveness = self.scenario.effectiveness.get((line.row.capability, unit.offer.unit_type), 0.0)
            self._gives[key] = 0.0 if kept_away else round(effectiveness, 6)
        return self._gives[key]

    def tour_days(self, unit: Unit, day: int) -> int:
        return self.says(unit, "tour_days", day) or unit.terms.tour_days
