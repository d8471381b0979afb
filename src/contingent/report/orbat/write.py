"""The ORBAT written as a file, in the form that its name asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.report.words import d_day, short_date

if TYPE_CHECKING:
    from contingent.structure.orbat import Orbat

Writer = Callable[[Scenario, Plan, "Orbat", int], tuple[bytes, tuple[Finding, ...]]]


def write_orbat(scenario: Scenario, plan: Plan, orbat: "Orbat", path: str | Path, *, day: int) -> tuple[Finding, ...]:
    """Write the ORBAT as one file and return what was left out or changed for the form's sake.

    Parameters
    ----------
    scenario : Scenario
        What was planned, derived.
    plan : Plan
        What was decided.
    orbat : Orbat
        The plan's order of battle (`contingent.structure.read_orbat`).
    path : str or Path
        File to write; its ending says in which form (`WRITERS`). Its folder is made where it is missing.
    day : int
        Day that is shown; ORBAT Mapper gets the whole horizon. [days from D-day]

    Raises
    ------
    ValueError
        If nothing is written under such an ending.
    """
    target = Path(path)
    writer = WRITERS.get(target.suffix.lower())
    if writer is None:
        raise ValueError(f"{target}: an order of battle is not written as '{target.suffix}'. Kinds: {', '.join(WRITERS)}.")
    content, findings = writer(scenario, plan, orbat, day)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return findings


def _drawn(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> str:
    from contingent.report.orbat.drawing import orbat_svg
    from contingent.structure.at_day import orbat_at

    when = f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}"
    title = f"{plan.title}{f', option {plan.option}' if plan.option else ''}"
    return str(orbat_svg(orbat_at(orbat, day), title=title, when=when, marking=plan.marking, on_sheet=True))


def _svg(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> tuple[bytes, tuple[Finding, ...]]:
    return _drawn(scenario, plan, orbat, day).encode(), ()


def _png(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> tuple[bytes, tuple[Finding, ...]]:
    from contingent.report.orbat.picture import png_of

    return png_of(_drawn(scenario, plan, orbat, day)), ()


def _pdf(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> tuple[bytes, tuple[Finding, ...]]:
    from contingent.report.orbat.picture import pdf_of

    return pdf_of(_drawn(scenario, plan, orbat, day)), ()


def _msdl(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> tuple[bytes, tuple[Finding, ...]]:
    from contingent.report.orbat.msdl import msdl_xml

    document = msdl_xml(scenario, plan, orbat, day=day)
    return document.text.encode(), document.findings


def _orbat_mapper(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> tuple[bytes, tuple[Finding, ...]]:  # noqa: ARG001 (it has all days)
    from contingent.report.orbat.orbat_mapper import left_out, orbat_mapper_json

    return orbat_mapper_json(scenario, plan, orbat).encode(), left_out(scenario, orbat)


WRITERS: dict[str, Writer] = {
    ".svg": _svg, ".png": _png, ".pdf": _pdf, ".msdl": _msdl, ".xml": _msdl, ".json": _orbat_mapper,
}  # fmt: skip
"""What is written, by the ending of the file's name."""
