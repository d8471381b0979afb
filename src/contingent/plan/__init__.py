"""What was decided: plans, and `verify`, which recomputes their promises without a solver."""

from contingent.plan.columns import COLUMNS, OPTIONAL, empty_frame, frame
from contingent.plan.plan import REASONS, Goal, Plan, PlanOptions
from contingent.plan.so_far import SoFar
from contingent.plan.verify import verify

__all__ = ["COLUMNS", "OPTIONAL", "REASONS", "Goal", "Plan", "PlanOptions", "SoFar", "empty_frame", "frame", "verify"]
