"""The command that turns cost round: a sum of money in, the force that it holds out: `afford`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contingent.cli.cost import MILLION
from contingent.cli.endings import BadCall
from contingent.cli.plan_given import PlanGiven, folder_of_plan, keep, plan_in, plan_now, scenario_given, where_kept
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cost import Affordable, afford, with_afford
from contingent.cost.afford import refuse
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan, PlanOptions
from contingent.report.affording import SIGNS, budget_sentences, dropped_first, fills_of, level_of, lines_held
from contingent.report.words import grouped, percent

SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9}
"""What may stand behind a sum."""

MOST_DROPPED = 10
"""Steps that are printed as those that go first."""


@dataclass(frozen=True)
class AffordRequest:
    """What is asked, as it was asked for on the command line."""

    place: str
    budget: str | None = None
    year: int | None = None
    nation: str | None = None
    option: str | None = None


def sum_of(text: str) -> float:
    """Return a sum of money as it may be written on the command line.

    Raises
    ------
    BadCall
        If it is none.

    Examples
    --------
    >>> sum_of("2e9"), sum_of("2.5bn"), sum_of("300 m")
    (2000000000.0, 2500000000.0, 300000000.0)
    """
    written = text.strip().casefold().replace("_", "").replace(",", "")
    figure = written.rstrip("abcdfghijklmnopqrstuvwxyz ")  # an e belongs to the figure
    unit = written[len(figure):].strip()
    try:
        return float(figure) * SCALES[unit]
    except (ValueError, KeyError):
        raise BadCall(f"--budget: '{text}' is not a sum of money. Maybe write 2e9, 2bn or 300m.") from None


def afford_command(request: AffordRequest, *, out: Path | None, as_json: bool) -> None:
    """Hold a plan that was made, or one that is made now, against a budget; print what is held, and keep it with the plan."""
    budget = None if request.budget is None else sum_of(request.budget)
    folder = folder_of_plan(request.place)
    target = where_kept(out, folder)
    given = _planned_now(request, budget) if folder is None else plan_in(folder, option=request.option)
    found = afford(given.scenario, given.plan, budget, year=request.year, nation=request.nation)
    whole = with_afford(given.plan, found)
    written = keep(given, whole, target)
    if as_json:
        content: dict[str, Any] = {
            "title": whole.title, "option": whole.option, "currency": given.scenario.settings.currency, **found.basis,
            **{name: frame.to_dicts() for name, frame in found.frames.items()},
        }  # fmt: skip
        write_json(content if target is None else content | {"out": str(target)})
        return
    print_afford(given.scenario, whole, found)
    for path in written:
        say(f"Written: {path}")


def _planned_now(request: AffordRequest, budget: float | None) -> PlanGiven:
    scenario = scenario_given(request.place)
    refuse(scenario, None, budget, year=request.year, nation=request.nation)  # told before anything is planned
    return plan_now(request.place, scenario, PlanOptions(option=request.option, replications=0))


def print_afford(scenario: Scenario, plan: Plan, found: Affordable) -> None:
    """Print what is held, at which prices, line by line, and what goes first."""
    for sentence in budget_sentences(scenario, plan):
        say(sentence)
    screen, currency = console(), scenario.settings.currency
    if found.budget is not None:
        priorities = (f"priority {row['priority']}" for row in fills_of(plan))
        heads = ("prices", "posts", "people", *priorities, f"spent, million {currency}")
        levels = [row for name in ("low", "likely", "high") if (row := level_of(plan, name)) is not None]
        shown = [
            (row["prices"], f"{row['posts_held']} of {row['posts']}", grouped(row["people"]),
             *(percent(each["held_share"]) for each in fills_of(plan, row["prices"])), grouped(row["cost"] / MILLION))
            for row in levels
        ]  # fmt: skip
        print_rows(screen, "\nThe same budget at low, likely and high prices", heads, shown)
        lines = [
            (row["line"], row["priority"], f"{SIGNS[row['state']]} {row['state']}", f"{row['posts_held']} of {row['posts']}",
             grouped(row["people_held"]), grouped(row["value_held"] / MILLION))
            for row in lines_held(plan)
        ]  # fmt: skip
        print_rows(screen, "\nLine by line", ("line", "priority", "state", "posts", "people", f"million {currency}"), lines)
    steps = [
        (row["post"], row["priority"], grouped(row["people"]), grouped(row["value"] / MILLION), grouped(row["unit_days"]),
         grouped(row["budget"] / MILLION))
        for row in dropped_first(plan, most=MOST_DROPPED)
    ]  # fmt: skip
    heads = ("post", "priority", "people", f"million {currency}", "unit-days", "goes below, million")
    print_rows(screen, "\nWhat goes first where money falls", heads, steps)
