"""The status of aid in short: sums by donor, and the whole as plain values for programs."""

from typing import Any

import polars as pl

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.report.aid.sentences import aid_sentences
from contingent.report.situation.write import plain_rows

SUMMARY = "aid.json"
"""Name of the summary in the folder of a status of aid; a folder that has it holds one."""

IN_SHORT = (
    "doubts", "delays", "open", "arrivals", "calibration", "expected_arrivals", "given", "equipped", "gaps", "left_over", "goals",
    "next_pledges", "stops", "coalitions", "competition", "adequacy",
)  # fmt: skip
"""Frames that the summary holds whole, where they were worked out; the others are in the tables."""


def by_donor(status: AidStatus) -> pl.DataFrame:
    """Return what each donor promised, what is known to have come and what is open; envelopes beside it. [million EUR]

    Pledges are counted, and of them those of which nothing is known to have come.
    """
    counting = status.frames["ledger"].filter("counted")
    of_money = pl.col("kind") == "finance"
    pledged = pl.col("pledge").filter(~of_money)
    return (
        counting.group_by("donor")
        .agg(
            pledged.len().cast(pl.Int64).alias("pledges"),
            pledged.filter((pl.col("state") == "open").filter(~of_money)).len().cast(pl.Int64).alias("nothing_known"),
            *(pl.col(name).filter(~of_money).sum().alias(name) for name in ("promised_eur_m", "delivered_eur_m", "open_eur_m")),
            pl.col("promised_eur_m").filter(of_money).sum().alias("envelopes_eur_m"),
        )
        .sort("donor")
    )


def by_family(status: AidStatus) -> pl.DataFrame:
    """Return things promised, come and open of each family, and its money; envelopes are left out. [units, million EUR]"""
    names = ("promised", "delivered", "open", "promised_eur_m", "delivered_eur_m", "open_eur_m")
    counting = status.frames["ledger"].filter(pl.col("counted") & (pl.col("kind") != "finance"))
    return counting.group_by("family").agg(pl.len().cast(pl.Int64).alias("pledges"), pl.col(names).sum()).sort("family")


def in_short(scenario: Scenario, status: AidStatus) -> dict[str, Any]:
    """Return a status as plain values: what a program reads."""
    options, shape = status.options, status.options.allocation
    asked = {
        "complete": options.complete, "horizon_days": options.horizon_days, "stopped": list(options.stopped),
        "replications": options.replications, "confidence": options.confidence, "seed": options.seed,
        "standard": shape.standard, "most_types": shape.most_types, "training_places": shape.training_places,
        "maintenance_hours_per_month": shape.maintenance_hours_per_month,
    }  # fmt: skip
    return {
        "title": status.title, "marking": status.marking, "as_of": status.as_of.isoformat(),
        "start_date": status.start_date.isoformat(), "options": asked, "sentences": aid_sentences(scenario, status, status.frames.get("competition")),
        "by_donor": plain_rows(by_donor(status)), "by_family": plain_rows(by_family(status)),
        **{name: plain_rows(status.frames[name]) for name in IN_SHORT if name in status.frames},
        "rows": {name: frame.height for name, frame in status.frames.items()},
    }  # fmt: skip
