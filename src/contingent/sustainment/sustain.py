"""Sustainment: what a force lives on, from its tours in place to stocks, shortages and what supplying it takes."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.errors import BadPlan
from contingent.findings import Finding, nearest_name
from contingent.model.scenario import Scenario
from contingent.network import Network, build_network
from contingent.network.ground import refuse_unknown
from contingent.plan.columns import frame
from contingent.sustainment.balance import Given, Kept, weeks
from contingent.sustainment.chain import NONE, Chain, chain_of, stock_of_places
from contingent.sustainment.frames import balance_frames, resupply_frame, sentences_of
from contingent.sustainment.logistics import Facts, Passes, last_stage_km
from contingent.sustainment.options import Supply, SupplyOptions
from contingent.sustainment.sharing import weights_of
from contingent.sustainment.survival import FullForce, closings, survive, used_ways
from contingent.sustainment.use import KG_PER_T, WEEK, Use, use_of
from contingent.sustainment.ways import Paths, Steps

Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

MONTH_WEEKS = 4
"""Weeks after that of the full force of which survival knows what movement takes; then the mean of the rest. [weeks]"""


def sustain(
    scenario: Scenario,
    tours: pl.DataFrame,
    option: str | None,
    *,
    network: Network | None = None,
    taken: Floats | None = None,
    options: SupplyOptions | None = None,
) -> Supply:
    """Work out what the units of the tours use up, how it is brought to them, and where it runs short.

    Parameters
    ----------
    scenario : Scenario
        With its offers and lines derived.
    tours : polars.DataFrame
        Tours of a plan, as in `contingent.plan.COLUMNS`.
    option : str or None
        Course of action.
    network : Network, optional
        From `contingent.network.build_network`; None = built here where the scenario has links and fleets. Without, resupply has
        no limit and takes no time.
    taken : ndarray of float, optional
        What others have taken of each resource of the network on each day; None = nothing. Shape (resources, horizon days)
    options : SupplyOptions, optional
        What is closed, and how much is worked out.

    Raises
    ------
    BadPlan
        If a tour is of a unit type that the scenario does not have.
    UnknownName
        If a place or link that is to be closed is none of the scenario's.
    SolverFailed
        If the solver ends in a state that says nothing.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> from contingent.pipeline import make_plan
    >>> tiny = read_scenario("tiny")
    >>> sustain(tiny, make_plan(tiny).tours, None).supply.is_empty()
    True
    """
    asked = options or SupplyOptions()
    _refuse_unknown(scenario, tours, asked)
    began = perf_counter()
    if network is None and scenario.links and scenario.fleets and scenario.stocks:
        network = build_network(scenario)
    built = perf_counter()
    run = _run(scenario, tours, network, taken, asked)
    names = tuple(resource.name for resource in network.resources) if network is not None else ()
    supply, stockouts = balance_frames(run.given.chain, run.use, run.lives, run.classes, run.kept)
    ways = resupply_frame(run.given.chain, run.use.weeks, run.kept)
    told = perf_counter()
    survival = _survival(scenario, run, asked)
    survived = perf_counter()
    rows, lines, passes = Passes(scenario, option, _facts(scenario, tours, run, limited=network is not None)).rows()
    logger.debug("supply of %d weeks, %d ways, %d resources", len(run.kept), len(run.steps.ways), len(names))
    frames = {
        "supply": supply, "resupply": ways, "stockouts": stockouts, "survival": frame("survival", survival),
        "logistics": frame("logistics", rows),
    }  # fmt: skip
    seconds = {"network": built - began, "balance": told - built, "survival": survived - told}
    full_day = int(run.use.weeks.starts[run.full]) if run.kept else 0
    return Supply(
        **frames, lines=lines, loads=_loads(run, len(names)), full_day=full_day,
        sentences=sentences_of(frames, lines, full_day, passes=passes, closed=asked.close, limited=network is not None),
        seconds=seconds | {"logistics": perf_counter() - survived},
    )  # fmt: skip


def _refuse_unknown(scenario: Scenario, tours: pl.DataFrame, asked: SupplyOptions) -> None:
    unknown = sorted(set(tours["unit_type"]) - set(scenario.unit_type_by_name))
    if unknown:
        findings = [Finding("tours.csv", f"'{name}' is not a unit type of the scenario.", column="unit_type",
                            nearest=nearest_name(name, scenario.unit_type_by_name)) for name in unknown]  # fmt: skip
        raise BadPlan(scenario.settings.title, findings)
    refuse_unknown(scenario, asked.close)


@dataclass(frozen=True)
class _Run:
    """The plan's weeks, and what they were run from."""

    use: Use
    lives: NDArray[np.int64]
    classes: tuple[str, ...]
    given: Given
    paths: Paths
    steps: Steps
    own: Floats
    daily: Floats
    by_day: Floats
    kept: tuple[Kept, ...]

    @property
    def full(self) -> int:
        return self.use.full_week


def _run(scenario: Scenario, tours: pl.DataFrame, network: Network | None, taken: Floats | None, asked: SupplyOptions) -> _Run:
    use = use_of(scenario, tours)
    classes = {row.supply: row.supply_class for row in reversed(scenario.consumption)}
    chain = chain_of(scenario, use.supplies)
    lives = stock_of_places(scenario, chain, use.places)
    own = _on_stocks(chain, lives, use.weekly_kg())
    first = chain.first_steps(np.ones(len(chain.origins), dtype=bool))
    daily = chain.daily_kg(own / use.weeks.lengths, first)
    full = use.full_week
    people = use.weeks.summed(use.people)[:, full] if use.places else np.zeros(0)
    there = _on_stocks(chain, lives, np.repeat(people[:, None, None], len(use.supplies), axis=1))[:, :, 0]
    weight = weights_of(tuple(classes[name] for name in use.supplies), there / max(1.0, float(people.sum())))
    names = tuple(resource.name for resource in network.resources) if network is not None else ()
    given = Given(chain, daily[:, :, full], weight, names)
    paths = Paths.of(scenario, chain, network, asked.ways)
    steps = paths.steps()
    by_day = _left_by_day(network, taken, scenario.settings.horizon_days)
    capacity = use.weeks.summed(by_day)
    opened = _open_by_week(paths, steps, use, asked)
    needs = ((own[:, :, week], daily[:, :, week]) for week in range(own.shape[2]))
    kept = tuple(weeks(given, given.start, needs, iter(capacity.T), opened)) if use.places else ()
    return _Run(use, lives, tuple(classes[name] for name in use.supplies), given, paths, steps, own, daily, by_day, kept)


def _on_stocks(chain: Chain, lives: NDArray[np.int64], by_place: Floats) -> Floats:
    """Add up by stock what stands by place of units. Shape (places with a stock, supplies, ...)"""
    found = np.zeros((*chain.row_of.shape, by_place.shape[2]))
    place, supply = np.nonzero(lives != NONE)
    np.add.at(found, (lives[place, supply], supply), by_place[place, supply])
    return found


def _left_by_day(network: Network | None, taken: Floats | None, days: int) -> Floats:
    """What each day has of each resource, less what others have taken. Shape (resources, horizon days)"""
    if network is None:
        return np.zeros((0, days))
    there = network.capacity(days)
    return there if taken is None else np.maximum(0.0, there - taken)


def _open_by_week(paths: Paths, steps: Steps, use: Use, asked: SupplyOptions) -> Iterator[Steps]:
    if not asked.close:
        return repeat(steps)
    shut = paths.without(steps, asked.close)
    return iter([steps if end <= asked.from_day else shut for end in use.weeks.ends.tolist()])


def _loads(run: _Run, resources: int) -> Floats:
    """What supply takes of each resource on each day: over each week as there is room. Shape (resources, horizon days)"""
    loads = np.zeros((resources, run.use.weeks.horizon_days))
    if not resources:
        return loads
    for kept, first, last in zip(run.kept, run.use.weeks.starts.tolist(), run.use.weeks.ends.tolist(), strict=False):
        room = run.by_day[:, first:last]
        taken = kept.moved.flow @ kept.steps.load / np.maximum(room.sum(axis=1), np.finfo(np.float64).tiny)
        loads[:, first:last] = np.minimum(taken, 1.0)[:, None] * room
    return loads


def _survival(scenario: Scenario, run: _Run, asked: SupplyOptions) -> list[dict[str, Any]]:
    if not asked.survival or not run.kept or not run.given.chain.held.any():
        return []
    days = int(run.use.weeks.lengths[run.full])
    capacity = run.use.weeks.summed(run.by_day)[:, run.full :]
    later = capacity[:, :MONTH_WEEKS] / run.use.weeks.lengths[run.full :][:MONTH_WEEKS]
    rest = capacity.sum(axis=1) / run.use.weeks.lengths[run.full :].sum()
    changes = bool((np.abs(later - rest[:, None]) > 1e-9 * np.maximum(1.0, rest[:, None])).any())
    capacities = [column * WEEK for column in later.T] if changes else []
    full = FullForce(
        run.kept[run.full].before, np.rint(run.own[:, :, run.full] * WEEK / days), run.daily[:, :, run.full],
        [*capacities, rest * WEEK],
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for closing in closings(scenario, run.given, used_ways(run.kept), asked.close):
        rows += survive(run.given, run.paths, run.steps, full, closing)
    return rows


def _facts(scenario: Scenario, tours: pl.DataFrame, run: _Run, *, limited: bool) -> Facts:
    """What logistics is held against: the week of the full force."""
    use, chain, full = run.use, run.given.chain, run.full if run.kept else 0
    first_day, days = (int(use.weeks.starts[full]), int(use.weeks.lengths[full])) if run.kept else (0, WEEK)
    ships = {row.unit_type for row in scenario.unit_types if row.domain == "maritime"}
    at_sea = tours.filter(pl.col("unit_type").is_in(sorted(ships)))
    sea = use_of(scenario, at_sea)
    by_place = use.kg[:, :, first_day : first_day + days].sum(axis=(1, 2)) / days / KG_PER_T
    of_ships = dict(zip(sea.places, sea.kg[:, :, first_day : first_day + days].sum(axis=(1, 2)) / days / KG_PER_T, strict=True))
    tonnes = {place: float(found - of_ships.get(place, 0.0)) for place, found in zip(use.places, by_place, strict=True)}
    places = [at for at in range(len(chain.places)) if any(int(origin) == at for origin in chain.origin)]
    handled = {chain.places[at]: float(run.daily[at, :, full].sum() / KG_PER_T) for at in places} if run.kept else {}
    targets = [run.given.target(run.daily[:, :, week]).sum(axis=1) for week in range(len(run.kept))]
    most = np.max(targets, axis=0) if targets else np.zeros(0)
    stored = {place: round(float(kg) / KG_PER_T, 3) for place, kg in zip(chain.places, most, strict=False) if kg > 0}
    here = tours.filter((pl.col("from_day") <= first_day) & (pl.col("until_day") > first_day))
    counted = dict(here.group_by("capability").agg(pl.col("effectiveness").sum()).sort("capability").iter_rows())
    kilometres = last_stage_km(scenario, chain, run.lives, use.places)
    return Facts(
        {place: found for place, found in tonnes.items() if found > 1e-9}, float(sum(of_ships.values())),
        kilometres, handled, stored, counted, first_day, limited, _by_road(scenario, run, tonnes, kilometres),
    )  # fmt: skip


def _by_road(scenario: Scenario, run: _Run, tonnes: Mapping[str, float], kilometres: Mapping[str, float]) -> float:
    """What goes by road in the week of the full force: between stocks, and from stocks to units elsewhere. [t km/day]"""
    if not run.kept:
        return 0.0
    length = {link.link: link.km for link in scenario.links if link.mode == "road"}
    kept = run.kept[run.full]
    km = np.array([sum(length.get(link, 0.0) for link in way.links) for way in kept.steps.ways], dtype=np.float64)
    between = float(kept.moved.flow @ km) / int(run.use.weeks.lengths[run.full])
    stocked = set(run.given.chain.places)
    return between + sum(found * kilometres.get(place, 0.0) for place, found in tonnes.items() if place not in stocked)
