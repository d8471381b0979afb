"""How long it takes to size a large mandate: ``python benchmarks/sizing.py --help``.

A line of 2,000 km through ten sectors, 500 sites, 200 places where a reserve may stand, roads between all of them; a reserve that
reaches each 5 km of the line and every site, and in each sector ten tasks more. Planning factors are the bundled doctrine's.
One run is what a planner waits for: nothing is kept from the run before. A table in Markdown goes to standard output.
"""

import argparse
import itertools
import math
import platform
import random
import statistics
import time
from collections.abc import Callable
from datetime import date

from contingent.geography import shapes
from contingent.io import read_scenario
from contingent.model.ground import Link, Sector, Trace
from contingent.model.mandate import Task
from contingent.model.rows import Location
from contingent.model.scenario import Scenario, Settings
from contingent.sizing import reserve, sensitivity, size

SECTORS = 10
WEST, SOUTH, NORTH, LATITUDE = 20.0, 45.0, 53.0, 49.0
KM_PER_DEGREE = 111.32 * math.cos(math.radians(LATITUDE))
WINDING, STEPS = 1.375, 400
"""Length of the line that is drawn, as a multiple of the distance between its ends, and its edges."""
STEP_KM = 5.0
REPEATS = 3

CACHES = (reserve._hours, reserve._chosen, shapes.length_km, shapes.area_km2, shapes.part_inside, shapes.shape_of)  # noqa: SLF001

OF_A_SECTOR = {
    "sector_security": {"capability": "infantry_battlegroup"},
    "line_monitoring": {"capability": "infantry_battlegroup"},
    "population_security": {"capability": "infantry_battlegroup"},
    "site_protection": {"capability": "infantry_battlegroup", "amount": 50},
    "isr": {},
    "supporting_units": {"capability": "artillery"},
    "engineering": {"amount": 800},
    "ordnance_disposal": {"area_km2": 40},
    "medical": {},
    "training": {"amount": 4000},
}
OF_THE_FORCE = {
    "mobile_reserve": {"capability": "heavy_battlegroup"},
    "air_policing": {"amount": 4},
    "air_defence": {"amount": 40},
    "maritime_patrol": {"amount": 3},
    "mine_countermeasures": {"area_km2": 4000},
    "command_control": {},
    "logistics": {},
}


def instance(*, km: float, sites: int, bases: int, seed: int) -> Scenario:
    """Draw a theatre; the same seed draws the same one."""
    chance = random.Random(seed)
    width = km / WINDING / KM_PER_DEGREE
    line = [
        (WEST + width * step / STEPS, LATITUDE + 0.12 * math.sin(step / 3) + chance.uniform(-0.02, 0.02))
        for step in range(STEPS + 1)
    ]
    edges = [WEST + width * number / SECTORS for number in range(SECTORS + 1)]
    sectors = tuple(
        Sector(
            sector=f"S{number}", location=f"B{number}", population=1_500_000, host_security=4000,
            geometry=f"POLYGON (({a} {SOUTH}, {b} {SOUTH}, {b} {NORTH}, {a} {NORTH}, {a} {SOUTH}))",
        )
        for number, (a, b) in enumerate(itertools.pairwise(edges))
    )  # fmt: skip
    spots = {
        f"{kind}{number}": (chance.uniform(SOUTH + 2, NORTH - 2), WEST + width * (number + chance.random()) / count)
        for kind, count in (("B", bases), ("P", sites))
        for number in range(count)
    }
    locations = tuple(
        Location(location=name, kind="base" if name[0] == "B" else "site", country="HST", latitude=latitude, longitude=longitude)
        for name, (latitude, longitude) in spots.items()
    )
    doctrine = read_scenario("doctrine")
    factors = tuple(
        row.model_copy(update={"value": STEP_KM, "low": None, "high": None}) if row.factor == "reserve_step_km" else row
        for row in doctrine.factors
    )
    settings = Settings(title="Large theatre", start_date=date(2030, 1, 1), horizon_days=1095, host="HST")
    tables = {
        "unit_types": doctrine.unit_types, "capabilities": doctrine.capabilities, "factors": factors,
        "consumption": doctrine.consumption, "sectors": sectors, "locations": locations, "links": roads(spots), "tasks": tasks(),
        "traces": (Trace(trace="line", geometry="LINESTRING (" + ", ".join(f"{x} {y}" for x, y in line) + ")"),),
    }  # fmt: skip
    return Scenario(settings=settings, **tables)


def roads(spots: dict[str, tuple[float, float]]) -> tuple[Link, ...]:
    """Join each place to the four nearest to it, 1.2 km of road for each km across."""
    links: dict[tuple[str, str], Link] = {}
    for name, (latitude, longitude) in spots.items():
        far = {
            other: math.hypot((y - latitude) * 111.2, (x - longitude) * KM_PER_DEGREE)
            for other, (y, x) in spots.items() if other != name
        }  # fmt: skip
        for other in sorted(far, key=far.__getitem__)[:4]:
            pair = (min(name, other), max(name, other))
            km = max(0.1, far[other] * 1.2)
            links[pair] = Link(link="-".join(pair), from_location=pair[0], to_location=pair[1], mode="road", km=km)
    return tuple(links.values())


def tasks() -> tuple[Task, ...]:
    """Ten tasks in each sector, and those of the force."""
    rows = [
        Task(task=f"{method} S{number}", title=method, method=method, sector=f"S{number}", **columns)
        for number in range(SECTORS) for method, columns in OF_A_SECTOR.items()
    ]  # fmt: skip
    return (*rows, *(Task(task=method, title=method, method=method, **columns) for method, columns in OF_THE_FORCE.items()))


def median_seconds(work: Callable[[], object]) -> float:
    """Median of a few runs, nothing kept between them. [s]"""
    seconds = []
    for _ in range(REPEATS):
        for cache in CACHES:
            cache.cache_clear()
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--km", type=float, default=2000.0, help="length of the line")
    parser.add_argument("--sites", type=int, default=500, help="sites that the reserve must reach")
    parser.add_argument("--bases", type=int, default=200, help="places where it may stand")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    scenario = instance(km=asked.km, sites=asked.sites, bases=asked.bases, seed=asked.seed)
    found = size(scenario)
    reach, people = found.reach(None), found.people(None)["force"]
    chosen = [line for line in found.lines if line.mandate == "mobile_reserve"]
    varied = sensitivity(scenario, None)
    rows = {
        "line": f"{shapes.length_km(scenario.traces[0].geometry):,.0f} km, {SECTORS} sectors, {len(scenario.links):,} roads",
        "points to reach": f"{reach.height:,} ({asked.sites} of them sites), {asked.bases} places to stand",
        "tasks, lines, people": f"{len(scenario.tasks)}, {len(found.lines)}, {people:,}",
        "bases chosen": f"{len(chosen)}, no point farther than {reach['hours'].max():.2f} h",
        "size, all methods": f"{median_seconds(lambda: size(scenario)):.2f} s",
        "tornado": f"{median_seconds(lambda: sensitivity(scenario, None)):.2f} s for {varied.height} factors, each at both ends",
    }  # fmt: skip
    print(f"Python {platform.python_version()}, {platform.machine()}; median of {REPEATS} runs.\n")
    print("| what | value |\n|---|---|")
    print("\n".join(f"| {name} | {value} |" for name, value in rows.items()))


if __name__ == "__main__":
    main()
