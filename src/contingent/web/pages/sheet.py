"""The briefing sheet: pictures and tables that a viewer chose on other pages, one below the other, to print and to send.

What is chosen stands in the address and in the browser: where each picture is, never what it shows. The page fetches each picture
from its own page, so that every reader sees of it what he may.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.pages.sources import CONFIDENCES, sourced_rows
from contingent.web.view import view_of

router = APIRouter()


@router.get("/sheet", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def sheet(request: Request) -> HTMLResponse:
    """Show the frame of the sheet; a script fills it."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    scenario = view.scenario
    rows = view.kept("sources", lambda: sourced_rows(scenario))
    return page(
        request,
        "sheet.html",
        view=view,
        now=datetime.now(UTC),
        rows=len(rows),
        assumed=sum(row.status == "assumption" for row in rows),
        counts={level: sum(row.confidence == level for row in rows) for level in CONFIDENCES},
    )
