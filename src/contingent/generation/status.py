"""What a goal's status says of its value and bound."""

from contingent.plan import PlanOptions
from contingent.plan.plan import GoalStatus

ROUNDING = 1e-6
"""Values and bounds nearer than this, in the goal's unit or as a share of it, are the same."""


def status_of(value: float, bound: float, options: PlanOptions) -> GoalStatus:
    """Return ``optimal`` where value meets bound, else whether the clock or the set amount of work ended the search."""
    if value <= bound + max(ROUNDING, max(options.gap, ROUNDING) * abs(value)):
        return "optimal"
    return "feasible" if options.time_limit is None else "time_limit"
