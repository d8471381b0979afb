"""The command `simulate`: what is written where, and how it ends."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run
from tests.simulation.small_worlds import line, offer, world

from contingent.io import read_plan, write_plan, write_scenario
from contingent.model.chance import Policy
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions


def risky() -> object:
    offers = (offer("A", "AAA", 3, probability=0.5), offer("B", "BBB", 2))
    policies = (Policy(policy="p", late_probability=0.5, late_days=20, least_dwell_ratio=1),)
    return world(horizon=360, offers=offers, lines=(line("L", 2),), policies=policies)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of a plan, with its scenario."""
    scenario = risky()
    return write_plan(make_plan(scenario, PlanOptions(replications=0)), tmp_path / "kept", scenario=scenario)


def test_a_plan_gets_its_frames_and_its_report(run: Run, kept: Path):
    (kept / "report.html").write_text("that of the plan before it was played through")
    ended = run("simulate", kept, "--replications", 50)
    assert ended.code == 0, ended.err
    assert "Played through 50 times from seed 0" in ended.out
    assert "The weakest of 1 lines" in ended.out
    plan = read_plan(kept)
    assert plan.risk_summary.height > 0
    assert plan.provenance["replications"] == 50
    assert "under chance" in (kept / "report.html").read_text(encoding="utf-8").lower()
    assert run("verify", kept).code == 0
    written = {path.name: path.read_bytes() for path in kept.glob("risk_*.csv")}
    assert run("simulate", kept, "--replications", 50, "--engine", "here").code == 0
    assert {path.name: path.read_bytes() for path in kept.glob("risk_*.csv")} == written


def test_elsewhere_and_as_json(run: Run, kept: Path, tmp_path: Path):
    ended = run("simulate", kept, "--replications", 20, "--seed", 4, "--out", tmp_path / "other", "--json")
    told = json.loads(ended.out)
    assert (told["replications"], told["seed"], told["out"]) == (20, 4, str(tmp_path / "other"))
    assert {row["measure"] for row in told["risk_summary"]} >= {"fill", "worst_month", "tours"}
    assert read_plan(tmp_path / "other").risk_fill.height > 0
    assert read_plan(kept).risk_fill.height == 0


def test_a_scenario_is_planned_first(run: Run, tmp_path: Path):
    write_scenario(risky(), tmp_path / "mine")
    ended = run("simulate", "mine", "--replications", 20)
    assert ended.code == 0, ended.err
    assert read_plan(tmp_path / "plans" / "mine").risk_lines.height == 1


def test_without_a_plan(run: Run, tmp_path: Path, kept: Path):
    write_scenario(risky(), tmp_path / "mine")
    ended = run("simulate", "mine", "--greedy", "--start", "spread", "--replications", 20, "--out", "found")
    assert ended.code == 0, ended.err
    assert sorted(path.name for path in (tmp_path / "found").iterdir())[0] == "risk_calls.csv"
    assert run("simulate", kept, "--greedy", "--replications", 20).code == 0
    assert run("simulate", "mine", "--greedy", "--out", "found").code == 2


def test_nothing_left_to_chance_is_said(run: Run):
    ended = run("simulate", "tiny", "--replications", 3)
    assert ended.code == 0
    if "left to chance" in ended.err:
        assert "comes about as it was made" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Nothing is named"),
        (("tiny", "--replications", "0"), "--replications is 0"),
        (("tiny", "--empty-days", "-1"), "--empty-days is -1"),
        (("tiny", "--engine", "proceses:2"), "is no engine"),
        (("tiny", "--start", "spread"), "--greedy"),
        (("tiny", "--option", "huge"), "not an option"),
        (("nowhere",), "nowhere"),
        (("tiny", "--marathon", "book.xlsx"), "project of its own"),
    ],
)
def test_a_call_that_makes_no_sense_ends_with_what_to_do(run: Run, arguments: tuple[str, ...], says: str):
    ended = run("simulate", *arguments)
    assert ended.code == 2
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_a_plan_has_its_option_already(run: Run, kept: Path):
    assert run("simulate", kept, "--option", "small").code == 2
