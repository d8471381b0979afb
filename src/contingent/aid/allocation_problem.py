"""Who may be given what: the allocation of arrivals as arrays.

    b in B    formations                                           needs.csv
    n in N    needs of formations                                  needs.csv
    e in E    types of equipment                                   equipment.csv
    (n, e)    pairs: the type that a need names, or each type of its family
    t in T    periods 0, 1, ... of `period_days`

    quantity[n]    items that a need asks for                                                [items]
    standard[n]    least of them with which the formation is at its standard                 [items]
    supply[e, t]   items that arrive in period t                                             [items]
    lead[e]        whole periods for which a crew of the type trains, after the one of hand-over    [periods]
    crew[e]        people of one item                                                        [people]
    hours[e]       maintenance of one item a month                                           [hours]

What is handed over in period t is in trained hands at the end of period t + lead; its crews hold training places in the periods
t + 1 to t + lead. Training and maintenance are known by the type; a blank is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.aid.allocation_kernel import ready_of

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

ROUNDING = 1e-6


@dataclass(frozen=True)
class AllocationOptions:
    """How arrivals are allocated.

    Parameters
    ----------
    horizon_days, period_days : int
        [days]
    standard : float
        Share of each of its needs with which a formation is at its standard, an assumption of the planner. [-]
    most_types : int
        Types within one need of a formation at most. [types]
    training_places : int, optional
        Crew members who train at one time at most, in all; blank = no bound. [people]
    maintenance_hours_per_month : float, optional
        Of each formation; blank = no bound. [hours]
    maintenance : mapping of str to float
        The same for single formations, before the bound of all. [hours]
    exact_columns : int
        Models up to this size are solved by branch and bound, larger ones by rules of priority with a bound. [columns]
    nodes : int
        Of branch and bound at most, for each goal: unlike time, the same on every machine. [nodes]
    """

    horizon_days: int = 360
    period_days: int = 30
    standard: float = 0.8
    most_types: int = 2
    training_places: int | None = None
    maintenance_hours_per_month: float | None = None
    maintenance: Mapping[str, float] | None = None
    exact_columns: int = 1500
    nodes: int = 200


@dataclass(frozen=True, eq=False)
class AllocationProblem:
    """Arrays of the allocation; names as in the head of this module.

    Parameters
    ----------
    formations, needs, types : tuple of str
        Names, in the order of the arrays.
    formation_of, quantity, standard, need_priority, by_day : ndarray of int
        Of each need. Shape (needs,)
    priority : ndarray of int
        Of each formation: the first of its needs. Shape (formations,)
    pair_need, pair_type : ndarray of int
        Shape (pairs,)
    supply : ndarray of int
        [items], shape (types, periods)
    lead, crew, hours : ndarray
        Of each type. Shape (types,)
    places : float
        Training places, infinite without a bound. [people]
    most_hours : ndarray of float
        Maintenance of each formation, infinite without a bound. [hours], shape (formations,)
    most_types : int
        [types]
    """

    formations: tuple[str, ...]
    needs: tuple[str, ...]
    types: tuple[str, ...]
    formation_of: Counts
    quantity: Counts
    standard: Counts
    need_priority: Counts
    by_day: Counts
    priority: Counts
    pair_need: Counts
    pair_type: Counts
    supply: Counts
    lead: Counts
    crew: Counts
    hours: Floats
    places: float
    most_hours: Floats
    most_types: int

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.supply.shape[1])

    def with_more(self, kind: int, items: int) -> "AllocationProblem":
        """Return the problem with more of one type at hand from the first period on."""
        supply = self.supply.copy()
        supply[kind, 0] += items
        return replace(self, supply=supply)

    def with_supply(self, supply: Counts) -> "AllocationProblem":
        """Return the problem with another supply. [items], shape (types, periods)"""
        return replace(self, supply=supply)

    def ready(self, given: Counts) -> Counts:
        """Return what each need has in trained hands at the end of each period. [items], shape (needs, periods)

        Parameters
        ----------
        given : ndarray of int
            Handed over, by pair and period. [items], shape (pairs, periods)
        """
        ready: Counts = ready_of(given, self.pair_need, self.lead[self.pair_type], len(self.needs))
        return ready

    def at_standard(self, ready: Counts) -> npt.NDArray[np.bool_]:
        """Return which formations have the standard of each need at the end of each period. Shape (formations, periods)"""
        need, period = np.nonzero(ready < self.standard[:, None])
        stands = np.ones((len(self.formations), self.periods), dtype=np.bool_)
        stands[self.formation_of[need], period] = False
        return stands

    def scores(self, given: Counts) -> list[float]:
        """Return the goals reached, in order: brigade-periods at standard, then share-periods, both by priority; last, types."""
        ready = self.ready(given)
        equipped = self.at_standard(ready).sum(axis=1)
        share = (ready / self.quantity[:, None]).sum(axis=1)
        ladder = sorted(set(self.priority.tolist()))
        by_need = self.priority[self.formation_of]
        types = float((given.sum(axis=1) > 0).sum())
        return [
            *(float(equipped[self.priority == step].sum()) for step in ladder),
            *(float(share[by_need == step].sum()) for step in ladder), types,
        ]  # fmt: skip


def allocation_problem(
    needs: pl.DataFrame, equipment: pl.DataFrame, arrivals: pl.DataFrame, options: AllocationOptions
) -> AllocationProblem:
    """Return the arrays of the allocation of arrivals to needs.

    Parameters
    ----------
    needs, equipment : polars.DataFrame
        Tables of the scenario.
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``: equipment, quantity, day.
    options : AllocationOptions
        As asked.
    """
    asked = needs.filter(pl.col("quantity") > 0).sort("formation", "need")
    kinds = equipment.sort("equipment")
    types = tuple(kinds["equipment"].to_list())
    formations = tuple(asked["formation"].unique().sort().to_list())
    quantity = asked["quantity"].cast(pl.Int64).to_numpy()
    formation_of = _places(asked["formation"].to_list(), formations)
    need_priority = asked["priority"].cast(pl.Int64).to_numpy()
    priority = np.full(len(formations), np.iinfo(np.int64).max)
    np.minimum.at(priority, formation_of, need_priority)
    pair_need, pair_type = _pairs(asked, kinds)
    supply = supply_of(arrivals, types, options)
    training = kinds["training_days"].fill_null(0).cast(pl.Int64).to_numpy()
    single = options.maintenance or {}
    every = np.inf if options.maintenance_hours_per_month is None else options.maintenance_hours_per_month
    return AllocationProblem(
        formations=formations, needs=tuple(asked["need"].to_list()), types=types, formation_of=formation_of, quantity=quantity,
        standard=np.maximum(1, np.ceil(quantity * options.standard - ROUNDING)).astype(np.int64), need_priority=need_priority,
        by_day=asked["by_day"].fill_null(options.horizon_days).cast(pl.Int64).to_numpy(), priority=priority,
        pair_need=pair_need, pair_type=pair_type, supply=supply, lead=-(-training // options.period_days),
        crew=kinds["crew"].fill_null(0).cast(pl.Int64).to_numpy(),
        hours=kinds["maintenance_hours_per_month"].fill_null(0.0).cast(pl.Float64).to_numpy(),
        places=np.inf if options.training_places is None else float(options.training_places),
        most_hours=np.array([single.get(name, every) for name in formations], dtype=np.float64), most_types=options.most_types,
    )  # fmt: skip


def supply_of(arrivals: pl.DataFrame, types: tuple[str, ...], options: AllocationOptions) -> Counts:
    """Return what arrives of each type in each period. [items], shape (types, periods)

    Parameters
    ----------
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``; what comes after the horizon is left out.
    types : tuple of str
        In the order of the rows.
    options : AllocationOptions
        Horizon and periods.
    """
    coming = arrivals.filter((pl.col("day") < options.horizon_days) & pl.col("equipment").is_in(list(types)))
    supply = np.zeros((len(types), max(1, -(-options.horizon_days // options.period_days))), dtype=np.int64)
    when = coming["day"].clip(lower_bound=0).to_numpy() // options.period_days
    np.add.at(supply, (_places(coming["equipment"].to_list(), types), when), coming["quantity"].to_numpy())
    return supply


def _places(names: list[str], order: tuple[str, ...]) -> Counts:
    place = {name: index for index, name in enumerate(order)}
    return np.array([place[name] for name in names], dtype=np.int64)


def _pairs(asked: pl.DataFrame, kinds: pl.DataFrame) -> tuple[Counts, Counts]:
    """Types that may meet each need: the one it names, or those of its family."""
    family: dict[str, list[int]] = {}
    place: dict[str, int] = {}
    for index, (name, group) in enumerate(kinds.select("equipment", "family").iter_rows()):
        place[name] = index
        family.setdefault(group, []).append(index)
    pairs: list[tuple[int, int]] = []
    for need, (name, group) in enumerate(asked.select("equipment", "family").iter_rows()):
        fitting = [place[name]] if name in place else ([] if name else family.get(group, []))
        pairs.extend((need, kind) for kind in fitting)
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
