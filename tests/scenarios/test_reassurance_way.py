"""The ways of the reference scenario: places are reached, capacities and fleets are their sources', supply has a chain."""

import csv
import math
import re
from pathlib import Path

import networkx as nx
import pytest

from contingent import read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import derive

REPOSITORY = Path(__file__).resolve().parents[2]
FACTS = REPOSITORY.parent / "shared" / "data"
PAGE = REPOSITORY / "docs" / "network.md"

GAUGES = {1435, 1520, 1524, 1668}
BOGIES = 175
"""Wagons a day whose gauge can be changed on all western borders of Ukraine (CFTS, March 2022)."""

CROSSINGS = 3_422
"""Wagons a day that the 13 western crossings take in theory (GMK Center, 2022)."""

LEFT = 0.45
"""Share of it that was not used in 2022."""

SEA_LIMIT_KM = 25_000


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("reassurance")


@pytest.fixture(scope="module")
def derived(scenario: Scenario) -> Scenario:
    return derive(scenario)


def graph(scenario: Scenario, *modes: str) -> nx.Graph:
    return nx.Graph((link.from_location, link.to_location) for link in scenario.links if link.mode in modes)


def handled(scenario: Scenario, activity: str) -> dict[str, float]:
    return {row.location: row.per_day for row in scenario.handling if row.activity == activity}


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on a sphere of the Earth's mean radius, of (latitude, longitude), by the law of cosines. [km]"""
    (a, x), (b, y) = ((math.radians(lat), math.radians(lon)) for lat, lon in (one, other))
    return 6371.0088 * math.acos(min(1.0, math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(x - y)))


def nearest_place(scenario: Scenario, at: tuple[float, float]) -> str:
    linked = {place for link in scenario.links for place in (link.from_location, link.to_location)}
    found = [
        (distance_km(at, (row.latitude, row.longitude)), row.location)
        for row in scenario.locations
        if row.location in linked and row.latitude is not None and row.longitude is not None and row.kind != "sea area"
    ]
    return min(found)[1]


# ---------------------------------------------------------------------------------------------------------------- the network

def test_the_network_is_small_and_in_one_piece(scenario: Scenario):
    everything = graph(scenario, "road", "rail", "sea", "air", "river")
    assert nx.is_connected(everything)
    assert 250 <= len(scenario.locations) <= 350
    assert len(scenario.links) <= 1_000


def test_every_line_and_every_sector_on_land_stands_at_a_place_that_is_reached(derived: Scenario):
    """By road or rail from the ways in; ships' stations by sea from a port."""
    land, ways = graph(derived, "road", "rail"), graph(derived, "road", "rail", "sea")
    reached = nx.node_connected_component(land, "Rzeszów")
    asked = {line.location for line in derived.requirements} | {row.location for row in derived.sectors}
    for place in sorted(asked - {None}):
        kind = derived.location_by_name[place].kind
        if kind == "sea area":
            assert place in ways, place
        elif place != "London":
            assert place in reached, place
    assert len(asked) > 20


def test_every_home_is_joined_to_the_theatre_by_land_or_by_sea_and_its_people_by_air_and_road(derived: Scenario):
    goods = nx.node_connected_component(graph(derived, "road", "rail", "sea"), "Lviv")
    people = nx.node_connected_component(graph(derived, "road", "air"), "Lviv")
    homes = {
        (row.nation, nearest_place(derived, (row.latitude, row.longitude)))
        for row in derived.pool
        if row.latitude is not None and row.longitude is not None
    }
    assert len({nation for nation, _ in homes}) > 30
    for nation, home in sorted(homes):
        assert home in goods, (nation, home)
        assert home in people, (nation, home)


def test_homes_lie_near_the_place_that_they_set_out_from(scenario: Scenario):
    """Half of them within 50 km; none but those overseas and on islands farther than 350 km."""
    places = scenario.location_by_name
    far = []
    for row in scenario.pool:
        if row.latitude is None or row.longitude is None:
            continue
        home = (row.latitude, row.longitude)
        place = places[nearest_place(scenario, home)]
        assert place.latitude is not None
        assert place.longitude is not None
        far.append((distance_km(home, (place.latitude, place.longitude)), row.nation))
    far.sort()
    assert far[len(far) // 2][0] < 50
    assert {nation for km, nation in far if km > 350} <= {"AUS", "CAN", "NZL"}


def test_the_host_has_no_air_legs(scenario: Scenario):
    """Its airspace is taken to be closed to lift."""
    for link in scenario.links:
        if link.mode == "air":
            ends = (link.from_location, link.to_location)
            assert "UKR" not in {scenario.location_by_name[end].country for end in ends}


def test_ships_enter_the_black_sea_by_the_straits_alone(scenario: Scenario):
    sea = graph(scenario, "sea")
    assert nx.has_path(sea, "Marchwood", "Constanța")
    sea.remove_node("Turkish Straits")
    for port in ("Marchwood", "Rota", "Alexandroupolis", "Istanbul"):
        assert not (port in sea and nx.has_path(sea, port, "Constanța")), port
    assert nx.has_path(sea, "Constanța", "Odesa")


def test_ways_by_sea_are_no_shorter_than_the_earth_allows(scenario: Scenario):
    for link in scenario.links:
        if link.mode in ("sea", "air", "river"):
            one, other = (scenario.location_by_name[end] for end in (link.from_location, link.to_location))
            assert None not in (one.latitude, one.longitude, other.latitude, other.longitude), link.link
            crow = distance_km((one.latitude or 0, one.longitude or 0), (other.latitude or 0, other.longitude or 0))
            assert link.km >= 0.97 * crow, link.link
            assert link.km < SEA_LIMIT_KM


def test_every_railway_has_a_gauge_and_each_gauge_its_trains(scenario: Scenario):
    rails = {link.gauge_mm for link in scenario.links if link.mode == "rail"}
    assert rails == GAUGES
    assert {row.gauge_mm for row in scenario.fleets if row.kind == "train"} == GAUGES
    assert all(link.gauge_mm is None for link in scenario.links if link.mode != "rail")


def test_railways_of_two_gauges_meet_only_where_something_changes(scenario: Scenario):
    changes = set(handled(scenario, "gauge_change")) | set(handled(scenario, "transshipment"))
    at: dict[str, set[int | None]] = {}
    for link in scenario.links:
        if link.mode == "rail":
            for end in (link.from_location, link.to_location):
                at.setdefault(end, set()).add(link.gauge_mm)
    meeting = {place for place, gauges in at.items() if len(gauges) > 1}
    assert meeting == changes
    assert {"Medyka - Shehyni", "Zahony - Chop/Tysa", "Vicsani - Vadul-Siret", "Sławków", "Irun"} <= meeting


def test_ukraine_is_reached_on_rails_only_by_way_of_a_change_of_gauge(scenario: Scenario):
    rails = graph(scenario, "rail")
    assert nx.has_path(rails, "Berlin", "Kyiv")
    rails.remove_nodes_from(set(handled(scenario, "transshipment")) | set(handled(scenario, "gauge_change")))
    assert not nx.has_path(rails, "Berlin", "Kyiv")


def test_the_broad_line_leads_far_into_poland(scenario: Scenario):
    """Some 394 to 400 km from the border to Sławków (Gazeta Prawna, May 2022)."""
    [line] = [link for link in scenario.links if {link.from_location, link.to_location} == {"Hrubieszow - Izov", "Sławków"}]
    assert 394 <= line.km <= 400
    assert line.gauge_mm == 1520


# ---------------------------------------------------------------------------------------------------------------- capacities

def test_bogies_are_changed_at_no_more_than_the_published_rate(scenario: Scenario):
    assert sum(handled(scenario, "gauge_change").values()) == BOGIES
    quoted = {"Zahony - Chop/Tysa": 75, "Vicsani - Vadul-Siret": 70}
    high = {row.location: row.high for row in scenario.handling if row.activity == "gauge_change"}
    assert {place: high[place] for place in quoted} == quoted
    assert sum(high[place] or 0 for place in set(high) - set(quoted)) == 61


def test_an_armoured_brigade_takes_five_days_of_all_bogies(scenario: Scenario):
    """900 wagons at 175 a day are 5.1 days."""
    assert 900 / sum(handled(scenario, "gauge_change").values()) == pytest.approx(5.14, abs=0.01)


def test_rail_crossings_have_what_others_leave(scenario: Scenario):
    """High values are capacities in theory; what is left of them is for the force."""
    rows = [row for row in scenario.handling if row.activity == "border_rail" and "3,422" in (row.source or "")]
    assert len(rows) == 10
    assert sum(row.high or 0 for row in rows) == pytest.approx(CROSSINGS, abs=70)
    assert sum(row.high or 0 for row in rows) <= CROSSINGS
    for row in rows:
        assert row.per_day == pytest.approx(LEFT * (row.high or 0), abs=0.6), row.location


def test_every_crossing_of_the_border_has_a_limit(scenario: Scenario):
    roads, rails = handled(scenario, "border_road"), handled(scenario, "border_rail")
    for row in scenario.locations:
        if row.kind == "crossing":
            assert row.location in roads | rails, row.location
    land = graph(scenario, "road")
    land.remove_nodes_from(roads)
    outside = nx.node_connected_component(land, "Warsaw")
    assert not {place for place in outside if scenario.location_by_name[place].country == "UKR"}


def test_ports_that_ships_leave_can_load_them(scenario: Scenario):
    ports = handled(scenario, "seaport")
    for link in scenario.links:
        if link.mode == "sea":
            for end in (link.from_location, link.to_location):
                kind = scenario.location_by_name[end].kind
                assert end in ports or kind in ("sea area", "strait") or end == "Palmerston North", end


def test_airports_of_every_leg_have_room(scenario: Scenario):
    airports = handled(scenario, "airport")
    ends = {end for link in scenario.links if link.mode == "air" for end in (link.from_location, link.to_location)}
    assert ends <= set(airports)


# -------------------------------------------------------------------------------------------------------------------- fleets

def test_the_german_contract_is_three_hundred_wagons(scenario: Scenario):
    fleet = {row.fleet: row for row in scenario.fleets}
    assert fleet["db_trains"].quantity * fleet["db_trains"].wagons == pytest.approx(300, abs=fleet["db_trains"].wagons / 2)
    trains = fleet["db_trains"].quantity + fleet["european_trains"].quantity
    assert trains == 2 * math.ceil(900 / 38), "two armoured brigades at once"


def test_the_british_ships_have_the_lane_metres_of_their_contract(scenario: Scenario):
    """Over 9,600 lane metres in four ships (UK Defence Journal, December 2024)."""
    [ships] = [row for row in scenario.fleets if row.fleet == "point_class"]
    assert ships.quantity == 4
    assert 9_600 <= ships.quantity * ships.lane_m <= 10_600
    assert ships.speed_kmh == pytest.approx(18 * 1.852, abs=0.5)
    assert ships.availability == pytest.approx(355 / 365, abs=0.005)


def test_seats_are_those_of_the_facts(scenario: Scenario):
    [fleet] = [row for row in scenario.fleets if row.fleet == "mmf"]
    path = FACTS / "planning" / "planning_factors.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            facts = {row["key"]: float(row["value"]) for row in csv.DictReader(file)}
        assert fleet.people == facts["a330mrtt_pax"]
        assert fleet.tonnes <= facts["a330mrtt_cargo"]
    assert fleet.people == 267


# -------------------------------------------------------------------------------------------------------- supply and money

def test_every_place_of_a_line_on_land_in_theatre_lives_on_a_stock(derived: Scenario):
    own = {row.location for row in derived.stocks}
    served = {place for row in derived.stocks for place in row.serves} | own
    for place in sorted({line.location for line in derived.requirements} - {None, "Paris", "London"}):
        assert place in served, place


def test_chains_lead_from_the_units_to_a_port(scenario: Scenario):
    sources = {row.location: row.supplied_from for row in scenario.stocks}
    for location in sources:
        place, steps = location, 0
        while sources.get(place):
            place, steps = sources[place][0], steps + 1
        assert steps <= 4, location
        assert place in handled(scenario, "seaport"), location


def test_targets_are_thirty_ten_and_five_days(scenario: Scenario):
    hubs = {row.location: row.target_days for row in scenario.stocks}
    assert {hubs[place] for place in ("Rzeszów", "Lublin", "Suceava", "Constanța")} == {30}
    assert {hubs[place] for place in ("Lviv", "Bila Tserkva", "Uman", "Odesa")} == {10}
    assert {hubs[place] for place in ("Kyiv", "Rivne", "Vinnytsia")} == {5}


def test_every_aircraft_and_ship_has_a_rate(scenario: Scenario):
    flown = {row.unit_type for row in scenario.rates if row.item == "flying_hour"}
    sailed = {row.unit_type for row in scenario.rates if row.item == "ship_day"}
    assert flown == {row.unit_type for row in scenario.unit_types if row.moves == "flies"}
    assert sailed == {row.unit_type for row in scenario.unit_types if row.moves == "sails"}


def test_every_supply_has_a_price(scenario: Scenario):
    assert {row.supply for row in scenario.rates if row.item == "supply_t"} == {row.supply for row in scenario.consumption}


def test_reimbursement_is_the_rate_of_the_united_nations(scenario: Scenario):
    [row] = [row for row in scenario.rates if row.item == "reimbursement"]
    assert row.value == pytest.approx(1428 * 0.9, abs=0.5)
    assert row.per == "person_month"


def test_the_key_by_defence_spending_follows_the_table_of_nations(scenario: Scenario):
    spent = {row.nation: row.defence_spending or 0 for row in scenario.nations if row.kind == "state"}
    shares = {row.nation: row.share for row in scenario.funding if row.funding_key == "defence spending"}
    assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
    for nation, share in shares.items():
        assert share == pytest.approx(spent[nation] / sum(spent.values()), abs=2e-5), nation


def test_an_assumption_says_so_and_has_a_range_where_one_is_asked_for(scenario: Scenario):
    known = {row.reference for row in scenario.references}
    for row in (*scenario.handling, *scenario.fleets, *scenario.stocks, *scenario.rates, *scenario.seasons, *scenario.activities):
        keys = set(re.findall(r"\[([a-z0-9-]+)\]", row.source or "")) - {"factors"}
        assert keys <= known, row
        if row.status == "assumption":
            assert (row.source or "").startswith("Assumption: "), row
            assert row.confidence == "low", row
        if row.status == "sourced":
            assert keys, row
    for table in (scenario.handling, scenario.rates):
        for ranged in table:
            assert ranged.low is not None, ranged
            assert ranged.high is not None, ranged
            assert ranged.low < ranged.high or ranged.key_text() == "reimbursement", ranged
