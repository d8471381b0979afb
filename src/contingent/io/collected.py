"""Findings as they are gathered while a scenario is read: none is lost, none is told a thousand times.

Reading never stops at the first problem. Each step adds what it finds, with the sheet it found it on; at the end the findings
are put in the order of scenarios, tables and lines, and those that are alike are told as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from contingent.findings import Finding, Severity, nearest_name
from contingent.io.limits import MOST_ALIKE
from contingent.io.wording import listed

LONGEST_MISSPELLING = 200
"""Longer names are not looked up for their nearest: no name is that long. [characters]"""

MOST_LOOKUPS = 20
"""Nearest names looked for in one set of names; comparing each of thousands with thousands would take minutes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file or sheet that holds one table of one scenario.

    Parameters
    ----------
    table : str
        Name of the table, or ``scenario`` for the settings.
    label : str
        As the user knows it: ``offers.csv``, ``sheet offers``, ``../base/offers.csv``.
    layer : int
        0 for the scenario that was asked for, 1 for the one that it extends, and so on.
    position : int
        Place of the table among the tables.
    """

    table: str
    label: str
    layer: int = 0
    position: int = 0


@dataclass(slots=True)
class _Alike:
    """Findings of one kind in one column: the first ones in full, of the rest only the line."""

    sheet: Sheet
    order: int
    first: list[Finding] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    number: int = 0

    def told(self) -> list[Finding]:
        if self.number <= MOST_ALIKE:
            return self.first
        lines = list(dict.fromkeys(self.lines))[1:]
        others = f"{self.number - 1:,} further {'cells of this column have' if self.first[0].column else 'places have'}"
        where = f" (lines {listed(lines)})" if lines else ""
        return [replace(self.first[0], what=f"{self.first[0].what} {others} the same problem{where}.")]


class Collected:
    """Every finding of one reading."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str | None, str, Severity], _Alike] = {}
        self._number = 0

    def add(
        self,
        kind: str,
        sheet: Sheet,
        what: str,
        *,
        line: int | None = None,
        column: str | None = None,
        nearest: str | None = None,
        maybe: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Add a finding. `kind` says which findings are alike; it is never shown."""
        self._number += 1
        group = self._groups.setdefault((sheet.label, column, kind, severity), _Alike(sheet, self._number))
        group.number += 1
        if len(group.first) < MOST_ALIKE:
            group.first.append(Finding(sheet.label, what, line, column, nearest, maybe, severity))
        if line is not None:
            group.lines.append(line)

    def include(self, other: "Collected") -> None:
        """Add what another reading found after what was found so far; the other is left as it is."""
        for place, group in other._groups.items():  # noqa: SLF001 (of the same class)
            mine = self._groups.setdefault(place, _Alike(group.sheet, self._number + group.order))
            mine.number += group.number
            mine.first += group.first[: MOST_ALIKE - len(mine.first)]
            mine.lines += group.lines
        self._number += other._number  # noqa: SLF001 (of the same class)

    @property
    def error_count(self) -> int:
        """How many errors there are so far."""
        return sum(group.number for (*_, severity), group in self._groups.items() if severity == "error")

    def in_order(self) -> tuple[Finding, ...]:
        """Return the findings in the order of scenarios, tables and lines; those that are alike and many as one."""
        told = [(group, finding) for group in self._groups.values() for finding in group.told()]
        told.sort(key=lambda pair: (pair[0].sheet.layer, pair[0].sheet.position, pair[1].line or 0, pair[0].order))
        return tuple(finding for _, finding in told)


class Names:
    """A set of names that others are looked up in, with the nearest one for a misspelling."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._nearest: dict[str, str | None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __bool__(self) -> bool:
        return bool(self._known)

    def nearest(self, name: str) -> str | None:
        """Return the known name that is most like `name`, or None."""
        if len(name) > LONGEST_MISSPELLING:
            return None
        if name not in self._nearest:
            if len(self._nearest) >= MOST_LOOKUPS:
                return None
            self._nearest[name] = nearest_name(name, self._known)
        return self._nearest[name]
