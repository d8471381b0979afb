"""Pages and charts of a briefing as SVG: what the PDF is made of, and the pictures beside an article."""

from collections.abc import Iterable
from itertools import accumulate

from markupsafe import Markup

from contingent.report.briefing.axes import BAR, COLUMN, Field, field_of, figure
from contingent.report.briefing.metrics import ASCENT, LINE, shown, width_of
from contingent.report.briefing.parts import (
    ACCENT,
    CELL_ACROSS,
    CELL_DOWN,
    HEIGHT,
    INK,
    PALE,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    Box,
    Chart,
    Paragraph,
    Part,
    Place,
    Stroke,
    Symbol,
    Table,
    Words,
)
from contingent.report.drawings.svg import element
from contingent.report.symbols import draw_symbol

FACE = "Liberation Sans, Arial, Helvetica, sans-serif"
ANCHORS = {"left": "start", "centre": "middle", "right": "end"}


def page_svg(parts: Iterable[Part], *, label: str) -> str:
    """Return a page as one SVG picture."""
    return _whole(Place(0, 0, WIDTH, HEIGHT), [element("rect", width=WIDTH, height=HEIGHT, fill=PAPER), *_drawn(parts)], label)


def chart_svg(chart: Chart, above: Iterable[Part] = ()) -> str:
    """Return a chart as an SVG picture of its own, with the words and boxes of its key above it."""
    key = list(above)
    top = min([chart.place.y, *(part.place.y for part in key if isinstance(part, Words | Box))]) - 10
    place = Place(chart.place.x - 10, top, chart.place.width + 20, chart.place.foot - top + 10)
    paper = element("rect", x=place.x, y=place.y, width=place.width, height=place.height, fill=PAPER)
    return _whole(place, [paper, *_drawn(key), *_chart(chart)], chart.says)


def _whole(place: Place, content: Iterable[Markup], label: str) -> str:
    box = f"{place.x:.1f} {place.y:.1f} {place.width:.1f} {place.height:.1f}"
    return shown(
        element(
            "svg", *content, xmlns="http://www.w3.org/2000/svg", width=place.width, height=place.height, viewBox=box,
            role="img", aria_label=label, font_family=FACE,
        )
    )  # fmt: skip


def _drawn(parts: Iterable[Part]) -> list[Markup]:
    return [drawn for part in parts for drawn in _part(part)]


def _part(part: Part) -> list[Markup]:
    if isinstance(part, Words):
        return _words(part)
    if isinstance(part, Box):
        return [_rectangle(part.place, part.fill, edge=part.edge, edge_width=part.edge_width, dashed=part.dashed)]
    if isinstance(part, Stroke):
        return [_line(part.start, part.end, part.colour, part.width)]
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Symbol):
        return [_symbol(part)]
    return _chart(part)


def _rectangle(
    place: Place, fill: str | None, *, edge: str | None = None, edge_width: float = 0.0, dashed: bool = False
) -> Markup:
    return element(
        "rect", x=place.x, y=place.y, width=place.width, height=place.height, fill=fill or "none", stroke=edge,
        stroke_width=edge_width if edge else None, stroke_dasharray="5 3" if dashed else None,
    )  # fmt: skip


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: float) -> Markup:
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=colour, stroke_width=f"{width:g}")


def _letters(text: str, x: float, y: float, size: float, *, align: str = "left", bold: bool = False, colour: str = INK) -> Markup:
    """A line of text; y is the foot of its letters."""
    return element(
        "text", text, x=x, y=y, font_size=size, font_weight="bold" if bold else None, fill=colour,
        text_anchor=ANCHORS[align] if align != "left" else None,
    )  # fmt: skip


def _words(words: Words) -> list[Markup]:
    place = words.place
    spare = place.height - words.height
    y = place.y + {"top": 0.0, "middle": spare / 2, "bottom": spare}[words.anchor]
    found: list[Markup] = []
    for paragraph in words.paragraphs:
        found += _paragraph(paragraph, place, y)
        y += paragraph.height(place.width)
    return found


def _paragraph(paragraph: Paragraph, place: Place, y: float) -> list[Markup]:
    found = []
    size, left_bold = paragraph.size, len(paragraph.lead)
    x = {"left": place.x, "centre": place.x + place.width / 2, "right": place.right}[paragraph.align]
    for line in paragraph.lines(place.width):
        foot = y + size * ASCENT
        head, rest = line[:left_bold], line[left_bold:]
        if head and not paragraph.bold:
            found.append(_letters(head, x, foot, size, bold=True, colour=paragraph.colour))
            if rest.strip():
                begin = x + width_of(head, size, bold=True) + width_of(" " * (len(rest) - len(rest.lstrip())), size)
                found.append(_letters(rest.strip(), begin, foot, size, colour=paragraph.colour))
            left_bold = max(0, left_bold - len(line) - 1)
        else:
            found.append(_letters(line, x, foot, size, align=paragraph.align, bold=paragraph.bold, colour=paragraph.colour))
        y += size * LINE
    return found


def _table(table: Table) -> list[Markup]:
    found: list[Markup] = []
    y = table.place.y
    heads = tuple(column.head for column in table.columns)
    lefts = list(accumulate(table.widths, initial=table.place.x))
    for at, (cells, height) in enumerate(zip((heads, *table.rows), table.heights, strict=True)):
        if at == 0:
            found.append(_rectangle(Place(table.place.x, y, table.place.width, height), PALE))
        for cell, left, width, column in zip(cells, lefts, table.widths, table.columns, strict=False):
            bold = at == 0 or column.bold
            place = Place(left, y, width, height).inside(CELL_ACROSS, CELL_DOWN)
            text = Paragraph(cell, table.size, bold=bold, align=column.align, colour=ACCENT if at == 0 else INK)
            found += _words(Words(place, (text,), "middle"))
        y += height
        found.append(_line((table.place.x, y), (table.place.right, y), RULE, 0.75))
    return found


def _symbol(part: Symbol) -> Markup:
    drawn = draw_symbol(part.code, size=part.place.height, is_planned=part.is_planned)
    return element(
        "svg", drawn.inside, x=part.place.x, y=part.place.y, width=part.place.width, height=part.place.height,
        viewBox=drawn.view_box,
    )  # fmt: skip


def _chart(chart: Chart) -> list[Markup]:
    field = field_of(chart)
    if chart.kind == "bars":
        return _bars(chart, field)
    place, found = field.place, []
    for tick in field.ticks:
        y = place.foot - place.height * tick / chart.top
        found.append(_line((place.x, y), (place.right, y), RULE if tick else SOFT, 0.75))
        found.append(
            _letters(figure(tick, chart.form), place.x - 6, y + chart.size * 0.36, chart.size, align="right", colour=SOFT)
        )
    step = place.width / max(1, len(chart.categories))
    for at, name in enumerate(field.names):
        if name:
            share = at * chart.day_step / chart.days[-1] if chart.days else (at + 0.5) / len(chart.categories)
            middle = place.x + place.width * share
            found.append(_letters(name, middle, place.foot + chart.size * 1.4, chart.size, align="centre", colour=SOFT))
    return found + (_columns(chart, place, step) if chart.kind == "columns" else _lines(chart, place))


def _columns(chart: Chart, place: Place, step: float) -> list[Markup]:
    found = []
    for at in range(len(chart.categories)):
        level = 0.0
        for series in chart.series:
            value = series.values[at] or 0.0
            height = place.height * value / chart.top
            if height > 0:
                foot = place.foot - place.height * level / chart.top
                left = place.x + step * (at + (1 - COLUMN) / 2)
                found.append(_rectangle(Place(left, foot - height, step * COLUMN, height), series.colour))
            level += value
    return found


def _lines(chart: Chart, place: Place) -> list[Markup]:
    found = []
    for series in chart.series:
        points = [
            f"{place.x + place.width * day / chart.days[-1]:.1f},{place.foot - place.height * value / chart.top:.1f}"
            for day, value in zip(chart.days, series.values, strict=True)
            if value is not None
        ]
        found.append(
            element(
                "polyline", points=" ".join(points), fill="none", stroke=series.colour, stroke_width="3", stroke_linejoin="round"
            )
        )
    return found


def _bars(chart: Chart, field: Field) -> list[Markup]:
    place, found = field.place, []
    for tick in field.ticks:
        x = place.x + place.width * tick / chart.top
        found.append(_line((x, place.y), (x, place.foot), RULE if tick else SOFT, 0.75))
        found.append(
            _letters(figure(tick, chart.form), x, place.foot + chart.size * 1.2, chart.size, align="centre", colour=SOFT)
        )
    row = place.height / max(1, len(chart.categories))
    for at, name in enumerate(field.names):
        middle = place.y + row * (at + 0.5)
        foot = middle + chart.size * 0.36
        found.append(_letters(name, place.x - 6, foot, chart.size, align="right"))
        right = place.x
        for series in chart.series:
            width = place.width * (series.values[at] or 0.0) / chart.top
            found.append(_rectangle(Place(right, middle - row * BAR / 2, width, row * BAR), series.colour))
            right += width
        if chart.labelled:
            value = sum(series.values[at] or 0.0 for series in chart.series)
            found.append(_letters(figure(value, chart.form), right + 6, foot, chart.size, bold=True))
    return found
