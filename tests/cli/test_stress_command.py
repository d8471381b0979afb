"""The command `stress`: of a plan and of a scenario, with cases, as JSON, and what it refuses."""

import json
from pathlib import Path

import pytest

from contingent.cli import main as run_main
from contingent.io import read_plan

CASES = '[[case]]\ncase = "late"\nkind = "offer_late"\nnations = ["ALD"]\ndays = 60\n'


class Told:
    """What a call of the command line wrote, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys, monkeypatch):
    """Call the command line in this process."""

    def call(*words: object) -> Told:
        monkeypatch.setattr("sys.argv", ["contingent", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            run_main()
        written = capsys.readouterr()
        return Told(int(ended.value.code or 0), written.out, written.err)

    return call


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A plan of the bundled scenario tiny."""
    from contingent.io import read_scenario, write_plan
    from contingent.pipeline import derive, make_plan

    folder, tiny = tmp_path_factory.mktemp("plans") / "tiny", derive(read_scenario("tiny"))
    write_plan(make_plan(tiny), folder, scenario=tiny)
    return folder


def test_a_plan_is_stressed_and_keeps_what_was_found(run, kept, tmp_path):
    out = tmp_path / "stressed"
    told = run("stress", kept, "--out", out, "--engine", "here")
    assert told.code == 0
    first, *_ = told.out.splitlines()
    assert first.replace("\u202f", " ").startswith(
        "Without Alderland the force keeps 44 % of priority 1; without Alderland and Bernia it keeps 0 %")
    assert "The nations whose loss together costs most" in told.out
    plan = read_plan(out)
    assert set(plan.stress["kind"]) == {"nation", "pair"}
    assert plan.stress_worst["nations"].to_list()[:2] == ["ALD", "ALD;BRN"]
    assert plan.shapley.height == 12
    again = run("stress", out, "--engine", "here")
    assert again.code == 0
    assert read_plan(out).stress.equals(plan.stress)


def test_a_scenario_is_planned_first_and_written_only_where_asked(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = run("stress", "tiny", "--json", "--engine", "here", "--together", 1)
    content = json.loads(told.out)
    assert [row["nations"] for row in content["stress_worst"]] == ["ALD"]
    assert content["stress_smallest"][0]["count"] == 1
    assert content["sentences"]
    assert list(tmp_path.iterdir()) == []


def test_cases_of_a_file(run, kept, tmp_path):
    (tmp_path / "what-if.toml").write_text(CASES)
    told = run("stress", kept, "--cases", tmp_path / "what-if.toml", "--case", "late", "--json", "--out", tmp_path / "out")
    rows = [row for row in json.loads(told.out)["stress"] if row["case"] == "late"]
    assert [row["priority"] for row in rows] == [1, 2, 3]
    assert all(row["no_reaction"] <= row["best_reaction"] + 1e-9 <= row["bound"] + 2e-9 for row in rows[:1])


def test_the_function_is_reached_by_its_name_however_its_package_was_loaded():
    import contingent
    import contingent.stress
    from contingent.io import read_scenario

    tiny = read_scenario("tiny")
    assert contingent.stress(tiny, contingent.make_plan(tiny), contingent.StressOptions(battery=False)).stress.is_empty()


def test_help_on_engines_is_that_of_the_ensembles():
    from contingent.cli.given import ENGINES
    from contingent.ensemble import ENGINE_HELP

    assert ENGINES == ENGINE_HELP


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--case", "nosuch"), "'nosuch' is not a case"),
        (("--engine", "proceses"), "Nearest: 'processes'"),
        (("--together", "0"), "together is 0"),
        (("--threshold", "1.5"), "threshold is 1.5"),
        (("--cases", "nosuch.toml"), "nosuch.toml"),
        (("--option", "other"), "not of the option other"),
    ],
)
def test_what_is_refused(run, kept, words, said):
    before = sorted(path.name for path in kept.iterdir())
    told = run("stress", kept, *words)
    assert told.code == 2
    assert said in told.err
    assert "Nothing was stressed." in told.err
    assert "Traceback" not in told.err
    assert sorted(path.name for path in kept.iterdir()) == before
