"""The command: what it refuses to be, and a whole server from the call to its orderly end."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contingent.cli import main
from contingent.cli.serve import ServeRequest, limits_from, settings_from
from contingent.store import Conference
from contingent.web.guard.identity import utc_now
from contingent.web.guard.passwords import mark_of
from contingent.web.settings import UnsafeServer

SECRET = "s" * 40
PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A server in the test's own process says where its log goes: others that come after it have their own."""
    logs = [logging.getLogger(name) for name in ("contingent", "contingent.web", "uvicorn.error")]
    before = [(list(log.handlers), log.propagate, log.level) for log in logs]
    yield
    for log, (handlers, propagates, level) in zip(logs, before, strict=True):
        log.handlers[:], log.propagate = handlers, propagates
        log.setLevel(level)


def asked(**changes: object) -> ServeRequest:
    given = {
        "scenario": "tiny", "database": None, "host": "127.0.0.1", "port": 0, "accounts": False, "address": None,
        "browser": False,
    }  # fmt: skip
    return ServeRequest(**{**given, **changes})  # type: ignore[arg-type]


def test_nothing_has_to_be_set_up_for_one_user():
    settings = settings_from(asked(), {})
    assert (settings.database, settings.accounts, settings.https) == ("tiny.conference.sqlite", False, False)
    assert settings.hosts == {"localhost", "127.0.0.1", "::1"}
    assert settings.secret != settings_from(asked(), {}).secret


@pytest.mark.parametrize(
    ("changes", "environment", "missing"),
    [
        ({"host": "0.0.0.0"}, {}, "--accounts.*CONTINGENT_SECRET"),
        ({"host": "plan.example"}, {"CONTINGENT_SECRET": SECRET}, "--accounts"),
        ({"host": "::", "accounts": True}, {}, "CONTINGENT_SECRET"),
        ({"accounts": True}, {}, "With accounts.*CONTINGENT_SECRET"),
        ({"accounts": True}, {"CONTINGENT_SECRET": "short"}, "5 characters"),
        ({"address": "ftp://x"}, {}, "https://plan.example.org"),
        ({"address": "https://x/path"}, {}, "https://plan.example.org"),
        ({"accounts": True, "oidc_issuer": "https://x"}, {"CONTINGENT_SECRET": SECRET}, "CONTINGENT_OIDC_CLIENT"),
    ],
)
def test_a_server_that_others_reach_says_what_it_needs(changes: dict[str, object], environment: dict[str, str], missing: str):
    with pytest.raises(UnsafeServer, match=missing):
        settings_from(asked(**changes), environment)


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    environment = {"CONTINGENT_SECRET_FILE": str(file)}
    file.chmod(0o640)
    with pytest.raises(UnsafeServer, match="chmod 600"):
        settings_from(asked(host="0.0.0.0", accounts=True), environment)
    file.chmod(0o600)
    settings = settings_from(asked(host="0.0.0.0", accounts=True, address="https://plan.example.org"), environment)
    assert (settings.secret, settings.https) == (SECRET.encode(), True)
    assert settings.hosts == {"localhost", "127.0.0.1", "::1", "plan.example.org"}


def test_limits_can_be_set_by_the_environment():
    limits = limits_from({"CONTINGENT_LOGINS_PER_MINUTE": "120", "CONTINGENT_UPLOAD_MB": "5"})
    assert (limits.logins.burst, limits.logins.per_second, limits.body_bytes) == (120, 2, 5_000_000)


def test_a_server_serves_and_ends_in_order(tmp_path: Path):
    """Started in an empty folder: it answers by names of this machine alone, and ends with exit code 0.

    How it ends by Ctrl+C is seen where the guide is followed.
    """
    command = [sys.executable, "-m", "contingent", "serve", "tiny", "--no-browser"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, **PIPES) as server:
        try:
            assert server.stdout is not None
            title, _, address = server.stdout.readline().strip().rpartition(": ")
            assert "tiny.conference.sqlite" in server.stdout.readline()
            assert title == "Tiny: four nations, six lines"
            answered = _answer(address)
            assert answered.status_code == 200
            assert "Tiny" in answered.text
            assert httpx.get(address, headers={"host": "elsewhere.example"}).status_code == 421
        finally:
            server.send_signal(signal.SIGTERM)
        err = server.communicate(timeout=20)[1]
    assert server.returncode == 0, err
    assert err == "The server has ended.\n"
    assert {path.name for path in tmp_path.iterdir()} == {"tiny.conference.sqlite"}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
@pytest.mark.parametrize("moment", ["create_app", "_title", "_invite_the_first", "_config"])
def test_a_server_that_is_told_to_end_before_it_serves_ends_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], moment: str, ending: signal.Signals
):
    """Nothing is left open: the port is free, the file has no open connection, and what handled signals before does again."""
    from contingent.cli import serve

    ports, closed, before = [], [], [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    listen, close = serve._listen, Conference.close
    monkeypatch.setattr(serve, "_listen", lambda settings: ports.append(listen(settings)) or ports[-1])
    monkeypatch.setattr(Conference, "close", lambda conference: (closed.append(True), close(conference)))
    monkeypatch.setattr(serve, moment, lambda *_, **__: signal.raise_signal(ending))
    serve.serve_command(asked(database=str(tmp_path / "c.sqlite"), workers=0))
    assert capsys.readouterr().err == "The server has ended.\n"
    assert (closed, ports[0].fileno()) == ([True], -1)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_no_thread_of_a_server_keeps_the_interpreter_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An answer of the database is taken up within so many milliseconds for each page that is being made."""
    from contingent.cli import serve

    usual, found = sys.getswitchinterval(), []
    monkeypatch.setattr(serve.uvicorn.Server, "run", lambda *_, **__: found.append(sys.getswitchinterval()))
    try:
        serve.serve_command(asked(database=str(tmp_path / "c.sqlite"), workers=0))
    finally:
        sys.setswitchinterval(usual)
    assert found == [pytest.approx(serve.SLICE)]
    assert usual > serve.SLICE


def test_a_worker_that_is_told_to_end_before_it_works_ends_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from contingent.cli.serve import work_command
    from contingent.web.work import worker

    monkeypatch.setattr(worker, "Worker", lambda _: signal.raise_signal(signal.SIGINT))
    work_command("nowhere")
    assert capsys.readouterr().err == "The worker has ended.\n"


def _answer(address: str) -> httpx.Response:
    give_up = time.monotonic() + 20
    while True:
        try:
            return httpx.get(address, timeout=20)
        except httpx.ConnectError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def test_the_first_administrator_is_invited_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """With accounts the first start says a link; the second does not."""
    from contingent.cli import serve

    monkeypatch.setenv("CONTINGENT_SECRET", SECRET)
    monkeypatch.setattr(serve, "_config", lambda *_: signal.raise_signal(signal.SIGINT))  # comes after what is said
    said = []
    for _ in range(2):
        serve.serve_command(asked(database=str(tmp_path / "c.sqlite"), accounts=True, workers=0))
        said.append(capsys.readouterr().out)
    assert all("Ctrl+C ends the server" in each for each in said)
    assert "/invitation/" in said[0]
    assert "/invitation/" not in said[1]


def test_an_invitation_can_be_made_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Its link makes an account of that role; a delegate needs a nation of the scenario."""
    file = tmp_path / "c.sqlite"
    Conference.open(file, create_from="tiny").close()

    def invite(nation: str) -> tuple[object, str]:
        call = ["db", "invite", "--database", str(file), "--address", "https://plan.example.org/", "--role", "delegate"]
        monkeypatch.setattr(sys, "argv", ["contingent", *call, "--nation", nation])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().out

    code, said = invite("ALD")
    assert not code
    link = said.splitlines()[0]
    assert link.startswith("https://plan.example.org/invitation/")
    conference = Conference.open(file)
    invitation = conference.accounts.invitation(mark_of(link.rpartition("/")[2]), utc_now())
    conference.close()
    assert invitation is not None
    assert (invitation.role, invitation.nation) == ("delegate", "ALD")
    assert invite("XXX") == (2, "")
