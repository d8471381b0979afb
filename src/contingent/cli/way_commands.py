"""Commands about how a force gets there, what it lives on and what it costs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Engine, Json, Option, PlanOrScenario, Seed, path_given

Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close", "-c", metavar="NAME", help="A place or a link that is closed; may be repeated. The difference is shown."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = the plan's own, or none."),
]


def deploy(
    place: PlanOrScenario,
    *,
    option: Option = None,
    until: Annotated[
        int | None, typer.Option("--until", metavar="DAY", help="Only what is to be there before this day; blank = the horizon.")
    ] = None,
    close: Close = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", metavar="N", help="How often it is replayed with delays and breakdowns.")
    ] = 200,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", metavar="S", help="No further search after so many seconds; blank = a set amount."),
    ] = None,
    seed: Seed = 0,
    engine: Engine = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say how a force gets there.

    Every tour's way out and home by road, rail, sea and air, over terminals, crossings and fleets that all share: who moves when,
    when each line is complete, what holds whom up, and how far the schedule is from the best. From Python: contingent.deploy.
    """
    from contingent.cli.way import DeployRequest, deploy_command

    request = DeployRequest(place, option, until, tuple(close or ()), replications, time_limit, seed, engine)
    deploy_command(request, out=out, as_json=json)


def cost(
    place: PlanOrScenario,
    *,
    option: Option = None,
    scheme: Annotated[
        str | None,
        typer.Option("--scheme", metavar="S", help="fall (costs lie where they fall), common or reimbursement; left out = all."),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="K", help="Key of funding.csv by which is shared; left out = gdp.")
    ] = None,
    common: Annotated[
        list[str] | None,
        typer.Option("--common", metavar="ITEM", help="Item paid in common, or all; may be repeated; left out = two."),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say what a plan costs, and whom.

    By nation, year, component, phase and item, with intervals; each nation's bill where costs lie where they fall, under common
    funding, and with reimbursement; published costs beside it. From Python: contingent.cost.
    """
    from contingent.cli.cost import CostRequest, cost_command

    cost_command(CostRequest(place, option, scheme, key, common or ()), out=out, as_json=json)


def afford(
    place: PlanOrScenario,
    *,
    budget: Annotated[
        str | None,
        typer.Option("--budget", "-b", metavar="SUM", help="What there is, as 2e9, 2bn or 300m; left out = the order alone."),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", help="Calendar year that it is for; left out = the whole mission.")
    ] = None,
    nation: Annotated[
        str | None, typer.Option("--nation", metavar="XXX", help="Whose own bill it is to pay; left out = the coalition's total.")
    ] = None,
    option: Option = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say what force a sum of money holds.

    Which posts of a plan can be held, strictly by priority and the cheapest way within each, at low, likely and high prices; what
    goes first where money falls, and what a little more would buy. From Python: contingent.afford.
    """
    from contingent.cli.afford import AffordRequest, afford_command

    afford_command(AffordRequest(place, budget, year, nation, option), out=out, as_json=json)


def sustain(
    place: PlanOrScenario,
    *,
    option: Option = None,
    close: Annotated[
        list[str] | None,
        typer.Option(
            "--close", "-c", metavar="NAME", help="Place or link that is closed; may be repeated: all of them together."
        ),
    ] = None,
    from_day: Annotated[int, typer.Option("--from-day", metavar="D", help="First day on which they are closed.")] = 0,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", parser=path_given, help="File (.csv) for lines of logistics that are missing."),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say what a plan lives on, and how long.

    What is used up by place and week, stocks and days of supply, what runs out first and why, how long the force lasts without
    each crossing, port and depot, and what supplying it takes beside what was sized. From Python: contingent.sustain.
    """
    from contingent.cli.sustain import SustainRequest, sustain_command

    sustain_command(SustainRequest(place, option, tuple(close or ()), from_day, lines), out=out, as_json=json)


COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    deploy: (
        "contingent deploy plans/reassurance-medium",
        "contingent deploy plans/reassurance-medium --until 180 --replications 1000",
        "contingent deploy reassurance --option large --close 'Medyka - Shehyni' --close 'Turkish Straits'",
    ),
    sustain: (
        "contingent sustain plans/reassurance-medium",
        "contingent sustain reassurance --option small --close Trieste --close 'Korczowa - Krakovets' --from-day 200",
        "contingent sustain plans/my-force --lines logistics-lines.csv --json",
    ),
    cost: (
        "contingent cost plans/reassurance-medium",
        "contingent cost reassurance --option small --key 'defence spending'",
        "contingent cost plans/my-force --scheme common --common base_build --common supply_t --json",
    ),
    afford: (
        "contingent afford plans/reassurance-medium --budget 20bn",
        "contingent afford plans/reassurance-medium --budget 4e9 --year 2028",
        "contingent afford reassurance --option small --nation FRA --budget 900m --json",
    ),
}
"""Commands and the examples of their help."""
