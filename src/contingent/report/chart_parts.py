"""Parts that charts of chance, stress and ceilings share: shares upwards, rows downwards, labels that fit their room.

Everything is in the units of the axes, as in `size_charts`.

    share_axis     a share upwards, from nothing to all
    days_axis      days to the right, with dates where the calendar is known
    rows_axis      one row below the other, each with its name
    text_layers    letters, each on its side of its place
    coloured_bars  boxes, each in its own colour
    round_ticks    a few round numbers from nothing upwards
"""

from collections.abc import Mapping, Sequence

from contingent.horizon import Horizon
from contingent.report.charts import HEADROOM, INK, PAPER, SOFT, Size, Spec, as_exact, axis_of, time_axis
from contingent.report.words import THIN_SPACE, grouped

ACCENT, BAND = "#005b8f", "#cfe0ee"
LIGHT, MIDDLE, DARK = "#f6e3d3", "#9dc3de", "#2f6f9f"
"""What is lost at once, what may be lost and what is lost in the end: from light to dark, so that they differ without colour."""

LABEL_SIZE = 11
LETTER = 5.9
"""Height and width of a letter of a label. [px]"""

MOST_TICKS = 5
STEPS = (1, 2, 5)


def shortened(text: str, most: int) -> str:
    """Return the text, or its head with a sign that it goes on.

    >>> shortened("air defence", 6), shortened("air", 6)
    ('air d…', 'air')
    """
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def round_ticks(top: float, *, most: int = MOST_TICKS) -> list[float]:
    """Return a few round numbers from 0 to `top`, as many as `most` steps of 1, 2 or 5 times a power of ten.

    >>> round_ticks(1.2), round_ticks(25_000)
    ([0, 0.5, 1], [0, 5000, 10000, 15000, 20000, 25000])
    """
    if top <= 0:
        return [0]
    step = next(step * 10.0**power for power in range(-6, 12) for step in STEPS if top / (step * 10.0**power) <= most)
    ticks = [round(at * step, 6) for at in range(int(top / step + 1e-9) + 1)]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


def ticks_of_span(low: float, high: float, *, most: int = MOST_TICKS) -> list[float]:
    """Return a few round numbers within a span.

    >>> ticks_of_span(0.42, 0.79)
    [0.5, 0.6, 0.7]
    """
    span = max(high - low, 1e-6)
    step = next(step * 10.0**power for power in range(-7, 12) for step in STEPS if span / (step * 10.0**power) <= most)
    first = -(-low // step)
    ticks = [round((first + at) * step, 9) for at in range(most + 2) if (first + at) * step <= high + 1e-9]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


def hundredths(share: float) -> str:
    """Return a share as whole hundredths with their sign, for a tick of an axis."""
    return f"{grouped(share * 100)}{THIN_SPACE}%"


def share_axis(field: str, *, most: float = 1.0) -> Spec:
    """Return a share upwards from nothing to all."""
    ticks = [tick for tick in (0, 0.25, 0.5, 0.75, 1) if tick <= most + 1e-9]
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, as_exact(most * HEADROOM)], "nice": False},
        "axis": axis_of({tick: hundredths(tick) for tick in ticks}),
    }


def days_axis(days: int, horizon: Horizon | None, size: Size, *, labelled: bool) -> Spec:
    """Return days to the right; where no calendar is known, counted from D-day alone."""
    if horizon is not None:
        axis = time_axis(horizon, size, labelled=labelled)
        return axis | {"scale": {"domain": [0, days], "nice": False}}
    ticks = {int(tick): f"D+{grouped(tick)}" for tick in round_ticks(float(days), most=size.ticks) if tick < days * 0.98}
    scale = {"domain": [0, days], "nice": False}
    return {"field": "day", "type": "quantitative", "scale": scale, "axis": axis_of(ticks) | {"labels": labelled}}


def rows_axis(names: Mapping[int, str | list[str]], *, rows: int, head: float = 0.5) -> Spec:
    """Return rows downwards, each with its name before it; without names where letters stand above the rows."""
    return {
        "field": "row",
        "type": "quantitative",
        "scale": {"domain": [rows - 0.5, -head], "nice": False, "zero": False},
        "axis": axis_of(names)
        | {"grid": False, "ticks": False, "domain": False, "labelColor": INK, "labelLineHeight": 13, "minExtent": 0},
    }


def across(field: str, ticks: Mapping[float, str], *, domain: Sequence[float], top: bool = True) -> Spec:
    """Return an amount to the right, its figures above the rows."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [round(end, 6) for end in domain], "nice": False, "zero": False},
        "axis": axis_of(dict(ticks)) | {"orient": "top" if top else "bottom", "domain": False},
    }


def text_layers(letters: Sequence[Spec], *, size: float = LABEL_SIZE, colour: str = INK, clears: bool = False) -> list[Spec]:
    """Return letters as layers, one for each side on which they stand of their place; `clears` = lines under them are cut."""
    paper = [
        layer | {"mark": layer["mark"] | {"color": PAPER, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}}
        for layer in text_layers(letters, size=size)
    ] if clears else []  # fmt: skip
    return paper + [
        {
            "data": {"values": [row for row in letters if row["align"] == align]},
            "mark": {"type": "text", "align": align, "fontWeight": "normal", "fontSize": size, "color": colour},
            "encoding": {"text": {"field": "letters"}},
        }
        for align in ("left", "right", "center")
        if any(row["align"] == align for row in letters)
    ]


def points(rows: Sequence[Spec], *, shape: str, colour: str = INK, filled: bool = True, size: int = 60) -> Spec:
    """Return marks of one shape; open ones are filled with the paper's colour."""
    mark: Spec = {"type": "point", "shape": shape, "filled": filled, "size": size, "opacity": 1, "color": colour}
    return {
        "data": {"values": list(rows)},
        "mark": mark | ({"stroke": PAPER, "strokeWidth": 0.7} if filled else {"fill": PAPER, "strokeWidth": 1.6}),
    }


def coloured_bars(rows: Sequence[Spec], *, to: Mapping[str, str], stroke: str = INK, width: float = 0.5) -> Spec:
    """Return boxes from where their rows stand to the fields of `to` (``x2``, ``y2``), each in its field ``colour``."""
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "rect", "stroke": stroke, "strokeWidth": width},
        "encoding": {
            **{end: {"field": field} for end, field in to.items()},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def rules(rows: Sequence[Spec], *, to: Mapping[str, str], colour: str = SOFT, width: float = 1.2, dash: bool = False) -> Spec:
    """Return lines from a place to another; `to` names the field of the other end by channel."""
    mark: Spec = {"type": "rule", "color": colour, "strokeWidth": width} | ({"strokeDash": [5, 3]} if dash else {})
    return {
        "data": {"values": list(rows)},
        "mark": mark,
        "encoding": {channel: {"field": field} for channel, field in to.items()},
    }
