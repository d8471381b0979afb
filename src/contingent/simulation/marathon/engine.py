"""Run a MARATHON project: once as it stands, or many times with starting days drawn at random."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.simulation.marathon import kernel, records
from contingent.simulation.marathon.checks import checked
from contingent.simulation.marathon.java_random import JavaRandom
from contingent.simulation.marathon.project import MarathonProject
from contingent.simulation.marathon.results import MarathonRun
from contingent.simulation.marathon.rules import COMPONENT_CODES
from contingent.simulation.marathon.units import random_starts
from contingent.simulation.marathon.world import Prepared, prepare

CLASSES = ("fill", "overlap", "deployable", "not-ready")
"""What the days of a unit are counted as in random runs."""

COUNTED_COMPONENTS = ("AC", "NG", "RC")
"""Components that random runs count, in the order of MARATHON's columns."""

COMPONENTS_COUNTED = 5
EVENTS_PER_UNIT, TOUCHES_PER_UNIT, TOURS_PER_UNIT = 8, 64, 16
"""Room that is made at first; a run that needs more is run again with twice as much."""

log = logging.getLogger(__name__)


def run(
    project: MarathonProject,
    *,
    days: int | None = None,
    src_order: Sequence[str] | None = None,
    tie_weights: Mapping[str, float] | None = None,
) -> MarathonRun:
    """Run a project as MARATHON does and return what it writes.

    Parameters
    ----------
    project : MarathonProject
        What to run.
    days : int, optional
        Last day, in place of LastDayDefault. The run ends when the last demand has ended in any case. [days]
    src_order : sequence of str, optional
        Unit types in the order in which their demands are filled; those left out come after them. Left out, it is the order of a
        hash map, as in MARATHON wherever more than eight types are short at once.
    tie_weights : mapping of str to float, optional
        Weights of units by name, in place of those drawn or read; the smaller goes first among equals.

    Returns
    -------
    MarathonRun
        Frames of deployments, fill, units, trends; the trace of units on request.

    Raises
    ------
    BadScenario
        If the project does not fit together.
    UnknownName
        If `src_order` or `tie_weights` name what the project does not have.
    ValueError
        If `days` is negative.
    """
    if days is not None and days < 0:
        raise ValueError(f"days is {days}; a run has at least day 0.")
    prepared = prepare(checked(project), days=days, src_order=src_order, tie_weights=tie_weights)
    starts = np.array([unit.cycle_time for unit in prepared.units], dtype=np.int64)
    state = simulated(prepared, starts)
    counts = state.count
    log.debug("%d units, %d demands, %d deployments", len(prepared.units), len(prepared.demands), counts[records.SENT])
    return MarathonRun(
        prepared=prepared,
        days=np.flatnonzero(state.day["is_processed"]).astype(np.int64),
        log=state.log[: counts[records.LOGGED]],
        sent=state.sent[: counts[records.SENT]],
    )


def random_runs(
    project: MarathonProject,
    *,
    replications: int,
    seed: int = 42,
    phases: Sequence[tuple[str, int, int]] | None = None,
    days: int | None = None,
    src_order: Sequence[str] | None = None,
    threads: int = 1,
) -> pl.DataFrame:
    """Run a project with starting days drawn at random and count the days of its units.

    Parameters
    ----------
    project : MarathonProject
        What to run; the starting days that it names are not used.
    replications : int
        Runs.
    seed : int
        Seeds of the runs are successive `nextLong` of `java.util.Random(seed)`.
    phases : sequence of (str, int, int), optional
        Name, first and last day of what is counted apart. Left out, each period that touches a demand is one. [days]
    days, src_order
        As of `run`.
    threads : int
        Runs at a time; the rows are the same whatever their number.

    Returns
    -------
    DataFrame
        One row per run, unit type and phase: unit-days by component, as fill, overlap, deployable, not-ready and total.
        [unit-days]

    Raises
    ------
    BadScenario, UnknownName
        As of `run`.
    ValueError
        If `replications` or `threads` is less than 1.
    """
    if replications < 1 or threads < 1:
        raise ValueError(f"replications ({replications}) and threads ({threads}) must be 1 or more.")
    project = checked(project)
    chosen = tuple(phases) if phases is not None else phases_of(project, days)
    prepared = prepare(project, days=days, src_order=src_order, phases=chosen)
    chance = JavaRandom(seed)
    seeds = [chance.next_long() for _ in range(replications)]

    def tallied(run_seed: int) -> npt.NDArray[np.int64]:
        starts = np.array(random_starts(prepared.units, run_seed), dtype=np.int64)
        tally: npt.NDArray[np.int64] = simulated(prepared, starts, is_logged=False).tally
        return tally

    if threads == 1:
        tallies = [tallied(run_seed) for run_seed in seeds]
    else:
        with ThreadPoolExecutor(threads) as pool:
            tallies = list(pool.map(tallied, seeds))
    return _tally_frame(prepared, seeds, [name for name, _, _ in chosen], np.stack(tallies))


def phases_of(project: MarathonProject, days: int | None = None) -> tuple[tuple[str, int, int], ...]:
    """Return the periods that touch a demand as phases: name, first and last day. [days]"""
    first = min((demand.start_day for demand in project.demands), default=0)
    last = max((demand.release_day - 1 for demand in project.demands), default=0)
    last = min(last, project.parameters.last_day if days is None else days)
    ordered = sorted(project.periods, key=lambda period: period.from_day)
    ends = [period.from_day - 1 for period in ordered[1:]] + [last]
    found = ((period.name, max(period.from_day, first), min(end, last)) for period, end in zip(ordered, ends, strict=True))
    return tuple((name, begins, end) for name, begins, end in found if begins <= end)


def simulated(prepared: Prepared, starts: npt.NDArray[np.int64], *, is_logged: bool = True) -> Any:
    """Run the kernel once and return its state; where its room was too small, again with more."""
    units = len(prepared.units)
    events = EVENTS_PER_UNIT * units + 64
    logged, sent = (TOUCHES_PER_UNIT * units + 64, TOURS_PER_UNIT * units + 64) if is_logged else (0, 0)
    while True:
        state = _state(prepared, events, logged, sent)
        kernel.simulate(prepared.world, state, starts, prepared.project.parameters.prefill, prepared.last_day)
        counts = state.count
        if counts[records.LOST_EVENTS]:
            events *= 2
        elif is_logged and (counts[records.LOGGED] > logged or counts[records.SENT] > sent):
            logged, sent = max(logged, int(counts[records.LOGGED])), max(sent, int(counts[records.SENT]))
        else:
            return state


def _state(prepared: Prepared, events: int, logged: int, sent: int) -> Any:
    """Arrays in which a run keeps what changes."""
    units, types = len(prepared.units), len(prepared.types)
    unit = np.zeros(units, dtype=records.UNIT_STATE)
    for name in ("deferred", "due", "demand", "stamp", "group"):
        unit[name] = -1
    day = np.zeros(prepared.last_day + 1, dtype=records.DAY_STATE)
    day["head"] = -1
    event = np.zeros(events, dtype=records.EVENT)
    event["next"] = np.append(np.arange(1, events), -1)
    whole = {name: np.zeros(units, dtype=np.int64) for name in ("at_home", "touched", "pool")}
    return records.State(
        unit=unit, kind=np.zeros(types, dtype=records.KIND_STATE),
        demand=np.zeros(len(prepared.demands), dtype=records.DEMAND_STATE),
        day=day, event=event, candidate=np.zeros(units, dtype=records.CANDIDATE), **whole,
        count=np.zeros(records.COUNTERS, dtype=np.int64),
        log=np.zeros((logged, len(records.LOG_COLUMNS)), dtype=np.int64),
        sent=np.zeros((sent, len(records.SENT_COLUMNS)), dtype=np.int64),
        tally=np.zeros((prepared.world.phase.size, types, COMPONENTS_COUNTED, len(CLASSES)), dtype=np.int64),
    )  # fmt: skip


def _tally_frame(prepared: Prepared, seeds: Sequence[int], phases: Sequence[str], tallies: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Return the counted days as MARATHON's rows. `tallies` has the shape (runs, phases, types, components, classes)."""
    numbers = {(kind, component): 0 for kind in prepared.types for component in COUNTED_COMPONENTS}
    totals = dict.fromkeys(prepared.types, 0)
    for unit in prepared.units:
        totals[unit.src] += 1
        if unit.component in COUNTED_COMPONENTS:
            numbers[unit.src, unit.component] += 1
    kinds = [number for number, name in enumerate(prepared.types) if totals[name]]
    runs, shape = len(seeds), (len(seeds), len(kinds), len(phases))
    by_row = (
        tallies[:, :, kinds].transpose(0, 2, 1, 3, 4).reshape(runs * len(kinds) * len(phases), COMPONENTS_COUNTED, len(CLASSES))
    )

    def spread_out(values: Sequence[Any], axis: int) -> pl.Series:
        index = np.broadcast_to(np.arange(shape[axis]).reshape([-1 if at == axis else 1 for at in range(3)]), shape).ravel()
        return pl.Series(values=values).gather(index)

    columns: dict[str, Any] = {
        "rep-seed": spread_out(list(seeds), 0), "SRC": spread_out([prepared.types[kind] for kind in kinds], 1),
        "phase": spread_out(list(phases), 2),
    }  # fmt: skip
    for component in COUNTED_COMPONENTS:
        own = by_row[:, COMPONENT_CODES[component]]
        columns |= {f"{component}-{name}": own[:, at] for at, name in enumerate(CLASSES)}
        columns[f"{component}-total"] = own.sum(axis=1)
    columns["total-quantity"] = spread_out([totals[prepared.types[kind]] for kind in kinds], 1)
    columns |= {component: spread_out([numbers[prepared.types[kind], component] for kind in kinds], 1)
                for component in ("AC", "NG", "RC")}  # fmt: skip
    return pl.DataFrame(columns)
