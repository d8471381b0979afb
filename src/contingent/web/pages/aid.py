"""The contact group: whether the host gets what it was promised, and a donor's own rows of the ledger."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.aid.status import STATUS_FRAMES, AidOptions, AidStatus
from contingent.contact_group import assess_aid
from contingent.errors import ContingentError
from contingent.findings import Finding, nearest_name
from contingent.model.columns import Row
from contingent.model.rows import TABLE_BY_NAME
from contingent.report.aid.frames import donor_names
from contingent.report.html.aid import competition_of, contents
from contingent.store import Conflict, Edit, Refused
from contingent.web.forms import cells_of, fields_of, given_cells, read_cells
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.guard.writing import actor_of
from contingent.web.returning import changed, is_whole, sent_back
from contingent.web.tables_out import csv_answer
from contingent.web.view import View, form_of, view_of
from contingent.web.work.asking import TooMany, ask
from contingent.web.work.kinds import KINDS

router = APIRouter()

LEDGERS: dict[str, type[Row]] = {name: TABLE_BY_NAME[name] for name in ("pledges", "deliveries")}
"""Tables of the ledger that donors write in."""

TITLES = {"pledges": "pledge", "deliveries": "delivery"}

MAIN = {
    "pledges": ("pledge", "donor", "item", "equipment", "family", "quantity", "value_m", "currency", "announced", "due"),
    "deliveries": ("delivery", "donor", "pledge", "equipment", "quantity", "value_m", "date", "as_of", "evidence"),
}  # fmt: skip
"""Columns that a form asks for first; the rest is folded."""

MOST_STOPPED = 40
MOST_COMPUTED = 12
"""Times that the status was worked out as a job, that are shown."""

AID = "aid"
"""The kind of job."""


@router.get("/aid", include_in_schema=False, dependencies=[Depends(needs("aid.read"))])
def aid(request: Request, stop: Annotated[str, Query(max_length=400)] = "") -> HTMLResponse:
    """Show the page at once; what takes a moment to work out comes after."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    donors = donors_of(view)
    return page(
        request,
        "aid-page.html",
        view=view,
        stopped=stopped_of(view, stop),
        donors=donors,
        known=bool(view.scenario.pledges or view.scenario.deliveries or view.scenario.needs),
        may_write=may(view.viewer, "aid.write"),
        own=own_rows(view) if may(view.viewer, "aid.write") else dict.fromkeys(LEDGERS, ()),
        frames=sorted(STATUS_FRAMES),
        may_compute=may(view.viewer, KINDS[AID].permission),
        computed=computed(view),
    )


def computed(view: View) -> list[dict[str, Any]]:
    """Return the last times that the status was worked out as a job, with who stops in each, for those who may see them."""
    if not view.viewer.sees_all:
        return []
    done = [job for job in view.conference.jobs(kind=AID, limit=MOST_COMPUTED) if job.status == "done" and job.result]
    return [
        {"job": job, "stop": (job.result or {}).get("stop", ()), "figures": (job.result or {}).get("figures", ())} for job in done
    ]


@router.post("/aid/run", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def run(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Ask for the status of aid as a job, with donors of whom nothing more comes, to keep it and to take it along as files."""
    view = view_of(request)
    stopped = stopped_of(view, form.get("stop", "")) if view.scenario is not None else ()
    back = view.at("/aid", {"stop": ",".join(stopped)})
    try:
        ask(view.conference, actor_of(view.viewer), AID, {"stop": list(stopped)} if stopped else {})
    except TooMany:
        return sent_back(back, "many")
    return sent_back(back, "asked")


def donors_of(view: View) -> list[tuple[str, str]]:
    """Return who has promised or given anything, each with its name."""
    assert view.scenario is not None
    names = donor_names(view.scenario)
    found = {row.donor for row in view.scenario.pledges} | {row.donor for row in view.scenario.deliveries}
    return sorted(((donor, names.get(donor, donor)) for donor in found), key=lambda pair: pair[1])


def stopped_of(view: View, stop: str) -> tuple[str, ...]:
    """Return the donors of whom nothing more is to come, as the address names them; others are left out."""
    known = {donor for donor, _ in donors_of(view)}
    return tuple(sorted({name.strip() for name in stop.split(",")} & known))[:MOST_STOPPED]


def donors_stopped(view: View, names: Sequence[str]) -> tuple[str, ...]:
    """Return donors of whom nothing more is to come, each once, as a program names them.

    Raises
    ------
    Refused
        If one of them has promised and given nothing.
    """
    known = {} if view.scenario is None else dict(donors_of(view))
    wrong = [
        Finding("stop", f"'{name[:60]}' has promised and given nothing.", nearest=nearest_name(name[:60], known))
        for name in dict.fromkeys(names) if name not in known
    ]  # fmt: skip
    if wrong:
        raise Refused(wrong)
    return tuple(sorted(set(names)))


def status_of(view: View, stopped: tuple[str, ...]) -> AidStatus:
    """Return the status of aid as the viewer may see it.

    Whoever does not see everything is told from the rows that are shared: what is private in a row of others is blank in
    them, and the plan, which rests on nations' terms, is left out.
    """
    assert view.scenario is not None
    assert view.whole is not None
    scenario, whole, stored = view.scenario, view.whole, view.stored
    options = AidOptions(stopped=stopped)

    def made() -> AidStatus:
        if view.viewer.sees_all and stored is not None:
            try:
                return assess_aid(whole, stored.plan, options)
            except ContingentError:  # the plan no longer fits the tables
                return assess_aid(whole, None, options)
        return assess_aid(scenario, None, options)

    return view.kept("aid", made, stopped)


@router.get("/aid/status", include_in_schema=False, dependencies=[Depends(needs("aid.read"))])
def status(request: Request, stop: Annotated[str, Query(max_length=400)] = "") -> HTMLResponse:
    """Show the status of aid: a part of the page; without its frame it stands by itself."""
    view = view_of(request)
    if view.scenario is None or view.whole is None:
        return page(request, "parts/aid-status.html", view=view, status_of_aid=None, said="The tables cannot be read.")
    scenario, stopped = view.scenario, stopped_of(view, stop)
    try:
        found = status_of(view, stopped)
    except ContingentError as error:
        return page(request, "parts/aid-status.html", view=view, status_of_aid=None, said=str(error))
    plan = view.plan if view.viewer.sees_all else None
    told = view.kept("aid told", lambda: contents(scenario, found, competition_of(found, plan)), stopped)
    whole = request.headers.get("hx-request") != "true"
    return page(
        request, "aid-alone.html" if whole else "parts/aid-status.html", view=view, status_of_aid=found, said=None, **told
    )


@router.get("/aid/table/{name}.csv", include_in_schema=False, dependencies=[Depends(needs("aid.read"))])
def table(request: Request, name: str, stop: Annotated[str, Query(max_length=400)] = "") -> Response:
    """Hand out one table of the status of aid as CSV."""
    view = view_of(request)
    if name not in STATUS_FRAMES or view.scenario is None:
        return Response("There is no such table.", status_code=404, media_type="text/plain")
    return csv_answer(status_of(view, stopped_of(view, stop)).frames[name], name)


# ----------------------------------------------------------------------------------------------------- a donor's own rows


def own_rows(view: View) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the ledger that the viewer may change, those announced last first."""
    assert view.scenario is not None
    found: dict[str, list[dict[str, Any]]] = {}
    for name, cls in LEDGERS.items():
        stated = view.stated(name)
        rows: list[Any] = [
            row for row in view.scenario.rows(name) if view.viewer.sees_all or view.viewer.owns(getattr(row, "donor", None))
        ]
        found[name] = [
            {"key": row.key_text(), "donor": row.donor, "words": _words(row), "stated": row.key_text() in stated}
            for row in sorted(rows, key=_when, reverse=True)
        ]
        assert cls.table == name
    return found


def _when(row: Any) -> str:
    days = [getattr(row, name, None) for name in ("announced", "date", "as_of")]
    return next((str(day) for day in days if day is not None), "")


def _words(row: Any) -> str:
    what = getattr(row, "item", None) or getattr(row, "pledge", None) or ""
    number = f"{row.quantity:g} × " if row.quantity is not None else ""
    money = f", {row.value_m:g} million {getattr(row, 'currency', None) or 'EUR'}" if row.value_m is not None else ""
    return f"{number}{what}{money}, {_when(row)}"


@router.get("/aid/{name}/form", include_in_schema=False, dependencies=[Depends(needs("aid.write"))])
def row_form(
    request: Request,
    name: str,
    key: Annotated[str, Query(max_length=200)] = "",
    pledge: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the form of a pledge or a delivery: a new one, or one of one's own that is there."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    if name not in LEDGERS:
        return Response("There is no such table.", status_code=404, media_type="text/plain")
    row = next((each for each in view.scenario.rows(name) if each.key_text() == key), None) if key else None
    if row is not None and not (view.viewer.sees_all or view.viewer.owns(getattr(row, "donor", None))):
        row = None
    cells = (
        cells_of(row)
        if row is not None
        else {"donor": view.viewer.nation or "", "pledge": pledge if name == "deliveries" else ""}
    )
    return _form(request, view, name, cells, key=key if row is not None else "")


def _form(
    request: Request,
    view: View,
    name: str,
    cells: dict[str, str],
    *,
    key: str,
    findings: Sequence[Finding] = (),
    status: int = 200,
) -> HTMLResponse:
    assert view.scenario is not None
    cls = LEDGERS[name]
    fixed = {"donor": view.viewer.nation or ""} if view.viewer.role == "delegate" else {}
    if key:
        fixed[cls.key[0]] = key
    found = fields_of(cls, view.scenario, cells, findings=findings, fixed=fixed)
    return page(
        request,
        "ledger-row.html",
        status=status,
        view=view,
        name=name,
        title=TITLES[name],
        key=key,
        main=[each for each in found if each.column.name in MAIN[name]],
        further=[each for each in found if each.column.name not in MAIN[name]],
        open_further=any(each.findings for each in found if each.column.name not in MAIN[name]),
        loose=[each for each in findings if each.column is None or each.column not in cls.model_fields],
        row=view.row_of(name, key) if key else None,
    )


@router.post("/aid/{name}", include_in_schema=False, dependencies=[Depends(needs("aid.write"))])
def save(request: Request, name: str, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take a pledge or a delivery in, new or changed."""
    view = view_of(request)
    if name not in LEDGERS or view.scenario is None:
        return Response("There is no such table.", status_code=404, media_type="text/plain")
    cls, was = LEDGERS[name], form.get("was", "")
    cells = given_cells(cls, form)
    if view.viewer.role == "delegate":
        cells = {**cells, "donor": view.viewer.nation or ""}
    row, findings = read_cells(cls, view.scenario, cells)
    wrong = tuple(each for each in findings if each.severity == "error")
    if row is None or wrong:
        return _form(request, view, name, cells, key=was, findings=wrong or findings, status=422)
    stored = view.row_of(name, was) if was else None
    version = form.get("version", "")
    edit = Edit(name, cells, stored.id if stored else None, int(version) if is_whole(version) else None)
    try:
        view.change([edit], why=form.get("why", ""))
    except Refused as refused:
        return _form(request, view, name, cells, key=was, findings=refused.findings, status=422)
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back="/aid")
    return RedirectResponse(view.at("/aid", {"done": "pledge"}), status_code=303)


@router.post("/aid/{name}/out", include_in_schema=False, dependencies=[Depends(needs("aid.write"))])
def take_out(request: Request, name: str, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take a row of one's own out of the ledger."""
    view = view_of(request)
    stored = view.row_of(name, form.get("key", "")) if name in LEDGERS else None
    version = form.get("version", "")
    if stored is None or not is_whole(version):
        return RedirectResponse(view.at("/aid"), status_code=303)
    edits = [Edit(name, None, stored.id, int(version))]
    then = view.at("/aid", {"done": "taken-out"})
    return changed(request, view, lambda: view.change(edits, why=form.get("why", "")), back="/aid", then=then)
