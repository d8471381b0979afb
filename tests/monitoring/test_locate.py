"""Where incidents lie: by hand on a meridian, against shapely and pyproj point by point."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod
from tests.monitoring.frames import incidents

from contingent.io import read_scenario
from contingent.model.ground import Sector, Trace
from contingent.monitoring.locate import Locating, locate_incidents

GEOD = Geod(ellps="WGS84")
WEST = Sector(sector="west", name="Western sector", geometry="POLYGON ((36 47, 37 47, 37 49, 36 49, 36 47))")
EAST = Sector(sector="east", geometry="POLYGON ((37 47, 38 47, 38 49, 37 49, 37 47))")
NAMED = Sector(sector="port")
MERIDIAN = Trace(trace="line", geometry="LINESTRING (37 47, 37 48, 37 49)")


def located(*rows: dict, locating: Locating | None = None, traces=(MERIDIAN,), sectors=(WEST, EAST, NAMED)) -> list[dict]:
    return locate_incidents(incidents(*rows), sectors=sectors, traces=traces, locating=locating).to_dicts()


def at(latitude: float, longitude: float, **more: object) -> dict:
    return {"latitude": latitude, "longitude": longitude} | more


def test_sector_distance_side_and_depth_beside_a_meridian():
    rows = located(at(48.0, 36.9), at(48.0, 37.5), at(48.5, 38.5), at(48.2, 37.0))
    km = [GEOD.inv(37.0, 48.0, 36.9, 48.0)[2] / 1000, GEOD.inv(37.0, 48.0, 37.5, 48.0)[2] / 1000]
    assert [row["sector"] for row in rows] == ["west", "east", None, "west"]  # on the border the first in order
    assert [row["side"] for row in rows[:3]] == ["west", "east", "east"]
    assert [row["depth"] for row in rows] == ["front", "middle", "rear", "front"]
    assert rows[0]["line_km"] == pytest.approx(km[0], rel=1e-3)
    assert rows[1]["line_km"] == pytest.approx(km[1], rel=1e-3)
    assert rows[3]["line_km"] == pytest.approx(0.0, abs=1e-6)


def test_sides_and_depths_as_the_user_names_and_bounds_them():
    (row,) = located(at(48.0, 36.9), locating=Locating(front_km=1.0, middle_km=5.0, sides=("ours", "theirs")))
    assert (row["side"], row["depth"]) == ("ours", "rear")
    (row,) = located(at(48.0, 36.9), traces=[Trace(trace="line", geometry="LINESTRING (37 49, 37 47)")],
                     locating=Locating(sides=("ours", "theirs")))
    assert row["side"] == "theirs"


def test_a_row_without_a_position_has_the_sector_that_it_or_its_region_names():
    rows = located({"sector": "port"}, {"region": "Western Sector"}, {"sector": "EAST", "region": "west"},
                   {"region": "elsewhere"}, at(48.0, 36.9, sector="east"))
    assert [row["sector"] for row in rows] == ["port", "west", "east", None, "west"]
    assert {row["line_km"] for row in rows[:4]} == {None}


def test_a_position_that_is_known_too_roughly_has_a_sector_but_no_distance():
    (row,) = located(at(48.0, 36.9, precision_km=75.0))
    assert (row["sector"], row["line_km"], row["side"], row["depth"]) == ("west", None, None, None)


def test_without_sectors_or_lines_nothing_is_known():
    (row,) = located(at(48.0, 36.9), traces=(), sectors=())
    assert (row["sector"], row["line_km"], row["side"], row["depth"]) == (None, None, None, None)


def test_the_side_at_a_corner_is_that_of_both_edges():
    """A sharp spur of the line to the east: what lies beyond its tip is east, though it is behind one of its edges."""
    spur = Trace(trace="line", geometry="LINESTRING (37 47, 37 47.9, 37.5 48, 37 48.1, 37 49)")
    rows = located(at(48.01, 37.6), at(47.99, 37.6), at(48.0, 37.4), at(48.3, 37.3), traces=[spur])
    assert [row["side"] for row in rows] == ["east", "east", "west", "east"]


def test_a_ring_has_a_left_and_a_right_side():
    ring = Trace(trace="ring", geometry="LINESTRING (36 47, 38 47, 38 49, 36 49, 36 47)")
    rows = located(at(48.0, 37.0), at(46.5, 35.5), at(46.9, 36.0), traces=[ring])
    assert [row["side"] for row in rows] == ["left", "right", "right"]


@pytest.mark.parametrize("wrong", [{"front_km": 0.0}, {"front_km": 60.0}, {"coarsest_km": 0.0}])
def test_bounds_that_make_no_sense_are_refused(wrong: dict):
    with pytest.raises(ValueError, match="_km is"):
        Locating(**wrong)


def test_the_bundled_line_and_sectors_point_by_point():
    """The oracle: shapely's own test of each polygon, and the nearest of points every 100 m along the line, on the ellipsoid."""
    scenario = read_scenario("reassurance")
    draws = np.random.default_rng(3)
    points = [(float(46 + 5 * draws.random()), float(31 + 8 * draws.random())) for _ in range(150)]
    rows = located(*(at(*point) for point in points), traces=scenario.traces, sectors=scenario.sectors)
    line = np.array(shapely.from_wkt(scenario.traces[0].geometry).coords)
    dense = [line[:1]]
    for (a, b), (c, d) in pairwise(line):
        steps = math.ceil(GEOD.inv(a, b, c, d)[2] / 100)
        share = np.arange(1, steps + 1)[:, None] / steps
        dense.append((1 - share) * [a, b] + share * [c, d])
    along = np.concatenate(dense)
    for (latitude, longitude), row in zip(points, rows, strict=True):
        here = shapely.Point(longitude, latitude)
        homes = [s.sector for s in scenario.sectors if s.geometry and shapely.from_wkt(s.geometry).contains(here)]
        count = len(along)
        km = GEOD.inv(np.full(count, longitude), np.full(count, latitude), along[:, 0], along[:, 1])[2].min() / 1000
        assert row["sector"] == (homes[0] if homes else None)
        assert row["line_km"] == pytest.approx(km, rel=2e-3, abs=0.1)
    assert {row["side"] for row in rows} == {"north-west", "south-east"}
    kyiv, donetsk = located(at(50.45, 30.52), at(48.0, 37.8), traces=scenario.traces, sectors=scenario.sectors)
    assert (kyiv["side"], donetsk["side"]) == ("north-west", "south-east")
