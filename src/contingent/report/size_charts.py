"""Charts of size: what moves the total, how past missions come out, whether it is enough; as Vega-Lite, like those of `charts`.

Where each mark stands is worked out here, in the units of its axes, so that labels keep clear of each other; the renderer only
draws. Shapes and letters tell apart what colours tell apart.

    tornado         the widest factors, each at its low and its high value
    past_and_sized  past missions: sent against sized, per km and per 1,000 inhabitants, this plan among them
    adequacy_bars   battalions within hours of each incursion, coalition on host, against what is needed
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from contingent.report.chart_parts import coloured_bars
from contingent.report.charts import INK, LOOK, PAPER, RULE, SOFT, Spec, as_exact, axis_of, whole_ticks
from contingent.report.drawings.labels import placed_labels
from contingent.report.mandate import CLOSE, NEAR, Row, factor_off
from contingent.report.words import amount, factor_words, grouped, hours_words, quantity_words

LOW_COLOUR, HIGH_COLOUR = "#9dc3de", "#2f6f9f"
CLOSE_COLOUR, NEAR_COLOUR, MISSED_COLOUR, OWN_COLOUR = "#1f7a5c", "#b57d00", "#b04a00", INK
BAND_COLOUR = "#eef1f4"
COALITION_COLOUR, HOST_COLOUR = "#5b9bc8", "url(#host-dots) #efe3c4"
"""The dots of the page that the chart stands in; a plain colour where the page has none."""

BY_AID_COLOUR, WAITING_COLOUR = "#7cc4ab", "url(#gap-hatch) #fdf0e6"
"""Host forces that aid has equipped, and those that still wait: hatched as all that is missing."""

LETTER = 5.9
"""Width of a letter of a label. [px]"""

LABEL_SIZE = 11
LABEL_HEIGHT = 12.0
MARGIN = 0.24
"""Room right and left of the tornado for the labels at the ends of its bars. [share of its span]"""

HALF_BAR = 0.3
"""Half the thickness of a bar. [rows]"""

VERDICT_ROOM = 1.34
"""Height of a panel of adequacy as a multiple of its highest bar: above it stand total and verdict. [-]"""

CUT_FROM, CUT_AT = 5.0, 3.0
"""Multiple of the need from which bars are cut, and at which they are then drawn to end. [-]"""

CUT_WITH_AID = 25.0

LETTER_LOOKS: Mapping[str, Spec] = {
    "total": {"fontSize": 11, "fontWeight": "bold"},
    "verdict": {"fontSize": 9.5, "fontWeight": "normal"},
    "needed": {"fontSize": 10, "fontWeight": "normal", "align": "left"},
}

LONGEST_LABEL = 40
PANEL_LABEL = 14
"""Longest names before a chart and before a panel of it. [letters]"""


@dataclass(frozen=True, slots=True)
class Form:
    """Size of a chart of size: for screens and paper, or for telephones."""

    width: int
    row: int
    panel: int
    panels: int


WIDE = Form(width=660, row=33, panel=350, panels=3)
NARROW = Form(width=276, row=54, panel=236, panels=1)


def tornado(rows: Sequence[Row], *, form: Form) -> Spec:
    """Return the factors as bars around the total of today: light to what the low value asks for, dark to the high one's."""
    now = rows[0]["people"]
    ends = [row[name] for row in rows for name in ("people_low", "people_high")] + [now]
    first, last = _span(min(ends), max(ends))
    bars, letters, names = [], [], {}
    for at, row in enumerate(rows):
        for kind, colour in (("low", LOW_COLOUR), ("high", HIGH_COLOUR)):
            bars += _bar(row, kind, at=at, colour=colour, now=now)
        letters += _end_letters(row, at=at, now=now, span=last - first, form=form)
        names[at] = _factor_label(row)
    wide = form is WIDE
    across = {
        "field": "from",
        "type": "quantitative",
        "scale": {"domain": [first, last], "nice": False, "zero": False},
        "axis": axis_of({tick: grouped(tick) for tick in _ticks_between(min(ends), max(ends), most=5 if wide else 3)})
        | {"orient": "top", "domain": False},
    }
    down = {
        "field": "top",
        "type": "quantitative",
        "scale": {"domain": [len(rows) - 0.5, -0.5 if wide else -0.75], "nice": False, "zero": False},
        "axis": axis_of(names if wide else {})
        | {"grid": False, "ticks": False, "domain": False, "labelColor": INK, "labelLineHeight": 14},
    }
    layers: list[Spec] = [
        coloured_bars(bars, to={"x2": "until", "y2": "foot"}),
        {
            "data": {"values": [{"from": now, "top": -0.5, "foot": len(rows) - 0.5}]},
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.6},
            "encoding": {"y2": {"field": "foot"}},
        },
    ]
    layers += _text_layers(letters)
    if not wide:
        heads = [{"from": first, "top": at - 0.43, "letters": _cut(": ".join(names[at]), LONGEST_LABEL)} for at in names]
        layers.append(
            {
                "data": {"values": heads},
                "mark": {"type": "text", "align": "left", "fontWeight": "normal", "fontSize": 10.5},
                "encoding": {"text": {"field": "letters"}},
            }
        )
    return {
        "config": LOOK,
        "width": form.width,
        "height": form.row * len(rows),
        "encoding": {"x": across, "y": down},
        "layer": layers,
    }


def _bar(row: Row, kind: str, *, at: int, colour: str, now: int) -> list[Spec]:
    end = row[f"people_{kind}"]
    if end is None or end == now:
        return []
    other = row["people_high" if kind == "low" else "people_low"]
    same_side = other is not None and (other - now) * (end - now) > 0
    # Where both ends lie on one side, each has half of the row, so that neither hides the other.
    top, foot = (at - HALF_BAR, at + HALF_BAR) if not same_side else (at - HALF_BAR, at) if kind == "low" else (at, at + HALF_BAR)
    return [{"from": min(end, now), "until": max(end, now), "top": top, "foot": foot, "colour": colour}]


def _end_letters(row: Row, *, at: int, now: int, span: float, form: Form) -> list[Spec]:
    """Value and unit at the outer end of each bar."""
    letters = []
    for kind in ("low", "high"):
        end, other = row[f"people_{kind}"], row["people_high" if kind == "low" else "people_low"]
        if end is None or end == now:
            continue
        same_side = other is not None and (other - now) * (end - now) > 0
        side = 1 if end > now else -1
        text = quantity_words(row[kind], row["unit"], short=True)
        shift = (-0.15 if kind == "low" else 0.17) if same_side else 0.02
        letters.append(
            {
                "from": end + side * span * 6 / form.width,
                "top": at + shift,
                "letters": text,
                "align": "left" if side > 0 else "right",
            }
        )
    return letters


def _factor_label(row: Row) -> list[str]:
    scope = "" if row["scope"] == "all" else f" ({row['scope']})"
    return [
        _cut(f"{factor_words(row['factor'])}{scope}", LONGEST_LABEL),
        _cut(quantity_words(row["value"], row["unit"]), LONGEST_LABEL),
    ]


def _span(low: float, high: float) -> tuple[float, float]:
    width = (high - low) or max(1.0, high * 0.1)
    return low - width * MARGIN, high + width * MARGIN


def _ticks_between(low: float, high: float, *, most: int) -> list[int]:
    """Return round numbers within a span, a few."""
    span = max(high - low, 1.0)
    step = next(step * 10**power for power in range(12) for step in (1, 2, 5) if span / (step * 10**power) <= most)
    first = -(-int(low) // step) * step
    return list(range(first, int(high) + 1, step))


def _text_layers(letters: Sequence[Spec]) -> list[Spec]:
    return [
        {
            "data": {"values": [row for row in letters if row["align"] == align]},
            "mark": {"type": "text", "align": align, "fontWeight": "normal", "fontSize": LABEL_SIZE},
            "encoding": {"text": {"field": "letters"}},
        }
        for align in ("left", "right")
        if any(row["align"] == align for row in letters)
    ]


def past_and_sized(rows: Sequence[Row], own: Row | None, *, form: Form) -> Spec:
    """Return past missions as one chart: sent against sized, and both per km of line and per 1,000 inhabitants."""
    panels = [_scatter(rows, form=form)]
    for what, title in (("km", "People per km of line"), ("1000", "People per 1 000 inhabitants".replace(" 0", "\u202f0"))):
        if any(row[f"sent_per_{what}"] for row in rows):
            panels.append(_densities(rows, own, what, title=title, form=form))
    return {"config": LOOK, "hconcat" if form is WIDE else "vconcat": panels, "spacing": 18 if form is WIDE else 30}


def _scatter(rows: Sequence[Row], *, form: Form) -> Spec:
    """Sent to the right, sized upwards, both by powers of ten; the band is a factor of two."""
    figures = [row[name] for row in rows for name in ("sent", "sized")]
    low, high = min(figures) / 1.6, max(figures) * 1.6
    size = form.panel
    bend = sorted({low, min(low * NEAR, high), max(high / NEAR, low), high})
    band = [{"sent": as_exact(x), "sized": as_exact(max(low, x / NEAR)), "top": as_exact(min(high, x * NEAR))} for x in bend]
    points = [{"sent": row["sent"], "sized": row["sized"], "kind": _kind(row), "size": 64} for row in rows]
    ticks = _log_ticks(low, high)
    scale = {"type": "log", "domain": [as_exact(low), as_exact(high)], "nice": False}
    across = {
        "field": "sent",
        "type": "quantitative",
        "scale": scale,
        "axis": axis_of(ticks) | {"title": "People sent", "titleFontWeight": "normal", "titleColor": SOFT},
    }
    up = {
        "field": "sized",
        "type": "quantitative",
        "scale": scale,
        "axis": axis_of(ticks) | {"title": "People that the methods ask for", "titleFontWeight": "normal", "titleColor": SOFT},
    }
    labels, leaders = _placed([(row["mission"], row["sent"], row["sized"]) for row in rows], low=low, high=high, size=size)
    return {
        "title": "Sent, and sized by the methods",
        "width": size,
        "height": size,
        "encoding": {"x": across, "y": up},
        "layer": [
            {
                "data": {"values": band},
                "mark": {"type": "area", "color": BAND_COLOUR, "interpolate": "linear"},
                "encoding": {"y2": {"field": "top"}},
            },
            {
                "data": {"values": [{"sent": as_exact(end), "sized": as_exact(end)} for end in (low, high)]},
                "mark": {"type": "line", "color": SOFT, "strokeWidth": 1.2, "interpolate": "linear"},
            },
            {
                "data": {"values": leaders},
                "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.7},
                "encoding": {"x2": {"field": "to_sent"}, "y2": {"field": "to_sized"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 64, "stroke": PAPER, "strokeWidth": 0.7},
                "encoding": {"shape": _by_kind(SHAPES), "color": _by_kind(COLOURS)},
            },
            *_text_layers(labels),
        ],
    }


SHAPES: Mapping[str, str] = {"close": "circle", "near": "diamond", "missed": "triangle-up"}
COLOURS: Mapping[str, str] = {"close": CLOSE_COLOUR, "near": NEAR_COLOUR, "missed": MISSED_COLOUR}


def _kind(row: Row) -> str:
    off = factor_off(row)
    return "close" if off <= CLOSE + 1e-9 else "near" if off <= NEAR + 1e-9 else "missed"


def _by_kind(looks: Mapping[str, str]) -> Spec:
    return {"field": "kind", "type": "nominal", "scale": {"domain": list(looks), "range": list(looks.values())}, "legend": None}


def _log_ticks(low: float, high: float) -> dict[float, str]:
    steps = (1, 2, 5) if high / low < 300 else (1,)
    ticks = [step * 10.0**power for power in range(-3, 9) for step in steps]
    return {
        int(tick) if tick >= 1 else round(tick, 3): grouped(tick) if tick >= 1 else f"{tick:g}"
        for tick in ticks
        if low <= tick <= high
    }


def _placed(points: Sequence[tuple[str, float, float]], *, low: float, high: float, size: int) -> tuple[list[Spec], list[Spec]]:
    """Return each point's name where it hides nothing, and a thin line to each name that stands away from its point."""
    scale = size / (log10(high) - log10(low))
    spots = [((log10(x) - log10(low)) * scale, size - (log10(y) - log10(low)) * scale) for _, x, y in points]
    line = [(float(at), float(size - at - 4), float(at + 4), float(size - at)) for at in range(0, size, 4)]
    places = placed_labels(spots, [len(name) * LETTER for name, *_ in points], height=LABEL_HEIGHT, room=(size, size), taken=line)
    letters, leaders = [], []
    for (name, sent, sized), spot, (x, y, anchor) in zip(points, spots, places, strict=True):
        end = {"sent": _digits(10 ** (x / scale + log10(low))), "sized": _digits(10 ** ((size - y) / scale + log10(low)))}
        letters.append(end | {"letters": name, "align": "left" if anchor == "start" else "right"})
        if abs(y - spot[1]) > LABEL_HEIGHT:
            leaders.append({"sent": sent, "sized": sized, "to_sent": end["sent"], "to_sized": end["sized"]})
    return letters, leaders


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _densities(rows: Sequence[Row], own: Row | None, what: str, *, title: str, form: Form) -> Spec:
    """People sent (dot) and sized (open diamond) by a measure, a row a mission, the densest first; this plan among them."""
    shown = [row for row in rows if row[f"sent_per_{what}"]]
    if own is not None and own[f"sized_per_{what}"]:
        shown.append(own)
    shown.sort(key=lambda row: (-(row[f"sent_per_{what}"] or row[f"sized_per_{what}"]), row["mission"]))
    dots: list[dict[str, Any]] = []
    lines: list[Spec] = []
    for at, row in enumerate(shown):
        sent, sized = row[f"sent_per_{what}"], row[f"sized_per_{what}"]
        mine = row is own
        if sent:
            dots.append({"x": _digits(sent), "y": at, "kind": "sent"})
        if sized:
            dots.append({"x": _digits(sized), "y": at, "kind": "own" if mine else "sized"})
        if sent and sized:
            lines.append({"x": _digits(min(sent, sized)), "until": _digits(max(sent, sized)), "y": at})
    figures = [dot["x"] for dot in dots]
    low, high = min(figures) / 1.7, max(figures) * 1.7
    looks = {"sent": ("circle", SOFT, True), "sized": ("diamond", NEAR_COLOUR, False), "own": ("square", OWN_COLOUR, True)}
    names = {at: "▸ this plan" if row is own else _cut(row["mission"], PANEL_LABEL) for at, row in enumerate(shown)}
    return {
        "title": title,
        "width": 190 if form is WIDE else form.panel - 30,
        "height": form.panel if form is WIDE else max(90, 19 * len(shown)),
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": {"type": "log", "domain": [_digits(low), _digits(high)], "nice": False},
                "axis": axis_of(_few(_log_ticks(low, high))),
            },
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"domain": [len(shown) - 0.5, -0.5], "nice": False, "zero": False},
                "axis": axis_of(names) | {"gridColor": RULE, "ticks": False, "domain": False, "labelColor": INK, "minExtent": 0},
            },
        },
        "layer": [
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "color": SOFT, "strokeWidth": 1},
                "encoding": {"x2": {"field": "until"}},
            },
            *(
                {
                    "data": {"values": [dot for dot in dots if dot["kind"] == kind]},
                    "mark": {
                        "type": "point",
                        "shape": shape,
                        "filled": filled,
                        "size": 58,
                        "opacity": 1,
                        "strokeWidth": 1.6,
                        "color": colour,
                    }
                    | ({} if filled else {"fill": PAPER}),
                }
                for kind, (shape, colour, filled) in looks.items()
            ),
        ],
    }


def _few(ticks: Mapping[float, str]) -> dict[float, str]:
    """Every tick, or those of whole powers of ten where there are many."""
    return dict(ticks) if len(ticks) <= 6 else {tick: text for tick, text in ticks.items() if abs(log10(tick) % 1) < 1e-9}


def adequacy_bars(cases: Sequence[Sequence[Row]], *, form: Form, aid: bool = False) -> Spec:
    """Return one panel an incursion: battalions within so many hours, coalition on host, and the line of what is needed.

    Parameters
    ----------
    cases : sequence of sequence of Row
        Of adequacy, by incursion and hours.
    form : Form
        For screens and paper, or for telephones.
    aid : bool
        Whether host forces that aid has equipped are told apart, and those that still wait for it stand on top, not counted.
    """
    across = form.panels
    lines = [cases[at : at + across] for at in range(0, len(cases), across)]
    width = form.panel - 6 if form is NARROW else 236 if len(cases) > 2 else 340
    panels = [{"hconcat": [_within(rows, width=width, aid=aid) for rows in line], "spacing": 24} for line in lines]
    return {"config": LOOK, "vconcat": panels, "spacing": 26}


def stack_of(row: Row, *, aid: bool) -> list[tuple[str, float, float]]:
    """Return the parts of a bar from its foot: colour, floor and ceiling; what still waits for aid stands above what counts.

    >>> row = {"host": 3.0, "host_by_aid": 1.0, "host_awaiting": 2.0, "total": 5.0}
    >>> [(low, high) for _, low, high in stack_of(row, aid=True)]
    [(0.0, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0, 7.0)]
    """
    by_aid, waiting = ((row["host_by_aid"] or 0.0, row["host_awaiting"] or 0.0) if aid else (0.0, 0.0))
    own = row["host"] - by_aid
    return [
        (HOST_COLOUR, 0.0, own), (BY_AID_COLOUR, own, row["host"]), (COALITION_COLOUR, row["host"], row["total"]),
        (WAITING_COLOUR, row["total"], row["total"] + waiting),
    ]  # fmt: skip


def _within(rows: Sequence[Row], *, width: int, aid: bool) -> Spec:
    needed = float(rows[0]["needed"] or 0.0)
    tops = [stack_of(row, aid=aid)[-1][2] for row in rows]
    highest = CUT_AT * needed if is_cut(rows, aid=aid) else max([needed, *tops]) or 1.0
    top = highest * VERDICT_ROOM
    parts: list[Spec] = []
    slashes: list[Spec] = []
    letters: list[Spec] = [
        {"x": -0.46, "low": as_exact(needed + highest * 0.05), "letters": f"needed {amount(needed)}", "look": "needed"}
    ]
    for at, row in enumerate(rows):
        for colour, low, high in stack_of(row, aid=aid):
            low, high = min(low, highest), min(high, highest)
            if high > low:
                parts.append({"x": at - 0.36, "until": at + 0.36, "low": as_exact(low), "high": as_exact(high), "colour": colour})
        verdict = "● enough" if row["enough"] else f"○ {amount(max(0.0, needed - row['total']))} short"
        if row["total"] > highest:
            slashes.append(
                {"x": at - 0.36, "until": at + 0.36, "low": as_exact(highest * 0.88), "high": as_exact(highest * 0.93)}
            )
        letters.append({"x": at, "low": as_exact(highest * 1.24), "letters": amount(row["total"]), "look": "total"})
        letters.append({"x": at, "low": as_exact(highest * 1.13), "letters": verdict, "look": "verdict"})
    hours = {at: hours_words(row["hours"]) for at, row in enumerate(rows)}
    place = {"scale": {"domain": [-0.5, len(rows) - 0.5], "nice": False, "zero": False}, "type": "quantitative", "field": "x"}
    up = {
        "field": "low",
        "type": "quantitative",
        "scale": {"domain": [0, as_exact(top)], "nice": False},
        "axis": axis_of({tick: grouped(tick) for tick in whole_ticks(highest)}) | {"minExtent": 26},
    }
    return {
        "title": _cut(rows[0]["title"], width // 7),
        "width": width,
        "height": 210,
        "encoding": {"x": place | {"axis": axis_of(hours) | {"grid": False, "ticks": False}}, "y": up},
        "layer": [
            coloured_bars(parts, to={"x2": "until", "y2": "high"}),
            {
                "data": {"values": slashes},
                "mark": {"type": "rule", "color": PAPER, "strokeWidth": 5},
                "encoding": {"x2": {"field": "until"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": [{"x": -0.5, "until": len(rows) - 0.5, "low": as_exact(needed)}]},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.8, "strokeDash": [5, 3]},
                "encoding": {"x2": {"field": "until"}},
            },
            *(
                {
                    "data": {"values": [row for row in letters if row["look"] == look]},
                    "mark": {"type": "text"} | mark,
                    "encoding": {"text": {"field": "letters"}},
                }
                for look, mark in LETTER_LOOKS.items()
            ),
        ],
    }


def is_cut(rows: Sequence[Row], *, aid: bool = False) -> bool:
    """Return whether the bars of an incursion are so far above the need that they are cut.

    Where aid is told apart, what bars are made of is the point, and they are cut later.
    """
    needed = float(rows[0]["needed"] or 0.0)
    return needed > 0 and max(row["total"] for row in rows) > (CUT_WITH_AID if aid else CUT_FROM) * needed


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


__all__ = ["NARROW", "WIDE", "Form", "adequacy_bars", "past_and_sized", "tornado"]
