"""Scenarios as they are sent, by a page or a program, laid down on the disk in the form that their reader takes.

    workbook            as it is
    packed folder       its files: CSV, TOML, Parquet, GeoJSON, GeoPackage
    SQLite file         as it is: of a scenario, or of a plan that keeps its scenario
    GeoPackage, GeoJSON a folder with the drawn tables that are in it (`contingent.web.drawn_files`)

What a file is, is told by what it begins with, not by its name. Nothing of it is trusted: names that lead elsewhere, links, files
that no scenario has and sizes that lie are refused; Parquet is read in a process of its own.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

from contingent.findings import Finding, nearest_name
from contingent.io.cells import UNREADABLE
from contingent.io.collected import Collected, Sheet
from contingent.io.database_grid import MAGIC, SUFFIXES
from contingent.io.limits import LARGEST_TABLE, MOST_PARTS
from contingent.io.parquet_apart import parquet_as_csv
from contingent.io.places import bundled_scenarios, find_place
from contingent.io.sources import POSITIONS, Source, read_source
from contingent.io.wording import shown
from contingent.io.workbook_safety import DAMAGE
from contingent.store import Refused
from contingent.web.drawn_files import is_geojson, is_geopackage, lay_geojson, lay_geopackage

KINDS = (".csv", ".toml", ".geojson", ".gpkg", ".parquet")
"""Ends of the names of a scenario's files; others are passed over."""

SINGLE = (".csv", ".toml")
"""Ends of the names of files that are one table by themselves and are told by their names only."""

LARGEST_FOLDER = 128_000_000
"""Most that all files of a folder may take up together. [bytes]"""

OF_ANOTHER_SYSTEM = "__MACOSX"
"""Folder of what an archiver adds beside the files; it is passed over."""

WORKBOOK_PART = "xl/workbook.xml"
"""What an archive has that is a workbook."""

SENT = "what was sent"
"""How findings call a file that has no name."""

_PARQUET = b"PAR1"
_FORMS = "send an .xlsx workbook, a packed folder (.zip), an .sqlite file, a GeoPackage or GeoJSON"
_PIECE = 1 << 20


@contextmanager
def unpacked_scenario(content: bytes) -> Iterator[Path]:
    """Lend a scenario that was sent, laid down on the disk, for as long as it is looked at.

    Raises
    ------
    Refused
        If it is none, or not safe to open.
    """
    with tempfile.TemporaryDirectory(prefix="import-") as work:
        place = laid_down(content, Path(work))
        _refuse_unsafe(place)
        yield place


def laid_down(content: bytes, work: Path, called: str = SENT) -> Path:
    """Write a scenario that was sent into a folder and return the workbook, SQLite file or folder of tables that it is.

    Parameters
    ----------
    content : bytes
        What was sent.
    work : Path
        An empty folder.
    called : str
        What it is called; a name with nothing in it that leads anywhere.

    Raises
    ------
    Refused
        If it is neither, or not safe to open.
    """
    if called.endswith(SINGLE):
        (work / called).write_bytes(content)
        return work
    if content.startswith(MAGIC):
        file = work / (called if called.endswith(SUFFIXES) else "import.sqlite")
        file.write_bytes(content)
        return lay_geopackage(file, called) if is_geopackage(file, content) else file
    if is_geojson(content, called):
        return lay_geojson(content, work, called)
    if content.startswith(_PARQUET):
        return _single_parquet(content, work, called)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.filename == WORKBOOK_PART for part in parts):
                book = work / (called if called.endswith(".xlsx") else "import.xlsx")
                book.write_bytes(content)
                return book
            return _folder_of(archive, parts, work / "import", called)
    except DAMAGE as error:
        raise _refused(called, "is no form of a scenario, or is damaged.", _FORMS) from error


def _single_parquet(content: bytes, work: Path, called: str) -> Path:
    table = PurePosixPath(called).stem.lower()
    if table not in POSITIONS:
        raise _refused(called, "is one table, and its name does not say which.", "pack it as offers.parquet or the like (.zip)")
    (work / f"{table}.parquet").write_bytes(content)
    return _without_parquet(work)


def _without_parquet(folder: Path) -> Path:
    """A folder with CSV in place of Parquet."""
    for path in sorted(folder.glob("*.parquet")):
        if path.with_suffix(".csv").exists():
            what = f"the table lies here as {shown(path.with_suffix('.csv').name)} too; nobody can tell which of them holds."
            raise _refused(path.name, what, "send one of them")
    told = parquet_as_csv(folder)
    if told:
        raise Refused(told)
    return folder


def _folder_of(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], folder: Path, called: str) -> Path:
    if len(parts) > MOST_PARTS:
        raise _refused(called, f"holds more than {MOST_PARTS:,} files.", None)
    folder.mkdir()
    wanted = [
        part for part in parts
        if not part.is_dir() and PurePosixPath(part.filename).suffix.lower() in KINDS and OF_ANOTHER_SYSTEM not in part.filename
    ]  # fmt: skip
    homes = {PurePosixPath(part.filename).parent for part in wanted}
    if not wanted or len(homes) > 1:
        raise _refused(called, "holds no scenario, or more than one folder.", "pack the files of one scenario")
    left = LARGEST_FOLDER
    for part in wanted:
        name = PurePosixPath(part.filename).name.lower()
        is_plain = "\\" not in name and not name.startswith(".")
        if not is_plain or (folder / name).exists() or not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise _refused(called, f"holds a file whose name cannot stand in a folder: {name[:60]!r}.", None)
        with archive.open(part) as stream, (folder / name).open("wb") as file:
            size = 0
            while piece := stream.read(_PIECE):
                size += len(piece)
                left -= len(piece)
                if size > LARGEST_TABLE or left < 0:
                    raise _refused(called, "is too large once it is unpacked.", "send it in parts")
                file.write(piece)
    return _without_parquet(folder)


def _refuse_unsafe(place: Path) -> None:
    """Refuse a scenario that is laid over a place of this machine, as its sender would be shown what lies there, and a scenario
    with cells that no answer can carry.
    """
    findings = Collected()
    found = find_place(place, Sheet("scenario", "what was sent"), findings)
    source = read_source(found, "", 0, findings, needs_settings=False) if found is not None else None
    elsewhere = None if source is None else laid_over_elsewhere(source)
    told = () if source is None else unreadable_cells(source)
    if elsewhere is not None or told:
        raise Refused([elsewhere] if elsewhere is not None else told)
    if source is not None and not source.present and not source.settings.own and not findings.error_count:
        maybe = "call its tables as a scenario calls them: requirements, offers and so on"
        raise _refused(SENT, "holds no table of a scenario.", maybe)


def unreadable_cells(source: Source) -> tuple[Finding, ...]:
    """Return a finding for each cell of a scenario with characters that no form of it can carry."""
    findings = Collected()
    for grid in source.grids.values():
        for line, cells in grid.rows:
            for name, text in zip(grid.header, cells, strict=False):
                if found := UNREADABLE.search(text):
                    what = f"{shown(text)} holds a character that cannot be shown (U+{ord(found[0]):04X})."
                    column, maybe = shown(name)[1:-1], "delete it and type the cell anew"
                    findings.add("unreadable", grid.sheet, what, line=line, column=column, maybe=maybe)
    return findings.in_order()


def laid_over_elsewhere(source: Source) -> Finding | None:
    """Return what is wrong with a scenario that is laid over one that does not ship with the program; None where nothing is."""
    name = source.settings.text("extends")
    if name is None or name in bundled_scenarios():
        return None
    return Finding(
        "scenario", f"it is laid over '{name[:60]}', which does not ship with the program.", column="extends",
        nearest=nearest_name(name[:60], bundled_scenarios()), maybe="send it whole")


def _refused(called: str, what: str, maybe: str | None) -> Refused:
    return Refused([Finding(called, what, maybe=maybe)])
