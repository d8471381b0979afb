"""The ORBAT for people and for other programs: a drawing, a scenario of ORBAT Mapper, MSDL. Reads a plan and decides nothing.

    orbat_svg           the ORBAT on a day as one drawing with APP-6 symbols
    described           the same in sentences
    png_of, pdf_of      a drawing as PNG and PDF
    orbat_mapper_json   the ORBAT over the whole horizon for ORBAT Mapper
    msdl_xml            the ORBAT on a day as MSDL, SISO-STD-007
    write_orbat         any of these as a file, by the ending of its name

Trees of a day come from `contingent.structure.orbat_at`.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "MsdlDocument": "contingent.report.orbat.msdl",
    "WRITERS": "contingent.report.orbat.write",
    "described": "contingent.report.orbat.drawing",
    "msdl_xml": "contingent.report.orbat.msdl",
    "orbat_mapper_json": "contingent.report.orbat.orbat_mapper",
    "orbat_svg": "contingent.report.orbat.drawing",
    "pdf_of": "contingent.report.orbat.picture",
    "png_of": "contingent.report.orbat.picture",
    "write_orbat": "contingent.report.orbat.write",
}

__all__ = [
    "WRITERS", "MsdlDocument", "described", "msdl_xml", "orbat_mapper_json", "orbat_svg", "pdf_of", "png_of", "write_orbat",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load an output when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'contingent.report.orbat' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
