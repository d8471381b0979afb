"""Pages that show by themselves what others change ask first whether anything of them has changed.

Most changes are of what a viewer does not see, an offer of another nation above all. So a page carries a mark of all that it was
made from, and sends it along when it loads itself again: where the mark of now is the same, there is nothing to send (204).

    dependencies=[Depends(needs("gaps.read")), Depends(Renewed(remarks_mark))]
"""

import hashlib
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response

from contingent.web.frame import days_of, whole_address
from contingent.web.view import View, looked_at

HEADER = "contingent-shown"
"""Header by which a page says what it shows."""

Further = Callable[[Request, View], object]
"""Returns what else a page is made from; its ``repr`` tells it from any other."""


class NothingNew(Exception):
    """The page that was asked for is as it is shown."""


class Renewed:
    """A page that is made from the tables as they are seen, from the plan, and from what is further named alone.

    Parameters
    ----------
    further : callable
        What else it is made from: everything that is neither of the tables, nor of the plans, nor in the address.
    """

    def __init__(self, *further: Further) -> None:
        self._further = further

    def __call__(self, request: Request) -> None:
        """Mark the page that is about to be made.

        Raises
        ------
        NothingNew
            If it is shown already.
        """
        request.state.view = view = looked_at(request)
        request.state.renewal_mark = mark = mark_of(request, view, *(further(request, view) for further in self._further))
        if request.headers.get(HEADER) == mark:
            raise NothingNew


def mark_of(request: Request, view: View, *further: object) -> str:
    """Return what stands for everything that a page is made from."""
    stored = view.stored.id if view.stored is not None else None
    made_from = (
        whole_address(request), days_of(request), view.scope, view.since, stored, view.is_behind,
        [each.id for each in view.plans], *further,
    )  # fmt: skip
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


async def nothing_new(_: Request, __: Exception) -> Response:
    """Answer with nothing, as nothing is new."""
    return Response(status_code=204)
