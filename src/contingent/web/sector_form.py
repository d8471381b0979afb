"""The form that draws, redraws or splits a sector: what it may hold, and what of it can be read."""

from collections.abc import Mapping
from typing import Any

from contingent.findings import Finding
from contingent.geography.parts import corners_of, line_of, polygon_of
from contingent.model.scenario import Scenario
from contingent.web.corners import read_corners, written_corners
from contingent.web.sector_sketch import Kind, Sketch

Row = dict[str, Any]

KINDS: Mapping[str, Kind] = {"split": "split", "redraw": "redraw", "new": "new"}

LONGEST_NAME = 100

FIELDS = ("kind", "sector", "name", "part", "corners", "location", "population", "host_security")
"""Fields of the form; `name` is that of a new sector."""


def form_values(scenario: Scenario, given: Mapping[str, str]) -> Row:
    """Return what the fields of the form hold and may be set to."""
    shaped = [row for row in scenario.sectors if row.geometry is not None]
    values: Row = {name: given.get(name, "") for name in FIELDS}
    values["kind"] = values["kind"] if values["kind"] in KINDS else "split" if shaped else "new"
    values["sectors"] = [(row.sector, row.name or row.sector) for row in shaped]
    values["places"] = sorted(row.location for row in scenario.locations if row.latitude is not None and row.kind != "sector")
    return values


def sector_corners(scenario: Scenario) -> dict[str, str]:
    """Return the corners of each sector whose shape is one ring, as they would be typed."""
    rings = ((row.sector, corners_of(row.geometry)) for row in scenario.sectors if row.geometry is not None)
    return {name: written_corners(ring) for name, ring in rings if ring is not None}


def day_in(form: Mapping[str, str]) -> int | None:
    """Return the day that a form was sent on; None where it says none. [days from D-day]"""
    day = form.get("day", "")
    return int(day) if day.isdecimal() and len(day) < 6 else None


def sketch_of(form: Mapping[str, str]) -> tuple[Sketch | None, tuple[Finding, ...]]:
    """Return what a form drew, and what of it cannot be read; None where nothing can be made of it."""
    kind = KINDS.get(form.get("kind", ""), "split")
    points, findings = read_corners(form.get("corners", ""))
    figures: dict[str, float | None] = {}
    for name in ("population", "host_security"):
        figures[name], fault = _people(form.get(name, ""), name)
        findings += fault
    if any(finding.table == "corners" for finding in findings):
        return None, findings
    try:
        shape = line_of(points) if kind == "split" else polygon_of(points)
    except ValueError as fault:
        return None, (*findings, Finding("corners", str(fault), maybe="write one a line, or draw on the map"))
    names = {name: " ".join(form.get(name, "").split())[:LONGEST_NAME] for name in ("sector", "name", "part", "location")}
    sector = names["name"] if kind == "new" else names["sector"]
    part = names["part"] if kind == "split" else ""
    return Sketch(kind, sector, shape, part, names["location"], figures["population"], figures["host_security"]), findings


def _people(text: str, column: str) -> tuple[float | None, tuple[Finding, ...]]:
    bare = text.replace(",", "").replace("\u202f", "").replace(" ", "")
    if not bare:
        return None, ()
    if not bare.isdecimal() or len(bare) > 12:
        return None, (Finding("sectors", f"'{text[:30]}' is no number of people.", column=column, maybe="write figures alone"),)
    return float(bare), ()
