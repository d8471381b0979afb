"""Random runs: starting days as MARATHON draws them, unit-days that add up."""

from dataclasses import replace

import polars as pl
import pytest
from tests.simulation.marathon.hand_made import ONE_TO_TWO, demand, project, unit

from contingent.simulation.marathon import MarathonProject, random_runs, run
from contingent.simulation.marathon.engine import phases_of
from contingent.simulation.marathon.java_random import JavaRandom
from contingent.simulation.marathon.project import Period, Supply

PHASES = (("before", 1, 300), ("after", 301, 700))


def small() -> MarathonProject:
    reserve = replace(
        ONE_TO_TWO, name="R", template="RC14", expected_dwell=1825, max_bog=270, start_deployable=1460, stop_deployable=1825
    )
    return project(
        Supply("A", "AC", 3, "AC12"), unit(5, component="NG", policy="R"), unit(7, component="RC", policy="R"),
        demand(1, 700, quantity=2), policies=(ONE_TO_TWO, reserve),
    )  # fmt: skip


def test_a_run_is_that_of_its_starting_days() -> None:
    """The days drawn by hand, given to a project whose units are rows of their own, counted from the trace of every day."""
    made = small()
    seed = JavaRandom(42).next_long()
    chance = JavaRandom(seed)
    starts = [int(chance.next_double() * length) for length in (1095, 1095, 1095, 1825, 1825)]
    kinds = [("AC", "AC12")] * 3 + [("NG", "R"), ("RC", "R")]
    single = tuple(Supply("A", component, 1, policy, day) for (component, policy), day in zip(kinds, starts, strict=True))
    rows = random_runs(made, replications=1, phases=PHASES)
    assert rows["rep-seed"].to_list() == [seed, seed]
    trace = run(replace(made, supply=single)).trace()
    days = trace["t"].unique().sort()
    held = pl.DataFrame({"t": days, "next": [*days[1:], days[-1] + 1]})
    classes = {"bogging": "fill", "overlapping": "overlap", "c1+deployable+dwelling": "deployable"}
    joined = trace.join(held, on="t").with_columns(
        pl.col("state").replace_strict(classes, default="not-ready"), component=pl.col("unit").str.split("_").list.last()
    )
    for phase, begins, ends in PHASES:
        span = pl.min_horizontal("next", pl.lit(ends + 1)) - pl.max_horizontal("t", pl.lit(begins))
        counted = (
            joined.with_columns(span=span).filter(pl.col("span") > 0).group_by("component", "state").agg(pl.col("span").sum())
        )
        row = rows.filter(pl.col("phase") == phase).row(0, named=True)
        for component in ("AC", "NG", "RC"):
            for name in ("fill", "overlap", "deployable", "not-ready"):
                own = counted.filter((pl.col("component") == component) & (pl.col("state") == name))["span"].sum()
                assert row[f"{component}-{name}"] == own, (phase, component, name)


def test_every_unit_is_something_on_every_day() -> None:
    rows = random_runs(small(), replications=20, phases=PHASES)
    assert rows.height == 40
    assert (rows["AC-total"] == 3 * rows["phase"].replace_strict({"before": 300, "after": 400})).all()
    assert rows.select("AC", "NG", "RC", "total-quantity").unique().rows() == [(3, 1, 1, 5)]
    assert rows["rep-seed"].n_unique() == 20


def test_threads_and_repetition_change_nothing() -> None:
    first = random_runs(small(), replications=30, seed=7)
    assert random_runs(small(), replications=30, seed=7, threads=2).equals(first)
    assert random_runs(small(), replications=10, seed=7).equals(first.head(10))
    assert not random_runs(small(), replications=30, seed=8).equals(first)


def test_phases_are_the_periods_that_touch_a_demand() -> None:
    periods = (Period("Initialization", 0, 0), Period("One", 1), Period("Two", 400), Period("Three", 900))
    made = replace(small(), periods=periods)
    assert phases_of(made) == (("One", 1, 399), ("Two", 400, 700))
    assert phases_of(made, days=500) == (("One", 1, 399), ("Two", 400, 500))


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"replications": 1, "threads": 0}])
def test_less_than_one_run_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be 1 or more"):
        random_runs(small(), **wrong)
