"""Attachments laid on the order of battle: under which headquarters each formation, post and unit stands on a day.

    worked out     what `build_orbat` gave a formation, a line, a tour: its organic place
    OPCON          it stands under another formation, with all under it
    TACON          the same, and before OPCON of the same days: the closer control is drawn
    ADCON          told beside it; it moves nobody

A unit goes by the row that names it, else by that of its whole offer, else by that of its line; else it stays, and goes where its
formation goes. A headquarters is not moved alone: it goes with its formation. A row whose formations the option does not have is
passed over, as a formation of another option is. Formations that would stand under one another in a circle stay where they are;
that is told as an error (`faults_of_attachments`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contingent.findings import Finding, nearest_name
from contingent.model.pins import options_to_plan
from contingent.model.rules import circles
from contingent.model.scenario import Scenario
from contingent.model.structure import COMMANDING, Attachment
from contingent.structure.tree import Tree, tree_of_option

TABLE = "attachments.csv"
NUMBER = "#"
"""Before the number of a unit in its name: FRA-mech#3."""


@dataclass(frozen=True, slots=True)
class Bond:
    """By which attachment an element stands elsewhere than the order of battle has it.

    Parameters
    ----------
    attachment, relation : str
        The row; OPCON or TACON.
    organic : str
        Formation under which it stands otherwise.
    from_day, until_day : int or None
        When; None = to the horizon. [days from D-day]
    """

    attachment: str
    relation: str
    organic: str
    from_day: int
    until_day: int | None


def bond_of(row: Attachment, organic: str) -> Bond:
    """Return an attachment as what is moved by it tells it."""
    return Bond(row.attachment, row.relation, organic, row.from_day, row.until_day)


def attachments_of_option(scenario: Scenario, tree: Tree) -> tuple[Attachment, ...]:
    """Return the attachments that name formations of an option's tree, in the order of their table."""
    return tuple(
        row
        for row in scenario.attachments
        if row.moved is not None and row.under in tree.formations and (row.formation is None or row.formation in tree.formations)
    )


def number_of(unit: str) -> int | None:
    """Return the number of a unit within its offer, from its name.

    >>> number_of("FRA-mech#03"), number_of("a unit")
    (3, None)
    """
    number = unit.rpartition(NUMBER)[2] if NUMBER in unit else ""
    return int(number) if number.isascii() and number.isdecimal() else None


@dataclass(frozen=True)
class Laid:
    """The attachments that hold on a day.

    Parameters
    ----------
    parents : mapping of str to str
        The formation above each formation on that day; the top has none.
    organic : mapping of str to str
        The same, as it was worked out.
    formations : mapping of str to Attachment
        By which row a formation is moved.
    circles : tuple of tuple of str
        Formations that would stand under one another, the first again at the end: none of them is moved.
    """

    parents: Mapping[str, str]
    organic: Mapping[str, str]
    formations: Mapping[str, Attachment]
    circles: tuple[tuple[str, ...], ...] = ()
    _others: Mapping[tuple[str, str, int | None], Attachment] = field(default_factory=dict)
    _administered: Mapping[tuple[str, str, int | None], str] = field(default_factory=dict)

    def of_unit(self, unit: str, *, offer: str, line: str) -> Attachment | None:
        """Return the row by which a unit that serves a line stands elsewhere; None where none does."""
        return next((row for key in _keys_of_unit(unit, offer, line) if (row := self._others.get(key)) is not None), None)

    def of_line(self, line: str) -> Attachment | None:
        """Return the row by which the posts of a line stand elsewhere; None where none does."""
        return self._others.get(("line", line, None))

    def administered(self, unit: str, *, offer: str, line: str) -> str | None:
        """Return the formation to which a unit is ADCON; None where to none."""
        return next((name for key in _keys_of_unit(unit, offer, line) if (name := self._administered.get(key))), None)

    def formation_administered(self, formation: str) -> str | None:
        """Return the formation to which a formation is ADCON; None where to none."""
        return self._administered.get(("formation", formation, None))

    def above(self, formation: str, *, organic: bool = False) -> Iterator[str]:
        """Yield a formation and all those above it on that day, or as it was worked out."""
        parents = self.organic if organic else self.parents
        at: str | None = formation
        while at is not None:
            yield at
            at = parents.get(at)


def _keys_of_unit(unit: str, offer: str, line: str) -> tuple[tuple[str, str, int | None], ...]:
    number = number_of(unit)
    own = (("offer", offer, number),) if number is not None else ()
    return (*own, ("offer", offer, None), ("line", line, None))


def laid_on(attachments: Iterable[Attachment], parents: Mapping[str, str], day: int) -> Laid:
    """Return what attachments come to on a day.

    Parameters
    ----------
    attachments : iterable of Attachment
        Those of the option.
    parents : mapping of str to str
        The formation above each formation, as it was worked out.
    day : int
        [days from D-day]
    """
    holding = [row for row in attachments if row.moved is not None and row.holds_on(day)]
    administered = {row.moved: row.under for row in reversed(holding) if row.relation == "ADCON" and row.moved is not None}
    moved: dict[tuple[str, str, int | None], Attachment] = {}
    for relation in COMMANDING:
        for row in holding:
            if row.relation == relation and row.moved is not None:
                moved.setdefault(row.moved, row)
    formations = {name: row for (kind, name, _), row in moved.items() if kind == "formation"}
    cut: list[tuple[str, ...]] = []
    while found := list(circles(_above(parents, formations))):
        cut += found
        formations = {name: row for name, row in formations.items() if not any(name in circle for circle in found)}
    others = {key: row for key, row in moved.items() if key[0] != "formation"}
    return Laid(_above(parents, formations), parents, formations, tuple(cut), others, administered)


def _above(parents: Mapping[str, str], formations: Mapping[str, Attachment]) -> dict[str, str]:
    """The formation above each, where some are moved."""
    return {**parents, **{name: row.under for name, row in formations.items()}}


def standing(laid: Laid, row: Mapping[str, Any], staffs: Container[tuple[str, str]]) -> tuple[str, Attachment | None]:
    """Return the formation under which a unit stands, and by which attachment; None = as it was worked out.

    Parameters
    ----------
    laid : Laid
        The attachments of the day.
    row : mapping
        The unit: a row of `contingent.structure.Orbat.units`.
    staffs : container of (str, str)
        Formations with the lines that are their headquarters: these are not moved alone.
    """
    own = row["formation"]
    by = None if (own, row["line"]) in staffs else laid.of_unit(row["unit"], offer=row["offer"], line=row["line"])
    return (own, None) if by is None or by.under == own else (by.under, by)


def days_of_attachments(attachments: Iterable[Attachment]) -> set[int]:
    """Return the days on which an attachment begins or ends. [days from D-day]"""
    return {day for row in attachments for day in (row.from_day, row.until_day) if day is not None}


# ------------------------------------------------------------------------------------------------------------------- faults


def faults_of_attachments(scenario: Scenario) -> tuple[Finding, ...]:
    """Return what keeps attachments from being kept, once lines and formations are derived: errors, and warnings.

    A name that no option has is an error, and so is a circle of formations. A headquarters that would be moved without its
    formation, and a unit that the offer does not have, are warnings, for nobody is moved by them.
    """
    if not scenario.attachments:
        return ()
    found = dict.fromkeys((*_unknown_names(scenario), *_that_move_nobody(scenario)))
    for option in options_to_plan(scenario):
        found.update(dict.fromkeys(_circles(scenario, tree_of_option(scenario, option))))
    return tuple(found)


def _unknown_names(scenario: Scenario) -> Iterator[Finding]:
    formations = {*scenario.formation_by_name, *tree_of_option(scenario, None).formations}
    for row in scenario.attachments:
        for column, known, noun in (
            ("formation", formations, "a formation"), ("line", scenario.requirement_by_line, "a line"),
            ("offer", scenario.offer_by_name, "an offer"), ("under", formations, "a formation"),
        ):  # fmt: skip
            name = getattr(row, column)
            if name is not None and name not in known:
                what = f"'{name}', which '{row.attachment}' names, is not {noun} of this scenario."
                yield Finding(TABLE, what, column=column, nearest=nearest_name(name, known))


def _that_move_nobody(scenario: Scenario) -> Iterator[Finding]:
    headquarters = {line: row.formation for row in scenario.formations for line in row.headquarters}
    for row in scenario.attachments:
        if row.line in headquarters:
            of = headquarters[row.line]
            what = f"line '{row.line}' is the headquarters of '{of}', which is not moved alone: '{row.attachment}' moves nobody."
            yield Finding(TABLE, what, column="line", maybe=f"move '{of}'", severity="warning")
        offer = scenario.offer_by_name.get(row.offer or "")
        if offer is not None and row.number is not None and row.number > offer.quantity:
            what = f"'{offer.offer}' has {offer.quantity} units and no number {row.number}: '{row.attachment}' moves nobody."
            yield Finding(TABLE, what, column="number", severity="warning")


def _circles(scenario: Scenario, tree: Tree) -> Iterator[Finding]:
    """Formations that would stand under one another, told for the first day on which they would."""
    rows = attachments_of_option(scenario, tree)
    told: set[frozenset[str]] = set()
    for day in sorted(days_of_attachments(rows)):
        for circle in laid_on(rows, tree.parents, day).circles:
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                names = [row.attachment for row in rows if row.formation in circle and row.under in circle and row.holds_on(day)]
                what = f"from day {day} on formations would stand under one another in a circle: {' under '.join(circle)} "
                maybe = "let one of them end before the other begins" if len(names) > 1 else f"put '{circle[0]}' under another"
                yield Finding(TABLE, f"{what}({', '.join(names)}).", column="under", maybe=maybe)
