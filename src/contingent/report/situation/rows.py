"""Numbers and words of a situation that page and terminal share: one row a sector, a kind, a change, a step, a gap."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.monitoring.counts import VIOLATION
from contingent.monitoring.sentences import AS_PART, KIND_WORDS, figure, level
from contingent.monitoring.situation import DAYS_A_WEEK, GAPS, Situation
from contingent.report.heat import Cell
from contingent.report.words import grouped, leading_capital, percent, short_date

Row = dict[str, Any]

KIND_HEADS = {
    "shelling": "shelling", "small_arms": "small arms", "drone": "drones", "mine": "mines",
    "heavy_weapons": "heavy weapons moved", "airspace": "in the air", "maritime": "at sea",
    "obstruction": "monitors obstructed", "casualty": "casualties only",
    "other": "other",
}  # fmt: skip
"""Each kind at the head of a column."""

ALL, OUTSIDE = "All together", "Outside all sectors"
CALENDAR_WEEKS = 26
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EDGES = (0.5, 0.75, 0.9, 0.97)
"""Shares of all days below which a day is paler. [-]"""

SIGNS = {"rise": "▲", "fall": "▼"}
VERDICTS = {
    "blind": "blind", "going_blind": "going blind", "quieter_and_blinder": "quieter, and less seen",
    "perhaps_blind": "perhaps blind",
    "quieter": "quieter", "hidden_rise": "hidden rise", "fewer_eyes": "fewer eyes", "see_the_same": "sees as before",
    "unclear": "unclear",
}  # fmt: skip
"""Each verdict on what monitors see, in words."""


def sector_rows(situation: Situation) -> list[Row]:
    """Return violations of the period by sector beside the days before, with rate, obstruction and level of the ladder.

    A sector in which nothing was ever reported, and that is on no level, is left out.
    """
    counts = situation.counts
    rates = situation.rates.filter((pl.col("window_days") == situation.period.days) & pl.col("kind").is_null())
    of_sector = {row["sector"]: row for row in rates.filter(pl.col("by") == "sector").iter_rows(named=True)}
    levels = {row["sector"]: row for row in situation.ladder_now().iter_rows(named=True)}
    ever = set(situation.incidents["sector"].to_list())
    names = sorted(name for name in {*ever, *(name for name, row in levels.items() if row["level"] > 0)} if name)
    rows = [
        _sector_row(situation, name, counts.filter(pl.col("sector") == name), of_sector.get(name), levels.get(name))
        for name in names
    ]
    outside = counts.filter(pl.col("sector").is_null())
    if outside.height:
        rows.append(_sector_row(situation, None, outside, of_sector.get(None), None))
    rows.sort(key=lambda row: (-row["violations"], row["name"] == OUTSIDE, row["name"]))
    whole = next(iter(rates.filter(pl.col("by") == "all").iter_rows(named=True)), None)
    return [*rows, _sector_row(situation, ALL, counts, whole, levels.get(None)) | {"sum": True}]


def _sector_row(situation: Situation, name: str | None, counts: pl.DataFrame, rate: Row | None, step: Row | None) -> Row:
    violations, before = (float(counts.filter(VIOLATION)[f"violations{end}"].sum()) for end in ("", "_before"))
    return {
        "name": name or OUTSIDE, "violations": violations, "before": before if situation.compared else None,
        "sign": "" if not situation.compared or violations == before else SIGNS["rise" if violations > before else "fall"],
        "rate": level(rate["rate"]).replace("none", "0") if rate and rate["rate"] is not None else "–",
        "interval": between(rate["low"], rate["high"]) if rate and rate["low"] is not None else "–",
        "killed": int(counts["killed"].sum()), "wounded": int(counts["wounded"].sum()),
        "obstructed": int(counts.filter(~VIOLATION)["incidents"].sum()),
        "level": None if step is None else step["level"], "posture": step["posture"] if step else None, "sum": False,
    }  # fmt: skip


def kind_rows(situation: Situation) -> list[Row]:
    """Return what was reported by kind beside the days before; obstruction last, since it is no violation."""
    sums = situation.counts.group_by("kind").agg(pl.exclude("sector").sum())
    order = {kind: place for place, kind in enumerate(KIND_HEADS)}
    rows = [
        {
            "name": leading_capital(what_words(row["kind"])), "kind": row["kind"], "violations": row["violations"],
            "incidents": row["incidents"], "before": row["violations_before"] if situation.compared else None,
            "killed": row["killed"], "wounded": row["wounded"],
        }
        for row in sums.iter_rows(named=True) if row["violations"] or (row["violations_before"] and situation.compared)
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["kind"] == "obstruction", -row["violations"], order.get(row["kind"], 99)))
    return rows


def what_words(kind: str | None) -> str:
    """Return a kind as it stands in a table; None = all violations."""
    return "all violations" if kind is None else KIND_HEADS.get(kind, kind)


def change_row(row: Row) -> Row:
    """Return a change as a row of a table."""
    likely = "–"
    if row["changed_from"] is not None and row["changed_until"] is not None:
        likely = f"{short_date(row['changed_from'])} to {short_date(row['changed_until'])}"
    return {
        "where": row["sector"] or ALL, "what": what_words(row["kind"]),
        "grade": "called" if row["grade"] == "called" else "on watch", "sign": SIGNS.get(row["direction"], ""),
        "flagged": short_date(row["flagged"]), "changed": short_date(row["changed"]) if row["changed"] else "–", "likely": likely,
        "before": level(row["before"]), "after": level(row["after"]),
        "evidence": f"{row['evidence']:.1f} of {row['threshold']:.1f}",
    }  # fmt: skip


def step_row(row: Row, called: Mapping[str, list[Row]], lost: Mapping[str, list[Row]]) -> Row:
    """Return a step of the ladder with its evidence, who answers its call and what the plan loses."""
    return {
        "date": short_date(row["date"]), "where": row["sector"] or "The whole force", "from": row["from_level"],
        "to": row["to_level"], "sign": SIGNS["rise" if row["to_level"] > row["from_level"] else "fall"], "rung": row["rung"],
        "posture": row["posture"], "sentence": with_dates(row["sentence"]), "incidents": row["incidents"],
        "ids": row["incident_ids"],
        "stands": short_date(row["stands_until"]), "calls": [call_row(call) for call in called.get(row["step"], [])],
        "losses": [loss_row(loss) for loss in lost.get(row["step"], [])],
    }  # fmt: skip


def call_row(row: Row) -> Row:
    """Return a unit that answers a call, or why none does."""
    return {
        "unit": row["unit"] or "nobody", "nation": row["nation"] or "", "line": row["line"] or "", "from": row["location"] or "",
        "towards": row["towards"] or "", "hours": "–" if row["hours"] is None else f"{row['hours']:.0f} h",
        "note": row["reason"] or ("" if row["relieved"] else "its tour ends before, and nobody follows"),
    }  # fmt: skip


def loss_row(row: Row) -> Row:
    """Return what a line gives up for a call."""
    return {
        "line": row["line"], "days": f"D+{row['from_day']} to D+{row['until_day']}", "units": row["units"],
        "left": f"{figure(row['left'])} of {figure(row['required'])}", "unit_days": figure(row["unit_days_lost"]),
        "chance": row["under_chance"] or "",
    }  # fmt: skip


def by_step(frame: pl.DataFrame) -> dict[str, list[Row]]:
    """Return rows by the step that they belong to."""
    found: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["step"], []).append(row)
    return found


def gap_rows(situation: Situation) -> list[Row]:
    """Return what is not known, in words."""
    return [
        {
            "what": leading_capital(GAPS[row["what"]]), "where": row["sector"] or "all",
            "number": f"{figure(row['number'])}", "of": f"{figure(row['of'])} {row['unit']}",
            "share": percent(row["number"] / row["of"]) if row["of"] else "–",
        }
        for row in situation.gaps.iter_rows(named=True)
    ]  # fmt: skip


def blind_rows(situation: Situation) -> list[Row]:
    """Return what monitors see by sector; sectors without reports in either window and nothing to say are left out."""
    rows = []
    for row in situation.blindness.iter_rows(named=True):
        ever = row["sector"] is None or row["sector"] in situation.incidents["sector"]
        if not ever and row["verdict"] == "see_the_same":
            continue
        said, _, evidence = str(row["statement"]).partition(" Evidence: ")
        verdict = VERDICTS.get(row["verdict"], row["verdict"])
        rows.append({"where": row["sector"] or ALL, "verdict": verdict, "said": said, "evidence": with_dates(evidence)})
    return rows


def forecast_rows(situation: Situation) -> list[Row]:
    """Return next week by sector with its record; sectors without any report so far are left out."""
    record = {row["sector"]: row for row in situation.forecast_record.iter_rows(named=True)}
    ever = set(situation.incidents["sector"].to_list()) | {None}
    return [
        {
            "where": row["sector"] or ALL, **{name: figure(row[name]) for name in ("low", "middle", "high")},
            **record_words(record.get(row["sector"])),
        }
        for row in situation.forecast.iter_rows(named=True) if row["sector"] in ever and row["low"] is not None
    ]  # fmt: skip


def record_words(row: Row | None) -> Row:
    """Return how past forecasts did."""
    if row is None or not row["weeks"] or row["covered"] is None:
        return {"weeks": "0", "covered": "–", "promised": "–", "loss": "–", "naive": "–"}
    return {
        "weeks": grouped(row["weeks"]), "covered": percent(row["covered"]), "promised": percent(row["promised"]),
        "loss": f"{row['loss']:.2f}", "naive": f"{row['loss_last_week']:.2f}",
    }  # fmt: skip


def hot_rows(situation: Situation) -> list[Row]:
    """Return hot spots, the surest first."""
    found = situation.hotspots.sort("adjusted", "score", descending=[False, True])
    return [
        {
            "measure": "more than elsewhere" if row["measure"] == "standing" else "more than before",
            "place": f"{row['latitude']:.2f} N, {row['longitude']:.2f} E", "where": row["sector"] or OUTSIDE,
            "around": figure(row["around"]), "expected": level(row["expected_around"]),
            "adjusted": "under 0.001" if row["adjusted"] < 0.001 else f"{row['adjusted']:.3f}",
        }
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def unusual_rows(situation: Situation) -> list[Row]:
    """Return counts of the last day that are out of the usual."""
    odd = situation.unusual.filter(pl.col("verdict").is_in(["more", "fewer"]))
    return [
        {
            "where": row["sector"] or ALL, "what": what_words(row["kind"]),
            "violations": figure(row["violations"]), "usual": f"{figure(row['low'])} to {figure(row['high'])}",
            "verdict": row["verdict"], "date": short_date(row["date"]),
        }
        for row in odd.iter_rows(named=True)
    ]  # fmt: skip


def incident_rows(situation: Situation, most: int) -> tuple[list[Row], int]:
    """Return the incidents of the period, the gravest first, and how many are left out."""
    inside = situation.of_period().filter(pl.col("count") > 0)
    hurt = pl.col("killed").fill_null(0) * 3 + pl.col("wounded").fill_null(0)
    first = inside.sort(hurt, "count", "time", "incident", descending=[True, True, False, False]).head(most)
    rows = [
        {
            "id": row["incident"], "time": time_words(row["time"], row["precision_h"]), "where": row["sector"] or OUTSIDE,
            "place": place_of(row), "what": what_words(row["kind"]), "count": figure(row["count"]),
            "party": row["party"] or "not said", "hurt": hurt_words(row), "source": row["sources"] or row["source"] or "",
            "confidence": row["confidence"] or "", "note": row["note"] or "",
        }
        for row in first.iter_rows(named=True)
    ]  # fmt: skip
    return rows, inside.height - len(rows)


def place_of(row: Row) -> str:
    """Return where an incident was, as well as that is known."""
    if row["place"]:
        return str(row["place"])
    if row["latitude"] is None:
        return str(row["region"] or "not known")
    return f"{row['latitude']:.2f}, {row['longitude']:.2f}"


def hurt_words(row: Row) -> str:
    """Return killed and wounded; nothing where nobody was."""
    parts = [f"{row[name]} {name}" for name in ("killed", "wounded") if row[name]]
    return ", ".join(parts)


def time_words(time: Any, precision_h: float | None) -> str:
    """Return a time as exactly as it is known."""
    if time is None:
        return "not known"
    return short_date(time.date()) if (precision_h or 0.0) >= 12 else f"{short_date(time.date())} {time:%H:%M}"


def calendar(situation: Situation) -> Row | None:
    """Return violations of all sectors by weekday and week, the last weeks; None where there is no series.

    Notes
    -----
    A day that was not observed has no figure. Shades are by rank among the days shown, so that one day of very many does not
    make all others pale.
    """
    days = situation.series.filter(pl.col("sector").is_null() & pl.col("kind").is_null())
    if days.is_empty():
        return None
    until = situation.period.until
    monday = until - timedelta(days=until.weekday())
    weeks = [monday - timedelta(days=DAYS_A_WEEK * back) for back in range(CALENDAR_WEEKS - 1, -1, -1)]
    figures: dict[date, float | None] = dict(days.filter(pl.col("date") >= weeks[0]).select("date", "violations").iter_rows())
    begin = min(figures, default=until)
    weeks = [week for week in weeks if week + timedelta(days=DAYS_A_WEEK - 1) >= begin]
    known = sorted(value for value in figures.values() if value is not None)
    rows = []
    for number, name in enumerate(WEEKDAYS):
        on = [week + timedelta(days=number) for week in weeks]
        rows.append({"name": name, "cells": [_calendar_cell(figures, day, known, situation) for day in on]})
    return {"weeks": [(week.day, week.month) for week in weeks], "rows": rows, "months": _month_groups(weeks)}


def _calendar_cell(figures: Mapping[date, float | None], day: date, known: list[float], situation: Situation) -> Row | None:
    if day not in figures or day > situation.period.until:
        return None
    value = figures[day]
    told = situation.period.since <= day <= situation.period.until
    if value is None:
        return {"cell": Cell("·", 0), "told": told, "tip": f"{short_date(day)}: not observed"}
    below = sum(other < value for other in known) / max(1, len(known))
    shade = sum(below >= edge for edge in EDGES) if value else 0
    return {"cell": Cell(figure(value), shade), "told": told, "tip": f"{short_date(day)}: {figure(value)}"}


def _month_groups(weeks: list[date]) -> list[tuple[str, int]]:
    """Months over the weeks that begin in them."""
    names = [f"{week:%Y-%m}" for week in weeks]
    return [(short_date(date.fromisoformat(f"{name}-01")).partition(" ")[2], names.count(name)) for name in dict.fromkeys(names)]


def normal_rows(situation: Situation) -> list[Row]:
    """Return what is usual by hour and weekday for all sectors together."""
    rows = situation.normal.filter(pl.col("sector").is_null() & pl.col("part").is_in(["hour", "weekday"]))
    return [
        {
            "part": row["part"], "value": f"{row['value']:02d}:00" if row["part"] == "hour" else WEEKDAYS[row["value"] - 1],
            "ratio": row["ratio"], "rate": level(row["rate"]), "interval": f"{level(row['low'])} to {level(row['high'])}",
        }
        for row in rows.iter_rows(named=True) if row["rate"] is not None
    ]  # fmt: skip


def tip_of(row: Row) -> str:
    """Return what a reader sees who points at an incident on the map."""
    what = f"{figure(row['count'])} {AS_PART.get(row['kind'], KIND_WORDS.get(row['kind'], row['kind']))}"
    hurt = hurt_words(row)
    return f"{row['incident']}: {time_words(row['time'], row['precision_h'])}, {what}{', ' if hurt else ''}{hurt}"


def between(low: float, high: float) -> str:
    """Return an interval of rates."""
    return f"{level(low).replace('none', '0')} to {level(high).replace('none', '0')}"


def with_dates(text: str) -> str:
    """Return a text with its dates as they are read.

    >>> with_dates("Stands until 2027-07-05 at the least.")
    'Stands until 5 Jul 2027 at the least.'
    """
    return re.sub(r"\d{4}-\d{2}-\d{2}", lambda found: short_date(date.fromisoformat(found[0])), text)


def names_of(scenario: Scenario) -> dict[str, str]:
    """Return the long name of each sector."""
    return {row.sector: row.name or row.sector for row in scenario.sectors}
