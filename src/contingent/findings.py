"""A finding: one thing that is wrong in an input or in a plan, said so that a planner can mend it.

A finding is a value, not an exception. The command line prints it, the web page marks the cell, `verify` returns
the same kind for plans, a test compares it.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, where it stands, and what to do about it.

    Parameters
    ----------
    table : str
        File or sheet as the user knows it, for example ``offers.csv``.
    what : str
        The problem in one sentence.
    line : int, optional
        Line of the file or row of the sheet, the header being 1.
    column : str, optional
        Column name.
    nearest : str, optional
        The nearest right value, where there is one.
    maybe : str, optional
        What to do, as a sentence without its leading "Maybe".
    severity : {"error", "warning"}
        An error stops the work; a warning does not.
    """

    table: str
    what: str
    line: int | None = None
    column: str | None = None
    nearest: str | None = None
    maybe: str | None = None
    severity: Severity = "error"

    @property
    def where(self) -> str:
        """The place, as ``offers.csv, line 3, handover_days``."""
        parts = [self.table]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        """The finding as it is printed: where, what, and on a second line what to do."""
        hints = []
        if self.nearest is not None:
            hints.append(f"Nearest: '{self.nearest}'.")
        if self.maybe is not None:
            hints.append(f"Maybe {self.maybe.rstrip('.')}.")
        first = f"{self.where}: {self.what}"
        return first if not hints else f"{first}\n  {' '.join(hints)}"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, or None if none is alike.

    Examples
    --------
    >>> nearest_name("Odessa", ["Kyiv", "Odesa"])
    'Odesa'
    """
    names = sorted(set(known))
    by_folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    close = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def errors_only(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop the work."""
    return tuple(finding for finding in findings if finding.severity == "error")
