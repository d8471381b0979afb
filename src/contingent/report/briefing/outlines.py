"""A military symbol as outlines and letters: what a program that knows no SVG can draw, and its user can edit.

Reads the pictures of the field's library (`contingent.report.symbols`): paths, circles and letters in groups that are moved
and scaled. Curves become short straight lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from xml.etree import ElementTree as ET

from contingent.report.briefing.parts import Place
from contingent.report.symbols import draw_symbol

Point = tuple[float, float]
Contour = tuple[Point, ...]

STEPS = 10
"""Straight lines that stand for a curve."""

INK = "#000000"
NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
COMMANDS = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}


@dataclass(frozen=True, slots=True)
class Outline:
    """Lines and areas in one look. Contours in points of the page."""

    contours: tuple[Contour, ...]
    fill: str | None
    edge: str | None
    width: float
    dashed: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """A word around its middle."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class _Look:
    fill: str | None
    edge: str | None
    width: float
    dashed: bool
    scale: float
    x: float
    y: float

    def at(self, x: float, y: float) -> Point:
        return round(self.x + x * self.scale, 2), round(self.y + y * self.scale, 2)


def outlines_of(code: str, place: Place, *, is_planned: bool = False) -> tuple[list[Outline], list[Letters]]:
    """Return a symbol as outlines and letters, as large as its place allows, in the middle of it."""
    drawn = draw_symbol(code, size=place.height, is_planned=is_planned)
    left, top, width, height = (float(number) for number in drawn.view_box.split())
    scale = min(place.width / width, place.height / height)
    x = place.x + (place.width - width * scale) / 2 - left * scale
    y = place.y + (place.height - height * scale) / 2 - top * scale
    look = _Look(INK, None, 1.0, False, scale, x, y)
    outlines: list[Outline] = []
    letters: list[Letters] = []
    _walk(ET.fromstring(f"<svg>{drawn.inside}</svg>"), look, outlines, letters)  # noqa: S314 (drawn by us)
    return outlines, letters


def _walk(element: ET.Element, look: _Look, outlines: list[Outline], letters: list[Letters]) -> None:
    for child in element:
        own = _look(child, look)
        kind = child.tag.rpartition("}")[2]
        if kind in ("g", "svg"):
            _walk(child, own, outlines, letters)
        elif kind == "text" and (child.text or "").strip():
            size = float(child.get("font-size", "20")) * own.scale
            x, y = own.at(float(child.get("x", "0")), float(child.get("y", "0")))
            middle = y if child.get("dominant-baseline") == "middle" else y - size * 0.35
            letters.append(Letters((child.text or "").strip(), x, middle, size))
        elif kind in ("path", "circle", "rect"):
            contours = tuple(tuple(own.at(*point) for point in contour) for contour in _contours(child, kind))
            outlines.append(Outline(contours, own.fill, own.edge, own.width * own.scale, own.dashed))


def _look(element: ET.Element, look: _Look) -> _Look:
    fill = _paint(element.get("fill"), look.fill)
    edge = _paint(element.get("stroke"), look.edge)
    width = float(element.get("stroke-width", look.width))
    dashed = look.dashed or element.get("stroke-dasharray", "none") != "none"
    scale, x, y = look.scale, look.x, look.y
    for name, text in re.findall(r"(translate|scale)\(([^)]*)\)", element.get("transform", "")):
        numbers = [float(number) for number in NUMBERS.findall(text)]
        if name == "translate":
            x, y = x + numbers[0] * scale, y + (numbers[1] if len(numbers) > 1 else 0.0) * scale
        else:
            scale *= numbers[0]
    return _Look(fill, edge, width, dashed, scale, x, y)


def _paint(said: str | None, before: str | None) -> str | None:
    """A colour as #rrggbb; None where nothing is painted."""
    if said is None:
        return before
    if said in ("none", "transparent"):
        return None
    mixed = re.fullmatch(r"rgb\((\d+),\s*(\d+),\s*(\d+)\)", said)
    if mixed:
        return "#" + "".join(f"{int(part):02x}" for part in mixed.groups())
    named = {"black": INK, "white": "#ffffff", "yellow": "#ffff00", "red": "#ff0000", "blue": "#0000ff"}
    return named.get(said, said if re.fullmatch(r"#[0-9a-fA-F]{6}", said) else INK)


def _contours(element: ET.Element, kind: str) -> list[list[Point]]:
    def of(name: str) -> float:
        return float(element.get(name, "0"))

    if kind == "circle":
        turns = [2 * pi * at / 36 for at in range(37)]
        points = [(of("cx") + of("r") * cos(turn), of("cy") + of("r") * sin(turn)) for turn in turns[:-1]]
        return [[*points, points[0]]]
    if kind == "rect":
        x, y, right, foot = of("x"), of("y"), of("x") + of("width"), of("y") + of("height")
        return [[(x, y), (right, y), (right, foot), (x, foot), (x, y)]]
    return contours_of(element.get("d", ""))


def contours_of(path: str) -> list[list[Point]]:
    """Return the contours of an SVG path, curves as straight lines; one that is closed ends where it began.

    >>> contours_of("M0,0 l10,0 0,5 z m2,2 h3")
    [[(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 0.0)], [(2.0, 2.0), (5.0, 2.0)]]
    """
    contours: list[list[Point]] = []
    here = (0.0, 0.0)
    control: Point | None = None
    for command, numbers in _steps(path):
        upper, is_relative = command.upper(), command.islower()
        if upper == "Z":
            if contours and contours[-1]:
                contours[-1].append(contours[-1][0])
                here = contours[-1][0]
            control = None
            continue
        points = _absolute(upper, numbers, here, is_relative=is_relative)
        if upper == "M":
            contours.append([points[-1]])
        else:
            if contours and len(contours[-1]) > 1 and contours[-1][0] == contours[-1][-1] == here and upper != "M":
                contours.append([here])
            control, bend = _bend(upper, here, control, points)
            contours[-1].extend(bend)
        here = points[-1]
        if upper not in "CSQT":
            control = None
    return [contour for contour in contours if len(contour) > 1]


def _steps(path: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with one set of its arguments; further sets repeat it, and a move becomes a line."""
    for command, text in COMMANDS.findall(path):
        if command in "Zz":
            yield command, []
            continue
        numbers = [float(number) for number in NUMBERS.findall(text)]
        many = ARGUMENTS[command.upper()]
        for at in range(0, len(numbers) - many + 1, many):
            following = {"M": "L", "m": "l"}.get(command, command) if at else command
            yield following, numbers[at : at + many]


def _absolute(upper: str, numbers: list[float], here: Point, *, is_relative: bool) -> list[Point]:
    x, y = here if is_relative else (0.0, 0.0)
    if upper == "H":
        return [(x + numbers[0], here[1])]
    if upper == "V":
        return [(here[0], y + numbers[0])]
    if upper == "A":
        return [(x + numbers[5], y + numbers[6])]
    return [(x + numbers[at], y + numbers[at + 1]) for at in range(0, len(numbers), 2)]


def _bend(upper: str, here: Point, control: Point | None, points: list[Point]) -> tuple[Point | None, list[Point]]:
    """The last control point and the straight lines of a step."""
    mirrored = here if control is None else (2 * here[0] - control[0], 2 * here[1] - control[1])
    if upper in ("C", "S"):
        first, second, end = points if upper == "C" else (mirrored, *points)
        return second, [_cubic(here, first, second, end, at / STEPS) for at in range(1, STEPS + 1)]
    if upper in ("Q", "T"):
        middle, end = points if upper == "Q" else (mirrored, *points)
        first, second = _between(here, middle, 2 / 3), _between(end, middle, 2 / 3)
        return middle, [_cubic(here, first, second, end, at / STEPS) for at in range(1, STEPS + 1)]
    return None, points


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _cubic(start: Point, first: Point, second: Point, end: Point, at: float) -> Point:
    a, b, c, d = (1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3
    return (
        a * start[0] + b * first[0] + c * second[0] + d * end[0],
        a * start[1] + b * first[1] + c * second[1] + d * end[1],
    )
