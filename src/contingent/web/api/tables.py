"""Tables and rows of the scenario, batches of edits, the history.

A row carries its version as ETag. Who writes it says which version the change was made on, by ``If-Match``; where somebody was
faster, both values come back. What is refused comes back as findings, all at once.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from contingent.io.columns import columns_of
from contingent.model.rows import TABLE_BY_NAME
from contingent.store import AuditEntry, Edit, StoredRow
from contingent.web.api.answers import (
    CellsGiven,
    ChangeAnswer,
    ChangeGiven,
    ConferenceAnswer,
    EntryAnswer,
    HeardAnswer,
    Items,
    Key,
    Name,
    Number,
    PartWanted,
    RowAnswer,
    WhyGiven,
    row_answer,
    told_answers,
)
from contingent.web.api.problems import READS, WRITES, ProblemRoute, refusals
from contingent.web.forms import cells_of
from contingent.web.guard import may, needs
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import SETTINGS, permission_to_write
from contingent.web.returning import is_whole
from contingent.web.seen import seen_changes, seen_findings, seen_rows
from contingent.web.view import View, view_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

TableName = Annotated[str, Path(max_length=64, description="Name of the table; 'scenario' for the settings.")]
RowNumber = Annotated[Number, Path(description="Number of the row.")]
IfMatch = Annotated[
    str | None, Header(max_length=100, description="Version that the change was made on, as the ETag had it.")]

MOST_HEARD = 1000
"""Entries of the history, or changes, that are given at once."""


class ColumnAnswer(BaseModel):
    """A column of a table."""

    column: str
    about: str
    unit: str | None
    kind: str
    required: bool
    choices: list[str]
    refers_to: str | None = Field(description="Table whose key stands in it.")
    least: float | None
    most: float | None


class TableAnswer(BaseModel):
    """A table of the scenario."""

    table: str
    about: str
    key: list[str]
    rows: int = Field(description="Rows that are written in this conference, as far as the asker may see them.")
    may_write: bool = Field(description="Whether the asker may write in it; a delegate only rows of its own nation.")


class TableInFull(TableAnswer):
    """A table of the scenario with its columns."""

    columns: list[ColumnAnswer]


# ---------------------------------------------------------------------------------------------------------------- the whole


@router.get(
    "/conference", tags=["scenario"], summary="What the conference is about", responses=READS,
    dependencies=[Depends(needs("overview.read"))],
)  # fmt: skip
def conference(request: Request) -> ConferenceAnswer:
    """Title, D-day, options, how far it is, and what is wrong with its tables."""
    view = view_of(request)
    settings = view.scenario.settings if view.scenario is not None else None
    latest = next(iter(view.look.plans), None)
    return ConferenceAnswer(
        title=view.title, marking=view.marking, start_date=view.start,
        days=view.scenario.horizon.days if view.scenario is not None else None,
        options=[row.option for row in view.scenario.options] if view.scenario is not None else [],
        seq=view.state.seq, is_readable=settings is not None, latest_plan=latest.id if latest is not None else None,
        is_behind=latest is not None and latest.of_seq < view.state.seq,
        findings=told_answers(seen_findings(view.state, view.viewer)),
    )  # fmt: skip


@router.get(
    "/tables", tags=["scenario"], summary="Tables of the scenario", responses=READS,
    dependencies=[Depends(needs("scenario.read"))],
)  # fmt: skip
def tables(request: Request) -> list[TableAnswer]:
    """Every table that a scenario may have, settings included, with how many rows of it are written here."""
    view = view_of(request)
    return [_table(view, name) for name in (SETTINGS, *TABLE_BY_NAME)]


@router.get(
    "/tables/{table}", tags=["scenario"], summary="Columns of a table", responses=READS,
    dependencies=[Depends(needs("scenario.read"))],
)  # fmt: skip
def table_of(request: Request, table: TableName) -> TableInFull:
    """What each column of a table means: its unit, its kind, what it may hold."""
    view = view_of(request)
    known(table)
    columns = [] if table == SETTINGS else [_column(each) for each in columns_of(TABLE_BY_NAME[table]).values()]
    return TableInFull(**_table(view, table).model_dump(), columns=columns)


def known(table: str) -> str:
    """Return the name of a table.

    Raises
    ------
    Denied
        If there is none of that name.
    """
    if table != SETTINGS and table not in TABLE_BY_NAME:
        raise Denied("There is no such table.", status=404, maybe="see /api/v1/tables")
    return table


def _table(view: View, name: str) -> TableAnswer:
    row_class = TABLE_BY_NAME.get(name)
    return TableAnswer(
        table=name,
        about="Settings of the scenario, one a row." if row_class is None else row_class.about,
        key=["setting"] if row_class is None else list(row_class.key),
        rows=len(seen_rows(view.state, name, view.viewer)),
        may_write=may(view.viewer, "rows.write") and may(view.viewer, permission_to_write(name)),
    )


def _column(column: Any) -> ColumnAnswer:
    return ColumnAnswer(
        column=column.name, about=column.description, unit=column.unit, kind=column.kind, required=column.required,
        choices=list(column.choices), refers_to=column.refers_to, least=column.least, most=column.most,
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------------------- rows


@router.get(
    "/tables/{table}/rows", tags=["scenario"], summary="Rows of a table", responses=READS,
    dependencies=[Depends(needs("scenario.read"))],
)  # fmt: skip
def rows(
    request: Request,
    table: TableName,
    part: PartWanted,
    key: Annotated[Key | None, Query(description="Only the row with this key.")] = None,
    derived: Annotated[bool, Query(description="Whether rows that are worked out, or of a scenario below, come too.")] = False,
) -> Items[RowAnswer]:
    """Rows as they are written, as far as the asker may see them. A cell of another nation that is not shared is blank."""
    return part.of(rows_of(view_of(request), known(table), derived=derived, key=key))


@router.get(
    "/requirements", tags=["scenario"], summary="The statement of requirements", responses=READS,
    dependencies=[Depends(needs("requirements.read"))],
)  # fmt: skip
def requirements(request: Request, part: PartWanted) -> Items[RowAnswer]:
    """Every line, those of the mandate included."""
    return part.of(rows_of(view_of(request), "requirements", derived=True))


def rows_of(view: View, table: str, *, derived: bool, key: str | None = None) -> list[RowAnswer]:
    """Return the rows of a table as the viewer may see them, with `derived` those that are not written in the conference too."""
    own = {row.key: row_answer(row) for row in seen_rows(view.state, table, view.viewer)}
    if derived and table != SETTINGS and view.scenario is not None:
        typed = {row.key_text() for row in view.state.scenario.rows(table)} if view.state.scenario is not None else set()
        for row in view.scenario.rows(table):
            name = row.key_text()
            if name not in own:
                origin: Any = "lower" if name in typed else "derived"
                own[name] = RowAnswer(id=None, table=table, key=name, version=None, origin=origin, cells=cells_of(row))
    return [row for row in own.values() if key is None or row.key == key]


def etag_of(version: int | None) -> str:
    """Return a version as an ETag.

    >>> etag_of(3)
    '"3"'
    """
    return f'"{version}"'


def version_of(if_match: str | None, stands: StoredRow) -> int:
    """Return the version that ``If-Match`` names; ``*`` is whatever stands.

    Raises
    ------
    Denied
        If it is missing or none.
    """
    if if_match is None:
        raise Denied("If-Match is missing.", status=428, maybe="send the ETag of the row that the change was made on")
    text = if_match.strip().removeprefix("W/").strip('"')
    if text == "*":
        return stands.version
    if not is_whole(text):
        raise Denied("If-Match is not the ETag of a row.", status=400, maybe='send it as it came, such as "3"')
    return int(text)


def _row_seen(view: View, table: str, row: int) -> StoredRow:
    found = next((each for each in seen_rows(view.state, known(table), view.viewer) if each.id == row), None)
    if found is None:
        raise Denied("There is no such row, or it is another nation's.", status=404)
    return found


@router.get(
    "/tables/{table}/rows/{row}", tags=["scenario"], summary="One row", responses={**READS, 304: {"description": "As it was."}},
    dependencies=[Depends(needs("scenario.read"))], response_model=RowAnswer,
)  # fmt: skip
def one_row(
    request: Request, response: Response, table: TableName, row: RowNumber,
    if_none_match: Annotated[str | None, Header(max_length=1000, description="ETag of the row as it is known already.")] = None,
) -> RowAnswer | Response:  # fmt: skip
    """One row with its version as ETag; with ``If-None-Match``, nothing where it has not changed."""
    found = _row_seen(view_of(request), table, row)
    etag = etag_of(found.version)
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return row_answer(found)


@router.post(
    "/tables/{table}/rows", tags=["scenario"], summary="Add a row", responses=WRITES, status_code=201,
    dependencies=[Depends(needs("rows.write"))],
)  # fmt: skip
def add_row(request: Request, response: Response, table: TableName, given: CellsGiven) -> RowAnswer:
    """Add a row. It needs the permission to write in that table too; a delegate adds rows of its own nation alone."""
    view = view_of(request)
    before = {row.id for row in view.state.rows.get(known(table), ())}
    state = view.change([Edit(table, given.cells)], why=given.why)
    (added, *_) = [row for row in state.rows.get(table, ()) if row.id not in before and dict(row.cells) == _kept(given.cells)]
    response.headers["ETag"] = etag_of(added.version)
    response.headers["Location"] = f"/api/v1/tables/{table}/rows/{added.id}"
    return row_answer(added)


def _kept(cells: dict[str, str]) -> dict[str, str]:
    from contingent.store.book import written_cells

    return written_cells(cells)


@router.put(
    "/tables/{table}/rows/{row}", tags=["scenario"], summary="Change a row", responses=refusals(409, 412, 413, 415, 428),
    dependencies=[Depends(needs("rows.write"))],
)  # fmt: skip
def change_row(
    request: Request, response: Response, table: TableName, row: RowNumber, given: CellsGiven, if_match: IfMatch = None
) -> RowAnswer:
    """Put other cells in place of a row's, whole. What was written meanwhile by others is never lost: see 412."""
    view = view_of(request)
    stands = _row_seen(view, table, row)
    state = view.change([Edit(table, given.cells, row, version_of(if_match, stands))], why=given.why)
    after = next(each for each in state.rows[table] if each.id == row)
    response.headers["ETag"] = etag_of(after.version)
    return row_answer(after)


@router.delete(
    "/tables/{table}/rows/{row}", tags=["scenario"], summary="Take a row out", responses=refusals(409, 412, 428), status_code=204,
    dependencies=[Depends(needs("rows.write"))],
)  # fmt: skip
def take_out(
    request: Request, table: TableName, row: RowNumber, if_match: IfMatch = None,
    why: Annotated[str, Query(max_length=300, description="Reason, for the history.")] = "",
) -> None:  # fmt: skip
    """Take a row out. It stands in the history, from where it can be brought back."""
    view = view_of(request)
    stands = _row_seen(view, table, row)
    view.change([Edit(table, None, row, version_of(if_match, stands))], why=why.replace("\0", ""))


# ----------------------------------------------------------------------------------------------------------- batches, history


@router.post(
    "/changes", tags=["scenario"], summary="Change many rows, all or none", responses=WRITES,
    dependencies=[Depends(needs("rows.write"))],
)  # fmt: skip
def change(request: Request, given: ChangeGiven) -> ChangeAnswer:
    """Add, change and take out rows of any tables in one: all of it is written, or none."""
    view = view_of(request)
    edits = [Edit(known(each.table), each.cells, each.row, each.version) for each in given.edits]
    state = view.change(edits, why=given.why)
    before = {(row.table, row.id): row.version for rows in view.state.rows.values() for row in rows}
    written = [
        row_answer(row)
        for table in dict.fromkeys(edit.table for edit in edits)
        for row in seen_rows(state, table, view.viewer)
        if before.get((table, row.id)) != row.version
    ]
    return ChangeAnswer(seq=state.seq, rows=written)


@router.post(
    "/changes/{seq}/undo", tags=["history"], summary="Undo a change", responses=WRITES,
    dependencies=[Depends(needs("history.undo"))],
)  # fmt: skip
def undo(request: Request, seq: Annotated[Number, Path(description="An entry of it.")], given: WhyGiven) -> ChangeAnswer:
    """Undo the change that an entry of the history is part of, as a new change. One's own; administrators, anybody's."""
    del given  # a body of JSON is what tells a program from a form
    return ChangeAnswer(seq=view_of(request).undo(seq).seq)


@router.get(
    "/changes", tags=["history"], summary="What happened since", responses=READS, dependencies=[Depends(needs("events.read"))],
)  # fmt: skip
def heard(request: Request, since: Annotated[Number, Query(description="Entry that is known already.")] = 0) -> list[HeardAnswer]:
    """That something was changed, planned or computed after an entry, the oldest first: what to ask for again."""
    view = view_of(request)
    found = seen_changes(view.conference.changes_since(since), view.viewer)[:MOST_HEARD]
    return [
        HeardAnswer(
            seq=each.seq, at=each.at, actor=each.actor, kind=each.kind, table=each.table, key=each.key, plan=each.plan,
            job=each.job,
        )
        for each in found
    ]  # fmt: skip


@router.get(
    "/history", tags=["history"], summary="Who changed what", responses=READS, dependencies=[Depends(needs("history.read"))],
)  # fmt: skip
def history(
    request: Request,
    table: Annotated[Name | None, Query(description="Only of this table.")] = None,
    key: Annotated[Key | None, Query(description="Only of the row with this key.")] = None,
    actor: Annotated[Key | None, Query(description="Only by this person.")] = None,
    since: Annotated[datetime | None, Query(description="Only from this moment on; without an offset it is UTC.")] = None,
    before: Annotated[Number | None, Query(description="Only entries before this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HEARD, description="Entries that are looked at, at most.")] = 100,
) -> list[EntryAnswer]:
    """Entries of the history, the newest first, with cells before and after as far as the asker may see them.

    Entries that the asker may not see are left out, so that fewer may come than were asked for.
    """
    view = view_of(request)
    moment = None if since is None else since if since.tzinfo is not None else since.replace(tzinfo=UTC)
    found = view.conference.history(table, key, actor, moment, before=before, limit=limit)
    return [_entry(each) for each in view.seen_entries(found, key=key)]


def _entry(entry: AuditEntry) -> EntryAnswer:
    return EntryAnswer(
        seq=entry.seq, at=entry.at, actor=entry.actor, role=entry.role, nation=entry.nation, kind=entry.kind, why=entry.why,
        batch=entry.batch, table=entry.table, row=entry.row, key=entry.key, version=entry.version,
        before=None if entry.before is None else dict(entry.before), after=None if entry.after is None else dict(entry.after),
        details=None if entry.details is None else dict(entry.details), previous=entry.previous, hash=entry.hash,
    )  # fmt: skip


