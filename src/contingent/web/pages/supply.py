"""Supply: what the force uses, how long stocks last, what runs out first, and what hurts when it is closed."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from contingent.report.html.living import living
from contingent.report.living import has_supply
from contingent.web.frame import page
from contingent.web.frames import citations, frame_as_csv, frame_rows
from contingent.web.guard import needs
from contingent.web.renewal import Renewed
from contingent.web.view import view_of

router = APIRouter()

TABLES = {
    "supply": "tonnes and days of supply by place, supply and week",
    "resupply": "what is sent from where to where",
    "stockouts": "what runs out, where, when and why",
    "survival": "what runs out first when something is closed",
    "logistics": "what supply takes of logistic units",
}
"""What this page hands out, and what each is."""


@router.get("/supply", include_in_schema=False, dependencies=[Depends(needs("supply.read")), Depends(Renewed())])
def supply(request: Request) -> HTMLResponse:
    """Show what the force lives on."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    plan = view.plan
    told = view.kept_for_all("living", living) if plan is not None and has_supply(plan) else None
    tables = frame_rows(plan, tuple(TABLES)) if plan is not None else []
    return page(request, "supply.html", view=view, living=told, cited=citations(view), tables=tables, about=TABLES)


@router.get("/supply/{name}.csv", include_in_schema=False, dependencies=[Depends(needs("supply.read"))])
def table(request: Request, name: str) -> Response:
    """Hand out a table of this page as CSV."""
    return frame_as_csv(request, name, offered=TABLES, nation="")
