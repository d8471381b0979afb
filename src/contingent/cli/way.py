"""Commands about the way, and what they are called with: what getting there, living there and paying for it come to.

Kept apart from `app` for room; they are declared when the command line is loaded.
"""

from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.app import Json, Option, app, examples, path_given


@app.command(
    epilog=examples(
        "contingent sustain plans/reassurance-medium",
        "contingent sustain reassurance --option small --close Trieste --close 'Korczowa - Krakovets' --from-day 200",
        "contingent sustain plans/my-force --lines logistics-lines.csv --json",
    )
)
def sustain(
    place: Annotated[
        str, typer.Argument(metavar="PLAN_OR_SCENARIO", help="Folder that `contingent plan` has written, or a scenario to plan.")
    ],
    *,
    option: Option = None,
    close: Annotated[
        list[str] | None,
        typer.Option("--close", metavar="NAME", help="Place or link that is closed; may be repeated: all of them together."),
    ] = None,
    from_day: Annotated[int, typer.Option("--from-day", metavar="D", help="First day on which they are closed.")] = 0,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", parser=path_given, help="File (.csv) for lines of logistics that are missing."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = the plan's own, or none."),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a plan lives on, and how long.

    What is used up by place and week, stocks and days of supply, what runs out first and why, how long the force lasts without
    each crossing, port and depot, and what supplying it takes beside what was sized. From Python: contingent.sustain.
    """
    from contingent.cli.sustain import SustainRequest, sustain_command

    sustain_command(SustainRequest(place, option, tuple(close or ()), from_day, lines), out=out, as_json=json)
