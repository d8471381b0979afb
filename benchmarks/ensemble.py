"""What an engine costs for each piece, and what further cores bring: ``python benchmarks/ensemble.py --help``.

A table in Markdown goes to standard output: the time to start an engine (one trivial piece), the cost of each further trivial
piece, and the time of compiled pieces that are worth sending, against one after another. Threads and processes are as many as
`--workers` says; the cluster has two workers on this machine. With `--whole OPTION` two whole jobs about the bundled scenario
follow on each engine: what breaks a plan of that option, and what becomes of it under chance; all must give the same bytes.
"""

import argparse
import dataclasses
import hashlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import polars as pl

from contingent.ensemble import Job, run_pieces
from contingent.ensemble.streams import key_of
from contingent.io import read_scenario
from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions
from contingent.simulation import SimulationOptions, simulate
from contingent.stress import StressOptions, stress
from ensemble_pieces import compiled, trivial
from tables import table

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


def measured(engines: list[str], repeats: int) -> dict[str, list[tuple[float, float, float]]]:
    """Time of one trivial piece, of many, and of compiled ones, by engine: in turn, so that all meet the same machine. [s]"""
    nothing, work = Job(trivial, None, "trivial", "x"), Job(compiled, key_of(1, "benchmark"), "compiled", "x")
    compiled(work.shared, 0)
    times: dict[str, list[tuple[float, float, float]]] = {engine: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            one, many = seconds(nothing, 1, engine), seconds(nothing, TRIVIAL, engine)
            times[engine].append((one, many, seconds(work, COMPILED, engine)))
    return times


def digest_of(found: Any) -> str:
    """Return a hash of every frame that came of a job."""
    hashed = hashlib.sha256()
    for each in dataclasses.fields(found):
        if isinstance(frame := getattr(found, each.name), pl.DataFrame):
            hashed.update(each.name.encode() + (frame.write_csv() or "").encode())
    return hashed.hexdigest()


def whole_jobs(option: str, engines: Mapping[str, str], *, replications: int, runs: int) -> list[list[str]]:
    """Return how long stress and simulation of one plan take by engine, in turn, and whether their bytes are the same."""
    scenario = derive(read_scenario("reassurance"))
    plan = make_plan(scenario, PlanOptions(option=option, remedies=False, replications=0))
    jobs: dict[str, Callable[[str], Any]] = {
        "stress": lambda engine: stress(scenario, plan, StressOptions(cases=(), engine=engine)),
        f"simulation, {replications:,} replications": lambda engine: simulate(
            scenario, plan, SimulationOptions(replications=replications, engine=engine)),
    }
    rows = []
    for name, job in jobs.items():
        job(engines["here"])  # compiled code is on disk after this, and is not counted
        times: dict[str, list[float]] = {engine: [] for engine in engines}
        digests: dict[str, set[str]] = {engine: set() for engine in engines}
        for _ in range(runs):
            for engine, address in engines.items():
                began = time.perf_counter()
                found = job(address)
                times[engine].append(time.perf_counter() - began)
                digests[engine].add(digest_of(found))
        for engine, taken in times.items():
            gained = statistics.median(alone / own for own, alone in zip(taken, times["here"], strict=True))
            same = "yes" if digests[engine] == digests["here"] and len(digests["here"]) == 1 else "NO"
            rows.append([name, engine, f"{statistics.median(taken):.1f}", f"{gained:.2f}", same])
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", metavar="OPTION", help="option of the bundled scenario whose plan is stressed and simulated")
    parser.add_argument("--replications", type=int, default=2000, help="of the simulation (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="of each whole job on each engine (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="of pieces on each engine; 0 leaves them out (default: 5)")
    parser.add_argument("--workers", type=int, nargs="+", default=[2], help="threads and processes (default: 2)")
    parser.add_argument("--no-cluster", action="store_true", help="leave the Dask cluster out")
    asked = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; medians, engines in turn.\n")
    rows = []
    whole: list[list[str]] = []
    of_this_machine = ["here", *(f"{kind}:{count}" for count in asked.workers for kind in ("threads", "processes"))]
    with nullcontext("") if asked.no_cluster else cluster() as address:
        engines = {engine: engine for engine in of_this_machine} | ({"Dask, 2 workers": address} if address else {})
        times = measured(list(engines.values()), asked.repeats) if asked.repeats else {}
        if asked.whole:
            whole = whole_jobs(asked.whole, engines, replications=asked.replications, runs=asked.runs)
    for engine, runs in times.items():
        begun = statistics.median(one for one, _, _ in runs)
        each = statistics.median((many - one) / (TRIVIAL - 1) for one, many, _ in runs)
        worked = statistics.median(work for _, _, work in runs)
        gained = statistics.median(alone / work for (_, _, work), (_, _, alone) in zip(runs, times["here"], strict=True))
        name = "Dask, 2 workers" if engine == address else engine
        rows.append([name, f"{begun:.2f}", f"{1000 * each:.2f}", f"{worked:.2f}", f"{gained:.2f}"])
    if rows:
        print(table(["engine", "start [s]", "each piece [ms]", f"{COMPILED} compiled pieces [s]", "speed-up [-]"], rows), "\n")
    if whole:
        print(table(["job", "engine", "median [s]", "speed-up [-]", "same bytes"], whole))
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
