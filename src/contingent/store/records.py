"""What the store gives and takes: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from contingent.findings import Finding
from contingent.io.written import FIRST_LINE
from contingent.model.scenario import Scenario

Role = Literal["administrator", "planner", "delegate", "observer", "nobody"]
JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Parameters
    ----------
    name : str
        As the history shows it.
    role : {"administrator", "planner", "delegate", "observer", "nobody"}
        As what.
    nation : str or None
        Nation that a delegate speaks for.
    account : int or None
        Number of the account; None on a machine without accounts.
    """

    name: str
    role: Role
    nation: str | None = None
    account: int | None = None


SERVER = Actor("the server", "administrator")
"""Who does what nobody asked for, such as failing a job whose worker died."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of the scenario as it is written.

    Parameters
    ----------
    id : int
        Its number, which stays the same whatever becomes of its key.
    table, key : str
        Its table, and the columns that name it joined by ``/``.
    version : int
        Goes up with each change.
    cells : mapping of str to str
        Cells that are not blank, by column.
    changed_by, changed_at : str, datetime
        Last change. UTC
    """

    id: int
    table: str
    key: str
    version: int
    cells: Cells
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one row.

    Parameters
    ----------
    table : str
        Its table; ``scenario`` for settings.
    cells : mapping of str to str, or None
        What the row is to hold, whole; blank cells may be left out. None takes the row out.
    row : int or None
        Number of the row; None for a new one.
    version : int or None
        Version that the editor saw; None for a new row.
    """

    table: str
    cells: Cells | None
    row: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class State:
    """A conference at one moment.

    Parameters
    ----------
    seq : int
        Last entry of the history that changed a row; plans, jobs and the like do not count.
    scenario : Scenario or None
        Frozen and checked; None where the rows make none.
    findings : tuple of Finding
        Warnings, and errors where there is no scenario. A table is called by its name.
    rows : mapping of str to tuple of StoredRow
        Rows as they are written, by table; settings in ``scenario``.
    """

    seq: int
    scenario: Scenario | None
    findings: tuple[Finding, ...]
    rows: Mapping[str, tuple[StoredRow, ...]]

    def row_at(self, table: str, line: int | None) -> StoredRow | None:
        """Return the row that a finding's line stands for; None where it stands for no row of this conference."""
        rows = self.rows.get(table, ())
        return rows[line - FIRST_LINE] if line is not None and FIRST_LINE <= line < FIRST_LINE + len(rows) else None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the history.

    Parameters
    ----------
    seq : int
        Its place; order is by this, whatever the clocks said.
    at : datetime
        When, by the clock of the machine that wrote it. UTC
    actor, role, nation, account
        Who.
    kind : str
        create, change, undo, import, restore, plan, job, version, incidents, note, risk, setting or account.
    why : str
        What the actor gave as reason.
    batch : int
        First entry of the change that this one is part of.
    table, row, key, version
        The row that was changed, and its version after it; None where it was no row.
    before, after : mapping of str to str, or None
        Cells; None where there was no row.
    details : mapping or None
        What else is to be known.
    previous, hash : str
        The chain: hash of the entry before, and of this one. SHA-256
    """

    seq: int
    at: datetime
    actor: str
    role: str
    nation: str | None
    account: int | None
    kind: str
    why: str
    batch: int
    table: str | None
    row: int | None
    key: str | None
    version: int | None
    before: Cells | None
    after: Cells | None
    details: Mapping[str, Any] | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a page that is open wants to hear of: something happened, but not its content.

    `plan` and `job` are the numbers of what it happened to, or None.
    """

    seq: int
    at: datetime
    actor: str
    kind: str
    table: str | None
    key: str | None
    plan: int | None
    job: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is computed outside of requests.

    Parameters
    ----------
    attempt : int
        How often it was begun; a worker names it so that one who was given up for dead is not heard.
    share : float
        How much of it is done. [-]
    message : str
        What it does now, or why it failed.
    is_cancelled : bool
        Whether somebody asked it to stop.
    result : mapping or None
        What came of it; while it runs, what it has so far.
    has_archive : bool
        Whether files that came of it are still kept.
    """

    id: int
    kind: str
    arguments: Mapping[str, Any]
    status: JobStatus
    asked_by: str
    account: int | None
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    worker: str | None
    attempt: int
    share: float
    message: str
    is_cancelled: bool
    result: Mapping[str, Any] | None
    has_archive: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ("done", "failed", "cancelled")

    @property
    def so_far(self) -> Mapping[str, Any] | None:
        """What it has so far, while it runs and where it tells; None else."""
        found: Mapping[str, Any] | None = (self.result or {}).get("so_far") if self.status == "running" else None
        return found

    @property
    def is_enough(self) -> bool:
        """Whether somebody asked it to end with what it has so far."""
        return bool(self.arguments.get("enough"))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the scenario with a name."""

    id: int
    name: str
    of_seq: int
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that differs between two versions.

    Parameters
    ----------
    row : int or None
        Its number; None where it is not in the database.
    before, after : mapping of str to str, or None
        Cells; None where the row was not there, or is not.
    """

    table: str
    key: str
    row: int | None
    before: Cells | None
    after: Cells | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(name for name in dict.fromkeys([*before, *after]) if before.get(name, "") != after.get(name, ""))


@dataclass(frozen=True)
class Differences:
    """What differs between two versions: rows that are new, changed and removed."""

    new: tuple[RowDifference, ...] = ()
    changed: tuple[RowDifference, ...] = ()
    removed: tuple[RowDifference, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.new or self.changed or self.removed)


@dataclass(frozen=True)
class Preview(Differences):
    """What an import would do.

    Parameters
    ----------
    of_seq : int
        State that it was held against.
    findings : tuple of Finding
        Why it would be refused; empty where it can be applied.
    edits : tuple of Edit
        What would be done.
    """

    of_seq: int = 0
    findings: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Incident:
    """An observed event as it was reported; `number` is its place in the order of arrival."""

    number: int
    incident: str
    cells: Cells


NOTES, ACCEPTED_RISKS = "notes", "accepted_risks"
"""Tables, as the history calls them, of what is remarked on a line: no rows of the scenario."""

REMARK_TABLES = (NOTES, ACCEPTED_RISKS)

Audience = Literal["all", "planners", "nation"]


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a line.

    Parameters
    ----------
    audience : {"all", "planners", "nation"}
        Who reads it: everybody, those who see everything, or these and its nation.
    nation : str or None
        Nation whose delegate wrote it.
    written_by, account, written_at
        Who and when. UTC
    """

    id: int
    line: str
    text: str
    audience: Audience
    nation: str | None
    written_by: str
    account: int | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """The risk of a gap that somebody has accepted; at most one a line.

    Parameters
    ----------
    version : int
        Goes up with each change.
    accepted_by : str
        Who answers for it, which need not be who wrote it down.
    until : date
        Last day on which it holds.
    audience : {"all", "planners"}
        Who reads the reason. That the risk is accepted, by whom and until when, reads whoever sees the gap.
    written_by, account, written_at
        Who wrote it down and when. UTC
    """

    id: int
    line: str
    version: int
    accepted_by: str
    until: date
    reason: str
    audience: Audience
    written_by: str
    account: int | None
    written_at: datetime

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return day <= self.until
