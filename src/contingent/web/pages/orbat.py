"""The order of battle on any day: the tree, the chart, and files of it for other programs."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from contingent.findings import Finding
from contingent.report.html.force import PAGE_SHAPE, day_to_draw, formed_as
from contingent.report.orbat import orbat_svg, write_orbat
from contingent.report.words import d_day, option_title, short_date
from contingent.structure import faults_of_attachments
from contingent.structure.orbat import Orbat
from contingent.web.frame import page
from contingent.web.guard import may, needs, token_of
from contingent.web.orbat import Sought, branch_of, framework_nations, nations_in, orbat_kept, root_at
from contingent.web.pages.pasted_tree import may_paste
from contingent.web.pages.subordination import PERMISSION, listed_attachments
from contingent.web.renewal import Renewed
from contingent.web.symbols import by_drawer
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]

FORMS = {
    "svg": ("SVG", "image/svg+xml", "the chart, to scale and print"),
    "png": ("PNG", "image/png", "the chart, for a slide"),
    "pdf": ("PDF", "application/pdf", "the chart, on one sheet"),
    "msdl": ("MSDL", "application/xml", "for simulations (SISO-STD-007)"),
    "json": ("ORBAT Mapper", "application/json", "the whole time, to open there"),
}
"""Ending -> name, media type and what it is for."""

Day = Annotated[int | None, Query(ge=0, le=40_000)]


def sought_of(
    nation: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
) -> Sought:
    """Return what the address asks for."""
    return Sought(nation, state, text)


@router.get("/orbat", include_in_schema=False, dependencies=[Depends(needs("orbat.read")), Depends(Renewed())])
def orbat(
    request: Request,
    sought: Annotated[Sought, Depends(sought_of)],
    day: Day = None,
    show: Annotated[str, Query(max_length=20)] = "tree",
) -> HTMLResponse:
    """Show the order of battle on a day, as a tree or as a chart."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    made = orbat_kept(view)
    if made is None or view.plan is None:
        return page(request, "orbat.html", view=view, made=None, may_move=False, may_paste=may_paste(view))
    scenario, plan = view.scenario, view.plan
    at = day_of(view, day)
    root = view.kept_of_plan("orbat at", lambda *_: root_at(made, at), at, scenario.attachments)
    values: Row = {
        "made": made,
        "day": at,
        "last": scenario.horizon.days - 1,
        "day_words": f"{d_day(at)}, {short_date(scenario.horizon.date_of(at))}",
        "sought": sought,
        "show": "chart" if show == "chart" else "tree",
        "step": scenario.settings.period_days,
        "nations": nations_in(root),
        "led": list(framework_nations(root)),
        "forms": FORMS,
        "people": root.people,
        "may_paste": may_paste(view),
        "may_move": may(view.viewer, PERMISSION),
        "attachments": listed_attachments(view, made, at),
        "has_adcon": any(row.relation == "ADCON" for row in scenario.attachments),
        "faults": attachment_faults(view),
        "back": view.at("/orbat", {"day": at, "nation": sought.nation, "state": sought.state, "text": sought.text,
                                   "show": "chart" if show == "chart" else None}),
        "token": token_of(request),
        "switch": lambda **changed: view.at(
            "/orbat",
            {"day": day, "show": show if show == "chart" else None, "nation": sought.nation, "state": sought.state,
             "text": sought.text, **changed},
        ),
    }  # fmt: skip
    if values["show"] == "chart":
        title = option_title(scenario, plan.option)
        values["chart"] = view.kept(
            "orbat chart", lambda: by_drawer(lambda: orbat_svg(root, title=title, when=values["day_words"], shape=PAGE_SHAPE)), at
        )
    else:
        names = dict(made.formations.select("formation", "name").iter_rows())
        values["tree"] = branch_of(scenario, root, sought, names)
    if request.headers.get("hx-target") == "orbat-day":
        return page(request, "parts/orbat-day.html", view=view, **values)
    told = view.kept_for_all("structure", formed_as)
    return page(request, "orbat.html", view=view, structure=told and {**told, "drawing": None, "attachments": []}, **values)


def attachment_faults(view: View) -> tuple[Finding, ...]:
    """Return what keeps attachments from being kept: for planners, as it may name offers of others."""
    whole = view.whole
    if whole is None or not may(view.viewer, PERMISSION):
        return ()
    return view.kept("attachment faults", lambda: faults_of_attachments(whole), of=view.state.seq)


def day_of(view: View, day: int | None) -> int:
    """Return the day that is shown: the one asked for, within the horizon, else one on which the force is there."""
    assert view.scenario is not None
    assert view.plan is not None
    return day_to_draw(view.scenario, view.plan) if day is None else min(day, view.scenario.horizon.days - 1)


@router.get("/orbat/file.{form}", include_in_schema=False, dependencies=[Depends(needs("orbat.read"))])
def file(request: Request, form: str, day: Day = None) -> Response:
    """Hand out the order of battle as a file."""
    view = view_of(request)
    made = orbat_kept(view)
    if made is None or form not in FORMS or view.scenario is None or view.plan is None or view.stored is None:
        return page(request, "no-such-table.html", status=404, view=view)
    at = day_of(view, day)
    content, _ = view.kept("orbat file", lambda: by_drawer(lambda: written(view, made, at, form)), form, at)
    when = "" if form == "json" else f"-day-{at}"
    name = f"orbat-plan-{view.stored.id}{when}.{form}"
    return Response(content, media_type=FORMS[form][1], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def written(view: View, made: Orbat, day: int, form: str) -> tuple[bytes, tuple[Finding, ...]]:
    """Return a file's content, and what was left out or changed for the form's sake."""
    planned = view.planned
    assert planned is not None
    assert view.plan is not None
    with TemporaryDirectory(prefix="orbat-") as folder:
        target = Path(folder) / f"orbat.{form}"
        findings = write_orbat(planned, view.plan, made, target, day=day)
        return target.read_bytes(), tuple(findings)
