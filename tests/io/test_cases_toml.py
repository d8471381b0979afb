"""Cases in cases.toml, in cases.csv, in the sheet cases: the same rows, and what is wrong with them is told with its line."""

import pytest
from tests.io.small_folder import places, write_files

from contingent.errors import BadScenario
from contingent.io import check_scenario, convert, new_scenario, read_scenario
from contingent.io.case_file import read_cases

CASES = """# what if
[[case]]
case = "gone"
title = "They leave"
kind = "nation_withdraws"
nations = ["FRA", "GBR"]
from_day = 180

[[case]]
case = "surge"
kind = "dwell_relaxed"
factor = 1.5

[[case]]
case = "surge"
kind = "tours_extended"
days = 90
"""

AS_CSV = """case,step,title,kind,nations,from_day,days,factor
gone,1,They leave,nation_withdraws,FRA;GBR,180,,
surge,1,,dwell_relaxed,,,,1.5
surge,2,,tours_extended,,,90,
"""


def test_blocks_are_rows(tmp_path):
    scenario = read_scenario(write_files(tmp_path, {"cases.toml": CASES}))
    assert [(row.case, row.step, row.kind) for row in scenario.cases] == [
        ("gone", 1, "nation_withdraws"), ("surge", 1, "dwell_relaxed"), ("surge", 2, "tours_extended")]
    assert (scenario.cases[0].nations, scenario.cases[0].from_day, scenario.cases[1].factor) == (("FRA", "GBR"), 180, 1.5)


def test_a_table_says_the_same(tmp_path):
    as_toml = read_scenario(write_files(tmp_path / "toml", {"cases.toml": CASES}))
    as_csv = read_scenario(write_files(tmp_path / "csv", {"cases.csv": AS_CSV}))
    assert as_toml.cases == as_csv.cases


def test_a_folder_goes_to_a_workbook_and_back_and_loses_nothing(tmp_path):
    folder = write_files(tmp_path / "one", {"cases.csv": AS_CSV})
    convert(folder, tmp_path / "two.xlsx")
    convert(tmp_path / "two.xlsx", tmp_path / "three")
    assert (tmp_path / "three" / "cases.toml").exists()
    assert not (tmp_path / "three" / "cases.csv").exists()
    assert read_scenario(tmp_path / "three") == read_scenario(folder)


def test_steps_out_of_order_are_written_with_their_number(tmp_path):
    turned = AS_CSV.replace("surge,1", "surge,3")
    folder = write_files(tmp_path / "one", {"cases.csv": turned})
    convert(folder, tmp_path / "two")
    assert "step = 3" in (tmp_path / "two" / "cases.toml").read_text()
    assert read_scenario(tmp_path / "two") == read_scenario(folder)


def test_awkward_texts_come_back(tmp_path):
    title = 'A "quoted" title; with = and \\\\ and \\u00e9'
    folder = write_files(tmp_path / "one", {"cases.toml": CASES.replace("They leave", title.replace('"', '\\"'))})
    convert(folder, tmp_path / "two")
    assert read_scenario(tmp_path / "two").cases == read_scenario(folder).cases


def test_both_at_once_is_told(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"cases.toml": CASES, "cases.csv": AS_CSV}))
    assert [finding.table for finding in findings] == ["cases.toml"]
    assert "'cases.csv' too" in findings[0].what


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (CASES.replace('"GBR"', '"GRB"'), 2, "nations"),
        (CASES.replace("dwell_relaxed", "dwell_relaxd"), 9, "kind"),
        (CASES.replace("days = 90", ""), 14, "days"),
        (CASES.replace("from_day = 180", "from_day = -1"), 2, "from_day"),
        (CASES.replace("from_day = 180", "from_day = 180\nuntil_day = 90"), 2, "until_day"),
        (CASES.replace("from_day = 180", "lines = [\"L1\"]"), 2, "lines"),
        (CASES.replace("from_day = 180", "from_day = { a = 1 }"), 2, "from_day"),
        (CASES.replace("from_day = 180", "from_day = 180\nstep = 0"), 2, "step"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, line, column):
    findings = check_scenario(write_files(tmp_path, {"cases.toml": text}))
    assert ("cases.toml", line, column) in places(findings)


def test_names_are_told_with_the_nearest(tmp_path):
    misspelt = CASES.replace('"GBR"', '"GRB"').replace("dwell_relaxed", "dwell_relaxd").replace("factor = 1.5", "factr = 1.5")
    nearest = {finding.nearest for finding in check_scenario(write_files(tmp_path, {"cases.toml": misspelt}))}
    assert {"GBR", "dwell_relaxed", "factor"} <= nearest


@pytest.mark.parametrize("text", ["case = 1", "[case]\nkind = 'x'", "case = ['a']", "[[case]\n", "\x00", "[[cases]]\ncase = 'a'"])
def test_what_is_no_list_of_cases(tmp_path, text):
    findings = check_scenario(write_files(tmp_path, {"cases.toml": text}))
    assert findings
    assert {finding.table for finding in findings} == {"cases.toml"}


def test_a_file_without_a_case_is_no_fault(tmp_path):
    assert read_scenario(write_files(tmp_path, {"cases.toml": "# nothing yet\n"})).cases == ()


def test_a_layer_replaces_and_removes_cases(tmp_path):
    write_files(tmp_path / "base", {"cases.toml": CASES})
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.toml").write_text('extends = "../base"\n[remove]\ncases = ["surge/2"]\n')
    (over / "cases.toml").write_text('[[case]]\ncase = "gone"\nkind = "nation_withdraws"\nnations = ["FRA"]\n')
    scenario = read_scenario(over)
    assert [(row.case, row.step, row.nations) for row in scenario.cases] == [("gone", 1, ("FRA",)), ("surge", 1, ())]


def test_a_template_has_an_example_to_uncomment(tmp_path):
    new_scenario(tmp_path / "mine")
    path = tmp_path / "mine" / "cases.toml"
    assert read_scenario(tmp_path / "mine").cases == ()
    lines = path.read_text().splitlines()
    block = slice(lines.index("# [[case]]"), lines.index("# from_day = 180") + 1)
    path.write_text("\n".join(line.removeprefix("# ") for line in lines[block]) + "\n")
    (case,) = read_scenario(tmp_path / "mine").cases
    assert (case.case, case.nations, case.from_day) == ("a-leaves", ("AAA",), 180)


def test_a_file_of_cases_alone(tmp_path):
    (tmp_path / "what-if.toml").write_text(CASES)
    assert len(read_cases(tmp_path / "what-if.toml")) == 3
    (tmp_path / "what-if.csv").write_text(AS_CSV)
    assert read_cases(tmp_path / "what-if.csv") == read_cases(tmp_path / "what-if.toml")
    (tmp_path / "bad.toml").write_text(CASES.replace("days = 90", ""))
    with pytest.raises(BadScenario) as bad:
        read_cases(tmp_path / "bad.toml")
    assert [(finding.table, finding.line, finding.column) for finding in bad.value.findings] == [("bad.toml", 14, "days")]
    with pytest.raises(BadScenario):
        read_cases(tmp_path / "none.toml")
