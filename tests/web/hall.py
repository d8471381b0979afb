"""A conference to look at: the made-up scenario of the reports with its plans, in a database of its own, and a server for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep

import uvicorn
from fastapi import FastAPI
from tests.report.sample_plan import sample_plan
from tests.report.sample_scenario import sample_scenario

from contingent.io import read_scenario, write_scenario
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.store import Actor, Conference
from contingent.web.app import create_app
from contingent.web.guard.viewer import Viewer
from contingent.web.settings import WebSettings

PLANNER = Actor("Planner on this machine", "administrator")


def sample_conference(folder: Path) -> Conference:
    """The twelve invented nations of the reports, planned by pencil: two options, 30 lines."""
    place = write_scenario(sample_scenario(), folder / "sample")
    conference = Conference.open(folder / "sample.sqlite", create_from=place)
    for option in ("small", "medium"):
        scenario, plan = sample_plan(option)
        conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    return conference


def tiny_conference(folder: Path) -> Conference:
    """The tutorial's island, planned by the planner itself."""
    conference = Conference.open(folder / "tiny.sqlite", create_from="tiny")
    options = PlanOptions(replications=0, onward=False)
    conference.add_plan(PLANNER, make_plan(read_scenario("tiny"), options), conference.state().seq)
    return conference


def application(conference: Conference) -> FastAPI:
    """The application on a machine without accounts."""
    return create_app(WebSettings(database=""), conference=conference)


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
