"""Which row of a table speaks for a nation's units: the most specific one that fits.

Releases, terms and policies say for whom they hold by three cells, each of which may be blank: unit type, nation, domain. A row
fits where each cell is blank or the same. Of the rows that fit, a row with a unit type goes before one without; then
one with a nation; then one with a domain. So the order from most to least specific is

    nation + unit type    the British tankers
    unit type             tankers
    nation + domain       British aircraft
    nation                anything British
    domain                aircraft
    all blank             anything

Of two rows that are equally specific the later one holds: a scenario laid over another adds its rows at the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from contingent.model.chance import Policy
from contingent.model.rows import Release, Term

Scoped = TypeVar("Scoped", Release, Term, Policy)


@dataclass(frozen=True, slots=True)
class Kind:
    """The units that a row may speak for: those of one nation and type.

    Parameters
    ----------
    nation, unit_type, domain : str
        Keys of the nation and the unit type; the domain of the type.
    """

    nation: str
    unit_type: str
    domain: str


def fits(row: Release | Term | Policy, kind: Kind) -> bool:
    """Whether the row holds for units of this kind: each of its cells is blank or the same."""
    return row.nation in (None, kind.nation) and row.unit_type in (None, kind.unit_type) and row.domain in (None, kind.domain)


def specificity(row: Release | Term | Policy) -> tuple[bool, bool, bool]:
    """Return how specific a row is, to be compared: unit type before nation before domain."""
    return row.unit_type is not None, row.nation is not None, row.domain is not None


def most_specific_first(rows: Iterable[Scoped], kind: Kind) -> list[Scoped]:
    """Return the rows that fit, the most specific first; of rows that are alike, the later first."""
    fitting = [row for row in reversed(tuple(rows)) if fits(row, kind)]
    return sorted(fitting, key=specificity, reverse=True)
