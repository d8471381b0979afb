"""Settings of the conference: title, D-day, horizon, marking, and what blank cells of offers mean."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.findings import Finding
from contingent.io.cell_text import cell_of, text_of
from contingent.io.columns import Column
from contingent.io.dictionary import setting_columns
from contingent.model.scenario import Settings
from contingent.report.words import leading_capital, plain
from contingent.store import Conflict, Edit, Refused, StoredRow
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.returning import is_whole
from contingent.web.view import View, form_of, view_of

router = APIRouter()

TABLE = "scenario"
SECTION = "defaults."
HELD = ("extends",)
"""Settings that say where the tables come from: shown to planners, changed by nobody."""

MAIN = ("title", "marking", "start_date", "horizon_days", "default_option", "description")
LONG = ("marking", "description")
"""Settings of more words than a narrow field shows."""


@router.get("/conference", include_in_schema=False, dependencies=[Depends(needs("scenario.read"))])
def conference(request: Request) -> HTMLResponse:
    """Show the settings; planners may change them."""
    return _page(request, view_of(request))


def _page(
    request: Request, view: View, *, typed: Mapping[str, str] | None = None, findings: tuple[Finding, ...] = (), status: int = 200
) -> HTMLResponse:
    if view.scenario is None and not view.viewer.sees_all:
        return page(request, "unreadable.html", view=view)
    found = fields_of_settings(view, typed, findings)
    return page(
        request,
        "conference.html",
        status=status,
        view=view,
        long=LONG,
        groups=[
            ("The conference", [each for each in found if each["name"] in MAIN]),
            ("How it is planned", [each for each in found if each["name"] not in MAIN and not each["name"].startswith(SECTION)]),
            ("What blank cells of offers mean", [each for each in found if each["name"].startswith(SECTION)]),
        ],
        loose=[each for each in findings if each.column not in {field["name"] for field in found}],
        extends=[row.cells.get("value") for row in stored_settings(view).values() if row.key in HELD]
        if view.viewer.sees_all
        else [],
        may_write=may(view.viewer, "settings.write"),
    )


def stored_settings(view: View) -> dict[str, StoredRow]:
    """Return the rows of the settings that the conference has of its own, by name."""
    return {row.key: row for row in view.state.rows.get(TABLE, ())}


def fields_of_settings(view: View, typed: Mapping[str, str] | None, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return every setting with what stands for it, and what a blank means."""
    stored = stored_settings(view)
    return [
        {
            "name": column.name,
            "label": leading_capital(plain(column.name.removeprefix(SECTION))),
            "column": column,
            "value": typed[column.name] if typed is not None and column.name in typed else _value(stored, column),
            "version": stored[column.name].version if column.name in stored else "",
            "holds": _holds(view, column),
            "findings": [each for each in findings if each.column == column.name],
        }
        for column in setting_columns()
        if column.name not in HELD
    ]


def _value(stored: Mapping[str, StoredRow], column: Column) -> str:
    return stored[column.name].cells.get("value", "") if column.name in stored else ""


def _holds(view: View, column: Column) -> str:
    """What holds for a setting, said or not."""
    if view.scenario is None:
        return column.default
    settings: Settings = view.scenario.settings
    section, _, name = column.name.rpartition(".")
    value = getattr(settings.defaults if section else settings, name or column.name, None)
    return text_of(cell_of(value)) if value is not None else ""


@router.post("/conference", include_in_schema=False, dependencies=[Depends(needs("settings.write"))])
def save(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Change settings, all or none."""
    view = view_of(request)
    edits, typed = [], {}
    stored = stored_settings(view)
    for column in setting_columns():
        if column.name in HELD or column.name not in form:
            continue
        value, row = form[column.name].replace("\r\n", "\n").strip(), stored.get(column.name)
        typed[column.name] = value
        seen = form.get(f"version:{column.name}", "")
        if value == form.get(f"was:{column.name}", ""):
            continue
        cells = {"setting": column.name, "value": value} if value else None
        if row is not None or cells is not None:
            number = row.id if row is not None else None
            edits.append(Edit(TABLE, cells, number, int(seen) if is_whole(seen) else None))
    if not edits:
        return RedirectResponse(view.at("/conference", {"done": "nothing"}), status_code=303)
    try:
        view.change(edits, why=form.get("why", ""))
    except Refused as refused:
        return _page(request, view, typed=typed, findings=refused.findings, status=422)
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back="/conference")
    return RedirectResponse(view.at("/conference", {"done": "saved"}), status_code=303)
