"""A plan against what happened, by hand: two units, one that never came, and a line between two records."""

from datetime import date
from pathlib import Path

import pytest

from contingent import look_back, make_plan, read_scenario
from contingent.plan.hindsight import Hindsight, NoHistory

FOLDER = {
    "scenario.toml": 'title = "By hand"\nstart_date = 2030-01-01\nhorizon_days = 100\nperiod_days = 10\n'
    "[defaults]\ntour_days = 100\ndwell_ratio = 0\n",
    "nations.csv": "nation,name\nALD,Alderland\nBRN,Bernia\nCRS,Corsia\n",
    "unit_types.csv": "unit_type,name,domain,echelon,personnel\nbg,Battlegroup,land,battlegroup,500\n"
    "ship,Ship,maritime,ship,100\n",
    "capabilities.csv": "capability,unit_type,effectiveness\nguard,bg,1\npatrol,ship,1\n",
    "offers.csv": "offer,nation,unit_type,quantity,available_day,probability,personnel\n"
    "A,ALD,bg,1,0,1,\nB,BRN,bg,1,40,0.5,600\nS,ALD,ship,1,0,1,\n",
    "requirements.csv": "line,capability,quantity,from_day,priority\nL1,guard,1,0,1\nL2,guard,1,40,1\nL3,patrol,1,0,2\n",
    "history.csv": "record,date,told,nation,part,personnel,low,high\n"
    "first,2030-01-01,present,,,600,,\n"
    "ashore,2030-01-01,present,,ashore,400,390,410\n"
    "last,2030-03-02,present,,,800,,\n"
    "most,2030-03-02,peak,,,900,,1200\n"
    "wanted,2030-01-31,asked,,,1000,,\n"
    "B,2030-03-02,present,BRN,,0,,\n"
    "C,2030-03-02,present,CRS,,50,,\n",
}


def folder(path: Path, **instead: str) -> Path:
    path.mkdir()
    for name, text in FOLDER.items():
        (path / name).write_text(instead.get(name.partition(".")[0], text), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Hindsight:
    scenario = read_scenario(folder(tmp_path_factory.mktemp("by-hand") / "mission"))
    return look_back(scenario, make_plan(scenario))


def test_strength_by_day_and_by_part(found: Hindsight) -> None:
    """On day 0 there are Alderland's 500 and its ship of 100; from day 40 Bernia's 600 too, with a chance of one in two."""
    rows = {row["record"]: row for row in found.strength.to_dicts()}
    assert (rows["first"]["planned"], rows["first"]["expected"], rows["first"]["verdict"]) == (600, 600, "within")
    assert (rows["ashore"]["planned"], rows["ashore"]["error"], rows["ashore"]["verdict"]) == (500, 100, "fewer came")
    assert (rows["last"]["planned"], rows["last"]["expected"], rows["last"]["error_share"]) == (1200, 900, 0.5)
    assert (rows["most"]["planned"], rows["most"]["verdict"]) == (1200, "within")


def test_what_was_asked_stands_on_a_line_between_two_records(found: Hindsight) -> None:
    """Half way from 600 on day 0 to 800 on day 60."""
    (row,) = found.asked.to_dicts()
    assert (row["day"], row["asked"], row["planned"], row["came"]) == (30, 1000, 600, 700)
    assert (row["planned_share"], row["came_share"]) == (0.6, 0.7)


def test_days_on_which_shares_of_the_last_strength_were_there(found: Hindsight) -> None:
    """720 people, nine tenths of 800, came on day 36; the plan has more from day 40 on."""
    rows = {row["share"]: row for row in found.build_up.to_dicts()}
    assert (rows[0.9]["people"], rows[0.9]["planned_day"], rows[0.9]["came_day"], rows[0.9]["days_late"]) == (720, 40, 36, -4)
    assert (rows[0.5]["planned_day"], rows[0.5]["came_day"]) == (0, None)


def test_nations_that_did_not_come_and_that_nobody_foresaw(found: Hindsight) -> None:
    rows = {row["nation"]: row for row in found.nations.to_dicts()}
    assert (rows["ALD"]["announced"], rows["ALD"]["came"], rows["ALD"]["verdict"]) == (600, None, "not found")
    assert (rows["BRN"]["planned"], rows["BRN"]["expected"], rows["BRN"]["verdict"]) == (600, 300, "did not come")
    assert (rows["CRS"]["announced"], rows["CRS"]["came"], rows["CRS"]["verdict"]) == (0, 50, "not foreseen")


def test_error_figures_by_hand(found: Hindsight) -> None:
    """Of the whole force: 0 of 600, 400 of 800, 300 of 900."""
    told = found.summary
    assert (told["records"], told["within"], told["nations_told"], told["nations_near"]) == (3, 2, 2, 0)
    assert told["mean_error"] == pytest.approx(700 / 3)
    assert told["mean_absolute_error_share"] == pytest.approx((0 + 0.5 + 1 / 3) / 3)
    assert told["worst_error_share"] == 0.5


def test_a_scenario_without_a_past_says_so() -> None:
    scenario = read_scenario("tiny")
    with pytest.raises(NoHistory, match=r"tells nothing of what happened\. Maybe add history\.csv"):
        look_back(scenario, make_plan(scenario))


def test_a_range_that_does_not_hold_its_figure_is_a_finding(tmp_path: Path) -> None:
    from contingent import check

    bad = "record,date,personnel,low,nation\nX,2030-01-01,100,200,ALD\nY,2030-01-02,1,,XYZ\n"
    findings = check(folder(tmp_path / "bad", history=bad))
    assert {(finding.table, finding.line, finding.column) for finding in findings if finding.severity == "error"} == {
        ("history.csv", 2, "low"), ("history.csv", 3, "nation")}  # fmt: skip


def test_dates_of_history_come_back_from_a_workbook(tmp_path: Path) -> None:
    from contingent import convert

    scenario = read_scenario(folder(tmp_path / "mission"))
    convert(tmp_path / "mission", tmp_path / "mission.xlsx")
    assert read_scenario(tmp_path / "mission.xlsx").history == scenario.history
    assert scenario.history[0].date == date(2030, 1, 1)
