"""The problem of force generation as arrays: what may be decided, with nothing of tables left.

    k    offers                               0 ... offers - 1
    r    requirement lines                    0 ... lines - 1
    s    days on which a tour may begin       `start_day`: first days of periods, and days on which lines open
    t    slots: intervals in which nothing changes, `slot_day[t]` to `slot_day[t + 1]`
    a    arcs: offer k may serve line r       caveats, capability and windows are arcs that are never made
    p    pairs: nation and line               of the arcs, for continuity and one-nation lines
    c    tempos: (serving, tour, cycle) days  few, shared by many offers

A slot is never cut by the start or end of a tour's service, of a line, or (for nations with a ceiling) of a tour, so
unit-days counted by slots are exact to the day. The page "Formulation" of the manual says what is modelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.pins import faults_of_pins
from contingent.model.rows import Offer, Requirement
from contingent.model.rules import caveat_against, fair_weights, line_until, lines_of_option, readiness
from contingent.model.scenario import Readiness, Scenario

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

NO_LIMIT = 1 << 30


@dataclass(frozen=True)
class Problem:
    """Arrays of one generation problem. All frozen by convention; nothing writes into them.

    Parameters
    ----------
    offers, lines, terms, nations
        The rows behind the indices.
    slot_day : ndarray of int
        First day of each slot, and the horizon's end. [days], shape (slots + 1,)
    start_day, start_slot : ndarray of int
        Days on which tours may begin, and their slots; one entry more marks the end. Shape (starts + 1,)
    on_grid : ndarray of bool
        Whether a start is the first day of a period. Shape (starts,)
    tempo_serve, tempo_tour, tempo_next : ndarray of int
        By tempo and start: slot in which service ends, slot in which the tour ends, first start after dwell.
        Shape (tempos, starts)
    tempos : ndarray of int
        Days of service, of the tour, and of tour and dwell, by tempo. [days], shape (tempos, 3)
    offer_tempo, offer_quantity, offer_nation, offer_people, offer_max_tours : ndarray of int
        By offer.
    line_first, line_last : ndarray of int
        Slots of the line's window. Shape (lines,)
    line_open : ndarray of int
        Index of the start on which the line opens, -1 where it lies outside the horizon. Shape (lines,)
    line_quantity, line_level, line_one_nation
        Units asked for; index of the priority in `priorities`; whether one nation must hold the line.
    arc_ptr : ndarray of int
        Arcs of offer k are ``arc_ptr[k]`` to ``arc_ptr[k + 1]``. Shape (offers + 1,)
    arc_line, arc_first, arc_last, arc_pair : ndarray of int
        Line of the arc; half-open range of its starts; its pair.
    arc_effectiveness : ndarray of float
        Share of one required unit. [-]
    pair_line, pair_nation : ndarray of int
        Line and nation of each pair.
    ceiling : ndarray of float
        Most people of each nation on a day; infinite where it can never bind. [people], shape (nations,)
    fair : ndarray of float
        Fair share of each nation; 0 where it has none. [-], shape (nations,)
    reference : float
        The requirement in person-days. [person-days]
    pins : ndarray of int
        Tours fixed by the planner: arc, start, quantity. Shape (pins, 3)
    """

    offers: tuple[Offer, ...]
    lines: tuple[Requirement, ...]
    terms: tuple[Readiness, ...]
    nations: tuple[str, ...]
    priorities: tuple[int, ...]
    horizon_days: int
    slot_day: Ints
    start_day: Ints
    start_slot: Ints
    on_grid: npt.NDArray[np.bool_]
    tempo_serve: Ints
    tempo_tour: Ints
    tempo_next: Ints
    offer_tempo: Ints
    offer_quantity: Ints
    offer_nation: Ints
    offer_people: Ints
    offer_max_tours: Ints
    offer_tour_cost: Floats
    offer_daily_cost: Floats
    line_first: Ints
    line_last: Ints
    line_open: Ints
    line_quantity: Floats
    line_level: Ints
    line_one_nation: npt.NDArray[np.bool_]
    arc_ptr: Ints
    arc_line: Ints
    arc_first: Ints
    arc_last: Ints
    arc_pair: Ints
    arc_effectiveness: Floats
    pair_line: Ints
    pair_nation: Ints
    tempos: Ints
    ceiling: Floats
    fair: Floats
    reference: float
    pins: Ints

    @property
    def slot_days(self) -> Floats:
        """Length of each slot. [days], shape (slots,)"""
        return np.diff(self.slot_day).astype(np.float64)

    @property
    def arc_offer(self) -> Ints:
        """Offer of each arc. Shape (arcs,)"""
        return np.repeat(np.arange(len(self.offers), dtype=np.int32), np.diff(self.arc_ptr))

    @property
    def required(self) -> Floats:
        """Unit-days asked for by priority level. [unit-days], shape (levels,)"""
        days = self.slot_day[self.line_last] - self.slot_day[self.line_first]
        totals: Floats = np.bincount(self.line_level, weights=days * self.line_quantity, minlength=len(self.priorities)).astype(
            np.float64
        )
        return totals

    def allowed(self, arc: int, start: int) -> bool:
        """Whether a tour of this arc may begin on this start."""
        line = int(self.arc_line[arc])
        in_range = self.arc_first[arc] <= start < self.arc_last[arc]
        return bool(in_range and (self.on_grid[start] or start == self.line_open[line]))


def leanest_people(scenario: Scenario) -> dict[str, float]:
    """Return for each capability the least people that give one unit of it. [people]"""
    leanest: dict[str, float] = {}
    for row in scenario.capabilities:
        people = scenario.unit_type_by_name[row.unit_type].personnel / row.effectiveness
        leanest[row.capability] = min(people, leanest.get(row.capability, people))
    return leanest


def build_problem(scenario: Scenario, option: str | None) -> Problem:
    """Lay out the arrays of an option's force generation.

    Long because every array is named once, where it is made.

    Raises
    ------
    BadScenario
        If a pinned tour breaks a rule that no plan can keep.
    """
    lines = lines_of_option(scenario, option)
    offers = scenario.offers
    terms = tuple(readiness(scenario, offer) for offer in offers)
    nations = tuple(row.nation for row in scenario.nations)
    priorities = tuple(sorted({line.priority for line in lines}))
    horizon = scenario.settings.horizon_days

    start_day, on_grid = _starts(scenario, lines)
    limited = _nations_that_a_ceiling_can_bind(scenario, terms)
    tempos = sorted({(t.serving_days, t.tour_days, t.cycle_days) for t in terms})
    slot_day = _slots(scenario, lines, start_day, terms, limited)
    first, last = start_day[:-1], horizon

    def slot_at(days: npt.NDArray[Any]) -> Ints:
        found: Ints = np.searchsorted(slot_day, np.minimum(days, last)).astype(np.int32)
        return found

    serve = np.array([slot_at(first + serving) for serving, _, _ in tempos], dtype=np.int32).reshape(len(tempos), len(first))
    # Where no ceiling can bind, slots are not cut by tours' ends and the next slot's start stands in for them: unused.
    tour = np.array([slot_at(first + days) for _, days, _ in tempos], dtype=np.int32).reshape(len(tempos), len(first))
    following = np.array([np.searchsorted(first, first + cycle) for _, _, cycle in tempos], dtype=np.int32)
    following = following.reshape(len(tempos), len(first))

    until = np.array([line_until(scenario, line) for line in lines], dtype=np.int64)
    opens = np.array([line.from_day for line in lines], dtype=np.int64)
    until = np.maximum(until, np.minimum(opens, horizon))
    arcs = _arcs(scenario, offers, lines, terms, first, until)
    nation_index = {nation: index for index, nation in enumerate(nations)}
    tempo_index = {tempo: index for index, tempo in enumerate(tempos)}
    pairs = sorted({(line, nation_index[offers[k].nation]) for k, line, _, _, _ in arcs})
    pair_index = {pair: index for index, pair in enumerate(pairs)}
    weights = fair_weights(scenario)
    leanest = leanest_people(scenario)
    reference = sum(
        line.quantity * max(0, int(until[r]) - line.from_day) * leanest.get(line.capability, 0.0) for r, line in enumerate(lines)
    )
    types = [scenario.unit_type_by_name[offer.unit_type] for offer in offers]

    problem = Problem(
        offers=offers,
        lines=lines,
        terms=terms,
        nations=nations,
        priorities=priorities,
        horizon_days=horizon,
        slot_day=slot_day,
        start_day=start_day,
        start_slot=slot_at(start_day),
        on_grid=on_grid,
        tempo_serve=serve,
        tempo_tour=tour,
        tempo_next=following,
        offer_tempo=_ints([tempo_index[t.serving_days, t.tour_days, t.cycle_days] for t in terms]),
        offer_quantity=_ints([offer.quantity for offer in offers]),
        offer_nation=_ints([nation_index[offer.nation] for offer in offers]),
        offer_people=_ints([t.personnel for t in terms]),
        offer_max_tours=_ints([NO_LIMIT if t.max_tours is None else t.max_tours for t in terms]),
        offer_tour_cost=np.array([kind.tour_cost or 0.0 for kind in types], dtype=np.float64),
        offer_daily_cost=np.array([kind.daily_cost or 0.0 for kind in types], dtype=np.float64),
        line_first=slot_at(opens),
        line_last=slot_at(until),
        line_open=_ints([int(np.searchsorted(first, day)) if day < horizon else -1 for day in opens]),
        line_quantity=np.array([line.quantity for line in lines], dtype=np.float64),
        line_level=_ints([priorities.index(line.priority) for line in lines]),
        line_one_nation=np.array([line.hold == "one_nation" for line in lines], dtype=np.bool_),
        arc_ptr=_ints(np.concatenate([[0], np.cumsum(np.bincount([k for k, *_ in arcs], minlength=len(offers)))])),
        arc_line=_ints([r for _, r, _, _, _ in arcs]),
        arc_first=_ints([begin for _, _, _, begin, _ in arcs]),
        arc_last=_ints([end for _, _, _, _, end in arcs]),
        arc_pair=_ints([pair_index[int(r), nation_index[offers[k].nation]] for k, r, _, _, _ in arcs]),
        arc_effectiveness=np.array([share for _, _, share, _, _ in arcs], dtype=np.float64),
        pair_line=_ints([line for line, _ in pairs]),
        pair_nation=_ints([nation for _, nation in pairs]),
        tempos=np.array(tempos, dtype=np.int32).reshape(-1, 3),
        ceiling=np.array([limited.get(nation, np.inf) for nation in nations], dtype=np.float64),
        fair=np.array([weights[nation] for nation in nations], dtype=np.float64),
        reference=float(reference),
        pins=np.zeros((0, 3), dtype=np.int32),
    )
    return _with_pins(scenario, option, problem)


def _ints(values: Sequence[int] | npt.NDArray[np.int64]) -> Ints:
    return np.asarray(values, dtype=np.int32)


def _starts(scenario: Scenario, lines: Sequence[Requirement]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Days on which a tour may begin: periods' first days and days on which lines open. The last entry is the horizon."""
    horizon = scenario.settings.horizon
    days = set(horizon.period_starts)
    days.update(line.from_day for line in lines if line.from_day < horizon.days)
    ordered = np.array(sorted(days), dtype=np.int32)
    return np.append(ordered, np.int32(horizon.days)), ordered % horizon.period_days == 0


def _nations_that_a_ceiling_can_bind(scenario: Scenario, terms: Sequence[Readiness]) -> dict[str, float]:
    """Ceilings of nations that offer more people than their ceiling; the others can never reach theirs."""
    offered = dict.fromkeys((row.nation for row in scenario.nations), 0)
    for offer, term in zip(scenario.offers, terms, strict=True):
        offered[offer.nation] += offer.quantity * term.personnel
    return {
        row.nation: float(row.personnel_ceiling)
        for row in scenario.nations
        if row.personnel_ceiling is not None and offered[row.nation] > row.personnel_ceiling
    }


def _slots(
    scenario: Scenario,
    lines: Sequence[Requirement],
    start_day: Ints,
    terms: Sequence[Readiness],
    limited: dict[str, float],
) -> Ints:
    """Days on which anything can change, and the horizon's end."""
    horizon = scenario.settings.horizon_days
    starts = start_day[:-1].astype(np.int64)
    lengths = {t.serving_days for t in terms}
    lengths |= {t.tour_days for offer, t in zip(scenario.offers, terms, strict=True) if offer.nation in limited}
    days = [starts, np.array([0, horizon])]
    days += [starts + length for length in sorted(lengths)]
    days.append(np.array([line.from_day for line in lines] + [line_until(scenario, line) for line in lines], dtype=np.int64))
    cuts = np.unique(np.concatenate(days))
    return cuts[(cuts >= 0) & (cuts <= horizon)].astype(np.int32)


def _arcs(
    scenario: Scenario,
    offers: Sequence[Offer],
    lines: Sequence[Requirement],
    terms: Sequence[Readiness],
    starts: Ints,
    until: npt.NDArray[np.int64],
) -> list[tuple[int, int, float, int, int]]:
    """Return (offer, line, effectiveness, first start, last start) of every arc that some tour can use."""
    lines_by_capability: dict[str, list[int]] = {}
    for r, line in enumerate(lines):
        lines_by_capability.setdefault(line.capability, []).append(r)
    gives: dict[str, list[tuple[str, float]]] = {}
    for row in scenario.capabilities:
        gives.setdefault(row.unit_type, []).append((row.capability, row.effectiveness))
    horizon = scenario.settings.horizon_days
    arcs = []
    for k, (offer, term) in enumerate(zip(offers, terms, strict=True)):
        if offer.quantity == 0 or term.max_tours == 0:
            continue
        latest = horizon - 1 if term.until_day >= horizon else term.until_day - term.tour_days
        wanted = [
            (r, share) for capability, share in gives.get(offer.unit_type, []) for r in lines_by_capability.get(capability, [])
        ]
        for r, share in sorted(wanted):
            if caveat_against(scenario, offer, lines[r]) is not None:
                continue
            begin = int(np.searchsorted(starts, max(term.ready_day, lines[r].from_day)))
            end = int(np.searchsorted(starts, min(latest, int(until[r]) - 1), side="right"))
            if begin < end:
                arcs.append((k, r, share, begin, end))
    return arcs


def _with_pins(scenario: Scenario, option: str | None, problem: Problem) -> Problem:
    """Return the problem with pins.csv as (arc, start, quantity), or say which pins no plan can keep."""
    faults = dict.fromkeys(faults_of_pins(scenario, option))
    if faults:
        findings = [Finding("pins.csv", fault.what, column=fault.column, line=fault.place + 2) for fault in faults]
        raise BadScenario("pins.csv", findings)
    arcs = {
        (problem.offers[k].offer, problem.lines[r].line): arc
        for arc, (k, r) in enumerate(zip(problem.arc_offer.tolist(), problem.arc_line.tolist(), strict=True))
    }
    rows = [
        (arcs[pin.offer, pin.line], int(np.searchsorted(problem.start_day[:-1], pin.from_day)), pin.quantity)
        for pin in scenario.pins
        if (pin.offer, pin.line) in arcs
    ]
    return replace(problem, pins=np.array(rows, dtype=np.int32).reshape(-1, 3))
