"""The order of battle on a day as a tree to be read: what stands under what, found by nation, state or words.

    root         the tree of the day, as `contingent.structure.orbat_at` returns it
    branches     the same with a symbol, a state and words for each, and only what the filters let through

Nothing is decided here: a plan says under which formation each of its tours is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.orbat.node import fill_of_amounts
from contingent.report.words import amount, grouped, place_name, plain
from contingent.structure.at_day import Node, orbat_at
from contingent.structure.orbat import Orbat, read_orbat
from contingent.web.symbols import drawn

SYMBOL = 18.0
"""Size of a symbol in the tree. [px]"""

OPEN_DEPTH = 2
"""Steps of the tree that are open at first."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What the filters let through; blank = all. A state is a kind of element: gap, for posts that nobody holds."""

    nation: str = ""
    state: str = ""
    text: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.nation or self.state or self.text)


@dataclass(frozen=True, slots=True)
class Branch:
    """An element of the tree as it is shown.

    Parameters
    ----------
    state : {"filled", "partial", "gap"}
        How far what was asked for at and under it is held.
    figures : str
        People, and units held of those asked for.
    is_open : bool
        Whether what stands under it is shown at first.
    """

    kind: str
    name: str
    symbol: Markup
    nation: str
    state: str
    figures: str
    about: str
    line: str | None
    is_open: bool
    children: tuple["Branch", ...]


def orbat_of(scenario: Scenario, plan: Plan) -> Orbat | None:
    """Return the order of battle of a plan; None where the plan does not say under which formation each of its tours is."""
    if plan.orbat.height == 0 or plan.orbat.height != plan.tours.height or not scenario.formations:
        return None
    if not _is_of(scenario, plan):
        return None
    return read_orbat(scenario, plan.orbat, plan.tours, plan.coverage, plan.option)


def _is_of(scenario: Scenario, plan: Plan) -> bool:
    """Whether formations, lines and kinds of unit of a plan are still those of the tables."""
    return (
        set(plan.orbat["formation"]) <= {row.formation for row in scenario.formations}
        and set(plan.orbat["line"]) <= set(scenario.requirement_by_line)
        and set(plan.tours["unit_type"]) <= set(scenario.unit_type_by_name)
    )


def root_at(orbat: Orbat, day: int) -> Node:
    """Return the tree of a day."""
    return orbat_at(orbat, day)


def branch_of(scenario: Scenario, node: Node, sought: Sought, *, depth: int = 0) -> Branch | None:
    """Return an element with what of it the filters let through; None where they let nothing of it through."""
    children = tuple(
        branch
        for child in node.children
        if (branch := branch_of(scenario, child, sought, depth=depth + 1)) is not None
    )
    if not children and not _is_sought(scenario, node, sought):
        return None
    is_gap = node.kind == "gap"
    needed = node.filled + node.gap
    figures = [] if is_gap else [f"{grouped(node.people)} people"]
    if node.kind == "formation" and needed:
        figures.append(f"{amount(node.filled)} of {amount(needed)} units")
    elif is_gap:
        figures.append(f"{amount(node.gap)} missing")
    about = [plain(node.echelon or ""), place_name(scenario, node.location), "headquarters" if node.headquarters else ""]
    return Branch(
        kind=node.kind,
        name=node.name,
        symbol=drawn(node.symbol, size=SYMBOL, is_planned=is_gap) if node.symbol else Markup(),
        nation=node.nation or "",
        state=fill_of_amounts(node.filled, node.gap) if node.kind != "unit" else "filled",
        figures=" · ".join(figures),
        about=" · ".join(part for part in about if part),
        line=node.line,
        is_open=depth < OPEN_DEPTH or not sought.is_all,
        children=children,
    )


def _is_sought(scenario: Scenario, node: Node, sought: Sought) -> bool:
    if sought.is_all:
        return True
    if sought.nation and sought.nation not in (node.nation or "").split("/"):
        return False
    if sought.state and node.kind != sought.state:
        return False
    told = f"{node.name} {node.key} {node.line or ''} {node.nation or ''} {place_name(scenario, node.location)}".casefold()
    return all(word in told for word in sought.text.casefold().split())


def nations_in(root: Node) -> tuple[str, ...]:
    """Return the nations that have a unit in the tree."""
    found = {nation for node in root.walk() if node.kind == "unit" and node.nation for nation in node.nation.split("/")}
    return tuple(sorted(found))


def framework_nations(root: Node) -> Iterator[tuple[str, str]]:
    """Yield the name of each formation that has a framework nation, and that nation."""
    for node in root.walk():
        if node.kind == "formation" and node.nation:
            yield node.name, node.nation
