"""How a program is told that something cannot be done: a problem document (RFC 9457) for whatever the store refuses.

409 = somebody changed a row meanwhile, and `conflicts` has both values; with ``If-Match`` it is 412. 422 = the tables would no
longer make sense, and `findings` has each fault with table, row, column and the nearest right value. 404 = there is no such row,
plan, job or version. 503 = the database is out of reach. Nothing was changed then.
"""

from collections.abc import Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from contingent.errors import BadIncidents, BadScenario, ContingentError
from contingent.findings import Finding
from contingent.io.atomic import CannotWrite
from contingent.store import Conflict, NameTaken, NotOneself, Refused, UnknownNumber, Unusable
from contingent.web.guard.faults import Refusal, answer
from contingent.web.work.asking import TooMany

PROBLEM_KIND = "application/problem+json"

SENTENCES = {
    400: "The request makes no sense; `detail` says why.",
    401: "No token, or one that does not hold.",
    403: "The token, or the role of its account, does not have the permission.",
    404: "There is no such thing, or it is not the asker's to see.",
    405: "The address does not know that method.",
    409: "Somebody changed it meanwhile, and nothing was written; `conflicts` has both values.",
    412: "The row is no longer at the version of `If-Match`; `conflicts` has both values.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken.",
    421: "The server is not called by that name.",
    422: "It was not understood or would make no sense, and nothing was written; `findings` says where and why.",
    428: "`If-Match` is missing: the version of the row that the change was made on.",
    429: "Too often, or too much at once.",
    503: "The database is out of reach, and nothing was written.",
}
"""What each status of a refusal means, for the document."""

Documented = dict[int | str, dict[str, Any]]
"""What the document says of answers, by their status."""

ALWAYS = (400, 401, 403, 404, 405, 421, 422, 429, 503)
"""Statuses that any route may answer with."""


def refusals(*further: int) -> Documented:
    """Return what the document says of a route's refusals: those that any route has, and some of its own."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": SENTENCES[status], "content": {PROBLEM_KIND: {"schema": schema}}}
        for status in sorted({*ALWAYS, *further})
    }


WRITES = refusals(409, 413, 415)
"""Refusals of routes that change something."""

READS = refusals()
"""Refusals of routes that change nothing."""


class ProblemRoute(APIRoute):
    """A route that tells what the store refuses as a problem document."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except (ContingentError, TooMany) as error:
                found = problem_of(request, error)
                if found is None:
                    raise
                return found

        return handle


def problem_of(request: Request, error: Exception) -> Response | None:
    """Return an error of the program's floors as a problem document; None where it is none that is known here."""
    more: dict[str, Any] = {}
    maybe = None
    match error:
        case Conflict():
            status = HTTPStatus.PRECONDITION_FAILED if "if-match" in request.headers else HTTPStatus.CONFLICT
            more["conflicts"] = told_conflicts(error)
            maybe = "read the row again and make the change on what stands there"
        case Refused():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            more["findings"] = [
                {**told(finding), "row": key} for finding, key in zip(error.findings, error.keys, strict=True)]
        case BadScenario() | BadIncidents():
            status = HTTPStatus.CONFLICT
            more["findings"] = told_all(error.findings)
        case UnknownNumber():
            status = HTTPStatus.NOT_FOUND
        case NameTaken() | CannotWrite():
            status = HTTPStatus.CONFLICT
        case NotOneself():
            status = HTTPStatus.FORBIDDEN
        case Unusable():
            status = HTTPStatus.SERVICE_UNAVAILABLE
        case TooMany():
            status = HTTPStatus.TOO_MANY_REQUESTS
            refusal = Refusal(status, "You have too many jobs that wait or run.", "wait for one of them, or cancel it")
            return answer(request.scope, refusal)
        case _:
            return None
    what = str(error).partition("\n")[0] or "It cannot be done."
    return answer(request.scope, Refusal(status, what, maybe), more=more)


def told(finding: Finding) -> dict[str, Any]:
    """Return a finding as programs read it."""
    return {
        "where": finding.where, "what": finding.what, "table": finding.table, "line": finding.line, "column": finding.column,
        "nearest": finding.nearest, "maybe": finding.maybe, "severity": finding.severity,
    }  # fmt: skip


def told_all(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as programs read them."""
    return [told(finding) for finding in findings]


def told_conflicts(conflict: Conflict) -> list[dict[str, Any]]:
    """Return rows that were changed meanwhile, each with what stands now and what was tried."""
    return [
        {
            "table": row.table, "key": row.key, "row": row.row, "version": row.version, "changed_by": row.changed_by,
            "current": None if row.current is None else dict(row.current),
            "tried": None if row.tried is None else dict(row.tried),
        }
        for row in conflict.rows
    ]  # fmt: skip
