"""Signing in with an organisation's own accounts: OpenID Connect, authorization code with PKCE, state and nonce.

    begin    where the browser is sent, and what is kept in a signed cookie until it is back
    finish   the code for a token, the token's signature and claims, the claims for role and nation

Nothing that the provider says is believed before its signature, issuer, audience, age and nonce are right. Only algorithms with a
public key are taken.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contingent.errors import ContingentError
from contingent.store import NameTaken
from contingent.store.accounts import Account, Accounts
from contingent.web.guard.viewer import Role
from contingent.web.settings import OpenId, is_this_machine

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures that are taken: those that need no shared secret."""

ROLES: tuple[Role, ...] = ("administrator", "planner", "delegate", "observer")
"""Roles; of several that the provider names, the first of these holds."""

COOKIE_LASTS = 600
"""Time to sign in at the provider. [s]"""

LEEWAY = 60
"""How far the clocks may differ. [s]"""

TIMEOUT = 10.0
"""Longest wait for the provider. [s]"""

MOST_BYTES = 1_000_000
"""Largest answer of the provider that is read. [bytes]"""


class NotLetIn(ContingentError):
    """Somebody whom the provider knows and the conference does not let in, or a provider that does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser is sent, and what it brings back.

    Parameters
    ----------
    address : str
        At the provider.
    cookie : str
        Signed: state, nonce, verifier, where to go on.
    """

    address: str
    cookie: str


class OrganisationSignIn:
    """The sign-in of one organisation.

    Parameters
    ----------
    terms : OpenId
        Provider and claims.
    secret : bytes
        What the cookie is signed with.
    back : str
        Address here that the provider sends the browser back to.
    """

    def __init__(self, terms: OpenId, *, secret: bytes, back: str) -> None:
        if urlsplit(terms.issuer).scheme != "https" and not is_this_machine(urlsplit(terms.issuer).hostname or ""):
            raise NotLetIn(f"The provider {terms.issuer} is not reached by https.")
        self.terms, self.back = terms, back
        self._sealer = URLSafeTimedSerializer(secret, salt="organisation sign-in")
        self._found: Mapping[str, Any] | None = None

    def begin(self, onward: str) -> Departure:
        """Return where to send the browser.

        Parameters
        ----------
        onward : str
            Path here to go on to afterwards.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        address = prepare_grant_uri(
            self._provider()["authorization_endpoint"], self.terms.client, "code", redirect_uri=self.back,
            scope="openid profile", state=state, nonce=nonce, code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )  # fmt: skip
        cookie = self._sealer.dumps({"state": state, "nonce": nonce, "verifier": verifier, "onward": onward})
        return Departure(str(address), str(cookie))

    def finish(self, cookie: str, *, state: str, code: str) -> tuple[Mapping[str, Any], str]:
        """Return the claims of who came back, and where to go on.

        Parameters
        ----------
        cookie : str
            As `begin` gave it.
        state, code : str
            As the provider gave them to the browser.

        Raises
        ------
        NotLetIn
            If anything is not as it should be.
        """
        try:
            kept = self._sealer.loads(cookie, max_age=COOKIE_LASTS)
        except BadData:
            raise NotLetIn("Signing in took too long, or began elsewhere. Maybe begin again.") from None
        if not state or not hmac.compare_digest(str(kept["state"]).encode(), state.encode()):
            raise NotLetIn("The answer of your organisation belongs to another sign-in. Maybe begin again.")
        token = self._token(code, verifier=kept["verifier"])
        return self._claims(token, nonce=kept["nonce"]), str(kept["onward"])

    def _token(self, code: str, *, verifier: str) -> str:
        data = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": verifier}
        if self.terms.client_secret:
            auth: httpx.BasicAuth | None = httpx.BasicAuth(self.terms.client, self.terms.client_secret)
        else:
            auth, data["client_id"] = None, self.terms.client
        answered = self._asked("POST", self._provider()["token_endpoint"], data=data, auth=auth)
        token = answered.get("id_token")
        if not isinstance(token, str):
            raise NotLetIn("Your organisation's answer holds no identity.")
        return token

    def _claims(self, text: str, *, nonce: str) -> Mapping[str, Any]:
        try:
            keys = KeySet.import_key_set(self._asked("GET", self._provider()["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(text, keys, algorithms=list(ALGORITHMS)).claims
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY, iss={"essential": True, "value": self._provider()["issuer"]},
                aud={"essential": True, "value": self.terms.client}, exp={"essential": True}, iat={"essential": True},
                sub={"essential": True},
            ).validate(claims)  # fmt: skip
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotLetIn(f"Your organisation's identity does not hold: {type(error).__name__}.") from None
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise NotLetIn("Your organisation's identity was made for another sign-in.")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.terms.client:
            raise NotLetIn("Your organisation's identity was made for another server.")
        return claims

    def _provider(self) -> Mapping[str, Any]:
        if self._found is None:
            found = self._asked("GET", f"{self.terms.issuer}/.well-known/openid-configuration")
            wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            is_it = str(found.get("issuer", "")).rstrip("/") == self.terms.issuer
            if not is_it or not all(isinstance(found.get(name), str) for name in wanted):
                raise NotLetIn(f"{self.terms.issuer} does not describe itself as a provider of OpenID Connect.")
            self._found = found
        return self._found

    def _asked(self, method: str, address: str, **more: Any) -> Mapping[str, Any]:
        """What the provider answers, as JSON."""
        try:
            with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
                answered = client.request(method, address, headers={"Accept": "application/json"}, **more)
            found = answered.json() if answered.status_code == 200 and len(answered.content) <= MOST_BYTES else None
        except (httpx.HTTPError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise NotLetIn("Your organisation's sign-in does not answer as it should. Maybe try again later.")
        return found


def claimed(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Return the values of a claim; parts of the path of a nested one are joined by a full stop.

    >>> claimed({"realm": {"roles": ["planner", "guest"]}}, "realm.roles"), claimed({"role": "observer"}, "role")
    (('planner', 'guest'), ('observer',))
    """
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(part for part in found if isinstance(part, str)) if isinstance(found, list | tuple) else ()


def terms_claimed(terms: OpenId, claims: Mapping[str, Any]) -> tuple[Role, str | None]:
    """Return the role and nation that claims stand for.

    Raises
    ------
    NotLetIn
        If they stand for no role, or for a delegate of no nation or of several.
    """
    named = {terms.roles.get(value) for value in claimed(claims, terms.role_claim)}
    role = next((each for each in ROLES if each in named), None)
    if role is None:
        raise NotLetIn("Your organisation names no role for you in this conference.")
    nations = claimed(claims, terms.nation_claim)
    if role == "delegate" and (len(nations) != 1 or not nations[0].strip()):
        raise NotLetIn("Your organisation does not say for which nation you speak.")
    return role, nations[0].strip() if role == "delegate" else None


def account_claimed(book: Accounts, terms: OpenId, claims: Mapping[str, Any]) -> Account:
    """Return the account of who came back, made now where it is new, with the role and nation that the provider says today.

    Raises
    ------
    NotLetIn
        If the account is disabled, or the claims stand for no role.
    """
    role, nation = terms_claimed(terms, claims)
    subject = f"{terms.issuer} {claims['sub']}"
    known = book.account_of_subject(subject)
    if known is None:
        wanted = str(claims.get("preferred_username") or claims.get("name") or claims["sub"])[:80].strip() or "guest"
        for name in (wanted, f"{wanted} {secrets.token_hex(3)}"):
            try:
                return book.add_account(name, role=role, nation=nation, subject=subject)
            except NameTaken:
                continue
        raise NotLetIn("Your name is taken by another account.")
    if known.is_disabled:
        raise NotLetIn("Your account may not sign in any more.")
    if (known.role, known.nation) != (role, nation):
        book.set_terms(known.id, role=role, nation=nation, is_disabled=False)
        known = book.account(known.id) or known
    return known
