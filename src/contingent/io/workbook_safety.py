"""A workbook is looked through before it is opened: is it one, is it a bomb, do its cells hold values?

A workbook is a zip archive of XML. Its directory is read first and every part is unpacked once, piece by piece and against
its checksum, so that sizes that lie are found out. Then each sheet's cells are gone through for what a reader would not
see: formulas (a value computed elsewhere, or never), errors such as #N/A, and cells so far out that the sheet would not fit
in memory.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from xml.parsers import expat

from contingent.io.collected import Collected, Sheet
from contingent.io.limits import (
    LARGEST_PACKING_RATIO,
    LARGEST_UNPACKED,
    MEBIBYTE,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    RATIO_FROM,
)
from contingent.io.wording import shown

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PIECE = 1 * MEBIBYTE
_MAIN = "xl/workbook.xml"
_WRITE_THE_VALUE = "write the value (copy the cells, then Paste Special, Values)"
_SAVE_AS_XLSX = "open it and save it as an Excel workbook (.xlsx), or as a folder of CSV files"


DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What the standard library raises for archives that are broken, encrypted or packed in a way that it does not know."""

OnStart = Callable[[str, dict[str, str]], None]
"""Told of each element that begins: its name without its prefix, and its attributes."""


class _Malformed(Exception):
    """The XML of a workbook is not what the format asks for."""


def opened_safely(content: bytes, book: Sheet, findings: Collected) -> zipfile.ZipFile | None:
    """Return the workbook's archive, or None and a finding where it is no workbook or not safe to open."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            findings.add(
                "encrypted", book, "is protected by a password.", maybe="save it without one (File, Info, Protect Workbook)"
            )
        else:
            findings.add("old_excel", book, "is a workbook of Excel 97 to 2003 (.xls).", maybe=_SAVE_AS_XLSX)
        return None
    if not content.startswith(b"PK"):
        findings.add("not_a_workbook", book, "is neither a folder nor an Excel workbook (.xlsx).", maybe=_SAVE_AS_XLSX)
        return None
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        parts = archive.infolist()
        if not _sizes_are_sane(parts, book, findings):
            return None
        names = {part.filename for part in parts}
        if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
            findings.add("opendocument", book, "is an OpenDocument spreadsheet (.ods).", maybe=_SAVE_AS_XLSX)
            return None
        if _MAIN not in names:
            findings.add("not_a_workbook", book, "is a zip archive, but no Excel workbook (.xlsx).", maybe=_SAVE_AS_XLSX)
            return None
        for part in parts:
            with archive.open(part) as stream:
                while stream.read(_PIECE):
                    pass
        return archive
    except DAMAGE as problem:
        words = str(problem).lower().rstrip(".")
        reason = f": {words[:200]}" if words.isprintable() else ""
        findings.add("not_a_workbook", book, f"is damaged{reason}.", maybe=_SAVE_AS_XLSX)
        return None


def _sizes_are_sane(parts: list[zipfile.ZipInfo], book: Sheet, findings: Collected) -> bool:
    if len(parts) > MOST_PARTS:
        findings.add(
            "bomb", book, f"holds {len(parts):,} files; a workbook of a scenario holds at most {MOST_PARTS:,}. It was not opened."
        )
        return False
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED:
        findings.add(
            "bomb",
            book,
            f"unpacks to {unpacked / MEBIBYTE:,.0f} MiB; at most {LARGEST_UNPACKED // MEBIBYTE} MiB are read. It was not opened.",
        )
        return False
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > LARGEST_PACKING_RATIO * max(part.compress_size, 1):
            findings.add(
                "bomb",
                book,
                f"{shown(part.filename)} in it is packed {part.file_size // max(part.compress_size, 1):,} to 1, which no "
                "table of real rows is. It was not opened.",
                maybe="delete the empty rows below the table, which hold only formats",
            )
            return False
    return True


@dataclass(slots=True)
class CellsSeen:
    """What was seen in the cells of a sheet. Rows and columns are counted from 1."""

    formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


def parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet's cells, by the sheet's name."""
    relations: dict[str, str] = {}

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            relations[attributes.get("Id", "")] = attributes.get("Target", "")

    sheets: dict[str, str] = {}

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets[attributes.get("name", "")] = relation

    _go_through(archive, "xl/_rels/workbook.xml.rels", on_relation)
    _go_through(archive, _MAIN, on_sheet)
    return {name: _part(relations.get(relation, "")) for name, relation in sheets.items()}


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _go_through(archive: zipfile.ZipFile, part: str, on_start: OnStart) -> None:
    parser = _parser(on_start)
    try:
        with archive.open(part) as stream:
            parser.ParseFile(stream)
    except (LookupError, expat.ExpatError, _Malformed, ValueError) as problem:
        raise zipfile.BadZipFile(f"{part} cannot be read") from problem


def _parser(on_start: OnStart) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _Malformed

    # No workbook declares entities; a file that does means harm.
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: on_start(name.rpartition(":")[2] if ":" in name else name, attributes)
    return parser


def cells_seen(archive: zipfile.ZipFile, part: str) -> CellsSeen:
    """Go through the cells of a sheet and return what a reader of values would not see.

    Raises
    ------
    zipfile.BadZipFile
        If the part is not there or is not well formed.
    """
    seen = CellsSeen()
    at = _Position()

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            at.move_to(attributes.get("r"))
            at.is_error = attributes.get("t") == "e"
        elif name == "row":
            at.next_row(attributes.get("r"))
        elif name in ("v", "is", "f"):
            seen.last_row, seen.last_column = max(seen.last_row, at.row), max(seen.last_column, at.column)
            if name == "f":
                seen.formulas.append((at.row, at.column))
            elif at.is_error:
                seen.errors.append((at.row, at.column))

    _go_through(archive, part, on_start)
    with_formula = set(seen.formulas)
    seen.errors = [error for error in seen.errors if error not in with_formula]
    return seen


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class _Position:
    row: int = 0
    column: int = 0
    is_error: bool = False

    def next_row(self, reference: str | None) -> None:
        self.row = int(reference) if reference is not None and reference.isdecimal() and len(reference) < 8 else self.row + 1
        self.column = 0

    def move_to(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise _Malformed
        self.column, self.row = column_number(found[1]), int(found[2])


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Return the number of a column from its letters.

    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column from its number.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def name_cells_without_value(seen: CellsSeen, sheet: Sheet, header: dict[int, str], findings: Collected) -> set[tuple[int, str]]:
    """Add a finding for each cell that holds a formula or an error. Return their lines and columns."""
    for row, column in seen.formulas:
        what = f"cell {column_letters(column)}{row} holds a formula."
        findings.add("formula", sheet, what, line=row, column=header.get(column), maybe=_WRITE_THE_VALUE)
    for row, column in seen.errors:
        what = f"cell {column_letters(column)}{row} holds an error, such as #N/A."
        findings.add("cell_error", sheet, what, line=row, column=header.get(column), maybe="write the value, or leave it blank")
    return {(row, header.get(column, "")) for row, column in (*seen.formulas, *seen.errors)}


def fits_memory(seen: CellsSeen) -> bool:
    """Whether a sheet is small enough to be held in memory."""
    return _too_far(seen) is None


def _too_far(seen: CellsSeen) -> tuple[str, str] | None:
    if seen.last_row > MOST_ROWS + 1:
        return f"has a cell in row {seen.last_row:,}", f"{MOST_ROWS:,} rows"
    if seen.last_column > MOST_COLUMNS:
        return f"has a cell in column {column_letters(seen.last_column)}", f"{MOST_COLUMNS} columns"
    if seen.last_row * seen.last_column > MOST_CELLS:
        return f"spans {seen.last_row * seen.last_column:,} cells", f"{MOST_CELLS:,} cells"
    return None


def size_is_sane(seen: CellsSeen, sheet: Sheet, findings: Collected) -> bool:
    """Add a finding where a sheet reaches too far to be held in memory. Return whether it does not."""
    if (far := _too_far(seen)) is None:
        return True
    findings.add("far_cell", sheet, f"{far[0]}; at most {far[1]} are read.", maybe="delete what stands far from the table")
    return False
