"""One scenario laid over another."""

import pytest
from tests.io.small_folder import FILES, changed, places, write_files

from contingent.io import bundled_scenarios, check_scenario, convert, read_scenario


def overlay(tmp_path, files: dict[str, str], base: dict | None = None):
    """A base in one folder, and a scenario that extends it in another."""
    write_files(tmp_path / "base", base)
    over = tmp_path / "over"
    over.mkdir()
    for name, text in files.items():
        (over / name).write_text(text)
    return over


def test_rows_are_added_replaced_and_removed(tmp_path):
    over = overlay(
        tmp_path,
        {
            "scenario.toml": 'extends = "../base"\n[remove]\nrequirements = ["L1"]\n',
            "offers.csv": (
                "offer,nation,unit_type,quantity,excluded_locations\n"
                "o3,GBR,battlegroup,7,\n"
                "o1,FRA,battlegroup,1,Odesa\n"
            ),
        },
    )
    scenario = read_scenario(over)
    assert [(row.offer, row.nation, row.quantity) for row in scenario.offers] == [
        ("o1", "FRA", 1),
        ("o2", "FRA", 3),
        ("o3", "GBR", 7),
    ]
    assert scenario.offer_by_name["o1"].tour_days is None, "a row is replaced whole"
    assert [row.line for row in scenario.requirements] == ["L2"]
    assert len(scenario.nations) == 2


def test_settings_win_where_they_are_given(tmp_path):
    base = {"scenario.toml": FILES["scenario.toml"] + 'currency = "GBP"\n[defaults]\ntour_days = 90\nhandover_days = 7\n'}
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base"\nhorizon_days = 700\n[defaults]\ntour_days = 120\n'}, base)
    settings = read_scenario(over).settings
    assert (settings.title, settings.currency, settings.horizon_days) == ("Two nations", "GBP", 700)
    assert (settings.defaults.tour_days, settings.defaults.handover_days, settings.defaults.dwell_ratio) == (120, 7, 2.0)
    assert (settings.extends, settings.remove) == (None, {})


def test_it_can_be_written_out_whole(tmp_path):
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base"\n[remove]\ncapabilities = ["manoeuvre/battlegroup"]\n'})
    convert(over, tmp_path / "whole")
    assert "extends" not in (tmp_path / "whole" / "scenario.toml").read_text()
    assert read_scenario(tmp_path / "whole").fingerprint() == read_scenario(over).fingerprint()
    assert read_scenario(tmp_path / "whole").capabilities == ()


def test_an_overlay_that_changes_nothing_is_the_same_scenario(tmp_path):
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base"\n'})
    assert read_scenario(over) == read_scenario(tmp_path / "base")


def test_a_bundled_scenario_can_be_extended_by_its_name(tmp_path):
    name = bundled_scenarios()[0]
    over = overlay(tmp_path, {"scenario.toml": f'extends = "{name}"\ntitle = "Mine"\n'})
    scenario, bundled = read_scenario(over), read_scenario(name)
    assert (scenario.settings.title, scenario.offers, scenario.nations) == ("Mine", bundled.offers, bundled.nations)


def test_a_workbook_can_be_extended_and_can_extend(tmp_path):
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base.xlsx"\n'})
    convert(tmp_path / "base", tmp_path / "base.xlsx")
    assert read_scenario(over) == read_scenario(tmp_path / "base")
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.active.title = "scenario"
    for row in (("setting", "value"), ("extends", "base"), ("remove.offers", "o1; o2"), ("defaults.tour_days", 99)):
        workbook.active.append(row)
    workbook.save(tmp_path / "over.xlsx")
    scenario = read_scenario(tmp_path / "over.xlsx")
    assert (scenario.offers, scenario.settings.defaults.tour_days, scenario.settings.title) == ((), 99, "Two nations")


def test_three_layers(tmp_path):
    over = overlay(
        tmp_path,
        {"scenario.toml": 'extends = "../base"\n', "offers.csv": "offer,nation,unit_type,quantity\no3,GBR,battlegroup,2\n"},
    )
    top = tmp_path / "top"
    top.mkdir()
    (top / "scenario.toml").write_text('extends = "../over"\n[remove]\noffers = ["o1", "o3"]\n')
    assert [row.offer for row in read_scenario(top).offers] == ["o2"]
    assert len(read_scenario(over).offers) == 3


def test_removing_what_is_not_there(tmp_path):
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base"\n[remove]\noffers = ["o11"]\nofers = ["x"]\nnations = 3\n'})
    findings = check_scenario(over)
    assert places(findings) == [
        ("scenario.toml", 3, "remove.offers"),
        ("scenario.toml", 4, "remove.ofers"),
        ("scenario.toml", 5, "remove.nations"),
    ]
    assert [finding.nearest for finding in findings] == ["o1", "offers", None]


def test_removing_what_others_name(tmp_path):
    over = overlay(tmp_path, {"scenario.toml": 'extends = "../base"\n[remove]\nnations = ["FRA"]\n'})
    (finding,) = check_scenario(over)
    assert finding.where == "../base/offers.csv, line 3, nation"
    assert "was removed" in finding.what


def test_removing_without_extending(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": FILES["scenario.toml"] + '[remove]\noffers = ["o1"]\n'}))
    assert places(findings) == [("scenario.toml", None, "remove")]


@pytest.mark.parametrize("target", [".", "../over", "../over/../over"])
def test_a_scenario_that_extends_itself(tmp_path, target):
    over = overlay(tmp_path, {"scenario.toml": f'extends = "{target}"\n'})
    (finding,) = check_scenario(over)
    assert finding.where == "scenario.toml, line 1, extends"
    assert "leads back" in finding.what


def test_two_scenarios_that_extend_each_other(tmp_path):
    over = overlay(
        tmp_path, {"scenario.toml": 'extends = "../base"\n'}, {"scenario.toml": FILES["scenario.toml"] + 'extends = "../over"\n'}
    )
    assert [finding.where for finding in check_scenario(over)] == ["../base/scenario.toml, line 4, extends"]


@pytest.mark.parametrize(("target", "nearest"), [("../bass", "../base"), ("tinny", "tiny"), ("nowhere/at/all", None), ("", None)])
def test_extending_what_is_not_there(tmp_path, target, nearest, monkeypatch):
    over = overlay(tmp_path, {"scenario.toml": f'extends = "{target}"\n'})
    monkeypatch.chdir(over)
    findings = check_scenario(over)
    if target:
        assert places(findings) == [("scenario.toml", 1, "extends")], "nothing that follows from it"
        assert findings[0].nearest == nearest
    else:
        assert ("nations.csv", None, None) in places(findings), "blank is absence"


def test_what_may_stand_in_a_scenario_that_was_not_found_is_not_missed(tmp_path):
    """Also where the overlay has every table that a scenario needs: settings and names may still come from below."""
    files = {name: text for name, text in FILES.items() if name.endswith(".csv")}
    files["offers.csv"] += "o9,DEU,battlegroup,1,0,,10,180,2,10,,,\n"
    over = overlay(tmp_path, files | {"scenario.toml": 'extends = "../bass"\n'})
    assert places(check_scenario(over)) == [("scenario.toml", 1, "extends")]


def test_what_is_wrong_below_is_told_with_its_path(tmp_path):
    over = overlay(
        tmp_path,
        {"scenario.toml": 'extends = "../base"\n', "offers.csv": "offer,nation,unit_type,quantity\no9,GBR,battlegroup,x\n"},
        changed("offers.csv", "o1,GBR", "o1,GRB"),
    )
    assert places(check_scenario(over)) == [("offers.csv", 2, "quantity"), ("../base/offers.csv", 2, "nation")]


def test_a_broken_overlay_is_one_finding(tmp_path):
    over = overlay(
        tmp_path,
        {"scenario.toml": 'extends = "../base\n', "offers.csv": "offer,nation,unit_type,quantity\no9,GBR,battlegroup,1\n"},
    )
    assert places(check_scenario(over)) == [("scenario.toml", 1, None)]
