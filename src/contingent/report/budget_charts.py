"""The curve of a budget as Vega-Lite: people held, and how full each priority is, as money grows.

    budget_curve    two panels over one axis of money; a mark where the budget asked for stands

Steps are posts in the order in which they come (frame ``budget_posts``); the marks are the exact answer for the budget
(``budget_levels``, ``budget_fill``), which lies on or above the curve by less than a post.
"""

from collections.abc import Sequence

from contingent.plan import Plan
from contingent.report.affording import asked_of, fills_of, level_of
from contingent.report.chart_parts import ACCENT, BAND, points, round_ticks, rules, share_axis, text_layers, ticks_of_span
from contingent.report.charts import HEADROOM, LOOK, SOFT, WIDE, Size, Spec, as_exact, axis_of
from contingent.report.paying import money_words
from contingent.report.words import grouped, percent

LINES = ((ACCENT, [1, 0]), ("#b57d00", [7, 3]), ("#4b5563", [2, 3]), ("#1f7a5c", [9, 3, 2, 3]))
"""Colour and dash of the first priorities, so that they differ without colour; further ones have the last."""

UPPER, LOWER = 190, 150
"""Height of the panels. [px]"""


def budget_curve(plan: Plan, *, size: Size) -> Spec:
    """Return people held on average (above) and the share filled of each priority (below) by money."""
    wide = size is WIDE
    rows = plan.budget_posts.sort("step").to_dicts()
    level = level_of(plan)
    first = float((asked_of(plan).get("fixed") or {}).get("value", 0.0))
    last = max([first, *(row["budget"] for row in rows)])
    end = max(last, level["budget"] if level is not None and level["budget"] < 1.4 * last else last) * 1.04 or 1.0
    ticks = {as_exact(tick): money_words(tick) for tick in ticks_of_span(0.0, end, most=8 if wide else 3)}
    across: Spec = {
        "field": "money", "type": "quantitative", "scale": {"domain": [0, as_exact(end)], "nice": False}, "axis": axis_of(ticks),
    }  # fmt: skip
    width = size.width - (74 if wide else 46)
    upper, lower = _people(plan, rows, across, first=first, end=end, wide=wide), _fills(plan, rows, across, first=first, end=end)
    return {
        "config": LOOK, "spacing": 22,
        "vconcat": [
            {"title": "People on tour, on average", "width": width, "height": UPPER} | upper,
            {"title": "Filled of what is asked for, by priority", "width": width, "height": LOWER} | lower,
        ],
    }  # fmt: skip


def _people(plan: Plan, rows: Sequence[Spec], across: Spec, *, first: float, end: float, wide: bool) -> Spec:
    level = level_of(plan)
    steps = [{"money": as_exact(first), "people": 0}, *({"money": as_exact(row["budget"]), "people": round(row["people_held"])}
             for row in rows)]  # fmt: skip
    steps.append({"money": as_exact(end), "people": steps[-1]["people"]})
    top = max(step["people"] for step in steps) or 1
    axis = axis_of({tick: grouped(tick) for tick in round_ticks(float(top), most=4)})
    up = {"field": "people", "type": "quantitative", "scale": {"domain": [0, round(top * 1.16)], "nice": False}, "axis": axis}
    bounds = _bounds(rows, first)
    letters = [
        {"money": as_exact((start + stop) / 2), "people": round(top * 1.1), "align": "center",
         "letters": f"priority {priority}" if wide and stop - start > 0.09 * end else f"P{priority}"}
        for priority, start, stop in bounds if stop - start > 0.03 * end
    ]  # fmt: skip
    held = [] if level is None else [{"money": as_exact(min(level["budget"], end)), "people": round(level["people"])}]
    # The curve rises to the right, so that there is room above it on the left, but for its beginning.
    left = bool(held) and held[0]["money"] > end * 0.2
    beside, side = (-0.012, "right") if left else (0.012, "left")
    said = [{"money": as_exact(row["money"] + end * beside), "people": row["people"] + round(top * 0.06), "align": side,
             "letters": f"{grouped(row['people'])} people"} for row in held]  # fmt: skip
    return {
        "encoding": {"x": across, "y": up},
        "layer": [
            {"data": {"values": steps}, "mark": {"type": "area", "color": BAND, "line": {"color": ACCENT, "strokeWidth": 1.6}}},
            rules([{"money": as_exact(stop), "people": 0, "until": round(top * 1.16)} for _, _, stop in bounds[:-1]],
                  to={"y2": "until"}, dash=True, width=0.9),
            *_marker(held, top=round(top * 1.16), field="people"),
            *text_layers(letters, colour=SOFT), *text_layers(said, clears=True),
        ],
    }  # fmt: skip


def _fills(plan: Plan, rows: Sequence[Spec], across: Spec, *, first: float, end: float) -> Spec:
    level, layers = level_of(plan), []
    known = {row["priority"]: row for row in fills_of(plan)}
    letters: list[Spec] = []
    held: list[Spec] = []
    for at, priority in enumerate(sorted({row["priority"] for row in rows})):
        own = [row for row in rows if row["priority"] == priority]
        told = known.get(priority)
        base = told["others"] / (told["required"] or 1.0) if told else 0.0
        steps = [{"money": as_exact(first), "share": round(base, 4)},
                 *({"money": as_exact(row["budget"]), "share": round(row["fill"], 4)} for row in own)]  # fmt: skip
        steps.append({"money": as_exact(end), "share": steps[-1]["share"]})
        colour, dash = LINES[min(at, len(LINES) - 1)]
        mark = {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": 1.8}
        layers.append({"data": {"values": steps}, "mark": mark})
        share = steps[-1]["share"]
        letter = f"{priority}: {percent(share)}"
        letters.append({"money": as_exact(end * 1.008), "share": share, "letters": letter, "align": "left"})
        if told and level is not None:
            held.append({"money": as_exact(min(level["budget"], end)), "share": round(told["held_share"], 4)})
    up = share_axis("share")
    return {
        "encoding": {"x": across, "y": up},
        "layer": [*layers, *_marker(held, top=HEADROOM, field="share"), *text_layers(_apart(letters))],
    }


def _marker(held: Sequence[Spec], *, top: float, field: str) -> list[Spec]:
    """A line where the budget stands, and the exact answer on it."""
    if not held:
        return []
    line = {"money": held[0]["money"], field: 0, "until": top}
    return [rules([line], to={"y2": "until"}, colour="#1b1f24", width=1.6), points(held, shape="diamond", size=80)]


def _apart(letters: list[Spec], *, least: float = 0.1) -> list[Spec]:
    """Letters at the right edge, pushed apart where they would cover each other."""
    placed: list[Spec] = []
    for row in sorted(letters, key=lambda row: row["share"]):
        low = placed[-1]["share"] + least if placed else row["share"]
        placed.append(row | {"share": round(max(row["share"], low), 4)})
    return placed


def _bounds(rows: Sequence[Spec], first: float) -> list[tuple[int, float, float]]:
    """Where the posts of each priority begin and end on the axis of money."""
    found: list[tuple[int, float, float]] = []
    start = first
    for priority in dict.fromkeys(row["priority"] for row in rows):
        stop = max(row["budget"] for row in rows if row["priority"] == priority)
        found.append((priority, start, stop))
        start = stop
    return found


