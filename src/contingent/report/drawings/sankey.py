"""Who gives what: bands from donors on the left to capabilities on the right, as thick as what was promised.

Within each band the darker part is what is known to have come. Each end has at least the height of its letters, so that every
name can be read; a band itself keeps its true thickness. Drawn once, as SVG; the table beside it says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from contingent.report.drawings.svg import element, picture

MOST_ENDS = 12
"""Ends on either side that have a name of their own; what is beyond is drawn together."""

LINE = 19.0
"""Least height of an end with its letters. [px]"""

DRAWN = 330.0
"""Height of all bands together. [px]"""

POST = 9.0
"""Width of an end. [px]"""

HEAD = 24.0
LETTER = 6.3
"""Width of a letter. [px]"""

COLOURS = (
    "#9dc3de", "#f0cf8e", "#7cc4ab", "#dcb3cb", "#a9d5ee", "#e89f78", "#dcd78b", "#b3a8d4", "#9fc7b4", "#d9c3ae", "#b7c6d6",
    "#d5d9df",
)  # fmt: skip
"""A colour for each donor, in the order of the ends. Ends have names: no colour is needed to read them."""

OTHERS = "all others"


@dataclass(frozen=True, slots=True)
class Band:
    """What goes from one end to another.

    Parameters
    ----------
    source, target : str
        Names of the ends.
    amount : float
        What was promised.
    inside : float
        What is known to have come of it; at most `amount` is drawn.
    """

    source: str
    target: str
    amount: float
    inside: float


@dataclass(slots=True)
class _End:
    name: str
    amount: float
    top: float = 0.0
    used: float = 0.0


def sankey(bands: Sequence[Band], *, width: int, label: str, heads: tuple[str, str], figures: Mapping[str, str]) -> Markup:
    """Return bands between two columns of ends.

    Parameters
    ----------
    bands : sequence of Band
        Those of nothing are left out; those between the same ends are added up.
    width : int
        Of the drawing. [px]
    label : str
        What it shows, for those who do not see it.
    heads : (str, str)
        Over the two columns.
    figures : mapping of str to str
        For `source` ends and `target` ends, keyed ``<name`` and ``>name``: what stands after the name.
    """
    together = _together(bands)
    left, right = _ends(together, "source"), _ends(together, "target")
    scale = DRAWN / max(sum(end.amount for end in left.values()), 1e-9)
    height = HEAD + max(_place(left, scale), _place(right, scale)) + 6
    room = min(190.0, width * 0.37)
    first, last = room, width - room
    parts = [
        element("text", heads[0], class_="endhead", x=first, y=13, text_anchor="end"),
        element("text", heads[1], class_="endhead", x=last, y=13),
    ]
    order = {name: at for at, name in enumerate(left)}
    targets = {name: at for at, name in enumerate(right)}
    for band in sorted(together, key=lambda band: (order[band.source], targets[band.target])):
        parts += _drawn(band, left[band.source], right[band.target], scale, (first, last), order[band.source])
    letters = int((room - POST - 4) / LETTER)
    for ends, anchor, x, mark in ((left, "end", first - 5, "<"), (right, "start", last + 5, ">")):
        for end in ends.values():
            parts += _named(end, scale, first - POST if mark == "<" else last, x + (-POST if mark == "<" else POST),
                            anchor, figures.get(f"{mark}{end.name}", ""), letters)  # fmt: skip
    return picture(*parts, width=width, height=height, label=label, class_="sankey")


def _together(bands: Sequence[Band]) -> list[Band]:
    """Add up bands between the same ends; of many ends, put the smaller ones together."""
    for side in ("source", "target"):
        totals: dict[str, float] = {}
        for band in bands:
            totals[getattr(band, side)] = totals.get(getattr(band, side), 0.0) + band.amount
        kept = sorted(totals, key=lambda name: (-totals[name], name))
        named = set(kept if len(kept) <= MOST_ENDS else kept[: MOST_ENDS - 1])
        bands = [
            Band(band.source if side == "target" or band.source in named else OTHERS,
                 band.target if side == "source" or band.target in named else OTHERS, band.amount, band.inside)
            for band in bands
        ]  # fmt: skip
    sums: dict[tuple[str, str], tuple[float, float]] = {}
    for band in bands:
        amount, inside = sums.get((band.source, band.target), (0.0, 0.0))
        sums[band.source, band.target] = (amount + band.amount, inside + band.inside)
    return [Band(*ends, amount, min(inside, amount)) for ends, (amount, inside) in sums.items() if amount > 0]


def _ends(bands: Sequence[Band], side: str) -> dict[str, _End]:
    """Return the ends of a side, the largest first, those that stand together last."""
    found: dict[str, _End] = {}
    for band in bands:
        name = getattr(band, side)
        found.setdefault(name, _End(name, 0.0)).amount += band.amount
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == OTHERS, -pair[1].amount, pair[0])))


def _place(ends: Mapping[str, _End], scale: float) -> float:
    """Put ends one below the other, each with room for its letters; return where they end. [px]"""
    top = 0.0
    for end in ends.values():
        own = end.amount * scale
        slot = max(own + 4, LINE)
        end.top = HEAD + top + (slot - own) / 2
        top += slot
    return top


def _drawn(band: Band, left: _End, right: _End, scale: float, sides: tuple[float, float], at: int) -> list[Markup]:
    thick = band.amount * scale
    inside = band.inside * scale
    begin, end = left.top + left.used, right.top + right.used
    left.used += thick
    right.used += thick
    share = f", {band.inside / band.amount:.0%} of it known to have come" if band.inside else ", nothing of it known to have come"
    tip = element("title", f"{band.source} to {band.target}{share}")
    colour = at % len(COLOURS)
    parts = [element("path", tip, d=_ribbon(sides, begin, end, max(thick, 0.7)), fill=COLOURS[colour], fill_opacity=0.75)]
    if inside > 0:
        parts.append(element("path", class_="came", d=_ribbon(sides, begin, end, max(inside, 0.7))))
    return parts


def _ribbon(sides: tuple[float, float], begin: float, end: float, thick: float) -> str:
    first, last = sides
    middle = (first + last) / 2
    return (
        f"M{first:.1f},{begin:.2f}C{middle:.1f},{begin:.2f} {middle:.1f},{end:.2f} {last:.1f},{end:.2f}"
        f"V{end + thick:.2f}C{middle:.1f},{end + thick:.2f} {middle:.1f},{begin + thick:.2f} {first:.1f},{begin + thick:.2f}Z"
    )


def _named(end: _End, scale: float, post: float, x: float, anchor: str, figure: str, letters: int) -> list[Markup]:
    own = max(end.amount * scale, 1.0)
    room = max(3, letters - len(figure) - 1)
    name = end.name if len(end.name) <= room else f"{end.name[: room - 1].rstrip()}…"
    tip = element("title", f"{end.name} {figure}")
    return [
        element("rect", tip, class_="post", x=post, y=end.top, width=POST, height=own),
        element("text", f"{name} ", element("tspan", figure, class_="figure"), x=x, y=end.top + own / 2 + 4, text_anchor=anchor),
    ]
