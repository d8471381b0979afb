"""A plan folder reads back as the plan that was written, has the same bytes each time, and tells every damage at once."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan import hand_made

from contingent.errors import BadPlan
from contingent.io.atomic import CannotWrite
from contingent.io.plan_folder import OWN_NAMES, read_plan, scenario_of, write_plan
from contingent.io.scenario_reader import read_scenario
from contingent.plan import COLUMNS, OPTIONAL, Goal, Plan, frame, verify


def assert_same(one: Plan, other: Plan) -> None:
    for field in fields(Plan):
        before, after = getattr(one, field.name), getattr(other, field.name)
        if isinstance(before, pl.DataFrame):
            assert after.schema == before.schema
            assert after.equals(before), field.name
        else:
            assert after == before, field.name


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_plan_reads_back_as_it_was_written(tmp_path: Path) -> None:
    assert_same(hand_made.plan(), read_plan(write_plan(hand_made.plan(), tmp_path / "plan")))


def test_an_empty_plan_reads_back(tmp_path: Path) -> None:
    empty = {name: frame(name, []) for name in COLUMNS}
    plan = hand_made.plan(goals=(), required_unit_days={}, filled_unit_days={}, option=None, seconds={}, provenance={}, **empty)
    assert_same(plan, read_plan(write_plan(plan, tmp_path / "plan")))


# A carriage return alone and the surrogates cannot stand in a name; all else can.
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
hard_texts = (
    st.sampled_from(
        ["", "=1+1", "+1", "-1", "@SUM(A1)", '"', ",", "\n", "\r\n", " ", "null", "NaN", "é", "1", "true", "\ufeff", "'"]
    )
    | texts
)
numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(hard_texts, hard_texts, st.none() | hard_texts, numbers, st.integers(-(2**63), 2**63 - 1)), max_size=6))
def test_any_text_and_number_reads_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]) -> None:
    unused = [
        {"offer": offer, "nation": nation, "unit_type": "x", "offered": whole, "unused": 0, "reason": "caveat", "detail": detail}
        for offer, nation, detail, _, whole in rows
    ]
    worth = [{"unit_type": text, "name": "x", "priority": 1, "unit_days": number, "lines": None} for text, *_, number, _ in rows]
    goals = tuple(
        Goal(text, number, number, "optimal", text, abs(number), "-")
        for text, *_, number, _ in {row[0]: row for row in rows}.values()
    )
    plan = hand_made.plan(unused=frame("unused", unused), worth=frame("worth", worth), goals=goals)
    assert_same(plan, read_plan(write_plan(plan, tmp_path_factory.mktemp("any") / "plan")))


def test_two_runs_differ_in_timings_alone(tmp_path: Path) -> None:
    slow = replace(
        hand_made.plan(), seconds={"generation": 99.0}, goals=tuple(replace(goal, seconds=9.0) for goal in hand_made.plan().goals)
    )
    one, other = files(write_plan(hand_made.plan(), tmp_path / "one")), files(write_plan(slow, tmp_path / "other"))
    assert [name for name in one if one[name] != other[name]] == ["timings.json"]
    assert set(one) == set(OWN_NAMES) - {"scenario"} - {f"{name}.csv" for name in OPTIONAL}


def test_frames_of_chance_are_written_where_they_have_rows_and_go_with_the_plan_that_had_them(tmp_path: Path) -> None:
    order = [{"nation": "ALF", "priority": 1, "value": 0.5, "low": 0.25, "high": 0.75, "orders": 8}]
    stressed = hand_made.plan(shapley=frame("shapley", order))
    folder = write_plan(stressed, tmp_path / "plan")
    assert (folder / "shapley.csv").is_file()
    assert not (folder / "stress.csv").exists()
    assert_same(stressed, read_plan(folder))
    assert not (write_plan(hand_made.plan(), folder) / "shapley.csv").exists()


def test_what_automation_reads_is_there(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    with (folder / "tours.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["unit"], row["offer"], row["nation"], row["line"], row["from_day"], row["until_day"]) for row in rows][:2] == [
        ("ALF-guard/1", "ALF-guard", "ALF", "L1", "0", "180"),
        ("ALF-guard/2", "ALF-guard", "ALF", "L1", "0", "180"),
    ]
    summary = json.loads((folder / "plan.json").read_text())
    assert summary["required_unit_days"] == {"1": 720.0, "2": 210.0}
    assert summary["filled_unit_days"] == {"1": 540.0, "2": 210.0}
    assert summary["fill"] == 750 / 930
    assert "seconds" not in (folder / "plan.json").read_text()
    assert json.loads((folder / "timings.json").read_text())["goals"]["unfilled_priority_1"] == 0.25


def test_files_are_rfc_4180_with_line_feeds(tmp_path: Path) -> None:
    plan = hand_made.plan(marking="a")
    folder = write_plan(plan, tmp_path / "plan")
    assert all(b"\r" not in content and content.endswith(b"\n") for content in files(folder).values())


def test_a_plan_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    (folder / "notes.txt").write_text("mine")
    write_plan(hand_made.plan(title="Again"), folder)
    assert read_plan(folder).title == "Again"
    assert (folder / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_plan_may_be_kept(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    with pytest.raises(CannotWrite, match="holds a plan already"):
        write_plan(hand_made.plan(title="Again"), folder, overwrite=False)
    assert read_plan(folder).title == "By hand"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nations.csv", "holds nations.csv, but no plan"),
        ("scenario.toml", "holds a scenario"),
        ("scenario/x.csv", "holds scenario, but no plan"),
    ],
)
def test_nothing_but_a_plan_is_overwritten(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(CannotWrite, match=words):
        write_plan(hand_made.plan(), tmp_path)
    assert files(tmp_path) == {name: b"mine"}


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("mine")
    with pytest.raises(CannotWrite, match="is a file"):
        write_plan(hand_made.plan(), tmp_path / "plan")


def test_a_plan_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_plan(hand_made.plan(low_confidence_share=float("nan")), tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_is_as_open_to_others_as_any_new_folder(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    assert folder.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_columns_may_stand_in_another_order_and_lines_end_as_a_spreadsheet_ends_them(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    table = pl.read_csv(folder / "tours.csv", infer_schema=False)
    turned = table.select(reversed(table.columns)).with_columns(pl.col("pinned").str.to_uppercase())
    (folder / "tours.csv").write_bytes(b"\xef\xbb\xbf" + turned.write_csv(line_terminator="\r\n").encode())
    assert_same(hand_made.plan(), read_plan(folder))


def edited(name: str, change: Callable[[str], str]) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(change((folder / name).read_text()))


def set_key(key: str, value: Any) -> Callable[[Path], object]:
    return edited("plan.json", lambda text: json.dumps(json.loads(text) | {key: value}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (shutil.rmtree, "is not there"),
        (lambda folder: (folder / "plan.json").unlink(), "plan.json: is missing"),
        (lambda folder: (folder / "tours.csv").unlink(), "tours.csv: is missing"),
        (lambda folder: (folder / "goals.csv").write_text(""), "goals.csv: is empty"),
        (lambda folder: (folder / "gaps.csv").write_bytes(b"\xff\xfe\x00\x01"), "gaps.csv, line: the column is missing"),
        (lambda folder: (folder / "gaps.csv").write_text('line,"capab'), "gaps.csv"),
        (edited("tours.csv", lambda text: text.replace("from_day", "form_day", 1)), "Nearest: 'from_day'"),
        (edited("tours.csv", lambda text: text.replace("from_day", "form_day", 1)), "tours.csv, from_day: the column is missing"),
        (
            edited("tours.csv", lambda text: text.replace(",180,180,360,", ",half,180,360,", 1)),
            "line 2, until_day: the cell is not a whole number: 'half'",
        ),
        (edited("tours.csv", lambda text: text.replace("false", "no", 1)), "line 2, pinned: the cell is not true or false"),
        (edited("coverage.csv", lambda text: text.replace("2.0", "two", 1)), "line 2, required: the cell is not a number: 'two'"),
        (edited("coverage.csv", lambda text: text.replace("2.0", "inf", 1)), "line 2, required: the cell is not a number: 'inf'"),
        (edited("coverage.csv", lambda text: text.replace("2.0", "", 1)), "line 2, required: the cell is blank"),
        (edited("coverage.csv", lambda text: text + "L2,watch,Field,2,300,301,1.0,1.0,0.0,1,CHL:1,more\n"), "coverage.csv"),
        (edited("plan.json", lambda text: text[:-20]), "plan.json, line"),
        (lambda folder: (folder / "plan.json").write_text("[]"), "not a JSON object"),
        (lambda folder: (folder / "plan.json").write_text("[" * 100_000), "plan.json: cannot be read"),
        (edited("goals.csv", lambda text: text.replace("180.0,180.0", "0.0,0.0")), "goals are not those of plan.json"),
        (edited("goals.csv", lambda text: text.replace("feasible", "feasable")), "'feasable' is not a status"),
        (set_key("title", 3), "plan.json, title: is not of the right kind"),
        (set_key("people_deployed_peak", True), "plan.json, people_deployed_peak: is not of the right kind"),
        (set_key("fill", 0.99), "plan.json, fill: 0.99 is not what filled_unit_days are of required_unit_days"),
        (set_key("required_unit_days", {"one": 3}), "'one' is not a priority"),
        (set_key("filled_unit_days", {"1": "3"}), "'1' is not a priority with its unit-days"),
        (
            edited(
                "plan.json", lambda text: json.dumps({key: value for key, value in json.loads(text).items() if key != "marking"})
            ),
            "marking: is missing",
        ),
    ],
)
def test_damage_is_told(tmp_path: Path, damage: Callable[[Path], object], words: str) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    damage(folder)
    with pytest.raises(BadPlan) as caught:
        read_plan(folder)
    assert any(words in str(finding) for finding in caught.value.findings), [str(finding) for finding in caught.value.findings]


def test_every_damage_is_told_at_once(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    (folder / "tours.csv").unlink()
    (folder / "gaps.csv").write_text("line\n")
    with pytest.raises(BadPlan) as caught:
        read_plan(folder)
    assert {finding.table for finding in caught.value.findings} == {"tours.csv", "gaps.csv"}


def test_the_line_of_a_wrong_cell_counts_line_feeds_within_cells(tmp_path: Path) -> None:
    plan = hand_made.plan(unused=pl.concat([hand_made.plan().unused.with_columns(detail=pl.lit("two\nlines"))] * 2))
    folder = write_plan(plan, tmp_path / "plan")
    text = (folder / "unused.csv").read_text()
    (folder / "unused.csv").write_text("1,x,caveat".join(text.rsplit("1,1,caveat", 1)))
    with pytest.raises(BadPlan) as caught:
        read_plan(folder)
    assert [finding.line for finding in caught.value.findings] == [4]


def test_seconds_may_be_missing(tmp_path: Path) -> None:
    """What a plan says does not hang on how long it took."""
    folder = write_plan(hand_made.plan(), tmp_path / "plan")
    (folder / "timings.json").unlink()
    plan = read_plan(folder)
    assert plan.seconds == {}
    assert [goal.seconds for goal in plan.goals] == [0.0] * 5


def test_a_folder_that_the_system_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_plan(hand_made.plan(), tmp_path / "file" / "plan")


def test_the_scenario_that_was_planned_lies_beside_the_plan(tmp_path: Path) -> None:
    folder = write_plan(hand_made.plan(), tmp_path / "plan", scenario=hand_made.scenario())
    place = scenario_of(folder)
    assert place is not None
    assert read_scenario(place).fingerprint() == hand_made.scenario().fingerprint()
    assert verify(read_scenario(place), read_plan(folder)) == ()
    write_plan(hand_made.plan(), folder)
    assert scenario_of(folder) is None
