"""A plain NumPy model of the simulation's rules: a loop over days, arrays over units.

It knows offers that materialise, nations that withdraw, tours that begin late, units that fail their check, and dispatch of the
unit that has been at home longest; no extension, outages, calls, cycles or phases. What is drawn is drawn in order from one
generator.
"""

import numpy as np
from numpy.typing import NDArray

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.simulation import SimulationOptions
from contingent.simulation import layout as at
from contingent.simulation.world import build_world

HOME, SERVING, HANDING_OVER, ON_ITS_WAY = range(4)
Array = NDArray[np.float64]


class NumpyModel:
    """What is simulated, as arrays; `play` plays one replication and returns filled unit-days over required ones."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self.given = given = build_world(scenario, plan, SimulationOptions()).given
        self.horizon = int(given.setting[at.X_HORIZON])
        offer = given.unit[:, at.U_OFFER]
        self.weight = given.weight[offer] / at.UNIT
        self.ratio, self.late, self.fail = (given.odds[offer, 0, column] for column in (at.P_RATIO, at.P_LATE, at.P_FAIL))
        self.tour, self.handover, self.late_days = (
            given.term[offer, 0, column] for column in (at.O_TOUR, at.O_HANDOVER, at.O_LATE_DAYS))
        self.target = np.zeros((self.horizon + 1, len(given.line)))
        steps = zip(given.target_day, given.target_line, given.target, strict=True)
        for day, line, target in steps:
            self.target[day:, line] = target / at.UNIT
        starts = given.tour[:, at.T_FROM]
        self.by_day = {int(day): np.flatnonzero(starts == day) for day in np.unique(starts)}

    def play(self, generator: np.random.Generator) -> float:
        """Play one replication."""
        given, units = self.given, len(self.given.unit)
        self.draw = generator
        nation = given.unit[:, at.U_NATION]
        share = generator.random(len(given.nation))[nation]
        self.present = share < given.probability[given.unit[:, at.U_OFFER]]
        with np.errstate(divide="ignore"):
            days = np.log1p(-generator.random(len(given.nation))) / np.log1p(-given.hazard)
        self.gone = np.where(given.hazard > 0, days, np.inf)[nation]
        self.where, self.line = np.zeros(units, dtype=np.int64), np.zeros(units, dtype=np.int64)
        self.gives = np.zeros(units)
        self.began, self.serves, self.leaves, self.arrives = (np.zeros(units, dtype=np.int64) for _ in range(4))
        self.home = np.full(units, -1_000_000)
        self.away, self.again = np.zeros(units, dtype=np.int64), np.zeros(units, dtype=np.int64)
        self.stands_in, self.hands = np.zeros(units, dtype=bool), np.zeros(units, dtype=np.int64)
        self.next = given.unit[:, at.U_FIRST_TOUR].copy()
        filled = 0.0
        for day in range(self.horizon):
            self._day(day)
            held = self._held()
            window = (given.line[:, at.L_FROM] <= day) & (day < given.line[:, at.L_UNTIL])
            filled += float(np.minimum(held, given.line[:, at.L_QUANTITY] / at.UNIT)[window].sum())
        return filled / float(given.required[-1].sum())

    def _held(self) -> Array:
        serving = self.where == SERVING
        return np.bincount(self.line[serving], weights=self.gives[serving], minlength=len(self.given.line))

    def _expected(self) -> Array:
        coming = self.where == ON_ITS_WAY
        return np.bincount(self.line[coming], weights=self.gives[coming], minlength=len(self.given.line))

    def _rested(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.home[units] + np.ceil(self.away[units] * self.ratio[units] - 5e-7).astype(np.int64)

    def _day(self, day: int) -> None:
        withdrawn = (self.where == ON_ITS_WAY) & (np.floor(self.gone) == day)
        self.where[withdrawn] = HOME
        self._go_home(np.flatnonzero((self.where == HANDING_OVER) & (self.leaves == day)), day)
        over = np.flatnonzero((self.where == SERVING) & (self.serves == day))
        for tour in self.by_day.get(day, ()):
            self._begin_planned(int(tour), day, over)
        arrived = np.flatnonzero((self.where == ON_ITS_WAY) & (self.arrives == day))
        self.where[arrived], self.began[arrived] = SERVING, day
        self._relieve(over[self.where[over] == SERVING], day, self.leaves[over[self.where[over] == SERVING]])
        self._release(day)
        self._dispatch(day)

    def _go_home(self, units: NDArray[np.int64], day: int) -> None:
        self.where[units], self.away[units], self.home[units] = HOME, day - self.began[units], day
        self.stands_in[units] = False

    def _relieve(self, units: NDArray[np.int64], day: int, leaves: NDArray[np.int64]) -> None:
        self.leaves[units] = leaves
        self._go_home(units[leaves <= day], day)
        self.where[units[leaves > day]] = HANDING_OVER

    def _begin_planned(self, tour: int, day: int, over: NDArray[np.int64]) -> None:
        unit, line, _, serves, leaves, weight, days = (int(value) for value in self.given.tour[tour])
        self.next[unit] = tour + 1
        if not self.present[unit] or day >= np.floor(self.gone[unit]):
            return
        if unit in over and self.ratio[unit] == 0:
            self._go_home(np.array([unit]), day)
        if self.where[unit] != HOME:
            return
        if self._fails(unit, day):
            return
        arrives = day + self._delay(unit)
        if self.away[unit] > 0:
            arrives = max(arrives, int(self._rested(np.array([unit]))[0]))
        arrives = max(arrives, int(self.again[unit]))
        if arrives < day + days:
            self._set_off(unit, line, weight / at.UNIT, day, arrives, serves, leaves)

    def _fails(self, unit: int, day: int) -> bool:
        if self.draw.random() >= self.fail[unit]:
            return False
        promised = np.ceil(self.away[unit] * self.ratio[unit] - 5e-7)
        self.again[unit] = day + max(1, int(promised / 2 + 0.5))
        return True

    def _delay(self, unit: int) -> int:
        return int(self.draw.geometric(1 / self.late_days[unit])) if self.draw.random() < self.late[unit] else 0

    def _set_off(self, unit: int, line: int, gives: float, day: int, arrives: int, serves: int, leaves: int) -> None:
        self.line[unit], self.gives[unit], self.serves[unit], self.leaves[unit] = line, gives, serves, leaves
        self.hands[unit] = leaves - serves
        self.where[unit], self.arrives[unit], self.began[unit] = (ON_ITS_WAY if arrives > day else SERVING), arrives, day

    def _release(self, day: int) -> None:
        held = self._held()
        for unit in np.flatnonzero(self.stands_in & (self.where == SERVING))[np.argsort(
            self.serves[self.stands_in & (self.where == SERVING)], kind="stable")]:  # fmt: skip
            line, gives = self.line[unit], self.gives[unit]
            if 2 * (self.target[day, line] - held[line] + gives) < gives - 1e-9:
                held[line] -= gives
                leaves = min(day + int(self.hands[unit]), int(self.leaves[unit]))
                self._relieve(np.array([unit]), day, np.array([leaves]))

    def _dispatch(self, day: int) -> None:
        given = self.given
        short = self.target[day] - self._held() - self._expected()
        if not (short > 1e-9).any():
            return
        until = given.unit[:, at.U_UNTIL]
        may = (self.where == HOME) & self.present & (day < np.floor(self.gone))
        may &= (day >= given.unit[:, at.U_READY]) & (day >= self.again)
        may &= (np.minimum(day + self.tour, self.horizon) <= until) & (day >= self._rested(np.arange(len(may))))
        busy = self.next < given.unit[:, at.U_LAST_TOUR]
        nearest = given.tour[np.minimum(self.next, len(given.tour) - 1)]
        back = day + self.tour + np.ceil(self.tour * self.ratio - 5e-7)
        robs = busy & (nearest[:, at.T_FROM] < back)
        for line in given.order:
            while short[line] > 1e-9:
                less = given.line[nearest[:, at.T_LINE], at.L_PRIORITY] > given.line[line, at.L_PRIORITY]
                fits = may & (self.weight[:, line] > 0) & (2 * short[line] >= self.weight[:, line] - 1e-9) & (~robs | less)
                if not fits.any():
                    break
                candidates = np.flatnonzero(fits)
                order = np.lexsort((candidates, self.home[candidates], -self.weight[candidates, line]))
                unit = int(candidates[order[0]])
                may[unit] = False
                if self._fails(unit, day):
                    continue
                arrives = day + self._delay(unit)
                tour, hand = int(self.tour[unit]), int(self.handover[unit])
                self._set_off(unit, line, float(self.weight[unit, line]), day, arrives, arrives + tour - hand, arrives + tour)
                self.stands_in[unit] = True
                short[line] -= self.weight[unit, line]
