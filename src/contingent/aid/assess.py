"""Is the host getting what it was promised: from the tables of aid to the status of aid, on one screen.

ledger      contingent.aid.ledger      what counts, what came, what an auditor would ask
delays      contingent.aid.delays      how late donors are
forecast    contingent.aid.forecast    what arrives by when
calibration contingent.aid.calibration how such forecasts did in the past
share out   contingent.aid.share_out   which formation is given what, what stays missing and why, what if a donor stops, the
                                       next pledge worth most
cover       contingent.aid.cover       ammunition in days, coalitions against their targets
spares      contingent.aid.spares      upkeep of what was given, spare parts in days
"""

from dataclasses import replace
from datetime import date
from time import perf_counter

import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.calibration import calibration
from contingent.aid.cover import ammunition_cover, coalition_cover
from contingent.aid.delays import delays
from contingent.aid.forecast import ForecastOptions, expected_arrivals, forecast
from contingent.aid.ledger import Ledger, keep_ledger
from contingent.aid.share_out import promised_beside, share_out
from contingent.aid.spares import hours_there, spares_cover
from contingent.aid.status import BESIDE_FRAMES, AidOptions, AidStatus
from contingent.aid.tables import PLEDGE_COLUMNS, AidTables, aid_tables
from contingent.model.scenario import Scenario


def assess(scenario: Scenario, options: AidOptions | None = None) -> AidStatus:
    """Work out the status of aid of a scenario.

    Parameters
    ----------
    scenario : Scenario
        With pledges, deliveries, needs, as far as it has them.
    options : AidOptions, optional
        Close of the books, horizon, donors who stop.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> status = assess(read_scenario("reassurance"))
    >>> status.frames["ledger"].height
    61
    """
    asked = options or AidOptions()
    tables = aid_tables(scenario)
    as_of = asked.as_of or last_known(tables) or scenario.settings.start_date
    seconds: dict[str, float] = {}
    began = perf_counter()
    books = keep_ledger(tables, as_of=as_of)
    pledges, deliveries = counted(books, tables)
    seconds["ledger"] = perf_counter() - began

    lead = (scenario.settings.start_date - as_of).days
    ahead = max(1, lead + asked.horizon_days)
    foreseen = ForecastOptions(horizon_days=ahead, replications=asked.replications, confidence=asked.confidence,
                               seed=asked.seed, stopped=asked.stopped)  # fmt: skip
    began = perf_counter()
    late, curve = delays(pledges, deliveries, tables.equipment, as_of=as_of, complete=asked.complete)
    made = forecast(pledges, deliveries, tables.equipment, as_of=as_of, complete=asked.complete, options=foreseen)
    past = calibration(pledges, deliveries, tables.equipment, as_of=as_of, complete=asked.complete)
    seconds["delays and forecast"] = perf_counter() - began

    shape = replace(asked.allocation, horizon_days=asked.horizon_days)
    coming = _from_d_day(expected_arrivals(made.open_pledges, horizon_days=ahead), lead)
    beside = promised_beside(made.open_pledges, books.ledger, coming, lead_days=lead)
    shared, taken = share_out(tables.needs, tables.equipment, coming, made.open_pledges, beside, shape)
    seconds |= taken

    began = perf_counter()
    held = shared["given"].select("equipment", "quantity", pl.col("ready_day").alias("day"))
    nothing = pl.DataFrame(schema={"equipment": pl.String, "quantity": pl.Float64})
    cover = ammunition_cover(tables.equipment, held, nothing, coming, horizon_days=asked.horizon_days)
    spares = spares_cover(tables.equipment, held, made.open_pledges, lead_days=lead, horizon_days=asked.horizon_days,
                          hours_there=hours_there(tables.needs, shape))  # fmt: skip
    covered = coalition_cover(tables.coalitions, pledges, deliveries, tables.equipment, as_of=as_of)
    seconds["cover"] = perf_counter() - began

    frames = {
        "ledger": books.ledger, "booked": books.deliveries, "entries": books.entries, "by_month": books.by_month,
        "doubts": books.doubts, "delays": late, "delay_curve": curve, "open": made.open_pledges, "arrivals": made.arrivals,
        "calibration": past, "expected_arrivals": coming, **shared, "ammunition": cover, "spares": spares,
        "coalitions": covered, **{name: pl.DataFrame(schema=columns) for name, columns in BESIDE_FRAMES.items()},
    }  # fmt: skip
    return AidStatus(
        scenario.settings.title, scenario.settings.marking, as_of, scenario.settings.start_date, asked, frames, seconds
    )


def last_known(tables: AidTables) -> date | None:
    """Return the last day of which pledges or deliveries know anything; None where there are none."""
    days = [
        day
        for series in (tables.pledges["announced"], tables.deliveries["date"], tables.deliveries["as_of"])
        if isinstance(day := series.max(), date)
    ]
    return max(days, default=None)


def counted(books: Ledger, tables: AidTables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pledges and deliveries that the books count, as tables: what follows looks at nothing else.

    A pledge that counts in one measure only keeps that one. A delivery is put to the pledge that it is credited to, and valued as
    the books value it.
    """
    pledges = books.ledger.filter("counted").with_columns(
        pl.when("counts_things").then("quantity").alias("quantity"),
        *(pl.when("counts_money").then(name).alias(name) for name in ("value_m", "value_eur_m")),
    )
    # Nothing of what came goes with them: it is counted from the deliveries.
    pledges = pledges.select([name for name in PLEDGE_COLUMNS if name in pledges.columns])
    booked = books.deliveries.filter("counted").select("delivery", "credited_to")
    deliveries = tables.deliveries.join(booked, on="delivery", maintain_order="left").with_columns(pledge="credited_to")
    return pledges, deliveries.drop("credited_to")


def _from_d_day(arrivals: pl.DataFrame, lead_days: int) -> pl.DataFrame:
    """Return expected arrivals with days from D-day, not from the close of the books; earlier ones are there on day 0."""
    return arrival_frame("expected_arrivals", arrivals.with_columns((pl.col("day") - lead_days).clip(lower_bound=0)))
