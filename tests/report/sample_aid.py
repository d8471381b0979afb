"""Statuses of aid for tests of reports: the bundled ledger, one whose every text tries to break out, and parts of it."""

from dataclasses import replace
from functools import cache

import polars as pl
from tests.report.sample_mandate import mandated_plan
from tests.report.sample_plan import BREAKOUT

from contingent.aid.assess import assess
from contingent.aid.status import AidStatus
from contingent.io import read_scenario
from contingent.model.scenario import Scenario
from contingent.plan import Plan, frame

BAD = BREAKOUT.replace(";", "")
TABLES = ("equipment", "needs", "pledges", "deliveries", "coalitions")
KEPT = {"kind", "status", "confidence", "counted", "currency", "sector", "option"}
"""Columns of codes and dates, whose text is not free."""

STOP = {
    "donor": "DEU", "items_open": 12.0, "value_open_eur_m": 5400.0, "formations": 3, "formations_without": 1,
    "brigade_periods_lost": 20, "share_periods_lost": 11.5, "later": 2, "needs": "B1-tank;B2-ifv",
    "sentence": "Without Germany, one formation reaches its standard instead of three",
}  # fmt: skip
COMPETING = (
    {"kind": "air_defence", "nation": "DEU", "what": "long_range_sam_battery", "from_day": None, "until_day": None, "aid": 6.0,
     "force": 4.0, "have": 9.0, "short": 1.0, "unit": "batteries",
     "sentence": "Germany has 9 batteries; one is missing", "status": "derived", "source": "pool.csv", "confidence": "medium"},
    {"kind": "trainers", "nation": None, "what": "training places", "from_day": 30, "until_day": 60, "aid": 450.0,
     "force": 2301.4, "have": None, "short": None, "unit": "people", "sentence": "How many places there are is not known",
     "status": "assumption",
     "source": None, "confidence": None},
)  # fmt: skip


@cache
def bundled_aid() -> tuple[Scenario, AidStatus]:
    """Return the ledger that ships with the package, with a donor that stops and things that force and aid both need."""
    scenario = read_scenario("reassurance")
    status = assess(scenario)
    further = {"stops": pl.DataFrame([STOP]), "competition": competition()}
    return scenario, replace(status, frames={**status.frames, **further})


def competition() -> pl.DataFrame:
    """Return where force and aid draw on the same thing."""
    return frame("aid_competition", COMPETING)


@cache
def aid_without(*tables: str) -> tuple[Scenario, AidStatus]:
    """Return the bundled ledger without the rows of some tables."""
    scenario = read_scenario("reassurance").model_copy(update=dict.fromkeys(tables, ()))
    return scenario, assess(scenario)


def no_aid() -> tuple[Scenario, AidStatus]:
    """Return a scenario that knows of no aid."""
    scenario = read_scenario("tiny")
    return scenario, assess(scenario)


@cache
def hostile_aid() -> tuple[Scenario, AidStatus]:
    """Return the bundled ledger with mischief in each text: names, sources, items, events, the marking; some are very long."""
    scenario = read_scenario("reassurance")
    changed = {
        name: tuple(row.model_copy(update=_spoilt(row)) for row in scenario.rows(name)) for name in TABLES
    }  # fmt: skip
    settings = scenario.settings.model_copy(update={"title": f"T{BAD}", "marking": f"M{BAD}"})
    scenario = scenario.model_copy(update={**changed, "settings": settings})
    status = assess(scenario)
    stops = pl.DataFrame([STOP | {"donor": f"D{BAD}", "sentence": f"S{BAD}", "needs": f"N{BAD}"}])
    fought = [row | {"what": f"W{BAD}", "sentence": f"C{BAD}", "nation": f"X{BAD}", "unit": f"U{BAD}"} for row in COMPETING]
    gaps = status.frames["gaps"].with_columns(detail=pl.lit(f"why{BAD}" + "long " * 60))
    further = {"stops": stops, "competition": frame("aid_competition", fought), "gaps": gaps}
    return scenario, replace(status, frames={**status.frames, **further})


def _spoilt(row: object) -> dict[str, object]:
    """Every free text of a row with mischief at its end, keys and what refers to them alike."""
    found: dict[str, object] = {}
    for name in type(row).model_fields:  # type: ignore[attr-defined]
        value = getattr(row, name)
        if name in KEPT or not isinstance(value, str | tuple):
            continue
        if isinstance(value, str):
            found[name] = f"{value}{BAD}"
        elif value and isinstance(value[0], str):
            found[name] = tuple(f"{each}{BAD}" for each in value)
    return found


FORMATIONS = (
    {"formation": "First brigade", "priority": 1, "location": "Lviv", "battalions": 3.0, "equipped_day": 120, "quantity": 100.0,
     "given": 100.0, "share": 1.0, "types": 2},
    {"formation": "Second brigade", "priority": 2, "location": None, "battalions": None, "equipped_day": None, "quantity": 80.0,
     "given": 20.0, "share": 0.25, "types": 1},
)  # fmt: skip


def plan_with_aid(*, hostile: bool = False) -> tuple[Scenario, Plan]:
    """Return a made-up plan beside which a host is equipped: one brigade by D+120, one not."""
    scenario, plan = mandated_plan()
    bad = BAD if hostile else ""
    frames = {
        "aid_formations": frame("aid_formations", [row | {"formation": f"{row['formation']}{bad}"} for row in FORMATIONS]),
        "aid_promises": frame("aid_promises", [
            {"donor": f"AAA{bad}", "family": "tank", "kind": "pledge", "promised": 31, "delivered": 10, "open": 21,
             "promised_eur_m": 2000.0, "delivered_eur_m": 500.0, "open_eur_m": 1500.0},
            {"donor": f"AAA{bad}", "family": "finance", "kind": "finance", "promised": 0, "delivered": 0, "open": 0,
             "promised_eur_m": 9000.0, "delivered_eur_m": 0.0, "open_eur_m": 9000.0}]),
        "aid_gaps": frame("aid_gaps", [
            {"need": f"N{bad}", "formation": f"Second brigade{bad}", "equipment": None, "family": f"tank{bad}", "quantity": 31,
             "by_day": 90, "priority": 2, "given": 8, "by_then": 0, "gap": 23, "to_standard": 17, "reason": "too_few",
             "detail": f"31 tanks needed{bad}"}]),
        "aid_next": frame("aid_next", [
            {"rank": 1, "equipment": f"leopard{bad}", "family": "tank", "quantity": 17, "value_m": None, "currency": None,
             "brigades": 1, "brigade_periods": 10, "share_periods": 12.5, "priority": 2}]),
        "aid_competition": frame("aid_competition", [
            row | {"sentence": f"{row['sentence']}{bad}", "what": f"{row['what']}{bad}"} for row in COMPETING]),
        "adequacy": plan.adequacy.with_columns(
            host_by_aid=pl.min_horizontal(pl.lit(3.0), pl.col("host")), host_awaiting=pl.lit(2.0)),
    }  # fmt: skip
    return scenario, replace(plan, **frames)
