"""Where a scenario may be, and what is said where it is not."""

import pytest
from tests.io.small_folder import write_files

from contingent.io import bundled_scenarios, check_scenario


def test_the_bundled_scenarios_are_listed():
    assert "tiny" in bundled_scenarios()


@pytest.mark.parametrize(("name", "nearest"), [("tinny", "tiny"), ("Tiny", "tiny"), ("no such thing", None)])
def test_a_name_that_is_none(tmp_path, monkeypatch, name, nearest):
    monkeypatch.chdir(tmp_path)
    (finding,) = check_scenario(name)
    assert finding.nearest == nearest
    assert "no folder or workbook" in finding.what


def test_a_folder_that_is_misspelt(tmp_path):
    write_files(tmp_path / "guard")
    (finding,) = check_scenario(tmp_path / "gaurd")
    assert finding.nearest == str(tmp_path / "guard")


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "x" * 5000, "~nobody-of-this-name/x", "x/" * 3000])
def test_a_path_that_is_none(name):
    (finding,) = check_scenario(name)
    assert len(str(finding)) < 1000
    assert str(finding).replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["scenario.toml", "offers.csv"])
def test_a_file_of_a_folder(tmp_path, name):
    write_files(tmp_path)
    (finding,) = check_scenario(tmp_path / name)
    assert finding.maybe == f"write '{tmp_path}'"


def test_a_link_to_nowhere_and_links_in_a_circle(tmp_path):
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    assert "no such file" in check_scenario(tmp_path / "nowhere")[0].what
    assert "in a circle" in check_scenario(tmp_path / "circle")[0].what


def test_a_device():
    (finding,) = check_scenario("/dev/zero")
    assert "is not a plain file" in finding.what


def test_an_empty_folder(tmp_path):
    assert [finding.table for finding in check_scenario(tmp_path)] == [
        "scenario.toml",
        "nations.csv",
        "unit_types.csv",
        "capabilities.csv",
        "requirements.csv",
    ]
