"""From a file of another program to a scenario that can be planned."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contingent.errors import BadScenario, UnknownName
from contingent.exchange.orbat.found import ECHELONS, FoundOrbat
from contingent.exchange.orbat.mapper import read_mapper
from contingent.exchange.orbat.msdl import read_msdl
from contingent.exchange.orbat.rows import rows_of, with_nation
from contingent.findings import Finding, nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.csv_grid import decoded
from contingent.io.files import read_bytes
from contingent.io.limits import LARGEST_TABLE
from contingent.io.scenario_writer import write_scenario
from contingent.model.scenario import Scenario

UNIT_LEVEL = "battalion"
"""The largest echelon that is a unit, unless another is asked for."""

XML_ENDINGS, JSON_ENDINGS = (".msdl", ".xml"), (".json",)


@dataclass(frozen=True)
class ImportedOrbat:
    """What was made of an order of battle.

    Parameters
    ----------
    path : Path
        Where the scenario was written.
    scenario : Scenario
        What was written.
    findings : tuple of Finding
        Warnings: what the file did not say, and what was not taken.
    """

    path: Path
    scenario: Scenario
    findings: tuple[Finding, ...]


def read_orbat_file(path: str | Path, *, side: str | None = None) -> FoundOrbat:
    """Return the order of battle in a file: a scenario of ORBAT Mapper, or MSDL.

    Parameters
    ----------
    path : str or Path
        The file. What it is, is told by what it begins with.
    side : str, optional
        Name of the side; else the friendly one, or the one to which most units belong.

    Raises
    ------
    BadScenario
        If it cannot be read, with all that is wrong.
    """
    place = Path(path).expanduser()
    found = Collected()
    sheet = Sheet("orbat", place.name)
    content = read_bytes(place, sheet, found, largest=LARGEST_TABLE)
    if content is not None and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return read_msdl(content, place.name, side=side)
    text = decoded(content, sheet, found) if content is not None else None
    if text is None:
        raise BadScenario(str(path), found.in_order())
    if not text.lstrip().startswith(("{", "[")):
        what, maybe = "is neither a scenario of ORBAT Mapper (JSON) nor MSDL (XML).", "export it as one of the two"
        raise BadScenario(str(path), [Finding(place.name, what, maybe=maybe)])
    return read_mapper(text, place.name, side=side)


def scenario_of_orbat(
    orbat: FoundOrbat, place: str, *, start_date: date | None = None, down_to: str = UNIT_LEVEL, nation: str | None = None
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Return a scenario made of an order of battle, and what the file did not say.

    Parameters
    ----------
    orbat : FoundOrbat
        What was read.
    place : str
        Where it was read, for sources and findings.
    start_date : date, optional
        D-day; else as the file says.
    down_to : str
        The largest echelon that is a unit; what is smaller is counted within it.
    nation : str, optional
        Nation of units that name none.

    Raises
    ------
    UnknownName
        If there is no such echelon.
    """
    if down_to not in ECHELONS:
        nearest = nearest_name(down_to[:100], ECHELONS)
        hint = f" Nearest: '{nearest}'." if nearest else ""
        raise UnknownName(f"'{down_to[:100]}' is not an echelon.{hint} Echelons: {', '.join(ECHELONS)}.")
    given = orbat if nation is None else with_nation(orbat, nation)
    scenario, findings = rows_of(given, place, down_to=down_to, start_date=start_date)
    return scenario, tuple(findings)


def import_orbat(
    path: str | Path, target: str | Path, *, side: str | None = None, start_date: date | None = None, down_to: str = UNIT_LEVEL,
    nation: str | None = None, overwrite: bool = False,
) -> ImportedOrbat:  # fmt: skip
    """Make a scenario of an order of battle and write it.

    Parameters
    ----------
    path : str or Path
        A scenario of ORBAT Mapper, or MSDL.
    target : str or Path
        Folder, ``.xlsx`` workbook or ``.sqlite`` file to write.
    side : str, optional
        Name of the side.
    start_date : date, optional
        D-day; else as the file says.
    down_to : str
        The largest echelon that is a unit.
    nation : str, optional
        Nation of units that name none, ISO 3166 alpha-3.
    overwrite : bool
        Whether a scenario that is there is replaced.

    Raises
    ------
    BadScenario
        If the file cannot be read.
    UnknownName
        If there is no such echelon.
    CannotWrite
        If the target is taken or cannot be written.
    """
    orbat = read_orbat_file(path, side=side)
    scenario, findings = scenario_of_orbat(orbat, Path(path).name, start_date=start_date, down_to=down_to, nation=nation)
    return ImportedOrbat(write_scenario(scenario, target, overwrite=overwrite), scenario, findings)
