"""Deployment: who moves when by what, how far that is from the best, what holds whom up."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import polars as pl

from contingent.deployment import frames as tables
from contingent.deployment.bound import Bound, bound
from contingent.deployment.legs import movement_frames
from contingent.deployment.parts import OUT, parts_of
from contingent.deployment.problem import AFTER_DAYS, Number, Problem, Whole, build_problem
from contingent.deployment.replay import Replay, replay
from contingent.deployment.schedule import Schedule, orders_of
from contingent.deployment.sent import Rows, Sent, sent
from contingent.model.scenario import Scenario
from contingent.network import has_network
from contingent.plan.columns import empty_frame
from contingent.plan.way_columns import WAY_COLUMNS

WINDOW_DAYS, OVERLAP_DAYS = 180, 30
"""Parts that are to be there within a window are sent together; those of its last days again with the next. [days]"""
FRAMES = ("movements", "legs", "closure", "arrivals", "utilisation", "flows", "bottlenecks", "schedule")
"""What deployment works out."""
Kept = tuple[float, Number]
"""Value of a bound, and the worth of one more a day of each resource."""
ENGINE = "threads"
"""Where replays are computed where nothing is said: compiled code lets go of the interpreter."""
PROVEN = 1e-6
"""A value that is no farther from its bound is the best. [-]"""
EVERY_WINDOW = 10_000
"""More windows than any horizon has."""
BOUND_ROUNDS = 60
"""Most rounds of pricing of a bound. [rounds]"""
QUICK, LONG = 4, 60
"""Rounds of search for each part. [rounds]"""


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """How to move.

    Parameters
    ----------
    until : int, optional
        Only what is to be there before this day; None = the whole horizon. [days from D-day]
    closed : tuple of str
        Places and links that are closed.
    rounds : int
        Rounds of search for each part. [rounds]
    time_limit : float, optional
        The search stops between windows when it has taken so long; None = a set amount of work. [s]
    seed : int
        Of the search and of delays.
    bounded : int
        For so many windows, the first ones, the bound is worked out, and the worth of one more of each resource; 0 = for none.
    replications : int
        How often the schedule is replayed with delays and breakdowns; 0 = not at all.
    replay_until : int, optional
        Only parts that are to be there before this day are replayed; None = all. [days from D-day]
    engine : str, optional
        Where replays are computed (`contingent.ensemble`).
    """

    until: int | None = None
    closed: tuple[str, ...] = ()
    rounds: int = QUICK
    time_limit: float | None = None
    seed: int = 0
    bounded: int = EVERY_WINDOW
    replications: int = 0
    replay_until: int | None = None
    engine: str | None = None


@dataclass(frozen=True)
class Movements:
    """How a force gets there. Frames as in `contingent.plan.way_columns`.

    Parameters
    ----------
    frames : dict of str to polars.DataFrame
        movements, legs, closure, arrivals, utilisation, flows, bottlenecks, schedule.
    taken : ndarray of float
        What movement takes of each resource on each day; shape (resources, days).
    schedule : Sent
        The schedule itself.
    seconds : dict of str to float
        What took how long. [s]
    replayed : Replay or None
        What becomes of the schedule under delays, where that was asked for.
    """

    frames: dict[str, pl.DataFrame]
    taken: Number
    schedule: Sent
    seconds: dict[str, float]
    replayed: Replay | None = None


def deploy(
    scenario: Scenario, tours: pl.DataFrame, option: str | None = None, options: DeployOptions | None = None, *,
    taken: Number | None = None,
) -> Movements:  # fmt: skip
    """Work out how the units of a plan's tours get there and home.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    tours : polars.DataFrame
        Tours of a plan.
    option : str, optional
        Course of action of the plan.
    options : DeployOptions, optional
        How far, by how much search, what is closed.
    taken : ndarray of float, optional
        What others, such as supply, take of each resource on each day; shape (resources, days at least).

    Returns
    -------
    Movements
        Empty frames where the scenario has no network.
    """
    asked = options or DeployOptions()
    began = perf_counter()
    parts = parts_of(scenario, tours, until=asked.until) if has_network(scenario) else []
    days = (asked.until + AFTER_DAYS) if asked.until is not None else None
    problem = build_problem(scenario, parts, closed=asked.closed, taken=taken, days=days)
    drawn = perf_counter()
    schedule, windows = roll(problem, asked)
    sent = perf_counter()
    bounds = [_kept(bound(problem, schedule, rounds=BOUND_ROUNDS, among=window)) for window in windows[: asked.bounded]]
    bounded = perf_counter()
    found = movement_frames(schedule)
    if not parts:
        return Movements({name: empty_frame(name) for name in FRAMES}, schedule.used, schedule, {"network": drawn - began})
    found |= {
        "closure": tables.closure(scenario, tours, found["movements"], option),
        "arrivals": tables.arrivals(scenario, tours, found["movements"], option),
        "utilisation": tables.utilisation(schedule, taken),
        "flows": tables.flows(scenario, found["movements"], found["legs"]),
        "bottlenecks": tables.bottlenecks(schedule, _worth(problem, bounds)),
        "schedule": summary(schedule, windows, bounds),
    }
    seconds = {
        "network": drawn - began, "schedule": sent - drawn, "bound": bounded - sent,
        "tables of movement": perf_counter() - bounded,
    }  # fmt: skip
    replayed = None
    if asked.replications:
        replayed = replay(
            schedule, scenario, tours, option, replications=asked.replications, seed=asked.seed, until=asked.replay_until,
            engine=asked.engine or ENGINE,
        )
        found["closure"] = replayed.into(found["closure"])
        seconds["replay"] = replayed.seconds
    return Movements(found, schedule.used, schedule, seconds, replayed)


def roll(problem: Problem, options: DeployOptions) -> tuple[Sent, list[Whole]]:
    """Send all parts, window after window; return what was sent, and the parts that are to be there within each window."""
    everybody = problem.sendable()
    required = problem.required[everybody]
    used = np.zeros_like(problem.capacity)
    pieces: list[tuple[Whole, Rows]] = []
    windows: list[Whole] = []
    began, rounds, first, again = perf_counter(), 0, 0, np.empty(0, dtype=np.int64)
    last = int(required.max()) if len(everybody) else -1
    while first <= last:
        until = first + WINDOW_DAYS
        low = -np.inf if first == 0 else first
        fresh: Whole = everybody[(required >= low) & (required < until)]
        window = np.concatenate([again, fresh])
        schedule, here = Schedule(problem.of(window), used), np.arange(len(window))
        if len(window):
            schedule.best_list(here, orders_of(schedule.problem, here))
            if options.time_limit is None or perf_counter() - began < options.time_limit:
                schedule.improve(here, rounds=options.rounds * len(window), seed=options.seed, begin=rounds)
                rounds += options.rounds * len(window)
        goes_on = (problem.required[window] >= until - OVERLAP_DAYS) & (until <= last)
        pieces.append((window[~goes_on], schedule.rows(here[~goes_on])))
        schedule.clear(here[goes_on])
        again, first = window[goes_on], until
        if len(fresh):
            windows.append(fresh)
    return sent(problem, used, pieces), windows


def summary(schedule: Sent, windows: list[Whole], bounds: list[Kept]) -> pl.DataFrame:
    """Return the frame ``schedule``: what the schedule is worth, beside its bound.

    Parameters
    ----------
    schedule : Sent
        All windows.
    windows : list of ndarray of int
        The parts of each.
    bounds : list of (float, ndarray of float)
        Of the first windows: value, and worth of one more a day of each resource. The bound of each is on its own parts, as if
        nobody else moved, so that they add up.
    """
    problem = schedule.problem
    moving = problem.sendable()
    stranded = np.flatnonzero(np.isnan(schedule.arrival))
    late = np.maximum(0.0, np.nan_to_num(schedule.arrival) - problem.required)
    out = np.array([part.direction == OUT for part in problem.parts], dtype=bool)
    method = f"lists and search, {len(windows)} windows of {WINDOW_DAYS} days"
    rows: list[dict[str, object]] = []

    def add(measure: str, unit: str, value: float, least: float | None = None, how: str = method) -> None:
        proven = least is not None and value <= least * (1 + PROVEN) + PROVEN
        status = "optimal" if proven else "feasible"
        rows.append({"measure": measure, "unit": unit, "value": value, "bound": least, "status": status, "method": how})

    lateness, unit = "weighted lateness", "people x days x weight"
    least = [value for value, _ in bounds]
    how = f"{method}; linear bound in columns, window by window" if bounds else method
    add(lateness, unit, schedule.value(moving), sum(least) if bounds and len(bounds) == len(windows) else None, how)
    if bounds and len(windows) > 1 and problem.required[windows[0]].max() < WINDOW_DAYS:
        add(f"{lateness}, to D+{WINDOW_DAYS}", unit, schedule.value(windows[0]), least[0], how)
    add("parts that move", "parts", float(len(problem.parts)))
    add("parts without a way", "parts", float(len(stranded)))
    add("parts late on the way out", "parts", float((late[out] > 0).sum()))
    add("latest part on the way out", "days late", float(late[out].max()) if out.any() else 0.0)
    return pl.DataFrame(rows, schema=WAY_COLUMNS["schedule"], orient="row")


def _kept(found: Bound) -> Kept:
    """What is told of a bound: its value, and what one more a day of each resource is worth, not its price on each day."""
    return found.value, found.worth()


def _worth(problem: Problem, bounds: list[Kept]) -> dict[str, float]:
    """What one more a day of each resource is worth where the bound was worked out. [weighted days of lateness]"""
    if not bounds:
        return {}
    worth = sum((worth for _, worth in bounds), np.zeros(len(problem.network.resources)))
    return {resource.name: round(float(worth[at]), 4) for at, resource in enumerate(problem.network.resources)}
