"""How values are quoted in findings: short, in one line, and with nothing in them that a terminal would obey."""

from collections.abc import Iterable, Sequence

LONGEST_QUOTE = 60
"""Longest part of a value that is quoted. [characters]"""

LONGEST_PATH = 400
"""Longest part of a path that is quoted. [characters]"""

MOST_LISTED = 8
"""Most values that are listed before the rest is counted."""


def shown(value: str, longest: int = LONGEST_QUOTE) -> str:
    r"""Return a value as it is quoted in a finding.

    >>> shown("Odessa")
    "'Odessa'"
    >>> shown("two\nlines")
    "'two\\nlines'"
    """
    short = value if len(value) <= longest else value[: longest - 3] + "..."
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in short)
    return f"'{safe}'"


def listed(values: Iterable[object]) -> str:
    """Return values as a list in one line, cut short where it is long.

    >>> listed([3, 4, 5])
    '3, 4, 5'
    >>> listed(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7 and 4 more'
    """
    texts: Sequence[str] = [str(value) for value in values]
    if len(texts) <= MOST_LISTED:
        return ", ".join(texts)
    return f"{', '.join(texts[:MOST_LISTED])} and {len(texts) - MOST_LISTED:,} more"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "cell"), counted(2, "cell")
    ('1 cell', '2 cells')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
