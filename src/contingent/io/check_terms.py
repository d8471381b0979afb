"""Checks of terms: tours that relieve one another, windows that open before they close, decisions that keep the rules.

One function is one check. The meaning of an offer's terms is taken from `contingent.model.rules`; nothing is defined here.
"""

from contingent.io.check_names import rows_of
from contingent.io.collected import Collected
from contingent.io.layers import Layer
from contingent.model.pins import faults_of_pins, options_to_plan
from contingent.model.rows import Offer, Requirement, Term, UnitType
from contingent.model.rules import readiness, tour_fits_window
from contingent.model.scenario import Scenario, Settings


def tours_are_relieved(layer: Layer, settings: Settings, findings: Collected) -> None:
    """The handover is shorter than the tour: else no unit would ever be relieved."""
    for table in ("offers", "terms"):
        for placed in rows_of(layer, table):
            row = placed.row
            assert isinstance(row, (Offer, Term))
            if row.handover_days is None or (row.tour_days is None and isinstance(row, Term)):
                continue
            tour = row.tour_days if row.tour_days is not None else settings.defaults.tour_days
            if row.handover_days < tour:
                continue
            whose = f"tour_days ({tour})" if row.tour_days is not None else f"the scenario's default tour_days ({tour})"
            findings.add(
                "handover",
                placed.sheet,
                f"{row.handover_days} is not less than {whose}: no unit would ever be relieved.",
                line=placed.line,
                column="handover_days",
                maybe="the two columns were swapped" if row.tour_days is not None else "give the offer its own tour_days",
            )


def offers_close_after_they_open(layer: Layer, settings: Settings, findings: Collected) -> None:
    """An offer's window has days in it, and one of them is before the horizon."""
    for placed in (*rows_of(layer, "offers"), *rows_of(layer, "terms")):
        row = placed.row
        assert isinstance(row, (Offer, Term))
        opens = row.available_day or 0
        if row.until_day is not None and row.until_day <= opens and (row.until_day > 0 or row.available_day is not None):
            findings.add(
                "window",
                placed.sheet,
                f"{row.until_day} is not after available_day ({opens}): the units are never available.",
                line=placed.line,
                column="until_day",
                maybe="the two columns were swapped, or write quantity 0",
            )
        elif opens >= settings.horizon_days:
            findings.add(
                "beyond",
                placed.sheet,
                f"{opens} is not before the end of the horizon (day {settings.horizon_days}): the units come "
                "too late for this plan.",
                line=placed.line,
                column="available_day",
                severity="warning",
            )


def offers_leave_room_for_a_tour(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """Some tour lies between an offer's ready day and the end of its window."""
    horizon = scenario.settings.horizon_days
    for placed in rows_of(layer, "offers"):
        offer = placed.row
        assert isinstance(offer, Offer)
        if offer.unit_type not in scenario.unit_type_by_name:
            continue
        terms = readiness(scenario, offer)
        if offer.available_day >= horizon or (
            tour_fits_window(terms.ready_day, terms, horizon_days=horizon) and terms.ready_day < horizon
        ):
            continue
        if terms.ready_day >= horizon:
            words = f"the units are ready on day {terms.ready_day}, after the end of the horizon (day {horizon})"
        else:
            window = f"day {terms.ready_day}, when the units are ready, and day {terms.until_day}"
            words = f"no tour of {terms.tour_days} days fits between {window}"
        findings.add(
            "no_tour", placed.sheet, f"{words}, so they never go.", line=placed.line, column="until_day", severity="warning"
        )


def lines_close_after_they_open(layer: Layer, settings: Settings, findings: Collected) -> None:
    """A line's window has days in it, and they lie within the horizon."""
    horizon = settings.horizon_days
    for placed in rows_of(layer, "requirements"):
        line = placed.row
        assert isinstance(line, Requirement)
        if line.until_day is not None and line.until_day <= line.from_day:
            findings.add(
                "window",
                placed.sheet,
                f"{line.until_day} is not after from_day ({line.from_day}): the line is never open.",
                line=placed.line,
                column="until_day",
                maybe="the two columns were swapped",
            )
        elif line.from_day >= horizon:
            findings.add(
                "beyond",
                placed.sheet,
                f"{line.from_day} is not before the end of the horizon (day {horizon}): the line is not planned.",
                line=placed.line,
                column="from_day",
                severity="warning",
            )
        elif line.until_day is not None and line.until_day > horizon:
            findings.add(
                "beyond",
                placed.sheet,
                f"{line.until_day} is after the end of the horizon (day {horizon}), where the plan ends.",
                line=placed.line,
                column="until_day",
                severity="warning",
            )


def units_have_people(layer: Layer, findings: Collected) -> None:
    """A unit without people carries no burden and meets no ceiling: it was hardly meant."""
    for placed in rows_of(layer, "unit_types"):
        assert isinstance(placed.row, UnitType)
        if placed.row.personnel == 0:
            findings.add(
                "no_people",
                placed.sheet,
                "0 people: units of this type carry no burden and meet no ceiling.",
                line=placed.line,
                column="personnel",
                severity="warning",
            )


def pins_can_be_kept(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """The tours that the planner has fixed keep the rules, for each option that can be planned."""
    if not layer.is_read("capabilities", "locations"):
        return
    placed = rows_of(layer, "pins")
    faults = dict.fromkeys(fault for option in options_to_plan(scenario) for fault in faults_of_pins(scenario, option))
    for fault in faults:
        row = placed[fault.place]
        findings.add(fault.kind, row.sheet, fault.what, line=row.line, column=fault.column)
