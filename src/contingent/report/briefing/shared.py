"""What several pages of a briefing share: where a number comes from, columns of time, a page for what is not worked out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import ceil

from contingent.horizon import Horizon
from contingent.report.briefing.frame import BODY, MARGIN, told
from contingent.report.briefing.parts import ACCENT, NAVY, PALE, Box, Page, Paragraph, Part, Place, Table, Words
from contingent.report.months import Month
from contingent.report.words import MONTHS, d_day, short_date

FACT, COMPUTED, ASSUMED = "fact", "computed", "assumption"
"""What a number is: read from a source, worked out by this plan, or assumed."""

MOST_COLUMNS = 26
"""Most columns of time that can be told apart at the back of a room."""

LABEL = 54.0
"""Width of the name of a column of time, with the room beside it. [pt]"""


def note(figure: str, how: str, *, kind: str = COMPUTED, source: str | None = None, confidence: str | None = None) -> str:
    """Return where a number comes from, in a line for who speaks.

    >>> note("61 %", "filled ÷ required unit-days of priority 1", source="plan.json")
    '• 61 %: filled ÷ required unit-days of priority 1 [computed; plan.json]'
    """
    trusted = f"confidence {confidence}" if confidence else None
    return f"• {figure}: {how} [{'; '.join(part for part in (kind, source, trusted) if part)}]"


def spans_of(horizon: Horizon) -> tuple[tuple[Month, ...], int]:
    """Return columns of time, few enough for a room: months, quarters, half-years or years; and how many months each has."""
    months = ceil(horizon.days / 30.4)
    length = next((length for length in (1, 3, 6, 12) if months / length <= MOST_COLUMNS), 12)
    spans = []
    day = 0
    while day < horizon.days:
        when = horizon.date_of(day)
        first = (when.month - 1) // length * length
        following = date(when.year + (first + length) // 12, (first + length) % 12 + 1, 1)
        until = min(horizon.day_of(following), horizon.days)
        year = f"{when.year % 100:02d}"
        label = {1: f"{MONTHS[when.month - 1]} {year}", 3: f"Q{first // 3 + 1} {year}", 6: f"H{first // 6 + 1} {year}"}
        spans.append(Month(day, until, label.get(length, f"{when.year}")))
        day = until
    return tuple(spans), length


SPAN_WORDS = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}


def every_so_many(number: int, width: float) -> int:
    """Return of how many names of columns one can be written."""
    return max(1, ceil(number * LABEL / width))


def dated(horizon: Horizon, day: int) -> str:
    """Return a day as D+90 with its date."""
    return f"{d_day(day)} ({short_date(horizon.date_of(day))})"


def not_worked_out(topic: str, what: str, *, needs: str, command: str) -> Page:
    """Return a page that says what is not worked out, why, and what to run.

    Parameters
    ----------
    topic, what : str
        What the page is about; what the plan does not say.
    needs : str
        A sentence on what is needed for it.
    command : str
        What to run then.
    """
    parts: list[Part] = [
        Box(Place(MARGIN, BODY.y + 20, BODY.width, 150), PALE),
        told(
            [f"The plan does not say {what}. {needs}"], Place(MARGIN + 24, BODY.y + 38, BODY.width - 48, 70), sizes=(19, 17, 15)
        ),
        Words(
            Place(MARGIN + 24, BODY.y + 112, BODY.width - 48, 52),
            (Paragraph(command, 19, bold=True, lead="Then run:", colour=ACCENT),),
        ),
    ]
    return Page(
        topic, f"Not worked out yet: {what}", tuple(parts), "Nothing on this page is a figure of the plan.",
        (note("No figure", f"the plan has no rows for this page. {needs} Then run: {command}"),),
    )  # fmt: skip


def as_high_as(table: Table, height: float) -> Table:
    """Return a table with as many of its rows as fit a height."""
    rows = table.rows
    while rows and replace(table, rows=rows).height > height:
        rows = rows[:-1]
    return replace(table, rows=rows)


def headed(text: str, place: Place, *, size: float = 15.0) -> Words:
    """Return the heading over a picture or a table."""
    return Words(Place(place.x, place.y, place.width, size * 1.3), (Paragraph(text, size, bold=True, colour=NAVY),))


def first_sentences(sentences: Sequence[str], most: int) -> list[str]:
    """Return the first so many sentences, without those that are empty."""
    return [said for said in sentences if said][:most]
