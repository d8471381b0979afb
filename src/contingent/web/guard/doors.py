"""What is refused at the door, before any page is asked: wrong host names, requests from other sites, bodies that are too large.

A server on one's own machine is called by names of that machine only: a site whose name is made to lead there (DNS rebinding)
would else be taken for one of ours by the browser.
"""

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contingent.web.guard.faults import Refusal, plain_refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine."""

LONGEST_HOST = 255
LONGEST_LENGTH = 15
"""Most digits of the length that a request says it has."""


def host_name(host: str) -> str | None:
    """Return the name of a Host header without its port, in lower case; None if it is none.

    >>> host_name("LocalHost:8000"), host_name("[::1]:80"), host_name("a@b"), host_name("")
    ('localhost', '::1', None, None)
    """
    if not host or len(host) > LONGEST_HOST or any(char in host for char in "/\\@?# \t"):
        return None
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


class Doors:
    """Refuse what should not come in.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    hosts : collection of str
        Names by which the server may be called; empty = any.
    most_bytes : int
        Largest body. [bytes]
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], most_bytes: int) -> None:
        self.app, self.hosts, self.most_bytes = app, frozenset(hosts), most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            if scope["type"] == "http":
                await plain_refusal(scope, refusal)(scope, receive, send)
            else:  # no page speaks over a websocket
                await send({"type": "websocket.close", "code": 1008})
            return
        count, is_over, is_answered = 0, False, False

        async def receive_counted() -> Message:
            nonlocal count, is_over
            message = await receive()
            count += len(message.get("body", b""))
            is_over = is_over or count > self.most_bytes
            return {"type": "http.disconnect"} if is_over else message

        async def send_unless_over(message: Message) -> None:
            nonlocal is_answered
            if not is_over or is_answered:
                is_answered = True
                await send(message)

        try:
            await self.app(scope, receive_counted, send_unless_over)
        except Exception:
            if not is_over:
                raise
        if is_over and not is_answered:
            await plain_refusal(scope, self._too_large())(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        if scope["type"] != "http":
            return Refusal(HTTPStatus.FORBIDDEN, "Nothing is spoken here but HTTP.")
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = host_name(host)
        if name is None or len(headers.getlist("host")) != 1 or (self.hosts and name not in self.hosts):
            what = "This server is not called by that name."
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, what, "use the address that it was started with")
        if scope["method"] not in METHODS:
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "That method is not known here.")
        length = headers.get("content-length")
        if length is not None and not self._fits(length):
            return self._too_large()
        if scope["method"] not in SAFE_METHODS and _from_elsewhere(headers, host):
            what = "The request came from another site, and nothing was changed."
            return Refusal(HTTPStatus.FORBIDDEN, what, "open the page here and try again")
        return None

    def _fits(self, length: str) -> bool:
        """Whether the length that a request says it has is a number, and not too large."""
        is_number = length.isascii() and length.isdecimal() and len(length) <= LONGEST_LENGTH
        return is_number and int(length) <= self.most_bytes

    def _too_large(self) -> Refusal:
        return Refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"It is larger than {self.most_bytes / 1e6:.0f} MB.", "send it in parts")


def _from_elsewhere(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site sent the request. What is no browser says nothing, and has no session."""
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()
