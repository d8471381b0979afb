"""Frames of chance, stress and ceilings for the made-up plan: believable, written by simple rules, each figure countable.

No simulation made them: fill sags a little below the plan and further from month to month, nations are lost by the people that
they send, ceilings fall as dwell and years grow. Reports may be held against them because every rule stands here.

    risky_plan()      scenario and plan with every frame filled
    with_risk(...)    the same frames for any scenario and plan
    hostile_risk()    the hostile scenario with every frame filled with texts that try to break out
"""

import dataclasses
from functools import lru_cache
from itertools import combinations
from typing import Any

import polars as pl
from tests.report.sample_mandate import hostile_mandate, mandated_plan
from tests.report.sample_plan import BREAKOUT

from contingent.model.scenario import Scenario
from contingent.plan import Plan, frame
from contingent.plan.risk_columns import RISK_COLUMNS
from contingent.report.months import Month, daily, months_of

STATES = ("serving", "handover", "extended", "reset", "train", "ready", "withdrawn")

DWELL = ((0.5, 0.6, 0.01), (0.6, 0.7, 0.02), (0.7, 0.8, 0.02), (0.8, 0.9, 0.03), (0.9, 1.0, 0.04), (1.0, 1.1, 0.38),
         (1.1, 1.2, 0.14), (1.2, 1.3, 0.09), (1.3, 1.4, 0.07), (1.4, 1.5, 0.05), (1.5, 1.6, 0.04), (1.6, None, 0.11))  # fmt: skip
"""From, until, share of tours."""

BROKEN = 0.12
"""Share of tours below 1, as the rows above add up to."""

CALLS = (
    ("north", "A breach in the north calls a battlegroup forward", 21.4, 19.3, 0.098, 0.092, 0.105),
    ("sky", "Intruders over the gulf", 6.2, 6.2, 0.0, 0.0, 0.004),
)

# question, label, value, held, bound, binds, status
POINTS: tuple[tuple[str, str, float | None, float, float | None, str | None, str], ...] = (
    ("base", "as it stands", None, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("fill", "80 %", 0.8, 0.81, 0.85, "air_defence_battery", "feasible"),
    ("fill", "90 %", 0.9, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("fill", "95 %", 0.95, 0.0, 0.04, "airborne_radar", "feasible"),
    ("dwell", "1:1", 1.0, 0.95, 1.02, "air_defence_battery", "feasible"),
    ("dwell", "1:2", 2.0, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("dwell", "1:3", 3.0, 0.44, 0.47, "air_defence_battery", "feasible"),
    ("dwell", "1:4", 4.0, 0.36, 0.36, "airborne_radar", "optimal"),
    ("dwell", "1:5", 5.0, 0.30, None, "airborne_radar", "time_limit"),
    *(
        ("years", f"{years} year{'s' if years > 1 else ''}", float(years), round(1.1 / (1 + 0.13 * years), 2),
         round(1.2 / (1 + 0.13 * years), 2), "air_defence_battery", "feasible")
        for years in range(1, 11)
    ),
    ("nations", "3 nations", 3.0, 0.31, 0.34, "mine_hunter", "feasible"),
    ("nations", "6 nations", 6.0, 0.52, 0.55, "air_defence_battery", "feasible"),
    ("nations", "all 12", 12.0, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("release", "50 %", 0.5, 0.30, 0.33, "air_defence_battery", "feasible"),
    ("release", "100 %", 1.0, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("release", "200 %", 2.0, 1.26, 1.31, "airborne_radar", "feasible"),
    ("backstop", "without the backstop", None, 0.62, 0.66, "air_defence_battery", "feasible"),
    ("backstop", "with the backstop", None, 0.94, 0.99, "mechanised_battlegroup", "feasible"),
    ("surge", "all at once", None, 1.84, 1.84, "mine_hunter", "optimal"),
)  # fmt: skip

PEOPLE_OF_ONE = 24_000
"""People of the whole requirement, once."""

# claim, said by, date, statement, measure, unit, low, high, ours low, ours high, verdict, why
CLAIMS: tuple[tuple[Any, ...], ...] = (
    ("push", "A defence minister", "2026-04-02", "Ten to fifteen thousand can be sustained.", "people_sustained", "people",
     10_000, 15_000, 14_900, 15_800, "agrees", "Our interval reaches into theirs: 14 900 to 15 800."),
    ("dream", "The president of the host", "2026-02-01", "A hundred thousand are needed.", "people_sustained", "people",
     100_000, None, 14_900, 15_800, "we find less", "The offers hold at most 15 800 for the whole time."),
    ("paper", "A newspaper of record", "2026-04-29", "24 000 would need 96 000 over two years.", "people_in_all", "people",
     96_000, None, 58_000, 71_000, "we find less", "At 1:2 a unit goes again after 18 months, so fewer go than four a post."),
    ("rule", "A retired general", None, "Three to four in the pool for each one deployed.", "pool_multiple", "multiple",
     3.0, 4.0, 3.3, 3.3, "agrees", "Handover costs a third of a unit for each post."),
    ("surge", "An analyst", "2026", "Forty thousand could be there for a summer.", "people_mustered", "people",
     40_000, None, None, None, "cannot be compared", "It says nothing of how long they would stay."),
)  # fmt: skip


@lru_cache
def risky_plan() -> tuple[Scenario, Plan]:
    """Return the made-up scenario with its mandate, and its plan with every frame of chance, stress and ceilings filled."""
    scenario, plan = mandated_plan()
    return scenario, with_risk(scenario, plan)


def with_risk(scenario: Scenario, plan: Plan, *, people_of_one: float = PEOPLE_OF_ONE, scale: float = 1.0) -> Plan:
    """Return the plan with every frame filled by the rules of this module."""
    months = months_of(scenario.horizon)
    return dataclasses.replace(
        plan,
        **_of_fill(scenario, plan, months),
        **_of_dwell(plan),
        risk_states=frame("risk_states", _states(months)),
        risk_missed=frame("risk_missed", _missed(plan)),
        risk_calls=frame("risk_calls", [_row("risk_calls", (call, *rest, 210.0)) for call, *rest in CALLS]),
        **_of_stress(scenario, plan),
        ceilings=frame("ceilings", [_ceiling(point, people_of_one, scale) for point in POINTS]),
        claims=frame("claims", [_row("claims", (*claim, "[REF-1]", "medium")) for claim in CLAIMS]),
    )


def _row(name: str, cells: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(RISK_COLUMNS[name], cells, strict=True))


def _ceiling(point: tuple[Any, ...], people_of_one: float, scale: float) -> dict[str, Any]:
    question, label, value, held, bound, binds, status = point
    held, bound = held * scale, None if bound is None else bound * scale
    people = (held * people_of_one, None if bound is None else bound * people_of_one)
    name = None if binds is None else {"air_defence_battery": "Medium-range air-defence battery"}.get(binds)
    return _row("ceilings", (question, label, value, 0.9, held, bound, *people, binds, name, status, "search; bound by prices"))


def sag(month: Month) -> float:
    """What chance costs in a month: 4 % at first, 12 % at the end of five years. [-]"""
    return 0.04 + 0.08 * month.from_day / 1800


def _of_fill(scenario: Scenario, plan: Plan, months: tuple[Month, ...]) -> dict[str, pl.DataFrame]:
    days = scenario.horizon.days
    fill, lines = [], []
    keys = [(None, priority) for priority in sorted(plan.required_unit_days)]
    keys += sorted(set(plan.coverage.select("line", "priority").iter_rows()), key=lambda key: (key[1], key[0]))
    for line, priority in keys:
        chosen = (pl.col("priority") == priority) if line is None else (pl.col("line") == line)
        rows = plan.coverage.filter(chosen)
        needed, held = (daily(rows["from_day"].to_list(), rows["until_day"].to_list(), rows[name].to_list(), days=days)
                        for name in ("required", "filled"))  # fmt: skip
        own = []
        for month in months:
            span = slice(month.from_day, month.until_day)
            if needed[span].sum() > 0:
                planned = float(held[span].sum() / needed[span].sum())
                mean = planned * (1 - sag(month))
                own.append({"line": line, "priority": priority, "from_day": month.from_day, "until_day": month.until_day}
                           | {"required": float(needed[span].sum()), "planned": planned, "mean": mean}
                           | {"p05": mean * 0.86, "p95": min(planned * 1.02, mean * 1.07, 1.0)})  # fmt: skip
        fill += own
        if line is not None and own:
            lines.append(_line(rows, own))
    summary = [_summary("fill", priority, [row for row in fill if row["line"] is None and row["priority"] == priority])
               for priority in sorted(plan.required_unit_days)]  # fmt: skip
    summary += [
        {"measure": name, "priority": None, "unit": unit, "planned": planned, "mean": mean, "p05": low, "p95": high}
        for name, unit, planned, mean, low, high in (
            (
                "tours",
                "tours",
                float(plan.tours.height),
                plan.tours.height * 0.94,
                plan.tours.height * 0.86,
                float(plan.tours.height),
            ),
            ("late_tours", "tours", None, 14.2, 8.0, 21.0),
            ("extended_tours", "tours", None, 9.1, 3.0, 17.0),
            ("withdrawals", "nations", None, 0.6, 0.0, 2.0),
        )
    ]
    return {
        "risk_fill": frame("risk_fill", fill),
        "risk_lines": frame("risk_lines", lines),
        "risk_summary": frame("risk_summary", summary),
    }


def _summary(measure: str, priority: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    whole = sum(row["required"] for row in rows) or 1.0
    mean, planned = (sum(row[name] * row["required"] for row in rows) / whole for name in ("mean", "planned"))
    return {"measure": measure, "priority": priority, "unit": "share", "planned": planned, "mean": mean} | {
        "p05": max(0.0, mean - 0.06), "p95": min(1.0, mean + 0.05)
    }  # fmt: skip


def _line(rows: pl.DataFrame, own: list[dict[str, Any]]) -> dict[str, Any]:
    whole = sum(row["required"] for row in own)
    planned, mean = (sum(row[name] * row["required"] for row in own) / whole for name in ("planned", "mean"))
    worst = min(own, key=lambda row: row["mean"])
    return {
        **{name: rows[name][0] for name in ("line", "capability", "location", "priority")},
        "required": whole,
        "planned": planned,
        "mean": mean,
        "p05": max(0.0, mean - 0.1),
        "p95": min(1.0, mean + 0.06),
        "empty_days": 7,
        "held": min(1.0, max(0.0, 1.9 * mean - 0.75)),
        "longest_empty_mean": 240 * (1 - mean),
        "longest_empty_p95": 400 * (1 - mean),
        "worst_from_day": worst["from_day"],
        "worst_until_day": worst["until_day"],
        "worst_mean": worst["mean"],
    }  # fmt: skip


def _of_dwell(plan: Plan) -> dict[str, pl.DataFrame]:
    tours = plan.tours.group_by("nation", "unit_type").len().sort("nation", "unit_type")
    rows = [
        {"nation": nation, "unit_type": kind, "tours": float(number), "promised": 2.0, "mean": 2.4 if number > 1 else None}
        | {"p05": 1.8 if number > 1 else None, "p95": 3.6 if number > 1 else None, "broken": BROKEN}
        for nation, kind, number in tours.iter_rows()
    ]
    histogram = [
        {"from_ratio": start, "until_ratio": end, "tours": share * plan.tours.height, "share": share}
        for start, end, share in DWELL
    ]
    return {"risk_dwell": frame("risk_dwell", rows), "risk_dwell_histogram": frame("risk_dwell_histogram", histogram)}


def _states(months: tuple[Month, ...]) -> list[dict[str, Any]]:
    base = dict(zip(STATES, (38.0, 3.0, 0.0, 20.0, 24.0, 12.0, 0.0), strict=True))
    rows = []
    for at, month in enumerate(months):
        share = at / max(1, len(months) - 1)
        now = base | {"serving": 38 - 6 * share, "extended": 2 * share, "withdrawn": 6 * share, "ready": 12 - 2 * share}
        rows += [
            {"day": month.from_day, "state": state, "planned": base[state], "mean": now[state]}
            | {"p05": max(0.0, now[state] - 2), "p95": now[state] + 2}
            for state in STATES
        ]
    return rows


def _missed(plan: Plan) -> list[dict[str, Any]]:
    causes = ("not_offered", "withdrawn", "late", "not_ready", None)
    tours = plan.tours.with_columns(days=pl.col("serves_until_day") - pl.col("from_day"))
    offers = tours.group_by("offer", "nation", "unit_type").agg(pl.col("days").sum()).sort("offer")
    return [
        {"offer": offer, "nation": nation, "unit_type": kind, "planned_days": float(days), "missed_days": days * share}
        | {"share": share, "cause": causes[at % len(causes)]}
        for at, (offer, nation, kind, days) in enumerate(offers.iter_rows())
        for share in [0.04 + 0.02 * (at % 7)]
    ]


def nation_loss(plan: Plan, *nations: str) -> float:
    """Share of the person-days that nations give: what their loss costs with no reaction; two thirds of it after the best. [-]"""
    rows = plan.nations
    return float(rows.filter(pl.col("nation").is_in(nations))["person_days"].sum()) / float(rows["person_days"].sum() or 1)


def _of_stress(scenario: Scenario, plan: Plan) -> dict[str, pl.DataFrame]:
    goers = (
        plan.nations.filter(pl.col("tours") > 0).sort("person_days", "nation", descending=[True, False])["nation"].to_list()[:10]
    )
    sets = [("nation", (nation,)) for nation in goers] + [("pair", pair) for pair in combinations(goers, 2)]
    rows = []
    for kind, nations in sets:
        title = f"Without {' and '.join(nations)}"
        rows += [_case(plan, "+".join(nations), kind, title, nations, priority) for priority in sorted(plan.required_unit_days)]
    for name, kind, title, lost in (
        ("FIRST-OUT", "nation_withdraws", "The largest contributor withdraws after half a year", goers[:1]),
        ("LATE", "offer_late", "Every offer comes 90 days late", goers[1:2]),
        ("LINK", "link_closes", "The road to the north closes", []),
    ):
        rows += [_case(plan, name, kind, title, tuple(lost), priority) for priority in sorted(plan.required_unit_days)]
    worst = []
    for together in (1, 2, 3):
        lost = goers[:together]
        case = _case(plan, "", "", "", tuple(lost), 1)
        proven = together < 3
        worst.append(
            {"together": together, "priority": 1, "nations": ";".join(lost), "no_reaction": case["no_reaction"]}
            | {
                "best_reaction": case["best_reaction"],
                "bound": case["bound"],
                "floor": case["best_reaction"] - (0 if proven else 0.02),
            }
            | {"status": "proven" if proven else "within", "examined": 4 * together, "of": (12, 66, 220)[together - 1]}
        )
    smallest = [
        {"priority": 1, "threshold": 0.5, "count": 2, "nations": ";".join(goers[:2]), "no_reaction": worst[1]["no_reaction"]}
        | {"best_reaction": worst[1]["best_reaction"], "bound": worst[1]["bound"], "status": "proven"},
        dict.fromkeys(RISK_COLUMNS["stress_smallest"]) | {"priority": 2, "threshold": 0.05, "status": "within"},
    ]
    shapley = [
        {"nation": nation, "priority": 1, "value": value, "low": value * 0.85, "high": value * 1.12, "orders": 400}
        for nation in goers
        for value in [nation_loss(plan, nation) * plan.fill_of(1)]
    ]
    participation = [
        {"priority": priority, "planned": plan.fill_of(priority), "mean": plan.fill_of(priority) * 0.8, "draws": 1000}
        | {"p05": plan.fill_of(priority) * 0.6, "p95": plan.fill_of(priority) * 0.95}
        for priority in sorted(plan.required_unit_days)
    ]
    return {
        "stress": frame("stress", rows),
        "stress_worst": frame("stress_worst", worst),
        "stress_smallest": frame("stress_smallest", smallest),
        "shapley": frame("shapley", shapley),
        "participation": frame("participation", participation),
    }


def _case(plan: Plan, name: str, kind: str, title: str, nations: tuple[str, ...], priority: int) -> dict[str, Any]:
    planned, lost = plan.fill_of(priority), nation_loss(plan, *nations)
    best = planned * (1 - lost * 2 / 3)
    return {
        "case": name, "kind": kind, "title": title, "nations": ";".join(nations) or None,
        "from_day": 180 if kind == "nation_withdraws" else 0,
        "priority": priority, "required": plan.required_unit_days[priority], "planned": planned,
        "no_reaction": planned * (1 - lost),
        "best_reaction": best, "bound": min(planned, best + 0.02) if nations else None, "tours_lost": round(200 * lost),
        "tours_changed": round(80 * lost), "status": "feasible" if nations else "optimal",
    }  # fmt: skip


def hostile_risk() -> tuple[Scenario, Plan]:
    """Return the hostile scenario with every frame of chance filled, each text of which tries to break out of its place."""
    scenario, plan = hostile_mandate()
    _, good = risky_plan()
    bad = BREAKOUT.replace(";", "")
    keep = {"kind", "status", "question", "measure", "state", "unit", "cause"}
    frames = {}
    for name, columns in RISK_COLUMNS.items():
        rows = getattr(good, name).to_dicts()
        rows = [*rows[:4], *rows[-14:]] if name in ("stress", "ceilings", "claims") else rows[:6]
        texts = [column for column, kind in columns.items() if kind == pl.String and column not in keep]
        frames[name] = frame(
            name,
            [
                row | {column: f"{column[:2]}{at}{bad}" for column in texts if row[column] is not None}
                for at, row in enumerate(rows)
            ],
        )
    frames["risk_summary"] = good.risk_summary.with_columns(measure=pl.lit(f"m{bad}"), unit=pl.lit(f"u{bad}")).head(2)
    frames["risk_states"] = good.risk_states.head(7).with_columns(state=pl.lit(f"s{bad}"))
    return scenario, dataclasses.replace(plan, **frames)
