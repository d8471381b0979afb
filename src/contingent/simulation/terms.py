"""Terms of units and their chances, for each offer and each stretch of time in which one phase of the policies holds."""

from dataclasses import dataclass

import numpy as np

from contingent.model.chance import Cycle
from contingent.model.rows import Offer, Requirement
from contingent.model.rules import caveat_against, readiness
from contingent.model.scenario import Scenario
from contingent.simulation import layout as at
from contingent.simulation.layout import UNIT, Floats, Ints
from contingent.simulation.policies import DEFAULT_CYCLE, kind_of, phase_starts, policies_for, said

NO_LEAST = 1e9
"""Stands for a least dwell of which no row speaks: the promise holds. [-]"""

CHANCES = ("late_probability", "fail_probability", "outages_per_year")
"""What policies leave to chance, in the order of `layout`."""

STATE_CODES = {"reset": at.IS_RESET, "train": at.IS_TRAINING, "ready": at.IS_READY}


@dataclass(frozen=True)
class Terms:
    """What holds for each offer, stretch by stretch.

    Parameters
    ----------
    starts : tuple of int
        First days of the stretches. [days from D-day]
    numbers, odds : ndarray
        Whole numbers and real ones, shape (offers, stretches, columns).
    step, step_share, steps : ndarray
        Cycles: their steps, shares of dwell (-1 = until the next tour) and how many there are; the first is the default.
    """

    starts: tuple[int, ...]
    numbers: Ints
    odds: Floats
    step: Ints
    step_share: Floats
    steps: Ints


def terms_of(scenario: Scenario, offers: tuple[Offer, ...], *, policies: bool, calm: bool) -> Terms:
    """Return the terms of offers.

    Parameters
    ----------
    policies : bool
        Whether policies.csv counts; else each offer's own terms hold throughout.
    calm : bool
        Leave out what happens by chance.
    """
    names = ["", *dict.fromkeys(row.cycle for row in scenario.cycles)]
    phases = phase_starts(scenario)
    numbers = np.zeros((len(offers), len(phases), at.TERM_COLUMNS), dtype=np.int64)
    odds = np.zeros((len(offers), len(phases), at.ODDS_COLUMNS))
    for place, offer in enumerate(offers):
        own, kind = readiness(scenario, offer), kind_of(scenario, offer)
        ratio = offer.dwell_ratio if offer.dwell_ratio is not None else scenario.settings.defaults.dwell_ratio
        for stretch, phase in enumerate(phases.values()):
            rows = policies_for(scenario, kind, phase) if policies else []
            tour = said(rows, "tour_days") or own.tour_days
            handover = said(rows, "handover_days")
            handover = own.handover_days if handover is None else handover
            cycle = said(rows, "cycle")
            numbers[place, stretch] = (
                tour, min(handover, tour - 1), said(rows, "most_tour_days") or 0, said(rows, "recovery_days") or 0,
                said(rows, "late_days") or 1, said(rows, "outage_days") or 1, names.index(cycle) if cycle in names else 0,
            )  # fmt: skip
            promised, least = said(rows, "dwell_ratio"), said(rows, "least_dwell_ratio")
            chances = [0.0 if calm else said(rows, name) or 0.0 for name in CHANCES]
            odds[place, stretch] = (ratio if promised is None else promised, NO_LEAST if least is None else least, *chances)
    cycles = [DEFAULT_CYCLE, *(_steps_of(scenario, name) for name in names[1:])]
    return Terms(tuple(phases), numbers, odds, *_cycles(cycles))


def _steps_of(scenario: Scenario, cycle: str | None) -> tuple[Cycle, ...]:
    return tuple(sorted((row for row in scenario.cycles if row.cycle == cycle), key=lambda row: row.step))


def _cycles(cycles: list[tuple[Cycle, ...]]) -> tuple[Ints, Floats, Ints]:
    longest = max(len(steps) for steps in cycles)
    step = np.zeros((len(cycles), longest, at.STEP_COLUMNS), dtype=np.int64)
    share = np.full((len(cycles), longest), -1.0)
    for place, steps in enumerate(cycles):
        for number, row in enumerate(steps):
            step[place, number] = (STATE_CODES[row.state], -1 if row.days is None else row.days, int(row.may_deploy == "yes"))
            share[place, number] = -1.0 if row.share is None else row.share
    return step, share, np.array([len(steps) for steps in cycles], dtype=np.int64)


def serves(scenario: Scenario, offers: tuple[Offer, ...], lines: tuple[Requirement, ...]) -> Ints:
    """Return what a unit of each offer gives each line, 0 where it may not serve it.

    [millionths of a unit], shape (offers, lines)
    """
    weight = np.zeros((len(offers), len(lines)), dtype=np.int64)
    for column, line in enumerate(lines):
        for row, offer in enumerate(offers):
            effectiveness = scenario.effectiveness.get((line.capability, offer.unit_type))
            if effectiveness is not None and caveat_against(scenario, offer, line) is None:
                weight[row, column] = max(1, round(effectiveness * UNIT))
    return weight
