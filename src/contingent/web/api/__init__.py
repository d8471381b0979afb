"""What the pages do, programs can: versioned JSON under ``/api/v1``, described by an OpenAPI document.

    tables      tables and rows of the scenario, batches of edits, the history
    plans       plans and their frames; what an offer would be worth
    budget      what of a plan a sum of money holds
    jobs        what is computed outside of requests; versions with a name
    remarks     notes on lines; gaps whose risk is accepted
    watch       incidents in, the situation; the status of aid
    files       scenarios out and in, as folders and workbooks
    people      who asks; accounts for administrators
    schemas     JSON Schemas of tables, scenario, plan and frames
    health      whether the server is alive, ready, and how it does
    document    the OpenAPI document and its page
    answers     what goes in and out, as models; problems: how it is told that something cannot be done

Each route names one permission of `contingent.web.guard.permissions`; a token has those that it was given. Nothing is shown that
did not pass through `contingent.web.seen`, nothing written that did not pass through `contingent.web.guard.writing`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

MODULES = ("people", "tables", "plans", "budget", "jobs", "remarks", "watch", "files", "schemas", "health", "document")
"""Modules with a router, in the order of the document."""


def routers() -> "tuple[APIRouter, ...]":
    """Return the routers of the programs' interface."""
    return tuple(import_module(f"contingent.web.api.{name}").router for name in MODULES)
