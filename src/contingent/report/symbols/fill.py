"""How far a post or a formation is filled, as a mark outside the frame: shape, letter and colour say the same.

    ● F   filled        the full disc
    ◐ P   partial       the half disc
    ○ G   gap           the ring

The colours can be told apart by the colour-blind, carry dark letters at a contrast of 4.5 or more, and never stand alone.
"""

from typing import Literal

from markupsafe import Markup

from contingent.report.drawings.svg import element

Fill = Literal["filled", "partial", "gap"]

FILL_COLOURS: dict[Fill, str] = {"filled": "#009e73", "partial": "#e69f00", "gap": "#d55e00"}
FILL_LETTERS: dict[Fill, str] = {"filled": "F", "partial": "P", "gap": "G"}
INK = "#1b1f24"
PAPER = "#ffffff"

LETTERS = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is what the renderer of PNG and PDF brings along; the others stand on every desk."""


def fill_of(held: float, asked: float) -> Fill:
    """Return how far a number of posts is filled.

    >>> fill_of(3, 3), fill_of(2, 3), fill_of(0, 3), fill_of(0, 0)
    ('filled', 'partial', 'gap', 'filled')
    """
    if held >= asked:
        return "filled"
    return "partial" if held > 0 else "gap"


def fill_mark(fill: Fill, *, x: float, y: float, radius: float = 6.0) -> Markup:
    """Return the mark with its centre at a point: disc, half disc or ring, the letter in it. [px]"""
    colour = FILL_COLOURS[fill]
    parts = [
        element(
            "circle", cx=x, cy=y, r=radius, fill=colour if fill == "filled" else PAPER, stroke=colour if fill == "gap" else INK,
            stroke_width=2 if fill == "gap" else 1,
        )
    ]  # fmt: skip
    if fill == "partial":
        left_half = f"M{x:.1f},{y - radius:.1f} a{radius:.1f},{radius:.1f} 0 0 0 0,{2 * radius:.1f} z"
        parts.append(element("path", d=left_half, fill=colour))
    parts.append(
        element(
            "text", FILL_LETTERS[fill], x=x, y=y + radius * 0.5, text_anchor="middle", font_size=radius * 1.4, font_weight="bold",
            font_family=LETTERS, fill=INK,
        )
    )  # fmt: skip
    return Markup("").join(parts)
