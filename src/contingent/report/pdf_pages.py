"""Drawings as PDF of which the same drawing gives the same bytes.

The renderer writes what a page uses, its fonts above all, in whatever order it comes upon them, which differs from process to
process. Here each page is taken in with that in the order of its names.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

PRODUCER = "contingent"


def pages_of(svgs: Iterable[str]) -> Iterator[Any]:
    """Yield the pages of drawings, as `pypdf.PdfWriter` takes them, each with what it uses in order."""
    import vl_convert
    from pypdf import PdfReader

    for svg in svgs:
        for sheet in PdfReader(BytesIO(vl_convert.svg_to_pdf(str(svg)))).pages:
            _put_in_order(sheet["/Resources"])
            yield sheet


def pdf_of_drawing(svg: str) -> bytes:
    """Return a drawing as a PDF of one page, as large as the drawing; its letters stay letters."""
    from pypdf import PdfWriter

    book = PdfWriter()
    for sheet in pages_of([svg]):
        book.add_page(sheet)
    book.add_metadata({"/Producer": PRODUCER, "/Creator": PRODUCER})
    content = BytesIO()
    book.write(content)
    return content.getvalue()


def _put_in_order(resources: Any) -> None:
    entries = sorted(resources.items())
    resources.clear()
    for name, value in entries:
        if isinstance(value, dict):
            _put_in_order(value)
        resources[name] = value
