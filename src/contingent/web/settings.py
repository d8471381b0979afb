"""What the server is told: by arguments of `contingent serve`, and by ``CONTINGENT_*`` in the environment."""

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from contingent.errors import ContingentError
from contingent.web.guard.doors import HERE
from contingent.web.guard.limits import Rate

SHORTEST_SECRET = 32
"""Shortest secret. [characters]"""

MEGABYTE = 1_000_000
MINUTE, HOUR, DAY = 60, 3600, 86_400


class UnsafeServer(ContingentError):
    """A server that others could reach and that is not fit for it. The message says what is missing and how to mend it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how often.

    Parameters
    ----------
    body_bytes : int
        Largest body of a request, uploads included. [bytes]
    files, fields : int
        Most files of one upload, and most fields of one form.
    logins, writes, asked : Rate
        Tries to sign in from one address; changes by one session; requests of all kinds by one program's token.
    """

    body_bytes: int = 32 * MEGABYTE
    files: int = 4
    fields: int = 1000
    logins: Rate = field(default_factory=lambda: Rate(burst=30, per_second=0.5))
    writes: Rate = field(default_factory=lambda: Rate(burst=60, per_second=5))
    asked: Rate = field(default_factory=lambda: Rate(burst=200, per_second=50))


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sessions, invitations and lockouts last. [s]

    Parameters
    ----------
    idle, absolute : int
        A session ends so long after its last request; and so long after signing in.
    invitation : int
        An invitation is good for so long.
    lockout, longest_lockout : int
        Wait after `free_tries` wrong passwords; it doubles with each further one, up to the longest.
    free_tries : int
        Wrong passwords before the first wait.
    """

    idle: int = 2 * HOUR
    absolute: int = 12 * HOUR
    invitation: int = 7 * DAY
    lockout: int = 5
    longest_lockout: int = 15 * MINUTE
    free_tries: int = 5


@dataclass(frozen=True, slots=True)
class OpenId:
    """An organisation's own sign-in, by OpenID Connect.

    Parameters
    ----------
    issuer : str
        Address of the provider.
    client, client_secret : str
        What this server is called there.
    role_claim, nation_claim : str
        Claims that say role and nation; parts of a nested claim are joined by a full stop.
    roles : mapping of str to str
        Value of the role claim -> role here. A value that is not named lets nobody in.
    name : str
        As the button has it.
    """

    issuer: str
    client: str
    client_secret: str = field(repr=False)
    role_claim: str = "role"
    nation_claim: str = "nation"
    roles: Mapping[str, str] = field(
        default_factory=lambda: {name: name for name in ("administrator", "planner", "delegate", "observer")})
    name: str = "your organisation"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the application is to run.

    Parameters
    ----------
    database : str
        Address of the database, or path of its SQLite file.
    create_from : str or None
        Scenario that a new database is made from.
    host, port : str, int
        Where it listens; port 0 = a free one.
    accounts : bool
        Whether users sign in. Without, whoever can reach the port is the one user.
    secret : bytes
        What form tokens are made from. Each process of a conference must have the same.
    address : str or None
        Address that users write, such as https://plan.example.org; None = not known.
    proxies : str
        Addresses of proxies whose word on where a request comes from is taken, joined by commas; blank = none.
    open_id : OpenId or None
        Sign-in of an organisation.
    limits, lasting : Limits, Lasting
        How much, how often, how long.
    workers : int
        Processes that compute, started with the server.
    patience : float
        How long a request waits for a database that cannot be reached, before it is answered that it cannot. [s]
    """

    database: str
    create_from: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    accounts: bool = False
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    address: str | None = None
    proxies: str = ""
    open_id: OpenId | None = None
    limits: Limits = field(default_factory=Limits)
    lasting: Lasting = field(default_factory=Lasting)
    workers: int = 1
    patience: float = 10.0

    @property
    def https(self) -> bool:
        """Whether the address that users write is https."""
        return self.address is not None and self.address.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Names by which the server may be called; none = any."""
        if is_this_machine(self.host) and self.address is None:
            return HERE
        named = urlsplit(self.address).hostname if self.address else None
        return HERE | {named} if named else frozenset()


def is_this_machine(host: str) -> bool:
    """Whether nobody but users of this machine can reach a host.

    >>> is_this_machine("127.0.0.1"), is_this_machine("::1"), is_this_machine("0.0.0.0"), is_this_machine("plan.example.org")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_reach(settings: WebSettings, *, has_secret: bool) -> None:
    """Refuse to listen where others can reach the server before it is fit for it.

    Raises
    ------
    UnsafeServer
        If accounts or a secret of its own are missing, or the address cannot be one.
    """
    if settings.address is not None:
        parts = urlsplit(settings.address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise UnsafeServer(f"'{settings.address}' is not the address of a server. Maybe write one such as https://plan.example.org.")
    reachable = not is_this_machine(settings.host)
    missing = []
    if reachable and not settings.accounts:
        missing.append("accounts (add --accounts), because whoever reaches it would be its administrator")
    if (reachable or settings.accounts) and not has_secret:
        missing.append(
            "a secret (set CONTINGENT_SECRET, or CONTINGENT_SECRET_FILE to a file that only you may read; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))')")
    if missing:
        where = f"To listen on {settings.host}" if reachable else "With accounts"
        raise UnsafeServer(f"{where}, the server needs {' and '.join(missing)}.")


def secret_from(environment: Mapping[str, str]) -> bytes | None:
    """Return the secret that the environment names; None where it names none.

    Raises
    ------
    UnsafeServer
        If it is too short, or stands in a file that others may read.
    """
    text = environment.get("CONTINGENT_SECRET", "").strip()
    if not text and (named := environment.get("CONTINGENT_SECRET_FILE", "").strip()):
        path = Path(named)
        mode = path.stat().st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UnsafeServer(f"{path} can be read by others (mode {stat.S_IMODE(mode):03o}). Maybe: chmod 600 {path}")
        text = path.read_text(encoding="utf-8").strip()
    if not text:
        return None
    if len(text) < SHORTEST_SECRET:
        raise UnsafeServer(f"The secret has {len(text)} characters and needs {SHORTEST_SECRET} at least.")
    return text.encode()


def open_id_from(environment: Mapping[str, str]) -> OpenId | None:
    """Return the organisation's sign-in that the environment names; None where it names none.

    ``CONTINGENT_OIDC_ISSUER``, ``_CLIENT``, ``_CLIENT_SECRET``, ``_NAME``, ``_ROLE_CLAIM``, ``_NATION_CLAIM`` and ``_ROLES``
    (``value=role`` joined by ``;``).
    """
    given = {name: environment.get(f"CONTINGENT_OIDC_{name}", "").strip() for name in (
        "ISSUER", "CLIENT", "CLIENT_SECRET", "NAME", "ROLE_CLAIM", "NATION_CLAIM", "ROLES")}  # fmt: skip
    if not given["ISSUER"]:
        return None
    if not given["CLIENT"]:
        raise UnsafeServer("CONTINGENT_OIDC_CLIENT is missing: the name of this server at the provider.")
    roles = dict(part.split("=", 1) for part in given["ROLES"].split(";") if "=" in part)
    more = {"roles": {key.strip(): value.strip() for key, value in roles.items()}} if roles else {}
    named = {name.lower(): given[name] for name in ("NAME", "ROLE_CLAIM", "NATION_CLAIM") if given[name]}
    return OpenId(given["ISSUER"].rstrip("/"), given["CLIENT"], given["CLIENT_SECRET"], **named, **more)  # type: ignore[arg-type]
