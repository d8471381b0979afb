"""A situation in plain words, as readers of a monitoring mission's reports know them: how many, compared with before, where, of
what kind, who was hurt, whether monitors were hindered, what changed, what is done, what may come, what is not known.

Each function is one sentence or a few; it returns nothing where there is nothing to say. Names of sectors and parties are those
that were given: whatever prints the sentences escapes them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from contingent.monitoring.counts import VIOLATION
from contingent.monitoring.signal_options import OBSTRUCTION
from contingent.monitoring.situation import Period, Situation

THIN_SPACE = "\u202f"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
KIND_WORDS = {
    "shelling": "shelling",
    "small_arms": "small-arms fire",
    "drone": "violations by drones",
    "mine": "violations by mines",
    "heavy_weapons": "movement of heavy weapons",
    "airspace": "violations of airspace",
    "maritime": "incidents at sea",
    "obstruction": "obstruction of monitors",
    "casualty": "incidents with casualties",
    "other": "other violations",
}
"""Each kind of incident, as in "a rise of ..."."""

AS_PART = {"shelling": "of shelling", "small_arms": "of small-arms fire", "drone": "by drones", "mine": "by mines",
           "heavy_weapons": "by movement of heavy weapons",
           "airspace": "of the airspace", "maritime": "at sea", "casualty": "with casualties",
           "other": "of other kinds"}  # fmt: skip
"""Each kind of violation after its number, where "violations" was said before; of the rest `KIND_WORDS`."""

OUTSIDE = "outside all sectors"
MOST_NAMED = 5
"""Sectors that a sentence names."""

MOST_CHANGES = 3
"""Changes that the headline tells; the others stand in the table."""

TELLING = ("blind", "going_blind", "quieter_and_blinder", "perhaps_blind", "hidden_rise", "fewer_eyes")
"""Verdicts on what monitors see that belong in the headline."""

Row = dict[str, Any]


def paragraphs_of(situation: Situation) -> dict[str, tuple[str, ...]]:
    """Return the sentences of a situation by what they are about: ``lead`` says how many, ``not_known`` what is missing."""
    found: dict[str, tuple[str, ...]] = {
        "lead": (how_many(situation),),
        "where": (where(situation), what_kinds(situation), who_was_hurt(situation)),
        "seen": (hindered(situation), watched(situation), *blinder(situation)),
        "changed": (*what_changed(situation), unusual_today(situation)),
        "ladder": ladder(situation),
        "next": what_may_come(situation),
        "not_known": not_known(situation),
    }
    return {name: tuple(text for text in texts if text) for name, texts in found.items() if any(texts)}


def how_many(situation: Situation) -> str:
    """Violations of the period, beside the days before."""
    violations, before = totals(situation.counts)
    period = situation.period
    number = figure(violations)
    text = f"{number if violations else 'No'} ceasefire violation{'' if violations == 1 else 's'} "
    text += f"{'was' if violations == 1 else 'were'} reported {span(period)}"
    if situation.compared:
        text += f", compared with {figure(before) if before else 'none'} {days_before(period)}"
    else:
        text += "; nothing is known of the time before it to compare with"
    return text + "."


def where(situation: Situation) -> str:
    """Violations by sector, most first."""
    by_sector = sums_by(situation.counts, "sector")
    if by_sector.is_empty():
        return ""
    told = []
    for row in by_sector.head(MOST_NAMED).iter_rows(named=True):
        then = f" (before: {figure(row['violations_before'])})" if situation.compared else ""
        told.append(f"{row['sector'] or OUTSIDE} {figure(row['violations'])}{then}")
    rest = float(by_sector["violations"][MOST_NAMED:].sum())
    if rest:
        told.append(f"elsewhere {figure(rest)}")
    return f"By sector: {listed(told)}."


def what_kinds(situation: Situation) -> str:
    """Violations by kind, most first."""
    by_kind = sums_by(situation.counts, "kind")
    told = [f"{figure(row['violations'])} {AS_PART.get(row['kind'], KIND_WORDS.get(row['kind'], row['kind']))}"
            for row in by_kind.iter_rows(named=True)]  # fmt: skip
    return f"They include {listed(told)}." if told else ""


def who_was_hurt(situation: Situation) -> str:
    """People killed and wounded, as reported."""
    killed, wounded = (int(situation.counts[name].sum()) for name in ("killed", "wounded"))
    if not killed and not wounded:
        return "Nobody was reported killed or wounded."
    then = ""
    if situation.compared:
        before = tuple(int(situation.counts[f"{name}_before"].sum()) for name in ("killed", "wounded"))
        then = f" (before: {figure(before[0])} and {figure(before[1])})"
    return f"Reports speak of {figure(killed)} killed and {figure(wounded)} wounded{then}."


def hindered(situation: Situation) -> str:
    """Obstruction of monitors."""
    rows = situation.counts.filter(~VIOLATION)
    now, before = int(rows["incidents"].sum()), int(rows["incidents_before"].sum())
    if not now:
        gone = f", after {times(before)} {days_before(situation.period)}" if before and situation.compared else ""
        return f"No obstruction of monitors was reported{gone}."
    sectors = rows.filter(pl.col("incidents") > 0).group_by("sector").agg(pl.col("incidents").sum())
    ordered = sectors.sort("incidents", "sector", descending=[True, False], nulls_last=True)["sector"].to_list()
    places = listed([sector or OUTSIDE for sector in ordered[:MOST_NAMED]])
    then = f"; {times(before) if before else 'never'} {days_before(situation.period)}" if situation.compared else ""
    return f"Monitors were obstructed {times(now)}, in {places}{then}."


def watched(situation: Situation) -> str:
    """How much of the time was watched."""
    if not situation.exposed:
        return "It is not known how much of the time anybody was watching: a quiet day and an unwatched day look alike here."
    gaps = situation.gaps.filter(pl.col("what") == "hours_unwatched")
    if gaps.is_empty():
        return "All sectors of the line were watched the whole time."
    whole = gaps.filter(pl.col("sector").is_null())
    share = float(whole["number"].sum()) / float(whole["of"].sum()) if whole.height else 0.0
    worst = gaps.drop_nulls("sector").sort("number", "sector", descending=[True, False]).head(3)
    named = [f"{row['sector']} {percent(row['number'] / row['of'])}" for row in worst.iter_rows(named=True)]
    return f"{percent(share)} of the time was not watched{f' ({listed(named)})' if named else ''}."


def blinder(situation: Situation) -> list[str]:
    """Where monitors may be seeing less: one sentence a verdict, the gravest first."""
    told = []
    for verdict in TELLING:
        rows = situation.blindness.filter(verdict=verdict)
        if rows.is_empty():
            continue
        names = [sector or "all sectors together" for sector in rows["sector"].to_list()]
        shown = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], f"{figure(len(names) - MOST_NAMED)} more"]
        # The statement's first sentence is the verdict; the evidence stands in the table.
        said = str(rows["statement"][0]).partition(" Evidence:")[0]
        told.append(f"{leading_capital(listed(shown))}: {said}")
    return told


def what_changed(situation: Situation) -> list[str]:
    """Changes called or put on watch in the period: the surest first, sums before their parts.

    What one kind did is not told apart where all violations of its sector did the same.
    """
    new = situation.new_changes().sort(
        pl.col("grade") != "called", pl.col("kind").is_not_null(), pl.col("sector").is_not_null(), "flagged", maintain_order=True)
    whole = {(row["sector"], row["direction"]) for row in new.filter(pl.col("kind").is_null()).iter_rows(named=True)}
    apart = [row for row in new.iter_rows(named=True)
             if row["kind"] in (None, OBSTRUCTION) or (row["sector"], row["direction"]) not in whole]  # fmt: skip
    told = [change_sentence(row) for row in apart[:MOST_CHANGES]]
    if more := new.height - len(told):
        told.append(f"{leading_capital(counted(more))} more {'stands' if more == 1 else 'stand'} in the table of changes.")
    return told if new.height else ["No rate was found to have changed in this time."]


def change_sentence(row: Row) -> str:
    """Return one change: what, where, when, from what to what."""
    what = "violations" if row["kind"] is None else KIND_WORDS.get(row["kind"], row["kind"])
    place = "all sectors together" if row["sector"] is None else row["sector"]
    levels = f"from {level(row['before'])} to {level(row['after'])} a day"
    if row["grade"] != "called":
        return f"On watch since {day(row['flagged'])}: a {row['direction']} of {what} in {place}, {levels}; not yet sure."
    since = f"most likely since {day(row['changed'])}"
    if row["changed_from"] is not None and row["changed_from"] != row["changed_until"]:
        since += f" ({span(Period(row['changed_from'], row['changed_until']))} is likely too)"
    return f"A {row['direction']} of {what} in {place} was found on {day(row['flagged'])}: {levels}, {since}."


def unusual_today(situation: Situation) -> str:
    """Counts of the last day that lie outside what is usual: of all violations of a sector, or of all together."""
    odd = situation.unusual.filter(
        pl.col("verdict").is_in(["more", "fewer"]) & pl.col("kind").is_null() & (pl.col("date") == situation.period.until)
    )
    told = [
        f"{row['sector'] or 'all sectors together'} {figure(row['violations'])} "
        f"(usual: {figure(row['low'])} to {figure(row['high'])})"
        for row in odd.head(MOST_NAMED).iter_rows(named=True)
    ]
    return f"Out of the usual on {day(situation.period.until)}: {listed(told)}." if told else ""


def ladder(situation: Situation) -> tuple[str, ...]:
    """Where the response ladder stands, who climbed in the period, who answers."""
    now = situation.ladder_now()
    if now.is_empty():
        return ()
    high = now.filter(pl.col("level") > 0).sort("level", "since", "sector", descending=[True, True, False], nulls_last=True)
    together = high.group_by("level", "posture", "since", maintain_order=True).agg("sector")
    told = [
        f"{listed([sector or 'the whole force' for sector in row['sector']])} "
        f"{'has' if len(row['sector']) == 1 else 'have'} been on level {row['level']} of the response ladder "
        f"since {day(row['since'])} ({row['posture']})."
        for row in together.head(MOST_NAMED).iter_rows(named=True)
    ]
    if not told:
        told = ["No sector is on a level of the response ladder."]
    steps = situation.ladder_steps.filter(pl.col("date").is_between(situation.period.since, situation.period.until))
    told += [step_sentence(row) for row in steps.head(MOST_NAMED).iter_rows(named=True)]
    calls = situation.ladder_calls.filter(pl.col("step").is_in(steps["step"].to_list()))
    coming = calls.filter(pl.col("unit").is_not_null()).sort("hours", "unit")
    if calls.height:
        told.append(call_sentence(calls.height, coming, calls))
    return tuple(leading_capital(text) for text in told)


def call_sentence(asked: int, coming: pl.DataFrame, calls: pl.DataFrame) -> str:
    """Return how many units are called for, how many can come, and how soon the first is there."""
    called = f"The ladder calls for {counted(asked)} unit{'' if asked == 1 else 's'} of the reserve"
    if coming.is_empty():
        return f"{called}; none can come: {calls['reason'].drop_nulls()[0]}."
    first = coming.row(0, named=True)
    number = "it" if asked == 1 else "all" if coming.height == asked else counted(coming.height)
    soonest = "" if asked == 1 else f", the first, {first['unit']},"
    named = f" ({first['unit']})" if asked == 1 else ""
    return f"{called}; {number}{named} can come{soonest} in {first['hours']:.0f} hours from the order."


def step_sentence(row: Row) -> str:
    """Return one step of the ladder with the figure behind it."""
    rises = row["to_level"] > row["from_level"]
    moved = f"{'climbed' if rises else 'stepped down'} from level {row['from_level']} to {row['to_level']} on {day(row['date'])}"
    window = span(Period(row["window_from"], row["window_until"]))
    what = MEASURES.get(row["measure"], f"of {row['measure']}")
    bar = f"at or above {row['up']:g}" if rises else f"at or below {row['down']:g}"
    value = row["value"]
    told = "" if value is None else figure(value) if abs(value) >= 100 else f"{value:.3g}"
    figures = "nothing measured" if value is None else f"{told} {what} {window}, {bar}"
    return f"{row['sector'] or 'The whole force'} {moved}: {figures}."


MEASURES = {
    "violations_per_day": "violations a day", "incidents_per_day": "incidents a day", "killed": "killed", "wounded": "wounded",
    "casualties": "killed and wounded", "ratio": "times the rate before", "unobserved_share": "of the time not observed",
}  # fmt: skip
"""What a rung measures, after its figure."""


def what_may_come(situation: Situation) -> tuple[str, ...]:
    """The next week, with how such forecasts did."""
    rows = situation.forecast.filter(pl.col("sector").is_null())
    if rows.is_empty() or rows["low"][0] is None:
        return ()
    row = rows.row(0, named=True)
    sure = percent(situation.basis.get("confidence", 0.9))
    week = leading_capital(span(Period(row["from_date"], row["until_date"])))
    told = (f"{week}, {figure(row['low'])} to {figure(row['high'])} violations are to be expected ({sure} interval), "
            f"about {figure(row['middle'])} in the middle")  # fmt: skip
    record = situation.forecast_record.filter(pl.col("sector").is_null())
    if record.is_empty() or not record["weeks"][0] or record["covered"][0] is None:
        return (f"{told}; no such forecast could be tried yet.",)
    tried = record.row(0, named=True)
    return (f"{told}; of {figure(tried['weeks'])} such forecasts, {percent(tried['covered'])} came true within their interval.",)


def not_known(situation: Situation) -> tuple[str, ...]:
    """Rows set aside and incidents without a place or a party."""
    found = {row["what"]: row for row in situation.gaps.filter(pl.col("sector").is_null()).iter_rows(named=True)}
    shapes = {
        "set_aside": "{number} of {of} rows could not be read and were set aside.",
        "joined": "{number} of {of} reports told of what another told and were joined to it.",
        "no_position": "{number} of {of} incidents have no place.",
        "no_party": "Of {number} of {of} incidents no source says who did it.",
    }
    return tuple(
        shape.format(number=figure(found[what]["number"]), of=figure(found[what]["of"]))
        for what, shape in shapes.items() if what in found
    )  # fmt: skip


def totals(counts: pl.DataFrame) -> tuple[float, float]:
    """Return violations of the period and of the days before; obstruction is none."""
    rows = counts.filter(VIOLATION)
    return float(rows["violations"].sum()), float(rows["violations_before"].sum())


def sums_by(counts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return violations by sector or kind, most first; what had none is left out."""
    rows = counts.filter(VIOLATION).group_by(name).agg(pl.col("violations", "violations_before").sum())
    return rows.filter(pl.col("violations") > 0).sort("violations", name, descending=[True, False], nulls_last=True)


def span(period: Period) -> str:
    """Return a period in words.

    >>> span(Period(date(2027, 6, 23), date(2027, 6, 29))), span(Period(date(2027, 6, 29), date(2027, 6, 29)))
    ('from 23 to 29 June 2027', 'on 29 June 2027')
    """
    if period.since == period.until:
        return f"on {day(period.until)}"
    if (period.since.year, period.since.month) == (period.until.year, period.until.month):
        return f"from {period.since.day} to {day(period.until)}"
    begins = day(period.since) if period.since.year != period.until.year else day(period.since).rpartition(" ")[0]
    return f"from {begins} to {day(period.until)}"


def days_before(period: Period) -> str:
    """Return the days before in words.

    >>> days_before(Period(date(2027, 6, 23), date(2027, 6, 29)))
    'in the seven days before'
    """
    return "on the day before" if period.days == 1 else f"in the {counted(period.days)} days before"


def counted(number: int) -> str:
    """Return a small number in words."""
    return COUNTED[number] if 0 <= number < len(COUNTED) else figure(number)


def times(number: int) -> str:
    """Return how often.

    >>> times(1), times(2), times(20)
    ('once', 'twice', '20 times')
    """
    return {1: "once", 2: "twice"}.get(number, f"{counted(number)} times")


def figure(number: float) -> str:
    """Return a count with its thousands apart."""
    text = f"{number:,.0f}" if float(number).is_integer() or abs(number) >= 100 else f"{number:,.1f}"
    return text.replace(",", THIN_SPACE)


def level(rate: float | None) -> str:
    """Return a rate to two figures.

    >>> level(15.53), level(0.0), level(0.428), level(None)
    ('15.5', 'none', '0.43', 'an unknown level')
    """
    if rate is None:
        return "an unknown level"
    if rate == 0:
        return "none"
    if rate >= 100 or float(rate).is_integer():
        return figure(round(rate))
    return f"{rate:.1f}" if rate >= 1 else f"{rate:.2g}"


def percent(share: float) -> str:
    """Return a share as a percentage."""
    hundredths = share * 100
    places = 0 if hundredths in (0, 100) or 1 <= hundredths <= 99 else 1
    return f"{hundredths:.{places}f}{THIN_SPACE}%"


def day(when: date) -> str:
    """Return a date as 5 May 2027."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def leading_capital(text: str) -> str:
    """Return the text with a capital at its head."""
    return f"{text[:1].upper()}{text[1:]}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
