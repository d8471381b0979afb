"""The sustainable ceiling of a requirement, question by question, on one engine interface."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from contingent.ceiling.claims import claims_frame
from contingent.ceiling.piece import Asked, work_out
from contingent.ceiling.questions import QUESTIONS, Point, backstop_of, points_of, strength
from contingent.ensemble import Job, run_pieces
from contingent.errors import UnknownName
from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario
from contingent.pipeline import checked_options, derive
from contingent.plan import PlanOptions, frame

FILL = (0.8, 0.7, 0.6)
"""Share of the first, the second and all further priorities that must be filled where nothing is said: an assumption. [-]"""

GAP = 0.02
"""Distance of what is held and what is ruled out at which the work on a point ends. [-]"""

FROM_EASY_TO_HARD = ("dwell",)
FROM_HARD_TO_EASY = ("nations", "release", "fill", "backstop")
"""Questions whose points stand so: each holds no more than the one before it, or no less."""

NOTHING_HELD = 0.01
"""Where nothing is held and this multiple is ruled out, nothing more can be known. [-]"""


@dataclass(frozen=True)
class CeilingOptions:
    """What is asked, and how it is worked on.

    Parameters
    ----------
    option : str, optional
        Course of action; None = the scenario's default.
    questions : tuple of str
        Of `contingent.ceiling.questions.QUESTIONS`.
    fill : mapping of int to float, or float, optional
        Share of each priority that must be filled; priorities that it does not name are not asked for. A number = of every
        priority. None = `FILL`. [-]
    gap : float
        Distance of what is held and what is ruled out at which the work on a point ends. [-]
    seed : int
        Seed of every random choice.
    engine : str
        Where points are worked out, as `contingent.ensemble.parse_engine` reads it; the results are the same.
    journal : Path, optional
        Folder that keeps finished points, so that an interrupted run goes on.
    progress : callable, optional
        Called with the number of points done and of all.
    """

    option: str | None = None
    questions: tuple[str, ...] = QUESTIONS
    fill: Mapping[int, float] | float | None = None
    gap: float = GAP
    seed: int = 0
    engine: str = "here"
    journal: Path | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Ceiling:
    """How much could be sustained. Frames as in `contingent.plan.COLUMNS`.

    Parameters
    ----------
    option : str or None
        The course of action whose composition it is.
    fill : mapping of int to float
        Share of each priority that must be filled. [-]
    strength : int
        People that the option asks for on its fullest day: a multiple of 1. [people]
    ceilings, claims : polars.DataFrame
        The points of each question; what has been said beside what is computed.
    seconds : float
        Time that it took. [s]
    """

    option: str | None
    fill: Mapping[int, float]
    strength: int
    ceilings: pl.DataFrame
    claims: pl.DataFrame
    seconds: float = field(compare=False)

    @property
    def base(self) -> dict[str, Any] | None:
        """The row of the scenario as it stands; None where it was not asked for."""
        return next((row for row in self.ceilings.iter_rows(named=True) if row["question"] == "base"), None)


def find_ceiling(scenario: Scenario, options: CeilingOptions | None = None) -> Ceiling:
    """Return the largest multiple of a requirement that the pool holds for the whole horizon, and how it changes.

    Parameters
    ----------
    scenario : Scenario
        From `contingent.read_scenario`.
    options : CeilingOptions, optional
        What is asked, and how it is worked on.

    Raises
    ------
    UnknownName
        If the scenario has no such option.
    ValueError
        If a question, a share or the gap makes no sense, or the engine is none.
    ContingentError
        If there is nothing to hold, or no backstop to ask about.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> found = find_ceiling(read_scenario("tiny"), CeilingOptions(questions=("base",), fill={1: 0.5}))
    >>> row = found.ceilings.row(0, named=True)
    >>> 0 < row["held"] <= row["bound"], row["status"]
    (True, 'optimal')
    """
    asked = options or CeilingOptions()
    began = perf_counter()
    _check(asked)
    option = checked_options(scenario, PlanOptions(option=asked.option, seed=asked.seed, gap=asked.gap)).option
    derived = derive(scenario)
    fill = _fill(asked.fill, sorted({row.priority for row in lines_of_option(derived, option)}))
    questions = tuple(question for question in QUESTIONS if question in asked.questions)
    wanted = questions if "base" in questions else ("base", *questions)
    if derived.claims and "surge" not in wanted and len(questions) == len(QUESTIONS):
        wanted = (*wanted, "surge")
    backstop = backstop_of(scenario)
    points = points_of(derived, option, fill, wanted, backstop=bool(backstop))
    shared = Asked(derived, option, fill, asked.gap, asked.seed, backstop)
    found = _work(shared, points, asked)
    people = strength(derived, option)
    rows = bounded_by_neighbours([_row(point, result, people, asked.gap) for point, result in zip(points, found, strict=True)])
    ceilings = frame("ceilings", [_with_people(row, people, asked.gap) for row in rows])
    return Ceiling(option, fill, people, ceilings, claims_frame(derived, option, ceilings), perf_counter() - began)


def fill_by_default(priorities: Sequence[int]) -> dict[int, float]:
    """Return the share of each priority that must be filled where nothing is said. [-]

    >>> fill_by_default([1, 2, 3, 4])
    {1: 0.8, 2: 0.7, 3: 0.6, 4: 0.6}
    """
    return {priority: FILL[min(place, len(FILL) - 1)] for place, priority in enumerate(priorities)}


def _fill(asked: Mapping[int, float] | float | None, priorities: Sequence[int]) -> dict[int, float]:
    if asked is None:
        return fill_by_default(priorities)
    if isinstance(asked, int | float):
        return dict.fromkeys(priorities, float(asked))
    unknown = [priority for priority in asked if priority not in priorities]
    if unknown:
        listed = ", ".join(map(str, priorities)) or "none"
        raise UnknownName(f"No line has priority {unknown[0]}. Priorities of this option: {listed}.")
    return {priority: float(asked[priority]) for priority in sorted(asked)}


def _check(asked: CeilingOptions) -> None:
    unknown = [question for question in asked.questions if question not in QUESTIONS]
    if unknown or not asked.questions:
        named = f"'{unknown[0]}' is no question" if unknown else "no question was asked"
        raise ValueError(f"{named}. Questions: {', '.join(QUESTIONS)}.")
    if not 1e-4 <= asked.gap < 1.0:
        raise ValueError(f"gap is {asked.gap}; it must be a share of 0.0001 or more, and below 1.")
    shares = asked.fill.values() if isinstance(asked.fill, Mapping) else () if asked.fill is None else (asked.fill,)
    for share in shares:
        if not 0.0 < share <= 1.0:
            raise ValueError(f"fill is {share}; it must be a share above 0, at most 1.")


def _work(shared: Asked, points: Sequence[Point], asked: CeilingOptions) -> list[Mapping[str, Any]]:
    """Work out each different point once, whatever question asks for it."""
    backstop = [row.model_dump(mode="json") for row in (*shared.backstop.pool, *shared.backstop.offers)]
    content = [shared.scenario.fingerprint(), shared.option, sorted(shared.fill.items()), shared.gap, shared.seed, backstop]
    job = Job(work_out, shared, "ceiling", hashlib.sha256(json.dumps(content).encode()).hexdigest())
    texts = [json.dumps(point.change, sort_keys=True) for point in points]
    different = list(dict.fromkeys(texts))
    pieces = [json.loads(text) for text in different]
    results = run_pieces(job, pieces, engine=asked.engine, journal=asked.journal, progress=asked.progress)
    by_text = dict(zip(different, results, strict=True))
    return [by_text[text] for text in texts]


def _row(point: Point, result: Mapping[str, Any], people: int, gap: float) -> dict[str, Any]:
    row = {"question": point.question, "label": point.label, "value": point.value} | dict(result)
    return _with_people(row, people, gap)


def _with_people(row: dict[str, Any], people: int, gap: float) -> dict[str, Any]:
    held, bound = row["held"], row["bound"]
    near = bound is not None and bound <= (held * (1.0 + gap) if held > 0 else NOTHING_HELD) + 1e-4
    return row | {
        "people_held": held * people, "people_bound": None if bound is None else bound * people,
        "status": "optimal" if near else "feasible",
    }  # fmt: skip


def bounded_by_neighbours(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with what follows from their neighbours: where less is asked, at least as much is held, and the other way
    round.

    Less dwell, more nations, a larger share released, less to be filled, and a backstop, never hurt: any tours stay possible. Of
    years nothing follows: a longer time asks for more.
    """
    chains: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row["question"] in FROM_EASY_TO_HARD + FROM_HARD_TO_EASY:
            chains.setdefault(row["question"], []).append(place)
    new = [dict(row) for row in rows]
    for question, places in chains.items():
        order = places[::-1] if question in FROM_EASY_TO_HARD else places
        for harder, easier in pairwise(order):
            new[easier]["held"] = max(new[easier]["held"], new[harder]["held"])
        for easier, harder in pairwise(order[::-1]):
            new[harder]["bound"] = _least(new[harder]["bound"], new[easier]["bound"])
    for row in new:
        assert row["bound"] is None or row["held"] <= row["bound"] + 1e-3, f"{row['label']}: held above its bound"
    return new


def _least(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return min(known) if known else None
