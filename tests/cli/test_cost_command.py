"""The command `cost`: of a plan and of a scenario, by scheme and key, as JSON, and what it refuses."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run

from contingent.io import new_scenario, read_plan, read_scenario, write_plan, write_scenario
from contingent.model.money import FundingShare, Rate
from contingent.pipeline import derive, make_plan

RATES = (
    Rate(rate="people", item="personnel", per="person_day", value=300, low=200, high=450),
    Rate(rate="places", item="base_build", per="person", value=30_000, low=15_000, high=100_000),
    Rate(rate="un", item="reimbursement", per="person_month", value=1285),
)
SHARES = (FundingShare(funding_key="mine", nation="ALD", share=0.9), FundingShare(funding_key="mine", nation="BRN", share=0.1))


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled scenario tiny, with rates and a key of funding."""
    folder = tmp_path_factory.mktemp("scenarios") / "priced"
    write_scenario(read_scenario("tiny").model_copy(update={"rates": RATES, "funding": SHARES}), folder)
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, priced: Path) -> Path:
    """A plan of it, not costed."""
    folder, scenario = tmp_path_factory.mktemp("plans") / "priced", derive(read_scenario(priced))
    write_plan(make_plan(scenario), folder, scenario=scenario)
    return folder


def test_a_plan_is_costed_and_keeps_what_it_costs(run: Run, kept: Path, tmp_path: Path) -> None:
    told = run("cost", kept, "--out", tmp_path / "costed", "--key", "mine")
    assert told.code == 0
    for part in ("million EUR in all", "By year", "Each nation's bill a year", "Published costs", "No movements were worked out"):
        assert part in told.out
    plan = read_plan(tmp_path / "costed")
    assert set(plan.costs["item"]) == {"personnel", "base_build"}
    assert plan.bills["scheme"].n_unique() == 3
    assert plan.provenance["cost"]["key"] == "mine"
    assert run("verify", tmp_path / "costed").code == 0


def test_json_of_one_scheme(run: Run, kept: Path, tmp_path: Path) -> None:
    told = run("cost", kept, "--out", tmp_path / "costed", "--scheme", "common", "--common", "all", "--json")
    found = json.loads(told.out)
    assert {row["scheme"] for row in found["bills"]} == {"common funding"}
    assert sum(row["value"] for row in found["bills"]) == pytest.approx(sum(row["value"] for row in found["costs"]))
    assert "base_build" in found["basis"]["common"]
    assert "personnel" in found["basis"]["common"]


def test_a_scenario_is_planned_first(run: Run, priced: Path) -> None:
    told = run("cost", priced, "--json")
    assert told.code == 0
    assert json.loads(told.out)["costs"]
    assert not Path("plans").exists()


def test_a_scenario_without_rates_says_so(run: Run) -> None:
    told = run("cost", "tiny")
    assert told.code == 0
    assert "The scenario has no rates, so nothing is costed." in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--key", "mime"], "'mime' is not a key of funding of this scenario. Nearest: 'mine'."),
        (["--scheme", "comon"], "'comon' is not a scheme of funding. Nearest: 'common'."),
        (["--common", "fuel"], "'fuel' is not an item that is paid for."),
        (["--option", "small"], "is a plan of all lines"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    run: Run, kept: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    told = run("cost", kept, "--out", tmp_path / "costed", *words)
    assert told.code == 2
    assert said in told.err
    assert told.err.rstrip().endswith("Nothing was costed.")
    assert not (tmp_path / "costed").exists()


def test_an_unknown_key_is_told_before_anything_is_planned(run: Run, priced: Path) -> None:
    told = run("cost", priced, "--key", "mime")
    assert told.code == 2
    assert not Path("plans").exists()


def test_a_rate_per_something_else_is_a_finding(run: Run, tmp_path: Path) -> None:
    new_scenario(tmp_path / "mine")
    (tmp_path / "mine" / "rates.csv").write_text("rate,item,per,value\np,personnel,km,3\n", encoding="utf-8")
    told = run("cost", tmp_path / "mine")
    assert told.code == 2
    assert "rates.csv, line 2, per: personnel is not counted per km." in told.err
    assert "Nearest: 'person_day'." in told.err
