"""How the force gets there, what it lives on and what it costs: ``Movement``, ``Supply``, ``Cost``.

Each sheet holds several short tables, one below the other, under the sentences of the report; it is left out where the plan says
nothing of it. Every movement, stock and cost by week, nation and year stands in the CSV files of the plan folder.
"""

from typing import Any

import polars as pl

from contingent.plan import Plan
from contingent.plan.way_measures import years_planned
from contingent.report.affording import budget_sentences
from contingent.report.getting import (
    closure_rows,
    fullest,
    has_way,
    place_words,
    resource_origin,
    resource_words,
    way_sentences,
)
from contingent.report.living import closings, has_supply, living_sentences, use_by_supply
from contingent.report.paying import (
    Money,
    cost_sentences,
    costs_by,
    costs_of_items,
    has_costs,
    item_words,
    rates_used,
    scheme_words,
    year_words,
    yearly_bills,
)
from contingent.report.words import leading_capital, line_title, plain
from contingent.report.workbook.book import Book, Column, Page
from contingent.report.workbook.brief import FILLED, GAP, PARTIAL, Brief
from contingent.report.workbook.stacked import NAME, NARROW, NUMBER, WORDS, Cell, Figure, Light, stacked

MOST_RESOURCES = 40

CLOSURE = (
    Column("Line", "text", NAME, "The line's serial in the statement of requirements."),
    Column("Line in words", "wrapped", WORDS, "What it asks for and where."),
    Column("Line priority", "count", NARROW, "Priority; 1 is filled first."),
    Column("Asked for by", "day", NUMBER, "Day on which its first units are to be there."),
    Column("Complete on", "day", NUMBER, "Day on which the last part of its first units is there; blank = never."),
    Column("Days late", "count", NUMBER, "Days between the two; blank = never complete."),
    Column("In time", "text", NUMBER, "● in time; ◐ late; ○ never."),
    Column("Units planned", "count", NUMBER, "Units of its first occupation."),
    Column("Units late", "count", NUMBER, "Those of them that are late, or never there."),
    Column("Complete, 5th of 100", "day", NUMBER, "5th percentile of the day under delays; blank = not replayed."),
    Column("Complete, 95th of 100", "day", NUMBER, "95th percentile of the day under delays; blank = not replayed."),
)

LATE = (
    Column("Late part", "text", NAME, "Movement that comes late, or never."),
    Column("Held up by", "wrapped", WORDS, "What held it up, in order."),
    Column("Its nation", "text", NARROW, "Nation, ISO 3166 alpha-3."),
    Column("To be there on", "day", NUMBER, "Day on which it is to be there."),
    Column("There on", "day", NUMBER, "Day on which it is there; blank = never."),
    Column("Late by", "count", NUMBER, "Days between the two."),
    Column("For line", "text", NUMBER, "Serial of the line."),
    Column("From", "text", NUMBER, "Where it sets out."),
    Column("To", "text", NUMBER, "Where it goes."),
    Column("By", "text", NUMBER, "Modes, in order."),
    Column("Waits longest for", "text", NUMBER, "Terminal, link or fleet for which it waits longest."),
    Column("Worth", "amount", NUMBER, "What one more of it a day would save. [weighted days of lateness]"),
)

FULLEST = (
    Column("Resource", "text", NAME, "Terminal, crossing, link or fleet, the fullest first."),
    Column("Ground of capacity", "wrapped", WORDS, "Source of its capacity, or why it was chosen."),
    Column("Counts", "text", NARROW, "What is counted."),
    Column("Fullest week from", "day", NUMBER, "First day of its fullest week."),
    Column("Used in it", "count", NUMBER, "What it carries in that week."),
    Column("Capacity of a week", "count", NUMBER, "What it can carry in that week."),
    Column("Share used", "share", NUMBER, "Used divided by capacity."),
    Column("Weeks at 90 %", "count", NUMBER, "Weeks in which nine tenths of its capacity or more are used."),
    Column("Status of capacity", "text", NUMBER, "sourced, derived or assumption; blank = not said."),
)

SCHEDULE = (
    Column("Of the schedule", "text", NAME, "What is measured."),
    Column("How it was found", "wrapped", WORDS, "Method."),
    Column("In", "text", NARROW, "Unit."),
    Column("Reached", "figure", NUMBER, "What the schedule reaches."),
    Column("No lower than", "figure", NUMBER, "No schedule on this network can be lower; blank = not proven."),
    Column("How sure", "text", NUMBER, "What is proven of it."),
)

MOVEMENT = Page(
    "Movement",
    "When the force is in place, who is late and why, and how full the ways are.",
    (*CLOSURE, *LATE, *FULLEST, *SCHEDULE),
)

USE = (
    Column("Supply", "text", NAME, "What is used up."),
    Column("Class of supply", "text", WORDS, "NATO class, or water."),
    Column("Share of tonnes", "share", NARROW, "Share of all that is used."),
    Column("Tonnes a day", "amount", NUMBER, "On average over all weeks. [t/day]"),
    Column("Tonnes, fullest week", "amount", NUMBER, "In its fullest week. [t/day]"),
)

STOCKS = (
    Column("Stock at", "text", NAME, "Place, the thinnest stock first."),
    Column("What is in stock", "text", WORDS, "Supply."),
    Column("Target", "amount", NARROW, "Days of supply to be held; blank = none. [days]"),
    Column("Least days", "amount", NUMBER, "Days of supply at the end of its worst week. [days]"),
    Column("Worst week from", "day", NUMBER, "First day of that week."),
    Column("Average days", "amount", NUMBER, "Days of supply at the end of a week, on average. [days]"),
    Column("Used there a day", "amount", NUMBER, "Used on average. [t/day]"),
)

OUT = (
    Column("Runs out at", "text", NAME, "Place."),
    Column("Why it runs out", "wrapped", WORDS, "What was full or missing."),
    Column("Out on", "day", NARROW, "First day on which it is short."),
    Column("Tonnes short", "amount", NUMBER, "Tonnes that are short. [t]"),
    Column("What runs out", "text", NUMBER, "Supply."),
)

CLOSED = (
    Column("Closed", "text", NAME, "Crossing, port or depot that is closed, alone, from the day of the full force."),
    Column("First to run out", "text", WORDS, "Supply and place; blank = nothing runs out."),
    Column("Lasts", "amount", NARROW, "Days until then; blank = does not run out. [days]"),
    Column("How bad", "text", NUMBER, "● nothing runs out; ◐ after five days or more; ○ sooner."),
    Column("Places hit", "count", NUMBER, "Places at which something runs out."),
    Column("Short without it", "amount", NUMBER, "Tonnes that units lack. [t]"),
    Column("Kind of place", "text", NUMBER, "What it is."),
)

TAKES = (
    Column("What supply takes", "text", NAME, "Transport, handling and storage, tonnes and ways."),
    Column("At place", "text", WORDS, "Place; all places = the sum."),
    Column("Pass", "count", NARROW, "Pass of the sum; 0 = before the first."),
    Column("Sized", "amount", NUMBER, "By the lines of the option; blank = was not sized."),
    Column("In place", "amount", NUMBER, "Units of it that are there; blank = no units."),
    Column("Needed", "amount", NUMBER, "By the tonnes and ways found."),
    Column("Counted in", "text", NUMBER, "Unit."),
    Column("Enough", "text", NUMBER, "Enough, or more is needed."),
)

SUPPLY = Page(
    "Supply",
    "What the force uses, how long stocks last, what runs out, and what hurts when it is closed.",
    (*USE, *STOCKS, *OUT, *CLOSED, *TAKES),
)

YEARS = (
    Column("Year of cost", "text", NAME, "Year of the calendar, or counted from D-day."),
    Column("Item of cost", "text", WORDS, "What is paid for; all = the whole year."),
    Column("Share of year", "share", NARROW, "Share of the year's cost."),
    Column("Cost", "count", NUMBER, "In the currency of the scenario."),
    Column("Cost, low", "count", NUMBER, "Lower end of its interval: what shares a rate moves together, rates are independent."),
    Column("Cost, high", "count", NUMBER, "Upper end of its interval."),
)

BILLS = (
    Column("Who pays", "text", NAME, "Nation."),
    Column("Scheme of funding", "text", WORDS, "Under which scheme."),
    Column("Share of bill", "share", NARROW, "Share of all bills under that scheme."),
    Column("Bill a year", "count", NUMBER, "A year on average, in the currency of the scenario."),
    Column("Bill, low", "count", NUMBER, "Lower end of its interval."),
    Column("Bill, high", "count", NUMBER, "Upper end of its interval."),
)

CHECKS = (
    Column("Published figure", "text", NAME, "What was published."),
    Column("Why they differ", "wrapped", WORDS, "Why ours is another, or agrees."),
    Column("Verdict on cost", "text", NARROW, "agrees, ranges overlap, or whether we find more or less."),
    Column("Published, low", "figure", NUMBER, "Figure, or its lower end; blank = none."),
    Column("Published, high", "figure", NUMBER, "Its upper end; blank = none."),
    Column("Ours", "figure", NUMBER, "What is computed here."),
    Column("Ours, low", "figure", NUMBER, "Lower end of its interval."),
    Column("Ours, high", "figure", NUMBER, "Upper end of its interval."),
    Column("Unit of figure", "text", NUMBER, "In what."),
    Column("Published in", "text", NUMBER, "Source."),
)

RATES = (
    Column("Rate", "text", NAME, "The rate's own name in rates.csv."),
    Column("Ground of rate", "wrapped", WORDS, "Source, or why it was chosen."),
    Column("Prices of", "figure", NARROW, "Year of the prices; blank = not stated."),
    Column("Value of rate", "figure", NUMBER, "In the currency of the scenario."),
    Column("Least", "figure", NUMBER, "The least that is plausible."),
    Column("Most", "figure", NUMBER, "The most that is plausible."),
    Column("Per", "text", NUMBER, "Per what."),
    Column("Paid for", "text", NUMBER, "Item."),
    Column("Holds for", "text", NUMBER, "Nation, unit type, domain, supply; blank = every one."),
    Column("Status of rate", "text", NUMBER, "sourced, derived or assumption."),
)

BUDGET = (
    Column("Post", "text", NAME, "Tours of a line that relieve each other, in the order in which posts come as money grows."),
    Column("Post of", "text", WORDS, "Who serves there."),
    Column("Held", "text", NARROW, "Whether the budget holds it at likely prices; blank = no budget was named."),
    Column("Price of post", "count", NUMBER, "In the currency of the scenario."),
    Column("Price, low", "count", NUMBER, "Lower end of its interval."),
    Column("Price, high", "count", NUMBER, "Upper end of its interval."),
    Column("Money at step", "count", NUMBER, "Sum of money with which it is held in this order."),
    Column("People of post", "count", NUMBER, "People on tour, as a mean."),
    Column("Unit-days added", "count", NUMBER, "What it adds to what those before it fill."),
    Column("Priority of post", "figure", NUMBER, "Priority of its line."),
)

COST = Page(
    "Cost",
    "What the force costs by year, who pays under each scheme, how published figures fare, and what a budget holds.",
    (*YEARS, *BILLS, *CHECKS, *RATES, *BUDGET),
)


def movement_sheet(book: Book, brief: Brief) -> None:
    """Write when lines are complete, who is late, how full the ways are, and how good the schedule is."""
    plan = brief.plan
    if not has_way(plan):
        return
    stacked(
        book,
        MOVEMENT,
        plan,
        way_sentences(brief.scenario, plan),
        (
            ("When each line is complete", CLOSURE, [_closure(brief, row) for row in closure_rows(plan)]),
            ("Who is late", LATE, _late(brief)),
            ("How full the ways are", FULLEST, [_resource(brief, name) for name in fullest(plan, most=MOST_RESOURCES)]),
            (
                "How good the schedule is",
                SCHEDULE,
                [
                    (
                        leading_capital(plain(row["measure"])),
                        row["method"],
                        row["unit"],
                        row["value"],
                        row["bound"],
                        plain(row["status"]),
                    )
                    for row in plan.schedule.to_dicts()
                ],
            ),
        ),
    )


def _closure(brief: Brief, row: dict[str, Any]) -> tuple[Cell, ...]:
    known = brief.scenario.requirement_by_line.get(row["line"])
    state, word = (GAP, "never") if row["closure_day"] is None else (PARTIAL, "late") if row["late_days"] else (FILLED, "in time")
    title = line_title(brief.scenario, known) if known is not None else ""
    days = (row["required_day"], row["closure_day"], row["late_days"])
    ends = (None if row[name] is None else round(row[name]) for name in ("p05", "p95"))
    return (row["line"], title, row["priority"], *days, Light(state, word), row["planned_units"], row["late_units"], *ends)


def _late(brief: Brief) -> list[tuple[Cell, ...]]:
    plan, scenario = brief.plan, brief.scenario
    held = {row["movement"]: row for row in plan.bottlenecks.to_dicts()}
    late = plan.movements.filter(
        (pl.col("direction") == "out") & ((pl.col("late_days").fill_null(0) > 0) | pl.col("arrives_day").is_null())
    ).sort("late_days", "priority", "movement", descending=[True, False, False], nulls_last=False)
    rows: list[tuple[Cell, ...]] = []
    for row in late.iter_rows(named=True):
        why = held.get(row["movement"], {})
        rows.append(
            (
                row["movement"],
                why.get("chain"),
                row["nation"],
                row["required_day"],
                row["arrives_day"],
                row["late_days"],
                row["line"],
                place_words(scenario, row["from_location"]),
                place_words(scenario, row["to_location"]),
                row["modes"],
                resource_words(scenario, why["resource"]) if why.get("resource") else None,
                why.get("worth"),
            )
        )
    return rows


def _resource(brief: Brief, name: str) -> tuple[Cell, ...]:
    weeks = brief.plan.utilisation.filter(pl.col("resource") == name)
    top = weeks.sort("share", "from_day", descending=[True, False]).row(0, named=True)
    origin = resource_origin(brief.scenario, name)
    full = weeks.filter(pl.col("share") >= 0.9).height
    figures = (top["from_day"], top["used"], top["capacity"], top["share"], full)
    return (
        resource_words(brief.scenario, name), origin.source if origin else None, plain(top["counts"]), *figures,
        origin.status if origin else None,
    )  # fmt: skip


def supply_sheet(book: Book, brief: Brief) -> None:
    """Write what is used, how long stocks last, what runs out, and what hurts when it is closed."""
    plan, scenario = brief.plan, brief.scenario
    if not has_supply(plan):
        return
    used = use_by_supply(plan) if plan.supply.height else pl.DataFrame()
    whole = float(used["mean"].sum()) or 1.0 if used.height else 1.0
    stacked(
        book,
        SUPPLY,
        plan,
        living_sentences(scenario, plan),
        (
            (
                "Tonnes a day",
                USE,
                [
                    (plain(row["supply"]), row["supply_class"], row["mean"] / whole, row["mean"], row["peak"])
                    for row in used.iter_rows(named=True)
                ],
            ),
            ("Days of supply", STOCKS, _stocks(brief)),
            (
                "What runs out",
                OUT,
                [
                    (place_words(scenario, row["location"]), row["why"], row["day"], row["short_t"], plain(row["supply"]))
                    for row in plan.stockouts.sort("day", "location", "supply").iter_rows(named=True)
                ],
            ),
            ("Without each crossing, port and depot", CLOSED, [_closing(brief, row) for row in closings(plan)]),
            (
                "What that takes of logistics",
                TAKES,
                [
                    (
                        plain(row["measure"]),
                        place_words(scenario, row["location"]),
                        row["pass"],
                        row["sized"],
                        row["in_place"],
                        row["needed"],
                        row["unit"],
                        row["status"],
                    )
                    for row in plan.logistics.iter_rows(named=True)
                ],
            ),
        ),
    )


def _stocks(brief: Brief) -> list[tuple[Cell, ...]]:
    length = pl.col("until_day") - pl.col("from_day")
    kept = brief.plan.supply.filter(pl.col("days_of_supply").is_not_null()).sort("from_day")
    rows = kept.group_by("location", "supply", maintain_order=True).agg(
        target=pl.col("target_days").max(),
        least=pl.col("days_of_supply").min(),
        week=pl.col("from_day").get(pl.col("days_of_supply").arg_min()),
        mean=pl.col("days_of_supply").mean(),
        used=pl.col("used_t").sum() / length.sum(),
    )
    return [
        (
            place_words(brief.scenario, row["location"]),
            plain(row["supply"]),
            *(row[name] for name in ("target", "least", "week", "mean", "used")),
        )
        for row in rows.sort("least", "mean", "location", "supply").iter_rows(named=True)
    ]  # fmt: skip


def _closing(brief: Brief, row: dict[str, Any]) -> tuple[Cell, ...]:
    days = row["days"]
    first = None if days is None else f"{plain(row['supply'] or 'supply')} at {place_words(brief.scenario, row['location'])}"
    state, word = (FILLED, "nothing") if days is None else (PARTIAL, "later") if days >= 5 else (GAP, "soon")
    closed = place_words(brief.scenario, row["closed"])
    return (closed, first, days, Light(state, word), len(row["places"]), row["tonnes"], plain(row["kind"]))


def cost_sheet(book: Book, brief: Brief) -> None:
    """Write what the force costs, who pays, how published figures fare, and the rates behind it."""
    plan = brief.plan
    if not has_costs(plan):
        return
    stacked(
        book,
        COST,
        plan,
        [*cost_sentences(brief.scenario, plan), *budget_sentences(brief.scenario, plan)],
        (
            ("What it costs by year", YEARS, _years(plan)),
            ("Who pays, under each scheme", BILLS, _bills(plan)),
            (
                "Held against published figures",
                CHECKS,
                [
                    tuple(row[name] for name in ("check", "why", "verdict", "published_low", "published_high"))
                    + tuple(Figure(row[name], "count") for name in ("ours", "ours_low", "ours_high"))
                    + (row["unit"], row["source"])
                    for row in plan.cost_checks.to_dicts()
                ],
            ),
            ("The rates that it rests on", RATES, _rates(brief)),
            ("What a budget holds, post by post", BUDGET, _budget(plan)),
        ),
    )


def _years(plan: Plan) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    items = costs_of_items(plan)
    for year, money in costs_by(plan, "year").items():
        name = leading_capital(year_words(int(year)))
        rows.append((name, "all", 1.0, *_three(money)))
        rows += [
            (name, item_words(item), part.value / money.value if money.value else None, *_three(part))
            for item, part in items[year].items()
        ]
    return rows


def _three(money: Money) -> tuple[float, float, float]:
    return money.value, money.low, money.high


def _bills(plan: Plan) -> list[tuple[Cell, ...]]:
    names = dict(plan.nations.select("nation", "name").iter_rows())
    rows: list[tuple[Cell, ...]] = []
    for scheme, bills in yearly_bills(plan, years=years_planned(plan)).items():
        whole = sum(money.value for money in bills.values())
        for nation, money in sorted(bills.items(), key=lambda pair: (-pair[1].value, pair[0])):
            share = money.value / whole if whole else None
            rows.append((f"{nation} {names.get(nation, '')}".strip(), scheme_words(scheme), share, *_three(money)))
    return rows


def _budget(plan: Plan) -> list[tuple[Cell, ...]]:
    words = {None: None, True: "held", False: "not held"}
    return [
        (row["post"], row["nations"].replace(";", ", "), words[row["held"]],
         *(row[name] for name in ("value", "low", "high", "budget", "people", "unit_days", "priority")))
        for row in plan.budget_posts.iter_rows(named=True)
    ]  # fmt: skip


def _rates(brief: Brief) -> list[tuple[Cell, ...]]:
    return [
        (
            rate.rate,
            rate.source,
            rate.price_year,
            rate.value,
            rate.low if rate.low is not None else rate.value,
            rate.high if rate.high is not None else rate.value,
            plain(rate.per),
            item_words(rate.item),
            plain(", ".join(part for part in (rate.nation, rate.unit_type, rate.domain, rate.supply) if part)),
            rate.status,
        )
        for rate in rates_used(brief.scenario, brief.plan)
    ]
