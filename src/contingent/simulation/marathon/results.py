"""What a run gives: deployments, fill by demand, units at the start, the trace of units, MARATHON's trends.

All frames hold the state at the end of a day. A day stands in them if anything was due on it; what it shows holds until the next.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.simulation.marathon import records
from contingent.simulation.marathon.rules import component_code
from contingent.simulation.marathon.world import Prepared

Numbers = npt.NDArray[np.int64]

DAYS_OF_A_QUARTER = 90
PRIMARY, SUBSTITUTION = "Primary", "Substitution"

NOT_THERE, ASSIGNED, OVERLAPPING = 0, 1, 2
"""How a unit stands to a demand."""

_HOW = np.array([0, ASSIGNED, OVERLAPPING, 0, ASSIGNED, ASSIGNED, 0])
_STATES = {
    records.DEPLOYED: "bogging", records.OVERLAP: "overlapping", records.DEMOBILISING: "demobilizing",
    records.WAITING: "waiting", records.CANNIBALISED: "cannibalized",
}  # fmt: skip
_POSITIONS = {records.DEPLOYED: "Deployed", records.OVERLAP: "Overlapping", records.DEMOBILISING: "DeMobilization"}
_T, _UNIT, _DEMAND, _WHAT, _SEGMENT, _CYCLETIME, _BUDGET, _BOG, _DWELL, _POLICY = range(10)

COMPONENT_NAMES = ("AC", "RC", "NG", "Ghost", "Other")


@dataclass(frozen=True, eq=False)
class MarathonRun:
    """One run. Its frames are made when they are first asked for.

    Parameters
    ----------
    prepared : Prepared
        The project as it was run.
    days : ndarray of int
        Days on which anything was due. [days], shape (days,)
    log : ndarray of int
        A row for each unit touched on a day, columns `records.LOG_COLUMNS`, in order of days.
    sent : ndarray of int
        A row for each deployment, columns `records.SENT_COLUMNS`, in order.
    """

    prepared: Prepared
    days: Numbers
    log: Numbers
    sent: Numbers

    @cached_property
    def deployments(self) -> pl.DataFrame:
        """One row per deployment, in the order in which they were decided."""
        prepared, sent = self.prepared, self.sent
        return pl.DataFrame({
            "t": sent[:, 0], "unit": _named([unit.name for unit in prepared.units], sent[:, 1]),
            "demand": _named([demand.name for demand in prepared.demands], sent[:, 2]),
            "fill_type": pl.Series(np.where(sent[:, 3] == 0, PRIMARY, SUBSTITUTION), dtype=pl.String), "path_length": sent[:, 3],
            "follow_on": sent[:, 4] == 1, "cycletime_at_deploy": sent[:, 5], "bog_budget": sent[:, 6], "dwell_before": sent[:, 7],
            "atomic_policy": _named([policy.name for policy in prepared.policies], sent[:, 8]),
            "period": self._periods(sent[:, 0]), "deployment_count": sent[:, 9],
        })  # fmt: skip

    def _periods(self, days: Numbers) -> pl.Series:
        return _named([*self.prepared.periods, ""], self.prepared.period_of_day[days])

    @cached_property
    def units(self) -> pl.DataFrame:
        """One row per unit: where it starts, at the end of its first moment, and its tie weight."""
        prepared = self.prepared
        first = self._first_lines()
        policies = [policy.name for policy in prepared.policies]
        own = prepared.world.unit["first_policy"]
        starts = [max(unit.cycle_time, 0) for unit in prepared.units]
        return pl.DataFrame({
            "unit": [unit.name for unit in prepared.units], "src": [unit.src for unit in prepared.units],
            "component": [unit.component for unit in prepared.units], "policy": [unit.policy for unit in prepared.units],
            "atomic_policy": _named(policies, own), "cycletime": pl.Series(starts, dtype=pl.Int64),
            "position": _named([segment.name for segment in prepared.segments], first),
            "tie_weight": np.floor(prepared.world.unit["tie_weight"]).astype(np.int64),
        }, schema_overrides=dict.fromkeys(("unit", "src", "component", "policy"), pl.String))  # fmt: skip

    def _first_lines(self) -> Numbers:
        """Number of the segment in which each unit stands when it is put into its cycle."""
        world, places = self.prepared.world, []
        for unit, policy in zip(self.prepared.units, world.unit["first_policy"], strict=True):
            first, after, length = (world.policy[policy][name] for name in ("first_segment", "after_segment", "length"))
            days = max(unit.cycle_time, 0)
            days = days % length if days > length else days
            places.append(first + next((at for at, ends in enumerate(world.segment["ends"][first:after]) if ends > days), 0))
        return np.array(places, dtype=np.int64)

    @cached_property
    def standing(self) -> "Standing":
        """Who stood at each demand, from change to change."""
        return standing_of(self)

    @cached_property
    def demand_fill(self) -> pl.DataFrame:
        """One row per day and active demand: units that fill it, units in overlap."""
        standing, where = self.standing, self._grid
        demands = self.prepared.demands
        return pl.DataFrame({
            "t": where.days, "demand": _named([demand.name for demand in demands], where.demands),
            "required": np.array([demand.quantity for demand in demands], dtype=np.int64)[where.demands],
            "assigned": _named(standing.assigned, where.lines), "overlapping": _named(standing.overlapping, where.lines),
        })  # fmt: skip

    @cached_property
    def trends(self) -> pl.DataFrame:
        """MARATHON's DemandTrends: one row per day and active demand, with numbers by component."""
        demands, where = self.prepared.demands, self._grid
        filled = self.standing.numbers[where.lines]
        total, over = filled.sum(axis=(1, 2)), filled[:, 1].sum(axis=1)
        next_day = np.append(self.days[1:], self.days[-1:] + 1)
        delta = (next_day - self.days)[np.searchsorted(self.days, where.days)]
        columns: dict[str, Any] = {
            "t": where.days, "Quarter": where.days // DAYS_OF_A_QUARTER + 1,
            "SRC": _named([demand.src for demand in demands], where.demands),
            "TotalRequired": np.array([demand.quantity for demand in demands], dtype=np.int64)[where.demands],
            "TotalFilled": total, "Overlapping": over, "Deployed": total - over,
            "DemandName": _named([demand.name for demand in demands], where.demands),
            "Vignette": _named([demand.vignette for demand in demands], where.demands),
            "DemandGroup": _named([demand.demand_group for demand in demands], where.demands),
        }  # fmt: skip
        columns |= {f"{name}Filled": filled[:, :, at].sum(axis=1) for at, name in enumerate(COMPONENT_NAMES)}
        columns |= {f"{name}Overlap": filled[:, 1, at] for at, name in enumerate(COMPONENT_NAMES)}
        return pl.DataFrame(columns | {"deltaT": delta})

    @cached_property
    def _grid(self) -> "Grid":
        """Each day with each demand that is active on it, by day and then by name, and the line of `standing` that holds then."""
        demands, standing = self.prepared.demands, self.standing
        order = sorted(range(len(demands)), key=lambda at: demands[at].name)
        days, numbers, lines = [_EMPTY], [_EMPTY], [_EMPTY]
        for place, number in enumerate(order):
            begins, ends = np.searchsorted(self.days, [demands[number].start_day, demands[number].release_day])
            own = self.days[begins:ends]
            first, after = standing.lines_of[number], standing.lines_of[number + 1]
            days.append(own)
            numbers.append(np.full(own.size, place))
            lines.append(first + np.searchsorted(standing.days[first:after], own, side="right") - 1)
        all_days, all_numbers = np.concatenate(days), np.concatenate(numbers)
        sequence = np.lexsort((all_numbers, all_days))
        return Grid(all_days[sequence], np.array(order, dtype=np.int64)[all_numbers[sequence]], np.concatenate(lines)[sequence])

    def trace(self) -> pl.DataFrame:
        """One row per day and unit, as of its last update: all units on all days, so this may be large."""
        prepared, log, days = self.prepared, self.log, self.days
        order = np.lexsort((log[:, _T], log[:, _UNIT]))
        sorted_log = log[order]
        stride = int(days[-1]) + 2
        keys = sorted_log[:, _UNIT] * stride + sorted_log[:, _T]
        units = np.arange(len(prepared.units), dtype=np.int64)
        wanted = (units[None, :] * stride + days[:, None]).ravel()
        rows = sorted_log[np.searchsorted(keys, wanted, side="right") - 1]
        labels = self._labels()
        codes = np.where(
            rows[:, _WHAT] == records.HOME, rows[:, _SEGMENT], len(prepared.segments) * rows[:, _WHAT] + rows[:, _SEGMENT]
        )
        names = [demand.name for demand in prepared.demands]
        homes = _named([position for position, _ in labels], codes)
        located = _named([*names, ""], rows[:, _DEMAND])
        return pl.DataFrame({
            "t": np.repeat(days, units.size), "unit": _named([unit.name for unit in prepared.units], np.tile(units, days.size)),
            "location": located, "position": homes, "state": _named([state for _, state in labels], codes),
            "cycletime": rows[:, _CYCLETIME], "bog_budget": rows[:, _BUDGET], "bog": rows[:, _BOG], "dwell": rows[:, _DWELL],
            "atomic_policy": _named([policy.name for policy in prepared.policies], rows[:, _POLICY]), "last_update": rows[:, _T],
        }).with_columns(location=pl.when(pl.col("location") == "").then("position").otherwise("location"))  # fmt: skip

    def _labels(self) -> list[tuple[str, str]]:
        """Position and state by ``what * segments + segment``."""
        segments = self.prepared.segments
        labels = [(segment.name, segment.state) for segment in segments]
        for what in range(1, records.IN_POOL + 1):
            labels += [(_POSITIONS.get(what, segment.name), _STATES.get(what, "")) for segment in segments]
        return labels

    @cached_property
    def locations(self) -> pl.DataFrame:
        """Every move of a unit from one place to another: day, unit, from, to."""
        rows = self.log[np.lexsort((self.log[:, _T], self.log[:, _UNIT]))]
        names = [
            *(demand.name for demand in self.prepared.demands),
            *_POSITIONS.values(),
            *(part.name for part in self.prepared.segments),
        ]
        demands, positions = len(self.prepared.demands), len(_POSITIONS)
        place = np.where(rows[:, _WHAT] == records.DEMOBILISING, demands + 2, demands + positions + rows[:, _SEGMENT])
        place = np.where(rows[:, _DEMAND] >= 0, rows[:, _DEMAND], place)
        shown = _named(names, place)
        moves = pl.DataFrame({
            "T": rows[:, _T], "EntityFrom": shown.shift(1), "EntityTo": shown, "unit": rows[:, _UNIT],
            "name": _named([unit.name for unit in self.prepared.units], rows[:, _UNIT]),
        }).filter((pl.col("unit") == pl.col("unit").shift(1)) & (pl.col("EntityFrom") != pl.col("EntityTo")))  # fmt: skip
        return moves.sort("T", "unit").select("T", "name", "EntityFrom", "EntityTo").rename({"name": "Unit"})

    @property
    def scope(self) -> pl.DataFrame:
        """Unit types and why each is in scope or not: src, kind, in_scope, reason."""
        scope = self.prepared.scope
        rows = [(src, "supply", True, "") for src in dict.fromkeys(row.src for row in scope.supply)]
        rows += [(src, "demand", True, "") for src in dict.fromkeys(demand.src for demand in scope.demands)]
        rows += [(src, kind, False, reason) for src, kind, reason in scope.out_of_scope]
        schema = {"src": pl.String, "kind": pl.String, "in_scope": pl.Boolean, "reason": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")


_EMPTY: Numbers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Grid:
    """Days by active demands: shapes (rows,)."""

    days: Numbers
    demands: Numbers
    lines: Numbers


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at each demand from a day on; lines of one demand together, in order of days.

    Parameters
    ----------
    lines_of : ndarray of int
        First line of each demand, and the end. [-], shape (demands + 1,)
    days : ndarray of int
        Day from which a line holds. [days], shape (lines,)
    assigned, overlapping : list of str
        Names of units, in order of their text, blanks between.
    numbers : ndarray of int
        Units assigned and overlapping by component. [units], shape (lines, 2, 5)
    """

    lines_of: Numbers
    days: Numbers
    assigned: list[str]
    overlapping: list[str]
    numbers: Numbers


def standing_of(run: MarathonRun) -> Standing:
    """Return who stood at each demand, from change to change."""
    names = [unit.name for unit in run.prepared.units]
    codes = [component_code(unit.component) for unit in run.prepared.units]
    lines_of, days, texts, numbers = [0], [], ([], []), []  # type: list[int], list[int], tuple[list[str], list[str]], list[int]
    changes = _changes(run)
    begins = np.searchsorted(changes[:, 0], np.arange(len(run.prepared.demands) + 1))
    rows = changes.tolist()
    for demand in range(len(run.prepared.demands)):
        there: dict[int, int] = {}
        days.append(-1)
        _add_line(there, names, codes, texts, numbers)
        first, after = int(begins[demand]), int(begins[demand + 1])
        for at in range(first, after):
            _, day, unit, how = rows[at]
            if how == NOT_THERE:
                there.pop(unit, None)
            else:
                there[unit] = how
            if at + 1 == after or rows[at + 1][1] != day:
                days.append(day)
                _add_line(there, names, codes, texts, numbers)
        lines_of.append(len(days))
    shape = (len(days), 2, len(COMPONENT_NAMES))
    return Standing(
        np.array(lines_of, dtype=np.int64),
        np.array(days, dtype=np.int64),
        *texts,
        np.array(numbers, dtype=np.int64).reshape(shape),
    )


def _changes(run: MarathonRun) -> Numbers:
    """Rows of (demand, day, unit, how) wherever a unit comes to stand, or no longer stands, at a demand."""
    rows = run.log[np.lexsort((run.log[:, _T], run.log[:, _UNIT]))]
    demand, how = rows[:, _DEMAND], np.where(rows[:, _DEMAND] >= 0, _HOW[rows[:, _WHAT]], NOT_THERE)
    is_first = np.append(True, rows[1:, _UNIT] != rows[:-1, _UNIT]) if len(rows) else np.zeros(0, dtype=np.bool_)
    before = np.where(is_first, -1, np.roll(demand, 1))
    how_before = np.where(is_first, NOT_THERE, np.roll(how, 1))
    leaves = (before >= 0) & (before != demand)
    comes = (demand >= 0) & ((before != demand) | (how != how_before))
    left = np.stack([before[leaves], rows[leaves, _T], rows[leaves, _UNIT], np.full(int(leaves.sum()), NOT_THERE)], axis=1)
    come = np.stack([demand[comes], rows[comes, _T], rows[comes, _UNIT], how[comes]], axis=1)
    both = np.concatenate([left, come])
    ordered: Numbers = both[np.lexsort((both[:, 2], both[:, 1], both[:, 0]))]
    return ordered


def _add_line(
    there: dict[int, int], names: list[str], codes: list[int], texts: tuple[list[str], list[str]], numbers: list[int]
) -> None:
    counts = [0] * (2 * len(COMPONENT_NAMES))
    for unit, how in there.items():
        counts[(how == OVERLAPPING) * len(COMPONENT_NAMES) + codes[unit]] += 1
    numbers.extend(counts)
    for how, kept in zip((ASSIGNED, OVERLAPPING), texts, strict=True):
        kept.append(" ".join(sorted(names[unit] for unit, own in there.items() if own == how)))


def _named(names: list[str], numbers: Numbers) -> pl.Series:
    """Return the names that numbers stand for; -1 is the last name."""
    index = np.where(numbers < 0, len(names) - 1, numbers) if len(names) else numbers
    return pl.Series(values=names, dtype=pl.String).gather(index)
