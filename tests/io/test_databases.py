"""Scenarios and plans as SQLite and Parquet, held against what sqlite3, pyarrow and pandas read; and files that are none."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io.small_folder import write_files
from tests.plan import hand_made

from contingent.errors import BadPlan, BadScenario
from contingent.io import bundled_scenarios, check_scenario, convert, read_plan, read_scenario, write_plan, write_scenario
from contingent.io.atomic import CannotWrite
from contingent.io.plan_database import write_plan_database
from contingent.io.plan_folder import scenario_of
from contingent.plan.columns import COLUMNS, OPTIONAL


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def asked(path: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(question).fetchall()


def edited(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


# ---------------------------------------------------------------------------------------------------------------- scenarios


@pytest.mark.parametrize("name", bundled_scenarios())
def test_a_scenario_through_sqlite_and_parquet_is_the_same_folder(tmp_path, name):
    folder = convert(name, tmp_path / "folder")
    database = convert(folder, tmp_path / "force.sqlite")
    packed = convert(database, tmp_path / "packed", tables="parquet")
    assert files(convert(packed, tmp_path / "again")) == files(folder)
    assert read_scenario(database) == read_scenario(packed) == read_scenario(folder)
    assert asked(database, "PRAGMA integrity_check") == [("ok",)]
    assert asked(database, "PRAGMA foreign_key_check") == []


def test_what_sql_reads_of_a_scenario(tmp_path):
    database = convert("tiny", tmp_path / "tiny.sqlite")
    scenario = read_scenario("tiny")
    assert asked(database, "SELECT nation, SUM(quantity) FROM offers GROUP BY nation ORDER BY nation") == sorted(
        {row.nation: sum(o.quantity for o in scenario.offers if o.nation == row.nation) for row in scenario.nations}.items()
    )
    kinds = {name: kind for _, name, kind, *_ in asked(database, "PRAGMA table_info(offers)")}
    assert (kinds["quantity"], kinds["dwell_ratio"], kinds["nation"]) == ("INTEGER", "REAL", "TEXT")
    assert {kind for (kind,) in asked(database, "SELECT DISTINCT typeof(tour_days) FROM offers")} <= {"integer", "null"}
    meaning = asked(database, "SELECT meaning FROM dictionary WHERE table_name = 'offers' AND column_name = 'quantity'")
    assert meaning == [("Like units offered.",)]
    assert asked(database, "SELECT value FROM scenario WHERE setting = 'title'") == [(scenario.settings.title,)]


def test_the_same_scenario_gives_the_same_file(tmp_path):
    one, other = convert("tiny", tmp_path / "one.sqlite"), convert("tiny", tmp_path / "other.db")
    assert one.read_bytes() == other.read_bytes()


def test_what_arrow_reads_of_a_scenario(tmp_path):
    packed = convert("reassurance", tmp_path / "packed", tables="parquet")
    offers = pq.read_table(packed / "pool.parquet")
    assert str(offers.schema.field("quantity").type) == "int64"
    assert str(offers.schema.field("latitude").type) == "double"
    assert offers.column("entry").to_pylist() == [row.entry for row in read_scenario("reassurance").pool]


def test_a_table_that_pandas_wrote_is_read(tmp_path):
    """Whole numbers that pandas made decimals of, for a blank among them, are whole numbers all the same."""
    folder = write_files(tmp_path / "given", {"offers.csv": None})
    offers = pd.DataFrame(
        {
            "offer": ["a", "b"],
            "nation": ["FRA", "GBR"],
            "unit_type": ["battlegroup", "battlegroup"],
            "quantity": [3, 2],
            "tour_days": [120.0, None],
            "excluded_locations": [["Odesa", "Kyiv"], None],
        }
    )
    offers.to_parquet(folder / "offers.parquet")
    first, second = read_scenario(folder).offers
    assert (first.tour_days, second.tour_days, first.excluded_locations) == (120, None, ("Odesa", "Kyiv"))


def test_rows_written_by_sql_are_checked_as_rows_of_a_file(tmp_path):
    database = edited(
        convert("tiny", tmp_path / "tiny.sqlite"),
        "UPDATE offers SET nation = 'ALT', quantity = 'many' WHERE rowid = 1",
        "ALTER TABLE offers ADD COLUMN colour TEXT",
        "UPDATE offers SET quantity = x'00ff' WHERE rowid = 2",
        "ALTER TABLE nations RENAME TO nation",
    )
    findings = check_scenario(database)
    told = [(finding.table, finding.line, finding.column, finding.nearest) for finding in findings]
    assert ("table nation", None, None, "nations") in told
    assert any(finding.where == "table offers, line 1" and "'colour'" in finding.what for finding in findings)
    assert ("table offers", 2, "quantity", None) in told
    assert ("table offers", 3, "quantity", None) in told


def test_views_and_columns_that_are_worked_out_are_not_run(tmp_path):
    database = edited(
        convert("tiny", tmp_path / "tiny.sqlite"),
        "CREATE VIEW sectors AS SELECT 1 AS sector",
        "ALTER TABLE nations ADD COLUMN worked TEXT AS (name || name)",
    )
    assert read_scenario(database).sectors == ()


def test_the_database_of_a_conference_is_no_scenario(tmp_path):
    from contingent.store import Conference

    Conference.open(tmp_path / "tiny.conference.sqlite", create_from="tiny").close()
    (finding,) = check_scenario(tmp_path / "tiny.conference.sqlite")
    assert "database of a conference" in finding.what


def test_a_database_may_extend_and_be_extended(tmp_path):
    convert("tiny", tmp_path / "base.sqlite")
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.toml").write_text('extends = "../base.sqlite"\ntitle = "Over"\n', encoding="utf-8")
    scenario = read_scenario(over)
    assert scenario.settings.title == "Over"
    assert scenario.offers == read_scenario("tiny").offers


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no SQLite file"),
        (b"hello", "no SQLite file"),
        (b"SQLite format 3\x00", "damaged"),
        (b"SQLite format 3\x00" + b"\xff" * 4096, "damaged"),
    ],
)
def test_files_that_are_no_database(tmp_path, content, words):
    (tmp_path / "x.sqlite").write_bytes(content)
    (finding,) = check_scenario(tmp_path / "x.sqlite")
    assert (finding.table, words in finding.what) == ("x.sqlite", True)


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "damaged"), (b"PAR1", "damaged"), (b"PAR1" + b"\x00" * 40 + b"PAR1", "damaged")]
)
def test_files_that_are_no_parquet(tmp_path, content, words):
    write_files(tmp_path, {"offers.csv": None})
    (tmp_path / "offers.parquet").write_bytes(content)
    findings = [finding for finding in check_scenario(tmp_path) if finding.table == "offers.parquet"]
    assert len(findings) == 1
    assert words in findings[0].what


def test_a_table_in_two_forms_is_a_finding_and_a_misspelt_one_too(tmp_path):
    folder = write_files(tmp_path, {})
    for name in ("offers", "nation"):
        pl.DataFrame({"offer": ["a"]}).write_parquet(folder / f"{name}.parquet")
    told = {finding.table: finding for finding in check_scenario(folder)}
    assert "lies here as 'offers.parquet' too" in told["offers.csv"].what
    assert told["nation.parquet"].nearest == "nations.parquet"


@pytest.fixture(scope="module")
def whole_database(tmp_path_factory) -> bytes:
    return convert("tiny", tmp_path_factory.mktemp("whole") / "tiny.sqlite").read_bytes()


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(16, 40_000), st.binary(min_size=1, max_size=60))
def test_damaged_databases_end_in_findings(tmp_path_factory, whole_database, at, junk):
    place = tmp_path_factory.mktemp("damaged") / "tiny.sqlite"
    at = at % len(whole_database)
    place.write_bytes(whole_database[:at] + junk + whole_database[at + len(junk) :])
    told = check_scenario(place)
    assert all(str(finding).replace("\n", "").isprintable() for finding in told)


# -------------------------------------------------------------------------------------------------------------------- plans


def without_timings(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if name != "timings.json"}


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_plan(hand_made.plan(), tmp_path / "plan", scenario=hand_made.scenario())


def test_a_plan_through_sqlite_is_the_same_folder(tmp_path, folder):
    database = convert(folder, tmp_path / "plan.sqlite")
    assert without_timings(convert(database, tmp_path / "again")) == without_timings(folder)
    assert scenario_of(database) == database
    assert read_scenario(database) == hand_made.scenario()
    tours = pl.read_csv(folder / "tours.csv", schema=COLUMNS["tours"])
    assert asked(database, f"SELECT {', '.join(tours.columns)} FROM tours") == [
        tuple(int(cell) if isinstance(cell, bool) else cell for cell in row) for row in tours.iter_rows()
    ]


def test_a_plan_through_parquet_is_the_same_folder(tmp_path, folder):
    packed = convert(folder, tmp_path / "packed", tables="parquet")
    assert files(convert(packed, tmp_path / "again")) == files(folder)
    table = pq.read_table(packed / "tours.parquet")
    assert table.column_names == list(COLUMNS["tours"])
    pd.testing.assert_frame_equal(table.to_pandas(), hand_made.plan().tours.to_pandas(), check_dtype=False)


def test_another_form_takes_the_place_of_the_first(tmp_path, folder):
    assert convert(folder, folder.parent / "other", tables="parquet").is_dir()
    convert(folder, folder.parent / "other", overwrite=True)
    assert not list((folder.parent / "other").glob("*.parquet"))
    with pytest.raises(CannotWrite, match="holds a plan already"):
        convert(folder, folder.parent / "other")
    with pytest.raises(CannotWrite, match="is there already"):
        [convert(folder, tmp_path / "twice.sqlite") for _ in range(2)]


@pytest.mark.parametrize("target", ["plan.xlsx", "plan.json", "plan.parquet"])
def test_a_plan_is_not_written_as_what_cannot_hold_it(tmp_path, folder, target):
    with pytest.raises(CannotWrite, match="a plan is written as a folder"):
        convert(folder, tmp_path / target)


def test_parquet_is_for_folders(tmp_path):
    with pytest.raises(CannotWrite, match="Maybe name a folder"):
        convert("tiny", tmp_path / "tiny.sqlite", tables="parquet")


BROKEN: dict[str, tuple[str, Callable[[Path], Path], tuple[str, str | None]]] = {
    "a day that is none": (
        "sqlite",
        lambda path: edited(path, "UPDATE tours SET from_day = 'soon'"),
        ("table tours", "from_day"),
    ),
    "a blank": ("sqlite", lambda path: edited(path, "UPDATE tours SET nation = NULL"), ("table tours", "nation")),
    "a frame is gone": ("sqlite", lambda path: edited(path, "DROP TABLE gaps"), ("table gaps", None)),
    "a column is gone": ("sqlite", lambda path: edited(path, "ALTER TABLE gaps DROP COLUMN detail"), ("table gaps", "detail")),
    "no JSON": ("sqlite", lambda path: edited(path, "UPDATE plan SET value = '{' WHERE name = 'title'"), ("table plan", "title")),
    "a frame that is none": ("parquet", lambda path: _replaced(path / "tours.parquet", b"PAR1"), ("tours.parquet", None)),
    "a column less": ("parquet", lambda path: _less(path / "gaps.parquet", "detail"), ("gaps.parquet", "detail")),
    "text for days": ("parquet", lambda path: _text(path / "tours.parquet", "from_day"), ("tours.parquet", "from_day")),
}


def _replaced(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path.parent


def _less(path: Path, column: str) -> Path:
    pl.read_parquet(path).drop(column).write_parquet(path)
    return path.parent


def _text(path: Path, column: str) -> Path:
    pl.read_parquet(path).with_columns(pl.lit("soon").alias(column)).write_parquet(path)
    return path.parent


@pytest.mark.parametrize("fault", BROKEN)
def test_each_planted_fault_of_a_plan_is_found(tmp_path, folder, fault):
    form, break_, place = BROKEN[fault]
    target = tmp_path / ("plan.sqlite" if form == "sqlite" else "packed")
    broken = break_(convert(folder, target, tables="csv" if form == "sqlite" else "parquet"))
    with pytest.raises(BadPlan) as told:
        read_plan(broken)
    assert place in [(finding.table, finding.column) for finding in told.value.findings]


def test_a_scenario_is_no_plan(tmp_path):
    database = convert("tiny", tmp_path / "tiny.sqlite")
    with pytest.raises(BadPlan) as told:
        read_plan(database)
    assert [str(finding) for finding in told.value.findings] == [
        "tiny.sqlite: holds no plan.\n  Maybe plan it first, if it is a scenario."
    ]
    with pytest.raises(BadScenario):
        read_scenario(write_plan_database(hand_made.plan(), tmp_path / "alone.sqlite"))
    assert scenario_of(tmp_path / "alone.sqlite") is None


def test_frames_that_a_plan_may_do_without_are_tables_only_where_they_have_rows(tmp_path, folder):
    tables = {name for (name,) in asked(convert(folder, tmp_path / "p.sqlite"), "SELECT name FROM sqlite_master")}
    assert set(COLUMNS) - OPTIONAL <= tables
    assert not tables & OPTIONAL


def test_frames_are_frames_of_pandas_and_of_polars():
    """As the manual shows: the columns and the rows are the same."""
    plan = hand_made.plan()
    for name in COLUMNS:
        frame: pl.DataFrame = getattr(plan, name)
        assert list(frame.to_pandas().columns) == list(COLUMNS[name]), name
    assert len(plan.tours.to_pandas()) == plan.tours.height


def test_an_overwritten_scenario_has_one_form(tmp_path):
    convert("tiny", tmp_path / "tiny", tables="parquet")
    write_scenario(read_scenario("tiny"), tmp_path / "tiny", overwrite=True)
    assert not list((tmp_path / "tiny").glob("*.parquet"))
