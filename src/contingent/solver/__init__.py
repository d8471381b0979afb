"""The solver: mixed-integer linear models as arrays, solved by HiGHS. It knows no troops."""

from contingent.solver.linear_model import LinearModel, Solution, SolveStatus, StandingModel

__all__ = ["LinearModel", "Solution", "SolveStatus", "StandingModel"]
