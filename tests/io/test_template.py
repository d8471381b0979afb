"""A new scenario is sound, complete, and explains itself."""

import csv
import re
import tomllib

import pytest

from contingent.io import check_scenario, new_scenario, read_scenario
from contingent.io.atomic import CannotWrite
from contingent.model.rows import TABLES
from contingent.model.scenario import Settings


def test_the_folder_is_sound_and_every_column_is_there(tmp_path):
    folder = new_scenario(tmp_path / "mine")
    assert check_scenario(folder) == ()
    for row_class in TABLES:
        path = folder / f"{row_class.table}.csv"
        if path.exists():
            with path.open(newline="") as file:
                assert next(csv.reader(file)) == list(row_class.model_fields)


def test_the_workbook_holds_the_same_scenario(tmp_path):
    folder, workbook = new_scenario(tmp_path / "mine"), new_scenario(tmp_path / "mine", workbook=True)
    assert workbook == tmp_path / "mine.xlsx"
    assert check_scenario(workbook) == ()
    assert read_scenario(workbook).fingerprint() == read_scenario(folder).fingerprint()


def test_the_settings_can_be_filled_in_by_taking_comment_signs_away(tmp_path):
    text = (new_scenario(tmp_path / "mine") / "scenario.toml").read_text()
    bared = re.sub(r"^# (\w+ = .*)$", r"\1", text, flags=re.MULTILINE)
    assert set(tomllib.loads(bared)) == set(Settings.model_fields) - {"remove"}


def test_the_dictionary_names_every_table_and_column(tmp_path):
    text = (new_scenario(tmp_path / "mine") / "README.md").read_text()
    for row_class in TABLES:
        section = text.split(f"## {row_class.table}.csv")[1].split("\n## ")[0]
        for name, field in row_class.model_fields.items():
            assert f"| {name} | {field.description} |" in section


def test_every_line_can_be_filled_somehow(tmp_path):
    """The example shows a plan, not a list of gaps: each line's capability is offered, and no offer is of no use."""
    scenario = read_scenario(new_scenario(tmp_path / "mine"))
    offered = {row.unit_type for row in scenario.offers}
    asked = {row.capability for row in scenario.requirements}
    assert asked <= {row.capability for row in scenario.capabilities if row.unit_type in offered}
    assert offered <= {row.unit_type for row in scenario.capabilities if row.capability in asked}


def test_nothing_is_overwritten_unasked(tmp_path):
    folder = new_scenario(tmp_path / "mine")
    (folder / "offers.csv").write_text("mine")
    with pytest.raises(CannotWrite):
        new_scenario(folder)
    assert (folder / "offers.csv").read_text() == "mine"
