"""Why a need stays short, found by test: what it could have had if one kind of rule fell away, all else being held.

What the other needs are given is held. Then one kind of rule is relaxed for this need, and whatever gives it more, at the end
or by its day, is a reason. If none does alone, a least set of them that does together is named.

    nothing_promised    no type that would fit is promised
    not_counted         what would fit is promised in words or money alone: no number, or no type
    too_late            it would have more if all that is promised had come on day 0 (a need of the first period: before it)
    too_few             all that is promised, whoever gets it, is less than this need asks for
    went_before         it would have more if what others were given were its own
    training            it would have more if crews needed no training, or places had no bound
    upkeep              it would have more if its formation could keep up any number
    too_many_types      it would have more if it could have any number of types
    unproven            something is left for it: the allocation is not proven to be the best
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.aid.allocation_kernel import most_trained
from contingent.aid.allocation_problem import ROUNDING, AllocationProblem, Counts, Floats

Flags = npt.NDArray[np.bool_]

RELAXED = ("too_late", "went_before", "training", "upkeep", "too_many_types")
"""Reasons that are found by relaxing, in the order in which a least set keeps them."""

REASONS = ("nothing_promised", "not_counted", "too_few", *RELAXED, "unproven")
"""All reasons, in the order in which they are told."""

PROMISE_COLUMNS: dict[str, pl.DataType] = {
    "pledge": pl.String(), "equipment": pl.String(), "family": pl.String(), "quantity": pl.Int64(), "day": pl.Int64(),
}
"""Columns of what is promised and not among the arrivals that are allocated.

    pledge        its key
    equipment     type; blank = not named
    family        family
    quantity      items still to come; blank = no number was named. [items]
    day           on which it is expected, from D-day; blank = beyond what can be said. [days]
"""


@dataclass(frozen=True, eq=False)
class Room:
    """What each need could have had, what others are given being held.

    Parameters
    ----------
    problem : AllocationProblem
        What was allocated.
    handed, trained, soon : mapping of bool to ndarray of int
        Most of each pair that is handed over by each period; that is in trained hands at its end; the same if all that is
        promised came on day 0. True = what others were given is there for it too. [items], shape (pairs, periods)
    later : ndarray of int
        Promised of each pair's type beyond the horizon. [items], shape (pairs,)
    hours : ndarray of float
        Maintenance that is there for each need. [hours], shape (needs,)
    """

    problem: AllocationProblem
    handed: Mapping[bool, Counts]
    trained: Mapping[bool, Counts]
    soon: Mapping[bool, Counts]
    later: Counts
    hours: Floats

    def could(self, last: Counts, relaxed: Mapping[str, Flags]) -> Counts:
        """Return the most that each need could have in trained hands. [items], shape (needs,)

        Parameters
        ----------
        last : ndarray of int
            Period at whose end; -1 = before the first. Shape (needs,)
        relaxed : mapping of str to ndarray of bool
            For each of `RELAXED`, whether it is for this need. Shape (needs,)
        """
        problem, need = self.problem, self.problem.pair_need
        until, pairs = last[need], np.arange(len(need))
        late, before, untrained, upkeep, types = (relaxed[name][need] for name in RELAXED)
        there = np.zeros(len(need), dtype=np.int64)
        for others in (False, True):
            now = np.where(untrained, self.handed[others][pairs, until], self.trained[others][pairs, until])
            promised = self.handed[others][:, -1] + self.later
            soon = np.where(untrained | (until < 0), promised, self.soon[others][pairs, until])
            there = np.where(before == others, np.where(late, soon, np.where(until < 0, 0, now)), there)
        there = np.minimum(there, problem.quantity[need])
        each = problem.hours[problem.pair_type]
        hours = np.where(upkeep, np.inf, self.hours[need])
        bound = (each > 0) & np.isfinite(hours)
        fits = np.floor((hours[bound] + ROUNDING) / each[bound])
        there[bound] = np.minimum(there[bound], np.maximum(0, fits).astype(np.int64))
        chosen = _ranks(need, -there) < np.where(types, len(need), problem.most_types)
        return _kept_up(self, np.where(chosen, there, 0), each, hours)


def room_of(problem: AllocationProblem, given: Counts, later: Counts) -> Room:
    """Return what each need could have had.

    Parameters
    ----------
    problem : AllocationProblem
        What was allocated.
    given : ndarray of int
        How. [items], shape (pairs, periods)
    later : ndarray of int
        Promised of each type beyond the horizon. [items], shape (types,)
    """
    kind, need = problem.pair_type, problem.pair_need
    lead, crew = problem.lead[kind], problem.crew[kind]
    come, handed = np.cumsum(problem.supply, axis=1), np.zeros(problem.supply.shape, dtype=np.int64)
    np.add.at(handed, kind, given)
    left = (come - np.cumsum(handed, axis=1))[kind] + np.cumsum(given, axis=1)
    free = np.ascontiguousarray(np.minimum.accumulate(left[:, ::-1], axis=1)[:, ::-1])
    every = np.ascontiguousarray(come[kind])
    training = _in_training(given, lead, crew)
    own = np.zeros((len(problem.needs), problem.periods))
    np.add.at(own, need, training)
    whole = np.full(given.shape, problem.places)
    places = whole - training.sum(axis=0)[None, :] + own[need]
    rooms, bounds = {False: free, True: every}, {False: places, True: whole}
    trained = {others: most_trained(rooms[others], lead, crew, bounds[others]) for others in rooms}
    soon = {
        others: most_trained(np.repeat(room[:, -1:] + later[kind][:, None], problem.periods, axis=1), lead, crew, bounds[others])
        for others, room in rooms.items()
    }
    spent = given.sum(axis=1) * problem.hours[kind]
    of_need = np.bincount(need, weights=spent, minlength=len(problem.needs))
    of_formation = np.bincount(problem.formation_of, weights=of_need, minlength=len(problem.formations))
    hours = (problem.most_hours - of_formation)[problem.formation_of] + of_need
    return Room(problem, rooms, trained, soon, later[kind], hours)


def _in_training(given: Counts, lead: Counts, crew: Counts) -> Floats:
    """Crew members of each pair in training in each period. [people], shape (pairs, periods)"""
    training = np.zeros(given.shape)
    for pair, period in zip(*(place.tolist() for place in np.nonzero(given)), strict=True):
        training[pair, period + 1 : period + 1 + int(lead[pair])] += given[pair, period] * crew[pair]
    return training


def _ranks(group: Counts, value: Counts | Floats) -> Counts:
    """Place of each entry within its group, the least value first. Shape (entries,)"""
    order = np.lexsort((np.arange(len(group)), value, group))
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order], side="left")
    return ranks


def _kept_up(room: Room, there: Counts, each: Floats, hours: Floats) -> Counts:
    """Sum of each need's pairs, as far as its formation can keep them up, the least demanding first. [items], shape (needs,)"""
    problem, need = room.problem, room.problem.pair_need
    order = np.lexsort((np.arange(len(need)), each, need))
    asked = np.where(there > 0, there * each, 0.0)[order]
    total = np.cumsum(asked) - asked
    first = np.searchsorted(need[order], need[order], side="left")
    left = hours[order] - (total - total[first] if len(total) else total)
    with np.errstate(divide="ignore", invalid="ignore"):
        fits = np.where(each[order] > 0, np.floor((left + ROUNDING) / each[order]), np.inf)
    taken = np.minimum(there[order], np.maximum(fits, 0.0))
    sums = np.bincount(need[order], weights=taken, minlength=len(problem.needs))
    return np.minimum(np.rint(sums).astype(np.int64), problem.quantity)


def reasons_of(
    problem: AllocationProblem, given: Counts, asked: pl.DataFrame, promises: pl.DataFrame, *, period_days: int
) -> dict[str, Flags]:
    """Return, for each of `REASONS`, whether it is one of a need's. Shape (needs,) each

    Parameters
    ----------
    problem : AllocationProblem
        What was allocated.
    given : ndarray of int
        How. [items], shape (pairs, periods)
    asked, promises : polars.DataFrame
        equipment and family of each need; what is promised beside what was allocated, columns as `PROMISE_COLUMNS`.
    period_days : int
        [days]
    """
    later = later_of(promises, problem)
    room = room_of(problem, given, later)
    count = len(problem.needs)
    everything = np.bincount(
        problem.pair_need, weights=(problem.supply.sum(axis=1) + later)[problem.pair_type], minlength=count)  # fmt: skip
    has = np.bincount(problem.pair_need, weights=given.sum(axis=1), minlength=count).astype(np.int64)
    over = last_useful(problem, period_days=period_days)
    ready = problem.ready(given)
    by_then = np.where(over >= 0, ready[np.arange(count), np.maximum(over, 0)], 0)
    gap, late = has < problem.quantity, by_then < problem.standard
    found = {name: np.zeros(count, dtype=np.bool_) for name in REASONS}
    for last, now, short in ((np.full(count, problem.periods - 1), has, gap), (over, by_then, late)):
        for name, flags in _relaxing(room, last, now, short & (everything > 0)).items():
            found[name] |= flags
    found["too_few"] |= (gap | late) & (everything > 0) & (everything < problem.quantity)
    none = (gap | late) & (everything == 0)
    words = in_words(promises, asked)
    found["not_counted"] |= none & words
    found["nothing_promised"] |= none & ~words
    found["unproven"] |= (gap | late) & ~np.any(list(found.values()), axis=0)
    return found


def later_of(promises: pl.DataFrame, problem: AllocationProblem) -> Counts:
    """Return what is promised of each type beyond the horizon. [items], shape (types,)"""
    known = promises.filter(pl.col("quantity").is_not_null() & pl.col("equipment").is_not_null())
    sums = dict(known.group_by("equipment").agg(pl.col("quantity").sum()).iter_rows())
    return np.array([sums.get(name, 0) for name in problem.types], dtype=np.int64)


def last_useful(problem: AllocationProblem, *, period_days: int) -> Counts:
    """Return the last period that ends by the day of each need; -1 = none does. Shape (needs,)"""
    last: Counts = np.minimum(problem.by_day // period_days, problem.periods) - 1
    return last


def in_words(promises: pl.DataFrame, asked: pl.DataFrame) -> Flags:
    """Return whether something that a need could have is promised without a number or a type. Shape (needs,)

    Parameters
    ----------
    promises : polars.DataFrame
        Columns as `PROMISE_COLUMNS`.
    asked : polars.DataFrame
        equipment and family of each need; the family of the type where the need names one.
    """
    vague = promises.filter(pl.col("quantity").is_null() | pl.col("equipment").is_null())
    types = set(vague["equipment"].drop_nulls())
    families, untyped = set(vague["family"].drop_nulls()), set(vague.filter(pl.col("equipment").is_null())["family"].drop_nulls())
    fits = [
        family in families if name is None else name in types or family in untyped
        for name, family in asked.select("equipment", "family").iter_rows()
    ]
    return np.array(fits, dtype=np.bool_)


def _relaxing(room: Room, last: Counts, now: Counts, short: Flags) -> dict[str, Flags]:
    """Say which rule, alone or in a least set, keeps each need that is short from having more. Shape (needs,) each"""
    off = dict.fromkeys(RELAXED, np.zeros(len(short), dtype=np.bool_))
    now = np.maximum(now, room.could(last, off))
    found = {name: short & (room.could(last, off | {name: ~off[name]}) > now) for name in RELAXED}
    rest = short & ~np.any(list(found.values()), axis=0)
    together = dict.fromkeys(RELAXED, rest)
    rest &= room.could(last, together) > now
    together = dict.fromkeys(RELAXED, rest)
    for name in reversed(RELAXED):
        without = together | {name: off[name]}
        needless = rest & (room.could(last, without) > now)
        together = together | {name: together[name] & ~needless}
    return {name: found[name] | together[name] for name in RELAXED}
