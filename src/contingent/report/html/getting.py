"""Getting there: when the force is in place, who is late and why, how full the ways are, what flows where, week by week."""

import json
import re
from importlib.resources import files
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.drawings.flow_map import MODES, flow_map, mode_key
from contingent.report.flows import Floats, Flows, as_changes, flows_of, levels_of
from contingent.report.getting import (
    ELEMENT_WORDS,
    closure_rows,
    fullest,
    has_way,
    place_words,
    resource_origin,
    resource_words,
    way_sentences,
)
from contingent.report.heat import Cell, shade_of, spans_until, worst_in
from contingent.report.html.heat import heat_table
from contingent.report.html.lasts import drawn
from contingent.report.way_charts import arrival_curve, days_of_arrival
from contingent.report.words import amount, d_day, grouped, leading_capital, line_title, percent, plain, short_date

Row = dict[str, Any]

MOST_LINES, MOST_LATE, MOST_RESOURCES, MOST_WAYS, MOST_WEEKS = 300, 15, 12, 15, 26
"""Rows of the tables; what is beyond is counted, and stands in the plan's own tables."""

FULL_EDGES = (0.25, 0.5, 0.75, 0.95)
"""From which share of its capacity a resource is drawn darker. [-]"""

IN_TIME, LATE, NEVER = "●", "◐", "○"


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on movement is filled with; None where the plan says nothing of it."""
    return {"getting": getting(scenario, plan) if has_way(plan) else None}


def getting(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, curve, tables and the map of flows."""
    return {**of_the_force(scenario, plan), **of_those_who_move(scenario, plan)}


def of_the_force(scenario: Scenario, plan: Plan) -> Row:
    """Return what is told of all nations together: what everybody sees of the frames and tables says it."""
    closed = closure_rows(plan)
    return {
        "curve": arrivals(scenario, plan),
        "closure": [_closure(scenario, row) for row in closed[:MOST_LINES]],
        "closure_left_out": max(0, len(closed) - MOST_LINES),
        "replayed": plan.closure["p05"].is_not_null().any(),
        "heat": utilisation_heat(scenario, plan),
        "map": flow_picture(scenario, plan),
        "schedule": [_scheduled(row) for row in plan.schedule.to_dicts()],
    }


def of_those_who_move(scenario: Scenario, plan: Plan) -> Row:
    """Return what is told of the movements that the plan has, and what names sources that a nation may keep to itself."""
    late = late_rows(scenario, plan)
    return {
        "sentences": way_sentences(scenario, plan),
        "late": late[:MOST_LATE],
        "late_left_out": max(0, len(late) - MOST_LATE),
        "resources": resource_rows(scenario, plan),
    }


def arrivals(scenario: Scenario, plan: Plan) -> dict[str, Markup] | None:
    """Return the curve of arrivals; None where no day is known."""
    if plan.arrivals.height == 0:
        return None
    days = days_of_arrival(plan, days=scenario.horizon.days)
    rows = plan.arrivals.filter(pl.col("day") < days).sort("day")
    told = "; ".join(
        f"{d_day(row['day'])}: {grouped(row['people_required'])} asked for, {grouped(row['people_planned'])} planned, "
        f"{grouped(row['people_arrived'])} arrived"
        for row in rows.gather_every(max(1, rows.height // 6)).to_dicts()
    )
    return drawn(lambda size: arrival_curve(scenario.horizon, plan, size=size), f"People in theatre by day. {told}.")


def _closure(scenario: Scenario, row: Row) -> Row:
    known = scenario.requirement_by_line.get(row["line"])
    late = row["late_days"] or 0
    day = row["closure_day"]
    return {
        "line": row["line"],
        "title": line_title(scenario, known) if known is not None else "",
        "priority": row["priority"],
        "required": d_day(row["required_day"]),
        "closure": "never" if day is None else d_day(day),
        "date": "" if day is None else short_date(scenario.horizon.date_of(day)),
        "sign": NEVER if day is None else LATE if late > 0 else IN_TIME,
        "late": "–" if day is None else grouped(late),
        "units": f"{grouped(row['late_units'])} of {grouped(row['planned_units'])}",
        "between": "–"
        if row["p05"] is None or row["p95"] is None
        else f"{d_day(round(row['p05']))} to {d_day(round(row['p95']))}",
    }


def late_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the units that come late, the worst first: the last part of each, with what held it up."""
    kinds = scenario.unit_type_by_name
    held = {row["movement"]: row for row in plan.bottlenecks.to_dicts()}
    moving = plan.movements.filter(
        (pl.col("direction") == "out") & ((pl.col("late_days").fill_null(0) > 0) | pl.col("arrives_day").is_null())
    ).sort("late_days", "priority", "movement", descending=[True, False, False], nulls_last=False)
    rows = []
    for row in moving.unique(["unit", "line", "required_day"], keep="first", maintain_order=True).iter_rows(named=True):
        why = held.get(row["movement"], {})
        kind = kinds[row["unit_type"]].name if row["unit_type"] in kinds else plain(row["unit_type"])
        worth = why.get("worth")
        rows.append(
            {
                "nation": row["nation"],
                "kind": kind,
                "part": ELEMENT_WORDS.get(row["element"], plain(row["element"])),
                "unit": row["unit"],
                "line": row["line"],
                "priority": row["priority"],
                "from": place_words(scenario, row["from_location"]),
                "to": place_words(scenario, row["to_location"]),
                "required": d_day(row["required_day"]),
                "arrives": "never" if row["arrives_day"] is None else d_day(row["arrives_day"]),
                "late": "–" if row["late_days"] is None else grouped(row["late_days"]),
                "modes": modes_words(row["modes"]),
                "chain": chain_words(scenario, why.get("chain")),
                "resource": resource_words(scenario, why["resource"]) if why.get("resource") else "",
                "worth": "–" if worth is None else amount(worth),
            }
        )
    return rows


def modes_words(modes: str | None) -> str:
    """Return modes as they stand in a table: rail, then road."""
    return ", then ".join(part.strip() for part in (modes or "").split(";") if part.strip())


WAITS_FOR = re.compile(r"(?P<head>.* days for )?(?P<resource>.+)")


def chain_words(scenario: Scenario, chain: str | None) -> list[str]:
    """Return what held a movement up, one after the other, each resource by its name in reports."""
    words = []
    for part in (chain or "").split(";"):
        found = WAITS_FOR.fullmatch(part.strip())
        if found is not None:
            words.append((found["head"] or "") + resource_words(scenario, found["resource"]))
    return words


def _scheduled(row: Row) -> Row:
    places = 0 if abs(row["value"]) >= 100 else 1
    return {
        "measure": leading_capital(plain(row["measure"])),
        "value": grouped(row["value"], places=places),
        "bound": "–" if row["bound"] is None else grouped(row["bound"], places=places),
        "unit": row["unit"],
        "status": plain(row["status"]),
        "method": row["method"],
    }


def utilisation_heat(scenario: Scenario, plan: Plan) -> Row | None:
    """Return how full the fullest resources are, week by week; None where nothing has a limit."""
    names = fullest(plan, most=MOST_RESOURCES)
    if not names:
        return None
    spans = spans_until(int(str(plan.utilisation["until_day"].max())))
    rows = {
        name: worst_in(
            spans, plan.utilisation.filter(pl.col("resource") == name).select("from_day", "share").iter_rows(), worst=max
        )
        for name in names
    }
    cells = {
        name: [None if share is None else Cell(full_words(share), shade_of(share, FULL_EDGES)) for share in row]
        for name, row in rows.items()
    }
    return heat_table(spans, {resource_words(scenario, name): cells[name] for name in names})


def full_words(share: float) -> str:
    """Return a share in hundredths as it stands in a narrow cell; a full one is never rounded up to.

    >>> full_words(0.004), full_words(0.996), full_words(1.0), full_words(0.0)
    ('<1', '99', '100', '0')
    """
    if 0 < share < 0.01:
        return "<1"
    return "99" if 0.99 <= share < 1 - 1e-9 else f"{share * 100:.0f}"


def resource_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the fullest resources with their fullest week, and where their capacity comes from."""
    rows = []
    for name in fullest(plan, most=MOST_RESOURCES):
        weeks = plan.utilisation.filter(pl.col("resource") == name)
        top = weeks.sort("share", "from_day", descending=[True, False]).row(0, named=True)
        origin = resource_origin(scenario, name)
        rows.append(
            {
                "name": resource_words(scenario, name),
                "counts": plain(top["counts"]),
                "used": grouped(top["used"]),
                "capacity": grouped(top["capacity"]),
                "share": percent(top["share"]),
                "when": d_day(top["from_day"]),
                "full": grouped(weeks.filter(pl.col("share") >= 0.9).height),
                "table": origin.table if origin else "",
                "status": origin.status if origin else None,
                "source": origin.source if origin else None,
                "confidence": origin.confidence if origin else None,
            }
        )
    return rows


def flow_picture(scenario: Scenario, plan: Plan) -> Row | None:
    """Return the map of flows with its figures for the script, and tables that say the same."""
    flows = flows_of(scenario, plan)
    if flows is None:
        return None
    rows = scenario.location_by_name
    names = {place: place_words(scenario, place) for place in flows.places}
    where = {place: (float(rows[place].longitude or 0), float(rows[place].latitude or 0)) for place in flows.places}
    labels = [step_words(scenario, flows, step) for step in range(len(flows.starts))]
    ways = [f"{names[one]} – {names[other]}, {mode}" for one, other, mode in flows.links]
    first = flows.fullest
    told = [f"{labels[step]}. {carried_words(flows, ways, step)}" for step in range(len(flows.starts))]
    return {
        "picture": flow_map(flows, where, names, label=f"Map of what moves in the fullest week. {told[first]}"),
        "said": told[first],
        "data": script_data(flows, labels, [names[place] for place in flows.places]),
        "script": Markup(script_text()),  # noqa: S704 (our own script; nothing is put into it)
        "last": len(flows.starts) - 1,
        "first": first,
        "label": labels[first],
        "modes": [(mode, mode_key(mode)) for mode in MODES if any(way[2] == mode for way in flows.links)],
        "most_tonnes": grouped(float(flows.tonnes.max(initial=0))),
        "left_out": flows.left_out,
        "ways": way_rows(flows, ways, first),
        "ways_left_out": max(0, int((flows.tonnes[:, first] + flows.people[:, first] > 0).sum()) - MOST_WAYS),
        "weeks": [
            {"label": labels[step], "ways": int((flows.tonnes[:, step] + flows.people[:, step] > 0).sum())}
            | {"said": carried_words(flows, ways, step)}
            for step in range(min(MOST_WEEKS, len(flows.starts)))
        ],
        "weeks_left_out": max(0, len(flows.starts) - MOST_WEEKS),
        "together": max(flows.window(step)[1] - flows.window(step)[0] for step in range(len(flows.starts))) // 7,
    }


def step_words(scenario: Scenario, flows: Flows, step: int) -> str:
    """Return a step of time in words."""
    start, end = flows.window(step)
    return f"{d_day(start)} to {d_day(end - 1)}, from {short_date(scenario.horizon.date_of(start))}"


def carried_words(flows: Flows, ways: list[str], step: int) -> str:
    """Return what goes over the fullest ways in a step."""
    told = []
    for figures, unit in ((flows.tonnes, "tonnes"), (flows.people, "people")):
        at = int(figures[:, step].argmax())
        if figures[at, step] > 0:
            told.append(f"{grouped(float(figures[at, step]))} {unit} over {ways[at]}")
    return f"Most: {'; '.join(told)}." if told else "Nothing moves."


def way_rows(flows: Flows, ways: list[str], step: int) -> list[Row]:
    """Return the ways over which most goes in a step."""
    order = sorted(range(len(ways)), key=lambda at: (-flows.tonnes[at, step], -flows.people[at, step], ways[at]))
    return [
        {"name": ways[at], "tonnes": grouped(float(flows.tonnes[at, step])), "people": grouped(float(flows.people[at, step]))}
        for at in order[:MOST_WAYS]
        if flows.tonnes[at, step] + flows.people[at, step] > 0
    ]


def script_text() -> str:
    """Return the script of the map."""
    return files("contingent.report.html").joinpath("templates", "flows.js").read_text(encoding="utf-8")


def script_data(flows: Flows, labels: list[str], names: list[str]) -> Markup:
    """Return the figures of the map as JSON that can stand in a page: no sign in it can end the element that it stands in."""
    place = {name: at for at, name in enumerate(flows.places)}
    data = {
        "first": flows.fullest,
        "weeks": labels,
        "names": names,
        "ends": [[place[one], place[other], mode] for one, other, mode in flows.links],
        "most": [round(float(figures.max(initial=0))) for figures in (flows.tonnes, flows.people)],
        "ways": _changes(flows.tonnes, flows.people),
        "nodes": _changes(flows.place_tonnes, flows.place_people),
        "tops": [[_top(figures[:, step]) for figures in (flows.tonnes, flows.people)] for step in range(len(flows.starts))],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 (no sign of markup is left)


def _changes(tonnes: Floats, people: Floats) -> list[str]:
    return [as_changes(*pair) for pair in zip(levels_of(tonnes).tolist(), levels_of(people).tolist(), strict=True)]


def _top(figures: Floats) -> list[int]:
    """The fullest way and what goes over it; nothing where nothing does."""
    at = int(figures.argmax())
    return [at, round(float(figures[at]))] if figures[at] > 0 else []
