"""Military symbols (APP-6, MIL-STD-2525) as SVG, for reports, drawings and pages. Knows codes and nations, and no plan.

    symbol_svg        the symbol of a code as a picture, with the nation in field H
    draw_symbol       the same, with its size and the centre of its frame
    is_valid_symbol   whether a code is drawn in full
    fill_mark         filled, partial or gap, as a mark outside the frame
    planned           the code of a post that nobody holds, drawn dashed

The frame's colour and shape say who is friend and who is not: nothing here recolours one.
"""

from contingent.report.symbols.codes import echelon_of, is_code, planned, with_digits
from contingent.report.symbols.fill import FILL_COLOURS, FILL_LETTERS, LETTERS, Fill, fill_mark, fill_of
from contingent.report.symbols.symbol import DrawnSymbol, draw_symbol, is_valid_symbol, symbol_svg

__all__ = [
    "FILL_COLOURS",
    "FILL_LETTERS",
    "LETTERS",
    "DrawnSymbol",
    "Fill",
    "draw_symbol",
    "echelon_of",
    "fill_mark",
    "fill_of",
    "is_code",
    "is_valid_symbol",
    "planned",
    "symbol_svg",
    "with_digits",
]
