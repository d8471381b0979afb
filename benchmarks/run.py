"""Our planner beside rivals, on generated scenarios, in one run: ``python benchmarks/run.py --help``.

Every planner runs in a process of its own, one after the other, under the same time limit. Tables in Markdown go to standard
output, everything that was measured to ``--json``. How to read them: README.md beside this file.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from columns import PRIORITY_WEIGHTS
from instances import SIZES
from measuring import Run, measured, whole_command
from tables import NAMES, report, table

SOLVERS = ("highs_counted", "highs_named", "cpsat_counted", "cpsat_named")
MOMENTS = (0.0, 1.0, 10.0, 60.0)
"""Time limits at which our planner is run, as far as the limit goes; 0 = as soon as it has a plan. [s]"""
LIBRARIES = ("contingent", "highspy", "ortools", "numba", "numpy", "polars")


def runs_of(size: str, *, seed: int, limit: float) -> list[Run]:
    """Run everyone on one size, one after the other."""
    limits = [*(moment for moment in MOMENTS if moment < limit), limit]
    order = [("greedy", limit), *(("contingent", one) for one in limits), *((solver, limit) for solver in SOLVERS)]
    runs = []
    for planner, one in order:
        print(f"{size}: {NAMES[planner]}, {one:g} s ...", file=sys.stderr, flush=True)
        runs.append(measured(planner, size, seed=seed, limit=one))
    return runs


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = [*SIZES, "small+medium", "all"]
    parser.add_argument("--size", choices=sizes, default="small+medium", help="which scenarios (default: %(default)s)")
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for each planner (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of scenarios and planners (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="file for everything that was measured")
    options = parser.parse_args()
    sizes = {"all": list(SIZES), "small+medium": ["small", "medium"]}.get(options.size, [options.size])
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"# Benchmark\n\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; {libraries}")
    weights = ", ".join(f"{weight:g} for priority {level}" for level, weight in PRIORITY_WEIGHTS.items())
    print(f"\nTime limit {options.time_limit:g} s, seed {options.seed}. Weights: {weights}.\n", flush=True)
    # Compiled code is kept on disk: this run, which is not counted, sees to it that nobody waits for the compiler.
    measured("contingent", "small", seed=options.seed, limit=1.0)
    everything = []
    for size in sizes:
        runs = runs_of(size, seed=options.seed, limit=options.time_limit)
        everything += runs
        print(report(size, runs), end="\n\n", flush=True)
    waits = whole_command()
    print("## What a user waits for\n")
    print(table(["what", "seconds"], waits))
    if options.json:
        measurements = {"runs": [asdict(run) for run in everything], "waits": waits}
        options.json.write_text(json.dumps(measurements, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
