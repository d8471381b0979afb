"""Situations for the tests of reports: the bundled exercise, and one in which every text tries to break out."""

from datetime import date
from functools import cache

import polars as pl
from tests.monitoring.frames import incidents
from tests.monitoring.theatres import sectors, theatre
from tests.report.sample_plan import BREAKOUT

from contingent.io import read_scenario
from contingent.io.places import folder_of
from contingent.model.ladder import Rung
from contingent.model.scenario import Scenario
from contingent.monitoring.gather import ASIDE_COLUMNS, FILES_COLUMNS, Gathered
from contingent.monitoring.situation import Situation
from contingent.situation import MonitorOptions, monitor


@cache
def exercise_situation(until: date = date(2027, 6, 29), *, weekly: bool = True) -> tuple[Scenario, Situation]:
    """Return the exercise that ships with the package, told at the end of a day."""
    scenario = read_scenario("reassurance")
    folder = folder_of("reassurance")
    assert folder is not None
    return scenario, monitor(scenario, folder / "incidents.csv", until=until, options=MonitorOptions(weekly=weekly))


def hostile_situation() -> tuple[Scenario, Situation]:
    """Return a situation whose every text means mischief: sectors, incidents, sources, files, rungs, the marking."""
    bad = BREAKOUT.replace(";", "")
    ground = tuple(row.model_copy(update={"name": f"SN{bad}"}) for row in sectors(f"SA{bad}", f"SB{bad}"))
    rung = Rung(rung=f"R{bad}", level=1, posture=f"P{bad}", measure="violations_per_day", up=2, down=1)
    scenario = theatre(sectors=ground, ladder=(rung,))
    settings = scenario.settings.model_copy(update={"title": f"T{bad}", "marking": f"M{bad}"})
    trace = scenario.traces[0].model_copy(update={"name": f"L{bad}"})
    scenario = scenario.model_copy(update={"settings": settings, "traces": (trace,)})
    texts = {name: f"{name}{bad}" for name in ("party", "alleged_by", "source", "sources", "note", "place")}
    rows = incidents(*(
        {"incident": f"I{number}{bad}",
         "time": f"2030-01-{1 + number // 5:02d}T{number % 5 * 4:02d}:00",
         "latitude": 0.02 * (number % 5), "longitude": 0.05 + 0.05 * (number % 5),
         "count": 1.0 + number % 4, "killed": number % 2, "confidence": "low", **texts}
        for number in range(140)
    ))  # fmt: skip
    aside = pl.DataFrame([(f"F{bad}", 3, f"C{bad}", f"V{bad}", f"W{bad}")], schema=ASIDE_COLUMNS, orient="row")
    files = pl.DataFrame([(f"F{bad}", "own", 141, 140, 1)], schema=FILES_COLUMNS, orient="row")
    return scenario, monitor(scenario, Gathered(rows, aside, files), options=MonitorOptions(weekly=True))


def empty_situation() -> tuple[Scenario, Situation]:
    """Return a day on which nothing was known but one row without a place, in a scenario without line, sectors or ladder."""
    scenario = read_scenario("tiny")
    return scenario, monitor(scenario, incidents({"time": "2027-01-05T12:00"}))
