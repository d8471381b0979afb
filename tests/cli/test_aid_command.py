"""The command `aid`: what it prints and writes, that it equals its twin, and what it refuses."""

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.cli.calling import Run
from tests.plan import hand_made

from contingent import AidOptions, assess_aid, read_scenario
from contingent.aid.ledger import keep_ledger
from contingent.aid.status import STATUS_FRAMES
from contingent.aid.tables import aid_tables
from contingent.io.plan_folder import write_plan
from contingent.report.aid.summary import IN_SHORT

KEYS = {
    "title", "marking", "as_of", "start_date", "options", "sentences", "by_donor", "by_family", "rows", "seconds",
}  # fmt: skip
ALWAYS = set(IN_SHORT) & set(STATUS_FRAMES)
OPTIONS = {
    "complete", "horizon_days", "stopped", "replications", "confidence", "seed", "standard", "most_types", "training_places",
    "maintenance_hours_per_month",
}  # fmt: skip
FEW = ("--replications", "40")


EQUIPMENT = """equipment,name,family,crew,training_days,maintenance_hours_per_month,ammunition,rounds_per_day
leopard_1,Leopard 1,tank,4,30,40,round,10
t_72,,tank,3,30,30,,
marder,,ifv,3,30,20,,
round,,ammunition,,,,,
"""
NEEDS = """need,formation,equipment,family,quantity,by_day,priority
A-tank,1st,,tank,10,0,1
A-ifv,1st,,ifv,10,30,1
B-tank,2nd,,tank,10,60,2
B-round,2nd,round,,1000,60,2
"""
PLEDGES = """pledge,donor,equipment,family,item,quantity,value_m,currency,value_eur_m,announced
P1,AAA,leopard_1,,=tanks,12,,,,2025-01-10
P2,BBB,t_72,,tanks,8,,,,2025-02-10
P3,BBB,marder,,vehicles,10,20,EUR,20,2025-03-10
P4,CCC,round,,rounds,500,,,,2025-03-10
P5,CCC,,maintenance,parts,,5,EUR,5,2025-06-10
"""
DELIVERIES = """delivery,pledge,donor,quantity,date,as_of,evidence
D1,P1,AAA,6,2025-04-01,,seen
D2,P2,BBB,0,,2025-05-01,nothing seen
"""


@pytest.fixture
def mine(run: Run, tmp_path: Path) -> Path:
    """A scenario of one's own: three donors, two formations, small enough to be solved at once."""
    run("new", "mine")
    for name, text in (("equipment", EQUIPMENT), ("needs", NEEDS), ("pledges", PLEDGES), ("deliveries", DELIVERIES)):
        (tmp_path / "mine" / f"{name}.csv").write_text(text)
    return tmp_path / "mine"


def as_json(run: Run, *arguments: object) -> dict:
    ended = run("aid", *arguments, *FEW, "--json")
    assert (ended.code, ended.err) == (0, ""), ended.err
    return json.loads(ended.out)


def test_the_bundled_ledger_is_answered_in_the_terminal_and_written(run: Run, tmp_path: Path) -> None:
    ended = run("aid", "reassurance", "--no-pdf", *FEW)
    assert (ended.code, ended.err) == (0, "")
    for title in (
        "Promised and come", "Delays", "Expected of what is open", "Formations at", "What stays missing", "The next pledge",
        "Capability coalitions", *(("If a donor stops",) if "stops" in STATUS_FRAMES else ()),
    ):  # fmt: skip
        assert title in ended.out, title
    folder = tmp_path / "aid" / "reassurance-2025-12-01"
    names = {path.name for path in folder.iterdir()}
    assert {"index.html", "aid.xlsx", "aid.json"} <= names
    assert {f"{name}.csv" for name in STATUS_FRAMES} <= names
    assert "aid.pdf" not in names
    assert "Written: aid/reassurance-2025-12-01/index.html" in ended.out
    assert "Written: aid/reassurance-2025-12-01/aid.xlsx" in ended.out


def test_the_command_equals_its_twin(run: Run, mine: Path, tmp_path: Path) -> None:
    """The tables that the command writes are the frames that the function returns, cell by cell; the JSON says the same."""
    content = as_json(run, "mine", "--out", "here", "--horizon", 360, "--no-pdf")
    options = AidOptions(horizon_days=360, replications=40)
    status = assess_aid(read_scenario(mine), options=options)
    for name, frame in status.frames.items():
        with (tmp_path / "here" / f"{name}.csv").open(newline="") as file:
            assert list(csv.reader(file)) == list(csv.reader(frame.write_csv().splitlines())), name
        assert content["rows"][name] == frame.height
        if name in content:
            assert [list(row) for row in content[name]] == [frame.columns] * frame.height
    kept = json.loads((tmp_path / "here" / "aid.json").read_text())
    assert kept == {name: value for name, value in content.items() if name not in ("seconds", "out")}


def test_as_json_is_one_object_of_known_keys_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    content = as_json(run, "reassurance")
    assert list(tmp_path.iterdir()) == []
    assert KEYS | ALWAYS <= set(content) <= KEYS | set(IN_SHORT)
    assert set(content["options"]) == OPTIONS
    assert (content["as_of"], content["start_date"]) == ("2025-12-01", "2027-01-01")
    assert all(isinstance(said, str) and said for said in content["sentences"])
    assert set(content["by_donor"][0]) == {
        "donor", "pledges", "nothing_known", "promised_eur_m", "delivered_eur_m", "open_eur_m", "envelopes_eur_m"}
    assert sum(row["promised_eur_m"] for row in content["by_donor"]) == pytest.approx(13_800.7)
    assert sum(row["promised_eur_m"] for row in content["by_family"]) == pytest.approx(13_800.7)
    assert sum(row["envelopes_eur_m"] for row in content["by_donor"]) == pytest.approx(24_627.3)
    assert set(content["rows"]) >= {"ledger", "readiness"}
    assert set(content["rows"]) <= set(STATUS_FRAMES)


def test_two_runs_write_the_same_bytes(run: Run, mine: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert run("aid", "mine", "--out", name, "--no-pdf", *FEW).code == 0
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("--complete",), {"complete": True}),
        (("--horizon", "90"), {"horizon_days": 90}),
        (("--stop", "AAA", "--stop", "BBB", "--stop", "AAA"), {"stopped": ["AAA", "BBB"]}),
        (("--standard", "0.5"), {"standard": 0.5}),
        (("--training-places", "10"), {"training_places": 10}),
        (("--maintenance-hours", "500.5"), {"maintenance_hours_per_month": 500.5}),
        (("--most-types", "1"), {"most_types": 1}),
        (("--seed", "7"), {"seed": 7}),
    ],
)
def test_every_option_reaches_what_is_worked_out(run: Run, mine: Path, arguments: tuple[str, ...], asked: dict) -> None:
    content = as_json(run, "mine", *arguments)
    assert asked.items() <= content["options"].items()


def test_options_change_the_answer(run: Run, mine: Path) -> None:
    """Books that close earlier know less; a donor who stops gives nothing more; the bounds of the allocation bind."""
    base = as_json(run, "mine")
    assert base["as_of"] == "2025-06-10"
    assert [row["promised_eur_m"] for row in base["by_donor"]] == [0, 20, 5]
    earlier = as_json(run, "mine", "--as-of", "2025-03-01")
    assert (earlier["as_of"], earlier["rows"]["ledger"]) == ("2025-03-01", 2)
    stopped = as_json(run, "mine", "--stop", "BBB")
    assert {row["donor"] for row in base["expected_arrivals"]} == {"AAA", "BBB", "CCC"}
    assert {row["donor"] for row in stopped["expected_arrivals"]} == {"AAA", "CCC"}
    assert max(row["types"] for row in as_json(run, "mine", "--most-types", "1")["equipped"]) <= 2
    assert max((row["day"] for row in as_json(run, "mine", "--horizon", "30")["given"]), default=0) < 30
    assert {row["chance_by_now"] for row in as_json(run, "mine", "--complete")["open"]} == {0.0}
    nobody = as_json(run, "mine", "--training-places", "0")["given"]
    assert {row["equipment"] for row in nobody} <= {"round"}
    few = as_json(run, "mine", "--maintenance-hours", "60")["given"]
    hours = {"leopard_1": 40, "t_72": 30, "marder": 20, "round": 0}
    for formation in ("1st", "2nd"):
        assert sum(hours[row["equipment"]] * row["quantity"] for row in few if row["formation"] == formation) <= 60
    low = as_json(run, "mine", "--standard", "0.1")
    assert sum(row["equipped_day"] is not None for row in low["equipped"]) >= sum(
        row["equipped_day"] is not None for row in base["equipped"])


def test_a_plan_says_where_force_and_aid_compete(run: Run, mine: Path, tmp_path: Path) -> None:
    """The plan of another force is refused, and so is one of an option that this scenario does not have."""
    assert run("plan", "mine", "--no-report", "--out", "planned").code == 0
    alone = as_json(run, "mine")
    assert alone["competition"] == alone["adequacy"] == []
    ended = run("aid", "mine", "--plan", "planned", *FEW, "--no-pdf", "--out", "beside")
    assert (ended.code, ended.err) == (0, "")
    kept = json.loads((tmp_path / "beside" / "aid.json").read_text())
    assert {"competition", "adequacy"} <= set(kept)
    write_plan(replace(hand_made.plan(), option=None), tmp_path / "kept", scenario=hand_made.scenario())
    refused = run("aid", "mine", "--plan", "kept")
    assert (refused.code, "kept is a plan of another force: mine has no unit type" in refused.err) == (2, True)
    write_plan(replace(hand_made.plan(), option="huge"), tmp_path / "other", scenario=hand_made.scenario())
    refused = run("aid", "mine", "--plan", "other")
    assert (refused.code, "which mine does not have" in refused.err) == (2, True)


def test_a_what_if_does_not_take_the_place_of_what_is(run: Run, mine: Path, tmp_path: Path) -> None:
    run("aid", "mine", "--no-pdf", "--stop", "BBB", *FEW)
    assert [path.name for path in (tmp_path / "aid").iterdir()] == ["mine-2025-06-10-without-BBB"]


def test_a_status_is_replaced_and_nothing_else_is_lost(run: Run, mine: Path, tmp_path: Path) -> None:
    assert run("aid", "mine", "--out", "here", "--no-pdf", *FEW).code == 0
    assert run("aid", "mine", "--out", "here", "--no-pdf", "--seed", 2, *FEW).code == 0
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.txt").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for name in ("notes", "file", "mine"):
        ended = run("aid", "reassurance", "--out", name)
        assert ended.code == 2
        assert "No aid was assessed." in ended.err
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tiny",), "has no pledges and no needs. Maybe fill pledges.csv and needs.csv"),
        (("nowhere",), "there is no folder or workbook"),
        (("reassurance", "--stop", "GBE"), "'GBE' is no donor. Nearest: 'GBR'."),
        (("reassurance", "--stop", "Germany", "--stop", "Nobody"), "Nearest: 'DEU'. 'Nobody' is no donor."),
        (("reassurance", "--as-of", "soon"), "is not a date"),
        (("reassurance", "--as-of", "2001-01-01"), "Nothing is known up to 2001-01-01"),
        (("reassurance", "--horizon", "0"), "--horizon is 0; it must be from 1"),
        (("reassurance", "--horizon", "-5", "--seed", "-1"), "--seed is -1; it must be 0 or more"),
        (("reassurance", "--standard", "0"), "--standard is 0"),
        (("reassurance", "--standard", "1.5"), "at most 1"),
        (("reassurance", "--standard", "nan"), "--standard is nan"),
        (("reassurance", "--training-places", "-1"), "--training-places is -1"),
        (("reassurance", "--maintenance-hours", "-0.5"), "--maintenance-hours is -0.5"),
        (("reassurance", "--maintenance-hours", "inf"), "--maintenance-hours is inf"),
        (("reassurance", "--most-types", "0"), "--most-types is 0"),
        (("reassurance", "--replications", "0"), "--replications is 0"),
        (("reassurance", "--replications", "1000000000"), "--replications is 1"),
        (("reassurance", "--seed", "x"), "whole number"),
        (("reassurance", "--plan", "nowhere"), "is not there"),
        (("reassurance", "--out", " "), "it is blank"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    ended = run("aid", *arguments)
    assert ended.code == 2
    assert told in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_without_needs_and_needs_without_a_ledger(run: Run, mine: Path, tmp_path: Path) -> None:
    (mine / "needs.csv").unlink()
    assert as_json(run, "mine")["equipped"] == []
    assert "nothing is allocated" in run("aid", "mine", "--no-pdf", "--out", "one", *FEW).out
    for name in ("pledges", "deliveries"):
        (mine / f"{name}.csv").unlink()
    (mine / "needs.csv").write_text(NEEDS)
    ended = run("aid", "mine", "--no-pdf", "--out", "two")
    assert ended.code == 0, ended.err
    assert "nothing is expected" in ended.out
    assert (tmp_path / "two" / "aid.xlsx").is_file()


def test_the_tracker_goes_out_and_comes_in(run: Run, tmp_path: Path) -> None:
    ended = run("aid-export", "reassurance", "ledger.xlsx", "--json")
    done = json.loads(ended.out)
    assert (ended.code, done["out"], done["rows"], done["left_out"]) == (0, "ledger.xlsx", 55, 6)
    run("convert", "reassurance", "mine")
    refused = run("aid-import", "ledger.xlsx", "mine")
    assert refused.code == 2
    assert "Maybe replace the ledger: --overwrite. Nothing was imported." in refused.err
    ended = run("aid-import", "ledger.xlsx", "mine", "--overwrite", "--as-of", "2026-01-31")
    assert ended.code == 0, ended.err
    assert "55 pledges, 26 of a type that the scenario knows" in ended.out
    assert "warning: pledges.csv, family:" in ended.err
    scenario = read_scenario(tmp_path / "mine")
    assert len(scenario.pledges) == 55
    assert {row.as_of for row in scenario.deliveries} == {date(2026, 1, 31)}
    entries = keep_ledger(aid_tables(scenario)).entries.filter(side="promise")
    assert entries.filter(entries["kind"] != "finance")["promised_eur_m"].sum() == pytest.approx(13_800.7)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("aid-import", "nowhere.xlsx", "mine"), "nowhere.xlsx: is not there, or is no file."),
        (("aid-import", "text.xlsx", "mine"), "is no workbook that can be opened"),
        (("aid-import", "text.xlsx", "elsewhere"), "is not the folder of a scenario"),
        (("aid-import", "text.xlsx", "mine", "--as-of", "yesterday"), "is not a date"),
        (("aid-export", "tiny", "out.xlsx"), "has no pledge that counts"),
        (("aid-export", "reassurance", "text.xlsx"), "is there already"),
        (("aid-export", "reassurance", "out.csv"), "Maybe write 'out.xlsx'"),
        (("aid-export", "nowhere", "out.xlsx"), "there is no folder or workbook"),
    ],
)
def test_an_exchange_that_makes_no_sense(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    run("new", "mine")
    (tmp_path / "text.xlsx").write_text("no workbook")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    ended = run(*arguments)
    assert ended.code == 2
    assert told in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
