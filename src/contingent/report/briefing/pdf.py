"""The pages of a briefing as one PDF, drawn in this process: no browser, no office program, letters stay letters."""

from contingent.report.briefing.drawing import page_svg
from contingent.report.briefing.frame import all_parts
from contingent.report.briefing.metrics import shown
from contingent.report.briefing.parts import Deck
from contingent.report.pdf_pages import PRODUCER, pages_of


def pdf_of_deck(deck: Deck) -> bytes:
    """Return a briefing as a PDF with an outline. The same briefing gives the same bytes."""
    from io import BytesIO

    from pypdf import PdfWriter

    book = PdfWriter()
    for number, page in enumerate(deck.pages, start=1):
        for sheet in pages_of([page_svg(all_parts(deck, page, number), label=page.title)]):
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
