"""Positions in the military grid (MGRS), in UTM and as earth-centred numbers, as longitude and latitude on WGS 84.

PROJ, through pyproj, knows the projections; what is here are the letters of the grid. A reference names the south-western corner
of its square.

    zone and band     33V: a zone of six degrees, a band of eight (C to X, without I and O)
    square            WE: column and row of 100 km; letters begin anew every three zones and every 2,000 km
    digits            02263 89259: within the square, to a metre; fewer digits, a larger square

References
----------
.. [1] National Geospatial-Intelligence Agency, NGA.STND.0037, Universal Grids and Grid Reference Systems, 2.0.0, 2014.
"""

import re
from functools import lru_cache
from math import isfinite
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude. [deg]"""

BANDS = "CDEFGHJKLMNPQRSTUVWX"
"""Bands of latitude from south to north."""

_COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
"""Columns from west to east, by the zone modulo three."""

_ROWS = "ABCDEFGHJKLMNPQRSTUV"
"""Rows from south to north; those of even zones begin five further."""

_SQUARE, _REPEATS, _EVEN_BEGIN = 100_000, 2_000_000, 5
_SOUTHERNMOST, _BAND_HEIGHT, _HIGHEST = -80.0, 8.0, 84.0
_BESIDE = 1.0
"""How far a corner may lie outside its band: squares are cut by the edges of bands. [deg]"""

_LAST_ZONE, _MOST_DIGITS = 60, 5
_ZONE = re.compile(r"(\d{1,2})\s*([A-Z])?")
_DIGITS = re.compile(r"\d{1,5}")
_WEST, _EAST = 100_000.0, 900_000.0
_TOP = 10_000_000.0


def utm_point(zone: str, *, easting: float, northing: float) -> Point | None:
    """Return a position in UTM, or None where there is none.

    Parameters
    ----------
    zone : str
        Number of the zone and letter of the band: 33V. Bands before N lie south of the equator.
    easting, northing : float
        Within the zone; south of the equator counted from 10,000 km. [m]

    Examples
    --------
    >>> [round(part, 4) for part in utm_point("33V", easting=502263.62, northing=6489259.69)]
    [15.0389, 58.5438]
    """
    found = _ZONE.fullmatch(zone.strip().upper())
    if found is None or found[2] is None or found[2] not in BANDS or not 1 <= int(found[1]) <= _LAST_ZONE:
        return None
    if not (_WEST <= easting <= _EAST and 0 <= northing <= _TOP):
        return None
    return _changed(int(found[1]), found[2] < "N", easting, northing)


def mgrs_point(zone: str, *, square: str, easting: str, northing: str, precision: int | None = None) -> Point | None:
    """Return the south-western corner of a square of the military grid, or None where there is no such square.

    Parameters
    ----------
    zone, square : str
        Zone and band, 33V; column and row, WE.
    easting, northing : str
        Digits within the square, as many of one as of the other.
    precision : int, optional
        How many digits they have where zeros at their head were left out.

    Examples
    --------
    >>> [round(part, 4) for part in mgrs_point("33V", square="WE", easting="02263", northing="89259")]
    [15.0389, 58.5438]
    """
    found = _ZONE.fullmatch(zone.strip().upper())
    letters, digits = square.strip().upper(), (easting.strip(), northing.strip())
    if found is None or found[2] is None or found[2] not in BANDS or not 1 <= int(found[1]) <= _LAST_ZONE:
        return None
    number = int(found[1])
    columns = _COLUMNS[number % 3]
    if len(letters) != 2 or letters[0] not in columns or letters[1] not in _ROWS:
        return None
    if any(_DIGITS.fullmatch(part) is None for part in digits):
        return None
    length = max(map(len, digits)) if precision is None else precision
    if not max(map(len, digits)) <= length <= _MOST_DIGITS:
        return None
    east, north = (int(part) * 10 ** (_MOST_DIGITS - length) for part in digits)
    east += (columns.index(letters[0]) + 1) * _SQUARE
    north += (_ROWS.index(letters[1]) - (0 if number % 2 else _EVEN_BEGIN)) % len(_ROWS) * _SQUARE
    return _in_band(number, found[2], east, north)


def _in_band(zone: int, band: str, east: float, north: float) -> Point | None:
    """The place of a column and row within its band, of those that repeat every 2,000 km."""
    low = _SOUTHERNMOST + _BAND_HEIGHT * BANDS.index(band)
    high = _HIGHEST if band == BANDS[-1] else low + _BAND_HEIGHT
    for repeat in range(int(_TOP // _REPEATS)):
        point = _changed(zone, band < "N", east, north + repeat * _REPEATS)
        if point is not None and low - _BESIDE <= point[1] <= high + _BESIDE:
            return point
    return None


def geocentric_point(x: float, y: float, *, z: float) -> Point | None:
    """Return a position given from the centre of the earth, or None where it is far from its surface.

    Parameters
    ----------
    x, y, z : float
        Towards the equator at Greenwich, towards it at 90° east, towards the north pole. [m]

    Examples
    --------
    >>> [round(part, 5) for part in geocentric_point(3222337.24, 865767.13, z=5417712.62)]
    [15.03889, 58.54383]
    """
    longitude, latitude, height = _projection("EPSG:4978", "EPSG:4979").transform(x, y, z)
    near = all(map(isfinite, (longitude, latitude, height))) and abs(height) < _SQUARE
    return (float(longitude), float(latitude)) if near else None


def _changed(zone: int, is_south: bool, easting: float, northing: float) -> Point | None:
    change = _projection(f"EPSG:{32700 + zone if is_south else 32600 + zone}", "EPSG:4326")
    longitude, latitude = change.transform(easting, northing)
    return (float(longitude), float(latitude)) if isfinite(longitude) and isfinite(latitude) else None


@lru_cache(maxsize=130)
def _projection(source: str, target: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)
