"""The map of a period's incidents: sectors shaded by violations, the line, incidents by what they are, hot spots.

What a colour says, a shape says as well:

    circle     fire: shelling, small arms, drones, mines
    square     movement of weapons, incidents in the air and at sea, others
    cross      obstruction of monitors
    frame      a cell in which there is more than elsewhere, or more than there was

The larger a mark, the more violations it stands for. Incidents whose place is not known are not drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from markupsafe import Markup

from contingent.geography.shapes import shape_of
from contingent.report.drawings.labels import Box, placed_labels
from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.theatre import (
    KM_PER_DEGREE,
    LETTER,
    NAME_HEIGHT,
    Degrees,
    Frame,
    frame_of,
    parts_of,
    path_of,
    rings_of,
    scale_bar,
)

SMALLEST, LARGEST = 2.6, 9.0
"""Radius of the mark of one violation, and of the most. [px]"""

MARGIN_KM = 30.0
"""Ground beyond the line and the incidents that is shown. [km]"""

MOST_MARKS = 1500
"""Incidents that are drawn, the largest; more would be one stain."""

FIRE = frozenset({"shelling", "small_arms", "drone", "mine", "casualty"})


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident on the map: where, of what kind, how many, and what a reader sees who points at it."""

    at: Degrees
    kind: str
    count: float
    tip: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the map stands on.

    Parameters
    ----------
    sectors : tuple of (str, str, int)
        Label, polygon as well-known text, shade from 0 to 4.
    lines : tuple of (str, str)
        Name and line.
    cells : tuple of (Degrees, float, bool, str)
        Middle of a hot spot, its side [km], whether it is only emerging, what it says.
    """

    sectors: tuple[tuple[str, str, int], ...]
    lines: tuple[tuple[str, str], ...]
    cells: tuple[tuple[Degrees, float, bool, str], ...]


def incident_map(ground: Ground, marks: Sequence[Mark], *, label: str) -> Markup | None:
    """Return the map as one SVG picture; None where nothing has a place."""
    lines = [(name, list(parts_of(line))) for name, line in ground.lines]
    shown = sorted(marks, key=lambda mark: (-mark.count, mark.at, mark.kind))[:MOST_MARKS]
    places = [at for _, found in lines for part in found for at in part] + [mark.at for mark in shown]
    if not places:
        places = [at for _, polygon, _ in ground.sectors for ring in rings_of(polygon) for at in ring]
    if not places:
        return None
    frame = frame_of(_with_margin(places))
    most = max((mark.count for mark in shown), default=1.0)
    parts = [
        element("path", class_=f"sector s{shade}", d="".join(path_of(frame, ring, closed=True) for ring in rings_of(polygon)))
        for _, polygon, shade in ground.sectors
    ]
    parts += [element("path", class_="front", d="".join(path_of(frame, part) for part in found)) for _, found in lines]
    parts += [_mark(frame, mark, most) for mark in shown]
    parts += [_cell(frame, at, side, emerging=emerging, tip=tip) for at, side, emerging, tip in ground.cells]
    parts += _names(frame, ground, lines)
    parts.append(scale_bar(frame))
    return picture(*parts, width=frame.width, height=frame.height, label=label, class_="map incidents")


def _with_margin(places: Sequence[Degrees]) -> list[Degrees]:
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    up = MARGIN_KM / KM_PER_DEGREE
    aside = up / max(0.2, cos(radians((south + north) / 2)))
    return [(west - aside, south - up), (east + aside, north + up)]


def _mark(frame: Frame, mark: Mark, most: float) -> Markup:
    x, y = frame.xy(mark.at)
    radius = SMALLEST + (LARGEST - SMALLEST) * sqrt(max(0.0, mark.count - 1.0) / max(1.0, most - 1.0))
    if mark.kind == "obstruction":
        size = radius + 2.4
        shape = element("path", class_="event kept", d=f"M{x - size:.1f},{y - size:.1f}l{2 * size:.1f},{2 * size:.1f}"
                        f"m0,{-2 * size:.1f}l{-2 * size:.1f},{2 * size:.1f}")  # fmt: skip
    elif mark.kind in FIRE:
        shape = element("circle", class_="event fire", cx=x, cy=y, r=radius)
    else:
        shape = element("rect", class_="event moved", x=x - radius, y=y - radius, width=2 * radius, height=2 * radius)
    return element("g", element("title", mark.tip), shape)


def _cell(frame: Frame, at: Degrees, side_km: float, *, emerging: bool, tip: str) -> Markup:
    x, y = frame.xy(at)
    side = side_km * frame.px_per_km
    kind = "cell emerging" if emerging else "cell"
    grown = side + (5 if emerging else 0)
    box = element("rect", class_=kind, x=x - grown / 2, y=y - grown / 2, width=grown, height=grown)
    return element("g", element("title", tip), box)


def _names(frame: Frame, ground: Ground, lines: Sequence[tuple[str, list[list[Degrees]]]]) -> list[Markup]:
    """Sectors in the middle of what is seen of them, the line at its upper end."""
    from shapely import box

    south = frame.north - frame.height / frame.down
    west = frame.west - frame.left / frame.across
    window = box(west, south, west + frame.width / frame.across, frame.north)
    wanted: list[tuple[str, str, Degrees]] = []
    for name, found in lines:
        ends = [part[0] for part in found] + [part[-1] for part in found]
        if ends:
            wanted.append(("frontname", name, max(ends, key=lambda at: at[1])))
    for name, polygon, _ in ground.sectors:
        seen = shape_of(polygon).intersection(window)
        if not seen.is_empty and seen.area > 0:
            inside = seen.representative_point()
            wanted.append(("sectorname", name, (inside.x, inside.y)))
    wanted = [each for each in wanted if each[0] == "frontname" or _fits(frame, each[1], each[2])]
    taken: list[Box] = [(0.0, frame.height - 26.0, frame.width / 4, frame.height)]
    places = placed_labels(
        [frame.xy(at) for *_, at in wanted], [len(name) * LETTER for _, name, _ in wanted], height=NAME_HEIGHT,
        room=(frame.width, frame.height), taken=taken,
        across=[at for at, (kind, *_) in enumerate(wanted) if kind == "sectorname"],
    )  # fmt: skip
    return [
        element("text", name, class_=kind, x=x, y=y + 4, text_anchor=anchor)
        for (kind, name, _), (x, y, anchor) in zip(wanted, places, strict=True)
    ]


def _fits(frame: Frame, name: str, at: Degrees) -> bool:
    """Whether a name in the middle of what is seen of its sector stays within the map and off its scale."""
    x, y = frame.xy(at)
    half = len(name) * (LETTER + 1.2) / 2
    return half <= x <= frame.width - half and NAME_HEIGHT <= y <= frame.height - 2 * NAME_HEIGHT
