"""Start the server: settings from the call and the environment, the conference, the socket, the browser, an orderly end."""

import logging
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import uvicorn
from fastapi import FastAPI

from contingent.cli.endings import BadCall
from contingent.cli.screen import say, tell
from contingent.store import Conference, database_beside
from contingent.store.records import SERVER
from contingent.web.app import create_app
from contingent.web.guard.identity import Identity
from contingent.web.guard.invitations import new_invitation
from contingent.web.guard.journal import JsonLines
from contingent.web.guard.limits import Rate
from contingent.web.settings import Limits, WebSettings, check_reach, is_this_machine, open_id_from, secret_from
from contingent.web.work.beside import start_workers

SHUTDOWN = 10
"""Time that requests have to end when the server is told to. [s]"""

KEPT_OPEN = 65
"""How long a connection on which nothing is asked stays open: longer than proxies keep theirs. [s]"""

SLICE = 0.001
"""Longest time for which a thread that makes a page keeps the interpreter where others wait for it: an answer of the database, or
the loop that hands out what is ready, stands in line behind all of them. A fifth of what Python does by itself. [s]"""

OPENS_AFTER = 10.0
"""Longest wait for the server to answer before the browser is opened. [s]"""


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """What the command was called with; `browser` is whether to open it."""

    scenario: str
    database: str | None
    host: str
    port: int
    accounts: bool
    address: str | None
    browser: bool
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    workers: int = 1


def settings_from(asked: ServeRequest, environment: Mapping[str, str]) -> WebSettings:
    """Return the settings that a call and its environment stand for.

    Raises
    ------
    UnsafeServer
        If others could reach the server before it is fit for it.
    """
    named = {"CONTINGENT_OIDC_ISSUER": asked.oidc_issuer, "CONTINGENT_OIDC_CLIENT": asked.oidc_client}
    environment = {**environment, **{name: value for name, value in named.items() if value}}
    secret = secret_from(environment)
    settings = WebSettings(
        database=asked.database or str(database_beside(asked.scenario)),
        create_from=asked.scenario,
        host=asked.host,
        port=asked.port,
        accounts=asked.accounts,
        address=asked.address or environment.get("CONTINGENT_ADDRESS") or None,
        proxies=environment.get("CONTINGENT_PROXIES", ""),
        open_id=open_id_from(environment) if asked.accounts else None,
        limits=limits_from(environment),
        workers=asked.workers,
    )
    check_reach(settings, has_secret=secret is not None)
    return settings if secret is None else replace(settings, secret=secret)


def limits_from(environment: Mapping[str, str]) -> Limits:
    """Return the limits, some of which the environment may set: ``CONTINGENT_LOGINS_PER_MINUTE``, ``CONTINGENT_UPLOAD_MB``.

    Raises
    ------
    BadCall
        If one of them is no number.
    """
    limits = Limits()
    try:
        if text := environment.get("CONTINGENT_LOGINS_PER_MINUTE"):
            limits = replace(limits, logins=Rate(burst=max(1.0, float(text)), per_second=max(1.0, float(text)) / 60))
        if text := environment.get("CONTINGENT_UPLOAD_MB"):
            limits = replace(limits, body_bytes=int(float(text) * 1_000_000))
    except ValueError:
        raise BadCall(f"'{text}' of the environment is not a number.") from None
    return limits


def serve_command(asked: ServeRequest) -> None:
    """Run the server until it is told to end, at whatever moment that is."""
    settings = settings_from(asked, os.environ)
    with ended_in_order("The server has ended."), closing(_listen(settings)) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        _log_to_standard_error(settings)
        conference = Conference.open(settings.database, create_from=settings.create_from, patience=settings.patience)
        with closing(conference):
            app = create_app(settings, conference=conference, beside=(start_workers,))
            address = settings.address or f"http://{_named(settings.host)}:{settings.port}"
            say(f"{_title(conference)}: {address}")
            say(f"Kept in {conference.database.name}. Ctrl+C ends the server.")
            _invite_the_first(app, address)
            server = uvicorn.Server(_config(app, settings))
            if asked.browser:
                threading.Thread(target=_open_browser, args=(server, address), daemon=True).start()
            sys.setswitchinterval(SLICE)
            server.run(sockets=[listening])


def work_command(database: str) -> None:
    """Work for a conference until told to end."""
    from contingent.web.work.worker import Worker

    stop = threading.Event()
    with ended_in_order("The worker has ended."):
        worker = Worker(database)
        say(f"{worker.name} works for the conference in {worker.conference.database.name}. Ctrl+C ends it.")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)
        tell("The worker has ended.")


def _listen(settings: WebSettings) -> socket.socket:
    """Bind the port first: where it is taken, nothing else has been done yet."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host.strip("[]"), settings.port))
        listening.listen()  # whoever opens the address as soon as it is printed waits, and is not turned away
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        raise BadCall(f"Cannot listen on {where}: {error.strerror or error}. Maybe leave --port out for a free one.") from error
    return listening


def _config(app: FastAPI, settings: WebSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, ws="none", lifespan="on",
        proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies or None, timeout_graceful_shutdown=SHUTDOWN,
        timeout_keep_alive=KEPT_OPEN,
    )  # fmt: skip


@contextmanager
def ended_in_order(words: str) -> Iterator[None]:
    """Take Ctrl+C and a request to end, whenever they come, for an orderly end of this command; what was open is closed."""

    def end(number: int, _: object) -> None:
        raise KeyboardInterrupt(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        tell(words)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _invite_the_first(app: FastAPI, address: str) -> None:
    """Say once how the first administrator gets in, where accounts are asked for and there is none yet."""
    identity: Identity = app.state.identity
    if not identity.settings.accounts or identity.book.accounts() or identity.book.invitations(identity.clock()):
        return
    lasts = identity.settings.lasting.invitation
    link = new_invitation(identity.book, role="administrator", nation=None, by=SERVER, at=identity.clock(), lasts=lasts)
    say(f"The first administrator makes an account here; the link works once: {address}{link}")


def _open_browser(server: uvicorn.Server, address: str) -> None:
    give_up = time.monotonic() + OPENS_AFTER
    while not server.started and time.monotonic() < give_up:
        time.sleep(0.02)
    webbrowser.open(address)


def _log_to_standard_error(settings: WebSettings) -> None:
    """Write the log as it comes, each line one JSON object. One user on one machine is told of faults alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    levels = {"contingent.web": logging.INFO, "contingent": logging.WARNING, "uvicorn.error": logging.WARNING}
    for name, level in levels.items():
        log = logging.getLogger(name)
        log.handlers[:] = [handler]
        log.propagate = False
        log.setLevel(level if settings.accounts else logging.ERROR)


def _named(host: str) -> str:
    return "localhost" if is_this_machine(host) and ":" not in host else f"[{host}]" if ":" in host else host


def _title(conference: Conference) -> str:
    scenario = conference.state().scenario
    return scenario.settings.title if scenario is not None else "A scenario that cannot be read yet"
