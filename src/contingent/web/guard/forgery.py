"""Forms that another site made a browser send: each form carries a mark that only our own pages could have read.

The mark is made from the session and the server's secret, so nothing is kept for it and a new session has a new one. Before
anyone has signed in, a random cookie stands in for the session. A request that a browser says comes from another site is refused
by `contingent.web.guard.doors` before it gets here.
"""

import hashlib
import hmac

from fastapi import Request

from contingent.web.guard.faults import API
from contingent.web.guard.viewer import ON_THIS_MACHINE, Viewer, viewer_of

FIELD = "token"
"""Field of a form that holds the mark."""

HEADER = "x-csrf-token"
"""Header that holds it where a page's script sends the request."""

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

SENT_UNASKED = (*FORM_TYPES, "text/plain", "")
"""Types of content that a browser sends to another site without asking it first."""

SENT_AFTER_ASKING = frozenset({"PUT", "PATCH", "DELETE"})
"""Methods that a browser uses towards another site only once that has allowed it, which this one never does."""


def form_token(secret: bytes, mark: str) -> str:
    """Return the mark of the forms of a session."""
    return hmac.new(secret, f"form:{mark}".encode(), hashlib.sha256).hexdigest()


def token_of(request: Request) -> str:
    """Return the mark for the forms of a page; blank where there is no session to make it from."""
    mark = viewer_of(request).session or getattr(request.state, "form_mark", None)
    return form_token(request.app.state.settings.secret, mark) if mark else ""


def _is_program_here(request: Request, viewer: Viewer) -> bool:
    """Whether a program of this machine asks, where there are no accounts: a browser says where it comes from, and sends no JSON
    to another site without having asked.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    says_where = "origin" in request.headers or "sec-fetch-site" in request.headers
    asks_first = kind not in SENT_UNASKED or request.method in SENT_AFTER_ASKING
    return viewer is ON_THIS_MACHINE and request.url.path.startswith(API) and asks_first and not says_where


async def is_forged(request: Request, viewer: Viewer, mark: str | None = None) -> bool:
    """Whether a request that changes something does not carry the mark of its session.

    Parameters
    ----------
    viewer : Viewer
        Who is behind it. A program with a token of its own has no session that could be ridden on.
    mark : str, optional
        What stands in for the session before anyone has signed in.
    """
    if viewer.scopes is not None or _is_program_here(request, viewer):
        return False
    session = viewer.session or mark
    if session is None:
        return True
    given = request.headers.get(HEADER, "")
    if not given and request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORM_TYPES:
        value = (await request.form()).get(FIELD, "")
        given = value if isinstance(value, str) else ""
    return not hmac.compare_digest(given.encode(), form_token(request.app.state.settings.secret, session).encode())
