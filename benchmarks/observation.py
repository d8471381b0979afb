"""How long it takes to design the watch of the bundled line and to climb its ladder: ``python benchmarks/observation.py --help``.

The line of `reassurance` (about 780 km, segments of 2.5 km, sites each 10 km at three depths, six means) for several limits, with
the plain greedy choice beside it; then three years of the bundled ladder for many sectors. A table in Markdown goes to standard
output.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from contingent.io import read_scenario
from contingent.model.ground import Sector
from contingent.monitoring.ladder import evaluate
from contingent.monitoring.observation import DesignOptions, design

DAYS = 1095


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Median of a few runs. [s]"""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def many_incidents(sectors: int, rows: int, seed: int) -> pl.DataFrame:
    """Draw incidents in sectors over three years; the same seed draws the same ones."""
    chance = np.random.default_rng(seed)
    start = datetime(2027, 1, 1)  # noqa: DTZ001
    day = chance.integers(0, DAYS, rows)
    return pl.DataFrame({
        "incident": [f"I{number}" for number in range(rows)],
        "time": pl.Series([start + timedelta(days=int(number)) for number in day], dtype=pl.Datetime("us")),
        "sector": [f"S{number}" for number in chance.integers(0, sectors, rows)],
        "kind": np.array(["shelling", "small_arms", "obstruction"])[chance.integers(0, 3, rows)],
        "count": chance.poisson(chance.gamma(0.5, 200.0, rows)).astype(float),
        "killed": chance.poisson(0.02, rows), "wounded": chance.poisson(0.05, rows),
    })  # fmt: skip


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=float, nargs="+", default=[100.0, 200.0, 400.0], help="limits of people")
    parser.add_argument("--sectors", type=int, default=200, help="sectors of the ladder")
    parser.add_argument("--incidents", type=int, default=200_000, help="incidents of the ladder")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    scenario = read_scenario("reassurance")
    print(f"Python {platform.python_version()}, {platform.machine()}; median of {asked.repeats} run(s).\n")
    print("| people | watched | greedy | bound | from the bound | means | seconds |\n|---|---|---|---|---|---|---|")
    for people in asked.people:
        kept: list[Any] = []
        options = DesignOptions(people=people, marginal=0)
        seconds = median_seconds(lambda: kept.append(design(scenario, options)), asked.repeats)  # noqa: B023
        found = kept[-1]
        off = (found.bound - found.value) / found.bound
        print(
            f"| {people:g} | {found.value:.4f} | {found.greedy:.4f} | {found.bound:.4f} | {off:.2%} | {found.observation.height} "
            f"| {seconds:.1f} |"
        )
    sectors = tuple(Sector(sector=f"S{number}") for number in range(asked.sectors))
    ladder = scenario.model_copy(update={"sectors": sectors})
    incidents = many_incidents(asked.sectors, asked.incidents, asked.seed)
    seconds = median_seconds(lambda: evaluate(ladder, incidents), asked.repeats)
    steps = evaluate(ladder, incidents).ladder_steps.height
    what = f"{DAYS:,} days, {asked.sectors} sectors, {asked.incidents:,} incidents"
    print(f"\nThe ladder over {what}: {steps:,} steps in {seconds:.1f} s.")


if __name__ == "__main__":
    main()
