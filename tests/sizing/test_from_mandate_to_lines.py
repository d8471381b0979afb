"""Lookup of factors, findings, serials over options, sentences, and what must hold whatever the mandate says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sizing.small_mandates import (
    AIR,
    by_capability,
    exact,
    factor,
    mandate,
    quantities,
    sized,
    task,
    typed_line,
    used_up,
)

from contingent import read_scenario
from contingent.errors import BadScenario
from contingent.model.ground import Sector
from contingent.model.mandate import Factor
from contingent.model.rows import OptionRow
from contingent.model.structure import Formation
from contingent.sizing import derive_requirement, sensitivity, size

SPANS = {"span_brigade": 4.0, "span_division": 3.0, "headquarters_per_signals": 3.0}
OPTIONS = (OptionRow(option="small", title="Small"), OptionRow(option="large", title="Large"))


# ------------------------------------------------------------------------------------------------------- factors and findings


def test_the_nearest_scope_holds_task_before_option_before_demand_before_all():
    """120 km: all says 60 km (2), the demand 40 (3), the option 30 (4), the task 24 (5)."""
    rows = [factor("frontage_km", km, scope=scope) for scope, km in (("all", 60), ("tense", 40), ("small", 30), ("T", 24))]
    options = OPTIONS[:1]
    asked = task("sector_security", line_km=120, demand="tense")
    units = []
    while rows:
        units.append(by_capability(sized(asked, tuple(rows), options=options))["infantry_battlegroup"])
        rows.pop()
    assert units == [5, 4, 3, 2]


def test_everything_that_is_missing_is_said_at_once_with_the_nearest_name():
    tasks = (
        task("sector_security", "A", line_km=100),
        task("site_protection", "B"),
        task("isr", "C"),
        task("supporting_units", "D"),
    )
    with pytest.raises(BadScenario) as bad:
        sized(tasks, {"frontage": 20.0, "supported_per_unit": 0.0, "uas_km_per_company": 50.0})
    said = [str(finding) for finding in bad.value.findings]
    assert any("'A'" in one and "'frontage_km'" in one and "Nearest: 'frontage'" in one for one in said)
    assert any("'B'" in one and "amount" in one for one in said)
    assert any("'B'" in one and "'site_perimeter_km'" in one for one in said)
    assert any("'C'" in one and "no line" in one for one in said)
    assert any("'D'" in one and "capability" in one for one in said)
    assert any("'supported_per_unit' is 0" in one for one in said)
    assert all(finding.table.endswith(".csv") for finding in bad.value.findings)


@pytest.mark.parametrize(
    ("asked", "factors", "words"),
    [
        (
            task("air_defence", amount=1),
            {"batteries_per_asset": 1, "reload_share": 0.5, "battery_maintenance_share": 0.5},
            "no battery is ever ready",
        ),
        (
            task("maritime_patrol", amount=1),
            {"patrol_days_on_station": 10, "passage_days": 1, "ship_availability": 1.5},
            "at most 1",
        ),
        (
            task("isr", amount=1),
            {
                "isr_endurance_h": 4, "transit_h": 2, "isr_turnaround_h": 1, "isr_availability": 1,
                "aircraft_per_isr_detachment": 1,
            },
            "on station",
        ),
    ],
)
def test_factors_that_make_no_sense_together_are_findings(asked, factors, words):
    with pytest.raises(BadScenario) as bad:
        sized(asked, factors)
    assert any(words in finding.what for finding in bad.value.findings)


def test_logistics_that_uses_up_more_than_it_brings_is_a_finding():
    """A company lifts 1 t in two days and its 100 people use up 2 t a day."""
    factors = {
        "supply_distance_km": 200, "truck_km_per_day": 200, "trucks_per_company": 1, "truck_payload_t": 1,
        "truck_availability": 1, "tonnes_per_battalion_day": 1000,
    }  # fmt: skip
    tasks = (task("stated", "A", amount=1, capability="infantry_battlegroup"), task("logistics"))
    with pytest.raises(BadScenario) as bad:
        sized(tasks, factors, consumption=(used_up("all", 20),))
    assert any("uses up more than it brings" in finding.what for finding in bad.value.findings)


def test_logistics_that_grows_slowly_still_settles():
    """Of each tonne lifted a company uses up 0.95 itself: 12 t of others end at about 240 t, after far more than sixty rounds.

    A company lifts 2.1053 t a day and uses up 2; companies = (12 + 2 companies) / 2.1053, least whole number that is enough.
    """
    factors = {
        "supply_distance_km": 100, "truck_km_per_day": 200, "trucks_per_company": 1, "truck_payload_t": 2 / 0.95,
        "truck_availability": 1, "tonnes_per_battalion_day": 1e9,
    }  # fmt: skip
    tasks = (task("stated", "A", amount=10, capability="infantry_battlegroup"), task("logistics"))
    found = sized(tasks, factors, consumption=(used_up("all", 20),))
    units = by_capability(found, of="T")
    used = 120 + 0.02 * (100 * units["transport"] + 500 * units["logistics"])
    assert units["logistics"] == 1
    assert (units["transport"] - 1) < used / (2 / 0.95) <= units["transport"]


# -------------------------------------------------------------------------------------------------------- options and serials


def test_what_is_the_same_in_all_options_is_one_line_for_all():
    found = sized(task("stated", amount=2, capability="artillery"), {}, options=OPTIONS)
    assert [(line.line, line.option, line.mandate) for line in found.lines] == [("T.1", (), "T")]


def test_what_differs_has_a_serial_for_each_option_the_first_the_plain_one():
    """100 km at 50 km a battalion in small, at 20 in large."""
    rows = (factor("frontage_km", 50, scope="small"), factor("frontage_km", 20, scope="large"))
    found = sized(task("sector_security", line_km=100), rows, options=OPTIONS)
    assert [(line.line, line.option, line.quantity) for line in found.lines] == [
        ("T.1", ("small",), 2),
        ("T.1-large", ("large",), 5),
    ]


def test_a_task_of_one_option_makes_lines_for_that_option():
    tasks = (
        task("stated", "A", amount=1, capability="artillery"),
        task("stated", "B", amount=1, capability="artillery", option=("large",)),
    )
    found = sized(tasks, {}, options=OPTIONS)
    assert [(line.line, line.option) for line in found.lines] == [("A.1", ()), ("B.1", ("large",))]
    assert by_capability(found) == {"artillery": 2}


def test_a_line_carries_what_its_task_says():
    asked = task(
        "stated", amount=2, capability="artillery", activity="fire support", from_day=30, until_day=400, priority=3,
        hold="one_nation", location="Hill", confidence="low",
    )  # fmt: skip
    line = sized(asked, {}).lines[0]
    assert (line.task, line.from_day, line.until_day, line.priority, line.hold, line.location, line.confidence) == (
        "fire support", 30, 400, 3, "one_nation", "Hill", "low",
    )  # fmt: skip


def test_a_line_that_is_typed_in_goes_before_the_one_that_is_sized():
    scenario = mandate(
        (task("stated", amount=2, capability="artillery"),), {}, requirements=(typed_line("T.1", "artillery", 9, mandate="T"),))
    derived = derive_requirement(scenario)
    assert [(line.line, line.quantity) for line in derived.requirements] == [("T.1", 9)]


def test_without_a_mandate_nothing_changes():
    scenario = mandate((), {}, requirements=(typed_line("R1", "artillery", 1),))
    assert derive_requirement(scenario) is scenario
    assert size(scenario).lines == ()


def test_lines_that_are_typed_in_are_served_like_those_that_are_sized():
    """6 battlegroups typed in: 6 / 3 = 2 batteries of guns, whatever made the line."""
    typed = (typed_line("R1", "infantry_battlegroup", 6),)
    found = sized(task("supporting_units", capability="artillery"), {"supported_per_unit": 3}, requirements=typed)
    assert by_capability(found) == {"artillery": 2}


def test_people_are_counted_on_the_fullest_day():
    """2 battlegroups until day 100, then 1; 3 batteries of guns from day 50: 1,200 + 1,350 people, not 1,800 + 1,350."""
    tasks = (
        task("stated", "A", amount=2, capability="infantry_battlegroup", until_day=100),
        task("stated", "B", amount=1, capability="infantry_battlegroup", from_day=100),
        task("stated", "C", amount=3, capability="artillery", from_day=50),
        task("stated", "D", amount=1, capability="sea_patrol", from_day=50, until_day=60),
    )
    found = sized(tasks, {}, requirements=(typed_line("R1", "air_superiority", 1),))
    assert found.people(None) == {"land": 2550, "air": 110, "maritime": 180, "support": 0, "force": 2840}
    assert found.tooth_to_tail(None) == (1200, 1640)


# ----------------------------------------------------------------------------------------------------------------- sentences


def test_the_sentence_says_place_arithmetic_result_and_factors():
    row = Factor(factor="frontage_km", value=24, unit="km", meaning="Front of a battalion.", source="[liddell-hart-1960]")
    found = sized(task("sector_security", sector="Kharkiv"), (row,), sectors=(Sector(sector="Kharkiv", line_km=146),))
    said = found.lines[0].arithmetic or ""
    assert said.startswith("Kharkiv")
    for part in ("146 km", "24 km per battalion", "6.08", "7 x battlegroup", "frontage_km", "[liddell-hart-1960]", "assumption"):
        assert part in said


def test_the_unrounded_number_is_said_even_where_it_ends_like_the_divisor():
    """15.6 / 2.6 = 6: the sentence ends its arithmetic with a 6 as well, and still says what came out."""
    found = sized(task("supporting_units", amount=15.6, capability="artillery"), {"supported_per_unit": 2.6})
    assert re.search(r"= 6 -> 6 x", found.lines[0].arithmetic or "")


def test_a_sentence_names_the_factors_of_its_own_line_and_the_frame_all_that_were_read():
    found = sized(task("air_policing", amount=2), AIR)
    said = {line.capability: line.arithmetic or "" for line in found.lines}
    assert "tanker_endurance_h" in said["air_refuelling"]
    assert "aew_endurance_h" not in said["air_refuelling"]
    assert "tanker_endurance_h" not in said["air_superiority"]
    assert set(found.factors(None)["factor"]) == set(AIR)


# --------------------------------------------------------------------------------------------------- command and formations


def test_air_and_sea_have_their_commands_and_a_force_its_top():
    tasks = (
        task("stated", "A", amount=7, capability="infantry_battlegroup"),
        task("stated", "B", amount=2, capability="air_superiority"),
        task("stated", "C", amount=2, capability="sea_patrol"),
        task("command_control"),
    )
    found = sized(tasks, SPANS)
    assert by_capability(found, of="T") == {
        "brigade_command": 2, "division_command": 1, "air_command": 1, "maritime_command": 1, "signals": 2,
    }  # fmt: skip
    tops = [row for row in found.formations if row.parent is None]
    assert [row.component for row in tops] == ["force"]
    headed = {row.component: row.headquarters for row in found.formations if row.component in ("air", "maritime")}
    serials = {line.capability: line.line for line in found.lines}
    assert headed == {"air": (serials["air_command"],), "maritime": (serials["maritime_command"],)}


def test_each_brigade_of_a_sector_knows_it_and_every_parent_is_there():
    tasks = (
        task("stated", "A", amount=6, capability="infantry_battlegroup", sector="North"),
        task("stated", "B", amount=2, capability="infantry_battlegroup", sector="South"),
        task("command_control"),
    )
    found = sized(tasks, SPANS, sectors=(Sector(sector="North"), Sector(sector="South")))
    brigades = [row for row in found.formations if row.echelon == "brigade"]
    assert sorted(row.sector or "" for row in brigades) == ["North", "North", "South"]
    names = {row.formation for row in found.formations}
    assert all(row.parent in names for row in found.formations if row.parent is not None)
    assert all(len(row.headquarters) == 1 for row in brigades)
    lines = {line.line for line in found.lines}
    assert all(set(row.headquarters) <= lines for row in found.formations)


def test_two_tasks_that_make_the_headquarters_of_one_option_are_a_finding():
    tasks = (task("command_control"), task("command_control", "U"))
    with pytest.raises(BadScenario) as bad:
        sized(tasks, SPANS)
    assert ["'T' and 'U'" in finding.what for finding in bad.value.findings] == [True]


def test_formations_that_are_typed_in_are_built_on_and_not_doubled():
    typed = (
        Formation(formation="Force", echelon="force", component="force"),
        Formation(formation="Land", parent="Force", echelon="component command", component="land"),
        Formation(formation="Air", parent="Force", echelon="component command", component="air"),
    )
    tasks = (
        task("stated", "A", amount=3, capability="infantry_battlegroup"),
        task("stated", "B", amount=2, capability="air_superiority"),
        task("command_control"),
    )
    derived = derive_requirement(mandate(tasks, SPANS, formations=typed))
    made = [row for row in derived.formations if row not in typed]
    assert [(row.parent, row.echelon, row.component) for row in made] == [("Land", "brigade", "land")]


# --------------------------------------------------------------------------------------------------------------- sensitivity


def test_sensitivity_is_what_sizing_anew_gives():
    """120 km at 24 km = 5 battlegroups = 3,000 people; at 12 km 10 = 6,000, at 60 km 2 = 1,200. Depth is not read."""
    rows = (factor("frontage_km", 24, low=12, high=60), factor("depth_km", 10, low=1, high=20))
    found = sensitivity(mandate((task("sector_security", line_km=120),), rows), None)
    assert found.select("factor", "people_low", "people", "people_high").rows() == [("frontage_km", 6000, 3000, 1200)]


def test_the_widest_factor_comes_first():
    rows = (
        factor("site_perimeter_km", 5, low=4, high=6),
        factor("people_per_perimeter_km", 20, low=5, high=80),
        factor("shifts", 3, low=3, high=3),
        factor("site_reserve_share", 0.25),
    )
    found = sensitivity(mandate((task("site_protection", amount=20),), rows), None)
    assert found["factor"].to_list() == ["people_per_perimeter_km", "site_perimeter_km", "shifts"]


def test_an_end_that_cannot_be_sized_is_said():
    """A share of 0.9 that reloads and 0.2 that is repaired leave nothing."""
    rows = (
        factor("batteries_per_asset", 1),
        factor("reload_share", 0.1, low=0.05, high=0.9),
        factor("battery_maintenance_share", 0.2),
    )
    with pytest.raises(BadScenario) as bad:
        sensitivity(mandate((task("air_defence", amount=4),), rows), None)
    assert any("reload_share" in finding.what and "high" in finding.what for finding in bad.value.findings)


# ---------------------------------------------------------------------------------------------------------------- properties

METHODS_DRAWN = ("stated", "sector_security", "site_protection", "supporting_units", "isr", "medical", "logistics")

positive = st.floats(0.1, 500, allow_nan=False)


@st.composite
def mandates(draw: st.DrawFn):
    """Mandates of up to five tasks in one or two options, all with factors that make sense."""
    count = draw(st.integers(1, 5))
    tasks = []
    for number in range(count):
        method = draw(st.sampled_from(METHODS_DRAWN))
        options, sector = draw(st.sampled_from([(), ("small",), ("large",)])), draw(st.sampled_from([None, "North"]))
        columns = {"option": options, "sector": sector}
        if method in ("stated", "supporting_units"):
            columns["capability"] = draw(st.sampled_from(["infantry_battlegroup", "artillery", "sea_patrol"]))
        if method in ("stated", "site_protection"):
            columns["amount"] = draw(st.integers(0, 30))
        if method in ("sector_security", "isr"):
            columns["line_km"] = draw(positive)
        tasks.append(task(method, f"T{number}", **columns))
    if draw(st.booleans()):
        tasks.append(task("command_control", "HQ"))
    names = (
        "frontage_km", "battalion_area_km2", "site_perimeter_km", "people_per_perimeter_km", "shifts", "supported_per_unit",
        "uas_km_per_company", "beds_per_unit", "stay_days", "medevac_kmh",
    )  # fmt: skip
    factors = {name: draw(st.floats(1, 50)) for name in names} | SPANS | {
        "site_reserve_share": 0.2, "admissions_per_1000_day": 1.0, "bed_occupancy": 0.8, "medical_reach_hours": 1.0,
        "supply_distance_km": 100.0, "truck_km_per_day": 200.0, "trucks_per_company": 40.0, "truck_payload_t": 10.0,
        "truck_availability": 0.8, "tonnes_per_battalion_day": 200.0,
    }  # fmt: skip
    rows = [factor(name, value) for name, value in factors.items()]
    if draw(st.booleans()):
        rows.append(factor("frontage_km", draw(st.floats(1, 50)), scope="large"))
    return mandate(
        tuple(tasks), tuple(rows), options=OPTIONS, consumption=(used_up("all", 20),),
        sectors=(Sector(sector="North", line_km=90, area_km2=4000),),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(mandates())
def test_every_line_has_a_task_a_serial_of_its_own_and_a_sentence_with_its_quantity(scenario):
    found = size(scenario)
    serials = [line.line for line in found.lines]
    assert len(set(serials)) == len(serials)
    for line in found.lines:
        assert line.quantity > 0
        assert line.mandate in scenario.task_by_name
        assert f"-> {line.quantity} x" in (line.arithmetic or "")
    for option in ("small", "large"):
        frame = found.sizing(option)
        of_option = [line for line in found.lines if not line.option or option in line.option]
        assert frame.select("line", "quantity").rows() == [(line.line, line.quantity) for line in of_option]
        tooth, tail = found.tooth_to_tail(option)
        assert tooth + tail == found.people(option)["force"] == frame["people"].sum()


@settings(max_examples=60, deadline=None)
@given(mandates())
def test_deriving_twice_changes_nothing(scenario):
    once = derive_requirement(scenario)
    assert derive_requirement(once) == once


@settings(max_examples=60, deadline=None)
@given(mandates())
def test_formations_make_one_tree_in_each_option_and_lead_lines_that_are_there(scenario):
    derived = derive_requirement(scenario)
    lines = {line.line: line for line in derived.requirements}
    for option in ("small", "large"):
        rows = {row.formation: row for row in derived.formations if not row.option or option in row.option}
        assert all(row.parent is None or row.parent in rows for row in rows.values())
        assert len([row for row in rows.values() if row.parent is None]) <= 1
        for row in rows.values():
            assert all(name in lines and (not lines[name].option or option in lines[name].option) for name in row.headquarters)


@settings(max_examples=60, deadline=None)
@given(positive, positive, st.floats(1, 60), st.floats(100, 5000))
def test_more_line_never_asks_for_fewer_units(km, more, frontage, area):
    def units(length: float) -> int:
        factors = {"frontage_km": frontage, "battalion_area_km2": area}
        return sum(quantities(sized(task("sector_security", line_km=length, area_km2=800.0), factors)).values())

    assert units(km + more) >= units(km) >= km / frontage - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4000), st.integers(1, 40))
def test_an_exact_quotient_is_not_rounded_up(units, frontage):
    """So many whole frontages are so many battalions, whatever the floating point makes of the division."""
    found = sized(task("sector_security", line_km=units * (frontage / 10)), {"frontage_km": frontage / 10})
    assert exact(found)[0] == pytest.approx(units)
    assert by_capability(found) == {"infantry_battlegroup": units}


def test_sizing_what_was_sized_already_gives_the_same_answers():
    """Formations that sizing made are not taken for typed ones: else headquarters would be counted anew beneath them."""
    typed = read_scenario("reassurance")
    derived = derive_requirement(typed)
    assert derive_requirement(derived) == derived
    first, again = size(typed), size(derived)
    for option in typed.option_names:
        assert again.sizing(option).equals(first.sizing(option))
        assert again.people(option) == first.people(option)
    assert again.formations == first.formations
