"""The exercise that is made up for the bundled scenario: it is what its generator makes, and tells the story that it should."""

from pathlib import Path

import numpy as np
import polars as pl
from tests.monitoring.frames import incidents

import contingent
from contingent.io import read_scenario
from contingent.monitoring.columns import INCIDENT_COLUMNS
from contingent.monitoring.exercise import Story, exercise_incidents
from contingent.monitoring.locate import locate_incidents
from contingent.monitoring.merge import merge_incidents
from contingent.monitoring.readers.read import read_incidents
from contingent.monitoring.write import csv_of, write_incidents

BUNDLED = Path(contingent.__file__).parent / "scenarios" / "reassurance" / "incidents.csv"
SEED = 20270101
SOURCE = f"Exercise: made up by contingent.monitoring.exercise, seed {SEED}"


def made() -> pl.DataFrame:
    scenario = read_scenario("reassurance")
    return exercise_incidents(
        sectors=scenario.sectors, traces=scenario.traces, first=scenario.settings.start_date, source=SOURCE,
        draws=np.random.Generator(np.random.Philox(SEED)))


def test_the_bundled_file_is_what_the_generator_makes_and_every_row_says_so():
    frame = made()
    assert csv_of(frame) == BUNDLED.read_text(encoding="utf-8")
    reading = read_incidents(BUNDLED)
    assert reading.incidents.equals(frame)
    assert set(frame["source"]) == {SOURCE}
    assert set(frame["note"]) == {"EXERCISE"}
    assert merge_incidents(frame).joined.is_empty()


def test_the_story_can_be_told_from_the_rows():
    scenario, story = read_scenario("reassurance"), Story()
    frame = locate_incidents(made(), sectors=scenario.sectors, traces=scenario.traces)
    days = frame.with_columns(day=(pl.col("time").dt.date() - scenario.settings.start_date).dt.total_days())
    by_day = days.group_by("day").len().sort("day")
    assert by_day["day"].to_list() == list(range(story.days))
    assert by_day.sort("len")["day"].last() == story.surge_day
    frayed = days.filter((pl.col("sector") == story.frayed) & (pl.col("day") != story.surge_day))
    before = frayed.filter(pl.col("day") < story.frayed_day).height / story.frayed_day
    settled = story.frayed_day + story.frayed_over
    after = frayed.filter(pl.col("day") >= settled).height / (story.days - settled - 1)
    assert 0.8 < after / before / story.frayed_times < 1.25
    blocked = days.filter(pl.col("kind") == "obstruction")["day"].to_list()
    assert blocked == list(range(story.blocked_day, story.blocked_day + story.blocked_days))


def test_what_is_written_is_read_back(tmp_path: Path):
    frame = incidents(
        {"incident": "a", "time": "2027-01-05T12:00:00.25", "latitude": 48.123456, "longitude": -37.0, "note": 'x, "y"\nz',
         "killed": 0},
        {"incident": "b", "time": "2027-01-05", "precision_h": 24.0, "sources": "A; B", "sector": "East", "count": 2.5},
    )
    write_incidents(frame, tmp_path / "incidents.csv")
    assert read_incidents(tmp_path / "incidents.csv").incidents.equals(frame)
    empty = pl.DataFrame(schema=INCIDENT_COLUMNS)
    write_incidents(empty, tmp_path / "none.csv")
    assert read_incidents(tmp_path / "none.csv").incidents.equals(empty)
