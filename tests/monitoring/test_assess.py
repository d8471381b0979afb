"""The whole assessment: its frames, its notes, its sameness."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitoring.made_up import EXPOSURE, INCIDENTS, day, exposure, incidents, negative_binomial, of_counts

import contingent.scenarios
from contingent.io import read_scenario
from contingent.model.ground import Sector
from contingent.monitoring.assess import assess
from contingent.monitoring.exercise import Story
from contingent.monitoring.locate import locate_incidents
from contingent.monitoring.readers.read import read_incidents
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS
from contingent.monitoring.signal_options import SignalOptions


def test_every_frame_has_its_columns_and_two_runs_are_the_same():
    counts = negative_binomial(np.random.default_rng(1), 2.0, 1.0, (4, 120))
    frame = pl.concat([of_counts(counts), of_counts(counts[:1] // 2, kind="obstruction")])
    frame = frame.with_columns(latitude=pl.lit(48.0) + 0.05 * pl.int_range(pl.len()).mod(20), longitude=pl.lit(37.0))
    first, second = (assess(part, exposure(np.full((4, 120), 20.0))) for part in (frame, frame.reverse()))
    for name, schema in SIGNAL_COLUMNS.items():
        assert dict(getattr(first, name).schema) == schema, name
        assert getattr(first, name).equals(getattr(second, name)), name
        numbers = [column for column, kind in schema.items() if kind == pl.Float64]
        assert not getattr(first, name).select(pl.col(numbers).is_nan().any()).transpose().to_series().any(), name
    assert first.seconds > 0


@pytest.mark.parametrize("rows", [[], [{"sector": None, "day": 3}]])
def test_little_is_no_trouble(rows):
    """No incident, and a single one outside all sectors: frames without rows, or with one sector that saw nothing."""
    found = assess(incidents(rows), None, [Sector(sector="north")])
    assert found.changes.is_empty()
    assert found.hotspots.is_empty()
    assert found.notes


def test_days_observed_without_an_incident_are_a_result():
    found = assess(pl.DataFrame(schema=INCIDENTS), exposure(np.full((1, 60), 24.0), sectors=["north"]))
    week = found.rates.filter((pl.col("sector") == "north") & (pl.col("window_days") == 28)).row(0, named=True)
    assert (week["rate"], week["observed_days"]) == (0, 28)
    assert week["high"] == pytest.approx(2.303 / 28, rel=1e-3)
    assert found.forecast.filter(pl.col("sector") == "north")["expected"].item() < 0.3


def test_what_is_left_out_or_assumed_is_said():
    frame = incidents(
        [{"sector": "north", "day": 0}, {"sector": "north", "day": 5, "precision_h": 24.0 * 30}, {"sector": "north", "day": 9}]
    )
    notes = " ".join(assess(frame).notes)
    assert "known no better than 36 hours: 1 incidents" in notes
    assert "No exposure is given" in notes


def test_the_period_can_be_named():
    counts = np.ones((1, 60))
    found = assess(of_counts(counts), None, options=SignalOptions(since=day(10), until=day(39)))
    assert found.series["date"].min() == day(10)
    assert found.series["date"].max() == day(39)
    assert found.rates.filter((pl.col("by") == "all") & pl.col("window_days").is_null())["violations"].item() == 30


@pytest.mark.parametrize(
    ("name", "value"), [("confidence", 1.0), ("false_alarm_probability", 0.0), ("cell_km", 0.0), ("across", "none")]
)
def test_options_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=name):
        SignalOptions(**{name: value})


def test_frames_of_exposure_may_lack_sectors():
    """Rows without a sector speak for all of them."""
    watched = pl.DataFrame({"sector": [None] * 30, "date": [day(number) for number in range(30)], "observed_h": [12.0] * 30,
                            "monitors": [None] * 30, "weather": [None] * 30}, schema=EXPOSURE)  # fmt: skip
    found = assess(of_counts(np.ones((2, 30))), watched).rates.filter(
        (pl.col("by") == "sector") & pl.col("window_days").is_null()
    )
    assert found["observed_days"].to_list() == [15, 15]
    assert found["rate"].to_list() == [2, 2]


ROWS = st.fixed_dictionaries({
    "sector": st.sampled_from([None, "north", "south"]), "day": st.integers(0, 50), "hour": st.integers(0, 23),
    "kind": st.sampled_from(["shelling", "drone", "obstruction"]), "count": st.sampled_from([None, 1.0, 2.0, 500.0]),
    "party": st.sampled_from([None, "A", "B"]), "precision_h": st.sampled_from([None, 0.5, 24.0, 100.0]),
    "latitude": st.sampled_from([None, 48.0, 48.3]), "longitude": st.sampled_from([None, 37.0, 38.5]),
    "precision_km": st.sampled_from([None, 1.0, 40.0]),
})  # fmt: skip
HOURS = st.lists(st.sampled_from([0.0, 0.5, 24.0, 48.0]), min_size=45, max_size=45)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, max_size=25), st.none() | HOURS)
def test_whatever_is_null_or_missing_no_number_is_nan_and_counts_add_up(rows, hours):
    """Frames keep their columns, intervals hold their rates, and all violations of days observed are in the rate of all."""
    frame = incidents(rows)
    watched = None if hours is None else exposure(np.array(hours), sectors=["north"])
    found = assess(frame, watched)
    for name, schema in SIGNAL_COLUMNS.items():
        assert dict(getattr(found, name).schema) == schema, name
        for column, kind in schema.items():
            assert kind != pl.Float64 or not getattr(found, name)[column].is_nan().any(), (name, column)
    inside = found.rates.drop_nulls("rate")
    assert (inside["low"] <= inside["rate"]).all()
    assert (inside["rate"] <= inside["high"]).all()
    assert (found.forecast["low"] <= found.forecast["high"]).all()
    if watched is None and not found.rates.is_empty():
        sure = frame.filter((pl.col("precision_h").fill_null(0) <= 36) & (pl.col("kind") != "obstruction"))
        whole = found.rates.filter((pl.col("by") == "all") & pl.col("window_days").is_null())["violations"].item()
        assert whole == sure["count"].fill_null(1.0).sum()


def test_the_exercise_is_told_as_it_was_made_up():
    """The bundled example: East frays by 2.5 from day 90, South's monitors are kept away from day 60 on, day 138 is loud."""
    scenario, story = read_scenario("reassurance"), Story()
    table = Path(contingent.scenarios.__file__).parent / "reassurance" / "incidents.csv"
    frame = locate_incidents(read_incidents(table).incidents, sectors=scenario.sectors, traces=scenario.traces)
    first = frame["time"].dt.date().min()
    changes = assess(frame, None, scenario.sectors).changes.filter(pl.col("grade") == "called")
    east = changes.filter(pl.col("kind").is_null() & (pl.col("sector") == story.frayed)).row(0, named=True)
    frayed = first + timedelta(days=story.frayed_day)
    assert (east["direction"], frayed <= east["changed"] <= frayed + timedelta(days=story.frayed_over)) == ("rise", True)
    assert east["ratio_low"] < story.frayed_times < east["ratio_high"]
    blocked = changes.filter((pl.col("kind") == "obstruction") & (pl.col("sector") == story.blocked))
    days = [first + timedelta(days=story.blocked_day), first + timedelta(days=story.blocked_day + story.blocked_days)]
    assert blocked.select("changed", "direction").rows() == [(days[0], "rise"), (days[1], "fall")]
    others = changes.filter(~pl.col("sector").is_in([story.frayed, story.blocked]))
    assert (others["flagged"] >= first + timedelta(days=story.surge_day)).all()
    blind = assess(frame, None, scenario.sectors, options=SignalOptions(until=days[1] - timedelta(days=1))).blindness
    assert blind.filter(pl.col("sector") == story.blocked)["verdict"].item() == "perhaps_blind"
    loud = first + timedelta(days=story.surge_day)
    surge = assess(frame, None, scenario.sectors, options=SignalOptions(until=loud)).unusual
    assert surge.filter(pl.col("sector").is_null() & pl.col("kind").is_null())["verdict"].item() == "more"
