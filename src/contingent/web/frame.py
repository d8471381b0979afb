"""The page around every page: marking, who looks, which plan, navigation, and the words and figures that templates use.

`page` renders a template; what every page has is added here and nowhere else. The address holds the state: the plan chosen and
the span of time go along with every link (`View.carried`).
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader

from contingent.report.html.report import new_environment, page_style
from contingent.web.days import COOKIE, ISO, MILITARY, WAYS, iso_page
from contingent.web.guard import NOBODY, Viewer, may, token_of, viewer_of
from contingent.web.pages import PAGES, Page, page_named
from contingent.web.view import View
from contingent.web.wording import filters, link
from contingent.web.work.kinds import hears_of, may_cancel, may_keep, title_of

FLASHES = {
    "saved": "Saved.",
    "offer": "The offer is in. Plan again to see where it goes.",
    "withdrawn": "The offer is withdrawn. Undo stands in the history.",
    "pinned": "Pinned. Plan again to see what follows from it.",
    "unpinned": "No longer pinned. Plan again to see what follows from it.",
    "attached": "It stands in the table, and in the order of battle from its day on. Undo: Ctrl+Z, or the history.",
    "returned": "From that day on it stands under its own formation again. Undo: Ctrl+Z, or the history.",
    "undone": "Undone, as a new entry of the history.",
    "asked": "Asked for. This page shows it when it is there.",
    "stopped": "It is being stopped.",
    "enough": "The search is ended. What it has found so far becomes the plan.",
    "many": "You have as many computations waiting as one may have. Wait for one, or cancel it.",
    "adopted": "What was tried now stands in the tables. Plan again to see it in the plan.",
    "set": "Set.",
    "password": "The password is changed. Your other sessions have ended.",
    "busy": "You have asked for as much as can wait at once. Wait until some of it is done.",
    "imported": "The file is taken in, as one change. Undo stands in the history.",
    "nothing": "Nothing differed, and nothing was changed.",
    "named": "The version has its name.",
    "pledge": "It stands in the ledger.",
    "taken-out": "It is taken out of the ledger. Undo stands in the history.",
    "incident": "The report is in.",
    "known": "The report was there already.",
    "noted": "The note is in.",
    "note-out": "The note is taken out. It stays in the history.",
    "accepted": "The risk is accepted, and everybody sees so.",
    "accepted-kept": "The risk is accepted. Others are not shown the reason, as it would tell of one nation.",
    "risk-withdrawn": "The risk is accepted no longer.",
    "restored": "The tables are again what they were in that version, as one change. Undo stands in the history.",
    "watched": "How long was watched is taken in.",
    "number": "That is no number of people. Nothing was asked for.",
    "sector": "The sector is as it was drawn, as one change. Plan again to see what follows from it. Undo stands in the history.",
}
"""What a page says after it was sent on, by the word in the address. Nothing else can be said so."""


@cache
def environment() -> Environment:
    """Return the environment of templates: that of the report, with the pages' own templates before it."""
    made = new_environment()
    homes = ("contingent.web", "contingent.report.html")
    made.loader = ChoiceLoader([PackageLoader(home, "templates") for home in homes])
    made.filters.update(filters())
    made.globals.update(asset=asset)
    return made


def page(request: Request, template: str, *, status: int = 200, view: View | None = None, **values: Any) -> HTMLResponse:
    """Return a whole page, or a part of one, as an answer.

    Parameters
    ----------
    template : str
        Name of the template. One that begins with ``parts/`` is a part: it stands by itself, with nothing around it.
    view : View, optional
        What the request may see; None for pages that show nothing of the conference.
    """
    around = {} if template.startswith("parts/") else frame_of(request, view)
    text = environment().get_template(template).render(view=view, viewer=viewer_of(request), **{**around, **values})
    return HTMLResponse(with_days(request, view, text), status_code=status, headers={"Vary": "HX-Request"})


def days_of(request: Request) -> str:
    """Return how this browser wants days to be written."""
    way = request.cookies.get(COOKIE, MILITARY)
    return way if way in WAYS else MILITARY


def with_days(request: Request, view: View | None, page: str) -> str:
    """Return a page with its days as this browser wants them."""
    start = view.start if view is not None else None
    return iso_page(page, start) if start is not None and days_of(request) == ISO else page


def frame_of(request: Request, view: View | None) -> dict[str, Any]:
    """Return what the base template is filled with."""
    viewer = viewer_of(request)
    here = page_at(request.url.path)
    return {
        "here": here,
        "navigation": navigation(viewer, view),
        "marking": marking_of(request, view),
        "style": f"/style/page.css?v={style_version(marking_of(request, view))}",
        "token": token_of(request),
        "has_accounts": viewer.account is not None,
        "keeps_accounts": viewer.account is not None and may(viewer, "accounts.read"),
        "takes_back": view is not None and may(viewer, "history.undo"),
        "heard": view.heard if view is not None else None,
        "renewal_mark": getattr(request.state, "renewal_mark", None),
        "work": work_of(request, view) if view is not None else None,
        "day_way": days_of(request),
        "day_ways": [(way, words, link(("/days", {"as": way, "back": whole_address(request)}))) for way, words in WAYS.items()],
        "flash": FLASHES.get(request.query_params.get("done", "")),
    }


def work_of(request: Request, view: View) -> dict[str, Any]:
    """Return what the head of a page says of what is being computed."""
    jobs = [job for job in view.open_jobs() if hears_of(view.viewer, job)]
    told = [
        {"job": job, "title": title_of(job), "may_cancel": may_cancel(view.viewer, job), "may_keep": may_keep(view.viewer, job)}
        for job in jobs
    ]
    return {
        "jobs": told,
        "may_plan": may(view.viewer, "jobs.write") and view.scenario is not None and not any(job.kind == "plan" for job in jobs),
        "is_due": view.stored is None or view.is_behind,
        "back": whole_address(request),
    }


def whole_address(request: Request) -> str:
    """Return the address that was asked for, with its parameters."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def page_at(path: str) -> Page | None:
    """Return the page of the navigation that an address belongs to: the one whose own address is the longest part of it."""
    found = [page for page in PAGES if path == page.path or (page.path != "/" and path.startswith(f"{page.path}/"))]
    return max(found, key=lambda page: len(page.path), default=None)


def navigation(viewer: Viewer, view: View | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the headings of the navigation with what stands under each: only what the viewer may open."""
    if viewer.role == NOBODY.role:
        return []
    carried = view.carried if view is not None else {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in PAGES:
        if may(viewer, page.permission):
            groups.setdefault(page.group, []).append({"page": page, "address": address(page.path, carried)})
    return list(groups.items())


def address(path: str, parameters: Mapping[str, object]) -> str:
    """Return an address with parameters; those that are None or blank are left out."""
    return link((path, parameters))


def marking_of(request: Request, view: View | None) -> str:
    """Return the marking of every page: the conference's own."""
    if view is not None:
        return view.marking
    state = request.app.state.conference.state()
    return str(state.scenario.settings.marking) if state.scenario is not None else ""


@cache
def style_version(marking: str) -> str:
    """Return the short name of the style sheet as it is now, so that browsers may keep it for good."""
    return hashlib.sha256(page_style(marking).encode()).hexdigest()[:12]


@cache
def asset(path: str) -> str:
    """Return the address of a file of ours or of others with the short name of its content.

    >>> asset("/static/page.css").partition("?")[0]
    '/static/page.css'
    """
    folder, name = path.lstrip("/").split("/", 1)
    place = files("contingent") / "page_parts" if folder == "parts" else files("contingent.web") / "static"
    return f"{path}?v={hashlib.sha256((place / name).read_bytes()).hexdigest()[:12]}"


__all__ = ["FLASHES", "address", "asset", "environment", "frame_of", "navigation", "page", "page_at", "page_named"]
