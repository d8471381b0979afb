"""Land and borders of Europe and its neighbours, for the ground of a map.

``outlines.csv`` is cut from Natural Earth's countries at 1:50 million (public domain), from 26° W to 60° E and from 27° to 72° N,
simplified to 0.07 degrees; Crimea is drawn as part of Ukraine. It shows a reader where a place lies and claims nothing else.
"""

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from contingent.geography.shapes import shape_of

Degrees = tuple[float, float]
Line = list[Degrees]
Box = tuple[float, float, float, float]
"""West, south, east, north. [deg]"""


@lru_cache
def _shapes() -> tuple[tuple[str, Any], ...]:
    text = files("contingent.report.drawings").joinpath("outlines.csv").read_text(encoding="utf-8")
    return tuple((row["kind"], shape_of(row["geometry"])) for row in csv.DictReader(text.splitlines()))


def outlines_within(box: Box) -> tuple[list[Line], list[Line]]:
    """Return rings of land, and borders on it, cut to a box. [deg]"""
    from shapely import clip_by_rect

    land: list[Line] = []
    borders: list[Line] = []
    for kind, shape in _shapes():
        for part in _parts(clip_by_rect(shape, *box)):
            if part.geom_type == "Polygon":
                land += [_corners(ring) for ring in (part.exterior, *part.interiors)]
            elif part.geom_type == "LineString" and kind == "border":
                borders.append(_corners(part))
    return land, borders


def _parts(shape: Any) -> Iterator[Any]:
    yield from (part for part in getattr(shape, "geoms", (shape,)) if not part.is_empty)


def _corners(line: Any) -> Line:
    return [(float(x), float(y)) for x, y, *_ in line.coords]
