"""Our simulation beside a SimPy model and a NumPy model of the same rules, in one run: ``python benchmarks/simulation.py``.

The three play the medium option of the reference scenario with those chances that all of them know: offers that materialise,
nations that withdraw, late tours, failed checks, dispatch of whoever has been at home longest. Then ours alone plays all that the
scenario leaves to chance, on one thread and on two.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.simulation.simpy_model import Model
from tests.simulation.simpy_parts import OtherDraws

from contingent.io import read_scenario
from contingent.model.chance import Policy
from contingent.model.scenario import Scenario
from contingent.pipeline import derive, make_plan
from contingent.plan import Plan, PlanOptions
from contingent.simulation import SimulationOptions, simulate
from numpy_model import NumpyModel
from tables import table

PLAIN = Policy(policy="plain", late_probability=0.1, late_days=14, fail_probability=0.03, dispatch="longest_dwell")
"""The chances of units that all three know."""


def plain(scenario: Scenario) -> Scenario:
    """The scenario with those chances alone that all three know, and no ceilings or lines that one nation must hold."""
    lines = tuple(row.model_copy(update={"hold": "any"}) for row in scenario.requirements)
    nations = tuple(row.model_copy(update={"personnel_ceiling": None}) for row in scenario.nations)
    none = dict.fromkeys(("phases", "cycles", "calls"), ())
    return scenario.model_copy(update={"policies": (PLAIN,), "requirements": lines, "nations": nations} | none)


def repeated(play: Callable[[int], float], seconds: float) -> tuple[list[float], float]:
    """Play replications until the time is over; return their fill and the processor time of one. [s]"""
    began, fills = process_time(), []
    while not fills or process_time() - began < seconds:
        fills.append(play(len(fills)))
    return fills, (process_time() - began) / len(fills)


def fill_of(model: Model) -> float:
    """Filled over required unit-days of a replication of the SimPy model."""
    asked = sum(line.row.quantity * max(0, line.until - line.row.from_day) for line in model.lines)
    return sum(sum(line.daily) for line in model.lines) / asked


def ours(scenario: Scenario, plan: Plan, replications: int, engine: str) -> tuple[float, float, float, int]:
    """Mean fill, wall time and processor time, and unit-days. [s], [s], [unit-days]"""
    began, spent = perf_counter(), process_time()
    risk = simulate(scenario, plan, SimulationOptions(replications=replications, engine=engine))
    rows = risk.risk_summary.filter((risk.risk_summary["measure"] == "fill") & risk.risk_summary["priority"].is_null())
    return rows["mean"].item(), perf_counter() - began, process_time() - spent, risk.unit_days


def main() -> None:
    """Run everyone, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=10_000, help="of ours (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each of the others (default: %(default)s)")
    options = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("contingent", "numba", "numpy", "simpy"))
    print(f"# Simulation\n\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; {libraries}\n")
    scenario = derive(read_scenario("reassurance"))
    plan = make_plan(scenario, PlanOptions(option="medium", replications=0, remedies=False))
    simple = plain(scenario)
    ours(simple, plan, 2, "here")  # compiled code is kept on disk; nobody is to wait for the compiler
    mean, _, spent, unit_days = ours(simple, plan, 500, "here")
    rate = unit_days / spent
    in_numpy = NumpyModel(simple, plan)
    per_replication = unit_days / 500
    rows = [("ours", "500", f"{mean:.4f}", "", f"{rate:,.0f}", "1")]
    rivals: dict[str, Callable[[int], float]] = {
        "NumPy, days by units": lambda number: in_numpy.play(np.random.default_rng(number)),
        "SimPy": lambda number: fill_of(Model(simple, plan, OtherDraws(number)).play()),
    }
    for name, play in rivals.items():
        fills, each = repeated(play, options.seconds)
        error = float(np.std(fills, ddof=1) / np.sqrt(len(fills))) if len(fills) > 1 else float("nan")
        other = per_replication / each
        rows.append((name, str(len(fills)), f"{np.mean(fills):.4f}", f"{error:.4f}", f"{other:,.0f}", f"{rate / other:,.0f}"))
    print("## The same rules, one core\n")
    print(table(["model", "replications", "mean fill", "standard error", "unit-days a second", "ours is faster by"], rows))
    print("\n## All that the scenario leaves to chance\n")
    rows = []
    for engine in ("here", "threads:2"):
        mean, wall, spent, unit_days = ours(scenario, plan, options.replications, engine)
        figures = (f"{mean:.4f}", f"{wall:.1f}", f"{spent:.1f}", f"{unit_days / wall:,.0f}")
        rows.append((engine, f"{options.replications:,}", *figures))
    print(table(["engine", "replications", "mean fill", "seconds", "processor seconds", "unit-days a second"], rows))


if __name__ == "__main__":
    main()
