"""A conference to look at: the made-up scenario of the reports with its plans, in a database of its own, and a server for it."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep

import polars as pl
import uvicorn
from fastapi import FastAPI
from tests.report.sample_aid import TABLES as AID_TABLES
from tests.report.sample_mandate import mandated_plan
from tests.report.sample_orbat import large_orbat
from tests.report.sample_plan import sample_plan
from tests.report.sample_risk import with_risk
from tests.report.sample_scenario import sample_scenario
from tests.report.sample_way import way_plan, with_way

import contingent.monitoring
from contingent.io import read_scenario, write_scenario
from contingent.model import money
from contingent.model.scenario import Scenario
from contingent.monitoring.readers.read import read_incidents
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.store import Actor, Conference
from contingent.web.app import create_app
from contingent.web.guard.limits import Rate
from contingent.web.guard.viewer import Viewer
from contingent.web.observed import cells_of_incidents
from contingent.web.settings import Limits, WebSettings

COUNTS = Path(contingent.monitoring.__path__[0]) / "examples" / "osce_daily_counts.csv"
PLANNER = Actor("Planner on this machine", "administrator")
MANY = Limits(logins=Rate(1e6, 1e6), writes=Rate(1e6, 1e6))


def sample_conference(folder: Path) -> Conference:
    """The twelve invented nations of the reports, planned by pencil: two options, 30 lines."""
    place = write_scenario(sample_scenario(), folder / "sample")
    conference = Conference.open(folder / "sample.sqlite", create_from=place)
    for option in ("small", "medium"):
        scenario, plan = sample_plan(option)
        conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    return conference


def tiny_conference(folder: Path) -> Conference:
    """The tutorial's island, planned by the planner itself: a copy of the one that was made first."""
    file = folder / "tiny.sqlite"
    file.write_bytes(tiny_file())
    return Conference.open(file)


@cache
def tiny_file() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tiny.sqlite"
        conference = Conference.open(file, create_from="tiny")
        options = PlanOptions(replications=0, onward=False)
        conference.add_plan(PLANNER, make_plan(read_scenario("tiny"), options), conference.state().seq)
        conference.close()
        return file.read_bytes()


RATES = (
    money.Rate(rate="people", item="personnel", per="person_day", value=300, low=200, high=450),
    money.Rate(rate="ships", item="operations", per="unit_day", value=9_000, low=5_000, high=20_000),
)


def priced_conference(folder: Path) -> Conference:
    """The tutorial's island with rates, planned with what it costs."""
    scenario = read_scenario("tiny").model_copy(update={"rates": RATES})
    conference = Conference.open(folder / "priced.sqlite", create_from=write_scenario(scenario, folder / "priced"))
    conference.add_plan(PLANNER, make_plan(scenario, PlanOptions(replications=0, remedies=False)), conference.state().seq)
    return conference


def whole_conference(folder: Path) -> Conference:
    """The invented nations with something on every page: ground, order of battle, ways, supply, money, chance, incidents, aid."""
    scenario, way = way_plan()
    formed, _, orbat = large_orbat()
    mandated, _ = mandated_plan()
    nations, kinds = set(scenario.nation_by_name), set(scenario.unit_type_by_name)
    known = {
        name: tuple(
            row
            for row in getattr(scenario, name)
            if getattr(row, "nation", None) in {None, *nations} and getattr(row, "unit_type", None) in {None, *kinds}
        )
        for name in ("rates", "fleets", "funding")
    }
    drawn = {"formations": formed.formations, "unit_types": formed.unit_types}
    drawn |= {"sectors": mandated.sectors, "traces": mandated.traces}
    ledger = {name: read_scenario("reassurance").rows(name) for name in AID_TABLES}
    ledger["equipment"] = tuple(row.model_copy(update={"unit_type": None}) for row in ledger["equipment"])
    whole = scenario.model_copy(update={**known, **drawn, **ledger})
    conference = Conference.open(folder / "whole.sqlite", create_from=write_scenario(whole, folder / "whole"))
    frames = {"formations": orbat.formations, "orbat": orbat.orbat}
    plan = with_risk(whole, dataclasses.replace(way, **frames))
    for each in (with_way(whole, sample_plan("small")[1], scale=0.5), plan):
        conference.add_plan(PLANNER, each, conference.state().seq, scenario=whole)
    conference.add_incidents(PLANNER, cells_of_incidents(read_incidents(COUNTS).incidents))
    return conference


def with_positions(scenario: Scenario) -> Scenario:
    """The same scenario with a position, one of its own, for each place that has none."""
    places = tuple(
        row if row.latitude is not None else row.model_copy(update={"latitude": 47.0 + at % 4, "longitude": 24.0 + 2 * (at // 4)})
        for at, row in enumerate(scenario.locations)
    )
    return scenario.model_copy(update={"locations": places})


def placed_conference(folder: Path) -> Conference:
    """The twelve nations with an order of battle on the ground, planned twice: the second plan without a nation's tours."""
    plain, plan, orbat = large_orbat()
    scenario = with_positions(plain)
    conference = Conference.open(folder / "placed.sqlite", create_from=write_scenario(scenario, folder / "placed"))
    plan = dataclasses.replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    nation = plan.tours["nation"][0]
    tours, under = plan.tours.filter(pl.col("nation") != nation), plan.orbat.filter(pl.col("nation") != nation)
    for each in (plan, dataclasses.replace(plan, tours=tours, orbat=under)):
        conference.add_plan(PLANNER, each, conference.state().seq, scenario=scenario)
    return conference


def application(conference: Conference) -> FastAPI:
    """The application on a machine without accounts, for who writes faster than a person does."""
    return create_app(WebSettings(database="", limits=MANY), conference=conference)


class As:
    """Somebody else than the one user of this machine, for as long as it lasts."""

    def __init__(self, app: FastAPI, viewer: Viewer) -> None:
        self.identity, self.viewer = app.state.identity, viewer

    def __enter__(self) -> Viewer:
        self.identity.__dict__["of"] = lambda _: self.viewer
        return self.viewer

    def __exit__(self, *_: object) -> None:
        del self.identity.__dict__["of"]


DELEGATE = Viewer("Delegate of Brennia", "delegate", "BRE", 7, session="a session of a test")
OBSERVER = Viewer("Observer", "observer", None, 8, session="another session")


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """A server on this machine, for as long as it lasts; its address."""
    # A page that is still open listens: it is not waited for.
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = Thread(target=server.run, daemon=True)
    running.start()
    for _ in range(400):
        if server.started:
            break
        sleep(0.025)
    (socket, *_rest) = server.servers[0].sockets
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        running.join(timeout=10)
