"""What if tours were shorter or longer: the arithmetic of rotation alone, for tours of four, six and nine months.

    tempos      for each length: units that keep one there, people kept there without end by component, people who travel
    the picture one post for three years: who is there, who hands over, who rests

No plan is made. Windows, caveats, ceilings, readiness and places are left out, so no plan can hold more than stands here.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.ceiling.plain_force import Component, rotation_base, sustainable
from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario
from contingent.report.drawings.svg import element, picture
from contingent.report.html.answer import domain_of_capability
from contingent.report.months import people_asked_by_day
from contingent.report.words import grouped

LENGTHS = (4, 6, 9)
"""Tours that are held beside one another. [months]"""

DAYS_A_MONTH, DAYS_A_YEAR = 30, 365
SHOWN = 3 * DAYS_A_YEAR
"""How much of a post's time is drawn. [days]"""

WIDTH, LANE, BAR, MOST_LANES = 300.0, 15.0, 9.5, 8

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tempo:
    """What tours of one length come to.

    Parameters
    ----------
    months : int
        Length of a tour. [months]
    base : float
        Units that keep one on task without end, on the scenario's usual terms. [-]
    reliefs : float
        Reliefs a year at each post. [1/year]
    people : dict of str to float
        People kept there without end, by component. [people]
    travel : float
        People who go there in a year, if all of them are kept there. [people a year]
    drawn : Markup
        One post for three years.
    """

    months: int
    base: float
    reliefs: float
    people: dict[str, float]
    travel: float
    drawn: Markup


def tempos(scenario: Scenario, lengths: Sequence[int] = LENGTHS) -> tuple[Tempo, ...]:
    """Return what tours of each length come to, each unit on its own dwell ratio and handover. Lengths: [months]."""
    return tuple(_tempo(scenario, months) for months in lengths)


def _tempo(scenario: Scenario, months: int) -> Tempo:
    usual = scenario.settings.defaults
    post = _component("a post", months, units=1.0, ratio=usual.dwell_ratio, handover=usual.handover_days, people=1)
    by_domain: dict[str, list[Component]] = defaultdict(list)
    for domain, component in _components(scenario, months):
        by_domain[domain].append(component)
    people = {domain: _people(sustainable(force)) for domain, force in by_domain.items()}
    everybody = [component for force in by_domain.values() for component in force]
    return Tempo(
        months=months,
        base=rotation_base(post),
        reliefs=DAYS_A_YEAR / (post.tour_days - post.handover_days),
        people=people,
        travel=sum(_people(sustainable([each])) * DAYS_A_YEAR / (each.tour_days - each.handover_days) for each in everybody),
        drawn=_cycle(post),
    )


def _people(sustained: pl.DataFrame) -> float:
    """Sum over components, without the row of all of them together. [people]"""
    return float(sustained.filter(pl.col("rotation_base").is_not_null())["people_sustained"].sum())


def _components(scenario: Scenario, months: int) -> list[tuple[str, Component]]:
    """Like units of all nations together: of one type, strength, dwell ratio and handover; each with its domain."""
    usual = scenario.settings.defaults
    units: dict[tuple[str, int, float, int], int] = defaultdict(int)
    for offer in scenario.offers:
        people = offer.personnel if offer.personnel is not None else scenario.unit_type_by_name[offer.unit_type].personnel
        ratio = offer.dwell_ratio if offer.dwell_ratio is not None else usual.dwell_ratio
        handover = offer.handover_days if offer.handover_days is not None else usual.handover_days
        units[offer.unit_type, people, ratio, handover] += offer.quantity
    return [
        (
            scenario.unit_type_by_name[kind].domain,
            _component(kind, months, units=float(count), ratio=ratio, handover=handover, people=people),
        )
        for (kind, people, ratio, handover), count in sorted(units.items())
        if count
    ]


def _component(name: str, months: int, *, units: float, ratio: float, handover: int, people: int) -> Component:
    tour = months * DAYS_A_MONTH
    return Component(
        component=name,
        units=units,
        people=people,
        tour_days=tour,
        dwell_ratio=ratio,
        handover_days=min(handover, tour - 1),
    )


def _cycle(post: Component) -> Markup:
    """One post: a lane a unit; bars tours, hatched the handover, pale lines rest."""
    lanes, apart = math.ceil(rotation_base(post) - 1e-9), post.tour_days - post.handover_days
    shown = min(lanes, MOST_LANES)
    height = shown * LANE + 14
    scale = WIDTH / SHOWN
    parts = [element("line", class_="yr", x1=day * scale, x2=day * scale, y1=0, y2=height - 12) for day in _years()]
    for at, day in enumerate(_years(), 1):
        parts.append(element("text", f"year {at}", class_="month", x=(day + DAYS_A_YEAR / 2) * scale, y=height - 2))
    for at in range(shown):
        top = at * LANE + 2
        starts = range(at * apart, SHOWN, lanes * apart)
        for start in starts:
            end, again = min(start + post.tour_days, SHOWN), min(start + lanes * apart, SHOWN)
            if again > end:
                parts.append(element("path", class_="rest", d=f"M{end * scale:.1f},{top + BAR / 2:.1f}H{again * scale:.1f}"))
            tip = element("title", f"unit {at + 1}: day {grouped(start)} to {grouped(start + post.tour_days)}")
            parts.append(element("rect", tip, class_="t", x=start * scale, y=top, width=(end - start) * scale, height=BAR))
            serves = min(start + apart, SHOWN)
            if end > serves:
                parts.append(element("rect", class_="h", x=serves * scale, y=top, width=(end - serves) * scale, height=BAR))
    label = f"One post for three years with tours of {post.tour_days // DAYS_A_MONTH} months: {lanes} units take turns"
    return picture(*parts, width=WIDTH, height=height, label=label, class_="strip")


def _years() -> range:
    return range(0, SHOWN, DAYS_A_YEAR)


def asked_by_component(scenario: Scenario, option: str | None) -> dict[str, float]:
    """Return the people asked for on the fullest day of each component, each post in the leanest unit that fits. [people]"""
    domains = domain_of_capability(scenario)
    lines = lines_of_option(scenario, option)
    found = {}
    for domain in sorted({domains[line.capability] for line in lines if line.capability in domains}):
        own = tuple(line for line in lines if domains.get(line.capability) == domain)
        asked = people_asked_by_day(scenario.model_copy(update={"requirements": own}), option)
        found[domain] = float(asked.max(initial=0.0))
    return found


def tempo_rows(scenario: Scenario, option: str | None) -> Row:
    """Return what the page shows: a column a length, a row a figure."""
    columns = tempos(scenario)
    asked = asked_by_component(scenario, option)
    order = ("land", "air", "maritime", "joint")
    domains = sorted({*asked, *(domain for column in columns for domain in column.people)}, key=lambda each: (
        order.index(each) if each in order else len(order), each))  # fmt: skip
    rows = [
        {
            "name": domain,
            "asked": grouped(round(asked.get(domain, 0.0), -1)),
            "cells": [
                {
                    "value": grouped(round(column.people.get(domain, 0.0), -1)),
                    "state": "filled" if column.people.get(domain, 0.0) >= asked.get(domain, 0.0) else "gap",
                }
                for column in columns
            ],
        }
        for domain in domains
    ]
    usual = scenario.settings.defaults
    return {
        "columns": columns,
        "rows": rows,
        "bases": [f"{column.base:.2f}" for column in columns],
        "reliefs": [f"{column.reliefs:.1f}" for column in columns],
        "travel": [grouped(round(column.travel, -2)) for column in columns],
        "ratio": f"1:{usual.dwell_ratio:g}",
        "handover": usual.handover_days,
    }
