"""Where a requirement line hangs: the formation under which its units stand.

One function is one rule; the first that finds a formation holds.

    headquarters   the line is a formation's headquarters
    named          the line names a formation of the option
    support        the support command, for a line that was sized from the tonnes that the force uses up
    place          the formation whose sector has the line's place
    component      the formation of the component (air, maritime, land, support) to which its reference unit type belongs
    top            the top

A land line of a formation that has several brigades in the line's sector is spread over them (`brigades_that_share`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from contingent.model.rows import Requirement, UnitType
from contingent.model.rules import SUPPORT_METHODS, lines_of_option, places_upwards, reference_type
from contingent.model.scenario import Scenario
from contingent.structure.tree import Tree

COMPONENT_OF_DOMAIN = {"land": "land", "air": "air", "maritime": "maritime", "joint": "support"}
GROUND = ("force", "land", "support")
"""Components whose formations take lines on land by their place."""

SHARES = "brigade"
"""Echelon of the formations over which a line is spread."""


@dataclass(frozen=True, slots=True)
class Hung:
    """A line and the formation that has it.

    Parameters
    ----------
    line : Requirement
        The line.
    formations : tuple of str
        Where its units stand: one formation, or those over which they are spread.
    rule : str
        The rule that placed it.
    unit_type : UnitType or None
        Reference unit type of its capability; None where no type gives it.
    """

    line: Requirement
    formations: tuple[str, ...]
    rule: str
    unit_type: UnitType | None

    @property
    def is_of_battlegroups(self) -> bool:
        """Whether the line asks for battlegroups."""
        return self.unit_type is not None and is_battlegroup(self.unit_type)


def is_battlegroup(unit_type: UnitType) -> bool:
    """Whether a unit type is a battlegroup: by its echelon, or a battalion that counts as one for adequacy."""
    words = unit_type.echelon.casefold().split()
    return "battlegroup" in words or ("battalion" in words and bool(unit_type.battalions))


def hang_lines(scenario: Scenario, tree: Tree, option: str | None) -> tuple[Hung, ...]:
    """Return every line of an option with its formation, in the order of requirements.csv."""
    headed: dict[str, list[str]] = {}
    for formation in tree.formations.values():
        for name in formation.headquarters:
            headed.setdefault(name, []).append(formation.formation)
    return tuple(_hang(scenario, tree, line, headed) for line in lines_of_option(scenario, option))


def _hang(scenario: Scenario, tree: Tree, line: Requirement, headed: dict[str, list[str]]) -> Hung:
    unit_type = reference_type(scenario, line.capability)
    if line.line in headed:
        return Hung(line, tuple(headed[line.line]), "headquarters", unit_type)
    for rule, find in RULES.items():
        home = find(scenario, tree, line, unit_type)
        if home is not None:
            shares = brigades_that_share(scenario, tree, home, line, unit_type)
            return Hung(line, shares or (home,), rule, unit_type)
    return Hung(line, (tree.top,), "top", unit_type)


def _named(scenario: Scenario, tree: Tree, line: Requirement, unit_type: UnitType | None) -> str | None:  # noqa: ARG001
    return line.formation if line.formation in tree.formations else None


def _in_support(scenario: Scenario, tree: Tree, line: Requirement, unit_type: UnitType | None) -> str | None:  # noqa: ARG001
    task = scenario.task_by_name.get(line.mandate) if line.mandate is not None else None
    return _highest(tree, "support") if task is not None and task.method in SUPPORT_METHODS else None


def _by_place(scenario: Scenario, tree: Tree, line: Requirement, unit_type: UnitType | None) -> str | None:
    """The formation of the smallest sector in which the line lies; of several the highest, or what stands above them all."""
    component = component_of(unit_type)
    wanted = GROUND if component in GROUND else (component,)
    for place in places_upwards(scenario, line.location):
        found = [
            name
            for name, row in tree.formations.items()
            if row.component in wanted and row.sector is not None and _stands_at(scenario, row.sector, place)
        ]
        if found:
            highest = min(tree.depth(name) for name in found)
            level = [name for name in found if tree.depth(name) == highest]
            return next(above for above in tree.above(level[0]) if set(level) <= set(tree.below(above)))
    return None


def _by_component(scenario: Scenario, tree: Tree, line: Requirement, unit_type: UnitType | None) -> str | None:  # noqa: ARG001
    return _highest(tree, component_of(unit_type)) if unit_type is not None else None


def _highest(tree: Tree, component: str) -> str | None:
    """The highest formation of a component, of several the first by name; None where there is none."""
    found = [name for name, row in tree.formations.items() if row.component == component]
    return min(found, key=lambda name: (tree.depth(name), name)) if found else None


Rule = Callable[[Scenario, Tree, Requirement, UnitType | None], str | None]

RULES: dict[str, Rule] = {"named": _named, "support": _in_support, "place": _by_place, "component": _by_component}


def component_of(unit_type: UnitType | None) -> str:
    """Return the component to which a unit type belongs, by its domain."""
    return COMPONENT_OF_DOMAIN[unit_type.domain] if unit_type is not None else "force"


def _stands_at(scenario: Scenario, sector: str, place: str) -> bool:
    row = scenario.sector_by_name.get(sector)
    return row is not None and row.location == place


def brigades_that_share(
    scenario: Scenario, tree: Tree, home: str, line: Requirement, unit_type: UnitType | None
) -> tuple[str, ...]:
    """Return the brigades over which a line of a formation is spread; none where it stays with the formation itself.

    They are the land brigades under it, by way of divisions or not, that answer for the sector in which the line lies (or for
    none). There must be several. What is spread is land troops and no headquarters: battlegroups always, all else where there is
    one for each brigade at least; a single battery is the formation's own.
    """
    if unit_type is None or unit_type.domain != "land" or "headquarters" in unit_type.echelon.casefold().split():
        return ()
    places = set(places_upwards(scenario, line.location))
    brigades = [
        name
        for name in tree.below(home)
        if name != home
        and SHARES in tree.formations[name].echelon.casefold().split()
        and tree.formations[name].component == "land"
        and ((sector := tree.sector_of(name)) is None or any(_stands_at(scenario, sector, place) for place in places))
    ]
    if len(brigades) < 2 or (not is_battlegroup(unit_type) and line.quantity < len(brigades)):
        return ()
    return tuple(brigades)
