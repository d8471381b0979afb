"""The pages, in the order of the navigation. To add one: a router, a template, and a line here.

`PAGES` is all that navigation, routing, search and help know of a page.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the navigation.

    Parameters
    ----------
    name : str
        Name of its module in `contingent.web.pages`, which has a ``router``.
    path : str
        Where it is.
    title : str
        As the navigation has it.
    group : str
        The heading that it stands under.
    about : str
        What it answers, in a few words: for help and search.
    permission : str
        Who may open it.
    """

    name: str
    path: str
    title: str
    group: str
    about: str
    permission: str


PAGES: tuple[Page, ...] = (
    Page("overview", "/", "Overview", "The force", "How the plan stands, what changed, what is missing most", "overview.read"),
    Page("requirements", "/requirements", "Requirements", "The force", "Every line by month and by nation", "requirements.read"),
    Page("offers", "/offers", "Offers", "The force", "What nations offer and what became of it", "offers.read"),
    Page("gaps", "/gaps", "Gaps", "The force", "What stays empty, why, and what would fill it", "gaps.read"),
    Page("risk", "/risk", "Risk and stress", "The force", "Whether it lasts under chance, and what breaks it", "risk.read"),
    Page("rotation", "/rotation", "Rotation", "In time", "Who goes when, and rests how long; pins", "rotation.read"),
    Page("orbat", "/orbat", "ORBAT", "In time", "Who stands under whom on a day", "orbat.read"),
    Page("map", "/map", "Map", "In time", "Sectors, bases, ways and what moves on them", "map.read"),
    Page("movement", "/movement", "Movement", "What it takes", "When it is in place, who is late and why", "movement.read"),
    Page("supply", "/supply", "Supply", "What it takes", "What is used, how long stocks last, what runs out", "supply.read"),
    Page("cost", "/cost", "Cost", "What it takes", "What it costs by year and item, and who pays", "cost.read"),
    Page("what_if", "/what-if", "What if", "Choices", "What a change would do, before it is made", "jobs.try"),
    Page("compare", "/compare", "Compare", "Choices", "Plans side by side: what differs, and what came of it", "compare.read"),
    Page("jobs", "/jobs", "Computing", "Choices", "What is being computed, and what came of it", "jobs.read"),
    Page("ceasefire", "/ceasefire", "Ceasefire", "Beside the force", "Whether it holds, and the response", "ceasefire.read"),
    Page("aid", "/aid", "Contact group", "Beside the force", "Whether the host gets what it was promised", "aid.read"),
    Page("sources", "/sources", "Sources", "The record", "Where each row comes from and how far to trust it", "sources.read"),
    Page("history", "/history", "History", "The record", "Who changed what and when; undo", "history.read"),
    Page("versions", "/versions", "Versions", "The record", "Versions with a name, and what differs since", "snapshots.read"),
    Page("sheet", "/sheet", "Briefing sheet", "The record", "Pictures and tables you chose, to print or send", "overview.read"),
    Page("exchange", "/exchange", "Import and export", "The record", "Tables out, and back in", "exports.read"),
    Page("conference", "/conference", "Settings", "The record", "Title, D-day, marking, what blanks mean", "scenario.read"),
    Page("about", "/about", "About", "The record", "Versions, parts of others and their licences, keys", "about.read"),
)

SIDE_ROUTERS = (
    "files", "find", "events", "remarks", "days", "origin", "watching", "sectors", "compare_maps", "subordination", "pasted_tree",
)  # fmt: skip
"""Modules with a router that are no pages: what pages load and look up."""


def page_named(name: str) -> Page | None:
    """Return a page by its name; None where there is none."""
    return next((page for page in PAGES if page.name == name), None)


def routers() -> "tuple[APIRouter, ...]":
    """Return the router of each page, and of what pages load."""
    names = [*(page.name for page in PAGES), *SIDE_ROUTERS]
    return tuple(import_module(f"contingent.web.pages.{name}").router for name in names)
