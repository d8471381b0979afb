"""How full each priority must be, and how much may be missing at a multiple of the requirement.

    m                 multiple of the requirement: every line asks for m times its quantity            [-]
    share[p]          share of priority p's unit-days that must be filled; 0 = it is not asked for     [-]
    allowed[p](m)     (1 - share[p]) * m * unit-days asked for by priority p                            [unit-days]

Whole units go, whatever the multiple: a line that asks for four tenths of a unit is filled by one. For tours that do not change,
the share that they fill falls, or stays, as the multiple grows. So does the best share that any tours can fill, and a multiple
that cannot be held rules out every larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from contingent.errors import ContingentError
from contingent.generation.problem import Floats, Problem

ROUNDING = 1e-6
"""Unit-days below this, as a share of what is asked for, are rounding. [-]"""


class NothingAsked(ContingentError):
    """No line of a priority that must be filled has a day within the horizon, so that every multiple is held."""


@dataclass(frozen=True)
class Demand:
    """What must be filled.

    Parameters
    ----------
    shares : ndarray of float
        Share of each priority's unit-days that must be filled; 0 = not asked for. [-], shape (levels,)
    required : ndarray of float
        Unit-days that each priority asks for at a multiple of 1. [unit-days], shape (levels,)
    """

    shares: Floats
    required: Floats

    @property
    def asked(self) -> tuple[int, ...]:
        """Levels that must be filled to some share."""
        return tuple(np.flatnonzero((self.shares > 0) & (self.required > 0)).tolist())

    def allowed(self, multiple: float) -> Floats:
        """Return what may be missing; infinite where nothing is asked for. [unit-days], shape (levels,)"""
        held = (1.0 - self.shares) * self.required * multiple
        return np.where(self.shares > 0, held, np.inf)

    def holds(self, gaps: Floats, multiple: float) -> bool:
        """Whether gaps are within what may be missing. `gaps` are of all levels. [unit-days], shape (levels,)"""
        return bool((gaps <= self.allowed(multiple) + ROUNDING * self.required * multiple).all())


def demand_of(problem: Problem, fill: Mapping[int, float]) -> Demand:
    """Return what must be filled of a problem.

    Parameters
    ----------
    fill : mapping of int to float
        Share demanded by priority; priorities that it does not name are not asked for. [-]

    Raises
    ------
    NothingAsked
        If no line of a priority that is asked for has a day within the horizon.
    """
    shares = np.array([fill.get(priority, 0.0) for priority in problem.priorities], dtype=np.float64)
    demand = Demand(shares, problem.required)
    if not demand.asked:
        named = ", ".join(str(priority) for priority in fill)
        raise NothingAsked(f"No line of the priorities to be filled ({named}) asks for anything: there is no ceiling.")
    return demand
