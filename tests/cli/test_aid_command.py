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
from contingent.aid.status import STATUS_FRAMES
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
    status = assess_aid(read_scenario("reassurance"), options=AidOptions(replications=40))
    assert {f"{name}.csv" for name in status.frames} <= names
    assert "aid.pdf" not in names
    assert "Written: aid/reassurance-2025-12-01/index.html" in ended.out
    assert "Written: aid/reassurance-2025-12-01/aid.xlsx" in ended.out


def test_the_command_equals_its_twin(run: Run, tmp_path: Path) -> None:
    """The tables that the command writes are the frames that the function returns, cell by cell; the JSON says the same."""
    content = as_json(run, "reassurance", "--out", "here", "--horizon", 360, "--no-pdf")
    options = AidOptions(horizon_days=360, replications=40)
    status = assess_aid(read_scenario("reassurance"), options=options)
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


def test_two_runs_write_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert run("aid", "reassurance", "--out", name, "--no-pdf", *FEW).code == 0
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("--complete",), {"complete": True}),
        (("--horizon", "90"), {"horizon_days": 90}),
        (("--stop", "GBR", "--stop", "NLD", "--stop", "GBR"), {"stopped": ["GBR", "NLD"]}),
        (("--standard", "0.5"), {"standard": 0.5}),
        (("--training-places", "100"), {"training_places": 100}),
        (("--maintenance-hours", "500.5"), {"maintenance_hours_per_month": 500.5}),
        (("--most-types", "1"), {"most_types": 1}),
        (("--seed", "7"), {"seed": 7}),
    ],
)
def test_every_option_reaches_what_is_worked_out(run: Run, arguments: tuple[str, ...], asked: dict) -> None:
    content = as_json(run, "reassurance", *arguments)
    assert asked.items() <= content["options"].items()


def test_options_change_the_answer(run: Run) -> None:
    """Books that close earlier know less; a donor who stops gives nothing more; fewer types, a lower standard, a shorter time."""
    base = as_json(run, "reassurance")
    earlier = as_json(run, "reassurance", "--as-of", "2024-12-31")
    assert earlier["as_of"] == "2024-12-31"
    assert earlier["rows"]["ledger"] < base["rows"]["ledger"]
    stopped = as_json(run, "reassurance", "--stop", "DEU")
    assert "DEU" in {row["donor"] for row in base["expected_arrivals"]}
    assert "DEU" not in {row["donor"] for row in stopped["expected_arrivals"]}
    one = as_json(run, "reassurance", "--most-types", "1")
    assert max(row["types"] for row in one["equipped"]) <= max(row["types"] for row in base["equipped"])
    short = as_json(run, "reassurance", "--horizon", "30")
    assert max((row["day"] for row in short["given"]), default=0) < 30
    known = as_json(run, "reassurance", "--complete")
    assert {row["chance_by_now"] for row in known["open"]} == {0.0}


def test_a_plan_says_where_force_and_aid_compete(run: Run, tmp_path: Path) -> None:
    """Also beside a plan of another scenario, which is told; one that cannot be read, or of no option of this one, is refused."""
    write_plan(hand_made.plan(), tmp_path / "kept", scenario=hand_made.scenario())
    alone = as_json(run, "reassurance")
    assert alone["competition"] == alone["adequacy"] == []
    ended = run("aid", "reassurance", "--plan", "kept", *FEW, "--json")
    assert ended.code == 0, ended.err
    assert "is a plan of" in ended.err
    content = json.loads(ended.out)
    assert {row["kind"] for row in content["competition"]} >= {"air_defence"}
    assert content["adequacy"]
    assert any("compete" in said or "enough for both" in said for said in content["sentences"])
    write_plan(replace(hand_made.plan(), option="huge"), tmp_path / "other", scenario=hand_made.scenario())
    refused = run("aid", "reassurance", "--plan", "other")
    assert (refused.code, "which reassurance does not have" in refused.err) == (2, True)


def test_a_what_if_does_not_take_the_place_of_what_is(run: Run, tmp_path: Path) -> None:
    run("aid", "reassurance", "--no-pdf", "--stop", "GBR", *FEW)
    assert [path.name for path in (tmp_path / "aid").iterdir()] == ["reassurance-2025-12-01-without-GBR"]


def test_a_status_is_replaced_and_nothing_else_is_lost(run: Run, tmp_path: Path) -> None:
    assert run("aid", "reassurance", "--out", "here", "--no-pdf", *FEW).code == 0
    assert run("aid", "reassurance", "--out", "here", "--no-pdf", "--seed", 2, *FEW).code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for name in ("mine", "file"):
        ended = run("aid", "reassurance", "--out", name)
        assert ended.code == 2
        assert "No aid was assessed." in ended.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


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
        (("reassurance", "--seed", "x"), "valid int"),
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


def test_a_ledger_without_needs_and_needs_without_a_ledger(run: Run, tmp_path: Path) -> None:
    run("new", "mine")
    (tmp_path / "mine" / "equipment.csv").write_text("equipment,family\nleopard_1,tank\n")
    (tmp_path / "mine" / "pledges.csv").write_text(
        "pledge,donor,equipment,item,quantity,announced\nP1,AAA,leopard_1,=tanks,10,2025-04-11\n")
    ended = run("aid", "mine", "--json")
    assert ended.code == 0, ended.err
    content = json.loads(ended.out)
    assert content["as_of"] == str(date(2025, 4, 11))
    assert content["equipped"] == []
    assert "nothing is allocated" in run("aid", "mine", "--no-pdf", "--out", "one").out
    (tmp_path / "mine" / "pledges.csv").unlink()
    (tmp_path / "mine" / "needs.csv").write_text("need,formation,family,quantity\nN1,1st,tank,3\n")
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
    content = as_json(run, "mine")
    assert content["as_of"] == "2026-01-31"
    assert sum(row["promised_eur_m"] for row in content["by_donor"]) == pytest.approx(13_800.7)


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
