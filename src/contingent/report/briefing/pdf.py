"""The pages of a briefing as one PDF, drawn in this process: no browser, no office program, letters stay letters."""

from typing import Any

from contingent.report.briefing.drawing import page_svg
from contingent.report.briefing.frame import all_parts
from contingent.report.briefing.metrics import shown
from contingent.report.briefing.parts import Deck

PRODUCER = "contingent"


def pdf_of_deck(deck: Deck) -> bytes:
    """Return a briefing as a PDF with an outline. The same briefing gives the same bytes."""
    from io import BytesIO

    import vl_convert
    from pypdf import PdfReader, PdfWriter

    book = PdfWriter()
    for number, page in enumerate(deck.pages, start=1):
        drawn = page_svg(all_parts(deck, page, number), label=page.title)
        for sheet in PdfReader(BytesIO(vl_convert.svg_to_pdf(drawn))).pages:
            _put_in_order(sheet["/Resources"])
            book.add_page(sheet)
        book.add_outline_item(title=shown(f"{number} {page.topic}: {page.title}"), page_number=number - 1)
    made = f"D:{deck.created:%Y%m%d}000000Z"
    book.add_metadata(
        {
            "/Title": shown(f"{deck.title}, {deck.option}"), "/Subject": shown(deck.marking),
            "/Producer": PRODUCER, "/Creator": PRODUCER,
            "/CreationDate": made, "/ModDate": made,
        }
    )  # fmt: skip
    content = BytesIO()
    book.write(content)
    return content.getvalue()


def _put_in_order(resources: Any) -> None:
    """Sort what a page uses by its names: the renderer writes fonts in whatever order it comes upon them."""
    entries = sorted(resources.items())
    resources.clear()
    for name, value in entries:
        if isinstance(value, dict):
            _put_in_order(value)
        resources[name] = value
