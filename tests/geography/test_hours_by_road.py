"""Hours by road on graphs small enough to work out by hand, and against a plain Floyd-Warshall that knows no geometry."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.geography.roads import RoadNetwork
from contingent.geography.shapes import Point
from contingent.model.ground import Link
from contingent.model.rows import Location

EQUATOR_KM = 111.319490793
"""One degree of longitude at the equator of WGS 84: pi x 6378.137 km / 180. [km]"""


def place(name: str, longitude: float | None = None, latitude: float = 0.0) -> Location:
    """A place on the equator, or one without a position."""
    return Location(location=name, latitude=None if longitude is None else latitude, longitude=longitude)


def road(a: str, b: str, km: float, *, speed: float | None = None, mode: str = "road", name: str | None = None) -> Link:
    return Link(link=name or f"{a}-{b}", from_location=a, to_location=b, mode=mode, km=km, speed_kmh=speed)


def test_the_shortest_way_in_hours_is_not_the_shortest_in_km():
    """A to C: 100 km on a track at 20 km/h take 5 h; 80 + 80 km by way of B at 40 km/h take 4 h."""
    roads = RoadNetwork(
        [road("A", "C", 100, speed=20), road("A", "B", 80), road("B", "C", 80)],
        [place("A"), place("B"), place("C")],
        speed_kmh=40,
    )
    assert roads.hours_from("A") == {"A": 0.0, "B": 2.0, "C": 4.0}


def test_only_roads_are_marched_on_and_both_ways():
    roads = RoadNetwork(
        [road("A", "B", 40), road("A", "C", 1, mode="rail"), road("C", "B", 1, mode="sea", name="ferry")],
        [place("A"), place("B"), place("C")],
        speed_kmh=40,
    )
    assert roads.hours_from("B") == {"B": 0.0, "A": 1.0}


def test_of_two_roads_between_two_places_the_quicker_counts():
    roads = RoadNetwork([road("A", "B", 40, name="old"), road("B", "A", 60, speed=120, name="new")], [], speed_kmh=40)
    assert roads.hours_from("A")["B"] == pytest.approx(0.5)


def test_a_point_is_reached_by_way_of_the_place_on_the_roads_that_is_nearest_to_it():
    """A at 0 and C at 1 degree of longitude, the road between them 400 km around a lake; the point lies at 0.9 degrees.

    By road to C in 10 h, then 0.1 degree x 1.5 at 40 km/h. Straight across from A would be 0.9 degrees = 3.76 h.
    """
    roads = RoadNetwork([road("A", "C", 400)], [place("A", 0.0), place("C", 1.0)], speed_kmh=40, detour=1.5)
    assert roads.hours_to_points(["A"], [Point(0.0, 0.9)])[0, 0] == pytest.approx(10 + 0.1 * EQUATOR_KM * 1.5 / 40)


def test_a_point_nearest_to_where_one_stands_is_reached_directly():
    roads = RoadNetwork([road("A", "C", 400)], [place("A", 0.0), place("C", 1.0)], speed_kmh=40, detour=1.5)
    assert roads.hours_to_points(["A"], [Point(0.0, 0.4)])[0, 0] == pytest.approx(0.4 * EQUATOR_KM * 1.5 / 40)


def test_a_base_off_the_roads_is_joined_to_the_nearest_place_on_them():
    """D lies 0.1 degree from A; A to C is 40 km, one hour."""
    roads = RoadNetwork([road("A", "C", 40)], [place("A", 0.0), place("C", 1.0), place("D", -0.1)], speed_kmh=40, detour=2.0)
    joined = 0.1 * EQUATOR_KM * 2 / 40
    assert roads.hours_from("D")["C"] == pytest.approx(joined + 1)
    assert roads.hours_from("C")["D"] == pytest.approx(joined + 1)


def test_what_no_road_joins_is_not_reached_by_it():
    """Two islands. A place without a position on an island of its own is out of reach; so is it from there."""
    roads = RoadNetwork([road("A", "B", 40), road("X", "Y", 40)], [place("A", 0.0), place("B", 1.0)], speed_kmh=40)
    assert roads.hours_from("A") == {"A": 0.0, "B": 1.0}
    assert roads.hours_from("X") == {"X": 0.0, "Y": 1.0}
    assert math.isinf(roads.hours_to_points(["X"], [Point(0.0, 0.5)])[0, 0])


def test_without_roads_one_goes_straight():
    roads = RoadNetwork([], [place("A", 0.0), place("B", 1.0)], speed_kmh=40, detour=1.2)
    assert roads.hours_from("A")["B"] == pytest.approx(EQUATOR_KM * 1.2 / 40)
    assert roads.hours_to_points(["A"], []).shape == (1, 0)


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_a_march_needs_a_speed(speed):
    with pytest.raises(ValueError, match="speed_kmh"):
        RoadNetwork([], [], speed_kmh=speed)


@st.composite
def small_graphs(draw: st.DrawFn) -> list[tuple[int, int, float, float | None]]:
    pairs = list(itertools.combinations(range(6), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=12))
    return [
        (a, b, draw(st.integers(1, 300)) * 1.0, draw(st.sampled_from([None, 20.0, 60.0])))
        for a, b in chosen
    ]


@settings(max_examples=60, deadline=None)
@given(small_graphs())
def test_hours_are_those_of_floyd_and_warshall(edges):
    """Oracle: the textbook triple loop over a matrix."""
    best = [[0.0 if a == b else math.inf for b in range(6)] for a in range(6)]
    for a, b, km, speed in edges:
        hours = km / (speed or 40.0)
        best[a][b] = best[b][a] = min(best[a][b], hours)
    for via, a, b in itertools.product(range(6), repeat=3):
        best[a][b] = min(best[a][b], best[a][via] + best[via][b])
    links = [road(f"P{a}", f"P{b}", km, speed=speed, name=str(number)) for number, (a, b, km, speed) in enumerate(edges)]
    roads = RoadNetwork(links, [], speed_kmh=40)
    for a, b in itertools.product(range(6), repeat=2):
        assert roads.hours_from(f"P{a}").get(f"P{b}", math.inf) == pytest.approx(best[a][b])
