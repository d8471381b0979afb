"""The frames of arrivals: their columns and types.

Days are whole days from the date as of which the ledger is read (`as_of`), unless they are called days from announcement.
Items and money are kept apart by `measure`: ``items`` (pieces) or ``value_eur_m`` (millions of euro, as the ledger converts).
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

TEXT, NUMBER, WHOLE, DATE, FLAG = pl.String(), pl.Float64(), pl.Int64(), pl.Date(), pl.Boolean()

ARRIVAL_FRAMES: dict[str, dict[str, pl.DataType]] = {
    "delays": {
        "donor": TEXT, "family": TEXT, "pledges": NUMBER, "arrived": NUMBER, "awaited": NUMBER, "unseen": NUMBER,
        "median_days": NUMBER, "median_low": NUMBER, "median_high": NUMBER, "delivered_180": NUMBER, "delivered_360": NUMBER,
        "expected": NUMBER, "statistic": NUMBER, "probability": NUMBER, "adjusted": NUMBER, "due_pledges": NUMBER,
        "late": NUMBER, "median_late_days": NUMBER,
    },
    "delay_curve": {
        "donor": TEXT, "family": TEXT, "days": NUMBER, "at_risk": NUMBER, "arrived": NUMBER, "awaited": NUMBER, "error": NUMBER,
        "low": NUMBER, "high": NUMBER,
    },
    "open": {
        "pledge": TEXT, "donor": TEXT, "family": TEXT, "equipment": TEXT, "announced": DATE, "quantity": NUMBER,
        "value_eur_m": NUMBER, "share": NUMBER, "age_days": NUMBER, "seen_age_days": NUMBER, "due_day": WHOLE,
        "expected_day": NUMBER, "chance": NUMBER, "chance_by_now": NUMBER,
    },
    "arrivals": {
        "measure": TEXT, "cut": TEXT, "name": TEXT, "day": WHOLE, "date": DATE, "mean": NUMBER, "low": NUMBER, "median": NUMBER,
        "high": NUMBER, "open": NUMBER,
    },
    "calibration": {
        "origin": DATE, "horizon_days": WHOLE, "measure": TEXT, "family": TEXT, "pledges": WHOLE, "actual": NUMBER,
        "mean": NUMBER, "low": NUMBER, "high": NUMBER, "inside": FLAG,
    },
    "expected_arrivals": {
        "arrival": TEXT, "pledge": TEXT, "donor": TEXT, "equipment": TEXT, "family": TEXT, "quantity": WHOLE, "day": WHOLE,
    },
    "given": {
        "need": TEXT, "formation": TEXT, "equipment": TEXT, "family": TEXT, "day": WHOLE, "ready_day": WHOLE, "quantity": WHOLE,
    },
    "equipped": {
        "formation": TEXT, "priority": WHOLE, "equipped_day": WHOLE, "quantity": WHOLE, "given": WHOLE, "share": NUMBER,
        "types": WHOLE,
    },
    "readiness": {"formation": TEXT, "priority": WHOLE, "day": WHOLE, "share": NUMBER, "at_standard": FLAG},
    "gaps": {
        "need": TEXT, "formation": TEXT, "family": TEXT, "equipment": TEXT, "priority": WHOLE, "by_day": WHOLE, "quantity": WHOLE,
        "given": WHOLE, "by_then": WHOLE, "gap": WHOLE, "to_standard": WHOLE, "reason": TEXT, "detail": TEXT,
    },
    "left_over": {"equipment": TEXT, "arriving": WHOLE, "given": WHOLE, "left": WHOLE},
    "goals": {"goal": TEXT, "priority": WHOLE, "method": TEXT, "status": TEXT, "value": NUMBER, "bound": NUMBER},
    "next_pledges": {
        "rank": WHOLE, "equipment": TEXT, "family": TEXT, "quantity": WHOLE, "value_m": NUMBER, "currency": TEXT,
        "brigades": WHOLE, "brigade_periods": WHOLE, "share_periods": NUMBER, "priority": WHOLE,
    },
    "stops": {
        "donor": TEXT, "items_open": NUMBER, "value_open_eur_m": NUMBER, "formations": WHOLE, "formations_without": WHOLE,
        "brigade_periods_lost": WHOLE, "share_periods_lost": NUMBER, "later": WHOLE, "needs": TEXT, "sentence": TEXT,
    },
    "spares": {
        "family": TEXT, "equipment": TEXT, "day": WHOLE, "pieces": NUMBER, "hours_per_month": NUMBER, "hours_there": NUMBER,
        "parts_eur_per_month": NUMBER, "unpriced": NUMBER, "money_arrived_eur_m": NUMBER, "money_left_eur_m": NUMBER,
        "cover_days": NUMBER,
    },
    "ammunition": {
        "ammunition": TEXT, "day": WHOLE, "users": NUMBER, "rounds_per_day": NUMBER, "stock": NUMBER, "arrived": NUMBER,
        "cover_days": NUMBER,
    },
    "coalitions": {
        "coalition": TEXT, "name": TEXT, "target_quantity": NUMBER, "promised": NUMBER, "delivered": NUMBER,
        "promised_share": NUMBER, "delivered_share": NUMBER, "target_value_m": NUMBER, "currency": TEXT,
        "promised_value_m": NUMBER, "promised_value_share": NUMBER, "left_out": WHOLE,
    },
}  # fmt: skip
"""Columns of each frame, in order.

delays: one row per group; a blank donor or family = all of them
    pledges         pledges with an amount that can be followed. [pledges]
    arrived         of these, what arrived, partial ones by their share. [pledges]
    awaited         what had not, by the close of a complete ledger, or else by the last look at it. [pledges]
    unseen          what nobody ever looked at: counted in `pledges` and in nothing else; 0 in a complete ledger. [pledges]
    median_days     days from announcement until half was delivered, with the 95% interval; blank = not reached yet. [days]
    delivered_180   share delivered within 180 days, by Kaplan-Meier; so for 360; blank = none was watched for so long. [-]
    expected        arrivals to be expected if the group were like all others (log-rank). [pledges]
    statistic       log-rank statistic against all others, one degree of freedom. [-]
    probability     of such a difference by chance; `adjusted` for all groups of that cut (Holm). [-]
    due_pledges     pledges for which a due day was named, of those that were looked at; blank = none. [pledges]
    late            share of them that was not there in full on its due day (Kaplan-Meier); blank = not known. [-]
    median_late_days    days past due by which half of them were there in full, negative = early; blank = not reached yet. [days]
delay_curve: Kaplan-Meier, one row per group and time of arrival
    at_risk, arrived    weight just before, and at, that time. [pledges]
    awaited             share not yet delivered, with standard error and 95% interval. [-]
open: what was promised and has not arrived
    quantity        items still to come; blank = the pledge is of money. [items]
    value_eur_m     value still to come, in proportion. [EUR million]
    share           of the pledge, still to come. [-]
    age_days        since announcement. [days]
    seen_age_days   from announcement to the last look at it; blank = nobody ever looked. [days]
    due_day         by when it was promised, from `as_of`, negative = past due; blank = no day was named. [days]
    expected_day    by when it arrives with a chance of one half, 0 = it is more likely there already than not, though no source
                    says so; blank = beyond what can be said. [days]
    chance          of being there by the horizon. [-]
    chance_by_now   of being there already, though no source says so; 0 in a complete ledger. [-]
arrivals: forecast, cumulative from `as_of`; on day 0, what is there already though no source says so (none in a complete ledger)
    cut, name       ``all`` (name blank), ``family`` or ``donor``
    mean, low, median, high    arrived by that day; low and high are the ends of the central interval. [items or EUR million]
    open            all that is open, the most that can arrive of it. [items or EUR million]
calibration: forecasts made at earlier dates from what was known then, against what came
    pledges         that are compared: all that were open at the origin or, in a ledger that is not complete, those of them that
                    were looked at within the horizon; each up to the first such look
expected_arrivals: what the allocation is made from, one row per open pledge of known equipment
given: the allocation; handed over in the period that begins on `day`, crews trained at the end of the day before `ready_day`
equipped: one row per formation; `equipped_day` blank = not at its standard within the horizon; `types` of equipment
readiness: share of a formation's needs (mean of its needs' shares) in trained hands at the end of each period: that day
gaps: what is still missing of each need at the end of the horizon
    by_then         in trained hands by `by_day`. [items]
    to_standard     still missing to the standard. [items]
    reason          why, where something is missing at the end or the standard by its day: codes joined by ``;``, as
                    `contingent.aid.gap_reasons` describes them
    detail          the same in a sentence
left_over: of each type, what arrives within the horizon and nobody could be given
goals: in order; each is held while the next is sought
    status          ``optimal``: within 0.01% of the bound; ``limit``: not proven
    value, bound    largest found, and most that is possible (for types: smallest, and least): brigade-periods at standard,
                    share-periods, types
next_pledges: one more pledge of each type at hand at once, best first, by allocating anew
    quantity        the smallest pledge that brings some formation to its standard in that family. [items]
    brigades        formations more at standard at the end. [-]
    brigade_periods, share_periods    gained, all priorities summed. [-]
    priority        the first at which anything is gained; a later one may lose by it
stops: one row per donor whose pledges are open, the one that would be missed most first: all allocated anew without it
    items_open, value_open_eur_m    what it has still to give. [items], [EUR million]
    formations, formations_without    at standard at the end of the horizon, with and without it
    brigade_periods_lost, share_periods_lost    of all priorities; negative where others gain more than is lost
    later           formations that reach their standard all the same, but later
    needs           those that have less or have it later, the most urgent first, at most five, joined by ``;``
spares: upkeep of the pieces in trained hands, one row per type and day; blank family and type = all of them
    hours_per_month     asked; `hours_there`: that formations can do, blank = not given. [h/month]
    parts_eur_per_month asked, of pieces whose use of parts is known; `unpriced`: pieces of which it is not
    money_arrived_eur_m pledged for maintenance and expected by that day. [EUR million]
    money_left_eur_m    of it, after parts until then; of a type, its share by use. [EUR million]
    cover_days          for which that lasts; blank = no use of parts is known. [days]
ammunition: rounds over daily use of the pieces in hand; blank = nothing uses it
coalitions: against the coalition's own target; a share is blank where the target or the currency does not allow it
    left_out        pledges whose amount is not known in that unit. [pledges]
"""


def arrival_frame(name: str, data: pl.DataFrame | Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return a frame with the columns and types of its name; without data, an empty one."""
    schema = ARRIVAL_FRAMES[name]
    if data is None:
        return pl.DataFrame(schema=schema)
    given = data if isinstance(data, pl.DataFrame) else pl.DataFrame(data)
    return given.select(pl.col(column).cast(kind) for column, kind in schema.items())
