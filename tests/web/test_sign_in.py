"""Signing in: who gets in, who is told nothing, how sessions end, invitations, tokens for programs."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.conftest import PASSWORD, Clock, Opened, form_token

from contingent.store import Conference
from contingent.web.guard import passwords
from contingent.web.guard.passwords import mark_of
from contingent.web.guard.sign_in import NOT_RIGHT

NEW_PASSWORD = "four brown owls asleep"


def test_whoever_has_not_signed_in_is_sent_to_sign_in_and_back(browser: Opened):
    visitor = browser()
    sent = visitor.get("/probe?day=3")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/probe%3Fday%3D3")
    back = visitor.sign_in("dora", next="/probe?day=3")
    assert (back.status_code, back.headers["location"]) == (303, "/probe?day=3")
    assert visitor.get("/probe").json() | {"token": ""} == {"name": "dora", "role": "delegate", "nation": "ALD", "token": ""}


@pytest.mark.parametrize(
    "onward", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "javascript:alert(1)", "/\r\nX: y"])
def test_signing_in_leads_nowhere_else(browser: Opened, onward: str):
    assert browser().sign_in("dora", next=onward).headers["location"] == "/"


def test_names_are_alike_in_upper_and_lower_case(browser: Opened):
    assert browser().sign_in(" DORA ").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("dora", "wrong password"), ("nobody at all", PASSWORD), ("", ""), ("dora", ""), ("dora", "x" * 9000)])
def test_every_failure_gets_the_same_answer_after_one_hash(
    browser: Opened, monkeypatch: pytest.MonkeyPatch, name: str, password: str
):
    """Unknown name, wrong password, no password: the same page, and one hash is worked out for each."""
    hashes: list[str] = []
    right = passwords._hasher.verify
    monkeypatch.setattr(passwords, "_hasher", Counting(right, passwords._hasher, hashes))
    answered = browser().sign_in(name, password)
    assert answered.status_code == 401
    assert NOT_RIGHT in answered.text
    assert len(hashes) == 1
    assert without_marks(answered.text) == without_marks(browser().sign_in("somebody else", "another").text)


def without_marks(text: str) -> str:
    """A page without what is different each time: marks of forms, and the name that was typed."""
    return re.sub(r'(value|content)="[^"]*"', "", text)


class Counting:
    """A hasher that counts what it is asked."""

    def __init__(self, verify: Any, real: Any, asked: list[str]) -> None:
        self.real, self.asked, self._verify = real, asked, verify

    def verify(self, password_hash: str, password: str) -> Any:
        self.asked.append(password)
        return self._verify(password_hash, password)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def test_wrong_passwords_lock_for_longer_each_time(browser: Opened, clock: Clock):
    """After five the wait is 5 s, then 10, 20; during it the right password gets the same answer as a wrong one."""
    visitor = browser()
    for _ in range(5):
        assert visitor.sign_in("dora", "wrong password").status_code == 401
    for wait in (5, 10, 20):
        clock.later(wait - 1)
        assert visitor.sign_in("dora").status_code == 401
        clock.later(2)
        assert visitor.sign_in("dora", "wrong password").status_code == 401
    clock.later(41)
    assert visitor.sign_in("dora").status_code == 303
    assert browser().sign_in("dora", "wrong password").status_code == 401
    assert browser().sign_in("dora").status_code == 303


def test_others_are_not_locked_with_one(browser: Opened):
    for _ in range(8):
        browser().sign_in("dora", "wrong password")
    assert browser().sign_in("bert").status_code == 303


def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_all(browser: Opened, clock: Clock):
    idle, busy = browser("dora"), browser("dora")
    clock.later(2 * 3600 - 10)
    assert busy.get("/probe").status_code == 200
    clock.later(20)
    assert idle.get("/probe").status_code == 303
    for _ in range(6):
        assert busy.get("/probe").status_code == 200
        clock.later(6000)
    assert busy.get("/probe").status_code == 303


def test_signing_in_makes_a_new_session_and_ends_the_old(browser: Opened):
    """A session that somebody else put into the browser is worth nothing afterwards."""
    visitor = browser("dora")
    before = visitor.cookies["contingent"]
    visitor.sign_in("dora")
    assert visitor.cookies["contingent"] != before
    thief = browser()
    thief.cookies.set("contingent", before)
    assert thief.get("/probe").status_code == 303


def test_signing_out_ends_the_session(browser: Opened):
    visitor = browser("dora")
    kept = visitor.cookies["contingent"]
    assert visitor.fill_in("/account", "/sign-out").status_code == 303
    visitor.cookies.set("contingent", kept)
    assert visitor.get("/probe").status_code == 303


def test_cookies_are_kept_from_scripts_and_from_other_sites(browser: Opened):
    plain = browser().sign_in("dora").headers["set-cookie"]
    assert "contingent=" in plain
    assert all(part in plain for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in plain
    secure = browser(address="https://localhost").sign_in("dora").headers["set-cookie"]
    assert "__Host-contingent=" in secure
    assert "Secure" in secure
    assert "Domain" not in secure


def test_what_lets_somebody_in_is_not_kept_as_it_is(browser: Opened, conference: Conference, tmp_path: Path):
    administrator = browser("ann")
    link = re.search(r"/invitation/([\w-]+)", administrator.fill_in("/accounts", "/accounts/invite", role="observer").text)
    made = administrator.fill_in("/account", "/account/tokens", name="script", days=3, scope="offers.read")
    token = re.search(r"once: <code>([\w-]+)</code>", made.text)
    assert link
    assert token
    conference.database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("tiny.sqlite*"))
    for secret in (administrator.cookies["contingent"], link[1], token[1], PASSWORD):
        assert secret.encode() not in files
    assert mark_of(token[1]).encode() in files


def test_a_changed_password_ends_all_other_sessions(browser: Opened):
    here, elsewhere = browser("dora"), browser("dora")
    assert here.fill_in("/account", "/account/password", old="wrong", new=NEW_PASSWORD).status_code == 422
    assert elsewhere.get("/probe").status_code == 200
    assert here.fill_in("/account", "/account/password", old=PASSWORD, new="short").status_code == 422
    changed = here.fill_in("/account", "/account/password", old=PASSWORD, new=NEW_PASSWORD)
    assert changed.status_code == 303
    assert "The password is changed" in here.get(changed.headers["location"]).text
    assert elsewhere.get("/probe").status_code == 303
    assert here.get("/probe").status_code == 200
    assert browser().sign_in("dora").status_code == 401
    assert browser().sign_in("dora", NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "dora dora dora", "x" * 201])
def test_passwords_that_are_easy_to_guess_are_refused(password: str):
    assert passwords.fault_of(password, "dora")


# --------------------------------------------------------------------------------------------------------------- invitations


def invited(browser: Opened, **fields: str) -> str:
    page = browser("ann").fill_in("/accounts", "/accounts/invite", **fields)
    found = re.search(r"http://localhost(/invitation/[\w-]{43})", page.text)
    assert found, page.text
    return found[1]


def test_an_invitation_makes_one_account_with_its_role_and_nation(browser: Opened):
    """Role and nation are those of the invitation, whatever the form says."""
    link, guest = invited(browser, role="delegate", nation="ALD"), browser()
    page = guest.get(link)
    assert "delegate of ALD" in page.text
    fields = {"name": "Dana", "password": NEW_PASSWORD, "role": "administrator", "nation": "BRN", "token": form_token(page.text)}
    assert guest.post(link, data=fields).status_code == 303
    assert guest.get("/probe").json()["nation"] == "ALD"
    assert guest.get("/accounts").status_code == 403
    again = browser()
    assert again.get(link).status_code == 404
    assert again.post(link, data={**fields, "name": "Eve", "token": again.token("/sign-in")}).status_code == 404


def test_an_invitation_is_too_old_after_a_week(browser: Opened, clock: Clock):
    link = invited(browser, role="observer")
    clock.later(7 * 86_400 + 1)
    assert browser().get(link).status_code == 404


def test_a_name_that_is_taken_leaves_the_invitation_as_it_is(browser: Opened):
    link, guest = invited(browser, role="observer"), browser()
    assert guest.fill_in(link, link, name="DORA", password=NEW_PASSWORD).status_code == 422
    assert guest.fill_in(link, link, name="Olga", password="short").status_code == 422
    assert guest.fill_in(link, link, name="Olga", password=NEW_PASSWORD).status_code == 303


def test_an_invitation_can_be_taken_back(browser: Opened, conference: Conference, clock: Clock):
    link = invited(browser, role="observer")
    (invitation,) = conference.accounts.invitations(clock())
    browser("ann").fill_in("/accounts", f"/accounts/invitations/{invitation.id}/withdraw")
    assert browser().get(link).status_code == 404


@pytest.mark.parametrize(("role", "nation"), [("king", ""), ("delegate", ""), ("delegate", "XXX"), ("nobody", "")])
def test_a_role_that_makes_no_sense_is_not_invited(browser: Opened, role: str, nation: str):
    assert browser("ann").fill_in("/accounts", "/accounts/invite", role=role, nation=nation).status_code == 422


def test_an_account_whose_rights_change_signs_in_anew(browser: Opened, conference: Conference):
    dora = browser("dora")
    number = next(each.id for each in conference.accounts.accounts() if each.name == "dora")
    administrator = browser("ann")
    assert administrator.fill_in("/accounts", f"/accounts/{number}", role="observer").status_code == 303
    assert dora.get("/probe").status_code == 303
    assert administrator.fill_in("/accounts", f"/accounts/{number}", role="observer", disabled="yes").status_code == 303
    assert dora.sign_in("dora").status_code == 401
    own = next(each.id for each in conference.accounts.accounts() if each.name == "ann")
    assert administrator.fill_in("/accounts", f"/accounts/{own}", role="observer").status_code == 422


# -------------------------------------------------------------------------------------------------------- tokens for programs


def token_for(browser: Opened, name: str, *scopes: str, days: int = 3) -> str:
    made = browser(name).fill_in("/account", "/account/tokens", name="script", days=days, scope=list(scopes))
    found = re.search(r"once: <code>([\w-]{43})</code>", made.text)
    assert found, made.text
    return found[1]


def test_a_token_opens_what_its_scopes_name_and_nothing_else(browser: Opened, clock: Clock):
    program, header = browser(), {"Authorization": f"Bearer {token_for(browser, 'dora', 'offers.read')}"}
    assert program.get("/api/v1/probe", headers=header).json() == {"name": "dora (script)"}
    assert program.post("/api/v1/probe", headers=header, json={}).status_code == 403
    assert program.get("/account", headers=header).status_code == 403
    clock.later(3 * 86_400 + 1)
    answered = program.get("/api/v1/probe", headers=header)
    assert (answered.status_code, answered.headers["www-authenticate"]) == (401, "Bearer")
    assert answered.headers["content-type"] == "application/problem+json"


def test_a_token_that_writes_needs_no_form(browser: Opened):
    header = {"Authorization": f"Bearer {token_for(browser, 'dora', 'offers.write')}"}
    assert browser().post("/api/v1/probe", headers=header, json={"a": 1}).json() == {"name": "dora (script)", "a": 1}


def test_a_token_cannot_have_more_than_its_role(browser: Opened):
    for scope in ("accounts.write", "requirements.write", "account.own", "open", "nonsense"):
        assert browser("dora").fill_in("/account", "/account/tokens", name="s", days=1, scope=scope).status_code == 422


def test_a_token_taken_back_opens_nothing(browser: Opened, conference: Conference):
    header = {"Authorization": f"Bearer {token_for(browser, 'dora', 'offers.read')}"}
    dora = next(each for each in conference.accounts.accounts() if each.name == "dora")
    (token,) = conference.accounts.tokens(dora.id)
    browser("bert").fill_in("/account", f"/account/tokens/{token.id}/withdraw")
    assert browser().get("/api/v1/probe", headers=header).status_code == 200
    browser("dora").fill_in("/account", f"/account/tokens/{token.id}/withdraw")
    assert browser().get("/api/v1/probe", headers=header).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic ZG9yYTp4", "Bearer " + "x" * 5000, "bearer \u00e9"])
def test_headers_that_are_no_token_open_nothing(browser: Opened, header: str):
    signed_in = browser("dora")
    assert signed_in.get("/api/v1/probe", headers={"Authorization": header.encode("latin-1")}).status_code == 401


# -------------------------------------------------------------------------------------------------------------------- fuzz


FORMS = (
    "/sign-in", "/invitation/x", "/account/password", "/account/tokens", "/accounts/invite", "/accounts/1", "/sign-out",
    "/offers", "/offers/worth", "/offers/withdraw", "/history/undo", "/requirements/rows", "/probe/upload",
)  # fmt: skip
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "text/plain", "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(FORMS),
    body=st.binary(max_size=300) | st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=5),
    kind=st.sampled_from(KINDS),
)
def test_no_form_however_broken_ends_in_a_fault(browser: Opened, path: str, body: Any, kind: str):
    visitor = browser("ann")
    token = visitor.get("/probe").json()["token"]
    headers = {"x-csrf-token": token} | ({"content-type": kind} if isinstance(body, bytes) and kind else {})
    sent = {"content": body} if isinstance(body, bytes) else {"data": {**body, "token": token}}
    assert visitor.post(path, headers=headers, **sent).status_code < 500
