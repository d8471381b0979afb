"""Answers for sets of nations: sums of answers for families, each looked for once, on any engine.

What is shown keeps an order: losing one nation more never leaves fewer unit-days unfilled, priority before priority, and
nothing is fuller than the plan that runs. Where the search found a better plan for a larger set, that is a plan for the smaller
set as well; and every bound of a smaller set bounds the larger one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from contingent.ensemble import Piece, Result, run_pieces
from contingent.generation.problem import Floats
from contingent.generation.replan import fuller, level_weights
from contingent.stress.game import SETS_A_PIECE, Depth, Game, find_prices, job_of, look_at, prices_told

FEW = 400
"""Sets of offers, over all families, that are looked at in this process whatever the engine: to start another takes longer."""

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

Nations = tuple[int, ...]
Offers = tuple[int, ...]
Key = tuple[int, Offers]


@dataclass
class FamilyAnswer:
    """An answer for one family: unfilled unit-days by priority, bounds (`Reaction`), changes, what each offer carries."""

    left: Floats
    value: Floats
    bound: Floats
    locked: Floats
    changes: int
    carried: Floats


@dataclass(frozen=True)
class Light:
    """A light answer for one family: unfilled unit-days by priority where nobody reacts, and where somebody does."""

    left: Floats
    value: Floats


@dataclass(frozen=True)
class Answer:
    """What becomes of the whole plan.

    Parameters
    ----------
    left, value, bound : ndarray of float
        Unit-days left unfilled where nobody reacts; after the best reaction that was found; in any plan at least, the earlier
        priorities held at their values. [unit-days], shape (levels,)
    changes : int
        Tours that the reaction begins or gives up. [tours]
    carried : ndarray of float
        Unit-days that each nation serves in the plan made anew, needed or not. Shape (nations, levels)
    """

    left: Floats
    value: Floats
    bound: Floats
    changes: int
    carried: Floats


@dataclass
class Engine:
    """How pieces are run: engine, journal, and whom progress is told."""

    name: str = "here"
    journal: Path | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass
class Answers:
    """Answers that are known, and the way to new ones. Mutable on purpose; lives inside one stress test.

    Parameters
    ----------
    game : Game
        The plan as families, without prices yet.
    engine : Engine
        Where it is worked out.
    fingerprint : str
        Of scenario, plan and options.
    """

    game: Game
    engine: Engine
    fingerprint: str
    full: dict[Key, FamilyAnswer] = field(default_factory=dict)
    light: dict[Key, "Light"] = field(default_factory=dict)
    deep: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        pieces: list[Piece] = [{"part": number} for number in range(len(self.game.parts))]
        job = job_of(self.game, find_prices, "stress prices", self.fingerprint)
        found = run_pieces(job, pieces, engine="here", journal=self.engine.journal)
        parts = [replace(part, prices=prices_told(told)) for part, told in zip(self.game.parts, found, strict=True)]
        self.game = replace(self.game, parts=tuple(parts))
        self._nation_offers: dict[tuple[int, int], Offers] = {}
        for number, part in enumerate(parts):
            for place, nation in enumerate(part.problem.offer_nation.tolist()):
                key = (number, int(nation))
                self._nation_offers[key] = (*self._nation_offers.get(key, ()), place)

    @property
    def levels(self) -> int:
        """Number of priorities."""
        return len(self.game.problem.priorities)

    def key(self, number: int, gone: Iterable[int]) -> Key:
        """Return a family and the offers that it loses with some nations."""
        return number, tuple(sorted(k for nation in gone for k in self._nation_offers.get((number, nation), ())))

    def keys(self, gone: Nations) -> list[Key]:
        """Return for each family what it loses with some nations."""
        return [self.key(number, gone) for number in range(len(self.game.parts))]

    def ask(self, full: Iterable[Key] = (), light: Iterable[Key] = (), deep: Iterable[Key] = ()) -> None:
        """Look at sets of offers that are not known yet, at full length or lightly; at some once more, as a plan is settled."""
        wanted: dict[Depth, list[Key]] = {
            "full": sorted(set(full) - self.full.keys()),
            "deep": sorted(set(deep) - self.deep),
        }
        wanted["light"] = sorted(set(light) - self.light.keys() - self.full.keys() - set(wanted["full"]))
        pieces = [piece for depth, keys in wanted.items() for piece in _pieces(keys, depth)]
        if not pieces:
            return
        few = sum(map(len, wanted.values())) <= FEW
        found = run_pieces(
            job_of(self.game, look_at, "stress", self.fingerprint),
            pieces,
            engine="here" if few else self.engine.name,
            journal=self.engine.journal,
            progress=None if few else self.engine.progress,
        )
        for piece, told in zip(pieces, found, strict=True):
            for place, gone in enumerate(piece["sets"]):
                self._note((int(piece["part"]), tuple(gone)), piece["depth"], told, place)
        self._keep_order([*wanted["full"], *wanted["deep"]])

    def _note(self, key: Key, depth: Depth, told: Result, place: int) -> None:
        value, left = np.asarray(told["value"][place]), np.asarray(told["left"][place])
        if depth == "light":
            self.light[key] = Light(left, np.where(fuller(value, target := self.game.parts[key[0]].target), target, value))
            return
        bound, locked, carried = (np.asarray(told[name][place]) for name in ("bound", "locked", "carried"))
        part = FamilyAnswer(left, value, bound, locked, int(told["changes"][place]), carried)
        known = self.full.get(key)
        if known is not None:
            part.bound = np.maximum(part.bound, known.bound)
            if fuller(known.value, part.value):
                part.value, part.changes, part.carried, part.locked = known.value, known.changes, known.carried, known.locked
        self.full[key] = part
        if depth == "deep":
            self.deep.add(key)

    def open_keys(self, gone: Nations, level: int) -> list[Key]:
        """Return the families in which a priority is not proven without some nations."""
        keys = self.keys(gone)
        return [key for key in keys if not _is_proven(self.full[key], level + 1, locked=True)]

    def _keep_order(self, new: Sequence[Key]) -> None:
        """Let a set be no fuller than the plan that runs, and no emptier than a larger set; let bounds grow with sets."""
        touched = {number for number, _ in new}
        known = sorted((key for key in self.full if key[0] in touched), key=lambda key: (len(self._nations_of(key)), key))
        for key in known:
            target = self.game.parts[key[0]].target
            if fuller(self.full[key].value, target):
                self.full[key].value = target.copy()
        for key in reversed(known):
            larger = self.full[key]
            for smaller in self._smaller(key):
                if fuller(larger.value, smaller.value):
                    smaller.value, smaller.changes, smaller.carried = larger.value, larger.changes, larger.carried
        for key in known:
            for smaller in self._smaller(key):
                self.full[key].bound = np.maximum(self.full[key].bound, smaller.bound)

    def _nations_of(self, key: Key) -> Nations:
        nation = self.game.parts[key[0]].problem.offer_nation
        return tuple(sorted({int(nation[place]) for place in key[1]}))

    def _smaller(self, key: Key) -> list[FamilyAnswer]:
        """Answers that are known for the sets with one nation fewer, but not with one fewer that has a pinned tour.

        A plan without a nation is one with it as well, unless a tour of it is pinned: that may stand in the way of others.
        """
        problem, nations = self.game.parts[key[0]].problem, self._nations_of(key)
        pinned = set(problem.offer_nation[problem.arc_offer[problem.pins[:, 0]]].tolist())
        keys = [
            self.key(key[0], (other for other in nations if other != nation)) for nation in nations if nation not in pinned
        ]
        return [self.full[smaller] for smaller in keys if smaller in self.full]

    def of(self, gone: Nations) -> Answer:
        """Return the answer for the loss of some nations, all of whose families have been asked."""
        parts = [self.full[key] for key in self.keys(gone)]
        nations = np.zeros((len(self.game.problem.nations), self.levels))
        for part, family in zip(parts, self.game.parts, strict=True):
            np.add.at(nations, family.problem.offer_nation, part.carried)
        left = self.game.nobody + sum((part.left for part in parts), np.zeros(self.levels))
        value = self.game.nobody + sum((part.value for part in parts), np.zeros(self.levels))
        return Answer(left, value, total_bound(parts, value, self.game.nobody), sum(part.changes for part in parts), nations)

    def unfilled(self, keys: Iterable[Key]) -> tuple[Floats, Floats]:
        """Return what is unfilled without a reaction and with one, from full answers where there are any, else light."""
        left, value = self.game.nobody.copy(), self.game.nobody.copy()
        for key in keys:
            part: FamilyAnswer | Light = self.full[key] if key in self.full else self.light[key]
            left, value = left + part.left, value + part.value
        return left, value


def total_bound(parts: Sequence[FamilyAnswer], value: Floats, nobody: Floats) -> Floats:
    """Return what any plan leaves unfilled, families together, each priority held against the values of the earlier ones."""
    bound = nobody.copy()
    for level in range(len(bound)):
        weights = level_weights(len(bound), level)
        own = [part.bound[level] - float((weights * part.value)[:level].sum()) for part in parts]
        proven = [_is_proven(part, level) for part in parts]
        # What a family that is proven in the earlier priorities could lend to others of them costs it as much as they gain.
        least = [max(0.0, one) if is_proven else one for one, is_proven in zip(own, proven, strict=True)]
        if all(_is_proven(part, level, locked=True) for part in parts):
            least = [max(0.0, one, part.locked[level]) for one, part in zip(own, parts, strict=True)]
        bound[level] += max(0.0, sum(least))
    return np.minimum(bound, value)


def _pieces(keys: Sequence[Key], depth: Depth) -> list[Piece]:
    by_part: dict[int, list[list[int]]] = {}
    for number, offers in keys:
        by_part.setdefault(number, []).append(list(offers))
    return [
        {"part": number, "depth": depth, "sets": sets[first : first + SETS_A_PIECE]}
        for number, sets in by_part.items()
        for first in range(0, len(sets), SETS_A_PIECE)
    ]


def _is_proven(part: FamilyAnswer, level: int, *, locked: bool = False) -> bool:
    """Whether the priorities before one are proven in a family; by bounds under locks as well, where these are meant."""
    for earlier in range(level):
        weights = level_weights(len(part.value), earlier)
        bound = part.bound[earlier] - float((weights * part.value)[:earlier].sum())
        if part.value[earlier] > (max(bound, part.locked[earlier]) if locked else bound) + SMALL:
            return False
    return True
