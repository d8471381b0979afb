"""Which rows a viewer may write: the one way from a page, an import or a program to the tables of the conference.

A planner writes everything. A delegate writes what is its own nation's, before and after: its offers, its pledges and
deliveries, and of its nation's row the ceiling, the chance of withdrawal and the position. Everything else is refused, however
it is asked for: by the number of another's row, by another nation in a hidden field, by changing the nation of a row, or by a new
row with the key of a row that another nation has further down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario
from contingent.web.guard.faults import Denied
from contingent.web.guard.permissions import may
from contingent.web.guard.viewer import Viewer

if TYPE_CHECKING:
    from contingent.store import Actor, Conference, Edit, State

ROWS = {cls.table: cls for cls in TABLES}


class AnEdit(Protocol):
    """An edit as `contingent.store` has it."""

    @property
    def table(self) -> str:
        """Table."""

    @property
    def cells(self) -> Mapping[str, str] | None:
        """Cells as they are to be; None = the row is taken out."""

    @property
    def row(self) -> int | None:
        """Number of the row; None = a new one."""


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

PERMISSION_OF_TABLE: Mapping[str, str] = {"requirements": "requirements.write", "pins": "pins.write"}
"""What planners need for a table, where it is not ``scenario.write``."""


def permission_to_write(table: str) -> str:
    """Return the permission that writing in a table needs."""
    return OWN_ROWS[table].permission if table in OWN_ROWS else PERMISSION_OF_TABLE.get(table, "scenario.write")


def check_edits(viewer: Viewer, edits: Iterable[AnEdit], state: "State") -> None:
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
        if edit.table not in ROWS:
            raise Denied("There is no such table.", status=404)
        if not may(viewer, permission_to_write(edit.table)):
            raise Denied(f"You may not write in {edit.table}.", maybe="ask a planner of the conference")
        if not viewer.sees_all:
            _check_own(viewer, edit, state)


def _check_own(viewer: Viewer, edit: AnEdit, state: "State") -> None:
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
    unknown = set(edit.cells) - set(ROWS[edit.table].model_fields)
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


def _cells_before(edit: AnEdit, state: "State") -> Mapping[str, str] | None:
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
    cls = ROWS[table]
    key = tuple((cells.get(name) or "").strip() for name in cls.key)
    for row in scenario.rows(table):
        if tuple(str(getattr(row, name)) for name in cls.key) == key and not viewer.owns(getattr(row, own.owner)):
            raise Denied("That name is taken.", status=409, maybe="choose another")


def actor_of(viewer: Viewer) -> "Actor":
    """Return a viewer as the history names it."""
    from contingent.store import Actor

    assert viewer.role != "nobody"
    return Actor(name=viewer.name, role=viewer.role, nation=viewer.nation, account=viewer.account)


def change(conference: "Conference", viewer: Viewer, edits: Sequence["Edit"], *, why: str = "") -> "State":
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
    Conflict, Refused
        As `contingent.store.Conference.change`.
    """
    check_edits(viewer, edits, conference.state())
    return conference.change(actor_of(viewer), edits, why=why)
