"""What arrives by when: open pledges, each by its survival so far, many times over.

    H(t)            cumulative rate of arrival at age t, at the rates of all                 [-]
    m               multiple of the donor and of the donor's family                        [-]
    a               age on the date of the ledger                                          [days]
    s               age at the last look, a in a complete ledger; 0 = nobody ever looked   [days]
    P(later than a + t) = exp(-m (H(a + t) - H(s)))

With t = 0 this is the chance that a pledge is still to come at all: where the last look was long ago, it may be there though no
source says so (`chance_by_now`); it is then shown as arriving on day 0. A donor who stops gives nothing beyond what sources say.
What is still open of a pledge arrives at once: intervals are wider than if items came one by one. Pledges are drawn apart from
each other: an event that delays all of them together is not in the interval, which the calibration shows where it happened. No
new pledge is foreseen.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.draws import arrival_ages, median_ages, open_pledges
from contingent.aid.hazard import Rates, fit
from contingent.aid.portions import followed, portions

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

MEASURES = ("items", "value_eur_m")
CUTS = ("all", "family", "donor")
TINY = 1e-9
"""A pledge that is known not to have come arrives after day 0, were it by so little. [days]"""


@dataclass(frozen=True)
class ForecastOptions:
    """How arrivals are foreseen.

    Parameters
    ----------
    horizon_days, step_days : int
        How far, and in which steps, arrivals are shown. [days]
    replications : int
        [-]
    confidence : float
        Of the intervals. [-]
    seed : int
        Of the random numbers.
    stopped : tuple of str
        Donors of whom nothing more arrives; the others' draws stay the same.
    """

    horizon_days: int = 360
    step_days: int = 30
    replications: int = 500
    confidence: float = 0.8
    seed: int = 1
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is open and what arrives of it.

    Parameters
    ----------
    open_pledges, arrivals : polars.DataFrame
        Frames ``open`` and ``arrivals``.
    rates : Rates
        From which it is made.
    """

    open_pledges: pl.DataFrame
    arrivals: pl.DataFrame
    rates: Rates


def forecast(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date, complete: bool = False,
    options: ForecastOptions | None = None,
) -> Forecast:  # fmt: skip
    """Return what is open on the date of the ledger, and what arrives of it by when.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger.
    as_of : date
        Up to which the ledger was kept: day 0 of the forecast.
    complete : bool
        Whether the ledger would know of every arrival; if not, what is open had not come by the last look at it.
    options : ForecastOptions, optional
        Horizon, replications, seed, donors who stop.
    """
    asked = options or ForecastOptions()
    cut = portions(pledges, deliveries, equipment, as_of=as_of, complete=complete)
    rates = fit(cut)
    still = open_pledges(cut, followed(pledges, equipment, as_of=as_of), as_of=as_of)
    if still.is_empty():
        return Forecast(arrival_frame("open"), arrival_frame("arrivals"), rates)
    chosen = (~still["donor"].is_in(list(asked.stopped))).to_numpy()
    steps = np.arange(0, asked.horizon_days + 1, asked.step_days)
    tables = [_Table.of(still, chosen, measure=measure, cut=by) for measure in MEASURES for by in CUTS]
    tables = [table for table in tables if table.kept.any()]
    sums = [np.empty((asked.replications, len(table.names), len(steps))) for table in tables]
    age = still["age_days"].to_numpy()
    unseen = (still["seen_age_days"].fill_null(0.0) < still["age_days"]).to_numpy()
    there, by_now = np.zeros(len(still)), np.zeros(len(still))
    for replication, ages in enumerate(arrival_ages(still, rates, seed=asked.seed, replications=asked.replications)):
        days = np.where(chosen, np.where(unseen, np.maximum(ages - age, 0.0), np.maximum(ages - age, TINY)), np.inf)
        there += days <= asked.horizon_days
        by_now += days <= 0.0
        step = np.searchsorted(steps, days, side="left")
        for table, total in zip(tables, sums, strict=True):
            total[replication] = table.summed(step, len(steps))
    frames = [_arrivals(table, total, steps, asked=asked, as_of=as_of) for table, total in zip(tables, sums, strict=True)]
    shown = still.with_columns(
        pl.Series("expected_day", np.maximum(median_ages(still, rates) - age, 0.0)),
        pl.Series("chance", there / asked.replications), pl.Series("chance_by_now", by_now / asked.replications),
        (pl.col("due") - pl.lit(as_of)).dt.total_days().alias("due_day"),
    ).with_columns(pl.when(pl.col("expected_day").is_finite()).then("expected_day"))  # fmt: skip
    arrivals = pl.concat([arrival_frame("arrivals"), *frames])
    return Forecast(arrival_frame("open", shown.filter(pl.Series(chosen))), arrivals, rates)


@dataclass(frozen=True, eq=False)
class _Table:
    """One measure in one cut: the amounts of pledges that have one, and the group of each."""

    measure: str
    cut: str
    names: pl.Series
    kept: Flags
    place: Places
    amount: Floats
    open: Floats

    @classmethod
    def of(cls, still: pl.DataFrame, chosen: Flags, *, measure: str, cut: str) -> "_Table":
        amount = still["quantity" if measure == "items" else "value_eur_m"].fill_null(0.0).to_numpy()
        kept = amount > 0
        name = pl.Series("name", [None] * len(still), dtype=pl.String) if cut == "all" else still[cut]
        mine = name.filter(pl.Series(kept))
        names = mine.unique().sort()
        place = np.zeros(len(mine), dtype=np.int64)
        if cut != "all":
            place = names.search_sorted(mine).cast(pl.Int64).to_numpy()
        still_open = np.bincount(place, weights=(amount * chosen)[kept], minlength=len(names)).astype(np.float64)
        return cls(measure, cut, names, kept, place, amount[kept], still_open)

    def summed(self, step: Places, steps: int) -> Floats:
        """Sums that arrived by each step. Shape (groups, steps)"""
        cells = self.place * (steps + 1) + step[self.kept]
        counted = np.bincount(cells, weights=self.amount, minlength=len(self.names) * (steps + 1))
        by_step: Floats = np.cumsum(counted.reshape(len(self.names), steps + 1)[:, :-1], axis=1)
        return by_step


def interval(total: Floats, *, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Return low end, median and high end of the central interval over the first axis. Shape (...)

    Parameters
    ----------
    total : ndarray of float
        Shape (replications, ...)
    confidence : float
        Of the interval. [-]
    """
    tail = 0.5 * (1.0 - confidence)
    low, median, high = np.quantile(total, [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
    return low, median, high


def _arrivals(table: _Table, total: Floats, steps: Places, *, asked: ForecastOptions, as_of: date) -> pl.DataFrame:
    """Rows of frame ``arrivals`` of one measure and cut."""
    low, median, high = interval(total, confidence=asked.confidence)
    names, rows = table.names, len(table.names) * len(steps)
    return arrival_frame("arrivals", pl.DataFrame({
        "measure": [table.measure] * rows, "cut": [table.cut] * rows,
        "name": names.gather(np.repeat(np.arange(len(names)), len(steps))), "day": np.tile(steps, len(names)),
        "date": [as_of + timedelta(days=int(day)) for day in steps] * len(names), "mean": total.mean(axis=0).ravel(),
        "low": low.ravel(), "median": median.ravel(), "high": high.ravel(), "open": np.repeat(table.open, len(steps)),
    }))  # fmt: skip


def expected_arrivals(open_pledges: pl.DataFrame, *, horizon_days: int) -> pl.DataFrame:
    """Return frame ``expected_arrivals``: open pledges of items whose type is known and that arrive within the horizon.

    Parameters
    ----------
    open_pledges : polars.DataFrame
        Frame ``open`` of a forecast.
    horizon_days : int
        What is expected later is left out. [days]
    """
    chosen = open_pledges.filter(
        pl.col("equipment").is_not_null() & (pl.col("quantity") >= 1.0) & (pl.col("expected_day") < horizon_days))
    return arrival_frame("expected_arrivals", chosen.with_columns(
        pl.col("pledge").alias("arrival"), (pl.col("quantity") + 1e-9).floor().cast(pl.Int64).alias("quantity"),
        pl.col("expected_day").ceil().clip(upper_bound=horizon_days - 1).cast(pl.Int64).alias("day")))  # fmt: skip
