"""What a cell of MARATHON's tables says: whole days, yes or no, EDN maps. Whatever says nothing of the kind is a finding."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from contingent.findings import Finding, nearest_name
from contingent.simulation.marathon.edn import BadEdn, read_edn
from contingent.simulation.marathon.project import INFINITE

_YES, _NO = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})
_LARGEST = 2**31 - 1


class Row:
    """The cells of one row, read one by one; a cell that makes no sense becomes a finding.

    Parameters
    ----------
    place : str
        File or sheet.
    line : int
        Line of the row.
    cells : mapping of str to str
        Text by folded column; a column that is absent is not in it.
    findings : list of Finding
        Takes what is wrong.
    """

    def __init__(self, place: str, line: int, cells: Mapping[str, str], findings: list[Finding]) -> None:
        self.place, self.line, self.cells, self.findings = place, line, cells, findings

    def wrong(self, column: str, what: str, *, nearest: str | None = None, maybe: str | None = None) -> None:
        """Add a finding about a cell of this row."""
        self.findings.append(Finding(self.place, what, line=self.line, column=column, nearest=nearest, maybe=maybe))

    def text(self, column: str, default: str | None = None) -> str:
        """Return a cell's text; a blank is the default, or a finding where there is none."""
        value = self.cells.get(column.casefold(), "")
        if value:
            return value
        if default is None:
            self.wrong(column, "is blank.")
        return default or ""

    def whole(self, column: str, default: int | None = None, *, least: int = -_LARGEST) -> int:
        """Return a cell's whole number, as ``365``, ``365.0`` or ``inf``. A blank, or `Auto`, is the default."""
        value = self.cells.get(column.casefold(), "")
        if default is not None and value.casefold() in ("", "auto", "nil"):
            return default
        number = float(INFINITE) if value.casefold().lstrip(":+") in ("inf", "infinity") else number_of(value)
        if number is None or not number.is_integer() or abs(number) > _LARGEST:
            self.wrong(
                column, f"'{value}' is no whole number of days or units." if value else "is blank; a whole number is needed."
            )
            return default or max(least, 0)
        if number < least:
            self.wrong(column, f"{int(number)} is less than {least}.")
            return least
        return int(number)

    def real(self, column: str, default: float) -> float:
        """Return a cell's number; a blank is the default."""
        value = self.cells.get(column.casefold(), "")
        if not value:
            return default
        number = number_of(value)
        if number is None:
            self.wrong(column, f"'{value}' is no number.")
            return default
        return number

    def is_on(self, column: str) -> bool:
        """Return what a cell of TRUE or FALSE says. A table without the column says TRUE throughout."""
        value = self.cells.get(column.casefold())
        if value is None or value.casefold() in _YES:
            return True
        if value.casefold() not in _NO:
            self.wrong(column, f"'{value}' is neither TRUE nor FALSE.")
        return False

    def one_of(self, column: str, value: str, known: Iterable[str]) -> None:
        """Add a finding if a cell's value is none of those that are known."""
        names = sorted(known)
        if value not in names:
            self.wrong(column, f"'{value}' is not one of {', '.join(names)}.", nearest=nearest_name(value, names))

    def map_of(self, column: str, *, if_any: bool = False) -> Mapping[Any, Any]:
        """Return a cell's EDN map; a blank, `Auto` or `nil` is an empty one. With `if_any`, so is all that begins like no map."""
        value = self.cells.get(column.casefold(), "")
        if value.casefold() in ("", "auto", "nil") or (if_any and not value.startswith("{")):
            return {}
        try:
            found = read_edn(value)
        except BadEdn as problem:
            self.wrong(column, f"{value[:60]!r} is no EDN map: {problem}.")
            return {}
        if not isinstance(found, Mapping):
            self.wrong(column, f"{value[:60]!r} is no map.", maybe="write it in braces: {}")
            return {}
        return found


def number_of(text: str) -> float | None:
    """Return the finite number that a text is, or None.

    >>> number_of("365.0"), number_of("inf"), number_of("many")
    (365.0, None, None)
    """
    try:
        number = float(text.replace("_", "x"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
