"""The kernels and a SimPy model of the same rules, written separately, agree."""

import numpy as np
import pytest
from tests.simulation.simpy_model import Model
from tests.simulation.simpy_parts import Draws
from tests.simulation.worlds import risky_scenario_of, simple_plan

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.simulation import SimulationOptions
from contingent.simulation import layout as at
from contingent.simulation.replications import play_piece
from contingent.simulation.world import World, build_world

SEED = 11


def agrees(scenario: Scenario, plan: Plan | None, options: SimulationOptions, replication: int) -> World:
    """Hold one replication of the kernels against the model: what served each line in each month, and all that is counted."""
    world = build_world(scenario, plan, options)
    counted = play_piece(world.given, [replication, replication + 1])
    draws = Draws(options.seed, replication)
    model = Model(
        scenario, plan, draws, option=options.option, dispatch=options.dispatch, fill_gaps=options.fill_gaps).play()
    months = world.given.month_first
    for place, line in enumerate(model.lines):
        by_month = np.add.reduceat(line.daily, months[:-1])
        assert counted["month_sum"][place] / at.UNIT == pytest.approx(by_month, abs=1e-3), line.row.line
        if world.given.required[place].sum():
            assert counted["longest_sum"][place] == model.longest_empty(line), line.row.line
    assert {name: int(number) for name, number in zip(at.COUNTED, counted["count_sum"], strict=True)} == {
        name: model.count[name] for name in at.COUNTED}
    missed = {
        (offer.offer, cause): int(counted["missed"][place, number])
        for place, offer in enumerate(world.offers) for number, cause in enumerate(at.CAUSES) if counted["missed"][place, number]
    }  # fmt: skip
    assert missed == {key: days for key, days in model.missed.items() if days}
    for month, day in enumerate(months[:-1]):
        assert {name: int(number) for name, number in zip(at.STATES, counted["state_sum"][month], strict=True) if number} == {
            name: number for name, number in model.states[int(day)].items() if number}, day
    for place, (nation, unit_type) in enumerate(world.groups):
        own = [row for row in model.dwells if (row[0].offer.nation, row[0].offer.unit_type) == (nation, unit_type)]
        assert counted["dwell_sum"][place, at.D_TOURS] == len(own)
        assert counted["dwell_sum"][place, at.D_BROKEN] == sum(days < promised for _, days, _, promised in own)
        assert counted["dwell_sum"][place, at.D_RATIO] == sum(days * at.UNIT // away for _, days, away, _ in own)
    for place, call in enumerate(world.calls):
        sums = counted["calls"][place]
        of_model = model.calls[call.call]
        found = [int(sums[column]) for column in (at.W_CALLS, at.W_UNITS, at.W_LOST, at.W_UNIT_DAYS)]
        assert found == [of_model[name] for name in ("calls", "units", "lost", "unit_days")]
    return world


@pytest.mark.parametrize("seed", range(60))
def test_every_replication_of_a_random_scenario_agrees(seed: int):
    """With plans that leave posts empty or not, by every rule of dispatch, gaps filled or not, and without a plan."""
    scenario = risky_scenario_of(seed)
    plan = None if seed % 5 == 4 else simple_plan(scenario, leave_out=(0, 3)[seed % 2])
    dispatch = (None, None, "planned", "longest_dwell", "own_nation")[seed // 2 % 5]
    options = SimulationOptions(seed=SEED, dispatch=dispatch, fill_gaps=seed % 7 == 3)
    for replication in range(2):
        agrees(scenario, plan, options, replication)
