"""Write a run in MARATHON's own columns, and a project as a folder of its tables."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from contingent.errors import ContingentError
from contingent.simulation.marathon.project import MarathonProject, Supply
from contingent.simulation.marathon.records import SENT_COLUMNS
from contingent.simulation.marathon.results import MarathonRun

DAYS_PER_YEAR = 365
RANDOM_RUNS = "random_runs.txt"

_SUPPLY = ("Type", "Enabled", "Quantity", "SRC", "Component", "OITitle", "Name", "Behavior", "CycleTime", "Policy", "Tags",
           "SpawnTime", "Location", "Position", "Original", "Mod")  # fmt: skip
_DEMANDS = ("Type", "Enabled", "Priority", "Quantity", "DemandIndex", "StartDay", "Duration", "Overlap", "SRC", "SourceFirst",
            "DemandGroup", "Vignette", "Operation", "Category", "OITitle", "Tags")  # fmt: skip
_POLICIES = ("Type", "TimeStamp", "Time Interval", "PolicyName", "Template", "MaxDwell", "MinDwell", "MaxBOG", "StartDeployable",
             "StopDeployable", "Overlap", "Recovery", "BOGBudget", "Deltas", "Remarks")  # fmt: skip
_STARTING = ("unit", "src", "component", "policy", "atomic_policy", "cycletime", "position", "tie_weight")


def write_run(
    run: MarathonRun, folder: Path | str, *, with_trace: bool = False, random: pl.DataFrame | None = None
) -> tuple[Path, ...]:
    """Write what a run gave, as tables that can be laid beside MARATHON's.

    Parameters
    ----------
    run : MarathonRun
        What to write.
    folder : path
        Where to; it is made where it is not there. Files of the same names are replaced, all or none, and others are kept.
    with_trace : bool
        Whether to write ``unit_trace.csv``: every unit on every day on which anything was due.
    random : DataFrame, optional
        Rows of `random_runs`, written as ``random_runs.txt``.

    Returns
    -------
    tuple of Path
        The files: ``deployments.csv``, ``demand_fill.csv``, ``initial_units.csv``; MARATHON's ``DemandTrends.txt``,
        ``AUDIT_Deployments.txt``, ``AUDIT_InScope.txt``, ``AUDIT_OutOfScope.txt`` and ``locations.txt``, parted by tabs.

    Raises
    ------
    ContingentError
        If the folder cannot be written.
    """
    scope = run.scope
    frames = {
        "deployments.csv": run.deployments, "demand_fill.csv": run.demand_fill, "initial_units.csv": run.units,
        "DemandTrends.txt": run.trends, "AUDIT_Deployments.txt": audit_deployments(run), "locations.txt": locations(run),
        "AUDIT_InScope.txt": scope.filter(pl.col("in_scope")).select("src", "kind"),
        "AUDIT_OutOfScope.txt": scope.filter(~pl.col("in_scope")).select("src", "kind", "reason"),
    }  # fmt: skip
    if with_trace:
        frames["unit_trace.csv"] = run.trace()
    if random is not None:
        frames[RANDOM_RUNS] = random
    return _written(Path(folder), {name: _writer(frame, name) for name, frame in frames.items()})


def _writer(frame: pl.DataFrame, name: str) -> Callable[[Path], object]:
    """Return what writes a frame: TRUE and FALSE as MARATHON writes them, nothing for a blank."""
    flags = frame.with_columns(pl.col(pl.Boolean).cast(pl.String).str.to_uppercase())
    shown = flags.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep())
    return partial(shown.write_csv, separator="\t" if name.endswith(".txt") else ",")


def _written(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> tuple[Path, ...]:
    """Write files under other names first, so that a reader finds all of them or none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
        try:
            for name, write in writers.items():
                write(work / name)
            for name in writers:
                (work / name).replace(folder / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as problem:
        raise ContingentError(f"{folder} cannot be written: {problem.strerror or problem}.") from problem
    return tuple(folder / name for name in writers)


def audit_deployments(run: MarathonRun) -> pl.DataFrame:
    """Return MARATHON's AUDIT_Deployments: one row per deployment."""
    prepared = run.prepared
    demand_columns = pl.DataFrame({
        "Demand": [demand.name for demand in prepared.demands], "DemandType": [demand.src for demand in prepared.demands],
        "DemandGroup": [demand.demand_group for demand in prepared.demands],
        "Category": [demand.category for demand in prepared.demands],
    }, schema=dict.fromkeys(("Demand", "DemandType", "DemandGroup", "Category"), pl.String))  # fmt: skip
    unit_columns = pl.DataFrame({
        "Unit": [unit.name for unit in prepared.units], "UnitType": [unit.src for unit in prepared.units],
        "Policy": [unit.policy for unit in prepared.units], "Component": [unit.component for unit in prepared.units],
    }, schema=dict.fromkeys(("Unit", "UnitType", "Policy", "Component"), pl.String))  # fmt: skip
    own = run.deployments.rename({
        "t": "DeployInterval", "unit": "Unit", "demand": "Demand", "fill_type": "FillType", "path_length": "PathLength",
        "follow_on": "FollowOn", "cycletime_at_deploy": "CycleTime", "bog_budget": "BogBudget",
        "dwell_before": "DwellBeforeDeploy",
        "atomic_policy": "AtomicPolicy", "period": "Period", "deployment_count": "DeploymentCount",
    }).with_columns(
        DeploymentID=pl.int_range(1, run.deployments.height + 1, dtype=pl.Int64),
        FollowOnCount=pl.Series(run.sent[:, SENT_COLUMNS.index("follow_on_count")]),
        DeployDate=pl.col("DeployInterval"), Location=pl.col("Demand"),
        FillCount=pl.int_range(1, pl.len() + 1).over("Demand").cast(pl.Int64),
        DwellYearsBeforeDeploy=pl.col("DwellBeforeDeploy") / DAYS_PER_YEAR,
    )  # fmt: skip
    own = own.join(demand_columns, on="Demand", how="left", maintain_order="left")
    own = own.join(unit_columns, on="Unit", how="left", maintain_order="left")
    own = own.with_columns(
        FillPath=pl.when(pl.col("PathLength") == 0).then(pl.col("UnitType"))
        .otherwise(pl.col("UnitType") + " -> " + pl.col("DemandType"))
    )  # fmt: skip
    return own.select(
        "DeploymentID", "Location", "Demand", "DwellBeforeDeploy", "BogBudget", "CycleTime", "DeployInterval", "DeployDate",
        "FillType",
        "FillCount", "UnitType", "DemandType", "DemandGroup", "Unit", "Policy", "AtomicPolicy", "Component", "Period", "FillPath",
        "PathLength", "FollowOn", "FollowOnCount", "DeploymentCount", "Category", "DwellYearsBeforeDeploy",
    )  # fmt: skip


def locations(run: MarathonRun) -> pl.DataFrame:
    """Return MARATHON's locations: T, EntityFrom, EntityTo, EventName, Msg."""
    return run.locations.select(
        "T", "EntityFrom", "EntityTo", pl.lit("Moved").alias("EventName"),
        (pl.col("Unit") + " moved from " + pl.col("EntityFrom") + " to " + pl.col("EntityTo")).alias("Msg"),
    )  # fmt: skip


def write_project(project: MarathonProject, folder: Path | str) -> tuple[Path, ...]:
    """Write a project as a folder of MARATHON's tables, which `read_project` and MARATHON read.

    Parameters
    ----------
    project : MarathonProject
        What to write. Rows that were not in use when it was read are not in it.
    folder : path
        Where to; files of the same names are replaced.

    Raises
    ------
    ContingentError
        If the folder cannot be written.
    """
    parameters = project.parameters
    named = {
        "PreFill": _flag(parameters.prefill),
        "LastDayDefault": parameters.last_day,
        "DefaultRecoveryTime": parameters.default_recovery,
    }
    named |= {f"Default{component}Policy": policy for component, policy in parameters.default_policies.items()}
    named |= {f"Special{component}Policy": policy for component, policy in parameters.special_policies.items()}
    steps = [(schedule, period, policy) for schedule in project.schedules for period, policy in schedule.steps]
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "SupplyRecords": (_SUPPLY, (
            ("SupplyRecord", "TRUE", row.quantity, row.src, row.component, row.title, "Auto", row.behaviour, row.cycle_time,
            row.policy,
             _tags(row), 0, "Auto", "Auto", "FALSE", row.modernisation) for row in project.supply)),
        "DemandRecords": (_DEMANDS, (
            ("DemandRecord", "TRUE", row.priority, row.quantity, 1, row.start_day, row.duration, 0, row.src, row.source_first,
             row.demand_group, row.vignette, row.operation, row.category, row.title,
             f"{{:region :{row.region}}}" if row.region else "{}")
            for row in project.demands)),
        "PolicyRecords": (_POLICIES, (
            ("PolicyRecord", "", "Day", row.name, row.template, row.expected_dwell, row.min_dwell, row.max_bog,
            row.start_deployable,
             row.stop_deployable, row.overlap, row.recovery, "Auto", _edn(row.deltas), "") for row in project.policies)),
        "CompositePolicyRecords": (("Type", "CompositeName", "CompositionType", "Period", "Policy"), (
            ("PolicyScheduleRecord", schedule.name, schedule.kind, period, policy) for schedule, period, policy in steps)),
        "RelationRecords": (("Type", "Relation", "Donor", "Recepient", "Cost", "Enabled"), (
            ("RelationRecord", row.kind, row.donor, row.recipient, f"{row.cost:g}", "TRUE") for row in project.relations)),
        "PeriodRecords": (("Type", "Name", "FromDay", "ToDay"), (
            ("PeriodRecord", row.name, row.from_day, "inf" if row.to_day is None else row.to_day) for row in project.periods)),
        "Parameters": (("ParameterName", "Value"), named.items()),
        "SRCTagRecords": (("Type", "SRC", "Tag"), (("SRCTagRecord", src, "Special") for src in sorted(project.special))),
    }  # fmt: skip
    writers = {f"{name}.csv": partial(_write_csv, columns, rows) for name, (columns, rows) in tables.items()}
    if project.starting_units:
        rows = ((unit.name, unit.src, unit.component, unit.policy, "", unit.cycle_time, "", repr(unit.tie_weight))
                for unit in project.starting_units)  # fmt: skip
        writers["initial_units.csv"] = partial(_write_csv, _STARTING, rows)
    return _written(Path(folder), writers)


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _tags(row: Supply) -> str:
    pairs = " ".join(f"[:{region} {units}]" for region, units in row.aligned)
    return f"{{:preprocess [align-units [{pairs}]]}}" if pairs else "Auto"


def _edn(deltas: Mapping[str, int]) -> str:
    return "{" + ", ".join(f'"{name}" {days}' for name, days in deltas.items()) + "}"


def _write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
