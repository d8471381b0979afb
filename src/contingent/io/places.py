"""Where a scenario is: a folder, a workbook, an SQLite file, or one of those that ship with the package."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import contingent.scenarios
from contingent.findings import nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.database_grid import SUFFIXES, is_database
from contingent.io.files import reason
from contingent.io.wording import LONGEST_PATH, listed, shown

SETTINGS_FILE = "scenario.toml"
_SUFFIX_OF_FILES = (".xlsx", ".xlsm", *SUFFIXES)


@dataclass(frozen=True, slots=True)
class Place:
    """A scenario's place on the disk."""

    path: Path
    kind: Literal["folder", "workbook", "database"]


def bundled_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that ship with the package."""
    home = _home()
    return tuple(sorted(entry.name for entry in home.iterdir() if (entry / SETTINGS_FILE).is_file()))


def folder_of(place: str | Path) -> Path | None:
    """Return the folder that a scenario lies in: its own, or the one that its file stands in; None where there is none.

    >>> folder_of("tiny").name
    'tiny'
    """
    path = Path(place).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        return path.parent
    return _home() / str(place) if str(place) in bundled_scenarios() else None


def folder_of_bundled(name: str) -> Path | None:
    """Return the folder of a scenario that ships with the package; None where none has this name, whatever lies about."""
    return _home() / name if name in bundled_scenarios() else None


def _home() -> Path:
    return Path(next(iter(contingent.scenarios.__path__)))


def find_place(place: str | Path, sheet: Sheet, findings: Collected, *, beside: Path | None = None) -> Place | None:
    """Return where a scenario lies, or None and a finding. A path that exists wins over a bundled name.

    Parameters
    ----------
    place : str or Path
        As the user wrote it.
    sheet : Sheet
        Where the user wrote it; findings stand there.
    beside : Path, optional
        Folder that a relative path starts from.
    """
    written = str(place)
    if not written.strip() or "\x00" in written:
        findings.add(
            "place", sheet, "is not a path.", maybe=f"name a folder, a workbook, or one of {listed(bundled_scenarios())}"
        )
        return None
    try:
        path = Path(place).expanduser() if beside is None else beside / Path(place).expanduser()
        is_folder = path.is_dir()
        exists = os.path.lexists(path)
        if exists:
            path.stat()
    except (OSError, ValueError, RuntimeError) as problem:
        words = reason(problem) if isinstance(problem, (OSError, ValueError)) else str(problem)
        findings.add("place", sheet, f"{shown(written, LONGEST_PATH)} cannot be read: {words}.")
        return None
    if is_folder:
        return Place(path, "folder")
    if exists:
        return _file_as_place(path, sheet, findings)
    if written in bundled_scenarios():
        return Place(_home() / written, "folder")
    nearest = nearest_name(written[:200], [*bundled_scenarios(), *_neighbours(path, written)])
    findings.add(
        "place",
        sheet,
        f"there is no folder or workbook {shown(written, LONGEST_PATH)}, and no scenario of this name ships with the package.",
        nearest=nearest,
        maybe=f"one of these was meant: {listed(bundled_scenarios())}" if nearest is None else None,
    )
    return None


def _file_as_place(path: Path, sheet: Sheet, findings: Collected) -> Place | None:
    if path.name == SETTINGS_FILE or path.suffix.lower() == ".csv":
        findings.add(
            "place",
            sheet,
            f"{shown(path.name)} is one file of a scenario; the scenario is its folder.",
            maybe=f"write {shown(str(path.parent), LONGEST_PATH)}",
        )
        return None
    return Place(path, "database" if is_database(path) else "workbook")


def _neighbours(path: Path, written: str) -> list[str]:
    """Return the names beside a path that does not exist, as the user would have written them."""
    try:
        names = [
            entry.name for entry in os.scandir(path.parent) if entry.is_dir() or entry.name.lower().endswith(_SUFFIX_OF_FILES)
        ]
    except OSError:
        return []
    return [str(Path(written).parent / name) for name in names]
