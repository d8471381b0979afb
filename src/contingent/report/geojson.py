"""What flows over each way in each week as GeoJSON, for a map program: a line a way, mode and week, units and supply alike.

Longitude before latitude, WGS 84, as RFC 7946 has it. A link whose ends have no position is left out and
counted.
"""

import json
from pathlib import Path

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.flows import moved_rows, steps_of_way
from contingent.report.getting import place_words

DIGITS = 4
"""Digits of a coordinate: some ten metres. [-]"""


def write_flows(scenario: Scenario, plan: Plan, path: str | Path) -> int:
    """Write the flows of a plan as GeoJSON and return how many rows were left out because a place has no position.

    Parameters
    ----------
    scenario : Scenario
        What was planned: places come from it.
    plan : Plan
        A plan with the frame ``flows``, or ``resupply``.
    path : str or Path
        File to write; its folder is made where it is missing.

    Notes
    -----
    Each line has the properties ``link``, ``mode``, ``from``, ``to``, ``from_day``, ``until_day``, ``date`` (of the first day),
    ``people``, ``vehicles`` and ``tonnes``.
    """
    where = {
        row.location: [round(row.longitude, DIGITS), round(row.latitude, DIGITS)]
        for row in scenario.locations
        if row.latitude is not None and row.longitude is not None
    }
    ways = {row.link: row for row in scenario.links}
    moved_of, features = moved_rows(plan), []
    for row in moved_of.iter_rows(named=True):
        steps = steps_of_way(ways, row["link"], (row["from_location"], row["to_location"]), row["mode"])
        ends = [where.get(place) for place in (steps[0][0], *(step[1] for step in steps))]
        if None in ends:
            continue
        named = {name: place_words(scenario, row[f"{name}_location"]) for name in ("from", "to")}
        days = {"from_day": row["from_day"], "until_day": row["until_day"]}
        date = scenario.horizon.date_of(row["from_day"]).isoformat()
        moved = {name: row[name] for name in ("people", "vehicles", "tonnes")}
        properties = {"link": row["link"], "mode": row["mode"], **named, **days, "date": date, **moved}
        features.append({"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": ends}})
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8")
    return moved_of.height - len(features)
