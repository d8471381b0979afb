"""Force generation: which offer's units fill which line of the statement of requirements, and when.

`generate` is the stage: a frozen scenario in, a frozen plan out. The page "Formulation" of the manual says what is decided.
"""

from contingent.generation.generate import generate

__all__ = ["generate"]
