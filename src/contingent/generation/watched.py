"""Whoever watches generation hears, while it goes on, what the best plan so far reaches, and may say that it is enough.

It is told from a thread of its own, which only reads what the search has noted: what is decided is the same whether anybody
watches or not, until somebody says that it is enough. Then the search's clock has run out.
"""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from types import TracebackType
from typing import NamedTuple

import numpy as np

from contingent.generation.clock import Clock
from contingent.generation.problem import Problem
from contingent.plan.so_far import SoFar, Step, Watch

LOOKS = 0.5
"""How often it is told. [s]"""


class Standing(NamedTuple):
    """What the best plan so far leaves empty on each priority, and what none can do without. [unit-days]"""

    unfilled: Sequence[float]
    bound: Sequence[float]
    keeps_ceilings: bool


class Watched:
    """Generation as whoever watches it sees it. With nobody to watch it does nothing.

    Parameters
    ----------
    problem : Problem
        What is decided.
    watch : callable or None
        Who is told.
    clock : Clock
        The search's own; `clock` of this object is the one to search by.
    """

    def __init__(self, problem: Problem, watch: Watch | None, clock: Clock) -> None:
        self._problem, self._watch, self._whole = problem, watch, clock
        self._enough, self._over = Event(), Event()
        self._step: Step = "posts"
        self._standing: Callable[[], Standing] | None = None
        self._telling: Thread | None = None
        self.clock = clock if watch is None else clock.ended_by(self._enough)

    def __enter__(self) -> "Watched":
        if self._watch is not None:
            self._telling = Thread(target=self._tell_on, name="telling", daemon=True)
            self._telling.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None) -> None:
        self._over.set()
        if self._telling is not None:
            self._telling.join()
            if kind is None:
                self._step = "reasons"
                self._tell()

    @property
    def ended_early(self) -> bool:
        """Whether somebody said that it is enough."""
        return self._enough.is_set()

    def at(self, step: Step, standing: Callable[[], Standing]) -> None:
        """Note what is worked on now, and how to read where it stands: called from another thread, it may write nothing."""
        self._step, self._standing = step, standing

    def _tell_on(self) -> None:
        while not self._over.wait(LOOKS):
            self._tell()

    def _tell(self) -> None:
        if self._watch is None or self._standing is None:
            return
        unfilled, bound, keeps_ceilings = self._standing()
        named = self._problem.priorities
        least = [min(one, other) for one, other in zip(bound, unfilled, strict=True)]
        required = required_by_level(self._problem)
        told = SoFar(
            self._step, dict(zip(named, required, strict=True)), dict(zip(named, unfilled, strict=True)),
            dict(zip(named, least, strict=True)), keeps_ceilings, self._whole.seconds,
        )  # fmt: skip
        if not self._watch(told):
            self._enough.set()


def required_by_level(problem: Problem) -> list[float]:
    """Return what each priority asks for, the first one first. [unit-days]"""
    days = problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]
    asked = np.bincount(problem.line_level, weights=days * problem.line_quantity, minlength=len(problem.priorities))
    return [float(each) for each in asked]
