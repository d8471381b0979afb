"""A generated force with everything that a plan can hold: what `scale.py` sends through the whole pipeline.

To the offers and lines of `instances.py` it adds footprints of the unit types, home stations, a network of railways, roads, sea
and air lanes with ports, terminals and fleets, depots, rates, formations under divisions and brigades, nations that may
withdraw, and a ledger of aid. Consumption, activities, cycles and policies are the bundled doctrine's. Fleets, ports and ledger
grow with the force, so that a larger one is no easier.
The same size and seed give the same scenario.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from contingent.io import read_scenario
from contingent.model.aid import Delivery, Equipment, Need, Pledge
from contingent.model.chance import Phase
from contingent.model.ground import Link
from contingent.model.money import Rate
from contingent.model.movement import Fleet, Handling
from contingent.model.rows import Location
from contingent.model.scenario import Scenario
from contingent.model.structure import Formation
from contingent.model.supply import Stock
from instances import COUNTRIES, SECTORS_IN_A_REGION, Size, drawn

NATIONS_A_PORT = 4
"""Nations that embark in one port."""
REGIONS_A_PORT = 6
"""Regions behind one port of arrival, at least one port."""
GAUGE_MM = 1435
FAMILIES = ("tank", "ifv", "apc", "artillery", "air_defence", "uav", "engineer", "vehicle")
LEDGER_ROWS_A_UNIT = 3
"""Pledges and deliveries for each unit of the force."""
FIRST_PLEDGE = date(2023, 1, 1)
LEDGER_DAYS = 1_000


def whole_force(size: Size, *, seed: int = 1) -> Scenario:
    """Return the generated scenario of a size with its network, supply, money, structure, chance and aid."""
    bare = drawn(size, title=f"generated whole, {size.units} units, seed {seed}", seed=seed)
    chance = np.random.default_rng([seed, size.units, 2])
    doctrine = read_scenario("reassurance")
    regions = [row for row in bare.locations if row.within is None]
    ports = [f"port_{number}" for number in range(max(1, len(regions) // REGIONS_A_PORT))]
    quays = [f"quay_{number}" for number in range(max(1, size.nations // NATIONS_A_PORT))]
    return bare.model_copy(
        update={
            "settings": bare.settings.model_copy(update={"host": "XAA"}),
            "nations": tuple(
                row.model_copy(update={"withdrawal_probability": 0.02, "defence_spending": row.weight, "gdp": row.weight})
                for row in bare.nations
            ),
            "unit_types": _footprints(bare),
            "locations": _placed(bare, chance, ports=ports, quays=quays),
            "offers": tuple(row.model_copy(update={"home_location": f"home_{row.nation}"}) for row in bare.offers),
            "requirements": tuple(row.model_copy(update={"formation": f"brigade {row.location}"}) for row in bare.requirements),
            "links": _links(bare, ports=ports, quays=quays),
            "handling": _handling(ports, quays, busy=size.units / 30),
            "fleets": _fleets(size.units),
            "stocks": _stocks(bare, ports),
            "rates": _general_rates(doctrine),
            "formations": _formations(bare),
            "phases": (Phase(phase="build-up", from_day=0, until_day=180), Phase(phase="steady state", from_day=180)),
            "factors": doctrine.factors,
            "consumption": doctrine.consumption,
            "seasons": doctrine.seasons,
            "activities": tuple(row for row in doctrine.activities if row.unit_type is None and row.phase is None),
            "cycles": doctrine.cycles,
            "policies": tuple(
                row for row in doctrine.policies if row.nation is None and row.unit_type is None and row.phase is None
            ),
            **_ledger(size, chance),
        }
    )


def smaller(size: Size, **of: int) -> Size:
    """Return a size with some of its figures replaced; families follow the lines."""
    changed = replace(size, **of)
    return replace(changed, families=max(2, min(changed.families, changed.lines // 4)))


def _footprints(bare: Scenario) -> tuple:
    """A vehicle for four people; most march, a tenth is heavy."""
    rows = []
    for number, row in enumerate(bare.unit_types):
        vehicles = max(4, row.personnel // 4)
        heavy = vehicles // 10
        rows.append(
            row.model_copy(
                update={
                    "vehicles": vehicles, "weight_t": 14.0 * vehicles, "lane_m": 9.0 * vehicles, "rail_wagons": vehicles // 2,
                    "containers": max(2, row.personnel // 25), "outsized": heavy, "marching": vehicles - heavy,
                    "consumption": ("motorised", "mechanised", "armoured")[number % 3],
                    "battalions": round(row.personnel / 600, 2),
                }
            )
        )  # fmt: skip
    return tuple(rows)


def _placed(bare: Scenario, chance: np.random.Generator, *, ports: list[str], quays: list[str]) -> tuple[Location, ...]:
    """Sectors along a line in the east, ports behind them, quays and home stations in the west."""
    rows = []
    along = {row.location: number for number, row in enumerate(bare.locations)}
    for row in bare.locations:
        place = {"latitude": 45.0 + 8.0 * along[row.location] / len(along), "longitude": 34.0 + float(chance.uniform(-1, 1))}
        rows.append(row if row.within is None else row.model_copy(update=place | {"kind": "base"}))
    for names, longitude, kind, country in ((ports, 30.0, "port", "XAA"), (quays, 4.0, "port", "XQQ")):
        rows += [
            Location(location=name, kind=kind, country=country, latitude=44.0 + 10.0 * n / len(names), longitude=longitude)
            for n, name in enumerate(names)
        ]
    rows += [Location(location=country, kind="country", country=country) for country in COUNTRIES]
    rows += [
        Location(location=f"home_{row.nation}", kind="base", country="XQQ",
                 latitude=float(chance.uniform(40, 58)), longitude=float(chance.uniform(-5, 3)))
        for row in bare.nations
    ]  # fmt: skip
    return tuple(rows)


def _links(bare: Scenario, *, ports: list[str], quays: list[str]) -> tuple[Link, ...]:
    """Home to quay by rail and road, quay to port by sea, home to port by air and by a long railway, port to sectors by both."""
    found: list[Link] = []

    def join(one: str, other: str, mode: str, km: float) -> None:
        gauge = GAUGE_MM if mode == "rail" else None
        name = f"K{len(found) + 1}"
        found.append(
            Link.model_validate(
                {"link": name, "from_location": one, "to_location": other, "mode": mode, "km": km, "gauge_mm": gauge}
            )
        )

    for number, nation in enumerate(bare.nations):
        home, quay, port = f"home_{nation.nation}", quays[number % len(quays)], ports[number % len(ports)]
        for mode, km in (("rail", 400.0), ("road", 380.0)):
            join(home, quay, mode, km)
        join(home, port, "air", 2_200.0)
        join(home, port, "rail", 2_600.0)
    for quay in quays:
        for port in ports:
            join(quay, port, "sea", 5_500.0)
    for one, other in pairwise(ports):
        join(one, other, "rail", 300.0)
    sectors = [row.location for row in bare.locations if row.within is not None]
    for number, sector in enumerate(sectors):
        port = ports[number // SECTORS_IN_A_REGION % len(ports)]
        for mode, km in (("rail", 420.0), ("road", 400.0)):
            join(port, sector, mode, km)
    for one, other in pairwise(sectors):
        join(one, other, "road", 60.0)
    return tuple(found)


def _handling(ports: list[str], quays: list[str], *, busy: float) -> tuple[Handling, ...]:
    """Ports, airports and terminals share what the force asks for in its first weeks."""
    each = (
        ("seaport", "ships", 1.0 + busy / 20), ("rail_terminal", "wagons", 60.0 + 8.0 * busy),
        ("airport", "aircraft", 6.0 + busy / 5),
    )  # fmt: skip
    return tuple(
        Handling.model_validate(
            {"location": place, "activity": activity, "counts": counts, "per_day": round(per_day / len(names) * 4 + 1, 1)}
        )
        for names in (ports, quays)
        for place in names
        for activity, counts, per_day in each
        if not (names is quays and activity == "airport")
    )


def _fleets(units: int) -> tuple[Fleet, ...]:
    """So many of each as a force of this size would have asked for."""
    share = units / 400
    fleets = [
        {"fleet": "trains", "kind": "train", "mode": "rail", "quantity": 60, "wagons": 38, "tonnes": 1_000.0,
         "gauge_mm": GAUGE_MM,
         "speed_kmh": 35.0, "load_hours": 8.0},
        {"fleet": "troop_trains", "kind": "train", "mode": "rail", "quantity": 20, "people": 500, "gauge_mm": GAUGE_MM,
         "speed_kmh": 60.0, "load_hours": 2.0},
        {"fleet": "ro_ro", "kind": "ship", "mode": "sea", "quantity": 16, "people": 12, "lane_m": 2_500.0, "tonnes": 7_000.0,
         "speed_kmh": 30.0, "load_hours": 24.0},
        {"fleet": "airliners", "kind": "passenger_aircraft", "mode": "air", "quantity": 20, "people": 200, "tonnes": 8.0,
         "speed_kmh": 750.0, "hours_per_day": 14.0, "load_hours": 2.0},
        {"fleet": "transporters", "kind": "heavy_transporter", "mode": "road", "quantity": 120, "vehicles": 1, "tonnes": 70.0,
         "speed_kmh": 30.0, "hours_per_day": 10.0, "load_hours": 2.0},
        {"fleet": "trucks", "kind": "truck", "mode": "road", "quantity": 600, "tonnes": 20.0, "speed_kmh": 45.0,
         "hours_per_day": 10.0, "load_hours": 3.0},
        {"fleet": "buses", "kind": "bus", "mode": "road", "quantity": 150, "people": 50, "speed_kmh": 60.0, "hours_per_day": 10.0,
         "load_hours": 1.0},
    ]  # fmt: skip
    return tuple(
        Fleet.model_validate(row | {"name": str(row["fleet"]), "quantity": max(2, round(int(row["quantity"]) * share))})
        for row in fleets
    )


def _stocks(bare: Scenario, ports: list[str]) -> tuple[Stock, ...]:
    """Thirty days in each port for its sectors, which hold ten themselves; ports buy from where the ships come."""
    sectors = [row.location for row in bare.locations if row.within is not None]
    return tuple(
        [Stock(location=port, supply="all", target_days=30, reorder_days=25) for port in ports]
        + [
            Stock(
                location=sector, supply="all", target_days=10, supplied_from=(ports[number // SECTORS_IN_A_REGION % len(ports)],)
            )
            for number, sector in enumerate(sectors)
        ]
    )


def _general_rates(doctrine: Scenario) -> tuple[Rate, ...]:
    """The rates of the bundled force that name no nation and no unit type."""
    return tuple(row for row in doctrine.rates if row.nation is None and row.unit_type is None)


def _formations(bare: Scenario) -> tuple[Formation, ...]:
    """A force, a division for each region, a brigade for each sector."""
    rows = [Formation(formation="force", echelon="force", component="force")]
    for row in bare.locations:
        if row.within is None:
            rows.append(Formation(formation=f"division {row.location}", parent="force", echelon="division"))
        else:
            rows.append(
                Formation(
                    formation=f"brigade {row.location}", parent=f"division {row.within}", echelon="brigade", location=row.location
                )
            )
    return tuple(rows)


def _ledger(size: Size, chance: np.random.Generator) -> dict[str, tuple]:
    """Pledges, deliveries a while after two in three of them, and needs of a formation for each sixty units."""
    rows = max(60, LEDGER_ROWS_A_UNIT * size.units)
    kinds = [Equipment(equipment=f"T{n}", family=FAMILIES[n % len(FAMILIES)], crew=3, training_days=30) for n in range(24)]
    donors = [f"N{n + 1}" for n in range(size.nations)]
    day = chance.integers(0, LEDGER_DAYS, rows)
    quantity = chance.integers(1, 30, rows)
    pledges = [
        Pledge(pledge=f"P{n}", donor=donors[int(chance.integers(len(donors)))],
               equipment=kinds[int(chance.integers(24))].equipment,
               item="thing", quantity=int(quantity[n]), announced=FIRST_PLEDGE + timedelta(days=int(day[n])))
        for n in range(rows * 3 // 5)
    ]  # fmt: skip
    late = chance.exponential(150.0, len(pledges))
    deliveries = [
        Delivery(delivery=f"V{n}", pledge=row.pledge, donor=row.donor, quantity=row.quantity,
                 date=row.announced + timedelta(days=int(late[n])))
        for n, row in enumerate(pledges) if n % 3 and day[n] + late[n] < LEDGER_DAYS
    ]  # fmt: skip
    needs = [
        Need(need=f"B{b}-{family}", formation=f"Brigade {b}", family=family, quantity=int(chance.integers(20, 200)),
             by_day=int(chance.integers(0, 12)) * 30, priority=1 + b % 3)
        for b in range(max(2, size.units // 60))
        for family in FAMILIES[:5]
    ]  # fmt: skip
    return {"equipment": tuple(kinds), "pledges": tuple(pledges), "deliveries": tuple(deliveries), "needs": tuple(needs)}
