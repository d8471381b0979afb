"""The public names of the package as a page, from their signatures and docstrings."""

import dataclasses
import inspect
from typing import Any

from pydantic import BaseModel

import contingent
from documentation.docstrings import as_markdown, summary_of

CHAPTERS: dict[str, tuple[str, ...]] = {
    "Scenarios": ("read_scenario", "write_scenario", "check", "convert", "new_scenario", "Scenario"),
    "Plans": (
        "make_plan",
        "PlanOptions",
        "Plan",
        "read_plan",
        "write_plan",
        "verify",
        "compare",
        "remedies",
        "explain",
        "build_orbat",
    ),
    "Sizing": ("size",),
    "What becomes of a plan": (
        "simulate",
        "SimulationOptions",
        "stress",
        "StressOptions",
        "find_ceiling",
        "deploy",
        "DeployOptions",
        "sustain",
        "SupplyOptions",
        "cost",
        "CostOptions",
        "afford",
    ),
    "The ceasefire": ("monitor", "MonitorOptions", "write_situation", "design_observation", "DesignOptions"),
    "Aid": ("assess_aid", "AidOptions", "AidStatus", "import_tracker", "export_tracker"),
    "Outputs": ("write_workbook", "write_report", "write_briefing", "write_comparison"),
    "The past": ("look_back", "validate"),
    "What can go wrong": ("Finding", "ContingentError", "BadScenario", "BadIncidents", "BadTracker"),
}
"""Where each public name stands. What is not named stands under `OTHERS`."""

OTHERS = "Others"


def chapters() -> dict[str, tuple[str, ...]]:
    """Return every public name by chapter; none is left out."""
    placed = {name for names in CHAPTERS.values() for name in names}
    others = tuple(name for name in contingent.__all__ if name not in placed and name != "__version__")
    return CHAPTERS | ({OTHERS: others} if others else {})


def page() -> str:
    """Return the page of the Python interface."""
    told = [
        "# Python",
        "",
        (
            "Every public name of `contingent`, from its docstring. `import contingent` loads nothing heavy; a name is loaded "
            "from its home when it is first used. Frames are [polars](https://docs.pola.rs) data frames whose columns stand in "
            "[Outputs](outputs.md)."
        ),
        "",
        "| name | what it is |",
        "|---|---|",
    ]
    for names in chapters().values():
        told += [
            f"| [`{name}`](#{name.lower()}) | {summary_of(inspect.getdoc(thing_of(name)) or '')} |" for name in names
        ]
    for title, names in chapters().items():
        told += ["", f"## {title}"]
        for name in names:
            told += ["", *_entry(name, thing_of(name))]
    return "\n".join(told) + "\n"


def thing_of(name: str) -> Any:
    """Return what a public name stands for: the function itself, where the package of its name is called in its place."""
    thing = getattr(contingent, name)
    return vars(thing)[name] if inspect.ismodule(thing) else thing


def _entry(name: str, thing: Any) -> list[str]:
    told = [
        f"### {name} {{ #{name.lower()} }}",
        "",
        f"<small>{'class' if inspect.isclass(thing) else 'function'} of `{thing.__module__}`</small>",
        "",
        "```py",
        signature_of(name, thing),
        "```",
        "",
        as_markdown(inspect.getdoc(thing) or "").rstrip("\n"),
    ]
    if inspect.isclass(thing):
        told += _members(thing)
    return told


def signature_of(name: str, thing: Any) -> str:
    """Return how a thing is called, one argument a line where that is long."""
    if inspect.isclass(thing) and issubclass(thing, BaseModel):
        return f"{name}(...)"
    try:
        signature = inspect.signature(thing)
    except ValueError:
        return f"{name}(...)"
    whole = f"{name}{_clean(str(signature))}"
    if len(whole) <= LONGEST_SIGNATURE:
        return whole
    arguments: list[str] = []
    starred = False
    for argument in signature.parameters.values():
        if argument.kind is argument.KEYWORD_ONLY and not starred:
            arguments.append("*")
            starred = True
        arguments.append(_clean(str(argument)))
    result = (
        ""
        if signature.return_annotation is signature.empty
        else f" -> {_clean(inspect.formatannotation(signature.return_annotation))}"
    )
    return f"{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"){result}"


LONGEST_SIGNATURE = 90
"""Longest signature that stands on one line. [characters]"""


def _clean(text: str) -> str:
    for prefix in (
        "contingent.model.scenario.",
        "contingent.plan.plan.",
        "polars.dataframe.frame.",
        "pathlib.",
        "collections.abc.",
        "datetime.",
    ):
        text = text.replace(prefix, "")
    return text.replace("'", "")


def _members(thing: type) -> list[str]:
    """Public methods and properties that the class defines itself, in a table."""
    fields = {field.name for field in dataclasses.fields(thing)} if dataclasses.is_dataclass(thing) else set()
    rows = []
    for name, member in vars(thing).items():
        if name.startswith("_") or name in fields or name in ("model_config",):
            continue
        target = member.fget if isinstance(member, property) else getattr(member, "func", member)
        target = getattr(target, "__func__", target)
        if not inspect.isfunction(target) or not inspect.getdoc(target) or target.__module__.startswith("pydantic"):
            continue
        called = f"{name}()" if inspect.isfunction(getattr(member, "__func__", member)) else name
        rows.append(f"| `{called}` | {summary_of(inspect.getdoc(target) or '').replace('|', '/')} |")
    return ["", "| member | what it is |", "|---|---|", *rows] if rows else []
