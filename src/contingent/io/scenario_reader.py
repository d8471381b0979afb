"""A scenario is read whole: settings, tables, the layers below it, and every check, before anyone hears of the first problem."""

import logging
from collections.abc import Callable
from pathlib import Path

from contingent.errors import BadScenario
from contingent.findings import Finding, errors_only
from contingent.io import (
    check_aid,
    check_attachments,
    check_cases,
    check_chance,
    check_ground,
    check_names,
    check_terms,
    check_watch,
    check_way,
)
from contingent.io.collected import Collected, Sheet
from contingent.io.layers import Layer, read_layers
from contingent.io.places import find_place
from contingent.io.settings_file import checked_settings
from contingent.io.wording import shown
from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario, Settings

log = logging.getLogger(__name__)

CHECKS_OF_NAMES: tuple[Callable[[Layer, Collected], None], ...] = (
    check_names.references_are_known,
    check_names.places_do_not_lie_in_a_circle,
    check_names.excluded_places_occur,
    check_names.excluded_tasks_occur,
    check_names.capabilities_are_given,
    check_names.options_are_listed,
    check_names.default_option_is_known,
    check_names.core_tables_have_rows,
    check_terms.units_have_people,
    check_ground.shapes_can_be_measured,
    check_ground.factors_lie_in_their_range,
    check_ground.factors_hold_for_something,
    check_ground.links_go_somewhere,
    check_ground.formations_have_a_top,
    check_ground.days_of_later_tables_are_in_order,
    check_attachments.attachments_move_one_thing,
    check_attachments.attachments_end_after_they_begin,
    check_attachments.attachments_do_not_overlap,
    check_attachments.units_of_attachments_are_offered,
    check_chance.cycles_can_be_run_through,
    check_chance.cycles_of_policies_are_known,
    check_chance.reserves_of_calls_are_known,
    check_cases.cases_can_happen,
    check_way.handling_counts_what_it_handles,
    check_way.ranges_hold_their_values,
    check_way.fleets_carry_something,
    check_way.gauges_meet_where_they_can_change,
    check_way.stocks_are_filled_from_outside,
    check_way.months_are_those_of_a_year,
    check_way.rates_are_per_what_is_counted,
    check_way.shares_of_funding_add_up,
    check_way.supplies_are_used_up,
    check_watch.sensors_reach_what_they_watch,
    check_watch.rungs_can_be_left,
    check_watch.reserves_of_the_ladder_are_known,
    check_aid.needs_name_a_type_or_a_family,
    check_aid.host_forces_await_a_formation_of_needs,
    check_aid.pledges_say_what_and_in_which_money,
    check_aid.pledges_lie_within_one_other_at_most,
    check_aid.what_is_left_out_says_why,
    check_aid.deliveries_keep_their_pledge,
    check_aid.values_have_a_currency,
)

CHECKS_OF_TERMS: tuple[Callable[[Layer, Settings, Collected], None], ...] = (
    check_terms.tours_are_relieved,
    check_terms.offers_close_after_they_open,
    check_terms.lines_close_after_they_open,
    check_chance.phases_do_not_overlap,
    check_chance.policies_say_enough,
    check_chance.calls_can_come,
)

CHECKS_OF_WHOLE: tuple[Callable[[Scenario, Layer, Collected], None], ...] = (
    check_terms.offers_leave_room_for_a_tour,
    check_terms.pins_can_be_kept,
)
"""Checks of how rows work together; they pass over rows that refer to what is not there."""


def read_scenario(place: str | Path) -> Scenario:
    """Read a scenario and return it, frozen and checked.

    Parameters
    ----------
    place : str or Path
        A folder with ``scenario.toml`` and tables (CSV, Parquet, drawn layers), an ``.xlsx`` workbook, an ``.sqlite`` file, or
        the name of a scenario that ships with the package. A path that exists wins over a name.

    Raises
    ------
    BadScenario
        With every finding at once, where any of them is an error.

    Examples
    --------
    >>> read_scenario("tiny").settings.horizon_days > 0
    True
    """
    scenario, findings = read_and_check(place)
    if scenario is None:
        raise BadScenario(str(place), findings)
    for finding in findings:
        log.info("%s", finding)
    return scenario


def check_scenario(place: str | Path) -> tuple[Finding, ...]:
    """Return everything that is wrong with a scenario, errors and warnings, in the order of tables and lines."""
    return read_and_check(place)[1]


def read_and_check(place: str | Path) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """Read a scenario and return it with its warnings, or None with all its findings where any of them is an error."""
    findings = Collected()
    scenario = _read(place, findings)
    told = findings.in_order()
    return (None if errors_only(told) else scenario), told


def _read(place: str | Path, findings: Collected) -> Scenario | None:
    found = find_place(place, Sheet("scenario", shown(str(place))[1:-1] or "scenario"), findings)
    layer = read_layers(found, findings) if found is not None else None
    return None if layer is None else scenario_of(layer, findings)


def scenario_of(layer: Layer, findings: Collected) -> Scenario | None:
    """Return the scenario of a layer with every check made, or None where it cannot be put together."""
    settings = checked_settings(layer.settings, layer.settings_sheet, findings, whole=layer.whole)
    for check in CHECKS_OF_NAMES if layer.whole else ():
        check(layer, findings)
    if settings is None:
        return None
    for check_of_terms in CHECKS_OF_TERMS:
        check_of_terms(layer, settings, findings)
    tables = {name: tuple(placed.row for placed in table.rows) for name, table in layer.tables.items()}
    # The rows are instances that pydantic has checked; it does not look at them again.
    scenario = Scenario(settings=settings, **{row_class.table: tables.get(row_class.table, ()) for row_class in TABLES})  # type: ignore[arg-type]
    for check_of_whole in CHECKS_OF_WHOLE:
        check_of_whole(scenario, layer, findings)
    return scenario
