"""Scenarios as they are sent, by a page or a program: a workbook, or a folder packed as a zip archive, laid down on the disk.

Nothing of an archive is trusted: names that lead elsewhere, links, files that no scenario has and sizes that lie are refused.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

from contingent.findings import Finding, nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.limits import LARGEST_TABLE, MOST_PARTS
from contingent.io.places import bundled_scenarios, find_place
from contingent.io.sources import Source, read_source
from contingent.io.workbook_safety import DAMAGE
from contingent.store import Refused

KINDS = (".csv", ".toml", ".geojson")
"""Ends of the names of a scenario's files; others are passed over."""

LARGEST_FOLDER = 128_000_000
"""Most that all files of a folder may take up together. [bytes]"""

OF_ANOTHER_SYSTEM = "__MACOSX"
"""Folder of what an archiver adds beside the files; it is passed over."""

WORKBOOK_PART = "xl/workbook.xml"
"""What an archive has that is a workbook."""

SENT = "what was sent"
"""How findings call a file that has no name."""

_PIECE = 1 << 20


@contextmanager
def unpacked_scenario(content: bytes) -> Iterator[Path]:
    """Lend a scenario that was sent, as a workbook or a folder on the disk, for as long as it is looked at.

    Raises
    ------
    Refused
        If it is neither, or not safe to open.
    """
    with tempfile.TemporaryDirectory(prefix="import-") as work:
        place = laid_down(content, Path(work))
        _refuse_elsewhere(place)
        yield place


def laid_down(content: bytes, work: Path, called: str = SENT) -> Path:
    """Write a scenario that was sent into a folder and return the workbook, or the folder of tables, that it is.

    Parameters
    ----------
    content : bytes
        What was sent.
    work : Path
        An empty folder.
    called : str
        How findings call it.

    Raises
    ------
    Refused
        If it is neither, or not safe to open.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.filename == WORKBOOK_PART for part in parts):
                book = work / "import.xlsx"
                book.write_bytes(content)
                return book
            return _folder_of(archive, parts, work / "import", called)
    except DAMAGE as error:
        raise _refused(called, "is neither a workbook nor a packed folder, or is damaged.", "send an .xlsx or a .zip") from error


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
    return folder


def _refuse_elsewhere(place: Path) -> None:
    """Refuse a scenario that is laid over a place of this machine: its sender would be shown what lies there."""
    findings = Collected()
    found = find_place(place, Sheet("scenario", "what was sent"), findings)
    source = read_source(found, "", 0, findings, needs_settings=False) if found is not None else None
    told = None if source is None else laid_over_elsewhere(source)
    if told is not None:
        raise Refused([told])


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
