"""Every method on numbers that a person can follow with a pencil: the working stands in each test's docstring."""

import pytest
from tests.sizing.small_mandates import AIR, by_capability, exact, quantities, sized, task, used_up

from contingent.model.ground import Sector


def test_stated_is_what_the_mandate_says():
    found = sized(task("stated", amount=3, capability="artillery"), {})
    assert by_capability(found) == {"artillery": 3}


def test_line_monitoring():
    """140 km: a post each 2 km = 70 x 5 people; a patrol each 10 km = 14 x 10; 490 in each of 3 shifts = 1,470.

    A fifth more = 1,764. A battlegroup of 600 of whom 0.7 stand post = 420; 1,764 / 420 = 4.2 -> 5.
    """
    factors = {
        "post_spacing_km": 2, "people_per_post": 5, "patrol_spacing_km": 10, "people_per_patrol": 10, "shifts": 3,
        "monitoring_reserve_share": 0.2, "line_share": 0.7,
    }  # fmt: skip
    found = sized(task("line_monitoring", line_km=140), factors)
    assert exact(found) == [pytest.approx(4.2)]
    assert by_capability(found) == {"infantry_battlegroup": 5}


def test_sector_security_by_the_line():
    """146 km at 24 km a battalion = 6.08 -> 7; 3,000 km2 at 1,000 = 3 would be fewer."""
    found = sized(task("sector_security", line_km=146, area_km2=3000), {"frontage_km": 24, "battalion_area_km2": 1000})
    assert exact(found) == [pytest.approx(146 / 24)]
    assert by_capability(found) == {"infantry_battlegroup": 7}
    assert "146 km / 24 km" in (found.lines[0].arithmetic or "")
    assert "6.08" in (found.lines[0].arithmetic or "")


def test_sector_security_by_the_area():
    """9,500 km2 at 1,000 = 9.5 -> 10."""
    found = sized(task("sector_security", line_km=146, area_km2=9500), {"frontage_km": 24, "battalion_area_km2": 1000})
    assert by_capability(found) == {"infantry_battlegroup": 10}


def test_population_security_with_the_hosts_own_forces():
    """2,000,000 at 4 per 1,000 = 8,000, less 5,000 of the host = 3,000; / 600 = 5, exactly."""
    sector = Sector(sector="S", population=2_000_000, host_security=5000)
    found = sized(task("population_security", sector="S"), {"security_per_1000": 4}, sectors=(sector,))
    assert by_capability(found) == {"infantry_battlegroup": 5}


def test_population_that_the_host_secures_alone_asks_for_nobody():
    sector = Sector(sector="S", population=1_000_000, host_security=5000)
    found = sized(task("population_security", sector="S"), {"security_per_1000": 4}, sectors=(sector,))
    assert found.lines == ()


def test_site_protection():
    """4 sites x 5 km x 6 people x 3 shifts = 360, and a quarter more = 450; / 600 = 0.75 -> 1."""
    factors = {"site_perimeter_km": 5, "people_per_perimeter_km": 6, "shifts": 3, "site_reserve_share": 0.25}
    found = sized(task("site_protection", amount=4), factors)
    assert exact(found) == [pytest.approx(0.75)]
    assert by_capability(found) == {"infantry_battlegroup": 1}


def test_air_policing_with_tankers_and_early_warning():
    """2 stations x 2 = 4 on station. Of a cycle of 4 + 2 h, 4 - 2 x 0.5 = 3 h are on station: 4 x 6 / 3 = 8 / 0.75 = 10.67.

    Detachments of 6: 1.78 -> 2. Tankers: 2 x 1 x (9 + 3) / (9 - 1) = 3 / 0.5 = 6 / 2 = 3.
    Early warning: 2 x 0.5 x (11 + 4) / 10 = 1.5 / 0.5 = 3 / 2 = 1.5 -> 2.
    Crews: 4 x 24 x 4 / 3 = 128 flying hours a day / (2 x 8) = 8 aircraft, fewer than 10.67.
    """
    found = sized(task("air_policing", amount=2), AIR)
    assert exact(found) == [pytest.approx(32 / 18), pytest.approx(3), pytest.approx(1.5)]
    assert by_capability(found) == {"air_superiority": 2, "air_refuelling": 3, "airborne_early_warning": 2}


def test_air_policing_where_crews_are_scarcer_than_aircraft():
    """One crew an aircraft and 4 h a day: 128 / 4 = 32 aircraft / 6 = 5.33 -> 6."""
    found = sized(task("air_policing", amount=2), AIR | {"crew_ratio": 1, "crew_hours_per_day": 4})
    assert by_capability(found)["air_superiority"] == 6


def test_air_policing_by_day_only():
    """12 h of 24: half as many aircraft-hours, 5.33 aircraft, 1 detachment."""
    found = sized(task("air_policing", amount=2), AIR | {"station_hours": 12})
    assert by_capability(found)["air_superiority"] == 1


def test_air_defence():
    """6 assets x 2 batteries / (1 - 0.1 - 0.1) = 15."""
    found = sized(
        task("air_defence", amount=6), {"batteries_per_asset": 2, "reload_share": 0.1, "battery_maintenance_share": 0.1})
    assert by_capability(found) == {"medium_range_air_defence": 15}


def test_maritime_patrol():
    """2 stations x (20 + 2 x 5) / 20 days = 3 / 0.75 = 4 ships in the theatre."""
    found = sized(task("maritime_patrol", amount=2), {"patrol_days_on_station": 20, "passage_days": 5, "ship_availability": 0.75})
    assert by_capability(found) == {"sea_patrol": 4}


def test_mine_countermeasures():
    """900 km2 / (0.5 km2 a day x 0.6 x 500 days = 150 a vessel) = 6."""
    factors = {"clearance_km2_per_day": 0.5, "mcm_availability": 0.6, "mcm_days": 500}
    found = sized(task("mine_countermeasures", area_km2=900), factors)
    assert by_capability(found) == {"mine_countermeasures": 6}


def test_training():
    """7,300 a year x 60 / 365 days = 1,200 at once / 8 = 150 instructors / (60 x 0.5 a team) = 5 teams."""
    factors = {"course_days": 60, "trainees_per_instructor": 8, "instructor_share": 0.5}
    assert by_capability(sized(task("training", amount=7300), factors)) == {"training": 5}


def test_isr_by_orbits():
    """2 orbits x (14 + 6) / (14 - 2 x 2) = 4 / 0.8 = 5 aircraft / 2 = 2.5 -> 3."""
    factors = {
        "isr_endurance_h": 14, "transit_h": 2, "isr_turnaround_h": 6, "isr_availability": 0.8, "aircraft_per_isr_detachment": 2,
    }  # fmt: skip
    found = sized(task("isr", amount=2), factors)
    assert exact(found) == [pytest.approx(2.5)]
    assert by_capability(found) == {"isr_aircraft": 3}


def test_isr_along_the_line():
    """300 km / 80 km = 3.75 -> 4."""
    assert by_capability(sized(task("isr", line_km=300), {"uas_km_per_company": 80})) == {"unmanned_reconnaissance": 4}


def test_supporting_units_of_what_stands_in_the_sector():
    """5 battalions in A and 3 in B: guns for B alone, 3 / 3 = 1; for the force, 8 / 3 = 2.67 -> 3."""
    tasks = (
        task("stated", "A", amount=5, capability="infantry_battlegroup", sector="A"),
        task("stated", "B", amount=3, capability="infantry_battlegroup", sector="B"),
        task("supporting_units", "GUNS-B", capability="artillery", sector="B"),
        task("supporting_units", "GUNS", capability="artillery"),
    )
    found = sized(tasks, {"supported_per_unit": 3}, sectors=(Sector(sector="A"), Sector(sector="B")))
    assert (quantities(found, of="GUNS-B"), quantities(found, of="GUNS")) == ({"GUNS-B.1": 1}, {"GUNS.1": 3})


def test_engineering():
    """400 km of routes / 200 + 6 battalions / 4 = 2 + 1.5 = 3.5 -> 4."""
    tasks = (task("stated", "A", amount=6, capability="infantry_battlegroup"), task("engineering", amount=400))
    found = sized(tasks, {"route_km_per_unit": 200, "battalions_per_engineer_unit": 4})
    assert by_capability(found, of="T") == {"engineers": 4}


def test_ordnance_disposal():
    """120 km2 / (0.05 km2 a day x 0.5 x 600 days = 15 a company) = 8."""
    factors = {"eod_clearance_km2_per_day": 0.05, "working_share": 0.5, "clearance_days": 600}
    assert by_capability(sized(task("ordnance_disposal", area_km2=120), factors)) == {"explosive_ordnance_disposal": 8}


def test_ordnance_disposal_has_no_longer_than_its_task():
    """The task lasts 300 days, not 600: twice as many."""
    factors = {"eod_clearance_km2_per_day": 0.05, "working_share": 0.5, "clearance_days": 600}
    found = sized(task("ordnance_disposal", area_km2=120, until_day=300), factors)
    assert by_capability(found) == {"explosive_ordnance_disposal": 16}


MEDICAL = {
    "admissions_per_1000_day": 2, "stay_days": 5, "bed_occupancy": 0.8, "beds_per_unit": 25,
    "medical_reach_hours": 0, "medevac_kmh": 50,
}  # fmt: skip


def test_medical_by_beds():
    """10 battlegroups = 6,000 people x 2 a day per 1,000 = 12 x 5 days = 60 beds / 0.8 = 75 / 25 = 3."""
    tasks = (task("stated", "A", amount=10, capability="infantry_battlegroup"), task("medical"))
    assert by_capability(sized(tasks, MEDICAL), of="T") == {"medical_role_2": 3}


def test_medical_by_reach():
    """2 h at 50 km/h = 100 km around each: 31,416 km2; 70,000 km2 / 31,416 = 2.23 -> 3, where beds ask for 1."""
    tasks = (task("stated", "A", amount=1, capability="infantry_battlegroup"), task("medical", area_km2=70_000))
    assert by_capability(sized(tasks, MEDICAL | {"medical_reach_hours": 2}), of="T") == {"medical_role_2": 3}


LOGISTICS = {
    "supply_distance_km": 200, "truck_km_per_day": 200, "trucks_per_company": 10, "truck_payload_t": 10,
    "truck_availability": 0.5, "tonnes_per_battalion_day": 100,
}  # fmt: skip


def test_logistics_serves_itself_as_well():
    """20 battlegroups = 12,000 people x 20 kg = 240 t a day.

    A turn takes 2 x 200 / 200 = 2 days; a company lifts 10 x 10 x 0.5 = 50 t. Its people use up 2 t a day, a depot's 10 t.
    Round 1: 240 x 2 / 50 = 9.6 -> 10 companies, 2.4 -> 3 depots: 20 + 30 t more.
    Round 2: 290 x 2 / 50 = 11.6 -> 12, 2.9 -> 3: 24 + 30. Round 3: 294: 11.76 -> 12, 2.94 -> 3. The same: done.
    """
    tasks = (task("stated", "A", amount=20, capability="infantry_battlegroup"), task("logistics"))
    found = sized(tasks, LOGISTICS, consumption=(used_up("all", 20),))
    assert by_capability(found, of="T") == {"logistics": 3, "transport": 12}
    assert sorted(exact(found)) == [pytest.approx(2.94), pytest.approx(11.76)]


def test_brigades_by_span_of_control():
    """7 battalions at 4 to a brigade = 1.75 -> 2 brigades, which one division leads; 3 headquarters / 3 = 1 signals unit."""
    tasks = (task("stated", "A", amount=7, capability="infantry_battlegroup"), task("command_control"))
    found = sized(tasks, {"span_brigade": 4, "span_division": 3, "headquarters_per_signals": 3})
    assert by_capability(found, of="T") == {"brigade_command": 2, "division_command": 1, "signals": 1}


def test_one_brigade_needs_no_division():
    tasks = (task("stated", "A", amount=4, capability="infantry_battlegroup"), task("command_control"))
    found = sized(tasks, {"span_brigade": 4, "span_division": 3, "headquarters_per_signals": 3})
    assert by_capability(found, of="T") == {"brigade_command": 1, "signals": 1}


def test_divisions_make_a_corps():
    """17 battalions at 4 = 4.25 -> 5 brigades; at 3 to a division = 1.67 -> 2 divisions under a corps."""
    tasks = (task("stated", "A", amount=17, capability="infantry_battlegroup"), task("command_control"))
    found = sized(tasks, {"span_brigade": 4, "span_division": 3, "headquarters_per_signals": 4})
    assert by_capability(found, of="T") == {"brigade_command": 5, "division_command": 2, "corps_command": 1, "signals": 2}
    parents = {row.formation: row.parent for row in found.formations}
    brigades = [row.formation for row in found.formations if row.echelon == "brigade"]
    assert len(brigades) == 5
    assert all(sum(parents[brigade] == division for brigade in brigades) <= 3 for division in set(parents.values()))
