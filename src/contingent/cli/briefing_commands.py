"""The command that tells a plan to those who decide."""

from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Json, Option, Overwrite, PlanOrScenario, examples, path_given


def briefing(
    place: PlanOrScenario,
    *,
    option: Option = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", metavar="FILE", parser=path_given,
            help="File to write: .pptx, .pdf or .md; may be repeated; left out = briefing.pptx in the plan's own folder.",
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Date on each page, as 2027-01-15; blank = D-day alone.")
    ] = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Tell a plan to those who decide.

    Ten slides, the same pages as PDF, or an article: headline, force, order of battle, gaps, rotation, movement, supply, cost,
    risk, sources. Slides can be edited: text, tables, charts and symbols are native, and the notes say where each number comes
    from. An article (.md) has its charts beside it. From Python: contingent.write_briefing.
    """
    from contingent.cli.briefing import BriefingRequest, briefing_command

    briefing_command(BriefingRequest(place, option, tuple(out or ()), date, overwrite), as_json=json)


EXAMPLES = (
    "contingent briefing plans/reassurance-medium",
    "contingent briefing plans/reassurance-medium --out briefing.pdf --out article.md --date 2027-01-15",
    "contingent briefing tiny --out tiny.pptx",
)


def add_to(app: typer.Typer) -> None:
    """Give an application the command."""
    app.command(epilog=examples(*EXAMPLES))(briefing)
