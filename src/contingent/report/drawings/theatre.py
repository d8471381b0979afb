"""The map of a theatre: sectors, the line on the ground, roads, bases of the reserve, and the points that each of them reaches.

Degrees become pixels by a cylinder that is true to scale along the middle parallel (longitude times the cosine of its
latitude): over some ten degrees, distances are off by a few in a hundred at the upper and lower edge. What a point's
colour says, its shape says as well, and a letter names the base that reaches it.

    circle     within half of the time allowed
    square     within the time allowed
    triangle   later
    cross      no base reaches it by road
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from markupsafe import Markup

from contingent.geography.shapes import shape_of
from contingent.report.drawings.labels import Box, placed_labels
from contingent.report.drawings.svg import element, group, picture

WIDTH = 900.0
MARGIN = 26.0
TALLEST = 560.0

KM_PER_DEGREE = 111.2
"""Length of a degree of latitude, as a mean. [km]"""

LETTER, NAME_HEIGHT = 5.9, 13.0
"""Width of a letter of a name, and height of a name. [px]"""

BESIDE = 11.0
"""From a point to the name beside it. [px]"""

MOST_LETTERED = 160
"""Points that have room for their base's letter; of more, only their shapes are drawn."""

MOST_NAMED = 20
"""Points that have room for their names."""

BANDS: Mapping[str, str] = {"soon": "circle", "in time": "square", "late": "triangle", "never": "cross"}

Degrees = tuple[float, float]
"""Longitude and latitude. [deg]"""


@dataclass(frozen=True, slots=True)
class Reached:
    """A point, and who reaches it.

    Parameters
    ----------
    name : str
        In words.
    at : Degrees
        Where.
    band : str
        One of `BANDS`.
    letter : str
        Letter of the base that reaches it; blank where none does.
    tip : str
        What a reader sees who points at it.
    """

    name: str
    at: Degrees
    band: str
    letter: str
    tip: str


@dataclass(frozen=True, slots=True)
class Theatre:
    """What is drawn: shapes as well-known text, places by longitude and latitude.

    Parameters
    ----------
    sectors : tuple of (str, str)
        Name and polygon.
    traces : tuple of (str, str)
        Name and line.
    roads : tuple of (Degrees, Degrees)
        Ends of each road.
    bases : tuple of (str, str, Degrees)
        Letter, name and place of each base.
    points : tuple of Reached
        What is reached.
    """

    sectors: tuple[tuple[str, str], ...]
    traces: tuple[tuple[str, str], ...]
    roads: tuple[tuple[Degrees, Degrees], ...]
    bases: tuple[tuple[str, str, Degrees], ...]
    points: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Scale from degrees to pixels."""

    west: float
    north: float
    across: float
    down: float
    height: float
    left: float
    width: float = WIDTH

    def xy(self, at: Degrees) -> tuple[float, float]:
        """Return where a place stands. [px]"""
        return self.left + (at[0] - self.west) * self.across, MARGIN + (self.north - at[1]) * self.down

    @property
    def px_per_km(self) -> float:
        """Pixels that a kilometre takes. [px/km]"""
        return self.down / KM_PER_DEGREE


def theatre_map(theatre: Theatre, *, label: str) -> Markup:
    """Return the map as one SVG picture."""
    rings = [(name, list(rings_of(polygon))) for name, polygon in theatre.sectors]
    lines = [(name, list(parts_of(line))) for name, line in theatre.traces]
    frame = frame_of(
        [at for _, found in (*rings, *lines) for part in found for at in part]
        + [at for *_, at in theatre.bases]
        + [point.at for point in theatre.points]
    )
    parts = [
        element("path", class_="sector", d="".join(path_of(frame, ring, closed=True) for ring in found)) for _, found in rings
    ]
    parts += [
        element("line", class_="road", x1=x1, y1=y1, x2=x2, y2=y2)
        for (x1, y1), (x2, y2) in ((frame.xy(start), frame.xy(end)) for start, end in theatre.roads)
        if min(x1, x2) <= frame.width and max(x1, x2) >= 0 and min(y1, y2) <= frame.height and max(y1, y2) >= 0
    ]
    parts += [element("path", class_="front", d="".join(path_of(frame, part) for part in found)) for _, found in lines]
    parts += [_mark(frame, point, lettered=len(theatre.points) <= MOST_LETTERED) for point in theatre.points]
    parts += [_base(frame, letter, name, at) for letter, name, at in theatre.bases]
    parts += _names(frame, theatre)
    parts.append(scale_bar(frame))
    return picture(*parts, width=frame.width, height=frame.height, label=label, class_="map")


def frame_of(places: Sequence[Degrees]) -> Frame:
    """Return a frame as wide as the page and at most as tall as a screen, that holds every place."""
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    narrow = cos(radians((south + north) / 2))
    across, down = max(east - west, 0.1) * narrow, max(north - south, 0.1)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
    return Frame(west, north, scale * narrow, scale, down * scale + 2 * MARGIN, left=(WIDTH - across * scale) / 2)


def rings_of(polygon: str) -> Iterable[list[Degrees]]:
    """Yield the rings of a polygon, or of several. [deg]"""
    for part in _geometries(shape_of(polygon)):
        if part.geom_type == "Polygon":
            yield from ([(x, y) for x, y, *_ in ring.coords] for ring in (part.exterior, *part.interiors))


def parts_of(line: str) -> Iterable[list[Degrees]]:
    """Yield the parts of a line. [deg]"""
    for part in _geometries(shape_of(line)):
        if part.geom_type == "LineString":
            yield [(x, y) for x, y, *_ in part.coords]


def _geometries(shape: Any) -> Sequence[Any]:
    parts: Sequence[Any] = getattr(shape, "geoms", (shape,))
    return parts


def path_of(frame: Frame, places: Sequence[Degrees], *, closed: bool = False) -> str:
    """Return places joined by straight lines, as the data of a path."""
    corners = [frame.xy(at) for at in places]
    return "".join(f"{'L' if at else 'M'}{x:.1f},{y:.1f}" for at, (x, y) in enumerate(corners)) + ("Z" if closed else "")


def _mark(frame: Frame, point: Reached, *, lettered: bool) -> Markup:
    x, y = frame.xy(point.at)
    shape = BANDS[point.band]
    kind = f"reach {point.band.replace(' ', '-')}"
    marks = {
        "circle": lambda: element("circle", class_=kind, cx=x, cy=y, r=6.2),
        "square": lambda: element("rect", class_=kind, x=x - 5.6, y=y - 5.6, width=11.2, height=11.2),
        "triangle": lambda: element("path", class_=kind, d=f"M{x:.1f},{y - 7.6:.1f}L{x + 7.4:.1f},{y + 5.6:.1f}H{x - 7.4:.1f}Z"),
        "cross": lambda: element("path", class_=kind, d=f"M{x - 5:.1f},{y - 5:.1f}l10,10m0,-10l-10,10"),
    }
    parts = [element("title", point.tip), marks[shape]()]
    if lettered and point.letter:
        parts.append(element("text", point.letter, class_="letter", x=x, y=y + (4.4 if shape == "triangle" else 3.2)))
    return element("g", *parts)


def _base(frame: Frame, letter: str, name: str, at: Degrees) -> Markup:
    x, y = frame.xy(at)
    return element(
        "g",
        element("title", f"Base {letter}: {name}"),
        element("rect", class_="base", x=x - 8, y=y - 8, width=16, height=16),
        element("text", letter, class_="baseletter", x=x, y=y + 4),
    )


def _names(frame: Frame, theatre: Theatre) -> list[Markup]:
    """Names of bases beside them, of sectors in their middle, of the line at its upper end."""
    taken: list[Box] = []
    for point in theatre.points:
        x, y = frame.xy(point.at)
        taken.append((x - 7, y - 7, x + 7, y + 7))
    wanted: list[tuple[str, str, Degrees]] = [("place", name, at) for _, name, at in theatre.bases]
    if len(theatre.points) <= MOST_NAMED:
        at_bases = {at for *_, at in theatre.bases}
        wanted += [("pointname", point.name, point.at) for point in theatre.points if point.at not in at_bases]
    for name, line in theatre.traces:
        ends = [part[0] for part in parts_of(line)] + [part[-1] for part in parts_of(line)]
        if ends:
            wanted.append(("frontname", name, max(ends, key=lambda at: at[1])))
    for name, polygon in theatre.sectors:
        inside = shape_of(polygon).representative_point()
        wanted.append(("sectorname", name, (inside.x, inside.y)))
    places = placed_labels(
        [frame.xy(at) for *_, at in wanted],
        [len(name) * LETTER for _, name, _ in wanted],
        height=NAME_HEIGHT,
        room=(frame.width, frame.height),
        taken=taken,
        beside=BESIDE,
        across=[at for at, (kind, *_) in enumerate(wanted) if kind == "sectorname"],
    )
    return [
        element("text", name, class_=kind, x=x, y=y + 4, text_anchor=anchor)
        for (kind, name, _), (x, y, anchor) in zip(wanted, places, strict=True)
    ]


def scale_bar(frame: Frame) -> Markup:
    """Return a bar of a round length, about a sixth of the map."""
    goal = frame.width / 6 / frame.px_per_km
    length = max((step * 10**power for power in range(5) for step in (1, 2, 5) if step * 10**power <= goal), default=1)
    x, y, width = 10.0, frame.height - 10.0, length * frame.px_per_km
    return group(
        (
            element("path", class_="scale", d=f"M{x:.1f},{y - 5:.1f}V{y:.1f}H{x + width:.1f}V{y - 5:.1f}"),
            element("text", f"{length} km", class_="scaletext", x=x + width + 6, y=y),
        )
    )
