"""A table as it was written: a header and rows of text, before anyone asks what they mean."""

from dataclasses import dataclass, field

from contingent.io.collected import Sheet


@dataclass(slots=True)
class Grid:
    """Cells as text, with the line that each row begins on.

    Parameters
    ----------
    sheet : Sheet
        Where they were found.
    header : tuple of str
        Names of the columns.
    header_line : int
        Line of the header; 1 but for a file that begins with a line ``sep=;``.
    rows : list of (int, list of str)
        Line and cells of each row that is not wholly blank. A row is as long as its header.
    decimal_comma : bool
        Whether decimals may be written with a comma.
    misfits : list of list of str
        Rows that were longer or shorter than the header, made as long; their names count as known.
    complete : bool
        Whether the file could be read to its end.
    told : set of (int, str)
        Line and column of cells that a finding was added for already.
    """

    sheet: Sheet
    header: tuple[str, ...]
    header_line: int = 1
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    decimal_comma: bool = False
    misfits: list[list[str]] = field(default_factory=list)
    complete: bool = True
    told: set[tuple[int, str]] = field(default_factory=set)
