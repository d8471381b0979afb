"""Families: parts of a problem that share no offer and no ceiling, and so can be decided one by one.

Capabilities that can stand in for one another tie their lines together; so does a nation's ceiling, but only where plans
that are made without regard to it would pass it. One connected part after the other is exact for unfilled unit-days; the
later goals tie the families together again.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from contingent.generation.problem import Problem

Indices = npt.NDArray[np.int64]


def families(problem: Problem, tied_by: frozenset[int]) -> tuple[Indices, ...]:
    """Return the lines of each family, largest number of arcs last; lines that no offer can serve are in none.

    Parameters
    ----------
    tied_by : frozenset of int
        Nations whose ceiling ties together the lines that they can serve.
    """
    lines, offers = len(problem.lines), len(problem.offers)
    root = list(range(lines + offers + len(problem.nations)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    arc_offer = problem.arc_offer
    for k, r in zip(arc_offer.tolist(), problem.arc_line.tolist(), strict=True):
        root[find(lines + k)] = find(r)
        nation = int(problem.offer_nation[k])
        if nation in tied_by:
            root[find(lines + offers + nation)] = find(r)
    members: dict[int, list[int]] = {}
    for r in sorted(set(problem.arc_line.tolist())):
        members.setdefault(find(r), []).append(r)
    arcs = np.bincount(problem.arc_line, minlength=lines)
    ordered = sorted(members.values(), key=lambda group: (int(arcs[group].sum()), group[0]))
    return tuple(np.array(group, dtype=np.int64) for group in ordered)


def restrict(problem: Problem, lines: Indices) -> tuple[Problem, Indices]:
    """Return the problem of some lines alone, with the offers that can serve them, and the arc of each of its arcs.

    Slots and starts stay as they are, so counts of the part are counts of the whole.
    """
    return of_arcs(problem, lines, np.flatnonzero(np.isin(problem.arc_line, lines)))


def without_offers(problem: Problem, gone: Indices) -> tuple[Problem, Indices]:
    """Return the problem without some offers, its lines all there, and the arc of each of its arcs; their pins go with them."""
    return of_arcs(problem, np.arange(len(problem.lines)), np.flatnonzero(~np.isin(problem.arc_offer, gone)))


def of_arcs(problem: Problem, lines: Indices, arcs: Indices) -> tuple[Problem, Indices]:
    """Return the problem of some lines and of some of the arcs to them, with the offers that have one of these."""
    offers, offer = np.unique(problem.arc_offer[arcs], return_inverse=True)
    pairs, pair = np.unique(problem.arc_pair[arcs], return_inverse=True)
    new_line = np.full(len(problem.lines), -1, dtype=np.int32)
    new_line[lines] = np.arange(len(lines))
    new_arc = np.full(len(problem.arc_line), -1, dtype=np.int32)
    new_arc[arcs] = np.arange(len(arcs))
    pins = problem.pins[np.isin(problem.pins[:, 0], arcs)].copy()
    pins[:, 0] = new_arc[pins[:, 0]]
    part = replace(
        problem,
        offers=tuple(problem.offers[k] for k in offers),
        lines=tuple(problem.lines[r] for r in lines),
        terms=tuple(problem.terms[k] for k in offers),
        pins=pins,
        arc_ptr=np.concatenate([[0], np.cumsum(np.bincount(offer, minlength=len(offers)))]).astype(np.int32),
        arc_pair=pair.astype(np.int32),
        arc_line=new_line[problem.arc_line[arcs]],
        pair_line=new_line[problem.pair_line[pairs]],
        pair_nation=problem.pair_nation[pairs],
        **{name: getattr(problem, name)[offers] for name in _BY_OFFER},
        **{name: getattr(problem, name)[lines] for name in _BY_LINE},
        **{name: getattr(problem, name)[arcs] for name in ("arc_first", "arc_last", "arc_effectiveness")},
    )
    return part, arcs


def on_its_own_days(problem: Problem) -> tuple[Problem, Indices]:
    """Return a family's problem with the slots and starts that matter to it alone, and the first slot of each of its slots.

    A part of a large problem keeps the slots of all its lines and tempos. What is counted by slots is the same on fewer of them,
    and found sooner. Pins are left out.
    """
    starts = np.flatnonzero(problem.on_grid | np.isin(np.arange(len(problem.on_grid)), problem.line_open))
    tempos, limited = np.unique(problem.offer_tempo), np.isfinite(problem.ceiling[problem.offer_nation])
    under_a_ceiling = np.unique(problem.offer_tempo[limited])
    last = len(problem.slot_day) - 1
    cuts = [
        np.array([0, last]),
        problem.start_slot[starts],
        problem.tempo_serve[np.ix_(tempos, starts)].ravel(),
        problem.tempo_tour[np.ix_(under_a_ceiling, starts)].ravel(),
        problem.line_first,
        problem.line_last,
    ]
    slots = np.unique(np.concatenate(cuts)).astype(np.int64)

    def slot_of(old: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        return np.searchsorted(slots, old).astype(np.int32)

    def start_of(old: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        return np.searchsorted(starts, old).astype(np.int32)

    ends = np.append(starts, len(problem.start_day) - 1)
    part = replace(
        problem,
        slot_day=problem.slot_day[slots],
        start_day=problem.start_day[ends],
        start_slot=slot_of(problem.start_slot[ends]),
        on_grid=problem.on_grid[starts],
        tempo_serve=slot_of(problem.tempo_serve[:, starts]),
        tempo_tour=slot_of(problem.tempo_tour[:, starts]),
        tempo_next=start_of(problem.tempo_next[:, starts]),
        line_first=slot_of(problem.line_first),
        line_last=slot_of(problem.line_last),
        line_open=np.where(problem.line_open < 0, -1, start_of(problem.line_open)).astype(np.int32),
        arc_first=start_of(problem.arc_first),
        arc_last=start_of(problem.arc_last),
        pins=problem.pins[:0],
    )
    return part, slots[:-1]


def nations_over_their_ceiling(problem: Problem, counts: dict[tuple[int, int], int]) -> frozenset[int]:
    """Return the nations that have more people deployed on some slot than their ceiling."""
    people = np.zeros((len(problem.nations), len(problem.slot_day)))
    arc_offer = problem.arc_offer
    for (arc, start), units in counts.items():
        k = arc_offer[arc]
        end = problem.tempo_tour[problem.offer_tempo[k], start]
        people[problem.offer_nation[k], problem.start_slot[start] : end] += units * int(problem.offer_people[k])
    return frozenset(np.flatnonzero(people.max(axis=1) > problem.ceiling + 1e-6).tolist())


def within_ceilings(problem: Problem, counts: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Return the counts less the tours that pass a ceiling: pins stay, then lines of the first priority, then earlier tours."""
    people = np.zeros((len(problem.nations), len(problem.slot_day)))
    pinned = {(arc, start): units for arc, start, units in problem.pins.tolist()}
    arc_offer, kept = problem.arc_offer, dict.fromkeys(counts, 0)

    def order(key: tuple[int, int]) -> tuple[bool, int, int, int]:
        arc, start = key
        return key not in pinned, int(problem.line_level[problem.arc_line[arc]]), start, arc

    for arc, start in sorted(counts, key=order):
        k = arc_offer[arc]
        nation, size = problem.offer_nation[k], int(problem.offer_people[k])
        on_tour = slice(problem.start_slot[start], problem.tempo_tour[problem.offer_tempo[k], start])
        for _ in range(counts[arc, start]):
            fits = people[nation, on_tour].max(initial=0.0) + size <= problem.ceiling[nation] + 1e-6
            if fits or kept[arc, start] < pinned.get((arc, start), 0):
                people[nation, on_tour] += size
                kept[arc, start] += 1
    return {key: units for key, units in kept.items() if units}


_BY_OFFER = (
    "offer_tempo",
    "offer_quantity",
    "offer_nation",
    "offer_people",
    "offer_max_tours",
    "offer_tour_cost",
    "offer_daily_cost",
)
_BY_LINE = ("line_first", "line_last", "line_open", "line_quantity", "line_level", "line_one_nation")
