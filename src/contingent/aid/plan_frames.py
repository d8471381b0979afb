"""From the status of aid to the frames that a plan carries of it (`contingent.plan.aid_columns`)."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.model.structure import HostForce
from contingent.plan.columns import COLUMNS

PROMISE_CUT = ("donor", "family", "kind")


@dataclass(frozen=True, slots=True)
class AidBeside:
    """The status of aid, and what a plan carries of it.

    Parameters
    ----------
    status : AidStatus
        In full.
    frames : dict of str to polars.DataFrame
        ``aid_promises``, ``aid_formations``, ``aid_gaps``, ``aid_next``.
    seconds : float
        Time that both took. [s]
    """

    status: AidStatus
    frames: dict[str, pl.DataFrame]
    seconds: float


def plan_frames(scenario: Scenario, status: AidStatus) -> dict[str, pl.DataFrame]:
    """Return the frames of a plan that tell of aid, all but that of competition.

    Parameters
    ----------
    scenario : Scenario
        Its host forces say which formation's equipment they await.
    status : AidStatus
        From `contingent.aid.assess.assess`.
    """
    return {
        "aid_promises": _promises(status),
        "aid_formations": _formations(status.frames["equipped"], scenario.host_forces),
        "aid_gaps": as_plan_frame("aid_gaps", status.frames["gaps"]),
        "aid_next": as_plan_frame("aid_next", status.frames["next_pledges"]),
    }


def as_plan_frame(name: str, data: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the columns of a plan's frame in their order; a column that it does not have is blank."""
    return data.select(
        (pl.col(column) if column in data.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in COLUMNS[name].items()
    )


def _promises(status: AidStatus) -> pl.DataFrame:
    """Sums of the entries, and of what is open of the pledges, by donor, family and kind."""
    measures = ("promised", "delivered", "promised_eur_m", "delivered_eur_m")
    sums = status.frames["entries"].group_by(PROMISE_CUT).agg(pl.col(name).sum() for name in measures)
    left = status.frames["ledger"].filter("counted").group_by(PROMISE_CUT).agg(pl.col("open", "open_eur_m").sum())
    joined = sums.join(left, on=PROMISE_CUT, how="left", nulls_equal=True).with_columns(pl.col("open", "open_eur_m").fill_null(0))
    return as_plan_frame("aid_promises", joined).sort(PROMISE_CUT, nulls_last=True)


def _formations(equipped: pl.DataFrame, host_forces: Sequence[HostForce]) -> pl.DataFrame:
    """Formations with the places and battalions of the host forces that await their equipment."""
    rows = [(row.formation, row.location, row.battalions) for row in host_forces if row.formation is not None]
    schema = {"formation": pl.String(), "location": pl.String(), "battalions": pl.Float64()}
    awaiting = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .group_by("formation", maintain_order=True)
        .agg(pl.col("location").unique(maintain_order=True).str.join(";"), pl.col("battalions").sum())
    )
    joined = equipped.join(awaiting, on="formation", how="left", maintain_order="left")
    return as_plan_frame("aid_formations", joined)
