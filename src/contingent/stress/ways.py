"""What closed links do to movement and supply: which lines are complete later, what runs out."""

from collections.abc import Sequence

import polars as pl

from contingent.deployment import DeployOptions, deploy
from contingent.model.scenario import Scenario
from contingent.network import has_network
from contingent.sustainment import SupplyOptions, sustain

YEAR = 365
"""What moves in the first year is looked at: the first occupation of nearly all lines. [days]"""


def closures(scenario: Scenario, tours: pl.DataFrame, option: str | None, links: Sequence[str] = ()) -> dict[str, int | None]:
    """Return the day on which each line's first occupation is complete with links closed; None = never. [days from D-day]

    Empty where the scenario has no network.
    """
    if not has_network(scenario):
        return {}
    frame = deploy(scenario, tours, option, DeployOptions(until=YEAR, closed=tuple(links), bounded=0)).frames["closure"]
    return dict(frame.select("line", "closure_day").iter_rows())


def later_lines(before: dict[str, int | None], after: dict[str, int | None]) -> list[str]:
    """Return in words which lines are complete later with links closed; empty where none is.

    >>> later_lines({"A": 30, "B": 36}, {"A": 34, "B": 36})
    ['1 of 2 lines is complete later, A by 4 days']
    >>> later_lines({"A": 30, "B": 36}, {"A": None, "B": 40})
    ['2 of 2 lines are complete later, A never']
    """
    def by(line: str) -> float:
        day, was = after[line], before.get(line)
        return 0.0 if was is None else float("inf") if day is None else day - was

    late = [line for line in after if by(line) > 0]
    if not late:
        return []
    worst = max(late, key=lambda line: (by(line), line))
    days = by(worst)
    told = "never" if days == float("inf") else f"by {days:.0f} day{'s' if days != 1 else ''}"
    are = "is" if len(late) == 1 else "are"
    return [f"{len(late)} of {len(after)} lines {are} complete later, {worst} {told}"]


def runs_out(scenario: Scenario, tours: pl.DataFrame, option: str | None, links: Sequence[str], from_day: int) -> list[str]:
    """Return in words what runs out first with links closed from a day on; empty where nothing does."""
    if not (scenario.stocks and scenario.consumption):
        return []
    options = SupplyOptions(close=tuple(links), from_day=from_day, survival=False)
    short = sustain(scenario, tours, option, options=options).stockouts.sort("day", "location", "supply")
    if short.is_empty():
        return []
    row = short.row(0, named=True)
    return [f"{row['supply']} runs out at {row['location']} on day {row['day']}"]
