"""One planner on one generated scenario, in a process of its own: `run.py` starts these and reads what they print.

    python one_run.py PLANNER SIZE SEED SECONDS

Each line printed is a JSON object: ``value`` and ``bound`` with the second at which the solver had them, and last ``end``
with the score. Building the scenario and loading libraries is not on the clock; building the model is.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

from columns import Columns, Score, columns_of, columns_of_tours, scored
from contingent.model.scenario import Scenario
from instances import build

RIVALS = {
    "highs_counted": ("rivals.highs", "plan_counted"),
    "highs_named": ("rivals.highs", "plan_named"),
    "cpsat_counted": ("rivals.cpsat", "plan_counted"),
    "cpsat_named": ("rivals.cpsat", "plan_named"),
}
MIB = 1024
"""`getrusage` counts in KiB on Linux."""


def say(**what: Any) -> None:
    """Print one line for `run.py`."""
    print(json.dumps(what), flush=True)


def finish(*, seconds: float, peak_mib: float, score: Score, status: str, goals: list[dict[str, Any]]) -> None:
    """Print the last line."""
    say(
        event="end", seconds=seconds, peak_mib=peak_mib, status=status, goals=goals, unfilled=score.unfilled,
        required=score.required, weighted_fill=score.weighted_fill, broken=score.broken,
    )


def peak_mib() -> float:
    """Return the most memory that this process has held so far. [MiB]"""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


def run_contingent(scenario: Scenario, *, seed: int, time_limit: float) -> None:
    """Plan with this package, every goal, and print what its tours come to by the benchmark's own count."""
    from contingent.generation import generate
    from contingent.plan import PlanOptions

    began = time.perf_counter()
    plan = generate(scenario, PlanOptions(time_limit=time_limit, seed=seed, remedies=False))
    seconds = time.perf_counter() - began
    peak = peak_mib()
    tours = plan.tours.select("offer", "line", "from_day").iter_rows()
    columns, units, broken = columns_of_tours(scenario, tours)
    score = scored(columns, units)
    score.broken.extend(broken)
    goals = [asdict(goal) for goal in plan.goals]
    fill = [goal for goal in plan.goals if goal.name.startswith("unfilled")]
    status = "; ".join(dict.fromkeys(goal.status for goal in fill))
    finish(seconds=seconds, peak_mib=peak, score=score, status=status, goals=goals)


def run_greedy(columns: Columns) -> None:
    """Plan as a spreadsheet does."""
    from rivals.greedy import plan

    began = time.perf_counter()
    units = plan(columns)
    seconds = time.perf_counter() - began
    finish(seconds=seconds, peak_mib=peak_mib(), score=scored(columns, units), status="no bound", goals=[])


def run_solver(solve: Callable[..., Any], columns: Columns, *, time_limit: float) -> None:
    """Plan by a solver on the textbook model, and print each better value and bound when it is found."""
    from rivals.matrix import TooLarge

    began = time.perf_counter()

    def note(kind: str, amount: float) -> None:
        say(event=kind, seconds=time.perf_counter() - began, weighted_unfilled=amount)

    try:
        units, status = solve(columns, time_limit=time_limit, note=note)
    except TooLarge as error:
        say(event="not_built", reason=str(error))
        return
    seconds = time.perf_counter() - began
    finish(seconds=seconds, peak_mib=peak_mib(), score=scored(columns, units), status=status, goals=[])


def main(planner: str, size: str, seed: int, time_limit: float) -> None:
    """Run one planner and print what it finds."""
    solve = None
    if planner in RIVALS:
        module, name = RIVALS[planner]
        solve = getattr(import_module(module), name)
    elif planner == "contingent":
        import_module("contingent.generation")
    scenario = build(size, seed)
    say(event="began", peak_mib=peak_mib())
    if solve is not None:
        run_solver(solve, columns_of(scenario), time_limit=time_limit)
    elif planner == "contingent":
        run_contingent(scenario, seed=seed, time_limit=time_limit)
    else:
        run_greedy(columns_of(scenario))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
