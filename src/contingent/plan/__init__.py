"""What was decided: plans, and `verify`, which recomputes their promises without a solver."""

from contingent.plan.plan import COLUMNS, REASONS, Goal, Plan, PlanOptions, empty_frame, frame
from contingent.plan.verify import verify

__all__ = ["COLUMNS", "REASONS", "Goal", "Plan", "PlanOptions", "empty_frame", "frame", "verify"]
