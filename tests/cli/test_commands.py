"""Every command from its call to its last word: what is written where, and with which exit code it ends."""

import csv
import json
import math
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.cli.calling import Run
from tests.plan import hand_made

from contingent.cli import app
from contingent.cli.endings import NOTHING_DONE
from contingent.cli.planning import remark_apart
from contingent.errors import SolverFailed
from contingent.io.plan_folder import read_plan, write_plan


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of the plan worked out by hand, with its scenario."""
    return write_plan(hand_made.plan(), tmp_path / "kept", scenario=hand_made.scenario())


def bad_scenario(folder: Path) -> Path:
    """A scenario with two mistakes."""
    folder.mkdir()
    (folder / "scenario.toml").write_text('title = "Bad"\nstart_date = 2027-01-01\nhorizon_days = 90\n')
    (folder / "nations.csv").write_text("nation,name\nGBR,United Kingdom\n")
    (folder / "unit_types.csv").write_text("unit_type,name,domain,echelon,personnel\nbg,Battlegroup,land,battlegroup,many\n")
    (folder / "capabilities.csv").write_text("capability,unit_type,effectiveness\nguard,bg,1\n")
    (folder / "offers.csv").write_text("offer,nation,unit_type,quantity\nO1,GRB,bg,1\n")
    (folder / "requirements.csv").write_text("line,capability,quantity\nL1,guard,1\n")
    return folder


def test_no_command_says_what_to_do_first(run: Run) -> None:
    ended = run()
    assert ended.code == 0
    assert "contingent plan tiny" in ended.out
    assert "contingent --help" in ended.out


def test_the_version_is_the_package_s(run: Run) -> None:
    assert run("--version").out == f"contingent {import_module('contingent').__version__}\n"


@pytest.mark.parametrize("command", app.TWINS)
def test_help_teaches_with_an_example_and_names_the_twin(run: Run, command: str) -> None:
    ended = run(command, "--help")
    assert ended.code == 0
    assert f"contingent {command} " in ended.out.split("Examples:")[1]
    assert "From Python: contingent." in " ".join(ended.out.split())


def test_commands_and_twins_are_the_same() -> None:
    """Every command has a public function that does the same, and each of the functions is there."""
    commands = {command.name or command.callback.__name__ for command in app.app.registered_commands if command.callback}
    assert commands == set(app.TWINS)
    assert set(NOTHING_DONE) | {"check"} == commands
    for twin in app.TWINS.values():
        module, _, function = twin.rpartition(".")
        assert callable(getattr(import_module(module), function)), twin


def test_every_exit_code_is_in_the_help_and_in_the_manual(run: Run) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
    for line in app.EXIT_CODES:
        code, meaning = line.split(maxsplit=1)
        assert line in run("--help").out
        assert f"| {code} | {meaning}" in manual


def test_plan_prints_a_summary_and_writes_tables_workbook_and_report(run: Run, tmp_path: Path) -> None:
    ended = run("plan", "tiny")
    assert ended.code == 0, ended.err
    folder = tmp_path / "plans" / "tiny"
    assert {path.name for path in folder.iterdir()} >= {
        "plan.json",
        "tours.csv",
        "goals.csv",
        "scenario",
        "cjsor.xlsx",
        "report.html",
    }
    assert "Written: plans/tiny" in ended.out
    assert "Tiny" in ended.out
    assert ended.err == ""


def test_plan_as_json_is_one_object_and_nothing_else(run: Run, tmp_path: Path) -> None:
    ended = run("plan", "tiny", "--json")
    content = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert set(content["required_unit_days"]) == set(content["filled_unit_days"]) == {"1", "2", "3"}
    assert content["required_unit_days"]["1"] == 1080.0
    assert content["people_deployed_peak"] > 0
    assert [goal["name"] for goal in content["goals"]][-3:] == ["burden", "continuity", "cost"]
    assert {"name", "value", "bound", "status", "seconds"} <= set(content["goals"][0])
    assert {"line", "from_day", "until_day", "quantity", "reason"} <= set(content["gaps"][0])
    assert content["seconds"] > 0
    assert "out" not in content


def test_json_and_tables_tell_the_same(run: Run, tmp_path: Path) -> None:
    content = json.loads(run("plan", "tiny", "--json", "--out", "here", "--no-report").out)
    assert content["out"] == "here"
    assert not (tmp_path / "here" / "cjsor.xlsx").exists()
    with (tmp_path / "here" / "tours.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"unit", "offer", "nation", "line", "from_day", "until_day"} <= set(rows[0])
    with (tmp_path / "here" / "gaps.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(content["gaps"])
    summary = json.loads((tmp_path / "here" / "plan.json").read_text())
    assert summary["filled_unit_days"] == content["filled_unit_days"]


def test_two_runs_write_the_same_bytes_but_for_timings(run: Run, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert run("plan", "tiny", "--out", name).code == 0
    files = {path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()}
    unlike = {str(name) for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()}
    assert unlike <= {"timings.json"}
    assert files == {path.relative_to(tmp_path / "other") for path in (tmp_path / "other").rglob("*") if path.is_file()}


def test_a_workbook_of_an_earlier_plan_does_not_stay_beside_a_new_one(run: Run, tmp_path: Path) -> None:
    run("plan", "tiny", "--out", "here")
    assert (tmp_path / "here" / "report.html").exists()
    run("plan", "tiny", "--out", "here", "--no-report")
    assert not (tmp_path / "here" / "report.html").exists()


def test_what_plan_writes_verify_finds_nothing_in(run: Run) -> None:
    run("plan", "tiny", "--out", "here", "--no-report")
    ended = run("verify", "here")
    assert ended.code == 0, ended.out
    assert "Every promise of here is kept" in ended.out
    assert run("verify", "here", "--scenario", "tiny").code == 0


def test_bad_input_tells_every_finding_and_plans_nothing(run: Run, tmp_path: Path) -> None:
    bad_scenario(tmp_path / "bad")
    ended = run("plan", "bad", "--out", "out", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("2 problems in bad/. Nothing was planned.\n\n")
    assert "unit_types.csv, line 2, personnel" in ended.err
    assert "offers.csv, line 2, nation: 'GRB'" in ended.err
    assert "Nearest: 'GBR'" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", "nosuch"), "nosuch"),
        (("plan", "tiny", "--option", "larg"), "has none"),
        (("plan", "tiny", "--time-limit", "-1"), "--time-limit is -1.0"),
        (("plan", "tiny", "--time-limit", "nan"), "--time-limit is nan"),
        (("plan", "tiny", "--gap", "inf"), "--gap is inf"),
        (("plan", "tiny", "--gap", "-0.1"), "--gap is -0.1"),
        (("plan", "tiny", "--method", "guess"), "guess"),
        (("plan", "tiny", "--seed", "one"), "--seed: 'one' is not a whole number"),
        (("plan",), "contingent plan: SCENARIO is missing."),
        (("plann", "tiny"), "'plann' is not a command.\n  Nearest: 'plan'."),
        (("plan", "tiny", "--out", "file"), "file is a file"),
        (("plan", "tiny", "--out", "file/deeper"), "cannot be written"),
        (("plan", "tiny", "--out", "taken"), "holds a scenario"),
        (("plan", "tiny", "--out", ""), "--out"),
        (("plan", ""), "a place without a name"),
        (("plan", "x" * 5000), "the name is too long"),
        (("plan", "tiny", "--out", "x" * 5000), "too long"),
        (("check", "nosuch"), "nosuch"),
        (("check", "x" * 5000), "the name is too long"),
        (("new", ""), "it is blank"),
        (("verify", ""), "it is blank"),
        (("show", "x" * 5000), "Nothing can be shown."),
        (("convert", "x" * 5000, "new"), "Nothing was written."),
        (("convert", "tiny", " "), "it is blank"),
        (("new", "taken"), "taken"),
        (("show", "tiny", "--table", "offer"), "Nearest: 'offers'"),
        (("show", "tiny", "--option", "small"), "has none"),
        (("convert", "tiny", "taken"), "taken"),
        (("convert", "nosuch", "new"), "Nothing was written."),
        (("verify", "nosuch"), "Nothing was verified."),
        (("verify", "taken"), "it is a scenario: plan it first"),
        (("verify", "file"), "not the folder of a plan"),
        (("compare", "kept"), "needs two plans"),
        (("compare", "kept", "nosuch"), "Nothing was compared."),
        (("remedies", "nosuch"), "Nothing was worked out."),
        (("remedies", "tiny", "--priority", "7"), "Priorities of this scenario: 1, 2, 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_ends_with_2_and_one_clear_word(
    run: Run, tmp_path: Path, kept: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "file").write_text("mine")
    run("new", "taken")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = run(*arguments)
    assert ended.code == 2
    assert words in ended.err + (ended.out if arguments[0] == "check" else "")
    assert "Traceback" not in ended.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", ["plan", "check", "show", "convert", "remedies", "verify"])
def test_a_folder_that_may_not_be_looked_into_ends_with_2(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Whoever runs the tests may be allowed to read everything, so the system's refusal is made up."""

    def refuse(path: Path, **_: object) -> None:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path)

    stat = os.stat
    monkeypatch.setattr(Path, "stat", refuse)
    ended = run(command, "locked", *(["new"] if command == "convert" else []))
    assert ended.code == 2, ended
    assert "locked" in ended.err + ended.out
    assert "Traceback" not in ended.err


def test_one_problem_is_told_in_the_singular(run: Run, tmp_path: Path) -> None:
    bad = bad_scenario(tmp_path / "bad")
    (bad / "offers.csv").unlink()
    assert "1 problem in bad/. It cannot be planned until it is mended." in run("check", "bad").out


def test_check_and_plan_agree_on_pins_of_offers_that_the_pool_yields(run: Run, tmp_path: Path) -> None:
    """The offers are known once they are derived; a pin that names none of them is told by both, with the nearest."""
    (tmp_path / "pinned").mkdir()
    (tmp_path / "pinned" / "scenario.toml").write_text('extends = "reassurance"\n')
    (tmp_path / "pinned" / "pins.csv").write_text(
        "offer,line,from_day\nFRA-mechanised_battlegrup,C01,0\nFRA-mechanised_battlegroup,C01,0\n"
    )
    checked, planned = run("check", "pinned"), run("plan", "pinned", "--json")
    assert (checked.code, planned.code, planned.out) == (2, 2, "")
    for told in (checked.out, planned.err):
        assert "2 problems in pinned/." in told
        assert "Nearest: 'FRA-mechanised_battlegroup'." in told
        assert "cannot be fixed: 'mechanised_battlegroup' does not give 'corps_command'" in told


def test_an_unknown_option_has_a_nearest(run: Run) -> None:
    ended = run("plan", "reassurance", "--option", "medum")
    assert ended.code == 2
    assert "Nearest: 'medium'" in ended.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SolverFailed("status unbounded."), 3, "The solver failed: status unbounded. Nothing was planned."),
        (KeyboardInterrupt(), 130, "Interrupted. Nothing was planned."),
        (MemoryError(), 70, "not enough memory"),
        (RuntimeError("odd"), 70, "contingent has a fault: RuntimeError: odd"),
    ],
)
def test_whatever_happens_ends_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("contingent.cli.planning.make_plan", fail)
    ended = run("plan", "tiny", "--json")
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in run("--debug", "plan", "tiny").err


def test_check_tells_findings_and_warnings(run: Run, tmp_path: Path) -> None:
    bad_scenario(tmp_path / "bad")
    ended = run("check", "bad")
    assert ended.code == 2
    assert "2 problems in bad/. It cannot be planned until they are mended." in ended.out
    fine = run("check", "tiny")
    assert (fine.code, fine.out) == (0, "tiny can be planned.\n")


def test_a_new_scenario_can_be_checked_and_planned(run: Run, tmp_path: Path) -> None:
    assert "contingent check mine" in run("new", "mine").out
    assert run("check", "mine").code == 0
    assert run("plan", "mine", "--out", "plan", "--no-report").code == 0
    assert run("new", "mine", "--xlsx").code == 0
    assert (tmp_path / "mine.xlsx").exists()
    assert run("check", "mine.xlsx").code == 0


def test_convert_goes_to_a_workbook_and_back(run: Run) -> None:
    assert run("convert", "tiny", "tiny.xlsx").code == 0
    assert run("convert", "tiny.xlsx", "again").code == 0
    plans = [json.loads(run("plan", place, "--json").out) for place in ("tiny", "again", "tiny.xlsx")]
    for plan in plans:
        plan.pop("seconds")
        for goal in plan["goals"]:
            goal.pop("seconds")
    assert plans[0] == plans[1] == plans[2]


def test_show_tells_nations_lines_and_every_row_of_a_table(run: Run) -> None:
    overview = run("show", "tiny").out
    assert "4 nations, 7 offers, 6 lines" in overview
    assert "Alderland" in overview
    assert "one_nation" in overview
    offers = run("show", "tiny", "--table", "offers").out
    assert offers.count("made up for the tutorial") == 7
    rows = json.loads(run("show", "tiny", "--table", "offers.csv", "--json").out)["offers"]
    assert [row["offer"] for row in rows][:2] == ["ALD-headquarters", "ALD-mechanised_battlegroup"]
    assert json.loads(run("show", "tiny", "--json").out)["requirements"] == 6


def test_show_traces_derived_offers_to_their_sources(run: Run) -> None:
    rows = json.loads(run("show", "reassurance", "--table", "offers", "--json").out)["offers"]
    assert len(rows) > 100
    assert all(row["source"] for row in rows)
    assert "derived from the pool" in run("show", "reassurance").out


def test_verify_tells_each_broken_promise_and_ends_with_1(run: Run, tmp_path: Path, kept: Path) -> None:
    assert run("verify", kept).code == 0
    tours = (kept / "tours.csv").read_text()
    (kept / "tours.csv").write_text(tours.replace("high", "low", 1))
    ended = run("verify", kept)
    assert ended.code == 1
    assert "tours.csv, line 2, confidence: 'low' is not what the scenario makes of this tour: 'high'." in ended.out
    findings = json.loads(run("verify", kept, "--json").out)["findings"]
    assert findings[0] == {
        "table": "tours.csv", "line": 2, "column": "confidence", "nearest": None, "maybe": None,
        "what": "'low' is not what the scenario makes of this tour: 'high'.",
    }  # fmt: skip


def test_verify_against_another_scenario_finds_it(run: Run, kept: Path) -> None:
    ended = run("verify", kept, "--scenario", "tiny")
    assert ended.code == 1
    assert "another scenario" in ended.out


def test_verify_asks_for_the_scenario_where_none_is_kept(run: Run, tmp_path: Path) -> None:
    write_plan(hand_made.plan(), tmp_path / "alone")
    ended = run("verify", "alone")
    assert ended.code == 2
    assert "--scenario SCENARIO" in ended.err


def test_compare_tells_what_changed(run: Run, tmp_path: Path, kept: Path) -> None:
    other = hand_made.plan(gaps=hand_made.plan().gaps.clear(), filled_unit_days={1: 720.0, 2: 210.0})
    write_plan(other, tmp_path / "other")
    told = run("compare", kept, "other")
    assert told.code == 0
    assert "closed" in told.out
    assert "Fill by priority" in told.out
    content = json.loads(run("compare", kept, "other", "--json").out)
    assert content["gaps"][0]["change"] == "closed"
    assert content["tours"] == []
    assert "decide and promise the same" in run("compare", kept, kept).out
    assert "Side by side" in run("compare", kept, "other", kept).out


def test_compare_writes_a_page(run: Run, tmp_path: Path, kept: Path) -> None:
    """Also of plans that keep no scenario; of too many, or as another kind of file, nothing is written."""
    write_plan(hand_made.plan(), tmp_path / "alone")
    told = run("compare", kept, "alone", "--out", "pages/comparison.html")
    assert told.code == 0
    assert "Written: pages/comparison.html" in told.err
    assert "What is asked" in (tmp_path / "pages" / "comparison.html").read_text(encoding="utf-8")
    assert json.loads(run("compare", kept, "alone", "--out", "again.html", "--json").out)["gaps"] == []
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "pages" / "comparison.html").read_bytes()
    for plans, page, said in (((kept, kept), "page.pdf", "Maybe: page.html"), ((kept,) * 5, "page.html", "two to 4")):
        refused = run("compare", *plans, "--out", page)
        assert refused.code == 2
        assert said in refused.err
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("command", ["ceiling", "cost", "deploy", "simulate", "stress", "sustain", "why"])
def test_what_is_asked_of_a_plan_is_refused_in_one_voice(run: Run, tmp_path: Path, kept: Path, command: str) -> None:
    """A plan of another option, and a plan whose folder keeps no scenario: each command says the same."""
    write_plan(hand_made.plan(), tmp_path / "alone")
    line = ["L1"] if command == "why" else []
    for place, words, told in (
        (kept, ["--option", "other"], f"{kept} is a plan of the option small, not of the option other. Maybe"),
        ("alone", [], "alone keeps no scenario to work with. Maybe plan it anew, or"),
    ):
        ended = run(command, *line, place, *words)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"{told} name the scenario instead. {NOTHING_DONE[command]}\n"


def test_remedies_of_a_plan_are_those_it_was_made_with(run: Run, kept: Path) -> None:
    told = run("remedies", kept)
    assert told.code == 0
    assert "Guard" in told.out
    content = json.loads(run("remedies", kept, "--json").out)
    assert content["remedies"][0]["closes"] == "L1"
    assert content["worth"][0]["unit_days"] == 180.0


def test_a_remark_on_remedies_stands_apart_from_the_lines_they_close() -> None:
    told = remark_apart(pl.DataFrame({"name": ["Guard", "Medics"], "closes": ["L1;L2;not proven cheapest", "L3"]}))
    assert told["closes"].to_list() == ["L1;L2", "L3"]
    assert told["remark"].to_list() == ["not proven cheapest", None]
    assert remark_apart(pl.DataFrame({"closes": ["L3"]})).columns == ["closes"]


def test_remedies_of_a_scenario_are_worked_out(run: Run, kept: Path) -> None:
    assert run("remedies", "tiny", "--priority", "1", "--json").code == 0
    assert run("remedies", kept, "--priority", "1", "--json").code == 0


def test_nothing_of_a_scenario_reaches_the_terminal_as_a_command(run: Run, tmp_path: Path) -> None:
    """Markup is shown as it is written, and control characters are shown, not obeyed."""
    run("new", "mine")
    toml = tmp_path / "mine" / "scenario.toml"
    lines = [
        line if not line.startswith("title") else 'title = "[red]T[/red] \\u001b[2J"' for line in toml.read_text().splitlines()
    ]
    toml.write_text("\n".join(lines))
    for arguments in (("show", "mine"), ("plan", "mine", "--no-report"), ("compare", "plans/mine", "plans/mine")):
        ended = run(*arguments)
        assert "\x1b" not in ended.out + ended.err
        if ended.code == 0:
            assert "[red]T[/red]" in ended.out


def test_json_never_holds_what_json_has_not(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A plan with a number that is none is a fault of the program, and not half an object on standard output."""
    plan = hand_made.plan(goals=(replace(hand_made.plan().goals[0], bound=-math.inf),))
    monkeypatch.setattr("contingent.cli.planning.make_plan", lambda *_: plan)
    ended = run("plan", "tiny", "--json")
    assert (ended.code, ended.out) == (70, "")


def test_an_empty_plan_is_printed(run: Run, tmp_path: Path) -> None:
    """No offers and no lines: a plan, not a crash."""
    run("new", "mine")
    for table in ("offers", "requirements"):
        path = tmp_path / "mine" / f"{table}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    content: dict[str, Any] = json.loads(run("plan", "mine", "--json").out)
    assert content["required_unit_days"] == {}
    assert content["gaps"] == []
    assert run("plan", "mine", "--out", "empty").code == 0
    assert run("verify", "empty").code == 0
    assert read_plan(tmp_path / "empty").tours.is_empty()
