"""Polygons and lines from corners, and a polygon cut in two by a line.

Degrees, WGS 84; well-known text, longitude before latitude.

polygon_of, line_of    corners -> well-known text
corners_of             a polygon's corners, where it is one ring
split_by               a polygon and a line -> the two parts
fault_of_split         why a line cuts a polygon into no two parts
"""

from collections.abc import Sequence
from typing import Any

from contingent.geography.shapes import Point, area_km2, shape_of

DIGITS = 5
"""Digits of a corner that is drawn or typed: about a metre. [-]"""

CUT_DIGITS = 9
"""Digits of a corner where a line meets an edge: both parts have the very same. [-]"""


HAIR = 1e-8
"""What is nearer than this is the same place: a millimetre. [deg]"""


def polygon_of(corners: Sequence[Point]) -> str:
    """Return the polygon with these corners, in their order; the last is joined to the first.

    Raises
    ------
    ValueError
        If there are fewer than three different corners.

    Examples
    --------
    >>> polygon_of([Point(0, 0), Point(0, 1), Point(1, 1)])
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    ring = _written(corners)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < 3:
        raise ValueError("A polygon has three different corners at least.")
    return f"POLYGON (({', '.join([*ring, ring[0]])}))"


def line_of(corners: Sequence[Point]) -> str:
    """Return the line through these corners, in their order.

    Raises
    ------
    ValueError
        If there are fewer than two different corners.

    Examples
    --------
    >>> line_of([Point(0, 0.5), Point(1, 0.5)])
    'LINESTRING (0.5 0, 0.5 1)'
    """
    written = _written(corners)
    if len(set(written)) < 2:
        raise ValueError("A line has two different corners at least.")
    return f"LINESTRING ({', '.join(written)})"


def _written(corners: Sequence[Point]) -> list[str]:
    return [f"{_figure(point.longitude)} {_figure(point.latitude)}" for point in corners]


def _figure(degrees: float) -> str:
    return f"{degrees:.{DIGITS}f}".rstrip("0").rstrip(".")


def corners_of(polygon: str) -> tuple[Point, ...] | None:
    """Return the corners of a polygon, the first not repeated; None where it has holes or several parts.

    Examples
    --------
    >>> len(corners_of("POLYGON ((0 0, 1 0, 1 1, 0 0))"))
    3
    """
    shape = shape_of(polygon)
    if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if shape.geom_type != "Polygon" or len(shape.interiors):
        return None
    return tuple(Point(float(y), float(x)) for x, y, *_ in list(shape.exterior.coords)[:-1])


def split_by(polygon: str, line: str) -> tuple[str, str] | None:
    """Return the two parts into which a line cuts a polygon; None where it does not cut it, or cannot be told into two.

    Parameters
    ----------
    polygon : str
        What is cut.
    line : str
        From edge to edge, ends on an edge or outside. A line that leaves the polygon and comes back gives more than two pieces:
        they are put together by the side of the line on which they lie; one that it does not touch goes with the nearest.

    Returns
    -------
    tuple of (str, str) or None
        The larger part first. Corners where the line meets an edge are the very same in both.
    """
    if fault_of_split(polygon, line) is not None:
        return None
    pieces = _pieces(polygon, line)
    sides = _sides(pieces, shape_of(line))
    parts = [_together([piece for piece, side in zip(pieces, sides, strict=True) if side == which]) for which in (0, 1)]
    larger_first = sorted(parts, key=lambda part: (-area_km2(part), part))
    return larger_first[0], larger_first[1]


def fault_of_split(polygon: str, line: str) -> str | None:
    """Return why a line cuts a polygon into no two parts, to go on after "the line"; None where it does."""
    cut, whole = shape_of(line), shape_of(polygon)
    if not cut.is_simple:
        return "crosses or touches itself"
    if not cut.intersects(whole):
        return "lies outside of it"
    pieces = _pieces(polygon, line)
    if len(pieces) > len(getattr(whole, "geoms", (whole,))) and len(set(_sides(pieces, cut))) == 2:
        return None
    from shapely import Point as Spot

    inside = [words for words, at in (("first", cut.coords[0]), ("last", cut.coords[-1])) if whole.contains(Spot(at))]
    if inside:
        which = f"its {' and its '.join(inside)} corner {'lie' if len(inside) > 1 else 'lies'} inside"
        return f"does not cross it from edge to edge: {which}"
    return "does not cross it from edge to edge"


def _pieces(polygon: str, line: str) -> list[Any]:
    from shapely.ops import split

    shape, cut = shape_of(polygon), shape_of(line)
    return [piece for part in getattr(shape, "geoms", (shape,)) for piece in split(part, cut).geoms]


def _sides(pieces: Sequence[Any], cut: Any) -> list[int]:
    """Side of the line on which each piece lies: 0 left, 1 right."""
    found = {at: side for at, piece in enumerate(pieces) if (side := _side(piece, cut)) is not None}
    if not found:
        return [0] * len(pieces)
    return [found[at] if at in found else found[min(found, key=lambda near: (pieces[near].distance(piece), near))]
            for at, piece in enumerate(pieces)]  # fmt: skip


def _side(piece: Any, cut: Any) -> int | None:
    """Side of one piece, seen from the middle of the longest stretch of the line along its edge; None where none is."""
    from shapely import LineString
    from shapely import Point as Spot

    longest: tuple[float, Any] = (0.0, None)
    # A cut corner does not lie on the line to the last bit: the stretch is found within a hair's breadth of the edge.
    edge = piece.boundary.buffer(HAIR)
    for start, end in zip(cut.coords[:-1], cut.coords[1:], strict=True):
        along = LineString([start, end]).intersection(edge)
        for part in getattr(along, "geoms", (along,)):
            if part.length > max(longest[0], 4 * HAIR):
                longest = part.length, part
    stretch = longest[1]
    if stretch is None:
        return None
    (x1, y1), (x2, y2) = stretch.coords[0][:2], stretch.coords[-1][:2]
    x, y, length = (x1 + x2) / 2, (y1 + y2) / 2, stretch.length
    across = (-(y2 - y1) / length * HAIR * 4, (x2 - x1) / length * HAIR * 4)
    left, right = Spot(x + across[0], y + across[1]), Spot(x - across[0], y - across[1])
    return 0 if piece.distance(left) < piece.distance(right) else 1


def _together(pieces: Sequence[Any]) -> str:
    from shapely import MultiPolygon, to_wkt

    shape = pieces[0] if len(pieces) == 1 else MultiPolygon(list(pieces))
    return str(to_wkt(shape, rounding_precision=CUT_DIGITS, trim=True))


def overlap_km2(one: str, other: str) -> float:
    """Return the area that two polygons share. [km2]

    Examples
    --------
    >>> overlap_km2("POLYGON ((0 0, 1 0, 1 1, 0 0))", "POLYGON ((2 2, 3 2, 3 3, 2 2))")
    0.0
    """
    shared = shape_of(one).intersection(shape_of(other))
    polygons = [part for part in getattr(shared, "geoms", (shared,)) if part.geom_type == "Polygon" and not part.is_empty]
    return float(sum(area_km2(str(part.wkt)) for part in polygons))
