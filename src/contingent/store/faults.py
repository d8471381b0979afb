"""Errors of the store: each says that nothing was changed, why, and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contingent.errors import ContingentError
from contingent.findings import Finding


@dataclass(frozen=True, slots=True)
class ConflictingRow:
    """A row that somebody else changed meanwhile.

    Parameters
    ----------
    table, key : str
        Which row.
    row : int
        Its number.
    version : int or None
        Version that stands now; None where the row was taken out.
    changed_by : str
        Who changed it.
    current, tried : mapping of str to str, or None
        Cells that stand now, and those that were to be written; None where the row was, or was to be, taken out.
    """

    table: str
    key: str
    row: int
    version: int | None
    changed_by: str
    current: Mapping[str, str] | None
    tried: Mapping[str, str] | None


class Conflict(ContingentError):
    """Rows that somebody else changed meanwhile. Nothing was changed; both values are carried."""

    def __init__(self, rows: Iterable[ConflictingRow]) -> None:
        self.rows = tuple(rows)
        names = ", ".join(f"{row.table} {row.key}" for row in self.rows[:5])
        super().__init__(f"{names}: changed meanwhile by somebody else. Nothing was written.")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.rows,), self.__dict__


class Refused(ContingentError):
    """A change after which the scenario would no longer make sense. Nothing was changed; all findings are carried.

    Parameters
    ----------
    findings : iterable of Finding
        What would be wrong. Lines are those of the tables as they would be.
    keys : sequence of str or None
        Key of the row that each finding stands at; None where it stands at none.
    """

    def __init__(self, findings: Iterable[Finding], keys: Iterable[str | None] = ()) -> None:
        self.findings = tuple(findings)
        self.keys = tuple(keys) or (None,) * len(self.findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings, self.keys), self.__dict__


class NotOneself(ContingentError):
    """An entry that somebody else made: it is theirs to undo."""


class UnknownNumber(ContingentError):
    """A number of an entry, plan, job or version that the conference does not have."""


class NameTaken(ContingentError):
    """A name that is there already."""


class LostJob(ContingentError):
    """A job that was taken from this worker, because it gave no sign of life for too long, or is over."""


class Unusable(ContingentError):
    """A database that cannot be used now: out of reach, full, busy for too long, or read only.

    Parameters
    ----------
    place : str
        How it is called; or the whole message, where there is no reason.
    reason : str
        Why, as a sentence that names no place.
    detail : str
        The same for whoever runs the server: what the database said.
    is_known : bool
        Whether nothing was changed. Where the connection was lost in the moment of the commit, and the database has stayed out of
        reach, that is not known.
    """

    def __init__(self, place: str, reason: str = "", *, detail: str = "", is_known: bool = True) -> None:
        self.place, self.is_known = place, is_known
        unknown = "Whether the change was written is not known: look before it is repeated."
        known = "Nothing was changed." if is_known else unknown
        self.reason = f"{reason} {known}" if reason else ""
        super().__init__(f"{place}: {detail or reason} {known}" if reason else place)


class NoConference(ContingentError):
    """A database that holds no conference yet."""


class OtherSchema(ContingentError):
    """A database whose tables are of an older or a newer version of the program."""


class BadBackup(ContingentError):
    """A file that is no backup, or a damaged one."""
