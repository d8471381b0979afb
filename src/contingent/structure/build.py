"""The stage: every tour of a plan gets its formation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import errors_only
from contingent.model.scenario import Scenario
from contingent.structure.attached import faults_of_attachments
from contingent.structure.hanging import Hung, hang_lines
from contingent.structure.measures import Stay, is_state
from contingent.structure.orbat import Orbat, orbat_of_stays, stay_of_row
from contingent.structure.problem import Problem, Serving, Spread
from contingent.structure.spread import spread
from contingent.structure.tree import Tree, faults_of_formations, tree_of_option


def build_orbat(scenario: Scenario, tours: pl.DataFrame, coverage: pl.DataFrame, option: str | None) -> Orbat:
    """Hang the lines and tours of a plan into the formations of its option.

    Parameters
    ----------
    scenario : Scenario
        With its offers, requirement and formations derived.
    tours, coverage : polars.DataFrame
        Of the plan (`contingent.plan.COLUMNS`).
    option : str or None
        Option that was planned; None = all lines.

    Raises
    ------
    BadScenario
        If formations name a parent or a headquarters that is not there, or stand under one another in a circle; the same of
        attachments.
    """
    if errors := errors_only((*faults_of_formations(scenario), *faults_of_attachments(scenario))):
        raise BadScenario(scenario.settings.title, errors)
    tree = tree_of_option(scenario, option)
    hung = hang_lines(scenario, tree, option)
    stays, spreads = _place(scenario, tree, hung, tours)
    return orbat_of_stays(scenario, tree, hung, stays, coverage, spreads)


def _place(scenario: Scenario, tree: Tree, hung: Sequence[Hung], tours: pl.DataFrame) -> tuple[list[Stay], tuple[Spread, ...]]:
    """Give every tour a formation: that of its line, or one of those that share it."""
    at_line = {entry.line.line: entry for entry in hung}
    stays = [
        stay_of_row(row, at_line[row["line"]].formations[0])
        for row in tours.sort("line", "from_day", "unit", maintain_order=True).iter_rows(named=True)
    ]
    settled = [stay for stay in stays if len(at_line[stay.line].formations) == 1]
    spreads = []
    for together in _shared_together(hung):
        names = tuple(name for name in tree.formations if any(name in entry.formations for entry in together))
        place = {name: number for number, name in enumerate(names)}
        lines = {entry.line.line: entry for entry in together}
        shared = [number for number, stay in enumerate(stays) if stay.line in lines]
        inside = {below: place[name] for name in names for below in tree.below(name)}
        problem = Problem(
            names,
            {line: tuple(place[name] for name in entry.formations) for line, entry in lines.items()},
            frozenset(line for line, entry in lines.items() if entry.is_of_battlegroups and entry.rule != "headquarters"),
            tuple(_serving(scenario, stays[number]) for number in shared),
            tuple((inside[stay.formation], _serving(scenario, stay)) for stay in settled if stay.formation in inside),
        )
        places, result = spread(problem)
        spreads.append(result)
        for number, at in zip(shared, places, strict=True):
            stays[number] = replace(stays[number], formation=names[at])
    return stays, tuple(spreads)


def _serving(scenario: Scenario, stay: Stay) -> Serving:
    nation = stay.nation if is_state(scenario, stay.nation) else None
    return Serving(stay.line, nation, stay.from_day, stay.serves_until_day, stay.effectiveness)


def _shared_together(hung: Iterable[Hung]) -> list[list[Hung]]:
    """Lines that several formations share, put together where they have a formation in common."""
    groups: list[tuple[set[str], list[Hung]]] = []
    for entry in hung:
        if len(entry.formations) < 2:
            continue
        names, lines = set(entry.formations), [entry]
        apart = []
        for other_names, other_lines in groups:
            if names & other_names:
                names |= other_names
                lines = [*other_lines, *lines]
            else:
                apart.append((other_names, other_lines))
        groups = [*apart, (names, lines)]
    return [lines for _, lines in groups]
