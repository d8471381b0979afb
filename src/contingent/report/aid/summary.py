"""The status of aid in short: sums by donor, and the whole as plain values for programs."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from contingent.aid.status import AidStatus
from contingent.report.aid.frames import FINANCE
from contingent.report.aid.sentences import promises
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

    Pledges are counted, and of them those of which nothing is known to have come. What came without a pledge came all the same.
    """
    inside = pl.col("kind") != FINANCE
    money = status.frames["entries"].group_by("donor").agg(
        *(pl.col(name).filter(inside).sum() for name in ("promised_eur_m", "delivered_eur_m")),
        pl.col("promised_eur_m").filter(~inside).sum().alias("envelopes_eur_m"))  # fmt: skip
    counts = promises(status).group_by("donor").agg(
        pl.len().cast(pl.Int64).alias("pledges"), (pl.col("state") == "open").sum().cast(pl.Int64).alias("nothing_known"),
        pl.col("open_eur_m").sum())  # fmt: skip
    names = ("donor", "pledges", "nothing_known", "promised_eur_m", "delivered_eur_m", "open_eur_m", "envelopes_eur_m")
    return money.join(counts, on="donor", how="left").with_columns(pl.col(names[1:]).fill_null(0)).select(names).sort("donor")


def by_family(status: AidStatus) -> pl.DataFrame:
    """Return things promised, come and open of each family, and its money; envelopes are left out. [units, million EUR]"""
    names = ("promised", "delivered", "open", "promised_eur_m", "delivered_eur_m", "open_eur_m")
    return promises(status).group_by("family").agg(pl.len().cast(pl.Int64).alias("pledges"), pl.col(names).sum()).sort("family")


def in_short(status: AidStatus, sentences: Sequence[str]) -> dict[str, Any]:
    """Return a status as plain values: what a program reads, with the answer in words."""
    options, shape = status.options, status.options.allocation
    asked = {
        "complete": options.complete, "horizon_days": options.horizon_days, "stopped": list(options.stopped),
        "replications": options.replications, "confidence": options.confidence, "seed": options.seed,
        "standard": shape.standard, "most_types": shape.most_types, "training_places": shape.training_places,
        "maintenance_hours_per_month": shape.maintenance_hours_per_month,
    }  # fmt: skip
    return {
        "title": status.title, "marking": status.marking, "as_of": status.as_of.isoformat(),
        "start_date": status.start_date.isoformat(), "options": asked, "sentences": list(sentences),
        "by_donor": plain_rows(by_donor(status)), "by_family": plain_rows(by_family(status)),
        **{name: plain_rows(status.frames[name]) for name in IN_SHORT if name in status.frames},
        "rows": {name: frame.height for name, frame in status.frames.items()},
    }  # fmt: skip
