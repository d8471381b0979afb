"""Structure: who stands under whom, and which nation holds a formation together.

`build_orbat` is the stage: a derived scenario and the tours of its plan in, a frozen order of battle out. The page "Structure" of
the manual says by which rules. What reads an order of battle (`structure.orbat`, `structure.at_day`) calls no solver.
"""

from contingent.structure.at_day import Node, as_text, differences, orbat_at
from contingent.structure.attached import Bond, faults_of_attachments
from contingent.structure.build import build_orbat
from contingent.structure.orbat import Orbat, read_orbat
from contingent.structure.problem import Spread
from contingent.structure.symbols import planned, symbol_of_formation, symbol_of_unit
from contingent.structure.tree import faults_of_formations

__all__ = [
    "Bond",
    "Node",
    "Orbat",
    "Spread",
    "as_text",
    "build_orbat",
    "differences",
    "faults_of_attachments",
    "faults_of_formations",
    "orbat_at",
    "planned",
    "read_orbat",
    "symbol_of_formation",
    "symbol_of_unit",
]
