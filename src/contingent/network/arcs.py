"""The arcs of one kind's graph: loading, travelling, unloading, changing trains."""

from dataclasses import dataclass, field

import numpy as np

from contingent.model.movement import CHANGES, Fleet
from contingent.network.graph import CHANGE, GROUND, LOAD, MARCH, TRAVEL, UNLOAD, Graph, Number, Whole
from contingent.network.ground import GATES, TERMINALS, Ground, Stretch, Track
from contingent.network.kinds import COUNTED_ON, Kind, counted_as, share_of_one

HOURS_A_DAY = 24.0
EMPTY_RETURN = 2.0
"""A fleet is busy for the way there and for the way back. [-]"""
TAKEN_WITH_PEOPLE = "people"
"""People change from train to train on foot: no bogies are changed for them."""

Node = tuple[str, int]
"""A place and a vehicle, as in `Graph`."""
Taken = tuple[tuple[int, float], ...]
"""Resources and how much of each one of the kind takes."""
Row = tuple[Node, Node, int, float, float, int, int, float, float, Taken, Taken, float, tuple[str, ...]]
"""An arc: the columns of `Graph` in order, from tail to links."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all graphs are drawn from.

    Parameters
    ----------
    ground : Ground
        Places, links and handling.
    fleets : tuple of Fleet
        Fleets that there are.
    stretches : dict
        Shortest ways between neighbouring stops, by track.
    index : dict of str to int
        Resources by name.
    nations : tuple of str
        Nations that have fleets of their own.
    place_index : dict of str to int
        Places by name.
    march_speed, march_hours : float
        Of a convoy. [km/h], [h/day]
    """

    ground: Ground
    fleets: tuple[Fleet, ...]
    stretches: dict[Track, dict[str, list[Stretch]]]
    index: dict[str, int]
    nations: tuple[str, ...]
    place_index: dict[str, int]
    march_speed: float
    march_hours: float

    def handled(self, place: str, activity: str | None, kind: Kind, fleet: Fleet | None) -> tuple[Taken, float]:
        """Return what one of a kind takes of a place's handling, and for how long it is handled. [days]"""
        row = self.ground.handling.get((place, activity or ""))
        if row is None:
            return (), 0.0
        amount = counted_as(row.counts, kind, fleet)
        if amount <= 0:
            return (), 0.0
        return ((self.index[f"{place}: {activity}"], amount),), (row.hours or 0.0) / HOURS_A_DAY


@dataclass
class Arcs:
    """Arcs as they are drawn, each a tuple of the columns of `Graph`."""

    rows: list[Row] = field(default_factory=list)

    def add(
        self, tail: Node, head: Node, does: int, *, days: float, after_days: float = 0.0, fleet: int = -1, nation: int = -1,
        share: float = 0.0, fleet_days: float = 0.0, before: Taken = (), after: Taken = (), km: float = 0.0,
        links: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Add an arc; the parameters are the columns of `Graph`."""
        self.rows.append((tail, head, does, days, after_days, fleet, nation, share, fleet_days, before, after, km, links))


def draw(drawing: Drawing, kind: Kind) -> Graph:
    """Return the graph of a kind."""
    arcs = Arcs()
    for at, fleet in enumerate(drawing.fleets):
        share = share_of_one(kind, fleet)
        if share is None:
            continue
        for track in _tracks_of(drawing, fleet):
            _travel(drawing, kind, arcs, track, at, share)
            _load_and_unload(drawing, kind, arcs, track, at, share)
        if fleet.mode == "rail":
            _change(drawing, kind, arcs, at)
    if kind.name == "marching":
        for track in drawing.stretches:
            if track[0] == "road":
                _travel(drawing, kind, arcs, track, MARCH, 0.0)
                _load_and_unload(drawing, kind, arcs, track, MARCH, 0.0)
    return _as_graph(drawing, kind, arcs)


def _tracks_of(drawing: Drawing, fleet: Fleet) -> list[Track]:
    """Tracks on which a fleet runs: of its mode and, for trains, its gauge; a train without a gauge runs on any."""
    return [
        track for track in drawing.stretches
        if track[0] == fleet.mode and (fleet.mode != "rail" or fleet.gauge_mm is None or track[1] in (None, fleet.gauge_mm))
    ]  # fmt: skip


def _fleet(drawing: Drawing, vehicle: int) -> tuple[Fleet | None, int, int]:
    """Return a vehicle's fleet, its resource and the index of its nation; none of them for a convoy."""
    if vehicle == MARCH:
        return None, -1, -1
    fleet = drawing.fleets[vehicle]
    nation = drawing.nations.index(fleet.nation) if fleet.nation else -1
    return fleet, drawing.index[fleet.fleet], nation


def _travel(drawing: Drawing, kind: Kind, arcs: Arcs, track: Track, vehicle: int, share: float) -> None:
    """Draw the ways of a vehicle between neighbouring stops, with what is passed at the head."""
    fleet, resource, nation = _fleet(drawing, vehicle)
    speed, hours = (drawing.march_speed, drawing.march_hours) if fleet is None else (fleet.speed_kmh, fleet.hours_per_day)
    for place, stretches in drawing.stretches[track].items():
        for stretch in stretches:
            days = sum(link.km / min(link.speed_kmh or speed, speed if fleet else np.inf) for link in stretch.links) / hours
            after, waits = drawing.handled(stretch.to, GATES.get(track[0]), kind, fleet)
            links = tuple(link.link for link in stretch.links)
            limited = tuple(
                (drawing.index[link.link], counted_as(COUNTED_ON[track[0]], kind, fleet))
                for link in stretch.links if link.capacity_per_day is not None
            )  # fmt: skip
            arcs.add(
                (place, vehicle), (stretch.to, vehicle), TRAVEL, days=days, after_days=waits, fleet=resource, nation=nation,
                share=share, fleet_days=EMPTY_RETURN * days, before=limited, after=after, km=stretch.km, links=links,
            )  # fmt: skip


def _load_and_unload(drawing: Drawing, kind: Kind, arcs: Arcs, track: Track, vehicle: int, share: float) -> None:
    """Draw the ways on board and off at every stop of a track where loads stand on the ground."""
    fleet, resource, nation = _fleet(drawing, vehicle)
    mode = track[0]
    on_ground = set(drawing.ground.on_ground)
    for place in drawing.stretches[track]:
        if place not in on_ground or not drawing.ground.loads(place, mode):
            continue
        taken, hours = drawing.handled(place, TERMINALS.get(mode), kind, fleet)
        loading = (fleet.load_hours if fleet else 0.0) / HOURS_A_DAY
        days = max(hours, loading)
        arcs.add(
            (place, GROUND), (place, vehicle), LOAD, days=days, fleet=resource, nation=nation, share=share, fleet_days=loading,
            before=taken)  # fmt: skip
        staged, staging = drawing.handled(place, "staging", kind, None) if mode != "road" else ((), 0.0)
        arcs.add(
            (place, vehicle), (place, GROUND), UNLOAD, days=days, after_days=staging, fleet=resource, nation=nation, share=share,
            fleet_days=loading, before=taken, after=staged)  # fmt: skip


def _change(drawing: Drawing, kind: Kind, arcs: Arcs, vehicle: int) -> None:
    """Draw the changes from a train to those of other gauges: bogies changed, or loads moved over."""
    fleet, _, nation = _fleet(drawing, vehicle)
    assert fleet is not None
    mine = {place for track in _tracks_of(drawing, fleet) for place in drawing.stretches[track]}
    for other, to in enumerate(drawing.fleets):
        if to.mode != "rail" or to.gauge_mm == fleet.gauge_mm or share_of_one(kind, to) is None:
            continue
        theirs = {place for track in _tracks_of(drawing, to) for place in drawing.stretches[track]}
        for place in sorted(mine & theirs):
            for activity in CHANGES:
                row = drawing.ground.handling.get((place, activity))
                if row is None:
                    continue
                taken, days = drawing.handled(place, activity, kind, to)
                if kind.name == TAKEN_WITH_PEOPLE:
                    taken, days = (), (row.hours or 0.0) / HOURS_A_DAY
                arcs.add((place, vehicle), (place, other), CHANGE, days=days, nation=nation, before=taken)


def _as_graph(drawing: Drawing, kind: Kind, arcs: Arcs) -> Graph:
    """Arcs in order of their tails, as arrays."""
    ground = [(place, GROUND) for place in drawing.ground.on_ground]
    nodes = {node: at for at, node in enumerate(dict.fromkeys(ground + [end for row in arcs.rows for end in row[:2]]))}
    order = sorted(range(len(arcs.rows)), key=lambda at: nodes[arcs.rows[at][0]])
    rows = [arcs.rows[at] for at in order]
    tail = np.array([nodes[row[0]] for row in rows], dtype=np.int64)

    def whole(column: int) -> Whole:
        return np.array([row[column] for row in rows], dtype=np.int64)

    def number(column: int) -> Number:
        return np.array([row[column] for row in rows], dtype=np.float64)

    before, before_amount = _two(rows, 9)
    after, after_amount = _two(rows, 10)
    return Graph(
        kind=kind.name,
        node_place=np.array([drawing.place_index[place] for place, _ in nodes], dtype=np.int64),
        node_vehicle=np.array([vehicle for _, vehicle in nodes], dtype=np.int64),
        first=np.searchsorted(tail, np.arange(len(nodes) + 1)).astype(np.int64),
        tail=tail, head=np.array([nodes[row[1]] for row in rows], dtype=np.int64), does=whole(2), days=number(3),
        after_days=number(4), fleet=whole(5), nation=whole(6), share=number(7), fleet_days=number(8), before=before,
        before_amount=before_amount, after=after, after_amount=after_amount, km=number(11),
        links=tuple(row[12] for row in rows),
    )  # fmt: skip


def _two(rows: list[Row], column: int) -> tuple[Whole, Number]:
    """Up to two resources of each arc and their amounts. two of shape (arcs, 2)"""
    resource, amount = np.full((len(rows), 2), -1, dtype=np.int64), np.zeros((len(rows), 2))
    for at, row in enumerate(rows):
        taken_there: Taken = row[column]  # type: ignore[assignment]
        for place, (taken, much) in enumerate(taken_there):
            resource[at, place], amount[at, place] = taken, much
    return resource, amount
