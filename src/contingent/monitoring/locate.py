"""Where incidents lie: in which sector, how far from the line, on which side of it, how deep.

    sector    of a row with a position: the first sector in the scenario's order whose polygon holds it (neighbours drawn
              roughly may overlap); of a row without: the sector that it names, or that its region is called
    line_km   along the geodesic to the nearest point of the nearest line. [km]
    side      the compass point on which that side of the line lies as a whole, such as `north-west`; or the user's own two names,
              the first for what lies left of the line as it is drawn
    depth     front, middle, rear by `line_km`

A row that is less precise than `coarsest_km` gets no distance, side or depth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.geography.shapes import shape_of
from contingent.model.ground import Sector, Trace
from contingent.monitoring.columns import DEPTHS, INCIDENT_COLUMNS

COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
"""Counter-clockwise from the east."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Locating:
    """Bounds of depth, and names of the sides.

    Parameters
    ----------
    front_km, middle_km : float
        The front ends here, and the middle there. [km]
    coarsest_km : float
        A row less precise gets no distance to the line. [km]
    sides : (str, str), optional
        Names of what lies left and right of the line as it is drawn; blank = compass points.
    """

    front_km: float = 10.0
    middle_km: float = 50.0
    coarsest_km: float = 50.0
    sides: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 0 < self.front_km <= self.middle_km:
            raise ValueError(f"front_km is {self.front_km} and middle_km {self.middle_km}; they must be above 0 and rise.")
        if not self.coarsest_km > 0:
            raise ValueError(f"coarsest_km is {self.coarsest_km}; it must be above 0.")


def locate_incidents(
    incidents: pl.DataFrame, *, sectors: Sequence[Sector], traces: Sequence[Trace], locating: Locating | None = None
) -> pl.DataFrame:
    """Return incidents with their sector, distance to the line, side and depth.

    Parameters
    ----------
    incidents : polars.DataFrame
        `INCIDENT_COLUMNS`.
    sectors, traces : sequence of rows
        Of the scenario. Sectors without a shape are found by name only.
    locating : Locating, optional
        Bounds of depth and names of the sides.
    """
    locating = locating or Locating()
    longitude = incidents["longitude"].fill_null(float("nan")).to_numpy()
    latitude = incidents["latitude"].fill_null(float("nan")).to_numpy()
    placed = ~(np.isnan(longitude) | np.isnan(latitude))
    near = placed & ~(incidents["precision_km"].fill_null(0.0).to_numpy() > locating.coarsest_km)
    line_km, side = _line(longitude, latitude, np.flatnonzero(near), traces, locating)
    depth = (
        pl.when(pl.col("line_km").is_null()).then(None)
        .when(pl.col("line_km") < locating.front_km).then(pl.lit(DEPTHS[0]))
        .when(pl.col("line_km") < locating.middle_km).then(pl.lit(DEPTHS[1])).otherwise(pl.lit(DEPTHS[2]))
    )
    return incidents.with_columns(_sector(incidents, longitude, latitude, placed, sectors), line_km, side).with_columns(
        depth=depth).select(list(INCIDENT_COLUMNS))


def _sector(
    incidents: pl.DataFrame, longitude: Floats, latitude: Floats, placed: NDArray[np.bool_], sectors: Sequence[Sector]
) -> pl.Series:
    """The sector of each row."""
    import shapely

    found = np.full(len(longitude), -1, dtype=np.int64)
    for number in range(len(sectors) - 1, -1, -1):
        geometry = sectors[number].geometry
        if geometry is None:
            continue
        shape = shape_of(geometry)
        west, south, east, north = shape.bounds
        at = np.flatnonzero(placed & (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north))
        shapely.prepare(shape)
        found[at[shapely.intersects_xy(shape, longitude[at], latitude[at])]] = number
    names = pl.Series([sector.sector for sector in sectors], dtype=pl.String)
    by_place = pl.select(names.gather(pl.Series(found).replace(-1, None)).alias("by_place") if len(sectors) else
                         pl.Series("by_place", [None], dtype=pl.String).new_from_index(0, len(found))).to_series()
    known = {word.casefold(): sector.sector for sector in reversed(sectors) for word in (sector.name, sector.sector) if word}
    called = {name: pl.col(name).str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)
              for name in ("sector", "region")}
    return incidents.select("sector", "region").with_columns(by_place, pl.Series("placed", placed)).select(
        pl.when("placed").then("by_place").otherwise(pl.coalesce(called["sector"], called["region"])).alias("sector")).to_series()


def _line(
    longitude: Floats, latitude: Floats, at: NDArray[np.intp], traces: Sequence[Trace], locating: Locating
) -> tuple[pl.Series, pl.Series]:
    """Distance to the nearest line, and the side of it. [km]"""
    kilometres = np.full(len(longitude), np.nan)
    sides = np.full(len(longitude), -1, dtype=np.int64)
    names: list[str] = []
    if traces and len(at):
        edges = _Edges(traces)
        names = edges.names(locating.sides)
        kilometres[at], sides[at] = edges.measured(longitude[at], latitude[at])
    side = pl.Series(names, dtype=pl.String).gather(pl.Series(sides).replace(-1, None)) if names else pl.Series(
        [None], dtype=pl.String).new_from_index(0, len(longitude))
    return pl.Series("line_km", kilometres, nan_to_null=True), side.alias("side")


class _Edges:
    """The edges of all lines on a plane that keeps angles: oblique stereographic about their middle.

    The nearest edge there is the nearest on the ground; the distance is then measured on the ellipsoid.
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        import shapely
        from pyproj import Geod, Transformer

        parts = [(number, np.asarray(part.coords)[:, :2]) for number, trace in enumerate(traces)
                 for part in getattr(shape_of(trace.geometry), "geoms", (shape_of(trace.geometry),))]
        west, south, east, north = shapely.MultiLineString([part for _, part in parts]).bounds
        plane = f"+proj=stere +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +ellps=WGS84"
        self._to_plane = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
        self._geod = Geod(ellps="WGS84")
        self._count = len(traces)
        flat = [(number, np.column_stack(self._to_plane.transform(part[:, 0], part[:, 1]))) for number, part in parts]
        starts: list[Floats] = []
        ends: list[Floats] = []
        lines: list[int] = []
        before: list[int] = []
        after: list[int] = []
        for number, points in flat:
            keep = np.append(True, np.any(np.diff(points, axis=0) != 0, axis=1))
            points = points[keep]
            edges = len(points) - 1
            closed = edges > 2 and np.array_equal(points[0], points[-1])
            own = len(lines) + np.arange(edges)
            starts.append(points[:-1])
            ends.append(points[1:])
            lines += [number] * edges
            before += [own[-1] if closed else own[0], *own[:-1]]
            after += [*own[1:], own[0] if closed else own[-1]]
        self.start, self.end = np.concatenate(starts), np.concatenate(ends)
        self.line, self.before, self.after = np.array(lines), np.array(before), np.array(after)
        along = self.end - self.start
        self.normal = np.column_stack((-along[:, 1], along[:, 0])) / np.linalg.norm(along, axis=1)[:, None]
        self.tree = shapely.STRtree(shapely.linestrings(np.stack((self.start, self.end), axis=1)))

    def names(self, own: tuple[str, str] | None) -> list[str]:
        """Names of the left and the right side of each line, in this order."""
        found: list[str] = []
        for number in range(self._count):
            mine = self.line == number
            across = (self.end[mine] - self.start[mine]).sum(axis=0)
            if np.hypot(*across) < 1e-6 * np.abs(self.end[mine] - self.start[mine]).sum():
                found += list(own or ("left", "right"))
                continue
            eighth = int(np.round(np.arctan2(across[0], -across[1]) / (np.pi / 4))) % 8
            found += list(own or (COMPASS[eighth], COMPASS[(eighth + 4) % 8]))
        return found

    def measured(self, longitude: Floats, latitude: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Distance of each point, and which of `names` its side is. [km], two of shape (points,)"""
        import shapely

        x, y = self._to_plane.transform(longitude, latitude)
        points = np.column_stack((x, y))
        nearest = self._nearest(shapely.points(points), len(points))
        start, along = self.start[nearest], self.end[nearest] - self.start[nearest]
        share = np.clip(((points - start) * along).sum(axis=1) / (along * along).sum(axis=1), 0.0, 1.0)
        foot = start + share[:, None] * along
        foot_longitude, foot_latitude = self._to_plane.transform(foot[:, 0], foot[:, 1], direction="INVERSE")
        metres = self._geod.inv(longitude, latitude, foot_longitude, foot_latitude)[2]
        other = np.where(share == 0.0, self.before[nearest], np.where(share == 1.0, self.after[nearest], nearest))
        across = self.normal[nearest] + np.where((other != nearest)[:, None], self.normal[other], 0.0)
        right = ((points - foot) * across).sum(axis=1) < 0.0
        return np.asarray(metres) / 1000.0, self.line[nearest] * 2 + right

    def _nearest(self, points: Any, count: int) -> NDArray[np.intp]:
        """The nearest edge of each point; of several as near the first."""
        found = self.tree.query_nearest(points, all_matches=True)
        order = np.lexsort((found[1], found[0]))
        asked, first = np.unique(found[0][order], return_index=True)
        nearest = np.zeros(count, dtype=np.intp)
        nearest[asked] = found[1][order][first]
        return nearest
