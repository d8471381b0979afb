"""`history` and `validate`: what is printed, as JSON, and written."""

import json
from pathlib import Path

import polars as pl
from tests.cli.calling import Run


def test_history_tells_errors_and_misses_and_writes_its_tables(run: Run, tmp_path: Path) -> None:
    ended = run("history", "interfet-1999", "--out", "hindsight")
    assert (ended.code, ended.err) == (0, "")
    assert "Near what was told: " in ended.out
    assert "not foreseen" in ended.out
    assert "Written: hindsight" in ended.out
    files = {path.name for path in (tmp_path / "hindsight").iterdir()}
    assert files == {"strength.csv", "nations.csv", "asked.csv", "build_up.csv"}
    assert pl.read_csv(tmp_path / "hindsight" / "strength.csv").height == 6


def test_history_of_a_plan_is_one_object_of_json(run: Run) -> None:
    assert run("plan", "interfet-1999", "--no-report", "--out", "kept").code == 0
    ended = run("history", "kept", "--json")
    content = json.loads(ended.out)
    assert set(content) == {"title", "summary", "strength", "nations", "asked", "build_up"}
    assert content["strength"][0]["date"] == "1999-09-20"


def test_history_of_a_scenario_without_one_says_what_to_do(run: Run) -> None:
    ended = run("history", "tiny")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith("Maybe add history.csv. Nothing was held against history.\n")


def test_validate_counts_hits_and_misses(run: Run) -> None:
    ended = run("validate", "--case", "rotation")
    assert (ended.code, ended.err) == (0, "")
    assert "Hits and misses" in ended.out
    content = json.loads(run("validate", "-c", "aid", "--json").out)
    assert content["summary"] == [
        {"case": "aid", "checks": 1, "hits": 1, "misses": 0, "command": "contingent validate --case aid"}
    ]
    wrong = run("validate", "--case", "nothing")
    assert wrong.code == 2
    assert "Cases: sizing, rotation, aid, history, cost." in wrong.err
