"""What a drawn shape is in words, and in what two of one row differ: for pages that hold two versions beside each other."""

from dataclasses import dataclass

from markupsafe import Markup

from contingent.geography.shapes import Point, area_km2, length_km, shape_of
from contingent.report.drawings.theatre import Theatre, theatre_map
from contingent.report.words import grouped
from contingent.web.corners import written_corners

MOST_TOLD = 12
"""Corners that are told; of more, how many there are."""

COLUMN = "geometry"
"""Column of the tables that holds a shape."""


@dataclass(frozen=True, slots=True)
class ShapeTold:
    """A shape in words.

    Parameters
    ----------
    words : str
        Kind, corners, area or length.
    own : tuple of str
        Corners that the other shape has not, latitude before longitude. [deg]
    further : int
        Such corners beyond those told.
    text : str
        As it is written.
    """

    words: str
    own: tuple[str, ...]
    further: int
    text: str


def told_shape(text: str, other: str) -> ShapeTold | None:
    """Return a shape in words beside another; None where the text is no shape.

    Parameters
    ----------
    text, other : str
        Well-known text; blank where there is none.
    """
    corners = _corners(text)
    if corners is None:
        return None
    there = set(_corners(other) or ())
    own = [point for point in dict.fromkeys(corners) if point not in there] if there else []
    shape = shape_of(text)
    size = f"{grouped(length_km(text))} km" if shape.geom_type.endswith("LineString") else f"{grouped(area_km2(text))} km²"
    kind = {"Polygon": "Area", "MultiPolygon": "Areas", "LineString": "Line", "MultiLineString": "Lines"}[shape.geom_type]
    words = f"{kind} of {len(corners)} corners, {size}"
    told = tuple(written_corners([point]).replace(" ", "\u00a0") for point in own[:MOST_TOLD])
    return ShapeTold(words, told, len(own[MOST_TOLD:]), text)


def drawn_shapes(now: str, tried: str) -> Markup:
    """Return both shapes on one still map; nothing where one is none."""
    named = [(name, text) for name, text in (("Stands now", now), ("You wrote", tried)) if _corners(text) is not None]
    lines = [each for each in named if shape_of(each[1]).geom_type.endswith("LineString")]
    areas = tuple(each for each in named if each not in lines)
    if len(named) < 2:
        return Markup()
    theatre = Theatre(sectors=areas, traces=tuple(lines), roads=(), bases=(), points=())
    return theatre_map(theatre, label="Both shapes: what stands now, and what you wrote. The table says the same.")


def _corners(text: str) -> list[Point] | None:
    """Corners of a polygon or a line, the last of a ring left out; None where the text is none."""
    try:
        shape = shape_of(text) if text else None
    except ValueError:
        return None
    if shape is None or shape.is_empty or shape.geom_type.removeprefix("Multi") not in ("Polygon", "LineString"):
        return None
    found: list[Point] = []
    for part in getattr(shape, "geoms", (shape,)):
        rings = (part.exterior, *part.interiors) if part.geom_type == "Polygon" else (part,)
        for ring in rings:
            points = [Point(y, x) for x, y, *_ in ring.coords]
            found += points[:-1] if part.geom_type == "Polygon" else points
    return found
