"""Columns of the frames that say how a force gets there, what it lives on and what it costs.

They are filled where the scenario has a network, stocks or rates, and empty elsewhere.
"""

from typing import Any

import polars as pl

_TEXT, _WHOLE, _NUMBER = pl.String, pl.Int64, pl.Float64

WAY_COLUMNS: dict[str, dict[str, Any]] = {
    "movements": {
        "movement": _TEXT, "unit": _TEXT, "offer": _TEXT, "nation": _TEXT, "unit_type": _TEXT, "line": _TEXT, "priority": _WHOLE,
        "direction": _TEXT, "element": _TEXT, "people": _WHOLE, "vehicles": _WHOLE, "wagons": _WHOLE, "lane_m": _NUMBER,
        "tonnes": _NUMBER, "from_location": _TEXT, "to_location": _TEXT, "ready_day": _WHOLE, "required_day": _WHOLE,
        "leaves_day": _WHOLE, "arrives_day": _WHOLE, "late_days": _WHOLE, "modes": _TEXT, "way": _TEXT,
    },
    "legs": {
        "movement": _TEXT, "leg": _WHOLE, "mode": _TEXT, "link": _TEXT, "fleet": _TEXT, "from_location": _TEXT,
        "to_location": _TEXT, "leaves_day": _NUMBER, "arrives_day": _NUMBER, "load": _NUMBER, "counts": _TEXT,
    },
    "closure": {
        "line": _TEXT, "priority": _WHOLE, "required_day": _WHOLE, "planned_units": _WHOLE, "closure_day": _WHOLE,
        "late_days": _WHOLE, "late_units": _WHOLE, "p05": _NUMBER, "p95": _NUMBER,
    },
    "arrivals": {
        "day": _WHOLE, "people_required": _NUMBER, "people_planned": _NUMBER, "people_arrived": _NUMBER,
        "tonnes_arrived": _NUMBER,
    },
    "utilisation": {
        "resource": _TEXT, "kind": _TEXT, "mode": _TEXT, "counts": _TEXT, "from_day": _WHOLE, "until_day": _WHOLE,
        "used": _NUMBER, "capacity": _NUMBER, "share": _NUMBER,
    },
    "flows": {
        "link": _TEXT, "mode": _TEXT, "from_location": _TEXT, "to_location": _TEXT, "from_day": _WHOLE, "until_day": _WHOLE,
        "people": _NUMBER, "vehicles": _NUMBER, "tonnes": _NUMBER,
    },
    "bottlenecks": {
        "movement": _TEXT, "line": _TEXT, "late_days": _WHOLE, "chain": _TEXT, "resource": _TEXT, "counts": _TEXT,
        "worth": _NUMBER,
    },
    "schedule": {"measure": _TEXT, "unit": _TEXT, "value": _NUMBER, "bound": _NUMBER, "status": _TEXT, "method": _TEXT},
    "supply": {
        "location": _TEXT, "supply": _TEXT, "supply_class": _TEXT, "from_day": _WHOLE, "until_day": _WHOLE, "before_t": _NUMBER,
        "needed_t": _NUMBER, "used_t": _NUMBER, "sent_t": _NUMBER, "delivered_t": _NUMBER, "stock_t": _NUMBER,
        "daily_t": _NUMBER, "days_of_supply": _NUMBER, "target_days": _NUMBER,
    },
    "resupply": {
        "from_location": _TEXT, "to_location": _TEXT, "modes": _TEXT, "way": _TEXT, "days": _NUMBER, "from_day": _WHOLE,
        "until_day": _WHOLE, "tonnes": _NUMBER,
    },
    "stockouts": {
        "location": _TEXT, "supply": _TEXT, "day": _WHOLE, "until_day": _WHOLE, "short_t": _NUMBER, "why": _TEXT,
    },
    "survival": {
        "closed": _TEXT, "kind": _TEXT, "location": _TEXT, "supply": _TEXT, "days": _NUMBER, "lost_t": _NUMBER,
    },
    "logistics": {
        "measure": _TEXT, "location": _TEXT, "unit": _TEXT, "sized": _NUMBER, "in_place": _NUMBER, "needed": _NUMBER,
        "pass": _WHOLE, "status": _TEXT,
    },
    "costs": {
        "nation": _TEXT, "year": _WHOLE, "component": _TEXT, "phase": _TEXT, "item": _TEXT, "quantity": _NUMBER, "unit": _TEXT,
        "low": _NUMBER, "value": _NUMBER, "high": _NUMBER, "rates": _TEXT,
    },
    "bills": {
        "scheme": _TEXT, "nation": _TEXT, "year": _WHOLE, "low": _NUMBER, "value": _NUMBER, "high": _NUMBER,
    },
    "cost_checks": {
        "check": _TEXT, "unit": _TEXT, "published_low": _NUMBER, "published_high": _NUMBER, "ours_low": _NUMBER,
        "ours": _NUMBER, "ours_high": _NUMBER, "verdict": _TEXT, "why": _TEXT, "source": _TEXT,
    },
    "budget_levels": {
        "prices": _TEXT, "budget": _NUMBER, "fixed": _NUMBER, "cost": _NUMBER, "low": _NUMBER, "value": _NUMBER, "high": _NUMBER,
        "people": _NUMBER, "people_planned": _NUMBER, "posts": _WHOLE, "posts_held": _WHOLE, "status": _TEXT,
        "next_money": _NUMBER, "next_priority": _WHOLE, "next_unit_days": _NUMBER, "next_posts": _TEXT, "next_instead_of": _TEXT,
    },
    "budget_fill": {
        "prices": _TEXT, "priority": _WHOLE, "required": _NUMBER, "others": _NUMBER, "planned": _NUMBER, "held": _NUMBER,
        "bound": _NUMBER,
    },
    "budget_posts": {
        "step": _WHOLE, "post": _TEXT, "line": _TEXT, "priority": _WHOLE, "component": _TEXT, "location": _TEXT, "nations": _TEXT,
        "tours": _WHOLE, "from_day": _WHOLE, "until_day": _WHOLE, "people": _NUMBER, "unit_days": _NUMBER, "low": _NUMBER,
        "value": _NUMBER, "high": _NUMBER, "budget": _NUMBER, "fill": _NUMBER, "people_held": _NUMBER, "held_low": pl.Boolean,
        "held": pl.Boolean, "held_high": pl.Boolean,
    },
}  # fmt: skip
"""Columns of each frame and their types.

movements    one row for each part of a unit that moves together: out to a tour, or home; ``element`` is people, marching, carried
             or stores; ready, required, left and arrived in days from D-day.
legs         the links and terminals that each movement takes, in order; ``load`` in what ``counts`` says.
closure      the day on which the last part of each line's first occupation is there, against the day required; ``p05`` and
             ``p95`` by replay under delays, where it was asked for.
arrivals     people in theatre by day: asked for, planned by the tours, and arrived.
utilisation  what each link, terminal and fleet carries in a week, against what it can.
flows        what moves over each link in a week, for the map.
bottlenecks  for each late movement the chain of what held it up, and what one more a day of the last would be worth.
             [weighted days of lateness]
schedule     the schedule's value beside its bound.
supply       stocks by place, supply and week: ``before_t`` + ``delivered_t`` - ``used_t`` - ``sent_t`` = ``stock_t``;
             ``needed_t`` is what units would use, ``daily_t`` what the stock has to last for, stocks that it fills up first
             included. [t], [t/day]
resupply     what goes from where to where by which way in a week. [t]
stockouts    what runs out, where, from when until when, and why; the earliest first.
survival     days until something runs out at a place when a crossing, a port or a depot is closed; ``lost_t`` is what units there
             lack in the first thirteen weeks.
logistics    what supply takes of transport, handling and storage, beside what was sized; ``pass`` 0 is before the first.
costs        cost by nation, year, component, phase and item, with low and high from the rates' ranges. [currency]
bills        each nation's bill under each scheme of funding. [currency]
cost_checks  published costs beside ours.
budget_levels  what can be held for a budget at low, likely and high prices, what it costs, the next step. [currency], [people]
budget_fill  what is filled by priority for the budget, of what the plan fills, and the most that could be. [unit-days]
budget_posts posts of the plan in the order in which they come as money grows, each with its price, and whether it is held.
"""

WAY_MAY_BE_BLANK: dict[str, frozenset[str]] = {
    "movements": frozenset({"leaves_day", "arrives_day", "late_days", "modes", "way"}),
    "legs": frozenset({"link", "fleet"}),
    "closure": frozenset({"closure_day", "late_days", "p05", "p95"}),
    "arrivals": frozenset(),
    "utilisation": frozenset({"mode"}),
    "flows": frozenset(),
    "bottlenecks": frozenset({"resource", "counts", "worth"}),
    "schedule": frozenset({"bound"}),
    "supply": frozenset({"days_of_supply", "target_days"}),
    "resupply": frozenset({"modes", "way"}),
    "stockouts": frozenset({"why"}),
    "survival": frozenset({"supply", "days"}),
    "logistics": frozenset({"sized", "in_place"}),
    "costs": frozenset({"phase"}),
    "bills": frozenset(),
    "cost_checks": frozenset({"published_low", "published_high", "source"}),
    "budget_levels": frozenset({"next_money", "next_priority", "next_unit_days", "next_posts", "next_instead_of"}),
    "budget_fill": frozenset(),
    "budget_posts": frozenset({"location", "held_low", "held", "held_high"}),
}
"""Columns in which a blank means something: never arrives, no limit, never runs out."""
