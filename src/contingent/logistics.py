"""What follows from a plan's tours: how units get there and home, what they live on, what it costs.

Movement and supply share one network. Supply goes first: what the force in place needs is taken from each terminal, crossing and
fleet before units move with what is left. Each stage is left out where the scenario has no tables for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import polars as pl

from contingent.model.scenario import Scenario
from contingent.network import has_network


@dataclass(frozen=True)
class Onward:
    """Frames of `contingent.plan.way_columns` that a plan's tours lead to.

    Parameters
    ----------
    frames : dict of str to polars.DataFrame
        By name.
    seconds : dict of str to float
        What took how long. [s]
    """

    frames: dict[str, pl.DataFrame]
    seconds: dict[str, float]


def onward(scenario: Scenario, tours: pl.DataFrame, option: str | None, *, seed: int = 0, closed: Sequence[str] = ()) -> Onward:
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
    closed : sequence of str
        Places and links that are closed.
    """
    from contingent.deployment import DeployOptions, deploy

    frames: dict[str, pl.DataFrame] = {}
    seconds: dict[str, float] = {}
    if has_network(scenario):
        began = perf_counter()
        movement = deploy(scenario, tours, option, DeployOptions(seed=seed, closed=tuple(closed)))
        frames |= movement.frames
        seconds["movement"] = perf_counter() - began
    return Onward(frames, seconds)
