"""The map of flows: ways as wide as what goes over them in a week, places as large as what they handle, on an outline of land.

Mercator's projection, so that angles are true; distances are not. Ways are drawn straight from place to place. The mode of a way
is told by its dashes as well as by its colour. The picture shows one week, the fullest, and stands by itself: on paper, and where
no script runs; with a script the same elements are given other widths.

    rail    unbroken        road   short dashes
    sea     long dashes     air    dots, curved         river   long and short
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asinh, cos, hypot, pi, radians, sinh, sqrt, tan
from math import atan as arctangent

import numpy as np
from markupsafe import Markup

from contingent.report.drawings.labels import placed_labels
from contingent.report.drawings.outline import Box, outlines_within
from contingent.report.drawings.svg import element, picture
from contingent.report.flows import Flows

WIDTH, TALLEST, LEAST_HEIGHT = 900.0, 640.0, 380.0
MARGIN = 34.0
SHOWN = 0.93
"""Share of what places handle that the frame must hold; what lies far off runs out over its edge. [-]"""

SMALLEST_SPAN = 4.0
"""Least width of the map. [deg]"""

MOST_NAMES = 18
LETTER, NAME_HEIGHT = 5.9, 13.0
"""Width of a letter of a name, and height of a name. [px]"""

WIDEST, THINNEST = 9.0, 1.0
"""Width of the way that carries most, and what is added to each. [px]"""

LARGEST, SMALLEST = 7.0, 1.4
"""Radius of the place that handles most, and what is added to each. [px]"""

BESIDE = {"rail": -2.2, "road": 2.2}
"""How far ways of a mode are moved to the side, so that two modes between the same places are both seen. [px]"""

CURVE = 0.12
"""How far the middle of a flight is moved aside. [length of the flight]"""

MODES = ("rail", "road", "sea", "air", "river")

Degrees = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Scale from degrees to pixels, by Mercator."""

    west: float
    north: float
    scale: float
    height: float

    def xy(self, at: Degrees) -> tuple[float, float]:
        """Return where a place stands. [px]"""
        return (radians(at[0]) - self.west) * self.scale, (self.north - _up(at[1])) * self.scale

    @property
    def box(self) -> Box:
        """What the frame shows. [deg]"""
        east = self.west + WIDTH / self.scale
        south = self.north - self.height / self.scale
        return self.west * 180 / pi, _latitude(south), east * 180 / pi, _latitude(self.north)

    def holds(self, at: Degrees) -> bool:
        """Return whether a place lies within the frame."""
        x, y = self.xy(at)
        return 0 <= x <= WIDTH and 0 <= y <= self.height


def _up(latitude: float) -> float:
    return asinh(tan(radians(latitude)))


def _latitude(up: float) -> float:
    return arctangent(sinh(up)) * 180 / pi


def width_of(figure: float, most: float) -> float:
    """Return how wide a way is drawn. [px]"""
    return THINNEST + WIDEST * sqrt(figure / most) if figure > 0 and most > 0 else 0.0


def radius_of(figure: float, most: float) -> float:
    """Return how large a place is drawn. [px]"""
    return SMALLEST + LARGEST * sqrt(figure / most) if figure > 0 and most > 0 else 0.0


def flow_map(flows: Flows, where: dict[str, Degrees], names: dict[str, str], *, label: str) -> Markup:
    """Return the map of the fullest week.

    Parameters
    ----------
    flows : Flows
        Figures by way, place and step.
    where : dict of str to Degrees
        Longitude and latitude of each place. [deg]
    names : dict of str to str
        Places by their names in reports.
    label : str
        What the picture shows, in words.
    """
    frame = frame_of(flows, where)
    step = flows.fullest
    land, borders = outlines_within(frame.box)
    parts = [
        element("rect", class_="water", width=WIDTH, height=frame.height),
        element("path", class_="land", d="".join(_rings(frame, land))),
        element("path", class_="border", d="".join(_lines(frame, borders))),
    ]
    most = float(flows.tonnes.max(initial=0.0))
    drawn = [_way(frame, way, where, width_of(float(flows.tonnes[at, step]), most)) for at, way in enumerate(flows.links)]
    for mode in dict.fromkeys(way[2] for way in flows.links):
        own = [path for path, way in zip(drawn, flows.links, strict=True) if way[2] == mode]
        parts.append(element("g", *own, class_=f"flow {mode if mode in MODES else 'road'}"))
    most = float(flows.place_tonnes.max(initial=0.0))
    spots = [frame.xy(where[place]) for place in flows.places]
    radii = [radius_of(float(handled), most) for handled in flows.place_tonnes[:, step]]
    circles = [element("circle", cx=round(x), cy=round(y), r=radius) for (x, y), radius in zip(spots, radii, strict=True)]
    parts.append(element("g", *circles, class_="node"))
    parts += _labels(frame, flows, where, names)
    return picture(*parts, width=WIDTH, height=frame.height, label=label, class_="map flows")


def frame_of(flows: Flows, where: dict[str, Degrees]) -> Frame:
    """Return a frame that holds nearly all that places handle, around the middle of it."""
    weights = np.array(_weights(flows))
    spots = np.array([where[place] for place in flows.places])
    middle = np.array([_middle(spots[:, axis], weights) for axis in (0, 1)])
    away = np.hypot((spots[:, 0] - middle[0]) * cos(radians(float(middle[1]))), spots[:, 1] - middle[1])
    order = np.argsort(away, kind="stable")
    share = np.cumsum(weights[order]) / max(float(weights.sum()), 1e-9)
    kept = spots[order[: int(np.searchsorted(share, SHOWN)) + 1]]
    west, east = (float(end) for end in (kept[:, 0].min(), kept[:, 0].max()))
    south, north = (float(end) for end in (kept[:, 1].min(), kept[:, 1].max()))
    wider = max(0.0, SMALLEST_SPAN - (east - west)) / 2
    west, east = west - wider, east + wider
    across, down = radians(east - west), max(_up(north) - _up(south), 0.01)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
    height = min(TALLEST, max(LEAST_HEIGHT, down * scale + 2 * MARGIN))
    left = radians(west) - (WIDTH / scale - across) / 2
    return Frame(left, (_up(north) + _up(south)) / 2 + height / scale / 2, scale, round(height))


def _weights(flows: Flows) -> list[float]:
    """What each place handles in all, tonnes and people each as a share of the most."""
    both = [figures.sum(axis=1) for figures in (flows.place_tonnes, flows.place_people)]
    parts = [figures / figures.max() if figures.max() > 0 else figures for figures in both]
    return [float(weight) for weight in parts[0] + parts[1]]


def _middle(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(reached, reached[-1] / 2))])


def _way(frame: Frame, way: tuple[str, str, str], where: dict[str, Degrees], width: float) -> Markup:
    (x1, y1), (x2, y2) = (frame.xy(where[end]) for end in way[:2])
    length = hypot(x2 - x1, y2 - y1) or 1.0
    across, up = (y2 - y1) / length, (x1 - x2) / length
    side = BESIDE.get(way[2], 0.0)
    x1, x2, y1, y2 = x1 + across * side, x2 + across * side, y1 + up * side, y2 + up * side
    d = f"M{x1:.0f},{y1:.0f}L{x2:.0f},{y2:.0f}"
    if way[2] == "air":
        bend = CURVE * length
        d = f"M{x1:.0f},{y1:.0f}Q{(x1 + x2) / 2 + across * bend:.0f},{(y1 + y2) / 2 + up * bend:.0f} {x2:.0f},{y2:.0f}"
    return element("path", d=d, stroke_width=width) if width else element("path", d=d, display="none")


def _labels(frame: Frame, flows: Flows, where: dict[str, Degrees], names: dict[str, str]) -> list[Markup]:
    """Names of the places that handle most."""
    weights = _weights(flows)
    inside = [at for at, place in enumerate(flows.places) if frame.holds(where[place])]
    named = sorted(inside, key=lambda at: (-weights[at], flows.places[at]))[:MOST_NAMES]
    spots = [frame.xy(where[flows.places[at]]) for at in named]
    texts = [names[flows.places[at]] for at in named]
    places = placed_labels(
        spots, [len(text) * LETTER for text in texts], height=NAME_HEIGHT, room=(WIDTH, frame.height), beside=9.0
    )
    return [
        element("text", text, class_="place", x=x, y=y + 4, text_anchor=anchor, data_node=at)
        for at, text, (x, y, anchor) in zip(named, texts, places, strict=True)
    ]


def _rings(frame: Frame, rings: Iterable[Sequence[Degrees]]) -> Iterable[str]:
    return (f"{line}Z" for ring in rings if (line := _line(frame, ring)))


def _lines(frame: Frame, lines: Iterable[Sequence[Degrees]]) -> Iterable[str]:
    return (line for each in lines if (line := _line(frame, each)))


def _line(frame: Frame, corners: Sequence[Degrees]) -> str:
    """Whole pixels, each from the one before; nothing where a line is no longer than a pixel."""
    spots = [(round(x), round(y)) for x, y in (frame.xy(at) for at in corners)]
    kept = [spot for at, spot in enumerate(spots) if at == 0 or spot != spots[at - 1]]
    if len(kept) < 2:
        return ""
    moves = "".join(f"{after[0] - before[0]},{after[1] - before[1]} " for before, after in itertools.pairwise(kept))
    return f"M{kept[0][0]},{kept[0][1]}l{moves.rstrip().replace(' -', '-').replace(',-', '-')}"


def mode_key(mode: str) -> Markup:
    """Return a short piece of a mode's way, for the legend."""
    return picture(
        element("path", class_=f"flow {mode}", d="M0,6H34", stroke_width=4.0), width=34, height=12, label=None, class_="key"
    )
