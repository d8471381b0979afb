"""An order of battle as it was found in a file, whatever kind of file it was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from contingent.findings import Finding
from contingent.model.structure import Component
from contingent.report.symbols.codes import ECHELON_NAMES, HEADQUARTERS, echelon_of

ECHELONS = tuple(ECHELON_NAMES.values())
"""Echelons from the smallest to the largest."""

MOST_UNITS, DEEPEST = 20_000, 100
"""Most units of a file, and most levels of them."""

_NATION = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit or a headquarters of the file.

    Parameters
    ----------
    handle : str
        By which the file knows it.
    name, short : str
        Its name; its designation, or the name again.
    parent : str or None
        Handle of the one that it stands under.
    symbol : str or None
        Code of 20 digits, of a friend who is there.
    echelon : str or None
        One of `ECHELONS`.
    nation : str or None
        ISO 3166 alpha-3.
    people : int or None
        Its strength. [people]
    at : (float, float) or None
        Longitude and latitude. [deg]
    is_planned : bool
        Whether it is a post that nobody holds.
    component : str or None
        land, air, maritime, support or force, where the file says so.
    """

    handle: str
    name: str
    short: str
    parent: str | None = None
    symbol: str | None = None
    echelon: str | None = None
    nation: str | None = None
    people: int | None = None
    at: tuple[float, float] | None = None
    is_planned: bool = False
    component: Component | None = None

    @property
    def is_headquarters(self) -> bool:
        """Whether its symbol is that of a headquarters."""
        return self.symbol is not None and self.symbol[HEADQUARTERS] in ("2", "6")

    @property
    def size(self) -> str | None:
        """Its echelon: as the file says, else as the symbol shows."""
        return self.echelon or (echelon_of(self.symbol) if self.symbol is not None else None)


@dataclass(frozen=True)
class FoundOrbat:
    """What a file says.

    Parameters
    ----------
    title, marking, description : str
        Blank where it does not say.
    start_date : date or None
        First day.
    units : sequence of FoundUnit
        Each after the one that it stands under.
    nations : mapping of str to str
        Names of nations by their codes, as far as they are given.
    shapes : sequence of (str, str)
        Name and well-known text of shapes drawn on its map.
    findings : sequence of Finding
        Warnings: what was not taken.
    """

    title: str
    units: Sequence[FoundUnit]
    marking: str = ""
    description: str = ""
    start_date: date | None = None
    nations: Mapping[str, str] = field(default_factory=dict)
    shapes: Sequence[tuple[str, str]] = ()
    findings: Sequence[Finding] = ()


def nation_in(text: object) -> str | None:
    """Return the code of a nation where a text is one.

    >>> nation_in(" FRA "), nation_in("French"), nation_in(None)
    ('FRA', None, None)
    """
    plain = text.strip() if isinstance(text, str) else ""
    return plain if _NATION.fullmatch(plain) else None


def one_line(text: object, longest: int = 180) -> str:
    r"""Return a text as a name may be: in one line, without semicolons and what no cell may hold, not too long.

    >>> one_line(" 1 Bde;\n main ")
    '1 Bde, main'
    """
    plain = text if isinstance(text, str) else ""
    shown = "".join(char if char.isprintable() else " " for char in plain.replace(";", ","))
    return " ".join(shown.split())[:longest].strip()
