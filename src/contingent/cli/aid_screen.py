"""The status of aid on a screen, in short: each answer as a few rows, the rest left to the tables."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from contingent.aid.status import AidStatus
from contingent.cli.screen import console, say
from contingent.cli.tables import print_rows
from contingent.model.scenario import Scenario
from contingent.report.aid.summary import by_donor
from contingent.report.aid.workbook import gaps_with_next
from contingent.report.words import grouped, percent, plain

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 12
"""Rows of a table that are shown before the rest is left to the files."""

LOOKS_AHEAD = (180, 360, 720)
"""Days from D-day at which the forecast is told, as far as it was asked for. [days]"""


def print_aid(scenario: Scenario, status: AidStatus, sentences: Sequence[str]) -> None:
    """Print the headline, then promises, delays, arrivals, formations, gaps, next pledges, stops, coalitions, competition."""
    screen = console()
    say(f"{status.title}: aid as of {status.as_of}; D-day {status.start_date}\n")
    for sentence in sentences:
        say(sentence)
    say()
    _print_promises(screen, status)
    _print_delays(screen, status)
    _print_arrivals(screen, status)
    _print_formations(screen, status)
    _print_gaps(screen, status)
    _print_next(screen, status)
    _print_stops(screen, status)
    _print_cover(screen, status)
    _print_coalitions(screen, status)
    _print_competition(screen, status)
    doubts = status.frames["doubts"].height
    if doubts:
        say(f"{doubts} {'doubt' if doubts == 1 else 'doubts'} that an auditor would ask about: doubts.csv, or the sheet Doubts.")
    if not scenario.needs:
        say("No needs are given, so nothing is allocated. Maybe fill needs.csv.")
    if not scenario.pledges:
        say("No pledges are given, so nothing is expected. Maybe fill pledges.csv, or use `contingent aid-import`.")


def _print(screen: "Console", title: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]], file: str) -> None:
    """Print the first rows of a table that has any, and where the others are."""
    if not rows:
        return
    print_rows(screen, title, columns, rows[:MOST_SHOWN])
    if len(rows) > MOST_SHOWN:
        say(f"... and {len(rows) - MOST_SHOWN} more in {file}.csv\n")


def _money(amount: float | None) -> str:
    return "" if amount is None else grouped(amount, places=1)


def _day(day: int | None) -> str:
    return "" if day is None else f"D+{day}"


def _print_promises(screen: "Console", status: AidStatus) -> None:
    rows = [
        (row["donor"], row["pledges"], row["nothing_known"], _money(row["promised_eur_m"]), _money(row["delivered_eur_m"]),
         _money(row["open_eur_m"]), _money(row["envelopes_eur_m"]))
        for row in by_donor(status).sort("promised_eur_m", "donor", descending=[True, False]).iter_rows(named=True)
    ]  # fmt: skip
    heads = ("donor", "pledges", "nothing known to have come", "promised", "came", "open", "envelopes")
    _print(screen, "Promised and come, million EUR; envelopes are never added to pledges", heads, rows, "ledger")


def _print_delays(screen: "Console", status: AidStatus) -> None:
    groups = status.frames["delays"].filter(pl.col("family").is_null())
    rows = [
        (row["donor"] or "all", _rounded(row["pledges"]), _rounded(row["arrived"]), _rounded(row["awaited"]),
         *(("" if row[name] is None else round(row[name])) for name in ("median_days", "median_low", "median_high")))
        for row in groups.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("donor", "pledges followed", "arrived", "awaited", "days until half came", "at least", "at most")
    _print(screen, "Delays; what has not come counts as awaited, and a blank is not reached yet", heads, rows, "delays")


def _rounded(number: float) -> float:
    return round(number, 1)


def _print_arrivals(screen: "Console", status: AidStatus) -> None:
    """Print what has come by the looks ahead, in money in all and in things by family."""
    arrivals = status.frames["arrivals"]
    if not arrivals.height:
        return
    days = [max(1, status.lead_days + look) for look in LOOKS_AHEAD if look <= status.options.horizon_days]
    known = arrivals["day"].unique().sort().to_list()
    looks = sorted({_nearest(known, day) for day in days} or {known[-1]})
    heads = ("what", "open", *(f"by {status.as_of + timedelta(days=look)}" for look in looks))
    money = arrivals.filter((pl.col("cut") == "all") & (pl.col("measure") == "value_eur_m"))
    things = arrivals.filter((pl.col("cut") == "family") & (pl.col("measure") == "items"))
    rows = [_arrival_row("million EUR in all", money, looks)] if money.height else []
    rows += [_arrival_row(plain(str(name[0])), group, looks) for name, group in things.group_by("name", maintain_order=True)]
    share = percent(status.options.confidence)
    _print(screen, f"Expected of what is open: even chance, and where {share} of the draws lie", heads, rows, "arrivals")


def _nearest(known: Sequence[int], wanted: int) -> int:
    return min(known, key=lambda day: abs(day - wanted))


def _arrival_row(name: str, group: pl.DataFrame, looks: list[int]) -> tuple[str, ...]:
    cells = [
        f"{grouped(row['median'])} ({grouped(row['low'])} to {grouped(row['high'])})"
        for look in looks
        for row in group.filter(pl.col("day") == look).iter_rows(named=True)
    ]
    return (name, grouped(float(group["open"].to_list()[0])), *cells)


def _print_formations(screen: "Console", status: AidStatus) -> None:
    rows = [
        (row["formation"], row["priority"], _day(row["equipped_day"]) or "not by then", percent(row["share"]), row["types"])
        for row in status.frames["equipped"].sort("priority", "equipped_day", "formation", nulls_last=True).iter_rows(named=True)
    ]
    standard = percent(status.options.allocation.standard)
    title = f"Formations at {standard} of each need, trained, by D+{status.options.horizon_days}"
    _print(screen, title, ("formation", "priority", "at standard", "given of all it needs", "types"), rows, "equipped")


def _print_gaps(screen: "Console", status: AidStatus) -> None:
    found = gaps_with_next(status.frames["gaps"], status.frames["next_pledges"])
    worst = found.sort("priority", "by_day", "need").iter_rows(named=True)
    rows = [
        (row["formation"], plain(row["equipment"] or row["family"] or ""), row["priority"], _day(row["by_day"]), row["quantity"],
         row["by_then"], row["gap"], row.get("reason"), row["next"])
        for row in worst
    ]  # fmt: skip
    heads = ("formation", "what", "priority", "needed by", "needed", "there by then", "missing", "reason", "next pledge")
    _print(screen, "What stays missing", heads, rows, "gaps")


def _print_next(screen: "Console", status: AidStatus) -> None:
    rows = [
        (row["rank"], f"{grouped(row['quantity'])} × {row['equipment']}", row["brigades"], row["brigade_periods"],
         round(row["share_periods"], 1), row["priority"])
        for row in status.frames["next_pledges"].sort("rank").iter_rows(named=True)
    ]  # fmt: skip
    heads = ("rank", "one more pledge", "formations more", "their periods more", "periods of share more", "first at priority")
    _print(screen, "The next pledge, by what it would change", heads, rows, "next_pledges")


def _print_stops(screen: "Console", status: AidStatus) -> None:
    stops = status.frames.get("stops")
    if stops is None or stops.is_empty():
        return
    order = stops.sort("brigade_periods_lost", "share_periods_lost", "donor", descending=[True, True, False], nulls_last=True)
    rows = [(row["donor"], row["formations_without"], row["formations"], row["sentence"]) for row in order.iter_rows(named=True)]
    _print(screen, "If a donor stops", ("donor", "formations at standard", "of", "in words"), rows, "stops")


def _print_cover(screen: "Console", status: AidStatus) -> None:
    """Print when rounds run out and how long parts last; what nothing uses is left out."""
    ammunition = status.frames["ammunition"]
    out = ammunition.filter((pl.col("users") > 0) & (pl.col("stock") <= 0)).group_by("ammunition").agg(pl.col("day").min())
    runs_out = dict(out.iter_rows())
    rounds = _last_day(ammunition).filter(pl.col("users") > 0)
    rows: list[tuple[Any, ...]] = [
        (plain(row["ammunition"]), grouped(row["users"]), f"{grouped(row['rounds_per_day'])} rounds a day", grouped(row["stock"]),
         _figure(row["cover_days"]), _day(runs_out.get(row["ammunition"])))
        for row in rounds.iter_rows(named=True)
    ]  # fmt: skip
    parts = _last_day(status.frames["spares"]).filter(pl.col("equipment").is_null() & (pl.col("pieces") > 0))
    rows += [
        ("spare parts, all types", grouped(row["pieces"]), f"EUR {grouped(row['parts_eur_per_month'] or 0)} a month",
         f"EUR {grouped(row['money_left_eur_m'] or 0, places=1)} million", _figure(row["cover_days"]), "")
        for row in parts.iter_rows(named=True)
    ]  # fmt: skip
    title = f"Cover on D+{status.options.horizon_days}; what was there before the books closed is not known"
    _print(screen, title, ("what", "pieces in trained hands", "use", "there", "days", "first out on"), rows, "ammunition")


def _last_day(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("day") == pl.col("day").max())


def _figure(number: float | None) -> str:
    return "" if number is None else grouped(number)


def _print_coalitions(screen: "Console", status: AidStatus) -> None:
    rows = [
        (row["name"] or row["coalition"], row["target_quantity"], row["promised"], row["delivered"],
         "" if row["promised_share"] is None else percent(row["promised_share"]), _money(row["target_value_m"]), row["currency"],
         "" if row["promised_value_share"] is None else percent(row["promised_value_share"]))
        for row in status.frames["coalitions"].iter_rows(named=True)
    ]  # fmt: skip
    heads = ("coalition", "target", "promised", "came", "of target", "target, million", "currency", "of that sum promised")
    _print(screen, "Capability coalitions against their own targets; a blank target is none published", heads, rows, "coalitions")
    named = status.frames["ledger"]["coalition"].drop_nulls()
    if rows and named.is_empty() and status.frames["ledger"].height:
        say("No pledge of the ledger says which coalition it belongs to, so none can be held against a target.\n")


def _print_competition(screen: "Console", status: AidStatus) -> None:
    found = status.frames.get("competition")
    if found is None or not found.height:
        return
    order = found.sort("short", descending=True, nulls_last=True)
    rows = [(plain(row["kind"]), row["nation"], row["sentence"]) for row in order.iter_rows(named=True)]
    title = "Where force and aid ask for the same, the shortest first"
    _print(screen, title, ("over", "nation", "in words"), rows, "competition")


