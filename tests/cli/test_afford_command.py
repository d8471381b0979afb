"""The command `afford`: what a sum of money holds, as tables and JSON, and what it refuses."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run

from contingent.cli.afford import sum_of
from contingent.cli.endings import BadCall
from contingent.io import read_plan, read_scenario, write_plan, write_scenario
from contingent.model.money import Rate
from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions

RATES = (
    Rate(rate="people", item="personnel", per="person_day", value=300, low=200, high=450),
    Rate(rate="places", item="base_build", per="person", value=30_000, low=15_000, high=100_000),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of the bundled scenario tiny, with rates."""
    folder = tmp_path_factory.mktemp("plans") / "priced"
    given = folder.parent / "scenario"
    write_scenario(read_scenario("tiny").model_copy(update={"rates": RATES}), given)
    scenario = derive(read_scenario(given))
    write_plan(make_plan(scenario, PlanOptions(replications=0)), folder, scenario=scenario)
    return folder


def test_what_is_held_is_told_and_kept_with_the_plan(run: Run, kept: Path, tmp_path: Path) -> None:
    told = run("afford", kept, "--budget", "150m", "--out", tmp_path / "held")
    assert told.code == 0
    out = told.out.replace("\u202f", " ")
    for part in ("EUR 150 m over the whole mission", "The next step is", "low, likely and high prices", "Line by line"):
        assert part in out, part
    plan = read_plan(tmp_path / "held")
    assert plan.budget_levels["prices"].to_list() == ["low", "likely", "high"]
    assert plan.budget_posts.filter("held")["value"].sum() <= 150e6 < plan.budget_posts["value"].sum()
    assert run("verify", tmp_path / "held").code == 0
    # Costs that are worked out anew are no longer those that the budget was held against.
    assert run("cost", tmp_path / "held").code == 0
    assert read_plan(tmp_path / "held").budget_posts.is_empty()


def test_json_of_a_nation_and_a_year(run: Run, kept: Path, tmp_path: Path) -> None:
    told = json.loads(run("afford", kept, "--nation", "ALD", "--year", "2030", "--out", tmp_path / "held", "--json").out)
    assert (told["nation"], told["year"], told["budget"], told["budget_levels"]) == ("ALD", 2030, None, [])
    assert {row["nations"] for row in told["budget_posts"]} == {"ALD"}


def test_what_makes_no_sense_is_refused_and_nothing_is_written(run: Run, kept: Path, tmp_path: Path) -> None:
    told = run("afford", kept, "--budget=-3", "--year", "1999", "--nation", "ALT", "--out", tmp_path / "held")
    assert told.code == 2
    assert told.err.startswith("3 problems in ")
    assert "Nothing was held against a budget." in told.err
    assert "Nearest: 'ALD'." in told.err
    told = run("afford", kept, "--budget", "much", "--out", tmp_path / "held")
    assert (told.code, "'much' is not a sum of money. Maybe write 2e9" in told.err) == (2, True)
    assert "rates.csv: the scenario has no rates" in run("afford", "tiny", "--budget", "3").err
    assert not (tmp_path / "held").exists()


def test_sums_as_they_are_written() -> None:
    assert [sum_of(text) for text in ("2e9", "1.5 bn", "300M", "7_000", "20,000k", "0")] == [2e9, 1.5e9, 3e8, 7e3, 2e7, 0.0]
    for text in ("", "e", "2 tn", "bn"):
        with pytest.raises(BadCall):
            sum_of(text)
