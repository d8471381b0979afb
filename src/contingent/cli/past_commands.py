"""Commands about the past: a plan against what happened, and published figures worked out anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Json, Option, PlanOrScenario, examples, path_given

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", parser=path_given, help="Folder for the tables; left out = none.")
]


def history(place: PlanOrScenario, *, option: Option = None, out: Out = None, json: Json = False) -> None:
    """Hold the plan of a past mission against what happened.

    Strength by day and by nation as it came, from the scenario's table of history, beside what was planned from what was known
    before: errors, how late it was, misses included. From Python: contingent.look_back.
    """
    from contingent.cli.past import history_command

    history_command(place, option=option, out=out, as_json=json)


def validate(
    *,
    case: Annotated[
        list[str] | None,
        typer.Option(
            "--case", "-c", metavar="NAME",
            help="sizing, rotation, aid, history, or cost (half a minute); may be repeated; left out = all but cost.",
        ),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Work published figures and past missions out anew.

    Missions as they were sized and as they were sent, figures of rotation, totals of pledges, past missions planned and what
    came: hits and misses, each with the command that repeats it. From Python: contingent.validate.
    """
    from contingent.cli.past import validate_command

    validate_command(case or None, out=out, as_json=json)


COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    history: (
        "contingent history unifil-2006",
        "contingent history plans/interfet-1999 --out hindsight",
        "contingent history my-mission --json",
    ),
    validate: ("contingent validate", "contingent validate --case sizing --case history", "contingent validate --json"),
}
"""Commands and the examples of their help."""


def add_to(app: typer.Typer) -> None:
    """Give an application these commands."""
    for command, lines in COMMANDS.items():
        app.command(epilog=examples(*lines))(command)
