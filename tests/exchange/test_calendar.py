"""Rotations as calendars, read back by a parser of its own: every move on its day, by nation, marked, under a lasting name."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from icalendar import Calendar
from tests.report import sample_orbat

from contingent.errors import UnknownName
from contingent.exchange import calendar_of, write_calendar
from contingent.io.atomic import CannotWrite
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.structure import Orbat

DAY_ZERO = date(2027, 1, 1)
Event = tuple[str, int, int, str]


def with_orbat(found: tuple[Scenario, Plan, Orbat]) -> tuple[Scenario, Plan, Orbat]:
    scenario, plan, orbat = found
    return scenario, replace(plan, orbat=orbat.orbat), orbat


def hand_orbat() -> tuple[Scenario, Plan, Orbat]:
    return with_orbat(sample_orbat.hand_orbat())


def large_orbat() -> tuple[Scenario, Plan, Orbat]:
    return with_orbat(sample_orbat.large_orbat())


def events(content: bytes) -> list[Event]:
    """Kind, first day, day after the last, and summary of each event."""
    found = []
    for event in Calendar.from_ical(content).walk("VEVENT"):
        kind = next(name for name in event["categories"].cats if len(name) > 3)
        found.append(
            (str(kind), (event["dtstart"].dt - DAY_ZERO).days, (event["dtend"].dt - DAY_ZERO).days, str(event["summary"]))
        )
    return found


def test_moves_by_hand():
    scenario, plan, _ = hand_orbat()
    told = events(calendar_of(scenario, plan))
    of_france = [event for event in told if event[3].startswith("Mechanised battlegroup 1 (FRA)")]
    assert of_france == [
        ("Deployment", 0, 1, "Mechanised battlegroup 1 (FRA) deploys: Hold Stadt"),
        (
            "Handover (RIP)",
            165,
            180,
            "Mechanised battlegroup 1 (FRA) hands over to Mechanised battlegroup 1 (GBR) (RIP): Hold Stadt",
        ),
        (
            "Redeployment",
            180,
            181,
            "Mechanised battlegroup 1 (FRA) redeploys, relieved by Mechanised battlegroup 1 (GBR): Hold Stadt",
        ),
    ]
    assert [event[0] for event in told if "2 (FRA)" in event[3]] == ["Deployment", "Redeployment"]


def test_whole_tours_are_one_event_each():
    scenario, plan, _ = hand_orbat()
    told = events(calendar_of(scenario, plan, whole_tours=True))
    assert len(told) == plan.tours.height
    assert sorted(event[1:3] for event in told) == sorted(
        (row["from_day"], min(row["until_day"], 360)) for row in plan.tours.iter_rows(named=True)
    )


def test_every_tour_of_a_large_plan_is_there_on_its_days():
    scenario, plan, _ = large_orbat()
    horizon = scenario.settings.horizon_days
    within = plan.tours.filter(pl.col("from_day") < horizon)
    content = calendar_of(scenario, plan)
    found = list(Calendar.from_ical(content).walk("VEVENT"))
    deploys = sorted(event["dtstart"].dt for event in found if "Deployment" in event["categories"].cats)
    assert deploys == sorted(scenario.horizon.date_of(day) for day in within["from_day"])
    leaves = sorted(event["dtstart"].dt for event in found if "Redeployment" in event["categories"].cats)
    assert leaves == sorted(scenario.horizon.date_of(day) for day in within["until_day"] if day <= horizon)
    identifiers = [str(event["uid"]) for event in found]
    assert len(set(identifiers)) == len(identifiers)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_each_event_is_marked_and_says_where_and_whose():
    scenario, plan, _ = hand_orbat()
    calendar = Calendar.from_ical(calendar_of(scenario, plan))
    assert (str(calendar["x-wr-calname"]), str(calendar["description"])) == ("Łand force", "EXERCISE {TEST}")
    for event in calendar.walk("VEVENT"):
        assert str(event["description"]).startswith("EXERCISE {TEST}\n")
        assert str(event["transp"]) == "TRANSPARENT"
    first = next(event for event in calendar.walk("VEVENT") if "battlegroup" in event["summary"])
    assert str(first["location"]) == "Stadt"
    assert first["geo"].to_ical() == "48.5;30.5"
    assert "FRA" in [str(name) for name in first["categories"].cats]


def test_an_event_keeps_its_name_when_a_new_plan_moves_it():
    scenario, plan, orbat = hand_orbat()
    before = {str(event["uid"]): event["dtstart"].dt for event in Calendar.from_ical(calendar_of(scenario, plan)).walk("VEVENT")}
    later = (
        pl.when(pl.col("unit") == "GBR-battlegroup#1")
        .then(pl.col("from_day") + 5)
        .otherwise(pl.col("from_day"))
        .alias("from_day")
    )
    moved = replace(plan, tours=plan.tours.with_columns(later), orbat=plan.orbat.with_columns(later))
    after = {str(event["uid"]): event["dtstart"].dt for event in Calendar.from_ical(calendar_of(scenario, moved)).walk("VEVENT")}
    assert set(after) == set(before)
    assert {after[name] - before[name] for name in before} == {timedelta(0), timedelta(5)}
    assert orbat.units.height == plan.tours.height


def test_a_file_for_each_nation_and_one_for_some(tmp_path):
    scenario, plan, _ = hand_orbat()
    written = write_calendar(scenario, plan, tmp_path / "all")
    assert sorted(path.name for path in written) == ["FRA.ics", "GBR.ics"]
    together = sorted(event for path in written for event in events(path.read_bytes()))
    assert together == sorted(events(calendar_of(scenario, plan)))
    (one,) = write_calendar(scenario, plan, tmp_path / "gbr.ics", nations=["GBR"])
    assert events(one.read_bytes()) == events((tmp_path / "all" / "GBR.ics").read_bytes())
    assert one.read_bytes() == calendar_of(scenario, plan, nations=["GBR"])
    with pytest.raises(CannotWrite, match="is there already"):
        write_calendar(scenario, plan, one, overwrite=False)


def test_a_nation_without_tours_is_told():
    scenario, plan, _ = hand_orbat()
    with pytest.raises(UnknownName, match=r"'FRE' has no tour in this plan\. Nearest: 'FRA'"):
        calendar_of(scenario, plan, nations=["FRE"])
