"""The framework nation of a formation, and how far its headquarters is held.

Of the nations that hold the formation's headquarters, the one that contributes most to the formation and all under it
(person-days within the horizon, equals by name) and that may hold it for the whole window: for each headquarters line it has an
offer of a type that can do it, with no caveat against its place or task, that lasts as long as the line. A planner's choice goes
before the rule. Units that states own together are no framework nation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from contingent.model.rows import Requirement
from contingent.model.rules import caveat_against, line_until, readiness
from contingent.model.scenario import Scenario
from contingent.model.structure import Formation
from contingent.structure.hanging import Hung
from contingent.structure.measures import Stay, is_state


@dataclass(frozen=True, slots=True)
class Framework:
    """The framework nation, by which rule, and the share of the window in which it holds the headquarters.

    Parameters
    ----------
    nation : str or None
        None where no nation can be.
    rule : str
        Why this one, or why none.
    share : float or None
        Share of the window in which it has a unit serving a headquarters line; None where there is no framework nation. [-]
    """

    nation: str | None
    rule: str
    share: float | None


def framework_of(
    scenario: Scenario, formation: Formation, headquarters: Sequence[Hung], stays: Sequence[Stay], window: tuple[int, int]
) -> Framework:
    """Return the framework nation of a formation.

    Parameters
    ----------
    headquarters : sequence of Hung
        Its headquarters lines.
    stays : sequence of Stay
        Tours in the formation and all under it.
    window : tuple of int
        First day, and the day after the last. [days from D-day]
    """
    names = {entry.line.line for entry in headquarters}
    holding = [stay for stay in stays if stay.line in names and stay.formation == formation.formation]
    if formation.framework_nation is not None:
        nation = formation.framework_nation
        return Framework(nation, "pinned by the planner", share_held(nation, holding, window))
    if not headquarters:
        return Framework(None, "it has no headquarters line", None)
    spent: dict[str, int] = {}
    horizon = scenario.settings.horizon_days
    for stay in stays:
        days = min(stay.until_day, horizon) - min(stay.from_day, horizon)
        spent[stay.nation] = spent.get(stay.nation, 0) + stay.people * days
    holders = sorted({stay.nation for stay in holding if is_state(scenario, stay.nation)}, key=lambda name: (-spent[name], name))
    if not holders:
        return Framework(None, "no nation holds its headquarters", None)
    against: list[str] = []
    for nation in holders:
        why_not = kept_from(scenario, nation, [entry.line for entry in headquarters])
        if why_not is None:
            rule = f"largest contributor of those that may hold its headquarters throughout: {spent[nation]:,} person-days"
            return Framework(nation, "; ".join([rule, *against]), share_held(nation, holding, window))
        against.append(f"not {nation}, {why_not}")
    return Framework(None, "; ".join(["no nation that holds its headquarters may hold it throughout", *against]), None)


def kept_from(scenario: Scenario, nation: str, lines: Sequence[Requirement]) -> str | None:
    """Return what keeps a nation from holding headquarters lines throughout, or None.

    How soon its units are ready is not asked: who becomes framework nation has time to prepare.
    """
    for line in lines:
        fit = [
            offer
            for offer in scenario.offers
            if offer.nation == nation and (line.capability, offer.unit_type) in scenario.effectiveness
        ]
        free = [offer for offer in fit if caveat_against(scenario, offer, line) is None]
        if not fit:
            return f"which offers nothing for {line.line}"
        if not free:
            return f"which rules out {caveat_against(scenario, fit[0], line)} ({line.line})"
        lasts = max(readiness(scenario, offer).until_day for offer in free)
        if lasts < line_until(scenario, line):
            return f"whose offer ends on day {lasts} ({line.line})"
    return None


def share_held(nation: str, holding: Sequence[Stay], window: tuple[int, int]) -> float:
    """Return the share of the window on which a nation has a unit serving. [-]"""
    first, last = window
    days: set[int] = set()
    for stay in holding:
        if stay.nation == nation:
            days.update(range(max(first, stay.from_day), min(last, stay.serves_until_day)))
    return len(days) / (last - first) if last > first else 0.0


def headquarters_fill(name: str, headquarters: Sequence[Hung], stays: Sequence[Stay], coverage: pl.DataFrame) -> float | None:
    """Return the share of its headquarters' days on which they are held, by quantity; None where it has no headquarters line. [-]

    Of a line that several formations share, each has an equal part, and what serves in it counts.
    """
    required = filled = 0.0
    for entry in headquarters:
        rows = coverage.filter(pl.col("line") == entry.line.line).with_columns(days=pl.col("until_day") - pl.col("from_day"))
        share = 1.0 / len(entry.formations)
        required += share * float(rows.select((pl.col("required") * pl.col("days")).sum()).item())
        if len(entry.formations) == 1:
            filled += float(rows.select((pl.col("filled") * pl.col("days")).sum()).item())
            continue
        members = [stay for stay in stays if stay.formation == name and stay.line == entry.line.line]
        for row in rows.iter_rows(named=True):
            breaks = {row["from_day"], row["until_day"]}
            breaks.update(day for stay in members for day in (stay.from_day, stay.serves_until_day))
            inside = sorted(day for day in breaks if row["from_day"] <= day <= row["until_day"])
            for first, last in pairwise(inside):
                there = sum(stay.effectiveness for stay in members if stay.from_day <= first < stay.serves_until_day)
                filled += min(row["required"] * share, there) * (last - first)
    return round(filled / required, 9) if required else None
