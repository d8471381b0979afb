"""Tables out in every form, and back in: upload, columns, preview, one step that can be undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.errors import ContingentError
from contingent.findings import Finding
from contingent.io.columns import columns_of
from contingent.io.packing import packed_folder
from contingent.io.template import new_scenario
from contingent.io.written import SETTINGS, key_of_cells
from contingent.io.written_out import write_rows_as_files, write_rows_as_workbook
from contingent.model.rows import TABLE_BY_NAME
from contingent.plan import COLUMNS
from contingent.store import Conflict, Preview, Refused, RowDifference
from contingent.web.forms_out import (
    KINDS,
    XLSX,
    ZIP,
    MapForm,
    ScenarioForm,
    TableForm,
    calendar_file,
    map_file,
    plan_tables_file,
    scenario_file,
    seen_tables,
    written,
)
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.guard.writing import actor_of, apply_import, own_part
from contingent.web.tables_out import csv_text
from contingent.web.uploads import Rows, Upload, from_values, place_rows, read
from contingent.web.view import View, form_of, view_of

router = APIRouter()

REMEMBERED = "import_columns"
"""Setting under which it is kept what columns were meant."""

MOST_SHOWN = 200
"""Rows of each kind that a preview shows."""


@router.get("/exchange", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def exchange(request: Request) -> HTMLResponse:
    """Show what can be taken along, and the form to bring a file in."""
    return _page(request, view_of(request))


def _page(request: Request, view: View, *, findings: tuple[Finding, ...] = (), status: int = 200) -> HTMLResponse:
    waiting = kept_upload(view) if may(view.viewer, "imports.write") else None
    return page(
        request,
        "exchange.html",
        status=status,
        view=view,
        may_import=may(view.viewer, "imports.write"),
        may_undo=may(view.viewer, "history.undo"),
        findings=findings,
        waiting=waiting,
        megabytes=request.app.state.settings.limits.body_bytes // 1_000_000,
        frames=sorted(COLUMNS) if view.plan is not None else (),
    )


# --------------------------------------------------------------------------------------------------------------------- out


def file_name(view: View, end: str) -> str:
    """Return a name for a file of this conference: of its title, and of the last change that is in it."""
    stem = "".join(char if char.isascii() and char.isalnum() else "-" for char in view.title.casefold())
    return f"{'-'.join(part for part in stem.split('-') if part)[:40] or 'scenario'}-{view.state.seq}.{end}"


def handed(content: bytes, name: str, kind: str) -> Response:
    """Return a file to be kept."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/exchange/scenario.xlsx", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def workbook(request: Request) -> Response:
    """Hand out the tables as a workbook."""
    view = view_of(request)
    try:
        content = written("scenario.xlsx", lambda path: write_rows_as_workbook(seen_tables(view), path))
    except ContingentError as error:
        return _page(request, view, findings=(Finding("export", str(error)),), status=409)
    return handed(content, file_name(view, "xlsx"), XLSX)


@router.get("/exchange/scenario.zip", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def folder(request: Request) -> Response:
    """Hand out the tables as a packed folder."""
    view = view_of(request)
    with TemporaryDirectory(prefix="export-") as place:
        write_rows_as_files(seen_tables(view), Path(place))
        return handed(packed_folder(Path(place)), file_name(view, "zip"), ZIP)


@router.get("/exchange/scenario.{form}", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def scenario_as(request: Request, form: ScenarioForm) -> Response:
    """Hand out the tables, or what has a place, in another form."""
    view = view_of(request)
    try:
        content = scenario_file(view, form)
    except ContingentError as error:
        return _page(request, view, findings=(Finding("export", str(error)),), status=409)
    return handed(content, file_name(view, form), KINDS[form])


@router.get("/exchange/template.xlsx", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def template() -> Response:
    """Hand out a workbook to fill in, with every table, its columns explained, and a worked example."""
    return handed(written("template.xlsx", new_scenario), "template.xlsx", XLSX)


@router.get("/exchange/plan.zip", include_in_schema=False, dependencies=[Depends(needs("exports.read"))])
def plan(request: Request) -> Response:
    """Hand out the tables of the plan that is shown as CSV, packed."""
    view = view_of(request)
    if view.plan is None or view.stored is None:
        return Response("There is no plan yet.", status_code=404, media_type="text/plain")
    with TemporaryDirectory(prefix="plan-") as place:
        for name in COLUMNS:
            frame = getattr(view.plan, name)
            if frame.height:
                (Path(place) / f"{name}.csv").write_text(csv_text(frame), encoding="utf-8", newline="\n")
        return handed(packed_folder(Path(place)), f"plan-{view.stored.id}.zip", ZIP)


@router.get("/exchange/plan.xlsx", include_in_schema=False, dependencies=[Depends(needs("plans.write"))])
def plan_workbook(request: Request) -> Response:
    """Hand out the plan that is shown as a workbook, whole: for those who see everything."""
    from contingent.report import write_workbook

    view = view_of(request)
    if view.whole is None or view.stored is None:
        return Response("There is no plan yet.", status_code=404, media_type="text/plain")
    whole, plan = view.whole, view.stored.plan
    content = written("plan.xlsx", lambda path: write_workbook(whole, plan, path))
    return handed(content, f"plan-{view.stored.id}.xlsx", XLSX)


BRIEFINGS = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "zip": ZIP,
}
"""Kinds of a briefing: slides, the same pages as PDF, an article packed with its charts."""


@router.get("/exchange/briefing.{kind}", include_in_schema=False, dependencies=[Depends(needs("plans.write"))])
def briefing(request: Request, kind: Literal["pptx", "pdf", "zip"]) -> Response:
    """Hand out the plan that is shown as slides, PDF or article, whole: for those who see everything."""
    from contingent.report import write_briefing

    view = view_of(request)
    if view.whole is None or view.stored is None:
        return Response("There is no plan yet.", status_code=404, media_type="text/plain")
    with TemporaryDirectory(prefix="briefing-") as place:
        file = Path(place) / f"plan-{view.stored.id}.{'md' if kind == 'zip' else kind}"
        write_briefing(view.whole, view.stored.plan, file)
        content = packed_folder(Path(place)) if kind == "zip" else file.read_bytes()
    return handed(content, f"plan-{view.stored.id}-{'article' if kind == 'zip' else 'briefing'}.{kind}", BRIEFINGS[kind])


@router.get("/exchange/plan.{form}", include_in_schema=False, dependencies=[Depends(needs("plans.write"))])
def plan_file(request: Request, form: TableForm | MapForm | Literal["ics"]) -> Response:
    """Hand out the plan that is shown in another form, of all nations: for those who see everything."""
    view = view_of(request)
    if view.whole is None or view.stored is None:
        return Response("There is no plan yet.", status_code=404, media_type="text/plain")
    plan = view.stored.plan
    try:
        if form == "sqlite" or form == "parquet.zip":
            content = plan_tables_file(plan, view.stored.scenario, form)
        else:
            content = calendar_file(view.whole, plan) if form == "ics" else map_file(view.whole, plan, form)
    except ContingentError as error:
        return _page(request, view, findings=(Finding(f"plan {view.stored.id}", str(error)),), status=409)
    return handed(content, f"plan-{view.stored.id}.{form}", KINDS[form])


# ---------------------------------------------------------------------------------------------------------------------- in


def upload_name(view: View) -> str:
    """Return the setting under which one's upload waits."""
    return f"upload:{view.viewer.account if view.viewer.account is not None else 'here'}"


def keep_upload(view: View, found: Upload) -> None:
    """Keep what somebody brings until it is taken in or forgotten."""
    view.conference.set_setting(actor_of(view.viewer), upload_name(view), found.as_values())


def kept_upload(view: View) -> Upload | None:
    """Return the upload that waits to be taken in; None where there is none."""
    return from_values(view.conference.setting(upload_name(view)))


def remembered(view: View) -> dict[str, dict[str, str]]:
    """Return what columns were meant before."""
    found = view.conference.setting(REMEMBERED)
    return found if isinstance(found, dict) else {}


@router.post("/exchange/file", include_in_schema=False, dependencies=[Depends(needs("imports.write"))])
def upload(request: Request, file: Annotated[UploadFile, File()]) -> Response:
    """Read an upload and keep it; what it would change is shown next, and nothing is changed yet."""
    view = view_of(request)
    found, findings = read(file.file.read(), file.filename or "")
    if found is None:
        return _page(request, view, findings=findings, status=422)
    keep_upload(view, found)
    return RedirectResponse(view.at("/exchange/preview"), status_code=303)


@dataclass(frozen=True)
class Look:
    """What an upload would do, as it was looked at.

    Parameters
    ----------
    upload : Upload
        As it was uploaded.
    meant : mapping of str to mapping of str to str
        Column that each unknown one means, by table.
    takes_out : bool
        Whether rows and cells that the file lacks are taken out.
    preview : Preview
        What would change, as far as the viewer may change and see it.
    mark : str
        Short name of all that, to be sure that what is done is what was looked at.
    """

    upload: Upload
    meant: Mapping[str, Mapping[str, str]]
    takes_out: bool
    preview: Preview
    mark: str


def look_at(view: View, found: Upload, meant: Mapping[str, Mapping[str, str]], *, takes_out: bool) -> Look:
    """Return what an upload would change; nothing is changed."""
    brought = found.mapped(meant)
    tables = dict(brought.tables)
    if not takes_out:
        tables = {table: with_what_stands(view, table, rows, brought.headers.get(table)) for table, rows in tables.items()}
    with TemporaryDirectory(prefix="preview-") as folder:
        place_rows(tables, Path(folder))
        preview = own_part(view.conference.import_preview(folder), view.viewer, view.state)
    what = [found.as_values(), meant, takes_out, preview.of_seq, view.viewer.nation]
    return Look(brought, meant, takes_out, preview, sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24])


def with_what_stands(view: View, table: str, rows: Rows, header: Sequence[str] | None) -> Rows:
    """Return the rows of a table with what the file lacks as it stands: further rows, and cells of further columns."""
    stand = {row.key: row.cells for row in view.state.rows.get(table, ())}
    found = []
    for row in rows:
        before = stand.pop(key_of_cells(table, row), {})
        kept = {} if header is None else {name: text for name, text in before.items() if name not in header}
        found.append({**kept, **row})
    return [*found, *(dict(cells) for cells in stand.values())]


def meant_by(form: Mapping[str, str], found: Upload, before: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return which column each unknown one means: as the form says, else as is guessed. No column is meant twice."""
    meant: dict[str, dict[str, str]] = {}
    for table, guesses in found.guesses(before).items():
        taken = set(found.headers[table])
        for name, guessed in guesses.items():
            said = form.get(f"column:{table}:{name}", guessed)
            is_free = said in columns_of(TABLE_BY_NAME[table]) and said not in taken
            meant.setdefault(table, {})[name] = said if is_free else ""
            if is_free:
                taken.add(said)
    return meant


@router.get("/exchange/preview", include_in_schema=False, dependencies=[Depends(needs("imports.write"))])
def preview(request: Request) -> Response:
    """Show what the upload that waits would change."""
    view = view_of(request)
    found = kept_upload(view)
    if found is None:
        return RedirectResponse(view.at("/exchange"), status_code=303)
    return _preview(request, view, look_at(view, found, meant_by({}, found, remembered(view)), takes_out=False), found)


@router.post("/exchange/preview", include_in_schema=False, dependencies=[Depends(needs("imports.write"))])
def preview_again(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Show what it would change with other columns, or with rows that the file lacks taken out."""
    view = view_of(request)
    found = kept_upload(view)
    if found is None:
        return RedirectResponse(view.at("/exchange"), status_code=303)
    look = look_at(view, found, meant_by(form, found, remembered(view)), takes_out=form.get("takes_out") == "yes")
    return _preview(request, view, look, found)


def _preview(request: Request, view: View, look: Look, found: Upload, *, said: str = "", status: int = 200) -> HTMLResponse:
    shown = look.preview
    return page(
        request,
        "import-preview.html",
        status=status,
        view=view,
        look=look,
        said=said,
        columns={
            table: [
                (name, look.meant[table][name],
                 [each for each in columns_of(TABLE_BY_NAME[table]) if each not in found.headers[table]])
                for name in names
            ]
            for table, names in found.unknown().items()
        },
        counts=[(table, len(rows)) for table, rows in look.upload.tables.items()],
        new=shown.new[:MOST_SHOWN],
        changed=shown.changed[:MOST_SHOWN],
        removed=shown.removed[:MOST_SHOWN],
        refused=[refused_row(look.upload, finding) for finding in shown.findings],
        left_out={kind: max(0, len(getattr(shown, kind)) - MOST_SHOWN) for kind in ("new", "changed", "removed")},
        differences=differences,
        may_name=may(view.viewer, "snapshots.write"),
    )


def differences(row: RowDifference) -> list[tuple[str, str, str]]:
    """Return the columns of a row that differ, with what stands and what would stand."""
    before, after = row.before or {}, row.after or {}
    return [(name, before.get(name, ""), after.get(name, "")) for name in row.columns]


def refused_row(found: Upload, finding: Finding) -> dict[str, Any]:
    """Return why a row is refused, and where it stands in the file that was uploaded."""
    table = finding.table.removeprefix("sheet ").removesuffix(".csv").removesuffix(".toml")
    key = None
    if finding.what.startswith("row "):
        key, _, _ = finding.what.removeprefix("row ").partition(": ")
    where = found.cell(table, key, finding.column) if table in found.tables and table != SETTINGS else finding.where
    what = finding.what if key is None else finding.what.partition(": ")[2]
    return {
        "where": where,
        "key": key,
        "column": finding.column,
        "what": what,
        "nearest": finding.nearest,
        "maybe": finding.maybe,
    }


@router.post("/exchange/apply", include_in_schema=False, dependencies=[Depends(needs("imports.write"))])
def apply(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take the upload in as one change, if it is still what was looked at, and name the version."""
    view = view_of(request)
    found = kept_upload(view)
    if found is None:
        return RedirectResponse(view.at("/exchange"), status_code=303)
    look = look_at(view, found, meant_by(form, found, remembered(view)), takes_out=form.get("takes_out") == "yes")
    if form.get("mark") != look.mark:
        said = "The tables have changed since you looked. Here is what it would change now."
        return _preview(request, view, look, found, said=said, status=409)
    actor = actor_of(view.viewer)
    if look.preview.edits:
        try:
            apply_import(view.conference, view.viewer, look.preview, why=form.get("why", "") or f"import of {found.name}")
        except Refused as refused:
            return page(request, "refused.html", status=422, view=view, findings=refused.findings, back="/exchange/preview")
        except Conflict as conflict:
            return page(request, "conflict.html", status=409, view=view, conflict=conflict, back="/exchange/preview")
    view.conference.set_setting(actor, upload_name(view), None)
    if any(look.meant.values()) and view.viewer.sees_all:
        before = remembered(view)
        view.conference.set_setting(
            actor, REMEMBERED, {**before, **{each: {**before.get(each, {}), **names} for each, names in look.meant.items()}}
        )
    if (name := form.get("version", "").strip()) and may(view.viewer, "snapshots.write"):
        try:
            view.conference.name_version(actor, name)
        except Refused as refused:
            return page(request, "refused.html", status=422, view=view, findings=refused.findings, back="/versions")
    return RedirectResponse(view.at("/history", {"done": "imported" if look.preview.edits else "nothing"}), status_code=303)


@router.post("/exchange/drop", include_in_schema=False, dependencies=[Depends(needs("imports.write"))])
def drop(request: Request) -> Response:
    """Forget the upload that waits."""
    view = view_of(request)
    view.conference.set_setting(actor_of(view.viewer), upload_name(view), None)
    return RedirectResponse(view.at("/exchange"), status_code=303)
