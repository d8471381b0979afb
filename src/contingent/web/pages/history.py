"""The history: who changed what and when, before and after; undo, as a new entry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.store import Conflict, Refused
from contingent.web.entries import batches
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.view import form_of, view_of

router = APIRouter()

A_PAGE = 50


@router.get("/history", include_in_schema=False, dependencies=[Depends(needs("history.read"))])
def history(
    request: Request,
    table: Annotated[str, Query(max_length=40)] = "",
    key: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = A_PAGE,
) -> HTMLResponse:
    """Show the last changes that the viewer may see, the newest first."""
    view = view_of(request)
    entries = view.entries(table=table or None, key=key or None, limit=limit)
    return page(
        request,
        "history.html",
        view=view,
        changes=batches(entries),
        found=len(entries),
        tables=sorted(view.state.rows),
        chosen={"table": table, "key": key},
        limit=limit,
        step=A_PAGE,
        may_undo=may(view.viewer, "history.undo"),
    )


@router.post("/history/undo", include_in_schema=False, dependencies=[Depends(needs("history.undo"))])
def undo(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Undo one entry of one's own, as a new entry."""
    view = view_of(request)
    seq = form.get("seq", "")
    if not seq.isdecimal() or len(seq) > 15:
        return RedirectResponse("/history", status_code=303)
    try:
        view.undo(int(seq))
    except Refused as refused:
        return page(request, "refused.html", status=422, view=view, findings=refused.findings, back="/history")
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back="/history")
    return RedirectResponse("/history?done=undone", status_code=303)
