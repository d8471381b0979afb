"""Commands about what is given: `check`, `new`, `show` and `convert`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from contingent.cli.endings import BAD_INPUT, told_of
from contingent.cli.screen import as_place, console, findings_told, problems_in, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.errors import UnknownName
from contingent.findings import errors_only, nearest_name
from contingent.io.conversion import convert
from contingent.io.scenario_reader import read_scenario
from contingent.io.scenario_text import TableForm
from contingent.io.template import new_scenario
from contingent.model.columns import Row
from contingent.model.rows import TABLE_BY_NAME, TABLES
from contingent.model.rules import fair_weights, line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.pipeline import check, checked_options, derive
from contingent.plan.plan import PlanOptions

if TYPE_CHECKING:
    from rich.console import Console


def check_command(path: str) -> None:
    """Print every finding; end with 2 if any of them stops the planning."""
    with waiting(f"Checking {path}"):
        findings = check(path)
    errors, place = errors_only(findings), as_place(path)
    if findings:
        say(f"{findings_told(findings)}\n")
    if errors:
        mended = "it is mended" if len(errors) == 1 else "they are mended"
        say(f"{problems_in(len(errors), place)} It cannot be planned until {mended}.")
        raise typer.Exit(BAD_INPUT)
    warned = f" {len(findings)} warning{'' if len(findings) == 1 else 's'}." if findings else ""
    say(f"{place} can be planned.{warned}")


def new_command(folder: Path, *, workbook: bool, overwrite: bool) -> None:
    """Write the template and say what to do with it."""
    written = new_scenario(folder, workbook=workbook, overwrite=overwrite)
    say(f"Written: {written}\n")
    say(f"Fill it in, then:\n  contingent check {written}\n  contingent plan {written}")


def convert_command(source: str, target: Path, *, overwrite: bool, tables: TableForm) -> None:
    """Write a scenario or a plan in another form."""
    with waiting(f"Converting {source}"):
        written = convert(source, target, overwrite=overwrite, tables=tables)
    say(f"Written: {written}")


def show_command(place: str, *, table: str | None, option: str | None, as_json: bool) -> None:
    """Print what is in a scenario, or every row of one table."""
    with told_of(place), waiting(f"Reading {place}"):
        given = read_scenario(place)
        scenario = derive(given)
    if option is not None:
        checked_options(scenario, PlanOptions(option=option))
    if table is not None:
        _show_table(scenario, _known_table(table), option=option, as_json=as_json)
    elif as_json:
        write_json({row_class.table: len(_rows(scenario, row_class.table, option)) for row_class in TABLES})
    else:
        _show_overview(given, scenario, option)


def _known_table(name: str) -> type[Row]:
    asked = name.removesuffix(".csv")
    if asked in TABLE_BY_NAME:
        return TABLE_BY_NAME[asked]
    nearest = nearest_name(asked, TABLE_BY_NAME)
    hint = f" Nearest: '{nearest}'." if nearest else ""
    raise UnknownName(f"'{name}' is not a table.{hint} Tables: {', '.join(TABLE_BY_NAME)}.")


def _rows(scenario: Scenario, table: str, option: str | None) -> Sequence[Row]:
    return lines_of_option(scenario, option) if table == "requirements" else scenario.rows(table)


def _show_table(scenario: Scenario, row_class: type[Row], *, option: str | None, as_json: bool) -> None:
    """Every row of a table, without the columns that no row fills."""
    rows = _rows(scenario, row_class.table, option)
    if as_json:
        write_json({row_class.table: [row.model_dump(mode="json") for row in rows]})
        return
    columns = [name for name in row_class.model_fields if any(getattr(row, name) not in (None, ()) for row in rows)]
    say(row_class.about)
    if not rows:
        say(f"{row_class.table}.csv has no rows in this scenario.")
        return
    print_rows(
        console(), f"{row_class.table}: {len(rows)} rows", columns, [[getattr(row, name) for name in columns] for row in rows]
    )


def _show_overview(given: Scenario, scenario: Scenario, option: str | None) -> None:
    settings, screen = scenario.settings, console()
    say(f"{settings.title}\n{settings.marking}\n")
    if settings.description:
        screen.print(f"{settings.description}\n")
    say(f"D-day {settings.start_date.isoformat()}, {settings.horizon_days} days; tours begin every {settings.period_days} days.")
    derived = len(scenario.offers) - len(given.offers)
    traced = f", {derived} of them derived from the pool" if derived else ""
    lines = _rows(scenario, "requirements", option)
    say(f"{len(scenario.contributors)} nations, {len(scenario.offers)} offers{traced}, {len(lines)} lines.\n")
    if scenario.option_names and option is None:
        _show_options(scenario, screen)
    _show_nations(scenario, screen)
    _show_lines(scenario, screen, option)
    filled = ", ".join(
        f"{row_class.table} {len(scenario.rows(row_class.table))}" for row_class in TABLES if scenario.rows(row_class.table)
    )
    screen.print(f"Rows by table: {filled}.")
    screen.print("Every row with its source: contingent show SCENARIO --table TABLE")


def _show_options(scenario: Scenario, screen: "Console") -> None:
    titles = {row.option: row.title for row in scenario.options}
    rows = [
        (name, titles.get(name), len(lines_of_option(scenario, name)), name == scenario.settings.default_option)
        for name in scenario.option_names
    ]
    print_rows(screen, "Options (courses of action)", ("option", "title", "lines", "default"), rows)


def _show_nations(scenario: Scenario, screen: "Console") -> None:
    fair = fair_weights(scenario)
    units: dict[str, int] = {}
    offers: dict[str, int] = {}
    for offer in scenario.offers:
        units[offer.nation] = units.get(offer.nation, 0) + offer.quantity
        offers[offer.nation] = offers.get(offer.nation, 0) + 1
    rows = [
        (row.nation, row.name, offers.get(row.nation, 0), units.get(row.nation, 0), row.personnel_ceiling,
         f"{100 * fair[row.nation]:.1f} %" if fair[row.nation] else None)
        for row in scenario.contributors
    ]  # fmt: skip
    print_rows(screen, "Nations", ("nation", "name", "offers", "units offered", "ceiling", "fair share"), rows)


def _show_lines(scenario: Scenario, screen: "Console", option: str | None) -> None:
    rows = [
        (
            row.line,
            row.priority,
            row.capability,
            row.quantity,
            f"D+{row.from_day} to D+{line_until(scenario, row)}",
            row.location,
            row.hold,
            row.title,
        )
        for row in lines_of_option(scenario, option)
    ]
    print_rows(
        screen,
        "Statement of requirements",
        ("line", "priority", "capability", "quantity", "window", "location", "hold", "title"),
        rows,
    )
