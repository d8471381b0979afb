"""What the database costs a page while others compute: ``python benchmarks/round_trips.py --help``.

One page that is kept in memory is asked for again and again, in one process, while some threads do nothing but hold the
interpreter, as pages that are being made do. Each question to the database lets go of the interpreter and then stands in line
behind those threads for it. With `--beside` another version's `src` is measured in turn: on a machine that does other work only
the ratio means anything.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from contextlib import nullcontext
from pathlib import Path

from conference import postgresql
from contingent.store import Conference
from contingent.web.app import create_app
from contingent.web.guard.identity import utc_now
from contingent.web.guard.passwords import new_mark
from contingent.web.settings import WebSettings
from tables import table

PAGE = "/sources"
"""A page with little of its own to make."""

OUR_SOURCE = Path(__file__).resolve().parent.parent / "src"


def measured(place: str, *, busy: int, times: int) -> dict[str, list[float]]:
    """Return how long a page takes in this process, alone and while so many threads hold the interpreter. [s]"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    conference = Conference.open(place, create_from="tiny")
    text, mark = new_mark()
    account = conference.accounts.account_named("somebody") or conference.accounts.add_account("somebody", role="planner")
    conference.accounts.add_session(mark, account.id, utc_now())
    app, over = create_app(WebSettings("", accounts=True, secret=os.urandom(40)), conference=conference), threading.Event()

    def hold() -> None:
        while not over.is_set():
            sum(range(1000))

    found: dict[str, list[float]] = {"0": [], str(busy): []}
    with TestClient(app, base_url="http://localhost", headers={"cookie": f"contingent={text}"}) as client:
        assert client.get(PAGE).status_code == 200
        threads = [threading.Thread(target=hold) for _ in range(busy)]
        for name, each in found.items():
            if name != "0":
                for thread in threads:
                    thread.start()
            for _ in range(times):
                begun = time.perf_counter()
                client.get(PAGE)
                each.append(time.perf_counter() - begun)
        over.set()
        for thread in threads:
            thread.join()
    conference.close()
    return found


def in_turn(place: str, sources: dict[str, Path], asked: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Return the median time of a page by threads and version, each version in a process of its own, in turn. [ms]"""
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(asked.rounds):
        for name, source in sources.items():
            command = [sys.executable, __file__, "--one", place, "--busy", str(asked.busy), "--times", str(asked.times)]
            done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(source)}, stdout=subprocess.PIPE, check=True)
            for busy, times in json.loads(done.stdout).items():
                found.setdefault(busy, {}).setdefault(name, []).extend(times)
    return {busy: {name: 1000 * statistics.median(each) for name, each in by.items()} for busy, by in found.items()}


def main() -> None:
    """Measure on both kinds of database and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--busy", type=int, default=4, help="threads that hold the interpreter (default: %(default)s)")
    parser.add_argument("--times", type=int, default=40, help="how often the page is asked for in a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--beside", type=Path, help="another version's `src`")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one, busy=asked.busy, times=asked.times)))
        return
    sources = ({"beside": asked.beside.resolve()} if asked.beside else {}) | {"this": OUR_SOURCE}
    rows = []
    for kind in ("postgresql", "sqlite"):
        with tempfile.TemporaryDirectory() as folder, postgresql() if kind == "postgresql" else nullcontext(None) as address:
            place = address or str(Path(folder) / "conference.sqlite")
            for busy, found in in_turn(place, sources, asked).items():
                ratio = next(iter(found.values())) / found["this"]
                rows.append([kind, busy, *(f"{found[name]:.0f}" for name in sources), f"{ratio:.1f}"])
    print(table(["database", "threads that compute", *(f"{name} [ms]" for name in sources), "ratio [-]"], rows))


if __name__ == "__main__":
    main()
