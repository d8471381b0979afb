"""Hours of the day: by hand on a straight line, and over the day the share that the design gives."""

import polars as pl
import pytest
from tests.monitoring.test_observation import CAMERA, of
from tests.monitoring.theatres import sectors, theatre

from contingent.model.observation import Sensor
from contingent.monitoring.observation import DesignOptions, design
from contingent.monitoring.observation.hours import HOUR_COLUMNS, daylight, watched_by_hour, who_looks
from contingent.report.html.hours import hour_table, longest_run

PATROL = Sensor(sensor="patrol", kind="patrol", manner="patrols", range_km=2.6, reach_km=5.2, hours_per_day=6, night=0, people=1)


def hours_of(scenario, options: DesignOptions) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    found = design(scenario, options)
    looks = who_looks(scenario, found, day_share=options.day_share)
    hours = watched_by_hour(found.coverage, looks, day_share=options.day_share, clear_share=options.clear_share)
    return found.coverage, looks, hours


def test_daylight_lies_around_noon():
    """Nine hours and a half of daylight: from 07:15 to 16:45."""
    light = daylight(9.5 / 24)
    assert light[7] == pytest.approx(0.75)
    assert light[16] == pytest.approx(0.75)
    assert (light[8:16] == 1).all()
    assert light.sum() == pytest.approx(9.5)


def test_a_camera_and_a_patrol_by_hand():
    """One site sees the middle 10 km of 10: the camera always for 0.8 of the time, blind in fog.

    The patrol is out six hours of twelve by day, half of its way near a point: a quarter of the day, nothing by night, whatever
    the weather. Clear by day 1 - 0.2 x 0.75 = 0.85, in fog 0.25: 0.75 x 0.85 + 0.25 x 0.25 = 0.7; by night 0.75 x 0.8 = 0.6.
    """
    foggy = CAMERA.model_copy(update={"bad_weather": 0.0})
    scenario = theatre(km=10, sensors=(foggy, PATROL))
    _, looks, hours = hours_of(scenario, of(2))
    assert set(looks["means"]) == {"sensors", "patrols"}
    assert looks.height == 4 * 2
    first = hours.filter(target=hours["target"][0])
    share = {(means, hour): watched for means, hour, watched in first.select("means", "hour", "watched").iter_rows()}
    assert share["all", 12] == pytest.approx(0.7)
    assert share["all", 5] == share["all", 18] == pytest.approx(0.6)
    assert (share["patrols", 12], share["patrols", 18]) == (pytest.approx(0.25), 0.0)
    assert share["sensors", 12] == share["sensors", 18] == pytest.approx(0.6)
    assert (share["posts", 12], share["drones", 12]) == (0.0, 0.0)


def test_over_the_day_it_is_the_share_that_the_design_gives():
    scenario = theatre(sensors=(CAMERA.model_copy(update={"night": 0.4, "bad_weather": 0.3}), PATROL), sectors=sectors("A", "B"))
    for options in (of(3), of(5, day_share=0.31, clear_share=0.6)):
        coverage, _, hours = hours_of(scenario, options)
        assert dict(hours.schema) == HOUR_COLUMNS
        found = hours.filter(means="all").group_by("target", maintain_order=True).agg(pl.col("watched").mean())
        given = coverage.filter(kind="line")
        assert found["target"].to_list() == given["target"].to_list()
        assert found["watched"].to_list() == pytest.approx(given["watched"].to_list())


def test_stretches_and_the_longest_hole_by_hand():
    """40 km in two sectors, a camera over km 0 to 10, blind by night: three stretches never watched, one not for 12 hours."""
    scenario = theatre(sensors=(CAMERA.model_copy(update={"night": 0.0}),), sectors=sectors("A", "B"))
    _, _, hours = hours_of(scenario, of(1))
    table = hour_table(scenario, hours, under=50)
    assert [(group.title, [row.title for row in group.rows]) for group in table.groups] == [
        ("A", ["line, km 0 to 10", "line, km 10 to 20"]), ("B", ["line, km 20 to 30", "line, km 30 to 40"]),
    ]  # fmt: skip
    watched = [row for row in table.rows if row.hole < 24]
    assert [(row.hole, row.begins) for row in watched] == [(12, 18)]
    assert watched[0].cells[12].text == "80"
    assert watched[0].cells[3].text == "▼0"
    assert "24 hours on end, at every hour; watched 0\u202f% of them. Holes as long: 30 km in three stretches." in table.foot
    alone = hour_table(scenario, hours.filter(pl.col("target").is_in(watched[0].targets)))
    assert "twelve hours on end, from 18:00 to 06:00" in alone.foot
    assert longest_run([False] * 24) == (0, 0)
