"""The same input and seed give the same bytes: whatever the engine, the pieces, the journal; streams hang on names alone."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.simulation.simpy_model import Model
from tests.simulation.simpy_parts import OtherDraws
from tests.simulation.small_worlds import line, offer, plan_of, world
from tests.simulation.worlds import risky_scenario_of, simple_plan

from contingent.io import read_scenario
from contingent.model.chance import Policy
from contingent.model.rows import Nation
from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions
from contingent.plan.risk_columns import MAY_BE_BLANK, RISK_COLUMNS
from contingent.simulation import FRAMES, Risk, SimulationOptions, leaves_to_chance, simulate
from contingent.simulation.layout import Tally
from contingent.simulation.replications import MOST_PIECES, play_all, play_piece
from contingent.simulation.world import build_world

SEED = 5


def bytes_of(risk: Risk) -> str:
    return hashlib.sha256("".join(risk.frames[name].write_csv() for name in FRAMES).encode()).hexdigest()


@pytest.fixture(scope="module")
def risky() -> tuple:
    scenario = risky_scenario_of(SEED)
    return scenario, simple_plan(scenario, leave_out=2)


def test_whatever_the_engine(risky, tmp_path: Path):
    scenario, plan = risky
    assert leaves_to_chance(scenario, None)
    options = SimulationOptions(replications=300, seed=9, engine="here")
    told: list[tuple[int, int]] = []
    here = simulate(scenario, plan, replace(options, progress=lambda done, of: told.append((done, of))))
    assert told[-1] == (300, 300)
    expected = bytes_of(here)
    for engine in ("threads:2", "processes:2"):
        assert bytes_of(simulate(scenario, plan, replace(options, engine=engine))) == expected
    kept = replace(options, journal=tmp_path)
    assert bytes_of(simulate(scenario, plan, kept)) == expected
    assert bytes_of(simulate(scenario, plan, kept)) == expected
    assert bytes_of(simulate(scenario, plan, replace(options, seed=10))) != expected


def test_whatever_the_size_of_a_piece(risky):
    scenario, plan = risky
    world_of = build_world(scenario, plan, SimulationOptions())
    tallies = [play_all(world_of, 101, engine="here", journal=None, progress=None, piece=size) for size in (1, 7, 50, 101)]
    for other in tallies[1:]:
        for name in Tally._fields:
            np.testing.assert_array_equal(getattr(other, name), getattr(tallies[0], name), err_msg=name)


def test_memory_does_not_grow_with_replications(risky):
    """What a piece gives back is as large for a thousand replications as for one, and pieces are few."""
    scenario, plan = risky
    given = build_world(scenario, plan, SimulationOptions()).given
    sizes = {sum(array.nbytes for array in play_piece(given, [0, number]).values()) for number in (1, 1000)}
    assert len(sizes) == 1
    assert MOST_PIECES <= 40


def test_taking_a_nation_away_changes_no_draw_of_another():
    """Two nations that serve different lines: without the first, the second's lines come about as before, to the last digit."""
    policy = Policy(policy="p", late_probability=0.3, late_days=9, fail_probability=0.2, outages_per_year=6, outage_days=5)
    nations = tuple(Nation(nation=name, name=name, withdrawal_probability=0.4) for name in ("AAA", "BBB"))
    offers = (
        offer("A", "AAA", 3, probability=0.6, excluded_tasks=("b",)),
        offer("B", "BBB", 3, probability=0.7, excluded_tasks=("a",)),
    )
    lines = (line("LA", task="a"), line("LB", task="b"))
    days = [(number, 180 * (number - 1), 180 * number) for number in (1, 2, 3)]
    tours = [(f"{name}#{number}", f"L{name}", start, end, end) for name in "AB" for number, start, end in days]
    both = world(horizon=540, offers=offers, lines=lines, nations=nations, policies=(policy,))
    alone = both.model_copy(update={"nations": nations[1:], "offers": offers[1:], "requirements": lines[1:]})
    options = SimulationOptions(replications=200, engine="here", seed=1)
    with_both = simulate(both, plan_of(both, tours), options)
    without = simulate(alone, plan_of(alone, tours[3:]), options)
    of_both, of_one = (risk.risk_fill.filter(risk.risk_fill["line"] == "LB") for risk in (with_both, without))
    assert of_both.equals(of_one)
    assert of_both["mean"].min() < 1


def test_frames_have_their_columns_and_blanks_only_where_they_mean_something(risky):
    scenario, plan = risky
    for given in (plan, None):
        risk = simulate(scenario, given, SimulationOptions(replications=20, engine="here"))
        for name in FRAMES:
            table = risk.frames[name]
            assert dict(table.schema) == RISK_COLUMNS[name]
            assert {column for column in table.columns if table[column].null_count()} <= MAY_BE_BLANK[name], name


@pytest.mark.slow
@pytest.mark.parametrize("option", ["small", "medium", "large"])
def test_the_bundled_options_under_chance(option: str):
    """A plan carries its risk; it is the same from elsewhere; on average less is filled than planned, of every priority."""
    scenario = derive(read_scenario("reassurance"))
    plan = make_plan(scenario, PlanOptions(option=option, replications=60, remedies=False))
    fill = plan.risk_summary.filter(plan.risk_summary["measure"] == "fill")
    assert (fill["mean"] < fill["planned"]).all()
    assert fill["mean"].min() > 0
    again = simulate(scenario, plan, SimulationOptions(replications=60, engine="processes:2"))
    assert all(again.frames[name].equals(getattr(plan, name)) for name in FRAMES)


@pytest.mark.parametrize("seed", [1, 3, 13, 27])
def test_a_simpy_model_with_other_numbers_agrees_within_its_interval(seed: int):
    """Mean fill of each line, the model drawing from a generator of its own."""
    scenario = risky_scenario_of(seed)
    plan = simple_plan(scenario, leave_out=2)
    models = [Model(scenario, plan, OtherDraws(number)).play() for number in range(150)]
    risk = simulate(scenario, plan, SimulationOptions(replications=3000, engine="here"))
    means = dict(zip(risk.risk_lines["line"], risk.risk_lines["mean"], strict=True))
    for place, row in enumerate(scenario.requirements):
        if row.line not in means:
            continue
        asked = row.quantity * (models[0].lines[place].until - row.from_day)
        found = np.array([sum(model.lines[place].daily) / asked for model in models])
        error = found.std(ddof=1) * np.sqrt(1 / 150 + 1 / 3000)
        assert means[row.line] == pytest.approx(found.mean(), abs=4 * error + 1e-6)
