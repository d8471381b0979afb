"""One option of the mandate, sized: its tasks in the order of the methods, because later ones serve what earlier ones ask for.

Lines that are typed in are served like those that are sized: their battalions have their brigades, their people their beds, and
what they use up is brought to them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from contingent.findings import Finding, nearest_name
from contingent.model.mandate import Method, Task
from contingent.model.rows import Requirement
from contingent.model.rules import COMPONENTS, component_of, lines_of_option, reference_type
from contingent.model.scenario import Scenario
from contingent.sizing import air_sea_methods, land_methods, support_methods
from contingent.sizing.case import Asked, Case, Factors, Sized, sector_of, whole
from contingent.sizing.command import SUPPORT, Command, command_control
from contingent.sizing.reserve import mobile_reserve, reached

METHODS: dict[str, Callable[[Case], list[Asked]]] = {
    "stated": land_methods.stated,
    "line_monitoring": land_methods.line_monitoring,
    "sector_security": land_methods.sector_security,
    "population_security": land_methods.population_security,
    "site_protection": land_methods.site_protection,
    "mobile_reserve": mobile_reserve,
    "air_policing": air_sea_methods.air_policing,
    "air_defence": air_sea_methods.air_defence,
    "maritime_patrol": air_sea_methods.maritime_patrol,
    "mine_countermeasures": air_sea_methods.mine_countermeasures,
    "training": land_methods.training,
    "isr": air_sea_methods.isr,
    "supporting_units": land_methods.supporting_units,
    "engineering": land_methods.engineering,
    "ordnance_disposal": land_methods.ordnance_disposal,
    "medical": support_methods.medical,
    "logistics": support_methods.logistics,
}
"""Every method that asks for lines alone; command_control makes formations too."""

ORDER: tuple[str, ...] = get_args(Method)
"""Methods in the order in which they are worked out."""


@dataclass
class SizedOption:
    """What an option's mandate asks for.

    Parameters
    ----------
    option : str or None
        The option; None where the scenario has none.
    lines : list of Sized
        In the order of tasks.csv, then of the method's answers.
    typed : list of Sized
        Lines of the option that are typed in, as if their tasks had stated them.
    command : dict of str to Command
        Headquarters and formations by the task that asked for them.
    reach : list of dict
        Rows of the frame ``reach``.
    findings : list of Finding
        What is missing.
    """

    option: str | None
    lines: list[Sized] = field(default_factory=list)
    typed: list[Sized] = field(default_factory=list)
    command: dict[str, Command] = field(default_factory=dict)
    reach: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def size_option(
    scenario: Scenario,
    option: str | None,
    *,
    overrides: Mapping[tuple[str, str], float] | None = None,
    places: "Places | None" = None,
    with_reach: bool = True,
) -> SizedOption:
    """Return what an option's tasks ask for.

    Parameters
    ----------
    overrides : mapping, optional
        Values of factors by (factor, scope) that take the place of the rows'.
    places : Places, optional
        Sectors of places that were looked up before.
    with_reach : bool
        Whether the table of who reaches what is worked out.
    """
    scenario = as_typed(scenario)
    factors, found, known = Factors(scenario.factors, overrides), SizedOption(option), places or Places(scenario)
    tasks = [task for task in scenario.tasks if not task.option or option is None or option in task.option]
    found.typed = [_typed(scenario, row, known) for row in typed_lines(scenario, option)]
    for task in sorted(tasks, key=lambda task: ORDER.index(task.method)):
        case = Case(scenario, task, option, factors, found.typed + found.lines, found.findings)
        if task.method == "command_control":
            if found.command:
                what = f"tasks '{next(iter(found.command))}' and '{task.task}' both make the headquarters of the same option."
                case.miss("tasks.csv", what, column="method", maybe="leave one of them, or give each its own option")
            command = command_control(case)
            found.command[task.task], answers = command, command.asked
        else:
            answers = METHODS[task.method](case)
        if with_reach and task.method == "mobile_reserve":
            found.reach += reached(case)
        found.lines = found.lines + [_sized(case, asked, known) for asked in answers]
    place = {task.task: number for number, task in enumerate(scenario.tasks)}
    found.lines.sort(key=lambda line: place[line.task.task])
    return found


def as_typed(scenario: Scenario) -> Scenario:
    """Return the scenario without what was sized from its mandate before: sizing must not build on its own answers."""
    lines = tuple(row for row in scenario.requirements if row.mandate is None)
    formations = tuple(row for row in scenario.formations if row.mandate is None)
    if len(lines) == len(scenario.requirements) and len(formations) == len(scenario.formations):
        return scenario
    return scenario.model_copy(update={"requirements": lines, "formations": formations})


class Places:
    """Sectors of places, each looked up once."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._known = scenario, dict[str | None, str | None]()

    def sector(self, location: str | None) -> str | None:
        """Return the sector that a place lies in, or None."""
        if location not in self._known:
            self._known[location] = sector_of(self._scenario, location)
        return self._known[location]


def _sized(case: Case, asked: Asked, places: Places) -> Sized:
    location = asked.location or case.place
    sector = case.task.sector or places.sector(location)
    unit_type = reference_type(case.scenario, asked.capability)
    if unit_type is None:
        what = f"task '{case.task.task}' ({case.task.method}) asks for '{asked.capability}', which no unit type gives."
        nearest = nearest_name(asked.capability, {row.capability for row in case.scenario.capabilities})
        maybe = "add it with the unit types that give it, or name another capability in tasks.csv"
        case.miss("capabilities.csv", what, column="capability", nearest=nearest, maybe=maybe)
    return Sized(case.task, asked, whole(max(0.0, asked.exact)), unit_type, location, sector, tuple(case.used.values()))


def typed_lines(scenario: Scenario, option: str | None) -> Iterator[Requirement]:
    """Yield the lines of an option that are typed in and take no sized line's place."""
    for row in lines_of_option(scenario, option):
        if row.mandate is None and row.line.rpartition(".")[0] not in scenario.task_by_name:
            yield row


def _typed(scenario: Scenario, row: Requirement, places: Places) -> Sized:
    """A line that is typed in, as if a task of its own had stated it."""
    stated = Task.model_validate({
        "task": row.line, "title": row.title or row.line, "method": "stated", "capability": row.capability,
        "amount": row.quantity, "location": row.location, "from_day": row.from_day, "until_day": row.until_day,
    })  # fmt: skip
    asked = Asked(row.capability, row.quantity, "typed in", result_said=True)
    unit_type = reference_type(scenario, row.capability)
    return Sized(stated, asked, row.quantity, unit_type, row.location, places.sector(row.location), ())


def on_fullest_day(scenario: Scenario, sized: SizedOption) -> list[Sized]:
    """Return the lines of an option, typed ones too, that are asked for on the first of the days with the most people."""
    lines = [(line.task.from_day, _until(scenario, line.task), line) for line in sized.lines + sized.typed]
    days = sorted({first for first, _, _ in lines}) or [0]
    fullest = max(days, key=lambda day: sum(line.people for first, until, line in lines if first <= day < until))
    return [line for first, until, line in lines if first <= fullest < until]


def people_by_component(scenario: Scenario, sized: SizedOption) -> dict[str, int]:
    """Return the people that an option asks for on its fullest day, by component and in all (``force``). [people]

    Each line is counted by its capability's reference type; joint units count as land.
    """
    found = dict.fromkeys(COMPONENTS, 0)
    for line in on_fullest_day(scenario, sized):
        found[component_of(line.domain, line.task.method)] += line.people
    return found | {"force": sum(found.values())}


def _until(scenario: Scenario, task: Task) -> int:
    horizon = scenario.settings.horizon_days
    return horizon if task.until_day is None else min(task.until_day, horizon)


def tooth_to_tail(scenario: Scenario, sized: SizedOption) -> tuple[int, int]:
    """Return the people of lines that count as battalions, and of all others, on the fullest day. [people]"""
    lines = on_fullest_day(scenario, sized)
    tooth = sum(line.people for line in lines if line.battalions > 0)
    return tooth, sum(line.people for line in lines) - tooth


__all__ = [
    "COMPONENTS",
    "METHODS",
    "ORDER",
    "SUPPORT",
    "Places",
    "SizedOption",
    "people_by_component",
    "size_option",
    "tooth_to_tail",
]
