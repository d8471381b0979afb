"""Plans side by side as one page: what is asked of each, what comes of it, what breaks it, how much of it could be sustained.

One self-contained HTML file like the report, with the same style and policy; up to four plans, all drawn on the same scales.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from contingent.errors import ContingentError
from contingent.horizon import Horizon
from contingent.model.rules import COMPONENTS
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.headline import Measure, Part, binding, cost_by_nation, headline_numbers
from contingent.plan.under_chance import fill_by_month
from contingent.report.ceiling_charts import ceilings_side_by_side
from contingent.report.ceilings import BASE, ceiling_sentences, claim_rows, has_ceilings, question_title, times
from contingent.report.chance import risk_sentences
from contingent.report.charts import NARROW, WIDE, svg_of
from contingent.report.drawings.bars import part_bar
from contingent.report.getting import way_sentences
from contingent.report.html.lasts import drawn
from contingent.report.html.report import UNPRINTABLE, content_policy, environment, page_style
from contingent.report.living import living_sentences
from contingent.report.mandate import COMPONENT_NAMES, force_size
from contingent.report.months import people_asked_by_day
from contingent.report.outlook import not_worked_out
from contingent.report.paying import cost_sentences, money_words
from contingent.report.risk_charts import fans_side_by_side
from contingent.report.stress import alone, first_priority, names_in, stress_sentences, worst_sets
from contingent.report.stress_charts import tornadoes_side_by_side
from contingent.report.words import (
    about,
    amount,
    d_day,
    duration,
    goal_label,
    grouped,
    headline,
    leading_capital,
    option_title,
    percent,
    plain,
    short_date,
    shortfalls,
    what_is_asked,
)

Row = dict[str, Any]

MOST_PLANS = 4
"""Plans that fit side by side on one page."""

GOALS = ("burden", "continuity", "cost")
"""Measures that are goals of the plan, and have names in words."""

PARTS: dict[Part, str] = {
    "filled": "comes", "rests": "comes", "chance": "comes", "way": "way", "stress": "breaks", "ceiling": "sustained",
}  # fmt: skip
"""Section of the page in which measures stand, by what they belong to."""


class TooManyPlans(ContingentError):
    """More plans, or fewer, than can be shown side by side."""


@dataclass(frozen=True, slots=True)
class Column:
    """One plan of the page.

    Parameters
    ----------
    label : str
        What it is called at the head of its column.
    plan : Plan
        The plan.
    scenario : Scenario or None
        What was planned; None where it is not known: then days are counted from D-day and nothing is said of strengths.
    """

    label: str
    plan: Plan
    scenario: Scenario | None

    @property
    def horizon(self) -> Horizon | None:
        """The calendar, where it is known."""
        return None if self.scenario is None else self.scenario.horizon


def write_comparison(
    plans: Sequence[Plan],
    path: str | Path,
    *,
    scenarios: Sequence[Scenario | None] | None = None,
    labels: Sequence[str] | None = None,
) -> Path:
    """Write plans side by side as one self-contained HTML file and return its path.

    Parameters
    ----------
    plans : sequence of Plan
        Two to four, in the order of their columns.
    path : str or Path
        File to write; its folder is made where it is missing.
    scenarios : sequence of Scenario or None, optional
        What was planned, one for each plan: dates, strengths and titles come from it.
    labels : sequence of str, optional
        What each plan is called; blank = the title of its option, or its name.

    Raises
    ------
    TooManyPlans
        If there are fewer than two plans or more than four.

    Notes
    -----
    The same plans give the same bytes: the page holds no clock time and no chance.
    """
    target = Path(path)
    page = comparison_html(plans, scenarios=scenarios, labels=labels)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(page.encode("utf-8", "replace"))
    return target


def comparison_html(
    plans: Sequence[Plan], *, scenarios: Sequence[Scenario | None] | None = None, labels: Sequence[str] | None = None
) -> str:
    """Return plans side by side as the text of one HTML file."""
    if not 2 <= len(plans) <= MOST_PLANS:
        raise TooManyPlans(f"{len(plans)} plans: a page shows two to {MOST_PLANS} side by side. Maybe choose some of them.")
    columns = columns_of(plans, scenarios or [None] * len(plans), labels)
    marking = " · ".join(dict.fromkeys(plan.marking for plan in plans))
    style = page_style(marking)
    page = (
        environment()
        .get_template("comparison.html")
        .render(
            style=Markup(style),  # noqa: S704 (our own style sheet; the marking in it is escaped letter by letter)
            policy=content_policy(style),
            marking=marking,
            title=" · ".join(dict.fromkeys(plan.title for plan in plans)),
            version=plans[0].provenance.get("version", ""),
            **contents(columns),
        )
    )
    return page.translate(UNPRINTABLE)


def columns_of(plans: Sequence[Plan], scenarios: Sequence[Scenario | None], labels: Sequence[str] | None) -> tuple[Column, ...]:
    """Return the plans with what each is called, every name once."""
    titles = len({plan.title for plan in plans})
    named = list(labels) if labels is not None else [
        _name(plan, scenario, with_title=titles > 1) for plan, scenario in zip(plans, scenarios, strict=True)
    ]  # fmt: skip
    found = []
    for at, (name, plan, scenario) in enumerate(zip(named, plans, scenarios, strict=True)):
        again = sum(other == name for other in named[:at])
        found.append(Column(f"{name} ({again + 1})" if again else name, plan, scenario))
    return tuple(found)


def _name(plan: Plan, scenario: Scenario | None, *, with_title: bool) -> str:
    option = option_title(scenario, plan.option) if scenario is not None else leading_capital(plain(plan.option or "all lines"))
    return f"{plan.title}: {option}" if with_title else option


def contents(columns: Sequence[Column]) -> Row:
    """Return what the page is filled with."""
    plans = [column.plan for column in columns]
    measures = headline_numbers(plans)
    labels = [column.label for column in columns]
    currency = next((column.scenario.settings.currency for column in columns if column.scenario is not None), "")
    sections = ("comes", "way", "breaks", "sustained")
    return {
        "labels": labels,
        "count": len(columns),
        "answers": [{"label": column.label, "sentences": answer(column)} for column in columns],
        "asked": asked_rows(columns),
        "differ": inputs_that_differ(columns),
        "tables": {section: measure_rows(measures, section, currency=currency) for section in sections},
        "shortfalls": [_shortfalls(column.plan) for column in columns],
        "fans": _fans(columns),
        "tornado": _tornado(columns),
        "worst": worst_rows(plans),
        "nation_costs": nation_costs(plans),
        "ceilings": _ceilings(columns),
        "binding": binding_rows(plans),
        "claims": claim_table(plans),
        "missing": [{"label": column.label, "what": found} for column in columns if (found := not_worked_out(column.plan))],
    }


def answer(column: Column) -> list[str]:
    """Return a plan's answer in a few sentences: what it asks, what it holds, what chance, stress and time leave of it."""
    scenario, plan = column.scenario, column.plan
    if scenario is not None:
        told = headline(scenario, plan)[: len(what_is_asked(scenario, plan)) + 1]
    else:
        told = [f"On paper it holds {percent(plan.fill_of(priority))} of priority {priority}."
                for priority in sorted(plan.required_unit_days)[:1]]  # fmt: skip
    told += way_sentences(scenario, plan, most=1)
    told += living_sentences(scenario, plan, most=1)
    told += cost_sentences(scenario, plan, most=1)
    told += risk_sentences(scenario, plan, most=1)
    told += stress_sentences(plan, most=1)
    return told + ceiling_sentences(plan, most=1)


def asked_rows(columns: Sequence[Column]) -> list[Row]:
    """Return what is asked of each plan: people by component, units and time."""
    sizes = [None if column.scenario is None else force_size(column.scenario, column.plan) for column in columns]
    rows: list[Row] = []
    if any(size is not None for size in sizes):
        cells = ["–" if size is None else grouped(size.people) for size in sizes]
        rows.append({"name": "People that the mandate asks for on its fullest day", "cells": cells})
        for name in COMPONENTS:
            parts = ["–" if size is None or not size.by_component[name] else grouped(size.by_component[name]) for size in sizes]
            rows.append({"name": f"of these {COMPONENT_NAMES[name].lower()}", "cells": parts})
    rows += [
        {"name": "Published strength of the land component", "cells": [_published(column) for column in columns]},
        {"name": "People in the leanest units that fit, at the peak", "cells": [_leanest(column) for column in columns]},
        {"name": "Lines of the requirement", "cells": [grouped(column.plan.coverage["line"].n_unique()) for column in columns]},
    ]
    for priority in sorted({priority for column in columns for priority in column.plan.required_unit_days}):
        asked = [column.plan.required_unit_days.get(priority) for column in columns]
        cells = ["–" if days is None else grouped(days) for days in asked]
        rows.append({"name": f"Unit-days of priority {priority}", "cells": cells})
    rows.append({"name": "For how long", "cells": [_how_long(column) for column in columns]})
    return [row | {"alike": len(set(row["cells"])) == 1, "bars": None} for row in rows if set(row["cells"]) != {"–"}]


def _published(column: Column) -> str:
    options = column.scenario.options if column.scenario is not None else ()
    row = next((row for row in options if row.option == column.plan.option), None)
    return grouped(row.published_strength) if row is not None and row.published_strength is not None else "–"


def _leanest(column: Column) -> str:
    if column.scenario is None:
        return "–"
    return grouped(round(float(people_asked_by_day(column.scenario, column.plan.option).max()), -2))


def _how_long(column: Column) -> str:
    if column.scenario is None:
        return "–"
    return f"{duration(column.scenario.settings.horizon_days)} from {short_date(column.scenario.settings.start_date)}"


def inputs_that_differ(columns: Sequence[Column]) -> list[str]:
    """Return in a few words what was given differently, beside the requirement itself."""
    known = [column.scenario for column in columns if column.scenario is not None]
    if len(known) < len(columns):
        return ["Of at least one plan the scenario is not kept, so what was given differently is not known."]
    told = []
    offers = [{offer.offer: offer for offer in scenario.offers} for scenario in known]
    if any(other != offers[0] for other in offers):
        differing = {name for other in offers for name in {*other, *offers[0]} if other.get(name) != offers[0].get(name)}
        told.append(f"{grouped(len(differing))} offers differ between the plans.")
    if len({scenario.settings.horizon_days for scenario in known}) > 1:
        told.append("The plans run for different times.")
    backstops = {scenario.settings.backstop for scenario in known}
    if len(backstops) > 1:
        told.append("The backstop counts in some plans and not in others.")
    return told or ["The plans have the same offers and the same time; they differ in what is asked."]


MONEY = ("currency", "currency/year")
"""Units of money."""


def measure_rows(measures: Sequence[Measure], section: str, *, currency: str = "") -> list[Row]:
    """Return the measures of a section, a row each; those that are alike in all plans are marked."""
    return [
        {
            "name": leading_capital(goal_label(measure.name) if measure.name in GOALS else measure.name)
            + (f", {currency}" if currency and measure.unit in MONEY else ""),
            "cells": [_cell(value, measure.unit, rounded=measure.part == "ceiling") for value in measure.values],
            "bars": [None if value is None else part_bar(value, width=90, kind="held") for value in measure.values]
            if measure.unit == "share" and measure.part != "rests" else None,
            "alike": len(set(measure.values)) == 1,
        }
        for measure in measures
        if PARTS.get(measure.part) == section
    ]  # fmt: skip


def _cell(value: float | None, unit: str, *, rounded: bool) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return percent(value)
    if unit == "times":
        return times(value)
    if rounded and unit == "people":
        return f"some {about(round(value))} people"
    if unit in ("ratio", "of fair share"):
        return f"{value:.2f} × fair share"
    if unit == "currency/year":
        return money_words(value)
    if unit == "days from D-day":
        return d_day(round(value))
    if unit == "currency":
        return grouped(value) if value else "not costed"
    return f"{amount(value) if value < 1000 else grouped(value)} {unit}".rstrip()


def _shortfalls(plan: Plan) -> list[str]:
    return [f"{plain(short.capability)} ({percent(short.share)} empty)" for short in shortfalls(plan)[:3]]


def _fans(columns: Sequence[Column]) -> dict[str, Markup] | None:
    shown = [(column.label, column.horizon, column.plan) for column in columns if fill_by_month(column.plan)]
    if not shown:
        return None
    label = "Fill by priority, month by month, of each plan on one scale. " + " ".join(
        f"{name}: {' '.join(risk_sentences(None, plan, most=1))}" for name, _, plan in shown
    )
    return drawn(lambda size: fans_side_by_side(shown, size=size), label)


def _tornado(columns: Sequence[Column]) -> Row | None:
    priorities = [priority for column in columns if (priority := first_priority(column.plan)) is not None]
    if not priorities:
        return None
    priority = min(priorities)
    shown = [(column.label, column.plan) for column in columns if alone(column.plan, priority)]
    if not shown:
        return None
    label = "What is left without each nation alone, of each plan on one scale. " + " ".join(
        f"{name}: {' '.join(stress_sentences(plan, most=1))}" for name, plan in shown
    )
    return drawn(lambda size: tornadoes_side_by_side(shown, priority, size=size), label) | {"priority": priority}


def worst_rows(plans: Sequence[Plan]) -> list[Row]:
    """Return the worst so many together of each plan, by how many they are."""
    found = [{row["together"]: row for row in worst_sets(plan, first_priority(plan) or 1)} for plan in plans]
    together = sorted({number for rows in found for number in rows})
    return [
        {
            "together": number,
            "cells": [
                "–" if number not in rows
                else f"{names_in(plan, rows[number]['nations'])}: {percent(rows[number]['best_reaction'])} left"
                for plan, rows in zip(plans, found, strict=True)
            ],
        }
        for number in together
    ]  # fmt: skip


def nation_costs(plans: Sequence[Plan]) -> list[Row]:
    """Return what each nation costs a year, side by side, with a bar against the largest."""
    rows = cost_by_nation(plans)
    largest = max((value or 0.0 for *_, values in rows for value in values), default=0.0) or 1.0
    return [
        {
            "nation": nation,
            "name": name,
            "cells": ["–" if value is None else money_words(value) for value in values],
            "bars": [None if value is None else part_bar(value / largest, width=90, kind="asked") for value in values],
        }
        for nation, name, values in rows
    ]


def _ceilings(columns: Sequence[Column]) -> list[Row]:
    shown = [(column.label, column.plan) for column in columns if has_ceilings(column.plan)]
    wide, narrow = (ceilings_side_by_side(shown, size=size) for size in (WIDE, NARROW))
    label = "People that each plan’s offers sustain, on one scale. " + " ".join(
        f"{name}: {' '.join(ceiling_sentences(plan, most=1))}" for name, plan in shown
    )
    return [
        {"wide": svg_of(one, label=label), "narrow": svg_of(other, label=label), "few": "hconcat" not in one}
        for one, other in zip(wide, narrow, strict=True)
    ]


def binding_rows(plans: Sequence[Plan]) -> list[Row]:
    """Return the unit type that runs out first at each point, side by side."""
    return [
        {
            "question": "On the plan’s own terms" if question == BASE else question_title(question),
            "label": label,
            "cells": [plain(cell) if cell is not None else "–" for cell in cells],
            "alike": len(set(cells)) == 1,
        }
        for question, label, cells in binding(plans)
    ]


def claim_table(plans: Sequence[Plan]) -> list[Row]:
    """Return what has been said, once each, with what each plan computes beside it."""
    found = [{row["claim"]: row for row in claim_rows(plan)} for plan in plans]
    first: dict[str, Row] = {}
    for rows in found:
        for name, row in rows.items():
            first.setdefault(name, row)
    return [row | {"cells": [rows.get(name) for rows in found]} for name, row in first.items()]
