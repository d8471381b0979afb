"""Bases of the reserve: by hand, against every choice there is, and on a road map of four towns."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sizing.small_mandates import quantities, sized, task

from contingent.errors import BadScenario
from contingent.model.ground import Link, Sector, Trace
from contingent.model.rows import Location
from contingent.sizing.bases import exchanged, fewest_bases


def every_choice(hours: np.ndarray, within: float) -> tuple[int, float]:
    """Oracle: the fewest bases, and of those the fewest hours, by trying all sets of bases."""
    points = [p for p in range(hours.shape[1]) if (hours[:, p] <= within).any()]
    for count in range(len(hours) + 1):
        best = math.inf
        for chosen in itertools.combinations(range(len(hours)), count):
            nearest = [min((hours[b, p] for b in chosen), default=math.inf) for p in points]
            if all(hour <= within for hour in nearest):
                best = min(best, sum(nearest))
        if best < math.inf:
            return count, best
    raise AssertionError("some base reaches each of the points")


def test_two_bases_by_hand():
    """Within 2 h A reaches p and q, B reaches q and r, C reaches r alone: A with B or with C. C is nearer to r."""
    hours = np.array([[1.0, 2.0, 9.0], [9.0, 2.0, 2.0], [9.0, 9.0, 0.0]])
    assert fewest_bases(hours, 2.0) == [0, 2]


def test_a_point_that_no_base_reaches_keeps_no_other_from_being_reached():
    assert fewest_bases(np.array([[1.0, 50.0], [30.0, 50.0]]), 2.0) == [0]
    assert fewest_bases(np.array([[math.inf], [9.0]]), 2.0) == []


def test_exchange_never_gives_up_a_point():
    hours = np.array([[1.0, 2.0, 9.0], [9.0, 2.0, 2.0], [9.0, 9.0, 0.0]])
    assert exchanged(hours, [0, 1], 2.0) == [0, 2]


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    bases, points = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    cells = draw(st.lists(st.integers(0, 20), min_size=bases * points, max_size=bases * points))
    return np.array(cells, dtype=float).reshape(bases, points) / 2


@settings(max_examples=120, deadline=None)
@given(tables(), st.integers(1, 16))
def test_no_choice_has_fewer_bases_or_of_as_many_fewer_hours(hours, halves):
    within = halves / 2
    chosen = fewest_bases(hours, within)
    count, total = every_choice(hours, within)
    reached = (hours <= within).any(axis=0)
    found = hours[chosen][:, reached].min(axis=0) if chosen else np.zeros(0)
    assert len(chosen) == count
    assert (found <= within).all()
    assert found.sum() == pytest.approx(total)


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(1, 8), st.integers(1, 8))
def test_more_time_never_asks_for_more_bases(hours, halves, more):
    reached = hours[:, (hours <= halves / 2).any(axis=0)]
    if reached.size:
        assert len(fewest_bases(reached, (halves + more) / 2)) <= len(fewest_bases(reached, halves / 2))


# ----------------------------------------------------------------------------------------------------------- on a small map


def town(name: str, longitude: float | None, kind: str | None = "base", **columns) -> Location:
    return Location(location=name, kind=kind, country="HST", longitude=longitude, latitude=0.0, **columns)


MARCH = {
    "march_speed_kmh": 50.0, "road_detour": 1.5, "reserve_hours": 3.0, "reserve_step_km": 30.0, "reserve_units_per_base": 2.0,
}  # fmt: skip

TOWNS = (town("A", 30.0), town("B", 31.0), town("C", 32.0), town("Port", 33.0, kind="port"))
ROADS = tuple(
    Link(link=f"{a}{b}", from_location=a, to_location=b, mode="road", km=120)
    for a, b in (("A", "B"), ("B", "C"), ("C", "Port"))
)
BELT = "POLYGON ((29.5 -1, 34 -1, 34 1, 29.5 1, 29.5 -1))"


def test_a_sector_without_a_line_has_its_places_reached():
    """Towns 120 km of road apart, 2.4 h at 50 km/h; within 3 h a base reaches its neighbours. A and the port need two bases.

    C for the port, and A or B for A: {A, C} 0 + 2.4 + 0 + 2.4 h, {B, C} 2.4 + 0 + 0 + 2.4 h. Alike; either is right.
    """
    found = sized(
        task("mobile_reserve", sector="Belt", capability="heavy_battlegroup"), MARCH, locations=TOWNS, links=ROADS,
        sectors=(Sector(sector="Belt", geometry=BELT),),
    )  # fmt: skip
    assert sorted(quantities(found).values()) == [2, 2]
    places = {line.location for line in found.lines}
    assert places in ({"A", "C"}, {"B", "C"})
    reach = found.reach(None)
    assert sorted(reach["hours"].to_list()) == [0.0, 0.0, 2.4, 2.4]
    assert set(reach["base"]) == places


def test_points_of_the_line_and_sites_are_reached():
    """A line along the equator from 30 to 31 degrees, 111.3 km: at 30 km a step four steps, five points. The port is a site.

    A quarter of a degree off the road takes 27.8 km x 1.5 / 50 km/h = 0.83 h. From A the third quarter is reached by way of B in
    2.4 + 0.83 = 3.23 h, from B the first by way of A in as many: too late. So both are needed, and C for the port.
    """
    trace = Trace(trace="line", geometry="LINESTRING (30 0, 31 0)")
    found = sized(
        task("mobile_reserve", sector="Belt", capability="heavy_battlegroup"), MARCH, locations=TOWNS, links=ROADS,
        sectors=(Sector(sector="Belt", geometry=BELT),), traces=(trace,),
    )  # fmt: skip
    assert found.reach(None)["point"].to_list() == [f"line, point {number}" for number in range(1, 6)] + ["Port"]
    assert [line.location for line in found.lines] == ["A", "B", "C"]
    assert found.reach(None)["hours"].to_list() == [0.0, 0.83, 1.67, 0.83, 0.0, 2.4]


def test_a_sector_without_a_shape_counts_the_places_that_lie_in_it_by_name():
    field, spot = town("Field", None, kind="sector"), town("Spot", 30.5, kind=None, within="Field")
    found = sized(
        task("mobile_reserve", sector="S", capability="heavy_battlegroup"), MARCH, locations=(*TOWNS, field, spot), links=ROADS,
        sectors=(Sector(sector="S", location="Field"),),
    )  # fmt: skip
    assert found.reach(None)["point"].to_list() == ["Spot"]


def test_a_reserve_without_a_place_to_stand_or_a_point_to_reach_is_a_finding():
    asked = task("mobile_reserve", capability="heavy_battlegroup")
    with pytest.raises(BadScenario) as bad:
        sized(asked, MARCH, locations=(town("Port", 33.0, kind="port"),))
    assert [finding.table for finding in bad.value.findings] == ["locations.csv"]
    with pytest.raises(BadScenario) as bad:
        sized(asked, MARCH)
    assert [finding.table for finding in bad.value.findings] == ["tasks.csv", "locations.csv"]
