"""The frames of the ledger: their columns and types."""

import polars as pl

ENTRY_COLUMNS: dict[str, pl.DataType] = {
    "entry": pl.String(), "side": pl.String(), "pledge": pl.String(), "delivery": pl.String(), "donor": pl.String(),
    "coalition": pl.String(), "equipment": pl.String(), "family": pl.String(), "kind": pl.String(), "day": pl.Date(),
    "month": pl.Date(), "day_basis": pl.String(), "promised": pl.Int64(), "delivered": pl.Int64(), "promised_eur_m": pl.Float64(),
    "delivered_eur_m": pl.Float64(),
}
"""Columns of `entries`: whatever counts, once. Every sum of the ledger is a sum of these rows.

    entry            own key: the side, a colon, the key of the pledge or delivery
    side             promise or delivery
    pledge           pledge that is promised, or that the delivery is credited to; blank = a delivery that nobody announced
    delivery         delivery; blank for a promise
    donor            who promises or gives
    coalition        capability coalition of the pledge
    equipment        type; blank = a family, or money
    family           family; blank = not known
    kind             pledge, allocation or finance, of the pledge; unpledged for a delivery that nobody announced
    day, month       of the announcement or the arrival; the first of the month
    day_basis        date = it was that day; as_of = it was by that day
    promised         things promised; blank where none are named or they do not count. [units]
    delivered        things that came. [units]
    promised_eur_m   sum promised. [million EUR]
    delivered_eur_m  value of what came. [million EUR]
"""

LEDGER_COLUMNS: dict[str, pl.DataType] = {
    "pledge": pl.String(), "donor": pl.String(), "coalition": pl.String(), "equipment": pl.String(), "family": pl.String(),
    "item": pl.String(), "kind": pl.String(), "announced": pl.Date(), "due": pl.Date(), "within": pl.String(),
    "counted": pl.Boolean(), "counts_things": pl.Boolean(), "counts_money": pl.Boolean(), "why_not": pl.String(),
    "quantity": pl.Int64(), "promised": pl.Int64(), "allocated": pl.Int64(), "delivered": pl.Int64(), "open": pl.Int64(),
    "over": pl.Int64(), "value_m": pl.Float64(), "currency": pl.String(), "value_eur_m": pl.Float64(), "fx_basis": pl.String(),
    "promised_eur_m": pl.Float64(), "allocated_eur_m": pl.Float64(), "delivered_eur_m": pl.Float64(), "open_eur_m": pl.Float64(),
    "deliveries": pl.Int64(), "first_delivery": pl.Date(), "last_delivery": pl.Date(), "state": pl.String(), "event": pl.String(),
    "source": pl.String(), "confidence": pl.String(),
}
"""Columns of `ledger`: one row a pledge, in the order of pledges.csv.

    pledge .. kind   as in pledges.csv; a blank family is that of the type
    announced, due   days
    within           pledge that contains it; blank = none
    counted          it counts, in things, in money or in both
    counts_things    its quantity is part of the sums
    counts_money     its euro are part of the sums
    why_not          why it does not count, or counts in one measure only
    quantity         things as announced. [units]
    promised         things that count; blank where it does not, or names none. [units]
    allocated        of them, set aside by allocations within it. [units]
    delivered        things that came, those of parts that do not count themselves included. [units]
    open             promised less delivered, 0 at least; blank where nothing countable was promised. [units]
    over             delivered beyond what was promised. [units]
    value_m .. fx_basis   sum as announced, its currency, in euro, at which rate
    promised_eur_m, allocated_eur_m, delivered_eur_m, open_eur_m   the same four in money. [million EUR]
    deliveries       rows of deliveries.csv that are credited to it and say that something came
    first_delivery, last_delivery   days, those known only by as_of included
    state            of what counts: open (nothing is known to have come), partly, delivered, unmeasured (no number was promised);
                     left out (it does not count)
    event .. confidence   as in pledges.csv
"""

MONTH_COLUMNS: dict[str, pl.DataType] = {
    "donor": pl.String(), "family": pl.String(), "kind": pl.String(), "month": pl.Date(), "promised": pl.Int64(),
    "delivered": pl.Int64(), "promised_eur_m": pl.Float64(), "delivered_eur_m": pl.Float64(),
}
"""Columns of `by_month`: entries by donor, family, kind and month: announced in it, and come in it."""

DELIVERY_STATE_COLUMNS: dict[str, pl.DataType] = {
    "delivery": pl.String(), "pledge": pl.String(), "credited_to": pl.String(), "counted": pl.Boolean(), "why_not": pl.String(),
}
"""Columns of `deliveries`: what became of each row of deliveries.csv.

    credited_to      pledge that it is booked under: its own, or the one that contains it and counts in its place
    counted          whether it is booked
    why_not          why not, or blank
"""

DOUBT_COLUMNS: dict[str, pl.DataType] = {
    "doubt": pl.String(), "first": pl.String(), "second": pl.String(), "donor": pl.String(), "what": pl.String(),
}
"""Columns of `doubts`: what an auditor would ask about. Nothing here is taken out of a sum.

    doubt            same_thing, maybe_part, delivered_over, delivered_early, delivered_other_type, delivered_alike,
                     delivered_left_out
    first, second    keys of the rows: two pledges, a pledge and a delivery, or two deliveries; second may be blank
    what             in words
"""
