"""How long incidents take from a file to a row with its place: ``python benchmarks/incidents.py --rows 1000000``.

Two sources tell of the same events, half of them to the minute and half to the day; the file is the project's own form. Wall time
and processor time of each step, after a small run that compiles; then reports a second into an intake, in batches and one by one.
A table in Markdown goes to standard output.
"""

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from contingent.io import read_scenario
from contingent.monitoring.columns import INCIDENT_COLUMNS
from contingent.monitoring.intake import Intake, read_intake
from contingent.monitoring.locate import locate_incidents
from contingent.monitoring.merge import merge_incidents
from contingent.monitoring.readers.read import read_incidents

KINDS = ("shelling", "small_arms", "drone", "casualty")
MINUTES_OF_DAY = 1440
BATCH = 100
Result = TypeVar("Result")


def reports(rows: int, *, days: int, seed: int = 1) -> pl.DataFrame:
    """Reports of two sources on the same events, strewn over the south-east of the bundled scenario."""
    draws = np.random.default_rng(seed)
    events = rows // 2
    latitude, longitude = 47.0 + 3.0 * draws.random(events), 32.0 + 6.0 * draws.random(events)
    minute = draws.integers(0, days * MINUTES_OF_DAY, events)
    frames = []
    for source in ("North post", "South post"):
        exact = draws.random(events) < 0.5
        told = np.where(exact, minute + draws.integers(-10, 10, events), minute // MINUTES_OF_DAY * MINUTES_OF_DAY)
        frames.append(pl.DataFrame({
            "incident": [f"{source}:{number}" for number in range(events)],
            "time": pl.Series(told * 60_000_000 + 1_577_836_800_000_000).cast(pl.Datetime("us")),
            "precision_h": np.where(exact, 0.0, 24.0),
            "latitude": np.round(latitude + draws.normal(0, 0.005, events), 5),
            "longitude": np.round(longitude + draws.normal(0, 0.005, events), 5),
            "precision_km": draws.choice([1.0, 5.0], events),
            "kind": np.array(KINDS)[draws.integers(0, len(KINDS), events)],
            "killed": draws.integers(0, 3, events), "source": source, "confidence": "medium",
            "note": "seen from the post, heard by the patrol",
        }))
    return pl.concat(frames)


def timed(name: str, work: Callable[[], Result]) -> Result:
    """Do something, print how long it took, and return what came out."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    print(f"| {name} | {time.perf_counter() - wall:.1f} | {time.process_time() - processor:.1f} |", flush=True)
    return result


def steps(rows: int, days: int, folder: Path) -> None:
    """Read, merge and locate."""
    file = folder / "incidents.csv"
    reports(rows, days=days).write_csv(file)
    scenario = read_scenario("reassurance")
    reading = timed(f"read {file.stat().st_size / 1e6:.0f} MB of CSV", lambda: read_incidents(file))
    merged = timed("merge", lambda: merge_incidents(reading.incidents))
    timed("locate", lambda: locate_incidents(reading.incidents, sectors=scenario.sectors, traces=scenario.traces))
    print(f"| ({reading.incidents.height:,} rows of {len(INCIDENT_COLUMNS)} columns, {merged.incidents.height:,} events) | | |")


def stream(count: int, folder: Path) -> None:
    """Put reports into an intake, in batches and one by one, each on the disk before the next."""
    rows = reports(count, days=30).to_dicts()
    for batch in (BATCH, 1):
        path = folder / f"intake_{batch}.jsonl"
        some = rows if batch > 1 else rows[: count // 20]
        with Intake(path) as intake:
            begun = time.perf_counter()
            for at in range(0, len(some), batch):
                intake.add(some[at : at + batch])
            rate = len(some) / (time.perf_counter() - begun)
        assert read_intake(path).height == len(some)
        print(f"| intake, {batch} at a time: {rate:,.0f} a second | | |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=1_000)
    parser.add_argument("--stream", type=int, default=10_000)
    asked = parser.parse_args()
    merge_incidents(_filled(reports(1_000, days=10)))
    print(f"Python {platform.python_version()}, polars {pl.__version__}, {pl.thread_pool_size()} threads\n")
    print("| step | wall s | processor s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        steps(asked.rows, asked.days, Path(folder))
        stream(asked.stream, Path(folder))


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    blank = [pl.lit(None, dtype=kind).alias(name) for name, kind in INCIDENT_COLUMNS.items() if name not in frame.columns]
    whole = frame.with_columns(blank).with_columns(count=pl.lit(1.0), sources="source")
    return whole.select(pl.col(name).cast(kind) for name, kind in INCIDENT_COLUMNS.items())


if __name__ == "__main__":
    main()
