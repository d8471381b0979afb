"""Numbers and words of the tables: what was promised and came, what will, what covers how long."""

from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.report.aid.frames import (
    FINANCE,
    Row,
    count,
    family_name,
    frame_of,
    millions,
    rows_of,
    type_names,
)
from contingent.report.aid.sentences import donor_named, promises
from contingent.report.drawings.bars import kept_bar
from contingent.report.words import d_day, grouped, leading_capital, percent, plain, short_date

MOST_LEDGER, MOST_TYPES, MOST_FAMILIES, MOST_DONORS = 400, 60, 40, 60
"""Rows of the longest tables; what is beyond is counted, and stands in the CSV files."""

MOST_AT_A_GLANCE = 8

STATE_SIGNS = {"delivered": "●", "partly": "◐", "open": "○", "unmeasured": "?", "left out": "–"}
"""Each state of a pledge with its sign."""

STATE_WORDS = {
    "delivered": "came whole", "partly": "came in part", "open": "nothing known to have come", "unmeasured": "no number named",
    "left out": "not counted",
}  # fmt: skip

DOUBT_WORDS = {
    "same_thing": "said twice?", "maybe_part": "part of another?", "delivered_over": "more than promised",
    "delivered_early": "before it was announced", "delivered_other_type": "another type", "delivered_alike": "alike",
    "delivered_left_out": "against a pledge that does not count",
}  # fmt: skip

HOW_COVERED = 30
"""Days between the columns of cover. [days]"""


def donor_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return promised and known to have come by donor, the largest first, and all together last."""
    entries = frame_of(status, "entries")
    pledged = promises(status)
    money = _sums(entries, pledged, "donor")
    things = pledged.filter(pl.col("promised").is_not_null()).group_by("donor").agg(
        whole=(pl.col("state") == "delivered").sum(), came=(pl.col("delivered") > 0).sum(), things=pl.len())  # fmt: skip
    counts = pledged.group_by("donor").agg(pledges=pl.len())
    found = money.join(counts, on="donor", how="left").join(things, on="donor", how="left").fill_null(0)
    found = found.sort("promised_eur_m", "pledges", "envelopes", "donor", descending=[True, True, True, False])
    rows = found.to_dicts()
    largest = max((row["promised_eur_m"] + row["beyond_eur_m"] for row in rows), default=0.0)
    told = [_donor_row(donor_named(scenario, row["donor"]), row, largest) for row in rows]
    names = ("promised_eur_m", "delivered_eur_m", "beyond_eur_m", "envelopes", "pledges", "things", "came", "whole")
    whole = {name: sum(row[name] for row in rows) for name in names} | {"donor": None}
    return [*told, _donor_row("All together", whole, None)] if rows else []


def _donor_row(name: str, row: Row, largest: float | None) -> Row:
    return {
        "name": name, "donor": row["donor"], "pledges": grouped(row["pledges"]), "promised": millions(row["promised_eur_m"]),
        "came": millions(row["delivered_eur_m"]), "envelopes": millions(row["envelopes"]) if row["envelopes"] else "–",
        "things": grouped(row["things"]), "things_came": f"{grouped(row['came'])} ({grouped(row['whole'])} whole)"
        if row["came"] else "0",
        "bar": None if largest is None else _money_bar(row, largest),
        "sum": largest is None,
    }  # fmt: skip


def _money_bar(row: Row, largest: float, *, width: int = 200) -> Markup:
    kept = row["delivered_eur_m"] - row["beyond_eur_m"]
    return kept_bar(row["promised_eur_m"], kept, beyond=row["beyond_eur_m"], largest=largest, width=width)


def _sums(entries: pl.DataFrame, pledged: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return money and things by some column, envelopes of money apart.

    What came beyond its pledge, against one that names no number, or against none, is `beyond`: it fills no other promise.
    """
    inside = pl.col("kind") != FINANCE
    found = entries.group_by(by).agg(
        pl.col("promised_eur_m").filter(inside).sum(), pl.col("delivered_eur_m").filter(inside).sum(),
        pl.col("promised_eur_m").filter(~inside).sum().alias("envelopes"),
        pl.col("promised").filter(inside).sum(), pl.col("delivered").filter(inside).sum(),
    )  # fmt: skip
    kept = pledged.group_by(by).agg(
        kept=(pl.col("promised") - pl.col("open")).sum(), kept_eur_m=(pl.col("promised_eur_m") - pl.col("open_eur_m")).sum()
    )
    whole = found.join(kept, on=by, how="left", nulls_equal=True).with_columns(pl.col("kept", "kept_eur_m").fill_null(0))
    return whole.with_columns(
        beyond=(pl.col("delivered") - pl.col("kept")).clip(lower_bound=0),
        beyond_eur_m=(pl.col("delivered_eur_m") - pl.col("kept_eur_m")).clip(lower_bound=0.0),
    )


def donor_glance(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return money promised and come by donor, the largest, for the head of the page."""
    found = _sums(frame_of(status, "entries"), promises(status), "donor").filter(pl.col("promised_eur_m") > 0)
    top = found.sort("promised_eur_m", "donor", descending=[True, False]).head(MOST_AT_A_GLANCE).to_dicts()
    largest = max((row["promised_eur_m"] + row["beyond_eur_m"] for row in top), default=0.0)
    return [
        {"name": donor_named(scenario, row["donor"]), "bar": _money_bar(row, largest, width=150),
         "told": f"{millions(row['delivered_eur_m'])} of {millions(row['promised_eur_m'])}"}
        for row in top
    ]  # fmt: skip


def family_rows(status: AidStatus) -> list[Row]:
    """Return things and money promised and known to have come by family, envelopes left out; money first."""
    inside = frame_of(status, "entries").filter(pl.col("kind") != FINANCE)
    found = _sums(inside, promises(status), "family").sort(
        "promised_eur_m", "promised", "family", descending=[True, True, False], nulls_last=True
    )
    rows = found.to_dicts()
    largest = max((row["promised_eur_m"] + row["beyond_eur_m"] for row in rows), default=0.0)
    return [
        {
            "name": leading_capital(family_name(row["family"])), "family": row["family"],
            "promised": millions(row["promised_eur_m"]) if row["promised_eur_m"] else "–",
            "came": millions(row["delivered_eur_m"]) if row["promised_eur_m"] or row["delivered_eur_m"] else "–",
            "bar": _money_bar(row, largest),
            "things": grouped(row["promised"]) if row["promised"] else "–",
            "things_came": grouped(row["delivered"]) if row["promised"] or row["delivered"] else "–",
            "beyond": grouped(row["beyond"]) if row["beyond"] else "",
            "things_bar": kept_bar(row["promised"], row["delivered"] - row["beyond"], beyond=row["beyond"],
                                   largest=row["promised"] + row["beyond"], width=90),
        }
        for row in rows
    ]  # fmt: skip


def type_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return things promised, come and open by type, with the pledges that they stand in."""
    names = type_names(scenario)
    inside = promises(status).filter(pl.col("equipment").is_not_null() & pl.col("promised").is_not_null())
    found = inside.group_by("equipment", "family").agg(
        pl.col("promised", "delivered", "open", "over").sum(), pl.col("pledge").sort()
    )
    found = found.sort("family", "equipment", nulls_last=True)
    return [
        {
            "name": names.get(row["equipment"], plain(row["equipment"])), "family": family_name(row["family"]),
            "promised": grouped(row["promised"]), "came": grouped(row["delivered"]), "open": grouped(row["open"]),
            "bar": kept_bar(row["promised"], row["promised"] - row["open"], beyond=row["over"] or 0,
                            largest=row["promised"] + (row["over"] or 0), width=90),
            "pledges": row["pledge"],
        }
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def month_rows(status: AidStatus) -> list[Row]:
    """Return what was announced in each month and what came in it, whatever it was promised with; envelopes apart."""
    found = frame_of(status, "by_month").with_columns(inside=pl.col("kind") != FINANCE)
    grouped_by = found.group_by("month").agg(
        pl.col("promised_eur_m").filter("inside").sum(), pl.col("delivered_eur_m").filter("inside").sum(),
        pl.col("promised_eur_m").filter(~pl.col("inside")).sum().alias("envelopes"),
    )  # fmt: skip
    things = (
        promises(status)
        .with_columns(month=pl.col("announced").dt.truncate("1mo"))
        .group_by("month")
        .agg(pledges=pl.len(), came=((pl.col("delivered") > 0) | (pl.col("delivered_eur_m") > 0)).sum())
    )
    whole = grouped_by.join(things, on="month", how="full", coalesce=True).sort("month", descending=True)
    return [
        {
            "month": short_date(row["month"])[2:], "promised": millions(row["promised_eur_m"] or 0.0),
            "came": millions(row["delivered_eur_m"] or 0.0), "envelopes": millions(row["envelopes"] or 0.0),
            "pledges": grouped(row["pledges"] or 0), "pledges_came": grouped(row["came"] or 0),
        }
        for row in whole.iter_rows(named=True)
    ]  # fmt: skip


def delay_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return how late each donor is: all together, then by donor, the one with most pledges first."""
    delays = frame_of(status, "delays")
    if delays.is_empty():
        return []
    shown = delays.filter(pl.col("family").is_null()).sort(
        pl.col("donor").is_not_null(), "pledges", "donor", descending=[False, True, False]
    )
    return [
        {
            "name": "All together" if row["donor"] is None else donor_named(scenario, row["donor"]),
            "pledges": _weight(row["pledges"]), "arrived": _weight(row["arrived"]), "awaited": _weight(row["awaited"]),
            "median": "not reached" if row["median_days"] is None else grouped(row["median_days"]),
            "between": _between(row["median_low"], row["median_high"]),
            "half_year": "–" if row["delivered_180"] is None else percent(row["delivered_180"]),
            "year": "–" if row["delivered_360"] is None else percent(row["delivered_360"]),
            "expected": "–" if row["expected"] is None else _weight(row["expected"]),
            "adjusted": "–" if row["adjusted"] is None else f"{row['adjusted']:.2g}",
            "unseen": _weight(row.get("unseen")), "due": _weight(row.get("due_pledges")),
            "late": "–" if row.get("late") is None else percent(row["late"]),
        }
        for row in shown.head(MOST_DONORS).iter_rows(named=True)
    ]  # fmt: skip


def _weight(number: float | None) -> str:
    return "–" if number is None else grouped(number, places=0 if abs(number - round(number)) < 0.005 else 1)


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return "–"
    return f"{grouped(low)} to {grouped(high)}" if high is not None else f"{grouped(low)} or more"


def forecast_rows(status: AidStatus) -> list[Row]:
    """Return what is expected by D-day and by the end of the horizon: money and things, in all and by family."""
    arrivals = frame_of(status, "arrivals").filter(pl.col("cut").is_in(["all", "family"]))
    if arrivals.is_empty():
        return []
    rows = []
    ends = (max(0, status.lead_days), status.lead_days + status.options.horizon_days)
    keys = arrivals.select("measure", "cut", "name").unique(maintain_order=True)
    for measure, cut, name in keys.sort("measure", "cut", "name", descending=[True, False, False]).iter_rows():
        if measure == "items" and cut == "all":
            continue  # things of different families are not added up on this page
        own = arrivals.filter(
            (pl.col("measure") == measure) & (pl.col("cut") == cut) & pl.col("name").eq_missing(pl.lit(name, dtype=pl.String))
        ).sort("day")
        said = [own.filter(pl.col("day") <= end).tail(1).to_dicts() for end in ends]
        rows.append(_forecast_row(measure, cut, name, [each[0] if each else None for each in said]))
    return rows


def _forecast_row(measure: str, cut: str, name: str | None, said: list[Row | None]) -> Row:
    told = millions if measure == "value_eur_m" else count
    last = next((row for row in reversed(said) if row is not None), None)
    return {
        "name": "All together" if cut == "all" else leading_capital(family_name(name)),
        "measure": "EUR million" if measure == "value_eur_m" else "things", "sum": cut == "all",
        "open": told(last["open"]) if last else "–",
        "ends": [("–", "–") if row is None else (told(row["median"]), f"{told(row['low'])} to {told(row['high'])}")
                 for row in said],
    }  # fmt: skip


def calibration_words(status: AidStatus) -> str:
    """Return how the same forecast would have done, made earlier from what was known then."""
    past = frame_of(status, "calibration")
    if past.is_empty():
        return (
            "How earlier forecasts did cannot be said: of no pledge that was open at an earlier day is it known what came later."
        )
    inside, every = int(past["inside"].sum()), past.height
    origins = past["origin"].n_unique()
    return (
        f"Made in the same way at {grouped(origins)} earlier days, each from what was known then, it held {grouped(inside)} of "
        f"{grouped(every)} figures in its interval ({percent(inside / every)}; should be {percent(status.options.confidence)})."
    )


def ammunition_rows(scenario: Scenario, status: AidStatus) -> tuple[list[str], list[Row]]:
    """Return days of cover by kind of ammunition at the end of each quarter, for what the equipment in hand fires."""
    frame = frame_of(status, "ammunition")
    if frame.is_empty():
        return [], []
    names = type_names(scenario)
    days = [day for day in sorted(frame["day"].unique().to_list()) if day % (3 * HOW_COVERED) == 0]
    rows = []
    for kind in sorted(frame["ammunition"].unique().to_list(), key=lambda kind: names.get(kind, kind)):
        own = {row["day"]: row for row in frame.filter(pl.col("ammunition") == kind).iter_rows(named=True)}
        last = own[max(own)]
        if not last["rounds_per_day"] and not last["stock"]:
            continue
        cells = [_cover(own.get(day)) for day in days]
        rows.append({"name": names.get(kind, plain(kind)), "use": count(last["rounds_per_day"]), "stock": count(last["stock"]),
                     "users": count(last["users"]), "cells": cells})  # fmt: skip
    return [d_day(day) for day in days], rows


def _cover(row: Row | None) -> str:
    if row is None or row["cover_days"] is None:
        return "–"
    return "○ 0" if row["cover_days"] == 0 else grouped(row["cover_days"])


def spare_rows(scenario: Scenario, status: AidStatus) -> tuple[list[str], list[list[str]]]:
    """Return the frame of spare parts as it is: heads, and its last day's rows."""
    frame = frame_of(status, "spares")
    if frame.is_empty() or "day" not in frame.columns:
        return [], []
    last = frame.filter(pl.col("day") == frame["day"].max())
    names = type_names(scenario)
    heads = [name for name in last.columns if name != "day"]
    return [leading_capital(plain(name)) for name in heads], [
        [_plain_cell(row[name], names if name == "equipment" else {}) for name in heads] for row in last.iter_rows(named=True)
    ]


def _plain_cell(value: Any, names: dict[str, str]) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return grouped(value, places=0 if abs(value) >= 100 or float(value).is_integer() else 1)
    return names.get(str(value), plain(str(value)))


def coalition_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return what each capability coalition has covered of its own target."""
    given = {row.coalition: row for row in scenario.coalitions}
    rows = []
    for row in rows_of(status, "coalitions"):
        own = given.get(row["coalition"])
        target = row["target_quantity"]
        rows.append({
            "name": row["name"] or row["coalition"], "key": row["coalition"],
            "leads": ", ".join(own.leads) if own else "", "target": "none public" if target is None else grouped(target),
            "promised": count(row["promised"]), "came": count(row["delivered"]),
            "share": "–" if row["promised_share"] is None else percent(row["promised_share"]),
            "came_share": "–" if row["delivered_share"] is None else percent(row["delivered_share"]),
            "target_value": "none public" if row["target_value_m"] is None else
            f"{row['currency'] or ''} {grouped(row['target_value_m'])} million".strip(),
            "value_share": "–" if row["promised_value_share"] is None else percent(row["promised_value_share"]),
            "left_out": grouped(row["left_out"] or 0), "source": own.source if own else None,
            "confidence": own.confidence if own else None,
        })  # fmt: skip
    return rows


def doubt_rows(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return what an auditor would ask about."""
    return [
        {
            "doubt": leading_capital(DOUBT_WORDS.get(row["doubt"], plain(row["doubt"]))),
            "rows": ", ".join(key for key in (row["first"], row["second"]) if key),
            "donor": donor_named(scenario, row["donor"]), "what": row["what"],
        }
        for row in rows_of(status, "doubts")
    ]  # fmt: skip


def ledger_groups(scenario: Scenario, status: AidStatus) -> tuple[list[Row], int]:
    """Return every row of the ledger by donor with its source, those who promised most rows first; how many are left out."""
    ledger = frame_of(status, "ledger")
    names = type_names(scenario)
    sizes = ledger.group_by("donor").len().sort("len", "donor", descending=[True, False])
    groups, room = [], MOST_LEDGER
    for donor in sizes["donor"].to_list():
        own = ledger.filter(pl.col("donor") == donor).sort("announced", "pledge", descending=[True, False])
        if room <= 0:
            break
        rows = [_ledger_row(row, names) for row in own.head(room).iter_rows(named=True)]
        room -= len(rows)
        groups.append({"name": donor_named(scenario, donor), "donor": donor, "rows": rows, "every": own.height})
    return groups, max(0, ledger.height - MOST_LEDGER)


def _ledger_row(row: Row, names: dict[str, str]) -> Row:
    state = row["state"]
    return {
        "key": row["pledge"], "what": row["item"], "kind": row["kind"],
        "type": names.get(row["equipment"]) or leading_capital(family_name(row["family"])),
        "announced": short_date(row["announced"]), "due": short_date(row["due"]) if row["due"] else "",
        "event": row["event"] or "", "quantity": count(row["quantity"]), "came": count(row["delivered"] or None),
        "open": count(row["open"]),
        "value": "–" if row["value_m"] is None else f"{row['currency'] or ''} {millions(row['value_m'])}".strip(),
        "value_eur": millions(row["value_eur_m"]), "fx": row["fx_basis"], "came_eur": millions(row["delivered_eur_m"] or None),
        "sign": STATE_SIGNS.get(state, ""), "state": STATE_WORDS.get(state, plain(state)), "why_not": row["why_not"],
        "within": row["within"], "counted": row["counted"], "source": row["source"], "confidence": row["confidence"],
        "last": short_date(row["last_delivery"]) if row["last_delivery"] else "",
    }  # fmt: skip
