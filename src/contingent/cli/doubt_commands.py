"""Commands that doubt a plan: what breaks it, what chance leaves of it, and how much could be sustained at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from contingent.cli import completing
from contingent.cli.given import Engine, Journal, Json, Option, PlanOrScenario, Seed, path_given


def stress(
    place: PlanOrScenario,
    *,
    option: Option = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", "-c", metavar="NAME", help="A case; may be repeated; left out = all.")
    ] = None,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", parser=path_given, help="Further cases, as in cases.toml.")
    ] = None,
    together: Annotated[int, typer.Option("--together", metavar="K", help="Most nations that are taken away together.")] = 3,
    scenario: Annotated[
        str | None, typer.Option("--scenario", metavar="S", help="Of a plan; blank = the scenario kept in its folder.")
    ] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="F", help="Fill of the first priority that must not be lost (0.5 = half).")
    ] = 0.5,
    seed: Seed = 0,
    engine: Engine = None,
    journal: Journal = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = the plan's own, or none."),
    ] = None,
    json: Json = False,
) -> None:
    """Say what breaks a plan.

    Its scenario's cases; each nation alone, in pairs and together, with proof; the fewest that are too many; what each
    nation is worth; who takes part by chance. For each loss two answers: nobody reacts, and the best reaction. From
    Python: contingent.stress.
    """
    from contingent.cli.stress import StressRequest, stress_command

    request = StressRequest(place, option, case or (), cases, together, threshold, seed, engine, journal, scenario)
    stress_command(request, out=out, as_json=json)


def simulate(
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN_OR_SCENARIO]", autocompletion=completing.plans_and_scenarios,
            help="Folder that `contingent plan` has written, or a scenario to plan first.",
        ),
    ] = None,
    *,
    option: Option = None,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", metavar="N", help="How often it is played through; blank = 1000.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of every random stream; the same gives the same.")] = 0,
    empty_days: Annotated[
        int, typer.Option("--empty-days", metavar="N", help="A line is held if never empty for more than so many days on end.")
    ] = 7,
    dispatch: Annotated[
        Literal["planned", "longest_dwell", "own_nation"] | None,
        typer.Option("--dispatch", help="Who is sent first where a post falls empty; blank = as the policies say."),
    ] = None,
    fill_gaps: Annotated[bool, typer.Option("--fill-gaps", help="Fill posts that the plan leaves empty as well.")] = False,
    greedy: Annotated[bool, typer.Option("--greedy", help="Without a plan: posts are filled by dispatch alone.")] = False,
    start: Annotated[
        Literal["fresh", "spread", "random"],
        typer.Option("--start", help="With --greedy: units all ready, spread over their cycle, or anywhere in it at random."),
    ] = "fresh",
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", metavar="E",
            help="Where it is computed: here, threads:N, processes:N, or a Dask scheduler such as tcp://10.0.0.5:8786; "
            "blank = a thread for each core. The answer is the same.",
        ),
    ] = None,
    journal: Journal = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; blank = the plan's, or as for `plan`."),
    ] = None,
    json: Json = False,
    marathon: Annotated[
        Path | None,
        typer.Option("--marathon", metavar="PATH", parser=path_given, help="Run this project of MARATHON's, by its rules."),
    ] = None,
) -> None:  # fmt: skip
    """Play a plan through under chance, many times.

    Offers that do not come, nations that withdraw, tours that are late, units that fail or fall out, calls on the reserve; who
    stands in, and what dwell is left. The plan's folder and report get the answer. From Python: contingent.simulate.
    """
    from contingent.cli.risk import RiskRequest, simulate_command

    asked = RiskRequest(
        place, option, replications, seed, empty_days, dispatch, fill_gaps, greedy, start, engine, journal, marathon
    )
    simulate_command(asked, out=out, as_json=json)


def ceiling(
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN_OR_SCENARIO]", autocompletion=completing.plans_and_scenarios,
            help="Folder that `contingent plan` has written, or a scenario.",
        ),
    ] = None,
    *,
    option: Option = None,
    question: Annotated[
        list[str] | None,
        typer.Option(
            "--question", "-q", metavar="Q",
            help="fill, dwell, years, nations, release, backstop, surge, or base alone; may be repeated; left out = all.",
        ),
    ] = None,
    fill: Annotated[
        list[str] | None,
        typer.Option(
            "--fill", metavar="[P=]F",
            help="Share of a priority that must be filled; may be repeated; without P of every one. Left out = 0.8, 0.7, 0.6.",
        ),
    ] = None,
    force: Annotated[
        Path | None, typer.Option("--force", metavar="FILE", parser=path_given, help="A plain force (CSV) instead of a scenario.")
    ] = None,
    gap: Annotated[
        float, typer.Option("--gap", metavar="G", help="Distance of what is held and what is ruled out at which a point is done.")
    ] = 0.02,
    seed: Seed = 0,
    engine: Engine = None,
    journal: Journal = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=path_given, help="Folder for the tables; a plan has its own."),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Say how much could be sustained.

    The largest multiple of the requirement that the pool holds for the whole time, by dwell, years, nations and share
    released, each point a plan and a bound; what has been said in public beside it. From Python: contingent.find_ceiling.
    """
    from contingent.cli.ceiling import Asked, ceiling_command

    asked = Asked(option, question or [], fill or [], gap, seed, engine, journal)
    ceiling_command(place, asked, force=force, out=out, as_json=json)


COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    stress: (
        "contingent stress plans/reassurance-medium",
        "contingent stress reassurance --option medium --out plans/reassurance-medium",
        "contingent stress plans/my-force --case winter --case without-france",
        "contingent stress plans/my-force --cases what-if.toml --together 4 --engine tcp://10.0.0.5:8786 --journal done",
    ),
    simulate: (
        "contingent simulate plans/reassurance-medium --replications 10000",
        "contingent simulate my-force --greedy --start spread",
        "contingent simulate --marathon m4book.xlsx --out answers",
    ),
    ceiling: (
        "contingent ceiling reassurance --option medium",
        "contingent ceiling plans/reassurance-medium --question dwell --question years",
        "contingent ceiling reassurance --fill 1=0.9",
        "contingent ceiling --force force.csv",
    ),
}
"""Commands and the examples of their help."""
