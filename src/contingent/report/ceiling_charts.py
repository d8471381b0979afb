"""Charts of the sustainable ceiling and of what has been said about it; as Vega-Lite, like those of `charts`.

A filled mark is a plan that was made; a stroke above it is what is proven that no plan exceeds.

    ceiling_panels          a panel a question: what is held, what is proven impossible, and between
    ceilings_side_by_side   the same of several plans, in people, on one scale
    claims_chart            what others have said beside what is computed
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contingent.plan import Plan
from contingent.report.ceilings import (
    AXES,
    Row,
    base_of,
    claim_rows,
    people_of_one,
    question_title,
    questions,
    times,
)
from contingent.report.chart_parts import (
    ACCENT,
    LABEL_SIZE,
    across,
    points,
    round_ticks,
    rows_axis,
    rules,
    shortened,
    text_layers,
)
from contingent.report.charts import INK, LOOK, SOFT, WIDE, Size, Spec, as_exact, axis_of
from contingent.report.words import grouped, leading_capital

PANEL, NARROW_PANEL = 320, 214
HEIGHT = 172
"""Width and height of a panel of one question. [px]"""

REFERENCE_REACH = 1.35
"""Multiple of the highest point up to which a reference line is drawn. [-]"""

MOST_REFERENCES = 6
LINE_APART = 0.07
"""Reference lines, and how far apart they must be to have a letter of their own. [share of the height]"""

MANY_POINTS = 6
"""Points from which labels under the axis are their first words; what they count stands above the panel."""

CLAIM_ROW, NARROW_CLAIM_ROW = 34, 48
THEIRS, OURS = "#b57d00", ACCENT


@dataclass(frozen=True, slots=True)
class Reference:
    """A line across a panel: what was published or said can be sustained.

    Parameters
    ----------
    at : float
        Where, as a multiple of the requirement. [-]
    letter : str
        What stands at the line.
    label : str
        What it is.
    people : float
        [people]
    """

    at: float
    letter: str
    label: str
    people: float


def references_of(plan: Plan, published: Mapping[str, float]) -> tuple[Reference, ...]:
    """Return forces that were published or said to be sustained, as multiples of the requirement, within reach of its points.

    Parameters
    ----------
    plan : Plan
        With its ceilings, and the claims if there are any.
    published : mapping of str to float
        Strengths by label. [people]
    """
    one = people_of_one(plan)
    if one is None:
        return ()
    said = [row for row in plan.claims.iter_rows(named=True) if row["measure"] == "people_sustained"]
    found = list(published.items())
    found += [(row["said_by"], row["high"] if row["high"] is not None else row["low"]) for row in said]
    top = _top([row for rows in drawn_questions(plan).values() for row in rows], "held", "bound")
    within = sorted({(people, label) for label, people in found if 0 < people <= max(1.0, top) * REFERENCE_REACH * one})
    return tuple(
        Reference(people / one, chr(ord("A") + at), label, people) for at, (people, label) in enumerate(within[:MOST_REFERENCES])
    )


def ceiling_panels(plan: Plan, references: Sequence[Reference], *, size: Size) -> Spec:
    """Return one panel a question, all on one scale: held (filled), proven impossible beyond (open), people on the right."""
    asked = drawn_questions(plan)
    one = people_of_one(plan)
    top = _top([row for rows in asked.values() for row in rows], "held", "bound")
    top = max([top, 1.0, *(each.at for each in references)])
    wide = size is WIDE
    width = PANEL if wide else NARROW_PANEL
    panels = [
        _panel(
            rows,
            "held",
            "bound",
            top=top,
            width=width,
            references=references,
            axis={tick: f"{tick:g} ×" for tick in round_ticks(top * 1.08)},
        )
        | {"title": _title(AXES.get(name, ""), text=question_title(name))}
        for name, rows in asked.items()
    ]
    if one is not None:
        for panel in panels:
            panel["layer"] += _people_axis(panel, one=one, top=top)
    across_of_page = 2 if wide else 1
    lines = [{"hconcat": panels[at : at + across_of_page], "spacing": 22} for at in range(0, len(panels), across_of_page)]
    return {"config": LOOK, "vconcat": lines, "spacing": 26}


def _title(subtitle: str, *, text: str) -> Spec:
    return {"text": text, "subtitle": subtitle, "subtitleColor": SOFT, "subtitleFontSize": LABEL_SIZE}


def _top(rows: Sequence[Row], *names: str) -> float:
    return max([1e-6, *(float(row[name]) for row in rows for name in names if row[name] is not None)])


def _label(text: str, *, short: bool) -> str | list[str]:
    """A label under the axis: in two lines where it is long, its first word alone where points are many."""
    if len(text) <= 5:
        return text
    if short and " " in text:
        return text.split(" ", 1)[0]
    words = text.split(" ")
    half = max(1, len(words) - len(words) // 2) if len(words) > 2 else 1
    return [" ".join(words[:half]), " ".join(words[half:])] if len(words) > 1 else text


def _panel(
    rows: Sequence[Row],
    held: str,
    bound: str,
    *,
    top: float,
    width: int,
    references: Sequence[Reference],
    axis: Mapping[float, str],
) -> Spec:
    """Points of one question: a filled mark at what is held, an open one at the bound, a line between."""
    last = max(0.5, len(rows) - 0.5)
    in_multiples = held == "held"
    between = [{"x": at, "value": _figure(row[held]), "until": _figure(row[bound])} for at, row in enumerate(rows)
               if row[bound] is not None and row[bound] > row[held]]  # fmt: skip
    unknown = [{"x": at, "value": _figure(row[held]), "until": _figure(min(top * 1.08, row[held] + top * 0.14))}
               for at, row in enumerate(rows) if row[bound] is None]  # fmt: skip
    lines = [{"x": -0.5, "end": last, "value": _figure(each.at)} for each in references]
    up = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, _figure(top * 1.08)], "nice": False},
        "axis": axis_of(dict(axis)),
    }
    names = {at: _label(row["label"], short=len(rows) > MANY_POINTS) for at, row in enumerate(rows)}
    return {
        "width": width,
        "height": HEIGHT,
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": {"domain": [-0.5, last], "nice": False, "zero": False},
                "axis": axis_of(names) | {"grid": False, "ticks": False},
            },
            "y": up,
        },
        "layer": [
            rules([{"x": -0.5, "end": last, "value": 1}] if in_multiples else [], to={"x2": "end"}, colour=INK, width=1.6),
            rules(lines, to={"x2": "end"}, dash=True),
            rules(between, to={"y2": "until"}, colour=SOFT, width=2),
            rules(unknown, to={"y2": "until"}, colour=SOFT, width=1.4, dash=True),
            {
                "data": {
                    "values": [{"x": at, "value": _figure(row[bound])} for at, row in enumerate(rows) if row[bound] is not None]
                },
                "mark": {"type": "tick", "orient": "horizontal", "color": INK, "thickness": 2.2, "opacity": 1}
                | {"size": round(min(20.0, 0.62 * width / max(1, len(rows))), 1)},
            },
            points(
                [{"x": at, "value": _figure(row[held])} for at, row in enumerate(rows)], shape="circle", colour=ACCENT, size=90
            ),
            *text_layers(_reference_letters(references, top=top, edge=last), size=LABEL_SIZE),
        ],
    }


def _reference_letters(references: Sequence[Reference], *, top: float, edge: float) -> list[Spec]:
    """Letters on the lines, at their right end; those of lines that are near each other stand together on the upper one."""
    groups: list[list[Reference]] = []
    for each in sorted(references, key=lambda each: each.at):
        if groups and each.at - groups[-1][-1].at < LINE_APART * top:
            groups[-1].append(each)
        else:
            groups.append([each])
    return [
        {"x": edge - 0.06, "value": _figure(group[-1].at + 0.045 * top), "letters": " ".join(each.letter for each in group)}
        | {"align": "right"}
        for group in groups
    ]


def _people_axis(panel: Spec, *, one: float, top: float) -> list[Spec]:
    """Figures of people at the right edge."""
    edge = panel["encoding"]["x"]["scale"]["domain"][1]
    step = edge + 6 / panel["width"] * (edge + 0.5)
    rows = [
        {"x": round(step, 4), "value": _figure(tick / one), "letters": grouped(tick), "align": "left"}
        for tick in round_ticks(top * 1.08 * one, most=4)
        if tick > 0
    ]
    return text_layers([*rows, {"x": round(step, 4), "value": 0, "letters": "people", "align": "left"}], colour=SOFT)


def _figure(value: float) -> float:
    return as_exact(value) if abs(value) >= 1000 else round(float(value), 4)


def ceilings_side_by_side(plans: Sequence[tuple[str, Plan]], *, size: Size) -> list[Spec]:
    """Return what several plans' offers sustain, in people on one scale: a chart of their own terms, then one a question."""
    if not plans:
        return []
    wide = size is WIDE
    every = [row for _, plan in plans for row in plan.ceilings.iter_rows(named=True)]
    top = _top(every, "people_held", "people_bound")
    axis = {tick: grouped(tick) for tick in round_ticks(top * 1.08, most=4)}
    bases = [(label, base_of(plan)) for label, plan in plans]
    own = [row | {"label": label} for label, row in bases if row is not None]
    charts: list[Spec] = []
    if own:
        width = size.width // 2 if wide else size.width - 46
        panel = _panel(own, "people_held", "people_bound", top=top, width=width, references=(), axis=axis)
        charts.append({"config": LOOK} | panel | {"title": _title("on each plan’s own terms", text="People sustained")})
    width = (size.width - 52 * len(plans)) // len(plans) if wide else size.width - 46
    for name in dict.fromkeys(name for _, plan in plans for name in drawn_questions(plan)):
        panels = [
            _panel(rows, "people_held", "people_bound", top=top, width=width, references=(), axis=axis)
            | {"title": _title(shortened(question_title(name), width // 6), text=shortened(label, width // 7))}
            for label, plan in plans
            if (rows := questions(plan).get(name))
        ]
        charts.append({"config": LOOK, ("hconcat" if wide else "vconcat"): panels, "spacing": 14})
    return charts


def claims_chart(plan: Plan, *, size: Size) -> Spec:
    """Return what others have said (squares) beside what is computed (circles), a row a claim, a panel a kind of figure."""
    wide = size is WIDE
    rows = claim_rows(plan)
    units = list(dict.fromkeys(row["unit"] for row in rows))
    panels = [
        _claims([row for row in rows if row["unit"] == unit], unit, wide=wide, width=430 if wide else size.width)
        for unit in units
    ]
    return {"config": LOOK, "vconcat": panels, "spacing": 24}


def _claims(rows: Sequence[Row], unit: str, *, wide: bool, width: int) -> Spec:
    figures = [row[name] for row in rows for name in ("low", "high", "ours_low", "ours_high") if row[name] is not None]
    top = max([1e-6, *figures])
    spans: dict[str, list[Spec]] = {"theirs": [], "ours": []}
    ends: dict[str, list[Spec]] = {"theirs": [], "ours": []}
    letters: list[Spec] = []
    for at, row in enumerate(rows):
        for who, low, high, shift in (
            ("theirs", row["low"], row["high"], -0.16),
            ("ours", row["ours_low"], row["ours_high"], 0.17),
        ):
            known = [value for value in (low, high) if value is not None]
            if known:
                spans[who].append({"value": _figure(min(known)), "until": _figure(max(known)), "row": at + shift})
                ends[who] += [{"value": _figure(value), "row": at + shift} for value in sorted(set(known))]
        letters.append({"value": _figure(top * 1.05), "row": at, "letters": f"{row['sign']} {row['verdict']}", "align": "left"})
    names = {at: [shortened(row["said_by"], 34), shortened(row["counts"], 34)] for at, row in enumerate(rows)}
    heads = [{"value": 0, "row": at - 0.46, "letters": shortened(f"{row['said_by']}: {row['counts']}", 46), "align": "left"}
             for at, row in enumerate(rows)]  # fmt: skip
    verdicts = [row | {"value": _figure(top), "row": row["row"] + 0.44, "align": "right"} for row in letters]
    ticks = {tick: grouped(tick) if top >= 100 else f"{tick:g}" for tick in round_ticks(top, most=5 if wide else 3)}
    return {
        "title": {"text": "People" if unit == "people" else leading_capital(rows[0]["counts"]), "fontSize": 12},
        "width": width,
        "height": (CLAIM_ROW if wide else NARROW_CLAIM_ROW) * len(rows),
        "encoding": {
            "x": across("value", ticks, domain=(0, top * 1.02)),
            "y": rows_axis(names if wide else {}, rows=len(rows), head=0.5 if wide else 0.75),
        },
        "layer": [
            rules(spans["theirs"], to={"x2": "until"}, colour=THEIRS, width=2.4),
            rules(spans["ours"], to={"x2": "until"}, colour=OURS, width=2.4),
            points(ends["theirs"], shape="square", colour=THEIRS, filled=False, size=64),
            points(ends["ours"], shape="circle", colour=OURS, size=70),
            *(text_layers(letters) if wide else text_layers([*heads, *verdicts], size=LABEL_SIZE - 1)),
        ],
    }


def has_points(plan: Plan) -> bool:
    """Return whether a question has several points, which make a panel."""
    return bool(drawn_questions(plan))


def drawn_questions(plan: Plan) -> dict[str, list[Row]]:
    """Return the questions with several points, which make a panel each."""
    return {name: rows for name, rows in questions(plan).items() if len(rows) > 1}


__all__ = ["Reference", "ceiling_panels", "ceilings_side_by_side", "claims_chart", "has_points", "references_of", "times"]
