"""The command that runs a project of MARATHON's: `simulate --marathon`."""

import os
from pathlib import Path
from typing import Any

from contingent.cli.endings import BadCall
from contingent.cli.screen import console, findings_told, say, tell, write_json
from contingent.cli.tables import print_frame
from contingent.cli.wait import waiting


def marathon_command(path: Path, *, out: Path | None, replications: int | None, seed: int, as_json: bool) -> None:
    """Run a MARATHON project as MARATHON does; print its fill, write its tables.

    Parameters
    ----------
    path : Path
        The project's workbook, or the folder of its tables.
    out : Path or None
        Folder for MARATHON's own tables; None = nothing is written.
    replications : int or None
        Random runs beside the one from the starting days of the project; None = none.
    seed : int
        Seed of the seeds of the random runs; MARATHON's own is 42.
    as_json : bool
        One JSON object in place of tables.

    Raises
    ------
    BadCall
        If `replications` is negative.
    """
    from contingent.simulation.marathon import random_runs, read_project, run, write_run
    from contingent.simulation.marathon.summary import caveats, fill_by_type, random_summary

    if replications is not None and replications < 0:
        raise BadCall(f"--replications {replications}: there cannot be fewer than none.")
    with waiting(f"Running {path}"):
        project = read_project(path)
        found = run(project)
        fill = fill_by_type(found)
        drawn = None
        if replications:
            threads = min(os.cpu_count() or 1, replications)
            drawn = random_runs(project, replications=replications, seed=seed, threads=threads)
        written = write_run(found, out, random=drawn) if out is not None else ()
    prepared = found.prepared
    outside = found.scope.filter(~found.scope["in_scope"]).drop("in_scope")
    if as_json:
        content: dict[str, Any] = {
            "project": str(path), "units": len(prepared.units), "demands": len(prepared.demands), "last_day": prepared.last_day,
            "deployments": found.deployments.height, "fill": fill.to_dicts(), "out_of_scope": outside.to_dicts(),
            "caveats": list(caveats(found)), "warnings": [str(finding) for finding in project.notes],
            "files": [str(file) for file in written],
        }  # fmt: skip
        if drawn is not None:
            content |= {"replications": replications, "seed": seed, "random_runs": random_summary(drawn).to_dicts()}
        write_json(content)
        return
    say(
        f"{path}: {len(prepared.units):,} units, {len(prepared.demands):,} demands, days 0 to {prepared.last_day:,}; "
        f"{found.deployments.height:,} deployments."
    )
    if project.starting_file:
        say(f"Names, starting days and tie weights of units are those of {project.starting_file}.")
    say("Filled are unit-days of units assigned; a unit in overlap is not counted beside its relief.\n")
    screen = console()
    print_frame(screen, "Fill by unit type", fill.with_columns(fill["fill"].round(4)))
    if outside.height:
        print_frame(screen, "Out of scope, so neither filled nor missed", outside)
    if drawn is not None:
        print_frame(screen, f"{replications} random runs from seed {seed}: unit-days filled", random_summary(drawn))
    for sentence in caveats(found):
        say(sentence)
    if project.notes:
        tell(findings_told(project.notes))
    for file in written:
        tell(f"Written: {file}")
