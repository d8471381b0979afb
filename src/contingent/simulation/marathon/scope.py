"""Who may stand in for whom, and what is out of scope because nobody can serve it, or it can serve nobody."""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from contingent.simulation.marathon.project import Demand, MarathonProject, Relation, Supply


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a project is run.

    Parameters
    ----------
    supply, demands : tuple
        Rows in scope, quantity above zero, each name of a demand once.
    feasible : mapping of str to tuple of (str, int)
        For each unit type that is demanded: unit types that have units, with their rank; rank 0 is the type itself.
    out_of_scope : tuple of (str, str, str)
        Unit type, "supply" or "demand", and why.
    dropped : tuple of Demand
        Rows whose name an earlier row has.
    """

    supply: tuple[Supply, ...]
    demands: tuple[Demand, ...]
    feasible: Mapping[str, tuple[tuple[str, int], ...]]
    out_of_scope: tuple[tuple[str, str, str], ...]
    dropped: tuple[Demand, ...]


def scope_of(project: MarathonProject) -> Scope:
    """Return what of a project is run, as MARATHON decides before the first day."""
    supply = tuple(row for row in project.supply if row.quantity > 0)
    kept: dict[str, Demand] = {}
    dropped = []
    for demand in project.demands:
        if demand.quantity > 0:
            if demand.name in kept:
                dropped.append(demand)
            else:
                kept[demand.name] = demand
    held = dict.fromkeys(row.src for row in supply)
    wanted = dict.fromkeys(demand.src for demand in kept.values())
    feasible = feasible_types(wanted, held, project.relations)
    useful = {src for donors in feasible.values() for src, _ in donors}
    out = [(src, "supply", "no demand that it can serve") for src in held if src not in useful]
    out += [(src, "demand", "no units that could serve it") for src in wanted if not feasible[src]]
    return Scope(
        supply=tuple(row for row in supply if row.src in useful),
        demands=tuple(demand for demand in kept.values() if feasible[demand.src]),
        feasible={src: donors for src, donors in feasible.items() if donors},
        out_of_scope=tuple(out), dropped=tuple(dropped),
    )  # fmt: skip


def feasible_types(
    wanted: Iterable[str], held: Collection[str], relations: Iterable[Relation]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return for each unit type wanted those held that may fill it, with their ranks.

    Donors are ranked 1, 2, ... by the cost of the cheapest path over relations; MARATHON leaves the order of equal costs open,
    here it is that of their names. An equivalent costs nothing, both ways; what costs nothing has rank 0 like the type itself.

    Examples
    --------
    >>> feasible_types(["A"], ["A", "B", "C"], [Relation("sub", "C", "B", 1.0), Relation("sub", "B", "A", 3.0)])
    {'A': (('A', 0), ('B', 1), ('C', 2))}
    """
    donors: dict[str, list[tuple[str, float]]] = {}
    for relation in relations:
        is_equal = relation.kind == "equivalence"
        donors.setdefault(relation.recipient, []).append((relation.donor, 0.0 if is_equal else relation.cost))
        if is_equal:
            donors.setdefault(relation.donor, []).append((relation.recipient, 0.0))
    found = {}
    for src in wanted:
        costs = _cheapest(src, donors)
        order = sorted((cost, name != src, name) for name, cost in costs.items() if name in held)
        free = [(name, 0) for cost, _, name in order if cost == 0]
        dear = [name for cost, _, name in order if cost > 0]
        found[src] = (*free, *((name, rank) for rank, name in enumerate(dear, 1)))
    return found


def _cheapest(src: str, donors: Mapping[str, list[tuple[str, float]]]) -> dict[str, float]:
    """Cost of the cheapest path from each type that leads to one (Dijkstra)."""
    costs: dict[str, float] = {}
    heap = [(0.0, src)]
    while heap:
        cost, name = heapq.heappop(heap)
        if name in costs:
            continue
        costs[name] = cost
        for donor, step in donors.get(name, ()):
            if donor not in costs:
                heapq.heappush(heap, (cost + step, donor))
    return costs
