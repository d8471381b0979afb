"""Posts: tours of a line that relieve each other, dealt into chains, and what each chain fills of its line.

    line        asks for so many units at once                                          coverage.csv
    post        a chain of its tours, one after another: one place at the line          dealt here
    stretch     days of a line in which the same posts serve

A tour goes to the post whose last tour was relieved latest, of those that are free: so a chain has as few days without a unit as
can be. A post is held as the plan holds it, or not at all; its price is that of its tours and of what goes with them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.cost.presence import described
from contingent.model.scenario import Scenario

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NONE = -1
"""In place of a post: the tour is another nation's, or what moves belongs to no tour."""

HAIR = 1e-9
"""Quantities below this are rounding. [units]"""


@dataclass(frozen=True)
class Stretch:
    """Days of a line in which the same posts serve, and in which they could fill more than is asked for.

    Parameters
    ----------
    priority : int
        Of the line.
    days : int
        How many. [days]
    room : float
        Units that are asked for, less those that others give. [units]
    posts : ndarray of int
        Who serves. Shape (posts that serve,)
    amounts : ndarray of float
        How much of a required unit each gives. [units], shape (posts that serve,)
    """

    priority: int
    days: int
    room: float
    posts: Whole
    amounts: Floats


@dataclass(frozen=True)
class Posts:
    """The posts of a plan, and what they fill.

    Parameters
    ----------
    tours : polars.DataFrame
        Tours with their ``post``, counted from 0; `NONE` = of another nation.
    frame : polars.DataFrame
        A row for each: ``post`` (its name), ``line``, ``priority``, ``component``, ``location``, ``nations``, ``tours``,
        ``from_day``, ``until_day``, ``people`` (most at once), ``person_days`` in the days looked at.
    alone : ndarray of float
        Unit-days that each fills whatever else is held; stretches of `shared` left out. [unit-days], shape (posts,)
    shared : tuple of Stretch
        Where posts together could fill more than is asked for.
    required, others : mapping of int to float
        By priority: what is asked for in the days looked at, and what other nations fill of it. [unit-days]
    idle : tuple of str
        Posts that fill nothing in the days looked at; they are not among the others.
    """

    tours: pl.DataFrame
    frame: pl.DataFrame
    alone: Floats
    shared: tuple[Stretch, ...]
    required: dict[int, float]
    others: dict[int, float]
    idle: tuple[str, ...] = ()


def posts_of(
    scenario: Scenario, tours: pl.DataFrame, coverage: pl.DataFrame, *, days: tuple[int, int], nation: str | None = None
) -> Posts:
    """Return the posts of a plan, and what each fills in some days.

    Parameters
    ----------
    tours, coverage : polars.DataFrame
        Frames of the plan.
    days : tuple of int
        First day that is looked at, and the day after the last. [days from D-day]
    nation : str, optional
        Whose posts; tours of others are taken as given.
    """
    every = dealt_into_posts(tours, nation=nation)
    serve = _serving(every, coverage, days=days)
    number = {post: at for at, post in enumerate(serve)}
    dealt = every.with_columns(pl.col("post").replace_strict(number, default=NONE, return_dtype=pl.Int64))
    told = _described(scenario, every, coverage, days=days)
    frame = told.filter(pl.int_range(pl.len()).is_in(serve))
    idle = told.filter(~pl.int_range(pl.len()).is_in(serve))["post"].to_list()
    alone = np.zeros(frame.height)
    shared: list[Stretch] = []
    required: dict[int, float] = defaultdict(float)
    others: dict[int, float] = defaultdict(float)
    serving = {str(line): rows for (line,), rows in dealt.group_by("line")}
    for (line, priority), windows in coverage.group_by("line", "priority", maintain_order=True):
        found = _stretches(serving.get(str(line)), windows, days=days)
        for asked, given, stretch in found:
            required[stretch.priority] += asked * stretch.days
            others[stretch.priority] += min(asked, given) * stretch.days
            if stretch.amounts.sum() <= stretch.room + HAIR:
                np.add.at(alone, stretch.posts, stretch.amounts * stretch.days)
            elif stretch.room > HAIR:
                shared.append(stretch)
        required[int(priority)] += 0.0
    return Posts(
        dealt, frame, alone, _together(shared), dict(sorted(required.items())), dict(sorted(others.items())), tuple(idle))


def _serving(dealt: pl.DataFrame, coverage: pl.DataFrame, *, days: tuple[int, int]) -> list[int]:
    """Posts that serve their line on some of the days looked at on which it asks for something."""
    first, end = days
    asked = coverage.filter(pl.col("required") > 0).select("line", starts="from_day", ends="until_day").unique()
    both = dealt.filter(pl.col("post") != NONE).join(asked, on="line", how="inner")
    start = pl.max_horizontal("from_day", "starts", pl.lit(first))
    stop = pl.min_horizontal("serves_until_day", "ends", pl.lit(end))
    return both.filter(start < stop)["post"].unique().sort().to_list()


def dealt_into_posts(tours: pl.DataFrame, *, nation: str | None = None) -> pl.DataFrame:
    """Return tours with their ``post``; by line, and within a line in order of who comes first.

    Examples
    --------
    Two at once, and one that relieves the first of them:

    >>> tours = pl.DataFrame({"line": ["L"] * 3, "unit": ["a", "b", "c"], "nation": ["AAA"] * 3,
    ...                       "from_day": [0, 0, 8], "serves_until_day": [8, 20, 16]})
    >>> dealt_into_posts(tours)["post"].to_list()
    [0, 1, 0]
    """
    post = np.full(tours.height, NONE, dtype=np.int64)
    own = tours.with_row_index("row").sort("line", "from_day", "unit", maintain_order=True)
    if nation is not None:
        own = own.filter(pl.col("nation") == nation)
    first = 0
    for _, rows in own.group_by("line", maintain_order=True):
        ends: list[int] = []
        for row, start, end in rows.select("row", "from_day", "serves_until_day").iter_rows():
            free = [(until, -at) for at, until in enumerate(ends) if until <= start]
            at = -max(free)[1] if free else len(ends)
            if not free:
                ends.append(end)
            ends[at] = end
            post[row] = first + at
        first += len(ends)
    return tours.with_columns(post=pl.Series(post, dtype=pl.Int64))


def _described(scenario: Scenario, dealt: pl.DataFrame, coverage: pl.DataFrame, *, days: tuple[int, int]) -> pl.DataFrame:
    """What is told of each post."""
    priorities = dict(coverage.select("line", "priority").unique().iter_rows())
    first, end = days
    shown = pl.min_horizontal(pl.lit(end), "until_day") - pl.max_horizontal(pl.lit(first), "from_day")
    own = described(scenario, dealt).filter(pl.col("post") != NONE).sort("post", "from_day", "unit")
    frame = own.group_by("post", maintain_order=True).agg(
        pl.col("line", "component", "location").first(),
        nations=pl.col("nation").unique(maintain_order=True).str.join(";"), tours=pl.len().cast(pl.Int64),
        from_day=pl.col("from_day").min(), until_day=pl.col("until_day").max(), people=pl.col("people").max(),
        person_days=(pl.col("people") * pl.max_horizontal(shown, 0)).sum(),
    )  # fmt: skip
    number = (pl.col("post") - pl.col("post").min().over("line") + 1).cast(pl.String)
    return frame.with_columns(
        post=pl.col("line") + "/" + number, priority=pl.col("line").replace_strict(priorities, return_dtype=pl.Int64)
    )


def _stretches(
    serving: pl.DataFrame | None, windows: pl.DataFrame, *, days: tuple[int, int]
) -> Iterator[tuple[float, float, Stretch]]:
    """Days of a line in which the same units serve: what is asked for, what others give, and who of the posts gives how much."""
    first, end = days
    rows = () if serving is None else serving.select("post", "from_day", "serves_until_day", "effectiveness").rows()
    asked = [(max(start, first), min(stop, end), required) for start, stop, required in
             windows.select("from_day", "until_day", "required").iter_rows() if max(start, first) < min(stop, end)]  # fmt: skip
    cuts = sorted({day for start, stop, _ in asked for day in (start, stop)} | {day for _, *span, _ in rows for day in span})
    priority = int(windows["priority"][0])
    for start, stop, required in asked:
        within = [start, *(day for day in cuts if start < day < stop), stop]
        for here, there in pairwise(within):
            present = [(post, amount) for post, begins, ends, amount in rows if begins <= here and there <= ends]
            own: dict[int, float] = defaultdict(float)
            for post, amount in present:
                own[post] += amount
            given = own.pop(NONE, 0.0)
            room = max(0.0, required - given)
            yield required, given, Stretch(
                priority, there - here, room, np.array(list(own), dtype=np.int64), np.array(list(own.values()), dtype=np.float64)
            )


def _together(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Stretches in which the same posts serve the same line, as one."""
    days: dict[tuple[int, float, tuple[int, ...], tuple[float, ...]], int] = defaultdict(int)
    for each in stretches:
        order = np.argsort(each.posts)
        days[each.priority, each.room, tuple(each.posts[order].tolist()), tuple(each.amounts[order].tolist())] += each.days
    return tuple(
        Stretch(priority, length, room, np.array(posts, dtype=np.int64), np.array(amounts, dtype=np.float64))
        for (priority, room, posts, amounts), length in days.items()
    )
