"""What the map shows, as shapes and figures for a map program, and as tables for those who do not see it.

    sectors, line    as the scenario has them
    ways             the network, and what goes over it by week
    reach            points, and how soon the first reserve is there
    incidents        what was observed, where that is known

Longitude before latitude, WGS 84, as RFC 7946 has it. Names of places come from the scenario alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from contingent.geography.shapes import shape_of
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.drawings.outline import outlines_within
from contingent.report.flows import Flows
from contingent.report.html.force import REACH_HOURS, band_of
from contingent.report.html.getting import carried_words, step_words
from contingent.report.words import amount, grouped, place_name, plain
from contingent.store import Incident

Row = dict[str, Any]

DIGITS = 4
"""Digits of a coordinate: some ten metres. [-]"""

WINDOW = (-26.0, 27.0, 60.0, 72.0)
"""What the outlines of the package hold: west, south, east, north. [deg]"""

MOST_INCIDENTS = 5_000
"""Incidents that are handed out, the last; more would be one stain."""

MOST_WAYS = 15
"""Ways that the table names."""

NEAR, LEAST_NEAR = 0.25, 3.0
"""Places so near the ground are shown at first: a share of its longer side, and not less than so much. [-], [deg]"""

INCIDENT_DAYS = 30
"""Days before the day shown on which an incident is still drawn. [days]"""


def located(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of each place that has them. [deg]"""
    return {
        row.location: (round(row.longitude, DIGITS), round(row.latitude, DIGITS))
        for row in scenario.locations
        if row.latitude is not None and row.longitude is not None
    }


def _feature(geometry: Any, **properties: Any) -> Row:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _point(at: Sequence[float]) -> Row:
    return {"type": "Point", "coordinates": list(at)}


def _collection(features: Iterable[Row]) -> Row:
    return {"type": "FeatureCollection", "features": list(features)}


def ground(scenario: Scenario) -> Row:
    """Return sectors and the line on the ground."""
    sectors, lines, names = [], [], []
    for sector in scenario.sectors:
        if sector.geometry is not None:
            shape = shape_of(sector.geometry)
            name = sector.name or sector.sector
            sectors.append(_feature(shape.__geo_interface__, name=name, sector=sector.sector))
            inside = shape.representative_point()
            names.append({"name": name, "at": [round(inside.x, DIGITS), round(inside.y, DIGITS)], "kind": "sector"})
    for trace in scenario.traces:
        off = f", may be off by {amount(trace.accuracy_km)} km" if trace.accuracy_km is not None else ""
        lines.append(_feature(shape_of(trace.geometry).__geo_interface__, name=f"{trace.name or trace.trace}{off}"))
    return {"sectors": _collection(sectors), "line": _collection(lines), "names": names}


def borders() -> Row:
    """Return the borders of countries within the window of the package's outlines, as the report draws them."""
    _, found = outlines_within(WINDOW)
    lines = [[[round(x, 3), round(y, 3)] for x, y in line] for line in found]
    return {"window": WINDOW, "lines": _collection([_feature({"type": "MultiLineString", "coordinates": lines})])}


def network(scenario: Scenario) -> Row:
    """Return the ways of the network between places that have a position."""
    where = located(scenario)
    return _collection(
        _feature(
            {"type": "LineString", "coordinates": [where[row.from_location], where[row.to_location]]},
            mode=row.mode,
            name=f"{way_name(scenario, (row.from_location, row.to_location, row.mode))}, {row.km:.0f} km",
        )
        for row in scenario.links
        if row.from_location in where and row.to_location in where
    )


def flow_layer(scenario: Scenario, flows: Flows | None) -> Row | None:
    """Return what goes over each way, step by step of time; None where nothing flows."""
    if flows is None:
        return None
    where = located(scenario)
    names = [way_name(scenario, way) for way in flows.links]
    steps = range(len(flows.starts))
    return {
        "starts": list(flows.starts),
        "until": flows.until_day,
        "most": round(float(flows.tonnes.max(initial=0.0))),
        "ways": [
            {
                "ends": [where[one], where[other]],
                "mode": mode,
                "name": names[at],
                "moved": [
                    [step, round(tonnes), round(people)]
                    for step, tonnes, people in zip(steps, flows.tonnes[at].tolist(), flows.people[at].tolist(), strict=True)
                    if tonnes or people
                ],
            }
            for at, (one, other, mode) in enumerate(flows.links)
        ],
        "said": [
            f"{step_words(scenario, flows, step)}. {carried_words(flows, names, step)}" for step in steps
        ],
    }  # fmt: skip


def way_name(scenario: Scenario, way: tuple[str, str, str]) -> str:
    """Return a way by its ends and mode."""
    one, other, mode = way
    return f"{place_name(scenario, one)} – {place_name(scenario, other)}, {mode}"


def reach_layer(scenario: Scenario, plan: Plan) -> Row | None:
    """Return the points that a reserve is to reach, and the bases; None where the plan does not say."""
    rows = plan.reach.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()).to_dicts()
    if not rows:
        return None
    where = located(scenario)
    limits = {row["mandate"]: row["value"] for row in plan.factors.to_dicts() if row["factor"] == REACH_HOURS}
    points = [
        _feature(
            _point((row["longitude"], row["latitude"])),
            band=band_of(row["hours"], limits.get(row["mandate"])).replace(" ", "-"),
            name=f"{row['point']}: "
            + (f"{row['hours']:.1f} h from {place_name(scenario, row['base'])}" if row["base"] else "no base reaches it by road"),
        )
        for row in rows
    ]
    bases = dict.fromkeys(row["base"] for row in rows if row["base"] in where)
    return {
        "points": _collection(points),
        "bases": _collection(_feature(_point(where[base]), name=f"Base: {place_name(scenario, base)}") for base in bases),
    }


def incident_layer(scenario: Scenario, incidents: Sequence[Incident]) -> Row | None:
    """Return where and when something was observed, and of what kind; who was blamed, and by whom, is not said here."""
    found = []
    for each in incidents[-MOST_INCIDENTS:]:
        cells = each.cells
        try:
            at = (round(float(cells["longitude"]), DIGITS), round(float(cells["latitude"]), DIGITS))
            when = datetime.fromisoformat(cells["time"])
        except (KeyError, ValueError):
            continue
        if abs(at[0]) <= 180 and abs(at[1]) <= 90:
            day = scenario.horizon.day_of(when.date())
            found.append(_feature(_point(at), day=day, name=f"{plain(cells.get('kind', 'incident'))}, {when.date().isoformat()}"))
    return {"points": _collection(found), "days": INCIDENT_DAYS} if found else None


def box_of(scenario: Scenario, plan: Plan | None) -> list[float]:
    """Return what the map shows at first: west, south, east, north. [deg]

    Sectors, the line, and where the force stands near them. A headquarters a thousand kilometres away would make all that matters
    small: whoever wants to see it zooms out.
    """
    where = located(scenario)
    stands = plan.coverage["location"].unique().to_list() if plan is not None else []
    places = [where[name] for name in stands if name in where]
    corners = []
    for geometry in (*(row.geometry for row in scenario.sectors), *(row.geometry for row in scenario.traces)):
        if geometry is not None:
            west, south, east, north = shape_of(geometry).bounds
            corners += [(west, south), (east, north)]
    if corners:
        west, south, east, north = _around(corners)
        margin = max(NEAR * max(east - west, north - south), LEAST_NEAR)
        places = [
            (lon, lat) for lon, lat in places
            if west - margin <= lon <= east + margin and south - margin <= lat <= north + margin
        ]  # fmt: skip
    return _around(corners + places or list(where.values()) or [(WINDOW[0], WINDOW[1]), (WINDOW[2], WINDOW[3])])


def _around(corners: Sequence[tuple[float, float]]) -> list[float]:
    wests, souths = zip(*corners, strict=True)
    return [min(wests), min(souths), max(wests), max(souths)]


def layers_of(scenario: Scenario, plan: Plan | None, *, flows: Flows | None = None) -> Row:
    """Return all that the map draws but incidents, which come by themselves. Layers for which there is nothing are None."""
    return {
        "start": scenario.horizon.start_date.isoformat(),
        "days": scenario.horizon.days,
        "box": box_of(scenario, plan),
        **ground(scenario),
        "force": plan is not None,
        "ways": network(scenario) if scenario.links else None,
        "flows": flow_layer(scenario, flows),
        "reach": reach_layer(scenario, plan) if plan is not None else None,
    }


def place_rows(scenario: Scenario, plan: Plan, day: int) -> list[Row]:
    """Return the places of the force on a day as a table: what is asked for, what is held, who is there."""
    need = plan.coverage.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    there = plan.tours.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
    asked: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for location, required, filled in need.select("location", "required", "filled").iter_rows():
        asked[location][0] += required
        asked[location][1] += filled
    people: dict[str, int] = defaultdict(int)
    units: dict[str, int] = defaultdict(int)
    nations: dict[str, dict[str, int]] = defaultdict(dict)
    for location, count, nation in there.select("location", "people", "nation").iter_rows():
        people[location] += count
        units[location] += 1
        nations[location][nation] = nations[location].get(nation, 0) + count
    where = located(scenario)
    rows = []
    for location in sorted({*asked, *people}, key=lambda name: (-people.get(name, 0), name or "")):
        required, filled = asked.get(location, [0.0, 0.0])
        rows.append(
            {
                "place": place_name(scenario, location) or "no place",
                "is_drawn": location in where,
                "state": state_of(required, filled),
                "held": f"{amount(filled)} of {amount(required)}",
                "units": units[location],
                "people": grouped(people[location]),
                "nations": sorted(nations[location], key=lambda nation: (-nations[location][nation], nation)),
            }
        )
    return rows


def state_of(required: float, filled: float) -> str:
    """Return how far a need is met: filled, partial, gap or none.

    >>> state_of(2, 2), state_of(2, 1), state_of(2, 0), state_of(0, 0)
    ('filled', 'partial', 'gap', 'none')
    """
    if required <= 1e-9:
        return "none"
    return "filled" if filled >= required - 1e-9 else "gap" if filled <= 1e-9 else "partial"


def flow_rows(scenario: Scenario, flows: Flows, day: int) -> Row:
    """Return the ways over which most goes in the step of a day, as a table."""
    step = max((at for at, start in enumerate(flows.starts) if start <= day), default=0)
    order = sorted(range(len(flows.links)), key=lambda at: (-flows.tonnes[at, step], -flows.people[at, step], flows.links[at]))
    rows = [
        {
            "name": way_name(scenario, flows.links[at]),
            "tonnes": grouped(float(flows.tonnes[at, step])),
            "people": grouped(float(flows.people[at, step])),
        }
        for at in order[:MOST_WAYS]
        if flows.tonnes[at, step] + flows.people[at, step] > 0
    ]
    return {"when": step_words(scenario, flows, step), "rows": rows}


def incident_rows(incidents: Mapping[str, Any] | None, day: int) -> list[Row]:
    """Return the incidents drawn on a day by kind, the most first."""
    counts: dict[str, int] = defaultdict(int)
    for feature in incidents["points"]["features"] if incidents is not None else ():
        if day - INCIDENT_DAYS < feature["properties"]["day"] <= day:
            counts[feature["properties"]["name"].rpartition(", ")[0]] += 1
    return [{"kind": kind, "count": count} for kind, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
