"""Every rule and formula of the code, from its docstring: the page cannot say anything else than the code."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import contingent
from documentation.docstrings import as_markdown

STAGES = {
    "generation": "Force generation",
    "pool": "The pool",
    "sizing": "Sizing",
    "structure": "Structure",
    "adequacy": "Adequacy",
    "network": "The way",
    "deployment": "Deployment",
    "sustainment": "Sustainment",
    "logistics": "Sustainment",
    "plan": "What a plan says of itself",
    "cost": "Cost",
    "simulation": "Simulation",
    "stress": "Stress",
    "ceiling": "Ceiling",
    "monitoring": "Monitoring",
    "aid": "Aid",
    "model": "Tours that a planner has fixed",
}
"""Chapters by the package that holds their rules, in the order of the pages."""

ROWS = "contingent.generation.matrix"
"""Module whose functions that write into a linear model are the rules of force generation."""

PINS = "contingent.model.pins"
"""Module whose ``RULES`` are those of tours that a planner has fixed."""


@dataclass(frozen=True)
class Rule:
    """A rule of the code.

    Parameters
    ----------
    stage : str
        Chapter that it belongs to.
    name, home : str
        Its own name, which is the function's; the module that it stands in.
    docstring : str
        What it says.
    """

    stage: str
    name: str
    home: str
    docstring: str

    @property
    def formulas(self) -> int:
        """How many formulas it holds."""
        return self.docstring.count(".. math::")


def modules() -> Iterator[ModuleType]:
    """Yield every module of the package that may hold rules, in the order of their names."""
    skipped = ("contingent.web", "contingent.cli", "contingent.__main__", "contingent.store", "contingent.report")
    for found in sorted(walk_packages(contingent.__path__, "contingent."), key=lambda found: found.name):
        if not found.name.startswith(skipped):
            yield import_module(found.name)


def rules() -> list[Rule]:
    """Return every rule: functions and modules with a formula, rows of force generation, rules of fixed tours, by chapter."""
    found: list[Rule] = []
    for module in modules():
        stage = module.__name__.split(".")[1]
        told = inspect.getdoc(module) or ""
        if ".. math::" in told:
            found.append(Rule(stage, module.__name__.rpartition(".")[2], module.__name__, told))
        found += [
            Rule(stage, name, module.__name__, inspect.getdoc(thing) or "")
            for name, thing in _own(module)
            if _is_rule(module, thing)
        ]
    order = list(STAGES)
    return sorted(found, key=lambda rule: (order.index(rule.stage), rule.home != ROWS))


def _own(module: ModuleType) -> list[tuple[str, object]]:
    """Functions, classes and methods that a module defines itself, in the order in which they stand there."""
    things = [(name, thing) for name, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__]
    methods = [
        (f"{name}.{part}", method)
        for name, thing in things
        if inspect.isclass(thing)
        for part, method in vars(thing).items()
        if inspect.isfunction(method) and not part.startswith("__")
    ]
    return [(name, thing) for name, thing in (*things, *methods) if callable(thing)]


def _is_rule(module: ModuleType, thing: object) -> bool:
    if ".. math::" in (inspect.getdoc(thing) or "") and ".. math::" in (getattr(thing, "__doc__", None) or ""):
        return True
    if module.__name__ == PINS:
        return thing in vars(module)["RULES"]
    return False


def page(written: str) -> str:
    """Return the page of the formulation: what was written by hand, and after it every rule of the code.

    Parameters
    ----------
    written : str
        The text of ``docs/formulation.md``.
    """
    told = [
        written.rstrip("\n"),
        "",
        "# The rules, as the code has them".replace("# ", "## ", 1),
        "",
        (
            "From here on the page is made from the docstrings of the code: one function is one rule, and its name is the "
            "rule's name in reports. Words in a formula are columns of tables or names that the docstring explains."
        ),
    ]
    stage = None
    for rule in rules():
        if STAGES[rule.stage] != stage:
            stage = STAGES[rule.stage]
            told += ["", f"### {stage}"]
        told += [
            "",
            f"#### `{rule.name}` {{ #{anchor(rule)} }}",
            "",
            f"<small>`{rule.home}`</small>",
            "",
            as_markdown(rule.docstring).rstrip("\n"),
        ]
    return "\n".join(told) + "\n"


def anchor(rule: Rule) -> str:
    """Return the name by which a link finds the chapter of a rule."""
    return re.sub(r"[^a-z0-9]+", "-", f"{rule.home.removeprefix('contingent.')}-{rule.name}".lower())


def formulas_in(source: Path) -> int:
    """Return how many formulas the docstrings of a folder of Python files hold."""
    return sum(path.read_text(encoding="utf-8").count(".. math::") for path in sorted(source.rglob("*.py")))
