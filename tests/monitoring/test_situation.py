"""A situation: its figures are those of the incidents, it knows nothing of later days, the exercise's story is found in it."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.monitoring.frames import incidents
from tests.monitoring.test_ladder import reserve_case
from tests.monitoring.theatres import sectors, theatre

import contingent
from contingent.errors import BadIncidents
from contingent.io import read_scenario
from contingent.io.places import folder_of
from contingent.monitoring.exercise import Story
from contingent.monitoring.exposure import read_exposure
from contingent.monitoring.gather import gather_incidents
from contingent.monitoring.sentences import OUTSIDE, level, span
from contingent.monitoring.situation import GAPS, SITUATION_COLUMNS, Period, Situation
from contingent.situation import MonitorOptions, monitor

WEEKLY = MonitorOptions(weekly=True)
START = date(2027, 1, 1)
STORY = Story()


def bundled() -> Path:
    folder = folder_of("reassurance")
    assert folder is not None
    return folder / "incidents.csv"


@cache
def exercise(until: date, *, weekly: bool = False) -> Situation:
    return monitor(read_scenario("reassurance"), bundled(), until=until, options=MonitorOptions(weekly=weekly))


def day(number: int) -> date:
    return START + timedelta(days=number)


def by_hand() -> Situation:
    """Two sectors, two days: on the first one violation, on the second seven in two reports, and an obstruction."""
    scenario = theatre(sectors=sectors("West", "East"))
    rows = incidents(
        {"time": "2030-01-01T10:00", "latitude": 0.01, "longitude": 0.05, "kind": "shelling", "count": 1.0},
        {"time": "2030-01-02T09:00", "latitude": 0.01, "longitude": 0.05, "kind": "shelling", "count": 5.0, "killed": 2},
        {"time": "2030-01-02T15:00", "latitude": -0.02, "longitude": 0.30, "kind": "drone", "count": 2.0, "wounded": 1,
         "party": "A"},
        {"time": "2030-01-02T16:00", "latitude": 0.02, "longitude": 0.30, "kind": "obstruction", "party": "A"},
    )
    return monitor(scenario, rows)


def test_a_day_by_hand():
    found = by_hand()
    assert found.period == Period(date(2030, 1, 2), date(2030, 1, 2))
    assert found.compared
    assert found.sentences[:5] == (
        "7 ceasefire violations were reported on 2 January 2030, compared with 1 on the day before.",
        "By sector: West 5 (before: 1) and East 2 (before: 0).",
        "They include 5 of shelling and 2 by drones.",
        "Reports speak of 2 killed and 1 wounded (before: 0 and 0).",
        "Monitors were obstructed once, in East; never on the day before.",
    )
    counts = {(row["sector"], row["kind"]): (row["violations"], row["violations_before"]) for row in found.counts.to_dicts()}
    assert counts == {("West", "shelling"): (5, 1), ("East", "drone"): (2, 0), ("East", "obstruction"): (1, 0)}
    gaps = {row["what"]: (row["number"], row["of"]) for row in found.gaps.to_dicts()}
    assert gaps == {"exposure_missing": (1, 1), "no_party": (1, 3)}


def test_every_frame_has_its_columns_and_every_gap_its_words():
    found = by_hand()
    for name, frame in found.frames.items():
        assert frame.schema == pl.Schema(SITUATION_COLUMNS[name]), name
    assert set(found.gaps["what"]) <= set(GAPS)


def test_nothing_of_later_days_is_known():
    """A report of the past is the same whether or not later rows are there, but for how many were left out."""
    scenario, until = read_scenario("reassurance"), day(100)
    rows = gather_incidents([bundled()]).incidents
    then = monitor(scenario, rows.filter(pl.col("time").dt.date() <= until), until=until, options=WEEKLY)
    now = exercise(until, weekly=True)
    for name in set(now.frames) - {"gaps", "files"}:
        assert_frame_equal(now.frames[name], then.frames[name])
    assert now.sentences == then.sentences
    assert now.gaps.filter(what="later")["number"].to_list() == [rows.height - then.incidents.height]


@pytest.mark.parametrize(
    ("given", "weekly", "expected"),
    [
        ({}, False, (9, 9)),
        ({}, True, (3, 9)),
        ({"until": 5}, False, (5, 5)),
        ({"until": 8}, True, (2, 8)),
        ({"since": 4}, False, (4, 9)),
        ({"since": 1}, True, (1, 7)),
        ({"since": 2, "until": 6}, False, (2, 6)),
    ],
)
def test_the_days_that_are_told_of(given: dict[str, int], weekly: bool, expected: tuple[int, int]):
    rows = incidents(*({"time": datetime(2027, 1, 1 + number, 12), "source": f"post {number}"} for number in range(10)))
    found = monitor(theatre(), rows, options=MonitorOptions(weekly=weekly), **{name: day(at) for name, at in given.items()})
    assert (found.period.since, found.period.until) == (day(expected[0]), day(expected[1]))
    assert found.of_period().height == expected[1] - expected[0] + 1


def test_days_the_wrong_way_round_and_days_before_anything():
    rows = incidents({"time": "2027-01-05T12:00"})
    with pytest.raises(ValueError, match="before since"):
        monitor(theatre(), rows, since=date(2027, 1, 6), until=date(2027, 1, 5))
    with pytest.raises(BadIncidents) as bad:
        monitor(theatre(), rows, until=date(2026, 1, 5))
    assert "2027-01-05" in str(bad.value.findings[0])
    with pytest.raises(BadIncidents):
        monitor(theatre(), rows.clear())


def test_a_sector_that_frays_is_found_in_the_exercise():
    """The rate in one sector grows from a day on to two and a half times; it is called within six weeks, in that sector."""
    found = exercise(day(STORY.frayed_day + 42))
    called = found.changes.filter((pl.col("grade") == "called") & (pl.col("sector") == STORY.frayed) & pl.col("kind").is_null())
    row = called.row(0, named=True)
    assert row["direction"] == "rise"
    assert day(STORY.frayed_day) <= row["changed"] <= day(STORY.frayed_day + STORY.frayed_over)
    others = found.changes.filter((pl.col("grade") == "called") & ~pl.col("sector").is_in([STORY.frayed, STORY.blocked]))
    assert others.filter(pl.col("sector").is_not_null()).is_empty()


def test_the_day_of_the_surge_is_out_of_the_usual_on_that_day_and_not_on_the_day_before():
    surge, calm = exercise(day(STORY.surge_day)), exercise(day(STORY.surge_day - 1))
    assert "Out of the usual on 19 May 2027: all sectors together" in " ".join(surge.sentences)
    assert "Out of the usual" not in " ".join(calm.sentences)
    assert any(text.startswith("A rise of violations in all sectors together was found") for text in surge.sentences)


def test_obstruction_is_told_with_its_sector_and_that_monitors_may_be_going_blind():
    found = exercise(day(STORY.blocked_day + STORY.blocked_days), weekly=True)
    text = " ".join(found.sentences)
    assert f"Monitors were obstructed six times, in {STORY.blocked}" in text
    assert "the fall may be theirs" in text
    assert f"A rise of obstruction of monitors in {STORY.blocked}" in text


def test_the_same_figures_whatever_the_incidents_came_as():
    scenario = read_scenario("reassurance")
    rows = gather_incidents([bundled()]).incidents
    as_frame = monitor(scenario, rows.sample(fraction=1.0, shuffle=True, seed=3), until=day(100), options=WEEKLY)
    assert as_frame.sentences == exercise(day(100), weekly=True).sentences


def test_hours_that_were_not_watched():
    scenario = theatre(sectors=sectors("West", "East"))
    rows = incidents({"time": "2030-01-02T10:00", "latitude": 0.01, "longitude": 0.05})
    exposure = pl.DataFrame({
        "sector": [None, "East"], "date": [date(2030, 1, 2)] * 2, "observed_h": [24.0, 6.0],
    }, schema_overrides={"sector": pl.String})  # fmt: skip
    found = monitor(scenario, rows, exposure)
    gaps = found.gaps.filter(what="hours_unwatched")
    assert gaps.select("sector", "number", "of").rows() == [(None, 18.0, 48.0), ("East", 18.0, 24.0)]
    assert "38\u202f% of the time was not watched (East 75\u202f%)." in found.sentences
    everything = monitor(scenario, rows, exposure.filter(pl.col("sector").is_null()))
    assert "All sectors of the line were watched the whole time." in everything.sentences


def test_a_plan_answers_the_calls_of_the_ladder():
    scenario, plan = reserve_case(quantity=2)
    rows = incidents(*(
        {"time": datetime(2030, 1, 3, hour), "sector": "East", "count": 20.0, "source": f"post {hour}"} for hour in range(3)
    ))  # fmt: skip
    found = monitor(scenario, rows, plan=plan, until=date(2030, 1, 3))
    assert found.ladder_steps.height
    assert found.ladder_calls["unit"].drop_nulls().to_list()
    assert found.ladder_losses.height
    assert any(text.startswith("The ladder calls for two units of the reserve; ") for text in found.sentences)
    assert monitor(scenario, rows, until=date(2030, 1, 3)).ladder_calls.is_empty()


def test_files_are_gathered_and_rows_set_aside_are_counted(tmp_path: Path):
    good, bad = tmp_path / "posts.csv", tmp_path / "more.csv"
    good.write_text("time,kind,source\n2027-01-05T10:00,shelling,post 1\n")
    bad.write_text("time,kind,source\n2027-01-05T11:00,shelling,post 2\n2027-13-05,shelling,post 2\n")
    found = monitor(theatre(), [good, bad])
    assert found.files.select("file", "rows", "taken", "set_aside").rows() == [("posts.csv", 1, 1, 0), ("more.csv", 2, 1, 1)]
    assert found.set_aside.select("file", "line").rows() == [("more.csv", 3)]
    assert "1 of 3 rows could not be read and were set aside." in found.sentences
    with pytest.raises(BadIncidents) as both:
        gather_incidents([tmp_path / "none.csv", good, tmp_path / "nor this.csv"])
    assert len(both.value.findings) == 2


def test_exposure_is_read_whole_or_not_at_all(tmp_path: Path):
    path = tmp_path / "exposure.csv"
    path.write_text("date,sector,observed_h,monitors\n2030-01-02,,24,\n2030-01-02,East,12.5,40\n")
    assert read_exposure(path, sectors=["East"]).rows() == [
        (None, date(2030, 1, 2), 24.0, None, None) if sector is None else (sector, date(2030, 1, 2), 12.5, 40.0, None)
        for sector in ("East", None)
    ]
    path.write_text(
        "date,sector,observed_h\n2030-01-02,Eastt,24\n2030-01-03,East,25\n2030-01-04,East,\n2030-01-05,,1\n2030-01-05,,2\n"
    )
    with pytest.raises(BadIncidents) as bad:
        read_exposure(path, sectors=["East", "West"])
    found = [(finding.line, finding.column) for finding in bad.value.findings]
    assert found == [(2, "sector"), (3, "observed_h"), (4, "observed_h"), (6, "date")]
    assert bad.value.findings[0].nearest == "East"
    path.write_text("date,hours\n2030-01-02,24\n")
    with pytest.raises(BadIncidents, match="1 problem"):
        read_exposure(path)


def test_words():
    assert span(Period(date(2026, 12, 30), date(2027, 1, 5))) == "from 30 December 2026 to 5 January 2027"
    assert span(Period(date(2027, 1, 30), date(2027, 2, 5))) == "from 30 January to 5 February 2027"
    assert level(1234.4) == "1\u202f234"
    assert OUTSIDE not in by_hand().sentences[1]


def test_public_names():
    assert contingent.monitor is monitor
    assert contingent.MonitorOptions is MonitorOptions
