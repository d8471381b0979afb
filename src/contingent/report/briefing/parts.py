"""What a page of a briefing is made of: words, boxes, lines, tables, charts and symbols, each at its place.

Both writers draw from these and add nothing, so that the slides and the PDF say the same. All lengths are points; a page is
960 × 540 of them, 13⅓ × 7½ inches, as a screen is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contingent.report.briefing.metrics import LINE, lines_of

WIDTH, HEIGHT = 960.0, 540.0
"""Size of a page. [pt]"""

INK, SOFT, ACCENT, NAVY, PAPER = "#1b1f24", "#4b5563", "#005b8f", "#0b3550", "#ffffff"
PALE, RULE, WARN = "#eef3f7", "#cfd6dd", "#a63c00"

FIRST_COLOURS = ("#2f6f9f", "#e0a03a", "#4ea88a", "#b96fa0", "#7fb8de", "#c7643a")
OTHERS_COLOUR = "#b9c0c8"
FILLED, EMPTY = "#4ea88a", "#e6b08c"

Align = Literal["left", "centre", "right"]
Anchor = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its left upper corner and its size. [pt]"""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def foot(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def inside(self, across: float, down: float | None = None) -> "Place":
        """Return the place within a margin."""
        tall = across if down is None else down
        return Place(self.x + across, self.y + tall, self.width - 2 * across, self.height - 2 * tall)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text in one look.

    Parameters
    ----------
    text : str
        What it says.
    size : float
        Of its letters. [pt]
    bold : bool
        Whether it is bold.
    colour : str
        Of its letters.
    align : {"left", "centre", "right"}
        Where its lines begin.
    after : float
        Room below it. [pt]
    lead : str
        Words at its head that are bold.
    """

    text: str
    size: float
    bold: bool = False
    colour: str = INK
    align: Align = "left"
    after: float = 0.0
    lead: str = ""

    @property
    def whole(self) -> str:
        """All that it says."""
        return f"{self.lead} {self.text}" if self.lead else self.text

    def lines(self, room: float) -> list[str]:
        """Return its lines in a room. Bold words at its head are measured as if all of it were bold."""
        return lines_of(self.whole, room, self.size, bold=self.bold or bool(self.lead))

    def height(self, room: float) -> float:
        """Return how high it is in a room. [pt]"""
        return len(self.lines(room)) * self.size * LINE + self.after


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs in a place."""

    place: Place
    paragraphs: tuple[Paragraph, ...]
    anchor: Anchor = "top"
    is_title: bool = False

    @property
    def height(self) -> float:
        """How high they are. [pt]"""
        return height_of(self.paragraphs, self.place.width)


def height_of(paragraphs: Sequence[Paragraph], room: float) -> float:
    """Return how high paragraphs are in a room. [pt]"""
    return sum(each.height(room) for each in paragraphs) - (paragraphs[-1].after if paragraphs else 0.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    place: Place
    fill: str | None = None
    edge: str | None = None
    edge_width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line from one point to another."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str = SOFT
    width: float = 1.25


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its share of the width, and where its cells stand."""

    head: str
    share: float
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    Parameters
    ----------
    place : Place
        Its left upper corner and width; its height is what its rows take.
    columns : tuple of Column
        Its columns.
    rows : tuple of tuple of str
        Its cells; each is broken into as many lines as its column needs.
    size : float
        Of its letters. [pt]
    says : str
        What it shows, for those who cannot see it.
    """

    place: Place
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    size: float
    says: str

    @property
    def widths(self) -> tuple[float, ...]:
        """Widths of its columns. [pt]"""
        whole = sum(column.share for column in self.columns)
        return tuple(self.place.width * column.share / whole for column in self.columns)

    @property
    def heights(self) -> tuple[float, ...]:
        """Heights of its head and of its rows. [pt]"""
        heads = tuple(column.head for column in self.columns)
        return tuple(self.height_of(cells, is_head=not at) for at, cells in enumerate((heads, *self.rows)))

    def height_of(self, cells: Sequence[str], *, is_head: bool = False) -> float:
        """Return the height of a row. [pt]"""
        lines = max(
            len(lines_of(text, width - 2 * CELL_ACROSS, self.size, bold=is_head or column.bold))
            for text, width, column in zip(cells, self.widths, self.columns, strict=True)
        )
        return lines * self.size * LINE + 2 * CELL_DOWN

    @property
    def height(self) -> float:
        """How high it is. [pt]"""
        return sum(self.heights)


CELL_ACROSS, CELL_DOWN = 8.0, 4.0
"""Margins of a cell. [pt]"""


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of a chart under one name, one for each category; None = none."""

    name: str
    values: tuple[float | None, ...]
    colour: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: stacked columns, bars to the right, or lines.

    Parameters
    ----------
    place : Place
        With its axes; the key stands above it, as words.
    kind : {"columns", "bars", "lines"}
        What it is drawn with.
    categories : tuple of str
        Along the first axis; lines have days instead.
    series : tuple of Series
        Figures; of columns they stand on one another.
    top, step : float
        End of the axis of figures, and from one of its ticks to the next.
    form : {"number", "percent"}
        How figures are written.
    every : int
        Each so many-th category has its name written.
    labelled : bool
        Whether each bar has its figure beside it.
    size : float
        Of its letters. [pt]
    says : str
        What it shows, for those who cannot see it.
    name : str
        Name of its file, where it stands beside an article.
    days, day_step : tuple of int, int
        Of lines: the day of each figure, from D-day on, and from one tick to the next. [days]
    """

    place: Place
    kind: Literal["columns", "bars", "lines"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    top: float
    step: float
    says: str
    name: str
    form: Literal["number", "percent"] = "number"
    every: int = 1
    labelled: bool = False
    size: float = 13.0
    days: tuple[int, ...] = ()
    day_step: int = 1


@dataclass(frozen=True, slots=True)
class Symbol:
    """A military symbol by its code."""

    place: Place
    code: str
    says: str
    is_planned: bool = False


Part = Words | Box | Stroke | Table | Chart | Symbol


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Parameters
    ----------
    topic : str
        What it is about, in a word or two.
    title : str
        Its answer, in a sentence.
    parts : tuple of Part
        What stands on it, in the order in which it is read.
    rests_on : str
        In a sentence: what of it is fact, assumed, computed.
    notes : tuple of str
        For who speaks: where each number comes from.
    """

    topic: str
    title: str
    parts: tuple[Part, ...]
    rests_on: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deck:
    """A briefing.

    Parameters
    ----------
    title, option, marking : str
        Of the plan.
    dated : str
        The date that stands on each page.
    created : date
        What files say of when they were made: the same plan gives the same bytes.
    pages : tuple of Page
        In order.
    """

    title: str
    option: str
    marking: str
    dated: str
    created: date
    pages: tuple[Page, ...]
