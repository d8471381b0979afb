"""A briefing as a file, by the ending of its name: slides, PDF, or an article with its pictures."""

from datetime import date
from pathlib import Path

from contingent.errors import ContingentError
from contingent.model.scenario import Scenario
from contingent.plan import Plan

KINDS = (".pptx", ".pdf", ".md")
"""Endings of files as which a briefing is written."""


class UnknownKind(ContingentError):
    """A file of a kind as which no briefing is written."""


def write_briefing(scenario: Scenario, plan: Plan, path: Path | str, *, dated: date | None = None) -> list[Path]:
    """Write what a plan says for people who decide: ten slides, the same ten pages as PDF, or an article.

    Parameters
    ----------
    scenario : Scenario
        The scenario that was planned, with its offers derived.
    plan : Plan
        A plan of it.
    path : path
        File to write: ``.pptx`` (slides that can be edited, with notes), ``.pdf`` or ``.md`` (an article; its pictures are
        written beside it). Its folder must be there.
    dated : date, optional
        Date that stands on each page; None = D-day alone, so that no clock is read.

    Returns
    -------
    list of Path
        What was written, the file first. The same scenario and plan give the same bytes.

    Raises
    ------
    UnknownKind
        If the file is of another kind.
    OSError
        If it cannot be written.
    """
    file = Path(path)
    kind = file.suffix.lower()
    if kind not in KINDS:
        raise UnknownKind(f"{file}: not a kind of file that a briefing is written as. Kinds: {', '.join(KINDS)}.")
    if kind == ".md":
        from contingent.report.briefing.article import write_article

        return write_article(scenario, plan, file, dated=dated)
    from contingent.report.briefing.deck import deck_of

    deck = deck_of(scenario, plan, dated=dated)
    if kind == ".pptx":
        from contingent.report.briefing.powerpoint import slides_of_deck

        file.write_bytes(slides_of_deck(deck))
    else:
        from contingent.report.briefing.pdf import pdf_of_deck

        file.write_bytes(pdf_of_deck(deck))
    return [file]
