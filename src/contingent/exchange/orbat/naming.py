"""What a unit's name says of its kind: number, letter and nation are its own, the rest is the kind."""

import re

_NATION_OR_KEY = re.compile(r"\s*\((?:[A-Z]{3}|[^()\s]*[#/][^()\s]*|gap|unfilled)\)\s*$", re.IGNORECASE)
_ORDINAL = re.compile(r"^(?:\d+(?:st|nd|rd|th|e|er|ème|\.|/)?|[IVXLC]+\.?|[A-Z])\s+(?=\S)")
_NUMBER = re.compile(r"(?<!\brole)(?<!\blevel)(?<!\btype)(?<!\bclass)\s+#?\d+$", re.IGNORECASE)


def kind_in(name: str) -> str:
    """Return what is left of a unit's name without its number, letter and nation.

    >>> kind_in("1st Mech Bn (FRA)"), kind_in("Battlegroup 3 (FRA)"), kind_in("A Coy"), kind_in("Fighters (6 aircraft)")
    ('Mech Bn', 'Battlegroup', 'Coy', 'Fighters (6 aircraft)')
    >>> kind_in("Role 2 (gap)")
    'Role 2'
    """
    kind, before = name, ""
    while kind != before:
        before = kind
        kind = _NUMBER.sub("", _NATION_OR_KEY.sub("", kind))
    return _ORDINAL.sub("", kind) or name


def key_of(text: str, taken: set[str], *, lower: bool = False) -> str:
    """Return a text as the key of a row that nobody else has, and remember it.

    >>> taken = {"mech_bn"}
    >>> key_of("Mech Bn", taken, lower=True)
    'mech_bn_2'
    """
    plain = text.strip()
    if lower:
        plain = "_".join("".join(char if char.isalnum() else " " for char in plain.casefold()).split())
    plain = plain or "unit"
    key, number = plain, 1
    while key in taken:
        number += 1
        key = f"{plain}_{number}" if lower else f"{plain} ({number})"
    taken.add(key)
    return key
