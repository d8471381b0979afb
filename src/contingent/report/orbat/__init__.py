"""The ORBAT for people and for other programs: a drawing, a scenario of ORBAT Mapper, MSDL. Reads a plan and decides nothing.

    orbat_svg           the ORBAT on a day as one drawing with APP-6 symbols
    described           the same in sentences
    png_of, pdf_of      a drawing as PNG and PDF
    orbat_mapper_json   the ORBAT over the whole horizon for ORBAT Mapper
    msdl_xml            the ORBAT on a day as MSDL, SISO-STD-007
    write_orbat         any of these as a file, by the ending of its name

Trees of a day come from `contingent.structure.orbat_at`.
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.report.orbat.drawing import described, orbat_svg
    from contingent.report.orbat.msdl import MsdlDocument, msdl_xml
    from contingent.report.orbat.orbat_mapper import orbat_mapper_json
    from contingent.report.orbat.picture import pdf_of, png_of
    from contingent.report.orbat.write import WRITERS, write_orbat

__all__ = [
    "WRITERS", "MsdlDocument", "described", "msdl_xml", "orbat_mapper_json", "orbat_svg", "pdf_of", "png_of", "write_orbat",
]  # fmt: skip

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "drawing": ("described", "orbat_svg"),
        "msdl": ("MsdlDocument", "msdl_xml"),
        "orbat_mapper": ("orbat_mapper_json",),
        "picture": ("pdf_of", "png_of"),
        "write": ("WRITERS", "write_orbat"),
    },
)
