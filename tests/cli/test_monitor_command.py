"""The commands `monitor` and `observe`: what they print and write, and what they refuse."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run


def test_the_bundled_exercise_is_told_and_written(run: Run, tmp_path: Path) -> None:
    ended = run("monitor", "reassurance", "--until", "2027-05-19", "--no-pdf")
    assert ended.code == 0, ended.err
    assert "157 ceasefire violations were reported on 19 May 2027, compared with 29 on the day before." in ended.out
    assert "By sector" in ended.out
    folder = tmp_path / "situations" / "reassurance-2027-05-19"
    assert {"situation.html", "situation.json", "incidents.geojson", "sectors.geojson", "counts.csv"} <= {
        path.name for path in folder.iterdir()
    }
    assert "Written: situations/reassurance-2027-05-19/situation.html" in ended.out
    assert ended.err == ""


def test_as_json_is_one_object_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    ended = run("monitor", "reassurance", "--weekly", "--until", "2027-03-12", "--json")
    content = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert (content["since"], content["until"]) == ("2027-03-06", "2027-03-12")
    assert content["before"] == {"since": "2027-02-27", "until": "2027-03-05", "known": True}
    assert sum(row["violations"] for row in content["counts"] if row["kind"] != "obstruction") == 133
    assert "Monitors were obstructed six times, in South" in content["paragraphs"]["seen"][0]
    assert {"changes", "forecast", "forecast_record", "ladder_now", "ladder_steps", "gaps", "files", "basis"} <= set(content)


def test_own_files_are_read_and_what_is_set_aside_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("time,kind,source\n2027-01-05T10:00,shelling,post 1\n2027-13-05,shelling,post 1\n")
    (tmp_path / "hours.csv").write_text("date,observed_h\n2027-01-05,12\n")
    ended = run("monitor", "tiny", "--incidents", "posts.csv", "--exposure", "hours.csv", "--out", "out", "--no-pdf")
    assert ended.code == 0, ended.err
    assert "1 of 2 rows could not be read and were set aside." in ended.out
    assert "posts.csv,3,time" in (tmp_path / "out" / "set_aside.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tiny",), "has no incidents.csv"),
        (("reassurance", "--until", "2027-03-01", "--since", "2027-03-05"), "is before --since"),
        (("reassurance", "--until", "2027-03-08", "--since", "2027-03-05", "--weekly"), "--weekly says how long"),
        (("reassurance", "--until", "2020-01-01"), "nothing is known up to 2020-01-01"),
        (("reassurance", "--until", "soon"), "is not a date"),
        (("reassurance", "--incidents", "nowhere.csv"), "nowhere.csv"),
        (("reassurance", "--zone", "Kyiv"), "is not a time zone"),
        (("reassurance", "--option", "huge"), "huge"),
        (("reassurance", "--plan", "nowhere"), "is not there"),
        (("reassurance", "--exposure", "bad.csv"), "'Eastt' is not a sector of this scenario."),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "bad.csv").write_text("date,sector,observed_h\n2027-01-05,Eastt,12\n2027-01-06,West,25\n")
    ended = run("monitor", *arguments)
    assert ended.code == 2
    assert told in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]
    if "bad.csv" in arguments:
        assert "2 problems in bad.csv. No situation was worked out." in ended.err


def test_a_design_of_observation(run: Run, tmp_path: Path) -> None:
    ended = run("observe", "reassurance", "--people", 10, "--sector", "South", "--json", "--out", "design")
    content = json.loads(ended.out)
    assert ended.code == 0, ended.err
    assert content["people"] <= 10
    assert content["value"] <= content["bound"]
    assert {path.name for path in (tmp_path / "design").iterdir()} == {
        "observation.csv", "coverage.csv", "marginal.csv", "redundancy.csv", "hours.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Say what limits it"),
        (("--people", "10", "--wanted", "0.5"), "least cost"),
        (("--people", "-1"), "0 or more"),
        (("--people", "10", "--kind", "shellin"), "Nearest: 'shelling'"),
        (("--people", "10", "--sector", "Sout"), "Sout"),
    ],
)
def test_a_design_that_makes_no_sense(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    ended = run("observe", "reassurance", *arguments)
    assert ended.code == 2
    assert told in ended.err
    assert list(tmp_path.iterdir()) == []
