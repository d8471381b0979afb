"""Cells as people write them: each misunderstanding has its own sentence and its cure."""

import pytest
from tests.io.small_folder import FILES, changed, write_files

from contingent.io import check_scenario, read_scenario


def told_of(tmp_path, column: str, cell: str) -> list:
    """What is found where one cell of the first offer holds `cell`."""
    header = "offer,nation,unit_type,quantity,available_day,dwell_ratio,probability,tour_days"
    values = {"quantity": "3", "available_day": "", "dwell_ratio": "", "probability": "", "tour_days": ""} | {column: f'"{cell}"'}
    text = f"{header}\no1,GBR,battlegroup,{','.join(values.values())}\n"
    return [finding for finding in check_scenario(write_files(tmp_path, {"offers.csv": text})) if finding.severity == "error"]


@pytest.mark.parametrize(
    ("column", "cell", "says", "nearest"),
    [
        ("dwell_ratio", "1,5", "'1,5' is written with a comma.", "1.5"),
        ("quantity", "1,500", "'1,500' is written with a comma.", "1500"),
        ("quantity", "1 500", "separators between its thousands", "1500"),
        ("quantity", "1\u00a0500", "separators between its thousands", "1500"),
        ("quantity", "1'500", "separators between its thousands", "1500"),
        ("quantity", "1.000", "can be read as 1000 or as 1.", "1000"),
        ("quantity", "2.5", "'2.5' is not a whole number.", None),
        ("quantity", "70%", "'70%' is a share; the column holds whole numbers.", None),
        ("available_day", "2026-03-01", "days are counted from D-day (2026-01-01): that is D+59.", "59"),
        ("available_day", "2026-03-01T00:00:00", "that is D+59.", "59"),
        ("available_day", "2025-12-31", "1 days before D-day", "0"),
        ("available_day", "2026-02-30", "neither a number nor a date", None),
        ("available_day", "01.03.2026", "'01.03.2026' is a date; the column holds a whole number.", None),
        ("available_day", "D+59", "'D+59' is not a number.", "59"),
        ("tour_days", "2026-03-01", "is a date; the column holds a whole number", None),
        ("quantity", "-3", "'-3' is less than 0", None),
        ("probability", "1.5", "'1.5' is more than 1", None),
        ("dwell_ratio", "inf", "'inf' is not a finite number.", None),
        ("dwell_ratio", "NaN", "'NaN' is not a finite number.", None),
        ("dwell_ratio", "1e400", "'1e400' is not a finite number.", None),
        ("quantity", "TRUE", "'TRUE' is a yes or no; the column holds a whole number.", None),
        ("dwell_ratio", "n/a", "'n/a' is not a number.", None),
        ("tour_days", "180 days", "'180 days' is not a number.", "180"),
        ("quantity", "three", "'three' is not a whole number.", None),
        ("quantity", "9" * 400, "is longer than any number that is taken", None),
        ("quantity", "1e19", "is far larger than any number that is taken", None),
        ("quantity", "\u0663", "is not a whole number", None),
    ],
)
def test_a_number_that_is_none_says_why(tmp_path, column, cell, says, nearest):
    (finding,) = told_of(tmp_path, column, cell)
    assert finding.where == f"offers.csv, line 2, {column}"
    assert says in finding.what
    assert finding.nearest == nearest


@pytest.mark.parametrize(("cell", "value"), [("3", 3), (" 3 ", 3), ("3.0", 3), ("3.00", 3), ("1e3", 1000), ("+3", 3)])
def test_whole_numbers_that_mean_one_thing_only_are_read(tmp_path, cell, value):
    assert told_of(tmp_path, "quantity", cell) == []
    assert read_scenario(tmp_path).offers[0].quantity == value


@pytest.mark.parametrize(("cell", "value"), [("1,5", 1.5), ("1.5", 1.5), ("150%", 1.5), ("2", 2.0), ("12,5%", 0.125)])
def test_decimals_between_semicolons(tmp_path, cell, value):
    text = f"offer;nation;unit_type;quantity;dwell_ratio\no1;GBR;battlegroup;3;{cell}\n"
    assert read_scenario(write_files(tmp_path, {"offers.csv": text})).offers[0].dwell_ratio == value


@pytest.mark.parametrize("cell", ["1.000", "1,000"])
def test_between_semicolons_a_thousand_that_may_be_one_is_asked_about(tmp_path, cell):
    text = f"offer;nation;unit_type;quantity\no1;GBR;battlegroup;{cell}\n"
    (finding,) = check_scenario(write_files(tmp_path, {"offers.csv": text}))
    assert (finding.where, finding.nearest) == ("offers.csv, line 2, quantity", "1000")


def test_a_latitude_with_three_decimals_cannot_be_thousands(tmp_path):
    text = "location;latitude;longitude\nKyiv;50.450;30.523\nOdesa;46.482;30.723\n"
    scenario = read_scenario(write_files(tmp_path, {"locations.csv": text}))
    assert (scenario.locations[0].latitude, scenario.locations[1].longitude) == (50.45, 30.723)


def test_a_word_that_is_none_of_the_choices(tmp_path):
    (finding,) = check_scenario(write_files(tmp_path, changed("requirements.csv", "one_nation", "one nation")))
    assert finding.where == "requirements.csv, line 3, hold"
    assert finding.what == "'one nation' is none of any, one_nation."
    assert finding.nearest == "one_nation"


def test_a_blank_that_every_row_needs(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "o1,GBR,battlegroup,3", "o1,GBR,,")))
    assert [finding.where for finding in findings] == ["offers.csv, line 2, unit_type", "offers.csv, line 2, quantity"]
    assert all("is blank, but every row needs it" in finding.what for finding in findings)


def test_a_semicolon_in_a_name(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("requirements.csv", "L1,", "L;1,")))
    assert "holds a semicolon, which parts the entries of lists" in findings[0].what


def test_nothing_that_a_terminal_would_obey_is_repeated(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "United Kingdom", "\x1b[31mred\x07")))
    assert findings[0].where == "nations.csv, line 2, name"
    assert all(str(finding).replace("\n", "").isprintable() for finding in findings)


def test_a_very_long_text(tmp_path):
    (finding,) = check_scenario(write_files(tmp_path, changed("nations.csv", "France", "F" * 5000)))
    assert finding.where == "nations.csv, line 3, name"
    assert "5,000 characters long; at most 4,000" in finding.what
    assert len(str(finding)) < 300


def test_cells_that_are_wrong_alike_are_told_once(tmp_path):
    rows = "".join(f'o{number},GBR,battlegroup,"1,5"\n' for number in range(500))
    (finding,) = check_scenario(write_files(tmp_path, {"offers.csv": f"offer,nation,unit_type,quantity\n{rows}"}))
    assert finding.where == "offers.csv, line 2, quantity"
    assert "499 further cells of this column have the same problem (lines 3, 4, 5" in finding.what


def test_rows_that_are_wrong_alike_are_told_once(tmp_path):
    (finding,) = check_scenario(write_files(tmp_path, {"offers.csv": FILES["offers.csv"] + "x,GBR\n" * 50}))
    assert "49 further places have the same problem (lines 5, 6" in finding.what


def test_columns_that_are_unknown_alike_name_their_line_once(tmp_path):
    header = "offer,nation,unit_type,quantity," + ",".join(f"x{number}" for number in range(50))
    (finding,) = check_scenario(write_files(tmp_path, {"offers.csv": f"{header}\n"}))
    assert finding.what == "'x0' is not a column of this table. 49 further places have the same problem."


def test_every_cell_of_a_row_is_looked_at(tmp_path):
    row = "o1,ZZZ,battlegroup,1 000,2026-03-01,,-1,180 days,x,10,,,"
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "o1,GBR,battlegroup,3,0,,10,180,2,10,,,", row)))
    columns = {finding.column for finding in findings if finding.line == 2}
    assert columns == {"nation", "quantity", "available_day", "notice_days", "tour_days", "dwell_ratio"}
