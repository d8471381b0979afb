"""What the methods would ask for one sector's ground alone, whatever the mandate asks there.

Of all methods these read the length, area or inhabitants of a sector; the others count what a task says (sites, stations,
trainees) or serve what other tasks ask for.

    sector_security        line and area
    line_monitoring        line
    isr                    line: unmanned aircraft, for a task without an amount
    population_security    inhabitants, which no polygon knows
    medical                area: by reach alone, as nobody is there to be cared for
"""

from dataclasses import dataclass

from contingent.findings import Finding
from contingent.model.mandate import Task
from contingent.model.rules import reference_type
from contingent.model.scenario import Scenario
from contingent.sizing.case import Case, Factors, whole
from contingent.sizing.option import METHODS

GROUND_METHODS: dict[str, str] = {
    "sector_security": "line and area",
    "line_monitoring": "line",
    "isr": "line",
    "population_security": "inhabitants",
    "medical": "area",
}
"""Methods that can be asked for one sector, and what of its ground they read."""


@dataclass(frozen=True, slots=True)
class GroundAnswer:
    """What a method would ask for a sector.

    Parameters
    ----------
    method : str
        Its name.
    capability : str or None
        What it would ask for; None where it cannot say.
    exact, units : float, int
        Units before they are rounded up, and after. [units]
    people : int
        Strength of the units, by the reference type. [people]
    arithmetic : str
        How, without the result.
    findings : tuple of Finding
        What is missing; not empty where it cannot say.
    """

    method: str
    capability: str | None = None
    exact: float = 0.0
    units: int = 0
    people: int = 0
    arithmetic: str = ""
    findings: tuple[Finding, ...] = ()


def ask_of_ground(scenario: Scenario, sector: str) -> list[GroundAnswer]:
    """Return what each method of `GROUND_METHODS` would ask for a sector, by the general factors.

    Parameters
    ----------
    sector : str
        Name of a sector of the scenario.
    """
    factors = Factors(scenario.factors)
    return [_answer(scenario, factors, method, sector) for method in GROUND_METHODS]


def _answer(scenario: Scenario, factors: Factors, method: str, sector: str) -> GroundAnswer:
    named = f"{method} of {sector}"[:100]
    task = Task.model_validate({"task": named, "title": named, "method": method, "sector": sector})
    findings: list[Finding] = []
    asked = METHODS[method](Case(scenario, task, None, factors, [], findings))
    if findings or not asked:
        return GroundAnswer(method, findings=tuple(findings))
    (answer,) = asked
    unit_type = reference_type(scenario, answer.capability)
    units = whole(max(0.0, answer.exact))
    strength = unit_type.personnel if unit_type is not None else 0
    return GroundAnswer(method, answer.capability, answer.exact, units, units * strength, answer.arithmetic)
