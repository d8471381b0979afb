"""What stands on every page: the marking above and below, topic and title, what the page rests on, plan, date and number."""

from collections.abc import Sequence

from contingent.report.briefing.metrics import cut, fits
from contingent.report.briefing.parts import (
    ACCENT,
    HEIGHT,
    INK,
    NAVY,
    PALE,
    RULE,
    SOFT,
    WIDTH,
    Box,
    Deck,
    Page,
    Paragraph,
    Part,
    Place,
    Stroke,
    Words,
    height_of,
)

MARGIN = 40.0
ROOM = WIDTH - 2 * MARGIN
"""Left and right of everything, and what is between. [pt]"""

BAND = 24.0
"""Height of the marking. [pt]"""

BODY = Place(MARGIN, 126.0, ROOM, 348.0)
"""Where the parts of a page stand. [pt]"""

TITLE_SIZES = (27.0, 25.0, 23.0, 21.0)
TITLE_LINES = 2
MARKING_SIZE, TOPIC_SIZE, SMALL = 13.0, 13.0, 12.0
"""Nothing on a page is smaller than the last. [pt]"""

TEXT_SIZES = (19.0, 18.0, 17.0, 16.0, 15.0)
"""Sizes of sentences, the largest that fits. [pt]"""

AFTER = 9.0
"""Between two paragraphs. [pt]"""


def all_parts(deck: Deck, page: Page, number: int) -> list[Part]:
    """Return all that stands on a page, in the order in which it is read."""
    return [
        *_marking(deck.marking, 0.0),
        Words(Place(MARGIN, 33, ROOM, 18), (Paragraph(f"{number}  {page.topic.upper()}", TOPIC_SIZE, bold=True, colour=ACCENT),)),
        Words(Place(MARGIN, 51, ROOM, 68), (title_of(page.title),), "top", is_title=True),
        *page.parts,
        Words(
            Place(MARGIN, 478, ROOM, 16),
            (Paragraph(cut(page.rests_on, ROOM, SMALL), SMALL, colour=SOFT),),
        ),
        Stroke((MARGIN, 496.0), (WIDTH - MARGIN, 496.0), RULE, 0.75),
        Words(
            Place(MARGIN, 498, ROOM - 60, 16),
            (Paragraph(cut(f"{deck.title} · {deck.option} · {deck.dated}", ROOM - 60, SMALL), SMALL, colour=SOFT),),
        ),
        Words(
            Place(WIDTH - MARGIN - 60, 498, 60, 16),
            (Paragraph(f"{number} / {len(deck.pages)}", SMALL, colour=SOFT, align="right"),),
        ),
        *_marking(deck.marking, HEIGHT - BAND),
    ]


def _marking(marking: str, y: float) -> list[Part]:
    place = Place(0, y, WIDTH, BAND)
    said = cut(marking, ROOM, MARKING_SIZE, bold=True)
    return [Box(place, PALE), Words(place, (Paragraph(said, MARKING_SIZE, bold=True, colour=NAVY, align="centre"),), "middle")]


def title_of(text: str) -> Paragraph:
    """Return a title in the largest letters in which it fits two lines."""
    size = next((size for size in TITLE_SIZES if fits(text, ROOM, size, bold=True, lines=TITLE_LINES)), TITLE_SIZES[-1])
    return Paragraph(cut(text, ROOM, size, bold=True, lines=TITLE_LINES), size, bold=True, colour=NAVY)


def told(
    sentences: Sequence[str | tuple[str, str]], place: Place, *, sizes: Sequence[float] = TEXT_SIZES, colour: str = INK
) -> Words:
    """Return sentences in a place, in the largest letters in which all fit; what does not fit even so is left out, last first.

    Parameters
    ----------
    sentences : sequence of str or of (str, str)
        A text, or bold words at its head and a text.
    place : Place
        Where they stand.
    sizes : sequence of float
        Sizes to choose from, the largest first. [pt]
    colour : str
        Of the letters.
    """
    parts = [each if isinstance(each, tuple) else ("", each) for each in sentences if each]
    for most in range(len(parts), 0, -1):
        for size in sizes:
            found = tuple(Paragraph(text, size, lead=lead, after=AFTER, colour=colour) for lead, text in parts[:most])
            if height_of(found, place.width) <= place.height:
                return Words(place, found)
    if not parts:
        return Words(place, ())
    size = sizes[-1]
    lead, text = parts[0]
    lines = max(1, int(place.height / (size * 1.18)))
    whole = cut(f"{lead} {text}".strip(), place.width, size, bold=bool(lead), lines=lines)
    return Words(place, (Paragraph(whole, size, colour=colour),))


def key_of(names: Sequence[tuple[str, str]], place: Place, *, size: float = 13.0) -> list[Part]:
    """Return the key of a chart: a coloured square and a name for each of its series, one beside the other."""
    from contingent.report.briefing.metrics import width_of

    parts: list[Part] = []
    x = place.x
    for name, colour in names:
        width = width_of(name, size) * 1.02 + 4
        if x + 18 + width > place.right + 1:
            break
        parts.append(Box(Place(x, place.y + 3, 12, 12), colour))
        parts.append(Words(Place(x + 17, place.y, width, 18), (Paragraph(name, size),)))
        x += 17 + width + 14
    return parts
