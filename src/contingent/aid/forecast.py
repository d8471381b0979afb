"""What arrives by when: open pledges, each by its survival so far, many times over; and how such forecasts did in the past.

    H(t)            cumulative rate of arrival at age t, at the rates of all                 [-]
    m               multiple of the donor and of the donor's family                        [-]
    a               age on the date of the ledger                                          [days]
    P(later than a + t) = exp(-m (H(a + t) - H(a)))

In each replication the rates and multiples are drawn from what is known of them, then the arrival of each open pledge. What is
still open of a pledge arrives at once: intervals are wider than if items came one by one. Pledges are drawn apart from each
other: an event that delays all of them together is not in the interval, which the calibration shows where it happened. No new
pledge is foreseen.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.hazard import Rates, cumulative, days_at, fit
from contingent.aid.portions import followed, portions
from contingent.ensemble.streams import generator_of

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MEASURES = ("items", "value_eur_m")


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
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date,
    options: ForecastOptions | None = None,
) -> Forecast:  # fmt: skip
    """Return what is open on the date of the ledger, and what arrives of it by when.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger.
    as_of : date
        Up to which the ledger was kept: day 0 of the forecast.
    options : ForecastOptions, optional
        Horizon, replications, seed, donors who stop.
    """
    asked = options or ForecastOptions()
    cut = portions(pledges, deliveries, equipment, as_of=as_of)
    rates = fit(cut)
    still = _open(cut, followed(pledges, equipment, as_of=as_of))
    if still.is_empty():
        return Forecast(arrival_frame("open"), arrival_frame("arrivals"), rates)
    chosen = (~still["donor"].is_in(list(asked.stopped))).to_numpy()
    drawn = _arrival_days(still, rates, asked)
    drawn[:, ~chosen] = np.inf
    chance = (drawn <= asked.horizon_days).mean(axis=0)
    shown = still.with_columns(
        pl.Series("expected_day", np.where(chosen, _expected_day(still, rates), np.inf)), pl.Series("chance", chance)
    ).with_columns(pl.when(pl.col("expected_day").is_finite()).then("expected_day"))
    steps = np.arange(asked.step_days, asked.horizon_days + 1, asked.step_days)
    frames = [
        _arrivals(still, drawn, steps, measure=measure, cut=by, asked=asked, as_of=as_of)
        for measure in MEASURES for by in ("all", "family", "donor")
    ]  # fmt: skip
    return Forecast(arrival_frame("open", shown.filter(pl.Series(chosen))), pl.concat(frames), rates)


def _open(cut: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pledges of which something is still awaited, with the multiple's groups."""
    awaited = cut.filter(~pl.col("arrived")).select("pledge", pl.col("weight").alias("share"), pl.col("days").alias("age_days"))
    return known.join(awaited, on="pledge", maintain_order="left").with_columns(
        (pl.col("quantity").cast(pl.Float64) * pl.col("share")).alias("quantity"),
        (pl.col("value_eur_m") * pl.col("share")).alias("value_eur_m"),
    )


def _groups(still: pl.DataFrame, rates: Rates) -> tuple[tuple[Places, Floats, Floats], tuple[Places, Floats, Floats]]:
    """Place of each pledge in the donors and in the donors' families, with shape and rate of each of these."""
    levels = ((["donor"], rates.donors, rates.donor_strength), (["donor", "family"], rates.families, rates.family_strength))
    found = []
    for keys, fitted, strength in levels:
        names = still.select(keys).unique().sort(keys).with_row_index("place")
        if fitted.is_empty():
            nothing = pl.lit(None, dtype=pl.Float64)
            fitted = names.select(*keys, nothing.alias("shape"), nothing.alias("rate"))
        known = names.join(fitted, on=keys, how="left", maintain_order="left")
        place = still.join(names, on=keys, maintain_order="left")["place"].cast(pl.Int64).to_numpy()
        found.append((place, known["shape"].fill_null(strength).to_numpy(), known["rate"].fill_null(strength).to_numpy()))
    return found[0], found[1]


def _arrival_days(still: pl.DataFrame, rates: Rates, asked: ForecastOptions) -> Floats:
    """Day of arrival of each open pledge in each replication. [days], shape (replications, pledges)"""
    (donor, donor_shape, donor_rate), (family, family_shape, family_rate) = _groups(still, rates)
    shape, rate = rates.shapes()
    age = still["age_days"].to_numpy()
    drawn = np.empty((asked.replications, len(still)))
    for replication in range(asked.replications):
        chance = generator_of(asked.seed, "aid", "arrivals", str(replication))
        daily = chance.gamma(shape) / rate
        times = (chance.gamma(donor_shape) / donor_rate)[donor] * (chance.gamma(family_shape) / family_rate)[family]
        waited = chance.standard_exponential(len(still)) / np.maximum(times, 1e-12)
        drawn[replication] = days_at(daily, cumulative(daily, age) + waited) - age
    return drawn


def _expected_day(still: pl.DataFrame, rates: Rates) -> Floats:
    """Day by which a pledge arrives with a chance of one half, at the mean rates. [days], shape (pledges,)"""
    (donor, donor_shape, donor_rate), (family, family_shape, family_rate) = _groups(still, rates)
    shape, rate = rates.shapes()
    age = still["age_days"].to_numpy()
    times = (donor_shape / donor_rate)[donor] * (family_shape / family_rate)[family]
    due: Floats = days_at(shape / rate, cumulative(shape / rate, age) + np.log(2.0) / np.maximum(times, 1e-12)) - age
    return due


def _arrivals(
    still: pl.DataFrame, drawn: Floats, steps: Places, *, measure: str, cut: str, asked: ForecastOptions, as_of: date
) -> pl.DataFrame:
    """Rows of frame ``arrivals`` of one measure and cut."""
    amount = still["quantity" if measure == "items" else "value_eur_m"].fill_null(0.0).to_numpy()
    kept = amount > 0
    if not kept.any():
        return arrival_frame("arrivals")
    name = pl.Series("name", [None] * len(still), dtype=pl.String) if cut == "all" else still[cut]
    names = name.filter(pl.Series(kept)).unique().sort()
    place = np.zeros(int(kept.sum()), dtype=np.int64)
    if cut != "all":
        place = names.search_sorted(name.filter(pl.Series(kept))).cast(pl.Int64).to_numpy()
    cells = len(names) * (len(steps) + 1)
    sums = np.empty((len(drawn), len(names), len(steps) + 1))
    for replication, days in enumerate(drawn):
        step = np.searchsorted(steps, days[kept], side="left")
        counted = np.bincount(place * (len(steps) + 1) + step, weights=amount[kept], minlength=cells)
        sums[replication] = counted.reshape(len(names), len(steps) + 1)
    total = np.cumsum(sums[:, :, :-1], axis=2)
    tail = 0.5 * (1.0 - asked.confidence)
    low, median, high = np.quantile(total, [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
    chosen = ~still["donor"].is_in(list(asked.stopped)).to_numpy()[kept]
    still_open = np.bincount(place, weights=amount[kept] * chosen, minlength=len(names))
    return arrival_frame("arrivals", pl.DataFrame({
        "measure": [measure] * (len(names) * len(steps)), "cut": [cut] * (len(names) * len(steps)),
        "name": names.gather(np.repeat(np.arange(len(names)), len(steps))), "day": np.tile(steps, len(names)),
        "date": [as_of + timedelta(days=int(day)) for day in steps] * len(names), "mean": total.mean(axis=0).ravel(),
        "low": low.ravel(), "median": median.ravel(), "high": high.ravel(), "open": np.repeat(still_open, len(steps)),
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


def calibration(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date, horizon_days: int = 180,
    every_days: int = 90, least_pledges: int = 10, options: ForecastOptions | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return frame ``calibration``: forecasts made at earlier dates, from what was known then, against what came.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger. A later correction of the ledger is taken as known from the beginning.
    as_of : date
        Up to which arrivals are known.
    horizon_days, every_days : int
        Of each forecast, and between the dates at which one is made. [days]
    least_pledges : int
        Fewer are not a past to learn from. [pledges]
    options : ForecastOptions, optional
        Replications, confidence and seed.
    """
    base = options or ForecastOptions(replications=200)
    asked = ForecastOptions(horizon_days=horizon_days, step_days=horizon_days, replications=base.replications,
                            confidence=base.confidence, seed=base.seed)  # fmt: skip
    rows = []
    origin = as_of - timedelta(days=horizon_days)
    while len(followed(pledges, equipment, as_of=origin)) >= least_pledges:
        made = forecast(pledges, deliveries, equipment, as_of=origin, options=asked)
        later = origin + timedelta(days=horizon_days)
        came = _came(pledges, deliveries, equipment, origin=origin, later=later)
        rows.append(
            made.arrivals.filter(pl.col("cut") == "family")
            .join(came, left_on=["measure", "name"], right_on=["measure", "family"], how="left", maintain_order="left")
            .with_columns(pl.lit(origin).alias("origin"), pl.lit(horizon_days).alias("horizon_days"),
                          pl.col("name").alias("family"), pl.col("actual").fill_null(0.0))
            .with_columns(pl.col("actual").is_between(pl.col("low") - 1e-9, pl.col("high") + 1e-9).alias("inside"))
        )  # fmt: skip
        origin -= timedelta(days=every_days)
    return pl.concat([arrival_frame("calibration"), *(arrival_frame("calibration", row) for row in reversed(rows))])


def _came(pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, origin: date, later: date) -> pl.DataFrame:
    """What came after the origin of pledges that were known then, by measure and family."""
    known = pledges.filter(pl.col("announced") <= origin)
    openings = []
    for moment in (origin, later):
        cut = portions(known, deliveries, equipment, as_of=moment)
        still = _open(cut, followed(known, equipment, as_of=moment))
        openings.append(still.group_by("family").agg(
            pl.col("quantity").fill_null(0.0).sum().alias("items"), pl.col("value_eur_m").fill_null(0.0).sum()))
    before, after = openings
    return (
        before.join(after, on="family", how="left", suffix="_later")
        .select("family", *((pl.col(name) - pl.col(f"{name}_later").fill_null(0.0)).alias(name) for name in MEASURES))
        .unpivot(list(MEASURES), index="family", variable_name="measure", value_name="actual")
    )  # fmt: skip
