"""How much could be sustained, and what has been said about it, counted and said for every output.

Reads the frames ``ceilings`` and ``claims`` of a plan; each answer is empty where its frame is. Computes no ceiling.

    ceiling_sentences   how much is held, what is proven impossible, what binds
    claim_sentences     what others have said, beside what is computed
    questions           the points of each question in their order
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.plan import Plan
from contingent.report.chance import number_words
from contingent.report.words import about, counted, grouped, leading_capital, percent, plain, sentence

Row = dict[str, Any]

BASE, SURGE = "base", "surge"
QUESTIONS: Mapping[str, str] = {
    "fill": "To what share its first posts are filled",
    "dwell": "How long units rest",
    "years": "For how long",
    "nations": "How many nations take part",
    "release": "What share of its forces each nation gives",
    "backstop": "With and without the backstop",
    "surge": "All at once, nobody relieved",
}
"""Questions in the order in which they are asked, each as a reader would ask it."""

AXES: Mapping[str, str] = {
    "fill": "share of the first priority that must be filled",
    "dwell": "days away to days at home",
    "years": "years for which it is held",
    "nations": "nations, the largest contributors first",
    "release": "share released, of what is assumed",
    "backstop": "",
}
"""What stands at the axis of each question."""

MEASURES: Mapping[str, str] = {
    "people_mustered": "people there at once",
    "people_sustained": "people sustained",
    "people_in_all": "people in all, over the years",
    "pool_multiple": "times the force deployed",
}
"""What a claim's figure counts."""

VERDICT_SIGNS: Mapping[str, str] = {
    "agrees": "●",
    "we find more": "▲",
    "we find less": "▼",
    "cannot be compared": "–",
}
"""A sign for each verdict, beside its words."""


def has_ceilings(plan: Plan) -> bool:
    """Return whether ceilings were worked out for the plan."""
    return plan.ceilings.height > 0


def base_of(plan: Plan) -> Row | None:
    """Return the ceiling under the plan's own terms; None where it was not worked out."""
    rows = plan.ceilings.filter(pl.col("question") == BASE).to_dicts()
    return rows[0] if rows else None


def questions(plan: Plan) -> dict[str, list[Row]]:
    """Return the points of each question, those that are known first, in the order of their values."""
    found: dict[str, list[Row]] = {}
    asked = [name for name in plan.ceilings["question"].unique(maintain_order=True).to_list() if name != BASE]
    for name in [*(name for name in QUESTIONS if name in asked), *(name for name in asked if name not in QUESTIONS)]:
        rows = plan.ceilings.filter(pl.col("question") == name).to_dicts()
        found[name] = sorted(rows, key=lambda row: (row["value"] is None, row["value"] or 0.0))
    return found


def question_title(question: str) -> str:
    """Return a question as a reader would ask it."""
    return QUESTIONS.get(question, leading_capital(plain(question)))


def people_of_one(plan: Plan) -> float | None:
    """Return the people of the whole requirement, once; None where nothing is held anywhere. [people]"""
    rows = sorted(plan.ceilings.to_dicts(), key=lambda row: (row["question"] != BASE, -row["held"]))
    pairs = [(row["people_held"], row["held"]) for row in rows] + [(row["people_bound"], row["bound"]) for row in rows]
    return next((people / multiple for people, multiple in pairs if people and multiple), None)


def times(multiple: float) -> str:
    """Return a multiple of the requirement in short.

    >>> times(0.7234), times(2.0), times(11.31)
    ('0.72 ×', '2 ×', '11.3 ×')
    """
    text = f"{multiple:.1f}" if multiple >= 10 else f"{multiple:.2f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} ×"


def binds_words(row: Row) -> str:
    """Return the kind of unit that falls short first; a dash where none is known."""
    return row["binds_name"] or (plain(row["binds"]) if row["binds"] else "–")


def ceiling_words(row: Row) -> str:
    """Return what is held and what is proven impossible, as clauses."""
    held = f"{times(row['held'])} of the requirement, some {about(round(row['people_held']))} people"
    if row["held"] <= 0:
        held = "no part of the requirement"
    if row["bound"] is None:
        return f"{held}; how much more could be held was not proven"
    if row["bound"] - row["held"] <= 1e-9:
        return f"{held}; more is proven impossible"
    more = f", some {about(round(row['people_bound']))} people," if row["people_bound"] is not None else ""
    return f"{held}; more than {times(row['bound'])}{more} is proven impossible"


def ceiling_sentences(plan: Plan, *, most: int | None = None) -> list[str]:
    """Return how much could be sustained, the answer first; nothing where it was not worked out."""
    told = []
    base = base_of(plan)
    if base is not None:
        asked = f"This is with {percent(base['fill'])} of the first priority filled over the whole time."
        told.append(f"These offers sustain {ceiling_words(base)}. {asked}")
        if base["binds"] or base["binds_name"]:
            told.append(f"What runs out first: {binds_words(base)}.")
    for name, rows in questions(plan).items():
        if len(rows) > 1:
            told.append(_of_question(name, rows))
        elif name == SURGE:
            there = f"{_end(rows[0])} the requirement there ({_people(rows[0])} people)"
            told.append(f"All at once, with nobody relieved, they put {there}.")
    return told if most is None else told[:most]


LEADS: Mapping[str, str] = {
    "fill": "if {} of the first priority is enough",
    "dwell": "resting {}",
    "years": "for {}",
    "nations": "with {}",
    "release": "if {} of what is assumed is released",
    "backstop": "{}",
}
"""How a point of each question is led into."""


def _of_question(question: str, rows: list[Row]) -> str:
    """The first and the last point of a question in a sentence."""
    lead = LEADS.get(question, "at {}")
    first, last = rows[0], rows[-1]
    start = leading_capital(lead.format(first["label"]))
    held = f"they sustain {_end(first)} the requirement ({_people(first)} people)"
    return f"{start}, {held}; {lead.format(last['label'])}, {_end(last)} ({_people(last)})."


def _end(row: Row) -> str:
    """A point's multiple: an interval, where more than what is held was not ruled out."""
    if row["bound"] is not None and row["bound"] - row["held"] > 0.005:
        return f"{times(row['held'])[:-2]} to {times(row['bound'])}"
    if row["held"] <= 0:
        return "nothing of"
    return times(row["held"])


def _people(row: Row) -> str:
    held = about(round(row["people_held"]))
    if row["people_bound"] is not None and row["bound"] - row["held"] > 0.005:
        return f"{held} to {about(round(row['people_bound']))}"
    return f"some {held}"


def claim_figure(low: float | None, high: float | None) -> str:
    """Return a figure or an interval of one, people grouped, multiples with one decimal.

    >>> claim_figure(10_000, 25_000).replace(chr(8239), " "), claim_figure(4.0, None), claim_figure(None, None)
    ('10 000 to 25 000', '4', '–')
    """
    if low is None and high is None:
        return "–"
    ends = [end for end in (low, high) if end is not None]
    texts = list(dict.fromkeys(grouped(end) if abs(end) >= 100 else f"{end:.2g}" for end in ends))
    if low is None:
        return f"up to {texts[0]}"
    return " to ".join(texts)


def measure_words(row: Row) -> str:
    """Return what a claim's figure counts, in words."""
    return MEASURES.get(row["measure"], plain(row["measure"]))


def verdict_sign(verdict: str) -> str:
    """Return the sign of a verdict."""
    return VERDICT_SIGNS.get(verdict, "·")


def claim_rows(plan: Plan) -> list[Row]:
    """Return what has been said, by what is counted, each with our figures in words."""
    order = {name: at for at, name in enumerate(MEASURES)}
    rows = sorted(plan.claims.to_dicts(), key=lambda row: (order.get(row["measure"], len(order)), row["low"], row["claim"]))
    return [
        row
        | {
            "counts": measure_words(row),
            "theirs": claim_figure(row["low"], row["high"]),
            "ours": claim_figure(row["ours_low"], row["ours_high"]),
            "sign": verdict_sign(row["verdict"]),
        }
        for row in rows
    ]


def claim_sentences(plan: Plan, *, most: int | None = None) -> list[str]:
    """Return in a few words how many claims agree with what is computed; nothing where none is held against it."""
    rows = plan.claims.to_dicts()
    if not rows:
        return []
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    known = [name for name in VERDICT_SIGNS if name in counts] + sorted(name for name in counts if name not in VERDICT_SIGNS)
    split = [_verdict_words(name, counts[name]) for name in known]
    one = len(rows) == 1
    many = leading_capital(counted(len(rows), "public claim"))
    told = [f"{many} {'is' if one else 'are'} held against what is computed: {'; '.join(split)}."]
    for row in claim_rows(plan):
        figures = f"{row['said_by']}, {row['theirs']} {row['counts']}; computed {row['ours']}"
        told.append(sentence(f"{figures}: {row['verdict']}. {row['why']}"))
    return told if most is None else told[:most]


def _verdict_words(verdict: str, number: int) -> str:
    """How many claims have a verdict, as a clause."""
    many = number_words(number)
    if verdict == "agrees":
        return f"{many} {'agrees' if number == 1 else 'agree'}"
    if verdict.startswith("we find"):
        return f"for {many} {verdict}"
    return f"{many} {verdict}"


def filled_as_asked(row: Row) -> str:
    """Return the share to which each priority was to be filled."""
    return percent(row["fill"])
