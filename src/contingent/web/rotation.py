"""The rotation calendar: who goes when, by nation or by line, in a part of time, held against an earlier plan.

    looked_at    what the address asks for: view, part of time, filters, the plan to hold against
    tours_of     the plan's tours with the way there and home, and the tours of the same unit before and after
    nation_rows  a row an offer, a lane a unit, under each nation with its people by month and its ceiling
    line_rows    a row a line, a lane a slot, with what is missing below

Nothing is decided here, and nothing is computed that the plan does not hold.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.rules import readiness
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.drawings.gantt import lanes_of
from contingent.report.drawings.timeline import Timeline
from contingent.report.html.over_time import natural_order, short_title
from contingent.report.months import Month, months_of, people_asked_by_day, people_by_day
from contingent.report.words import MONTHS, counted, grouped, place_name, plain
from contingent.web.rotation_strip import Tour, people_strip, strip_of
from contingent.web.symbols import of_capability, of_unit_type

Row = dict[str, Any]
Span = tuple[int, int]

STRIP_WIDTH = 744.0
"""Width of a strip, such that a row fits a screen of 1280 pixels. [px]"""

ZOOMS: Mapping[str, tuple[str, int]] = {
    "all": ("All", 0),
    "year": ("A year", 12),
    "quarter": ("A quarter", 3),
    "month": ("A month", 1),
}
"""Name -> words, and months shown; 0 = all."""

MOST_ROWS = 80
"""Rows of one page of the calendar."""


FOOT_HEIGHT = 64.0
"""Height of the people of all rows together. [px]"""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What the address asks for. Blank = all.

    Parameters
    ----------
    view : {"nations", "lines"}
        What a row is.
    zoom : str
        One of `ZOOMS`.
    month : int
        First month shown, counted from that of D-day. [months]
    against : int or None
        Number of the plan that is drawn below; 0 = none; None = the one before of the same option.
    """

    view: str = "nations"
    zoom: str = "all"
    month: int = 0
    nation: str = ""
    text: str = ""
    against: int | None = None
    after: int = 0

    def parameters(self) -> dict[str, object]:
        """Return what of it differs from the usual, as it stands in an address."""
        usual = LookedAt()
        return {name: value for name in LookedAt.__slots__ if (value := getattr(self, name)) != getattr(usual, name)}


def months_between(scenario: Scenario) -> int:
    """Return how many calendar months the horizon touches. [months]"""
    first, last = scenario.horizon.start_date, scenario.horizon.date_of(scenario.horizon.days - 1)
    return (last.year - first.year) * 12 + last.month - first.month + 1


def span_of(scenario: Scenario, looked: LookedAt) -> Span:
    """Return the days that are shown, half open. [days from D-day]"""
    length = ZOOMS.get(looked.zoom, ZOOMS["all"])[1]
    if not length:
        return 0, scenario.horizon.days
    month = min(max(0, looked.month), months_between(scenario) - 1)
    return max(0, _first_day(scenario, month)), min(scenario.horizon.days, _first_day(scenario, month + length))


def _first_day(scenario: Scenario, month: int) -> int:
    """First day of a month counted from that of D-day. [days from D-day]"""
    first = scenario.horizon.start_date
    count = first.year * 12 + first.month - 1 + month
    return scenario.horizon.day_of(first.replace(year=count // 12, month=count % 12 + 1, day=1))


def span_words(scenario: Scenario, span: Span) -> str:
    """Return a part of time in words: Jan 2027 to Dec 2031."""
    ends = [scenario.horizon.date_of(day) for day in (span[0], span[1] - 1)]
    first, last = (f"{MONTHS[when.month - 1]} {when.year}" for when in ends)
    return first if first == last else f"{first} to {last}"


def timeline_of(scenario: Scenario, span: Span) -> Timeline:
    """Return the scale of every strip of the calendar."""
    return Timeline(scenario.horizon, width=STRIP_WIDTH, from_day=span[0], until_day=span[1])


def tours_of(plan: Plan) -> tuple[Tour, ...]:
    """Return the plan's tours in time, each with its way there and home, and with the unit's tours before and after it."""
    ways: dict[tuple[str, str, int], list[int]] = {}
    known = plan.movements.filter(pl.col("leaves_day").is_not_null() & pl.col("arrives_day").is_not_null())
    for name, direction, leaves, arrives in known.select("movement", "direction", "leaves_day", "arrives_day").iter_rows():
        unit, _, rest = name.rpartition("@")
        day = rest.split(" ")[0]
        if unit and day.isdecimal():
            both = ways.setdefault((unit, direction, int(day)), [leaves, arrives])
            both[0], both[1] = min(both[0], leaves), max(both[1], arrives)
    by_unit: dict[str, list[Row]] = defaultdict(list)
    for row in plan.tours.sort("from_day", "unit").iter_rows(named=True):
        by_unit[row["unit"]].append(row)
    found = []
    for unit, rows in by_unit.items():
        for at, row in enumerate(rows):
            out, home = (ways.get((unit, direction, row["from_day"])) for direction in ("out", "home"))
            found.append(
                Tour(
                    row,
                    way_out=(out[0], out[1]) if out else None,
                    way_home=(home[0], home[1]) if home else None,
                    before=rows[at - 1]["rested_day"] if at else None,
                    after=rows[at + 1]["from_day"] if at + 1 < len(rows) else None,
                )
            )
    return tuple(sorted(found, key=lambda tour: (tour.row["from_day"], natural_order(tour.row["unit"]))))


def rows_by(plan: Plan | None, column: str) -> dict[str, list[Row]]:
    """Return the tours of a plan that this one is held against, by unit or line; none where there is no such plan."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in plan.tours.sort("from_day", "unit").iter_rows(named=True) if plan is not None else ():
        found[row[column]].append(row)
    return found


def new_pins(scenario: Scenario, plan: Plan) -> dict[str, list[Row]]:
    """Return the tours fixed that the plan does not have, by offer: they were fixed since it was made."""
    held: dict[tuple[str, str, int], int] = defaultdict(int)
    pinned = plan.tours.filter(pl.col("pinned"))
    for key in pinned.select("offer", "line", "from_day").iter_rows():
        held[key] += 1
    found: dict[str, list[Row]] = defaultdict(list)
    for pin in scenario.pins:
        offer, units = scenario.offer_by_name.get(pin.offer), pin.quantity - held[pin.offer, pin.line, pin.from_day]
        if offer is not None and units > 0:
            until = pin.from_day + readiness(scenario, offer).tour_days
            found[pin.offer].append(
                {"offer": pin.offer, "line": pin.line, "from_day": pin.from_day, "until_day": until, "quantity": units}
            )
    return found


def months_within(scenario: Scenario, span: Span) -> list[Month]:
    """Return the months of a part of time, cut to it."""
    return [
        Month(max(month.from_day, span[0]), min(month.until_day, span[1]), month.label)
        for month in months_of(scenario.horizon)
        if month.from_day < span[1] and month.until_day > span[0]
    ]


def people_by_month(scenario: Scenario, plan: Plan, months: Sequence[Month], nation: str | None) -> list[float]:
    """Return people in theatre in each month, on average, of a nation or of all. [people]"""
    by_day = people_by_day(plan, days=scenario.horizon.days, nation=nation)
    return [float(by_day[month.from_day : month.until_day].mean()) for month in months]


def lets_through(tour: Tour, looked: LookedAt) -> bool:
    """Return whether the filters let a tour through."""
    row = tour.row
    if looked.nation and row["nation"] != looked.nation:
        return False
    told = f"{row['unit']} {row['line']} {row['nation']} {plain(row['unit_type'])} {row['location']}".casefold()
    return all(word in told for word in looked.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Drawn:
    """What every row of the calendar is drawn with."""

    scenario: Scenario
    plan: Plan
    timeline: Timeline
    today: int | None
    against: Plan | None

    @property
    def span(self) -> Span:
        """Days that are shown. [days from D-day]"""
        return self.timeline.from_day, self.timeline.last_day


def nation_rows(drawn: Drawn, tours: Sequence[Tour], pins: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Return the rows by nation: each nation with its people by month, then a row an offer, the nation that gives most first."""
    facts = {row["nation"]: row for row in drawn.plan.nations.iter_rows(named=True)}
    by_offer: dict[str, dict[str, list[Tour]]] = defaultdict(lambda: defaultdict(list))
    for tour in tours:
        by_offer[tour.row["nation"]][tour.row["offer"]].append(tour)
    owner = {offer.offer: offer.nation for offer in drawn.scenario.offers}
    for offer in pins:
        by_offer[owner[offer]].setdefault(offer, [])
    before = rows_by(drawn.against, "unit")
    order = sorted(by_offer, key=lambda nation: (-facts.get(nation, {}).get("person_days", 0), nation))
    return [
        {
            "kind": "nation",
            "nation": nation,
            "name": facts.get(nation, {}).get("name", nation),
            "offers": sorted(by_offer[nation].items(), key=lambda pair: natural_order(pair[0])),
            "make": lambda pair: _offer_row(drawn, *pair, before=before, pins=pins),
        }
        for nation in order
    ]


def people_of_nation(drawn: Drawn, nation: str) -> Any:
    """Return a nation's people by month as a strip, with its ceiling where the viewer may see it."""
    months = months_within(drawn.scenario, drawn.span)
    people = people_by_month(drawn.scenario, drawn.plan, months, nation)
    row = drawn.scenario.nation_by_name.get(nation)
    ceiling = row.personnel_ceiling if row is not None else None
    label = f"People of {nation} in theatre by month, at most {grouped(max(people, default=0))}" + (
        f", ceiling {grouped(ceiling)}" if ceiling is not None else ""
    )
    by_month = [(month.from_day, month.until_day, month.label, count) for month, count in zip(months, people, strict=True)]
    return people_strip(drawn.timeline, by_month, ceiling=ceiling, label=label, today=drawn.today)


def _offer_row(
    drawn: Drawn, offer: str, tours: Sequence[Tour], *, before: Mapping[str, Sequence[Row]], pins: Mapping[str, Sequence[Row]]
) -> Row:
    units = sorted({tour.row["unit"] for tour in tours}, key=natural_order)
    lanes = [[tour for tour in tours if tour.row["unit"] == unit] for unit in units]
    kind = tours[0].row["unit_type"] if tours else drawn.scenario.offer_by_name[offer].unit_type
    row = drawn.scenario.unit_type_by_name.get(kind)
    name = row.name if row is not None else plain(kind)
    broken = sum(tour.is_broken for tour in tours)
    label = f"{offer}: {counted(len(tours), 'tour')} of {counted(len(units), 'unit')}" + (
        f", rest broken {counted(broken, 'time')}" if broken else ""
    )
    strip = strip_of(
        drawn.timeline,
        lanes,
        label=label,
        today=drawn.today,
        baseline=[before.get(unit, ()) for unit in units],
        planned_pins=[[pin] for pin in pins.get(offer, ())],
    )
    return {
        "key": offer,
        "title": name,
        "symbol": of_unit_type(drawn.scenario, kind),
        "about": ", ".join(sorted({tour.row["line"] for tour in tours}, key=natural_order)),
        "tours": len(tours),
        "broken": broken,
        "strip": strip,
    }


def line_rows(drawn: Drawn, tours: Sequence[Tour]) -> list[Row]:
    """Return the rows by line, under their priorities."""
    by_line: dict[str, list[Tour]] = defaultdict(list)
    for tour in tours:
        by_line[tour.row["line"]].append(tour)
    gaps: dict[str, list[Row]] = defaultdict(list)
    for row in drawn.plan.gaps.sort("from_day").iter_rows(named=True):
        gaps[row["line"]].append(row)
    before = rows_by(drawn.against, "line")
    lines = drawn.scenario.requirement_by_line

    def priority(line: str) -> int:
        return lines[line].priority if line in lines else 99

    order = sorted(by_line, key=lambda line: (priority(line), natural_order(line)))
    return [
        {
            "kind": "priority",
            "priority": each,
            "offers": [(line, by_line[line]) for line in order if priority(line) == each],
            "make": lambda pair: _line_row(drawn, *pair, before=before, gaps=gaps),
        }
        for each in sorted({priority(line) for line in order})
    ]


def _line_row(
    drawn: Drawn, line: str, tours: Sequence[Tour], *, before: Mapping[str, Sequence[Row]], gaps: Mapping[str, Sequence[Row]]
) -> Row:
    by_key = {tour.key: tour for tour in tours}
    lanes = [[by_key[f"{row['unit']}@{row['from_day']}"] for row in lane] for lane in lanes_of([tour.row for tour in tours])]
    # What was before stands below the lane in which the same unit serves now, so that a move is seen.
    earlier = [[row for row in before.get(line, ()) if row["unit"] in {tour.row["unit"] for tour in lane}] for lane in lanes]
    known = drawn.scenario.requirement_by_line.get(line)
    nations = sorted({tour.row["nation"] for tour in tours})
    label = f"{line}: {counted(len(tours), 'tour')} of {', '.join(nations)}"
    strip = strip_of(
        drawn.timeline, lanes, label=label, today=drawn.today, baseline=earlier, gaps=gaps.get(line, ()), by_line=True
    )
    return {
        "key": line,
        "title": short_title(known) if known is not None else "",
        "symbol": of_capability(drawn.scenario, known.capability) if known is not None else "",
        "about": place_name(drawn.scenario, tours[0].row["location"]),
        "tours": len(tours),
        "broken": sum(tour.is_broken for tour in tours),
        "strip": strip,
    }


def piece_of(groups: Sequence[Row], after: int) -> tuple[list[Row], int]:
    """Return the groups with the rows of one page made, and how many rows there are in all."""
    found, at = [], 0
    for group in groups:
        rows = []
        for pair in group["offers"]:
            if after <= at < after + MOST_ROWS:
                rows.append(group["make"](pair))
            at += 1
        if rows:
            found.append({name: value for name, value in group.items() if name not in ("offers", "make")} | {"rows": rows})
    return found, at


def foot_of(drawn: Drawn, nation: str) -> Row:
    """Return people in theatre by month, all nations together or one, as a strip and as a table."""
    scenario, plan = drawn.scenario, drawn.plan
    months = months_within(scenario, drawn.span)
    people = people_by_month(scenario, plan, months, nation or None)
    asked = [] if nation else people_asked_by_month(scenario, plan, months)
    row = scenario.nation_by_name.get(nation) if nation else None
    ceiling = row.personnel_ceiling if row is not None else None
    by_day = people_by_day(plan, days=scenario.horizon.days, nation=nation or None)
    by_month = [(month.from_day, month.until_day, month.label, count) for month, count in zip(months, people, strict=True)]
    label = f"People in theatre by month, at most {grouped(max(people, default=0))} on average of a month"
    return {
        "strip": people_strip(
            drawn.timeline, by_month, ceiling=ceiling, asked=asked, label=label, today=drawn.today, height=FOOT_HEIGHT
        ),
        "ceiling": ceiling,
        "rows": [
            {
                "month": month.label,
                "people": grouped(count),
                "most": grouped(float(by_day[month.from_day : month.until_day].max())),
                "asked": grouped(asked[at]) if asked else "",
                "over": ceiling is not None and float(by_day[month.from_day : month.until_day].max()) > ceiling,
            }
            for at, (month, count) in enumerate(zip(months, people, strict=True))
        ],
    }


def people_asked_by_month(scenario: Scenario, plan: Plan, months: Sequence[Month]) -> list[float]:
    """Return people asked for in each month, each post in the leanest unit that fits. [people]"""
    by_day = people_asked_by_day(scenario, plan.option)
    return [float(by_day[month.from_day : month.until_day].mean()) for month in months]
