"""Lengths and areas against published figures and closed formulas of the ellipsoid; no library of geometry is asked."""

import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contingent.geography.shapes import (
    Point,
    area_km2,
    centroid,
    distances_km,
    length_inside_km,
    length_km,
    part_inside,
    points_along,
)

A, F = 6378.137, 1 / 298.257223563
"""Semi-major axis [km] and flattening of WGS 84."""

B = A * (1 - F)
E2 = F * (2 - F)


def vincenty_km(a: Point, b: Point) -> float:
    """Length of the geodesic by Vincenty's inverse formula (Survey Review XXIII, 1975)."""
    u1, u2 = (math.atan((1 - F) * math.tan(math.radians(p.latitude))) for p in (a, b))
    longitude = math.radians(b.longitude - a.longitude)
    lam = longitude
    for _ in range(200):
        sin_s = math.hypot(
            math.cos(u2) * math.sin(lam), math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam))
        if sin_s == 0:
            return 0.0
        cos_s = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(sin_s, cos_s)
        sin_a = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_s
        cos2_a = 1 - sin_a**2
        cos_2m = cos_s - 2 * math.sin(u1) * math.sin(u2) / cos2_a if cos2_a else 0.0
        c = F / 16 * cos2_a * (4 + F * (4 - 3 * cos2_a))
        before, lam = lam, longitude + (1 - c) * F * sin_a * (
            sigma + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m**2 - 1)))
        if abs(lam - before) < 1e-13:
            break
    u = cos2_a * (A**2 - B**2) / B**2
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    delta = big_b * sin_s * (cos_2m + big_b / 4 * (
        cos_s * (2 * cos_2m**2 - 1) - big_b / 6 * cos_2m * (4 * sin_s**2 - 3) * (4 * cos_2m**2 - 3)))
    return B * big_a * (sigma - delta)


def zone_km2(south: float, north: float, degrees: float) -> float:
    """Area between two parallels over so many degrees of longitude: the closed integral of the ellipsoid of revolution."""
    e = math.sqrt(E2)

    def q(latitude: float) -> float:
        s = math.sin(math.radians(latitude))
        return s / (2 * (1 - E2 * s * s)) + math.log((1 + e * s) / (1 - e * s)) / (4 * e)

    return B * B * math.radians(degrees) * (q(north) - q(south))


def rectangle(west: float, south: float, east: float, north: float, *, steps: int = 1) -> str:
    """A polygon whose sides follow parallels and meridians, with so many edges a side."""
    shares = [number / steps for number in range(steps)]
    ring = (
        [(west + share * (east - west), south) for share in shares]
        + [(east, south + share * (north - south)) for share in shares]
        + [(east - share * (east - west), north) for share in shares]
        + [(west, north - share * (north - south)) for share in shares]
    )
    return "POLYGON ((" + ", ".join(f"{x!r} {y!r}" for x, y in [*ring, ring[0]]) + "))"


def test_the_quarter_meridian():
    """10,001.966 km on WGS 84, as published; the metre was once meant to make it 10,000."""
    assert length_km("LINESTRING (0 0, 0 45, 0 90)") == pytest.approx(10_001.965_729, abs=1e-5)


def test_a_degree_of_longitude_at_the_equator():
    assert length_km("LINESTRING (30 0, 31 0)") == pytest.approx(math.pi * A / 180, abs=1e-9)


def test_flinders_peak_to_buninyong():
    """The worked example of Geoscience Australia's datum manual: 54,972.271 m."""
    flinders = Point(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = Point(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert distances_km([flinders], [buninyong])[0, 0] == pytest.approx(54.972271, abs=2e-6)


def test_the_octant_is_an_eighth_of_the_ellipsoid():
    """The surface of WGS 84 is 510,065,621.7 km2, as published."""
    assert area_km2("POLYGON ((0 0, 90 0, 0 90, 0 0))") == pytest.approx(510_065_621.724 / 8, rel=1e-9)


@pytest.mark.parametrize(("west", "south", "east", "north"), [(30, 46, 32, 48), (36.5, 49.5, 38.0, 50.2), (-71, -12, -69, 3)])
def test_a_field_between_parallels(west, south, east, north):
    """Edges of a geodesic polygon leave the parallel; at 0.005 degree by less than a hundred-thousandth of the area."""
    drawn = rectangle(west, south, east, north, steps=400)
    assert area_km2(drawn) == pytest.approx(zone_km2(south, north, east - west), rel=1e-5)


def test_a_hole_is_taken_off_and_parts_are_added_whatever_their_direction():
    outer, hole = "(30 46, 32 46, 32 48, 30 48, 30 46)", "(30.5 46.5, 31.5 46.5, 31.5 47.5, 30.5 47.5, 30.5 46.5)"
    whole, inner = area_km2(f"POLYGON ({outer})"), area_km2(f"POLYGON ({hole})")
    assert area_km2(f"POLYGON ({outer}, {hole})") == pytest.approx(whole - inner)
    backwards = "(30 46, 30 48, 32 48, 32 46, 30 46)"
    assert area_km2(f"POLYGON ({backwards}, {hole})") == pytest.approx(whole - inner)
    assert area_km2(f"MULTIPOLYGON (({outer}, {hole}), ({hole}))") == pytest.approx(whole)


spots = st.builds(Point, st.floats(-80, 80), st.floats(-60, 60))


@settings(max_examples=80, deadline=None)
@given(spots, spots)
def test_distances_are_vincentys(a, b):
    expected = vincenty_km(a, b)
    assume(expected < 15_000)
    assert distances_km([a, b], [b])[:, 0] == pytest.approx([expected, 0.0], abs=1e-5)


def test_of_a_line_only_the_part_in_the_polygon_counts():
    """Along the meridian 31 from 45 to 49; the field reaches from 46 to 48."""
    field, line = "POLYGON ((30 46, 32 46, 32 48, 30 48, 30 46))", "LINESTRING (31 45, 31 49)"
    assert length_inside_km(line, field) == pytest.approx(vincenty_km(Point(46, 31), Point(48, 31)), abs=1e-5)
    assert length_inside_km("LINESTRING (20 45, 20 49)", field) == 0.0
    assert part_inside("LINESTRING (20 45, 20 49)", field) is None


def test_a_line_that_leaves_and_comes_back_counts_twice():
    field = "POLYGON ((30 46, 32 46, 32 48, 30 48, 30 46))"
    line = "LINESTRING (31.5 47, 33 47, 33 47.5, 31.5 47.5)"
    expected = vincenty_km(Point(47, 31.5), Point(47, 32)) + vincenty_km(Point(47.5, 31.5), Point(47.5, 32))
    assert length_inside_km(line, field) == pytest.approx(expected, abs=1e-3)


def test_neighbouring_sectors_share_a_line_without_loss():
    """What lies in the western half and what lies in the eastern half is the whole."""
    line = "LINESTRING (30.1 46.2, 30.9 47.1, 31.4 46.8, 31.9 47.7)"
    west, east = rectangle(30, 46, 31, 48), rectangle(31, 46, 32, 48)
    assert length_inside_km(line, west) + length_inside_km(line, east) == pytest.approx(length_km(line), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(20, 40), st.floats(40, 55)), min_size=2, max_size=6, unique=True), st.floats(2, 200))
def test_points_along_a_line_leave_no_gap(vertices, step):
    line = "LINESTRING (" + ", ".join(f"{x!r} {y!r}" for x, y in vertices) + ")"
    assume(length_km(line) > 0.5)
    found = points_along(line, step_km=step)
    assert (found[0], found[-1]) == (
        Point(vertices[0][1], vertices[0][0]),
        Point(pytest.approx(vertices[-1][1]), pytest.approx(vertices[-1][0])),
    )
    equal = length_km(line) / (len(found) - 1)
    # The shortest way is never longer than the way along the line.
    assert all(vincenty_km(a, b) <= equal + 1e-5 for a, b in itertools.pairwise(found))
    assert equal <= step + 1e-9
    assert len(found) - 1 == max(1, math.ceil(length_km(line) / step))


def test_points_along_need_a_step():
    with pytest.raises(ValueError, match="step_km"):
        points_along("LINESTRING (30 46, 31 46)", step_km=0)


def test_the_middle_of_a_field():
    assert centroid(rectangle(30, 46, 32, 48)) == Point(47.0, 31.0)


def test_what_is_no_shape_is_said():
    with pytest.raises(ValueError, match="well-known text"):
        length_km("LINE 30 46 TO 31 47")
