"""Ledgers made up from delays that are known, and from looks that do not depend on what they find."""

import numpy as np
import polars as pl
from tests.aid.ledgers import DELIVERIES, EQUIPMENT, PLEDGES, START, kind, table

TYPES = table(EQUIPMENT, kind("T1"), kind("G1", family="guns"))
MEANS = {"exponential": 1.0, "weibull": 0.886227, "lognormal": 1.377128}
"""Means of the shapes below at scale one: of a Weibull of shape two, and of a lognormal of sigma 0.8."""


def delay_of(random: np.random.Generator, shape: str, mean) -> np.ndarray:
    """Whole days of delay, one per mean."""
    unit = {
        "exponential": lambda size: random.exponential(1.0, size),
        "weibull": lambda size: random.weibull(2.0, size),
        "lognormal": lambda size: random.lognormal(0.0, 0.8, size),
    }[shape](len(mean))
    return np.ceil(unit * mean / MEANS[shape]).astype(int)


def days_of(numbers: np.ndarray) -> pl.Series:
    return pl.Series(np.datetime64(START) + numbers)


def ledger(number: int, *, seed: int, mean: float = 150.0, days: int = 900, shape: str = "exponential", differ: float = 0.0,
           looks: float | None = None, never: float = 0.0, dated: bool = True):  # fmt: skip
    """Pledges of six donors and two families, what became of them, and the true delays.

    Parameters
    ----------
    differ
        Spread of the donors' speeds (sigma of their logarithm).
    looks
        Mean days between looks at a pledge; None = every arrival is told on its day, and nothing else.
    never
        Share of pledges that nobody ever looks at.
    dated
        Whether a look tells the day of the arrival, or only that it has come.
    """
    random = np.random.default_rng(seed)
    announced = random.integers(0, days, number)
    donor = random.integers(0, 6, number)
    delay = delay_of(random, shape, mean * np.exp(differ * random.standard_normal(6))[donor])
    came = announced + delay
    names = pl.Series([f"P{n:06d}" for n in range(number)])
    pledges = pl.DataFrame({
        "pledge": names, "donor": pl.Series([f"D{n}" for n in donor]), "equipment": pl.Series(["T1", "G1"]).gather(donor % 2),
        "quantity": random.integers(1, 20, number).astype(float), "value_eur_m": random.exponential(5.0, number),
        "currency": "EUR", "kind": "pledge", "announced": days_of(announced), "counted": "yes",
    })  # fmt: skip
    blank = [pl.lit(None, kind).alias(name) for name, kind in PLEDGES.items() if name not in pledges.columns]
    pledges = pledges.with_columns(blank)
    if looks is None:
        arrivals = pl.DataFrame({"delivery": names, "pledge": names, "quantity": pledges["quantity"], "date": days_of(came)})
        rows = arrivals.with_columns(pl.lit(None, pl.Date).alias("as_of"))
    else:
        ever = random.random(number) >= never
        found = []
        look, done = announced.copy(), ~ever
        while not done.all():
            look = look + np.maximum(1, np.ceil(random.exponential(looks, number)).astype(int))
            done |= look > days
            there = came <= look
            found.append(pl.DataFrame({
                "delivery": names + f"-{len(found)}", "pledge": names,
                "quantity": np.where(there, pledges["quantity"].to_numpy(), 0.0),
                "date": days_of(came), "as_of": days_of(look), "there": there,
            }).filter(~done))  # fmt: skip
            done |= there
        rows = pl.concat(found).with_columns(pl.when(pl.col("there") & dated).then("date").alias("date"))
    rows = rows.with_columns(pl.lit(None, pl.Float64).alias("value_m")).select(list(DELIVERIES))
    return pledges.select(list(PLEDGES)), rows, delay
