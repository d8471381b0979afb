"""Why a gap is a gap, and why an offer stays at home: every reason found by a test, none by a guess.

standing    what the plan leaves missing, and what stands against each offer on each line
stopgaps    the test: walk along a line and send further units wherever the rules, some of them relaxed, allow
gaps        which rule, or least set of rules, must be relaxed to close each part of each gap
sentences   the same in words, with names and numbers
unused      the same question asked by the contributor: why do my units never go?
"""

from contingent.generation.reasons.gaps import explain_gaps
from contingent.generation.reasons.unused import explain_unused

__all__ = ["explain_gaps", "explain_unused"]
