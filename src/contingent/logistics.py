"""What follows from a plan's tours: what the units live on, how they get there and home, what it costs.

Movement and supply share one network. Supply goes first: what the force in place needs is taken from each terminal, crossing and
fleet, and units move with what is left. Where movement is to go first, supply has what that leaves. Each stage is left
out where the scenario has no tables for it: links with fleets or handling, stocks, rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

import polars as pl

from contingent.cost import cost
from contingent.deployment import DeployOptions, Movements, deploy
from contingent.model.scenario import Scenario
from contingent.network import has_network
from contingent.sustainment import Supply, SupplyOptions, sustain

FIRST_DAYS = 180
"""In this time nearly all lines are occupied for the first time. [days]"""


@dataclass(frozen=True)
class Onward:
    """Frames of `contingent.plan.way_columns` that a plan's tours lead to.

    Parameters
    ----------
    frames : dict of str to polars.DataFrame
        By name.
    seconds : dict of str to float
        What took how long. [s]
    provenance : dict
        What the frames rest on, for the plan's provenance.
    """

    frames: dict[str, pl.DataFrame]
    seconds: dict[str, float]
    provenance: dict[str, Any] = field(default_factory=dict)


def move_beside_supply(scenario: Scenario, tours: pl.DataFrame, option: str | None, options: DeployOptions) -> Movements:
    """Return how the units of tours move with what supply leaves them, places closed for both.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    tours : polars.DataFrame
        Tours of a plan.
    option : str or None
        Course of action.
    options : DeployOptions
        How to move.
    """
    loads = None
    if has_network(scenario) and scenario.stocks and scenario.consumption:
        loads = sustain(scenario, tours, option, options=SupplyOptions(close=options.closed, survival=False)).loads
    return deploy(scenario, tours, option, options, taken=loads)


def onward(
    scenario: Scenario, tours: pl.DataFrame, option: str | None, *, seed: int = 0, closed: Sequence[str] = (),
    replications: int = 0, first: Literal["supply", "movement"] = "supply",
) -> Onward:  # fmt: skip
    """Return what follows from tours.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    tours : polars.DataFrame
        Tours of a plan.
    option : str or None
        Course of action.
    seed : int
        Of the search.
    replications : int
        How often movements of the first `FIRST_DAYS` are replayed with delays and breakdowns; 0 = not at all.
    closed : sequence of str
        Places and links that are closed, from the first day on.
    first : {"supply", "movement"}
        Who takes what both need.
    """
    moves, lives = has_network(scenario), bool(scenario.stocks and scenario.consumption)
    moving = DeployOptions(seed=seed, closed=tuple(closed), replications=replications, replay_until=FIRST_DAYS)
    living = SupplyOptions(first=first, close=tuple(closed))
    supply: Supply | None = None
    movement: Movements | None = None
    began = perf_counter()
    if moves and first == "movement":
        movement = deploy(scenario, tours, option, moving)
    if lives:
        taken = None if movement is None else movement.taken[:, : scenario.horizon.days]
        supply = sustain(scenario, tours, option, taken=taken, options=living)
    supplied = perf_counter()
    if moves and movement is None:
        movement = deploy(scenario, tours, option, moving, taken=None if supply is None else supply.loads)
    moved = perf_counter()
    frames = (movement.frames if movement else {}) | (supply.frames if supply else {})
    seconds = {"supply": supplied - began, "movement": moved - supplied}
    provenance: dict[str, Any] = {}
    if scenario.rates:
        paid = cost(
            scenario, tours, option, movements=frames.get("movements"), legs=frames.get("legs"), supply=frames.get("supply")
        )
        frames |= paid.frames
        seconds["cost"] = perf_counter() - moved
        provenance["cost"] = dict(paid.basis)
    return Onward(frames, seconds, provenance)
