"""Past missions sized by the same methods and factors, beside what was sent. Nothing is tuned to a mission.

Missions are counted before rounding: what was sent came in units of its own size, and a battalion of today for half a
battalion's work would only show how large today's units are.
"""

from typing import Any

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.mandate import Factor
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame
from contingent.sizing.option import Places, SizedOption, people_by_component, size_option


def backcast(history: Scenario, plan_of: Scenario | None = None, option: str | None = None) -> pl.DataFrame:
    """Return the frame ``backcast``: each past mission as its mandate is sized, and as it was sent.

    Parameters
    ----------
    history : Scenario
        Its options are the missions; `published_strength` is what was sent.
    plan_of : Scenario, optional
        The scenario that is planned: its factors are used where they have the same name and scope, and it is the last row.
    option : str, optional
        Its option.

    Raises
    ------
    BadScenario
        With everything at once that keeps a mission, or the plan, from being sized.
    """
    if plan_of is not None:
        history = history.model_copy(update={"factors": _with_factors_of(history, plan_of)})
    places = Places(history)
    rows = []
    findings: list[Finding] = []
    for mission in history.options:
        sized = size_option(history, mission.option, places=places, with_reach=False)
        findings += sized.findings
        people = round(sum(line.exact_people for line in sized.lines))
        rows.append(_row(mission.option, mission.title, mission.published_strength, people, _ground(history, sized))
                    | {"source": mission.source, "confidence": mission.confidence})  # fmt: skip
    if plan_of is not None and plan_of.tasks:
        sized = size_option(plan_of, option, with_reach=False)
        findings += sized.findings
        people = people_by_component(plan_of, sized)["force"]
        title = f"{plan_of.settings.title}{', ' + option if option else ''}"
        rows.append(_row("this plan", title, None, people, _ground(plan_of, sized)) | {"source": None, "confidence": None})
    if findings:
        raise BadScenario(history.settings.title, dict.fromkeys(findings))
    return frame("backcast", rows)


def _with_factors_of(history: Scenario, plan_of: Scenario) -> tuple[Factor, ...]:
    own = {(row.factor, row.scope): row for row in plan_of.factors}
    return tuple(own.get((row.factor, row.scope), row) for row in history.factors)


def _ground(scenario: Scenario, sized: SizedOption) -> tuple[float | None, float | None, float | None]:
    """Length, area and people of an option: what its tasks say at most, or its sectors together. [km], [km2], [people]"""
    from contingent.geography.shapes import area_km2, length_inside_km

    tasks = {line.task.task: line.task for line in sized.lines}.values()
    sectors = {task.sector: scenario.sector_by_name[task.sector] for task in tasks if task.sector in scenario.sector_by_name}
    held = [row for row in sectors.values() if row.population is not None]
    area = sum(row.area_km2 or (area_km2(row.geometry) if row.geometry else 0.0) for row in held)
    people = sum(row.population or 0.0 for row in held)
    watched = {task.sector for task in tasks if task.method in ("line_monitoring", "isr")}
    length = sum(
        row.line_km or sum(length_inside_km(trace.geometry, row.geometry or "") for trace in scenario.traces if row.geometry)
        for name, row in sectors.items() if name in watched
    )  # fmt: skip
    most = [max([*(value for task in tasks if (value := getattr(task, name)) is not None), 0.0])
            for name in ("line_km", "area_km2", "population")]  # fmt: skip
    found = (max(length, most[0]), max(area, most[1]), max(people, most[2]))
    return tuple(value or None for value in found)  # type: ignore[return-value]


def _row(
    mission: str, title: str, sent: int | None, sized: int, ground: tuple[float | None, float | None, float | None]
) -> dict[str, Any]:
    km, area, people = ground
    thousands = people / 1000 if people else None
    return {
        "mission": mission, "title": title, "sent": sent, "sized": sized, "ratio": sized / sent if sent else None,
        "line_km": km, "area_km2": area, "population": people,
        "sent_per_km": sent / km if sent and km else None, "sized_per_km": sized / km if km else None,
        "sent_per_1000": sent / thousands if sent and thousands else None, "sized_per_1000": sized / thousands if thousands
        else None,
    }  # fmt: skip
