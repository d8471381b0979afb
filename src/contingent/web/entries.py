"""Entries of the history as a viewer may see them: who, when, which row, what was there before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contingent.store import AuditEntry
from contingent.web.guard import Viewer
from contingent.web.seen import owners_of, seen_cells

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
        new, changed or removed, of a row; else what was done.
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


def seen_entries(found: Iterable[AuditEntry], viewer: Viewer, nations: Mapping[str, str]) -> list[Entry]:
    """Return entries as a viewer may see them; those of rows that it may not see are left out."""
    entries = []
    for each in found:
        before, after = each.before, each.after
        if each.table and each.key:
            seen = [None if cells is None else seen_cells(each.table, cells, viewer, nations) for cells in (before, after)]
            if any(cells is not None and shown is None for cells, shown in zip((before, after), seen, strict=True)):
                continue
            before, after = seen
        elif not viewer.sees_all:
            before, after = None, None
        entries.append(
            Entry(
                seq=each.seq,
                batch=each.batch,
                at=each.at,
                who=each.actor,
                what=what_was_done(each),
                table=each.table or "",
                key=each.key or "",
                why=each.why if viewer.sees_all or each.account == viewer.account else "",
                before=before or {},
                after=after or {},
                may_undo=each.row is not None and each.kind != "create" and is_own(each, viewer),
            )
        )
    return entries


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
    if entry.table and entry.key:
        return "new" if entry.before is None else "removed" if entry.after is None else "changed"
    return DONE.get(entry.kind, entry.kind)


def sees_whole(table: str, cells: Mapping[str, str], viewer: Viewer, nations: Mapping[str, str]) -> bool:
    """Return whether nothing of a row is kept from a viewer."""
    return viewer.sees_all or all(viewer.owns(owner) for owner in owners_of(table, cells.get, nations))
