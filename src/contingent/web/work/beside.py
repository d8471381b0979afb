"""Workers that a server starts beside itself: as many as its settings say, ended with it, begun again where one dies."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from contingent.store import Conference

log = logging.getLogger(__name__)

ENDS_WITHIN = 5.0
"""How long a worker has to give its job back before it is killed. [s]"""

LOOKS = 1.0
"""How often it is looked whether all are there. [s]"""

MOST_BEGUN = 20
"""Workers that are begun again before one gives up: something is wrong with all of them."""


def start_workers(app: FastAPI) -> Callable[[], None]:
    """Start the workers of a server, and return what ends them.

    Parameters
    ----------
    app : FastAPI
        Its settings say how many; its conference, where it lies.
    """
    database, count = place_of(app.state.conference), app.state.settings.workers
    over = threading.Event()
    running = [begin_worker(database) for _ in range(count)]

    def watch() -> None:
        left = MOST_BEGUN
        while not over.wait(LOOKS):
            for at, each in enumerate(running):
                if each.poll() is not None and left and not over.is_set():
                    log.warning("a worker ended (%s) and is begun again", each.returncode)
                    left -= 1
                    running[at] = begin_worker(database)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()

    def end() -> None:
        over.set()
        watching.join()
        for each in running:
            end_worker(each)

    return end


def place_of(conference: Conference) -> str:
    """Return where a conference lies, as another process opens it; it may hold a password."""
    url = conference.database.url
    if conference.database.is_sqlite:
        return str(Path(url.database or "").resolve())
    return url.render_as_string(hide_password=False)


def begin_worker(database: str) -> "subprocess.Popen[bytes]":
    """Begin a worker that ends with this process, and not by a Ctrl+C that is meant for this one."""
    environment = {**os.environ, "CONTINGENT_DATABASE": database}
    command = [sys.executable, "-m", "contingent.web.work", "--with-server"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)


def end_worker(worker: "subprocess.Popen[bytes]") -> None:
    """Tell a worker to end, and kill it where it does not."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        worker.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
