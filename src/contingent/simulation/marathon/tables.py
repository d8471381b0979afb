"""MARATHON's tables as text: a workbook's sheets, or a folder of files parted by commas or tabs.

A table's first row is its header; the table ends at its first blank row. Sheets, files and columns that nobody asked for are left
alone. Names of tables and columns are compared without their case, blanks, underlines and a leading colon.
"""

import csv
import io
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contingent.findings import Finding

LARGEST_FILE = 256 * 2**20
"""Largest file that is read. [bytes]"""

LARGEST_UNPACKED = 2**30
"""Most that the parts of a workbook may take up once they are unpacked. [bytes]"""

SUFFIXES = (".csv", ".txt", ".tsv")
"""Kinds of files that hold tables."""

LONGEST_CELL = 2**24
"""Longest cell of a text file that is read. [characters]"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their columns.

    Parameters
    ----------
    place : str
        File or sheet, as the user knows it.
    columns : frozenset of str
        Its columns, each as `folded` writes it.
    rows : tuple of (int, dict)
        Line and cells of each row before the first blank one; cells by folded column.
    """

    place: str
    columns: frozenset[str]
    rows: tuple[tuple[int, dict[str, str]], ...]


def folded(name: str) -> str:
    """Return a name of a table or column without case, blanks, underlines and a leading colon.

    >>> folded(" :Start Day "), folded("DemandRecords")
    ('startday', 'demandrecords')
    """
    return "".join(name.split()).removeprefix(":").replace("_", "").replace("-", "").casefold()


def read_tables(path: Path, names: Collection[str], findings: list[Finding]) -> dict[str, Table]:
    """Return the tables of a workbook or folder by their folded names.

    Parameters
    ----------
    path : Path
        A folder, or a workbook (.xlsx).
    names : collection of str
        Tables that are wanted.
    findings : list of Finding
        Takes what cannot be read.
    """
    wanted = {folded(name): name for name in names}
    if path.is_dir():
        return _from_folder(path, wanted, findings)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _from_workbook(path, wanted, findings)
    what = "is neither a folder nor a workbook (.xlsx)." if path.exists() else "is not there."
    findings.append(Finding(path.name or str(path), what, maybe="name MARATHON's workbook, or the folder of its tables"))
    return {}


def _from_folder(folder: Path, wanted: dict[str, str], findings: list[Finding]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for file in sorted(folder.iterdir()):
        key = folded(file.stem)
        if file.suffix.lower() not in SUFFIXES or key not in wanted or not file.is_file():
            continue
        if key in tables:
            findings.append(Finding(file.name, f"holds the same table as {tables[key].place}.", maybe="delete one of the two"))
            continue
        if (table := read_file(file, findings)) is not None:
            tables[key] = table
    return tables


def read_file(file: Path, findings: list[Finding]) -> Table | None:
    """Return the table of one file, or None and a finding."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            findings.append(Finding(file.name, f"is larger than {LARGEST_FILE // 2**20} MiB and was not read."))
            return None
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.append(Finding(file.name, "is not in UTF-8.", maybe="save it again as UTF-8"))
        return None
    except OSError as problem:
        findings.append(Finding(file.name, f"cannot be read: {problem.strerror or problem}."))
        return None
    head = next((line for line in text.splitlines() if line.strip()), "")
    sign = max("\t", ",", ";", key=head.count) if file.suffix.lower() == ".csv" or "\t" not in head else "\t"
    try:
        return _table(file.name, _csv_rows(text, sign, strict=True), findings)
    except csv.Error as problem:
        if sign == "\t":  # Clojure's own writer puts no quotation marks around cells that hold some
            return _table(file.name, ((at, line.split("\t")) for at, line in enumerate(text.splitlines(), 1)), findings)
        findings.append(Finding(file.name, f"cannot be read as CSV: {problem}.", maybe="close the quotation mark"))
        return None


def _csv_rows(text: str, sign: str, *, strict: bool) -> list[tuple[int, list[str]]]:
    # The limit is one of the whole process: others rely on theirs.
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=strict)
        rows, begins = [], 1
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
        return rows
    finally:
        csv.field_size_limit(before)


def _from_workbook(path: Path, wanted: dict[str, str], findings: list[Finding]) -> dict[str, Table]:
    import python_calamine

    tables: dict[str, Table] = {}
    try:
        if path.stat().st_size > LARGEST_FILE:
            findings.append(Finding(path.name, f"is larger than {LARGEST_FILE // 2**20} MiB and was not read."))
            return {}
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                findings.append(Finding(path.name, f"unpacks to more than {LARGEST_UNPACKED // 2**20} MiB and was not opened."))
                return {}
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            for name in book.sheet_names:
                if folded(name) in wanted and folded(name) not in tables:
                    values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                    texts = ((at, [_text(value) for value in row]) for at, row in enumerate(values, 1))
                    if (table := _table(name, texts, findings)) is not None:
                        tables[folded(name)] = table
    except BaseException as problem:
        # A fault inside the reader is the file's fault to the user; interrupts and the like are not ours to hold.
        if not (isinstance(problem, Exception) or type(problem).__name__ == "PanicException"):
            raise
        findings.append(Finding(path.name, "is no workbook that can be opened.", maybe="save it again as .xlsx"))
    return tables


def _table(
    place: str, lines: "Iterator[tuple[int, list[str]]] | list[tuple[int, list[str]]]", findings: list[Finding]
) -> Table | None:
    """Return the rows before the first blank one under their header."""
    rows = iter(lines)
    header = [folded(cell) for _, cells in [next(rows, (1, []))] for cell in cells]
    if not any(header):
        findings.append(Finding(place, "has no header in its first row.", line=1))
        return None
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        findings.append(Finding(place, f"has the column {', '.join(repeated)} twice.", line=1, maybe="delete one of the two"))
    kept = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            break
        kept.append((line, {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}))
    return Table(place, frozenset(header) - {""}, tuple(kept))


def _text(value: Any) -> str:
    """Return a workbook's value as the text that a file would hold; whole numbers without a point."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
