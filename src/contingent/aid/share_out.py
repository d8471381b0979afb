"""Sharing out what arrives: the best allocation, why something stays missing, what if a donor stops, what to ask for next.

allocate    contingent.aid.allocate          which formation is given what
reasons     contingent.aid.gap_reasons       why each need that is short stays short
stops       contingent.aid.stops             all anew without each donor
next        contingent.aid.allocate          all anew with one more pledge of each type
"""

from time import perf_counter

import polars as pl

from contingent.aid.allocate import described, next_pledges, solve
from contingent.aid.allocation_problem import AllocationOptions, allocation_problem
from contingent.aid.gap_reasons import PROMISE_COLUMNS
from contingent.aid.portions import FOLLOWED_KINDS
from contingent.aid.stops import donor_stops

ROUNDS = 3
"""Times that an allocation is taken up again because a better one was found without a donor, at most."""


def share_out(
    needs: pl.DataFrame, equipment: pl.DataFrame, arrivals: pl.DataFrame, open_pledges: pl.DataFrame, promises: pl.DataFrame,
    options: AllocationOptions,
) -> tuple[dict[str, pl.DataFrame], dict[str, float]]:  # fmt: skip
    """Return frames ``given`` to ``goals``, ``stops`` and ``next_pledges``, all of one allocation, and the seconds of each step.

    Parameters
    ----------
    needs, equipment, arrivals, options
        As of `contingent.aid.allocate.allocate`.
    open_pledges : polars.DataFrame
        Frame ``open``.
    promises : polars.DataFrame
        As `promised_beside` returns it.
    """
    began = perf_counter()
    problem = allocation_problem(needs, equipment, arrivals, options)
    given, reached = solve(problem, options)
    allocated = perf_counter()
    stops, better = donor_stops(problem, given, arrivals, open_pledges, options)
    for _ in range(ROUNDS):
        if better is given:
            break
        given, reached = solve(problem, options, known=better)
        stops, better = donor_stops(problem, given, arrivals, open_pledges, options)
    stopped = perf_counter()
    found = described(problem, given, reached, needs=needs, equipment=equipment, arrivals=arrivals, options=options,
                      promises=promises)  # fmt: skip
    told = perf_counter()
    worth = next_pledges(needs, equipment, arrivals, options, known=given)
    frames = {name: getattr(found, name) for name in ("given", "equipped", "readiness", "gaps", "left_over", "goals")}
    seconds = {
        "allocation": allocated - began, "stops": stopped - allocated, "gaps": told - stopped,
        "next pledges": perf_counter() - told,
    }  # fmt: skip
    return frames | {"stops": stops, "next_pledges": worth}, seconds


def promised_beside(
    open_pledges: pl.DataFrame, ledger: pl.DataFrame, arrivals: pl.DataFrame, *, lead_days: int
) -> pl.DataFrame:
    """Return what is promised and not among the arrivals: expected later, or without a number or a type.

    Parameters
    ----------
    open_pledges : polars.DataFrame
        Frame ``open``, of donors who still give.
    ledger : polars.DataFrame
        Frame ``ledger``.
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``.
    lead_days : int
        From the close of the books to D-day. [days]
    """
    later = open_pledges.join(arrivals, on="pledge", how="anti").select(
        "pledge", "equipment", "family",
        pl.when(pl.col("quantity") > 0).then(pl.col("quantity").round().cast(pl.Int64)).alias("quantity"),
        (pl.col("expected_day").ceil().cast(pl.Int64) - lead_days).alias("day"))  # fmt: skip
    words = ledger.filter(
        pl.col("counted") & pl.col("kind").is_in(FOLLOWED_KINDS) & pl.col("quantity").is_null() & pl.col("value_eur_m").is_null()
        & (pl.col("delivered") == 0)
    ).select("pledge", "equipment", "family", pl.lit(None, dtype=pl.Int64).alias("quantity"),
             pl.lit(None, dtype=pl.Int64).alias("day"))  # fmt: skip
    return pl.concat([later, words]).select(pl.col(name).cast(kind) for name, kind in PROMISE_COLUMNS.items()).sort("pledge")
