"""From cells to rows: the header is held against the row class, and each row becomes one of its instances.

Pydantic reads each row once. Only where it refuses, or where a number is written in a way that it would misread, are the
cells looked at one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from pydantic import ValidationError

from contingent.io.cells import Trouble, read_number, trouble_of, unreadable
from contingent.io.collected import Collected, Names, Sheet
from contingent.io.columns import Column, columns_of
from contingent.io.grid import Grid
from contingent.io.wording import shown
from contingent.model.columns import Row


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands."""

    row: Row
    sheet: Sheet
    line: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that could not be read, and its cells that are not blank, by column."""

    sheet: Sheet
    line: int
    given: dict[str, str]


@dataclass(slots=True)
class Table:
    """The rows of one table that could be read.

    Parameters
    ----------
    rows : list of Placed
        Rows in order.
    names : set of str
        Keys of all rows, also of those that could not be read, so that one bad cell makes no second finding elsewhere.
    removed : set of str
        Keys of rows that a scenario laid over this one has taken out.
    unread : list of Unread
        Rows that could not be read.
    complete : bool
        Whether every row was seen; else a name that is not among `names` may still be right.
    """

    rows: list[Placed] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    complete: bool = True


def key_of(row: Row) -> tuple[object, ...]:
    """Return the values that tell a row from all others of its table."""
    return tuple(getattr(row, name) for name in row.key)


def read_table(grid: Grid, row_class: type[Row], findings: Collected, *, start_date: date | None) -> Table:
    """Return the rows of a table, with a finding for each cell that cannot be read."""
    columns = columns_of(row_class)
    places = _columns_found(grid, columns, findings)
    missing = _missing_columns(grid, columns, places, findings)
    reader = _RowReader(grid, row_class, places, missing, findings, start_date)
    table = Table(complete=grid.complete and missing.isdisjoint(row_class.key))
    table.names.update(_name(row_class, dict(_given(places, cells))) for cells in grid.misfits)
    first_lines: dict[tuple[object, ...], int] = {}
    for line, cells in grid.rows:
        given = dict(_given(places, cells))
        table.names.add(_name(row_class, given))
        row = reader.read(line, given)
        if row is None:
            table.unread.append(Unread(grid.sheet, line, given))
            continue
        key = key_of(row)
        if key in first_lines:
            _repeated(grid.sheet, row_class.key, key, line, first_lines[key], findings)
            continue
        first_lines[key] = line
        table.rows.append(Placed(row, grid.sheet, line))
    return table


def _given(places: list[tuple[str, int]], cells: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the cells that are not blank, by column."""
    for name, place in places:
        if cells[place] and not cells[place].isspace():
            yield name, cells[place]


def _name(row_class: type[Row], given: dict[str, str]) -> str:
    return "/".join(given.get(name, "").strip() for name in row_class.key)


def _columns_found(grid: Grid, columns: dict[str, Column], findings: Collected) -> list[tuple[str, int]]:
    """Return the known columns with their places, and add findings for the others."""
    found: dict[str, int] = {}
    known = Names(columns)
    for place, name in enumerate(grid.header):
        if not name:
            if any(cells[place].strip() for _, cells in grid.rows):
                findings.add("nameless_column", grid.sheet, f"column {place + 1} has cells but no name.", line=grid.header_line)
        elif name in found:
            findings.add("repeated_column", grid.sheet, "stands in the header twice.", line=grid.header_line, column=name)
        elif name in columns:
            found[name] = place
        else:
            nearest = known.nearest(name)
            free = nearest is not None and nearest not in grid.header
            findings.add(
                "unknown_column",
                grid.sheet,
                f"{shown(name)} is not a column of this table.",
                line=grid.header_line,
                nearest=nearest,
                maybe=f"write {shown(nearest or '')}" if free else "delete the column, or move its content to source",
            )
    return list(found.items())


def _missing_columns(
    grid: Grid, columns: dict[str, Column], places: list[tuple[str, int]], findings: Collected
) -> frozenset[str]:
    present = {name for name, _ in places}
    missing = [column for column in columns.values() if column.required and column.name not in present]
    for column in missing:
        findings.add(
            "missing_column",
            grid.sheet,
            "the column is missing, but every row needs it.",
            line=grid.header_line,
            column=column.name,
            maybe=f"add it: {column.description[0].lower()}{column.description[1:]}",
        )
    return frozenset(column.name for column in missing)


def _repeated(sheet: Sheet, names: Sequence[str], key: tuple[object, ...], line: int, first: int, findings: Collected) -> None:
    values = ", ".join(shown(str(value)) for value in key)
    stands = "stands" if len(key) == 1 else "stand together"
    findings.add(
        "repeated_key",
        sheet,
        f"{values} {stands} on line {first} already.",
        line=line,
        column=", ".join(names),
        maybe="delete one of the two rows, or give one another name" if len(key) == 1 else "delete one of the two rows",
    )


class _RowReader:
    """Reads the rows of one grid."""

    def __init__(
        self,
        grid: Grid,
        row_class: type[Row],
        places: list[tuple[str, int]],
        missing: frozenset[str],
        findings: Collected,
        start_date: date | None,
    ) -> None:
        self._grid = grid
        self._row_class = row_class
        self._columns = columns_of(row_class)
        self._missing = missing
        self._findings = findings
        self._start_date = start_date
        self._lines_told = {line for line, _ in grid.told}
        careful = ("whole", "number") if grid.decimal_comma else ("whole",)
        self._careful = [name for name, _ in places if self._columns[name].kind in careful]

    def read(self, line: int, given: dict[str, str]) -> Row | None:
        """Return the row, or None and findings."""
        refused = False
        for name, text in given.items():
            if (not text.isprintable() or len(text) > 1000) and (trouble := unreadable(text)):
                self._tell(line, name, trouble)
                refused = True
        if refused:
            return None
        # Pydantic would take 1.000 for 1: numbers with a point are looked at first.
        if line not in self._lines_told and not any("." in given.get(name, "") for name in self._careful):
            try:
                return self._row_class.model_validate(given)
            except ValidationError:
                pass
        return self._read_cell_by_cell(line, given)

    def _read_cell_by_cell(self, line: int, given: dict[str, str]) -> Row | None:
        plain = dict(given)
        troubled = self._missing | {name for name in self._columns if (line, name) in self._grid.told}
        for name, text in given.items():
            column = self._columns[name]
            if column.kind not in ("whole", "number") or name in troubled:
                continue
            number = read_number(text, column, decimal_comma=self._grid.decimal_comma, start_date=self._start_date)
            if isinstance(number, Trouble):
                self._tell(line, name, number)
                troubled |= {name}
            else:
                plain[name] = number
        try:
            row = self._row_class.model_validate(plain)
        except ValidationError as problem:
            for error in problem.errors(include_url=False):
                name = str(error["loc"][0]) if error["loc"] else ""
                if name not in troubled and name in self._columns:
                    self._tell(
                        line, name, trouble_of(dict(error), self._columns[name], _refused(dict(error), given.get(name, "")))
                    )
                elif not name:
                    self._tell(line, "", Trouble("row", str(error["msg"])))
            return None
        return None if troubled else row

    def _tell(self, line: int, name: str, trouble: Trouble) -> None:
        self._findings.add(
            trouble.kind,
            self._grid.sheet,
            trouble.what,
            line=line,
            column=name or None,
            nearest=trouble.nearest,
            maybe=trouble.maybe,
        )


def _refused(error: dict[str, object], cell: str) -> str:
    """Return the part of the cell that was refused: of a list only the entry."""
    loc = error["loc"]
    of_a_list = isinstance(loc, tuple) and len(loc) > 1 and isinstance(error["input"], str)
    return str(error["input"]) if of_a_list else cell
