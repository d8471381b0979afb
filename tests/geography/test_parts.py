"""Polygons cut in two: areas against PROJ's own geodesics, random convex polygons, and what cannot be cut."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import from_wkt

from contingent.geography.parts import corners_of, fault_of_split, line_of, overlap_km2, polygon_of, split_by
from contingent.geography.shapes import Point, area_km2

SQUARE = "POLYGON ((30 48, 32 48, 32 50, 30 50, 30 48))"
GEOD = Geod(ellps="WGS84")


def geodesic_km2(polygon: str) -> float:
    """The area as PROJ has it, of one ring or several."""
    shape = from_wkt(polygon)
    rings = [part.exterior for part in getattr(shape, "geoms", (shape,))]
    return sum(abs(GEOD.polygon_area_perimeter(*zip(*ring.coords, strict=True))[0]) for ring in rings) / 1e6


@st.composite
def convex(draw: st.DrawFn) -> str:
    """Corners on an ellipse, by angle: convex whatever they are."""
    angles = sorted(draw(st.sets(st.integers(0, 17), min_size=4, max_size=12)))
    east, north = draw(st.floats(-60, 60)), draw(st.floats(-50, 50))
    wide, high = draw(st.floats(0.3, 1)), draw(st.floats(0.3, 1))
    turns = [math.radians(20 * step) for step in angles]
    return polygon_of([Point(north + high * math.sin(turn), east + wide * math.cos(turn)) for turn in turns])


@given(convex(), st.floats(0.05, 0.95), st.floats(0, math.pi))
@settings(max_examples=60, deadline=None)
def test_two_parts_have_the_area_of_the_whole(polygon: str, share: float, turn: float):
    """A line through the polygon, at any angle: the parts make up the whole, share nothing, and are valid."""
    west, south, east, north = from_wkt(polygon).bounds
    x, y = west + share * (east - west), south + share * (north - south)
    reach = 3 * max(east - west, north - south)
    line = line_of([Point(y - reach * math.sin(turn), x - reach * math.cos(turn)),
                    Point(y + reach * math.sin(turn), x + reach * math.cos(turn))])  # fmt: skip
    parts = split_by(polygon, line)
    if parts is None:
        assert fault_of_split(polygon, line) is not None
        return
    whole = geodesic_km2(polygon)
    # Edges are straight in degrees where they are cut, geodesics where they are measured: over two degrees, some in a thousand.
    assert sum(map(geodesic_km2, parts)) == pytest.approx(whole, rel=5e-3, abs=5)
    planar = [from_wkt(part) for part in parts]
    assert sum(part.area for part in planar) == pytest.approx(from_wkt(polygon).area, abs=1e-8)
    assert planar[0].intersection(planar[1]).area < 1e-9
    assert all(part.is_valid for part in planar)
    assert geodesic_km2(parts[0]) >= geodesic_km2(parts[1])


def test_a_square_cut_at_its_middle_has_two_halves_by_hand():
    """Two degrees by two: east and west halves are alike, for a zone of the ellipsoid is shared out by its longitude."""
    parts = split_by(SQUARE, "LINESTRING (31 40, 31 60)")
    assert parts is not None
    assert area_km2(parts[0]) == pytest.approx(area_km2(parts[1]), rel=1e-9)
    assert area_km2(parts[0]) == pytest.approx(geodesic_km2("POLYGON ((30 48, 31 48, 31 50, 30 50, 30 48))"), rel=1e-9)


def test_a_line_that_leaves_and_comes_back_still_makes_two_sides():
    """A comb of three teeth cut across: one part has the back, the other the three tips."""
    comb = "POLYGON ((0 0, 5 0, 5 2, 4 2, 4 1, 3 1, 3 2, 2 2, 2 1, 1 1, 1 2, 0 2, 0 0))"
    parts = split_by(comb, "LINESTRING (-1 1.5, 6 1.5)")
    assert parts is not None
    back, tips = map(from_wkt, parts)
    assert (back.area, tips.area) == pytest.approx((6.5, 1.5))
    assert (back.geom_type, len(tips.geoms)) == ("Polygon", 3)


def test_an_island_that_the_line_does_not_touch_goes_with_the_nearest_side():
    two = "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2.5 0, 3 0, 3 1, 2.5 1, 2.5 0)))"
    parts = split_by(two, "LINESTRING (0.5 -1, 0.5 3)")
    assert parts is not None
    assert [from_wkt(part).area for part in parts] == pytest.approx([3.5, 1.0])


@pytest.mark.parametrize(("line", "fault"), [
    ("LINESTRING (31 49, 31 60)", "does not cross it from edge to edge: its first corner lies inside"),
    ("LINESTRING (30.5 49, 31 49)", "does not cross it from edge to edge: its first and its last corner lie inside"),
    ("LINESTRING (10 49, 20 49)", "lies outside of it"),
    ("LINESTRING (29 49, 33 49, 31 47, 31 51)", "crosses or touches itself"),
    ("LINESTRING (29 48, 33 48)", "does not cross it from edge to edge"),
])  # fmt: skip
def test_a_line_that_makes_no_two_parts_says_why(line: str, fault: str):
    assert split_by(SQUARE, line) is None
    assert fault_of_split(SQUARE, line) == fault


def test_corners_make_shapes_and_shapes_have_corners():
    corners = (Point(48, 30), Point(48, 32), Point(50, 32), Point(50, 30))
    assert polygon_of(corners) == SQUARE
    assert polygon_of([*corners, corners[0]]) == SQUARE
    assert corners_of(SQUARE) == corners
    assert corners_of("POLYGON ((0 0, 9 0, 9 9, 0 0), (4 1, 5 1, 5 2, 4 1))") is None
    with pytest.raises(ValueError, match="three different corners"):
        polygon_of([corners[0]] * 4)
    with pytest.raises(ValueError, match="two different corners"):
        line_of([corners[0]])


def test_what_two_polygons_share():
    half = "POLYGON ((31 48, 40 48, 40 50, 31 50, 31 48))"
    assert overlap_km2(SQUARE, half) == pytest.approx(geodesic_km2("POLYGON ((31 48, 32 48, 32 50, 31 50, 31 48))"), rel=1e-9)
    assert overlap_km2(SQUARE, "POLYGON ((32 48, 33 48, 33 50, 32 50, 32 48))") == 0
