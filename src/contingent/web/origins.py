"""Where each number of a page comes from: how it is worked out, from which tables, and what kind of figure it is.

A number is found by the name of the picture or table that it stands in; a page has an origin of its own for the others. Marks:

    fact          stands in a source that is named
    assumption    was chosen, and a reader may choose otherwise
    computed      was worked out from rows of both kinds
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fact", "assumption", "computed"]

MARKS: Mapping[str, tuple[str, str]] = {
    "fact": ("●", "a fact: it stands in a source that is named"),
    "assumption": ("≈", "an assumption: it was chosen, and a reader may choose otherwise"),
    "computed": ("∑", "computed from the rows below"),
    "rows": ("●≈", "rows of a table, each marked as fact or assumption"),
}
"""Each kind of figure: its sign and what it means."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from.

    Parameters
    ----------
    mark : str
        One of `MARKS`.
    formula : str
        How it is worked out, in words.
    tables : tuple of str
        Tables of the scenario that it rests on.
    frames : tuple of str
        Frames of the plan in which it stands, row by row.
    """

    mark: str
    formula: str
    tables: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


FORCE = ("requirements", "offers", "unit_types", "capabilities")
WAYS = ("links", "handling", "fleets", "unit_types", "locations")
STORES = ("consumption", "stocks", "unit_types", "links", "handling")
MONEY = ("rates", "funding", "nations", "unit_types")
LEDGER = ("needs", "pledges", "deliveries", "equipment")
CHANCE = ("offers", "nations", "requirements")

FILL = "Unit-days filled, over unit-days asked for: each tour serves its line from its first day until its relief takes over."
ASKED = "Posts asked for on a day, each in the leanest unit that gives the capability, in people; the fullest day counts."
GAP = "Units asked for less units that serve, day by day. The reason was found by test: rules were lifted until the gap closed."
PRICED = "Quantity times rate, row by row; intervals come from the ranges of the rates, and rates of one name move together."
MOVED = "The schedule of movements, each whole unit on links, terminals and fleets whose capacities are shared by the week."
USED = "Stock before, plus what is delivered, less what is used and sent on, place by place and week by week."
PLAYED = "The plan played through many times with the seed that it was given; shares and means are over all those runs."
STRESSED = (
    "The plan once more without those nations: first with nothing done about it, then with the best reaction that was found."
)
AFFORDED = (
    "Posts of the plan at the plan's own costs, held strictly by priority, the cheapest way within each, by a solver's proof; "
    "the order is by unit-days filled for money."
)
BOOKED = (
    "Sums of entries of the ledger: what lies within a pledge that counts does not count again; things and money are kept apart."
)

PAGE_ORIGINS: Mapping[str, Origin] = {
    "overview": Origin("computed", FILL, FORCE, ("coverage", "tours")),
    "requirements": Origin("computed", FILL, FORCE, ("coverage", "tours", "gaps")),
    "offers": Origin(
        "computed", "Units of an offer that have a tour in the plan, of those offered.", ("offers", "pool"), ("tours", "unused")
    ),
    "gaps": Origin("computed", GAP, FORCE, ("gaps", "coverage")),
    "risk": Origin("computed", PLAYED, CHANCE, ("risk_fill", "risk_lines", "stress")),
    "rotation": Origin(
        "computed", "Tours of the plan: from, until, rested; people are those of the units there.", FORCE, ("tours",)
    ),
    "orbat": Origin(
        "computed",
        "Units whose tour lies on that day, under the formation that the plan gives.",
        ("formations", *FORCE),
        ("orbat", "formations"),
    ),
    "map": Origin(
        "computed", "Posts and units of the plan on that day, by place.", ("locations", "sectors", *FORCE), ("coverage", "tours")
    ),
    "movement": Origin("computed", MOVED, WAYS, ("movements", "legs", "utilisation")),
    "supply": Origin("computed", USED, STORES, ("supply", "resupply")),
    "cost": Origin("computed", PRICED, MONEY, ("costs",)),
    "compare": Origin("computed", "The same measures of each plan, and their difference.", FORCE, ("coverage", "tours", "gaps")),
    "ceasefire": Origin(
        "computed", "Incidents reported, joined where they tell of one event, over the days and places watched.", ("sectors",)
    ),
    "aid": Origin("computed", BOOKED, LEDGER),
}
"""Origin of whatever stands on a page and has none of its own."""

ORIGINS: Mapping[str, Origin] = {
    # overview
    "people-needed": Origin(
        "computed",
        ASKED + " Where a mandate was sized: its tasks by the methods and factors of sizing.",
        ("requirements", "tasks", "factors", "unit_types"),
        ("sizing", "factors"),
    ),
    "people-offered": Origin(
        "computed",
        "Quantity times strength of one unit, over all offers; units that rotate count once each.",
        ("offers", "pool", "unit_types"),
    ),
    "deployed-peak": Origin(
        "computed",
        "People of all tours that are there on a day, both sides of a handover; the fullest day counts.",
        FORCE,
        ("tours",),
    ),
    "priority-filled": Origin("computed", FILL + " Of the lines of the first priority.", FORCE, ("coverage",)),
    "cost-a-year": Origin("computed", PRICED + " A year on average over the horizon.", MONEY, ("costs",)),
    "the-force-in-five-numbers": Origin(
        "computed", "Five figures; choose one of them to see where it comes from.", FORCE, ("coverage", "tours", "costs")
    ),
    "glance": Origin("computed", FILL, FORCE, ("coverage",)),
    "filled-by-month": Origin("computed", FILL + " On an average day of each month.", FORCE, ("coverage",)),
    "shortfalls": Origin("computed", GAP, FORCE, ("gaps",)),
    # requirements
    "cover-table": Origin(
        "computed",
        "Unit-days held over unit-days asked for in the month, of all lines of the capability whose places lie in the sector;"
        " what a line has above its need does not count.",
        ("requirements", "sectors", "locations", "offers"),
        ("coverage", "tours"),
    ),
    "holes-table": Origin(
        "computed",
        "Of each capability and sector the longest time on end, day by day, in which less than the marked share is held.",
        ("requirements", "sectors", "locations", "offers"),
        ("coverage",),
    ),
    # ceasefire
    "line-hours": Origin(
        "assumption",
        "One less the product of the shares not looked at, over the means of the design that see the stretch, by day and night"
        " and weather; ranges, hours and weather are mostly assumptions.",
        ("sensors", "traces", "sectors", "locations"),
    ),
    # gaps
    "gap-table": Origin("computed", GAP, FORCE, ("gaps", "coverage", "worth", "remedies")),
    "reasons": Origin(
        "computed",
        "Unit-days missing for a reason, over all that are missing; where several rules hold together, all are named.",
        FORCE,
        ("gaps",),
    ),
    "remedies": Origin(
        "computed",
        "The cheapest set of further offers that closes what is missing, by the solver.",
        (*FORCE, "terms"),
        ("remedies",),
    ),
    # cost
    "year-table": Origin("computed", PRICED, MONEY, ("costs",)),
    "item-table": Origin("computed", PRICED + " A year on average.", MONEY, ("costs",)),
    "bill-table": Origin(
        "computed",
        "Each nation’s part of the costs by the rule of the scheme; under each scheme the parts add up to the same.",
        MONEY,
        ("bills",),
    ),
    **dict.fromkeys(
        ("budget-table", "budget-fill-table", "budget-component-table", "budget-line-table", "budget-step-table"),
        Origin("computed", AFFORDED, MONEY, ("costs", "tours", "coverage")),
    ),
    "bill-years": Origin("computed", "Each nation’s part of the costs of a year by the rule of the scheme.", MONEY, ("bills",)),
    "check-table": Origin(
        "fact", "Published figures, each with its source, beside the same worked out from this plan.", MONEY, ("cost_checks",)
    ),
    "rate-table": Origin("rows", "The rates as they stand in the table, with range, status and source.", ("rates",)),
    # supply
    "supply-table": Origin(
        "computed", "Consumption by profile times people or vehicles there, in tonnes a day.", STORES, ("supply",)
    ),
    "days-heat": Origin(
        "computed",
        "Stock at the end of the week over what is used in a day, of whatever is scarcest at the place.",
        STORES,
        ("supply",),
    ),
    "out-table": Origin(
        "computed",
        "Weeks in which more is needed than is in stock and comes; what was full on the way is the reason.",
        STORES,
        ("stockouts",),
    ),
    "survival-table": Origin(
        "computed",
        "Supply worked out once more from the week of the full force with that one thing closed.",
        STORES,
        ("survival",),
    ),
    "logistics-table": Origin(
        "computed",
        "Tonnes and tonne-kilometres of the fullest week over what one unit handles.",
        (*STORES, "factors"),
        ("logistics",),
    ),
    "consumption-table": Origin("rows", "Consumption as it stands in the table.", ("consumption",)),
    "stock-table": Origin("rows", "Stocks as they stand in the table.", ("stocks",)),
    # movement
    "flow-table": Origin("computed", MOVED + " Units and supply together, both directions.", WAYS, ("flows",)),
    "flow-weeks": Origin("computed", MOVED + " Units and supply together, both directions.", WAYS, ("flows",)),
    "closure-table": Origin(
        "computed", "The day on which the last part of a line’s first units is there.", (*WAYS, "requirements"), ("closure",)
    ),
    "late-table": Origin(
        "computed",
        "Day there less day asked for; what was full on the way, in the order in which it held the unit up.",
        WAYS,
        ("movements", "bottlenecks"),
    ),
    "full-heat": Origin("computed", "What a link, terminal or fleet carries in a week over what it can.", WAYS, ("utilisation",)),
    "resource-table": Origin(
        "rows",
        "Capacities as they stand in the tables, beside what was carried over them.",
        ("links", "handling", "fleets"),
        ("utilisation",),
    ),
    "schedule-table": Origin(
        "computed",
        "Weighted lateness of the schedule beside a bound that no schedule on this network goes below.",
        WAYS,
        ("schedule",),
    ),
    # risk
    "held-table": Origin(
        "computed", PLAYED + " Held: never empty for longer than stands above, on end.", CHANCE, ("risk_lines",)
    ),
    "dwell-table": Origin("computed", PLAYED + " Time at home before a tour over the tour before it.", CHANCE, ("risk_dwell",)),
    "missed-table": Origin(
        "computed", PLAYED + " Service that was planned and did not come about, by its cause.", CHANCE, ("risk_missed",)
    ),
    "calls-table": Origin(
        "computed", PLAYED + " Calls on the reserve, and how many found it.", (*CHANCE, "calls"), ("risk_calls",)
    ),
    "chance-table": Origin("rows", "What chance decides, with the rows that say how.", CHANCE, ("risk_summary",)),
    "worst-table": Origin(
        "computed", STRESSED + " The worst of all sets of that size, by branch and bound.", CHANCE, ("stress_worst",)
    ),
    "smallest-table": Origin(
        "computed", STRESSED + " The fewest nations whose loss goes below the mark.", CHANCE, ("stress_smallest",)
    ),
    "participation-table": Origin(
        "computed", "Offers drawn by their probability, and the plan mended each time.", CHANCE, ("participation",)
    ),
    "named-cases": Origin("computed", STRESSED, (*CHANCE, "cases"), ("stress",)),
    "case-table": Origin("computed", STRESSED, CHANCE, ("stress",)),
    # rotation
    "tempo-table": Origin(
        "computed",
        "Units offered over (tour + dwell) / (tour − handover), in whole units, times their strength.",
        ("offers", "unit_types", "requirements"),
    ),
    # contact group
    "forecast-table": Origin(
        "computed", "How long like pledges took, from announced to come, with those still open counted as such.", LEDGER
    ),
    "delay-table": Origin("computed", "Days from announced to come, with those still open counted as such.", LEDGER),
    "readiness": Origin(
        "computed", "Share of a formation’s needs that is covered by the day, as deliveries are shared out.", LEDGER
    ),
    "equipped-table": Origin(
        "computed", "Deliveries shared out so that formations reach their standard soonest, few types in each.", LEDGER
    ),
    "next-table": Origin("computed", "What one more of a type would change in when formations reach their standard.", LEDGER),
    "ledger-table": Origin("rows", "The ledger as it stands, row by row.", LEDGER),
}
"""Origin by the name of the picture, table or number."""


def origin_of(name: str, page: str) -> Origin | None:
    """Return the origin of a number by the name of what it stands in, else that of its page; None where neither has one."""
    return ORIGINS.get(name) or PAGE_ORIGINS.get(page)
