"""Numbers and words of what the host's formations get and lack: by when they are equipped, what is missing and why, what would
help, what is lost if a donor stops, where the force draws on the same thing.
"""

from datetime import timedelta

import polars as pl

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.report.aid.frames import Row, count, family_name, frame_of, millions, rows_of, type_names, wanted_words
from contingent.report.aid.sentences import donor_named
from contingent.report.drawings.bars import part_bar
from contingent.report.heat import Cell, shade_of
from contingent.report.words import MONTHS, amount, d_day, grouped, leading_capital, percent, plain, short_date

MOST_FORMATIONS, MOST_GAPS, MOST_NEXT, MOST_STOPS, MOST_COMPETING = 60, 240, 20, 40, 60
"""Rows of the tables; what is beyond is counted, and stands in the CSV files."""

SHARE_EDGES = (0.2, 0.4, 0.6, 0.8)
"""Shares of its needs from which a formation is drawn darker. [-]"""

MOST_AT_A_GLANCE = 8
WHOLE_FROM = 100
"""Figures from which decimals say nothing."""

MOST_PERIODS = 30
"""Columns of the heat map. [periods]"""

REASON_WORDS = {
    "nothing_promised": "nothing promised", "not_counted": "no number named", "too_late": "comes too late",
    "too_few": "too few promised", "went_before": "others come first", "training": "training", "upkeep": "upkeep",
    "too_many_types": "too many types",
}  # fmt: skip
"""Each reason of a gap in a few words."""

KIND_WORDS = {"air_defence": "Air defence", "trainers": "Trainers", "transport": "Transport"}
"""Where force and aid draw on the same thing."""


def readiness_heat(status: AidStatus) -> Row | None:
    """Return share of its needs in trained hands by formation and period, at standard marked; None where there is nothing."""
    frame = frame_of(status, "readiness")
    if frame.is_empty():
        return None
    every = sorted(frame["day"].unique().to_list())
    step = -(-len(every) // MOST_PERIODS)
    days = every[step - 1 :: step]
    formations = frame.select("formation", "priority").unique().sort("priority", "formation")
    shown = formations.head(MOST_FORMATIONS)
    cells = {
        (row["formation"], row["day"]): row
        for row in frame.filter(pl.col("formation").is_in(shown["formation"].to_list())).iter_rows(named=True)
    }
    equipped = {row["formation"]: row["equipped_day"] for row in rows_of(status, "equipped")}
    ends = [status.start_date + timedelta(days=day) for day in days]
    years = [end.year for end in ends]
    return {
        "years": [(year, years.count(year)) for year in dict.fromkeys(years)],
        "months": [MONTHS[end.month - 1] for end in ends],
        "days": [grouped(day) for day in days],
        "rows": [
            {
                "name": name, "priority": priority, "at": None if equipped.get(name) is None else d_day(equipped[name]),
                "cells": [_cell(cells.get((name, day))) for day in days],
            }
            for name, priority in shown.iter_rows()
        ],
        "left_out": formations.height - shown.height,
        "step": step * status.options.allocation.period_days,
    }  # fmt: skip


def _cell(row: Row | None) -> Row | None:
    if row is None:
        return None
    share = row["share"]
    cell = Cell(_hundredths(share), shade_of(share, SHARE_EDGES) if share > 0 else 0)
    return {"cell": cell, "at_standard": row["at_standard"]}


def _hundredths(share: float) -> str:
    """Return a share in hundredths for a narrow cell; never rounded up to all, or down to nothing.

    >>> _hundredths(0.004), _hundredths(0.999), _hundredths(1.0), _hundredths(0.0)
    ('<1', '99', '100', '0')
    """
    if 0 < share < 0.01:
        return "<1"
    return "99" if 0.99 <= share < 1 - 1e-9 else f"{share * 100:.0f}"


def formation_glance(status: AidStatus) -> list[Row]:
    """Return the share of its needs that each formation has in trained hands at the end, for the head of the page."""
    frame = frame_of(status, "readiness")
    if frame.is_empty():
        return []
    last = frame.filter(pl.col("day") == frame["day"].max()).sort("priority", "formation").head(MOST_AT_A_GLANCE)
    return [
        {"name": row["formation"], "bar": part_bar(row["share"], width=150, kind="held"), "told": percent(row["share"]),
         "sign": "●" if row["at_standard"] else "◐" if row["share"] else "○"}
        for row in last.iter_rows(named=True)
    ]  # fmt: skip


def equipped_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return when each formation is at its standard and what it is given by then, by priority."""
    names = type_names(scenario)
    given: dict[str, list[str]] = {}
    sums = frame_of(status, "given").group_by("formation", "equipment").agg(pl.col("quantity").sum(), pl.col("ready_day").max())
    for row in sums.sort("formation", "equipment").iter_rows(named=True):
        told = f"{grouped(row['quantity'])} × {names.get(row['equipment'], plain(row['equipment']))} ({d_day(row['ready_day'])})"
        given.setdefault(row["formation"], []).append(told)
    return [
        {
            "name": row["formation"], "priority": row["priority"],
            "day": "–" if row["equipped_day"] is None else d_day(row["equipped_day"]),
            "date": "" if row["equipped_day"] is None else short_date(status.start_date + timedelta(days=row["equipped_day"])),
            "sign": "○" if row["equipped_day"] is None else "●", "given": grouped(row["given"]),
            "quantity": grouped(row["quantity"]), "types": grouped(row["types"]),
            "what": "; ".join(given.get(row["formation"], ())) or "nothing",
        }
        for row in frame_of(status, "equipped").sort("priority", "formation").head(MOST_FORMATIONS).iter_rows(named=True)
    ]  # fmt: skip


def gap_groups(scenario: Scenario, status: AidStatus) -> tuple[list[Row], int, int]:
    """Return the needs with something missing, or late, by formation: why, and the best next pledge; left out; needs met."""
    frame = frame_of(status, "gaps")
    late = pl.col("reason").is_not_null() if "reason" in frame.columns else pl.lit(value=False)
    open_ones = frame.filter((pl.col("gap") > 0) | (pl.col("to_standard") > 0) | late).sort("priority", "formation", "need")
    worth = list(rows_of(status, "next_pledges"))
    needs = {row.need: row for row in scenario.needs}
    groups: dict[str, Row] = {}
    for row in open_ones.head(MOST_GAPS).iter_rows(named=True):
        group = groups.setdefault(
            row["formation"], {"name": row["formation"], "priority": row["priority"], "rows": []})  # fmt: skip
        need = needs.get(row["need"])
        group["rows"].append(_gap_row(scenario, row, worth) | {
            "status": need.status if need else None, "source": need.source if need else None,
            "confidence": need.confidence if need else None,
        })  # fmt: skip
    return list(groups.values()), max(0, open_ones.height - MOST_GAPS), frame.height - open_ones.height


def _gap_row(scenario: Scenario, row: Row, worth: list[Row]) -> Row:
    best = next((each for each in worth if serves(each, row)), None) if row["gap"] > 0 else None
    return {
        "key": row["need"], "what": wanted_words(scenario, row), "quantity": grouped(row["quantity"]),
        "by": d_day(row["by_day"]), "given": grouped(row["given"]), "by_then": grouped(row["by_then"]),
        "gap": grouped(row["gap"]), "to_standard": grouped(row["to_standard"]),
        "sign": "◐" if row["given"] else "○", "reason": reason_words(row.get("reason")), "detail": row.get("detail") or "",
        "next": "–" if best is None else pledge_words(scenario, best), "rank": None if best is None else best["rank"],
    }  # fmt: skip


def serves(pledge: Row, need: Row) -> bool:
    """Return whether a further pledge is of the type, or of the family, that a need asks for."""
    if need["equipment"] is not None:
        return bool(pledge["equipment"] == need["equipment"])
    return bool(pledge["family"] == need["family"])


def pledge_words(scenario: Scenario, row: Row) -> str:
    """Return a further pledge in words."""
    return f"{grouped(row['quantity'])} × {type_names(scenario).get(row['equipment'], plain(row['equipment']))}"


def reason_words(reason: str | None) -> str:
    """Return the reasons of a gap in a few words.

    >>> reason_words("too_late;training"), reason_words(None)
    ('comes too late + training', '')
    """
    codes = [code.strip() for code in (reason or "").split(";") if code.strip()]
    return " + ".join(REASON_WORDS.get(code, plain(code)) for code in codes)


def next_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return further pledges by what they are worth, best first."""
    names = type_names(scenario)
    return [
        {
            "rank": row["rank"], "what": names.get(row["equipment"], plain(row["equipment"])), "key": row["equipment"],
            "family": family_name(row["family"]), "quantity": grouped(row["quantity"]),
            "value": "not known" if row["value_m"] is None else
            f"{row['currency'] or ''} {millions(row['value_m'])} million".strip(),
            "brigades": signed(row["brigades"]), "periods": signed(row["brigade_periods"]),
            "share_periods": signed(row["share_periods"]), "priority": count(row["priority"]),
        }
        for row in frame_of(status, "next_pledges").sort("rank").head(MOST_NEXT).iter_rows(named=True)
    ]  # fmt: skip


def signed(number: float | None) -> str:
    """Return what is gained with its sign; nothing gained as 0."""
    if number is None:
        return "–"
    return f"+{amount(number)}" if number > 0 else "0" if number == 0 else f"−{amount(-number)}"


def stop_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return what is lost if a donor stops, the gravest first."""
    frame = frame_of(status, "stops")
    if frame.is_empty():
        return []
    order = ("brigade_periods_lost", "share_periods_lost", "value_open_eur_m")
    return [
        {
            "name": donor_named(scenario, row["donor"]), "things": count(row["items_open"]),
            "value": millions(row["value_open_eur_m"]),
            "formations": count(row["formations"]), "without": count(row["formations_without"]),
            "lost": amount(row["brigade_periods_lost"] or 0), "share_lost": amount(row["share_periods_lost"] or 0),
            "later": row["later"], "needs": row["needs"] or "", "sentence": row["sentence"] or "",
        }
        for row in frame.sort(*order, descending=True, nulls_last=True).head(MOST_STOPS).iter_rows(named=True)
    ]  # fmt: skip


def competition_rows(scenario: Scenario, competition: pl.DataFrame | None) -> list[Row]:
    """Return where force and aid draw on the same thing, those short first."""
    if competition is None or competition.is_empty():
        return []
    ordered = competition.with_columns(worst=pl.col("short").fill_null(-1.0)).sort(
        "worst", "kind", "nation", "what", descending=[True, False, False, False], nulls_last=True
    )
    return [
        {
            "kind": KIND_WORDS.get(row["kind"], leading_capital(plain(row["kind"]))), "what": plain(row["what"] or ""),
            "nation": "" if row["nation"] is None else donor_named(scenario, row["nation"]),
            "when": "" if row["from_day"] is None else d_day(row["from_day"]),
            "aid": _figure(row["aid"]), "force": _figure(row["force"]), "have": _figure(row["have"], blank="not known"),
            "short": _figure(row["short"], blank="not known"), "unit": row["unit"],
            "sign": "?" if row["short"] is None else "○" if row["short"] > 0 else "●", "sentence": row["sentence"],
            "status": row["status"], "source": row["source"], "confidence": row["confidence"],
        }
        for row in ordered.head(MOST_COMPETING).iter_rows(named=True)
    ]  # fmt: skip


def _figure(number: float | None, *, blank: str = "–") -> str:
    return blank if number is None else grouped(number) if abs(number) >= WHOLE_FROM else amount(number)
