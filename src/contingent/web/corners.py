"""Corners of a shape as they are typed: one a line, in degrees or in the military grid.

49.9935 36.2304            latitude before longitude, as people say them; N, S, E and W may stand beside the figures
37U CR 010 410             MGRS, from two to ten digits: the south-western corner of that square
"""

import re
from collections.abc import Sequence

from contingent.exchange.orbat.grids import mgrs_point
from contingent.findings import Finding
from contingent.geography.shapes import Point

MOST_CORNERS = 2_000
"""Corners of one shape."""

MOST_FAULTS = 10
"""Lines that are told at once of those that cannot be read."""

_SQUARE = r"(\d{1,2}[C-HJ-NP-X])\s*([A-HJ-NP-Z]{2})\s*"
_GRID = re.compile(rf"{_SQUARE}(\d{{1,5}})\s+(\d{{1,5}})|{_SQUARE}(\d{{2,10}})")
_FIGURE = r"([-+−]?\d{1,3}(?:\.\d+)?)\s*°?"
_NORTH_FIRST = re.compile(rf"{_FIGURE}\s*([NS])?[\s,;]+{_FIGURE}\s*([EW])?")
_EAST_FIRST = re.compile(rf"{_FIGURE}\s*([EW])[\s,;]+{_FIGURE}\s*([NS])")


def read_corners(text: str) -> tuple[tuple[Point, ...], tuple[Finding, ...]]:
    """Return corners as they were typed, and what of it cannot be read.

    Parameters
    ----------
    text : str
        A corner a line; blank lines are left out.

    Examples
    --------
    >>> read_corners("49.9935, 36.2304")[0]
    (Point(latitude=49.9935, longitude=36.2304),)
    >>> [round(part, 2) for part in (lambda at: (at.latitude, at.longitude))(read_corners("37U CR 010 410")[0][0])]
    [49.99, 36.22]
    """
    points: list[Point] = []
    findings: list[Finding] = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_CORNERS:
        what = f"{len(lines):,} corners; a shape has at most {MOST_CORNERS:,}."
        return (), (Finding("corners", what, maybe="draw it with fewer"),)
    for number, line in lines:
        found = point_of(line)
        if isinstance(found, Point):
            points.append(found)
        else:
            maybe = "write '49.99 36.23' (latitude first) or '37U CR 010 410'"
            findings.append(Finding("corners", found, line=number, maybe=maybe))
    return tuple(points), tuple(findings[:MOST_FAULTS])


def point_of(line: str) -> Point | str:
    """Return the corner that a line names, or what is wrong with it.

    >>> point_of("36.5 E 50 N"), point_of("91 0"), point_of("here")
    (Point(latitude=50.0, longitude=36.5), '91 0 lies outside the Earth.', "'here' is not a position.")
    """
    written = line.upper().replace("−", "-")
    if grid := _GRID.fullmatch(written):
        return _in_grid(line, [part for part in grid.groups() if part is not None])
    if turned := _EAST_FIRST.fullmatch(written):
        east, east_letter, north, north_letter = turned.groups()
    elif usual := _NORTH_FIRST.fullmatch(written):
        north, north_letter, east, east_letter = usual.groups()
    else:
        return f"'{line[:40]}' is not a position."
    latitude = float(north) * (-1 if north_letter == "S" else 1)
    longitude = float(east) * (-1 if east_letter == "W" else 1)
    return Point(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else f"{line[:40]} lies outside the Earth."


def _in_grid(line: str, parts: Sequence[str]) -> Point | str:
    zone, square, *digits = parts
    if len(digits) == 1:
        half, odd = divmod(len(digits[0]), 2)
        if odd:
            return f"'{line[:40]}' has an odd number of digits: as many eastward as northward are needed."
        digits = [digits[0][:half], digits[0][half:]]
    if len(digits[0]) != len(digits[1]):
        return f"'{line[:40]}' has more digits one way than the other."
    at = mgrs_point(zone, square=square, easting=digits[0], northing=digits[1])
    return Point(at[1], at[0]) if at is not None else f"'{line[:40]}' is no square of the military grid."


def written_corners(points: Sequence[Point]) -> str:
    """Return corners as they would be typed in degrees.

    >>> written_corners([Point(50.0, 36.25)])
    '50 36.25'
    """
    return "\n".join(f"{_degrees(point.latitude)} {_degrees(point.longitude)}" for point in points)


def _degrees(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")
