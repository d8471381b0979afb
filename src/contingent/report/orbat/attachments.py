"""What is put under another formation, in words: what, by which relation, under whom, from where, on which days."""

from typing import TYPE_CHECKING, Any

from contingent.findings import Finding
from contingent.model.structure import Attachment
from contingent.report.orbat.history import unit_name
from contingent.report.words import d_day

if TYPE_CHECKING:
    from contingent.structure.orbat import Orbat

Row = dict[str, Any]

RELATIONS = {
    "OPCON": "operational control", "TACON": "tactical control", "ADCON": "administrative control",
}  # fmt: skip
"""Relations in words."""


def adcon_left_out(form: str, number: int, *, counts: str) -> tuple[Finding, ...]:
    """Return what a form of file that knows one superior for a unit is not told; `counts` is what there is `number` of."""
    if not number:
        return ()
    what = f"ADCON to another formation is left out, {number} {counts}{'' if number == 1 else 's'}: one relation is told of each."
    return (Finding(table=form, severity="warning", what=what),)


def attachment_rows(orbat: "Orbat") -> list[Row]:
    """Return the attachments of an order of battle as a table has them, in the order of their days.

    Returns
    -------
    list of dict
        ``attachment, what, relation, words`` (the relation spelt out), ``under, home`` (formations under which it stands
        otherwise), ``days`` (in words), ``from_day, until_day, note``.
    """
    rows = sorted(orbat.attachments, key=lambda row: (row.from_day, row.attachment))
    names = dict(orbat.formations.select("formation", "name").iter_rows())
    return [
        {
            "attachment": row.attachment,
            "what": moved_words(orbat, row),
            "relation": row.relation,
            "words": RELATIONS[row.relation],
            "under": names[row.under],
            "home": ", ".join(names[name] for name in _home(orbat, row)),
            "days": days_words(row),
            "from_day": row.from_day,
            "until_day": row.until_day,
            "note": row.note,
        }
        for row in rows
    ]


def moved_words(orbat: "Orbat", row: Attachment) -> str:
    """Return what an attachment moves, in words: a formation, a unit with its nation, a line."""
    if row.formation is not None:
        names: dict[str, str] = dict(orbat.formations.select("formation", "name").iter_rows())
        return names.get(row.formation, row.formation)
    if row.line is not None:
        title = dict(orbat.posts.select("line", "title").iter_rows()).get(row.line)
        return f"{row.line} {title}" if title else row.line
    if row.number is None:
        return f"{row.offer}, all its units"
    unit = next(iter(_units(orbat, row)), None)
    return unit_name(unit) if unit is not None else f"{row.offer}#{row.number}"


def days_words(row: Attachment) -> str:
    """Return when an attachment holds, in words.

    >>> days_words(Attachment(attachment="A", line="L1", under="Force", from_day=30, until_day=60))
    'D+30 to D+60'
    """
    if row.until_day is None:
        return f"from {d_day(row.from_day)}" if row.from_day else "all the time"
    return f"{d_day(row.from_day)} to {d_day(row.until_day)}"


def _home(orbat: "Orbat", row: Attachment) -> list[str]:
    """Formations under which it stands otherwise."""
    if row.formation is not None:
        return [orbat.parents[row.formation]] if row.formation in orbat.parents else []
    if row.line is not None:
        return [formation for formation, line in orbat.posts.select("formation", "line").iter_rows() if line == row.line]
    return list(dict.fromkeys(unit["formation"] for unit in _units(orbat, row)))


def _units(orbat: "Orbat", row: Attachment) -> list[Row]:
    from contingent.structure.attached import number_of

    found = [unit for unit in orbat.units.iter_rows(named=True) if unit["offer"] == row.offer]
    return [unit for unit in found if row.number is None or number_of(unit["unit"]) == row.number]
