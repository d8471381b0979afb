"""Rotations as iCalendar: for each tour the day on which the unit deploys, the days of handover, the day on which it goes home.

Every calendar program reads it. Events are of whole days, name nation, unit, place and line, and carry the plan's marking. An
event keeps its identifier (UID) as long as it is the same tour of the same unit under the same title and option, so that a
calendar that reads a new plan moves its events and does not double them. The same plan gives the same bytes: the stamp is
D-day's.

References
----------
.. [1] RFC 5545, Internet Calendaring and Scheduling Core Object Specification.
.. [2] RFC 7986, New Properties for iCalendar.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.io.atomic import write_file, write_folder
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.orbat.history import identifier, position, reliefs, unit_name
from contingent.report.words import d_day, grouped, place_name

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//Contingent//Rotations//EN"
SUFFIX = ".ics"
DEPLOYS, HANDS_OVER, REDEPLOYS, SERVES = "Deployment", "Handover (RIP)", "Redeployment", "Tour"
PLACES = 5
"""Decimals of a degree."""

Tour = Mapping[str, Any]


def calendar_of(scenario: Scenario, plan: Plan, *, nations: Collection[str] = (), whole_tours: bool = False) -> bytes:
    """Return the rotations of a plan as an iCalendar file.

    Parameters
    ----------
    scenario : Scenario
        What was planned.
    plan : Plan
        What was decided.
    nations : collection of str
        Only the tours of these; none = of all.
    whole_tours : bool
        One event for the whole of each tour, instead of one for each of its moves.

    Raises
    ------
    UnknownName
        If a nation has no tour in the plan.
    """
    return bytes(_Rotations.of(scenario, plan).calendar(nations, whole_tours=whole_tours).to_ical())


def write_calendar(
    scenario: Scenario, plan: Plan, path: str | Path, *, nations: Collection[str] = (), whole_tours: bool = False,
    overwrite: bool = True,
) -> tuple[Path, ...]:  # fmt: skip
    """Write the rotations of a plan: one file where the name ends in ``.ics``, else a folder with a file for each nation.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with the offers of its pool derived.
    plan : Plan
        Its plan.
    path : str or Path
        File to write, or folder.
    nations : collection of str
        Whose tours; none named = all.
    whole_tours : bool
        Whether a tour is one event, instead of one for each of its moves.
    overwrite : bool
        Whether files that are there are replaced.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    UnknownName
        If a nation has no tour in the plan.
    CannotWrite
        If the place is taken or cannot be written.
    """
    target = Path(path).expanduser()
    rotations = _Rotations.of(scenario, plan)
    if target.suffix.lower() == SUFFIX:
        content = bytes(rotations.calendar(nations, whole_tours=whole_tours).to_ical())
        write_file(target, lambda file: _write(file, content), overwrite=overwrite)
        return (target,)
    files = {
        f"{_file_name(nation)}{SUFFIX}": bytes(rotations.calendar([nation], whole_tours=whole_tours).to_ical())
        for nation in sorted(nations or rotations.nations)
    }

    def write(folder: Path) -> None:
        for name, content in files.items():
            _write(folder / name, content)

    write_folder(target, write, overwrite=overwrite)
    return tuple(target / name for name in files)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _file_name(nation: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in nation)


@dataclass(frozen=True)
class _Rotations:
    """The tours of a plan, and who relieves whom."""

    scenario: Scenario
    plan: Plan
    tours: tuple[Tour, ...]
    relief: Mapping[tuple[str, int], Tour]

    @classmethod
    def of(cls, scenario: Scenario, plan: Plan) -> "_Rotations":
        """The tours that begin within the horizon, in order of time; units named as in the order of battle."""
        from contingent.structure.orbat import read_orbat

        orbat = read_orbat(scenario, plan.orbat, plan.tours, plan.coverage, plan.option)
        rows = orbat.units.sort("from_day", "unit", maintain_order=True).iter_rows(named=True)
        within = tuple(row for row in rows if row["from_day"] < scenario.settings.horizon_days)
        return cls(scenario, plan, within, reliefs(orbat))

    @property
    def nations(self) -> frozenset[str]:
        """Nations with a tour."""
        return frozenset(str(tour["nation"]) for tour in self.tours)

    def calendar(self, nations: Collection[str], *, whole_tours: bool) -> "Calendar":
        """The calendar of some nations, or of all."""
        from icalendar import Calendar

        for nation in nations:
            if nation not in self.nations:
                nearest = nearest_name(nation, self.nations)
                hint = f" Nearest: '{nearest}'." if nearest else ""
                raise UnknownName(f"'{nation}' has no tour in this plan.{hint} Nations: {', '.join(sorted(self.nations))}.")
        plan = self.plan
        title = f"{plan.title}{f', option {plan.option}' if plan.option else ''}"
        named = f"{title} ({', '.join(sorted(nations))})" if nations else title
        calendar = Calendar()
        head = {"prodid": PRODUCT, "version": "2.0", "calscale": "GREGORIAN", "method": "PUBLISH", "name": named,
                "x-wr-calname": named, "description": plan.marking, "x-wr-caldesc": plan.marking}  # fmt: skip
        for name, value in head.items():
            calendar.add(name, value)
        numbers: dict[str, int] = {}
        for tour in self.tours:
            numbers[tour["unit"]] = numbers.get(tour["unit"], 0) + 1
            if not nations or tour["nation"] in nations:
                for event in self._events(tour, numbers[tour["unit"]], whole=whole_tours):
                    calendar.add_component(event)
        return calendar

    def _events(self, tour: Tour, number: int, *, whole: bool) -> Iterator["Event"]:
        horizon, name = self.scenario.settings.horizon_days, unit_name(tour)
        begins, hands_over, ends = tour["from_day"], tour["serves_until_day"], tour["until_day"]
        line = self._line(tour)
        if whole:
            yield self._event(SERVES, tour, number, f"{name}: {line}", (begins, min(ends, horizon)))
            return
        yield self._event(DEPLOYS, tour, number, f"{name} deploys: {line}", (begins, begins + 1))
        follows = self.relief.get((tour["unit"], tour["from_day"]))
        if hands_over < min(ends, horizon):
            relieved = f" to {unit_name(follows)}" if follows is not None else ""
            said = f"{name} hands over{relieved} (RIP): {line}"
            yield self._event(HANDS_OVER, tour, number, said, (hands_over, min(ends, horizon)))
        if ends <= horizon:
            relieved = f", relieved by {unit_name(follows)}" if follows is not None else ""
            yield self._event(REDEPLOYS, tour, number, f"{name} redeploys{relieved}: {line}", (ends, ends + 1))

    def _event(self, kind: str, tour: Tour, number: int, summary: str, days: tuple[int, int]) -> "Event":
        from icalendar import Event

        event = Event()
        made_of = (self.plan.title, self.plan.option or "", "calendar", kind, tour["unit"], str(number))
        event.add("uid", f"{identifier(*made_of)}@contingent")
        event.add("dtstamp", datetime.combine(self.scenario.settings.start_date, datetime.min.time(), tzinfo=UTC))
        event.add("dtstart", self._date(days[0]))
        event.add("dtend", self._date(days[1]))
        event.add("summary", summary)
        event.add("description", self._description(tour))
        event.add("categories", [kind, tour["nation"]])
        event.add("transp", "TRANSPARENT")
        location = self._location(tour)
        if location is not None:
            event.add("location", place_name(self.scenario, location))
            if (at := position(self.scenario, location)) is not None:
                event.add("geo", (round(at[1], PLACES), round(at[0], PLACES)))
        return event

    def _date(self, day: int) -> date:
        return self.scenario.settings.start_date + timedelta(days=day)

    def _line(self, tour: Tour) -> str:
        row = self.scenario.requirement_by_line.get(tour["line"])
        return row.title if row is not None and row.title else str(tour["line"])

    def _location(self, tour: Tour) -> str | None:
        row = self.scenario.requirement_by_line.get(tour["line"])
        return None if row is None else row.location

    def _description(self, tour: Tour) -> str:
        begins, ends = tour["from_day"], tour["until_day"]
        return "\n".join((
            self.plan.marking,
            f"{unit_name(tour)}, {grouped(tour['people'])} people, unit {tour['unit']}",
            f"Line {tour['line']}: {self._line(tour)}",
            f"{d_day(begins)} ({self._date(begins).isoformat()}) to {d_day(ends)} ({self._date(ends).isoformat()})",
            "An estimate of a plan, not a pledge by any nation.",
        ))  # fmt: skip
