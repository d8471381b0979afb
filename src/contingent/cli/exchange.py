"""What the commands of exchange do: write for maps and calendars, print schemas, take an order of battle in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.plan_given import plan_in
from contingent.cli.screen import findings_told, say, tell, write_json
from contingent.cli.wait import waiting
from contingent.findings import nearest_name
from contingent.io.conversion import is_plan
from contingent.io.places import folder_of
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.plan import Plan

if TYPE_CHECKING:
    from contingent.exchange.places import PlaceLayer

INCIDENTS = "incidents.csv"


def map_command(place: str, *, out: Sequence[Path], incidents: Sequence[Path], sites: Path | None, as_json: bool) -> None:
    """Write what has a place, and say how much of it."""
    from contingent.exchange.map_files import write_places
    from contingent.exchange.places import left_out
    from contingent.monitoring.gather import gather_incidents

    scenario, plan = _with_scenario(place) if is_plan(place) else (_read(place), None)
    beside = None if plan is not None else folder_of(place)
    files = list(incidents) or ([] if beside is None or not (beside / INCIDENTS).is_file() else [beside / INCIDENTS])
    observed = gather_incidents([path.expanduser() for path in files]).incidents if files else None
    placed = None if sites is None else _sites(sites)
    layers: tuple[PlaceLayer, ...] = ()
    for path in out:
        with waiting(f"Writing {path}"):
            layers = write_places(scenario, path, plan=plan, incidents=observed, sites=placed)
    if as_json:
        write_json({"out": [str(path) for path in out], "layers": {layer.name: len(layer.features) for layer in layers}})
        return
    for layer in layers:
        say(f"{layer.name:<10} {len(layer.features):>6}  {layer.title}")
    for path in out:
        say(f"Written: {path}")
    if told := left_out(layers):
        tell(findings_told(told))


def _read(place: str) -> Scenario:
    with told_of(place), waiting(f"Reading {place}"):
        return read_scenario(place)


def _with_scenario(place: str | Path) -> tuple[Scenario, Plan]:
    given = plan_in(Path(place).expanduser())
    return given.scenario, given.plan


def _sites(path: Path) -> pl.DataFrame:
    from contingent.monitoring.observation.design import OBSERVATION_COLUMNS

    wanted = OBSERVATION_COLUMNS["observation"]
    try:
        frame = pl.read_csv(path.expanduser(), schema_overrides=wanted)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise BadCall(f"{path} cannot be read: {(str(problem).splitlines() or ['it is no CSV'])[0]}.") from problem
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        nearest = nearest_name(missing[0], frame.columns)
        hint = f" Nearest: '{nearest}'." if nearest else ""
        raise BadCall(f"{path} has no column {missing[0]}.{hint} Maybe name observation.csv of `contingent observe --out`.")
    return frame.select(*wanted)


def calendar_command(place: Path, *, out: Path, nations: Sequence[str], whole_tours: bool, overwrite: bool) -> None:
    """Write rotations as calendars."""
    from contingent.exchange.calendar import SUFFIX, write_calendar

    if out.suffix and out.suffix.lower() != SUFFIX:
        raise BadCall(f"{out}: a calendar is written as {SUFFIX}; a name without an ending is a folder.")
    scenario, plan = _with_scenario(place)
    with waiting("Writing rotations"):
        written = write_calendar(scenario, plan, out, nations=nations, whole_tours=whole_tours, overwrite=overwrite)
    for path in written:
        say(f"Written: {path}")


def schema_command(name: str, *, names: bool) -> None:
    """Print a JSON Schema, or what there is one of."""
    from contingent.io.json_schemas import json_schema, schema_names

    if names:
        for each in schema_names():
            say(each)
        return
    write_json(json_schema(name))


@dataclass(frozen=True)
class OrbatRequest:
    """Which order of battle is to become which scenario, as it was asked for on the command line."""

    file: Path
    target: Path
    side: str | None
    start_date: date | None
    down_to: str
    nation: str | None


def orbat_import_command(asked: OrbatRequest, *, overwrite: bool, as_json: bool) -> None:
    """Make a scenario of an order of battle, and say what the file did not say."""
    from contingent.exchange.orbat import import_orbat

    with waiting(f"Reading {asked.file}"):
        done = import_orbat(
            asked.file, asked.target, side=asked.side, start_date=asked.start_date, down_to=asked.down_to, nation=asked.nation,
            overwrite=overwrite,
        )  # fmt: skip
    scenario = done.scenario
    tables = ("formations", "unit_types", "nations", "offers", "requirements", "locations")
    if as_json:
        counts = {table: len(scenario.rows(table)) for table in tables}
        write_json({"out": str(done.path), "rows": counts, "findings": [str(finding) for finding in done.findings]})
        return
    if done.findings:
        tell(f"{findings_told(done.findings)}\n")
    counted = ", ".join(f"{len(scenario.rows(table))} {table.replace('_', ' ')}" for table in tables if scenario.rows(table))
    say(f"{scenario.settings.title}: {counted}.")
    say(f"Written: {done.path}\n")
    say(f"Then:\n  contingent check {done.path}\n  contingent plan {done.path}")
