"""Sectors as a table of a day: how large, how long a line, what is asked for there and held, and how soon a reserve is there."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.geography.shapes import area_km2, length_inside_km, shape_of
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.html.force import REACH_HOURS, band_of
from contingent.report.words import amount, grouped, percent
from contingent.web.map_layers import located, state_of

Row = dict[str, Any]

STATES = ("filled", "partial", "gap")


def sector_facts(scenario: Scenario, plan: Plan | None) -> list[Row]:
    """Return what stays from day to day: area, line, places within, the share of points that a reserve reaches in time."""
    from shapely import Point

    where = located(scenario)
    points = _points(plan) if plan is not None else []
    found = []
    for sector in scenario.sectors:
        if sector.geometry is None:
            continue
        shape = shape_of(sector.geometry)
        within = [in_time for at, in_time in points if shape.covers(Point(at))]
        found.append(
            {
                "sector": sector.sector,
                "name": sector.name or sector.sector,
                "area": area_km2(sector.geometry),
                "line": sum(length_inside_km(trace.geometry, sector.geometry) for trace in scenario.traces),
                "places": frozenset(name for name, at in where.items() if shape.covers(Point(at))),
                "reached": sum(within) / len(within) if within else None,
            }
        )
    return found


def _points(plan: Plan) -> list[tuple[tuple[float, float], bool]]:
    """Longitude and latitude of each point that a reserve is to reach, and whether it is there in time."""
    limits = {row["mandate"]: row["value"] for row in plan.factors.to_dicts() if row["factor"] == REACH_HOURS}
    known = plan.reach.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    return [
        ((row["longitude"], row["latitude"]), band_of(row["hours"], limits.get(row["mandate"])) in ("soon", "in time"))
        for row in known.iter_rows(named=True)
    ]


def sector_rows(facts: list[Row], plan: Plan | None, day: int) -> list[Row]:
    """Return each sector on a day: posts asked for and held, lines by their state, people there."""
    need = _on(plan.coverage, day).to_dicts() if plan is not None else []
    there = _on(plan.tours, day).to_dicts() if plan is not None else []
    return [_row(each, need, there) for each in facts]


def _on(frame: pl.DataFrame, day: int) -> pl.DataFrame:
    return frame.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))


def _row(facts: Row, need: list[Row], there: list[Row]) -> Row:
    own = [row for row in need if row["location"] in facts["places"]]
    lines: dict[str, tuple[float, float]] = {}
    for row in own:
        required, filled = lines.get(row["line"], (0.0, 0.0))
        lines[row["line"]] = (required + row["required"], filled + row["filled"])
    required, filled = sum(pair[0] for pair in lines.values()), sum(pair[1] for pair in lines.values())
    return {
        "sector": facts["sector"],
        "name": facts["name"],
        "area": grouped(facts["area"]),
        "line": grouped(facts["line"]) if facts["line"] else "–",
        "state": state_of(required, filled),
        "held": f"{amount(filled)} of {amount(required)}",
        "lines": counted_states(lines),
        "people": grouped(sum(row["people"] for row in there if row["location"] in facts["places"])),
        "reached": percent(facts["reached"]) if facts["reached"] is not None else "–",
    }


def counted_states(lines: Mapping[str, tuple[float, float]]) -> list[tuple[str, int]]:
    """Return how many lines are filled, partly filled and empty.

    >>> counted_states({"a": (2.0, 2.0), "b": (1.0, 0.0), "c": (1.0, 1.0)})
    [('filled', 2), ('partial', 0), ('gap', 1)]
    """
    states = [state_of(*pair) for pair in lines.values()]
    return [(state, states.count(state)) for state in STATES]
