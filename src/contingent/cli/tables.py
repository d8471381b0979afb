"""Frames and rows as tables on a screen: figures to the right with their thousands apart, blanks where nothing is."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from contingent.cli.screen import visible

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

MOST_ROWS = 40
"""Rows of a frame that are shown before the rest is counted."""


NARROWEST_PARAGRAPHS = 60
"""Terminals narrower than this fold whatever is shown. [characters]"""

LONGEST_FOLDED = 40
"""Cells up to this length fold well within a column; longer ones want a line. [characters]"""


def print_rows(console: "Console", title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under their columns; a column of figures stands to the right.

    In a pipe a row is a line, however long. On a terminal that is too narrow for its columns each row is a paragraph.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    held = [[cell if isinstance(cell, int | float) else visible(in_words(cell)) for cell in row] for row in rows]
    shown = [[visible(in_words(cell)) for cell in row] for row in held]
    names = [visible(name.replace("_", " ")) for name in columns]
    widths = [max([len(name), *(len(row[at]) for row in shown)]) for at, name in enumerate(names)]
    needed = sum(widths) + 3 * len(widths)
    if console.is_terminal and needed > max(console.width, NARROWEST_PARAGRAPHS) and max(widths) > LONGEST_FOLDED:
        _print_paragraphs(console, title, names, shown)
        return
    table = Table(title=Text(visible(title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(names):
        figures = bool(held) and all(isinstance(row[at], int | float) or _is_figure(str(row[at])) for row in held)
        table.add_column(Text(name), justify="right" if figures else "left", overflow="fold")
    for row in shown:
        table.add_row(*map(Text, row))
    width = console.width
    if not console.is_terminal:
        console.width = max(width, needed)
    console.print(table)
    console.width = width


def _is_figure(text: str) -> bool:
    """Whether a text is a figure with its sign of a hundredth, or nothing."""
    return text == "" or (text.endswith("%") and text[0].isdigit())


def _print_paragraphs(console: "Console", title: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Each row as a paragraph: its first cell, then each column that is filled on a line of its own."""
    console.print(visible(title))
    for first, *cells in rows:
        console.print(f"\n{first}")
        for name, cell in zip(names[1:], cells, strict=True):
            if cell:
                console.print(f"  {name}: {cell}")


def print_frame(console: "Console", title: str, frame: "pl.DataFrame", *, most: int = MOST_ROWS) -> None:
    """Print the first rows of a frame, and how many more there are."""
    print_rows(console, title, frame.columns, frame.head(most).iter_rows())
    if frame.height > most:
        console.print(f"... and {frame.height - most} more; --json has them all.")


def in_words(cell: Any) -> str:
    r"""Return a cell as it is shown: blank for nothing, lists with ``;``, figures with their thousands apart.

    >>> in_words(("UKR", "PL")), in_words(None), in_words(0.25), in_words(3.0), in_words(12345)
    ('UKR;PL', '', '0.25', '3', '12\u202f345')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, tuple | list):
        return ";".join(str(part) for part in cell)
    if isinstance(cell, int | float):
        return (
            f"{cell:,.4f}".rstrip("0").rstrip(".").replace(",", "\u202f")
            if isinstance(cell, float)
            else f"{cell:,}".replace(",", "\u202f")
        )
    return str(cell)
