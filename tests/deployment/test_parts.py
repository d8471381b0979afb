"""What moves for a tour: parts add up to the unit, go from its home to its place and back, and set out when it is ready."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.plan import hand_made
from tests.plan.hand_made import tour

from contingent.deployment.homes import Homes
from contingent.deployment.parts import elements_of, parts_of
from contingent.model.ground import Link
from contingent.model.mandate import Factor
from contingent.model.rows import Location, PoolEntry, UnitType
from contingent.network.kinds import KINDS
from contingent.plan.columns import frame

GROUND = {
    "locations": (
        Location(location="Land", country="HST"),
        Location(location="Field", within="Land", kind="sector", latitude=50, longitude=30),
        Location(location="Alfa town", kind="rail hub", latitude=50, longitude=10),
        Location(location="Bravo port", kind="port", latitude=54, longitude=10),
        Location(location="Strait", kind="strait", latitude=50.0, longitude=5.1),
    ),
    "links": (
        Link(link="one", from_location="Alfa town", to_location="Field", mode="rail", km=1400, gauge_mm=1435),
        Link(link="two", from_location="Bravo port", to_location="Strait", mode="road", km=600),
        Link(link="three", from_location="Strait", to_location="Alfa town", mode="road", km=600),
    ),
}  # fmt: skip
TYPES = (
    UnitType(
        unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100, vehicles=40, outsized=10, marching=30,
        containers=6, weight_t=900, rail_wagons=24, lane_m=399,
    ),
    UnitType(unit_type="drone", name="Drones", domain="air", echelon="flight", personnel=20, moves="flies", containers=2),
)  # fmt: skip


def scenario(**changes):
    return hand_made.scenario(**(GROUND | {"unit_types": TYPES} | changes))


def with_home(name, **cells):
    return tuple(row.model_copy(update=cells) if row.offer == name else row for row in hand_made.scenario().offers)


def parts(given, *rows, until=None):
    return parts_of(given, frame("tours", list(rows)), until=until)


def test_a_company_in_its_parts():
    found = parts(scenario(offers=with_home("ALF-guard", home_location="Alfa town")), tour("ALF-guard/1", "L1", 0))
    out = [part for part in found if part.direction == "out"]
    # 900 t less 60 t of stores are rolling; 30 vehicles that march weigh 12 t each, the rest is carried.
    assert [(part.kind, part.size, part.people, part.vehicles, part.tonnes) for part in out] == [
        ("people", 100, 100, 0, pytest.approx(10)), ("marching", 30, 0, 30, 360), ("carried", 10, 0, 10, 480),
        ("stores", 6, 0, 0, 60),
    ]  # fmt: skip
    assert [part.wagons for part in out] == [0, 12, 10, 2]
    assert sum(part.lane_m for part in out) == 399
    assert {(part.origin, part.destination, part.ready, part.required) for part in out} == {("Alfa town", "Field", 0, 0)}
    # A quarter of the unit's weight each: the people of a line of priority 1.
    assert {part.weight for part in out} == {25.0}
    assert [part.movement for part in out][:2] == ["ALF-guard/1@0 out 1", "ALF-guard/1@0 out 2"]


def test_the_way_home_weighs_little_and_takes_a_month():
    given = scenario(offers=with_home("ALF-guard", home_location="Alfa town"))
    home = [part for part in parts(given, tour("ALF-guard/1", "L1", 0)) if part.direction == "home"]
    assert {(part.origin, part.destination, part.ready, part.required) for part in home} == {("Field", "Alfa town", 180, 210)}
    assert {part.weight for part in home} == {25.0 / 16}


def test_a_tour_that_outlasts_the_horizon_has_no_way_home():
    assert {part.direction for part in parts(scenario(), tour("ALF-guard/1", "L1", 180))} == {"out"}


def test_only_what_is_required_before_a_day():
    given = scenario()
    assert parts(given, tour("ALF-guard/1", "L1", 30), until=30) == []
    assert {part.direction for part in parts(given, tour("ALF-guard/1", "L1", 30), until=31)} == {"out"}


@pytest.mark.parametrize(("from_day", "notice", "ready"), [(90, 0, 76), (90, 80, 80), (90, 90, 90)])
def test_nobody_sets_out_before_it_is_ready_nor_long_before_its_tour(from_day, notice, ready):
    given = scenario(offers=with_home("ALF-guard", notice_days=notice))
    [first, *_] = parts(given, tour("ALF-guard/1", "L1", from_day))
    assert first.ready == ready


def test_who_goes_again_on_the_day_on_which_he_is_rested_sets_out_before_it():
    """The way is neither tour nor dwell."""
    given = scenario()
    rows = [tour("ALF-guard/1", "L1", day, rested_day=rested) for day, rested in ((0, 210), (210, 400))]
    second = [part for part in parts(given, *rows) if part.required == 210 and part.direction == "out"]
    assert {part.ready for part in second} == {196}


def test_the_lead_is_a_factor():
    factors = (Factor(factor="movement_lead_days", value=30, unit="days", meaning="Lead."),)
    [first, *_] = parts(scenario(factors=factors), tour("ALF-guard/1", "L1", 90))
    assert first.ready == 60


def test_aircraft_fly_themselves_and_their_people_are_carried():
    out = [part for part in parts(scenario(), tour("CHL-drone/1", "L2", 90)) if part.direction == "out"]
    assert [(part.kind, part.size, part.own_days) for part in out] == [("self", 0, 1), ("people", 20, 0), ("stores", 2, 0)]


def test_a_ship_sails_with_her_crew():
    ship = UnitType(unit_type="guard", name="Ship", domain="maritime", echelon="ship", personnel=100, moves="sails")
    given = scenario(unit_types=(ship, TYPES[1]), offers=with_home("ALF-guard", home_location="Bravo port"))
    [out, _] = parts(given, tour("ALF-guard/1", "L1", 0))
    # 1,434 km by the cosine rule on a sphere, times 1.6, at 28 km/h.
    assert out.kind == "self"
    assert out.own_days == pytest.approx(1434 * 1.6 / 24 / 28, rel=0.01)


@given(
    st.integers(0, 1500), st.integers(0, 200), st.none() | st.integers(0, 400), st.integers(0, 150), st.floats(0, 20_000),
    st.sampled_from(["carried", "sails", "flies"]), st.integers(0, 400),
)  # fmt: skip
def test_parts_add_up_to_the_footprint(people, outsized, marching, containers, weight, moves, more):
    vehicles = outsized + (more if marching is None else marching)
    unit_type = UnitType(
        unit_type="guard", name="Guard", domain="land", echelon="company", personnel=people, vehicles=vehicles, outsized=outsized,
        marching=marching, containers=containers, weight_t=weight, moves=moves,
    )  # fmt: skip
    assume(outsized or marching is None or marching or weight <= 10 * containers)
    given = scenario(unit_types=(unit_type, TYPES[1]))
    out = [
        part for part in parts(given, tour("ALF-guard/1", "L1", 0, people=people)) if part.direction == "out"
    ]  # fmt: skip
    carried = moves != "sails"
    assert sum(part.people for part in out) == (people if carried else 0)
    assert sum(part.vehicles for part in out) == vehicles
    assert sum(part.size for part in out if part.kind == "stores") == containers
    freight = sum(part.tonnes for part in out if part.kind not in ("people", "self"))
    rolling = vehicles > 0
    assert freight == pytest.approx(10 * containers + (max(0, weight - 10 * containers) if rolling else 0))
    assert all(part.size <= KINDS[part.kind].largest for part in out if part.kind != "self")
    if out:
        assert sum(part.weight for part in out) == pytest.approx(max(1, people))
    assert [kind for kind, _, _ in elements_of(unit_type, people)] == list(dict.fromkeys(part.kind for part in out))


# Homes.


def test_the_nearest_place_from_which_one_may_set_out():
    alike = {"formation_type": "brigade", "domain": "land"}
    pool = (
        PoolEntry(entry="one", nation="ALF", name="One", home="Barracks", latitude=50.2, longitude=9.5, **alike),
        PoolEntry(entry="two", nation="BRV", name="Two", home="Docks", latitude=53.9, longitude=10.4, **alike),
    )
    homes = Homes(scenario(pool=pool))
    offers = {row.offer: row for row in hand_made.scenario().offers}
    assert homes.of(offers["ALF-guard"].model_copy(update={"home": "Barracks"})) == "Alfa town"
    # Nothing says where: the nation's first home station.
    assert homes.of(offers["BRV-guard"]) == "Bravo port"
    assert homes.of(offers["CHL-guard"]) is None
    assert homes.of(offers["CHL-guard"].model_copy(update={"home": "Bravo port"})) == "Bravo port"
    assert homes.of(offers["CHL-guard"].model_copy(update={"home_location": "Field"})) == "Field"
