"""Commands about whether a ceasefire holds, and what watches it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from contingent.cli.given import Json, Option, Place, path_given


def date_given(text: str) -> date:
    """Return a date as it was written, or say how one is written."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date. Maybe write one such as 2027-06-29.") from None


Incidents = Annotated[
    list[Path] | None,
    typer.Option(
        "--incidents", "-i", metavar="FILE", parser=path_given,
        help="File of incidents: CSV, Parquet or JSON lines; may be repeated. Left out = incidents.csv beside the scenario.",
    ),
]  # fmt: skip
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = situations/SCENARIO-DATE."),
]


def monitor(
    scenario: Place,
    *,
    incidents: Incidents = None,
    exposure: Annotated[
        Path | None,
        typer.Option(
            "--exposure", metavar="FILE", parser=path_given,
            help="Hours watched by sector and day; left out = exposure.csv beside the scenario, if there is one.",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", parser=path_given, help="Plan whose reserves answer the ladder's calls."),
    ] = None,
    option: Option = None,
    since: Annotated[date | None, typer.Option("--since", metavar="DATE", parser=date_given, help="First day told of.")] = None,
    until: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=date_given, help="Last day told of; blank = the last known.")
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="A week instead of a day.")] = False,
    format: Annotated[  # noqa: A002 (the option's name)
        Literal["own", "acled", "ucdp", "viina", "daily_counts"] | None,
        typer.Option("--format", help="What the files of incidents are; blank = told by their columns."),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="Z", help="Time zone of times without an offset, e.g. Europe/Kyiv.")
    ] = "UTC",
    slash: Annotated[
        Literal["day_first", "month_first"] | None, typer.Option("--slash", help="How days such as 05/06/2027 are meant.")
    ] = None,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Do not print the page to a PDF.")] = False,
    out: OutFolder = None,
    json: Json = False,
) -> None:
    """Say whether a ceasefire holds.

    Incidents of a day or a week: how many, where, what changed and when, whether monitors are going blind, next week, and the
    response. Writes a page, a PDF where a Chromium is there, GeoJSON and tables; with --json only where --out names a folder.
    Nothing later than the last day is looked at. From Python: contingent.monitor.
    """
    from contingent.cli.monitor import MonitorRequest, monitor_command

    request = MonitorRequest(
        scenario, tuple(incidents or ()), exposure, plan, option, since, until, weekly, format, zone, slash)
    monitor_command(request, out=out, as_json=json, pdf=not no_pdf)


def observe(
    scenario: Place,
    *,
    people: Annotated[float | None, typer.Option("--people", metavar="N", help="Most people.")] = None,
    money: Annotated[
        float | None, typer.Option("--money", metavar="M", help="Most money a year, in the scenario's currency.")
    ] = None,
    wanted: Annotated[
        float | None, typer.Option("--wanted", metavar="W", help="Share of line and time to be watched at the least cost.")
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option("--sector", metavar="S", help="Watch only this sector's part of the line; may be repeated."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="K", help="Kind of incident that is to be noticed, e.g. shelling; blank = all."),
    ] = None,
    incidents: Annotated[
        list[Path] | None,
        typer.Option(
            "--incidents", "-i", metavar="FILE", parser=path_given, help="Incidents: where they are, watching is worth more."
        ),
    ] = None,
    incident_weight: Annotated[
        float, typer.Option("--incident-weight", metavar="W", help="How much more, where --incidents are given.")
    ] = 1.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", parser=path_given, help="Folder for its tables.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what should watch the line.

    Posts, cameras, patrols, drones and sensors for the most coverage under a limit, or at the least cost for a wanted one; how
    far from the best, what one more adds, what is lost with each. From Python: contingent.design_observation.
    """
    from contingent.cli.observe import ObserveRequest, observe_command

    request = ObserveRequest(scenario, people, money, wanted, tuple(sector or ()), kind, tuple(incidents or ()), incident_weight)
    observe_command(request, out=out, as_json=json)


COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    monitor: (
        "contingent monitor reassurance --weekly",
        "contingent monitor reassurance --until 2027-05-19 --plan plans/reassurance-medium",
        "contingent monitor my-force --incidents acled.csv --incidents posts.csv --exposure hours.csv --zone Europe/Kyiv",
    ),
    observe: (
        "contingent observe reassurance --people 200",
        "contingent observe reassurance --money 20000000 --sector East",
        "contingent observe my-force --wanted 0.9 --json",
    ),
}
"""Commands and the examples of their help."""
