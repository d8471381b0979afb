"""Risk and stress: whether the plan lasts when it is played through under chance, and without whom it keeps how much."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.html import breaks, lasts
from contingent.web.frame import page
from contingent.web.guard import Viewer, may, needs
from contingent.web.guard.writing import actor_of
from contingent.web.view import form_of, view_of
from contingent.web.work.asking import TooMany, ask
from contingent.web.work.kinds import KINDS

router = APIRouter()

ASKED_HERE = ("simulate", "stress")
"""Kinds of jobs that can be asked for here."""

SUMS_OF_ALL = ("tornado", "pairs", "shapley")
"""Pictures of stress that compare nations."""


@router.get("/risk", include_in_schema=False, dependencies=[Depends(needs("risk.read"))])
def risk(request: Request) -> HTMLResponse:
    """Show what becomes of the plan under chance, and what breaks it."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    scenario, plan = view.scenario, view.plan
    if plan is None:
        return page(request, "risk.html", view=view, lasts=None, breaks=None, kinds=(), is_part=False)
    told = view.kept("risk", lambda: risk_of(scenario, plan, view.viewer))
    return page(
        request,
        "risk.html",
        view=view,
        kinds=[KINDS[name] for name in ASKED_HERE if may(view.viewer, KINDS[name].permission)],
        is_part=not view.viewer.sees_all,
        **told,
    )


def risk_of(scenario: Scenario, plan: Plan, viewer: Viewer) -> dict[str, Any]:
    """Return what the page is filled with: sentences and comparisons of nations only for those who see every nation."""
    found = {**lasts.contents(scenario, plan), **breaks.contents(plan)}
    if viewer.sees_all:
        return found
    if found["lasts"] is not None:
        # A sentence on all lines, made from the lines that are shown, would say what is not so.
        found["lasts"] |= {"sentences": ()}
    if found["breaks"] is not None:
        found["breaks"] |= {"sentences": (), "worst": (), "smallest": (), **dict.fromkeys(SUMS_OF_ALL)}
    return found


@router.post("/risk/run", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def run(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Ask for a run under chance, or for a stress test, of the plan that is shown."""
    view = view_of(request)
    kind = form.get("kind", "")
    if kind not in ASKED_HERE or view.stored is None:
        return RedirectResponse(view.at("/risk"), status_code=303)
    try:
        ask(view.conference, actor_of(view.viewer), kind, {"plan": view.stored.id})
    except TooMany:
        return RedirectResponse(view.at("/risk", {"done": "busy"}), status_code=303)
    return RedirectResponse(view.at("/risk", {"done": "asked"}), status_code=303)
