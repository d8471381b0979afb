"""The history: who changed what and when, before and after; undo, as a new entry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.store import REMARK_TABLES
from contingent.store.audit import plain_text
from contingent.web.entries import Entry, batches, told_entries
from contingent.web.frame import page
from contingent.web.guard import may, needs, token_of
from contingent.web.guard.faults import safe_next
from contingent.web.returning import changed, is_whole, with_done
from contingent.web.view import View, form_of, view_of

router = APIRouter()

A_PAGE = 50

LOOKED_AT = 1000
"""Entries of one's own that are looked through for the last change."""


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
        tables=sorted((*view.state.rows, *REMARK_TABLES)),
        chosen={"table": table, "key": key},
        limit=limit,
        step=A_PAGE,
        may_undo=may(view.viewer, "history.undo"),
    )


@router.post("/history/undo", include_in_schema=False, dependencies=[Depends(needs("history.undo"))])
def undo(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Undo one entry of one's own, as a new entry."""
    view = view_of(request)
    seq, back = form.get("seq", ""), form.get("back", "") or "/history"
    if not is_whole(seq):
        return RedirectResponse("/history", status_code=303)
    then = with_done(safe_next(back), "undone")
    return changed(request, view, lambda: view.undo(int(seq)), back="/history", then=then)


@router.get("/history/last", include_in_schema=False, dependencies=[Depends(needs("history.undo"))])
def last(request: Request, back: Annotated[str, Query(max_length=400)] = "/history") -> HTMLResponse:
    """Show one's own last change in the drawer, with the button that takes it back: what Ctrl+Z asks for."""
    view = view_of(request)
    change = last_own_change(view)
    return page(request, "parts/undo.html", view=view, change=change, back=safe_next(back), token=token_of(request))


def last_own_change(view: View) -> list[Entry]:
    """Return the entries of the viewer's last change of rows that is not taken back already; none where there is none."""
    viewer = view.viewer
    found = [
        entry
        for entry in view.conference.history(actor=plain_text(viewer.name), limit=LOOKED_AT)
        if entry.account == viewer.account and entry.row is not None
    ]
    taken_back = {(entry.details or {}).get("undoes") for entry in found if entry.kind == "undo"}
    gone = {entry.batch for entry in found if entry.seq in taken_back}
    own = [entry for entry in found if entry.kind in ("change", "import") and entry.batch not in gone]
    return told_entries(view.seen_entries([entry for entry in own if entry.batch == own[0].batch], key=None), viewer)
