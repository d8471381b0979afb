"""The pages of a briefing as one PDF, drawn in this process: no browser, no office program, letters stay letters."""

from typing import Any

from contingent.report.briefing.drawing import page_svg
from contingent.report.briefing.frame import all_parts
from contingent.report.briefing.parts import Deck

PRODUCER = "contingent"


def pdf_of_deck(deck: Deck) -> bytes:
    """Return a briefing as a PDF with an outline. The same briefing gives the same bytes."""
    from io import BytesIO

    import vl_convert
    from pypdf import PdfReader, PdfWriter

    book: Any = PdfWriter()
    outline = book.add_outline_item
    for number, page in enumerate(deck.pages, start=1):
        drawn = page_svg(all_parts(deck, page, number), label=page.title).replace("\u202f", "\u00a0")
        for sheet in PdfReader(BytesIO(vl_convert.svg_to_pdf(drawn))).pages:
            book.add_page(sheet)
        outline(f"{number} {page.topic}: {page.title}".replace("\u202f", "\u00a0"), number - 1)
    made = f"D:{deck.created:%Y%m%d}000000Z"
    book.add_metadata(
        {
            "/Title": f"{deck.title}, {deck.option}", "/Subject": deck.marking, "/Producer": PRODUCER, "/Creator": PRODUCER,
            "/CreationDate": made, "/ModDate": made,
        }
    )  # fmt: skip
    content = BytesIO()
    book.write(content)
    return content.getvalue()
