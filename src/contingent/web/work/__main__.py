"""One worker of the conference that ``CONTINGENT_DATABASE`` names: `python -m contingent.web.work`.

The address may hold a password, so it stands in the environment and not in the list of processes. With ``--with-server`` the
worker ends as soon as nobody holds its standard input any more: so it ends with the server that began it, however that ended.
"""

import logging
import os
import signal
import sys
import threading

from contingent.web.guard.journal import JsonLines
from contingent.web.work.worker import Worker


def main(arguments: list[str]) -> int:
    """Work until told to end; return the exit code."""
    database = os.environ.get("CONTINGENT_DATABASE", "")
    if not database:
        sys.stderr.write("CONTINGENT_DATABASE is not set.\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    log = logging.getLogger("contingent")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(os.environ.get("CONTINGENT_LOG", "WARNING").upper())
    if "--with-server" in arguments:
        threading.Thread(target=_end_with_server, args=(stop,), daemon=True).start()
    Worker(database).run(stop)
    return 0


def _end_with_server(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # not the buffered reader: a thread that waits in it must not hold up the end
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
