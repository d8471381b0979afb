"""What the digits of a symbol code say.

Digits, as in MIL-STD-2525D and APP-6D, annex on symbol identification codes [1]_, counted from 1:

    1-2 version   3 context   4 standard identity   5-6 symbol set   7 status (0 = present, 1 = planned)
    8 headquarters, task force, dummy   9-10 echelon or mobility   11-16 entity   17-18 modifier 1   19-20 modifier 2

References
----------
.. [1] US Department of Defense, MIL-STD-2525D, Joint Military Symbology, 10 June 2014, appendix A; NATO, APP-6(D), 2017.
"""

DIGITS = (20, 30)
"""Lengths of a code; the last ten digits of the longer one are nations' and frames' own."""

STATUS = slice(6, 7)
IDENTITY = slice(3, 4)
SYMBOL_SET = slice(4, 6)
HEADQUARTERS = slice(7, 8)
ECHELON = slice(8, 10)
ENTITY = slice(10, 16)

PLANNED = "1"
NO_ECHELON = "00"
UNITS = ("10", "11")
"""Symbol sets in which digits 9 and 10 are an echelon: land units, civilian units."""

ECHELON_NAMES = {
    "11": "team", "12": "squad", "13": "section", "14": "platoon", "15": "company", "16": "battalion", "17": "regiment",
    "18": "brigade", "21": "division", "22": "corps", "23": "army", "24": "army group", "25": "region", "26": "command",
}  # fmt: skip


def is_code(code: str) -> bool:
    """Return whether a text has the form of a symbol code: 20 or 30 digits.

    >>> is_code("10031000161211020000"), is_code("SFGPUCI---"), is_code("1003100016121102000٣")
    (True, False, False)
    """
    return len(code) in DIGITS and code.isascii() and code.isdigit()


def with_digits(code: str, place: slice, digits: str) -> str:
    """Return a code with other digits at a place.

    >>> with_digits("10031000161211020000", ECHELON, "18")
    '10031000181211020000'
    """
    return code[: place.start] + digits + code[place.stop :]


def planned(code: str) -> str:
    """Return the code with the status planned, which is drawn with a dashed frame: a post that nobody holds.

    >>> planned("10031000161211020000")
    '10031010161211020000'
    """
    return with_digits(code, STATUS, PLANNED) if is_code(code) else code


def echelon_of(code: str) -> str | None:
    """Return the echelon that a code of a unit shows, or None.

    >>> echelon_of("10031000161211020000"), echelon_of("10033000001204000000")
    ('battalion', None)
    """
    return ECHELON_NAMES.get(code[ECHELON]) if is_code(code) and code[SYMBOL_SET] in UNITS else None
