"""Simulate: play a plan through under chance, many times, and say what becomes of it."""

import logging
from dataclasses import replace
from time import perf_counter

import numpy as np

from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario
from contingent.model.scope import Kind
from contingent.plan.plan import Plan
from contingent.simulation.calls import calls_of
from contingent.simulation.frames import first_months, frames_of
from contingent.simulation.layout import COUNTED
from contingent.simulation.options import Risk, SimulationOptions, no_risk, risk_of
from contingent.simulation.policies import kind_of, phase_starts, policies_for, said
from contingent.simulation.replications import play_all
from contingent.simulation.world import World, build_world

log = logging.getLogger(__name__)


def simulate(scenario: Scenario, plan: Plan | None, options: SimulationOptions | None = None) -> Risk:
    """Play a plan through under chance, or posts filled by dispatch alone.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with the offers of its pool and the lines of its mandate derived.
    plan : Plan or None
        None, or with `options.greedy`: there is no plan; posts are filled by whoever is ready on the day on which they are empty.
    options : SimulationOptions, optional
        How often, from which seed, by which rules.

    Returns
    -------
    Risk
        Frozen frames; the same bytes for the same input and seed, whatever the engine.

    Raises
    ------
    ValueError
        If there are no replications to play, or days are negative.
    BadPlan
        If the plan is of another scenario.

    Notes
    -----
    Nothing is left to chance where no row says so; a plan then comes about as it was made, day for day. The rules are told in
    docs/simulation.md, the order of a day in `contingent.simulation.replication_kernel`.
    """
    asked = options or SimulationOptions()
    if asked.replications < 1:
        raise ValueError(f"replications is {asked.replications}; a plan is played through at least once.")
    if asked.empty_days < 0:
        raise ValueError(f"empty_days is {asked.empty_days}; it must be a number of days of 0 or more.")
    began = perf_counter()
    followed = None if asked.greedy else plan
    if asked.greedy and plan is not None and asked.option is None:
        asked = replace(asked, option=plan.option)
    world, calm = build_world(scenario, followed, asked), build_world(scenario, followed, asked, calm=True)
    if not world.lines or not world.units:
        return no_risk()
    counted_calm = play_all(calm, 1, engine="here", journal=None, progress=None)
    months = first_months(world, counted_calm)
    world, calm = _counting_from(world, months), _counting_from(calm, months)
    counted_calm = play_all(calm, 1, engine="here", journal=None, progress=None)
    log.info("playing %d replications of %d units over %d lines", asked.replications, len(world.units), len(world.lines))
    counted = play_all(world, asked.replications, engine=asked.engine, journal=asked.journal, progress=asked.progress)
    frames = frames_of(world, counted, counted_calm, asked.replications)
    unit_days, seconds = world.unit_days * asked.replications, perf_counter() - began
    return risk_of(frames, replications=asked.replications, seed=asked.seed, unit_days=unit_days, seconds=seconds)


def _counting_from(world: World, months: list[int]) -> World:
    """Note from which month on the worst is looked for."""
    width = np.concatenate([world.given.width[: 2 + len(COUNTED)], months]).astype(np.int64)
    return replace(world, given=world.given._replace(width=width))


def leaves_to_chance(scenario: Scenario, option: str | None) -> bool:
    """Whether a scenario leaves anything to chance, so that a plan may come about otherwise than it was made.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool derived.
    option : str or None
        Course of action, for its calls.
    """
    offers = [row for row in scenario.offers if row.quantity > 0]
    if not lines_of_option(scenario, option) or not offers:
        return False
    if any(row.probability is not None and row.probability < 1 for row in offers) or calls_of(scenario, option):
        return True
    taking_part = {row.nation for row in offers}
    if any(row.withdrawal_probability for row in scenario.nations if row.nation in taking_part):
        return True
    phases = set(phase_starts(scenario).values())
    return any(_changes(scenario, kind, phase) for kind in {kind_of(scenario, row) for row in offers} for phase in phases)


def _changes(scenario: Scenario, kind: Kind, phase: str | None) -> bool:
    """Whether policies let something happen to units of a kind by chance, or change the dwell that they were planned with."""
    rows = policies_for(scenario, kind, phase)
    by_chance = any(said(rows, name) for name in ("late_probability", "fail_probability", "outages_per_year"))
    return by_chance or said(rows, "dwell_ratio") is not None
