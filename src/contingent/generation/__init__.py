"""Force generation: which offer's units fill which line of the statement of requirements, and when.

`generate` is the stage: a frozen scenario in, a frozen plan out. It has two halves, `settle` and `accounted_for`, for those
who work with the tours while it is still worked out why what is empty is empty. The page "Formulation" of the manual says what is
decided.
"""

from contingent.generation.generate import Settled, accounted_for, generate, settle

__all__ = ["Settled", "accounted_for", "generate", "settle"]
