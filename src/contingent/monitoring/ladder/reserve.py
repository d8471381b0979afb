r"""Who answers the call of a step, how soon, and what the plan loses while they are away.

    lines     the rung's `reserve`: lines, or tasks of the mandate and so the lines sized from them; else all lines of its
    capability
    units     those that serve such a line on the day, are not away on an earlier call, and can reach the place
    hours     `notice_to_march_h` + hours by road from where the unit stands to the place, the fewest first
    place     the weighted middle of the incidents behind the step, where they have positions; else the sector's place, or its
    middle

Calls are answered in the order of their days. What a line gives up is counted on the plan's own coverage:

.. math:: lost = \sum_{i} days_i \cdot \min(filled_i, taken)

over the intervals i of coverage in which the units are away. A line that holds more than it must loses nothing until the rest is
gone; no line is filled again from elsewhere, since that would be another plan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.geography.roads import RoadNetwork
from contingent.geography.shapes import Point, centroid
from contingent.model.ladder import Rung
from contingent.model.rules import places_upwards
from contingent.model.scenario import Scenario
from contingent.monitoring.ladder.evaluate import LADDER_COLUMNS, Climbed
from contingent.plan.plan import Plan

FACTORS = {"march_speed_kmh": 40.0, "road_detour": 1.3, "notice_to_march_h": 2.0}
"""Planning factors that are read, and what the doctrine says where a scenario has none."""


@dataclass(frozen=True, slots=True)
class Committed:
    """Units of a line that are away for a while.

    Parameters
    ----------
    step, line : str
        Whose call; which line they leave.
    units : int
        How many. [units]
    from_day, until_day : int
        Days away, half open. [days from D-day]
    """

    step: str
    line: str
    units: int
    from_day: int
    until_day: int


Weigh = Callable[[Committed], str | None]
"""What somebody above says of it in a sentence: the simulation, what it does to the line under chance."""


def call_reserves(
    scenario: Scenario,
    plan: Plan,
    climbed: Climbed,
    *,
    incidents: pl.DataFrame | None = None,
    weigh: Weigh | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answer the calls of a ladder's steps from a plan.

    Parameters
    ----------
    scenario : Scenario
        Of the plan, with its requirement derived.
    plan : Plan
        Whose tours answer.
    climbed : Climbed
        The steps.
    incidents : polars.DataFrame, optional
        Located incidents, for the place to which the reserve goes.
    weigh : callable, optional
        Asked once for each line that gives up units; its sentence stands in ``under_chance``.

    Returns
    -------
    tuple of polars.DataFrame
        Frames ``ladder_calls`` and ``ladder_losses`` of `contingent.monitoring.ladder.LADDER_COLUMNS`.
    """
    rungs = {rung.rung: rung for rung in climbed.rungs}
    answering = _Answering(scenario, plan, incidents)
    calls: list[dict[str, Any]] = []
    losses: list[dict[str, Any]] = []
    for step in climbed.ladder_steps.iter_rows(named=True):
        rung = rungs[step["rung"]]
        if step["to_level"] <= step["from_level"] or not rung.quantity:
            continue
        rows, committed = answering.answer(step, rung)
        calls += rows
        for each in committed:
            said = weigh(each) if weigh is not None else None
            losses += answering.lost(each, said)
    return (
        pl.DataFrame(calls, schema=LADDER_COLUMNS["ladder_calls"]),
        pl.DataFrame(losses, schema=LADDER_COLUMNS["ladder_losses"]),
    )


class _Answering:
    """A plan's units, and until when each is away."""

    def __init__(self, scenario: Scenario, plan: Plan, incidents: pl.DataFrame | None) -> None:
        self._scenario, self._plan, self._incidents = scenario, plan, incidents
        factors = {name: _factor(scenario, name, plan.option) for name in FACTORS}
        self._notice = factors["notice_to_march_h"]
        self._roads = RoadNetwork(
            scenario.links, scenario.locations, speed_kmh=factors["march_speed_kmh"], detour=factors["road_detour"]
        )
        self._away: dict[str, int] = {}
        self._effect = {(row["unit"], row["line"]): row["effectiveness"] for row in plan.tours.iter_rows(named=True)}
        self._taken: dict[Committed, float] = {}

    def answer(self, step: dict[str, Any], rung: Rung) -> tuple[list[dict[str, Any]], list[Committed]]:
        """Return the rows of a call, and what each line gives up."""
        day = (step["date"] - self._scenario.settings.start_date).days
        until = day + rung.call_days
        towards, point = self._place(step, rung)
        lines = self._lines(rung)
        asked = int(rung.quantity or 0)
        common = {"step": step["step"], "sector": step["sector"], "date": step["date"], "day": day, "until_day": until,
                  "capability": rung.capability, "asked": asked, "towards": towards}  # fmt: skip
        on_duty = self._plan.tours.filter(
            pl.col("line").is_in(lines) & (pl.col("from_day") <= day) & (day < pl.col("serves_until_day"))
        )
        free = [row for row in on_duty.iter_rows(named=True) if self._away.get(row["unit"], -1) <= day]
        near = sorted(((self._hours(row["location"], point), row["unit"], row) for row in free), key=lambda found: found[:2])
        going = [found for found in near if found[0] < float("inf")][:asked]
        rows: list[dict[str, Any]] = []
        given: dict[str, list[dict[str, Any]]] = {}
        for hours, unit, row in going:
            self._away[unit] = until
            given.setdefault(row["line"], []).append(row)
            ends = int(row["serves_until_day"])
            rows.append(common | {
                "unit": unit, "offer": row["offer"], "nation": row["nation"], "line": row["line"], "location": row["location"],
                "hours": round(hours, 2), "tour_ends_day": ends, "relieved": ends >= until or self._follows(row), "reason": None,
            })  # fmt: skip
        short = asked - len(going)
        if short:
            reason = self._why_short(day, lines, on_duty.height, len(free), len(near) - len(going), short)
            rows += [common | {"unit": None, "reason": reason}] * short
        committed = [Committed(step["step"], line, len(units), day, until) for line, units in sorted(given.items())]
        for each in committed:
            self._taken[each] = sum(self._effect[row["unit"], each.line] for row in given[each.line])
        return [_whole(row) for row in rows], committed

    def _lines(self, rung: Rung) -> list[str]:
        """Lines from which a rung's call is answered, in the order of the requirement."""
        mandate = {row.line: {row.line, row.mandate, row.task} for row in self._scenario.requirements}
        for row in self._plan.sizing.iter_rows(named=True):
            mandate.setdefault(row["line"], {row["line"]}).add(row["mandate"])
        held = dict(zip(self._plan.coverage["line"], self._plan.coverage["capability"], strict=True))
        return [
            line for line, capability in held.items()
            if (not rung.reserve or mandate.get(line, {line}) & set(rung.reserve))
            and (rung.capability is None or rung.reserve or capability == rung.capability)
        ]  # fmt: skip

    def _place(self, step: dict[str, Any], rung: Rung) -> tuple[str, Point | str | None]:
        """Where the reserve goes: a point, or a place by its name."""
        middle = self._middle(step, rung)
        if middle is not None:
            return f"{middle.latitude:.3f}, {middle.longitude:.3f}", middle
        sector = self._scenario.sector_by_name.get(step["sector"] or (rung.sectors[0] if rung.sectors else ""))
        if sector is None:
            return "all sectors", None
        if sector.location is not None:
            return sector.location, sector.location
        if sector.geometry is not None:
            point = centroid(sector.geometry)
            return f"the middle of {sector.sector}", point
        return sector.sector, None

    def _middle(self, step: dict[str, Any], rung: Rung) -> Point | None:
        if self._incidents is None or not {"latitude", "longitude"} <= set(self._incidents.columns):
            return None
        day = pl.col("time").dt.date()
        found = self._incidents.filter(day.is_between(step["window_from"], step["window_until"]))
        if step["sector"] is not None:
            found = found.filter(pl.col("sector") == step["sector"])
        if rung.kinds:
            found = found.filter(pl.col("kind").is_in(list(rung.kinds)))
        found = found.drop_nulls(["latitude", "longitude"]).filter(pl.col("count") > 0)
        if not found.height:
            return None
        whole = float(found["count"].sum())
        return Point(*(float((found[name] * found["count"]).sum()) / whole for name in ("latitude", "longitude")))

    def _hours(self, location: str | None, towards: Point | str | None) -> float:
        """Hours from the order until a unit is there; infinite where no road leads there. [h]"""
        for place in places_upwards(self._scenario, location):
            if towards is None:
                return self._notice
            if isinstance(towards, str):
                hours = self._roads.hours_from(place).get(towards, float("inf"))
            else:
                hours = float(self._roads.hours_to_points([place], [towards])[0, 0])
            if hours < float("inf"):
                return self._notice + hours
        return float("inf")

    def _follows(self, row: dict[str, Any]) -> bool:
        """Whether another unit of the same line begins to serve when this one stops."""
        ends = int(row["serves_until_day"])
        follows = (pl.col("line") == row["line"]) & (pl.col("unit") != row["unit"])
        follows &= (pl.col("from_day") <= ends) & (pl.col("serves_until_day") > ends) & (pl.col("from_day") > row["from_day"])
        return bool(self._plan.tours.filter(follows).height)

    def _why_short(self, day: int, lines: list[str], on_duty: int, free: int, out_of_reach: int, short: int) -> str:
        end = self._scenario.settings.horizon_days
        if not 0 <= day < end:
            return f"day {day} is not within the plan (0 to {end})"
        if not lines:
            return "the plan has no line that the call names"
        if not on_duty:
            return f"nobody serves {', '.join(lines[:4])} on day {day}"
        away, unreached = on_duty - free, max(0, out_of_reach)
        parts = [f"{away} away on an earlier call"] if away else []
        parts += [f"{unreached} without a road there"] if unreached else []
        return f"{short} short of {on_duty} on duty" + (f": {', '.join(parts)}" if parts else "")

    def lost(self, away: Committed, said: str | None) -> list[dict[str, Any]]:
        """Rows of what a line loses, one for each interval of its coverage."""
        taken = self._taken[away]
        part = self._plan.coverage.filter(
            (pl.col("line") == away.line) & (pl.col("from_day") < away.until_day) & (pl.col("until_day") > away.from_day)
        ).sort("from_day")
        rows = []
        for row in part.iter_rows(named=True):
            begin, end = max(row["from_day"], away.from_day), min(row["until_day"], away.until_day)
            held = row["filled"]
            rows.append({
                "step": away.step, "line": away.line, "capability": row["capability"], "from_day": begin, "until_day": end,
                "units": away.units, "taken": taken, "required": row["required"], "filled": held, "left": max(0.0, held - taken),
                "unit_days_lost": (end - begin) * min(held, taken), "priority": row["priority"], "under_chance": said,
            })  # fmt: skip
        return rows


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in LADDER_COLUMNS["ladder_calls"]}


def _factor(scenario: Scenario, name: str, option: str | None) -> float:
    rows = {row.scope: row.value for row in scenario.factors if row.factor == name}
    return rows.get(option or "all", rows.get("all", FACTORS[name]))
