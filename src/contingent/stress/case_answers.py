"""What becomes of the plan in each case: where nobody reacts, and planned anew with few changes to what runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from contingent.ensemble import Piece
from contingent.generation.problem import Floats, Problem, build_problem
from contingent.generation.remedies.of_plan import counts_of
from contingent.generation.replan import bounds_from_day, prices_of_family, replan
from contingent.model.chance import Case
from contingent.model.scenario import Scenario
from contingent.stress.answers import FamilyAnswer, total_bound
from contingent.stress.cases import Running, Tour, happened, pinned
from contingent.stress.game import WORTH, Part, game_of

TAKES_AWAY = frozenset({"nation_withdraws", "offer_gone", "backstop_gone", "offer_late", "link_closes"})
"""Kinds that only take away: a reaction need not fill more than the plan did."""


@dataclass(frozen=True)
class CaseWork:
    """What all cases read.

    Parameters
    ----------
    scenario : Scenario
        As it was read.
    tours : tuple of Tour
        Of the plan.
    option : str or None
        That was planned.
    steps : tuple of tuple of Case
        The cases.
    gaps : mapping of str to float
        Unit-days that the plan leaves unfilled, by line. [unit-days]
    seed : int
        Of every random choice.
    """

    scenario: Scenario
    tours: tuple[Tour, ...]
    option: str | None
    steps: tuple[tuple[Case, ...], ...]
    gaps: Mapping[str, float]
    seed: int


@dataclass(frozen=True)
class CaseAnswer:
    """What becomes of the plan in one case, by priority. [unit-days], shape (levels,)"""

    priorities: tuple[int, ...]
    required: Floats
    left: Floats
    value: Floats
    bound: Floats
    lost: int
    changes: int


def look_at_case(work: CaseWork, piece: Piece) -> dict[str, Any]:
    """Work out one case, as the job has it."""
    steps = work.steps[int(piece["case"])]
    answer = answer_to(work, steps)
    return {
        "priorities": list(answer.priorities), "required": answer.required, "left": answer.left, "value": answer.value,
        "bound": answer.bound, "lost": answer.lost, "changes": answer.changes,
    }  # fmt: skip


def answer_told(told: Mapping[str, Any]) -> CaseAnswer:
    """Return an answer from what the job told."""
    required, left, value, bound = (np.asarray(told[name], dtype=np.float64) for name in ("required", "left", "value", "bound"))
    priorities = tuple(int(priority) for priority in told["priorities"])
    return CaseAnswer(priorities, required, left, value, bound, int(told["lost"]), int(told["changes"]))


def answer_to(work: CaseWork, steps: Sequence[Case]) -> CaseAnswer:
    """Work out one case."""
    day = min(step.from_day for step in steps)
    running = happened(Running(work.scenario, work.tours), steps)
    scenario = pinned(running, day)
    problem = build_problem(scenario, work.option)
    slot = int(np.searchsorted(problem.slot_day, day, side="right")) - 1
    rows = [{"offer": tour.offer, "line": tour.line, "from_day": tour.from_day} for tour in running.tours]
    counts = counts_of(problem, _frame(rows))
    game = game_of(problem, counts, seed=work.seed)
    only_less = all(step.kind in TAKES_AWAY for step in steps)
    none = np.zeros(len(problem.priorities))
    parts = [
        _reaction(part, _target(part.problem, work.gaps) if only_less else none, day, slot, work.seed) for part in game.parts
    ]
    left = game.nobody + sum((part.left for part in parts), none)
    value = game.nobody + sum((part.value for part in parts), none)
    return CaseAnswer(
        problem.priorities,
        problem.required,
        left,
        value,
        total_bound(parts, value, game.nobody),
        lost=len(work.tours) - sum(not tour.is_cut for tour in running.tours),
        changes=sum(part.changes for part in parts),
    )


def _frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"offer": pl.String, "line": pl.String, "from_day": pl.Int64})


def _from_slot(problem: Problem, day: int) -> Problem:
    """Return the problem in which no tour begins anew before a day; those that did are pinned."""
    first = int(np.searchsorted(problem.start_day[:-1], day))
    return replace(problem, arc_first=np.maximum(problem.arc_first, first).astype(np.int32)) if first else problem


def _target(problem: Problem, gaps: Mapping[str, float]) -> Floats:
    """Return what the plan left unfilled of a family's lines: a reaction need not fill more. Shape (levels,)"""
    missed = np.array([gaps.get(line.line, 0.0) for line in problem.lines])
    target: Floats = np.bincount(problem.line_level, weights=missed, minlength=len(problem.priorities)).astype(np.float64)
    return target


def _reaction(part: Part, target: Floats, day: int, slot: int, seed: int) -> FamilyAnswer:
    """Plan a family anew from a day on."""
    problem, whole = part.problem, np.arange(len(part.problem.arc_line))
    nothing = np.zeros((0, 0))
    if day == 0:
        worth = WORTH * float(problem.required[0])
        prices = prices_of_family(problem, part.running)
        found = replan(problem, whole, part.running, prices, target=target, taken=part.taken, seed=seed, worth=worth)
        return FamilyAnswer(found.no_reaction, found.value, found.bound, found.locked, found.changes, nothing)
    found = replan(_from_slot(problem, day), whole, part.running, None, target=target, taken=part.taken, seed=seed)
    # The bound lets tours of offers that were not struck begin before the day as well: it may be too high, never too low.
    bound = bounds_from_day(problem, part.running, slot, found.value)
    return FamilyAnswer(found.no_reaction, found.value, bound, np.zeros(len(target)), found.changes, nothing)
