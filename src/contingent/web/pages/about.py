"""About: versions, the parts of others that the pages are made of and their licences, and what the program does not do."""

import json
import platform
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata, requires
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.view import view_of

router = APIRouter()


@router.get("/about", include_in_schema=False, dependencies=[Depends(needs("about.read"))])
def about(request: Request) -> HTMLResponse:
    """Show what this program is made of."""
    return page(
        request,
        "about.html",
        view=view_of(request),
        own=metadata("contingent")["Version"],
        python=platform.python_version(),
        parts=page_parts(),
        packages=packages(),
    )


@cache
def page_parts() -> list[dict[str, Any]]:
    """Return the parts of others that pages load: name, version, licence, what for, size."""
    parts: list[dict[str, Any]] = json.loads((files("contingent") / "page_parts" / "manifest.json").read_text(encoding="utf-8"))
    return [part | {"bytes": sum(file["bytes"] for file in part["files"])} for part in parts]


@cache
def packages() -> list[dict[str, str]]:
    """Return the packages that the program stands on: name, version, licence as each says it."""
    found = []
    for line in requires("contingent") or ():
        name = re.match(r"[A-Za-z0-9._-]+", line)
        if name is None or "extra ==" in line:
            continue
        try:
            about_it = metadata(name[0])
        except PackageNotFoundError:
            continue
        found.append({"name": name[0], "version": about_it["Version"], "licence": licence_of(about_it)})
    return sorted(found, key=lambda each: each["name"])


def licence_of(about_it: Any) -> str:
    """Return a package's licence in a few words: its expression, else its classifier, else the head of its text."""
    said = about_it.get("License-Expression")
    classified = [each.rpartition(" :: ")[2] for each in about_it.get_all("Classifier") or () if each.startswith("License")]
    text = (about_it.get("License") or "").strip().partition("\n")[0]
    return str(said or (classified[0] if classified else None) or text[:60] or "not stated")
