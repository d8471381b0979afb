"""Folders as users have them: what can be told for certain is read without a word."""

import logging

import pytest
from tests.io.small_folder import FILES, changed, write_files

from contingent.errors import BadScenario
from contingent.io import bundled_scenarios, check_scenario, read_and_check, read_scenario


def test_the_columns_of_the_contract_are_enough(tmp_path):
    scenario, findings = read_and_check(write_files(tmp_path))
    assert findings == ()
    assert [row.nation for row in scenario.nations] == ["GBR", "FRA"]
    offer = scenario.offer_by_name["o2"]
    assert (offer.quantity, offer.notice_days, offer.tour_days, offer.dwell_ratio, offer.handover_days) == (3, 10, 180, 2.0, 10)
    assert (offer.until_day, offer.max_tours) == (None, None)
    assert offer.excluded_locations == ("Odesa",)
    assert scenario.requirement_by_line["L2"].hold == "one_nation"
    assert scenario.settings.horizon_days == 360


def test_optional_columns_may_be_left_out(tmp_path):
    files = {
        "nations.csv": "nation,name\nX 1,x\n",
        "offers.csv": "offer,nation,unit_type,quantity\no,X 1,battlegroup,1\n",
        "requirements.csv": "line,capability,quantity\nL,manoeuvre,1\n",
    }
    scenario = read_scenario(write_files(tmp_path, files))
    assert (scenario.offers[0].available_day, scenario.requirements[0].priority, scenario.requirements[0].hold) == (0, 1, "any")


def test_a_scenario_without_offers_is_one(tmp_path):
    assert read_scenario(write_files(tmp_path, {"offers.csv": None})).offers == ()


@pytest.mark.parametrize("table", ["offers.csv", "requirements.csv"])
def test_a_table_of_a_header_alone_is_an_empty_table(tmp_path, table):
    header = FILES[table].split("\n")[0]
    scenario = read_scenario(write_files(tmp_path, {table: header}))
    assert scenario.rows(table.removesuffix(".csv")) == ()


def as_semicolons(text: str) -> str:
    return text.replace(";", "|").replace(",", ";")


SAME = {
    "byte-order mark": {name: b"\xef\xbb\xbf" + FILES[name].encode() for name in FILES},
    "Windows line ends": {name: FILES[name].replace("\n", "\r\n") for name in FILES},
    "old Macintosh line ends": {name: FILES[name].replace("\n", "\r") for name in FILES if name.endswith(".csv")},
    "mixed line ends": {name: FILES[name].replace("\n", "\r\n", 1) for name in FILES},
    "no line end at the end": {name: FILES[name].rstrip("\n") for name in FILES},
    "semicolons": {name: as_semicolons(FILES[name]) for name in FILES if name.endswith(".csv")},
    "semicolons, announced": {name: "sep=;\r\n" + as_semicolons(FILES[name]) for name in FILES if name.endswith(".csv")},
    "tabs": {name: FILES[name].replace(",", "\t") for name in FILES if name.endswith(".csv")},
    "blank rows": {name: FILES[name].replace("\n", "\n\n") + ",,,\n" for name in ("nations.csv", "offers.csv")},
    "trailing commas": {"nations.csv": FILES["nations.csv"].replace("\n", ",,\n")},
    "spaces around cells": {"nations.csv": FILES["nations.csv"].replace(",", " , ")},
    "quoted cells": {
        "unit_types.csv": "".join(f'"{line}"\n'.replace(",", '","') for line in FILES["unit_types.csv"].splitlines())
    },
    "spreadsheet's decimals": changed("offers.csv", ",180,2,10", ",180.0,2.00,10.0"),
    "decimal commas between semicolons": {"offers.csv": as_semicolons(FILES["offers.csv"]).replace(";2;10", ";2,0;10")},
    "decimal places and exponents": {"nations.csv": FILES["nations.csv"].replace("150000", "1.5E+05")},
    "shares as percentages": {"capabilities.csv": "capability,unit_type,effectiveness\nmanoeuvre,battlegroup,100%\n"},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME.keys())
def test_the_same_tables_written_in_another_way_are_the_same_scenario(tmp_path, changes):
    plain = read_scenario(write_files(tmp_path / "plain"))
    other, findings = read_and_check(write_files(tmp_path / "other", changes))
    assert findings == ()
    assert other.fingerprint() == plain.fingerprint()


def test_seventy_per_cent_is_seven_tenths(tmp_path):
    scenario = read_scenario(write_files(tmp_path, changed("capabilities.csv", "battlegroup,1", "battlegroup,70%")))
    assert scenario.capabilities[0].effectiveness == 0.7


def test_a_quoted_line_break_stays_in_its_cell(tmp_path):
    names = 'nation,name\nGBR,"United ""Great""\r\nKingdom, of"\nFRA,France\nFRA,again\n'
    files = write_files(tmp_path, {"nations.csv": names})
    (finding,) = [finding for finding in check_scenario(files) if finding.severity == "error"]
    assert finding.line == 5, "the second FRA stands on line 5 of the file"
    files = write_files(tmp_path, {"nations.csv": names.replace("FRA,again\n", "")})
    assert read_scenario(files).nations[0].name == 'United "Great"\nKingdom, of'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_text_that_looks_like_a_formula_is_text(tmp_path, text):
    scenario = read_scenario(write_files(tmp_path, changed("nations.csv", "France", f'"{text}"')))
    assert scenario.nations[1].name == text


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_is_sound(name):
    scenario, findings = read_and_check(name)
    assert scenario is not None, "\n".join(map(str, findings))


def test_a_path_wins_over_a_bundled_name(tmp_path, monkeypatch):
    name = bundled_scenarios()[0]
    write_files(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert read_scenario(name).settings.title == "Two nations"


def test_warnings_are_logged_and_stop_nothing(tmp_path, caplog):
    files = write_files(tmp_path, changed("requirements.csv", "L1,manoeuvre", "L1,manouvre"))
    with caplog.at_level(logging.INFO, logger="contingent"):
        read_scenario(files)
    assert "no unit type gives 'manouvre'" in caplog.text


def test_a_bad_scenario_carries_every_finding(tmp_path):
    files = write_files(tmp_path, changed("offers.csv", "o1,GBR", "o1,GRB") | changed("nations.csv", "200000", "200 000"))
    with pytest.raises(BadScenario) as raised:
        read_scenario(files)
    assert raised.value.findings == check_scenario(files)
    assert [finding.where for finding in raised.value.findings] == [
        "nations.csv, line 3, active_personnel",
        "offers.csv, line 2, nation",
    ]
    assert raised.value.place == str(files)
