"""The pages of a briefing as slides that can be edited: native text, tables, charts and shapes; notes for who speaks."""

from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from contingent.report.briefing.axes import BAR, COLUMN, Field, field_of
from contingent.report.briefing.frame import all_parts
from contingent.report.briefing.metrics import LINE, shown
from contingent.report.briefing.outlines import Letters, Outline, outlines_of
from contingent.report.briefing.packing import packed_alike
from contingent.report.briefing.parts import (
    ACCENT,
    CELL_ACROSS,
    CELL_DOWN,
    HEIGHT,
    INK,
    PALE,
    RULE,
    SOFT,
    WIDTH,
    Box,
    Chart,
    Deck,
    Page,
    Paragraph,
    Part,
    Place,
    Stroke,
    Symbol,
    Table,
    Words,
)

_COLOURS: Any = RGBColor
_XY: Any = XyChartData
_CATEGORIES: Any = CategoryChartData
"""These publish no types."""

FACE = "Arial"
ALIGN = {"left": PP_ALIGN.LEFT, "centre": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
KINDS = {
    "columns": XL_CHART_TYPE.COLUMN_STACKED,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "lines": XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS,
}
FORMATS = {"number": r"[>=1000000]#\ ###\ ##0;[>=1000]#\ ##0;General", "percent": r"0\ %"}
DAYS = r'[>=1000]"D+"#\ ##0;"D+"0'
"""How figures and days are written."""

PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""Style of a table without fills and lines of its own."""

TITLE_ONLY = 5
"""Layout of the template that has a title and nothing else."""


def slides_of_deck(deck: Deck) -> bytes:
    """Return a briefing as a PPTX file. The same briefing gives the same bytes."""
    from io import BytesIO

    slides = Presentation()
    _make_wide(slides)
    for number, page in enumerate(deck.pages, start=1):
        _slide(slides, deck, page, number)
    about = slides.core_properties
    about.title, about.subject, about.author = (
        shown(f"{deck.title}, {deck.option}")[:255],
        shown(deck.marking)[:255],
        "contingent",
    )
    about.last_modified_by, about.revision, about.keywords, about.comments = "contingent", 1, "", ""
    content = BytesIO()
    slides.save(content)
    return packed_alike(content.getvalue(), deck.created)


def _make_wide(slides: Any) -> None:
    """Make the template's pages, and what stands on its layouts, as wide as a screen."""
    stretch = Pt(WIDTH) / slides.slide_width
    slides.slide_width, slides.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for shape in [*slides.slide_master.shapes, *(shape for layout in slides.slide_layouts for shape in layout.shapes)]:
        if shape.is_placeholder and not shape.element.xpath("./p:spPr/a:xfrm"):
            continue
        shape.left, shape.width = int(shape.left * stretch), int(shape.width * stretch)


def _slide(slides: Any, deck: Deck, page: Page, number: int) -> None:
    slide = slides.slides.add_slide(slides.slide_layouts[TITLE_ONLY])
    for part in all_parts(deck, page, number):
        _put(slide.shapes, part)
    slide.notes_slide.notes_text_frame.text = shown("\n".join(page.notes))


def _in_workbook(text: str) -> str:
    """A text for the workbook of a chart, where it must never be a formula."""
    safe = shown(text)
    return f"\u2019{safe}" if safe.startswith(("=", "+", "-", "@", "{")) else safe


def _put(shapes: Any, part: Part) -> None:
    if isinstance(part, Words):
        _words(shapes, part)
    elif isinstance(part, Box):
        _box(shapes, part)
    elif isinstance(part, Stroke):
        _stroke(shapes, part)
    elif isinstance(part, Table):
        _table(shapes, part)
    elif isinstance(part, Symbol):
        _symbol(shapes, part)
    else:
        _chart(shapes, part)


def _at(place: Place) -> tuple[Any, Any, Any, Any]:
    return Pt(place.x), Pt(place.y), Pt(place.width), Pt(place.height)


def _colour(colour: str) -> Any:
    return _COLOURS.from_string(colour.removeprefix("#").upper())


def _words(shapes: Any, words: Words) -> None:
    if words.is_title:
        shape = shapes.title
        shape.left, shape.top, shape.width, shape.height = _at(words.place)
    else:
        shape = shapes.add_textbox(*_at(words.place))
        if words.paragraphs:
            shape.name = shown(words.paragraphs[0].whole)[:60]
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, ANCHOR[words.anchor]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for at, paragraph in enumerate(words.paragraphs):
        _paragraph(frame.paragraphs[0] if at == 0 else frame.add_paragraph(), paragraph, is_last=at == len(words.paragraphs) - 1)


def _paragraph(target: Any, paragraph: Paragraph, *, is_last: bool = True) -> None:
    target.alignment = ALIGN[paragraph.align]
    target.line_spacing = Pt(paragraph.size * LINE)
    target.space_before, target.space_after = Pt(0), Pt(0 if is_last else paragraph.after)
    parts = (
        [(paragraph.lead, True), (f" {paragraph.text}", paragraph.bold)] if paragraph.lead else [(paragraph.text, paragraph.bold)]
    )
    for text, bold in parts:
        run = target.add_run()
        run.text = shown(text)
        run.font.name, run.font.size, run.font.bold = FACE, Pt(paragraph.size), bold
        run.font.color.rgb = _colour(paragraph.colour)


def _box(shapes: Any, box: Box) -> None:
    shape = shapes.add_shape(MSO_SHAPE.RECTANGLE, *_at(box.place))
    _without_style(shape)
    if box.fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(box.fill)
    else:
        shape.fill.background()
    _edge(shape.line, box.edge, box.edge_width, dashed=box.dashed)
    _describe(shape, "")


def _edge(line: Any, colour: str | None, width: float, *, dashed: bool = False) -> None:
    if colour is None:
        line.fill.background()
        return
    line.color.rgb, line.width = _colour(colour), Pt(width)
    if dashed:
        line.dash_style = MSO_LINE.DASH


def _stroke(shapes: Any, stroke: Stroke) -> None:
    (x, y), (right, foot) = stroke.start, stroke.end
    line = shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Pt(x), Pt(y), Pt(right), Pt(foot))
    line.line.color.rgb, line.line.width = _colour(stroke.colour), Pt(stroke.width)
    _without_style(line)
    _describe(line, "")


def _without_style(shape: Any) -> None:
    """Take away what the template would give a shape: its shadow, its line, its fill."""
    for style in shape.element.findall(qn("p:style")):
        shape.element.remove(style)


def _describe(shape: Any, says: str) -> None:
    """Say what a shape shows, for those who cannot see it."""
    shape.element.xpath(".//p:cNvPr")[0].set("descr", shown(says))


def _under(parent: Any, name: str) -> Any:
    """A new element at the end of another."""
    child = OxmlElement(name)
    parent.append(child)
    return child


# ------------------------------------------------------------------------------------------------------------------ tables


def _table(shapes: Any, table: Table) -> None:
    place = Place(table.place.x, table.place.y, table.place.width, table.height)
    framed = shapes.add_table(len(table.rows) + 1, len(table.columns), *_at(place))
    _describe(framed, table.says)
    grid = framed.table
    grid.first_row, grid.horz_banding = True, False
    framed.element.xpath(".//a:tableStyleId")[0].text = PLAIN_TABLE
    for column, width in zip(grid.columns, table.widths, strict=True):
        column.width = Pt(width)
    heads = tuple(column.head for column in table.columns)
    for at, (cells, height) in enumerate(zip((heads, *table.rows), table.heights, strict=True)):
        grid.rows[at].height = Pt(height)
        for column, (text, kind) in enumerate(zip(cells, table.columns, strict=True)):
            look = Paragraph(text, table.size, bold=at == 0 or kind.bold, align=kind.align, colour=ACCENT if at == 0 else INK)
            _cell(grid.cell(at, column), look, is_head=at == 0)
    for properties in framed.element.xpath(".//a:tcPr"):
        _line_below(properties)


def _cell(cell: Any, text: Paragraph, *, is_head: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(CELL_ACROSS)
    cell.margin_top = cell.margin_bottom = Pt(CELL_DOWN)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    _paragraph(cell.text_frame.paragraphs[0], text)
    if is_head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = _colour(PALE)
    else:
        cell.fill.background()


def _line_below(properties: Any) -> None:
    """Draw the line below a cell."""
    line = OxmlElement("a:lnB")
    line.set("w", str(Pt(0.75)))
    fill = _under(line, "a:solidFill")
    _under(fill, "a:srgbClr").set("val", RULE.removeprefix("#").upper())
    properties.insert(0, line)


# ------------------------------------------------------------------------------------------------------------------ charts


def _chart(shapes: Any, chart: Chart) -> None:
    field = field_of(chart)
    framed = shapes.add_chart(KINDS[chart.kind], *_at(chart.place), _data(chart, field))
    _describe(framed, chart.says)
    drawn = framed.chart
    drawn.has_legend, drawn.has_title = False, False
    drawn.font.name, drawn.font.size = FACE, Pt(chart.size)
    _amounts(drawn.value_axis, chart)
    _across(drawn.category_axis, chart)
    _field(drawn.element.xpath("./c:chart/c:plotArea")[0], chart.place, field.place)
    plot = drawn.plots[0]
    for series, drawn_series in zip(chart.series, plot.series, strict=True):
        if chart.kind == "lines":
            drawn_series.smooth, drawn_series.marker.style = False, XL_MARKER_STYLE.NONE
            drawn_series.format.line.color.rgb, drawn_series.format.line.width = _colour(series.colour), Pt(3)
        else:
            drawn_series.format.fill.solid()
            drawn_series.format.fill.fore_color.rgb = _colour(series.colour)
    if chart.kind == "bars":
        plot.gap_width = round(100 * (1 / BAR - 1))
        # The first stands on top, as in a table; the axis of amounts stays below.
        drawn.category_axis.reverse_order = True
        drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    elif chart.kind == "columns":
        plot.overlap, plot.gap_width = 100, round(100 * (1 / COLUMN - 1))
        _skip_names(drawn, chart.every)
    if chart.labelled:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, FORMATS[chart.form], False
        labels.font.size, labels.font.bold, labels.font.name = Pt(chart.size), True, FACE
        labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _data(chart: Chart, field: Field) -> Any:
    """The figures of a chart, as its workbook keeps them."""
    if chart.kind == "lines":
        days = _XY(number_format="General")
        for series in chart.series:
            line = days.add_series(_in_workbook(series.name))
            for day, value in zip(chart.days, series.values, strict=True):
                if value is not None:
                    line.add_data_point(day, value)
        return days
    data = _CATEGORIES(number_format=FORMATS[chart.form])
    data.categories = [_in_workbook(name) for name in (field.names if chart.kind == "bars" else chart.categories)]
    for series in chart.series:
        data.add_series(_in_workbook(series.name), series.values)
    return data


def _amounts(axis: Any, chart: Chart) -> None:
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, chart.top, chart.step
    axis.has_major_gridlines, axis.has_minor_gridlines = True, False
    axis.major_gridlines.format.line.color.rgb, axis.major_gridlines.format.line.width = _colour(RULE), Pt(0.75)
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = FORMATS[chart.form], False
    _names(axis, chart.size, SOFT)


def _across(axis: Any, chart: Chart) -> None:
    axis.major_tick_mark, axis.has_major_gridlines = XL_TICK_MARK.NONE, False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.format.line.color.rgb, axis.format.line.width = _colour(SOFT), Pt(0.75)
    if chart.kind == "lines":
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, chart.days[-1], chart.day_step
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = DAYS, False
    _names(axis, chart.size, INK if chart.kind == "bars" else SOFT)


def _names(axis: Any, size: float, colour: str) -> None:
    axis.tick_labels.font.size, axis.tick_labels.font.name = Pt(size), FACE
    axis.tick_labels.font.color.rgb = _colour(colour)


def _skip_names(drawn: Any, every: int) -> None:
    """Write the name of each so many-th column alone."""
    last = drawn.element.xpath(".//c:catAx/c:noMultiLvlLbl")[0]
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        skipped = OxmlElement(name)
        skipped.set("val", str(every))
        last.addprevious(skipped)


def _field(area: Any, whole: Place, field: Place) -> None:
    """Let the figures stand where the other writer has them."""
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = OxmlElement("c:layout")
    manual = _under(layout, "c:manualLayout")
    shares = {
        "x": (field.x - whole.x) / whole.width, "y": (field.y - whole.y) / whole.height,
        "w": field.width / whole.width, "h": field.height / whole.height,
    }  # fmt: skip
    modes = {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge"}
    for name, value in {**modes, **{name: f"{share:.5f}" for name, share in shares.items()}}.items():
        _under(manual, f"c:{name}").set("val", value)
    area.insert(0, layout)


# ----------------------------------------------------------------------------------------------------------------- symbols


def _symbol(shapes: Any, symbol: Symbol) -> None:
    """Draw a symbol as shapes of its own, together in one group."""
    group = shapes.add_group_shape()
    group.name = shown(symbol.says)[:60]
    _describe(group, symbol.says)
    outlines, letters = outlines_of(symbol.code, symbol.place, is_planned=symbol.is_planned)
    for outline in outlines:
        _outline(group.shapes, outline)
    for each in letters:
        _symbol_letters(group.shapes, each)


def _outline(shapes: Any, outline: Outline) -> None:
    begun = [contour for contour in outline.contours if len(contour) > 1]
    if not begun:
        return
    scale = 127  # EMU to a hundredth of a point
    first = begun[0][0]
    builder = shapes.build_freeform(round(first[0] * 100), round(first[1] * 100), scale=scale)
    for at, contour in enumerate(begun):
        if at:
            builder.move_to(round(contour[0][0] * 100), round(contour[0][1] * 100))
        closed = contour[0] == contour[-1]
        points = [(round(x * 100), round(y * 100)) for x, y in (contour[1:-1] if closed else contour[1:])]
        builder.add_line_segments(points, close=closed)
    shape = builder.convert_to_shape()
    _without_style(shape)
    if outline.fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(outline.fill)
    else:
        shape.fill.background()
    _edge(shape.line, outline.edge, outline.width, dashed=outline.dashed)
    _describe(shape, "")


def _symbol_letters(shapes: Any, letters: Letters) -> None:
    width = letters.size * max(1, len(letters.text))
    place = Place(letters.x - width / 2, letters.y - letters.size * LINE / 2, width, letters.size * LINE)
    box = shapes.add_textbox(*_at(place))
    frame = box.text_frame
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = False, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _paragraph(frame.paragraphs[0], Paragraph(letters.text, letters.size, bold=True, align="centre"))
