"""The command `ceiling`: what it prints, what it writes, and how it ends."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run

from contingent.cli.ceiling import fill_asked
from contingent.cli.endings import BadCall
from contingent.io.plan_folder import read_plan

HERE = ("--engine", "here")


def test_the_answer_comes_first_then_a_table_for_each_question(run: Run) -> None:
    ended = run("ceiling", "tiny", "--fill", "1=0.5", "-q", "dwell", *HERE)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("With 50 % of priority 1 filled, the pool holds 2.2")
    assert "is proven to be too much" in ended.out
    assert "1:5" in ended.out
    assert "What fails first is mechanised battlegroup." in ended.out


def test_a_pool_that_holds_nothing_says_what_is_missing(run: Run) -> None:
    ended = run("ceiling", "tiny", "-q", "base", *HERE)
    assert "no part of the requirement can be held for the whole time, however small it is made" in ended.out
    assert "What fails first is " in ended.out


def test_as_json_it_is_one_object(run: Run, tmp_path: Path) -> None:
    ended = run("ceiling", "tiny", "--fill", "0.5", "-q", "nations", "--json", "--out", "tables", *HERE)
    content = json.loads(ended.out)
    assert {row["question"] for row in content["ceilings"]} == {"base", "nations"}
    assert content["fill"] == {"1": 0.5, "2": 0.5, "3": 0.5}
    assert (tmp_path / "tables" / "ceilings.csv").exists()


def test_a_plan_keeps_its_ceilings_and_stays_true(run: Run) -> None:
    run("plan", "tiny", "--out", "here", "--no-report")
    ended = run("ceiling", "here", "--fill", "1=0.5", "-q", "dwell", *HERE)
    assert ended.code == 0, ended.err
    assert "Written: here" in ended.out
    assert read_plan(Path("here")).ceilings.height == 6
    assert run("verify", "here").code == 0


def test_a_plain_force_needs_no_scenario(run: Run, tmp_path: Path) -> None:
    (tmp_path / "force.csv").write_text("component,units,people,dwell_ratio\narmy,180000,1,2\n")
    ended = run("ceiling", "--force", "force.csv")
    assert ended.code == 0, ended.err
    assert "60\u202f000" in ended.out
    assert json.loads(run("ceiling", "--force", "force.csv", "--json").out)["force"][0]["sustained"] == 60_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name a scenario or a plan"),
        (("nosuch",), "nosuch"),
        (("tiny", "-q", "dwells"), "'dwells' is no question"),
        (("tiny", "--fill", "2"), "is not a share"),
        (("tiny", "--fill", "some"), "neither a share"),
        (("tiny", "--fill", "9=0.5", *HERE), "Priorities of this option"),
        (("tiny", "--gap", "0", *HERE), "gap is 0"),
        (("tiny", "--engine", "moon"), "--engine"),
        (("tiny", "--option", "large", *HERE), "has none"),
        (("tiny", "-q", "backstop", *HERE), "backstop"),
        (("tiny", "--force", "force.csv"), "not both"),
        (("--force", "nosuch.csv"), "nosuch.csv"),
        (("tiny", "--journal", ""), "it is blank"),
    ],
)
def test_what_is_wrong_ends_with_2_and_writes_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    ended = run("ceiling", *arguments)
    assert ended.code == 2, ended
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("texts", [["0.5", "0.6"], ["a=0.5"], ["1=b"], ["1=0"], ["nan"]])
def test_shares_that_make_no_sense(texts: list[str]) -> None:
    with pytest.raises(BadCall, match="--fill"):
        fill_asked(texts)
