"""What a simulation reads, made from a scenario and a plan: units by name, tours, terms by stretch of time, lines, calls.

Units stand in the order of the table of nations, then of offers; lines in the order of requirements.csv. Streams of random
numbers are keyed by names, so that what one nation draws does not hang on which others there are.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from contingent.ensemble.streams import generator_of, key_of
from contingent.errors import BadPlan
from contingent.findings import Finding, nearest_name
from contingent.horizon import Horizon
from contingent.model.chance import Call
from contingent.model.rows import Offer, Requirement
from contingent.model.rules import line_until, lines_of_option, readiness
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.quantities import dwell_days
from contingent.simulation import layout as at
from contingent.simulation.calls import calls_of, reserve_of
from contingent.simulation.layout import UNIT, Given, Ints, Words
from contingent.simulation.options import SimulationOptions
from contingent.simulation.policies import rules_of_dispatch
from contingent.simulation.schedule import Planned, planned_tours, targets
from contingent.simulation.terms import Terms, serves, terms_of

DAYS_OF_A_YEAR = 365.0
"""Where a rate or a probability is by year. [days]"""

MOST_MONTHS = 96
"""Most stretches of time that fill is counted by: months, or quarters or years where those are more."""


@dataclass(frozen=True)
class World:
    """What is simulated, by name beside the numbers that kernels read.

    Parameters
    ----------
    scenario, option : Scenario, str or None
        What was given, and the course of action.
    offers, lines, calls : tuple
        In the order in which kernels count them.
    groups : tuple of (str, str)
        Nation and unit type, in order of name.
    priorities : tuple of int
        In order.
    units : tuple of str
        Names of units.
    given : Given
        The numbers.
    """

    scenario: Scenario
    option: str | None
    offers: tuple[Offer, ...]
    lines: tuple[Requirement, ...]
    calls: tuple[Call, ...]
    groups: tuple[tuple[str, str], ...]
    priorities: tuple[int, ...]
    units: tuple[str, ...]
    given: Given

    @property
    def unit_days(self) -> int:
        """Days that all units together live through in one replication. [unit-days]"""
        return len(self.units) * self.scenario.settings.horizon_days

    def fingerprint(self) -> str:
        """Return the SHA-256 of the numbers."""
        digest = hashlib.sha256()
        for array in self.given:
            digest.update(f"{array.shape}{array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def build_world(scenario: Scenario, plan: Plan | None, options: SimulationOptions, *, calm: bool = False) -> World:
    """Return what is simulated.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool derived.
    plan : Plan or None
        None = posts are filled by dispatch alone.
    calm : bool
        Leave nothing to chance; with a plan, no policy counts either, so that it comes about as it was made.

    Raises
    ------
    BadPlan
        If the plan names an offer or a line that the scenario does not have, or more units of an offer than there are.
    """
    option = plan.option if plan is not None else options.option
    lines = lines_of_option(scenario, option)
    order = {row.nation: place for place, row in enumerate(scenario.nations)}
    offers = tuple(sorted((row for row in scenario.offers if row.quantity > 0), key=lambda row: order[row.nation]))
    if plan is not None:
        _refuse(plan, offers, lines)
    terms = terms_of(scenario, offers, policies=not (calm and plan is not None), calm=calm)
    planned = planned_tours(plan, offers, lines, scenario)
    groups = tuple(sorted({(row.nation, row.unit_type) for row in offers}))
    calls = () if calm else calls_of(scenario, option)
    return World(
        scenario, option, offers, lines, calls, groups, tuple(sorted({row.priority for row in lines})), planned.units,
        _given(scenario, offers, lines, calls, groups, terms, planned, options, greedy=plan is None, calm=calm),
    )  # fmt: skip


def _refuse(plan: Plan, offers: tuple[Offer, ...], lines: tuple[Requirement, ...]) -> None:
    """Raise `BadPlan` where the plan's tours are not of this scenario."""
    quantity, serials = {row.offer: row.quantity for row in offers}, {row.line for row in lines}
    findings = [
        Finding("tours.csv", f"'{name}' is not {noun} of the scenario.", column=column, nearest=nearest_name(name, known),
                maybe="give the scenario that was planned, with the offers of its pool")
        for column, noun, known in (("offer", "an offer", quantity), ("line", "a line", serials))
        for name in sorted(set(plan.tours[column].to_list()) - set(known))
    ]  # fmt: skip
    used = plan.tours.group_by("offer").agg(pl.col("unit").n_unique())
    findings += [
        Finding("tours.csv", f"{units} units of '{offer}' are on tour, but it has {quantity[offer]}.", column="unit")
        for offer, units in sorted(used.iter_rows())
        if offer in quantity and units > quantity[offer]
    ]
    if findings:
        raise BadPlan(plan.title, findings)


def _given(
    scenario: Scenario, offers: tuple[Offer, ...], lines: tuple[Requirement, ...], calls: tuple[Call, ...],
    groups: tuple[tuple[str, str], ...], terms: Terms, planned: Planned, options: SimulationOptions, *, greedy: bool, calm: bool,
) -> Given:  # fmt: skip
    """Return the numbers that kernels read."""
    horizon, seed = scenario.settings.horizon_days, options.seed
    whole = greedy or options.fill_gaps
    unit = _units(scenario, offers, groups, planned, terms, options if greedy else None)
    weight = serves(scenario, offers, lines)
    line = _lines(scenario, lines, planned, unit)
    target_day, target_line, target = targets(planned, line, whole=whole and not (calm and not greedy))
    for place in range(len(lines)):
        days = target_day[target_line == place]
        line[place, at.L_COUNTS_FROM] = days[0] if len(days) and not whole else line[place, at.L_FROM]
    months = months_of(scenario.horizon)
    month = np.repeat(np.arange(len(months) - 1), np.diff(months))
    priorities = sorted({row.priority for row in lines})
    reserves = [reserve_of(row, lines) for row in calls]
    place_of = {row.line: place for place, row in enumerate(lines)}
    serving = [np.flatnonzero(weight[:, place]) for place in range(len(lines))]
    return Given(
        setting=np.array([horizon, greedy, options.empty_days], dtype=np.int64),
        unit=unit,
        key=_keys(seed, at.UNIT_STREAMS, planned.units),
        tour=planned.tours,
        term=terms.numbers,
        odds=terms.odds,
        probability=np.array([1.0 if calm or row.probability is None else row.probability for row in offers], dtype=np.float64),
        units_first=np.concatenate([[0], np.cumsum([row.quantity for row in offers])]).astype(np.int64),
        nation=_nations(scenario, unit),
        nation_key=_keys(seed, at.NATION_STREAMS, [row.nation for row in scenario.nations]),
        hazard=np.array([0.0 if calm else hazard_of(row.withdrawal_probability or 0.0) for row in scenario.nations]),
        line=line,
        order=np.array(sorted(range(len(lines)), key=lambda place: (lines[place].priority, place)), dtype=np.int64),
        rule=_rules(scenario, lines, options, len(terms.starts)),
        weight=weight,
        serves_first=np.concatenate([[0], np.cumsum([len(found) for found in serving])]).astype(np.int64),
        serves_offer=np.concatenate([*serving, np.empty(0, dtype=np.int64)]).astype(np.int64),
        target_day=target_day,
        target_line=target_line,
        target=target,
        segment=np.searchsorted(np.array(terms.starts), np.arange(horizon), side="right").astype(np.int64) - 1,
        month=month.astype(np.int64),
        month_first=np.array(months, dtype=np.int64),
        required=_required(line, months, priorities),
        priority_row=np.array([len(lines) + priorities.index(row.priority) for row in lines], dtype=np.int64),
        step=terms.step,
        step_share=terms.step_share,
        steps=terms.steps,
        call=np.array([_call(row, horizon) for row in calls], dtype=np.int64).reshape(len(calls), at.CALL_COLUMNS),
        call_rate=np.array([row.per_year for row in calls], dtype=np.float64),
        call_key=_keys(seed, at.CALL_STREAMS, [row.call for row in calls]),
        reserve_first=np.concatenate([[0], np.cumsum([len(found) for found in reserves])]).astype(np.int64),
        reserve_line=np.array([place_of[name] for found in reserves for name in found], dtype=np.int64),
        width=_widths(scenario, offers, calls, unit, terms, priorities=len(priorities)),
    )


def _units(
    scenario: Scenario, offers: tuple[Offer, ...], groups: tuple[tuple[str, str], ...], planned: Planned, terms: Terms,
    greedy: SimulationOptions | None,
) -> Ints:  # fmt: skip
    nations = [row.nation for row in scenario.nations]
    rows: list[tuple[int, ...]] = []
    for place, offer in enumerate(offers):
        own = readiness(scenario, offer)
        group = groups.index((offer.nation, offer.unit_type))
        for number in range(offer.quantity):
            unit = len(rows)
            since = at.FRESH if greedy is None else _home_since(terms, place, number, offer.quantity, planned.units[unit], greedy)
            rows.append((
                place, nations.index(offer.nation), planned.first[unit], planned.last[unit], own.ready_day, own.until_day,
                at.NEVER if own.max_tours is None else own.max_tours, own.personnel, since, group,
            ))  # fmt: skip
    return np.array(rows, dtype=np.int64).reshape(len(rows), at.UNIT_COLUMNS)


def _home_since(terms: Terms, offer: int, number: int, of: int, name: str, options: SimulationOptions) -> int:
    """Since when a unit is at home on D-day, where there is no plan: how far it is in its cycle."""
    if options.start == "fresh":
        return at.FRESH
    tour, ratio = int(terms.numbers[offer, 0, at.O_TOUR]), float(terms.odds[offer, 0, at.P_RATIO])
    cycle, dwell = int(terms.numbers[offer, 0, at.O_CYCLE]), dwell_days(tour, ratio)
    steps = range(int(terms.steps[cycle]))
    days = [max(float(terms.step[cycle, step, at.S_DAYS]), float(terms.step_share[cycle, step] * dwell)) for step in steps]
    length = tour + dwell if min(days) < 0 else round(sum(days))
    if options.start == "spread":
        return -(number * length // of)
    return -int(generator_of(options.seed, "simulation", "start", name).integers(0, max(1, length)))


def _lines(scenario: Scenario, lines: tuple[Requirement, ...], planned: Planned, unit: Ints) -> Ints:
    table = np.zeros((len(lines), at.LINE_COLUMNS), dtype=np.int64)
    for place, row in enumerate(lines):
        own = planned.tours[planned.tours[:, at.T_LINE] == place]
        holder = unit[own[0, at.T_UNIT], at.U_NATION] if len(own) and row.hold == "one_nation" else -1
        until = max(row.from_day, line_until(scenario, row))
        table[place] = (row.quantity * UNIT, row.priority, row.from_day, until, row.hold == "one_nation", holder, row.from_day)
    return table


def _nations(scenario: Scenario, unit: Ints) -> Ints:
    table = np.zeros((len(scenario.nations), at.NATION_COLUMNS), dtype=np.int64)
    for place, row in enumerate(scenario.nations):
        first, after = np.searchsorted(unit[:, at.U_NATION], [place, place + 1])
        table[place] = (-1 if row.personnel_ceiling is None else row.personnel_ceiling, first, after)
    return table


def _call(row: Call, horizon: int) -> tuple[int, ...]:
    until = horizon if row.until_day is None else min(row.until_day, horizon)
    return row.quantity, row.from_day, until, row.days, row.length == "exponential"


def _rules(scenario: Scenario, lines: tuple[Requirement, ...], options: SimulationOptions, stretches: int) -> Ints:
    if options.dispatch is not None:
        return np.full((len(lines), stretches), at.RULES.index(options.dispatch), dtype=np.int64)
    by_capability = {row.capability: list(rules_of_dispatch(scenario, row.capability)) for row in lines}
    rows = [[at.RULES.index(rule) for rule in by_capability[row.capability]] for row in lines]
    return np.array(rows, dtype=np.int64).reshape(len(lines), stretches)


def _keys(seed: int, streams: tuple[str, ...], names: Sequence[str]) -> Words:
    keys = [[key_of(seed, "simulation", stream, name) for stream in streams] for name in names]
    return np.array(keys, dtype=np.uint64).reshape(len(names), len(streams), 2)


def hazard_of(probability: float) -> float:
    """Return the chance of a day from that of a year. [-]

    >>> round(1 - (1 - hazard_of(0.2)) ** 365, 6)
    0.2
    """
    return float(-np.expm1(np.log1p(-probability) / DAYS_OF_A_YEAR)) if probability < 1 else 1.0


def _required(line: Ints, months: Sequence[int], priorities: list[int]) -> Ints:
    """What lines, priorities and all ask for, by month. [unit-days], shape (lines + priorities + 1, months)"""
    bounds = np.array(months)
    days = np.minimum(bounds[1:], line[:, at.L_UNTIL, None]) - np.maximum(bounds[:-1], line[:, at.L_FROM, None])
    by_line = np.maximum(0, days) * (line[:, at.L_QUANTITY, None] // UNIT)
    by_priority = [by_line[line[:, at.L_PRIORITY] == priority].sum(axis=0) for priority in priorities]
    return np.vstack([by_line, *by_priority, by_line.sum(axis=0)]).astype(np.int64)


def _widths(
    scenario: Scenario, offers: tuple[Offer, ...], calls: tuple[Call, ...], unit: Ints, terms: Terms, *, priorities: int
) -> Ints:
    """How wide bins of whole numbers are, and from which month on the worst is looked for."""
    horizon = scenario.settings.horizon_days
    shortest = terms.numbers[:, :, at.O_TOUR].min(axis=1) if len(offers) else np.empty(0, dtype=np.int64)
    tours = sum(row.quantity * (horizon // int(days) + 1) for row, days in zip(offers, shortest, strict=True))
    expected = sum(row.per_year for row in calls) * horizon / DAYS_OF_A_YEAR
    foreseen = dict.fromkeys(at.COUNTED, tours) | {
        "failed_checks": 2 * tours, "withdrawals": len(scenario.nations), "offers_not_come": len(offers),
        "calls": 50 + 2 * int(expected),
        "calls_lost": (50 + 2 * int(expected)) * max((row.quantity for row in calls), default=1),
    }  # fmt: skip
    counted = [foreseen[name] // at.COUNT_BINS + 1 for name in at.COUNTED]
    states, longest = len(unit) // at.STATE_BINS + 1, horizon // at.COUNT_BINS + 1
    return np.array([states, longest, *counted, *[0] * (priorities + 1)], dtype=np.int64)


def months_of(horizon: Horizon) -> list[int]:
    """Return the first days of the months of a horizon, or of quarters or years where those are many, and its end. [days]"""
    needed = horizon.days / 30
    length = 1 if needed <= MOST_MONTHS else 3 if needed <= 3 * MOST_MONTHS else 12
    days = [0]
    while True:
        when = horizon.date_of(days[-1])
        month = (when.month - 1) // length * length + length
        day = horizon.day_of(date(when.year + month // 12, month % 12 + 1, 1))
        if day >= horizon.days:
            return [*days, horizon.days]
        days.append(day)
