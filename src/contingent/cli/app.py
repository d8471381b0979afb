"""The commands and what they are called with. Each hands over to a function that says what is written where.

A command is the twin of a public function: what it does can be done from Python with one call (`TWINS`). Libraries that
take long to load are loaded by the commands that need them, so that help comes at once.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from contingent.cli import (
    aid_commands,
    briefing_commands,
    completing,
    db_commands,
    doubt_commands,
    endings,
    exchange_commands,
    past_commands,
    serve_commands,
    watch_commands,
    way_commands,
)
from contingent.cli.given import (
    Gap,
    Json,
    Method,
    Option,
    Overwrite,
    Place,
    PlanFolder,
    Seed,
    TimeLimit,
    as_lines,
    examples,
    path_given,
)
from contingent.cli.screen import prepare_streams, say, tell
from contingent.cli.wrong_call import wrong_call

TWINS = {
    "plan": "contingent.make_plan",
    "check": "contingent.check",
    "new": "contingent.new_scenario",
    "show": "contingent.read_scenario",
    "convert": "contingent.convert",
    "verify": "contingent.verify",
    "compare": "contingent.compare",
    "remedies": "contingent.remedies",
    "size": "contingent.size",
    "why": "contingent.explain",
    "orbat": "contingent.build_orbat",
    "simulate": "contingent.simulate",
    "ceiling": "contingent.find_ceiling",
    "stress": "contingent.stress",
    "deploy": "contingent.deploy",
    "cost": "contingent.cost",
    "afford": "contingent.afford",
    "sustain": "contingent.sustain",
    "briefing": "contingent.write_briefing",
    "monitor": "contingent.monitor",
    "observe": "contingent.design_observation",
    "history": "contingent.look_back",
    "validate": "contingent.validate",
    "aid": "contingent.assess_aid",
    "aid-import": "contingent.import_tracker",
    "aid-export": "contingent.export_tracker",
    "map": "contingent.write_places",
    "calendar": "contingent.write_calendar",
    "schema": "contingent.json_schema",
    "orbat-import": "contingent.import_orbat",
    "serve": "contingent.web.app.create_app",
    "work": "contingent.web.work.worker.Worker",
}
"""The public function that does what a command does."""

FIRST = (
    "contingent plan tiny          a force that can be planned by hand, explained in the tutorial",
    "contingent plan reassurance   the force discussed for Ukraine in 2025: tables, workbook, report",
    "contingent serve tiny         a conference in the browser, on this machine",
)
NEXT = (
    "contingent new my-force       write a template to fill in",
    "contingent check my-force     say all that is wrong with it, and how to mend it",
    "contingent --help             all commands; with a command before it, its options and examples",
)
EXIT_CODES = (
    "0     done",
    "1     verify found a promise that is not kept",
    "2     the call or the input is wrong; nothing was written",
    "3     the solver failed",
    "70    a fault of the program itself",
    "130   interrupted",
    "141   the reader of the output went away",
)

GROUPS = {
    "Plan": ("plan", "new", "check", "show", "convert"),
    "Look into it": ("why", "size", "orbat", "verify", "compare", "remedies"),
    "Doubt it": ("stress", "simulate", "ceiling", "history", "validate"),
    "Follow it through": ("deploy", "sustain", "cost", "afford"),
    "Watch the line, and help the host": ("monitor", "observe", "aid", "aid-import", "aid-export"),
    "Bring and take": ("briefing", "map", "calendar", "orbat-import", "schema"),
    "Hold a conference": ("serve", "work", "db"),
}
"""Commands as help shows them, by what they are for."""

OTHERS = "More"
"""Where help shows commands that stand in no group."""


LONGEST_HELP = 63
"""Length to which what a command does is cut in the list of commands; beside the longest name it fits 80 columns. [characters]"""


class Commands(TyperGroup):
    """The commands, with one place where every error ends: told without a traceback, with its exit code."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands into the help, by what they are for."""
        grouped = {name for names in GROUPS.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in grouped)
        widest = max(map(len, self.commands))
        for title, names in {**GROUPS, OTHERS: others}.items():
            rows = [(name.ljust(widest), self.commands[name].get_short_help_str(LONGEST_HELP)) for name in names]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            returned = super().invoke(ctx)
            sys.stdout.flush()
            return returned
        except (KeyboardInterrupt, BrokenPipeError, Exception) as error:
            # Errors of the call itself, and exits that were meant, know how to end.
            if isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "exit_code"):
                raise
            code = endings.ending_of(error, command=ctx.invoked_subcommand, debug=bool(ctx.params.get("debug")))
            raise typer.Exit(code) from None


app = typer.Typer(
    name="contingent", cls=Commands, rich_markup_mode=None, add_completion=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def _version(*, value: bool) -> None:
    if value:
        say(f"contingent {import_module('contingent').__version__}")
        raise typer.Exit


EPILOG = "\n\n".join([as_lines("First:", *FIRST), as_lines("Then:", *NEXT[:-1]), as_lines("Exit codes:", *EXIT_CODES)])


@app.callback(invoke_without_command=True, epilog=EPILOG)
def contingent(
    ctx: typer.Context,
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,  # noqa: ARG001 (Commands reads it)
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,  # noqa: ARG001
) -> None:
    """Plan a multinational peace-support force: how large, who fills which post, when, what stays empty, and why."""
    if ctx.invoked_subcommand is None:
        say(f"{ctx.command.help}\n")
        for title, lines in (("To see it:", FIRST), ("\nFor a force of your own:", NEXT)):
            say("\n".join([title, *(f"  {line}" for line in lines)]))


@app.command(
    epilog=examples(
        "contingent plan reassurance --option medium",
        "contingent plan my-force --time-limit 600 --out plans/my-force",
        "contingent plan my-force.xlsx --json",
    )
)
def plan(
    scenario: Place,
    *,
    option: Option = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = plans/SCENARIO-OPTION."),
    ] = None,
    time_limit: TimeLimit = None,
    gap: Gap = 1e-6,
    seed: Seed = 0,
    method: Method = "auto",
    json: Json = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write the tables, but no workbook and no report.")] = False,
) -> None:
    """Plan a scenario and write the plan.

    Tables, a workbook (cjsor.xlsx) and a report (report.html). At the time limit the best plan found so far is
    delivered with its bound. With --json nothing is written unless --out names a folder. From Python:
    contingent.make_plan.
    """
    from contingent.cli.planning import Request, plan_command

    plan_command(Request(scenario, option, time_limit, gap, seed, method), out=out, as_json=json, report=not no_report)


@app.command(epilog=examples("contingent check my-force", "contingent check my-force.xlsx"))
def check(path: Place) -> None:
    """Say everything that is wrong with a scenario.

    File, line, column, what, and what to do. Ends with 2 if the scenario cannot be planned; warnings alone end
    with 0. From Python: contingent.check.
    """
    from contingent.cli.scenarios import check_command

    check_command(path)


@app.command(epilog=examples("contingent new my-force", "contingent new my-force --xlsx"))
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", parser=path_given, help="Folder, or .xlsx workbook, to write.")],
    *,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write a workbook instead of a folder.")] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write a commented template of a scenario, to fill in.

    It can be planned as it is. From Python: contingent.new_scenario.
    """
    from contingent.cli.scenarios import new_command

    new_command(folder, workbook=xlsx, overwrite=overwrite)


@app.command(
    epilog=examples(
        "contingent show reassurance",
        "contingent show reassurance --table offers",
        "contingent show reassurance --table requirements --option small",
    )
)
def show(
    scenario: Place,
    *,
    table: Annotated[
        str | None,
        typer.Option(
            "--table", "-t", metavar="T", autocompletion=completing.tables, help="Every row of this table, with its source."
        ),
    ] = None,
    option: Annotated[
        str | None, typer.Option("--option", "-o", metavar="O", help="Only the lines of this course of action.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what is in a scenario, traced to its sources.

    Nations, lines and options; with --table every row of a table, offers that come from the pool included. From
    Python: contingent.read_scenario, then contingent.pipeline.derive.
    """
    from contingent.cli.scenarios import show_command

    show_command(scenario, table=table, option=option, as_json=json)


@app.command(
    epilog=examples(
        "contingent convert reassurance reassurance.xlsx",
        "contingent convert my-force.xlsx my-force",
        "contingent convert plans/my-force plan.sqlite",
        "contingent convert plans/my-force plan-parquet --tables parquet",
    )
)
def convert(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="Scenario (folder, .xlsx, .sqlite, or name of a bundled one), or plan (folder or .sqlite)."
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET", parser=path_given, help="Folder; workbook where the name ends in .xlsx, SQLite file in .sqlite."
        ),
    ],
    *,
    tables: Annotated[
        Literal["csv", "parquet"], typer.Option("--tables", help="How the tables of a folder are written.")
    ] = "csv",
    overwrite: Overwrite = False,
) -> None:
    """Write a scenario or a plan in another form.

    As a folder of CSV or Parquet, a workbook, or one SQLite file, and back. A scenario is written whole: also what it takes
    from one that it is laid over. From Python: contingent.convert.
    """
    from contingent.cli.scenarios import convert_command

    convert_command(source, target, overwrite=overwrite, tables=tables)


@app.command(
    epilog=examples("contingent verify plans/reassurance-medium", "contingent verify plans/my-force --scenario my-force")
)
def verify(
    plan: PlanFolder,
    *,
    scenario: Annotated[
        str | None, typer.Option("--scenario", metavar="S", help="Blank = the scenario kept in the plan's folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Recompute every promise of a plan.

    From its scenario and its tours, without a solver. Ends with 1 if a promise is not kept. From Python:
    contingent.verify.
    """
    from contingent.cli.results import verify_command

    verify_command(plan, scenario=scenario, as_json=json)


@app.command(
    epilog=examples(
        "contingent compare plans/before plans/after",
        "contingent compare plans/reassurance-small plans/reassurance-medium plans/reassurance-large",
        "contingent compare plans/before plans/after --out comparison.html",
    )
)
def compare(
    plans: Annotated[
        list[Path],
        typer.Argument(metavar="A B [MORE]", parser=path_given, help="Plan folders: two for what changed, more side by side."),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", parser=path_given, help="Page (.html) to write, up to four plans side by side."),
    ] = None,
    json: Json = False,
) -> None:
    """Say what differs between plans.

    Fill, gaps, nations, tours and goals of two; the headline numbers of more, side by side; with --out as a page with
    charts. From Python: contingent.compare, and contingent.write_comparison.
    """
    from contingent.cli.results import compare_command

    compare_command(plans, out=out, as_json=json)


@app.command(
    epilog=examples("contingent remedies plans/reassurance-medium", "contingent remedies reassurance --option medium -p 1 -p 3")
)
def remedies(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLAN_OR_SCENARIO", autocompletion=completing.plans_and_scenarios,
            help="Folder that `contingent plan` has written, or a scenario.",
        ),
    ],
    *,
    priority: Annotated[
        list[int] | None,
        typer.Option("--priority", "-p", metavar="N", help="Close the gaps of this priority only; may be repeated."),
    ] = None,
    option: Option = None,
    time_limit: TimeLimit = None,
    json: Json = False,
) -> None:
    """Say which further offers would close the gaps.

    The cheapest of them, taken together, and what one more unit of each type is worth, alone. The plan's own tours
    stay as they are; with priorities, the gaps of others stay open. From Python: contingent.remedies.
    """
    from contingent.cli.planning import Request, remedies_command

    remedies_command(Request(place, option, time_limit), priorities=priority, as_json=json)


@app.command(
    epilog=examples(
        "contingent size reassurance --option medium", "contingent size my-force --out sizing", "contingent size missions --json"
    )
)
def size(
    scenario: Place,
    *,
    option: Option = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", parser=path_given, help="Folder for the tables; left out = none.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what a mandate asks for, and why.

    Each requirement line with its arithmetic, the factors that move the total most, and past missions sized by the same
    methods. From Python: contingent.size.
    """
    from contingent.cli.mandate import size_command

    size_command(scenario, option=option, out=out, as_json=json)


@app.command(epilog=examples("contingent why CENTRE.1", "contingent why KYIV.1 reassurance", "contingent why L1 plans/tiny"))
def why(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Serial of a requirement line.")],
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN_OR_SCENARIO]", autocompletion=completing.plans_and_scenarios,
            help="Plan folder or scenario; blank = the newest plan under plans/.",
        ),
    ] = None,
    *,
    option: Option = None,
    json: Json = False,
) -> None:
    """Trace a requirement line to its rows.

    Task of the mandate, method, arithmetic, each factor with its source; who fills it and when, and why what is
    empty is empty. From Python: contingent.explain.
    """
    from contingent.cli.mandate import why_command

    why_command(line, place=place, option=option, as_json=json)


@app.command(
    epilog=examples(
        "contingent orbat plans/reassurance-medium --day 365",
        "contingent orbat plans/reassurance-medium --day 365 --and-day 545",
        "contingent orbat plans/reassurance-medium --out orbat.svg --out orbat.msdl --out orbat.json",
    )
)
def orbat(
    plan: PlanFolder,
    *,
    day: Annotated[int | None, typer.Option("--day", "-d", metavar="N", help="Day from D-day; blank = the fullest day.")] = None,
    and_day: Annotated[int | None, typer.Option("--and-day", metavar="N", help="Say what differs on this day.")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", metavar="FILE", parser=path_given,
            help="File to write: .svg, .png, .pdf, .msdl or .xml (MSDL), .json (ORBAT Mapper); may be repeated.",
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Show who stands under whom on a day.

    The tree of formations with the units that serve and the posts that are empty; what differs between two days; as a
    drawing, or for other programs. From Python: contingent.build_orbat.
    """
    from contingent.cli.mandate import orbat_command

    orbat_command(plan, day=day, and_day=and_day, out=out or [], as_json=json)


for group in (doubt_commands, way_commands, watch_commands):
    for command, lines in group.COMMANDS.items():
        app.command(epilog=examples(*lines))(command)
briefing_commands.add_to(app)
past_commands.add_to(app)
aid_commands.add_to(app)
exchange_commands.add_to(app)
serve_commands.add_to(app)
db_commands.add_to(app)


def main() -> None:
    """Run the command line."""
    prepare_streams()
    try:
        code = app(prog_name="contingent", standalone_mode=False) or 0
    except typer.Abort:
        code = endings.INTERRUPTED
    except Exception as error:  # noqa: BLE001 (whatever it is, it is told without a traceback)
        # Help and version are written before there is a command whose error could be told.
        if hasattr(error, "format_message"):
            tell(wrong_call(error))
            code = endings.BAD_INPUT
        else:
            code = endings.ending_of(error, command=None, debug="--debug" in sys.argv)
    sys.exit(endings.write_out(code))
