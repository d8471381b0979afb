"""The situation report as one self-contained page: what an editor would print, and below it what it rests on."""

from typing import Any

from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.monitoring.sentences import figure, span
from contingent.monitoring.situation import Situation
from contingent.report.charts import NARROW, WIDE, svgs_of
from contingent.report.drawings.incident_map import MOST_MARKS, Ground, Mark, incident_map
from contingent.report.heat import shade_of
from contingent.report.html.report import UNPRINTABLE, content_policy, environment, page_style
from contingent.report.situation import rows
from contingent.report.situation.charts import weeks_by_sector
from contingent.report.words import counted, grouped, leading_capital, percent

Row = dict[str, Any]

MOST_INCIDENTS, MOST_STEPS, MOST_CHANGES, MOST_ASIDE, MOST_HOT = 40, 40, 40, 40, 20
"""Rows of the tables; what is beyond is counted, and stands in the CSV files."""

SHADE_EDGES = (0.02, 0.15, 0.3, 0.5)
"""Shares of all violations from which a sector is darker on the map. [-]"""

KINDS = {1: "Daily situation report", 7: "Weekly situation report"}


def situation_html(scenario: Scenario, situation: Situation) -> str:
    """Return the situation report as the text of one HTML file; the same situation gives the same bytes."""
    style = page_style(situation.marking)
    page = (
        environment()
        .get_template("situation.html")
        .render(
            style=Markup(style),  # noqa: S704 (our own style sheet; the marking in it is escaped letter by letter)
            policy=content_policy(style),
            situation=situation,
            kind=KINDS.get(situation.period.days, "Situation report"),
            span=leading_capital(span(situation.period).removeprefix("from ").removeprefix("on ")),
            span_inside=span(situation.period),
            version=situation.basis.get("version") or "",
            before_span=span(situation.period.before).removeprefix("from ").removeprefix("on "),
            **contents(scenario, situation),
        )
    )
    return page.translate(UNPRINTABLE)


def contents(scenario: Scenario, situation: Situation) -> Row:
    """Return what the page is filled with."""
    incidents, left_out = rows.incident_rows(situation, MOST_INCIDENTS)
    changes = situation.changes.sort("flagged", descending=True, maintain_order=True)
    new = situation.new_changes().sort("flagged", descending=True, maintain_order=True)
    old = changes.join(new, on=["sector", "kind", "flagged"], how="anti", nulls_equal=True)
    hot = rows.hot_rows(situation)
    return {
        "opening": {name: texts for name, texts in situation.paragraphs.items() if name != "lead"},
        "lead": situation.paragraphs.get("lead", ()),
        "numbers": key_numbers(situation),
        "sectors": rows.sector_rows(situation),
        "kinds": rows.kind_rows(situation),
        "map": map_of(scenario, situation),
        "calendar": rows.calendar(situation),
        "trend": trend_of(situation),
        "new_changes": [rows.change_row(row) for row in new.head(MOST_CHANGES).iter_rows(named=True)],
        "old_changes": [rows.change_row(row) for row in old.head(MOST_CHANGES).iter_rows(named=True)],
        **ladder_of(situation),
        "blind": rows.blind_rows(situation),
        "hot": hot[:MOST_HOT], "hot_left_out": max(0, len(hot) - MOST_HOT),
        "unusual": rows.unusual_rows(situation),
        "normal": rows.normal_rows(situation),
        "forecast": rows.forecast_rows(situation),
        "incidents": incidents, "incidents_left_out": left_out,
        "gaps": rows.gap_rows(situation),
        "files": situation.files.to_dicts(),
        "aside": situation.set_aside.head(MOST_ASIDE).to_dicts(),
        "aside_left_out": max(0, situation.set_aside.height - MOST_ASIDE),
        "names": rows.names_of(scenario),
        "assumptions": assumptions(situation),
    }  # fmt: skip


def key_numbers(situation: Situation) -> list[Row]:
    """Return five figures with what they are held against."""
    whole = rows.sector_rows(situation)[-1]
    before = "nothing known of the time before" if whole["before"] is None else f"{figure(whole['before'])} before"
    levels = [row for row in situation.ladder_now().iter_rows(named=True) if row["level"]]
    highest = max((row["level"] for row in levels), default=0)
    on_it = ", ".join(row["sector"] or "the whole force" for row in levels if row["level"] == highest)
    coming = [row for row in rows.forecast_rows(situation) if row["where"] == rows.ALL]
    sure = percent(situation.basis["confidence"])
    return [
        {"name": "Violations", "value": figure(whole["violations"]), "note": before},
        {"name": "A day observed", "value": whole["rate"], "note": f"{whole['interval']} ({sure})"},
        {"name": "Killed, wounded", "value": f"{whole['killed']}, {whole['wounded']}", "note": "as reported"},
        {"name": "Obstruction", "value": grouped(whole["obstructed"]), "note": "times that monitors were hindered"},
        {"name": "Level of response", "value": str(highest) if situation.ladder_days.height else "–",
         "note": on_it or ("no sector on a level" if situation.ladder_days.height else "no ladder was written")},
        {"name": "Next seven days", "value": coming[0]["middle"] if coming else "–",
         "note": f"{coming[0]['low']} to {coming[0]['high']}" if coming else "too little is known"},
    ]  # fmt: skip


def map_of(scenario: Scenario, situation: Situation) -> Row | None:
    """Return the map of the period's incidents, and how many have no place."""
    told = {row["name"]: row for row in rows.sector_rows(situation)}
    whole = max(1.0, told[rows.ALL]["violations"])
    sectors = []
    for sector in scenario.sectors:
        if sector.geometry is not None:
            number = told[sector.sector]["violations"] if sector.sector in told else 0.0
            label = f"{sector.sector} {figure(number)}" if number else sector.sector
            sectors.append((label, sector.geometry, shade_of(number / whole, SHADE_EDGES)))
    inside = situation.of_period().drop_nulls(["latitude", "longitude"])
    largest = inside.sort("count", "time", "incident", descending=[True, False, False]).head(MOST_MARKS)
    marks = [
        Mark((row["longitude"], row["latitude"]), row["kind"], row["count"], rows.tip_of(row))
        for row in largest.iter_rows(named=True)
        if row["count"] > 0
    ]
    cells = tuple(
        ((row["longitude"], row["latitude"]), row["cell_km"], row["measure"] == "emerging",
         f"{figure(row['around'])} violations here and around, {row['expected_around']:.1f} expected")
        for row in situation.hotspots.iter_rows(named=True)
    )  # fmt: skip
    lines = tuple((trace.name or trace.trace, trace.geometry) for trace in scenario.traces)
    label = f"Map of {counted(len(marks), 'incident')} {span(situation.period)}, by sector: " + ", ".join(
        f"{row['name']} {figure(row['violations'])}" for row in told.values() if not row["sum"])
    drawn = incident_map(Ground(tuple(sectors), lines, cells), marks, label=label)
    placeless = situation.of_period().height - inside.height
    return None if drawn is None else {
        "picture": drawn, "placeless": placeless, "left_out": max(0, inside.height - MOST_MARKS), "cells": bool(cells),
        "days": situation.basis.get("hotspot_days"),
    }  # fmt: skip


def trend_of(situation: Situation) -> Row | None:
    """Return weeks by sector, wide and narrow."""
    charts = [weeks_by_sector(situation, size=size) for size in (WIDE, NARROW)]
    if charts[0] is None or charts[1] is None:
        return None
    last = situation.trend.filter(situation.trend["sector"].is_null()).tail(1).to_dicts()
    label = "Violations a day observed, week by week, by sector, with intervals and the days from which a change was found."
    if last and last[0]["rate"] is not None:
        label += f" Last week, all sectors together: {last[0]['rate']:.1f} ({last[0]['low']:.1f} to {last[0]['high']:.1f})."
    wide, narrow = svgs_of([(charts[0], label), (charts[1], label)])
    return {"wide": wide, "narrow": narrow}


def ladder_of(situation: Situation) -> Row:
    """Return where the ladder stands, the steps of the period, and the earlier ones."""
    called, lost = rows.by_step(situation.ladder_calls), rows.by_step(situation.ladder_losses)
    steps = situation.ladder_steps.sort("date", descending=True, maintain_order=True)
    inside = steps["date"].is_between(situation.period.since, situation.period.until)
    now = [
        {**row, "where": row["sector"] or "The whole force"}
        for row in situation.ladder_now().sort("level", "sector", descending=[True, False], nulls_last=True).iter_rows(named=True)
        if row["level"]
    ]
    return {
        "has_ladder": situation.ladder_days.height > 0,
        "ladder_now": now,
        "steps": [rows.step_row(row, called, lost) for row in steps.filter(inside).iter_rows(named=True)],
        "old_steps": [rows.step_row(row, called, lost) for row in steps.filter(~inside).head(MOST_STEPS).iter_rows(named=True)],
        "has_plan": situation.basis.get("plan") is not None,
    }


def assumptions(situation: Situation) -> list[str]:
    """Return what the figures rest on, in sentences."""
    basis = situation.basis
    slack = f"{basis['slack_h']:g} h and {basis['slack_km']:g} km"
    over = "for all series together" if basis["across"] == "all" else "for each series"
    told = [
        f"Intervals hold with {percent(basis['confidence'])}.",
        f"Were nothing ever to change, a year would bring a wrong call with {percent(basis['false_alarm_probability'])}, {over}.",
        f"Of hot spots and unusual counts, at most {percent(basis['false_discovery_rate'])} should be chance.",
        f"Two reports are one event if their times and places agree within their precisions and {slack} more.",
        f"Front: less than {basis['front_km']:g} km from the line; middle: less than {basis['middle_km']:g} km.",
    ]  # fmt: skip
    return told + list(situation.notes)
