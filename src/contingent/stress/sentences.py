"""What breaks a plan, in words: what a minister would ask first comes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contingent.adequacy import equipped_days, measure
from contingent.aid.assess import assess
from contingent.aid.status import AidOptions
from contingent.model.chance import Case
from contingent.model.scenario import Scenario
from contingent.pipeline import requirement_frames
from contingent.plan import Plan
from contingent.stress.cases import NO_BACKSTOP, link_closes_in
from contingent.stress.ways import closures, later_lines, runs_out

THIN_SPACE = "\u202f"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WITH_ARTICLE = ("United ", "Netherlands", "Czech Republic", "Philippines")
"""How names of nations begin that take an article in a sentence."""

MOST_CASES = 12
"""Cases that are told in a sentence each; the table has the others."""


@dataclass(frozen=True)
class Told:
    """What sentences are about.

    Parameters
    ----------
    derived : Scenario
        With offers and lines in place.
    plan : Plan
        The plan that was stressed.
    steps, untold : tuple of tuple of Case
        The cases, and those about a backstop that is not there.
    """

    derived: Scenario
    plan: Plan
    steps: tuple[tuple[Case, ...], ...]
    untold: tuple[tuple[Case, ...], ...] = ()

    def names(self, nations: str) -> str:
        """Nations by their names, with commas and an "and"."""
        known = self.derived.nation_by_name
        words = [known[nation].name if nation in known else nation for nation in nations.split(";")]
        words = [f"the {word}" if word.startswith(WITH_ARTICLE) else word for word in words]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def percent(value: float) -> str:
    """Return a share in hundredths, with one decimal only where whole ones would claim all or nothing.

    >>> [percent(value).replace(THIN_SPACE, " ") for value in (0.94, 0.414, 1.0, 0.999, 0.0)]
    ['94 %', '41 %', '100 %', '99.9 %', '0 %']
    """
    whole = f"{value * 100:.0f}"
    text = whole if (whole not in ("100", "0") or value in (0.0, 1.0)) else f"{value * 100:.1f}"
    return f"{text}{THIN_SPACE}%"


NOTHING_LATER = "no line is complete later, nothing runs out, no sector is reached later and no reserve reaches less far"
"""What closed links change where they change nothing."""


def finely(value: float) -> str:
    """Return a share in hundredths with one decimal."""
    return f"{value * 100:.1f}{THIN_SPACE}%"


def title_of(steps: Sequence[Case]) -> str:
    """Return a case in words: its title, else what its steps are."""
    given = next((step.title for step in steps if step.title), None)
    return given or "; ".join(_step_in_words(step) for step in steps)


def _step_in_words(step: Case) -> str:
    """Return a step in words, where its planner has written none."""
    whose = ", ".join((*step.nations, *step.unit_types, *step.offers)) or "all"
    when = f" from day {step.from_day}" if step.from_day else ""
    words = {
        "nation_withdraws": f"{whose} withdraws",
        "offer_late": f"offers of {whose} come {step.days} days late",
        "offer_gone": f"offers of {whose} are gone",
        "requirement_grows": f"{', '.join(step.lines) or 'the requirement'} grows {step.factor:g} times" if step.factor else "",
        "backstop_comes": "the backstop comes",
        "backstop_gone": "the backstop is gone",
        "dwell_relaxed": f"dwell of {whose} relaxed to 1:{step.factor:g}" if step.factor is not None else "",
        "tours_extended": f"tours of {whose} extended by {step.days} days",
        "link_closes": f"{', '.join(step.links)} closed",
    }
    text = words[step.kind]
    return text[:1].upper() + text[1:] + when


def sentences_of(frames: Mapping[str, pl.DataFrame], told: Told) -> tuple[str, ...]:
    """Return what breaks a plan, in words."""
    found = [
        *_of_worst(frames["stress_worst"], told),
        *_of_smallest(frames["stress_smallest"], told),
        *_of_shares(frames["shapley"], told),
        *_of_draws(frames["participation"]),
        *_of_cases(frames["stress"], told),
        *_of_links(told),
        *_of_donors(told),
        *(f"{title_of(steps).rstrip('.')}: cannot be told; {NO_BACKSTOP}." for steps in told.untold),
    ]
    return tuple(found)


def _of_worst(frame: pl.DataFrame, told: Told) -> list[str]:
    """Without Germany the force keeps 94 % of priority 1; without France and the United Kingdom it keeps 41 %."""
    if frame.is_empty():
        return []
    rows = frame.to_dicts()
    priority = rows[0]["priority"]
    planned = percent(told.plan.fill_of(priority))
    kept = percent(rows[0]["best_reaction"])
    parts = [f"Without {told.names(rows[0]['nations'])} the force keeps {kept} of priority {priority}"]
    parts += [f"without {told.names(row['nations'])} it keeps {percent(row['best_reaction'])}" for row in rows[1:]]
    sentence = f"{'; '.join(parts)}. As planned it has {planned}."
    if all(row["status"] == "proven" for row in rows):
        proof = "No other nation, and no other so many together, cost more: proven." if len(rows) > 1 else (
            "No other nation costs more: proven.")  # fmt: skip
    else:
        row = next(row for row in rows if row["status"] != "proven")
        size = NUMBERS[row["together"]] if row["together"] < len(NUMBERS) else str(row["together"])
        proof = f"Of {size} nations together this is the worst that was found"
        proof += f"; no other leave less than {finely(row['floor'])}." if row["floor"] is not None else "."
    return [sentence, proof]


def _of_smallest(frame: pl.DataFrame, told: Told) -> list[str]:
    if frame.is_empty():
        return []
    row = frame.row(0, named=True)
    below = f"below {percent(row['threshold'])}"
    if row["count"] is None:
        return [f"No set of nations that was looked at brings priority {row['priority']} {below}."]
    if row["count"] == 0:
        return [f"Priority {row['priority']} is {below} as planned."]
    few = NUMBERS[row["count"]] if row["count"] < len(NUMBERS) else str(row["count"])
    nations = told.names(row["nations"])
    enough = f"The loss of {nations} is enough to bring priority {row['priority']} {below}"
    if row["status"] != "proven":
        return [f"{enough}; it is not proven that no fewer than {few} would be."]
    fewer = "" if row["count"] == 1 else "; no nation alone is" if row["count"] == 2 else f"; no fewer than {few} nations are"
    return [f"{enough}{fewer}."]


def _of_shares(frame: pl.DataFrame, told: Told) -> list[str]:
    if frame.is_empty():
        return []
    first = min(frame["priority"].to_list())
    mine = frame.filter(pl.col("priority") == first).sort("value", "nation", descending=[True, False])
    most = mine.row(0, named=True)
    if most["value"] <= 0:
        return []
    whole = told.plan.fill_of(most["priority"])
    between = f" ({finely(most['low'])} to {finely(most['high'])})" if most["high"] - most["low"] > 0.0005 else ""
    nation = told.names(most["nation"])
    what = f"Of the {percent(whole)} of priority {most['priority']} that the plan fills, {nation} is worth most"
    return [f"{what}: {finely(most['value'])}{between}, averaged over all orders in which nations could join."]


def _of_draws(frame: pl.DataFrame) -> list[str]:
    if frame.is_empty():
        return []
    row = frame.row(0, named=True)
    mean, seldom = percent(row["mean"]), percent(row["p05"])
    first = row["priority"]
    what = f"Where offers and nations take part by their own probability, {mean} of priority {first} is filled on average"
    return [f"{what}, planned anew each time, and by less than {seldom} once in twenty."]


def _of_cases(frame: pl.DataFrame, told: Told) -> list[str]:
    names = [steps[0].case for steps in told.steps][:MOST_CASES]
    if frame.is_empty():
        return []
    first = min(frame["priority"].to_list())
    rows = {row["case"]: row for row in frame.filter(pl.col("priority") == first).to_dicts()}
    found = []
    for name in names:
        row = rows.get(name)
        if row is None:
            continue
        idle, best = percent(row["no_reaction"]), percent(row["best_reaction"])
        title = row["title"].rstrip(".")
        if row["kind"] == "link_closes":
            continue
        changes = f" with {row['tours_changed']} tours changed" if row["tours_changed"] else ""
        if idle == best:
            found.append(f"{title}: {best} of priority {row['priority']}{changes}.")
        else:
            found.append(f"{title}: {idle} of priority {row['priority']} if nobody reacts, {best}{changes}.")
    return found


def _of_links(told: Told) -> list[str]:
    """Say what a closed link changes: lines, supply, how soon a sector is reached, and how far reserves reach."""
    found = []
    closing = [step for steps in told.steps for step in steps if step.kind == "link_closes"]
    complete = closures(told.derived, told.plan.tours, told.plan.option) if closing else {}
    for steps in told.steps:
        links = tuple(link for step in steps if step.kind == "link_closes" for link in step.links)
        if not links:
            continue
        title = title_of(steps).rstrip(".")
        without = link_closes_in(told.derived, links)
        before = {(row["incursion"], row["hours"]): row["total"] for row in told.plan.adequacy.to_dicts()}
        equipped = equipped_days(told.plan.aid_formations)
        after = measure(without, told.plan.tours, told.plan.option, equipped).to_dicts()
        lost = []
        for row in after:
            was = before.get((row["incursion"], row["hours"]), 0.0)
            if row["total"] < was - 0.05:
                lost.append(f"{row['title']} has {row['total']:.1f} battalions within {row['hours']} h, not {was:.1f}")
        reach = _reach(told, links)
        later = later_lines(complete, closures(told.derived, told.plan.tours, told.plan.option, links) if complete else {})
        first = min(step.from_day for step in steps if step.kind == "link_closes")
        out = runs_out(told.derived, told.plan.tours, told.plan.option, links, first)
        what = "; ".join([*later, *out, *lost, *reach]) or NOTHING_LATER
        found.append(f"{title}: {what}. Tours stay as they are.")
    return found


def _of_donors(told: Told) -> list[str]:
    """Say which of the host's formations wait longer where nations that withdraw, and have pledges open, give nothing more."""
    promised = told.plan.aid_promises.filter(pl.col("open") > 0)["donor"].to_list()
    before, found = equipped_days(told.plan.aid_formations), []
    for steps in told.steps:
        gone = dict.fromkeys(nation for step in steps if step.kind == "nation_withdraws" for nation in step.nations)
        donors = tuple(nation for nation in gone if nation in promised)
        if not donors:
            continue
        after = equipped_days(assess(told.derived, AidOptions(stopped=donors)).frames["equipped"])
        never = [name for name, day in before.items() if day is not None and after.get(name) is None]
        moved = {name: then for name, day in before.items() if day is not None and (then := after.get(name) or 0) > day}
        said = [f"no longer foreseen to be equipped: {', '.join(never)}"] if never else []
        said += [f"{name} is equipped on D+{then}, not on D+{before[name]}" for name, then in moved.items()]
        what = "; ".join(said) or "no formation of the host is equipped later"
        who = f"{told.names(';'.join(donors))} {'gives' if len(donors) == 1 else 'give'}"
        found.append(f"{title_of(steps).rstrip('.')}: if {who} no more aid either, {what}.")
    return found


def _reach(told: Told, links: tuple[str, ...]) -> list[str]:
    """Say how far reserves reach with links open and closed, placed anew in each case."""
    if not told.derived.tasks:
        return []
    before = requirement_frames(told.derived, told.plan.option)["reach"]
    after = requirement_frames(link_closes_in(told.derived, links), told.plan.option)["reach"]
    if before.is_empty() or after.is_empty():
        return []
    longest, then = float(before["hours"].max()), float(after["hours"].max())  # type: ignore[arg-type]
    if then <= longest + 0.05:
        return []
    return [f"the point that a reserve reaches last, reserves placed anew, takes {then:.1f} h and not {longest:.1f}"]
