"""The ground of observation: segments of the line, points behind it that matter, sites where something may stand.

    targets    segments of the traces, each by its middle; places behind the line, each worth so many kilometres of it
    sites      places of locations.csv near the line; points every so many kilometres along it, at given depths behind it
    depth      distance to the nearest trace, positive on the own side [km]

The own side is the one on which more of the host's places lie, unless it is named (left or right of the trace as it is drawn).
Lines are cut and offset in an azimuthal equidistant plane about their middle, in which lengths at a few hundred kilometres from
it are off by less than 0.2 per cent; distances from sites to targets are geodesics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from contingent.geography.shapes import Point, length_km, part_inside, shape_of
from contingent.model.ground import Sector, Trace
from contingent.model.rows import Location
from contingent.model.scenario import Scenario

Floats = npt.NDArray[np.float64]

NOT_A_SITE = frozenset({"country", "sector", "sea area", "strait"})
"""Kinds of locations on which nothing is put up."""

NOT_BEHIND = NOT_A_SITE | {"junction", "rail crossing", "training area"}
"""Kinds of locations that are not watched for their own sake."""

BASES = frozenset({"air base", "airport", "base", "headquarters", "hub", "road hub"})
"""Kinds of locations from which a drone can be flown."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be watched: a segment of the line, or a place behind it.

    Parameters
    ----------
    name : str
        Trace and kilometre, or the place.
    kind : {"line", "behind"}
        What it is.
    sector : str or None
        Sector whose polygon covers its middle.
    point : Point
        Its middle.
    km : float
        Length of the segment; 0 for a place. [km]
    weight : float
        What watching it is worth, in kilometres of line of an ordinary sector. [km]
    """

    name: str
    kind: Literal["line", "behind"]
    sector: str | None
    point: Point
    km: float
    weight: float


@dataclass(frozen=True, slots=True)
class Site:
    """Where something may stand.

    Parameters
    ----------
    name : str
        The place, or trace, kilometre and depth.
    sector : str or None
        Sector that it lies in.
    point : Point
        Where it is.
    depth_km : float
        Distance behind the line. [km]
    """

    name: str
    sector: str | None
    point: Point
    depth_km: float


class Plane:
    """An azimuthal equidistant plane about a point. [km]"""

    def __init__(self, centre: Point) -> None:
        from pyproj import Proj

        self._there = Proj(proj="aeqd", lat_0=centre.latitude, lon_0=centre.longitude, ellps="WGS84")

    def across(self, longitude: Floats, latitude: Floats) -> Floats:
        """Return coordinates in the plane. [km], shape (points, 2)"""
        x, y = self._there(longitude, latitude)
        return np.column_stack([np.asarray(x), np.asarray(y)]) / 1000.0

    def back(self, spots: Floats) -> list[Point]:
        """Return the points on the ground of coordinates in the plane."""
        longitude, latitude = self._there(spots[:, 0] * 1000.0, spots[:, 1] * 1000.0, inverse=True)
        return [Point(round(float(y), 6), round(float(x), 6)) for y, x in zip(latitude, longitude, strict=True)]


def edges_of(lines: Sequence[Any]) -> Floats:
    """Return the edges of lines in a plane. [km], shape (edges, 2 ends, 2)"""
    parts = [np.asarray(part.coords)[:, :2] for line in lines for part in getattr(line, "geoms", (line,))]
    return np.concatenate([np.stack([part[:-1], part[1:]], axis=1) for part in parts])


def left_of(edges: Floats, spots: Floats) -> Floats:
    """Return the distance of spots from the nearest edge, positive to the left of it. [km], shape (spots,)

    Where a vertex is the nearest point, both its edges are; that one tells the side from which the spot is farther as a line.
    """
    start, along = edges[:, 0], edges[:, 1] - edges[:, 0]
    squared = np.maximum((along**2).sum(axis=1), 1e-18)
    away = spots[:, None, :] - start[None, :, :]
    share = np.clip((away * along[None]).sum(axis=2) / squared[None], 0.0, 1.0)
    far = np.linalg.norm(away - share[..., None] * along[None], axis=2)
    across = (along[None, :, 0] * away[..., 1] - along[None, :, 1] * away[..., 0]) / np.sqrt(squared)[None]
    near = far.min(axis=1)
    telling = np.where(far <= near[:, None] + 1e-9, np.abs(across), -1.0).argmax(axis=1)
    side = np.where(across[np.arange(len(spots)), telling] >= 0.0, 1.0, -1.0)
    return np.asarray(side * near)


@dataclass(frozen=True)
class Ground:
    """Targets and sites of one design.

    Parameters
    ----------
    targets, sites : tuple
        What is to be watched, and from where.
    bases : tuple of (str, Point)
        Places from which drones are flown.
    line_km : float
        Length of the line. [km]
    own_side : str
        ``left`` or ``right`` of the traces as they are drawn, and how that was told.
    """

    targets: tuple[Target, ...]
    sites: tuple[Site, ...]
    bases: tuple[tuple[str, Point], ...]
    line_km: float
    own_side: str


@dataclass(frozen=True, slots=True)
class Steps:
    """How finely the ground is laid out.

    Parameters
    ----------
    segment_km, site_step_km : float
        Longest segment of the line; distance of sites along it. [km]
    depths_km : tuple of float
        How far behind the line these sites lie. [km]
    behind_km : float
        How far behind the line places are sites and are watched. [km]
    behind_weight_km : float
        What a place behind the line is worth. [km of line]
    sector_weights : tuple of (str, float)
        What a kilometre in a sector is worth; 1 where a sector is not named.
    sectors : tuple of str
        Sectors whose part of the line is watched; none = the whole line.
    own_side : {"left", "right"} or None
        Own side of the traces; None = told by the host's places.
    """

    segment_km: float = 2.5
    site_step_km: float = 10.0
    depths_km: tuple[float, ...] = (0.5, 5.0, 15.0)
    behind_km: float = 30.0
    behind_weight_km: float = 5.0
    sector_weights: tuple[tuple[str, float], ...] = ()
    sectors: tuple[str, ...] = ()
    own_side: Literal["left", "right"] | None = None


def lay_out(scenario: Scenario, steps: Steps) -> Ground:
    """Return targets and sites of a scenario's traces."""
    if steps.sectors:  # where two polygons overlap, the one that was asked for tells
        scenario = scenario.model_copy(update={"sectors": tuple(row for row in scenario.sectors if row.sector in steps.sectors)})
    lines = [(trace, text) for trace in scenario.traces for text in _parts(scenario, trace, steps.sectors)]
    plane = Plane(_middle([text for _, text in lines]))
    drawn = [_in_plane(plane, text) for _, text in lines]
    edges = edges_of(drawn)
    places = [row for row in scenario.locations if row.latitude is not None and row.longitude is not None]
    own = [row for row in places if scenario.settings.host is None or row.country in (None, scenario.settings.host)]
    spots = _spots(plane, own)
    left = left_of(edges, spots) if own else np.zeros(0)
    side, said = _own_side(left, steps)
    depth = left * side
    near = [(row, float(far)) for row, far in zip(own, depth, strict=True) if 0.0 <= far <= steps.behind_km]
    weights = dict(steps.sector_weights)
    targets: list[Target] = []
    sites: list[Site] = []
    for (trace, text), line in zip(lines, drawn, strict=True):
        name = trace.trace if len(scenario.traces) > 1 else "line"
        targets += _segments(scenario, plane, line, text, name, weights, steps.segment_km)
        sites += _sites_along(scenario, plane, line, name, edges, side, steps)
    for row, far in near:
        point = _point(row)
        sector = sector_at(scenario.sectors, point)
        if row.kind not in NOT_A_SITE:
            sites.append(Site(row.location, sector, point, round(far, 3)))
        if row.kind not in NOT_BEHIND and (not steps.sectors or sector in steps.sectors):
            weight = steps.behind_weight_km * weights.get(sector or "", 1.0)
            targets.append(Target(row.location, "behind", sector, point, 0.0, weight))
    bases = tuple((row.location, _point(row)) for row, far in zip(own, depth, strict=True) if row.kind in BASES and far >= 0.0)
    kept = tuple(target for target in targets if target.weight > 0.0)
    return Ground(kept, tuple(sites), bases, sum(length_km(text) for _, text in lines), said)


def _parts(scenario: Scenario, trace: Trace, sectors: tuple[str, ...]) -> list[str]:
    if not sectors:
        return [trace.geometry]
    shapes = [row.geometry for row in scenario.sectors if row.sector in sectors and row.geometry is not None]
    return [part for shape in shapes if (part := part_inside(trace.geometry, shape)) is not None]


def _middle(texts: list[str]) -> Point:
    bounds = np.array([shape_of(text).bounds for text in texts])
    west, south, east, north = bounds[:, 0].min(), bounds[:, 1].min(), bounds[:, 2].max(), bounds[:, 3].max()
    return Point(float(south + north) / 2.0, float(west + east) / 2.0)


def _in_plane(plane: Plane, text: str) -> Any:
    from shapely import transform

    return transform(shape_of(text), lambda coordinates: plane.across(coordinates[:, 0], coordinates[:, 1]))


def _point(row: Location) -> Point:
    assert row.latitude is not None
    assert row.longitude is not None
    return Point(row.latitude, row.longitude)


def _spots(plane: Plane, rows: list[Location]) -> Floats:
    points = [_point(row) for row in rows]
    return plane.across(np.array([p.longitude for p in points]), np.array([p.latitude for p in points]))


def _own_side(left: Floats, steps: Steps) -> tuple[float, str]:
    if steps.own_side is not None:
        return (1.0 if steps.own_side == "left" else -1.0), f"{steps.own_side} of the line, as asked"
    count = int((left > 0).sum())
    side = "left" if count >= len(left) - count else "right"
    more = max(count, len(left) - count)
    return (1.0 if side == "left" else -1.0), f"{side} of the line, where {more} of the host's {len(left)} places lie"


def sector_at(sectors: Sequence[Sector], point: Point) -> str | None:
    """Return the first sector whose polygon covers a point, or None."""
    from shapely import Point as Spot

    spot = Spot(point.longitude, point.latitude)
    return next((row.sector for row in sectors if row.geometry is not None and shape_of(row.geometry).covers(spot)), None)


def _along(line: Any, step_km: float) -> list[tuple[float, Any, Floats, float]]:
    """Middles of equal steps along the parts of a line: kilometre, spot, direction, length of the step. [km]"""
    found = []
    passed = 0.0
    for part in getattr(line, "geoms", (line,)):
        count = max(1, -int(-part.length // step_km))
        each = part.length / count
        for number in range(count):
            at = (number + 0.5) * each
            a, b = (part.interpolate(min(max(at + d, 0.0), part.length)) for d in (-0.5 * each, 0.5 * each))
            direction = np.array([b.x - a.x, b.y - a.y])
            spot = part.interpolate(at)
            found.append((passed + at, (spot.x, spot.y), direction / max(1e-9, float(np.linalg.norm(direction))), each))
        passed += part.length
    return found


def _segments(
    scenario: Scenario, plane: Plane, line: Any, text: str, name: str, weights: dict[str, float], step_km: float
) -> list[Target]:
    steps = _along(line, step_km)
    stretch = length_km(text) / sum(each for *_, each in steps)
    points = plane.back(np.array([spot for _, spot, _, _ in steps]))
    found = []
    for (at, _, _, each), point in zip(steps, points, strict=True):
        sector = sector_at(scenario.sectors, point)
        km = each * stretch
        label = f"{name} km {(at - each / 2) * stretch:.1f} to {(at + each / 2) * stretch:.1f}"
        found.append(Target(label, "line", sector, point, km, km * weights.get(sector or "", 1.0)))
    return found


def _sites_along(
    scenario: Scenario, plane: Plane, line: Any, name: str, edges: Floats, side: float, steps: Steps
) -> list[Site]:
    found = []
    for depth in steps.depths_km:
        along = _along(line, steps.site_step_km)
        spots = np.array([(x - side * way[1] * depth, y + side * way[0] * depth) for _, (x, y), way, _ in along])
        behind = left_of(edges, spots) * side
        for (at, _, _, _), point, far in zip(along, plane.back(spots), behind, strict=True):
            if far >= 0.5 * depth:  # a bend of the line may lie between
                label = f"{name} km {at:.0f}, {depth:g} km behind"
                found.append(Site(label, sector_at(scenario.sectors, point), point, round(float(far), 3)))
    return found
