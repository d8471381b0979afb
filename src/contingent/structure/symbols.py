"""Symbol codes of formations: 20 digits, by echelon and component.

Digits, as in MIL-STD-2525D and APP-6D, annex on symbol identification codes [1]_:

    1-2 version (10)   3 context (0 = reality)   4 standard identity (3 = friend)   5-6 symbol set (10 = land unit)
    7 status (0 = present, 1 = planned)   8 headquarters 2, task force 4   9-10 echelon   11-16 entity   17-18, 19-20 modifiers

A formation of ships or aircraft is drawn as a land unit too, for only that symbol set has echelons: the staff stands on land.

References
----------
.. [1] US Department of Defense, MIL-STD-2525D, Joint Military Symbology, 10 June 2014, appendices A and D; NATO, APP-6(D), 2017.
"""

from contingent.model.rows import UnitType

ECHELONS: dict[str, str] = {
    "team": "11", "crew": "11", "squad": "12", "section": "13", "platoon": "14", "detachment": "14",
    "company": "15", "battery": "15", "squadron": "15",
    "battalion": "16", "battlegroup": "16", "regiment": "17", "group": "17", "brigade": "18",
    "division": "21", "corps": "22", "army": "23", "theatre": "25", "region": "25", "command": "26", "force": "26",
}  # fmt: skip
"""Digits 9 and 10 by a word of the echelon."""

ENTITIES: dict[str, str] = {
    "force": "1100000000",
    "land": "1210000000",
    "air": "1208000000",
    "maritime": "1100004600",
    "support": "1600000000",
}
"""Digits 11 to 20 by component: command and control, combined arms, fixed-wing aviation, command (naval), sustainment."""

GENERIC: dict[str, str] = {
    "land": "10031000000000000000",
    "joint": "10031000000000000000",
    "air": "10030100000000000000",
    "maritime": "10033000000000000000",
}
"""A unit of a type without a code, by domain: land unit, aircraft, ship."""

STATUS_DIGIT = 6
"""Place of the digit for present or planned, from 0."""


def symbol_of_formation(echelon: str, component: str) -> str:
    """Return the code of a formation.

    >>> symbol_of_formation("brigade", "land")
    '10031000181210000000'
    >>> symbol_of_formation("component command", "air")
    '10031000261208000000'
    >>> symbol_of_formation("headquarters", "force")
    '10031002001100000000'
    """
    words = echelon.casefold().replace("-", " ").split()
    amplifier = next((ECHELONS[word] for word in words if word in ECHELONS), "00")
    marked = "0"
    if "headquarters" in words:
        marked = "2"
    elif "task" in words:
        marked = "4"
    return f"1003100{marked}{amplifier}{ENTITIES[component]}"


def symbol_of_unit(unit_type: UnitType) -> str:
    """Return the code of a unit type: its own, or a plain frame of its domain."""
    return unit_type.symbol if unit_type.symbol is not None else GENERIC[unit_type.domain]


def planned(symbol: str) -> str:
    """Return the code with the status planned, which is drawn dashed: a post that nobody holds.

    >>> planned("10031000161211020000")
    '10031010161211020000'
    """
    return symbol[:STATUS_DIGIT] + "1" + symbol[STATUS_DIGIT + 1:] if len(symbol) > STATUS_DIGIT else symbol
