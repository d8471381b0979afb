"""The tree of formations of one option, and what may be wrong with it.

A formation of another option is passed over: who stands under it stands under the nearest formation above it that the option has.
Where several formations have nobody above them, they stand under one of them that is called `TOP`, or else under a top of that
name which is made up for the purpose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from contingent.findings import Finding, nearest_name
from contingent.model.rows import Requirement
from contingent.model.rules import caveat_against, circles
from contingent.model.scenario import Scenario
from contingent.model.structure import Formation

TOP = "Force"
"""Name of the top where the table of formations has none, or several."""

TABLE = "formations.csv"


@dataclass(frozen=True)
class Tree:
    """The formations of an option and who stands under whom.

    Parameters
    ----------
    formations : mapping of str to Formation
        By name, each before those under it, neighbours in the order of formations.csv.
    parents : mapping of str to str
        The formation above; the top has none.
    top : str
        The formation that has nobody above it.
    """

    formations: Mapping[str, Formation]
    parents: Mapping[str, str]
    top: str

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Formations directly under each, in their order."""
        found: dict[str, list[str]] = {name: [] for name in self.formations}
        for name in self.formations:
            if name in self.parents:
                found[self.parents[name]].append(name)
        return {name: tuple(names) for name, names in found.items()}

    def above(self, name: str) -> Iterator[str]:
        """Yield a formation and all those above it, upwards."""
        at: str | None = name
        while at is not None:
            yield at
            at = self.parents.get(at)

    def below(self, name: str) -> Iterator[str]:
        """Yield a formation and all those under it, each before those under it."""
        yield name
        for child in self.children[name]:
            yield from self.below(child)

    def depth(self, name: str) -> int:
        """Return how many formations stand above it."""
        return sum(1 for _ in self.above(name)) - 1

    def sector_of(self, name: str) -> str | None:
        """Return the sector that a formation answers for: its own, or that of the nearest formation above that has one."""
        return next((self.formations[at].sector for at in self.above(name) if self.formations[at].sector is not None), None)


def tree_of_option(scenario: Scenario, option: str | None) -> Tree:
    """Return the tree of an option; of all formations where `option` is None.

    Formations that stand under one another in a circle must have been refused before (`faults_of_formations`).
    """
    rows = {row.formation: row for row in scenario.formations if option is None or not row.option or option in row.option}
    parents = {name: above for name in rows if (above := _nearest_above(scenario, rows, name)) is not None}
    tops = [name for name in rows if name not in parents]
    if len(tops) == 1:
        top = tops[0]
    else:
        top = TOP if TOP in tops else _free_name(rows)
        rows.setdefault(top, Formation(formation=top, echelon="force", component="force"))
        parents.update({name: top for name in tops if name != top})
    unordered = Tree(rows, parents, top)
    return Tree({name: rows[name] for name in unordered.below(top)}, parents, top)


def _nearest_above(scenario: Scenario, rows: Mapping[str, Formation], name: str) -> str | None:
    passed = {name}
    above = scenario.formation_by_name[name].parent
    while above is not None and above not in rows and above not in passed:
        passed.add(above)
        row = scenario.formation_by_name.get(above)
        above = row.parent if row is not None else None
    return above if above in rows and above != name else None


def _free_name(rows: Mapping[str, Formation]) -> str:
    name = TOP
    while name in rows:
        name = f"Whole {name}"
    return name


def faults_of_formations(scenario: Scenario) -> tuple[Finding, ...]:
    """Return what is wrong with the formations, typed in or derived: errors that no tree can be made of, and warnings.

    It reads the scenario alone, so that whoever checks a scenario can call it once the requirement is derived.
    """
    return (*_unknown_parents(scenario), *_circles(scenario), *_headquarters(scenario), *_lines_astray(scenario))


def _unknown_parents(scenario: Scenario) -> Iterator[Finding]:
    for row in scenario.formations:
        if row.parent is None:
            continue
        above = scenario.formation_by_name.get(row.parent)
        if above is None:
            yield Finding(
                TABLE,
                f"'{row.formation}' stands under '{row.parent}', which is not a formation of this scenario.",
                column="parent",
                nearest=nearest_name(row.parent, scenario.formation_by_name),
                maybe="leave the cell blank: it is then the top, or stands under the top",
            )
        elif above.option and (missing := [name for name in row.option or scenario.option_names if name not in above.option]):
            yield Finding(
                TABLE,
                f"'{row.formation}' stands under '{row.parent}', which option {', '.join(missing)} does not have: "
                "there it stands under the next formation above.",
                column="parent",
                severity="warning",
            )


def _circles(scenario: Scenario) -> Iterator[Finding]:
    for circle in circles({row.formation: row.parent for row in scenario.formations}):
        yield Finding(
            TABLE,
            f"the formations stand under one another in a circle: {' under '.join(circle)}.",
            column="parent",
            maybe="leave the parent of the highest of them blank",
        )


def _headquarters(scenario: Scenario) -> Iterator[Finding]:
    for row in scenario.formations:
        lines = []
        for name in row.headquarters:
            line = scenario.requirement_by_line.get(name)
            if line is None:
                yield Finding(
                    TABLE,
                    f"'{name}', headquarters of '{row.formation}', is not a line of this scenario.",
                    column="headquarters",
                    nearest=nearest_name(name, scenario.requirement_by_line),
                    maybe="leave it out, or add the line to requirements.csv",
                )
                continue
            lines.append(line)
            if line.formation is not None and line.formation != row.formation and line.formation in scenario.formation_by_name:
                yield Finding(
                    TABLE,
                    f"line '{name}' is the headquarters of '{row.formation}' and yet names '{line.formation}': it hangs in "
                    f"'{row.formation}'.",
                    column="headquarters",
                    severity="warning",
                )
        if row.framework_nation is not None and lines and not _may_hold(scenario, row.framework_nation, lines):
            yield Finding(
                TABLE,
                f"{row.framework_nation} is pinned as framework nation of '{row.formation}', but offers nothing that may hold "
                f"its headquarters ({', '.join(line.line for line in lines)}).",
                column="framework_nation",
                severity="warning",
            )


def _may_hold(scenario: Scenario, nation: str, lines: list[Requirement]) -> bool:
    return any(
        offer.nation == nation
        and (line.capability, offer.unit_type) in scenario.effectiveness
        and caveat_against(scenario, offer, line) is None
        for line in lines
        for offer in scenario.offers
    )


def _lines_astray(scenario: Scenario) -> Iterator[Finding]:
    if not scenario.formations:
        return
    for line in scenario.requirements:
        if line.formation is not None and line.formation not in scenario.formation_by_name:
            yield Finding(
                "requirements.csv",
                f"line '{line.line}' names '{line.formation}', which is not a formation of this scenario: it goes by its place.",
                column="formation",
                nearest=nearest_name(line.formation, scenario.formation_by_name),
                severity="warning",
            )
