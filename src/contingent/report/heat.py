"""Heat tables: a figure a week in each cell, that is read without its colour; later weeks stand together.

The first weeks are what a reader asks about; five years of weeks fit no page. So the first weeks have a column each, the rest of
the first year one for four weeks, later years one a quarter of a year. A cell that stands for several weeks has their worst.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

WEEK = 7
FIRST_WEEKS, FIRST_YEAR = 13, 53
"""Weeks with a column each, and weeks until columns stand for a quarter. [weeks]"""

SHADES = 5


@dataclass(frozen=True, slots=True)
class Span:
    """One column of time, half open. [days from D-day]"""

    from_day: int
    until_day: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its figure as text, and its shade from 0 (pale) to 4 (dark)."""

    text: str
    shade: int


def spans_until(last_day: int) -> tuple[Span, ...]:
    """Return the columns of time up to a day.

    >>> [span.from_day for span in spans_until(150)]
    [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 119, 147]
    """
    spans: list[Span] = []
    week = 0
    while week * WEEK < max(1, last_day):
        length = 1 if week < FIRST_WEEKS else 4 if week < FIRST_YEAR else 13
        spans.append(Span(week * WEEK, (week + length) * WEEK))
        week += length
    return tuple(spans)


def groups_of(spans: Sequence[Span]) -> list[tuple[str, int]]:
    """Return what columns stand for, with how many there are of each kind.

    >>> groups_of(spans_until(150))
    [('a week', 13), ('four weeks', 3)]
    """
    names = {WEEK: "a week", 4 * WEEK: "four weeks", 13 * WEEK: "a quarter of a year"}
    kinds = [names[span.until_day - span.from_day] for span in spans]
    return [(kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)]


def worst_in(
    spans: Sequence[Span], weeks: Iterable[tuple[int, float]], *, worst: Callable[[float, float], float]
) -> list[float | None]:
    """Return the worst figure of each column from figures by their first day; None where there is none.

    >>> worst_in(spans_until(14), [(0, 0.5), (3, 0.75)], worst=max)
    [0.75, None]
    """
    found: list[float | None] = [None] * len(spans)
    for day, figure in weeks:
        at = next((at for at, span in enumerate(spans) if span.from_day <= day < span.until_day), None)
        if at is not None:
            known = found[at]
            found[at] = figure if known is None else worst(known, figure)
    return found


def shade_of(figure: float, edges: Sequence[float]) -> int:
    """Return the shade of a figure: how many of the edges it reaches.

    >>> shade_of(0.95, (0.25, 0.5, 0.75, 0.95))
    4
    """
    return sum(figure >= edge for edge in edges)
