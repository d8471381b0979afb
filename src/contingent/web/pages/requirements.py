"""Statement of requirements: the fill matrix by month, nation and sector, each line in a drawer, the lines as a grid to edit."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from contingent.findings import Finding
from contingent.model.rows import Requirement
from contingent.report.cover import UNDER, Hole
from contingent.report.drawings.timeline import timeline_head
from contingent.report.html.cover import CoverRow
from contingent.store import Conflict, Refused
from contingent.web.cover import cover_shown, told_cell
from contingent.web.forms import read_cells
from contingent.web.frame import address, page
from contingent.web.grid import GRID_COLUMNS, GridEdits, edits_of, grid_columns, grid_rows, told, told_conflict
from contingent.web.guard import may, needs, token_of
from contingent.web.line import fixing_of
from contingent.web.line import told as told_line
from contingent.web.matrix import (
    GROUPS,
    SORTS,
    STATE_WORDS,
    LineRow,
    Wanted,
    fill_of,
    groups_of,
    lets_through,
    line_rows,
    peak_by_nation,
    people_by_nation,
    span_of,
    timeline_of,
)
from contingent.web.matrix_foot import foot_of
from contingent.web.remarks import goes_on_after, remarked, remarks_mark, today
from contingent.web.renewal import Renewed
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]


def wanted_of(
    component: Annotated[str, Query(max_length=20)] = "",
    place: Annotated[str, Query(max_length=200)] = "",
    priority: Annotated[int | None, Query(ge=1, le=9)] = None,
    state: Annotated[str, Query(max_length=20)] = "",
    nation: Annotated[str, Query(max_length=200)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    group: Annotated[str, Query(max_length=20)] = "priority",
    sort: Annotated[str, Query(max_length=20)] = "serial",
    view: Annotated[str, Query(max_length=20)] = "months",
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    under: Annotated[int, Query(ge=1, le=100)] = UNDER,
) -> Wanted:
    """Return what the address asks for."""
    return Wanted(component, place, priority, state, nation, text, group, sort, view, year, under)


@router.get(
    "/requirements", include_in_schema=False, dependencies=[Depends(needs("requirements.read")), Depends(Renewed(remarks_mark))]
)
def requirements(request: Request, wanted: Annotated[Wanted, Depends(wanted_of)]) -> HTMLResponse:
    """Show the fill matrix."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    span = span_of(view.scenario, wanted.year)
    everything = view.kept_alike("lines", lambda scenario, plan: line_rows(scenario, plan, span=span), span)
    shown = [row for row in everything if lets_through(row, wanted)]
    return page(
        request,
        "requirements.html",
        view=view,
        wanted=wanted,
        choices=choices(view, everything),
        groups=groups_of(shown, wanted),
        total=len(everything),
        shown=len(shown),
        fill=fill_of(shown),
        states={state: sum(row.state == state for row in shown) for state in STATE_WORDS},
        span=span,
        parameters={**view.carried, **wanted.parameters()},
        switch=lambda **changed: address("/requirements", {**view.carried, **wanted.parameters(), **changed}),
        may_edit=may(view.viewer, "requirements.write"),
        remarks=remarked(view),
        today=today(request),
        **(
            by_nation(view, shown, span)
            if wanted.view == "nations"
            else by_sector(view, shown, wanted, span)
            if wanted.view == "sectors"
            else by_month(view, shown, span)
        ),
    )


def by_month(view: View, rows: Sequence[LineRow], span: tuple[int, int]) -> Row:
    """Return the head of the strips of time, and what stands at their foot: people by month."""
    assert view.scenario is not None
    key = (span, tuple(row.line for row in rows))
    foot = view.kept_alike("foot", lambda scenario, plan: foot_of(scenario, plan, rows, span=span), *key)
    return {"time_head": timeline_head(timeline_of(view.scenario, span)), "foot": foot}


def choices(view: View, rows: Sequence[LineRow]) -> Row:
    """Return what each filter can be set to."""
    assert view.scenario is not None
    first, last = view.scenario.horizon.start_date.year, view.scenario.horizon.date_of(view.scenario.horizon.days - 1).year
    return {
        "component": sorted({row.component for row in rows}),
        "place": sorted({(row.place, row.location) for row in rows if row.location}),
        "priority": sorted({row.priority for row in rows}),
        "state": list(STATE_WORDS.items()),
        "nation": sorted({nation for row in rows for nation in row.nations}),
        "group": [(name, words) for name, (words, _) in GROUPS.items()],
        "sort": [(name, words) for name, (words, _) in SORTS.items()],
        "year": range(first, last + 1),
    }


def by_nation(view: View, rows: Sequence[LineRow], span: tuple[int, int]) -> Row:
    """Return the matrix of lines by nation: people of each on an average day, sums at the foot against ceilings."""
    assert view.scenario is not None
    if view.plan is None:
        return {"nations": [], "people": {}, "sums": {}, "peaks": {}, "ceilings": {}}
    plan, scenario = view.plan, view.scenario
    people = view.kept_of_plan("people by nation", lambda _, plan: people_by_nation(plan, span=span), span)
    peaks = view.kept("peak by nation", lambda: peak_by_nation(plan, days=scenario.horizon.days, span=span), span)
    shown = {row.line for row in rows}
    sums: dict[str, float] = {}
    for (line, nation), count in people.items():
        if line in shown:
            sums[nation] = sums.get(nation, 0.0) + count
    nations = sorted(sums, key=lambda nation: (-sums[nation], nation))
    ceilings = {row.nation: row.personnel_ceiling for row in scenario.nations}
    return {"nations": nations, "people": people, "sums": sums, "peaks": peaks, "ceilings": ceilings}


def by_sector(view: View, rows: Sequence[LineRow], wanted: Wanted, span: tuple[int, int]) -> Row:
    """Return the heat table of cover by capability and sector, and where each of its cells is told."""
    return {"cover": cover_shown(view, rows, under=wanted.under, span=span), "at": cells_at(view, wanted)}


def cells_at(view: View, wanted: Wanted) -> Callable[[CoverRow | Hole], str]:
    """Return a function that gives the address of a row's cells, but for their day."""
    asked = {name: value for name, value in wanted.parameters().items() if name not in ("view", "group", "sort", "year")}

    def at(row: CoverRow | Hole) -> str:
        return view.at("/requirements/cell", {**asked, "capability": row.capability, "sector": row.sector})

    return at


@router.get("/requirements/cell", include_in_schema=False, dependencies=[Depends(needs("requirements.read"))])
def cell(
    request: Request,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    capability: Annotated[str, Query(max_length=200)],
    sector: Annotated[str, Query(max_length=200)] = "",
    day: Annotated[int, Query(ge=0, le=40_000)] = 0,
) -> HTMLResponse:
    """Show one cell of the heat table of cover: which units give it, which lines ask for it; in a drawer, or as a page."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    span = span_of(view.scenario, None)
    everything = view.kept_alike("lines", lambda scenario, plan: line_rows(scenario, plan, span=span), span)
    shown = [row for row in everything if lets_through(row, wanted)]
    found = told_cell(view, shown, capability=capability, sector=sector, day=day, under=wanted.under)
    asked = {**view.carried, **wanted.parameters()}
    return page(
        request,
        "parts/cell.html" if request.headers.get("hx-request") == "true" else "cell.html",
        status=200 if found is not None else 404,
        view=view,
        cell=found,
        under=wanted.under,
        own=address("/requirements/cell", {**asked, "capability": capability, "sector": sector, "day": day}),
        back=address("/requirements", {**asked, "view": "sectors"}),
    )


@router.get("/requirements/line", include_in_schema=False, dependencies=[Depends(needs("requirements.read"))])
def line(
    request: Request, line: Annotated[str, Query(max_length=200)], day: Annotated[int | None, Query(ge=0, le=40_000)] = None
) -> HTMLResponse:
    """Show one line: what it asks for, who serves, why it is short, who else could; in a drawer, or as a page of its own."""
    return line_page(request, line, day=day)


def line_page(
    request: Request,
    name: str,
    *,
    day: int | None = None,
    said: str = "",
    findings: Sequence[Finding] = (),
    conflict: Conflict | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return one line as a page, or as a part of one where the drawer asks, with what is said of what was just tried.

    Parameters
    ----------
    day : int, optional
        Day on which candidates are looked at. [days from D-day]
    """
    view = view_of(request)
    found = told_line(view, name, day) if view.scenario is not None else None
    part = request.headers.get("hx-request") == "true"
    template = "parts/line.html" if part else "line.html"
    if view.scenario is None or found is None:
        return page(request, "parts/no-line.html" if part else "line.html", status=404, view=view, line=None, name=name)
    remarks = remarked(view)
    risk = remarks.risks.get(name)
    own = view.at("/requirements/line", {"line": name, "day": day})
    return page(
        request,
        template,
        status=status,
        view=view,
        line=found,
        name=name,
        said=said,
        findings=findings,
        conflict=conflict,
        notes=remarks.notes.get(name, ()),
        risk=risk,
        goes_on=risk is not None and goes_on_after(view.scenario, view.plan, risk),
        has_gap=view.plan is not None and name in view.plan.gaps["line"],
        today=today(request),
        fixing=fixing_of(view, name, found.day),
        back=own,
        token=token_of(request),
        may_edit=may(view.viewer, "requirements.write"),
        may_note=may(view.viewer, "notes.write") and (view.viewer.sees_all or view.viewer.nation is not None),
        may_accept=may(view.viewer, "risks.write"),
        may_pin=may(view.viewer, "pins.write"),
    )


@router.get("/requirements/edit", include_in_schema=False, dependencies=[Depends(needs("requirements.write"))])
def edit(request: Request, text: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Show the lines as a grid to edit."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    return page(request, "requirements-edit.html", view=view, text=text)


@router.get("/requirements/rows", include_in_schema=False, dependencies=[Depends(needs("requirements.write"))])
def rows(request: Request) -> JSONResponse:
    """Hand out the lines as they are written, with the version of each, and what each column may hold."""
    view = view_of(request)
    assert view.scenario is not None
    columns = grid_columns(Requirement, view.scenario, shown=GRID_COLUMNS["requirements"])
    return JSONResponse({"seq": view.state.seq, "columns": columns, "rows": grid_rows(view, "requirements")})


@router.post("/requirements/rows", include_in_schema=False, dependencies=[Depends(needs("requirements.write"))])
def write(request: Request, sent: GridEdits) -> JSONResponse:
    """Take a batch of edited lines, all or none; 409 with both values where somebody was faster, 422 with what is wrong."""
    view = view_of(request)
    if findings := unreadable_rows(view, sent):
        return JSONResponse({"findings": findings}, status_code=422)
    try:
        state = view.change(edits_of("requirements", sent), why=sent.why)
    except Refused as refused:
        return JSONResponse({"findings": [{"key": None, **told(each)} for each in refused.findings]}, status_code=422)
    except Conflict as conflict:
        return JSONResponse({"conflicts": told_conflict(conflict)}, status_code=409)
    after = view_of(request)
    return JSONResponse({"seq": state.seq, "rows": grid_rows(after, "requirements")})


def unreadable_rows(view: View, sent: GridEdits) -> list[Row]:
    """Return what is wrong with the cells of each row that was sent, before the whole of them is held against the scenario."""
    assert view.scenario is not None
    return [
        {"key": each.key, **told(finding)}
        for each in sent.edits
        if each.cells is not None
        for finding in read_cells(Requirement, view.scenario, each.cells)[1]
        if finding.severity == "error"
    ]
