"""The response ladder: from what is measured to a posture, day by day and without flapping, with the evidence of each step.

measures       what is measured, over a window, corrected for what was not observed
climb          when a level is reached and left
evaluate       the ladder over a series: days, steps, evidence
reserve        who answers a step's call, how soon, and what the plan loses by it
"""

from contingent.monitoring.ladder.evaluate import LADDER_COLUMNS, Climbed, evaluate
from contingent.monitoring.ladder.reserve import Committed, call_reserves

__all__ = ["LADDER_COLUMNS", "Climbed", "Committed", "call_reserves", "evaluate"]
