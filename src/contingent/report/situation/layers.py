"""A period as GeoJSON, for a map program: a point for each incident, a polygon for each sector.

Longitude before latitude, WGS 84, as RFC 7946 has it. An incident whose place is not known is left out of the points; it counts
in its sector.
"""

import json
from typing import Any

from contingent.geography.shapes import shape_of
from contingent.model.scenario import Scenario
from contingent.monitoring.situation import Situation
from contingent.report.situation.rows import sector_rows

DIGITS = 4
"""Digits of a coordinate: some ten metres. [-]"""

TOLD = (
    "incident", "precision_h", "precision_km", "place", "region", "kind", "count", "party", "alleged_by", "killed", "wounded",
    "source", "sources", "confidence", "note", "sector", "line_km", "side", "depth",
)  # fmt: skip
"""Columns of an incident that a point carries, beside its time."""

Feature = dict[str, Any]


def incident_points(situation: Situation) -> str:
    """Return the incidents of the period that have a place, as GeoJSON."""
    features = [
        _feature("Point", [round(row["longitude"], DIGITS), round(row["latitude"], DIGITS)],
                 {"time": row["time"].isoformat() + "Z", **{name: row[name] for name in TOLD}})
        for row in situation.of_period().drop_nulls(["latitude", "longitude"]).iter_rows(named=True)
    ]  # fmt: skip
    return _collection(situation, features)


def sector_areas(scenario: Scenario, situation: Situation) -> str:
    """Return the sectors that have a shape, with what was reported in them, as GeoJSON."""
    rows = {row["name"]: row for row in sector_rows(situation)}
    features = []
    for sector in scenario.sectors:
        if sector.geometry is None:
            continue
        row = rows.get(sector.sector)
        told = {name: row[name] if row else None for name in ("violations", "before", "killed", "wounded", "obstructed", "level")}
        shape = shape_of(sector.geometry).__geo_interface__
        named = {"sector": sector.sector, "name": sector.name, **told, "violations": row["violations"] if row else 0.0}
        features.append(_feature(shape["type"], _rounded(shape["coordinates"]), named))
    return _collection(situation, features)


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, int | float):
        return round(coordinates, DIGITS)
    return [_rounded(part) for part in coordinates]


def _feature(kind: str, coordinates: Any, properties: Feature) -> Feature:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def _collection(situation: Situation, features: list[Feature]) -> str:
    content = {
        "type": "FeatureCollection", "title": situation.title, "marking": situation.marking,
        "since": situation.period.since.isoformat(), "until": situation.period.until.isoformat(), "features": features,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
