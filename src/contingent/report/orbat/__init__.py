"""The ORBAT for people and for other programs: a drawing, MSDL, an orbat-mapper scenario. Reads a plan and decides nothing.

    orbat_svg           the ORBAT on a day as one drawing with APP-6 symbols
    png_of, pdf_of      a drawing as PNG and PDF

Trees come from `contingent.structure.orbat_at`.
"""

from contingent.report.orbat.drawing import described, orbat_svg
from contingent.report.orbat.picture import pdf_of, png_of

__all__ = ["described", "orbat_svg", "pdf_of", "png_of"]
