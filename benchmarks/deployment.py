"""How well and how fast movement is scheduled and bounded: ``python benchmarks/deployment.py --help``.

The tours of a plan of the bundled scenario, their parts sent over its network: the first 180 days, five years, and the first 180
days with every unit ten times over. Beside it a plain dispatcher, who sends parts in the order in which they are ready, each
on the first of six fast ways, reckoned as if nothing were full, on which it has room at all; and the linear model written out by
arc and day through the modelling layer of highspy, for as many parts as asked for, in whole days rounded down. A table in
Markdown goes to standard output.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import highspy
import numpy as np
import polars as pl

from contingent.deployment.bound import bound
from contingent.deployment.insert_kernel import free_from, passes
from contingent.deployment.parts import SELF, parts_of
from contingent.deployment.problem import AFTER_DAYS, Problem, build_problem
from contingent.deployment.schedule import Schedule, orders_of
from contingent.deployment.search_kernel import NEVER_DAYS
from contingent.io import read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions

FIRST_DAYS = 180
ROUNDS_A_PART, MOST_ROUNDS, ROUNDS = 20, 20_000, 60
"""Rounds of search for each part, at most; rounds of the bound."""
SPAN = 45
"""Days after a part is ready that the written-out model looks at. [days]"""


def dispatched(problem: Problem) -> tuple[float, float]:
    """Return the weighted days of lateness of the plain dispatcher's schedule, and the seconds that it took."""
    began = time.perf_counter()
    _, _, _, days, after_days, fleet, _, share, busy, *handled = problem.graph
    used = np.zeros_like(problem.capacity)
    value = 0.0
    order = sorted(range(len(problem.parts)), key=lambda at: (problem.parts[at].ready, at))
    for at in order:
        part = problem.parts[at]
        if part.kind == SELF or problem.arrays[0][at] < 0 or problem.arrays[1][at] < 0:
            continue
        arcs = first_way(problem, at)
        now = np.inf if arcs is None else float(part.ready)
        for arc in arcs or ():
            for side in (0, 2):
                if side == 2:
                    if fleet[arc] >= 0 and busy[arc] > 0 and now < np.inf:
                        now = ride(problem, used, int(fleet[arc]), part.size * float(share[arc]), now, float(busy[arc]))
                    now += float(days[arc])
                for which in range(2):
                    name, amount = int(handled[side][arc, which]), part.size * float(handled[side + 1][arc, which])
                    if name >= 0 and now < np.inf:
                        now = pass_through(problem, used, name, amount, now)
            now += float(after_days[arc])
        value += part.weight * (max(0.0, now - part.required) if now < np.inf else NEVER_DAYS)
    return value, time.perf_counter() - began


def first_way(problem: Problem, at: int) -> list[int] | None:
    """Return the arcs of the first of six fast ways on whose fleets a part has room."""
    fleet, share, busy = (problem.graph[column] for column in (5, 7, 8))
    part = problem.parts[at]
    for way in problem.network.ways(part.kind, part.origin or "", part.destination or "", at_most=6, nation=part.nation):
        arcs = [problem.first_arc[part.kind] + own for own in way.arcs]
        needed = ((fleet[arc], part.size * share[arc] * min(1.0, busy[arc])) for arc in arcs if fleet[arc] >= 0)
        if all(amount <= problem.capacity[name, -1] + 1e-7 for name, amount in needed):
            return arcs
    return None


def pass_through(problem: Problem, used: np.ndarray, name: int, amount: float, now: float) -> float:
    """Take what is left of a resource from a time on; return when all has passed."""
    then = float(passes(problem.capacity, used, name, amount, now))
    day = int(now)
    while amount > 0 and then < np.inf and day <= int(then):
        taken = min(amount, max(0.0, problem.capacity[name, day] - used[name, day]))
        used[name, day] += taken
        amount -= taken
        day += 1
    return then


def ride(problem: Problem, used: np.ndarray, name: int, amount: float, now: float, busy: float) -> float:
    """Take a share of a fleet as soon as it is free; return from when on."""
    if amount * min(1.0, busy) > problem.capacity[name, -1] + 1e-7:
        return np.inf
    begins = float(free_from(problem.capacity, used, name, amount, now, busy))
    if begins < np.inf:
        for day in range(int(begins), int(np.ceil(begins + busy))):
            used[name, day] += amount * max(0.0, min(begins + busy, day + 1.0) - max(begins, float(day)))
    return begins


def written_out(problem: Problem, how_many: int) -> tuple[int, float, float]:
    """Write the model of the first parts out by arc and day; return its columns, and the seconds to build and to solve it."""
    began = time.perf_counter()
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    flow: dict[tuple[int, int, int], list[tuple[int, float]]] = {}
    load: dict[tuple[int, int], list[tuple[int, float]]] = {}
    cost: list[float] = []
    for part in problem.sendable()[:how_many]:
        for price, ends, taken in columns_of(problem, int(part)):
            for place, amount in ends:
                flow.setdefault(place, []).append((len(cost), amount))
            for key, amount in taken:
                load.setdefault(key, []).append((len(cost), amount))
            cost.append(price)
    used = model.addVariables(len(cost), lb=0.0, obj=cost, out_array=True)
    for (part, node, day), terms in flow.items():
        begins = node == problem.arrays[0][part] and day == int(problem.arrays[2][part])
        model.addConstr(model.qsum([used[at] * amount for at, amount in terms]) == (-1.0 if begins else 0.0))
    for key, terms in load.items():
        model.addConstr(model.qsum([used[at] * amount for at, amount in terms]) <= float(problem.capacity[key]))
    built = time.perf_counter()
    model.run()
    return len(cost), built - began, time.perf_counter() - built


Ends = list[tuple[tuple[int, int, int], float]]
Taken = list[tuple[tuple[int, int], float]]


def columns_of(problem: Problem, part: int) -> Iterator[tuple[float, Ends, Taken]]:
    """Staying, arriving, waiting and going of a part: cost, what it brings to a node on a day, what it takes."""
    _, head, tail, days, after_days, fleet, nation, share, busy, *handled = problem.graph
    origin, goal, ready, size, of_nation, first_node, row, to_go, _ = problem.arrays
    rest = to_go[row[part]]
    begin, end = int(ready[part]), min(problem.days - 1, int(ready[part]) + SPAN)
    reach = set(np.flatnonzero(np.isfinite(rest)) + first_node[part])
    yield problem.weight[part] * NEVER_DAYS, [((part, origin[part], begin), -1.0)], []
    for day in range(begin, end + 1):
        yield problem.weight[part] * max(0.0, day - problem.required[part]), [((part, goal[part], day), -1.0)], []
        if day < end:
            yield from ((0.0, [((part, node, day), -1.0), ((part, node, day + 1), 1.0)], []) for node in sorted(reach))
    for arc in np.flatnonzero(np.isin(tail, sorted(reach)) & np.isin(head, sorted(reach))):
        if nation[arc] >= 0 and nation[arc] != of_nation[part]:
            continue
        for day in range(begin, end + 1):
            there = day + int(days[arc] + after_days[arc])
            if there > end:
                break
            amounts: dict[tuple[int, int], float] = {}
            for side, on in ((0, day), (2, there)):
                for which in range(2):
                    if handled[side][arc, which] >= 0:
                        key = (int(handled[side][arc, which]), on)
                        amounts[key] = amounts.get(key, 0.0) + size[part] * handled[side + 1][arc, which]
            for away in range(int(busy[arc]) if fleet[arc] >= 0 else 0):
                if day + away < problem.days:
                    amounts[int(fleet[arc]), day + away] = size[part] * share[arc]
            yield 0.0, [((part, tail[arc], day), -1.0), ((part, head[arc], there), 1.0)], list(amounts.items())


def measured(scenario: Scenario, tours: pl.DataFrame, *, until: int, times: int, limit: float) -> str:
    """Schedule, bound and dispatch; return a row of the table."""
    copies = [tours.with_columns(pl.col("unit") + (f" ({copy})" if copy else "")) for copy in range(times)]
    parts = parts_of(scenario, pl.concat(copies), until=until)
    problem = build_problem(scenario, parts, days=until + AFTER_DAYS)
    began = time.perf_counter()
    schedule = Schedule(problem)
    among = problem.sendable()
    schedule.best_list(among, orders_of(problem, among))
    value = schedule.improve(among, rounds=min(MOST_ROUNDS, ROUNDS_A_PART * len(among)), seed=0)
    sent = time.perf_counter() - began
    found = bound(problem, schedule.sent(), rounds=ROUNDS, time_limit=limit)
    greedy, took = dispatched(problem)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return (
        f"| {until} days, {times} x | {len(among):,} | {value:,.0f} | {sent:.1f} s "
        f"| {found.value:,.0f} | {found.seconds:.1f} s | {100 * (value / found.value - 1):.1f} % "
        f"| {greedy:,.0f} | {took:.1f} s | {peak:.2f} GiB |"
    )  # fmt: skip


def main() -> None:
    """Print a table of what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--option", default="medium")
    parser.add_argument("--tours", type=Path, help="tours.parquet of a plan, instead of making one")
    parser.add_argument("--times", type=int, default=10, help="how often every unit goes in the last run; 1: first days only")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds after which no round of the bound begins")
    parser.add_argument("--written-out", type=int, default=2, help="parts for which the model is written out by arc and day")
    asked = parser.parse_args()
    scenario = derive(read_scenario("reassurance"))
    options = PlanOptions(option=asked.option, remedies=False, onward=False)
    if asked.tours:
        tours = pl.read_parquet(asked.tours)
    else:
        tours = make_plan(read_scenario("reassurance"), options).tours
    print("| what | parts | schedule | time | bound | time | gap | plain dispatcher | time | peak memory |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    measured(scenario, tours, until=FIRST_DAYS, times=1, limit=0.0)  # Kernels are compiled.
    runs = [(FIRST_DAYS, 1)]
    if asked.times > 1:
        runs += [(scenario.horizon.days, 1), (FIRST_DAYS, asked.times)]
    for until, times in runs:
        print(measured(scenario, tours, until=until, times=times, limit=asked.limit), flush=True)
    if asked.written_out:
        problem = build_problem(scenario, parts_of(scenario, tours, until=FIRST_DAYS), days=FIRST_DAYS + AFTER_DAYS)
        columns, built, solved = written_out(problem, asked.written_out)
        print(f"\nWritten out for {asked.written_out} parts: {columns:,} columns, built in {built:.1f} s,", end=" ")
        print(f"solved in {solved:.1f} s.")


if __name__ == "__main__":
    main()
