"""Checks of aid: promises and deliveries are booked so that an auditor could follow them.

One function is one check, as in `contingent.io.check_names`.
"""

from typing import Any

from contingent.io.check_names import rows_of
from contingent.io.collected import Collected, Names
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.io.wording import shown
from contingent.model.rules import circles


def needs_name_a_type_or_a_family(layer: Layer, findings: Collected) -> None:
    """A need is for one type or for any of a family; a family that it names beside a type is that type's."""
    family_of = _family_of(layer)
    for placed in rows_of(layer, "needs"):
        row: Any = placed.row
        if row.equipment is None and row.family is None:
            _add(placed, "equipment", "is blank, and so is family: nothing is needed.", findings, "name a type, or a family")
        _family_agrees(placed, family_of, findings)


def host_forces_await_a_formation_of_needs(layer: Layer, findings: Collected) -> None:
    """A host force that awaits equipment names a formation that needs some."""
    known = Names(getattr(placed.row, "formation") for placed in rows_of(layer, "needs"))  # noqa: B009
    for placed in rows_of(layer, "host_forces"):
        row: Any = placed.row
        if row.formation is None or row.formation in known:
            continue
        what = f"{shown(row.formation)} is no formation of needs.csv: it would wait for ever."
        maybe = "add what the formation needs to needs.csv, or leave the cell blank where it is equipped already"
        _add(placed, "formation", what, findings, maybe, nearest=known.nearest(row.formation))


def pledges_say_what_and_in_which_money(layer: Layer, findings: Collected) -> None:
    """A promise has a type or a family, a sum its currency and its basis in euro; it falls due after it is announced."""
    family_of = _family_of(layer)
    for placed in rows_of(layer, "pledges"):
        row: Any = placed.row
        if row.equipment is None and row.family is None:
            what = "is blank, and so is equipment: nobody knows what was promised."
            _add(placed, "family", what, findings, "write mixed, or finance")
        _family_agrees(placed, family_of, findings)
        if row.value_m is not None and row.currency is None:
            _add(placed, "currency", "is blank, but a sum is given.", findings, "write the currency of value_m, for example EUR")
        if row.value_m is None and row.currency is not None:
            _add(placed, "value_m", "is blank, but a currency is given.", findings, "write the sum, or leave currency blank")
        in_other = row.currency not in (None, "EUR")
        if in_other and row.value_eur_m is not None and row.fx_basis is None:
            what = f"is blank, but {row.currency} was turned into euro."
            _add(placed, "fx_basis", what, findings, "write rate and day, and whether they are an assumption")
        if row.currency == "EUR" and row.value_eur_m is not None and row.value_eur_m != row.value_m:
            what = f"{row.value_eur_m:g} is not value_m ({row.value_m:g}), though that is in euro."
            _add(placed, "value_eur_m", what, findings, f"write {row.value_m:g}")
        if row.due is not None and row.due < row.announced:
            _add(placed, "due", f"{row.due} lies before announced ({row.announced}).", findings)


def pledges_lie_within_one_other_at_most(layer: Layer, findings: Collected) -> None:
    """A pledge is part of one other at most, and of itself never, by way of others or not."""
    placed_by_name = {placed.row.key_text(): placed for placed in rows_of(layer, "pledges")}
    within: dict[str, str | None] = dict.fromkeys(placed_by_name)
    for name, placed in placed_by_name.items():
        for part in dict.fromkeys(getattr(placed.row, "contains")):  # noqa: B009
            if part not in within:
                continue
            if (other := within[part]) is not None:
                what = f"{shown(part)} is part of {shown(other)} already."
                _add(placed, "contains", what, findings, "name it in the narrower of the two, and that one in the wider")
            else:
                within[part] = name
    for circle in circles(within):
        what = f"the pledges contain one another in a circle: {' within '.join(circle)}."
        _add(placed_by_name[circle[0]], "contains", what, findings, "take the widest of them out of the others")


def what_is_left_out_says_why(layer: Layer, findings: Collected) -> None:
    """A pledge that is left out of the sums has a reason, and one that is counted has none."""
    for placed in rows_of(layer, "pledges"):
        row: Any = placed.row
        if row.counted == "no" and not row.why_not:
            what = "is blank, but the pledge is left out of every sum."
            _add(placed, "why_not", what, findings, "say why, or write yes in counted")
        if row.counted == "yes" and row.why_not:
            _add(placed, "why_not", "is given, but the pledge is counted.", findings, "write no in counted, or leave it blank")


def deliveries_keep_their_pledge(layer: Layer, findings: Collected) -> None:
    """A delivery is its pledge's donor's, has a day, and says what or how much came."""
    pledges: dict[str, Any] = {placed.row.key_text(): placed.row for placed in rows_of(layer, "pledges")}
    for placed in rows_of(layer, "deliveries"):
        row: Any = placed.row
        pledge = pledges.get(row.pledge or "")
        if pledge is not None and pledge.donor not in (row.donor, "multiple"):
            what = f"{shown(row.donor)} did not promise {shown(row.pledge)}: {shown(pledge.donor)} did."
            _add(placed, "donor", what, findings, f"write {shown(pledge.donor)}, or name another pledge", nearest=pledge.donor)
        if row.pledge is None and row.equipment is None and row.quantity is not None:
            _add(placed, "equipment", "is blank, and no pledge says what came.", findings, "name the type")
        if row.date is None and row.as_of is None:
            what = "is blank, and so is as_of: nobody knows when it came."
            _add(placed, "date", what, findings, "write the day of the source in as_of")
        if row.date is not None and row.as_of is not None and row.date > row.as_of:
            _add(placed, "as_of", f"{row.as_of} lies before date ({row.date}): the source could not know.", findings)
        if row.quantity is None and row.value_m is None:
            what = "is blank, and so is value_m: nothing came."
            _add(placed, "quantity", what, findings, "write how many, or what it is worth")


def values_have_a_currency(layer: Layer, findings: Collected) -> None:
    """A value of a type or a target of a coalition has its currency; what fires something says what."""
    for table, value in (("equipment", "value_m"), ("coalitions", "target_value_m")):
        for placed in rows_of(layer, table):
            if (getattr(placed.row, value) is None) != (getattr(placed.row, "currency") is None):  # noqa: B009
                _add(placed, "currency", f"stands where {value} does, and only there.", findings)
    for placed in rows_of(layer, "equipment"):
        row: Any = placed.row
        if row.rounds_per_day and row.ammunition is None:
            what = f"is blank, but {row.rounds_per_day:g} rounds a day are fired."
            _add(placed, "ammunition", what, findings, "name the ammunition, an equipment of its own")


def _family_of(layer: Layer) -> dict[str, str]:
    return {placed.row.key_text(): getattr(placed.row, "family") for placed in rows_of(layer, "equipment")}  # noqa: B009


def _family_agrees(placed: Placed, family_of: dict[str, str], findings: Collected) -> None:
    row: Any = placed.row
    own = family_of.get(row.equipment or "")
    if own is not None and row.family not in (None, own):
        what = f"{shown(row.family)} is not the family of {shown(row.equipment)}: that is {shown(own)}."
        _add(placed, "family", what, findings, f"write {shown(own)}, or leave it blank", nearest=own)


def _add(
    placed: Placed, column: str, what: str, findings: Collected, maybe: str | None = None, *, nearest: str | None = None
) -> None:
    kind = f"aid_{placed.row.table}_{column}"
    findings.add(kind, placed.sheet, what, line=placed.line, column=column, nearest=nearest, maybe=maybe)
