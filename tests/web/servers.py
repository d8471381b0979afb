"""A nursery of servers: for each line it is sent it bears a process that runs the whole command until it is killed.

    line in     port to listen on, and where the conference lies
    line out    ``born PID``, then ``dead``

Everything is loaded before the first is born, so that a server takes no time to come.
"""

import os
import sys
from importlib import import_module

from contingent.cli.serve import ServeRequest, serve_command
from contingent.web import app


def say(text: str) -> None:
    """Say a line at once."""
    os.write(3, f"{text}\n".encode())


def main() -> None:
    """Bear a server for each line."""
    os.dup2(1, 3)  # what the servers themselves say goes where faults go
    os.dup2(2, 1)
    for name in app.ROUTERS:
        import_module(name).routers()
    say("ready")
    for line in sys.stdin:
        port, place = line.split()
        child = os.fork()
        if child == 0:
            try:
                serve_command(
                    ServeRequest("tiny", place, "127.0.0.1", int(port), accounts=False, address=None, browser=False, workers=0))
            finally:
                os._exit(1)
        say(f"born {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
