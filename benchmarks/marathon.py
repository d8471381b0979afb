"""How fast MARATHON's projects run here: ``python benchmarks/marathon.py --help``.

Two generated projects of the sizes at which MARATHON itself was timed: its published random runs (57 units of one type over 967
days, 624 runs; 62 to 80 s in warm MARATHON) and a whole army (6,159 units, 11,686 demands, 5,001 days; 465 s). The data are drawn
from a seed and have the structure of such projects, not their content: policies by component and period, substitution between
types, rotations in peace, a surge, demands of every length. Compiled code is on the disk already when the clock starts. A table
in Markdown goes to standard output.
"""

import argparse
import platform
import random
import statistics
import time
from collections.abc import Callable

from contingent.simulation.marathon import random_runs, run
from contingent.simulation.marathon.project import (
    INFINITE,
    Demand,
    MarathonProject,
    Parameters,
    Period,
    Policy,
    Relation,
    Schedule,
    Supply,
)

RUNS, PUBLISHED_DAYS, PUBLISHED_UNITS = 624, 967, {"AC": 22, "NG": 22, "RC": 13}
ARMY_UNITS, ARMY_DEMANDS, ARMY_DAYS, ARMY_TYPES = 6_159, 11_686, 5_001, 420
SHARES = {"AC": 0.5, "NG": 0.3, "RC": 0.2}
REPEATS = 3


def policies() -> tuple[tuple[Policy, ...], tuple[Schedule, ...]]:
    """Return the policies of the field, and their schedules over three periods."""
    atomic = (
        Policy("AC12", "AC12", 1095, 730, 365, 730, 1095, 45, 90),
        Policy("RC14", "RC14", 1825, 1460, 270, 1460, 1825, 45, 90),
        Policy("MaxUtilization", "MaxUtilization", INFINITE, 0, 365, 0, INFINITE, 45, 0),
        Policy("RCSurge", "RC14", 148, 118, INFINITE, 118, INFINITE, 0, 0,
               {"Reset": -355, "Train": -325, "Ready": -662, "Available": INFINITE}),
    )  # fmt: skip
    schedules = (
        Schedule("AC", (("PreSurge", "AC12"), ("Surge", "MaxUtilization"), ("PostSurge", "AC12"))),
        Schedule("Reserve", (("PreSurge", "RC14"), ("Surge", "RCSurge"), ("PostSurge", "RC14"))),
    )
    return atomic, schedules


def periods(surge: int, post: int) -> tuple[Period, ...]:
    """Return a surge between two days, and what lies before and after it."""
    return (
        Period("Initialization", 0, 0), Period("PreSurge", 1, surge - 1), Period("Surge", surge, post - 1),
        Period("PostSurge", post),
    )  # fmt: skip


def published() -> MarathonProject:
    """Return a project of the size of MARATHON's published random runs."""
    atomic, schedules = policies()
    supply = tuple(
        Supply("Q", component, units, "AC" if component == "AC" else "Reserve") for component, units in PUBLISHED_UNITS.items()
    )
    chance, demands, day = random.Random(1), [], 1
    while day < 822:
        length = min(chance.choice((60, 90, 120, 180)), 822 - day)
        demands += [Demand("Q", chance.randint(1, 4), day, length, number + 1, f"Rotation{number}") for number in range(3)]
        day += length
    demands += [Demand("Q", 8, 822, PUBLISHED_DAYS - 821, 3, "Edgar", "Uniform", "Edgar"),
                Demand("Q", 14, 852, PUBLISHED_DAYS - 851, 1, "Major", "AC-First", "Major")]  # fmt: skip
    return MarathonProject(supply, tuple(demands), atomic, periods(822, 1200), schedules, parameters=Parameters(2000))


def whole_army(*, seed: int = 1) -> MarathonProject:
    """Return a project of the size of a whole army; the same seed draws the same one."""
    chance = random.Random(seed)
    atomic, schedules = policies()
    types = [f"{number:05d}K000" for number in range(ARMY_TYPES)]
    weights = [chance.paretovariate(1.2) for _ in types]
    share = ARMY_UNITS / sum(weights)
    sizes = [max(1, round(weight * share)) for weight in weights]
    sizes[sizes.index(max(sizes))] += ARMY_UNITS - sum(sizes)
    supply = []
    for name, size in zip(types, sizes, strict=True):
        numbers = {component: int(size * part) for component, part in SHARES.items()}
        numbers["AC"] += size - sum(numbers.values())
        supply += [
            Supply(name, component, units, "AC" if component == "AC" else "Reserve")
            for component, units in numbers.items()
            if units
        ]
    places, demands = chance.choices(range(ARMY_TYPES), sizes, k=ARMY_DEMANDS - ARMY_TYPES), []
    for number, place in enumerate([*range(ARMY_TYPES), *places]):
        start, length = chance.randint(1, ARMY_DAYS - 200), chance.choice((90, 180, 365, 730, 1095))
        rule = chance.choice(("Uniform", "AC-First", "NG-First", "RC-First", "NOT-AC-MIN"))
        category = "NonBOG" if rule == "NOT-AC-MIN" else "Rotational"
        demands.append(Demand(types[place], max(1, round(sizes[place] * chance.uniform(0.01, 0.06))), start,
                              min(length, ARMY_DAYS - start), chance.randint(1, 5), f"V{number}", rule,
                              f"G{number % 40}" if number % 3 else "UnGrouped", category))  # fmt: skip
    relations = tuple(
        Relation("sub", types[number], types[number - 1], float(chance.randint(1, 3))) for number in range(1, ARMY_TYPES, 2)
    )
    return MarathonProject(
        tuple(supply), tuple(demands), atomic, periods(2001, 2900), schedules, relations, Parameters(ARMY_DAYS)
    )


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Median of a few runs. [s]"""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="runs of which the median is told")
    parser.add_argument("--threads", type=int, default=1, help="random runs at a time")
    asked = parser.parse_args()
    small, army = published(), whole_army()
    random_runs(small, replications=1)
    run(small)
    single = run(small)
    of_runs = median_seconds(lambda: random_runs(small, replications=RUNS, threads=asked.threads), asked.repeats)
    found = run(army)
    engine = median_seconds(lambda: run(army), asked.repeats)
    began = time.perf_counter()
    rows = found.demand_fill.height + found.trends.height
    frames = time.perf_counter() - began
    print(f"Python {platform.python_version()}, {platform.machine()}; median of {asked.repeats}.\n")
    print(
        "| project | units | demands | days | runs | deployments | seconds | deployments a second |\n" + "|---" * 8 + "|"
    )
    for name, first, runs, seconds in (("published size", single, RUNS, of_runs), ("whole army", found, 1, engine)):
        parts, sent = first.prepared, first.deployments.height * runs
        print(f"| {name} | {len(parts.units):,} | {len(parts.demands):,} | {parts.last_day:,} | {runs} | {sent:,} "
              f"| {seconds:.2f} | {sent / seconds:,.0f} |")  # fmt: skip
    print(f"\nDaily fill and trends of the whole army ({rows:,} rows) are made in {frames:.1f} s more, when they are asked for.")


if __name__ == "__main__":
    main()
