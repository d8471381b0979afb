"""`size`, `why` and `orbat`: what the mandate asks for, where a line comes from, who stands under whom."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.cli.calling import Run


@pytest.fixture(scope="module")
def plan_of_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from contingent import make_plan, read_scenario, write_plan
    from contingent.pipeline import derive

    scenario = derive(read_scenario("tiny"))
    return write_plan(make_plan(scenario), tmp_path_factory.mktemp("plan") / "tiny", scenario=scenario)


def test_size_prints_each_line_with_its_arithmetic_and_the_missions_beside_it(run: Run) -> None:
    ended = run("size", "reassurance", "--option", "small")
    assert ended.code == 0, ended.err
    assert "the mandate asks for" in ended.out
    assert "stated in the mandate: 1 -> 1 x light battlegroup" in ended.out
    assert "factors that move the total most" in ended.out
    assert "KFOR, Kosovo, 1999" in ended.out


def test_size_as_json_adds_up(run: Run) -> None:
    ended = run("size", "reassurance", "--option", "medium", "--json")
    content = json.loads(ended.out)
    people = content["people"]
    assert content["option"] == "medium"
    assert people["force"] == sum(number for component, number in people.items() if component != "force")
    assert {row["mandate"] for row in content["sizing"]} >= {"CENTRE", "COMMAND"}
    assert all(f"-> {row['quantity']} x" in row["sentence"] for row in content["sizing"])
    used = {(row["mandate"], row["factor"]) for row in content["factors"]}
    assert ("CENTRE", "battalion_area_km2") in used
    widths = [abs(row["people_high"] - row["people_low"]) for row in content["sensitivity"]]
    assert widths[0] == max(widths)


def test_size_writes_its_tables(run: Run, tmp_path: Path) -> None:
    assert run("size", "missions", "--option", "KFOR-1999", "--out", "sized").code == 0
    sizing = pl.read_csv(tmp_path / "sized" / "sizing.csv")
    assert sizing["method"].to_list() == ["population_security"]
    assert "2,000,000 inhabitants / 1,000 x 20" in sizing["sentence"][0]


def test_a_scenario_whose_lines_are_typed_in_has_nothing_to_size(run: Run) -> None:
    ended = run("size", "tiny")
    assert ended.code == 2
    assert "no tasks to size" in ended.err
    assert "Nothing was sized." in ended.err


def test_an_unknown_option_is_told_with_the_nearest(run: Run) -> None:
    ended = run("size", "reassurance", "--option", "mediun")
    assert ended.code == 2
    assert "Nearest: 'medium'" in ended.err


def test_why_traces_a_line_of_the_mandate_to_its_factors(run: Run) -> None:
    ended = run("why", "CENTRE.1", "reassurance")
    assert ended.code == 0, ended.err
    for words in ("CENTRE.1", "CENTRE", "battalion_area_km2", "ssumption"):
        assert words in ended.out


def test_why_tells_who_fills_a_line_of_a_plan(run: Run, plan_of_tiny: Path) -> None:
    line = str(pl.read_csv(plan_of_tiny / "tours.csv")["line"][0])
    ended = run("why", line, str(plan_of_tiny))
    assert ended.code == 0, ended.err
    assert line in ended.out


def test_why_of_an_unknown_line_names_the_nearest(run: Run) -> None:
    ended = run("why", "CENTRE.11", "reassurance")
    assert ended.code == 2
    assert "CENTRE.1" in ended.err


def test_why_without_a_plan_looks_into_the_bundled_scenario_and_says_so(run: Run) -> None:
    ended = run("why", "CENTRE.1")
    assert ended.code == 0
    assert "reassurance" in ended.err


def test_orbat_prints_the_units_that_serve_on_the_day(run: Run, plan_of_tiny: Path) -> None:
    tours = pl.read_csv(plan_of_tiny / "tours.csv")
    there = tours.filter((pl.col("from_day") <= 30) & (pl.col("until_day") > 30))
    ended = run("orbat", str(plan_of_tiny), "--day", "30")
    assert ended.code == 0, ended.err
    for nation in set(there["nation"]):
        assert nation in ended.out


def test_orbat_as_json_holds_every_unit_once(run: Run, plan_of_tiny: Path) -> None:
    tours = pl.read_csv(plan_of_tiny / "tours.csv")
    there = tours.filter((pl.col("from_day") <= 30) & (pl.col("until_day") > 30))

    def units(node: dict[str, object]) -> list[object]:
        own = [node["key"]] if node["kind"] == "unit" else []
        return own + [unit for child in node["children"] for unit in units(child)]  # type: ignore[attr-defined]

    content = json.loads(run("orbat", str(plan_of_tiny), "--day", "30", "--json").out)
    assert len(units(content["orbat"])) == there.height


def test_orbat_writes_what_it_is_asked_for(run: Run, plan_of_tiny: Path, tmp_path: Path) -> None:
    names = ("tree.svg", "tree.png", "tree.pdf", "tree.msdl", "tree.json")
    ended = run("orbat", str(plan_of_tiny), *(part for name in names for part in ("--out", name)))
    assert ended.code == 0, ended.err
    heads = {"tree.svg": b"<svg", "tree.png": b"\x89PNG", "tree.pdf": b"%PDF", "tree.msdl": b"<?xml", "tree.json": b"{"}
    for name in names:
        assert (tmp_path / name).read_bytes().startswith(heads[name]), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--out", "tree.docx"), "Kinds:"), (("--day", "99999"), "not within the plan"), (("--day", "-1"), "not within")],
)
def test_orbat_refuses_what_it_cannot_do(run: Run, plan_of_tiny: Path, arguments: tuple[str, str], words: str) -> None:
    ended = run("orbat", str(plan_of_tiny), *arguments)
    assert ended.code == 2
    assert words in ended.err


def test_orbat_says_what_differs_between_two_days(run: Run, plan_of_tiny: Path) -> None:
    ended = run("orbat", str(plan_of_tiny), "--day", "30", "--and-day", "30", "--json")
    assert json.loads(ended.out)["differences"] == []
