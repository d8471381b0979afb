"""The rules of docs/simulation.md once more, as a SimPy model of processes: slow, plain, written from the rules.

Every tour, outage, withdrawal and call is a process; a staff decides day by day who stays, who is sent and who answers. A day has
ten moments (`TICKS`), in the order of the rules. What serves each line is written down each day, and everything is added up from
that at the end.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import simpy
from tests.simulation.simpy_parts import Line, Rules, Unit, dwell, whole_days

from contingent.model.rows import Requirement
from contingent.model.rules import line_until, lines_of_option, readiness, reference_type
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan

TICKS = 10
WITHDRAW, HOME, OVER, LATEST, TARGET, DUE, BEGIN, RELIEVE, CALL, SEND = range(TICKS)


class Model(Rules):
    """One replication."""

    def __init__(
        self, scenario: Scenario, plan: Plan | None, draws: Any, *, option: str | None = None, dispatch: str | None = None,
        fill_gaps: bool = False,
    ) -> None:
        super().__init__(scenario, draws)
        self.greedy = plan is None
        self.env = simpy.Environment()
        option = plan.option if plan is not None else option
        self.missed: Counter[tuple[str, str]] = Counter()
        self.dwells: list[tuple[Unit, int, int, int]] = []
        self.calls: dict[str, Counter[str]] = defaultdict(Counter)
        self.states: dict[int, Counter[str]] = {}
        self.lines = [self._line(row, order, dispatch) for order, row in enumerate(lines_of_option(scenario, option))]
        self.by_name = {line.row.line: line for line in self.lines}
        self.units = self._units(plan)
        self._set_targets(whole=self.greedy or fill_gaps)
        self.active = [row for row in scenario.calls if option is None or not row.option or option in row.option]
        self.open_calls: list[list[Any]] = []

    # ------------------------------------------------------------------------------------------------------------ what is given

    def _line(self, row: Requirement, order: int, dispatch: str | None) -> Line:
        kind = reference_type(self.scenario, row.capability)
        names = ("", kind.unit_type, kind.domain) if kind else ("", "", "")
        rules = {phase: dispatch or self.policy(*names, phase, "dispatch") or "planned" for phase in set(self.phases)}
        return Line(row, order, line_until(self.scenario, row), [rules[phase] for phase in self.phases])

    def _units(self, plan: Plan | None) -> list[Unit]:
        planned: dict[str, list[Any]] = defaultdict(list)
        if plan is not None:
            for tour in plan.tours.sort("from_day").iter_rows(named=True):
                line = self.by_name[tour["line"]]
                planned[tour["unit"]].append(
                    (tour["from_day"], tour["serves_until_day"], tour["until_day"], line, round(tour["effectiveness"], 6)))
        order = {row.nation: place for place, row in enumerate(self.scenario.nations)}
        units: list[Unit] = []
        for offer in sorted(self.scenario.offers, key=lambda row: order[row.nation]):
            width = len(str(offer.quantity))
            for number in range(1, offer.quantity + 1):
                name = f"{offer.offer}#{number:0{width}d}"
                units.append(Unit(name, offer, len(units), readiness(self.scenario, offer), planned.pop(name, [])))
        assert not planned
        return units

    def _set_targets(self, *, whole: bool) -> None:
        for line in self.lines:
            tours = [tour for unit in self.units for tour in unit.tours if tour[3] is line]
            for day in range(line.row.from_day, line.until):
                weight = round(sum(tour[4] for tour in tours if tour[0] <= day < tour[1]), 5)
                line.steps[day] = float(line.row.quantity) if whole else min(float(line.row.quantity), weight)
            if line.row.hold == "one_nation" and tours:
                line.holder = next(unit.offer.nation for unit in self.units for tour in unit.tours if tour[3] is line)
            first = next((day for day, target in line.steps.items() if target > 0), line.row.from_day)
            line.counts_from = line.row.from_day if whole else first

    # ---------------------------------------------------------------------------------------------------------------- a unit

    def miss(self, unit: Unit, cause: str, first: int, after: int) -> None:
        """Days of the planned tour that a unit is on."""
        if unit.planned is not None:
            days = min(after, unit.planned[1]) - max(first, unit.planned[0])
            if days > 0:
                self.missed[unit.offer.offer, cause] += days

    # ------------------------------------------------------------------------------------------------------------- processes

    def until(self, day: int, tick: int) -> simpy.Event:
        return self.env.timeout(max(0, day * TICKS + tick - self.env.now))

    def schedule(self, unit: Unit) -> Iterator[simpy.Event]:
        """A unit's planned tours, one after the other: each is put before the staff on its day."""
        while unit.tours:
            tour = unit.tours[0]
            yield self.until(tour[0], BEGIN)
            if unit.tours and unit.tours[0] is tour:  # else it has begun early
                self.starting.append(unit)
                yield self.until(tour[0], RELIEVE)

    def begin_planned(self, unit: Unit) -> None:
        start, serves, leave, line, weight = unit.tours.pop(0)
        days = max(0, min(serves, self.horizon, line.until) - start)
        cause, arrives = self.why_not(unit, start, days)
        if arrives is None:
            self.missed[unit.offer.offer, cause] += days
            line.last_nation = unit.offer.nation
            return
        if cause is not None:
            self.missed[unit.offer.offer, cause] += arrives - start
        unit.planned, unit.stand_in = (start, start + days), False
        self.set_off(unit, line, weight, arrives, serves, leave, leave - serves)

    def why_not(self, unit: Unit, day: int, days: int) -> tuple[str | None, int | None]:
        if not unit.present:
            return "not_offered", None
        if unit.gone:
            return "withdrawn", None
        if not unit.at_home and (unit.due or unit.extended or unit.handing_over) and self.least_ratio(unit, day) == 0:
            self.go_home(unit, day)
        most = unit.terms.max_tours
        if not unit.at_home or unit.pending or (most is not None and unit.made >= most):
            return "elsewhere", None
        if self.fails(unit, day):
            return "not_ready", None
        arrives, cause = day, None
        delay = self.delay(unit, day)
        if delay:
            arrives, cause = day + delay, "late"
        rested = max(unit.ready_again, unit.home_since + dwell(unit.away, self.least_ratio(unit, day)) if unit.away else 0)
        if rested > arrives:
            arrives, cause = rested, "in_dwell"
        return (cause, None) if arrives >= day + days else (cause, arrives)

    def set_off(self, unit: Unit, line: Line, weight: float, arrives: int, serves: int, leave: int, handover: int) -> None:
        unit.line, unit.weight, unit.service_end, unit.leave, unit.handover = line, weight, serves, leave, handover
        day = self.env.now // TICKS
        unit.out_since = unit.call = None
        if arrives > day:
            self.count["late_tours"] += 1
            unit.pending, unit.at_home, unit.arrives = True, False, arrives
            line.expected.append(unit)
            unit.process = self.env.process(self.tour(unit, arrives))
        else:
            self.begin(unit, day)
            unit.process = self.env.process(self.tour(unit, None))

    def begin(self, unit: Unit, day: int) -> None:
        if unit.away:
            promised = dwell(unit.away, self.ratio(unit, day))
            self.dwells.append((unit, day - unit.home_since, unit.away, promised))
            self.count["dwell_broken"] += day - unit.home_since < promised
        unit.pending, unit.at_home, unit.began = False, False, day
        unit.made += 1
        self.count["tours"] += 1
        unit.line.holding.append(unit)
        unit.relieved = self.env.event()
        unit.outages = self.env.process(self.break_down(unit, day))

    def tour(self, unit: Unit, arrives: int | None) -> Iterator[simpy.Event]:
        """A tour from its way out to its way home."""
        if arrives is not None:
            try:
                yield self.until(arrives, BEGIN)
            except simpy.Interrupt:
                return
            unit.line.expected.remove(unit)
            self.begin(unit, arrives)
        began = unit.began
        leave = yield unit.relieved
        if unit.handing_over and unit.began == began:
            yield self.until(leave, HOME)
            if unit.handing_over and unit.began == began:
                self.go_home(unit, leave)

    def break_down(self, unit: Unit, began: int) -> Iterator[simpy.Event]:
        rate = self.says(unit, "outages_per_year", began) or 0.0
        if rate == 0:
            return
        mean = self.says(unit, "outage_days", began) or 1
        day, number = began, 0
        while True:
            sooner, longer = self.draws.at("outage", unit.name, began, number)
            day += max(1, math.ceil(-math.log(1 - sooner) * 365 / rate))
            try:
                yield self.until(day, OVER)
                if unit.call is not None:
                    self.drop_call(unit, day)
                unit.out_since, day, number = day, day + whole_days(longer, mean), number + 1
                yield self.until(day, OVER)
                self.end_outage(unit, day)
            except simpy.Interrupt:
                return

    def end_outage(self, unit: Unit, day: int) -> None:
        self.miss(unit, "outage", unit.out_since, day)
        unit.out_since = None

    def off_duty(self, unit: Unit, day: int) -> None:
        """Relieve a unit from its post: outage and call end for it."""
        if unit in unit.line.holding:
            unit.line.holding.remove(unit)
            unit.line.last_nation = unit.offer.nation
        if unit.outages.is_alive:
            unit.outages.interrupt()
        if unit.out:
            self.end_outage(unit, day)
        if unit.call is not None:
            self.drop_call(unit, day)
        unit.due = unit.extended = unit.stand_in = False

    def relieve(self, unit: Unit, day: int, leave: int) -> None:
        self.off_duty(unit, day)
        if leave > day:
            unit.handing_over = True
            unit.relieved.succeed(leave)
        else:
            self.go_home(unit, day)

    def go_home(self, unit: Unit, day: int) -> None:
        self.off_duty(unit, day)
        self.count["extended_tours"] += day > unit.leave
        unit.handing_over, unit.at_home, unit.home_since, unit.away = False, True, day, day - unit.began
        if not unit.relieved.triggered:
            unit.relieved.succeed(day)

    def withdrawal(self, nation: str, hazard: float) -> Iterator[simpy.Event]:
        draw = self.draws.at("withdrawal", nation)[0]
        day = 0 if hazard >= 1 else int(math.log1p(-draw) / math.log1p(-hazard))
        if day >= self.horizon:
            return
        own = [unit for unit in self.units if unit.offer.nation == nation]
        self.count["withdrawals"] += any(unit.present for unit in own)
        yield self.until(day, WITHDRAW)
        for unit in own:
            unit.gone = True
            if unit.pending:
                unit.process.interrupt()
                unit.line.expected.remove(unit)
                unit.pending, unit.at_home = False, True
                if unit.planned is not None:
                    self.missed[unit.offer.offer, "withdrawn"] += unit.planned[1] - unit.arrives
                    unit.line.last_nation = nation
            elif unit.extended:
                self.relieve(unit, day, day)

    # ----------------------------------------------------------------------------------------------------------------- calls

    def call_source(self, row: Any) -> Iterator[simpy.Event]:
        when, number = 0.0, 0
        until = self.horizon if row.until_day is None else row.until_day
        while row.per_year > 0:
            when += -math.log(1 - self.draws.at("arrival", row.call, number)[0]) * 365 / row.per_year
            number += 1
            day = row.from_day + math.floor(when)
            if day >= min(until, self.horizon):
                return
            if self.env.now < day * TICKS + CALL:
                yield self.until(day, CALL)
            length = row.days
            if row.length == "exponential":
                length = whole_days(self.draws.at("length", row.call, number, 1)[0], row.days)
            self.todays.append((self.active.index(row), row, day + length))

    def reserve(self, row: Any) -> list[Line]:
        found: list[Line] = []
        for name in row.reserve:
            lines = [self.by_name[name]] if name in self.by_name else [
                line for line in self.lines if name in (line.row.mandate, line.row.task)]
            found += [line for line in lines if line not in found]
        return found

    def free(self, row: Any) -> Unit | None:
        for line in self.reserve(row):
            ready = [unit for unit in line.holding if unit.counts]
            if ready:
                return min(ready, key=lambda unit: (-unit.service_end, unit.order))
        return None

    def drop_call(self, unit: Unit, day: int) -> None:
        row, _, end = unit.call
        self.stop_call(unit, day)
        self.open_calls.append([self.active.index(row), end])

    def stop_call(self, unit: Unit, day: int) -> None:
        row, since, _ = unit.call
        self.miss(unit, "called", since, day)
        self.calls[row.call]["unit_days"] += day - since
        unit.call = None

    def duty_officer(self, day: int) -> None:
        for place, end in sorted(self.open_calls):
            unit = self.free(self.active[place]) if end > day else None
            if unit is not None:
                unit.call = (self.active[place], day, end)
        self.open_calls = []
        for _, row, end in sorted(self.todays, key=lambda call: call[0]):
            self.calls[row.call]["calls"] += 1
            self.count["calls"] += 1
            for _ in range(row.quantity):
                self.calls[row.call]["units"] += 1
                unit = self.free(row)
                if unit is not None:
                    unit.call = (row, day, end)
                else:
                    self.calls[row.call]["lost"] += 1
                    self.count["calls_lost"] += 1
        self.todays = []

    # ------------------------------------------------------------------------------------------------------------- the staff

    def staff(self) -> Iterator[simpy.Event]:
        """Decides, day by day."""
        for day in range(self.horizon):
            yield self.until(day, OVER)
            for unit in self.units:
                if unit.call is not None and unit.call[2] == day:
                    self.stop_call(unit, day)
            yield self.until(day, LATEST)
            for unit in self.units:
                if unit.extended and unit.latest == day:
                    self.relieve(unit, day, day)
            yield self.until(day, TARGET)
            for line in self.lines:
                line.target = line.steps.get(day, 0.0)
            yield self.until(day, DUE)
            for unit in self.units:
                if unit.line is not None and unit in unit.line.holding and unit.service_end == day:
                    unit.due = True
                    unit.line.holding.remove(unit)
                    unit.line.last_nation = unit.offer.nation
            yield self.until(day, BEGIN)
            yield self.env.timeout(0)
            for unit in sorted(self.starting, key=lambda unit: unit.order):
                self.begin_planned(unit)
            self.starting = []
            yield self.until(day, RELIEVE)
            self.relieve_and_extend(day)
            yield self.until(day, CALL)
            yield self.env.timeout(0)
            self.duty_officer(day)
            yield self.until(day, SEND)
            self.fill(day)
            self.write_down(day)
        for unit in self.units:
            if unit.call is not None:
                self.stop_call(unit, self.horizon)
            if unit.out:
                self.end_outage(unit, self.horizon)

    def relieve_and_extend(self, day: int) -> None:
        for unit in self.units:
            if not unit.due:
                continue
            latest = unit.began + (self.says(unit, "most_tour_days", day) or 0)
            unit.due = False
            if unit.line.needs(unit.weight) and latest > day and not unit.gone:
                unit.extended, unit.latest = True, latest
                unit.line.holding.append(unit)
            else:
                self.relieve(unit, day, unit.leave)
        staying = [
            unit for unit in self.units
            if unit.line is not None and unit in unit.line.holding and (unit.extended or unit.stand_in)
        ]
        for unit in sorted(staying, key=lambda unit: (unit.service_end, unit.order)):
            if not unit.line.needs(unit.weight, without=unit.weight):
                latest = unit.leave
                if unit.extended:
                    latest = max(latest, unit.began + (self.says(unit, "most_tour_days", day) or 0))
                self.relieve(unit, day, min(day + unit.handover, latest))

    def fill(self, day: int) -> None:
        for line in sorted(self.lines, key=lambda line: (line.row.priority, line.order)):
            while line.short() > 0:
                worths = [(worth, unit) for unit in self.units if (worth := self.worth(unit, line, day)) is not None]
                if not worths:
                    break
                unit = max(worths, key=lambda pair: (pair[0], -pair[1].order))[1]
                if not self.fails(unit, day):
                    self.send(unit, line, day)

    def people(self, nation: str) -> int:
        away = [unit for unit in self.units if unit.offer.nation == nation and not unit.at_home and not unit.pending]
        return sum(unit.terms.personnel for unit in away)

    def worth(self, unit: Unit, line: Line, day: int) -> tuple[Any, ...] | None:
        gives, days = self.gives(unit, line), self.tour_days(unit, day)
        if not unit.present or unit.gone or not unit.at_home or gives == 0 or round(2 * line.short(), 6) < gives:
            return None
        if min(day + days, self.horizon) > unit.terms.until_day:
            return None
        nation = self.scenario.nation_by_name[unit.offer.nation]
        if nation.personnel_ceiling is not None and self.people(nation.nation) + unit.terms.personnel > nation.personnel_ceiling:
            return None
        if line.row.hold == "one_nation" and line.holder not in (None, nation.nation):
            return None
        state, may = self.stage(unit, day)
        at_home, most = day - unit.home_since, unit.terms.max_tours
        least, promise = self.least_ratio(unit, day), self.ratio(unit, day)
        if not (may or state == "ready") or at_home < dwell(unit.away, least):
            return None
        keeps = state == "ready" and at_home >= dwell(unit.away, promise)
        on_this_line = False
        if unit.tours:
            start, line_next = unit.tours[0][0], unit.tours[0][3]
            on_this_line = line_next is line
            if start < day + days + dwell(days, least):
                early = on_this_line and line.rule[day] == "planned"
                if not early and line_next.row.priority <= line.row.priority:
                    return None
                most = None if most is None else most + 1
            elif start < day + days + dwell(days, promise):
                keeps = False
        if most is not None and unit.made + len(unit.tours) >= most:
            return None
        liked = line.rule[day] == "planned" and on_this_line
        if line.rule[day] == "own_nation":
            liked = line.last_nation == nation.nation
        return keeps, gives, liked, at_home

    def send(self, unit: Unit, line: Line, day: int) -> None:
        self.count["unplanned_tours"] += 1
        days = self.tour_days(unit, day)
        handover = self.says(unit, "handover_days", day)
        handover = min(unit.terms.handover_days if handover is None else handover, days - 1)
        arrives = day + self.delay(unit, day)
        line.holder = line.holder or unit.offer.nation
        unit.planned, unit.stand_in = None, not self.greedy
        early = bool(unit.tours) and unit.tours[0][3] is line and line.rule[day] == "planned"
        if early and unit.tours[0][0] < day + days + dwell(days, self.least_ratio(unit, day)):
            unit.tours.pop(0)
            unit.stand_in = False
        self.set_off(unit, line, self.gives(unit, line), arrives, arrives + days - handover, arrives + days, handover)

    # --------------------------------------------------------------------------------------------------------- what came of it

    def write_down(self, day: int) -> None:
        for line in self.lines:
            serving = [unit for unit in line.holding if unit.counts]
            inside = line.row.from_day <= day < line.until
            weight = round(sum(unit.weight for unit in serving), 5)
            line.daily.append(min(float(line.row.quantity), weight) if inside else 0.0)
            line.servers.append(len(serving))
        self.states[day] = Counter(self.seen_as(unit, day) for unit in self.units)

    def seen_as(self, unit: Unit, day: int) -> str:
        if unit.handing_over:
            return "handover"
        if not unit.at_home and not unit.pending:
            if unit.out:
                return "outage"
            if unit.call is not None:
                return "called"
            return "extended" if day >= unit.leave else "serving"
        if not unit.present:
            return "not_offered"
        if unit.gone:
            return "withdrawn"
        return "ready" if unit.pending else self.stage(unit, day)[0]

    def longest_empty(self, line: Line) -> int:
        longest = run = 0
        for day in range(line.counts_from, line.until):
            run = run + 1 if line.servers[day] == 0 else 0
            longest = max(longest, run)
        return longest

    def play(self) -> "Model":
        """Run the replication to its end."""
        self.todays: list[Any] = []
        self.starting: list[Unit] = []
        shares = {row.nation: self.draws.at("takes part", row.nation)[0] for row in self.scenario.nations}
        for unit in self.units:
            unit.present = shares[unit.offer.nation] < (1.0 if unit.offer.probability is None else unit.offer.probability)
        absent = {unit.offer.offer for unit in self.units if not unit.present}
        self.count["offers_not_come"] = len(absent)
        for row in self.scenario.nations:
            yearly = row.withdrawal_probability or 0.0
            if yearly > 0:
                self.env.process(self.withdrawal(row.nation, 1.0 if yearly >= 1 else -math.expm1(math.log1p(-yearly) / 365)))
        for unit in self.units:
            self.env.process(self.schedule(unit))
        for row in self.active:
            if self.reserve(row):
                self.env.process(self.call_source(row))
        self.env.process(self.staff())
        self.env.run(until=self.horizon * TICKS)
        return self
