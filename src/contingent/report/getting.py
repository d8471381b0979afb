"""How the force gets there, counted and said for every output.

Reads the frames ``movements``, ``closure``, ``utilisation``, ``bottlenecks`` and ``schedule``, which deployment fills; each
answer is empty where its frame is. Moves nobody.

    way_sentences    the force in place on day N; who is late; how far from the best; what holds up most
    closure_rows     each line: when its first force is complete
    fullest          resources by how full they are
    resource_words   a terminal, a link or a fleet by its name in reports
    resource_origin  its row: where its capacity comes from
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.way_measures import OUT, first_force, moves_out
from contingent.report.words import amount, counted, d_day, grouped, leading_capital, percent, place_name, plain, short_date

Row = dict[str, Any]

ACTIVITY_WORDS: Mapping[str, str] = {
    "rail_terminal": "loading of trains",
    "gauge_change": "change of bogies",
    "transshipment": "transshipment from gauge to gauge",
    "seaport": "port",
    "airport": "airport",
    "border_rail": "border, by rail",
    "border_road": "border, by road",
    "staging": "reception and staging",
    "strait": "strait",
}
"""What a place does, in words."""

ELEMENT_WORDS: Mapping[str, str] = {
    "people": "its people",
    "marching": "its vehicles on their own wheels",
    "carried": "its heavy vehicles",
    "stores": "its stores",
}
"""Parts of a unit in words."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a capacity comes from: the table, its row, the status and the source."""

    table: str
    status: str | None
    source: str | None
    confidence: str | None


def has_way(plan: Plan) -> bool:
    """Return whether the plan says how the force gets there."""
    return plan.movements.height + plan.closure.height + plan.flows.height > 0


def day_words(scenario: Scenario | None, day: float | None) -> str:
    """Return a day as D+90 with its date, where the calendar is known; a dash where there is none."""
    if day is None:
        return "–"
    whole = round(day)
    return d_day(whole) if scenario is None else f"{d_day(whole)} ({short_date(scenario.horizon.date_of(whole))})"


def place_words(scenario: Scenario | None, location: str | None) -> str:
    """Return a place by its name in reports."""
    return (location or "") if scenario is None else place_name(scenario, location)


def resource_words(scenario: Scenario | None, resource: str) -> str:
    """Return a terminal, a link or a fleet by its name in reports.

    >>> resource_words(None, "Medyka - Shehyni: gauge_change")
    'Medyka - Shehyni: change of bogies'
    """
    place, between, activity = resource.rpartition(": ")
    if between:
        return f"{place_words(scenario, place)}: {ACTIVITY_WORDS.get(activity, plain(activity))}"
    if scenario is None:
        return resource
    fleet = next((row.name for row in scenario.fleets if row.fleet == resource), None)
    if fleet is not None:
        return fleet
    link = next((row for row in scenario.links if row.link == resource), None)
    if link is None:
        return resource
    return f"{place_name(scenario, link.from_location)} – {place_name(scenario, link.to_location)} ({link.mode})"


def resource_origin(scenario: Scenario, resource: str) -> Origin | None:
    """Return where a resource's capacity comes from; None where the scenario has no row of it."""
    place, between, activity = resource.rpartition(": ")
    for handled in scenario.handling if between else ():
        if (handled.location, handled.activity) == (place, activity):
            return Origin("handling.csv", handled.status, handled.source, handled.confidence)
    for fleet in scenario.fleets:
        if fleet.fleet == resource:
            return Origin("fleets.csv", fleet.status, fleet.source, fleet.confidence)
    for link in scenario.links:
        if link.link == resource:
            return Origin("links.csv", None, link.source, link.confidence)
    return None


def fullest(plan: Plan, *, most: int) -> list[str]:
    """Return the resources that are fullest: by their weeks at nine tenths or more, then by their fullest week."""
    limited = plan.utilisation.filter((pl.col("capacity") > 0) & (pl.col("used") > 0))
    rows = limited.group_by("resource").agg(
        full=(pl.col("share") >= 0.9).sum(), top=pl.col("share").max(), mean=pl.col("share").mean()
    )
    ordered = rows.sort("full", "top", "mean", "resource", descending=[True, True, True, False])
    return [str(name) for name in ordered["resource"].to_list()[:most]]


def closure_rows(plan: Plan) -> list[Row]:
    """Return lines by priority, those that are complete last first; those that never are before all."""
    return plan.closure.sort(
        "priority", pl.col("closure_day").is_null(), "late_days", "closure_day", "line",
        descending=[False, True, True, True, False], nulls_last=True,
    ).to_dicts()  # fmt: skip


def way_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return how the force gets there, the answer first; nothing where the plan does not say."""
    told = [*_in_place(scenario, plan), *_late(plan), *_bound(plan), *_held_up(scenario, plan), *_by_mode(plan)]
    return told if most is None else told[:most]


def _in_place(scenario: Scenario | None, plan: Plan) -> list[str]:
    rows = first_force(plan)
    if rows.height == 0:
        return []
    lines = counted(rows.height, "line")
    there = rows.filter(pl.col("closure_day").is_not_null())
    never = rows.height - there.height
    if there.height == 0:
        return [f"The first force ({lines} of priority {rows['priority'][0]}) is never in place."]
    last, asked = int(str(there["closure_day"].max())), int(str(rows["required_day"].max()))
    in_time = there.filter(pl.col("late_days").fill_null(0) <= 0).height
    but = f", but for {counted(never, 'line')} that never {'is' if never == 1 else 'are'}" if never else ""
    share = "all of them" if in_time == rows.height else grouped(in_time)
    return [
        (
            f"The first force ({lines} of priority {rows['priority'][0]}, asked for by {d_day(asked)}) is in place on "
            f"{day_words(scenario, last)}{but}; "
            f"{share} {'is' if in_time == 1 else 'are'} complete in time."
        )
    ]


def _late(plan: Plan) -> list[str]:
    moving, late, never = moves_out(plan)
    if moving == 0:
        return []
    lost = f" {leading_capital(counted(never, 'unit'))} cannot get there at all." if never else ""
    if not late:
        whole = "Every unit that moves out is there in time" if not never else "No unit that gets there is late"
        return [f"{whole}: {grouped(moving)} moves, tours of later years included.{lost}"]
    mean = sum(late) / len(late)
    return [
        (
            f"Of {grouped(moving)} moves of a unit to its post, {grouped(len(late))} "
            f"({percent(len(late) / moving)}) come late, by {amount(mean)} days on average and "
            f"{counted(late[0], 'day')} at most.{lost}"
        )
    ]


def _bound(plan: Plan) -> list[str]:
    row = next((row for row in plan.schedule.to_dicts() if row["bound"] is not None), None)
    if row is None:
        return []
    what = plain(row["measure"])
    value, bound = row["value"], row["bound"]
    reached = f"{grouped(value, places=0 if abs(value) >= 100 else 1)} {row['unit']}"
    if abs(value - bound) <= 1e-9 * max(1.0, abs(value)):
        return [f"No schedule on this network does better ({what}: {reached}, proven)."]
    further = percent(abs(value - bound) / max(abs(value), 1e-12))
    return [f"No schedule on this network can be better by more than {further} ({what}: {reached})."]


def _held_up(scenario: Scenario | None, plan: Plan) -> list[str]:
    held = plan.bottlenecks.filter(pl.col("resource").is_not_null())
    if held.height == 0:
        top = fullest(plan, most=1)
        if not top:
            return []
        row = (
            plan.utilisation.filter(pl.col("resource") == top[0])
            .sort("share", "from_day", descending=[True, False])
            .row(0, named=True)
        )
        name = resource_words(scenario, top[0])
        week = d_day(row["from_day"])
        return [f"The fullest on the way is {name}: {percent(row['share'])} of what it can do in the week from {week}."]
    row = (
        held.group_by("resource", "counts")
        .agg(moves=pl.len(), worth=pl.col("worth").max())
        .sort("moves", "worth", "resource", descending=[True, True, False], nulls_last=True)
        .row(0, named=True)
    )
    worth = (
        f"; one more a day ({plain(row['counts'] or 'unit')}) would save {grouped(row['worth'])} weighted days of lateness"
        if row["worth"] is not None and row["worth"] > 0
        else ""
    )
    long_way = plan.bottlenecks.height - held.height
    simply = (
        f" {grouped(long_way)} more are late for the length of their way or the day on which they are ready, "
        "not for want of room."
        if long_way
        else ""
    )
    moves = counted(row["moves"], "late part of a unit waits", "late parts of units wait")
    return [f"What holds up most is {resource_words(scenario, row['resource'])}: {moves} longest for it{worth}.{simply}"]


def _by_mode(plan: Plan) -> list[str]:
    """What goes by what: tonnes of vehicles and stores by the mode that carries them longest, people likewise."""
    out = plan.movements.filter((pl.col("direction") == OUT) & pl.col("modes").is_not_null())
    people, tonnes = int(out["people"].sum() or 0), float(out["tonnes"].sum() or 0)
    flying = int(out.filter(pl.col("modes").str.contains("air"))["people"].sum() or 0)
    if people == 0 or tonnes == 0:
        return []
    rail = float(out.filter(pl.col("modes").str.contains("rail"))["tonnes"].sum() or 0)
    sea = float(out.filter(pl.col("modes").str.contains("sea"))["tonnes"].sum() or 0)
    return [
        (
            f"In all, {grouped(people)} people and {grouped(tonnes)} tonnes move out; {percent(flying / people)} of the people "
            f"fly, {percent(rail / tonnes)} of the tonnes go by rail for at least a part of the way and "
            f"{percent(sea / tonnes)} by sea."
        )
    ]
