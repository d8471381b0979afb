"""How long it takes to assess a million incidents in 200 sectors: ``python benchmarks/monitoring.py --help``.

Incidents are drawn by a seed over a year along a line of 1,000 km: negative binomial days, kinds and hours of uneven weight, a
busy stretch, one sector that doubles. Kernels are compiled before the clock starts. A table in Markdown goes to standard output.
"""

import argparse
import statistics
import time
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from contingent.monitoring import assess as stage
from contingent.monitoring.assess import assess
from contingent.monitoring.signal_options import SignalOptions

KINDS = ("shelling", "small_arms", "drone", "heavy_weapons", "obstruction", "airspace", "maritime", "mine", "casualty", "other")
WEIGHTS = (0.3, 0.3, 0.2, 0.05, 0.03, 0.02, 0.01, 0.04, 0.02, 0.03)
FIRST = date(2027, 1, 1)
WEST, SOUTH = 22.0, 48.0
LONG_DEG, DEEP_DEG = 13.0, 0.5


def drawn(incidents: int, sectors: int, days: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return incidents and exposure, made up by a seed."""
    random = np.random.default_rng(seed)
    weight = random.gamma(0.7, size=(sectors, days)) * random.gamma(1.0, size=sectors)[:, None]
    weight[0, days // 2 :] *= 2
    cell = random.choice(sectors * days, size=incidents, p=(weight / weight.sum()).ravel())
    sector, day = np.divmod(cell, days)
    start = np.datetime64(datetime(FIRST.year, FIRST.month, FIRST.day))  # noqa: DTZ001
    seconds = day * 86_400 + random.integers(0, 86_400, size=incidents)
    frame = pl.DataFrame({
        "incident": np.arange(incidents).astype(str), "time": start + seconds.astype("timedelta64[s]"),
        "precision_h": random.choice([0.5, 6.0, 24.0], size=incidents), "precision_km": np.full(incidents, 1.0),
        "latitude": SOUTH + DEEP_DEG * random.random(incidents),
        "longitude": WEST + LONG_DEG * (sector + random.random(incidents)) / sectors,
        "kind": np.array(KINDS)[random.choice(len(KINDS), size=incidents, p=WEIGHTS)], "count": np.ones(incidents),
        "party": np.array(["A", "B"])[random.integers(0, 2, incidents)], "sector": np.char.add("S", sector.astype(str)),
    }).with_columns(pl.col("time").cast(pl.Datetime("us")))  # fmt: skip
    exposure = pl.DataFrame({
        "sector": np.char.add("S", np.repeat(np.arange(sectors), days).astype(str)),
        "date": [FIRST + timedelta(days=int(number)) for number in np.tile(np.arange(days), sectors)],
        "observed_h": random.choice([18.0, 24.0], size=sectors * days), "monitors": np.full(sectors * days, 12.0),
        "weather": np.ones(sectors * days),
    })  # fmt: skip
    return frame, exposure


def parts(incidents: pl.DataFrame, exposure: pl.DataFrame) -> dict[str, float]:
    """Return the seconds of each part of one assessment."""
    asked = SignalOptions()
    taken: dict[str, float] = {}

    def timed(name: str, work: object) -> object:
        began = time.perf_counter()
        result = work()  # type: ignore[operator]
        taken[name] = time.perf_counter() - began
        return result

    daily = timed("series", lambda: stage.daily_series(incidents, exposure, options=asked))
    followed = timed("change", lambda: stage.follow_series(daily, asked))
    timed("frame of series", lambda: stage.series_frame(daily, followed))
    timed("frame of changes", lambda: stage.changes_frame(daily, followed, asked))
    timed("rates", lambda: stage.rates(incidents, daily, asked))
    timed("hot spots", lambda: stage.hotspots(incidents, daily, asked))
    timed("normal", lambda: stage.normal(incidents, daily, asked))
    timed("unusual", lambda: stage.unusual(daily, followed, asked))
    timed("blindness", lambda: stage.blindness(daily, asked))
    timed("forecast", lambda: stage.record_frame(stage.forecasts(daily, asked), asked))
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--sectors", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    assess(*drawn(2_000, 3, 100, seed=1))
    incidents, exposure = drawn(asked.incidents, asked.sectors, asked.days, seed=2)
    runs = [assess(incidents, exposure) for _ in range(asked.repeats)]
    median = statistics.median(run.seconds for run in runs)
    print(f"{asked.incidents:,} incidents, {asked.sectors} sectors, {asked.days} days: median {median:.2f} s, "
          f"{len(runs[0].changes)} changes, {len(runs[0].hotspots)} hot cells")  # fmt: skip
    print("\n| part | s |\n|---|---|")
    for name, seconds in parts(incidents, exposure).items():
        print(f"| {name} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
