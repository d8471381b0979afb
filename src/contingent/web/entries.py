"""Entries of the history as a viewer may see them: who, when, which row, what was there before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contingent.store import AuditEntry
from contingent.web.guard import Viewer
from contingent.web.seen import owners_of

DONE = {
    "create": "made the conference",
    "restore": "restored it from a backup",
    "plan": "made a plan",
    "job": "asked for a computation",
    "version": "named a version",
    "incidents": "reported incidents",
    "setting": "set a setting",
    "prune": "took old plans out",
    "account": "changed an account",
}
"""What was done where it was no row, in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Parameters
    ----------
    what : str
        new, changed or removed, of a row; something, of rows that are not told; else what was done.
    before, after : mapping of str to str
        Cells that the viewer may see.
    batch : int
        First entry of the change that it is part of.
    may_undo : bool
        Whether the viewer may undo it: its own changes of rows.
    """

    seq: int
    batch: int
    at: datetime
    who: str
    what: str
    table: str
    key: str
    why: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    may_undo: bool

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Columns that differ, with what was there before and after."""
        names = dict.fromkeys([*self.before, *self.after])
        pairs = [(name, self.before.get(name, ""), self.after.get(name, "")) for name in names]
        return [(name, before, after) for name, before, after in pairs if before != after]


def told_entries(seen: Iterable[AuditEntry], viewer: Viewer) -> list[Entry]:
    """Return entries, as far as a viewer may see them already, in the words of pages.

    Parameters
    ----------
    seen : iterable of AuditEntry
        As of `contingent.web.seen.seen_history`.
    """
    return [
        Entry(
            seq=each.seq,
            batch=each.batch,
            at=each.at,
            who=each.actor,
            what=what_was_done(each),
            table=each.table or "",
            key=each.key or "",
            why=each.why if viewer.sees_all or each.account == viewer.account else "",
            before=each.before or {},
            after=each.after or {},
            may_undo=each.row is not None and each.kind != "create" and is_own(each, viewer),
        )
        for each in seen
    ]


def is_own(entry: AuditEntry, viewer: Viewer) -> bool:
    """Return whether an entry is the viewer's to undo: its own, and for an administrator anybody's."""
    return viewer.role == "administrator" or (entry.account == viewer.account and entry.actor == viewer.name)


def batches(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return entries as they were made: those of one change together."""
    found: list[list[Entry]] = []
    for entry in entries:
        if found and found[-1][0].batch == entry.batch:
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


def what_was_done(entry: AuditEntry) -> str:
    """Return what became of a row in a word, or what was done where it was no row."""
    if entry.table and not entry.key:
        return "something"
    if entry.table:
        return "new" if entry.before is None else "removed" if entry.after is None else "changed"
    return DONE.get(entry.kind, entry.kind)


def sees_whole(table: str, cells: Mapping[str, str], viewer: Viewer, nations: Mapping[str, str]) -> bool:
    """Return whether nothing of a row is kept from a viewer."""
    return viewer.sees_all or all(viewer.owns(owner) for owner in owners_of(table, cells.get, nations))
