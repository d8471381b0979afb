"""The ladder: by hand, that it never flaps, what stands behind a step, who answers it, and what is wrong with a ladder.toml."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitoring.theatres import road, sectors, theatre, town

from contingent.io import check_scenario, read_scenario, write_scenario
from contingent.model.ladder import INCIDENT_KINDS, Rung
from contingent.model.rows import Requirement
from contingent.monitoring.columns import KINDS
from contingent.monitoring.ladder import Committed, call_reserves, evaluate
from contingent.monitoring.ladder.climb import climb
from contingent.monitoring.ladder.measures import measured, rows_of, series_of
from contingent.plan.columns import empty_frame, frame
from contingent.plan.plan import Plan

FIRST = date(2030, 2, 1)
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "events" / "osce_smm_daily_counts_sample.csv"


def rung(name: str = "r", **more) -> Rung:
    told = {"level": 1, "posture": f"do {name}", "measure": "violations_per_day", "up": 10, "down": 5, "least_days": 5}
    return Rung(rung=name, **(told | more))


def incidents(counts: dict[str, list[float]], **more) -> pl.DataFrame:
    """One row for each day on which something happened, in each sector."""
    rows = [
        {"incident": f"{sector}{day}", "time": datetime.combine(FIRST, datetime.min.time()) + timedelta(days=day, hours=6),
         "sector": sector, "kind": "shelling", "count": float(count), "killed": 0, "wounded": None,
         "latitude": None, "longitude": None} | more
        for sector, days in counts.items() for day, count in enumerate(days) if count
    ]  # fmt: skip
    types = {"incident": pl.String, "time": pl.Datetime("us"), "sector": pl.String, "kind": pl.String, "count": pl.Float64,
             "killed": pl.Int64, "wounded": pl.Int64, "latitude": pl.Float64, "longitude": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=types)


def watched(*ladder: Rung, counts: dict[str, list[float]], exposure: pl.DataFrame | None = None, **more):
    scenario = theatre(sectors=sectors("West", "East"), ladder=ladder)
    days = max(len(line) for line in counts.values())
    return evaluate(scenario, incidents(counts), exposure=exposure, first=FIRST, last=FIRST + timedelta(days=days - 1), **more)


def levels(found, sector: str | None) -> list[int]:
    rows = pl.col("sector").is_null() if sector is None else pl.col("sector") == sector
    return found.ladder_days.filter(rows)["level"].to_list()


# --------------------------------------------------------------------------------------------------------------------- by hand


def test_up_at_the_threshold_and_down_only_below_the_lower_one_and_after_its_days():
    """Up on day 1 for five days at the least; on days 6 and 7 it measures 6, which is above 5; on day 8 it is 5."""
    found = watched(rung(), counts={"West": [0, 10, 0, 0, 0, 0, 6, 6, 5, 0]})
    assert levels(found, "West") == [0, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert levels(found, "East") == [0] * 10


def test_the_window_is_a_mean_over_the_days_observed():
    found = watched(rung(window_days=3, up=10), counts={"West": [0, 0, 15, 15, 0, 0, 0, 0, 0]})
    assert levels(found, "West") == [0, 0, 0, 1, 1, 1, 1, 1, 0]


def test_days_not_observed_are_not_days_of_calm():
    seen = pl.DataFrame({
        "sector": pl.Series([None] * 3, dtype=pl.String), "date": [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=9)],
        "observed_h": [24.0, 24.0, 24.0],
    })  # fmt: skip
    counts = {"West": [0, 20, 0, 0, 0, 0, 0, 0, 0, 0]}
    assert levels(watched(rung(), counts=counts, exposure=seen), "West") == [0] + [1] * 8 + [0]
    assert levels(watched(rung(), counts=counts), "West") == [0] + [1] * 5 + [0] * 4


def test_half_a_day_of_observation_doubles_the_rate():
    seen = pl.DataFrame({"sector": ["West"], "date": [FIRST], "observed_h": [12.0]})
    found = watched(rung(up=10), counts={"West": [5]}, exposure=seen)
    assert found.ladder_values.filter(pl.col("sector") == "West")["value"].to_list() == [10.0]
    assert levels(found, "West") == [1]


def test_going_down_stops_where_a_lower_rung_still_holds():
    ladder = (rung("low", up=10, down=5), rung("high", level=2, up=100, down=50))
    found = watched(*ladder, counts={"West": [0, 120, 0, 0, 0, 0, 30, 30, 0, 0, 0, 0, 0, 0]})
    assert levels(found, "West")[:2] == [0, 2]
    assert levels(watched(*ladder, counts={"West": [0, 120] + [30] * 8 + [0] * 8}), "West") == [0] + [2] * 5 + [1] * 5 + [0] * 7


def test_what_is_urgent_climbs_again_before_its_days_are_over():
    counts = {"West": [20, 0, 0, 0, 0, 0, 12, 12, 90, 0]}
    assert levels(watched(rung(), counts=counts), "West") == [1] * 5 + [0] * 5
    found = watched(rung(urgent=50), counts=counts)
    assert levels(found, "West") == [1] * 5 + [0] * 3 + [1] * 2
    assert found.ladder_steps["urgent"].to_list() == [False, False, True]


def test_the_kinds_of_a_ladder_are_those_of_incidents():
    assert set(INCIDENT_KINDS) == set(KINDS)


def test_a_quiet_day_that_was_watched_is_no_incident():
    quiet = incidents({"West": [3, 4]}).with_columns(pl.Series("count", [0.0, 4.0]))
    series = series_of(("West",), quiet, None, None)
    assert measured(series, rung(measure="incidents_per_day"), [0]).tolist() == [0, 1]


def test_a_step_down_is_told_by_what_was_measured():
    blind = rung("zz not told", measure="unobserved_share", up=0.5, down=0.3)
    found = watched(rung("counted"), blind, counts={"West": [20, 0, 0, 0, 0, 0, 0]})
    assert found.ladder_steps.select("to_level", "rung", "value").rows() == [(1, "counted", 20.0), (0, "counted", 0.0)]


def test_sectors_together_add_up():
    found = watched(rung(over="together", up=18), counts={"West": [10, 9], "East": [7, 9]})
    assert levels(found, None) == [0, 1]
    assert found.ladder_steps["sector"].to_list() == [None]


def test_ratio_against_the_time_before():
    line = [2] * 20 + [8]
    series = series_of(("West",), incidents({"West": line}), None, None)
    one = rung(measure="ratio", window_days=1, baseline_days=10)
    found = measured(series, one, rows_of(series, one)[0][1])
    assert np.isnan(found[:7]).all()
    assert found[19:].tolist() == [1.0, 4.0]


def test_killed_and_wounded_are_added_up_in_the_window():
    hurt = incidents({"West": [1, 1, 1, 1]}, killed=2, wounded=1)
    series = series_of(("West",), hurt, None, None)
    one = rung(measure="casualties", window_days=3)
    assert measured(series, one, [0]).tolist() == [3, 6, 9, 9]


def test_a_signal_of_others_is_a_measure():
    signals = pl.DataFrame({"sector": ["East"], "date": [FIRST + timedelta(days=2)], "signal": ["going blind"], "value": [0.9]})
    one = rung(measure="signal", signal="going blind", up=0.5, down=0.2)
    found = watched(one, counts={"East": [1, 1, 1, 1]}, signals=signals)
    assert levels(found, "East") == [0, 0, 1, 1]
    assert "'going blind'" in found.ladder_steps["sentence"][0]


def test_a_step_names_what_stands_behind_it():
    found = watched(rung(kinds=("shelling",), window_days=2), counts={"West": [3, 30, 2]})
    (step,) = found.ladder_steps.iter_rows(named=True)
    assert (step["date"], step["value"], step["up"], step["incidents"]) == (FIRST + timedelta(days=1), 16.5, 10, 2)
    assert step["incident_ids"] == "West1; West0"
    assert step["stands_until"] == FIRST + timedelta(days=6)
    assert step["sentence"] == (
        "West climbs from level 0 to 1: 16.5 violations a day (shelling) over 2 days, 2 incidents, at or above 10. "
        "Stands until 2030-02-07 at the least.")


# -------------------------------------------------------------------------------------------------------------- never flapping


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([0, 3, 5, 6, 9, 10, 11, 40, 55, 100, 120, 300]), min_size=5, max_size=60),
    st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.sampled_from([None, 200]),
)  # fmt: skip
def test_no_change_is_undone_within_its_days(line, least_low, least_high, window, urgent):
    ladder = (
        rung("low", up=10, down=5, least_days=least_low, window_days=window, urgent=urgent),
        rung("high", level=2, up=100, down=50, least_days=least_high, window_days=window),
    )
    steps = list(watched(*ladder, counts={"West": line}).ladder_steps.filter(pl.col("sector") == "West").iter_rows(named=True))
    least = {1: least_low, 2: least_high}
    for earlier, later in pairwise(steps):
        went, goes = (row["to_level"] - row["from_level"] for row in (earlier, later))
        stood = (later["date"] - earlier["date"]).days
        assert earlier["to_level"] == later["from_level"]
        if not (went > 0 and goes > 0) and not later["urgent"]:
            assert stood >= least[max(earlier["from_level"], earlier["to_level"])]
        if later["urgent"]:
            assert went < 0 < goes
            assert later["value"] >= 200


@pytest.mark.parametrize("seed", range(5))
def test_a_series_at_the_threshold_with_noise_moves_once(seed):
    noise = np.random.default_rng(seed).uniform(-4.5, 4.5, 400)
    found = watched(rung(up=10, down=5, least_days=1), counts={"West": (10 + noise).tolist()})
    assert found.ladder_steps.height == 1
    without = watched(rung(up=10, down=9.999, least_days=1), counts={"West": (10 + noise).tolist()})
    assert without.ladder_steps.height > 50


def test_the_kernel_by_itself():
    held = np.array([[True] * 6, [True, True, False, False, False, False]])
    changes, found = climb(np.array([0, 1, 0, 0, 1, 1]), np.zeros(6, dtype=int), held, np.array([0, 2]))
    assert found.tolist() == [0, 1, 1, 0, 0, 1]
    assert [(change.day, change.before, change.after) for change in changes] == [(1, 0, 1), (3, 1, 0), (5, 0, 1)]


# --------------------------------------------------------------------------------------------------------------- who answers


def planned(tours: list[dict], coverage: list[dict]) -> Plan:
    common = {"offer": "o", "nation": "AAA", "unit_type": "bn", "capability": "reserve", "effectiveness": 1.0, "people": 600,
              "pinned": False, "confidence": "low", "rested_day": 999}  # fmt: skip
    rows = [common | {"until_day": row["serves_until_day"]} | row for row in tours]
    held = [{"capability": "reserve", "location": "Near", "priority": 2, "gap": 0.0, "units": 1, "nations": "AAA:1"} | row
            for row in coverage]  # fmt: skip
    empty = {name: empty_frame(name) for name in ("gaps", "nations", "unused", "remedies", "worth")}
    return Plan(
        title="t", option=None, marking="", goals=(), required_unit_days={}, filled_unit_days={}, people_deployed_peak=0,
        low_confidence_share=0.0, tours=frame("tours", rows), coverage=frame("coverage", held), provenance={}, **empty)


def reserve_case(quantity: int = 1, call_days: int = 10):
    """Two units at Near, 80 km by road from East town, one at Far, 200 km; day 31 is the first of February."""
    calls = rung("call", up=10, quantity=quantity, reserve=("RES",), call_days=call_days)
    places = (
        town("East town", km_east=30, km_north=5), town("Near", km_east=30, km_north=70), town("Far", km_east=30, km_north=190),
        town("West town", km_east=10, km_north=5))
    scenario = theatre(
        sectors=sectors("West", "East"), ladder=(calls,), places=places,
        links=(road("Near", "East town", 80), road("Far", "Near", 120), road("East town", "West town", 20)),
        requirements=(Requirement(line="RES.1", capability="reserve", quantity=3, mandate="RES", location="Near"),))
    tours = [
        {"unit": "A1", "line": "RES.1", "location": "Near", "from_day": 0, "serves_until_day": 35},
        {"unit": "A2", "line": "RES.1", "location": "Near", "from_day": 10, "serves_until_day": 200},
        {"unit": "A3", "line": "RES.1", "location": "Far", "from_day": 0, "serves_until_day": 200},
        {"unit": "A4", "line": "RES.1", "location": "Near", "from_day": 35, "serves_until_day": 200},
        {"unit": "B1", "line": "OTHER", "location": "East town", "from_day": 0, "serves_until_day": 200}]
    coverage = [
        {"line": "RES.1", "from_day": 0, "until_day": 35, "required": 3.0, "filled": 3.0},
        {"line": "RES.1", "from_day": 35, "until_day": 200, "required": 3.0, "filled": 2.0},
        {"line": "OTHER", "from_day": 0, "until_day": 200, "required": 1.0, "filled": 1.0}]
    return scenario, planned(tours, coverage)


def test_the_nearest_reserve_answers_and_its_line_loses_what_it_takes():
    scenario, plan = reserve_case(quantity=2)
    climbed = evaluate(scenario, incidents({"East": [20]}))

    def weigh(away: Committed) -> str:
        return f"{away.line} for {away.until_day - away.from_day} days"

    calls, losses = call_reserves(scenario, plan, climbed, weigh=weigh)
    assert calls.select("unit", "hours", "towards").rows() == [("A1", 4.0, "East town"), ("A2", 4.0, "East town")]
    assert calls["relieved"].to_list() == [True, True]  # A4 follows A1 on day 35
    assert losses.select("from_day", "until_day", "taken", "filled", "left", "unit_days_lost").rows() == [
        (31, 35, 2.0, 3.0, 1.0, 8.0), (35, 41, 2.0, 2.0, 0.0, 12.0)]
    assert losses["under_chance"].to_list() == ["RES.1 for 10 days"] * 2


def test_a_unit_that_is_away_does_not_answer_twice():
    scenario, plan = reserve_case(quantity=2)
    climbed = evaluate(scenario, incidents({"East": [20, 0], "West": [0, 20]}))
    calls, _ = call_reserves(scenario, plan, climbed)
    assert calls.select("sector", "unit").rows() == [("East", "A1"), ("East", "A2"), ("West", "A3"), ("West", None)]
    assert calls["reason"][3] == "1 short of 3 on duty: 2 away on an earlier call"
    assert calls["hours"][2] == pytest.approx(2 + (120 + 80 + 20) / 40)


def test_a_step_before_or_after_the_plan_is_answered_by_nobody():
    scenario, plan = reserve_case()
    late = scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"start_date": date(2031, 1, 1)})})
    calls, losses = call_reserves(late, plan, evaluate(late, incidents({"East": [20]})))
    assert calls["unit"].to_list() == [None]
    assert "not within the plan" in calls["reason"][0]
    assert losses.height == 0


def test_the_reserve_goes_where_the_incidents_are():
    scenario, plan = reserve_case()
    located = incidents({"East": [20]}, latitude=70 / 110.574, longitude=30 / 111.3195)
    calls, _ = call_reserves(scenario, plan, evaluate(scenario, located), incidents=located)
    assert calls["hours"].to_list() == [2.0]


# --------------------------------------------------------------------------------------------------------------- the file


TOML = """
[[rung]]
rung = "one"
level = 1
posture = "look"
measure = "violations_per_day"
sectors = ["East"]
up = 10
down = 5
"""


def folder(tmp_path: Path, text: str) -> Path:
    place = write_scenario(theatre_of_files(), tmp_path / "mine")
    (place / "ladder.toml").write_text(text)
    return place


def theatre_of_files():
    tiny = read_scenario("tiny")
    return tiny.model_copy(update={"sectors": sectors("West", "East"), "locations": (*tiny.locations, *(
        town(f"{name} town", km_east=5, km_north=5) for name in ("West", "East")))})


def test_a_ladder_beside_the_scenario_is_read_and_written_again(tmp_path):
    scenario = read_scenario(folder(tmp_path, TOML))
    assert [(row.rung, row.level, row.sectors, row.down) for row in scenario.ladder] == [("one", 1, ("East",), 5)]
    for name in ("again", "again.xlsx"):
        assert read_scenario(write_scenario(scenario, tmp_path / name)).ladder == scenario.ladder


@pytest.mark.parametrize(("said", "instead", "column", "words"), [
    ("down = 5", "down = 10", "down", "reached and left in turn"),
    ('"East"', '"Eest"', "sectors", "Eest"),
    ('"violations_per_day"', '"violations_per_dy"', "measure", "violations_per_dy"),
    ("level = 1", "level = 0", "level", "0"),
    ("up = 10", 'up = 10\nkinds = ["sheling"]', "kinds", "no kind of incident"),
    ("up = 10", 'up = 10\nquantity = 2', "quantity", "not of what"),
    ("up = 10", 'up = 10\nreserve = ["NOBODY"]\nquantity = 2', "reserve", "neither a line nor a task"),
    ("up = 10", 'up = 10\nurgent = 2', "urgent", "less than up"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, said, instead, column, words):
    found = [row for row in check_scenario(folder(tmp_path, TOML.replace(said, instead))) if row.column == column]
    assert found
    assert found[0].table == "ladder.toml"
    assert found[0].line == 2
    assert words in found[0].what


def test_a_column_misspelt_has_its_nearest(tmp_path):
    findings = check_scenario(folder(tmp_path, TOML.replace("level", "levle")))
    assert "level" in {row.nearest for row in findings}


def test_text_that_is_no_ladder(tmp_path):
    assert any("[[rung]]" in str(row) for row in check_scenario(folder(tmp_path, "[[step]]\nrung = 1\n")))


def test_the_bundled_ladder_can_be_climbed_and_says_that_it_is_assumed():
    scenario = read_scenario("reassurance")
    assert [row.level for row in scenario.ladder] == sorted(row.level for row in scenario.ladder)
    assert all(row.source.startswith("Assumption: ") and row.status == "assumption" for row in scenario.ladder)
    tasks = {row.task for row in scenario.tasks}
    assert {name for row in scenario.ladder for name in row.reserve} <= tasks


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of daily counts is not on this machine")
def test_the_counts_of_the_osce_mission_climb_before_february_2022():
    """All of Donbas as one sector: calm after 27 July 2020; level 3 of the bundled ladder on 18 February 2022."""
    sample = pl.read_csv(SAMPLE, try_parse_dates=True).drop_nulls("donetsk_violations")
    day = pl.col("observed_to").cast(pl.Date)
    rows = sample.select(
        pl.col("report_no").alias("incident"), day.cast(pl.Datetime("us")).alias("time"), pl.lit("East").alias("sector"),
        pl.lit("other").alias("kind"), (pl.col("donetsk_violations") + pl.col("luhansk_violations").fill_null(0)).alias("count"),
        pl.lit(0).alias("killed"), pl.lit(0).alias("wounded"))
    seen = sample.select(pl.lit("East").alias("sector"), day.alias("date"), pl.lit(24.0).alias("observed_h"))
    scenario = read_scenario("reassurance")
    ladder = tuple(row for row in scenario.ladder if row.measure == "violations_per_day" and row.over == "each")
    found = evaluate(scenario.model_copy(update={"ladder": ladder}), rows, exposure=seen)
    east = found.ladder_days.filter(pl.col("sector") == "East")
    assert east.filter(pl.col("date").is_between(date(2020, 8, 4), date(2020, 9, 20)))["level"].max() == 0
    assert east.filter(pl.col("date") == date(2022, 2, 18))["level"].to_list() == [3]
