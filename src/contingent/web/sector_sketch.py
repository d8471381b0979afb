"""A sector drawn, redrawn or split, as changes of rows: what the scenario would be, and what of it cannot be.

    new       a row of `sectors`
    redraw    another shape for a row of `sectors`
    split     a row becomes two. Whatever refers to it stays valid: what stands at a place goes with the part in which the place
              lies, what is measured of the ground is asked for in both parts, and what can be told of neither stays with the part
              that keeps the name

Nothing is written here. The same steps make the scenario that is measured and the rows that are written, so that what was shown
is what is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from contingent.findings import Finding, nearest_name
from contingent.geography.parts import fault_of_split, overlap_km2, split_by
from contingent.geography.shapes import area_km2, centroid, shape_of
from contingent.io.cell_text import cell_of, text_of
from contingent.model.columns import Row
from contingent.model.ground import Sector
from contingent.model.mandate import Task
from contingent.model.rows import TABLE_BY_NAME, Location
from contingent.model.rules import places_upwards
from contingent.model.scenario import Scenario
from contingent.report.words import amount, grouped, listed
from contingent.sizing.case import position_of
from contingent.store import Edit, State
from contingent.web.forms import cells_of

Kind = Literal["new", "redraw", "split"]

OF_WHOLE = (
    "line_monitoring", "sector_security", "population_security", "mobile_reserve", "supporting_units", "engineering", "medical",
    "logistics",
)  # fmt: skip
"""Methods that look at the whole of a sector, or at all that stands in it; `isr` does for a task without an amount."""

OWN_FIGURES = {"line_km": "length", "area_km2": "area", "population": "inhabitants"}

LEAST_OVERLAP = 1.0
"""Overlap that is told. [km2]"""

DRAWN = "Drawn on the map of the conference."


@dataclass(frozen=True, slots=True)
class Sketch:
    """What was drawn.

    Parameters
    ----------
    kind : {"new", "redraw", "split"}
        What it is to do.
    sector : str
        The new sector's name, or the sector that is redrawn or split.
    shape : str
        Polygon as well-known text; to split, the line.
    part : str
        To split: name of the part that is new.
    location : str
        Place where the units of what is new stand; blank = chosen here.
    population, host_security : float or None
        Inhabitants of what is new, and the host's own who secure them. [people]
    """

    kind: Kind
    sector: str
    shape: str
    part: str = ""
    location: str = ""
    population: float | None = None
    host_security: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One row that changes: its key, None for a new one, and its new values by column."""

    table: str
    key: str | None
    values: dict[str, Any]


@dataclass
class Redrawn:
    """What comes of a sketch.

    Parameters
    ----------
    scenario : Scenario
        As it would be.
    sectors : tuple of str
        The sectors that it leaves, the one that keeps its name first.
    steps : list of Step
        What is to be written.
    notes : list of str
        What goes where, in words.
    findings : list of Finding
        What keeps it from being taken.
    """

    scenario: Scenario
    sectors: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, what: str, *, column: str = "sector", nearest: str | None = None, maybe: str | None = None) -> None:
        """Add a finding that keeps it from being taken."""
        self.findings.append(Finding("sectors", what, column=column, nearest=nearest, maybe=maybe))


def redrawn(scenario: Scenario, sketch: Sketch) -> Redrawn:
    """Return what comes of a sketch: the scenario as it would be, the steps to it, and what is wrong.

    Parameters
    ----------
    scenario : Scenario
        With what its mandate asks for, or without.
    """
    found = Redrawn(scenario)
    if sketch.kind == "new":
        _new(found, sketch)
    else:
        row = scenario.sector_by_name.get(sketch.sector)
        if row is None or row.geometry is None:
            known = [each.sector for each in scenario.sectors if each.geometry is not None]
            found.refuse(f"'{sketch.sector}' is no sector with a shape.", nearest=nearest_name(sketch.sector, known))
        elif sketch.kind == "redraw":
            _redraw(found, sketch, row)
        else:
            _split(found, sketch, row)
    if found.steps:
        found.scenario = after_steps(scenario, found.steps)
        was = scenario.sector_by_name.get(sketch.sector)
        found.notes += _overlaps(found.scenario, found.sectors, was.geometry if was is not None else None)
    return found


# ------------------------------------------------------------------------------------------------------------ one sector


def _new(found: Redrawn, sketch: Sketch) -> None:
    if not _is_polygon(found, sketch.shape):
        return
    name = _free(found, sketch.sector, like="New sector")
    place = sketch.location or _place_within(found.scenario, sketch.shape)
    values = {
        "sector": name, "geometry": sketch.shape, "location": place, "population": sketch.population,
        "host_security": sketch.host_security, "source": DRAWN, "confidence": "low",
    }  # fmt: skip
    found.sectors = (name,)
    found.steps.append(Step("sectors", None, values))
    if place is not None:
        found.notes.append(f"Its units stand at {place}.")


def _redraw(found: Redrawn, sketch: Sketch, row: Sector) -> None:
    if not _is_polygon(found, sketch.shape):
        return
    found.sectors = (row.sector,)
    values = {"geometry": sketch.shape, **_measured_anew(found, row), "source": _drawn_after(row)}
    found.steps.append(Step("sectors", row.sector, values))
    shape = shape_of(sketch.shape)
    outside = [name for name, at in _placed_under(found.scenario, row) if not shape.covers(at)]
    if outside:
        found.notes.append(
            f"{len(outside)} of its places stand under it by name and stay its, though the drawing leaves them out: "
            f"{_some(outside)}.")


def _is_polygon(found: Redrawn, text: str) -> bool:
    from shapely import is_valid_reason

    shape = shape_of(text)
    if not shape.is_valid:
        what = f"the polygon crosses or touches itself ({is_valid_reason(shape)})."
        found.refuse(what, column="geometry", maybe="draw it again")
    return bool(shape.is_valid)


def _free(found: Redrawn, name: str, *, like: str) -> str:
    """The name of what is new; one like another for as long as it has none, so that the rest can be told."""
    if name and name not in found.scenario.sector_by_name:
        return name
    if name:
        found.refuse(f"there is a sector '{name}' already.", maybe="give it another name, or redraw that one")
    else:
        found.refuse("what is new needs a name.")
    return next(f"{like} {number}" for number in count(2) if f"{like} {number}" not in found.scenario.sector_by_name)


def _measured_anew(found: Redrawn, row: Sector) -> dict[str, Any]:
    """Length and area that were typed for the old shape: they give way to what is measured of the new one."""
    typed = {name: getattr(row, name) for name in ("area_km2", "line_km") if getattr(row, name) is not None}
    for name, value in typed.items():
        found.notes.append(
            f"{name} of {row.sector}, typed as {amount(value)}, was that of the old shape: from now on it is measured.")
    return dict.fromkeys(typed)


def _drawn_after(row: Sector) -> str:
    return row.source if row.source is not None and row.source.endswith(DRAWN) else f"{row.source or ''} {DRAWN}".strip()


def _place_within(scenario: Scenario, polygon: str) -> str | None:
    """The place nearest to the middle of a polygon of those in it where troops may stand; None where there is none."""
    shape, middle = shape_of(polygon), centroid(polygon)
    near = [
        ((row.latitude - middle.latitude) ** 2 + (row.longitude - middle.longitude) ** 2, row.location)
        for row, at in _positions(scenario)
        if row.latitude is not None and row.longitude is not None and row.kind in STANDING and shape.covers(at)
    ]  # fmt: skip
    return min(near)[1] if near else None


STANDING = ("base", "headquarters", "hub", "road hub", "town", "city", "airport", "port", "depot", "training area")
"""Kinds of places at which units may stand, for a sector whose place is not said."""


def _positions(scenario: Scenario) -> Iterator[tuple[Location, Any]]:
    from shapely import Point as Spot

    for row in scenario.locations:
        if row.latitude is not None and row.longitude is not None:
            yield row, Spot(row.longitude, row.latitude)


def _placed_under(scenario: Scenario, row: Sector) -> Iterator[tuple[str, Any]]:
    """Places with a position that lie in a sector by name: under its own place, or under a place of its name."""
    heads = {row.sector, row.location}
    for place, at in _positions(scenario):
        if place.location not in heads and any(name in heads for name in places_upwards(scenario, place.location)):
            yield place.location, at


def _some(names: Sequence[str]) -> str:
    return listed(list(names[:5])) if len(names) <= 5 else f"{', '.join(names[:5])} and {len(names) - 5} more"


def _overlaps(scenario: Scenario, sectors: Sequence[str], was: str | None) -> Iterator[str]:
    """What the sectors share with others, as far as the shape that there was before did not share it already."""
    for name in sectors:
        own = scenario.sector_by_name[name].geometry or ""
        for other in scenario.sectors:
            if other.sector != name and other.geometry is not None and not (other.sector in sectors and other.sector < name):
                shared = overlap_km2(own, other.geometry)
                before = overlap_km2(was, other.geometry) if was is not None and other.sector not in sectors else 0.0
                if shared - before >= LEAST_OVERLAP:
                    yield f"{name} and {other.sector} share {grouped(shared)} km²: what lies there counts in both."


# ------------------------------------------------------------------------------------------------------------ two of one


@dataclass(frozen=True)
class Parts:
    """Two parts of a sector: which keeps the name, and how the other is called."""

    row: Sector
    kept: str
    new: str
    name: str
    location: str | None

    def is_new(self, at: Any) -> bool:
        """Whether a position lies in the new part and not in the other."""
        return bool(shape_of(self.new).covers(at)) and not shape_of(self.kept).covers(at)


def _split(found: Redrawn, sketch: Sketch, row: Sector) -> None:
    assert row.geometry is not None
    fault = fault_of_split(row.geometry, sketch.shape)
    if fault is not None:
        turned = _turned(sketch.shape)
        is_turned = fault_of_split(row.geometry, turned) is None
        maybe = "write latitude before longitude" if is_turned else "begin and end it outside of the sector"
        cut = [each.sector for each in found.scenario.sectors
               if each.geometry is not None and fault_of_split(each.geometry, sketch.shape) is None]  # fmt: skip
        found.refuse(f"the line {fault}.", column="geometry", nearest=cut[0] if cut else None, maybe=None if cut else maybe)
        return
    name = _free(found, sketch.part, like=row.sector)
    parts = split_by(row.geometry, sketch.shape)
    assert parts is not None
    home = next((at for place, at in _positions(found.scenario) if place.location == row.location), None)
    kept, new = parts if home is None or shape_of(parts[0]).covers(home) or not shape_of(parts[1]).covers(home) else parts[::-1]
    location = sketch.location or _place_within(found.scenario, new)
    split = Parts(row, kept, new, name, location)
    found.sectors = (row.sector, name)
    found.notes.append(
        f"{row.sector} keeps its name for the part "
        + (f"in which {row.location} lies." if home is not None else "that is larger."))
    _split_rows(found, split, sketch)
    _split_tasks(found, split)
    _split_others(found, split)


def _turned(line: str) -> str:
    from shapely import transform

    return str(transform(shape_of(line), lambda at: at[:, ::-1]).wkt)


def _split_rows(found: Redrawn, parts: Parts, sketch: Sketch) -> None:
    """The sector's own row, that of the new part, and the places that stand under it by name."""
    row = parts.row
    people = _divided(found, parts, "population", sketch.population)
    host = _divided(found, parts, "host_security", sketch.host_security)
    moved = [name for name, at in _placed_under(found.scenario, row) if parts.is_new(at)]
    place = parts.location
    if moved:
        _place_of_part(found, parts, moved)
        place = parts.name
    found.steps.append(Step("sectors", row.sector, {
        "geometry": parts.kept, **_measured_anew(found, row), "population": people[0], "host_security": host[0],
        "source": _drawn_after(row)}))  # fmt: skip
    found.steps.append(Step("sectors", None, {
        "sector": parts.name, "location": place, "geometry": parts.new, "population": people[1], "host_security": host[1],
        "source": f"Split off {row.sector}. {row.source or ''}".strip(), "confidence": row.confidence}))  # fmt: skip


def _divided(found: Redrawn, parts: Parts, column: str, given: float | None) -> tuple[float | None, float | None]:
    """A figure of the whole as those of the two parts: the drawing cannot tell how it is shared out."""
    whole = getattr(parts.row, column)
    words = {"population": "inhabitants", "host_security": "people of the host's own who secure it"}[column]
    if whole is None:
        return None, given
    if given is None:
        by_area = whole * area_km2(parts.new) / (area_km2(parts.new) + area_km2(parts.kept))
        found.refuse(
            f"{parts.row.sector} has {grouped(whole)} {words}, and no drawing tells how many of them are in the new part.",
            column=column,
            maybe=f"say how many; shared out by area it would be {grouped(by_area)}, which is an assumption")  # fmt: skip
        return None, None
    if not 0 <= given <= whole:
        found.refuse(f"{grouped(given)} is more than the {grouped(whole)} {words} of {parts.row.sector}.", column=column)
        return None, None
    return round(whole - given, 6), given


def _place_of_part(found: Redrawn, parts: Parts, moved: Sequence[str]) -> None:
    """A place for the new part, within that of the old one: caveats about the old one go on to hold in both parts."""
    scenario = found.scenario
    heads = {parts.row.sector, parts.row.location}
    names = [name for name in (parts.row.location, parts.row.sector) if name in scenario.location_by_name]
    head = scenario.location_by_name[names[0]] if names and names[0] is not None else None
    if parts.name in scenario.location_by_name or head is None:
        found.refuse(f"there is a place '{parts.name}' already.", column="location", maybe="give the new part another name")
        return
    at = position_of(scenario, parts.location)
    inside = shape_of(parts.new).representative_point()
    latitude, longitude = (at.latitude, at.longitude) if at is not None else (round(inside.y, 5), round(inside.x, 5))
    found.steps.append(Step("locations", None, {
        "location": parts.name, "kind": head.kind, "country": head.country, "within": head.location, "latitude": latitude,
        "longitude": longitude, "source": f"Split off {head.location}. {DRAWN}", "confidence": "low"}))  # fmt: skip
    for name in moved:
        if scenario.location_by_name[name].within in heads:
            found.steps.append(Step("locations", name, {"within": parts.name}))
    found.notes.append(
        f"{len(moved)} places that stand under {head.location} lie in the new part and go to it: {_some(moved)}. "
        f"It lies within {head.location}, so that caveats about that hold in both parts as before.")


def _split_tasks(found: Redrawn, parts: Parts) -> None:
    """Tasks of the sector: those of its ground are asked for in both parts, the others stay or go with their place."""
    scenario = found.scenario
    twins: dict[str, str] = {}
    stay: list[str] = []
    go: list[str] = []
    for task in scenario.tasks:
        if task.sector != parts.row.sector:
            continue
        goes = _is_in_new(scenario, parts, task.location)
        (go if goes else stay).append(task.task)
        if goes:
            found.steps.append(Step("tasks", task.task, {"sector": parts.name}))
        if is_of_whole(task):
            twins[task.task] = _twin(found, parts, task, goes=goes)
    for row in scenario.factors:
        if row.scope in twins:
            found.steps.append(Step("factors", None, {**row.model_dump(), "scope": twins[row.scope]}))
    if twins:
        found.notes.append(
            f"Asked for in both parts, as they look at all of the ground: {_some(list(twins))} "
            f"(as {_some(list(twins.values()))}).")
    for tasks, where in ((stay, parts.row.sector), (go, parts.name)):
        single = [name for name in tasks if name not in twins]
        if single:
            found.notes.append(f"Only in {where}, as they count what their row says and no ground: {_some(single)}.")
    for rung in scenario.ladder:
        more = [twins[name] for name in rung.reserve if name in twins]
        names = (*rung.sectors, parts.name) if parts.row.sector in rung.sectors else rung.sectors
        if more or names != rung.sectors:
            found.steps.append(Step("ladder", rung.key_text(), {"sectors": names, "reserve": (*rung.reserve, *more)}))


def is_of_whole(task: Task) -> bool:
    """Return whether a task looks at the whole of its sector, so that each part of it has to be looked at."""
    if any(getattr(task, name) is not None for name in OWN_FIGURES):
        return False
    counts = task.amount is not None and task.method in ("supporting_units", "isr")
    return (task.method in OF_WHOLE or task.method == "isr") and not counts


def _is_in_new(scenario: Scenario, parts: Parts, location: str | None) -> bool:
    at = next((at for place, at in _positions(scenario) if place.location == location), None)
    return at is not None and parts.is_new(at)


def _twin(found: Redrawn, parts: Parts, task: Task, *, goes: bool) -> str:
    """The same task for the other part; its name is free."""
    scenario = found.scenario
    taken = {row.task for row in scenario.tasks} | {step.values.get("task") for step in found.steps if step.table == "tasks"}
    name, number = f"{task.task}-2", 2
    while name in taken:
        number += 1
        name = f"{task.task}-{number}"
    values = task.model_dump()
    other = parts.row.sector if goes else parts.name
    values |= {"task": name, "sector": other, "title": f"{task.title} ({other})", "location": None}
    if task.method == "engineering":
        values["amount"] = None  # a length of routes stays with the row that says it
    if not goes and task.location is not None:
        values["location"] = parts.location
    found.steps.append(Step("tasks", None, values))
    return name


def _split_others(found: Redrawn, parts: Parts) -> None:
    """Formations that are typed in go with their place; incursions stay, as only their row says where they enter."""
    scenario = found.scenario
    for row in scenario.formations:
        if row.sector == parts.row.sector and row.mandate is None and _is_in_new(scenario, parts, row.location):
            found.steps.append(Step("formations", row.formation, {"sector": parts.name}))
            found.notes.append(f"Formation {row.name or row.formation} stands in the new part and answers for it.")
    incursions = [row.incursion for row in scenario.incursions if row.sector == parts.row.sector]
    if incursions:
        found.notes.append(
            f"Incursions stay with {parts.row.sector}, as only their rows say where they enter: {_some(incursions)}.")


# ------------------------------------------------------------------------------------------------------------ steps and rows


def after_steps(scenario: Scenario, steps: Sequence[Step]) -> Scenario:
    """Return the scenario after steps; that the rows make sense together is for the store to check."""
    tables: dict[str, list[Row]] = {}
    for step in steps:
        rows = tables.setdefault(step.table, list(scenario.rows(step.table)))
        if step.key is None:
            rows.append(TABLE_BY_NAME[step.table].model_validate(step.values))
            continue
        at = next(at for at, row in enumerate(rows) if row.key_text() == step.key)
        rows[at] = rows[at].model_copy(update=step.values)
    changed: dict[str, Any] = {name: tuple(rows) for name, rows in tables.items()}
    return scenario.model_copy(update=changed)


def edits_of(steps: Sequence[Step], state: State, versions: dict[int, int]) -> list[Edit]:
    """Return steps as edits of the rows as they are written.

    Parameters
    ----------
    versions : dict of int to int
        Version of each row that the sketch was shown with, by its number. A row that is not among them was not seen as it is.

    Notes
    -----
    A row of a scenario that this one extends is none of the conference's own: it is written whole, and laid over the other.
    """
    rows = {(name, row.key): row for name in {step.table for step in steps} for row in state.rows.get(name, ())}
    edits = []
    for step in steps:
        cells = {name: text_of(cell_of(value)) for name, value in step.values.items()}
        if step.key is None:
            edits.append(Edit(step.table, cells))
        elif (step.table, step.key) in rows:
            stored = rows[step.table, step.key]
            edits.append(Edit(step.table, {**stored.cells, **cells}, stored.id, versions.get(stored.id)))
        else:
            assert state.scenario is not None
            extended = next(row for row in state.scenario.rows(step.table) if row.key_text() == step.key)
            edits.append(Edit(step.table, {**cells_of(extended), **cells}))
    return edits


def seen_versions(steps: Sequence[Step], state: State) -> dict[int, int]:
    """Return the version of each row that steps change, by its number."""
    changed = {(step.table, step.key) for step in steps if step.key is not None}
    tables = {table for table, _ in changed}
    return {row.id: row.version for name in tables for row in state.rows.get(name, ()) if (name, row.key) in changed}
