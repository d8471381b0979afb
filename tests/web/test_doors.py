"""What is refused at the door, what stands on every answer, forged forms, limits, faults and the log."""

import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Browser, Opened
from tests.web.hall import MANY

from contingent.web.guard import token_of
from contingent.web.guard.doors import host_name
from contingent.web.guard.faults import safe_next
from contingent.web.guard.limits import Buckets, Rate
from contingent.web.settings import Limits

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def everywhere(browser: Opened) -> list[httpx.Response]:
    """Answers of every kind: a page, a refusal, nothing there, a fault, at the door, for a program, sent on."""
    visitor, planner = browser(), browser("pia")
    return [
        visitor.get("/sign-in"), visitor.get("/probe"), planner.get("/probe"), planner.get("/nothing"), planner.get("/accounts"),
        planner.get("/probe/fault"), planner.post("/probe/edit"), visitor.get("/api/v1/probe"), visitor.request("TRACE", "/"),
        visitor.get("/sign-in", headers={"host": "elsewhere.example"}), planner.get("/sign-in?next=" + "x" * 3000),
        visitor.post("/sign-in", headers={"content-length": "99999999999"}),
    ]  # fmt: skip


def test_the_headers_stand_on_every_answer(browser: Opened):
    answers = everywhere(browser)
    assert {answer.status_code for answer in answers} >= {200, 303, 401, 403, 404, 405, 413, 421, 500}
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


def test_over_https_browsers_are_told_to_stay_there(browser: Opened):
    answer = browser(address="https://localhost").get("/sign-in")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_pages_hold_nothing_inline(browser: Opened):
    """No script, no style, no handler within a page: the policy would not let it run."""
    planner = browser("ann")
    for path in ("/sign-in", "/account", "/accounts", "/nothing", "/invitation/x"):
        text = planner.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<script>" not in text


# ------------------------------------------------------------------------------------------------------------------ the door


@pytest.mark.parametrize("host", ["localhost", "localhost:8123", "127.0.0.1:80", "[::1]:80", "LOCALHOST"])
def test_this_machine_is_called_by_its_own_names(browser: Opened, host: str):
    assert browser(accounts=False).get("/probe", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "localhost.elsewhere.example", "localhost@elsewhere.example",
             "localhost:80:80", "", "[::1", "10.0.0.5", "x" * 300, "localhost/x", "localhost:evil"])  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(browser: Opened, host: str):
    """DNS rebinding: the browser believes it speaks to another site, and says so."""
    assert browser(accounts=False).get("/probe", headers={"host": host}).status_code == 421


@given(st.text(max_size=40))
def test_any_text_is_a_host_name_or_none(text: str):
    found = host_name(text)
    assert found is None or ("/" not in found and "@" not in found)


ELSEWHERE = (
    *({"origin": origin} for origin in ("https://elsewhere.example", "null", "http://localhost:81")),
    *({"sec-fetch-site": site} for site in ("cross-site", "same-site", "none")),
)


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_a_change_that_another_site_sent_is_refused(browser: Opened, headers: dict[str, str]):
    dora = browser("dora")
    token = dora.get("/probe").json()["token"]
    answered = dora.post("/probe/edit", json=[], headers={"x-csrf-token": token, **headers})
    assert answered.status_code == 403
    assert "another site" in answered.text
    fine = {"origin": "http://localhost", "sec-fetch-site": "same-origin", "x-csrf-token": token}
    assert dora.post("/probe/edit", json=[], headers=fine).status_code == 200


@pytest.mark.parametrize("accounts", [True, False], ids=["accounts", "one-user"])
def test_a_form_without_the_mark_of_its_session_changes_nothing(browser: Opened, accounts: bool):
    dora = browser("dora" if accounts else None, accounts=accounts)
    token = dora.get("/probe").json()["token"]
    for wrong in (None, "", "x", token[:-1], token.upper() + "0", "é"):
        headers = {} if wrong is None else {"x-csrf-token": wrong.encode()}
        assert dora.post("/probe/edit", json=[], headers=headers).status_code == 403
    assert dora.post("/probe/edit", json=[], headers={"x-csrf-token": token}).status_code == 200


def test_the_mark_of_another_session_is_not_taken(browser: Opened):
    here, elsewhere = browser("dora"), browser("dora")
    token = elsewhere.get("/probe").json()["token"]
    assert here.post("/probe/edit", json=[], headers={"x-csrf-token": token}).status_code == 403


def test_signing_in_for_somebody_else_is_not_possible(browser: Opened):
    """Another site cannot sign a browser in: the form's mark hangs on a cookie that only our page sets."""
    visitor, attacker = browser(), browser()
    token = attacker.token("/sign-in")
    assert visitor.post("/sign-in", data={"name": "dora", "password": "three grey herons", "token": token}).status_code == 403


def test_a_program_on_this_machine_needs_no_form(browser: Opened):
    """Without accounts a program may write; a browser says where it comes from, and must have the mark."""
    here = browser(accounts=False)
    assert here.post("/api/v1/probe", json={}).status_code == 200
    assert here.post("/api/v1/probe", json={}, headers={"origin": "http://localhost"}).status_code == 403
    assert here.post("/api/v1/probe", content=b"{}", headers={"content-type": "text/plain"}).status_code == 403
    assert here.post("/probe/edit", json=[]).status_code == 403


# ------------------------------------------------------------------------------------------------------------------ how much


def test_a_body_larger_than_the_limit_is_refused_whether_it_says_so_or_not(browser: Opened):
    planner = browser("pia", limits=Limits(body_bytes=10_000, logins=MANY.logins))
    token = {"x-csrf-token": planner.get("/probe").json()["token"]}
    at_limit = planner.post("/probe/upload", files={"file": b"x" * 9_000}, headers=token)
    assert at_limit.json() == {"bytes": [9000]}
    assert planner.post("/probe/upload", files={"file": b"x" * 10_001}, headers=token).status_code == 413

    def in_pieces() -> Any:
        yield from (b"x" * 1000 for _ in range(20))

    answered = planner.post("/probe/edit", content=in_pieces(), headers={**token, "content-type": "application/json"})
    assert answered.status_code == 413
    assert planner.post("/probe/edit", content=b"[]", headers={**token, "content-length": "-5"}).status_code == 413
    assert planner.post("/probe/edit", content=b"[]", headers={**token, "content-length": "9" * 5_000}).status_code == 413


def test_more_files_than_the_limit_are_refused(browser: Opened):
    planner = browser("pia")
    token = {"x-csrf-token": planner.get("/probe").json()["token"]}
    files = [("file", (f"{number}.csv", b"x")) for number in range(5)]
    assert planner.post("/probe/upload", files=files, headers=token).status_code == 400
    assert planner.post("/probe/upload", files=files[:4], headers=token).status_code == 200


def test_signing_in_is_tried_so_often_and_then_waits(browser: Opened):
    visitor = browser(limits=Limits(logins=Rate(burst=3, per_second=0.01)))
    token = visitor.token("/sign-in")
    tries = [visitor.post("/sign-in", data={"name": "x", "password": "y", "token": token}) for _ in range(4)]
    assert [each.status_code for each in tries] == [401, 401, 401, 429]
    assert 90 <= int(tries[-1].headers["retry-after"]) <= 100


def test_changes_are_made_so_often_and_then_wait(browser: Opened):
    planner = browser("pia", limits=Limits(logins=MANY.logins, writes=Rate(burst=2, per_second=0.01)))
    header = {"x-csrf-token": planner.get("/probe").json()["token"]}
    assert [planner.post("/probe/edit", json=[], headers=header).status_code for _ in range(3)] == [200, 200, 429]
    assert planner.get("/probe").status_code == 200


@given(st.lists(st.floats(0, 5), max_size=40), st.integers(1, 5), st.floats(0.1, 3))
def test_no_bucket_lets_more_through_than_its_rate(pauses: list[float], burst: int, per_second: float):
    """In any stretch of time: at most the burst and what came back meanwhile. After the wait told, there is one."""
    now = [0.0]
    buckets = Buckets(Rate(burst, per_second), clock=lambda: now[0])
    let_through = 0
    for pause in pauses:
        now[0] += pause
        wait = buckets.wait("somebody")
        let_through += wait == 0
        assert let_through <= burst + now[0] * per_second + 1e-6
        if wait:
            now[0] += wait + 1e-9
            assert buckets.wait("somebody") < 1e-6
            let_through += 1
        assert buckets.wait("somebody else") == 0 or len(pauses) > burst


@given(st.text(max_size=60))
def test_any_text_leads_to_a_path_of_this_server(text: str):
    path = safe_next(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


# ------------------------------------------------------------------------------------------------------- faults and the log


def test_a_fault_is_told_by_a_reference_that_stands_in_the_log(browser: Opened, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="contingent.web"):
        answered = browser("pia").get("/probe/fault?secret=hush")
    assert answered.status_code == 500
    assert "Traceback" not in answered.text
    assert "hush" not in answered.text
    assert "RuntimeError" not in answered.text
    reference = answered.headers["x-request-id"]
    assert reference in answered.text
    faults = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [json.loads(record.getMessage())["request"] for record in faults] == [reference]


def test_a_request_that_is_broken_off_is_no_fault(browser: Opened, caplog: pytest.LogCaptureFixture):
    """A browser that goes away while it sends a form: no traceback for whoever runs the server."""
    headers = {"host": "localhost", "content-type": "application/x-www-form-urlencoded", "content-length": "50"}
    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    heard = iter([{"type": "http.request", "body": b"name=do", "more_body": True}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(heard, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    with caplog.at_level("INFO"):
        # On a thread of its own: where tests of pages ran before, this one's loop is in use.
        ThreadPoolExecutor(1).submit(anyio.run, browser().app, scope, receive, send).result()
    assert sent[0]["status"] == 400
    assert "Traceback" not in caplog.text


def test_every_line_of_the_log_is_one_json_object_a_fault_with_its_traceback_too(browser: Opened):
    from contingent.web.guard.journal import JsonLines

    stream, log = io.StringIO(), logging.getLogger("contingent")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        browser("pia").get("/probe/fault")
        logging.getLogger("contingent.store").warning("a disk\nthat is %s", "slow")
        logging.getLogger("contingent.web").error("{this is no JSON")
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(line["at"].endswith("+00:00") for line in lines)
    (fault,) = [line for line in lines if line["event"] == "fault"]
    (asked,) = [line for line in lines if line.get("route") == "/probe/fault"]
    assert "Traceback" in fault["traceback"]
    assert (asked["request"], asked["status"]) == (fault["request"], 500)
    assert [line["message"] for line in lines if line["event"] == "log"] == ["a disk\nthat is slow", "{this is no JSON"]


def test_the_log_has_a_line_for_each_request_and_no_secret(browser: Opened, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="contingent.web"):
        dora = browser("dora")
        dora.get("/probe?note=private-note")
        dora.get("/invitation/private-link")
        dora.get("/no/such/private-path")
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert {"at", "event", "request", "method", "route", "status", "ms", "account"} == set(lines[0])
    looked = next(line for line in lines if line["route"] == "/probe")
    assert (looked["method"], looked["status"]) == ("GET", 200)
    assert looked["account"] is not None
    text = json.dumps(lines)
    for secret in ("private-note", "private-link", "private-path", "three grey herons", dora.cookies["contingent"]):
        assert secret not in text


def test_programs_are_answered_with_a_problem_document(browser: Opened):
    answered = browser("pia").get("/api/v1/nothing")
    assert answered.headers["content-type"] == "application/problem+json"
    problem = answered.json()
    assert (problem["status"], problem["title"], problem["type"]) == (404, "Not Found", "about:blank")
    assert problem["reference"] == answered.headers["x-request-id"]


def test_what_a_user_typed_is_shown_as_text(browser: Opened):
    shown = browser().sign_in("<script>alert(1)</script>", "x").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_a_page_has_a_mark_only_for_whoever_has_a_session(browser: Opened):
    assert browser("pia").get("/probe").json()["token"]
    assert callable(token_of)
    assert isinstance(browser(), Browser)
