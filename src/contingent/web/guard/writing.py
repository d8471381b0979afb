"""Which rows a viewer may write: the one way from a page, an import or a program to the tables of the conference.

A planner writes everything. A delegate writes what is its own nation's, before and after: its offers, its pledges and
deliveries, and of its nation's row the ceiling, the chance of withdrawal and the position. Everything else is refused, however
it is asked for: by the number of another's row, by another nation in a hidden field, by changing the nation of a row, or by a new
row with the key of a row that another nation has further down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from contingent.io.written import key_of_cells
from contingent.model.rows import TABLE_BY_NAME
from contingent.model.scenario import Scenario
from contingent.store import Actor, Conference, Conflict, Edit, Preview, State
from contingent.web.guard.faults import Denied
from contingent.web.guard.permissions import may
from contingent.web.guard.viewer import Viewer
from contingent.web.seen import nations_of_offers, seen_cells

MOST_TAKEN_BACK = 900
"""Rows of one change that a delegate can take back; a planner takes back larger ones."""

SETTINGS = "scenario"
"""Table that the settings stand in."""


@dataclass(frozen=True, slots=True)
class OwnRows:
    """What a delegate may write of a table.

    Parameters
    ----------
    owner : str
        Column that names the nation.
    permission : str
        What it needs.
    columns : tuple of str or None
        Columns that it may change; None = all of them, and it may add rows and take them out.
    """

    owner: str
    permission: str
    columns: tuple[str, ...] | None = None


OWN_ROWS: Mapping[str, OwnRows] = {
    "offers": OwnRows("nation", "offers.write"),
    "nations": OwnRows("nation", "offers.write", ("personnel_ceiling", "withdrawal_probability", "position")),
    "pledges": OwnRows("donor", "aid.write"),
    "deliveries": OwnRows("donor", "aid.write"),
}
"""Tables that a delegate may write in."""

PERMISSION_OF_TABLE: Mapping[str, str] = {
    "requirements": "requirements.write", "pins": "pins.write", "attachments": "attachments.write", SETTINGS: "settings.write"}
"""What planners need for a table, where it is not ``scenario.write``."""


def permission_to_write(table: str) -> str:
    """Return the permission that writing in a table needs."""
    return OWN_ROWS[table].permission if table in OWN_ROWS else PERMISSION_OF_TABLE.get(table, "scenario.write")


def check_edits(viewer: Viewer, edits: Iterable[Edit], state: State) -> None:
    """Refuse edits that a viewer may not make.

    Parameters
    ----------
    viewer : Viewer
        Who wants to.
    edits : iterable of Edit
        What it wants to change.
    state : State
        The conference as it stands.

    Raises
    ------
    Denied
        At the first that it may not make; nothing is to be changed then.
    """
    for edit in edits:
        if edit.table not in TABLE_BY_NAME and edit.table != SETTINGS:
            raise Denied("There is no such table.", status=404)
        if not may(viewer, permission_to_write(edit.table)):
            raise Denied(f"You may not write in {edit.table}.", maybe="ask a planner of the conference")
        if not viewer.sees_all:
            _check_own(viewer, edit, state)


def _check_own(viewer: Viewer, edit: Edit, state: State) -> None:
    own = OWN_ROWS.get(edit.table)
    if own is None or viewer.role != "delegate" or not viewer.nation:
        raise Denied(f"You may not write in {edit.table}.", maybe="ask a planner of the conference")
    if state.scenario is None:
        raise Denied("The tables cannot be read as they are now.", status=409, maybe="ask a planner to mend them")
    before = _cells_before(edit, state)
    if before is not None and before.get(own.owner) != viewer.nation:
        # The same answer as for a row that is not there: whose it is, is not told.
        raise Denied("There is no such row, or it is another nation's.", status=404)
    if edit.cells is None:
        if own.columns is not None:
            raise Denied("You may not take that row out.", maybe="ask a planner of the conference")
        return
    unknown = set(edit.cells) - set(TABLE_BY_NAME[edit.table].model_fields)
    if unknown:
        raise Denied("There is no such column.", status=422)
    if edit.cells.get(own.owner) != viewer.nation:
        raise Denied(f"You speak for {viewer.nation}, and the row names another nation.")
    if own.columns is not None:
        if before is None:
            raise Denied("You may not add a row there.", maybe="ask a planner of the conference")
        names = set(before) | set(edit.cells)
        changed = {name for name in names if (before.get(name) or "") != (edit.cells.get(name) or "")} - set(own.columns)
        if changed:
            raise Denied(f"You may not change {', '.join(sorted(changed))}.", maybe="ask a planner of the conference")
    _check_key(viewer, edit.table, edit.cells, own, state.scenario)
    if edit.table == "deliveries" and (pledge := (edit.cells.get("pledge") or "").strip()):
        whose = next((row.donor for row in state.scenario.pledges if row.pledge == pledge), viewer.nation)
        if whose != viewer.nation:
            raise Denied("The delivery names another donor's pledge.")


def _cells_before(edit: Edit, state: State) -> Mapping[str, str] | None:
    if edit.row is None:
        if edit.cells is None:
            raise Denied("There is no such row, or it is another nation's.", status=404)
        return None
    found = next((row for row in state.rows.get(edit.table, ()) if row.id == edit.row), None)
    if found is None:
        raise Denied("There is no such row, or it is another nation's.", status=404)
    cells: Mapping[str, str] = found.cells
    return cells


def _check_key(viewer: Viewer, table: str, cells: Mapping[str, str], own: OwnRows, scenario: Scenario) -> None:
    """Refuse the key of a row that another nation has: laid over it, the new row would take its place."""
    cls = TABLE_BY_NAME[table]
    key = tuple((cells.get(name) or "").strip() for name in cls.key)
    for row in scenario.rows(table):
        if tuple(str(getattr(row, name)) for name in cls.key) == key and not viewer.owns(getattr(row, own.owner)):
            raise Denied("That name is taken.", status=409, maybe="choose another")


def actor_of(viewer: Viewer) -> Actor:
    """Return a viewer as the history names it."""
    return Actor(name=viewer.name, role=viewer.role, nation=viewer.nation, account=viewer.account)


def change(conference: Conference, viewer: Viewer, edits: Sequence[Edit], *, why: str = "") -> State:
    """Change the conference as a viewer, or nothing of it.

    Parameters
    ----------
    conference : Conference
        What is changed.
    viewer : Viewer
        Who changes it.
    edits : sequence of Edit
        What is changed, all or nothing.
    why : str
        Why, for the history.

    Raises
    ------
    Denied
        If the viewer may not.
    Conflict
        If somebody changed a row meanwhile; of what stands now it carries what the viewer may see.
    Refused
        If the tables would no longer make sense.
    """
    check_edits(viewer, edits, conference.state())
    with _conflicts_as_seen(conference, viewer):
        return conference.change(actor_of(viewer), edits, why=why)


def undo(conference: Conference, viewer: Viewer, seq: int) -> State:
    """Take a change of one's own back, as a new one.

    Parameters
    ----------
    seq : int
        Entry of the history.

    Raises
    ------
    Denied
        If the change was another's, or the viewer may not write its rows any more.
    Conflict, Refused
        As of `change`.
    """
    entry = next((each for each in conference.history(before=seq + 1, limit=1) if each.seq == seq), None)
    if entry is None or (not viewer.sees_all and (entry.actor, entry.account) != (viewer.name, viewer.account)):
        raise Denied("There is no such change of yours.", status=404)
    if not viewer.sees_all:
        later = conference.history(before=entry.batch + MOST_TAKEN_BACK + 1, limit=MOST_TAKEN_BACK + 1)
        if later[0].batch == entry.batch and len(later) > MOST_TAKEN_BACK:
            raise Denied("That change is too large.", maybe="ask a planner of the conference to take it back")
        for each in (each for each in later if each.batch == entry.batch):
            own = OWN_ROWS.get(each.table or "")
            whose = {cells.get(own.owner) for cells in (each.before, each.after) if cells is not None} if own else {None}
            if whose != {viewer.nation}:
                raise Denied("That change was not of your nation's rows alone.")
    with _conflicts_as_seen(conference, viewer):
        return conference.undo(actor_of(viewer), seq)


def restore(conference: Conference, viewer: Viewer, version: int, *, of_seq: int) -> State:
    """Make the tables again what they were in a version with a name, as one change.

    Parameters
    ----------
    version : int
        Number of the version.
    of_seq : int
        `State.seq` that the viewer saw.

    Raises
    ------
    Denied
        If the viewer may not: it writes all tables, so it is for those who see everything.
    Conflict, Refused, UnknownNumber
        As of `Conference.restore_version`.
    """
    if not viewer.sees_all:
        raise Denied("You may not restore a version.", maybe="ask a planner of the conference")
    return conference.restore_version(actor_of(viewer), version, of_seq=of_seq)


def own_part(preview: Preview, viewer: Viewer, state: State) -> Preview:
    """Return the part of an import that a viewer may make and see.

    A delegate's file lacks what it was never shown: what it would take out or change of others is left alone.

    Parameters
    ----------
    preview : Preview
        What the import would do.
    viewer : Viewer
        Who imports.
    state : State
        The conference as it stands.
    """
    if viewer.sees_all:
        return preview
    kept = tuple(edit for edit in preview.edits if _is_allowed(viewer, edit, state))
    rows = {(edit.table, edit.row) for edit in kept if edit.row is not None}
    new = {(edit.table, key_of_cells(edit.table, edit.cells or {})) for edit in kept if edit.row is None}
    # What the rest would break is no business of the delegate's; what its own part would break is refused when it is applied.
    return replace(
        preview, edits=kept, findings=() if preview.edits else preview.findings,
        new=tuple(each for each in preview.new if (each.table, each.key) in new),
        changed=tuple(each for each in preview.changed if (each.table, each.row) in rows),
        removed=tuple(each for each in preview.removed if (each.table, each.row) in rows),
    )  # fmt: skip


def _is_allowed(viewer: Viewer, edit: Edit, state: State) -> bool:
    try:
        check_edits(viewer, [edit], state)
    except Denied:
        return False
    return True


def apply_import(conference: Conference, viewer: Viewer, preview: Preview, *, why: str = "") -> State:
    """Do what an import would, as far as the viewer may.

    Raises
    ------
    Denied
        If nothing of it may be done.
    Conflict, Refused
        As of `change`.
    """
    state = conference.state()
    part = own_part(preview, viewer, state)
    check_edits(viewer, part.edits, state)
    if preview.edits and not part.edits:
        raise Denied("Nothing in that file is yours to change.")
    with _conflicts_as_seen(conference, viewer):
        return conference.import_apply(actor_of(viewer), part, why=why)


@contextmanager
def _conflicts_as_seen(conference: Conference, viewer: Viewer) -> Iterator[None]:
    """Keep from a conflict what the viewer may not see: the row may have become another nation's meanwhile."""
    try:
        yield
    except Conflict as conflict:
        if viewer.sees_all:
            raise
        nations = nations_of_offers(conference.state())
        rows = [
            replace(row, current=seen_cells(row.table, row.current, viewer, nations) if row.current is not None else None)
            for row in conflict.rows
        ]
        raise Conflict(rows) from None
