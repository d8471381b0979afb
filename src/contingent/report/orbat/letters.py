"""Symbol codes of 15 letters, which MSDL asks for, from codes of 20 digits.

    S-G-UCIZ---F---
    1 scheme   2 affiliation (-)   3 battle dimension   4 status (-)   5-10 function   11 headquarters   12 echelon   13-15 (-)

`letter_codes.csv` says which function an entity has. What has no letters of its own goes to the nearest parent that has, and the
reader is told: letters know some things less well than digits do (no corvette, no combined arms, no modifiers).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from contingent.report.symbols.codes import ECHELON, ECHELON_NAMES, ENTITY, HEADQUARTERS, SYMBOL_SET, UNITS, is_code

TABLE = "letter_codes.csv"
UNKNOWN = "S-G-U-----"
INSTALLATION = "20"
ECHELON_LETTERS = dict(zip(ECHELON_NAMES, "ABCDEFGHIJKLMN", strict=True))
"""Position 12 by digits 9 and 10: A a team, ..., H a brigade, I a division, ..., N a command."""

HEADQUARTERS_LETTERS = {"2": "A", "4": "E", "6": "B"}
"""Position 11 by digit 8: headquarters, task force, headquarters of a task force."""

NO_MODIFIERS = "0000"


@dataclass(frozen=True, slots=True)
class Letters:
    """A code of letters.

    Parameters
    ----------
    code : str
        15 letters.
    lost : str or None
        What the letters do not say of what the digits said; None where they say it all.
    """

    code: str
    lost: str | None


def letters_of(code: str | None) -> Letters:
    """Return the letters of a symbol code.

    >>> letters_of("10031000161211020000")
    Letters(code='S-G-UCIZ---F---', lost=None)
    >>> letters_of("10033000001202050000").code
    'S-S-CL---------'
    """
    if code is None or not is_code(code):
        return Letters(f"{UNKNOWN}-----", "it has no symbol code of digits")
    table = _table()
    symbol_set, entity = code[SYMBOL_SET], code[ENTITY]
    parents = [(symbol_set, entity[:length]) for length in (6, 4, 2, 0)]
    key = next((parent for parent in parents if parent in table), None)
    function, is_exact, name = table[key] if key is not None else (UNKNOWN, False, "unit")
    marked, size = "-", "-"
    if symbol_set in UNITS:
        marked = HEADQUARTERS_LETTERS.get(code[HEADQUARTERS], "-")
        size = ECHELON_LETTERS.get(code[ECHELON], "-")
    elif symbol_set == INSTALLATION:
        marked = "H"
    letters = f"{function}{marked}{size}---"
    if not is_exact and entity.strip("0"):
        return Letters(letters, f"entity {entity} has no letters of its own; it became its parent, {name}")
    if code[ENTITY.stop : 20] != NO_MODIFIERS:
        return Letters(letters, "letters have no modifiers")
    return Letters(letters, None)


@cache
def _table() -> dict[tuple[str, str], tuple[str, bool, str]]:
    text = (files("contingent.report.orbat") / TABLE).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["symbol_set"], row["entity"]): (row["letters"], row["exact"] == "yes", row["name"]) for row in rows}
