"""Adequacy: battalions in a sector and within reach of it, held against an incursion that the planner names.

`measure` is the stage: a derived scenario and the tours of its plan in, one row an incursion and time out. It counts battalions
and hours by road; it models no fight.
"""

from contingent.adequacy.measure import HOURS, equipped_days, faults_of_adequacy, measure

__all__ = ["HOURS", "equipped_days", "faults_of_adequacy", "measure"]
