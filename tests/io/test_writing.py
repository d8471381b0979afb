"""What is written is complete or absent, and read again it is the same."""

import csv
import string
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io.small_folder import FILES, write_files

from contingent.io import convert, read_scenario, write_scenario
from contingent.io.atomic import CannotWrite
from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings

# ----------------------------------------------------------------------------------------------------------- the round trip

ANY = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
name = st.text(ANY.filter(lambda char: char != ";"), min_size=1, max_size=12).map(str.strip).filter(bool)
text = st.text(ANY | st.sampled_from("\n\t,;\"'=+-@"), min_size=1, max_size=30).map(str.strip).filter(bool)
share = st.floats(0, 1)
amount = st.floats(0, 1e15)


def blank_or(values: st.SearchStrategy) -> st.SearchStrategy:
    """Values, or none."""
    return st.none() | values


@st.composite
def scenarios(draw) -> Scenario:
    """Scenarios with awkward names, texts and numbers that are sound all the same."""
    nations = draw(st.lists(name, min_size=1, max_size=3, unique=True))
    types = draw(st.lists(name, min_size=1, max_size=3, unique=True))
    places = draw(st.lists(name, min_size=1, max_size=3, unique=True))
    capability = draw(name)
    return Scenario(
        settings=Settings(
            title=draw(text),
            start_date=draw(st.dates(date(1900, 1, 1), date(2100, 1, 1))),
            horizon_days=draw(st.integers(1, 4000)),
            description=draw(blank_or(text)),
            currency=draw(st.sampled_from(["EUR", "=1", "kn ", "\u20ac"])),
            defaults=Defaults(
                tour_days=draw(st.integers(50, 400)), dwell_ratio=draw(st.floats(0, 100)), handover_days=draw(st.integers(0, 49))
            ),
        ),
        nations=tuple(
            Nation(
                nation=key,
                name=draw(text),
                weight=draw(blank_or(amount)),
                withdrawal_probability=draw(blank_or(share)),
                active_personnel=draw(blank_or(st.integers(0, 10_000_000))),
                source=draw(blank_or(text)),
            )
            for key in nations
        ),
        unit_types=tuple(
            UnitType(
                unit_type=key,
                name=draw(text),
                domain="land",
                echelon="battery",
                personnel=draw(st.integers(0, 900)),
                daily_cost=draw(blank_or(amount)),
            )
            for key in types
        ),
        capabilities=tuple(
            Capability(capability=capability, unit_type=key, effectiveness=draw(st.floats(0, 1, exclude_min=True)))
            for key in types
        ),
        locations=tuple(Location(location=key, latitude=draw(blank_or(st.floats(-90, 90)))) for key in places),
        offers=tuple(
            Offer(
                offer=key,
                nation=draw(st.sampled_from(nations)),
                unit_type=draw(st.sampled_from(types)),
                quantity=draw(st.integers(0, 9)),
                excluded_locations=draw(st.lists(st.sampled_from(places), unique=True).map(tuple)),
                dwell_ratio=draw(blank_or(st.floats(0, 100))),
                home=draw(blank_or(text)),
            )
            for key in draw(st.lists(name, max_size=3, unique=True))
        ),
        requirements=tuple(
            Requirement(
                line=key,
                capability=capability,
                quantity=draw(st.integers(0, 9)),
                location=draw(st.sampled_from(places)),
                option=draw(st.lists(name, max_size=2).map(tuple)),
            )
            for key in draw(st.lists(name, max_size=3, unique=True))
        ),
    )


@settings(max_examples=settings().max_examples // 4)
@given(scenarios())
def test_folder_to_workbook_to_folder_loses_nothing(scenario):
    with tempfile.TemporaryDirectory() as work:
        folder = write_scenario(scenario, Path(work) / "first")
        book = convert(folder, Path(work) / "book.xlsx")
        again = convert(book, Path(work) / "second")
        assert read_scenario(folder) == scenario
        assert read_scenario(book) == scenario
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
            path.name: path.read_bytes() for path in again.iterdir()
        }
        assert read_scenario(again).fingerprint() == scenario.fingerprint()


def test_tables_without_rows_and_blank_columns_are_left_out(tmp_path):
    folder = convert(write_files(tmp_path / "given"), tmp_path / "written")
    assert {path.name for path in folder.iterdir()} == set(FILES)
    with (folder / "offers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "max_tours" not in rows[0]
    assert rows[1]["excluded_locations"] == "Odesa"
    assert rows[0]["dwell_ratio"] == "2"


def test_required_tables_are_written_even_if_empty(tmp_path):
    scenario = Scenario(settings=Settings(title="Nothing", start_date=date(2026, 1, 1), horizon_days=10))
    for place in (tmp_path / "folder", tmp_path / "book.xlsx"):
        assert read_scenario(write_scenario(scenario, place)) == scenario


def test_texts_that_no_file_can_carry_are_refused(tmp_path):
    for bad in ("", "bell\x07", "return\rhere"):
        scenario = Scenario(
            settings=Settings(title="x", start_date=date(2026, 1, 1), horizon_days=10), nations=(Nation(nation="GBR", name=bad),)
        )
        with pytest.raises(CannotWrite, match="nations, GBR, name"):
            write_scenario(scenario, tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


# --------------------------------------------------------------------------------------------------------- nothing is broken


@pytest.mark.parametrize("target", ["folder", "book.xlsx"])
def test_nothing_is_overwritten_unasked(tmp_path, target):
    place = tmp_path / target
    if place.suffix:
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "notes.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="is there already"):
        convert("tiny", place)
    convert("tiny", place, overwrite=True)
    assert read_scenario(place) == read_scenario("tiny")
    if not place.suffix:
        assert (place / "notes.txt").read_text() == "mine", "what is no part of a scenario is kept"


def test_overwriting_removes_tables_that_are_no_longer_there(tmp_path):
    place = write_files(tmp_path / "folder", {"pins.csv": "offer,line,from_day\no1,L1,30\n"})
    scenario = read_scenario(place)
    write_scenario(scenario.model_copy(update={"pins": ()}), place, overwrite=True)
    assert read_scenario(place).pins == ()


@pytest.mark.parametrize("target", ["folder", "book.xlsx"])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, target, monkeypatch):
    place = convert("tiny", tmp_path / target)
    before = read_scenario(place)
    module = "contingent.io.workbook_writer" if place.suffix else "contingent.io.scenario_text"

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"{module}._write_table" if place.suffix else f"{module}.write_table", fail)
    with pytest.raises(CannotWrite, match="no space left"):
        convert(write_files(tmp_path / "other"), place, overwrite=True)
    assert read_scenario(place) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left behind"


def test_an_empty_folder_may_be_written_to(tmp_path):
    (tmp_path / "folder").mkdir()
    assert read_scenario(convert("tiny", tmp_path / "folder")) == read_scenario("tiny")


def test_folders_above_are_made(tmp_path):
    assert convert("tiny", tmp_path / "a" / "b" / "c").is_dir()


@pytest.mark.parametrize("target", ["x.ods", "x.xls", "x.csv", "x.json"])
def test_other_forms_are_refused(tmp_path, target):
    with pytest.raises(CannotWrite, match=r"folder or as an \.xlsx"):
        convert("tiny", tmp_path / target)


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(CannotWrite):
        convert("tiny", tmp_path / "taken")
    with pytest.raises(CannotWrite):
        convert("tiny", tmp_path / "taken" / "below")
    (tmp_path / "book.xlsx").mkdir()
    with pytest.raises(CannotWrite):
        convert("tiny", tmp_path / "book.xlsx", overwrite=True)


def test_settings_with_awkward_texts(tmp_path):
    title = 'A "quoted" title\nwith \\ and \x7f' + string.punctuation
    given_settings = Settings(title=title, start_date=date(2026, 1, 1), horizon_days=10)
    for place in (tmp_path / "folder", tmp_path / "book.xlsx"):
        assert read_scenario(write_scenario(Scenario(settings=given_settings), place)).settings == given_settings
