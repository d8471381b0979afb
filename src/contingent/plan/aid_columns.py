"""Columns of the frames of a plan that tell of the aid to the host: what the force's plan stands beside."""

from typing import Any

import polars as pl

AID_COLUMNS: dict[str, dict[str, Any]] = {
    "aid_promises": {
        "donor": pl.String, "family": pl.String, "kind": pl.String, "promised": pl.Int64, "delivered": pl.Int64,
        "open": pl.Int64,
        "promised_eur_m": pl.Float64, "delivered_eur_m": pl.Float64, "open_eur_m": pl.Float64,
    },
    "aid_formations": {
        "formation": pl.String, "priority": pl.Int64, "location": pl.String, "battalions": pl.Float64, "equipped_day": pl.Int64,
        "quantity": pl.Float64, "given": pl.Float64, "share": pl.Float64, "types": pl.Int64,
    },
    "aid_gaps": {
        "need": pl.String, "formation": pl.String, "equipment": pl.String, "family": pl.String, "quantity": pl.Int64,
        "by_day": pl.Int64, "priority": pl.Int64, "given": pl.Int64, "by_then": pl.Int64, "gap": pl.Int64,
        "to_standard": pl.Int64, "reason": pl.String, "detail": pl.String,
    },
    "aid_next": {
        "rank": pl.Int64, "equipment": pl.String, "family": pl.String, "quantity": pl.Int64, "value_m": pl.Float64,
        "currency": pl.String, "brigades": pl.Int64, "brigade_periods": pl.Int64, "share_periods": pl.Float64,
        "priority": pl.Int64,
    },
    "aid_readings": {
        "reading": pl.String, "day": pl.Int64, "median": pl.Float64, "low": pl.Float64, "high": pl.Float64, "open": pl.Float64,
        "formations": pl.Int64, "of": pl.Int64,
    },
    "aid_competition": {
        "kind": pl.String, "nation": pl.String, "what": pl.String, "from_day": pl.Int64, "until_day": pl.Int64,
        "aid": pl.Float64, "force": pl.Float64, "have": pl.Float64, "short": pl.Float64, "unit": pl.String, "sentence": pl.String,
        "status": pl.String, "source": pl.String, "confidence": pl.String,
    },
}  # fmt: skip
"""Columns, in order.

aid_promises     sums of what counts in the ledger, by donor, family and kind of pledge
aid_formations   host formations of needs.csv: `equipped_day` from D-day, blank = not at its standard within the
                 horizon; `location` and `battalions` of the host force that awaits its equipment, blank = none does
aid_gaps         each need and what is missing of it, with reasons
aid_next         further pledges by what they are worth, best first
aid_readings     the two ways to read a ledger: `looks` = a pledge is followed up to the last look at it, `complete` = the ledger
                 would know of every arrival; money that has come, and formations at their standard, by `day` from D-day
aid_competition  where the aid and the force draw on the same thing
    kind         air_defence, trainers or transport
    aid, force   what each draws, in `unit`
    have         what there is; blank = not known
    short        what is missing for both; blank = not known
"""

AID_MAY_BE_BLANK: dict[str, frozenset[str]] = {
    "aid_promises": frozenset({"donor", "family"}),
    "aid_formations": frozenset({"location", "battalions", "equipped_day"}),
    "aid_gaps": frozenset({"equipment", "family", "reason", "detail"}),
    "aid_next": frozenset({"value_m", "currency", "priority"}),
    "aid_readings": frozenset({"median", "low", "high", "open"}),
    "aid_competition": frozenset({"nation", "from_day", "until_day", "aid", "force", "have", "short", "source", "confidence"}),
}
"""Columns in which a blank means something: not equipped, nobody's, not known."""
