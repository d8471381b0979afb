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


# ------------------------------------------------------------------------------------------------------- the other way round

FRIEND_PRESENT = "10031000"
"""Digits 1 to 8 of a friend who is there: version, reality, friend; the symbol set is put in their midst."""

ANTICIPATED = "A"
"""Position 4 of what is planned."""

_LETTER_CODE = 15
_FUNCTION = slice(4, 10)


@dataclass(frozen=True, slots=True)
class Digits:
    """A code of digits.

    Parameters
    ----------
    code : str or None
        20 digits of a friend who is there; None where the letters say nothing.
    is_planned : bool
        Whether the letters say that it is planned.
    lost : str or None
        What the digits do not say of what the letters said; None where they say it all.
    """

    code: str | None
    is_planned: bool
    lost: str | None


def digits_of(letters: str) -> Digits:
    """Return the digits of a code of letters.

    >>> digits_of("S-G-UCIZ---F---").code
    '10031000161211020000'
    >>> digits_of("SFGAUCZZ---F---")
    Digits(code='10031000161209000000', is_planned=True, lost='letters SFGAUCZZ---F--- are not known; they became combat')
    """
    text = letters.strip().upper().replace("*", "-")[:_LETTER_CODE].ljust(_LETTER_CODE, "-")
    if not text.strip("-"):
        return Digits(None, is_planned=False, lost="it has no symbol code of letters")
    is_planned = text[3] == ANTICIPATED
    dimension, function = f"{text[0]}-{text[2]}-", text[_FUNCTION]
    table = _by_letters()
    for length in range(len(function), -1, -1):
        key = dimension + function[:length].ljust(len(function), "-")
        if key in table:
            symbol_set, entity, name = table[key]
            is_known = not function[length:].strip("-")
            lost = None if is_known else f"letters {shown_letters(letters)} are not known; they became {name}"
            return Digits(_assembled(symbol_set, entity, text), is_planned, lost)
    return Digits(None, is_planned, f"letters {shown_letters(letters)} are not known")


def shown_letters(letters: str) -> str:
    """Return letters as they can be shown: printable, and not too long."""
    return "".join(char if char.isprintable() else "?" for char in letters.strip()[:20])


def _assembled(symbol_set: str, entity: str, text: str) -> str:
    headquarters, echelon = "0", "00"
    if symbol_set in UNITS:
        headquarters = {letter: digit for digit, letter in HEADQUARTERS_LETTERS.items()}.get(text[10], "0")
        echelon = {letter: digits for digits, letter in ECHELON_LETTERS.items()}.get(text[11], "00")
    return f"{FRIEND_PRESENT[:4]}{symbol_set}0{headquarters}{echelon}{entity.ljust(6, '0')}0000"


@cache
def _by_letters() -> dict[str, tuple[str, str, str]]:
    """Symbol set, entity and name by letters: of several, the first that is exact."""
    found: dict[str, tuple[str, str, str]] = {}
    for wanted in (True, False):
        for (symbol_set, entity), (letters, is_exact, name) in _table().items():
            if is_exact == wanted:
                found.setdefault(letters, (symbol_set, entity, name))
    return found
