"""What an engine costs for each piece, and what a second core brings: ``python benchmarks/ensemble.py --help``.

A table in Markdown goes to standard output: the time to start an engine (one trivial piece), the cost of each further trivial
piece, and the time of compiled pieces that are worth sending, against one after another. The cluster has two workers on this
machine.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contingent.ensemble import Job, run_pieces
from contingent.ensemble.streams import key_of
from ensemble_pieces import compiled, trivial
from tables import table

REPEATS = 5
TRIVIAL = 1000
COMPILED = 8


@contextmanager
def cluster() -> Iterator[str]:
    """Two workers of one thread on this machine."""
    import logging

    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR) as running:
        yield str(running.scheduler_address)


def seconds(job: Job, pieces: int, engine: str) -> float:
    """Time of one run. [s]"""
    began = time.perf_counter()
    run_pieces(job, list(range(pieces)), engine=engine)
    return time.perf_counter() - began


def measured(engines: list[str]) -> dict[str, list[tuple[float, float, float]]]:
    """Time of one trivial piece, of many, and of compiled ones, by engine: in turn, so that all meet the same machine. [s]"""
    nothing, work = Job(trivial, None, "trivial", "x"), Job(compiled, key_of(1, "benchmark"), "compiled", "x")
    compiled(work.shared, 0)
    times: dict[str, list[tuple[float, float, float]]] = {engine: [] for engine in engines}
    for _ in range(REPEATS):
        for engine in engines:
            one, many = seconds(nothing, 1, engine), seconds(nothing, TRIVIAL, engine)
            times[engine].append((one, many, seconds(work, COMPILED, engine)))
    return times


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; medians of {REPEATS}, engines in turn.\n")
    rows = []
    with cluster() as address:
        times = measured(["here", "threads:2", "processes:2", address])
    for engine, runs in times.items():
        begun = statistics.median(one for one, _, _ in runs)
        each = statistics.median((many - one) / (TRIVIAL - 1) for one, many, _ in runs)
        worked = statistics.median(work for _, _, work in runs)
        gained = statistics.median(alone / work for (_, _, work), (_, _, alone) in zip(runs, times["here"], strict=True))
        name = "Dask, 2 workers" if engine == address else engine
        rows.append([name, f"{begun:.2f}", f"{1000 * each:.2f}", f"{worked:.2f}", f"{gained:.2f}"])
    print(table(["engine", "start [s]", "each piece [ms]", f"{COMPILED} compiled pieces [s]", "speed-up [-]"], rows))
    nothing = Job(trivial, None, "trivial", "x")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run_pieces(nothing, list(range(TRIVIAL)), journal=Path(folder))
        written = time.perf_counter() - began
        began = time.perf_counter()
        run_pieces(nothing, list(range(TRIVIAL)), journal=Path(folder))
        read = time.perf_counter() - began
    print(f"\nThe journal: {1000 * written / TRIVIAL:.2f} ms to write a piece, {1000 * read / TRIVIAL:.2f} ms to read it back.")


if __name__ == "__main__":
    main()
