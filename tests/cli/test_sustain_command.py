"""The command `sustain`: of a plan and of a scenario, with something closed, with lines to take over, and what it refuses."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run
from tests.sustainment.instances import by_road

from contingent.io import read_plan, write_plan, write_scenario
from contingent.pipeline import make_plan


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A scenario's folder, and that of its plan."""
    folder, given = tmp_path_factory.mktemp("made"), by_road(hub_depot=0.01)
    write_scenario(given, folder / "force")
    return folder / "force", write_plan(make_plan(given), folder / "plan", scenario=given)


def test_a_plan_keeps_what_it_lives_on(run: Run, made: tuple[Path, Path], tmp_path: Path) -> None:
    ended = run("sustain", made[1], "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "In the week from D+0, in which most people are there, the force uses 0 t a day" in ended.out
    assert "Depot" in ended.out
    plan = read_plan(tmp_path / "out")
    assert set(plan.supply["location"]) == {"Hub", "Depot"}
    assert plan.survival.height
    assert plan.logistics.height
    verified = run("verify", tmp_path / "out")
    assert verified.code == 0, verified.out


def test_a_scenario_is_planned_first_and_written_only_where_asked(run: Run, made: tuple[Path, Path], tmp_path: Path) -> None:
    ended = run("sustain", made[0], "--json")
    content = json.loads(ended.out)
    assert {"sentences", "full_day", "supply_of_full_week", "stockouts", "survival", "logistics", "lines"} <= set(content)
    assert content["supply_of_full_week"][0]["needed_t"] is not None
    assert list(tmp_path.iterdir()) == []


def test_what_is_closed_leaves_the_plan_as_it_is(run: Run, made: tuple[Path, Path]) -> None:
    before = {path.name: path.read_bytes() for path in made[1].glob("*.*")}
    ended = run("sustain", made[1], "--close", "Port", "--close", "HD", "--from-day", 7)
    assert ended.code == 0, ended.err
    assert "with Port, HD closed" in ended.out
    assert "the plan stays as it is" in ended.out
    assert {path.name: path.read_bytes() for path in made[1].glob("*.*")} == before


def test_lines_can_be_taken_over(run: Run, made: tuple[Path, Path], tmp_path: Path) -> None:
    ended = run("sustain", made[1], "--out", tmp_path / "out", "--lines", tmp_path / "lines.csv")
    assert ended.code == 0, ended.err
    assert (tmp_path / "lines.csv").read_text().startswith("line,capability,quantity")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--close", "Depo"), "Nearest: 'Depot'"),
        (("--from-day", 3), "nothing is"),
        (("--close", "Hub", "--from-day", -1), "--from-day is -1"),
        (("--option", "other"), "not of the option other"),
    ],
)
def test_what_is_refused(run: Run, made: tuple[Path, Path], words: tuple[object, ...], said: str) -> None:
    before = sorted(path.name for path in made[1].iterdir())
    ended = run("sustain", made[1], *words)
    assert ended.code == 2
    assert said in ended.err
    assert "No supply was worked out." in ended.err
    assert sorted(path.name for path in made[1].iterdir()) == before


def test_a_file_of_lines_is_not_overwritten(run: Run, made: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text("mine")
    ended = run("sustain", made[1], "--lines", tmp_path / "lines.csv")
    assert ended.code == 2
    assert (tmp_path / "lines.csv").read_text() == "mine"
