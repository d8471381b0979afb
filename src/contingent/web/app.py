"""The factory: settings in, application out.

    SecurityHeaders      on every answer, errors included
      Counted            how many, how long, for Prometheus
        RequestJournal   a reference and a line of the log; faults end here
          Doors          host names, other sites, size of the body
            routes       each names one permission

`create_app` is all that a server, a worker process or a test needs.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, FastAPI

from contingent.web.api.metrics import Counted, Metrics
from contingent.web.guard import faults
from contingent.web.guard.doors import Doors
from contingent.web.guard.entry import AT_THE_DOOR, seal
from contingent.web.guard.headers import SecurityHeaders
from contingent.web.guard.identity import Clock, Identity, utc_now
from contingent.web.guard.journal import RequestJournal
from contingent.web.guard.open_id import OrganisationSignIn
from contingent.web.renewal import NothingNew, nothing_new
from contingent.web.settings import WebSettings

if TYPE_CHECKING:
    from contingent.store import Conference

ROUTERS = ("contingent.web.guard.pages", "contingent.web.pages", "contingent.web.api")
"""Modules with a `routers()` of what the application answers to."""

AT_ONCE = 12
"""Requests that are worked on at once; others wait their turn. More of them only hinder one another, and fill the memory."""

Starter = Callable[[FastAPI], Callable[[], None]]
"""Starts something beside the server, and returns what ends it."""


def create_app(
    settings: WebSettings,
    *,
    conference: "Conference | None" = None,
    clock: Clock = utc_now,
    beside: tuple[Starter, ...] = (),
    further: tuple[APIRouter, ...] = (),
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    settings : WebSettings
        How it is to run.
    conference : Conference, optional
        The door to the database, which whoever opened it closes; None = it is opened here and closed with the server.
    clock : callable
        Time, UTC.
    beside : tuple of callable
        What is started with the server, such as processes that compute.
    further : tuple of APIRouter
        Routers beside those of the pages.

    Raises
    ------
    Unguarded
        If a route names no permission.
    """
    opened = conference if conference is not None else _opened(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        ends = [start(app) for start in beside]
        try:
            yield
        finally:
            for end in reversed(ends):
                end()
            if hasattr(app.state, "feed"):
                app.state.feed.close()
            if conference is None:
                opened.close()

    routers = (*(each for name in ROUTERS for each in import_module(name).routers()), *further)
    # Routes as they are, not routers included: those would work out each route anew for every application.
    app = FastAPI(
        title="Contingent", routes=[route for each in routers for route in each.routes], lifespan=lifespan,
        openapi_url=None, docs_url=None, redoc_url=None,
        form_limits={"max_files": settings.limits.files, "max_fields": settings.limits.fields},
    )  # fmt: skip
    app.state.settings, app.state.conference = settings, opened
    app.state.identity = Identity(settings, opened.accounts, clock)
    app.state.organisation = organisation_of(settings)
    app.state.metrics, app.state.door = Metrics(opened), CapacityLimiter(AT_THE_DOOR)
    faults.install(app)
    app.add_exception_handler(NothingNew, nothing_new)
    app.add_middleware(Doors, hosts=settings.hosts, most_bytes=settings.limits.body_bytes)
    app.add_middleware(RequestJournal)
    app.add_middleware(Counted, metrics=app.state.metrics)
    app.add_middleware(SecurityHeaders, https=settings.https)
    seal(app)
    return app


def organisation_of(settings: WebSettings) -> OrganisationSignIn | None:
    """Return the organisation's sign-in, where the settings name one."""
    if settings.open_id is None:
        return None
    base = (settings.address or f"http://{settings.host}:{settings.port}").rstrip("/")
    return OrganisationSignIn(settings.open_id, secret=settings.secret, back=f"{base}/sign-in/organisation/back")


def _opened(settings: WebSettings) -> "Conference":
    from contingent.store import Conference

    return Conference.open(settings.database, create_from=settings.create_from, patience=settings.patience)
