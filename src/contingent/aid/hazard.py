"""The rate at which open pledges arrive: by age, donor and family, with small groups drawn towards all.

    j          bands of age, from `BREAKS`                                                    [days]
    d_j, e_j   weight that arrived, and days watched times m, in band j                       [pledges], [pledge-days]
    h_j        (d_j + 1/2) / e_j                     daily rate of arrival at m = 1            [1/day]
    D, E       arrivals of a group, and those to be expected of it at these rates             [pledges]
    m          (k + D) / (k + E)                     multiple of a donor, then of the donor's family upon it    [-]

Rates and multiples depend on each other, and are fitted in turn: else the old pledges of slow donors would make everybody seem
slow at that age. In the terms of Bayes: rates are gamma distributed (Jeffreys' prior for h, mean one and shape k for m),
constant within a band [1]_. The strength k is the one that makes the counts of all groups most probable (negative binomial), so
that donors who do not differ beyond chance are not told apart. Days are watched up to the arrival or the last look (see
`contingent.aid.portions`); a pledge that nobody ever looked at teaches nothing. A band that nobody was watched in has the rate
of the band before it. What comes on the day of its announcement says nothing of how long open pledges last, and is left out.

References
----------
.. [1] M. Friedman, "Piecewise exponential models for survival data with covariates", Annals of Statistics 10, 1982.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

BREAKS = np.array([0.0, 30.0, 90.0, 180.0, 360.0, 720.0])
"""Where bands of age begin; the last has no end. [days]"""
JEFFREYS = 0.5
STRENGTHS = 2.0 ** np.arange(-1, 11)
"""Strengths k that are tried. [pledges]"""
ROUNDS = 5
"""Of fitting bands and multiples in turn: they settle to about a hundredth."""
FAR = 1e6
"""As good as never. [days]"""


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates of arrival, as gamma distributions by shape and scale.

    Parameters
    ----------
    arrived, watched : ndarray of float
        Of all together, days weighted by the multiples. [pledges], [pledge-days], shape (bands,)
    donors, families : polars.DataFrame
        name columns; `shape` and `rate` of the multiple. A group that is not listed has the prior.
    donor_strength, family_strength : float
        k of both levels. [pledges]
    """

    arrived: Floats
    watched: Floats
    donors: pl.DataFrame
    families: pl.DataFrame
    donor_strength: float
    family_strength: float

    def shapes(self) -> tuple[Floats, Floats]:
        """Shape and rate of the daily rate of each band. [-], [days], shape (bands,)"""
        shape, rate = self.arrived + JEFFREYS, self.watched.copy()
        for band in range(len(rate)):
            if rate[band] <= 0.0 and band:
                shape[band], rate[band] = shape[band - 1], rate[band - 1]
        return shape, np.where(rate > 0, rate, FAR)


def in_bands(days: Floats) -> Floats:
    """Return the days that each portion spent in each band. [days], shape (portions, bands)"""
    ends = np.append(BREAKS[1:], np.inf)
    spent: Floats = np.clip(days[:, None], BREAKS, ends) - BREAKS
    return spent


def fit(portions: pl.DataFrame) -> Rates:
    """Return the rates of arrival from portions of pledges."""
    counted = portions.filter(pl.col("seen") & (pl.col("days") > 0) & (pl.col("weight") > 0))
    weight, arrived = counted["weight"].to_numpy(), counted["arrived"].to_numpy()
    days = counted["days"].to_numpy()
    spent = in_bands(days) * weight[:, None]
    band = np.searchsorted(BREAKS, days, side="left") - 1
    came = np.bincount(band[arrived], weights=weight[arrived], minlength=len(BREAKS)).astype(np.float64)
    named = counted.select("donor", "family", pl.Series("came", np.where(arrived, weight, 0.0)))
    times = np.ones(len(counted))
    for _ in range(ROUNDS):
        rates = Rates(came, times @ spent, pl.DataFrame(), pl.DataFrame(), 1.0, 1.0)
        shape, rate = rates.shapes()
        table = named.with_columns(pl.Series("expected", spent @ (shape / rate)))
        donors, first = _shrunk(table, ["donor"])
        of_donor = _times(table, donors, ["donor"])
        families, second = _shrunk(table.with_columns(pl.col("expected") * of_donor), ["donor", "family"])
        times = (of_donor * _times(table, families, ["donor", "family"])).to_numpy()
    return Rates(came, rates.watched, donors, families, first, second)


def _times(table: pl.DataFrame, posterior: pl.DataFrame, keys: list[str]) -> pl.Series:
    """Mean multiple of the group of each portion."""
    mean = posterior.select(*keys, (pl.col("shape") / pl.col("rate")).alias("times"))
    return table.join(mean, on=keys, how="left", maintain_order="left")["times"]


def _shrunk(table: pl.DataFrame, keys: list[str]) -> tuple[pl.DataFrame, float]:
    """Posterior multiple of each group, and the strength with which it is drawn towards one."""
    groups = table.group_by(keys).agg(pl.col("came").sum(), pl.col("expected").sum()).sort(keys)
    strength = best_strength(groups["came"].to_numpy(), groups["expected"].to_numpy())
    posterior = groups.select(*keys, (pl.col("came") + strength).alias("shape"), (pl.col("expected") + strength).alias("rate"))
    return posterior, strength


def best_strength(came: Floats, expected: Floats) -> float:
    """Return the strength that makes the counts most probable; the largest where groups do not differ. [pledges]"""
    def likelihood(strength: float) -> float:
        return math.fsum(
            math.lgamma(d + strength) - math.lgamma(strength) + strength * math.log(strength / (strength + e))
            + d * math.log(max(e, 1e-12) / (strength + e))
            for d, e in zip(came.tolist(), expected.tolist(), strict=True))  # fmt: skip

    return float(max(reversed(STRENGTHS.tolist()), key=likelihood))


def cumulative(rate: Floats, days: Floats) -> Floats:
    """Return the cumulative rate up to each number of days, from the daily rate of each band. [-], shape (days,)"""
    at = np.concatenate([np.zeros(1), np.cumsum(rate[:-1] * np.diff(BREAKS))])
    reached: Floats = np.interp(days, np.append(BREAKS, FAR), np.append(at, at[-1] + rate[-1] * (FAR - BREAKS[-1])))
    return reached


def days_at(rate: Floats, amount: Floats) -> Floats:
    """Return the days at which the cumulative rate reaches an amount, infinite beyond `FAR`. [days], shape (amounts,)"""
    at = np.concatenate([np.zeros(1), np.cumsum(rate[:-1] * np.diff(BREAKS))])
    end = at[-1] + rate[-1] * (FAR - BREAKS[-1])
    days: Floats = np.interp(amount, np.append(at, end), np.append(BREAKS, FAR), right=np.inf)
    return days
