"""One option of the mandate, sized: its tasks in the order of the methods, because later ones serve what earlier ones ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from contingent.findings import Finding
from contingent.model.mandate import Method, Task
from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.sizing import air_sea_methods, land_methods, support_methods
from contingent.sizing.case import Asked, Case, Factors, Sized, reference_type, sector_of, whole
from contingent.sizing.command import SUPPORT, Command, command_control, component_of
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

COMPONENTS = ("land", "air", "maritime", "support")


@dataclass
class SizedOption:
    """What an option's mandate asks for.

    Parameters
    ----------
    option : str or None
        The option; None where the scenario has none.
    lines : list of Sized
        In the order of tasks.csv, then of the method's answers.
    command : dict of str to Command
        Headquarters and formations by the task that asked for them.
    reach : list of dict
        Rows of the frame ``reach``.
    findings : list of Finding
        What is missing.
    """

    option: str | None
    lines: list[Sized] = field(default_factory=list)
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
    factors, found, known = Factors(scenario.factors, overrides), SizedOption(option), places or Places(scenario)
    tasks = [task for task in scenario.tasks if not task.option or option is None or option in task.option]
    for task in sorted(tasks, key=lambda task: ORDER.index(task.method)):
        case = Case(scenario, task, option, factors, found.lines, found.findings)
        if task.method == "command_control":
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
    return Sized(case.task, asked, whole(max(0.0, asked.exact)), unit_type, location, sector, tuple(case.used.values()))


def people_by_component(scenario: Scenario, sized: SizedOption) -> dict[str, int]:
    """Return the people that an option asks for on its fullest day, by component and in all (``force``). [people]

    Lines that are typed in count as well, each by its capability's reference type; joint units count as land.
    """
    spans = [
        (line.task.from_day, _until(scenario, line.task), component_of(line.domain, line.task.method), line.people)
        for line in sized.lines
    ]
    for row in lines_of_option(scenario, sized.option):
        unit_type = reference_type(scenario, row.capability)
        if row.mandate is None and unit_type is not None:
            component = component_of(unit_type.domain, "")
            spans.append((row.from_day, line_until(scenario, row), component, row.quantity * unit_type.personnel))
    days = sorted({first for first, *_ in spans}) or [0]
    fullest = max(days, key=lambda day: sum(people for first, until, _, people in spans if first <= day < until))
    found = dict.fromkeys(COMPONENTS, 0)
    for first, until, component, people in spans:
        if first <= fullest < until:
            found[component] += people
    return found | {"force": sum(found.values())}


def _until(scenario: Scenario, task: Task) -> int:
    horizon = scenario.settings.horizon_days
    return horizon if task.until_day is None else min(task.until_day, horizon)


def tooth_to_tail(sized: SizedOption) -> tuple[int, int]:
    """Return the people of lines that fight or patrol, and of those that support them. [people]"""
    tooth = sum(line.people for line in sized.lines if line.battalions > 0)
    return tooth, sum(line.people for line in sized.lines) - tooth


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
