"""Drawings as PNG and PDF, rendered in this process from their SVG."""

from xml.etree import ElementTree as ET

from contingent.report.pdf_pages import pdf_of_drawing

A3_WIDTH = 1587
"""Width of a sheet of A3, landscape, at 96 dots an inch. [px]"""


def png_of(svg: str, *, width: int = 2 * A3_WIDTH) -> bytes:
    """Return an SVG drawing as a PNG of about a width. [px]"""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(str(svg), scale=max(0.1, width / _width_of(svg)))
    return picture


def pdf_of(svg: str) -> bytes:
    """Return an SVG drawing as a PDF of one page, as large as the drawing: letters stay letters, and bytes the same."""
    return pdf_of_drawing(svg)


def _width_of(svg: str) -> float:
    return float(ET.fromstring(str(svg)).get("width", A3_WIDTH))  # noqa: S314 (drawn by us)
