"""What verification starts from: the plan, the scenario, and the plan's tours as the scenario's terms make them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan.measures import performed
from contingent.plan.plan import Plan

TOLERANCE = 1e-6
"""Relative distance at which two numbers are the same: rounding, not a broken promise. [-]"""
MOST_HELD = 200_000
"""So many legs are held as rows, for all promises; of more, each promise reads them anew, so that millions find room. [legs]"""
Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """A plan beside what it was made from.

    Parameters
    ----------
    done : polars.DataFrame
        From `contingent.plan.measures.performed`: the tours in the order of tours.csv, all but offer, line and first day
        looked up in the scenario.
    sound : polars.DataFrame
        Those of them whose offer and line are in the scenario. The other promises are held against these.
    """

    scenario: Scenario
    plan: Plan
    done: pl.DataFrame
    sound: pl.DataFrame

    @property
    def horizon_days(self) -> int:
        """Length of the horizon. [days]"""
        return self.scenario.settings.horizon_days

    def each_movement(self) -> Iterator[tuple[int, Row]]:
        """Movements, each with the line of the file on which it stands."""
        return ((line_of_file(number), row) for number, row in enumerate(self.plan.movements.iter_rows(named=True)))

    def each_leg(self) -> Iterable[Row]:
        """Legs, each with its row number in ``row``."""
        return self._held_legs if self._is_small else self.plan.legs.with_row_index("row").iter_rows(named=True)

    def each_way(self) -> Iterator[tuple[int, Row, list[Row]]]:
        """Movements, each with the line of the file on which it stands and its legs, in the order of the file."""
        legs = (self._held_legs[row] for row in self._ways["row"]) if self._is_small else self._ways.iter_rows(named=True)
        groups = groupby(zip(self._ways["of_movement"], legs, strict=True), itemgetter(0))
        at, own = next(groups, (None, iter(())))
        for number, (line, row) in enumerate(self.each_movement()):
            if at == number:
                yield line, row, [leg for _, leg in own]
                at, own = next(groups, (None, iter(())))
            else:
                yield line, row, []

    @property
    def _is_small(self) -> bool:
        return self.plan.legs.height <= MOST_HELD

    @cached_property
    def _held_legs(self) -> tuple[Row, ...]:
        return tuple(self.plan.legs.with_row_index("row").iter_rows(named=True))

    @cached_property
    def _ways(self) -> pl.DataFrame:
        """Legs that belong to a movement, in the order of the movements: ``row``, and the movement's own in ``of_movement``."""
        named = self.plan.movements.select("movement").with_row_index("of_movement")
        legs = self.plan.legs.with_row_index("row")
        return legs.join(named, on="movement", how="inner", maintain_order="left").sort("of_movement", maintain_order=True)


def facts_of(scenario: Scenario, plan: Plan) -> Facts:
    """Look every tour of the plan up in the scenario."""
    done = performed(scenario, plan.option, plan.tours)
    return Facts(scenario, plan, done, done.filter(pl.col("nation").is_not_null() & pl.col("capability").is_not_null()))


def same(claimed: float, found: float) -> bool:
    """Whether two numbers differ by rounding only."""
    return abs(claimed - found) <= TOLERANCE * max(1.0, abs(found))


def line_of_file(row: int) -> int:
    """Line of a plan's file on which a row of its frame stands, the header being 1."""
    return row + 2


def days(from_day: int, until_day: int) -> str:
    """A half-open interval of days as it is told.

    >>> days(0, 30)
    'D+0 to D+30'
    """
    return f"D+{from_day} to D+{until_day}"


def told(number: float) -> str:
    """A number as it is told in a finding: no more digits than it needs.

    >>> told(2.0), told(0.1 + 0.2)
    ('2', '0.3')
    """
    return f"{number:.9g}"


def units(number: float) -> str:
    """A number of units as it is told.

    >>> units(1.0), units(0.5), units(3)
    ('1 unit', '0.5 units', '3 units')
    """
    return f"{told(number)} unit{'' if number == 1 else 's'}"
