"""A plan as a scenario of ORBAT Mapper: the force, who comes and goes, what is empty, on its map and along its line of time.

    side      the force                        group     a component
    unit      a formation, a unit, or a post that is empty for some time (status planned: dashed, status "Gap")
    state     arrival, handover, relief or departure (off the map), each with its title; a move under another formation
              (hierarchy), with the relation by which it stands there as the title
    event     D-day, and the days on which lines of the requirement begin or end
    layer     sectors and lines on the ground

The form has no published definition; what it must hold was found out by reading files that the program writes and by feeding
it others. Written as version 3.3.0, for nothing here needs a later one. Every unit has an identifier: the program loses those
without. The nation stands in field H, for the field of countries is drawn by no symbol.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from contingent.findings import Finding
from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.orbat.attachments import adcon_left_out
from contingent.report.orbat.history import EmptyPost, Lack, Tour, identifier, over_time, position, reliefs, unit_name
from contingent.report.orbat.node import fill_of_amounts
from contingent.report.symbols import FILL_COLOURS, is_code, planned, with_digits
from contingent.report.symbols.codes import IDENTITY
from contingent.report.words import amount

if TYPE_CHECKING:
    from contingent.model.structure import Attachment
    from contingent.structure.attached import Laid
    from contingent.structure.orbat import Orbat

TABLE = "ORBAT Mapper"
"""Where findings say that they are."""

VERSION = "3.3.0"
FRIEND = "3"
GENERIC = "10031000000000000000"
"""A unit without a symbol code: a land unit without an icon."""

STATUS_OF_FILL = {"filled": "Filled", "partial": "Partial", "gap": "Gap"}
AT_HOME, HANDING_OVER = "Not in theatre", "Handing over"
STATUSES = (
    ("Filled", FILL_COLOURS["filled"]),
    ("Partial", FILL_COLOURS["partial"]),
    ("Gap", FILL_COLOURS["gap"]),
    (HANDING_OVER, "#0072b2"),
    (AT_HOME, "#6b7280"),
)
COMPONENTS = {
    "force": "Force", "land": "Land component", "air": "Air component", "maritime": "Maritime component", "support": "Support",
}  # fmt: skip
SECTOR_COLOUR, LINE_COLOUR = "#005b8f", "#b91c1c"
PLACES = 5
"""Decimals of a degree: about a metre."""

Json = dict[str, Any]


def orbat_mapper_json(scenario: Scenario, plan: Plan, orbat: "Orbat") -> str:
    """Return the plan's ORBAT over the whole horizon as a scenario that ORBAT Mapper opens.

    Parameters
    ----------
    scenario : Scenario
        What was planned, derived.
    plan : Plan
        What was decided.
    orbat : Orbat
        Its order of battle, from `contingent.structure.build_orbat` or `read_orbat`.

    Notes
    -----
    The same plan gives the same bytes.
    """
    return json.dumps(_Export(scenario, plan, orbat).whole(), ensure_ascii=False, indent=1) + "\n"


def left_out(scenario: Scenario, orbat: "Orbat") -> tuple[Finding, ...]:
    """Return what ORBAT Mapper is not told: a unit stands in one place of its tree, and ADCON moves nobody."""
    days = scenario.settings.horizon_days
    administered = sum(row.relation == "ADCON" and row.from_day < days for row in orbat.attachments)
    return adcon_left_out(TABLE, administered, counts="attachment")


@dataclass(frozen=True)
class _Export:
    scenario: Scenario
    plan: Plan
    orbat: "Orbat"

    def whole(self) -> Json:
        """The scenario."""
        option = f", option {self.plan.option}" if self.plan.option else ""
        return {
            "type": "ORBAT-mapper",
            "id": self._id("scenario"),
            "version": VERSION,
            "name": f"{self.plan.title}{option}",
            "description": f"**{self.plan.marking}**\n\n{self.scenario.settings.description or ''}".strip(),
            "startTime": self._time(0),
            "timeZone": "UTC",
            "symbologyStandard": "app6d",
            "sides": [
                {
                    "id": self._id("side"),
                    "name": self.plan.title,
                    "standardIdentity": FRIEND,
                    "groups": list(self._groups()),
                    "subUnits": [],
                }
            ],
            "events": list(self._events()),
            "layerStack": list(self._layers()),
            "equipment": [],
            "personnel": [{"name": "Personnel", "description": "People of a unit at full strength"}],
            "supplyCategories": [],
            "settings": {
                "rangeRingGroups": [],
                "statuses": [{"name": name, "color": colour} for name, colour in STATUSES],
                "supplyClasses": [],
                "supplyUoMs": [],
            },
        }

    # --------------------------------------------------------------------------------------------------------------- tree

    @cached_property
    def _formations(self) -> dict[str, Json]:
        return {row["formation"]: row for row in self.orbat.formations.iter_rows(named=True)}

    @cached_property
    def _over_time(self) -> tuple[tuple[EmptyPost, ...], dict[str, tuple[Lack, ...]]]:
        return over_time(self.orbat, self.scenario.settings.horizon_days)

    @cached_property
    def _tours(self) -> dict[str, list[Tour]]:
        """Tours of each unit in order of time, within the horizon."""
        found: dict[str, list[Tour]] = {}
        for row in self.orbat.units.sort("from_day", maintain_order=True).iter_rows(named=True):
            if row["from_day"] < self.scenario.settings.horizon_days:
                found.setdefault(row["unit"], []).append(row)
        return found

    @cached_property
    def _reliefs(self) -> dict[tuple[str, int], Tour]:
        return reliefs(self.orbat)

    @cached_property
    def _line_titles(self) -> dict[str, str]:
        return dict(self.orbat.posts.select("line", "title").iter_rows())

    def _groups(self) -> Iterator[Json]:
        """A group a component: its formations that stand under another component, or under nobody."""
        for component, name in COMPONENTS.items():
            tops = [row for row in self._formations.values() if row["component"] == component and not self._above(row)]
            if tops:
                yield {"id": self._id("group", component), "name": name, "subUnits": [self._formation(row) for row in tops]}

    def _above(self, row: Json) -> Json | None:
        """The formation above, if it is of the same component."""
        above = self._formations.get(row["parent"]) if row["parent"] is not None else None
        return above if above is not None and above["component"] == row["component"] else None

    def _formation(self, row: Json) -> Json:
        name = row["formation"]
        posts, fill = self._over_time
        units = [tours[0] for tours in self._tours.values() if tours[0]["formation"] == name]
        below = [other for other in self._formations.values() if self._above(other) is row]
        series = fill.get(name, ())
        return {
            "id": self._id("formation", name),
            "name": row["name"],
            "sidc": _code(row["symbol"]),
            "textAmplifiers": _nation(row["framework_nation"]),
            **self._place(row["location"]),
            **({"status": _status(series[0])} if series else {}),
            "state": in_time(
                *(
                    {"id": self._id("fill", name, str(lack.day)), "t": self._time(lack.day), "status": _status(lack)}
                    for before, lack in pairwise(series)
                    if _status(before) != _status(lack)
                ),
                *self._moves_of_formation(row),
            ),
            "subUnits": [
                *(self._unit(tour["unit"]) for tour in units),
                *(self._gap(post) for post in posts if post.formation == name),
                *(self._formation(other) for other in below),
            ],
        }

    def _unit(self, unit: str) -> Json:
        tours = self._tours[unit]
        first = tours[0]
        people = max(tour["people"] for tour in tours)
        return {
            "id": self._id("unit", unit),
            "name": unit_name(first),
            "shortName": unit,
            "sidc": _code(first["symbol"]),
            "textAmplifiers": _nation(first["nation"]),
            "status": AT_HOME,
            "personnel": [{"name": "Personnel", "count": people, "onHand": people}],
            "state": in_time(*self._states(tours)),
            "subUnits": [],
        }

    def _states(self, tours: list[Tour]) -> Iterator[Json]:
        """Arrivals, moves under other formations, handovers and departures of a unit."""
        under = tours[0]["formation"]
        for tour in tours:
            (_, formation, by), *later = self._standings(tour)
            yield self._arrival(tour, by) | (self._hierarchy("formation", formation) if formation != under else {})
            under = formation
            for day, formation, by in later:
                title = f"{by.relation} to {self._formations[formation]['name']}" if by is not None else self._back(formation)
                at = {"id": self._id("attached", tour["unit"], str(day)), "t": self._time(day), "title": title}
                yield at | self._hierarchy("formation", formation)
                under = formation
            yield from self._end(tour)

    def _arrival(self, tour: Tour, by: "Attachment | None") -> Json:
        title = self._line_titles.get(tour["line"], tour["line"])
        attached = f", {by.relation} to {self._formations[by.under]['name']}" if by is not None else ""
        return {
            "id": self._id("arrival", tour["unit"], str(tour["from_day"])),
            "t": self._time(tour["from_day"]),
            "title": f"Arrives: {title}{attached}",
            "status": "Filled",
            **self._place(self._location_of(tour["line"])),
        }

    def _standings(self, tour: Tour) -> list[tuple[int, str, "Attachment | None"]]:
        """From which day of a tour it stands under which formation, and by which attachment; the first from its first day."""
        from contingent.structure.attached import days_of_attachments, standing

        until = min(tour["until_day"], self.scenario.settings.horizon_days)
        days = {day for day in days_of_attachments(self.orbat.attachments) if tour["from_day"] < day < until}
        found: list[tuple[int, str, Attachment | None]] = []
        for day in (tour["from_day"], *sorted(days)):
            formation, by = standing(self._laid_on(day), tour, self.orbat.staffs)
            if not found or found[-1][1:] != (formation, by):
                found.append((day, formation, by))
        return found

    def _moves_of_formation(self, row: Json) -> Iterator[Json]:
        """When a formation comes under another, and when it comes back."""
        from contingent.structure.attached import days_of_attachments

        name, last = row["formation"], None
        for day in sorted(days_of_attachments(self.orbat.attachments)):
            by = self._laid_on(day).formations.get(name)
            if by is last or day >= self.scenario.settings.horizon_days:
                continue
            last = by
            at = {"id": self._id("attached", name, str(day)), "t": self._time(day)}
            if by is not None:
                title = f"{by.relation} to {self._formations[by.under]['name']}"
                yield at | {"title": title} | self._hierarchy("formation", by.under)
            else:
                above = self._above(row)
                home = ("formation", above["formation"]) if above is not None else ("group", row["component"])
                yield at | {"title": self._back(row["parent"])} | self._hierarchy(*home)

    def _laid_on(self, day: int) -> "Laid":
        if day not in self._laid:
            self._laid[day] = self.orbat.laid_on(day)
        return self._laid[day]

    @cached_property
    def _laid(self) -> dict[int, "Laid"]:
        return {}

    def _back(self, formation: str) -> str:
        return f"Back under {self._formations[formation]['name']}"

    def _hierarchy(self, *names: str) -> Json:
        return {"hierarchy": {"targetId": self._id(*names), "placement": "on"}}

    def _end(self, tour: Tour) -> Iterator[Json]:
        """Handover and departure of one tour."""
        key = (tour["unit"], str(tour["from_day"]))
        horizon = self.scenario.settings.horizon_days
        if tour["serves_until_day"] < min(tour["until_day"], horizon):
            yield {
                "id": self._id("handover", *key), "t": self._time(tour["serves_until_day"]), "title": "Begins to hand over",
                "status": HANDING_OVER,
            }  # fmt: skip
        if tour["until_day"] < horizon:
            yield {
                "id": self._id("departure", *key), "t": self._time(tour["until_day"]), "title": self._departure(tour),
                "status": AT_HOME, "location": None,
            }  # fmt: skip

    def _departure(self, tour: Tour) -> str:
        relief = self._reliefs.get((tour["unit"], tour["from_day"]))
        if relief is not None:
            return f"Relieved by {unit_name(relief)}"
        line = self.scenario.requirement_by_line.get(tour["line"])
        ends = line is not None and line_until(self.scenario, line) <= tour["until_day"]
        return "Leaves: its line ends" if ends else "Leaves, relieved by nobody"

    def _gap(self, post: EmptyPost) -> Json:
        key = (post.formation, post.key)
        horizon = self.scenario.settings.horizon_days
        states: list[Json] = []
        for span in post.spans:
            what = "Nobody holds it" if span.missing >= 1 else f"{amount(span.missing)} of a unit missing"
            opens = {"id": self._id("gap opens", *key, str(span.from_day)), "t": self._time(span.from_day), "title": what}
            states.append({**opens, "status": "Gap", **self._place(post.location)})
            followed = any(other.from_day == span.until_day for other in post.spans)
            if span.until_day < horizon and not followed:
                closes = {"id": self._id("gap closes", *key, str(span.until_day)), "t": self._time(span.until_day)}
                states.append({**closes, "title": "Held again", "status": AT_HOME, "location": None})
        return {
            "id": self._id("gap", *key),
            "name": f"{post.name} (gap)",
            "shortName": post.key,
            "sidc": planned(_code(post.symbol)),
            "status": "Gap" if post.spans[0].from_day == 0 else AT_HOME,
            "state": states,
            "subUnits": [],
        }

    # ----------------------------------------------------------------------------------------------------- events and map

    def _events(self) -> Iterator[Json]:
        yield {"id": self._id("event", "D-day"), "title": "D-day", "startTime": self._time(0)}
        horizon = self.scenario.settings.horizon_days
        begin: dict[int, list[str]] = {}
        end: dict[int, list[str]] = {}
        for line in lines_of_option(self.scenario, self.plan.option):
            title = line.title or line.line
            begin.setdefault(line.from_day, []).append(title)
            if line.until_day is not None:
                end.setdefault(line.until_day, []).append(title)
        for day in sorted({*begin, *end}):
            if 0 < day < horizon:
                said = _counted("begin", begin.get(day, [])) + _counted("end", end.get(day, []))
                yield {
                    "id": self._id("event", str(day)), "title": f"D+{day}: {'; '.join(words for words, _ in said)}",
                    "description": "\n\n".join(names for _, names in said), "startTime": self._time(day),
                }  # fmt: skip

    def _layers(self) -> Iterator[Json]:
        items = [
            *(
                self._item("sector", row.name or row.sector, row.geometry, _area_style())
                for row in self.scenario.sectors
                if row.geometry is not None
            ),
            *(self._item("line", row.name or row.trace, row.geometry, _line_style()) for row in self.scenario.traces),
        ]
        if items:
            yield {"id": self._id("layer"), "kind": "overlay", "name": "Sectors and lines", "items": items}

    def _item(self, kind: str, name: str, shape: str, style: Json) -> Json:
        from shapely import from_wkt
        from shapely.geometry import mapping

        geometry = mapping(from_wkt(shape))
        return {
            "id": self._id(kind, name),
            "kind": "geometry",
            "name": name,
            "geometry": {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])},
            "geometryMeta": {"geometryKind": geometry["type"]},
            "style": style,
        }

    # ------------------------------------------------------------------------------------------------------------ details

    def _id(self, *names: str) -> str:
        return identifier(self.plan.title, self.plan.option or "", *names)

    def _time(self, day: int) -> str:
        from contingent.horizon import Horizon

        settings = self.scenario.settings
        return f"{Horizon(settings.start_date, settings.horizon_days, settings.period_days).date_of(day).isoformat()}T00:00:00Z"

    @cached_property
    def _locations_of_lines(self) -> dict[str, str | None]:
        return dict(self.orbat.coverage.select("line", "location").iter_rows())

    def _location_of(self, line: str) -> str | None:
        return self._locations_of_lines.get(line)

    def _place(self, location: str | None) -> Json:
        at = position(self.scenario, location)
        return {} if at is None else {"location": [round(at[0], PLACES), round(at[1], PLACES)]}


def in_time(*states: Json) -> list[Json]:
    """Return states in the order of their times, those of one time as they are given."""
    return sorted(states, key=lambda state: str(state["t"]))


def _code(symbol: str | None) -> str:
    """A code of a friend, as the side is one."""
    return with_digits(symbol if symbol is not None and is_code(symbol) else GENERIC, IDENTITY, FRIEND)


def _nation(nation: str | None) -> Json:
    return {"additionalInformation": nation} if nation else {}


def _status(lack: Lack) -> str:
    return STATUS_OF_FILL[fill_of_amounts(lack.filled, lack.gap)]


def _counted(verb: str, titles: list[str]) -> list[tuple[str, str]]:
    if not titles:
        return []
    one = len(titles) == 1
    return [(f"{titles[0]} {verb}s" if one else f"{len(titles)} lines {verb}", f"{verb.capitalize()}: {'; '.join(titles)}")]


def _area_style() -> Json:
    return {"stroke": SECTOR_COLOUR, "stroke-width": 2, "fill": SECTOR_COLOUR, "fill-opacity": 0.08, "showLabel": True}


def _line_style() -> Json:
    return {"stroke": LINE_COLOUR, "stroke-width": 3, "stroke-style": "dashed"}


def _rounded(coordinates: Iterable[Any]) -> list[Any]:
    return [round(part, PLACES) if isinstance(part, (int, float)) else _rounded(part) for part in coordinates]
