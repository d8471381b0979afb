"""How wide letters are in the face of a briefing: Arial, or Liberation Sans, which has the same widths by design.

Both writers break lines by these widths, so that a text that fits its place in the one fits it in the other. Widths are those
that every Helvetica-like face has had since its first metrics were published; letters with accents are as wide as those
without.

    width_of    width of a text
    lines_of    a text in lines that fit a room
    shown       a text as every face can show it
    cut         a text in one line, an ellipsis where it did not fit
"""

import unicodedata
from collections.abc import Iterator

PLAIN = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778,
    722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222,
    500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778,
    722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278,
    556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
"""Advance widths of the letters from the space to the tilde. [1/1000 em]"""

FIRST = 32
OTHERS = {
    "\u00a0": (278, 278), "’": (222, 278), "‘": (222, 278), "“": (333, 500), "”": (333, 500), "·": (278, 278), "²": (333, 333),
    "°": (400, 400), "ł": (222, 278), "−": (584, 584), "×": (584, 584), "÷": (549, 549), "–": (556, 556),
}  # fmt: skip
"""Signs beside those letters, plain and bold. [1/1000 em]"""

TRAILING = " \u00a0\u202f,;:·(–"
"""What does not stand before an ellipsis."""

UNKNOWN, WIDEST = 611, 1000
"""Any other letter; any other sign. [1/1000 em]"""

LINE = 1.18
"""From one line to the next, as a multiple of the size of the letters. [-]"""

ASCENT = 0.92
"""From the top of a line to the foot of its letters, as a multiple of their size. [-]"""

SAFETY = 1.012
"""Renderers round and kern a little differently: lines are broken as if the letters were so much wider. [-]"""


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is. [pt]

    >>> round(width_of("Helm", 10), 2), round(width_of("Hélm", 10), 2), round(width_of("Helm", 10, bold=True), 2)
    (23.33, 23.33, 24.45)
    """
    widths = BOLD if bold else PLAIN
    return sum(_width_of_letter(letter, widths) for letter in text) * size / 1000


def _width_of_letter(letter: str, widths: tuple[int, ...]) -> int:
    at = ord(letter) - FIRST
    if 0 <= at < len(widths):
        return widths[at]
    if letter in OTHERS:
        return OTHERS[letter][widths is BOLD]
    base = ord(unicodedata.normalize("NFKD", letter)[0]) - FIRST
    if 0 <= base < len(widths):
        return widths[base]
    return UNKNOWN if letter.isalpha() else WIDEST


def shown(text: str) -> str:
    r"""Return a text as every face and every file can hold it: no narrow spaces, no control characters but ends of lines.

    >>> shown("12\u202f000\x07 units") == "12\u00a0000 units"
    True
    """
    plain = text.replace("\u202f", "\u00a0")
    return "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))


def lines_of(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit a room, broken at spaces; a word that is wider than the room is broken too.

    >>> lines_of("Clear the approaches to the port", 80, 10)
    ['Clear the', 'approaches to', 'the port']
    """
    lines: list[str] = []
    for word in _words_that_fit(text, room, size, bold=bold):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) * SAFETY <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _words_that_fit(text: str, room: float, size: float, *, bold: bool) -> Iterator[str]:
    for word in text.split(" "):
        while len(word) > 1 and width_of(word, size, bold=bold) * SAFETY > room:
            most = next(
                at for at in range(len(word) - 1, 0, -1) if at == 1 or width_of(word[:at], size, bold=bold) * SAFETY <= room
            )
            yield word[:most]
            word = word[most:]
        yield word


def cut(text: str, room: float, size: float, *, bold: bool = False, lines: int = 1) -> str:
    """Return a text as far as it fits so many lines, an ellipsis where it was cut.

    >>> cut("Mechanised battlegroup", 80, 10), cut("Corps", 80, 10)
    ('Mechanised battl…', 'Corps')
    """
    if fits(text, room, size, bold=bold, lines=lines):
        return text
    kept = text
    while kept and not fits(f"{kept}…", room, size, bold=bold, lines=lines):
        kept = kept[:-1].rstrip(TRAILING)
    return f"{kept}…"


def fits(text: str, room: float, size: float, *, bold: bool = False, lines: int = 1) -> bool:
    """Return whether a text fits so many lines of a room."""
    found = lines_of(text, room, size, bold=bold)
    return len(found) <= lines and all(width_of(line, size, bold=bold) * SAFETY <= room for line in found)
