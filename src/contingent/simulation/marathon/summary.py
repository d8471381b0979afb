"""What a planner wants to know of a run at first glance: fill by unit type, and where MARATHON's own answer may differ."""

import numpy as np
import polars as pl

from contingent.simulation.marathon.results import MarathonRun
from contingent.simulation.marathon.rules import READ_ONLY_RULES, category_code

GROUPS_IN_ORDER = 8
"""Groups of like units that MARATHON creates in the order of the table; more come in the order of a hash map."""


def fill_by_type(run: MarathonRun) -> pl.DataFrame:
    """Return one row per unit type in demand: what was asked for and what was filled.

    Returns
    -------
    DataFrame
        src; units (of the type itself); demands; required, filled, overlapping [unit-days]; fill = filled / required [-];
        deployments of the type's own units and of others that stood in. Units in overlap are not counted as filled.
    """
    prepared, standing = run.prepared, run.standing
    demands = prepared.demands
    per_demand = np.diff(standing.lines_of)
    owner = np.repeat(np.arange(len(demands)), per_demand)
    starts = np.array([demand.start_day for demand in demands], dtype=np.int64)
    ends = np.minimum([demand.release_day for demand in demands], prepared.last_day + 1)
    next_line = np.append(standing.days[1:], prepared.last_day + 1)
    if len(demands):
        next_line[standing.lines_of[1:] - 1] = prepared.last_day + 1
    days = np.maximum(np.minimum(next_line, ends[owner]) - np.maximum(standing.days, starts[owner]), 0)
    by_line = pl.DataFrame({
        "src": pl.Series([demands[at].src for at in owner], dtype=pl.String),
        "filled": standing.numbers[:, 0].sum(axis=1) * days, "overlapping": standing.numbers[:, 1].sum(axis=1) * days,
        "required": np.array([demand.quantity for demand in demands], dtype=np.int64)[owner] * days,
    }).group_by("src", maintain_order=True).agg(pl.col("required", "filled", "overlapping").sum())  # fmt: skip
    numbers = pl.DataFrame({"src": [demand.src for demand in demands]}, schema={"src": pl.String})
    numbers = numbers.group_by("src", maintain_order=True).agg(pl.len().cast(pl.Int64).alias("demands"))
    units = pl.DataFrame({"src": [unit.src for unit in prepared.units]}, schema={"src": pl.String})
    units = units.group_by("src").agg(pl.len().cast(pl.Int64).alias("units"))
    named = pl.DataFrame({"demand": [demand.name for demand in demands], "src": [demand.src for demand in demands]},
                         schema={"demand": pl.String, "src": pl.String})  # fmt: skip
    sent = run.deployments.join(named, on="demand", how="left").group_by("src").agg(
        (pl.col("fill_type") == "Primary").sum().cast(pl.Int64).alias("deployments"),
        (pl.col("fill_type") != "Primary").sum().cast(pl.Int64).alias("stood_in"),
    )  # fmt: skip
    joined = numbers.join(by_line, on="src", how="left", maintain_order="left").join(
        units, on="src", how="left", maintain_order="left"
    )
    joined = joined.join(sent, on="src", how="left", maintain_order="left")
    counts = ("units", "demands", "required", "filled", "overlapping", "deployments", "stood_in")
    share = pl.when(pl.col("required") > 0).then(pl.col("filled") / pl.col("required")).alias("fill")
    return joined.with_columns(pl.col(counts).fill_null(0)).with_columns(share).select("src", *counts[:5], "fill", *counts[5:])


def caveats(run: MarathonRun) -> tuple[str, ...]:
    """Return what in this run rests on an accident of MARATHON's, or on a rule that was only read: a sentence each."""
    prepared = run.prepared
    project, scope = prepared.project, prepared.scope
    said = []
    groups = {(unit.src, unit.component, unit.policy) for unit in prepared.units}
    if len(groups) > GROUPS_IN_ORDER and not project.starting_units:
        said.append(
            f"There are {len(groups)} groups of like units. Beyond {GROUPS_IN_ORDER} MARATHON creates them in the order of a "
            "hash map, so its names and tie weights may differ; initial_units.csv beside the input settles both."
        )
    served: dict[str, list[str]] = {}
    for src, donors in scope.feasible.items():
        for donor, _ in donors:
            served.setdefault(donor, []).append(src)
    shared = sorted(donor for donor, types in served.items() if len(types) > 1)
    if shared:
        said.append(
            f"{_listed(shared)} may serve more than one unit type. In which order MARATHON serves types is an accident of a map; "
            "here it is that of a large one. src_order settles it."
        )
    used = {category_code(demand.category) for demand in prepared.demands}
    said += [f"Only read, never compared: {rule}." for code, rule in READ_ONLY_RULES.items() if code in used]
    beyond = [unit.name for unit, policy in zip(prepared.units, prepared.world.unit["first_policy"], strict=True)
              if unit.cycle_time > prepared.world.policy["length"][policy]]  # fmt: skip
    if beyond:
        said.append(f"{_listed(beyond)} start beyond the end of their cycle; they start at the remainder.")
    return tuple(said)


def _listed(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def random_summary(rows: pl.DataFrame) -> pl.DataFrame:
    """Return, by unit type and phase of random runs, unit-days of fill: mean, 5th and 95th percentile. [unit-days]"""
    fill = pl.sum_horizontal("AC-fill", "NG-fill", "RC-fill")
    return rows.with_columns(fill=fill).group_by("SRC", "phase", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("runs"), pl.col("fill").mean().alias("mean_fill"),
        pl.col("fill").quantile(0.05, "nearest").alias("fill_5"), pl.col("fill").quantile(0.95, "nearest").alias("fill_95"),
    )  # fmt: skip
