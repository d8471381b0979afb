"""One line of the log for each request, as JSON, and a reference by which a user's fault is found in it. No secrets.

A line has time, reference, method, route (the pattern, never the address with what was typed into it), status, milliseconds, and
the number of the account. What a fault of the program was stands in a line of its own under the same reference, with its
traceback. What other parts of the program log becomes a line of the same form (`JsonLines`): every line is one JSON object.
"""

import json
import logging
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contingent.web.guard.faults import fault

log = logging.getLogger(__name__)

REFERENCE_HEADER = b"x-request-id"


class RequestJournal:
    """Write the log, and end what went wrong with a page that says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and write a line about it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reference = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = reference
        status, begun = 0, time.perf_counter()

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REFERENCE_HEADER, reference.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            log.error(_line(event="fault", request=reference, kind=type(error).__name__), exc_info=error)
            if not status:
                await fault(scope)(scope, receive, send_noted)
        finally:
            viewer = scope["state"].get("viewer")
            route = getattr(scope.get("route"), "path", None)
            log.info(
                _line(
                    event="request", request=reference, method=scope["method"], route=route, status=status,
                    ms=round((time.perf_counter() - begun) * 1000, 1), account=getattr(viewer, "account", None),
                )
            )  # fmt: skip


class JsonLines(logging.Formatter):
    r"""Writes every record of the log as one line of JSON: what is one already, and what is a text.

    >>> told = {"name": "contingent.store", "levelname": "WARNING", "msg": "slow\ndisk", "created": 0.0}
    >>> JsonLines().format(logging.makeLogRecord(told)).partition("level")[2]
    '": "WARNING", "logger": "contingent.store", "message": "slow\\ndisk"}'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        text = record.getMessage()
        values = _values_of(text)
        if values is None:
            at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            values = {"at": at, "event": "log", "level": record.levelname, "logger": record.name, "message": text}
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=True)


def _values_of(text: str) -> dict[str, Any] | None:
    """Return what a line of the log says that is JSON already; None where it is a text."""
    if not text.startswith("{"):
        return None
    try:
        values = json.loads(text)
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def _line(**values: Any) -> str:
    return json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **values}, ensure_ascii=True)
