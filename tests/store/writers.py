"""A nursery of writers: for each line it is sent it bears a process that writes until it is killed.

    line in     name of the writer
    line out    ``born PID``, then ``ack N`` for each change that the database has acknowledged

A writer sets two rows to the same number in one change, and counts upwards from what it finds.
"""

import os
import sys

from contingent.store import Actor, Conference, Conflict, Edit


def say(text: str) -> None:
    """Say a line at once, even where the process is killed right after it."""
    os.write(1, f"{text}\n".encode())


def write(address: str, name: str) -> None:
    """Write until the end."""
    conference = Conference.open(address)
    actor = Actor(name, "planner")
    while True:
        one, other = conference.state().rows["offers"][:2]
        number = int(one.cells["quantity"]) + 1
        edits = [Edit("offers", {**row.cells, "quantity": str(number), "home": name}, row.id, row.version) for row in (one, other)]
        try:
            conference.change(actor, edits)
        except Conflict:
            continue
        say(f"ack {number}")


def main() -> None:
    """Bear a writer for each line."""
    address = sys.argv[1]
    Conference.open(address).close()  # everything is loaded before the first writer is born
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                write(address, line.strip())
            finally:
                os._exit(1)
        say(f"born {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
