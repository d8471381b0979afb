"""How wide words are, so that they are cut before they run out of their place."""

WIDE, CAPITALS, NARROW = "mwMW%@", "ABCDEFGHIJKLNOPQRSTUVXYZ&+", "iljtfrI.,:;'|!()[]·- "
WIDE_EM, CAPITAL_EM, NARROW_EM, OTHER_EM = 0.86, 0.70, 0.31, 0.556
"""Widths of the letters of a plain face, rounded up. [em]"""

BOLD = 1.07
"""How much wider bold letters are. [-]"""


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is, rather too much than too little. [px]"""
    ems = sum(
        WIDE_EM if letter in WIDE else CAPITAL_EM if letter in CAPITALS else NARROW_EM if letter in NARROW else OTHER_EM
        for letter in text
    )
    return ems * size * (BOLD if bold else 1.0)


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text as far as it fits, an ellipsis where it was cut.

    >>> cut("Mechanised battlegroup", 90, 11)
    'Mechanised bat…'
    >>> cut("Corps", 90, 11)
    'Corps'
    """
    if width_of(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrapped(text: str, room: float, size: float, *, lines: int) -> list[str]:
    """Return a text broken into at most so many lines, the last cut where it does not fit.

    >>> wrapped("Clear the approaches to Odesa of mines", 110, 10, lines=2)
    ['Clear the approaches to', 'Odesa of mines']
    """
    found: list[str] = []
    left = text
    while left and len(found) < lines - 1 and width_of(left, size) > room:
        words = left.split(" ")
        count = max((n for n in range(1, len(words)) if width_of(" ".join(words[:n]), size) <= room), default=0)
        if not count:
            break
        found.append(" ".join(words[:count]))
        left = " ".join(words[count:])
    return [*found, cut(left, room, size)]


def shortened(text: str, room: float, size: float) -> str:
    """Return a text as far as it fits; what stands in brackets at its end goes first.

    >>> shortened("Fighter detachment (6 aircraft)", 110, 10)
    'Fighter detachment'
    """
    bare, bracket, _ = text.rpartition(" (")
    return cut(text if not bracket or width_of(text, size) <= room else bare, room, size)
