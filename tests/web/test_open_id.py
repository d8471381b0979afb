"""Signing in with an organisation, against a small provider on this machine that can be told to cheat."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.web.conftest import Browser, Opened

from contingent.store import Conference
from contingent.web.guard.open_id import NotLetIn, OrganisationSignIn, terms_claimed
from contingent.web.settings import OpenId

CLIENT, CLIENT_SECRET = "conference", "client-secret"
BACK = "/sign-in/organisation/back"


@cache
def keys() -> tuple[RSAKey, RSAKey]:
    """The provider's key, and one that pretends to be it."""
    return RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


def written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Provider:
    """An organisation's provider: codes, PKCE, signed identities. `cheats` change what it hands out."""

    def __init__(self) -> None:
        self.key, self.other_key = keys()
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {"sub": "u-1", "preferred_username": "dana", "role": "delegate", "nation": "ALD"}
        self.cheats: dict[str, Any] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, address: str) -> dict[str, str]:
        """What the user's visit to the provider comes to: the parameters with which the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        kept = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        challenge = written(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if kept is None or kept["code_challenge"] != challenge or kept["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": kept["nonce"], **self.claims}
        claims |= self.cheats.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        key, header = self.cheats.get("key", self.key), {"alg": self.cheats.get("alg", "RS256"), "kid": "1"}
        if header["alg"] in ("none", "HS256"):
            parts = ".".join(written(json.dumps(part).encode()) for part in (header, claims))
            signed = hmac.digest(self.key.as_pem(private=False), parts.encode(), "sha256") if header["alg"] == "HS256" else b""
            return 200, {"id_token": f"{parts}.{written(signed)}", "token_type": "Bearer", "access_token": "x"}
        return 200, {"id_token": jwt.encode(header, claims, key, algorithms=[header["alg"]]), "access_token": "x"}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    base = provider.issuer
                    places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                    found = {name: f"{base}/{place}" for name, place in places.items()}
                    self._answer(200, {"issuer": base} | found | provider.cheats.get("configuration", {}))
                else:
                    self._answer(200, {"keys": [provider.key.as_dict(private=False)]})

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                form = {name: values[0] for name, values in sent.items()}
                self._answer(*provider.token(form, self.headers.get("authorization", "")))

            def _answer(self, status: int, content: dict[str, Any]) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


def terms(provider: Provider, **changes: Any) -> OpenId:
    given = {"issuer": provider.issuer, "client": CLIENT, "client_secret": CLIENT_SECRET, "name": "the Ministry"}
    return OpenId(**{**given, **changes})


def sign_in(browser: Browser, provider: Provider, onward: str = "/probe") -> Any:
    left = browser.get(f"/sign-in/organisation?next={onward}")
    assert left.status_code == 303
    return browser.get(BACK, params=provider.authorize(left.headers["location"]))


def test_who_comes_back_has_role_and_nation_as_the_organisation_says(browser: Opened, provider: Provider, conference: Conference):
    visitor = browser(open_id=terms(provider))
    assert "Sign in with the Ministry" in visitor.get("/sign-in").text
    back = sign_in(visitor, provider, "/probe?day=3")
    assert (back.status_code, back.headers["location"]) == (303, "/probe?day=3")
    who = visitor.get("/probe").json()
    assert (who["name"], who["role"], who["nation"]) == ("dana", "delegate", "ALD")
    provider.claims |= {"role": "observer", "nation": None}
    assert sign_in(visitor, provider).status_code == 303
    assert visitor.get("/probe").json()["role"] == "observer"
    assert [each.name for each in conference.accounts.accounts()].count("dana") == 1
    assert visitor.sign_in("dana", "").status_code == 401


def test_a_name_that_is_taken_is_told_apart(browser: Opened, provider: Provider):
    """Somebody called dora elsewhere does not get into the account of dora here."""
    provider.claims |= {"preferred_username": "dora", "nation": "BRN"}
    visitor = browser(open_id=terms(provider))
    sign_in(visitor, provider)
    who = visitor.get("/probe").json()
    assert who["name"].startswith("dora ")
    assert who["nation"] == "BRN"


CHEATS: dict[str, dict[str, Any]] = {
    "signed by another key": {"key": "other"},
    "not signed": {"alg": "none"},
    "signed with the public key as a secret": {"alg": "HS256"},
    "of another provider": {"claims": {"iss": "http://127.0.0.1:1"}},
    "for another server": {"claims": {"aud": "another"}},
    "for several, by another": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "too old": {"claims": {"exp": 1000}},
    "without an end": {"claims": {"exp": None}},
    "of another sign-in": {"claims": {"nonce": "another"}},
    "without a nonce": {"claims": {"nonce": None}},
    "of nobody": {"claims": {"sub": None}},
    "with a role that is not known": {"claims": {"role": "king"}},
    "without a role": {"claims": {"role": None}},
    "a delegate of no nation": {"claims": {"nation": None}},
    "a delegate of two nations": {"claims": {"nation": ["ALD", "BRN"]}},
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_an_identity_that_does_not_hold_lets_nobody_in(browser: Opened, provider: Provider, conference: Conference, cheat: str):
    before = len(conference.accounts.accounts())
    provider.cheats = {**CHEATS[cheat]}
    if "key" in provider.cheats:
        provider.cheats["key"] = provider.other_key
    visitor = browser(open_id=terms(provider))
    assert sign_in(visitor, provider).status_code == 401
    assert visitor.get("/probe").status_code == 303
    assert len(conference.accounts.accounts()) == before


def test_an_answer_to_another_sign_in_is_not_taken(browser: Opened, provider: Provider):
    """Neither another state, nor a code that an attacker began, nor a cookie of an earlier visit or of another server."""
    visitor, attacker = browser(open_id=terms(provider)), browser(open_id=terms(provider))
    theirs = provider.authorize(attacker.get("/sign-in/organisation").headers["location"])
    assert visitor.get(BACK, params=theirs).status_code == 401
    mine = provider.authorize(visitor.get("/sign-in/organisation").headers["location"])
    assert visitor.get(BACK, params={**mine, "state": theirs["state"]}).status_code == 401
    assert visitor.get(BACK, params=mine).status_code == 401  # the cookie went with the try before
    mine = provider.authorize(visitor.get("/sign-in/organisation").headers["location"])
    assert visitor.get(BACK, params={**mine, "code": theirs["code"]}).status_code == 401
    assert visitor.get(BACK).status_code == 401


def test_the_way_back_is_good_once(browser: Opened, provider: Provider):
    visitor = browser(open_id=terms(provider))
    there = provider.authorize(visitor.get("/sign-in/organisation").headers["location"])
    assert visitor.get(BACK, params=there).status_code == 303
    assert visitor.get(BACK, params=there).status_code == 401


def test_a_disabled_account_stays_out(browser: Opened, provider: Provider, conference: Conference):
    visitor = browser(open_id=terms(provider))
    sign_in(visitor, provider)
    dana = next(each for each in conference.accounts.accounts() if each.name == "dana")
    conference.accounts.set_terms(dana.id, role="delegate", nation="ALD", is_disabled=True)
    assert visitor.get("/probe").status_code == 303
    assert sign_in(visitor, provider).status_code == 401


@pytest.mark.parametrize("configuration", [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": None}, {"jwks_uri": 3}])
def test_a_provider_that_is_another_is_not_asked_further(browser: Opened, provider: Provider, configuration: dict[str, Any]):
    provider.cheats = {"configuration": configuration}
    assert browser(open_id=terms(provider)).get("/sign-in/organisation").status_code in (400, 401, 502)
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_is_reached_by_https_alone():
    with pytest.raises(NotLetIn, match="https"):
        OrganisationSignIn(OpenId("http://login.example", "c", "s"), secret=b"x", back="http://localhost/back")


def test_the_first_of_several_roles_holds_and_only_those_named():
    organisation = OpenId("https://x", "c", "s", role_claim="realm.roles", roles={"j5": "planner", "guest": "observer"})
    assert terms_claimed(organisation, {"realm": {"roles": ["guest", "j5", "administrator"]}}) == ("planner", None)
    with pytest.raises(NotLetIn):
        terms_claimed(organisation, {"realm": {"roles": ["administrator"]}})
