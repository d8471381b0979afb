"""The cheapest further offers that close the gaps: a small covering problem, family after family, by MILP.

    begins[j, r, s]    units of type j that begin a tour on line r on start s        [units], whole
    units[j]           further units of type j                                       [units], whole

    coverage           sum over j of share[j, r] * begins that serve t  >=  gap[r, t]
    rotation base      begins of type j on tour or in dwell at s        <=  units[j]
    least              cost of the tours where all types of a family are costed, and among those the fewest people;
                       else people of the units

Three steps, each from the answer of the one before: hand's rule (each gap in turn, by the unit type that takes fewest people for
it); the linear relaxation, which gives a bound and shows which starts are worth having; the MILP, on all starts where there are
few, else on those alone. So there is an answer at any size, and it is said to be proven only where it is.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.generation.remedies.shortfall import Shortfall, shortfall_of
from contingent.model.rows import UnitType
from contingent.model.scenario import Scenario
from contingent.plan import frame
from contingent.plan.plan import NOT_PROVEN
from contingent.solver.linear_model import LinearModel

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_NODES = 10
"""Nodes of one family's search: a set amount of work, the same on every machine."""

MOST_SECONDS = 10.0
"""Longest time for one family: a stop of last resort, which the amounts of work above and below do not reach. [s]"""

FEW_TOURS = 300
"""Families with no more tours to choose from than this are solved on all of them; larger ones on those worth having, by any type
where that leaves no more than this, else by the type that the relaxation chose."""

MOST_TOURS = 2_000
"""Families with more tours than this to choose from are thinned out first: every second start, or third, and so on."""

TIE = 1e-5
"""Weight of people where cost is least, and of a unit that has none where people are fewest. [-]"""

SMALL = 1e-9
DECIMALS = 6


@dataclass(frozen=True)
class Answer:
    """Further units for one family.

    Parameters
    ----------
    units : ndarray of int
        By type. [units], shape (types,)
    begins : ndarray of int
        Tours by type, line and start. [units], shape (types, lines, starts)
    proven : bool
        Whether no set is cheaper.
    """

    units: Indices
    begins: Indices
    proven: bool


def further_offers(
    scenario: Scenario,
    problem: Problem,
    counts: Counts,
    priorities: Sequence[int] | None = None,
    *,
    time_limit: float = MOST_SECONDS,
) -> pl.DataFrame:
    """Return the frame ``remedies``: the cheapest further offers that close all gaps, or those of some priorities.

    The further units keep the rotation base; they are of whatever nation a one-nation line asks for, and under no ceiling. What
    no further offer can close is left open (`beyond_remedy` names the lines).

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    problem : Problem
        The same as arrays.
    counts : Counts
        The plan: (arc, start) to units, pins included.
    priorities : sequence of int, optional
        Whose gaps are to be closed; None = all.
    time_limit : float
        Longest time for one family of lines. [s]
    """
    shortfall = shortfall_of(scenario, problem, counts, priorities)
    lost = _beyond(problem, shortfall)
    if lost:
        log.info("no further offer closes the whole gap of these lines: %s", ", ".join(lost))
    rows = []
    for types, lines in families_of(shortfall):
        part = _part(shortfall, types, lines)
        answer = cheapest(part, time_limit=time_limit)
        rows += _rows(problem, part, answer)
    order = {kind.unit_type: index for index, kind in enumerate(shortfall.types)}
    return frame("remedies", sorted(rows, key=lambda row: order[str(row["unit_type"])]))


def beyond_remedy(
    scenario: Scenario, problem: Problem, counts: Counts, priorities: Sequence[int] | None = None
) -> tuple[str, ...]:
    """Return the lines with a gap that no further offer on default terms closes as a whole.

    No unit type of the scenario gives their capability, or default tours are shorter than the periods that they begin on.
    """
    return _beyond(problem, shortfall_of(scenario, problem, counts, priorities))


def _beyond(problem: Problem, shortfall: Shortfall) -> tuple[str, ...]:
    return tuple(problem.lines[line].line for line, lost in zip(shortfall.lines, shortfall.beyond.tolist(), strict=True) if lost)


def families_of(shortfall: Shortfall) -> tuple[tuple[Indices, Indices], ...]:
    """Return types and lines of each family: parts that no unit type ties together. Lines without a type are in none."""
    gives = shortfall.share > 0
    left = set(np.flatnonzero(gives.any(axis=0)).tolist())
    found = []
    while left:
        lines = np.array([min(left)])
        while True:
            types = np.flatnonzero(gives[:, lines].any(axis=1))
            wider = np.flatnonzero(gives[types].any(axis=0))
            if len(wider) == len(lines):
                break
            lines = wider
        left -= set(lines.tolist())
        found.append((types, lines))
    return tuple(found)


def _part(shortfall: Shortfall, types: Indices, lines: Indices) -> Shortfall:
    """Return the shortfall of one family."""
    return Shortfall(
        lines=tuple(shortfall.lines[line] for line in lines),
        types=tuple(shortfall.types[kind] for kind in types),
        share=shortfall.share[np.ix_(types, lines)],
        slot_days=shortfall.slot_days,
        gap=shortfall.gap[lines],
        beyond=shortfall.beyond[lines],
        may_begin=shortfall.may_begin[lines],
        first=shortfall.first,
        last=shortfall.last,
        following=shortfall.following,
        tour_days=shortfall.tour_days,
    )


def is_costed(kind: UnitType) -> bool:
    """Whether a unit type has a cost; of its two figures one may be blank, which counts as nothing."""
    return kind.daily_cost is not None or kind.tour_cost is not None


def tour_costs(shortfall: Shortfall) -> Floats:
    """Return the cost of a tour within the horizon. [currency], shape (types, starts)"""
    each = np.array([kind.tour_cost or 0.0 for kind in shortfall.types])
    daily = np.array([kind.daily_cost or 0.0 for kind in shortfall.types])
    costs: Floats = each[:, None] + daily[:, None] * shortfall.tour_days[None, :]
    return costs


def by_hands_rule(shortfall: Shortfall) -> Answer:
    """Close each gap in turn, from its first day on, by the unit type that takes fewest people for it: a plan at once."""
    begins = np.zeros((len(shortfall.types), len(shortfall.lines), len(shortfall.first)), dtype=np.int64)
    people = np.array([kind.personnel for kind in shortfall.types], dtype=np.float64)
    for line in range(len(shortfall.lines)):
        left = shortfall.gap[line].copy()
        share = shortfall.share[:, line]
        able = np.flatnonzero(share > 0)
        kind = int(able[np.argmin((people[able] + 1.0) / share[able])])
        starts = np.flatnonzero(shortfall.may_begin[line])
        for t in np.flatnonzero(left > SMALL).tolist():
            if left[t] <= SMALL:
                continue
            # The latest tour that still serves this slot reaches furthest.
            reaching = starts[(shortfall.first[starts] <= t) & (shortfall.last[starts] > t)]
            if len(reaching) == 0:
                continue
            s = int(reaching[-1])
            units = int(np.ceil(left[t] / share[kind] - SMALL))
            begins[kind, line, s] += units
            left[shortfall.first[s] : shortfall.last[s]] -= units * share[kind]
    return Answer(_units_needed(shortfall, begins), begins, proven=False)


def _units_needed(shortfall: Shortfall, begins: Indices) -> Indices:
    """Return the fewest units that can make some tours: the most that are on tour or in dwell at once. Shape (types,)"""
    starts = len(shortfall.first)
    change = np.zeros((len(shortfall.types), starts + 1), dtype=np.int64)
    total = begins.sum(axis=1)
    change[:, :starts] += total
    for s in range(starts):
        change[:, shortfall.following[s]] -= total[:, s]
    needed: Indices = np.cumsum(change, axis=1).max(axis=1)
    return needed


def cheapest(shortfall: Shortfall, *, time_limit: float = MOST_SECONDS) -> Answer:
    """Return the cheapest further units that close the gaps of one family, as far as a set amount of work finds them."""
    first = by_hands_rule(shortfall)
    useful = _useful_tours(shortfall)
    choice = _thinned(useful, first)
    is_whole = bool((choice == useful).all())
    model = _CoveringModel(shortfall, choice)
    relaxed = model.model.solve(time_limit=time_limit, relaxed=True)
    if relaxed.columns is None:
        return first
    bound = model.least_above(relaxed.value) if is_whole and relaxed.status == "optimal" else -math.inf
    if model.value_of(first) <= bound:
        return replace(first, proven=True)
    if int(choice.sum()) > FEW_TOURS:
        is_whole = False
        model = _CoveringModel(shortfall, _worth_having(model, relaxed.columns, first))
    answer = model.solved(first, time_limit=time_limit)
    return replace(answer, proven=(answer.proven and is_whole) or model.value_of(answer) <= bound)


def _useful_tours(shortfall: Shortfall) -> Flags:
    """Tours that close a part of a gap. Shape (types, lines, starts)"""
    missing = np.concatenate([np.zeros((len(shortfall.lines), 1)), np.cumsum(shortfall.gap > SMALL, axis=1)], axis=1)
    useful = shortfall.may_begin & (missing[:, shortfall.last] > missing[:, shortfall.first])
    tours: Flags = (shortfall.share > 0)[:, :, None] & useful[None, :, :]
    return tours


def _thinned(useful: Flags, first: Answer) -> Flags:
    """Leave out starts evenly where there are too many tours to choose from; those of a known answer stay."""
    every = math.ceil(int(useful.sum()) / MOST_TOURS)
    if every <= 1:
        return useful
    kept: Flags = useful & (np.arange(useful.shape[2]) % every == 0)[None, None, :]
    return kept | (first.begins > 0)


def _worth_having(model: "_CoveringModel", columns: Floats, first: Answer) -> Flags:
    """Tours that begin, on the same line, when the relaxation or a known answer begins one. Shape (types, lines, starts)"""
    shortfall = model.shortfall
    chosen = first.begins > 0
    used = columns[model.begins] > SMALL
    chosen[model.kind[used], model.line[used], model.start[used]] = True
    wide: Flags = np.broadcast_to(chosen.any(axis=0), chosen.shape) & (shortfall.share > 0)[:, :, None]
    return wide if int(wide.sum()) <= FEW_TOURS else chosen


class _CoveringModel:
    """The rows of one family, with the tours that may be chosen. See the module's head."""

    def __init__(self, shortfall: Shortfall, choice: Flags) -> None:
        self.shortfall = shortfall
        self.by_cost = all(is_costed(kind) for kind in shortfall.types)
        self.kind, self.line, self.start = (np.asarray(axis, dtype=np.int64) for axis in np.nonzero(choice))
        self.model = LinearModel()
        self.begins = self.model.add_columns("begins", len(self.kind), integer=True)
        self.units = self.model.add_columns("units", len(shortfall.types), integer=True)
        self._coverage()
        self._rotation_base()
        self.costs = self._aim()
        self.model.set_costs(self.costs)

    def value_of(self, answer: Answer) -> float:
        """Return what an answer costs in the model's aim."""
        begins = answer.begins[self.kind, self.line, self.start]
        return float(begins @ self.costs[self.begins] + answer.units @ self.costs[self.units])

    def least_above(self, bound: float) -> float:
        """Return the least value that an answer can have, given a bound: people come in whole units."""
        step = math.gcd(*(kind.personnel for kind in self.shortfall.types))
        if self.by_cost or step == 0:
            return bound * (1.0 + TIE)
        return math.ceil(bound / step - TIE) * step + TIE

    def _coverage(self) -> None:
        """Every gap is closed. Slots that the same tours serve share a row: the largest gap among them asks for it."""
        shortfall = self.shortfall
        slots = np.arange(len(shortfall.slot_days))
        # A slot is served by the tours that begin on starts `low` to `high`, half open, whatever the line.
        low, high = np.searchsorted(shortfall.last, slots, side="right"), np.searchsorted(shortfall.first, slots, side="right")
        key = low * (len(shortfall.first) + 1) + high
        groups, group = np.unique(key, return_inverse=True)
        asked = np.zeros((len(shortfall.lines), len(groups)))
        for line in range(len(shortfall.lines)):
            np.maximum.at(asked[line], group, shortfall.gap[line])
        row_line, row_group = np.nonzero(asked > SMALL)
        rows = self.model.add_rows("coverage", len(row_line), lower=asked[row_line, row_group] - SMALL)
        low, high = groups // (len(shortfall.first) + 1), groups % (len(shortfall.first) + 1)
        for row, line, at in zip(rows.tolist(), row_line.tolist(), row_group.tolist(), strict=True):
            mine = np.flatnonzero((self.line == line) & (self.start >= low[at]) & (self.start < high[at]))
            self.model.add_terms(np.full(len(mine), row), self.begins[mine], shortfall.share[self.kind[mine], line])

    def _rotation_base(self) -> None:
        """A further unit is on tour or in dwell once at a time."""
        shortfall = self.shortfall
        kinds, starts = len(shortfall.types), len(shortfall.first)
        rows = self.model.add_rows("rotation_base", kinds * starts, upper=0.0).reshape(kinds, starts)
        self.model.add_terms(rows.ravel(), np.repeat(self.units, starts), -1.0)
        for s in range(starts):
            mine = np.flatnonzero((self.start <= s) & (shortfall.following[self.start] > s))
            self.model.add_terms(rows[self.kind[mine], s], self.begins[mine], 1.0)

    def _aim(self) -> Floats:
        """Cost of the tours where all types are costed, and a little for people; else people of the units. Shape (columns,)"""
        shortfall = self.shortfall
        people = np.array([kind.personnel for kind in shortfall.types], dtype=np.float64)
        costs = np.zeros(self.model.columns_count)
        if self.by_cost:
            costs[self.begins] = tour_costs(shortfall)[self.kind, self.start]
            typical = costs[self.begins].mean() if len(self.begins) else 1.0
            costs[self.units] = TIE * max(typical, SMALL) * people / max(people.max(), 1.0)
        else:
            costs[self.units] = np.maximum(people, TIE)
        return costs

    def _gap(self, first: Answer) -> float:
        """Relative gap at which an answer is proven: people come in whole units, so less than the least step is nothing. [-]"""
        if self.by_cost:
            return TIE
        people = [kind.personnel for kind in self.shortfall.types]
        value = float(first.units @ np.array(people))
        return 0.9 * math.gcd(*people) / value if value > 0 else TIE

    def solved(self, first: Answer, *, time_limit: float) -> Answer:
        """Solve from a known answer."""
        start = np.zeros(self.model.columns_count)
        start[self.begins] = first.begins[self.kind, self.line, self.start]
        start[self.units] = first.units
        solution = self.model.solve(time_limit=time_limit, gap=self._gap(first), nodes=MOST_NODES, start=start)
        if solution.columns is None:
            return first
        begins = np.zeros_like(first.begins)
        begins[self.kind, self.line, self.start] = np.rint(solution.columns[self.begins]).astype(np.int64)
        begins = without_idle_tours(self.shortfall, begins)
        return Answer(_units_needed(self.shortfall, begins), begins, proven=solution.status == "optimal")


def without_idle_tours(shortfall: Shortfall, begins: Indices) -> Indices:
    """Return tours without those that can be left out, the gaps staying closed; the last in time are tried first."""
    kept = begins.copy()
    for line in range(len(shortfall.lines)):
        spare = -shortfall.gap[line]
        mine = np.argwhere(kept[:, line] > 0)
        for kind, s in mine.tolist():
            spare[shortfall.first[s] : shortfall.last[s]] += kept[kind, line, s] * shortfall.share[kind, line]
        for kind, s in mine[np.argsort(-mine[:, 1], kind="stable")].tolist():
            served = slice(shortfall.first[s], shortfall.last[s])
            short = shortfall.gap[line, served] > SMALL
            least = spare[served][short].min(initial=np.inf)
            most = math.floor(least / shortfall.share[kind, line] + SMALL) if short.any() else kept[kind, line, s]
            idle = min(kept[kind, line, s], most)
            kept[kind, line, s] -= idle
            spare[served] -= idle * shortfall.share[kind, line]
    return kept


def _rows(problem: Problem, shortfall: Shortfall, answer: Answer) -> list[dict[str, object]]:
    """Rows of the frame ``remedies`` for one family."""
    served = np.zeros((len(shortfall.types), len(shortfall.lines), len(shortfall.slot_days)))
    for kind, line, s in np.argwhere(answer.begins > 0).tolist():
        served[kind, line, shortfall.first[s] : shortfall.last[s]] += answer.begins[kind, line, s] * shortfall.share[kind, line]
    together = served.sum(axis=0)
    part = np.divide(shortfall.gap, together, out=np.zeros_like(together), where=together > SMALL).clip(max=1.0)
    closed = (served * part * shortfall.slot_days).sum(axis=2)
    costs = tour_costs(shortfall)
    rows: list[dict[str, object]] = []
    for index, row in enumerate(shortfall.types):
        units = int(answer.units[index])
        if units == 0:
            continue
        lines = [problem.lines[shortfall.lines[line]].line for line in np.flatnonzero(closed[index] > SMALL).tolist()]
        rows.append(
            {
                "unit_type": row.unit_type,
                "name": row.name,
                "units": units,
                "people": units * row.personnel,
                "closes": ";".join(lines if answer.proven else [*lines, NOT_PROVEN]),
                "unit_days": round(float(closed[index].sum()), DECIMALS),
                "cost": round(float((answer.begins[index].sum(axis=0) * costs[index]).sum()), DECIMALS)
                if is_costed(row)
                else None,
            }
        )
    return rows
