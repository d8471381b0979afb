"""Lengths, areas and points of shapes that are drawn as well-known text, measured on the WGS 84 ellipsoid.

Coordinates are degrees, longitude before latitude as in well-known text; points are named by latitude and longitude. Edges
between two vertices are taken as straight in degrees where a line is cut at a polygon, and as geodesics where it is measured:
at the length of an edge of a sector (tens of kilometres) the two differ by metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A point on the ground, WGS 84. [deg]"""

    latitude: float
    longitude: float


@lru_cache(maxsize=1)
def _ellipsoid() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


@lru_cache(maxsize=4096)
def shape_of(text: str) -> Any:
    """Return the shape that a well-known text describes.

    Raises
    ------
    ValueError
        If it is not well-known text.
    """
    from shapely import GEOSException, from_wkt

    try:
        return from_wkt(text)
    except GEOSException as problem:
        raise ValueError(f"'{text[:40]}' is not well-known text.") from problem


@lru_cache(maxsize=4096)
def length_km(line: str) -> float:
    """Return the length of a line, all its parts together. [km]

    Examples
    --------
    One degree of the meridian at the equator:

    >>> round(length_km("LINESTRING (30 0, 30 1)"), 3)
    110.574
    """
    return float(_ellipsoid().geometry_length(shape_of(line))) / 1000.0


@lru_cache(maxsize=4096)
def area_km2(polygon: str) -> float:
    """Return the area of a polygon, its holes taken off. [km2]"""
    from shapely.geometry.polygon import orient

    shape = shape_of(polygon)
    parts = shape.geoms if hasattr(shape, "geoms") else (shape,)
    return sum(abs(float(_ellipsoid().geometry_area_perimeter(orient(part))[0])) for part in parts) / 1e6


@lru_cache(maxsize=4096)
def part_inside(line: str, polygon: str) -> str | None:
    """Return the part of a line that lies in a polygon as well-known text, or None where none does."""
    from shapely import line_merge

    inside = shape_of(line).intersection(shape_of(polygon))
    pieces = getattr(inside, "geoms", (inside,))
    parts = [part for part in pieces if part.geom_type in ("LineString", "MultiLineString") and not part.is_empty]
    if not parts:
        return None
    if len(parts) == 1:
        return str(parts[0].wkt)
    from shapely import MultiLineString

    lines = [one for part in parts for one in getattr(part, "geoms", (part,))]
    return str(line_merge(MultiLineString(lines)).wkt)


def length_inside_km(line: str, polygon: str) -> float:
    """Return the length of the part of a line that lies in a polygon. [km]"""
    inside = part_inside(line, polygon)
    return 0.0 if inside is None else length_km(inside)


def points_along(line: str, *, step_km: float) -> list[Point]:
    """Return points along a line: both ends of each part, and between them equal steps of at most `step_km`.

    Parameters
    ----------
    step_km : float
        Longest step. [km]

    Raises
    ------
    ValueError
        If the step is not above 0.
    """
    if not step_km > 0:
        raise ValueError(f"step_km is {step_km}; it must be above 0.")
    shape = shape_of(line)
    found: list[Point] = []
    for part in getattr(shape, "geoms", (shape,)):
        longitudes, latitudes = zip(*((x, y) for x, y, *_ in part.coords), strict=True)
        lengths = [float(length) / 1000.0 for length in _ellipsoid().line_lengths(longitudes, latitudes)]
        whole = sum(lengths)
        steps = max(1, -int(-whole // step_km))
        found += _at_distances(longitudes, latitudes, lengths, [whole * number / steps for number in range(steps + 1)])
    return found


def _at_distances(longitudes: Any, latitudes: Any, lengths: list[float], distances: list[float]) -> list[Point]:
    """Points at distances from the beginning of a line, in order, each on the geodesic between two vertices. [km]"""
    ahead = _ellipsoid().inv(longitudes[:-1], latitudes[:-1], longitudes[1:], latitudes[1:])[0]
    found, edge, passed = [], 0, 0.0
    for distance in distances[:-1]:
        while edge < len(lengths) - 1 and passed + lengths[edge] < distance:
            passed += lengths[edge]
            edge += 1
        along = 1000.0 * min(distance - passed, lengths[edge])
        longitude, latitude, _ = _ellipsoid().fwd(longitudes[edge], latitudes[edge], ahead[edge], along)
        found.append(Point(float(latitude), float(longitude)))
    return [Point(latitudes[0], longitudes[0]), *found[1:], Point(latitudes[-1], longitudes[-1])]


def centroid(shape: str) -> Point:
    """Return the centre of a shape's area, or of its length; taken in degrees, which is near enough for a label."""
    middle = shape_of(shape).centroid
    return Point(float(middle.y), float(middle.x))


def distances_km(origins: Sequence[Point], ends: Sequence[Point]) -> Any:
    """Return the lengths of the geodesics from each origin to each end. [km], ndarray of shape (origins, ends)"""
    import numpy as np

    if not origins or not ends:
        return np.zeros((len(origins), len(ends)))
    longitude, latitude = (np.array([getattr(p, name) for p in origins]) for name in ("longitude", "latitude"))
    to_longitude, to_latitude = (np.array([getattr(p, name) for p in ends]) for name in ("longitude", "latitude"))
    shape = (len(origins), len(ends))
    flat = [
        np.ascontiguousarray(np.broadcast_to(values, shape).ravel())
        for values in (longitude[:, None], latitude[:, None], to_longitude[None, :], to_latitude[None, :])
    ]
    return (_ellipsoid().inv(*flat)[2] / 1000.0).reshape(shape)
