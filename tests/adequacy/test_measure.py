"""Adequacy against hours worked out by hand on a small road, and against networkx on larger ones."""

import math
from datetime import date
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.adequacy import HOURS, faults_of_adequacy, measure
from contingent.errors import BadScenario
from contingent.model.ground import Link, Sector
from contingent.model.mandate import Factor
from contingent.model.rows import Location, Nation, Offer, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.structure import HostForce, Incursion
from contingent.plan.columns import COLUMNS, frame


def factor(name: str, value: float, scope: str = "all") -> Factor:
    return Factor(factor=name, scope=scope, value=value, unit="-", meaning="made up", source="made up for the test")


FACTORS = (factor("march_speed_kmh", 20), factor("road_detour", 1.5), factor("notice_to_march_h", 4))


def scenario(**changes: Any) -> Scenario:
    """East has a sector with the town Aim in it. By road: Aim 40 km Near, Near 200 km Far (at 50 km/h), Isle has no road.

    Hours at 20 km/h: Near 2, Far 2 + 4 = 6; with notice of 4 hours: 6 and 10.
    """
    tables: dict[str, Any] = {
        "nations": (Nation(nation="AAA", name="A"), Nation(nation="BBB", name="B")),
        "unit_types": (
            UnitType(
                unit_type="battlegroup", name="Battlegroup", domain="land", echelon="battlegroup", personnel=800, battalions=1),
            UnitType(unit_type="company", name="Company", domain="land", echelon="company", personnel=150, battalions=0.25),
            UnitType(unit_type="staff", name="Staff", domain="land", echelon="headquarters", personnel=100),
        ),
        "locations": (
            Location(location="East", country="HST"), Location(location="Aim", within="East"), Location(location="Near"),
            Location(location="Far"), Location(location="Isle"), Location(location="Camp", within="Near"),
        ),
        "sectors": (Sector(sector="E", location="Aim"),),
        "links": (
            Link(link="1", from_location="Aim", to_location="Near", mode="road", km=40),
            Link(link="2", from_location="Far", to_location="Near", mode="road", km=200, speed_kmh=50),
            Link(link="3", from_location="Isle", to_location="Aim", mode="sea", km=10),
        ),
        "offers": (
            Offer(offer="A", nation="AAA", unit_type="battlegroup", quantity=9),
            Offer(offer="B", nation="BBB", unit_type="battlegroup", quantity=9, excluded_locations=("East",)),
            Offer(offer="C", nation="BBB", unit_type="company", quantity=9),
            Offer(offer="S", nation="AAA", unit_type="staff", quantity=9),
        ),
        "host_forces": (
            HostForce(host_force="Guard", location="Aim", battalions=1),
            HostForce(host_force="Reserve", location="Aim", battalions=2, notice_hours=24),
            HostForce(host_force="Army", location="Far", battalions=4, notice_hours=66),
            HostForce(host_force="Later", location="Aim", battalions=50, from_day=200),
        ),
        "incursions": (Incursion(incursion="raid", title="A raid", sector="E", battalions=9, ratio=3, day=100),),
        "factors": FACTORS,
    }
    options = Settings(title="Adequacy", start_date=date(2030, 1, 1), horizon_days=360, period_days=180)
    return Scenario(settings=options, **(tables | changes))


KIND = {"A": ("AAA", "battlegroup"), "B": ("BBB", "battlegroup"), "C": ("BBB", "company"), "S": ("AAA", "staff")}


def tours(*sent: tuple[str, str | None], days: tuple[int, int, int] = (0, 180, 180)) -> pl.DataFrame:
    """Tours of these (offer, place); days are first, end of service and end."""
    rows = [
        {"unit": f"{offer}-{number}", "offer": offer, "nation": KIND[offer][0], "unit_type": KIND[offer][1], "line": "1",
         "location": place, "from_day": days[0], "serves_until_day": days[1], "until_day": days[2]}
        for number, (offer, place) in enumerate(sent)
    ]  # fmt: skip
    return frame("tours", rows)


def counted(found: pl.DataFrame, column: str) -> list[Any]:
    return found[column].to_list()


# ------------------------------------------------------------------------------------------------------------------- by hand


AWAITING = (
    HostForce(host_force="Guard", location="Aim", battalions=1),
    HostForce(host_force="First", location="Aim", battalions=3, formation="Brigade 1"),
    HostForce(host_force="Second", location="Near", battalions=2, formation="Brigade 2"),
    HostForce(host_force="Third", location="Aim", battalions=5, formation="Brigade 3", from_day=200),
)


def test_a_brigade_counts_from_the_day_on_which_aid_has_equipped_it():
    """On day 100 the first has its equipment since that day, the second, two hours away, a day later; the third is not there."""
    found = measure(scenario(host_forces=AWAITING), tours(), None, {"Brigade 1": 100, "Brigade 2": 101, "Brigade 3": 0})
    assert counted(found, "host") == [4] * 5
    assert counted(found, "host_by_aid") == [3] * 5
    assert counted(found, "host_awaiting") == [0, 2, 2, 2, 2]
    said = found["assumption"][0]
    assert "3 battalions of the host by aid (Brigade 1 on D+100)" in said
    assert "2 battalions of the host still waiting for equipment on D+100 (Brigade 2 on D+101)" in said


@pytest.mark.parametrize("equipped", [None, {}, {"Brigade 1": None, "Brigade 2": None}])
def test_a_brigade_that_nobody_foresees_equipped_does_not_count(equipped):
    found = measure(scenario(host_forces=AWAITING), tours(), None, equipped)
    assert counted(found, "host") == [1] * 5
    assert counted(found, "host_awaiting") == [3, 5, 5, 5, 5]
    assert "5 battalions of the host not equipped on any day that is foreseen (Brigade 1, Brigade 2)" in found["assumption"][0]


@given(day=st.integers(0, 200), sooner=st.integers(0, 100))
def test_sooner_equipped_is_never_fewer_battalions(day, sooner):
    case = scenario(host_forces=AWAITING)
    late, early = (measure(case, tours(), None, {"Brigade 1": when, "Brigade 2": day}) for when in (day, max(0, day - sooner)))
    assert all(a <= b for a, b in zip(counted(late, "total"), counted(early, "total"), strict=True))
    for found in (late, early):
        assert [a + b for a, b in zip(counted(found, "host"), counted(found, "host_awaiting"), strict=True)] == [4, 6, 6, 6, 6]


def test_battalions_by_the_hour():
    """Aim at once; Near after 4 + 2 = 6 hours, Far after 4 + 6 = 10; the host's own after 0, 24, and 66 + 6 = 72 hours."""
    found = measure(scenario(), tours(("A", "Aim"), ("C", "Aim"), ("A", "Near"), ("A", "Far"), ("S", "Aim")), None)
    assert dict(found.schema) == COLUMNS["adequacy"]
    assert counted(found, "hours") == list(HOURS)
    assert counted(found, "coalition") == [1.25, 2.25, 3.25, 3.25, 3.25]
    assert counted(found, "host") == [1, 1, 3, 7, 7]
    assert counted(found, "needed") == [3.0] * 5
    assert counted(found, "enough") == [False, True, True, True, True]


def test_a_nation_that_rules_the_sector_out_does_not_come():
    found = measure(scenario(host_forces=()), tours(("B", "Near"), ("A", "Near")), None)
    assert counted(found, "coalition") == [0, 1, 1, 1, 1]
    assert "1 battalion does not come: BBB rules out East" in found["assumption"][0]


def test_what_no_road_reaches_does_not_come_and_is_named():
    found = measure(scenario(host_forces=()), tours(("A", "Isle"), ("A", None)), None)
    assert counted(found, "coalition") == [0] * 5
    assert "1 battalion does not come: no way by road from Isle" in found["assumption"][0]
    assert "1 battalion does not come: no way by road from a line without a place" in found["assumption"][0]


def test_a_host_force_that_no_road_joins_does_not_come_either():
    islanders = HostForce(host_force="Islanders", location="Isle", battalions=2)
    found = measure(scenario(host_forces=(islanders,)), tours(), None)
    assert counted(found, "host") == [0] * 5
    assert "2 battalions do not come: no way by road from Isle (Islanders)" in found["assumption"][0]


def test_a_host_force_that_holds_its_own_sector_counts_there_and_nowhere_else():
    holding = (
        HostForce(host_force="Guard", location="Aim", battalions=3, role="holds"),
        HostForce(host_force="Neighbours", location="Near", battalions=5, role="holds"),
    )
    found = measure(scenario(host_forces=holding), tours(), None)
    assert counted(found, "host") == [3] * 5
    assert "5 battalions do not come: Neighbours holds its own sector" in found["assumption"][0]


def test_a_place_without_a_road_counts_as_where_it_lies():
    found = measure(scenario(host_forces=()), tours(("A", "Camp")), None)
    assert counted(found, "coalition") == [0, 1, 1, 1, 1]


def test_only_units_that_serve_on_the_day_count():
    for days, there in (((0, 100, 130), 0), ((0, 101, 130), 1), ((100, 200, 200), 1), ((101, 200, 200), 0)):
        found = measure(scenario(host_forces=()), tours(("A", "Aim"), days=days), None)
        assert counted(found, "coalition") == [there] * 5


def test_every_assumption_is_said_with_its_source():
    said = measure(scenario(), tours(), None)["assumption"][0]
    assert said == (
        "9 battalions, one in defence against 3 (assumption); units that serve on day 100, to Aim by the shortest road; "
        "march 20 km/h where a link has no speed of its own (factor march_speed_kmh, assumption: made up for the test); "
        "off the roads 1.5 times the distance (factor road_detour, assumption: made up for the test); "
        "4 h from order to march off (factor notice_to_march_h, assumption: made up for the test); "
        "host forces as given in host_forces.csv (assumption), at their own notice; "
        "no fight, no losses and no air are modelled.")


def test_a_place_inside_the_polygon_is_in_the_sector():
    square = "POLYGON ((30 50, 31 50, 31 51, 30 51, 30 50))"
    places = tuple(
        row.model_copy(update={"latitude": 50.5, "longitude": 30.5}) if row.location == "Far" else row
        for row in scenario().locations)
    case = scenario(locations=places, sectors=(Sector(sector="E", location="Aim", geometry=square),), host_forces=())
    assert counted(measure(case, tours(("A", "Far")), None), "coalition") == [1] * 5


def test_a_sector_without_a_place_is_reached_at_its_middle():
    """On the equator a degree of longitude is 111.319 km; one and a half times that at 20 km/h is 8.35 h, and 4 of notice."""
    square = "POLYGON ((-0.1 -0.1, 0.1 -0.1, 0.1 0.1, -0.1 0.1, -0.1 -0.1))"
    places = (Location(location="Post", latitude=0.0, longitude=1.0),)
    case = scenario(
        locations=places, links=(), host_forces=(), sectors=(Sector(sector="E", geometry=square),),
        factors=(factor("march_speed_kmh", 20), factor("road_detour", 1.5), factor("notice_to_march_h", 15.6)))
    assert counted(measure(case, tours(("A", "Post")), None), "coalition") == [0, 0, 1, 1, 1]
    late = case.model_copy(update={"factors": (*FACTORS[:2], factor("notice_to_march_h", 15.7))})
    assert counted(measure(late, tours(("A", "Post")), None), "coalition") == [0, 0, 0, 1, 1]


def test_a_factor_of_the_option_goes_before_the_general_one():
    case = scenario(factors=(*FACTORS, factor("notice_to_march_h", 30, scope="small")), host_forces=())
    assert counted(measure(case, tours(("A", "Near")), "small"), "coalition") == [0, 0, 0, 1, 1]
    assert counted(measure(case, tours(("A", "Near")), "large"), "coalition") == [0, 1, 1, 1, 1]


def test_incursions_of_other_options_are_left_out():
    raid = Incursion(incursion="raid", title="A raid", sector="E", battalions=9, option=("large",))
    assert measure(scenario(incursions=(raid,)), tours(), "small").is_empty()
    assert measure(scenario(incursions=(raid,)), tours(), "large").height == 5


def test_a_missing_factor_is_a_finding():
    case = scenario(factors=FACTORS[1:])
    (finding,) = faults_of_adequacy(case)
    assert finding.what == "'march_speed_kmh' (speed of march by road) is missing: incursions.csv cannot be answered without it."
    with pytest.raises(BadScenario):
        measure(case, tours(), None)
    assert faults_of_adequacy(scenario(factors=(), incursions=())) == ()
    assert measure(scenario(factors=(), incursions=()), tours(), None).is_empty()


def test_a_day_beyond_the_horizon_is_a_warning():
    raid = Incursion(incursion="raid", title="A raid", sector="E", battalions=9, day=360)
    assert [finding.severity for finding in faults_of_adequacy(scenario(incursions=(raid,)))] == ["warning"]


# ----------------------------------------------------------------------------------------------------------------- by oracle

PLACES = ("Aim", "P1", "P2", "P3", "P4", "P5")


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES), st.integers(1, 900)), max_size=9),
    st.lists(st.sampled_from(PLACES), max_size=6),
    st.integers(5, 40), st.integers(0, 30))
@settings(max_examples=60)
def test_reach_is_that_of_networkx(roads, sent, speed, notice):
    graph = nx.MultiGraph()
    graph.add_nodes_from(PLACES)
    links = []
    for number, (a, b, km) in enumerate(roads):
        if a != b:
            graph.add_edge(a, b, km=km)
            links.append(Link(link=str(number), from_location=a, to_location=b, mode="road", km=km))
    case = scenario(
        locations=tuple(Location(location=place) for place in PLACES), links=tuple(links), host_forces=(),
        factors=(factor("march_speed_kmh", speed), factor("road_detour", 1.5), factor("notice_to_march_h", notice)))
    km = nx.single_source_dijkstra_path_length(graph, "Aim", weight="km")
    arrives = [0.0 if place == "Aim" else notice + km.get(place, math.inf) / speed for place in sent]
    found = measure(case, tours(*(("A", place) for place in sent)), None)
    assert counted(found, "coalition") == [sum(1 for hour in arrives if hour <= hours + 1e-9) for hours in HOURS]


@given(st.lists(st.sampled_from(["Aim", "Near", "Far", "Isle", "Camp"]), max_size=8))
@settings(max_examples=30)
def test_later_is_never_less_and_more_units_never_less(sent):
    one = measure(scenario(), tours(*(("A", place) for place in sent)), None)
    more = measure(scenario(), tours(*(("A", place) for place in [*sent, "Near"])), None)
    totals = counted(one, "total")
    assert totals == sorted(totals)
    assert all(a <= b for a, b in zip(totals, counted(more, "total"), strict=True))
    assert one.equals(measure(scenario(), tours(*(("A", place) for place in reversed(sent))), None))
