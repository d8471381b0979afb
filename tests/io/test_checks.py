"""Names that must be known, windows that must open, decisions that must keep the rules."""

import pytest
from tests.io.small_folder import FILES, changed, places, write_files

from contingent.io import check_scenario

LOCATIONS = "location,country,within\nKyiv,UKR,north\nOdesa,UKR,\nnorth,UKR,\n"


def test_an_unknown_name_with_its_nearest(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "o1,GBR", "o1,GRB")))
    (finding,) = findings
    assert str(finding) == (
        "offers.csv, line 2, nation: 'GRB' is not a nation of this scenario.\n"
        "  Nearest: 'GBR'. Maybe write 'GBR', or add 'GRB' to nations.csv."
    )


CASES = "case,kind,nations\nboth,nation_withdraws,FRA;GRB\nodd,nation_sleeps,GBR; FRN\n"


def test_each_name_of_a_list_is_looked_up_also_in_a_row_that_cannot_be_read(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"cases.csv": CASES}))
    assert places(findings) == [("cases.csv", 2, "nations"), ("cases.csv", 3, "kind"), ("cases.csv", 3, "nations")]
    assert [finding.nearest for finding in findings if finding.column == "nations"] == ["GBR", "FRA"]


def test_a_row_that_cannot_be_read_makes_its_name_no_less_known(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("nations.csv", "150000", "150 000")))
    assert places(findings) == [("nations.csv", 2, "active_personnel")]


def test_places_are_free_without_a_table_of_locations_and_bound_with_one(tmp_path):
    assert check_scenario(write_files(tmp_path)) == ()
    findings = check_scenario(write_files(tmp_path, {"locations.csv": LOCATIONS.replace("Odesa", "Odessa")}))
    assert places(findings) == [("offers.csv", 3, "excluded_locations"), ("requirements.csv", 3, "location")]
    assert {finding.nearest for finding in findings} == {"Odessa"}


@pytest.mark.parametrize("place", ["Odesa", "north", "UKR", "GBR"])
def test_a_caveat_may_name_a_location_a_larger_place_or_a_country(tmp_path, place):
    changes = {"locations.csv": LOCATIONS} | changed("offers.csv", "Odesa", place)
    assert check_scenario(write_files(tmp_path, changes)) == ()


def test_a_caveat_may_name_the_host(tmp_path):
    changes = changed("offers.csv", "Odesa", "UKR") | {"scenario.toml": FILES["scenario.toml"] + 'host = "UKR"\n'}
    assert check_scenario(write_files(tmp_path, changes)) == ()


def test_a_caveat_that_rules_nothing_out_is_a_warning_where_names_are_free(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "Odesa,guard", "Odessa,guarding")))
    assert [(finding.column, finding.nearest, finding.severity) for finding in findings] == [
        ("excluded_locations", "Odesa", "warning"),
        ("excluded_tasks", "guard", "warning"),
    ]


def test_places_in_a_circle(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"locations.csv": LOCATIONS.replace("north,UKR,", "north,UKR,Kyiv")}))
    assert places(findings) == [("locations.csv", 2, "within")]
    assert "Kyiv within north within Kyiv" in findings[0].what


def test_a_place_within_itself(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"locations.csv": LOCATIONS.replace("north,UKR,", "north,UKR,north")}))
    assert places(findings) == [("locations.csv", 4, "within")]


def test_a_capability_that_no_unit_gives_can_only_be_a_gap(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("requirements.csv", "L1,manoeuvre", "L1,manouvre")))
    assert [(finding.where, finding.nearest, finding.severity) for finding in findings] == [
        ("requirements.csv, line 2, capability", "manoeuvre", "warning")
    ]


def test_an_option_that_is_not_listed(tmp_path):
    lines = {"requirements.csv": "line,capability,quantity,option,task,location\nL,manoeuvre,1,small;larg,guard,Odesa\n"}
    assert check_scenario(write_files(tmp_path / "free", lines)) == ()
    listed = lines | {"options.csv": "option,title\nsmall,Small\nlarge,Large\n"}
    (finding,) = check_scenario(write_files(tmp_path / "listed", listed))
    assert (finding.where, finding.nearest) == ("requirements.csv, line 2, option", "large")


@pytest.mark.parametrize(
    ("tour", "handover", "cure"),
    [
        ("180", "180", "the two columns were swapped"),
        ("10", "180", "the two columns were swapped"),
        ("", "180", "give the offer its own tour_days"),
    ],
)
def test_a_handover_as_long_as_the_tour(tmp_path, tour, handover, cure):
    row = f"o1,GBR,battlegroup,3,0,,10,{tour},2,{handover},,,"
    findings = check_scenario(write_files(tmp_path, changed("offers.csv", "o1,GBR,battlegroup,3,0,,10,180,2,10,,,", row)))
    assert places(findings) == [("offers.csv", 2, "handover_days")]
    assert "no unit would ever be relieved" in findings[0].what
    assert findings[0].maybe == cure


def test_windows_that_never_open(tmp_path):
    changes = changed("offers.csv", "o1,GBR,battlegroup,3,0,,", "o1,GBR,battlegroup,3,50,50,")
    changes |= changed("requirements.csv", "2,0,360", "2,200,100")
    findings = check_scenario(write_files(tmp_path, changes))
    assert places(findings) == [("offers.csv", 2, "until_day"), ("requirements.csv", 2, "until_day")]


def test_windows_beyond_the_horizon_are_warnings(tmp_path):
    changes = changed("offers.csv", "o1,GBR,battlegroup,3,0", "o1,GBR,battlegroup,3,360")
    changes |= changed("requirements.csv", "2,0,360,Kyiv", "2,360,400,Kyiv")
    findings = check_scenario(write_files(tmp_path, changes))
    assert places(findings, "warning") == [("offers.csv", 2, "available_day"), ("requirements.csv", 2, "from_day")]
    assert places(findings) == []


def test_an_offer_too_short_for_a_tour_is_a_warning(tmp_path):
    findings = check_scenario(
        write_files(tmp_path, changed("offers.csv", "o1,GBR,battlegroup,3,0,,10", "o1,GBR,battlegroup,3,0,60,10"))
    )
    assert [(finding.where, finding.severity) for finding in findings] == [("offers.csv, line 2, until_day", "warning")]
    assert "no tour of 180 days fits between day 10, when the units are ready, and day 60" in findings[0].what


def test_a_window_that_a_tour_just_fits(tmp_path):
    assert (
        check_scenario(
            write_files(tmp_path, changed("offers.csv", "o1,GBR,battlegroup,3,0,,10", "o1,GBR,battlegroup,3,0,190,10"))
        )
        == ()
    )


def test_units_without_people_are_a_warning(tmp_path):
    findings = check_scenario(write_files(tmp_path, changed("unit_types.csv", "800", "0")))
    assert places(findings, "warning") == [("unit_types.csv", 2, "personnel")]


def test_tables_without_rows_are_a_warning(tmp_path):
    changes = {"nations.csv": "nation,name\n", "offers.csv": None}
    findings = check_scenario(write_files(tmp_path / "nobody", changes))
    assert places(findings, "warning") == [("nations.csv", None, None), ("offers.csv", None, None)]
    assert "every line can only be a gap" in findings[1].what
    no_lines = {"requirements.csv": "line,capability,quantity\n", "locations.csv": LOCATIONS}
    assert ("requirements.csv", None, None) in places(check_scenario(write_files(tmp_path / "no lines", no_lines)), "warning")


PIN_BREAKS = {
    "the unit type does not give the capability": ("o1,L3,30,1", "offer", "'battlegroup' does not give 'recce'"),
    "the nation rules out the task": ("o2,L1,30,1", "line", "'FRA' rules out 'guard'"),
    "the nation rules out the place": ("o2,L2,30,1", "line", "'FRA' rules out 'Odesa'"),
    "no period begins": ("o1,L1,31,1", "from_day", "on the first day of a period (every 30 days)"),
    "the line is not open": ("o1,L1,360,1", "from_day", "before day 360"),
    "the units are not ready": ("o1,L1,0,1", "from_day", "the units are ready on day 10"),
    "the offer closes": ("o3,L1,30,1", "from_day", "a tour of 180 days would end after day 200"),
    "there are not so many units": (
        "o1,L1,30,4",
        "quantity",
        "4 units of 'o1' would be on tour or in dwell on day 30, but it has 3",
    ),
    "units are at home": ("o1,L1,30,3\no1,L1,300,1", "quantity", "on day 300, but it has 3"),
    "the nation's ceiling": (
        "o4,L2,30,3\no4,L2,60,4",
        "quantity",
        "5600 people of 'FRA' would be on tour on day 60, but its ceiling is 5000",
    ),
    "another nation holds the line": ("o1,L2,30,1\no4,L2,210,1", "offer", "'L2' must be held by one nation, and a tour of 'GBR'"),
    "the offer is unknown": ("o9,L1,30,1", "offer", "'o9' is not an offer"),
    "the line is unknown": ("o1,L9,30,1", "line", "'L9' is not a line"),
}


@pytest.mark.parametrize(("rows", "column", "says"), PIN_BREAKS.values(), ids=PIN_BREAKS.keys())
def test_a_pin_that_breaks_a_rule(tmp_path, rows, column, says):
    offer = "o3,FRA,battlegroup,1,0,200,10,180,2,10,,,\no4,FRA,battlegroup,9,0,,10,180,2,10,,,\n"
    changes = {
        "pins.csv": f"offer,line,from_day,quantity\n{rows}\n",
        "offers.csv": FILES["offers.csv"] + offer,
        "requirements.csv": FILES["requirements.csv"] + "L3,recce,1,0,,Kyiv,1,any,\n",
    }
    findings = [finding for finding in check_scenario(write_files(tmp_path, changes)) if finding.table == "pins.csv"]
    assert [finding.column for finding in findings] == [column]
    assert says in findings[0].what


def test_pins_that_keep_the_rules(tmp_path):
    pins = {"pins.csv": "offer,line,from_day,quantity\no1,L1,30,2\no1,L2,30,1\n"}
    assert check_scenario(write_files(tmp_path, pins)) == ()


def test_pins_of_options_that_are_never_planned_together_do_not_add_up(tmp_path):
    """Three units of o1: two pinned in each of two courses of action are enough, unless all lines are planned together."""
    changes = {
        "requirements.csv": (
            "line,capability,quantity,from_day,option\nS,manoeuvre,2,30,small\nL,manoeuvre,2,30,large\n"
        ),
        "pins.csv": "offer,line,from_day,quantity\no1,S,30,2\no1,L,30,2\n",
        "scenario.toml": FILES["scenario.toml"] + 'default_option = "small"\n',
    }
    assert places(check_scenario(write_files(tmp_path / "apart", changes))) == []
    together = changes | {"scenario.toml": FILES["scenario.toml"]}
    assert places(check_scenario(write_files(tmp_path / "together", together))) == [
        ("pins.csv", 2, "quantity"),
        ("pins.csv", 3, "quantity"),
    ]


def test_pins_on_offers_that_the_pool_may_yield(tmp_path):
    pool = {
        "pool.csv": "entry,nation,name,formation_type,domain\ne1,GBR,1st Brigade,brigade,land\n",
        "pins.csv": "offer,line,from_day\nderived,L1,30\n",
    }
    assert check_scenario(write_files(tmp_path, pool)) == ()


FORMATIONS = "formation,parent,echelon\nForce,,force\nNorth,Force,brigade\nSouth,Force,brigade\n"
ATTACHMENTS = "attachment,formation,line,offer,number,under,relation,from_day,until_day\n"


def test_attachments_move_one_thing_for_some_days_under_one_formation_at_a_time(tmp_path):
    rows = (
        "a1,North,,,,South,OPCON,0,50\n"      # line 2: nothing is wrong
        "a2,North,,,,Force,TACON,10,20\n"     # another relation
        "a3,North,,,,South,OPCON,40,\n"       # at once with a1
        "a4,North,,,,South,OPCON,90,95\n"     # at once with a3, which has no end
        "a5,,L1,o1,,South,OPCON,0,\n"         # two things
        "a6,,,,,South,OPCON,0,\n"             # nothing
        "a7,,L1,,2,South,OPCON,5,\n"          # the number of no unit
        "a8,,,o1,1,South,OPCON,9,9\n"         # no day
        "a9,,,o1,99,South,OPCON,0,9\n"        # no such unit
        "a10,South,,,,South,OPCON,0,9\n"      # under itself
        "a11,,,o9,,Sauth,COMMAND,0,9\n"       # names and a word that are not known
    )
    findings = check_scenario(write_files(tmp_path, {"formations.csv": FORMATIONS, "attachments.csv": ATTACHMENTS + rows}))
    assert sorted(places(findings), key=lambda place: place[1:]) == [
        ("attachments.csv", 4, "from_day"), ("attachments.csv", 5, "from_day"), ("attachments.csv", 6, "offer"),
        ("attachments.csv", 7, "offer"), ("attachments.csv", 8, "number"), ("attachments.csv", 9, "until_day"),
        ("attachments.csv", 11, "under"), ("attachments.csv", 12, "offer"), ("attachments.csv", 12, "relation"),
        ("attachments.csv", 12, "under"),
    ]  # fmt: skip
    assert places(findings, "warning") == [("attachments.csv", 10, "number")]
    assert [finding.nearest for finding in findings if finding.line == 12 and finding.column == "under"] == ["South"]
    assert findings[0].what == "it is OPCON to 'South' already, until day 50 ('a1')."
    assert findings[0].maybe == "end 'a1' on day 40"
