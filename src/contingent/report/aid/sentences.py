"""The answer in plain words: what counts, what came, what is expected, who is equipped by when, what to promise next.

Each sentence carries its figures with what they are counted from. The page, the workbook and the terminal say the same.

    aid_sentences(scenario, status, competition)    all of them, those to be read first at the head
"""

from typing import Any

import polars as pl

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.report.aid.frames import FINANCE, Row, donor_names, frame_of, millions, money, type_names
from contingent.report.words import (
    COUNTED,
    THIN_SPACE,
    counted,
    d_day,
    grouped,
    leading_capital,
    listed,
    percent,
    plain,
    sentence,
    short_date,
)

LEADING = 2
"""How many of the sentences are the answer in short."""

MOST_NAMED = 4
"""Formations, and places of competition, that are named; the rest are counted."""


def aid_sentences(scenario: Scenario, status: AidStatus, competition: pl.DataFrame | None = None) -> list[str]:
    """Return the answer in plain words.

    Parameters
    ----------
    scenario : Scenario
        For names.
    status : AidStatus
        From `contingent.aid.assess.assess`.
    competition : polars.DataFrame, optional
        Of a plan: where force and aid draw on the same thing.
    """
    told = (
        came_sentence(status),
        equipped_sentence(status),
        basis_sentence(status),
        things_sentence(status),
        finance_sentence(status),
        delay_sentence(status),
        expected_sentence(status),
        next_sentence(scenario, status),
        stop_sentence(status),
        competition_sentence(competition),
    )
    return [said for said in told if said]


def promises(status: AidStatus) -> pl.DataFrame:
    """Return the rows of the ledger that count and are no envelopes of money."""
    return frame_of(status, "ledger").filter(pl.col("counted") & (pl.col("kind") != FINANCE))


def sums(status: AidStatus) -> dict[str, float]:
    """Return money promised and known to have come, envelopes apart, over all entries. [million EUR]"""
    entries = frame_of(status, "entries")
    inside, envelopes = entries.filter(pl.col("kind") != FINANCE), entries.filter(pl.col("kind") == FINANCE)
    return {
        "promised": float(inside["promised_eur_m"].sum()), "delivered": float(inside["delivered_eur_m"].sum()),
        "envelopes": float(envelopes["promised_eur_m"].sum()), "paid": float(envelopes["delivered_eur_m"].sum()),
    }  # fmt: skip


def came_sentence(status: AidStatus) -> str:
    """Return how much of the money promised is known to have come."""
    if frame_of(status, "ledger").is_empty():
        return "Nothing was promised to the host in this scenario."
    found = sums(status)
    if not found["promised"]:
        return "Of what was promised, no pledge that counts names a sum."
    share = found["delivered"] / found["promised"]
    came = (
        f"{money(found['delivered'])} ({percent(share)}) are known to have come"
        if found["delivered"]
        else ("nothing is known to have come")
    )
    return f"Of {money(found['promised'])} promised to the host, {came}."


def equipped_sentence(status: AidStatus) -> str:
    """Return how many formations reach their standard, and when."""
    equipped = frame_of(status, "equipped")
    if equipped.is_empty():
        return "No formation of the host has said what it needs."
    end, every = d_day(status.options.horizon_days), equipped.height
    standard = percent(status.options.allocation.standard)
    done = equipped.drop_nulls("equipped_day").sort("equipped_day", "priority", "formation")
    of = counted(every, "formation of the host", "formations of the host")
    if done.is_empty():
        none = "The one formation of the host does not reach" if every == 1 else f"None of {of} reaches"
        return f"{none} its standard ({standard} of each need) by {end}{_nearest(status)}."
    named = [f"{row['formation']} on {d_day(row['equipped_day'])}" for row in done.head(MOST_NAMED).iter_rows(named=True)]
    more = f"; {grouped(done.height - MOST_NAMED)} more after them" if done.height > MOST_NAMED else ""
    number = COUNTED[done.height] if done.height < len(COUNTED) else grouped(done.height)
    who = f"{leading_capital(number)} of {of}" if every > 1 else "The one formation of the host"
    reach = "reaches its" if done.height == 1 else "reach their"
    return f"{who} {reach} standard ({standard} of each need) by {end}: {listed(named)}{more}."


def _nearest(status: AidStatus) -> str:
    """Which formation comes nearest to its needs at the end."""
    readiness = frame_of(status, "readiness")
    last = readiness.filter((pl.col("day") == readiness["day"].max()) & (pl.col("share") > 0))
    if last.is_empty():
        return ""
    best = last.sort("share", "priority", "formation", descending=[True, False, False]).row(0, named=True)
    return f"; {best['formation']} comes nearest, with {percent(best['share'])} of its needs"


def basis_sentence(status: AidStatus) -> str:
    """Return what all of it is counted from."""
    ledger = frame_of(status, "ledger")
    if ledger.is_empty():
        return ""
    counts = ledger.filter("counted")
    out = ledger.height - counts.height
    left = f"; {_rows(out)} {'is' if out == 1 else 'are'} left out, as part or total of others" if out else ""
    return (
        f"The ledger has {_rows(ledger.height)} of {counted(counts['donor'].n_unique(), 'donor')}; {grouped(counts.height)} count"
        f"{left}. The books close on {short_date(status.as_of)}; D-day is {short_date(status.start_date)}."
    )


def things_sentence(status: AidStatus) -> str:
    """Return of how many pledges of things something is known to have come."""
    things = promises(status).filter(pl.col("promised").is_not_null())
    if things.is_empty():
        return ""
    came, whole = things.filter(pl.col("delivered") > 0).height, things.filter(pl.col("state") == "delivered").height
    return (
        f"Of {grouped(things.height)} pledges that name a number of things, {grouped(whole)} are known to have come whole, "
        f"{grouped(came - whole)} in part; of {grouped(things.height - came)} nothing is known to have come."
    )


def finance_sentence(status: AidStatus) -> str:
    """Return what stands in envelopes of money, which are not added to pledges."""
    found = sums(status)
    if not found["envelopes"]:
        return ""
    return f"Envelopes of money, {money(found['envelopes'])}, stand apart: pledges are paid out of them."


def delay_sentence(status: AidStatus) -> str:
    """Return how long it takes until half of what is promised has come, so far as that can be said."""
    whole = frame_of(status, "delays").filter(pl.col("donor").is_null() & pl.col("family").is_null())
    if whole.is_empty():
        return ""
    row = whole.row(0, named=True)
    unseen = row.get("unseen") or 0.0
    watched = f"{grouped(row['pledges'] - unseen)} pledges that somebody looked at again"
    if unseen:
        watched += f"; of {grouped(unseen)} nobody ever said more"
    if row["median_days"] is None:
        return f"How long it takes until half has come cannot be said: of {watched}, too little had come."
    between = (
        ""
        if row["median_low"] is None
        else f", 95{THIN_SPACE}% interval from {grouped(row['median_low'])}"
        + (f" to {grouped(row['median_high'])}" if row["median_high"] is not None else " upwards")
    )
    return f"Half of what is promised comes within {grouped(row['median_days'])} days{between} (of {watched})."


def expected_row(status: AidStatus, *, day: int, measure: str = "value_eur_m") -> Row | None:
    """Return the forecast of all together for the last of its days up to `day` from the close of the books; None if none."""
    rows = frame_of(status, "arrivals").filter((pl.col("measure") == measure) & (pl.col("cut") == "all") & (pl.col("day") <= day))
    return None if rows.is_empty() else rows.sort("day").row(-1, named=True)


def expected_sentence(status: AidStatus) -> str:
    """Return how much of what is open is expected by D-day and by the end of the horizon."""
    end = status.options.horizon_days
    told, open_sum = [], 0.0
    for name, day in (("D-day", max(0, status.lead_days)), (d_day(end), status.lead_days + end)):
        row = expected_row(status, day=day)
        if row is not None:
            open_sum = row["open"]
            told.append(f"{money(row['median'])} by {name} ({millions(row['low'])} to {millions(row['high'])} million)")
    if not told or not open_sum:
        return ""
    sure = percent(status.options.confidence)
    now = frame_of(status, "arrivals").filter(
        (pl.col("measure") == "value_eur_m") & (pl.col("cut") == "all") & (pl.col("day") == 0) & (pl.col("median") > 0)
    )
    unseen = f" Of it, {money(now['median'][0])} may well be there already, though no source says so." if now.height else ""
    return (
        f"Of {money(open_sum)} not known to have come, expect {listed(told)}; the intervals hold with {sure}, if donors go on as "
        f"those did who were looked at.{unseen}"
    )


def next_sentence(scenario: Scenario, status: AidStatus) -> str:
    """Return the next pledge that is worth most."""
    worth = frame_of(status, "next_pledges").sort("rank")
    if worth.is_empty():
        return ""
    return f"The next pledge worth most: {next_words(scenario, worth.row(0, named=True), status)}."


def next_words(scenario: Scenario, row: Row, status: AidStatus) -> str:
    """Return what a further pledge is and what it brings."""
    period = status.options.allocation.period_days
    what = f"{grouped(row['quantity'])} × {type_names(scenario).get(row['equipment'], plain(row['equipment']))}"
    gains = []
    if row["brigades"] > 0:
        gains.append(f"{counted(row['brigades'], 'formation')} more at standard")
    if row["brigade_periods"] > 0:
        gains.append(f"{counted(row['brigade_periods'], 'formation-month')} more at standard" if period == 30 else
                     f"{counted(row['brigade_periods'], 'formation-period')} of {period} days more at standard")  # fmt: skip
    if not gains:
        gains.append("formations nearer to their standard, none over it")
    return f"{what} ({listed(gains)})"


def stop_sentence(status: AidStatus) -> str:
    """Return what is lost if the donor stops whose promises matter most."""
    stops = frame_of(status, "stops")
    if stops.is_empty():
        return ""
    worst = stops.sort("brigade_periods_lost", "share_periods_lost", "value_open_eur_m", descending=True, nulls_last=True)
    return sentence(str(worst["sentence"][0])) if worst["sentence"][0] else ""


def competition_sentence(competition: pl.DataFrame | None) -> str:
    """Return where force and aid draw on the same thing and there is too little for both."""
    if competition is None or competition.is_empty():
        return ""
    short = competition.filter(pl.col("short") > 0)
    if short.is_empty():
        return "Where the force and the aid draw on the same thing, there is enough for both, as far as the tables know."
    told = " ".join(sentence(said) for said in short["sentence"].head(2).to_list() if said)
    more = f" {leading_capital(counted(short.height - 2, 'more such place'))}." if short.height > 2 else ""
    return f"The force and the aid compete. {told}{more}"


def _rows(number: int) -> str:
    return counted(number, "row") if number < 2 else f"{grouped(number)} rows"


def donor_named(scenario: Scenario, donor: Any) -> str:
    """Return a donor by its name, one that is no nation of the scenario as the ledger has it."""
    return donor_names(scenario).get(donor, plain(str(donor)))


__all__ = ["LEADING", "aid_sentences", "donor_named", "expected_row", "next_words", "promises", "sums"]
