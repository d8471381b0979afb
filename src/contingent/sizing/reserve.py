"""The mobile reserve: the points that it must reach, the places where it may stand, the hours between them by road.

From how few bases every point is reached, and from which, is worked out in `contingent.sizing.bases`.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from contingent.geography.roads import RoadNetwork
from contingent.geography.shapes import Point, part_inside, points_along, shape_of
from contingent.model.ground import Sector
from contingent.model.scenario import Scenario
from contingent.sizing.bases import fewest_bases
from contingent.sizing.case import Asked, Case, counted, figure, sector_of

Floats = npt.NDArray[np.float64]

BASE_KINDS = ("base", "headquarters", "hub")
"""Kinds of locations, in locations.csv, at which a reserve may stand."""

SITE_KINDS = ("site", "port", "power plant", "airport", "depot", "crossing")
"""Kinds of locations that a reserve must reach."""

WAY_KINDS = ("junction", "rail crossing", "strait")
"""Kinds of locations that are only passed through, on rails or at sea. No reserve is sent there."""


def mobile_reserve(case: Case) -> list[Asked]:
    r"""Units at the fewest bases from which every point of the line, or of the sector, is reached in time.

    .. math:: \min \sum_b x_b \quad \text{so that} \quad \sum_{b:\ hours_{bp} \le H} x_b \ge 1 \quad \forall p, \qquad x_b
    \in \{0, 1\}

    Points: the line (in the task's sector, if it names one) each `reserve_step_km`, and sites of locations.csv; where no
    line lies in the sector, its places. Hours: by road at `march_speed_kmh`, the last stretch at `road_detour` times the
    distance. Factors: reserve_hours, reserve_step_km, march_speed_kmh, road_detour, reserve_units_per_base. Toregas et al. 1971
    (location set covering).
    """
    found = bases_for(case)
    if found is None:
        return []
    names, points, hours, chosen = found
    within, each = case.above_zero("reserve_hours"), case.above_zero("reserve_units_per_base")
    nearest = hours[chosen].min(axis=0) if len(chosen) else np.full(len(points), np.inf)
    late = int((nearest > within).sum())
    beyond = f", {late} of them out of every base's reach" if late else ""
    capability = case.capability("heavy_battlegroup")
    words = f"{counted(len(points), 'point')} in {figure(within)} h by road from {counted(len(chosen), 'base')}{beyond}; here"
    return [
        Asked(
            capability, each, f"{words} {figure(each)}", location=names[base], title=f"{case.task.title}, {names[base]}",
            result_said=True,
        )
        for base in chosen
    ]  # fmt: skip


def reached(case: Case) -> list[dict[str, Any]]:
    """Return who reaches what: rows of the frame ``reach`` for a task of the method `mobile_reserve`."""
    found = bases_for(case)
    if found is None:
        return []
    names, points, hours, chosen = found
    rows = []
    for number, (label, point) in enumerate(points):
        ahead = hours[chosen, number] if len(chosen) else np.zeros(0)
        best = int(ahead.argmin()) if len(ahead) and np.isfinite(ahead.min()) else None
        rows.append({
            "mandate": case.task.task,
            "point": label,
            "latitude": round(point.latitude, 5),
            "longitude": round(point.longitude, 5),
            "base": None if best is None else names[chosen[best]],
            "hours": None if best is None else round(float(ahead[best]), 2),
        })  # fmt: skip
    return rows


def bases_for(case: Case) -> tuple[list[str], list[tuple[str, Point]], Floats, list[int]] | None:
    """Return candidate bases, points, hours between them [h] and chosen bases; None where either of the first is empty."""
    speed, detour = case.above_zero("march_speed_kmh"), case.above_zero("road_detour")
    within, step = case.above_zero("reserve_hours"), case.above_zero("reserve_step_km")
    points = _points(case, step)
    names = candidates(case.scenario)
    if not points:
        case.miss("tasks.csv", f"task '{case.task.task}' (mobile_reserve) has no line and no sites to reach.", column="sector")
    if not names:
        kinds = ", ".join(BASE_KINDS)
        what = f"no location of the kind {kinds} in the host's country has a position, so no reserve can stand anywhere."
        case.miss("locations.csv", what, column="kind")
    if not points or not names:
        return None
    network = RoadNetwork(case.scenario.links, case.scenario.locations, speed_kmh=speed, detour=detour)
    key = (
        network.links,
        tuple(sorted(network.position.items())),
        tuple(names),
        tuple(point for _, point in points),
        speed,
        detour,
    )
    hours = _hours(key)
    return names, points, hours, list(_chosen(key, within))


def candidates(scenario: Scenario) -> list[str]:
    """Return the places at which a reserve may stand: bases in the host's country that have a position."""
    return sorted(
        row.location
        for row in scenario.locations
        if row.kind in BASE_KINDS and row.latitude is not None and row.longitude is not None
        and (scenario.settings.host is None or row.country == scenario.settings.host)
    )  # fmt: skip


def _points(case: Case, step: float) -> list[tuple[str, Point]]:
    sector = case.sector
    found: list[tuple[str, Point]] = []
    for trace in case.scenario.traces:
        line = trace.geometry if sector is None or sector.geometry is None else part_inside(trace.geometry, sector.geometry)
        if line is not None and (sector is None or sector.geometry is not None):
            along = points_along(line, step_km=step)
            found += [(f"{trace.name or trace.trace}, point {number}", point) for number, point in enumerate(along, start=1)]
    host = case.scenario.settings.host
    places = [
        (row.location, row.kind, Point(row.latitude, row.longitude))
        for row in case.scenario.locations
        if row.latitude is not None and row.longitude is not None and (host is None or row.country in (None, host))
        and row.kind not in WAY_KINDS
    ]
    inside = [place for place in places if sector is None or _is_of(case.scenario, sector, place[0], place[2])]
    wanted = [place for place in inside if place[1] in SITE_KINDS] if found else inside
    return found + [(name, point) for name, _, point in wanted]


def _is_of(scenario: Scenario, sector: Sector, location: str, point: Point) -> bool:
    """Whether a place is of a sector: inside its polygon, or by name where it has none."""
    from shapely import Point as Spot

    if sector.geometry is None:
        return sector_of(scenario, location) == sector.sector
    return bool(shape_of(sector.geometry).covers(Spot(point.longitude, point.latitude)))


Key = tuple[Any, ...]


@lru_cache(maxsize=64)
def _hours(key: Key) -> Floats:
    """Hours from each candidate to each point; kept, since sensitivity asks again and again. [h], shape (candidates, points)"""
    links, positions, names, points, speed, detour = key
    network = RoadNetwork(links, (), speed_kmh=speed, detour=detour)
    network.position = dict(positions)
    hours: Floats = network.hours_to_points(names, points)
    return hours


@lru_cache(maxsize=256)
def _chosen(key: Key, within: float) -> tuple[int, ...]:
    return tuple(fewest_bases(_hours(key), within))
