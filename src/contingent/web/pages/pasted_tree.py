"""A tree of formations pasted as indented lines: read, and shown as any file that is brought before it is taken in."""

import csv
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from contingent.exchange.orbat import read_indented, rows_of_indented
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.pages.exchange import keep_upload
from contingent.web.uploads import read
from contingent.web.view import View, form_of, view_of

router = APIRouter()

PERMISSION = "scenario.write"
FILE = "formations.csv"
HEADING = "The text cannot be taken"
COLUMNS = ("formation", "parent", "echelon", "component")


def may_paste(view: View) -> bool:
    """Whether a viewer may bring formations."""
    return may(view.viewer, PERMISSION)


@router.post("/orbat/paste", include_in_schema=False, dependencies=[Depends(needs(PERMISSION))])
def paste(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Read a tree of formations and keep it as an upload; what it would change is shown next, and nothing is changed yet."""
    view = view_of(request)
    if view.whole is None:
        return RedirectResponse("/orbat", status_code=303)
    found, findings = read_indented(form.get("text", ""))
    rows, astray = rows_of_indented(found, view.whole, typed=view.stated("formations"))
    if findings or astray:
        return page(request, "refused.html", status=422, view=view, findings=(*findings, *astray), heading=HEADING, back="/orbat")
    if not rows:
        return RedirectResponse("/orbat?done=nothing", status_code=303)
    written = StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    upload, faults = read(written.getvalue().encode(), FILE)
    if upload is None:
        return page(request, "refused.html", status=422, view=view, findings=faults, heading=HEADING, back="/orbat")
    keep_upload(view, upload)
    return RedirectResponse(view.at("/exchange/preview"), status_code=303)
