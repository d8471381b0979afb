"""Every option of the mandate as requirement lines and formations, put beside what is typed in.

A line is numbered under its task: ``KYIV.1``. What comes out the same for several options is one line with those options;
where it differs, the first option has the plain serial and each other one its own, ``KYIV.1-large``. Formations likewise.
What is typed in under the same name goes before what is sized, so that sizing twice changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.columns import LOWEST_FIRST, MOST_UNITS
from contingent.model.rows import Requirement
from contingent.model.scenario import Scenario
from contingent.model.structure import Formation
from contingent.plan.columns import frame
from contingent.sizing.case import Sized
from contingent.sizing.option import Places, SizedOption, people_by_component, size_option, tooth_to_tail


@dataclass(frozen=True)
class Sizing:
    """What the mandate asks for, option by option. Frozen.

    Parameters
    ----------
    scenario : Scenario
        What was sized.
    lines : tuple of Requirement
        Lines of all options, each with its task (``mandate``) and its sentence (``arithmetic``).
    formations : tuple of Formation
        Formations that the span of control asks for, parents first.
    options : dict of (str or None) to SizedOption
        Each option by itself.
    serials : dict of (option, place) to str
        Serial of each line of an option, by its place among them.
    """

    scenario: Scenario
    lines: tuple[Requirement, ...]
    formations: tuple[Formation, ...]
    options: dict[str | None, SizedOption] = field(default_factory=dict)
    serials: dict[tuple[str | None, int], str] = field(default_factory=dict)

    def people(self, option: str | None) -> dict[str, int]:
        """Return the people that an option asks for on its fullest day, by component and in all (``force``). [people]"""
        return people_by_component(self.scenario, self.options[option])

    def tooth_to_tail(self, option: str | None) -> tuple[int, int]:
        """Return the people of lines that count as battalions, and of all others, on an option's fullest day. [people]"""
        return tooth_to_tail(self.scenario, self.options[option])

    def sizing(self, option: str | None) -> pl.DataFrame:
        """Return the frame ``sizing`` of an option (`contingent.plan.COLUMNS`)."""
        rows = [
            {
                "line": self.serials[option, place], "mandate": line.task.task, "method": line.task.method,
                "capability": line.asked.capability, "location": line.location, "quantity": line.quantity,
                "unit_type": None if line.unit_type is None else line.unit_type.unit_type, "people": line.people,
                "sentence": line.sentence(),
            }
            for place, line in enumerate(self.options[option].lines) if (option, place) in self.serials
        ]  # fmt: skip
        return frame("sizing", rows)

    def factors(self, option: str | None) -> pl.DataFrame:
        """Return the frame ``factors`` of an option: each factor that was read, once for each task."""
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        for line in self.options[option].lines:
            for row in line.read:
                found.setdefault((line.task.task, row.factor, row.scope), {
                    "mandate": line.task.task, "factor": row.factor, "scope": row.scope, "value": row.value, "unit": row.unit,
                    "status": row.status, "source": row.source, "confidence": row.confidence,
                })  # fmt: skip
        return frame("factors", list(found.values()))

    def reach(self, option: str | None) -> pl.DataFrame:
        """Return the frame ``reach`` of an option: which base reaches each point, in how many hours."""
        return frame("reach", self.options[option].reach)


def size(scenario: Scenario) -> Sizing:
    """Size every option of the mandate.

    Parameters
    ----------
    scenario : Scenario
        With tasks and factors; without tasks nothing is asked for.

    Raises
    ------
    BadScenario
        With everything at once that keeps a task from being sized: a missing factor, a sector without a line.
    """
    places = Places(scenario)
    options: list[str | None] = [*scenario.option_names] or [None]
    if not scenario.tasks:
        return Sizing(scenario, (), (), {option: SizedOption(option) for option in [None, *options]})
    sized = {option: size_option(scenario, option, places=places) for option in options}
    findings = list(dict.fromkeys(finding for one in sized.values() for finding in (*one.findings, *_too_many(one))))
    if findings:
        raise BadScenario(scenario.settings.title, findings)
    serials, lines = _numbered(scenario, sized)
    formations = _formations(scenario, sized, serials)
    return Sizing(scenario, lines, formations, sized, serials)


def derive_requirement(scenario: Scenario) -> Scenario:
    """Return the scenario with the lines and formations that its mandate asks for beside those that are typed in.

    Raises
    ------
    BadScenario
        If a task cannot be sized.
    """
    if not scenario.tasks:
        return scenario
    found = size(scenario)
    lines = tuple(row for row in found.lines if row.line not in scenario.requirement_by_line)
    formations = tuple(row for row in found.formations if row.formation not in scenario.formation_by_name)
    if not lines and not formations:
        return scenario
    return scenario.model_copy(
        update={"requirements": scenario.requirements + lines, "formations": scenario.formations + formations}
    )


def _too_many(sized: SizedOption) -> Iterator[Finding]:
    for line in sized.lines:
        if line.quantity > MOST_UNITS:
            what = f"task '{line.task.task}' asks for {line.quantity:,} units; at most {MOST_UNITS:,} are taken."
            yield Finding("tasks.csv", what, maybe="look at its amount, length or area, and at its factors")


def _numbered(
    scenario: Scenario, sized: dict[str | None, SizedOption]
) -> tuple[dict[tuple[str | None, int], str], tuple[Requirement, ...]]:
    """Return the serial of each line by option and place, and the lines of all options in the order of tasks."""
    serials: dict[tuple[str | None, int], str] = {}
    versions: dict[tuple[str, int], dict[tuple[Any, ...], list[tuple[str | None, Sized]]]] = {}
    for option, one in sized.items():
        counted: Counter[str] = Counter()
        for line in one.lines:
            counted[line.task.task] += 1
            group = versions.setdefault((line.task.task, counted[line.task.task]), {})
            group.setdefault(_content(line), []).append((option, line))
    named: dict[tuple[str | None, str, int], str] = {}
    lines: list[Requirement] = []
    place = {task.task: number for number, task in enumerate(scenario.tasks)}
    for (task, number), group in sorted(versions.items(), key=lambda item: (place[item[0][0]], item[0][1])):
        plain = True
        for members in group.values():
            option, line = members[0]
            serial = f"{task}.{number}" if plain else f"{task}.{number}-{option}"
            plain = False
            if line.quantity == 0:
                continue
            for each, _ in members:
                named[each, task, number] = serial
            lines.append(_line(serial, line, [each for each, _ in members if each is not None], scenario))
    for option, one in sized.items():
        counted = Counter()
        for at, line in enumerate(one.lines):
            counted[line.task.task] += 1
            key = (option, line.task.task, counted[line.task.task])
            if key in named:
                serials[option, at] = named[key]
    return serials, tuple(lines)


def _content(line: Sized) -> tuple[Any, ...]:
    return (line.asked.capability, line.quantity, line.location, line.asked.title, line.sentence())


def _line(serial: str, line: Sized, options: Sequence[str], scenario: Scenario) -> Requirement:
    task = line.task
    held = [task.confidence, *(row.confidence for row in line.factors)]
    return Requirement.model_validate({
        "line": serial, "capability": line.asked.capability, "quantity": line.quantity, "from_day": task.from_day,
        "until_day": task.until_day, "location": line.location, "priority": task.priority, "hold": line.asked.hold or task.hold,
        "task": task.activity or task.task, "formation": task.formation,
        "option": tuple(options) if len(options) < len(scenario.option_names) else (),
        "title": line.asked.title or task.title, "mandate": task.task, "arithmetic": line.sentence()[:4000],
        "source": f"Sized from task {task.task} ({task.method}).",
        "confidence": next((confidence for confidence in LOWEST_FIRST if confidence in held), None),
    })  # fmt: skip


def _formations(
    scenario: Scenario, sized: dict[str | None, SizedOption], serials: dict[tuple[str | None, int], str]
) -> tuple[Formation, ...]:
    """Return the formations of all options; a tree that differs from the first option's has names of its own."""
    trees: dict[str | None, list[Formation]] = {}
    for option, one in sized.items():
        tree: list[Formation] = []
        for task, command in one.command.items():
            mine = [serials.get((option, at)) for at, line in enumerate(one.lines) if line.task.task == task]
            for row in command.formations:
                at = command.line_of.get(row.formation)
                serial = mine[at] if at is not None else None
                tree.append(row.model_copy(update={"headquarters": (serial,) if serial is not None else ()}))
        trees[option] = tree
    found: dict[tuple[Formation, ...], list[str | None]] = {}
    for option, tree in trees.items():
        found.setdefault(tuple(tree), []).append(option)
    rows: list[Formation] = []
    taken: set[str] = set()
    for formations, options in found.items():
        own = [row.formation for row in formations]
        names = {name: name if name not in taken else f"{name}-{options[0]}" for name in own}
        listed = tuple(option for option in options if option is not None)
        rows += [_named_formation(row, names, listed if len(listed) < len(scenario.option_names) else ()) for row in formations]
        taken |= set(names)
    return tuple(rows)


def _named_formation(row: Formation, names: dict[str, str], options: tuple[str, ...]) -> Formation:
    parent = names.get(row.parent, row.parent) if row.parent is not None else None
    changed = {"formation": names[row.formation], "name": row.name or row.formation, "parent": parent, "option": options}
    return row.model_copy(update=changed)
