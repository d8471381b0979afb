"""What every test stands on: no network, repeatable random cases, and one browser."""

import dataclasses
import gc
import ipaddress
import json
import os
import pickle
import shutil
import socket
from collections.abc import Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from contingent.model.scenario import Scenario
    from contingent.plan.plan import Plan

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

# The same cases on every machine and every run, so that a red test is red for everyone. `make test-all` draws new ones.
settings.register_profile("repeatable", max_examples=50, derandomize=True, deadline=None, database=None)
settings.register_profile(
    "thorough", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Nothing is fetched at run time: a connection that leaves this machine fails the test that made it."""
    connect = socket.socket.connect

    def connect_at_home(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _at_home(str(address[0])):
            raise AssertionError(f"A test reached for the network: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_at_home)
        yield


class Drawings:
    """What the renderer has drawn, and how it draws whatever is asked of it."""

    def __init__(self) -> None:
        from contingent.report import charts

        self.here, self.beside = charts.drawn_here, charts.drawn_beside
        self._known: dict[str, str] = {}

    def once(self, chart: Any) -> str:
        """Return a chart as it was drawn before, if it was."""
        key = json.dumps(chart)
        if key not in self._known:
            self._known[key] = self.here(chart)
        return self._known[key]

    def forget(self, chart: Any) -> None:
        """Have a chart drawn anew when it is next asked for."""
        del self._known[json.dumps(chart)]


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[Drawings]:
    """A chart is drawn once by each worker, in it: hundreds of tests write pages, most of them with the same charts.

    Whoever wants to see that a chart is drawn alike each time has it forgotten.
    """
    from contingent.report import charts

    drawings = Drawings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "drawn_here", drawings.once)
        patch.setattr(charts, "drawn_beside", lambda asked: [drawings.once(chart) for chart in asked])
        yield drawings


@pytest.fixture(scope="session", autouse=True)
def shared_out_once() -> Iterator[None]:
    """The same arrivals are shared out once by each worker: dozens of tests ask for those of the bundled ledger."""
    from contingent.aid import allocate

    solve, known = allocate.solve_exactly, dict[bytes, tuple[Any, list[Any]]]()

    def solved(problem: Any, begin: Any, *, nodes: int) -> tuple[Any, list[Any]]:
        asked = [getattr(problem, each.name) for each in dataclasses.fields(problem)]
        key = sha256(pickle.dumps((asked, begin, nodes))).digest()
        if key not in known:
            known[key] = solve(problem, begin, nodes=nodes)
        given, reached = known[key]
        return given.copy(), list(reached)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allocate, "solve_exactly", solved)
        yield


@pytest.fixture(scope="session", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    """Several workers compile no kernel twice."""
    if not hasattr(request.config, "workerinput"):
        yield
        return
    from tests.kernels import compiled_by_one

    with compiled_by_one(tmp_path_factory.getbasetemp().parent / "kernels"):  # one folder for all workers of a run
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded to collect the tests stays: it is not looked through whenever what is needed no more is looked for."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _at_home(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def small_force() -> "tuple[Scenario, Plan]":
    """The small bundled force, derived, and a plan of it without what follows from the tours: planned once for many tests."""
    from contingent import PlanOptions, make_plan, read_scenario
    from contingent.pipeline import derive

    scenario = derive(read_scenario("reassurance"))
    return scenario, make_plan(scenario, PlanOptions(option="small", remedies=False, replications=0, onward=False))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Where Chromium is: ``CHROMIUM`` of the environment, else on the path. `make test` installs it on a bare Debian."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None or not Path(found).exists():
        pytest.fail(f"No Chromium at {named or 'any of the usual names'}. Maybe: apt-get install chromium, or set CHROMIUM.")
    return Path(found)


@pytest.fixture(scope="session")
def running_chromium(chromium: Path) -> Iterator["Browser"]:
    """Chromium without a window, started once for all tests of one worker: a second one in the same process would not start."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # [ms] a loaded machine is slow, and what never comes fails all the same
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def browser(running_chromium: "Browser") -> "Browser":
    """Chromium without a window. Each test opens a context of its own."""
    return running_chromium
