"""The ground of the reference scenario held against published figures: sectors, the line, roads, how far units stand off."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from contingent import read_scenario
from contingent.model.ground import Link
from contingent.model.scenario import Scenario

REPOSITORY = Path(__file__).resolve().parents[2]
FACTS = REPOSITORY.parent / "shared" / "data"

OBLASTS_KM2 = {
    "West": {"Lviv": 21_833, "Volyn": 20_144, "Rivne": 20_047, "Ternopil": 13_823, "Ivano-Frankivsk": 13_900,
             "Khmelnytskyi": 20_645, "Chernivtsi": 8_097},
    "Centre": {"Kyiv City": 839, "Kyiv oblast": 28_131, "Zhytomyr": 29_832, "Vinnytsia": 26_513},
    "South-west": {"Odesa": 33_310, "Kirovohrad": 24_588, "Cherkasy": 20_900},
    "North-east": {"Kharkiv": 31_415, "Luhansk": 26_684},
    "East": {"Donetsk": 26_517, "Dnipropetrovsk": 31_914},
    "South-east": {"Zaporizhzhia": 27_180},
    "South": {"Kherson": 28_461, "Mykolaiv": 24_598},
}
"""Published areas (Wikipedia, list of Ukrainian oblasts by area). [km2]"""

PEOPLE_2019 = {
    "Lviv": 2503.7, "Volyn": 1032.6, "Rivne": 1156.2, "Ternopil": 1042.6, "Ivano-Frankivsk": 1370.5, "Khmelnytskyi": 1261.5,
    "Chernivtsi": 901.3, "Kyiv City": 2909.5, "Kyiv oblast": 1762.2, "Zhytomyr": 1221.0, "Vinnytsia": 1553.3, "Cherkasy": 1202.7,
    "Odesa": 2369.3, "Kirovohrad": 939.1, "Kharkiv": 2660.0, "Luhansk": 2147.2, "Donetsk": 4153.0, "Dnipropetrovsk": 3203.2,
    "Zaporizhzhia": 1705.1, "Kherson": 1036.2, "Mykolaiv": 1130.4,
}
"""State Statistics Service of Ukraine, 1 January 2019. [1,000 people]"""

AREA_TOLERANCE = 0.03
"""Shapes are simplified to some 4 km; islands and lagoons are left out or in."""

COAST_TOLERANCE = 0.06
"""The same where estuaries and a lagoon make the coast: what is counted as land differs."""

OVERLAP = 0.02
"""Share of the smaller shape; borders were simplified apart from each other."""

SEA = ("Western Black Sea", "Danube mouth", "Odesa approaches")
LINE_KM = 779
"""Length of the line as the facts state it. [km]"""

STANDING_OFF_KM = 150
"""No task's units stand nearer to the line than that by land. [km]"""

ACROSS_THE_WATER = ("Odesa", "Odesa harbour")
"""Some 70 km from the spit where the line ends."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("reassurance")


def shape(text: str) -> Any:
    from shapely import from_wkt

    return from_wkt(text)


def haversine_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on a sphere of the Earth's mean radius, of (latitude, longitude). [km]"""
    a, b = math.radians(one[0]), math.radians(other[0])
    turn = math.radians(other[1] - one[1])
    return 2 * 6371.0088 * math.asin(math.sqrt(math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2))


def equal_area_km2(text: str) -> float:
    """Area by Lambert's cylindrical equal-area projection of a sphere. [km2]"""
    def flat(points: Any) -> float:
        plane = [(math.radians(x) * 6371.0088, math.sin(math.radians(y)) * 6371.0088) for x, y in points]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(plane))) / 2

    polygon = shape(text)
    return flat(polygon.exterior.coords) - sum(flat(hole.coords) for hole in polygon.interiors)


# ------------------------------------------------------------------------------------------------------------------- sectors

def test_sectors_are_valid_shapes_in_and_off_ukraine(scenario: Scenario):
    assert [row.sector for row in scenario.sectors] == [*OBLASTS_KM2, *SEA]
    for row in scenario.sectors:
        polygon = shape(row.geometry or "")
        west, south, east, north = polygon.bounds
        assert polygon.geom_type == "Polygon", row.sector
        assert polygon.is_valid, row.sector
        assert 22 < west < east < 40.5, row.sector
        assert (43 if row.sector in SEA else 45) < south < north < 52.5, row.sector


@pytest.mark.parametrize("sector", OBLASTS_KM2)
def test_areas_are_near_those_of_the_oblasts(scenario: Scenario, sector: str):
    row = scenario.sector_by_name[sector]
    tolerance = COAST_TOLERANCE if sector == "South" else AREA_TOLERANCE
    assert equal_area_km2(row.geometry or "") == pytest.approx(sum(OBLASTS_KM2[sector].values()), rel=tolerance)
    assert all(name in (row.source or "") for name in OBLASTS_KM2[sector])


@pytest.mark.parametrize("sector", OBLASTS_KM2)
def test_people_are_those_of_the_statistic(scenario: Scenario, sector: str):
    expected = 1_000 * sum(PEOPLE_2019[name] for name in OBLASTS_KM2[sector])
    assert scenario.sector_by_name[sector].population == pytest.approx(expected, abs=1)


def test_sectors_hardly_overlap(scenario: Scenario):
    shapes = {row.sector: shape(row.geometry or "") for row in scenario.sectors}
    for one, first in shapes.items():
        for other, second in shapes.items():
            if one < other:
                assert first.intersection(second).area < OVERLAP * min(first.area, second.area), (one, other)


# ------------------------------------------------------------------------------------------------------------------ the line

def points_of(scenario: Scenario) -> list[tuple[float, float]]:
    [trace] = scenario.traces
    return [(y, x) for x, y in shape(trace.geometry).coords]


def test_the_line_is_as_long_as_the_facts_say(scenario: Scenario):
    points = points_of(scenario)
    assert sum(map(haversine_km, points, points[1:])) == pytest.approx(LINE_KM, rel=0.01)


def test_the_line_is_the_one_that_was_digitised(scenario: Scenario):
    path = FACTS / "geo" / "contact_line_approx_2025_04.geojson"
    if not path.is_file():
        pytest.skip("the line is not on this machine")
    drawn = [row["geometry"] for row in json.loads(path.read_text(encoding="utf-8"))["features"]]
    [line] = [geometry["coordinates"] for geometry in drawn if geometry["type"] == "LineString"]
    assert points_of(scenario) == [(y, x) for x, y in line]


def test_most_of_the_line_lies_in_the_sectors_along_it_and_none_in_the_rear(scenario: Scenario):
    [trace] = scenario.traces
    line = shape(trace.geometry)
    inside = {row.sector: shape(row.geometry or "").intersection(line).length / line.length for row in scenario.sectors}
    assert sum(inside.values()) > 0.9
    assert {sector for sector, share in inside.items() if share > 0} == {"North-east", "East", "South-east", "South"}


def test_units_stand_off_the_line(scenario: Scenario):
    """Measured to points on the line no more than some 20 km apart."""
    points = points_of(scenario)
    line = [(a[0] + (b[0] - a[0]) * step / 5, a[1] + (b[1] - a[1]) * step / 5)
            for a, b in pairwise(points) for step in range(5)]  # fmt: skip
    nearest: dict[str, float] = {}
    for task in scenario.tasks:
        place = scenario.location_by_name.get(task.location or "")
        if place is not None and place.country == "UKR" and place.latitude is not None and place.longitude is not None:
            nearest[place.location] = min(haversine_km((place.latitude, place.longitude), point) for point in line)
    across = {place: nearest.pop(place) for place in ACROSS_THE_WATER}
    assert all(65 < km < 75 for km in across.values())
    by_land = nearest
    assert len(by_land) > 8
    assert min(by_land.values()) > STANDING_OFF_KM
    assert min(by_land, key=by_land.__getitem__) == "Kropyvnytskyi"


# --------------------------------------------------------------------------------------------------------------------- roads

AT_HAND = (
    "Western sector", "Central sector", "South-western sector", "Ukrainian airspace, west and centre", "Training area Poland",
)  # fmt: skip
"""Places that stand for a town beside them: sectors, and two without a position."""


def roads_of(scenario: Scenario) -> list[Link]:
    return [link for link in scenario.links if link.mode == "road"]


def test_no_road_is_shorter_than_the_way_of_the_crow_nor_half_as_long_again(scenario: Scenario):
    places = scenario.location_by_name
    for link in roads_of(scenario):
        one, other = places[link.from_location], places[link.to_location]
        if {one.location, other.location} & set(AT_HAND):
            continue
        assert None not in (one.latitude, one.longitude, other.latitude, other.longitude), link.link
        crow = haversine_km((one.latitude or 0, one.longitude or 0), (other.latitude or 0, other.longitude or 0))
        assert 0.995 * crow <= link.km <= 1.5 * crow + 2, link.link


def test_roads_hang_together_and_lead_to_every_way_in(scenario: Scenario):
    """The roads of the continent are one piece; those of the British Isles and overseas need a ship."""
    import networkx as nx

    roads = nx.Graph((link.from_location, link.to_location) for link in roads_of(scenario))
    continent = nx.node_connected_component(roads, "Kyiv")
    apart = {scenario.location_by_name[place].country for place in roads.nodes - continent}
    assert apart == {"GBR", "CAN", "AUS"}
    ways_in = {"Rzeszów", "Lublin", "Suceava", "Constanța"}
    assert continent >= ways_in | {"Lviv", "Kyiv", "Odesa", "Bila Tserkva", "Uman", "Kharkiv"}


def test_no_two_ways_of_a_mode_join_the_same_places(scenario: Scenario):
    joined = [(frozenset((link.from_location, link.to_location)), link.mode, link.gauge_mm) for link in scenario.links]
    assert len(joined) == len(set(joined))


def test_every_link_says_where_its_length_is_from(scenario: Scenario):
    for link in scenario.links:
        assert "assumption" in (link.source or "").lower() or "[" in (link.source or ""), link.link


# ----------------------------------------------------------------------------------------------------- host and incursions

def test_host_forces_and_incursions_are_marked_as_assumptions(scenario: Scenario):
    for row in (*scenario.host_forces, *scenario.incursions):
        assert row.status == "assumption"
        assert row.confidence == "low" if hasattr(row, "confidence") else True
    assert sum(row.battalions for row in scenario.host_forces if row.formation is None) == pytest.approx(300, rel=0.1)


def test_host_forces_stand_at_places_with_a_position(scenario: Scenario):
    for row in scenario.host_forces:
        place = scenario.location_by_name[row.location]
        assert place.country == "UKR", row.host_force
        assert place.latitude is not None, row.host_force
