"""Files and headers that are wrong: every finding at once, each with its place and its cure, never a traceback."""

import os

import pytest
from tests.io.small_folder import FILES, changed, places, write_files

from contingent.io import check_scenario, limits


def test_a_misspelt_column(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "quantity", "quantitty")))
    assert places(findings) == [("offers.csv", 1, None), ("offers.csv", 1, "quantity")]
    assert findings[0].what == "'quantitty' is not a column of this table."
    assert findings[0].nearest == "quantity"


def test_columns_that_are_missing_are_one_finding_each_not_one_a_row(tmp_path):
    rows = "".join(f"o{number},GBR,battlegroup\n" for number in range(100))
    findings = check_scenario(write_files(tmp_path, {"offers.csv": f"offer,nation,unit_type\n{rows}"}))
    assert places(findings) == [("offers.csv", 1, "quantity")]


def test_a_missing_key_column_makes_no_name_unknown(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "nation,name", "country,name")))
    assert places(findings) == [("nations.csv", 1, None), ("nations.csv", 1, "nation")]


def test_a_column_that_stands_twice(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"nations.csv": "nation,name,name\nGBR,a,b\nFRA,c,d\n"}))
    assert places(findings) == [("nations.csv", 1, "name")]


def test_a_column_without_a_name(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"nations.csv": "nation,,name\nGBR,x,a\nFRA,,c\n"}))
    assert [str(finding) for finding in findings] == ["nations.csv, line 1: column 2 has cells but no name."]


def test_a_key_that_stands_twice_names_both_lines(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"nations.csv": FILES["nations.csv"] + "GBR,Great Britain,,,\n"}))
    assert findings[0].where == "nations.csv, line 4, nation"
    assert findings[0].what == "'GBR' stands on line 2 already."


def test_a_key_of_two_columns_that_stands_twice(tmp_path):
    rows = FILES["capabilities.csv"] + "manoeuvre,battlegroup,0.5\nrecce,battlegroup,0.5\n"
    findings = check_scenario(write_files(tmp_path, {"capabilities.csv": rows}))
    assert places(findings) == [("capabilities.csv", 3, "capability, unit_type")]


@pytest.mark.parametrize("table", ["nations", "unit_types", "capabilities", "requirements"])
def test_a_table_that_every_scenario_needs(tmp_path, table):
    findings = check_scenario(write_files(tmp_path, {f"{table}.csv": None}))
    assert places(findings) == [(f"{table}.csv", None, None)], "and nothing that follows from it"
    assert "is missing" in findings[0].what


@pytest.mark.parametrize("name", ["offer.csv", "Offers.csv", "OFFERS.CSV", "offers .csv"])
def test_a_table_under_a_wrong_name_is_not_passed_over(tmp_path, name):
    findings = check_scenario(write_files(tmp_path, {"offers.csv": None, name: FILES["offers.csv"]}))
    assert [(finding.table, finding.nearest, finding.severity) for finding in findings] == [(name, "offers.csv", "error")]


def test_other_files_in_the_folder(tmp_path):
    other = {"offers2.csv": "x", "holidays.csv": "x", "menus.csv": "x", "README.md": "x", "map.png": b"x"}
    findings = check_scenario(write_files(tmp_path, other))
    assert [(finding.table, finding.nearest) for finding in findings] == [
        ("holidays.csv", None),
        ("menus.csv", None),
        ("offers2.csv", "offers.csv"),
    ]
    assert {finding.severity for finding in findings} == {"warning"}


@pytest.mark.parametrize("content", ["", "\n\n", "  \n", "\ufeff", "sep=;\n"])
def test_an_empty_file(tmp_path, content):
    findings = check_scenario(write_files(tmp_path, {"offers.csv": content}))
    assert places(findings) == [("offers.csv", None, None)]
    assert "is empty: not even a header" in findings[0].what


def test_windows_1252_names_the_line_and_the_byte(tmp_path):
    content = "nation,name\r\nGBR,United Kingdom\r\nFRA,France\r\nCZE,\u010cesko\r\n".replace("\u010c", "\u00c8").encode("cp1252")
    findings = check_scenario(write_files(tmp_path, {"nations.csv": content}))
    assert places(findings) == [("nations.csv", 4, None)]
    assert "byte 0xC8 ('\u00c8' in Windows-1252) is not UTF-8" in findings[0].what
    assert "UTF-8" in findings[0].maybe


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings(tmp_path, encoding):
    findings = check_scenario(write_files(tmp_path, {"nations.csv": FILES["nations.csv"].encode(encoding)}))
    assert places(findings) == [("nations.csv", 1, None)]
    assert "UTF-8" in findings[0].maybe


def test_a_nul_byte(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"nations.csv": FILES["nations.csv"].replace("France", "Fr\0nce")}))
    assert places(findings) == [("nations.csv", 3, None)]


def test_rows_that_are_longer_or_shorter_than_the_header(tmp_path):
    rows = "nation,name,weight\nGBR,United Kingdom\nFRA,France, Republic of,3\nDEU,Germany,1,,\n"
    findings = check_scenario(write_files(tmp_path, {"nations.csv": rows}))
    assert places(findings) == [("nations.csv", 2, None), ("nations.csv", 3, None)]
    assert "has 2 cells, the header 3" in findings[0].what
    assert "has 4 cells, the header 3; too many: '3'" in findings[1].what


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "France", '"France')))
    assert places(findings) == [("nations.csv", 3, None)], "no nation is called unknown because of it"
    assert "never closed" in findings[0].what


def test_text_after_a_quoted_cell(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "United Kingdom", '"United" Kingdom')))
    assert places(findings) == [("nations.csv", 2, None)]


def test_a_cell_without_end(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "France", '"' + "x" * 200_000 + '"')))
    assert places(findings) == [("nations.csv", 3, None)]


def test_more_columns_than_any_table_has(tmp_path):
    wide = "nation,name" + ",x" * limits.MOST_COLUMNS
    findings = check_scenario(write_files(tmp_path, {"nations.csv": wide + "\n"}))
    assert places(findings) == [("nations.csv", 1, None)]


def test_more_rows_than_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("contingent.io.csv_grid.MOST_ROWS", 50)
    rows = "".join(f"N{number},x\n" for number in range(100))
    findings = check_scenario(write_files(tmp_path, {"nations.csv": f"nation,name\n{rows}"}))
    assert places(findings) == [("nations.csv", 52, None)]


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    write_files(tmp_path)
    with (tmp_path / "offers.csv").open("ab") as file:
        file.truncate(200 * 2**20)  # takes no room on the disk
    findings = check_scenario(tmp_path)
    assert places(findings) == [("offers.csv", None, None)]
    assert "is 200.0 MiB large; at most 64 MiB are read" in findings[0].what


def test_a_folder_that_should_be_a_file(tmp_path):
    write_files(tmp_path, {"offers.csv": None, "scenario.toml": None})
    (tmp_path / "offers.csv").mkdir()
    (tmp_path / "scenario.toml").mkdir()
    findings = check_scenario(tmp_path)
    assert places(findings) == [("scenario.toml", None, None), ("offers.csv", None, None)]
    assert {finding.what for finding in findings} == {"is a folder, but must be a file."}


def test_a_pipe_is_not_waited_for(tmp_path):
    write_files(tmp_path, {"offers.csv": None})
    os.mkfifo(tmp_path / "offers.csv")
    assert places(check_scenario(tmp_path)) == [("offers.csv", None, None)]


def test_links_in_a_circle(tmp_path):
    write_files(tmp_path, {"offers.csv": None})
    (tmp_path / "offers.csv").symlink_to(tmp_path / "offers.csv")
    findings = check_scenario(tmp_path)
    assert [str(finding) for finding in findings] == ["offers.csv: cannot be read: its links lead round in a circle."]


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    write_files(tmp_path)
    opened = type(tmp_path).open

    def refuse(path, *arguments, **named):
        if path.name == "offers.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **named)

    monkeypatch.setattr(type(tmp_path), "open", refuse)  # whoever runs the tests may be allowed to read everything
    assert [str(finding) for finding in check_scenario(tmp_path)] == ["offers.csv: cannot be read: you are not allowed to."]


def test_findings_come_in_the_order_of_tables_and_lines(tmp_path):
    changes = {
        "scenario.toml": 'title = "x"\nstart_date = 2026-01-01\nhorizon_days = 0\n',
        "requirements.csv": "line,capability,quantity\nL1,manoeuvre,-1\n",
        "offers.csv": "offer,nation,unit_type,quantity\no1,XXX,battlegroup,1\no2,GBR,battlegroup,x\n",
        "nations.csv": "nation,name\nGBR,a\nGBR,b\n",
    }
    assert places(check_scenario(write_files(tmp_path, changes))) == [
        ("scenario.toml", 3, "horizon_days"),
        ("nations.csv", 3, "nation"),
        ("offers.csv", 2, "nation"),
        ("offers.csv", 3, "quantity"),
        ("requirements.csv", 2, "quantity"),
    ]
