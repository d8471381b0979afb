"""What if a donor stops: nothing more arrives of its open pledges, and what the others send is allocated anew.

The base is what is allocated with everybody. Without a donor, what it gave is taken away, from later priorities first, and
what is left is allocated anew, by branch and bound where the size allows it and by the rules elsewhere; the better of what was
kept and of a fresh start stands. What is better without a donor can be done with it too: such an allocation is handed back, to
be the next base. A donor may cost brigade-periods of one priority and free some of another: sums may then be negative.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from contingent.aid.allocate import LARGEST_ANEW, size_of, solve
from contingent.aid.allocation_problem import ROUNDING, AllocationOptions, AllocationProblem, Counts, Floats, supply_of
from contingent.aid.allocation_rules import allocate_by_rules, cut_to, rank_of
from contingent.aid.arrival_columns import arrival_frame

NAMED = 5
"""So many needs are named that miss it first."""


def donor_stops(
    problem: AllocationProblem, given: Counts, arrivals: pl.DataFrame, open_pledges: pl.DataFrame, options: AllocationOptions
) -> tuple[pl.DataFrame, Counts]:
    """Return frame ``stops``, and the best allocation with everybody that was met with: `given` itself, or one without a donor.

    One row for each donor whose pledges are open, the one that would be missed most first.

    Parameters
    ----------
    problem : AllocationProblem
        With everybody.
    given : ndarray of int
        How it was allocated. [items], shape (pairs, periods)
    arrivals : polars.DataFrame
        From which it was made, with `donor`.
    open_pledges : polars.DataFrame
        Frame ``open``: what each donor has still to give.
    options : AllocationOptions
        As it was made.
    """
    best = given
    shape = replace(options, exact_columns=min(options.exact_columns, LARGEST_ANEW))
    exact = size_of(problem) <= shape.exact_columns
    still = open_pledges.group_by("donor").agg(
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(told)
        for name, told in (("quantity", "items_open"), ("value_eur_m", "value_open_eur_m"))).sort("donor")  # fmt: skip
    rows: list[tuple[tuple[float, ...], dict[str, object]]] = []
    for row in still.iter_rows(named=True):
        less = problem.supply - supply_of(arrivals.filter(pl.col("donor") == row["donor"]), problem.types, options)
        fewer = problem.with_supply(less)
        without = given if np.array_equal(less, problem.supply) else _anew(fewer, given, shape, exact=exact)
        lost = np.array(problem.scores(given)) - np.array(fewer.scores(without))
        best = max(best, without, key=lambda one: rank_of(problem, one))
        rows.append((tuple(-round(part, 6) for part in lost[:-1]), row | _told(problem, given, without, lost)))
    rows.sort(key=lambda item: (item[0], str(item[1]["donor"])))
    frame = pl.DataFrame([row for _, row in rows], infer_schema_length=None) if rows else None
    return arrival_frame("stops", frame), best


def _anew(fewer: AllocationProblem, given: Counts, options: AllocationOptions, *, exact: bool) -> Counts:
    """Allocate what is left without a donor. [items], shape (pairs, periods)"""
    kept = cut_to(fewer, given)
    if exact:
        return solve(fewer, options, known=kept)[0]
    tried = [allocate_by_rules(fewer, kept=kept), allocate_by_rules(fewer)]
    return max(tried, key=lambda one: rank_of(fewer, one))


def _told(problem: AllocationProblem, given: Counts, without: Counts, lost: Floats) -> dict[str, object]:
    """What is lost, in figures and in a sentence."""
    before, after = problem.ready(given), problem.ready(without)
    stood, stands = problem.at_standard(before), problem.at_standard(after)
    steps = len(set(problem.priority.tolist()))
    formations, formations_without = int(stood[:, -1].sum()), int(stands[:, -1].sum())
    later = stood[:, -1] & stands[:, -1] & (stands.sum(axis=1) < stood.sum(axis=1))
    misses = np.flatnonzero(after.sum(axis=1) < before.sum(axis=1)).tolist()
    order = problem.priority[problem.formation_of]
    misses.sort(key=lambda need: (int(order[need]), int(problem.by_day[need]), problem.needs[need]))
    needs = [problem.needs[need] for need in misses[:NAMED]]
    return {
        "formations": formations, "formations_without": formations_without,
        "brigade_periods_lost": round(float(lost[:steps].sum())), "share_periods_lost": float(lost[steps:-1].sum()),
        "later": int(later.sum()), "needs": ";".join(needs) or None,
        "sentence": _sentence(formations - formations_without, int(later.sum()), needs, len(misses), lost[:-1]),
    }  # fmt: skip


def _sentence(fewer: int, later: int, needs: Sequence[str], misses: int, lost: Floats) -> str:
    """Say what is lost without a donor."""
    if not misses and bool(np.all(np.abs(lost) <= ROUNDING)):
        return "Nothing that is allocated within the horizon is lost."
    parts = [f"{fewer:,} fewer {_formations(fewer)} at standard at the end"] if fewer > 0 else []
    parts += [f"{-fewer:,} more {_formations(-fewer)} at standard at the end, others having lost"] if fewer < 0 else []
    parts += [f"{later:,} {_formations(later)} at standard later"] if later else []
    parts += ["no formation loses its standard"] if not parts else []
    count = "one need has less, or has it later" if misses == 1 else f"{misses:,} needs have less, or have it later"
    said = f"{', '.join(parts)}; {count}{', first ' + ', '.join(needs) if needs else ''}."
    return said[0].upper() + said[1:]


def _formations(count: int) -> str:
    return "formation" if count == 1 else "formations"
