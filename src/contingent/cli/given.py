"""What commands are called with: arguments and options that several of them share, and the examples at the end of their help."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from contingent.cli import completing

ENGINES = (
    "Where it is computed: here (one core), threads:N, processes:N, or a Dask scheduler such as tcp://10.0.0.5:8786. "
    "Blank = one process for each core. The results are the same."
)
"""What `--engine` says; as `contingent.ensemble.ENGINE_HELP`, which takes long to load."""


def as_lines(*lines: str) -> str:
    """Return lines that help must not run together: a backspace before them says so."""
    head, *rest = lines
    return "\n".join(["\b", head, *(f"  {line}" for line in rest)])


def examples(*lines: str) -> str:
    """Return commands as the examples at the end of a command's help."""
    return as_lines("Examples:", *lines)


def path_given(text: str) -> Path:
    """Return a path as it was written. A blank is none: it must not mean the folder that one happens to stand in."""
    if not text.strip():
        raise typer.BadParameter("it is blank. Maybe write . for the folder that you are in.")
    return Path(text)


Place = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", autocompletion=completing.scenarios,
        help="Folder, .xlsx workbook, .sqlite file, or a bundled one (reassurance, unifil-2006, interfet-1999, tiny).",
    ),
]  # fmt: skip
PlanOrScenario = Annotated[
    str,
    typer.Argument(
        metavar="PLAN_OR_SCENARIO", autocompletion=completing.plans_and_scenarios,
        help="Folder that `contingent plan` has written, or a scenario to plan first.",
    ),
]  # fmt: skip
Option = Annotated[
    str | None, typer.Option("--option", "-o", metavar="O", help="Course of action; blank = the scenario's default.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, and nothing else.")]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="S", help="Longest time for planning, in seconds; blank = a set amount of work."),
]
Gap = Annotated[
    float, typer.Option("--gap", metavar="G", help="Distance of value and bound at which a goal counts as reached (0.01 = 1 %).")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of every random choice; the same seed gives the same plan.")]
Method = Annotated[
    Literal["auto", "exact", "search"], typer.Option("--method", help="exact proves, search is for large scenarios.")
]
PlanFolder = Annotated[
    Path,
    typer.Argument(
        metavar="PLAN", parser=path_given, autocompletion=completing.plans, help="Folder that `contingent plan` has written."
    ),
]
Engine = Annotated[str | None, typer.Option("--engine", metavar="E", help=ENGINES)]
Journal = Annotated[
    Path | None,
    typer.Option("--journal", metavar="DIR", parser=path_given, help="Folder that keeps what is done, to go on from."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]
