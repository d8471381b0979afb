"""CP-SAT in a process of its own.

OR-Tools and highspy each bring a library of the same name (libhighs), and the one that is loaded second gets the other's: an
interpreter that has planned with HiGHS cannot import OR-Tools any more. Tests therefore ask this module, never `cpsat`. The
other process is started once, answers one question after the other, and ends when its input is closed.
"""

import atexit
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.oracles.reading import Problem
from tests.oracles.replay import Starts

ROOT = Path(__file__).parents[2]


class NotProven(Exception):
    """CP-SAT stopped before it could prove a goal."""


@dataclass(frozen=True)
class Answer:
    """The best value of every goal, in order, and one plan that reaches them all."""

    values: dict[str, Fraction]
    starts: Starts


def best_values(problem: Problem) -> Answer:
    """Return the lexicographically best value of every goal, each proven."""
    answer: Answer = _asked("best_values", problem)
    return answer


def lowest_value(problem: Problem, goal: str, *, at_most: Mapping[str, float]) -> Fraction:
    """Return the lowest value of one goal among the plans that keep other goals at or below given values."""
    value: Fraction = _asked("lowest_value", problem, goal, dict(at_most))
    return value


def _asked(*question: Any) -> Any:
    questions, answers = _other_process()
    pickle.dump(question, questions)
    questions.flush()
    answer = pickle.load(answers)
    if isinstance(answer, Exception):
        raise answer
    return answer


@cache
def _other_process() -> tuple[IO[bytes], IO[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.oracles.apart"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    # Leaving the process as a context closes its pipes, at which it ends, and waits for that.
    atexit.register(process.__exit__, None, None, None)
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def answer_questions(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more questions."""
    from tests.oracles import cpsat

    while True:
        try:
            question, *about = pickle.load(questions)
        except EOFError:
            return
        try:
            if question == "best_values":
                answer: Any = cpsat.best_values(*about)
            else:
                problem, goal, at_most = about
                answer = cpsat.lowest_value(problem, goal, at_most=at_most)
        except (NotProven, ValueError) as error:
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    # Under its own name, so that what is pickled here can be read there.
    from tests.oracles import apart

    apart.answer_questions(sys.stdin.buffer, sys.stdout.buffer)
