"""Checks of the way: what handles, carries, feeds and pays for a force fits together.

One function is one check, as in `contingent.io.check_names`.
"""

from collections import defaultdict
from typing import Any

from contingent.io.check_names import rows_of, values_of
from contingent.io.collected import Collected, Names
from contingent.io.layers import Layer
from contingent.io.wording import listed, shown
from contingent.model.ground import Mode
from contingent.model.money import PER_OF_ITEM
from contingent.model.movement import CHANGES, Activity, Counted, FleetKind

COUNTED_AT: dict[Activity, tuple[Counted, ...]] = {
    "rail_terminal": ("trains", "wagons"),
    "gauge_change": ("wagons", "trains"),
    "transshipment": ("wagons", "trains", "tonnes"),
    "seaport": ("ships", "lane_m", "vehicles", "tonnes"),
    "airport": ("aircraft", "people", "tonnes"),
    "border_rail": ("wagons", "trains"),
    "border_road": ("vehicles",),
    "staging": ("vehicles", "people", "tonnes"),
    "strait": ("ships",),
}
"""What may be counted where, the usual first."""

MODES_OF: dict[FleetKind, tuple[Mode, ...]] = {
    "train": ("rail",),
    "ship": ("sea", "river"),
    "passenger_aircraft": ("air",),
    "cargo_aircraft": ("air",),
    "heavy_transporter": ("road",),
    "truck": ("road",),
    "bus": ("road",),
}
"""On which links a kind of fleet moves."""

LOADS = ("people", "wagons", "lane_m", "tonnes", "vehicles")
"""Columns of fleets.csv that say what one of them carries."""

OFF_ONE = 0.005
"""By how much the shares of a funding key may miss 1: published shares are rounded. [-]"""

EVERY_SUPPLY = "all"
"""In stocks.csv: every supply that has no row of its own."""


def handling_counts_what_it_handles(layer: Layer, findings: Collected) -> None:
    """A crossing for wagons counts wagons or trains, a port ships or what they carry."""
    for placed in rows_of(layer, "handling"):
        row: Any = placed.row
        fit = COUNTED_AT[row.activity]
        if row.counts not in fit:
            what = f"{shown(row.counts)} are not what the activity {shown(row.activity)} handles."
            maybe = f"write {listed(fit)}"
            findings.add("counts", placed.sheet, what, line=placed.line, column="counts", nearest=fit[0], maybe=maybe)


def ranges_hold_their_values(layer: Layer, findings: Collected) -> None:
    """What a place handles, what something costs and how many came lies between its low and its high value."""
    for table, column in (("handling", "per_day"), ("rates", "value"), ("history", "personnel")):
        for placed in rows_of(layer, table):
            row: Any = placed.row
            value = getattr(row, column)
            for end, wrong, words in (
                ("low", row.low is not None and row.low > value, "more"),
                ("high", row.high is not None and row.high < value, "less"),
            ):
                if wrong:
                    what = f"{getattr(row, end):g} is {words} than {column} ({value:g})."
                    findings.add("range", placed.sheet, what, line=placed.line, column=end, maybe="the columns were swapped")


def fleets_carry_something(layer: Layer, findings: Collected) -> None:
    """A fleet carries people, wagons, lane metres, tonnes or vehicles, and moves on links that take its kind."""
    for placed in rows_of(layer, "fleets"):
        row: Any = placed.row
        if not any(getattr(row, load) for load in LOADS):
            what = f"the fleet {shown(row.fleet)} carries nothing."
            maybe = f"write how much one of them carries, in {listed(LOADS)}"
            findings.add("empty_fleet", placed.sheet, what, line=placed.line, maybe=maybe)
        modes = MODES_OF[row.kind]
        if row.mode not in modes:
            what = f"a {row.kind.replace('_', ' ')} does not move by {row.mode}."
            maybe = f"write {listed(modes)}"
            findings.add("fleet_mode", placed.sheet, what, line=placed.line, column="mode", nearest=modes[0], maybe=maybe)
        if row.kind == "train" and row.gauge_mm is None:
            what = f"the trains {shown(row.fleet)} have no gauge, so they run on links without one only."
            maybe = "write the gauge in millimetres: 1435, 1520 ..."
            findings.add("gauge", placed.sheet, what, line=placed.line, column="gauge_mm", maybe=maybe, severity="warning")


def gauges_meet_where_they_can_change(layer: Layer, findings: Collected) -> None:
    """Where railways of two gauges meet, bogies are changed or loads moved over; else nothing passes."""
    if not rows_of(layer, "handling") or not layer.is_read("handling"):
        return
    can: set[str] = {row.location for row in _rows(layer, "handling") if row.activity in CHANGES}
    gauges: dict[str, set[int]] = defaultdict(set)
    for placed in rows_of(layer, "links"):
        link: Any = placed.row
        if link.mode != "rail" or link.gauge_mm is None:
            continue
        for column in ("from_location", "to_location"):
            place: str = getattr(link, column)
            met = gauges[place]
            if met and link.gauge_mm not in met and place not in can:
                other = listed([f"{gauge} mm" for gauge in sorted(met)])
                what = f"railways of {link.gauge_mm} mm and {other} meet at {shown(place)}, and nothing can change there."
                maybe = "add a row gauge_change or transshipment for it to handling.csv"
                findings.add("gauges", placed.sheet, what, line=placed.line, column=column, maybe=maybe, severity="warning")
            met.add(link.gauge_mm)


def stocks_are_filled_from_outside(layer: Layer, findings: Collected) -> None:
    """No stock is filled up from itself, by way of others or not: it would live on nothing."""
    import networkx as nx

    placed_by_key = {(placed.row.location, placed.row.supply): placed for placed in rows_of(layer, "stocks")}  # type: ignore[attr-defined]
    told: set[tuple[str, ...]] = set()
    for supply in dict.fromkeys(supply for _, supply in placed_by_key):
        chain = nx.DiGraph()
        for location in dict.fromkeys(location for location, _ in placed_by_key):
            placed = placed_by_key.get((location, supply)) or placed_by_key.get((location, EVERY_SUPPLY))
            if placed is not None:
                row: Any = placed.row
                chain.add_edges_from((location, source) for source in row.supplied_from)
        for group in sorted(sorted(found) for found in nx.strongly_connected_components(chain)):
            circle = tuple(group)
            if circle in told or (len(circle) == 1 and not chain.has_edge(circle[0], circle[0])):
                continue
            told.add(circle)
            placed = placed_by_key.get((circle[0], supply)) or placed_by_key[circle[0], EVERY_SUPPLY]
            names = listed([shown(name) for name in circle])
            what = f"the stocks of {names} fill up one another."
            if len(circle) == 1:
                what = f"the stock of {names} is filled up from itself."
            maybe = "let one of them be filled up from a place without a stock"
            findings.add("circle", placed.sheet, what, line=placed.line, column="supplied_from", maybe=maybe)


def months_are_those_of_a_year(layer: Layer, findings: Collected) -> None:
    """Months of a season are 1 to 12."""
    known = {str(month) for month in range(1, 13)}
    for placed in rows_of(layer, "seasons"):
        row: Any = placed.row
        for month in row.months:
            if month not in known:
                what, maybe = f"{shown(month)} is not a month.", "write 1 to 12, with ; between them"
                findings.add("month", placed.sheet, what, line=placed.line, column="months", maybe=maybe)


def rates_are_per_what_is_counted(layer: Layer, findings: Collected) -> None:
    """A rate is per what its item is counted in."""
    for placed in rows_of(layer, "rates"):
        row: Any = placed.row
        fit = PER_OF_ITEM[row.item]
        if row.per not in fit:
            what = f"{row.item} is not counted per {row.per}."
            findings.add("per", placed.sheet, what, line=placed.line, column="per", nearest=fit[0], maybe=f"write {listed(fit)}")


def shares_of_funding_add_up(layer: Layer, findings: Collected) -> None:
    """The shares of a key of funding add up to one."""
    total: dict[str, float] = defaultdict(float)
    last: dict[str, Any] = {}
    for placed in rows_of(layer, "funding"):
        row: Any = placed.row
        total[row.funding_key] += row.share
        last[row.funding_key] = placed
    for key, share in total.items():
        if abs(share - 1) > OFF_ONE:
            placed = last[key]
            what = f"the shares of the key {shown(key)} add up to {share:g}; they are taken as parts of that."
            maybe = "a nation is missing, or counted twice"
            findings.add("shares", placed.sheet, what, line=placed.line, column="share", maybe=maybe, severity="warning")


def supplies_are_used_up(layer: Layer, findings: Collected) -> None:
    """What seasons, stocks and rates name as a supply is one that somebody uses up."""
    if not rows_of(layer, "consumption") or not layer.is_read("consumption"):
        return
    supplies = Names(set(values_of(layer, "consumption", "supply")))
    for table, more in (("seasons", set()), ("stocks", {EVERY_SUPPLY}), ("rates", set())):
        for placed in rows_of(layer, table):
            name: str | None = getattr(placed.row, "supply")  # noqa: B009
            if name is not None and name not in supplies and name not in more:
                what = f"{shown(name)} is not used up by anybody."
                nearest = supplies.nearest(name)
                maybe = f"write {shown(nearest)}" if nearest is not None else "add it to consumption.csv"
                findings.add(
                    "supply",
                    placed.sheet,
                    what,
                    line=placed.line,
                    column="supply",
                    nearest=nearest,
                    maybe=maybe,
                    severity="warning",
                )


def _rows(layer: Layer, table: str) -> list[Any]:
    return [placed.row for placed in rows_of(layer, table)]
