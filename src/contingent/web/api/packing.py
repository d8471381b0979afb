"""Scenarios as they are sent: a workbook, or a folder packed as a zip archive, unpacked into a folder of its own.

Nothing of an archive is trusted: names that lead elsewhere, links, files that no scenario has and sizes that lie are refused.
"""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

from contingent.findings import Finding
from contingent.io.collected import Collected, Sheet
from contingent.io.limits import LARGEST_TABLE, MOST_PARTS
from contingent.io.places import bundled_scenarios, find_place
from contingent.io.sources import read_source
from contingent.store import Refused

KINDS = (".csv", ".toml", ".geojson")
"""Ends of the names of a scenario's files; others are passed over."""

LARGEST_FOLDER = 128_000_000
"""Most that all files of a folder may take up together. [bytes]"""

WORKBOOK_PART = "xl/workbook.xml"
"""What an archive has that is a workbook."""

ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of every file of an archive."""

_PIECE = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@contextmanager
def unpacked_scenario(content: bytes) -> Iterator[Path]:
    """Lend a scenario that was sent, as a workbook or a folder on the disk, for as long as it is looked at.

    Raises
    ------
    Refused
        If it is neither, or not safe to open.
    """
    with tempfile.TemporaryDirectory(prefix="import-") as work:
        place = _laid_down(content, Path(work))
        _refuse_elsewhere(place)
        yield place


def _laid_down(content: bytes, work: Path) -> Path:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.filename == WORKBOOK_PART for part in parts):
                book = work / "import.xlsx"
                book.write_bytes(content)
                return book
            return _folder_of(archive, parts, work / "import")
    except _DAMAGE as error:
        raise _refused("is neither a workbook nor a packed folder, or is damaged.", "send an .xlsx or a .zip") from error


def _folder_of(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], folder: Path) -> Path:
    if len(parts) > MOST_PARTS:
        raise _refused(f"holds more than {MOST_PARTS:,} files.", None)
    folder.mkdir()
    wanted = [part for part in parts if not part.is_dir() and PurePosixPath(part.filename).suffix.lower() in KINDS]
    homes = {PurePosixPath(part.filename).parent for part in wanted}
    if not wanted or len(homes) > 1:
        raise _refused("holds no scenario, or more than one folder.", "pack the files of one scenario")
    left = LARGEST_FOLDER
    for part in wanted:
        name = PurePosixPath(part.filename).name
        is_plain = "\\" not in name and not name.startswith(".")
        if not is_plain or (folder / name).exists() or not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise _refused(f"holds a file whose name cannot stand in a folder: {name[:60]!r}.", None)
        with archive.open(part) as stream, (folder / name).open("wb") as file:
            size = 0
            while piece := stream.read(_PIECE):
                size += len(piece)
                left -= len(piece)
                if size > LARGEST_TABLE or left < 0:
                    raise _refused("is too large once it is unpacked.", "send it in parts")
                file.write(piece)
    return folder


def packed_folder(folder: Path) -> bytes:
    """Return the files of a folder as one archive; the same files give the same bytes."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def _refuse_elsewhere(place: Path) -> None:
    """Refuse a scenario that is laid over a place of this machine: its sender would be shown what lies there."""
    findings = Collected()
    found = find_place(place, Sheet("scenario", "what was sent"), findings)
    source = read_source(found, "", 0, findings, needs_settings=False) if found is not None else None
    name = source.settings.text("extends") if source is not None else None
    if name is not None and name not in bundled_scenarios():
        told = Finding(
            "scenario", f"it is laid over '{name[:60]}', which does not ship with the program.", column="extends",
            maybe="send it whole")
        raise Refused([told])


def _refused(what: str, maybe: str | None) -> Refused:
    return Refused([Finding("what was sent", what, maybe=maybe)])
