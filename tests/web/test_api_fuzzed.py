"""The programs' interface under whatever a machine thinks of: nothing worse than a refusal that its document knows."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as conformance
from starlette.testclient import TestClient
from tests.web.hall import tiny_conference

from contingent.store import Actor
from contingent.web.app import create_app
from contingent.web.guard import PERMISSIONS
from contingent.web.guard.limits import Rate
from contingent.web.guard.passwords import new_mark
from contingent.web.settings import Limits, WebSettings

HELD = (
    not_a_server_error, conformance.status_code_conformance, conformance.content_type_conformance,
    conformance.response_schema_conformance,
)  # fmt: skip
"""What is held against the document: the status, the kind of content, its schema."""

CALM = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)


Server = tuple[Any, dict[str, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with accounts, a plan and a few incidents, and the token of an administrator, which may do everything."""
    conference = tiny_conference(tmp_path_factory.mktemp("fuzzed"))
    account = conference.accounts.add_account("ann", role="administrator")
    text, mark = new_mark()
    conference.accounts.add_token(mark, name="a test", account=account.id, scopes=PERMISSIONS, expires_at=None)
    days = range(1, 20)
    reports = [{"incident": str(day), "time": f"2030-02-{day:02}", "source": "post 7", "kind": "shelling"} for day in days]
    conference.add_incidents(Actor("ann", "administrator"), reports)
    many = Limits(logins=Rate(1e6, 1e6), writes=Rate(1e6, 1e6), asked=Rate(1e6, 1e6))
    settings = WebSettings("", accounts=True, secret=b"x" * 40, limits=many)
    yield create_app(settings, conference=conference), {"authorization": f"Bearer {text}"}
    conference.close()


NAMED: dict[str, dict[str, Any]] = {
    "table": {"enum": ["offers", "requirements", "nations", "pins", "scenario", "pledges", "no such table", "a/b", "é\u2028"]},
    "frame": {"enum": ["tours", "gaps", "coverage", "counts", "rates", "ledger", "delays", "none", "%00"]},
    "plan": {"enum": ["latest", "1", "999999999", "-1", "x"]},
    **{name: {"type": "integer", "minimum": -2, "maximum": 80} for name in ("row", "seq", "version", "job", "account")},
    "If-Match": {"enum": ['"1"', "*", '"2"', "x", 'W/"1"', "", '"99999999999"']},
}  # fmt: skip
"""Values that lead further in than what chance would choose: of tables, frames and rows that are there, and some that are not."""

COLUMNS = ("offer", "nation", "unit_type", "quantity", "available_day", "line", "capability", "priority", "setting", "none")


def led_further_in(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose examples reach rows, frames and plans that are there."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = NAMED.get(parameter["name"], parameter["schema"])
    schemas = document["components"]["schemas"]
    schemas["EditGiven"]["properties"]["table"] = NAMED["table"]
    schemas["EditGiven"]["properties"]["row"] = {"anyOf": [NAMED["row"], {"type": "null"}]}
    cell = {"enum": ["1", "ALD", "BRN", "headquarters", "mech", "-5", "1e999", "x;y", "=1+1", "ALD-headquarters", " ", "\u0000"]}
    cells = {"type": "object", "propertyNames": {"enum": COLUMNS}, "additionalProperties": cell}
    for name in ("CellsGiven", "EditGiven"):
        schemas[name]["properties"]["cells"] = cells
    return document


def fuzz(server: Server, *, examples: int) -> int:
    """Ask every operation so many times, and return how many there are."""
    app, token = server
    sent = TestClient(app, base_url="http://localhost").get("/api/v1/openapi.json").json()
    document = led_further_in(sent)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        count += 1

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=CALM,
            phases=(Phase.explicit, Phase.generate),
        )  # fmt: skip
        def ask(case: Any) -> None:
            answered = case.call(base_url="http://localhost", headers=token)
            case.validate_response(answered, checks=HELD)

        ask()
    return count


def test_nothing_worse_than_a_documented_refusal(server: Server):
    assert fuzz(server, examples=3) > 40


@pytest.mark.slow
def test_nothing_worse_than_a_documented_refusal_at_length(server: Server):
    assert fuzz(server, examples=60) > 40
