"""A scenario kept as rows is read by the same checks as a folder."""

from pathlib import Path

import pytest

from contingent.io.collected import Collected
from contingent.io.places import bundled_scenarios
from contingent.io.scenario_reader import read_and_check, read_scenario
from contingent.io.written import WrittenTable, cells_of_row, read_written, rows_of_place, rows_of_scenario


def written(place: str | Path) -> dict[str, WrittenTable]:
    rows = rows_of_place(place, Collected())
    assert rows is not None
    return {name: WrittenTable(name, tuple(table)) for name, table in rows.items()}


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_reads_the_same(name: str) -> None:
    scenario, findings = read_and_check(name)
    reading = read_written(written(name))
    assert (reading.scenario is None) == (scenario is None)
    if scenario is not None and reading.scenario is not None:
        assert reading.scenario.fingerprint() == scenario.fingerprint()
    assert [(found.what, found.column) for found in reading.findings] == [(found.what, found.column) for found in findings]


def test_rows_of_a_scenario_are_the_scenario() -> None:
    rows = rows_of_scenario(read_scenario("reassurance"))
    reading = read_written({name: WrittenTable(name, tuple(table)) for name, table in rows.items()})
    assert reading.scenario == read_scenario("reassurance")
    assert cells_of_row(read_scenario("tiny").nations[0])["nation"] == read_scenario("tiny").nations[0].nation


def test_a_bad_cell_is_told_as_in_a_file_with_the_line_of_its_row(tmp_path: Path) -> None:
    tables = written("tiny")
    bad = [dict(row) for row in tables["offers"].rows]
    bad[2] |= {"quantity": "many", "nation": "Atlantis"}
    bad[4] |= {"unit_type": "dragons"}
    tables["offers"] = WrittenTable("offers", tuple(bad))
    found = read_written(tables).findings
    assert [(each.table, each.line, each.column) for each in found if each.column in ("quantity", "unit_type")] == [
        ("offers", 4, "quantity"), ("offers", 6, "unit_type")]
    header = list(dict.fromkeys(name for row in bad for name in row))
    from contingent.io.scenario_writer import write_scenario

    folder = write_scenario(read_scenario("tiny"), tmp_path / "tiny")
    lines = [",".join(header), *(",".join(row.get(name, "") for name in header) for row in bad)]
    (folder / "offers.csv").write_text("\n".join(lines) + "\n")
    assert [(each.what, each.line, each.column) for each in read_and_check(folder)[1]] == [
        (each.what, each.line, each.column) for each in found]


def test_reading_leaves_what_it_keeps_as_it_is() -> None:
    """Tables and the scenario below are kept between readings: each reading says the same."""
    tables = written("reassurance")
    tables["scenario"] = WrittenTable("scenario", (*tables["scenario"].rows, {"setting": "colour", "value": "red"}))
    first, second = read_written(tables), read_written(tables)
    assert first == second
    assert [found.column for found in first.findings] == [None]
    assert "'colour' is not a setting" in first.findings[0].what


@pytest.mark.parametrize("name", ["/etc", "../tiny", "tiny/", "nothing"])
def test_only_what_ships_with_the_package_can_be_extended(name: str) -> None:
    tables = written("tiny")
    tables["scenario"] = WrittenTable("scenario", ({"setting": "extends", "value": name}, *tables["scenario"].rows))
    reading = read_written(tables)
    assert reading.scenario is None
    assert "ships with the package" in reading.findings[0].what


def test_a_folder_of_the_same_name_is_never_read_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "doctrine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read_written(written("reassurance")).scenario is not None


def test_decimals_with_a_comma_come_in_with_a_point(tmp_path: Path) -> None:
    from contingent.io.scenario_writer import write_scenario

    folder = write_scenario(read_scenario("tiny"), tmp_path / "tiny")
    lines = (folder / "capabilities.csv").read_text().splitlines()
    header, first = lines[0].split(","), lines[1].split(",")
    first[header.index("effectiveness")] = "0,5"
    (folder / "capabilities.csv").write_text("\n".join(";".join(line) for line in (header, first)) + "\n")
    rows = rows_of_place(folder, Collected())
    assert rows is not None
    assert rows["capabilities"][0]["effectiveness"] == "0.5"
