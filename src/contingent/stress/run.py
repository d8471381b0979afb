"""Stress a plan, on one screen: its cases, the standard battery, and what they come to in words."""

import hashlib
import time
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl

from contingent.ensemble import Job, run_pieces
from contingent.generation.problem import Floats, build_problem
from contingent.generation.remedies.of_plan import counts_of
from contingent.model.chance import Case
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.plan import Plan, empty_frame
from contingent.plan.columns import frame
from contingent.stress.answers import Answers, Engine, Nations
from contingent.stress.case_answers import CaseAnswer, CaseWork, answer_told, look_at_case
from contingent.stress.cases import lacks_backstop, steps_of, tours_of
from contingent.stress.game import game_of
from contingent.stress.options import Stress, StressOptions
from contingent.stress.participation import has_chances, keys_of_draws, participation
from contingent.stress.sentences import Told, sentences_of, title_of
from contingent.stress.shapley import keys_to_value, orders_of, shapley
from contingent.stress.worst import Sets, Worst, worst_of

FEW_CASES = 4_000
"""Cases times arcs that are worked out in this process whatever the engine: to start another takes longer."""

MOST_TOGETHER = 8
"""Nations that are taken away together to find the fewest whose loss is too much."""

ROUNDING = 1e-6
"""Unit-days, as a share of what is required, below which value and bound are the same. [-]"""


def stress(scenario: Scenario, plan: Plan, options: StressOptions | None = None) -> Stress:
    """Say what breaks a plan: its scenario's cases, the loss of nations alone and together, and who takes part by chance.

    Parameters
    ----------
    scenario : Scenario
        What was planned.
    plan : Plan
        The plan that runs.
    options : StressOptions, optional
        Which cases, how far, with what.

    Raises
    ------
    UnknownName
        If the scenario has no such case.
    BadScenario
        If a case names what the scenario does not have.
    BadPlan
        If the plan has tours that the scenario does not allow.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> from contingent.pipeline import make_plan
    >>> tiny = read_scenario("tiny")
    >>> found = stress(tiny, make_plan(tiny))
    >>> sorted(set(found.stress["kind"]))
    ['nation', 'pair']
    """
    asked, clock = options or StressOptions(), _Laps()
    derived = derive(scenario)
    names = asked.cases if asked.cases is not None else list(dict.fromkeys(row.case for row in scenario.cases))
    steps = tuple(steps_of(scenario, name) for name in names)
    # A case that was not asked for by name, and cannot be told here, is no reason to tell nothing.
    untold = tuple(case for case in steps if asked.cases is None and lacks_backstop(scenario, case))
    steps = tuple(case for case in steps if case not in untold)
    print_of = _fingerprint(derived, scenario, plan, asked.seed)
    cases = _cases(scenario, plan, steps, asked, print_of)
    clock("cases")
    rows = [row for case, answer in zip(steps, cases, strict=True) for row in _case_rows(plan, case, answer)]
    told = Told(derived, plan, steps, untold)
    if not asked.battery:
        return _told(frame("stress", rows), {name: empty_frame(name) for name in _BATTERY}, told, clock)
    problem = build_problem(derived, plan.option)
    game = game_of(problem, counts_of(problem, plan.tours), seed=asked.seed)
    answers = Answers(game, Engine(asked.engine, asked.journal, asked.progress), print_of)
    clock("prices")
    nations = tuple(sorted({nation for part in game.parts for nation in part.nations}))
    sets: list[Nations] = [(), *((nation,) for nation in nations), *combinations(nations, 2)]
    orders = orders_of(asked.seed, nations, asked.orders)
    full, light = keys_to_value(answers, orders)
    draws = keys_of_draws(derived, answers, draws=asked.draws) if has_chances(derived) else []
    full += [key for taken in sets for key in answers.keys(taken)]
    answers.ask(full=full, light=[*light, *(key for row in draws for key in row)])
    clock("plans made anew")
    level = _level(plan, problem.priorities, asked.priority)
    together = _worst(answers, sets, nations, level, asked.together)
    clock("worst together")
    smallest = _smallest(answers, sets, nations, level, asked.threshold, together)
    clock("smallest set")
    rows += [row for taken in sets[1:] for row in _set_rows(plan, answers, taken)]
    worst = [_worst_row(answers, level, size, one) for size, one in enumerate(together, start=1)]
    battery = {
        "stress_worst": frame("stress_worst", worst),
        "stress_smallest": frame("stress_smallest", [smallest] if problem.priorities else []),
        "shapley": frame("shapley", _shapley_rows(answers, nations, orders)),
        "participation": frame("participation", _draw_rows(plan, answers, draws)),
    }
    clock("shares and chances")
    return _told(frame("stress", rows), battery, told, clock)


_BATTERY = ("stress_worst", "stress_smallest", "shapley", "participation")


class _Laps:
    """Seconds by part, each from the end of the one before it. [s]"""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()

    def __call__(self, part: str) -> None:
        self.seconds[part] = time.perf_counter() - self._began
        self._began = time.perf_counter()


def _told(cases: pl.DataFrame, battery: dict[str, pl.DataFrame], told: Told, clock: _Laps) -> Stress:
    frames = {"stress": cases, **battery}
    sentences = sentences_of(frames, told)
    clock("sentences")
    return Stress(
        cases, battery["stress_worst"], battery["stress_smallest"], battery["shapley"], battery["participation"],
        sentences, clock.seconds,
    )  # fmt: skip


def _fingerprint(derived: Scenario, scenario: Scenario, plan: Plan, seed: int) -> str:
    """Return a hash of everything that answers depend on."""
    parts = (derived.fingerprint(), scenario.fingerprint(), plan.option, plan.tours.write_csv(), seed)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _level(plan: Plan, priorities: tuple[int, ...], asked: int | None) -> int:
    if asked is None:
        return 0
    if asked not in priorities:
        raise ValueError(f"priority is {asked}; priorities of this plan: {', '.join(map(str, priorities)) or 'none'}.")
    del plan
    return priorities.index(asked)


# --------------------------------------------------------------------------------------------------------------------- cases


def _cases(
    scenario: Scenario, plan: Plan, steps: Sequence[tuple[Case, ...]], asked: StressOptions, print_of: str
) -> list[CaseAnswer]:
    """Work out all cases."""
    gaps: dict[str, float] = {}
    for line, from_day, until_day, gap in plan.coverage.select("line", "from_day", "until_day", "gap").iter_rows():
        gaps[line] = gaps.get(line, 0.0) + (until_day - from_day) * gap
    work = CaseWork(scenario, tours_of(plan.tours), plan.option, tuple(steps), gaps, asked.seed)
    few = len(steps) < 2 or len(steps) * plan.coverage["line"].n_unique() * len(scenario.nations) <= FEW_CASES
    found = run_pieces(
        Job(look_at_case, work, "stress cases", print_of),
        [{"case": number, "steps": [step.model_dump(mode="json") for step in case]} for number, case in enumerate(steps)],
        engine="here" if few else asked.engine,
        journal=asked.journal,
        progress=None if few else asked.progress,
    )
    return [answer_told(told) for told in found]


def _case_rows(plan: Plan, steps: Sequence[Case], answer: CaseAnswer) -> list[dict[str, object]]:
    nations = dict.fromkeys(nation for step in steps for nation in step.nations)
    return [
        {
            "case": steps[0].case,
            "kind": ";".join(dict.fromkeys(step.kind for step in steps)),
            "title": title_of(steps),
            "nations": ";".join(nations) or None,
            "from_day": min(step.from_day for step in steps),
            "priority": priority,
            "required": float(answer.required[level]),
            "planned": plan.fill_of(priority),
            **_shares(answer.required, answer.left, answer.value, answer.bound, level),
            "tours_lost": answer.lost,
            "tours_changed": answer.changes,
        }
        for level, priority in enumerate(answer.priorities)
    ]


def _shares(required: Floats, left: Floats, value: Floats, bound: Floats, level: int) -> dict[str, object]:
    """Return fill without and with a reaction, its bound, and whether they are the same."""
    proven = value[level] <= bound[level] + ROUNDING * max(1.0, float(required[level]))
    return {
        "no_reaction": share(required, left, level),
        "best_reaction": share(required, value, level),
        "bound": share(required, value if proven else bound, level),
        "status": "optimal" if proven else "feasible",
    }


def share(required: Floats, unfilled: Floats, level: int) -> float:
    """Return the share of a priority that is filled; 1 where nothing is required. [-]"""
    return 1.0 if required[level] == 0 else min(1.0, max(0.0, 1.0 - float(unfilled[level]) / float(required[level])))


# -------------------------------------------------------------------------------------------------------------------- battery


def _set_rows(plan: Plan, answers: Answers, taken: Nations) -> list[dict[str, object]]:
    """Return the rows of a nation, or of a pair, taken away from the start."""
    problem, answer = answers.game.problem, answers.of(taken)
    names = [problem.nations[nation] for nation in taken]
    lost = int(plan.tours["nation"].is_in(names).sum())
    return [
        {
            "case": "without " + " and ".join(names),
            "kind": "nation" if len(taken) == 1 else "pair",
            "title": "Without " + " and ".join(names),
            "nations": ";".join(names),
            "from_day": 0,
            "priority": priority,
            "required": float(problem.required[level]),
            "planned": plan.fill_of(priority),
            **_shares(problem.required, answer.left, answer.value, answer.bound, level),
            "tours_lost": lost,
            "tours_changed": answer.changes,
        }
        for level, priority in enumerate(problem.priorities)
    ]


def _worst(answers: Answers, known: Sequence[Nations], nations: Nations, level: int, together: int) -> list[Worst]:
    """Find the worst sets of each size."""
    if not answers.levels:
        return []
    sets = Sets(answers, nations, level)
    sets.look(known)
    return [worst_of(sets, size) for size in range(1, min(together, len(nations)) + 1)]


def _worst_row(answers: Answers, level: int, size: int, worst: Worst) -> dict[str, object]:
    problem, answer = answers.game.problem, answers.of(worst.nations)
    required = problem.required
    floor = None if worst.others == float("-inf") else share(required, np.full(answers.levels, worst.others), level)
    shares = _shares(required, answer.left, answer.value, answer.bound, level)
    return {
        "together": size,
        "priority": problem.priorities[level],
        "nations": ";".join(problem.nations[nation] for nation in worst.nations),
        **shares,
        "floor": floor,
        "status": "proven" if worst.proven and level == 0 else "within",
        "examined": worst.examined,
        "of": worst.of_all,
    }


def _smallest(
    answers: Answers, known: Sequence[Nations], nations: Nations, level: int, threshold: float, together: Sequence[Worst]
) -> dict[str, object]:
    """Find the fewest nations whose loss brings a priority below a threshold."""
    problem = answers.game.problem
    row: dict[str, object] = {"threshold": threshold, "status": "proven"}
    if not answers.levels:
        return row
    row["priority"] = problem.priorities[level]
    limit = (1.0 - threshold) * float(problem.required[level])
    sets = Sets(answers, nations, level)
    sets.look(known)
    proven = True
    for size in range(min(MOST_TOGETHER, len(nations)) + 1):
        known_worst = together[size - 1] if 0 < size <= len(together) else None
        worst = known_worst or worst_of(sets, size, enough=limit)
        answer = answers.of(worst.nations)
        if answer.value[level] > limit + ROUNDING * float(problem.required[level]):
            surely = answer.bound[level] > limit
            row |= {
                "count": size,
                "nations": ";".join(problem.nations[nation] for nation in worst.nations),
                **_shares(problem.required, answer.left, answer.value, answer.bound, level),
                "status": "proven" if proven and surely and level == 0 else "within",
            }
            return row
        # None of this size is enough, if not even the others could be.
        proven = proven and worst.others <= limit + ROUNDING * float(problem.required[level])
    return row | {"status": "proven" if proven and level == 0 and len(nations) <= MOST_TOGETHER else "within"}


def _shapley_rows(answers: Answers, nations: Nations, orders: Sequence[Nations]) -> list[dict[str, object]]:
    if not nations:
        return []
    problem, shares = answers.game.problem, shapley(answers, orders)
    return [
        {
            "nation": problem.nations[nation],
            "priority": priority,
            "value": _part(shares.value[nation, level], problem.required[level]),
            "low": _part(shares.low[nation, level], problem.required[level]),
            "high": _part(shares.high[nation, level], problem.required[level]),
            "orders": shares.orders,
        }
        for nation in nations
        for level, priority in enumerate(problem.priorities)
    ]


def _part(unit_days: float, required: float) -> float:
    return 0.0 if required == 0 else float(unit_days) / float(required)


def _draw_rows(plan: Plan, answers: Answers, draws: Sequence[Sequence[tuple[int, tuple[int, ...]]]]) -> list[dict[str, object]]:
    if not draws:
        return []
    problem = answers.game.problem
    left, value = participation(answers, [list(row) for row in draws])
    rows: list[dict[str, object]] = []
    for level, priority in enumerate(problem.priorities):
        fills = np.array([share(problem.required, row, level) for row in value])
        idle = np.array([share(problem.required, row, level) for row in left])
        rows.append({
            "priority": priority,
            "planned": plan.fill_of(priority),
            "no_reaction": float(idle.mean()),
            "mean": float(fills.mean()),
            "p05": float(np.quantile(fills, 0.05)),
            "p95": float(np.quantile(fills, 0.95)),
            "draws": len(draws),
        })
    return rows

