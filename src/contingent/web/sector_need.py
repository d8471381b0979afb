"""What a drawn sector changes: ground, what is asked for and held there, and what sizing would ask for, before and after.

    ground      area, line, inhabitants, posts and people of a day: of each sector before, and of each that the sketch leaves
    tasks       lines that the mandate would ask for, task by task and option by option, where they concern the sectors or change
    methods     what each method that reads the ground would ask for it alone, whatever the mandate asks there
    totals      people of the whole force on its fullest day

A figure that cannot change with a drawing says why.
"""

from collections.abc import Sequence
from typing import Any

from contingent.findings import Finding
from contingent.model.mandate import Task
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.words import amount, grouped, plain
from contingent.sizing.case import Sized
from contingent.sizing.ground import GROUND_METHODS, GroundAnswer, ask_of_ground
from contingent.sizing.option import SizedOption, people_by_component, size_option
from contingent.web.sector_sketch import OWN_FIGURES, Redrawn
from contingent.web.sectors import sector_facts, sector_rows

Row = dict[str, Any]

COUNTS = {
    "stated": "stated in the mandate",
    "site_protection": "counts sites",
    "air_policing": "counts stations",
    "air_defence": "counts what is to be defended",
    "maritime_patrol": "counts stations",
    "mine_countermeasures": "an area of its own",
    "training": "counts trainees",
    "ordnance_disposal": "an area of its own",
    "population_security": "counts inhabitants, and no drawing tells how many live there",
    "command_control": "counts headquarters by span of control",
}
"""What methods count that no drawing changes."""


def ground_rows(scenario: Scenario, plan: Plan | None, sectors: Sequence[str], day: int) -> list[Row]:
    """Return ground and posts of sectors on a day, in the order of their names given.

    Parameters
    ----------
    day : int
        Day that is looked at. [days from D-day]
    """
    facts = [each for each in sector_facts(scenario, plan) if each["sector"] in sectors]
    rows = {row["sector"]: row for row in sector_rows(facts, plan, day)}
    found = []
    for name in sectors:
        if name in rows:
            people = scenario.sector_by_name[name].population
            found.append({**rows[name], "people_living": grouped(people) if people is not None else "not known"})
    return found


def both_sized(before: Scenario, after: Scenario) -> list[tuple[SizedOption, SizedOption]]:
    """Return each option of the mandate, sized before and after."""
    options: list[str | None] = [*before.option_names] or [None]
    return [(size_option(before, each, with_reach=False), size_option(after, each, with_reach=False)) for each in options]


def new_faults(sized: Sequence[tuple[SizedOption, SizedOption]]) -> list[Finding]:
    """Return what keeps tasks from being sized that kept none before."""
    known = {finding for before, _ in sized for finding in before.findings}
    return list(dict.fromkeys(finding for _, after in sized for finding in after.findings if finding not in known))


def task_rows(sized: Sequence[tuple[SizedOption, SizedOption]], made: Redrawn) -> list[Row]:
    """Return the lines that the mandate would ask for before and after, as far as they concern the sectors or change."""
    concerned = set(made.sectors)
    found: dict[tuple[Any, ...], Row] = {}
    for before, after in sized:
        lines = _lines(before), _lines(after)
        for key in dict.fromkeys([*lines[0], *lines[1]]):
            one, other = lines[0].get(key), lines[1].get(key)
            line = other or one
            assert line is not None
            is_same = _told(one) == _told(other)
            if is_same and not {each.task.sector for each in (one, other) if each is not None} & concerned:
                continue
            row = found.setdefault((key, _told(one), _told(other)), {
                "task": line.task.task, "title": line.asked.title or line.task.title, "capability": plain(line.asked.capability),
                "sector": line.task.sector or "", "before": _units(one), "after": _units(other),
                "change": (other.people if other else 0) - (one.people if one else 0), "is_same": is_same,
                "is_there": bool({each.task.sector for each in (one, other) if each is not None} & concerned),
                "why": _why_same(line.task) if is_same else line.asked.arithmetic, "options": []})  # fmt: skip
            row["options"].append(plain(before.option or ""))
    order = {task.task: at for at, task in enumerate(made.scenario.tasks)}
    return sorted(found.values(), key=lambda row: (not row["is_there"], row["is_same"], order.get(row["task"], 0)))


def _lines(sized: SizedOption) -> dict[tuple[str, str, str | None, int], Sized]:
    """Lines by their task, what they ask for, and which of several alike they are."""
    found: dict[tuple[str, str, str | None, int], Sized] = {}
    for line in sized.lines:
        number = 0
        while (key := (line.task.task, line.asked.capability, line.asked.title, number)) in found:
            number += 1
        found[key] = line
    return found


def _told(line: Sized | None) -> tuple[float, float] | None:
    return None if line is None else (round(line.asked.exact, 6), line.quantity)


def _units(line: Sized | None) -> str:
    if line is None:
        return "–"
    exact = "" if line.asked.exact == line.quantity else f" ({line.asked.exact:.2f})"
    return f"{amount(line.quantity)}{exact}"


def _why_same(task: Task) -> str:
    own = [words for name, words in OWN_FIGURES.items() if getattr(task, name) is not None]
    if own:
        return f"cannot change: its own row says {' and '.join(own)}"
    if task.method == "isr" and task.amount is not None:
        return "cannot change: counts orbits"
    if task.method in COUNTS:
        return f"cannot change: {COUNTS[task.method]}"
    return "as before"


def total_rows(sized: Sequence[tuple[SizedOption, SizedOption]], scenarios: tuple[Scenario, Scenario]) -> list[Row]:
    """Return the people that each option asks for on its fullest day, on land and in all, before and after.

    Parameters
    ----------
    scenarios : tuple of Scenario
        Before and after.
    """
    rows = []
    for pair in sized:
        people = [people_by_component(scenario, each) for scenario, each in zip(scenarios, pair, strict=True)]
        pairs = [(people[0][part], people[1][part]) for part in ("land", "force")]
        cells = [{"before": grouped(one), "after": grouped(other), "change": other - one} for one, other in pairs]
        rows.append({"option": plain(pair[0].option or "the force"), "cells": cells})
    return rows


def method_rows(before: Scenario, made: Redrawn) -> list[Row]:
    """Return what each method that reads the ground would ask for it, before and for each sector after."""
    earlier = made.sectors[0] if made.sectors[0] in before.sector_by_name else None
    old = ask_of_ground(before, earlier) if earlier is not None else []
    new = [ask_of_ground(made.scenario, name) for name in made.sectors]
    rows = []
    for at, (method, reads) in enumerate(GROUND_METHODS.items()):
        answers = [each[at] for each in new]
        told = [answer for answer in (*answers, *(old[at : at + 1])) if answer.capability is not None]
        rows.append({
            "method": plain(method), "reads": reads, "capability": plain(told[0].capability or "") if told else "",
            "before": _answer(old[at]) if old else "–", "after": [_answer(answer) for answer in answers],
            "together": amount(sum(answer.units for answer in answers)) if len(answers) > 1 and len(told) > 1 else "",
            "is_same": bool(old) and len(answers) == 1 and _figures(old[at]) == _figures(answers[0]),
            "why": _why_not([*answers, *old[at : at + 1]], reads)})  # fmt: skip
    return rows


def _answer(answer: GroundAnswer) -> str:
    if answer.capability is None:
        return "–"
    return f"{answer.units} ({answer.exact:.2f})"


def _figures(answer: GroundAnswer) -> tuple[str | None, float]:
    return answer.capability, round(answer.exact, 6)


def _why_not(answers: Sequence[GroundAnswer], reads: str) -> str:
    missing = [finding for answer in answers for finding in answer.findings]
    factors = sorted(
        {finding.what.split("'")[3] for finding in missing if finding.column == "factor" and finding.what.count("'") >= 4})
    if factors:
        return f"no general factor {', '.join(factors)}"
    if reads == "inhabitants":
        return "rests on inhabitants that are typed: no drawing changes them"
    if missing and missing[0].column == "line_km":
        return "no line of the scenario lies there" if all(answer.findings for answer in answers) else "– where no line lies"
    return next((answer.arithmetic for answer in answers if answer.capability is not None), "")
