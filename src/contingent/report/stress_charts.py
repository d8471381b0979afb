"""Charts of stress: what is left without a nation, without two, and what each is worth; as Vega-Lite, like those of `charts`.

Bars go from what is held with everybody down to what is left; they are light and dark, so that they differ without colour.

    loss_tornado            each nation alone: what its loss leaves at once, and after the best reaction
    tornadoes_side_by_side  the same of several plans on one scale, nation by nation
    shapley_dots            each nation's share in what is held, with its interval
    pair_matrix             what each pair's loss leaves
"""

from collections.abc import Mapping, Sequence

from contingent.plan import Plan
from contingent.report.chart_parts import (
    ACCENT,
    DARK,
    LABEL_SIZE,
    LIGHT,
    MIDDLE,
    across,
    coloured_bars,
    hundredths,
    points,
    rows_axis,
    rules,
    shortened,
    text_layers,
    ticks_of_span,
)
from contingent.report.charts import INK, LOOK, PAPER, SOFT, WIDE, Size, Spec, axis_of
from contingent.report.stress import Row, alone, nation_name, nations_in, nations_that_matter, pairs, shapley_of
from contingent.report.words import percent

MOST_NATIONS, FEW_NATIONS = 16, 8
"""Nations of the tornado, and of the matrix of pairs on a telephone."""

MOST_PAIRED = 12
"""Nations of the matrix of pairs."""

ROW, NARROW_ROW = 30, 46
"""Height of a row. [px]"""

HALF_BAR = 0.34
"""Half the thickness of the two bars of a row. [rows]"""

MARGIN = 0.1
"""Room left of the longest bar for its figure. [share of the span]"""

SHADES = ("#f4f5f7", "#dbe6ee", "#b7cfe1", "#7fa9c9", "#2f6f9f")
"""From what leaves nearly all to what costs most; the darkest carries white letters."""

CELL = 46
"""Side of a cell of the matrix, its height a little less. [px]"""


def loss_tornado(plan: Plan, priority: int, *, size: Size) -> Spec:
    """Return each nation alone, the worst loss first: bars to the left of what is held with all of them.

    The upper, light bar ends at what is left when posts stay empty, the lower one at what the best reaction leaves. Of that
    the dark part is lost for certain; the rest might be saved by a plan that was neither found nor ruled out.
    """
    rows = alone(plan, priority)[:MOST_NATIONS]
    names = {at: nation_name(plan, "".join(nations_in(row["nations"]))) for at, row in enumerate(rows)}
    return {"config": LOOK} | _tornado(rows, names, span=_span_of(rows), size=size, width=560 if size is WIDE else size.width)


def tornadoes_side_by_side(plans: Sequence[tuple[str, Plan]], priority: int, *, size: Size) -> Spec:
    """Return the tornado of several plans on one scale, with the same nations in the same rows."""
    found = [{row["nations"]: row for row in alone(plan, priority)} for _, plan in plans]
    worst: dict[str, float] = {}
    for rows in found:
        for nation, row in rows.items():
            worst[nation] = max(worst.get(nation, 0.0), row["planned"] - row["best_reaction"])
    order = sorted(worst, key=lambda nation: (-worst[nation], nation))[:MOST_NATIONS]
    span = _span_of([row for rows in found for row in rows.values() if row["nations"] in order])
    wide = size is WIDE
    width = (size.width - 60 - 20 * len(plans)) // len(plans) if wide else size.width
    panels = []
    for at, ((label, plan), rows) in enumerate(zip(plans, found, strict=True)):
        names = {place: nation_name(plan, nation) for place, nation in enumerate(order)}
        shown = [rows.get(nation) for nation in order]
        panel = _tornado(shown, names if at == 0 or not wide else {}, span=span, size=size, width=width)
        panels.append(panel | {"title": shortened(label, 36 if wide else 40)})
    return {"config": LOOK, ("hconcat" if wide else "vconcat"): panels, "spacing": 16 if wide else 30}


def _span_of(rows: Sequence[Row]) -> tuple[float, float]:
    """From below the least that is left to a little above what is held with all."""
    if not rows:
        return 0.0, 1.0
    low = min(min(row["no_reaction"], row["best_reaction"]) for row in rows)
    high = max(max(row["planned"], row["bound"] if row["bound"] is not None else 0.0) for row in rows)
    width = max(high - low, 0.02)
    return max(-0.2, low - width * MARGIN * 1.6), high + width * 0.03


def _tornado(rows: Sequence[Row | None], names: Mapping[int, str], *, span: tuple[float, float], size: Size, width: int) -> Spec:
    wide = size is WIDE
    room = 6 / width * (span[1] - span[0])
    bars: list[Spec] = []
    letters: list[Spec] = []
    base: list[Spec] = []
    for at, row in enumerate(rows):
        if row is None:
            middle = (span[0] + span[1]) / 2
            letters.append({"left": round(middle, 5), "row": at, "letters": "not looked at", "align": "center"})
            continue
        base.append({"left": round(row["planned"], 5), "row": at - 0.5, "foot": at + 0.5})
        for kind, top, foot in (("no_reaction", at - HALF_BAR, at), ("best_reaction", at, at + HALF_BAR)):
            bars += _bars(row) if kind == "best_reaction" else [_bar(row["no_reaction"], row["planned"], kind, LIGHT)]
            bars = [bar if "row" in bar else bar | {"row": top, "foot": foot} for bar in bars]
            place = {"left": round(row[kind] - room, 5), "row": (top + foot) / 2 + 0.02, "align": "right"}
            letters.append(place | {"letters": percent(row[kind])})
    ticks = {tick: hundredths(tick) for tick in ticks_of_span(max(0.0, span[0]), span[1], most=5 if wide else 3)}
    heads = [{"left": span[0], "row": at - 0.45, "letters": shortened(name, 40), "align": "left"} for at, name in names.items()]
    return {
        "width": width,
        "height": max(1, len(rows)) * (ROW if wide else NARROW_ROW),
        "encoding": {
            "x": across("left", ticks, domain=span),
            "y": rows_axis(
                {at: shortened(name, 26) for at, name in names.items()} if wide else {},
                rows=max(1, len(rows)),
                head=0.5 if wide else 0.7,
            ),
        },
        "layer": [
            coloured_bars(bars, to={"x2": "right", "y2": "foot"}),
            rules(base, to={"y2": "foot"}, colour=INK, width=1.8),
            *text_layers(letters, size=LABEL_SIZE - 1),
            *([] if wide else text_layers(heads, size=LABEL_SIZE - 0.5)),
        ],
    }


def _bars(row: Row) -> list[Spec]:
    """The lower bar in two parts: what might still be saved, and what no plan can save."""
    best, planned = row["best_reaction"], row["planned"]
    bound = planned if row["bound"] is None else min(max(row["bound"], best), planned)
    return [
        *([_bar(best, bound, "open", MIDDLE)] if bound > best + 1e-9 else []),
        *([_bar(bound, planned, "proven", DARK)] if planned > bound + 1e-9 else []),
    ]


def _bar(left: float, right: float, kind: str, colour: str) -> Spec:
    return {"left": round(left, 5), "right": round(right, 5), "kind": kind, "colour": colour}


def shapley_dots(plan: Plan, priority: int, *, size: Size) -> Spec:
    """Return each nation's share in what is held of a priority, the largest first, with its 95 % interval."""
    rows = shapley_of(plan, priority)[:MOST_NATIONS]
    wide = size is WIDE
    low = min([0.0, *(row["low"] for row in rows)])
    high = max([0.01, *(row["high"] for row in rows)])
    span = (low, high + (high - low) * (0.12 if wide else 0.22))
    width = 480 if wide else size.width - 20
    names = {at: shortened(nation_name(plan, row["nation"]), 26) for at, row in enumerate(rows)}
    room = 7 / width * (span[1] - span[0])
    ends = [{"value": round(row["low"], 5), "until": round(row["high"], 5), "row": at} for at, row in enumerate(rows)]
    letters = [
        {"value": round(row["high"] + room, 5), "row": at, "letters": percent(row["value"]), "align": "left"}
        for at, row in enumerate(rows)
    ]
    heads = [{"value": span[0], "row": at - 0.42, "letters": name, "align": "left"} for at, name in names.items()]
    ticks = {tick: hundredths(tick) for tick in ticks_of_span(low, high, most=5 if wide else 3)}
    return {
        "config": LOOK,
        "width": width,
        "height": max(1, len(rows)) * (21 if wide else 36),
        "encoding": {
            "x": across("value", ticks, domain=span),
            "y": rows_axis(names if wide else {}, rows=max(1, len(rows)), head=0.5 if wide else 0.75),
        },
        "layer": [
            rules(ends, to={"x2": "until"}, colour=SOFT, width=2.2),
            points([{"value": round(row["value"], 5), "row": at} for at, row in enumerate(rows)], shape="circle", colour=ACCENT),
            *text_layers(letters),
            *([] if wide else text_layers(heads, size=LABEL_SIZE - 0.5)),
        ],
    }


def pair_matrix(plan: Plan, priority: int, *, size: Size) -> Spec:
    """Return what each pair's loss leaves after the best reaction; on the diagonal each nation alone. The darker, the less."""
    wide = size is WIDE
    nations = nations_that_matter(plan, priority, most=MOST_PAIRED if wide else FEW_NATIONS)
    place = {nation: at for at, nation in enumerate(nations)}
    cells: list[Spec] = []
    found = [*pairs(plan, priority), *alone(plan, priority)]
    shown = [(row, sorted(place[nation] for nation in nations_in(row["nations"]))) for row in found
             if all(nation in place for nation in nations_in(row["nations"]))]  # fmt: skip
    planned = max((row["planned"] for row, _ in shown), default=1.0)
    worst = max((planned - row["best_reaction"] for row, _ in shown), default=0.0) or 1.0
    for row, at in shown:
        if not at:
            continue
        lost = max(0.0, planned - row["best_reaction"]) / worst
        shade = min(len(SHADES) - 1, int(lost * len(SHADES)))
        cells.append(
            {"x": at[0], "row": at[-1], "colour": SHADES[shade], "kept": round(row["best_reaction"], 5)}
            | {"letters": f"{row['best_reaction'] * 100:.0f}", "ink": PAPER if shade == len(SHADES) - 1 else INK}
        )
    cell = CELL if wide else max(24, (size.width - 40) // max(1, len(nations)))
    rects = [
        {
            "x": each["x"] - 0.5,
            "until": each["x"] + 0.5,
            "row": each["row"] - 0.5,
            "foot": each["row"] + 0.5,
            "colour": each["colour"],
        }
        for each in cells
    ]
    names = dict(enumerate(nations))
    side = {"scale": {"domain": [-0.5, max(1, len(nations)) - 0.5], "nice": False, "zero": False}, "type": "quantitative"}
    look = {"grid": False, "ticks": False, "domain": False, "labelColor": INK}
    return {
        "config": LOOK,
        "width": cell * max(1, len(nations)),
        "height": int(cell * 0.72) * max(1, len(nations)),
        "encoding": {
            "x": side | {"field": "x", "axis": axis_of(names) | look | {"orient": "bottom"}},
            "y": rows_axis(names, rows=max(1, len(nations))),
        },
        "layer": [
            coloured_bars(rects, to={"x2": "until", "y2": "foot"}, stroke=PAPER, width=1.5),
            {
                "data": {"values": cells},
                "mark": {"type": "text", "fontSize": 11 if wide else 9.5, "fontWeight": "normal"},
                "encoding": {"text": {"field": "letters"}, "color": {"field": "ink", "type": "nominal", "scale": None}},
            },
        ],
    }
