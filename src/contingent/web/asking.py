"""What to write to a nation about a gap: a text that is ready to be copied, and tells it nothing of any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contingent.report.words import amount, d_day, plain, short_date
from contingent.web.candidates import Candidate
from contingent.web.view import View

if TYPE_CHECKING:
    from contingent.web.pages.gaps import LineGap

EVERYBODY = "every delegation"


@dataclass(frozen=True, slots=True)
class Asking:
    """A text to a nation.

    Parameters
    ----------
    whom : str
        The nation, or `EVERYBODY`.
    """

    whom: str
    text: str


def askings(view: View, gap: "LineGap", offers: Sequence[Candidate]) -> tuple[Asking, ...]:
    """Return a text to each nation whose offers were tried, with what stands against its own, and one to all."""
    own: dict[str, list[Candidate]] = {}
    for each in offers:
        own.setdefault(each.nation, []).append(each)
    named = [Asking(nation, _text(view, gap, nation, tried)) for nation, tried in own.items()]
    return (*named, Asking(EVERYBODY, _text(view, gap, EVERYBODY, ())))


def _text(view: View, gap: "LineGap", whom: str, tried: Sequence[Candidate]) -> str:
    assert view.scenario is not None
    spell = gap.spells[0]
    day = {name: short_date(view.scenario.horizon.date_of(spell[name] - at)) for name, at in (("from_day", 0), ("until_day", 1))}
    days = f"{d_day(spell['from_day'])} to {d_day(spell['until_day'])}"
    place = "" if gap.place in gap.title else gap.place
    what = ", ".join(part for part in (gap.title, place, f"priority {gap.priority}") if part)
    rows = [
        view.marking,
        "",
        f"To {whom}: line {gap.line} of the statement of requirements",
        "",
        f"{gap.line} ({what}) is {amount(spell['quantity'])} short from {day['from_day']} to {day['until_day']} ({days}).",
    ]
    rows += [f"- Your offer {each.offer} ({each.kind}): {each.sentence}" for each in tried]
    rows += [*_wishes(gap, has_own=bool(tried)), "", f"{view.title}, {view.viewer.name}"]
    return "\n".join(rows).strip()


def _wishes(gap: "LineGap", *, has_own: bool) -> list[str]:
    kinds = [str(row["name"]) for row in gap.kinds[:4]]
    ways = f" Any of these would help: {', '.join(kinds)}." if kinds else f" What is missing is {plain(gap.capability)}."
    if has_own:
        return ["", f"Can you make more of it available for this time, or offer more?{ways}"]
    return ["", f"Can you offer anything for this time?{ways}"]
