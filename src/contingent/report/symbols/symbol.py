"""A symbol as SVG: the drawing of the field's reference library, with the nation in field H.

The frame is never recoloured, for its colour and shape say who is friend and who is not; how far a post is filled stands
outside of it (`contingent.report.symbols.fill`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from contingent.report.drawings.svg import element
from contingent.report.symbols import engine
from contingent.report.symbols.codes import ECHELON, ECHELON_NAMES, NO_ECHELON, SYMBOL_SET, UNITS, is_code, planned
from contingent.report.symbols.fill import INK, LETTERS

SIZE = 30.0
"""Height of the frame of a friendly land unit. [px]"""

ICON_LETTERS = 'font-family="Arial"'
"""What the library writes on letters within an icon, whatever it is told."""

FRAME_WIDTH = 1.5
"""Width of the frame of a friendly land unit as a multiple of its height. [-]"""

FRIEND = "#80e0ff"
"""Fill of the plain box, as that of a friendly frame."""

LETTER_WIDTH, CAPITAL_WIDTH = 0.56, 0.75
"""Mean width of a letter and of a capital as a share of its size. [-]"""

_WHOLE = re.compile(r"<svg[^>]*>(?P<inside>.*)</svg>", re.DOTALL)
_VIEW = re.compile(r'viewBox="(?P<box>[-0-9. ]+)"')


@dataclass(frozen=True, slots=True)
class DrawnSymbol:
    """A symbol and what is needed to place it.

    Parameters
    ----------
    svg : str
        The symbol as a picture of its own.
    width, height : float
        Its size. [px]
    x, y : float
        Centre of its frame, from the left upper corner. [px]
    known : bool
        Whether the code is known; an unknown one is drawn as a box or as far as it can be.
    """

    svg: str
    width: float
    height: float
    x: float
    y: float
    known: bool

    @property
    def view_box(self) -> str:
        """The part of the plane that it shows, as the attribute of an SVG element."""
        found = _VIEW.search(self.svg)
        return found["box"] if found else f"0 0 {self.width:.1f} {self.height:.1f}"

    @property
    def inside(self) -> Markup:
        """What stands within its svg element."""
        found = _WHOLE.fullmatch(self.svg)
        return Markup(found["inside"] if found else "")  # noqa: S704 (written by the library, which escapes, or by `element`)


def symbol_svg(
    code: str | None,
    *,
    size: float = SIZE,
    nation: str | None = None,
    designation: str | None = None,
    higher: str | None = None,
    reinforced: str | None = None,
    quantity: str | None = None,
    is_planned: bool = False,
    staff: float | None = None,
    text: str | None = None,
) -> str:
    """Return the symbol of a code as an SVG picture.

    Parameters
    ----------
    code : str or None
        Symbol code, 20 or 30 digits. None, or what is no code, gives a plain box.
    size : float
        Height of the frame of a friendly land unit. [px]
    nation : str, optional
        Trigraph, written in field H to the right of the frame.
    designation, higher, reinforced, quantity : str, optional
        Fields T (its own name), M (formation above it), F (``(+)``, ``(-)`` or ``(±)``) and C (number of items).
    is_planned : bool
        Draw it dashed, whatever the code's status: a post that nobody holds.
    staff : float, optional
        Length of the staff of a headquarters; None as the standard has it. [hundredths of the frame's height]
    text : str, optional
        What is written into a plain box, where the symbol cannot be drawn.

    Examples
    --------
    >>> 'stroke-dasharray' in symbol_svg("10031000161211020000", is_planned=True)
    True
    >>> symbol_svg("10031000161211020000") is symbol_svg("10031000161211020000")
    True
    """
    return draw_symbol(
        code, size=size, nation=nation, designation=designation, higher=higher, reinforced=reinforced, quantity=quantity,
        is_planned=is_planned, staff=staff, text=text,
    ).svg  # fmt: skip


@lru_cache(maxsize=4096)
def draw_symbol(
    code: str | None,
    *,
    size: float = SIZE,
    nation: str | None = None,
    designation: str | None = None,
    higher: str | None = None,
    reinforced: str | None = None,
    quantity: str | None = None,
    is_planned: bool = False,
    staff: float | None = None,
    text: str | None = None,
) -> DrawnSymbol:
    """Return the symbol of a code with its size and centre. Arguments as of `symbol_svg`."""
    fields = {
        "additionalInformation": nation, "uniqueDesignation": designation, "higherFormation": higher,
        "reinforcedReduced": reinforced, "quantity": quantity,
    }  # fmt: skip
    written: dict[str, str | float] = {field: value for field, value in fields.items() if value}
    if staff is not None:
        written["hqStaffLength"] = staff
    if code is not None and is_code(code):
        shown = planned(code) if is_planned else code
        drawn = engine.ask(shown, {"size": size, "fontfamily": LETTERS, **written})
        if drawn is not None:
            svg = drawn["svg"].replace(ICON_LETTERS, f'font-family="{LETTERS}"')
            return DrawnSymbol(svg, drawn["width"], drawn["height"], drawn["x"], drawn["y"], bool(drawn["valid"]))
    return _plain_box(size, text=text or code or "?", nation=nation, is_planned=is_planned)


@lru_cache(maxsize=4096)
def is_valid_symbol(code: str) -> bool:
    """Return whether a code is drawn in full: its entity, its echelon or mobility, and each of its modifiers are known.

    Without the library only the form is judged: 20 or 30 digits.

    >>> is_valid_symbol("10031000161211020000"), is_valid_symbol("10031000169999000000"), is_valid_symbol("SFGPUCI---")
    (True, False, False)
    """
    if not is_code(code):
        return False
    drawn = engine.ask(code, {})
    if drawn is None:
        return True
    knows_echelon = code[SYMBOL_SET] not in UNITS or code[ECHELON] in (NO_ECHELON, *ECHELON_NAMES)
    return bool(drawn["valid"]) and knows_echelon


def _plain_box(size: float, *, text: str, nation: str | None, is_planned: bool) -> DrawnSymbol:
    """A frame with words in it, for what the library does not draw or where it is missing."""
    width, height, edge = size * FRAME_WIDTH, size, size * 0.04
    letter = max(5.0, size * 0.22)
    most = max(2, int(width / (letter * LETTER_WIDTH)))
    lines = _broken(text, most=most, lines=3)
    beside = len(nation) * size * 0.4 * CAPITAL_WIDTH + size * 0.2 if nation else 0.0
    parts = [
        element(
            "rect", x=edge, y=edge, width=width, height=height, fill=FRIEND, stroke=INK, stroke_width=edge,
            stroke_dasharray=f"{4 * edge:.1f} {3 * edge:.1f}" if is_planned else None,
        ),
        *(
            element(
                "text", line, x=edge + width / 2, y=edge + height / 2 + letter * (0.35 + number - (len(lines) - 1) / 2),
                text_anchor="middle", font_size=letter, font_family=LETTERS, fill=INK,
            )
            for number, line in enumerate(lines)
        ),
    ]  # fmt: skip
    if nation:
        right = width + 2 * edge + size * 0.2
        parts.append(element("text", nation, x=right, y=height * 0.65, font_size=size * 0.4, font_family=LETTERS, fill=INK))
    whole_width, whole_height = width + 2 * edge + beside, height + 2 * edge
    svg = element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", width=whole_width, height=whole_height,
        viewBox=f"0 0 {whole_width:.1f} {whole_height:.1f}",
    )  # fmt: skip
    return DrawnSymbol(str(svg), whole_width, whole_height, edge + width / 2, edge + height / 2, known=False)


def _broken(text: str, *, most: int, lines: int) -> list[str]:
    """A text in lines of at most so many letters; what does not fit is cut with an ellipsis."""
    found: list[str] = [""]
    for word in text.split():
        if found[-1] and len(found[-1]) + 1 + len(word) > most:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    cut = [line if len(line) <= most else f"{line[: most - 1]}…" for line in found]
    return cut if len(cut) <= lines else [*cut[: lines - 1], f"{cut[lines - 1][: most - 1]}…"]
