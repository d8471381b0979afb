"""Bars for the cells of tables: a share against what would be fair, a part of a whole."""

from markupsafe import Markup

from contingent.report.drawings.svg import element, picture
from contingent.report.words import percent

BAR_WIDTH = 300
BAR_HEIGHT = 16


def burden_bar(share: float, fair_share: float | None, *, largest: float, name: str) -> Markup:
    """Return a nation's share of the requirement as a bar, its fair share as an upright mark."""
    scale = (BAR_WIDTH - 4) / largest if largest > 0 else 0.0
    parts = [element("line", class_="yr", x1=0, x2=0, y1=0, y2=BAR_HEIGHT)]
    over = fair_share is not None and share > fair_share
    parts.append(element("rect", class_="b over" if over else "b", x=0, y=3, width=share * scale, height=BAR_HEIGHT - 6))
    if fair_share:
        parts.append(element("line", class_="fair", x1=fair_share * scale, x2=fair_share * scale, y1=0, y2=BAR_HEIGHT))
    spoken = f"{name} carries {percent(share)} of the requirement" + (
        f"; its fair share is {percent(fair_share)}" if fair_share else ""
    )
    return picture(*parts, width=BAR_WIDTH, height=BAR_HEIGHT, label=spoken, class_="bar", stretches=True)


def part_bar(part: float, *, width: int = 160, kind: str = "miss") -> Markup:
    """Return a part of a whole as a bar in a frame. Decoration: the figure stands beside it."""
    inner = max(0.0, min(1.0, part)) * (width - 2)
    return picture(
        element("rect", class_="frame", x=0.5, y=2.5, width=width - 1, height=BAR_HEIGHT - 5),
        element("rect", class_=kind, x=1, y=3, width=inner, height=BAR_HEIGHT - 6),
        width=width,
        height=BAR_HEIGHT,
        label=None,
        class_="bar",
    )


def kept_bar(promised: float, kept: float, *, beyond: float = 0.0, largest: float, width: int = 200) -> Markup:
    """Return a promise as a bar, what was kept of it inside, and what came beyond it, in a frame of its own after it.

    Decoration: the figures stand beside it.
    """
    scale = (width - 2) / largest if largest > 0 else 0.0
    end = 1 + promised * scale
    parts = []
    if promised > 0:
        parts.append(element("rect", class_="promised", x=1, y=2.5, width=max(promised * scale, 1.0), height=BAR_HEIGHT - 5))
    if kept > 0:
        parts.append(element("rect", class_="came", x=1, y=4.5, width=max(kept * scale, 1.0), height=BAR_HEIGHT - 9))
    if beyond > 0:
        parts.append(element("rect", class_="beyond", x=end, y=4.5, width=max(beyond * scale, 1.0), height=BAR_HEIGHT - 9))
    return picture(*parts, width=width, height=BAR_HEIGHT, label=None, class_="bar")
