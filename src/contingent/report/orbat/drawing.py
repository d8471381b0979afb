"""The ORBAT on a day as a drawing: headquarters, the units under them with APP-6 symbols, who holds what, and what nobody holds.

One sheet, landscape, that a reader takes in from the top: the force, its components, their formations; under each the rows of its
own units, like ones together. The nation stands to the right of each frame, as field H of the symbol has it. What nobody holds is
dashed. How far a formation is filled is a mark beside its name: shape, letter and colour say the same, and a count stands by it.

All of it is plain SVG with its attributes in place: no style sheet, no script, no letters from elsewhere.
"""

import math

from markupsafe import Markup

from contingent.report.drawings.svg import element, group
from contingent.report.orbat.layout import CARD_WIDTH, HEAD_HEIGHT, ROW_HEIGHT, SHEET_SHAPE, Card, Layout, lay_out
from contingent.report.orbat.lettering import cut, shortened, width_of, wrapped
from contingent.report.orbat.node import (
    FORMATION,
    Group,
    Node,
    Senders,
    after_name,
    attached_name,
    fill_of_node,
    grouped_troops,
    nations_of,
    walk,
)
from contingent.report.symbols import FILL_COLOURS, LETTERS, DrawnSymbol, Fill, draw_symbol, fill_mark
from contingent.report.words import amount, grouped

INK, SOFT, RULE, PALE, PAPER = "#1b1f24", "#4b5563", "#d9dde3", "#f4f5f7", "#ffffff"
LINE = "#6b7280"
GAP_PALE = "#fdf0e6"
GAP_INK = "#a34700"
"""Letters of a gap: its colour, dark enough to be read."""

MARGIN = 26.0
MARKING_HEIGHT = 24.0
TITLE_HEIGHT = 62.0
LEGEND_HEIGHT = 40.0
LEAST_WIDTH = 900.0

HEAD_SYMBOL, ROW_SYMBOL = 25.0, 18.0
"""Heights of a frame. [px]"""

STAFF = 40.0
"""Length of the staff of a headquarters, so that it does not reach into the next row. [hundredths of the frame's height]"""

SYMBOL_ROOM, ROW_SYMBOL_ROOM, NUMBER_ROOM = 50.0, 70.0, 31.0
"""Left of the words of a head and of a row: the symbol, and in a row the number before it. [px]"""


def orbat_svg(
    tree: Node,
    *,
    title: str,
    when: str = "",
    marking: str | None = None,
    shape: float = SHEET_SHAPE,
    on_sheet: bool = False,
    id_: str = "orbat",
) -> Markup:
    """Return the ORBAT as one SVG drawing.

    Parameters
    ----------
    tree : Node
        The top with all that stands under it, as `contingent.structure.orbat_at` returns it.
    title : str
        What it is the ORBAT of, for example ``Reassurance force, option medium``.
    when : str
        The day in words, for example ``D+180, 30 Jun 2027``.
    marking : str, optional
        Protective marking, at head and foot; None leaves it out, for a page that has its own.
    shape : float
        Width by height of the sheet for which it is laid out. [-]
    on_sheet : bool
        Whether the drawing is made exactly of that shape, with white around what is drawn: for PDF and print.
    id_ : str
        Begins the names of elements, so that several drawings can stand in one page.
    """
    layout = lay_out(tree, shape=shape)
    head = (MARKING_HEIGHT if marking else 0.0) + TITLE_HEIGHT
    foot = LEGEND_HEIGHT + (MARKING_HEIGHT if marking else 0.0)
    width = max(layout.width + 2 * MARGIN, LEAST_WIDTH)
    height = head + layout.height + MARGIN + foot
    if on_sheet:
        width, height = max(width, height * shape), max(height, width / shape)
    left = (width - layout.width) / 2
    body = [
        element("rect", x=0, y=0, width=width, height=height, fill=PAPER),
        *(_marking(marking, width, height) if marking else ()),
        _title(tree, title, when, width, top=MARKING_HEIGHT if marking else 0.0),
        element("g", _lines(layout), *(_card(card) for card in layout.cards), transform=f"translate({left:.1f} {head:.1f})"),
        _legend(width, height - foot),
    ]
    return element(
        "svg",
        element("title", f"Order of battle: {title}{', ' if when else ''}{when}", id=f"{id_}-title"),
        element("desc", described(tree), id=f"{id_}-desc"),
        element("g", *body, font_family=LETTERS, fill=INK),
        xmlns="http://www.w3.org/2000/svg",
        width=round(width),
        height=round(height),
        viewBox=f"0 0 {width:.1f} {height:.1f}",
        role="img",
        aria_labelledby=f"{id_}-title {id_}-desc",
    )


def described(tree: Node) -> str:
    """Return the drawing in sentences, for those who read without seeing: each formation, who leads it, what it has and lacks."""
    said = []
    for node in walk(tree):
        if node.kind == FORMATION:
            led = f"framework nation {node.nation}" if node.nation else "no framework nation"
            held = f"{amount(node.filled)} of {amount(node.filled + node.gap)} units held"
            own = "; ".join(_in_words(row) for row in grouped_troops(node))
            name, after = attached_name(node.name, node.relation), f" Its own: {own}." if own else ""
            said.append(f"{name}: {led}, {grouped(node.people)} people, {held}.{after}")
    return " ".join(said)


def _in_words(row: Group) -> str:
    if row.is_gap:
        return f"{amount(row.number)} {row.title} missing"
    relieved = f", relieving {_listed(row.leaving)}" if row.nations and row.leaving else ""
    nations = _listed(row.nations) if row.nations else f"{_listed(row.leaving)}, leaving"
    return f"{amount(row.number)} {row.title} ({nations}{relieved})"


def _listed(senders: Senders) -> str:
    return ", ".join(nation if number == 1 else f"{nation} {number}" for nation, number in senders)


# ------------------------------------------------------------------------------------------------------------------ cards


def _card(card: Card) -> Markup:
    parts = [_head(card)]
    for number, row in enumerate(card.rows):
        column, place = divmod(number, card.rows_of_column)
        parts.append(_row(row, card.x + column * CARD_WIDTH, card.y + HEAD_HEIGHT + place * ROW_HEIGHT))
    return element("g", *parts)


def _head(card: Card) -> Markup:
    node = card.node
    x, y = card.x, card.y
    right = x + CARD_WIDTH - 8
    words = x + SYMBOL_ROOM
    room = right - words
    nations = nations_of(node)
    asked = node.filled + node.gap
    held = f"{amount(node.filled)}/{amount(asked)}"
    count = width_of(held, 11, bold=True)
    led = node.nation or ("no nation leads" if nations else "")
    people = f"{grouped(node.people)} people" if nations else "no units on this day"
    if len(nations) > 1:
        people += f" · {len(nations)} nations"
    parts = [
        element("rect", x=x, y=y, width=card.width, height=card.height, rx=3, fill=PAPER, stroke=LINE, stroke_width=1),
        element("path", d=_head_shape(card), fill=PALE),
        _symbol(
            draw_symbol(node.symbol, size=HEAD_SYMBOL, staff=STAFF, text=node.name), x + SYMBOL_ROOM / 2, y + HEAD_HEIGHT / 2 + 3
        ),
        _name(node, words, y + 17, room),
        element(
            "text", cut(led, room - count - 24, 11.5, bold=bool(node.nation)), x=words, y=y + 33, font_size=11.5,
            font_weight="bold" if node.nation else None, fill=INK if node.nation else SOFT,
        ),
        element("text", cut(people, room, 10.5), x=words, y=y + 47, font_size=10.5, fill=SOFT),
    ]  # fmt: skip
    if asked > 0:
        parts.append(element("text", held, x=right, y=y + 33, font_size=11, font_weight="bold", text_anchor="end"))
        parts.append(fill_mark(fill_of_node(node), x=right - count - 9, y=y + 29, radius=6))
    return group(parts)


def _name(node: Node, x: float, y: float, room: float) -> Markup:
    """The name of a formation in bold, smaller where it is long; a relation is never cut."""
    size = 12.5 if width_of(attached_name(node.name, node.relation), 12.5, bold=True) <= room else 11.0
    name = cut(node.name, room - width_of(after_name(node.relation), size, bold=True), size, bold=True)
    return element("text", name + after_name(node.relation), x=x, y=y, font_size=size, font_weight="bold")


def _row(row: Group, x: float, y: float) -> Markup:
    words, right = x + ROW_SYMBOL_ROOM, x + CARD_WIDTH - 8
    parts = []
    if row.is_gap:
        parts.append(_dashed(x + 3.5, y + 1.5, CARD_WIDTH - 7, ROW_HEIGHT - 3))
    drawn = draw_symbol(row.symbol, size=ROW_SYMBOL, is_planned=row.is_gap, staff=STAFF, text=row.name)
    parts.append(_symbol(drawn, x + ROW_SYMBOL_ROOM - 22, y + ROW_HEIGHT / 2 + 3))
    if row.number not in (0, 1):
        number = f"{amount(row.number)} ×"
        parts.append(element("text", number, x=x + NUMBER_ROOM, y=y + ROW_HEIGHT / 2 + 7, font_size=11, text_anchor="end"))
    parts += _gap_words(row, words, right, y) if row.is_gap else _held_words(row, words, right, y)
    return group(parts)


def _dashed(x: float, y: float, width: float, height: float) -> Markup:
    """The box of what nobody holds."""
    colour = FILL_COLOURS["gap"]
    return element(
        "rect", x=x, y=y, width=width, height=height, fill=GAP_PALE, stroke=colour, stroke_width=1, stroke_dasharray="4 3"
    )  # fmt: skip


def _gap_words(row: Group, words: float, right: float, y: float) -> list[Markup]:
    lines = wrapped(row.title, right - 16 - words, 10.5, lines=2)
    if len(lines) == 1:
        lines.append("nobody holds it")
    return [
        element("text", lines[0], x=words, y=y + 14, font_size=10.5, fill=GAP_INK),
        element("text", lines[1], x=words, y=y + 27, font_size=10.5, fill=GAP_INK),
        fill_mark("gap", x=right - 6, y=y + ROW_HEIGHT / 2, radius=6),
    ]


def _held_words(row: Group, words: float, right: float, y: float) -> list[Markup]:
    people = grouped(row.people)
    nations, after = _senders_in(row, right - words - width_of(people, 10) - 8)
    return [
        element("text", _row_name(row, right - words), x=words, y=y + 14, font_size=10.5),
        element("text", element("tspan", nations, font_weight="bold"), element("tspan", after, fill=SOFT) if after else "",
                x=words, y=y + 27, font_size=10.5),
        element("text", people, x=right, y=y + 27, font_size=10, text_anchor="end", fill=SOFT),
    ]  # fmt: skip


def _row_name(row: Group, room: float) -> str:
    """The name of a row, shortened to its room; a relation is never cut."""
    after = after_name(row.relation)
    return shortened(row.name, room - width_of(after, 10.5), 10.5) + after


def _senders_in(row: Group, room: float) -> tuple[str, str]:
    """Who serves, and whom they relieve where there is room for it: ``FRA 2 · GBR``, `` relieving POL``; the rest is counted."""
    if not row.nations:
        return _short(row.leaving, room - width_of(" leaving", 10.5)), " leaving"
    whole = _short(row.nations, math.inf)
    leaving = sum(number for _, number in row.leaving)
    for ending in (f" relieving {_listed(row.leaving)}", f" relieving {leaving}") if leaving else ():
        if width_of(whole, 10.5, bold=True) + width_of(ending, 10.5) <= room:
            return whole, ending
    return cut(_short(row.nations, room), room, 10.5, bold=True), ""


def _short(senders: Senders, room: float) -> str:
    each = [nation if number == 1 else f"{nation} {number}" for nation, number in senders]
    text = ""
    for kept in range(len(each), 0, -1):
        text = " · ".join(each[:kept]) + (f" +{len(each) - kept}" if kept < len(each) else "")
        if width_of(text, 10.5, bold=True) <= room:
            break
    return text


def _symbol(drawn: DrawnSymbol, x: float, y: float) -> Markup:
    """A symbol with the centre of its frame at a point."""
    left, top, width, _ = (float(number) for number in drawn.view_box.split())
    scale = drawn.width / width
    across, down = x - drawn.x - left * scale, y - drawn.y - top * scale
    return element("g", drawn.inside, transform=f"translate({across:.2f} {down:.2f}) scale({scale:.4f})")


def _head_shape(card: Card) -> str:
    width, height = card.width - 1, (HEAD_HEIGHT if card.rows else card.height) - 1
    left, foot = card.x + 0.5, card.y + 0.5 + height
    return f"M{left:.1f},{foot:.1f} v{3 - height:.1f} q0,-3 3,-3 h{width - 6:.1f} q3,0 3,3 v{height - 3:.1f} z"


def _lines(layout: Layout) -> Markup:
    path = " ".join(f"M{one[0]:.1f},{one[1]:.1f} L{other[0]:.1f},{other[1]:.1f}" for one, other in layout.lines)
    return element("path", d=path, fill="none", stroke=LINE, stroke_width=1.4, stroke_linecap="square") if path else Markup("")


# ------------------------------------------------------------------------------------------------------- around the sheet


def _marking(marking: str, width: float, height: float) -> list[Markup]:
    words = cut(marking, width - 2 * MARGIN, 13, bold=True)
    parts = []
    for y in (0.0, height - MARKING_HEIGHT):
        parts.append(element("rect", x=0, y=y, width=width, height=MARKING_HEIGHT, fill=INK))
        parts.append(
            element("text", words, x=width / 2, y=y + 16.5, font_size=13, font_weight="bold", text_anchor="middle", fill=PAPER)
        )
    return parts


def _title(tree: Node, title: str, when: str, width: float, *, top: float) -> Markup:
    nations = len(nations_of(tree))
    formations = sum(1 for node in walk(tree) if node.kind == FORMATION)
    figures = (
        f"{grouped(tree.people)} people · {amount(tree.filled)} of {amount(tree.filled + tree.gap)} units held · "
        f"{nations} nation{'' if nations == 1 else 's'} · {formations} formation{'' if formations == 1 else 's'}"
    )
    right = width - MARGIN
    name = cut(title, right - width_of(figures, 13) - 2 * MARGIN, 22, bold=True)
    return group(
        (
            element("text", name, x=MARGIN, y=top + 36, font_size=22, font_weight="bold"),
            element("text", when, x=right, y=top + 26, font_size=13, font_weight="bold", text_anchor="end"),
            element("text", figures, x=right, y=top + 44, font_size=13, text_anchor="end", fill=SOFT),
        )
    )


def _legend(width: float, y: float) -> Markup:
    """What marks and dashes mean, in one row at the foot, and more of it where there is room."""
    middle = y + LEGEND_HEIGHT / 2
    marks: tuple[tuple[Fill, str], ...] = (
        ("filled", "all units held"),
        ("partial", "some held: held/asked for"),
        ("gap", "none held"),
    )
    x = MARGIN
    parts = [element("line", x1=MARGIN, x2=width - MARGIN, y1=y + 4, y2=y + 4, stroke=RULE, stroke_width=1)]
    for fill, words in marks:
        parts.append(fill_mark(fill, x=x + 6, y=middle, radius=6))
        parts.append(element("text", words, x=x + 17, y=middle + 4, font_size=11))
        x += 17 + width_of(words, 11) + 16
    parts.append(_dashed(x, middle - 7, 22, 14))
    for words, gap in (
        ("dashed: nobody holds it", 28.0),
        ("bold: nation that holds it; of a formation, its framework nation", 0.0),
        ("2 ×: like units together", 0.0),
        ("symbols: APP-6", 0.0),
    ):
        if x + gap + width_of(words, 11) > width - MARGIN:
            break
        parts.append(element("text", words, x=x + gap, y=middle + 4, font_size=11))
        x += gap + width_of(words, 11) + 18
    return group(parts)
