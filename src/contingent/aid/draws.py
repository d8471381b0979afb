"""Draws of the days on which open pledges arrive, each given that it had not come by the last look at it.

    H(t)            cumulative rate of arrival at age t, at the rates of all                 [-]
    m               multiple of the donor and of the donor's family                        [-]
    s               age at the last look; 0 = nobody ever looked                           [days]
    P(later than age t) = exp(-m (H(t) - H(s)))

In each replication the rates and multiples are drawn from what is known of them, then the arrival of each open pledge.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.aid.hazard import Rates, cumulative, days_at, in_bands
from contingent.ensemble.streams import generator_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

LEAST = 1e-12
"""A multiple that is as good as none. [-]"""


def open_pledges(portions: pl.DataFrame, followed: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Return the pledges of which something is awaited: `share`, `quantity`, `value_eur_m` of it; `age_days`, `seen_age_days`.

    Parameters
    ----------
    portions, followed : polars.DataFrame
        As of `contingent.aid.portions`.
    as_of : date
        On which they are open.
    """
    awaited = portions.filter(~pl.col("arrived")).select(
        "pledge", pl.col("weight").alias("share"), pl.when("seen").then("days").alias("seen_age_days"))  # fmt: skip
    return followed.drop("share", "seen_age_days", strict=False).join(awaited, on="pledge", maintain_order="left").with_columns(
        (pl.col("quantity").cast(pl.Float64) * pl.col("share")).alias("quantity"),
        (pl.col("value_eur_m") * pl.col("share")).alias("value_eur_m"),
        (pl.lit(as_of) - pl.col("announced")).dt.total_days().cast(pl.Float64).alias("age_days"),
    )


def arrival_ages(still: pl.DataFrame, rates: Rates, *, seed: int, replications: int) -> Iterator[Floats]:
    """Return the age of each open pledge at arrival, replication by replication. [days], shape (pledges,)

    Parameters
    ----------
    still : polars.DataFrame
        As of `open_pledges`.
    rates : Rates
        What is known of rates.
    seed, replications : int
        Of the random numbers; how many times.
    """
    spent = in_bands(_seen(still))
    for daily, waited in _draws(still, rates, seed=seed, replications=replications):
        yield days_at(daily, spent @ daily + waited)


def arrived_by(still: pl.DataFrame, ages: Floats, rates: Rates, *, seed: int, replications: int) -> Iterator[Flags]:
    """Return whether each open pledge arrives by a given age of it, by the same draws as `arrival_ages`. Shape (pledges,)

    Parameters
    ----------
    still, rates, seed, replications
        As of `arrival_ages`.
    ages : ndarray of float
        Not below those at the last look. [days], shape (pledges,)
    """
    spent = in_bands(ages) - in_bands(_seen(still))
    for daily, waited in _draws(still, rates, seed=seed, replications=replications):
        yield waited <= spent @ daily


def _draws(still: pl.DataFrame, rates: Rates, *, seed: int, replications: int) -> Iterator[tuple[Floats, Floats]]:
    """Daily rate of each band, and the cumulative rate until each pledge arrives. [1/day], [-], shapes (bands,), (pledges,)"""
    (donor, donor_shape, donor_rate), (family, family_shape, family_rate) = _groups(still, rates)
    shape, rate = rates.shapes()
    for replication in range(replications):
        chance = generator_of(seed, "aid", "arrivals", str(replication))
        daily = chance.gamma(shape) / rate
        times = (chance.gamma(donor_shape) / donor_rate)[donor] * (chance.gamma(family_shape) / family_rate)[family]
        yield daily, chance.standard_exponential(len(still)) / np.maximum(times, LEAST)


def median_ages(still: pl.DataFrame, rates: Rates) -> Floats:
    """Return the age by which each pledge arrives with a chance of one half, at the mean rates. [days], shape (pledges,)"""
    (donor, donor_shape, donor_rate), (family, family_shape, family_rate) = _groups(still, rates)
    shape, rate = rates.shapes()
    times = (donor_shape / donor_rate)[donor] * (family_shape / family_rate)[family]
    return days_at(shape / rate, cumulative(shape / rate, _seen(still)) + np.log(2.0) / np.maximum(times, LEAST))


def _seen(still: pl.DataFrame) -> Floats:
    """Age up to which a pledge is known not to have come."""
    return still["seen_age_days"].fill_null(0.0).to_numpy()


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
