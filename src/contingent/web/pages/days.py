"""The switch of days: D+30 and date-time groups, or ISO dates, on every page from then on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse

from contingent.web.days import COOKIE, LASTS, MILITARY, WAYS
from contingent.web.guard import needs
from contingent.web.guard.faults import safe_next

router = APIRouter()


@router.get("/days", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def days(
    request: Request,
    way: Annotated[str, Query(alias="as", max_length=20)] = MILITARY,
    back: Annotated[str, Query(max_length=2000)] = "/",
) -> RedirectResponse:
    """Keep how days are to be written, in this browser, and go back."""
    answer = RedirectResponse(safe_next(back), status_code=303)
    request.app.state.identity.set_cookie(answer, COOKIE, way if way in WAYS else MILITARY, lasts=LASTS)
    return answer
