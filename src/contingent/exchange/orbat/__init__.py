"""An order of battle of another program as the rows of a scenario: ORBAT Mapper's JSON, and MSDL (SISO-STD-007).

    found          what was read, whatever it was read from
    mapper         reads a scenario of ORBAT Mapper
    msdl           reads MSDL, leniently
    indented       reads a tree of formations typed or pasted as indented lines
    naming         what a unit's name says of its kind
    rows           formations, kinds of unit, offers and requirement lines made of it
    take_in        the whole way, from a file to a scenario that can be planned

What the file does not say (how long units are available, how strong they are) is never made up in silence: it becomes a warning.
"""

from contingent.exchange.orbat.found import FoundOrbat, FoundUnit
from contingent.exchange.orbat.indented import IndentedFormation, read_indented, rows_of_indented
from contingent.exchange.orbat.take_in import ImportedOrbat, import_orbat, read_orbat_file, scenario_of_orbat

__all__ = [
    "FoundOrbat",
    "FoundUnit",
    "ImportedOrbat",
    "IndentedFormation",
    "import_orbat",
    "read_indented",
    "read_orbat_file",
    "rows_of_indented",
    "scenario_of_orbat",
]
