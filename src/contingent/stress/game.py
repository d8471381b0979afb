"""The plan that runs as a game of its offers: what is left of it, and what could be made of it, when some of them are not there.

A plan falls apart into families of lines that share no offer, so an answer for any set of offers is a sum of answers for its
families, each looked for once: the loss of Germany and Spain is the same for the engineers whatever becomes of the frigates.

    f in F          families of lines
    G               offers that are gone
    value_f(G)      unfilled unit-days of the plan made anew, by priority           [unit-days]
    left_f(G)       unfilled unit-days where nobody reacts                          [unit-days]
    bound_f(G)      no plan without G leaves fewer unfilled                         [weighted unit-days]

A nation whose ceiling may bind has its room parted among the families: each keeps what it uses, and what is free goes by people
offered. So every sum is a plan. Bounds know of no ceiling, which makes them lower, never wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from contingent.ensemble import Job, Piece
from contingent.generation.exact import Counts
from contingent.generation.families import Indices, families, restrict, without_offers
from contingent.generation.matrix import columns_of
from contingent.generation.problem import Floats, Problem
from contingent.generation.replan import (
    MOST_COLUMNS_OF_MATRIX,
    Effort,
    LevelPrices,
    Reaction,
    people_of,
    prices_of_family,
    replan,
    service_by_offer,
)

LIGHT = Effort(most=8, patience=1, less=0)
"""How long a plan is looked for where thousands of sets are asked for: orders of joining, and draws."""

WORTH = 0.001
"""Share of the first priority that may stay unproven in one family before another linear relaxation is solved. [-]"""

SETS_A_PIECE = 24
"""Sets of offers that one piece of a job looks at. [sets]"""


@dataclass(frozen=True)
class Part:
    """A family: its problem, its places in the whole, and the plan that runs in it.

    Parameters
    ----------
    problem : Problem
        The family alone.
    offers : ndarray of int
        Offers of the whole problem, by offer of the family. Shape (offers,)
    arcs : ndarray of int
        Arcs of the whole problem, by arc of the family. Shape (arcs,)
    running : Counts
        Tours that run.
    taken : ndarray of float or None
        People of nations under a ceiling that are for other families. [people], shape (nations, slots)
    target : ndarray of float
        Unfilled unit-days that a reaction need not go below. Shape (levels,)
    prices : tuple of LevelPrices
        By priority; empty until they are found.
    """

    problem: Problem
    offers: Indices
    arcs: Indices
    running: Counts
    taken: Floats | None
    target: Floats
    prices: tuple[LevelPrices, ...] = ()

    @property
    def nations(self) -> tuple[int, ...]:
        """Nations that offer something to the family, in their order."""
        return tuple(sorted(set(self.problem.offer_nation.tolist())))

    @property
    def is_small(self) -> bool:
        """Whether every set of its offers is proven at once."""
        return columns_of(self.problem, np.arange(len(self.problem.arc_line))) <= MOST_COLUMNS_OF_MATRIX


@dataclass(frozen=True)
class Game:
    """All families of a plan.

    Parameters
    ----------
    problem : Problem
        The whole.
    parts : tuple of Part
        Families.
    nobody : ndarray of float
        Unit-days of lines that no offer can serve. [unit-days], shape (levels,)
    seed : int
        Of every random choice.
    """

    problem: Problem
    parts: tuple[Part, ...]
    nobody: Floats
    seed: int

    @property
    def worth(self) -> float:
        """Distance of value and bound of the first priority in one family that is worth another relaxation. [unit-days]"""
        return WORTH * float(self.problem.required[0]) if len(self.problem.priorities) else 0.0


def game_of(problem: Problem, running: Counts, *, seed: int) -> Game:
    """Take a plan apart into its families."""
    days = problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]
    required = days * problem.line_quantity
    levels = len(problem.priorities)
    nobody = np.bincount(problem.line_level, weights=required, minlength=levels).astype(np.float64)
    lines_of = families(problem, frozenset())
    shares = [_family(problem, lines, running) for lines in lines_of]
    for lines in lines_of:
        nobody -= np.bincount(problem.line_level[lines], weights=required[lines], minlength=levels)
    rooms = _rooms(problem, shares)
    parts = []
    for (family, offers, arcs, counts), taken in zip(shares, rooms, strict=True):
        nothing = np.full(levels, np.inf)
        target = replan(family, np.arange(len(arcs)), counts, None, target=nothing).value
        parts.append(Part(family, offers, arcs, counts, taken, target))
    return Game(problem, tuple(parts), np.maximum(nobody, 0.0), seed)


Share = tuple[Problem, Indices, Indices, Counts]


def _family(problem: Problem, lines: Indices, running: Counts) -> Share:
    family, arcs = restrict(problem, lines)
    here = {int(arc): place for place, arc in enumerate(arcs.tolist())}
    counts = {(here[arc], start): units for (arc, start), units in running.items() if arc in here}
    return family, np.unique(problem.arc_offer[arcs]).astype(np.int64), arcs, counts


def _rooms(problem: Problem, shares: Sequence[Share]) -> list[Floats | None]:
    """Return for each family the people under a ceiling that are for others; None where no ceiling concerns it."""
    limited = np.flatnonzero(np.isfinite(problem.ceiling))
    if not len(limited):
        return [None] * len(shares)
    used = [people_of(family, counts) for family, _, _, counts in shares]
    offered = np.array([
        np.bincount(family.offer_nation, weights=family.offer_people * family.offer_quantity, minlength=len(problem.nations))
        for family, _, _, _ in shares
    ])  # fmt: skip
    parted = offered / np.maximum(1.0, offered.sum(axis=0))
    ceiling = np.where(np.isfinite(problem.ceiling), problem.ceiling, 0.0)[:, None]
    free = np.maximum(0.0, ceiling - np.sum(used, axis=0))
    return [
        np.where(ceiling > 0, ceiling - own - free * share[:, None], 0.0) if share[limited].any() else None
        for own, share in zip(used, parted, strict=True)
    ]


def find_prices(game: Game, piece: Piece) -> dict[str, Any]:
    """Return the prices of one family, as the job has them."""
    part = game.parts[int(piece["part"])]
    found = prices_of_family(part.problem, part.running)
    told: dict[str, Any] = {"levels": len(found)}
    for level, prices in enumerate(found):
        told |= {f"names{level}": [list(name) for name in prices.names], f"rows{level}": prices.rows}
        told |= {f"bound{level}": prices.bound}
    return told


def prices_told(told: Mapping[str, Any]) -> tuple[LevelPrices, ...]:
    """Return prices from what the job told."""
    return tuple(
        LevelPrices(
            tuple((line, nation, float(share)) for line, nation, share in told[f"names{level}"]),
            np.asarray(told[f"rows{level}"], dtype=np.float32),
            float(told[f"bound{level}"]),
        )
        for level in range(int(told["levels"]))
    )


Depth = Literal["light", "full", "deep"]
"""How well a set is looked at: its plan alone, for a short time; its plan and its bound; both as a plan's family is settled."""


def reaction_of(game: Game, number: int, gone: Sequence[int], depth: Depth) -> Reaction:
    """Plan a family anew without some of its offers."""
    part = game.parts[number]
    problem, arcs = without_offers(part.problem, np.array(gone, dtype=np.int64))
    return replan(
        problem,
        arcs,
        part.running,
        None if depth == "light" else part.prices,
        target=part.target,
        taken=part.taken,
        seed=game.seed,
        effort=LIGHT if depth == "light" else None,
        worth=game.worth,
        deep=depth == "deep",
    )


def look_at(game: Game, piece: Piece) -> dict[str, Any]:
    """Plan a family anew without each of some sets of its offers, as the job has them."""
    number, depth = int(piece["part"]), piece["depth"]
    part = game.parts[number]
    levels = len(game.problem.priorities)
    found = [reaction_of(game, number, gone, depth) for gone in piece["sets"]]
    told: dict[str, Any] = {
        "value": _stacked([reaction.value for reaction in found], levels),
        "left": _stacked([reaction.no_reaction for reaction in found], levels),
    }
    if depth == "light":
        return told
    return told | {
        "bound": _stacked([reaction.bound for reaction in found], levels),
        "locked": _stacked([reaction.locked for reaction in found], levels),
        "changes": np.array([reaction.changes for reaction in found], dtype=np.int64),
        "carried": np.array([service_by_offer(part.problem, reaction.counts) for reaction in found]),
    }


def _stacked(rows: Sequence[Floats], levels: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), levels)


def job_of(game: Game, function: Any, name: str, fingerprint: str) -> Job:
    """Return a job on the game."""
    return Job(function, game, name, fingerprint)
