"""Errors as users see them: what happened, what to do, and a reference that stands in the log too. Never a traceback.

Pages answer with a page; programs under ``/api/`` with a problem document (RFC 9457).
"""

import json
import logging
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from contingent.errors import ContingentError
from contingent.store.faults import Unusable

API = "/api/"
"""Where programs ask."""

SIGN_IN = "/sign-in"

COMES_BACK = 5
"""After how long one may ask again where the database could not be used. [s]"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused.

    Parameters
    ----------
    status : int
        Status of the answer.
    what : str
        What is wrong, in one sentence.
    maybe : str or None
        What to do, as a sentence without its leading "Maybe".
    """

    status: int
    what: str
    maybe: str | None = None


class NotSignedIn(Exception):
    """Whoever asks has to sign in first."""


class Denied(Exception):
    """A request that may not be done by whoever asks, or not so often.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence.
    status : int
        Status of the answer.
    maybe : str, optional
        What to do about it.
    wait_s : float, optional
        Time after which it may be tried again. [s]
    """

    def __init__(
        self, what: str, *, status: int = HTTPStatus.FORBIDDEN, maybe: str | None = None, wait_s: float | None = None
    ) -> None:
        self.refusal = Refusal(int(status), what, maybe)
        self.wait_s = wait_s
        super().__init__(what)


def answer(
    scope: Scope, refusal: Refusal, *, headers: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> Response:
    """Return a refusal as an answer: a page, or for programs a problem document.

    Parameters
    ----------
    scope : ASGI scope
        Of the request.
    refusal : Refusal
        What is told.
    headers : dict, optional
        Further headers.
    more : dict, optional
        Further members of the problem document.
    """
    reference = scope.get("state", {}).get("request_id", "")
    title = HTTPStatus(refusal.status).phrase
    if str(scope.get("path", "")).startswith(API):
        problem = {"type": "about:blank", "title": title, "status": int(refusal.status), "detail": refusal.what}
        if refusal.maybe:
            problem["maybe"] = refusal.maybe
        problem |= {"reference": reference, **(more or {})}
        return Response(json.dumps(problem), status_code=refusal.status, headers=headers, media_type="application/problem+json")
    maybe = f"<p>Maybe {escape(refusal.maybe)}.</p>" if refusal.maybe else ""
    text = (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="/static/mark.svg" type="image/svg+xml">\n'
        f'<link rel="stylesheet" href="/style/page.css">\n'
        f'<link rel="stylesheet" href="/static/page.css"></head>\n<body><div class="body alone"><main><h1>{escape(title)}</h1>\n'
        f"<p>{escape(refusal.what)}</p>\n{maybe}\n"
        f'<p>Reference: <code>{escape(reference)}</code>. <a href="/">To the overview</a></p></main></div></body></html>\n'
    )
    return Response(text, status_code=refusal.status, headers=headers, media_type="text/html; charset=utf-8")


def plain_refusal(scope: Scope, refusal: Refusal) -> Response:
    """Return a refusal at the door, where no page has been asked yet; the connection is not kept."""
    return answer(scope, refusal, headers={"Connection": "close"})


def fault(scope: Scope) -> Response:
    """Return the answer to a fault of the program itself."""
    what = "The server has a fault, and the request was not carried out."
    return answer(scope, Refusal(500, what, "try again; if it stays, give the reference to whoever runs the server"))


def safe_next(path: str) -> str:
    r"""Return a path of this server to go on to after signing in; the overview for whatever might lead elsewhere.

    >>> safe_next("/gaps?plan=3"), safe_next("//elsewhere"), safe_next("https://elsewhere"), safe_next("/\\\\elsewhere")
    ('/gaps?plan=3', '/', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def to_sign_in(request: Request) -> Response:
    """Return the answer to whoever has to sign in first: the way there, or for programs that a token is missing."""
    scope = request.scope
    if request.url.path.startswith(API):
        refusal = Refusal(401, "A token is needed.", "send it as 'Authorization: Bearer ...'")
        return answer(scope, refusal, headers={"WWW-Authenticate": "Bearer"})
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"{SIGN_IN}?next={quote(safe_next(path), safe='/')}" if request.method == "GET" and path != "/" else SIGN_IN
    if request.headers.get("hx-request") == "true":
        return answer(scope, Refusal(401, "Your session is over.", "sign in again"), headers={"HX-Redirect": SIGN_IN})
    return RedirectResponse(target, status_code=303)


def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, Denied)
    headers = {"Retry-After": str(max(1, round(error.wait_s)))} if error.wait_s is not None else None
    return answer(request.scope, error.refusal, headers=headers)


def _not_found_and_such(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = "There is nothing at that address." if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
    headers = dict(error.headers) if error.headers else None
    return answer(request.scope, Refusal(error.status_code, what), headers=headers)


def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = [{"where": ".".join(str(part) for part in each["loc"]), "what": str(each["msg"])} for each in error.errors()]
    what = "; ".join(f"{each['where']}: {each['what']}" for each in told[:5])
    return answer(request.scope, Refusal(422, f"The request was not understood. {what}."), more={"findings": told})


def _database_away(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unusable)
    log.error("the database cannot be used (%s): %s", request.scope.get("state", {}).get("request_id", ""), error)
    refusal = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, f"The database cannot be used: {error.reason}", "try again in a moment")
    return answer(request.scope, refusal, headers={"Retry-After": str(COMES_BACK)})


def _cannot_be_done(request: Request, error: Exception) -> Response:
    return answer(request.scope, Refusal(400, str(error)))


def _gone(request: Request, _: Exception) -> Response:
    """Answer whoever went away before all of the request was there: nobody reads it, and nothing was wrong here."""
    return answer(request.scope, Refusal(HTTPStatus.BAD_REQUEST, "The request was broken off."))


def install(app: FastAPI) -> None:
    """Let the application answer with these."""
    app.add_exception_handler(NotSignedIn, lambda request, _: to_sign_in(request))
    app.add_exception_handler(Denied, _denied)
    app.add_exception_handler(HTTPException, _not_found_and_such)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Unusable, _database_away)
    app.add_exception_handler(ContingentError, _cannot_be_done)
    app.add_exception_handler(ClientDisconnect, _gone)
