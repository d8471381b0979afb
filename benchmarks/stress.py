"""How long the stress battery takes on the bundled scenario, and how near its answers are to proven.

    .venv/bin/python benchmarks/stress.py --option medium --engine processes:2 --runs 3

The plan is made first and not counted. Every nation, every pair, the worst one to three together, the smallest set, Shapley
values and draws of who takes part are; cases are counted apart.
"""

import argparse
import statistics
import time

from contingent.ensemble import default_engine
from contingent.io import read_scenario
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.stress import Stress, StressOptions, stress


def gaps(found: Stress) -> dict[str, float]:
    """Distance of best reaction and bound of the first priority: mean and largest, over nations and pairs. [-]"""
    first = min(found.stress["priority"].to_list())
    mine = found.stress.filter((found.stress["priority"] == first) & found.stress["kind"].is_in(["nation", "pair"]))
    apart = (mine["bound"] - mine["best_reaction"]).to_list()
    return {"mean": statistics.mean(apart), "largest": max(apart)} if apart else {"mean": 0.0, "largest": 0.0}


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="reassurance", help="scenario (default: %(default)s)")
    parser.add_argument("--option", default="medium", help="option (default: %(default)s)")
    parser.add_argument("--engine", default=default_engine(), help="engine (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs that are counted (default: %(default)s)")
    options = parser.parse_args()
    scenario = read_scenario(options.scenario)
    began = time.perf_counter()
    plan = make_plan(scenario, PlanOptions(option=options.option, remedies=False))
    print(f"plan: {time.perf_counter() - began:.1f} s, not counted")
    battery = StressOptions(cases=(), engine=options.engine)
    seconds, found = [], None
    for run in range(options.runs + 1):
        began = time.perf_counter()
        found = stress(scenario, plan, battery)
        taken = time.perf_counter() - began
        if run:  # compiled code is on disk after the first
            seconds.append(taken)
        print(f"battery{'' if run else ', not counted'}: {taken:.1f} s:", {k: round(v, 1) for k, v in found.seconds.items()})
    assert found is not None
    apart = gaps(found)
    sets = found.stress.filter(found.stress["kind"].is_in(["nation", "pair"]))["case"].n_unique()
    print(f"\n{options.scenario}, {options.option}: {sets} sets of one and two nations, engine {options.engine}")
    print(f"median {statistics.median(seconds):.1f} s of {len(seconds)} runs")
    print(f"first priority, best reaction to bound: mean {apart['mean']:.2%}, largest {apart['largest']:.2%}")
    for row in found.stress_worst.to_dicts():
        reached = f"{row['best_reaction']:.3f} to {row['bound']:.3f}, others {row['floor']:.3f}"
        print(f"worst {row['together']}: {row['nations']} {reached}, {row['status']}, {row['examined']} of {row['of']}")
    if scenario.cases:
        began = time.perf_counter()
        stress(scenario, plan, StressOptions(battery=False, engine=options.engine))
        print(f"{len({row.case for row in scenario.cases})} cases: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
