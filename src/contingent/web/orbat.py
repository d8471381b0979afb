"""The order of battle on a day as a tree to be read: what stands under what, found by nation, state or words.

    root         the tree of the day, as `contingent.structure.orbat_at` returns it
    branches     the same with a symbol, a state and words for each, and only what the filters let through

Nothing is decided here: a plan says under which formation each of its tours is.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.orbat.node import fill_of_amounts
from contingent.report.words import amount, d_day, grouped, place_name, plain
from contingent.store import StoredPlan
from contingent.structure.at_day import Away, Node, orbat_at
from contingent.structure.orbat import Orbat, read_orbat
from contingent.web.attaching import can_move
from contingent.web.symbols import drawn
from contingent.web.view import View

SYMBOL = 18.0
"""Size of a symbol in the tree. [px]"""

OPEN_DEPTH = 2
"""Steps of the tree that are open at first."""


ATTACHED = "attached"
"""State of what is put under another formation on the day."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What the filters let through; blank = all. A state is gap, for posts that nobody holds, or attached."""

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
    key : str
        By which it is found again: of a formation, a unit or a post.
    figures : str
        People, and units held of those asked for; of a formation how many are attached and detached.
    bond : str
        By which relation it stands here, from where and until when; blank where it is not attached. To whom it is ADCON.
    can_move : bool
        Whether it can be put under another formation.
    away : tuple of str
        Of a formation: what belongs to it and is attached elsewhere.
    is_open : bool
        Whether what stands under it is shown at first.
    """

    kind: str
    key: str
    name: str
    symbol: Markup
    nation: str
    state: str
    figures: str
    about: str
    line: str | None
    is_open: bool
    children: tuple["Branch", ...]
    bond: str = ""
    can_move: bool = False
    away: tuple[str, ...] = ()


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


def orbat_kept(view: View) -> Orbat | None:
    """Return the order of battle of the plan that a page shows, made once, with the attachments of now; None without one."""
    return orbat_with(view, view.stored, view.plan) if view.stored is not None and view.plan is not None else None


def orbat_with(view: View, stored: StoredPlan | None, plan: Plan, *further: Hashable) -> Orbat | None:
    """Return the order of battle of a plan as it is seen, made once, with the attachments of now; None where it has none.

    Parameters
    ----------
    stored : StoredPlan or None
        The plan in the archive; None = it is of the tables of now, and `further` says which it is.
    """
    scenario = view.scenario
    if scenario is None:
        return None
    planned, since = (scenario, view.since) if stored is None else (view.planned_as_seen(stored), view.origin_of(stored)[1])
    if planned is None:
        return None
    laid = planned.model_copy(update={"attachments": scenario.attachments})
    key = ("orbat", stored.id if stored is not None else None, view.scope, scenario.attachments, *further)
    return view.shelf.get(key, lambda: orbat_of(laid, plan), version=since)


def root_at(orbat: Orbat, day: int) -> Node:
    """Return the tree of a day."""
    return orbat_at(orbat, day)


def branch_of(
    scenario: Scenario, node: Node, sought: Sought, names: Mapping[str, str], *, depth: int = 0
) -> Branch | None:
    """Return an element with what of it the filters let through; None where they let nothing of it through.

    `names` are those of formations, in words.
    """
    children = tuple(
        branch
        for child in node.children
        if (branch := branch_of(scenario, child, sought, names, depth=depth + 1)) is not None
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
    if node.attached or node.detached:
        figures += [f"{grouped(node.organic_people)} of its own"]
        figures += [f"{grouped(node.attached)} attached"] if node.attached else []
        figures += [f"{grouped(node.detached)} detached"] if node.detached else []
    about = [plain(node.echelon or ""), place_name(scenario, node.location), "headquarters" if node.headquarters else ""]
    return Branch(
        kind=node.kind,
        key=node.key,
        name=node.name,
        symbol=drawn(node.symbol, size=SYMBOL, is_planned=is_gap) if node.symbol else Markup(),
        nation=node.nation or "",
        state=fill_of_amounts(node.filled, node.gap) if node.kind != "unit" else "filled",
        figures=" · ".join(figures),
        about=" · ".join(part for part in about if part),
        line=node.line,
        is_open=depth < OPEN_DEPTH or not sought.is_all,
        children=children,
        bond=bond_words(node, names),
        can_move=can_move(node, is_top=depth == 0),
        away=tuple(away_words(each) for each in node.away) if sought.is_all else (),
    )


def bond_words(node: Node, names: Mapping[str, str]) -> str:
    """Return by which relation an element stands where it stands, and to whom it is ADCON; blank where it is not attached."""
    said = []
    if node.bond is not None:
        until = f" until {d_day(node.bond.until_day)}" if node.bond.until_day is not None else ""
        said.append(f"{node.bond.relation} from {names.get(node.bond.organic, node.bond.organic)}{until}")
    if node.administered is not None:
        said.append(f"ADCON to {names.get(node.administered, node.administered)}")
    return ", ".join(said)


def away_words(away: Away) -> str:
    """Return what is attached elsewhere, in words: what, by which relation, to whom, until when."""
    until = f" until {d_day(away.bond.until_day)}" if away.bond.until_day is not None else ""
    nation = f" {away.nation}" if away.nation else ""
    return f"{away.name}{nation}: {away.bond.relation} to {away.under}{until}, {grouped(away.people)} people"


def _is_sought(scenario: Scenario, node: Node, sought: Sought) -> bool:
    if sought.is_all:
        return True
    if sought.nation and sought.nation not in (node.nation or "").split("/"):
        return False
    if sought.state and not (node.bond is not None if sought.state == ATTACHED else node.kind == sought.state):
        return False
    words = (node.name, node.key, node.line or "", node.nation or "", place_name(scenario, node.location), node.relation or "")
    told = " ".join(words).casefold()
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
