"""The command line as a process: pipes, interrupts, terminals without Unicode, and what help must not wait for."""

import io
import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contingent.cli import wait
from contingent.cli.screen import console
from contingent.cli.tables import print_rows

HEAVY = ("polars", "numpy", "numba", "highspy", "altair", "vl_convert", "xlsxwriter", "pydantic", "contingent.model")


def python(code: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


def test_help_waits_for_no_heavy_library() -> None:
    code = "import sys; from contingent.cli import app; print(*sys.modules)"
    out, _ = python(code).communicate()
    assert "contingent.cli.app" in out.split()
    assert set(HEAVY).isdisjoint(out.split())


def test_the_package_can_be_run_as_a_module() -> None:
    call = [sys.executable, "-m", "contingent", "check", "tiny"]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "tiny can be planned.\n", "")


def test_a_reader_that_goes_away_is_no_fault() -> None:
    call = ["contingent", "show", "reassurance", "--table", "offers", "--json"]
    code = f"import sys; sys.argv = {call}; from contingent.cli import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, "")


FULL = Path("/dev/full")
"""A file on a disk that is full, where the system has one."""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["show", "reassurance", "-t", "offers"]])
def test_a_full_disk_is_told_and_is_no_fault(arguments: list[str]) -> None:
    """Whether there is a command yet or not, and whether the output is longer than what waits to be written at once."""
    with FULL.open("w") as full:
        call = [sys.executable, "-m", "contingent", *arguments]
        ended = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("What was to be written could not be: No space left on device.")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")
@pytest.mark.parametrize(
    ("closed", "arguments", "code"),
    [(">&-", "", 0), (">&-", "--help", 0), ("2>&-", "plan nosuch", 2), ("2>&-", "plan", 2), ("2>/dev/full", "plan", 2)],
)
def test_a_stream_that_is_closed_is_no_fault(closed: str, arguments: str, code: int) -> None:
    call = f"{shlex.quote(sys.executable)} -m contingent {arguments} {closed}"
    ended = subprocess.run(call, shell=True, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")


def test_an_interrupt_ends_with_130_and_a_word() -> None:
    code = """
import sys, time
import contingent.cli.planning as planning
def make_plan(*_):
    print("planning", flush=True)
    time.sleep(600)
planning.make_plan = make_plan
sys.argv = ["contingent", "plan", "tiny", "--out", "nowhere"]
from contingent.cli import main
main()
"""
    with python(code) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "planning\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert err == "Interrupted. Nothing was planned.\n"


def test_a_terminal_without_unicode_is_written_to_all_the_same() -> None:
    code = "import sys; sys.argv = ['contingent', 'show', 'reassurance']; from contingent.cli import main; main()"
    process = python(code, PYTHONIOENCODING="ascii")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "T?rkiye" in out


class Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


def terminal_as_stderr(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of standard error; not as a fixture, because capturing begins anew after the fixtures."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_something_is_shown_while_a_command_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_as_stderr(monkeypatch)
    monkeypatch.setattr(wait, "PATIENCE", 0.0)
    with wait.waiting("Planning [tiny]", at_most=5):
        for _ in range(200):
            if "Planning" in terminal.getvalue():
                break
            threading.Event().wait(0.05)
    assert "Planning [tiny]" in terminal.getvalue()
    assert "of at most 5 s" in terminal.getvalue()


def test_nothing_is_shown_for_a_command_that_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_as_stderr(monkeypatch)
    monkeypatch.setattr(wait, "PATIENCE", 600.0)
    with wait.waiting("Planning"):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(wait, "PATIENCE", 0.0)
    with wait.waiting("Planning"):
        threading.Event().wait(0.1)
    assert capsys.readouterr() == ("", "")


def test_rows_too_wide_for_a_terminal_become_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    rows = [("GBR-tank", 12345, "", "word " * 30)]
    on_screen, in_pipe = Terminal(), io.StringIO()
    print_rows(console(on_screen), "offers", ("offer", "units", "home", "source"), rows)
    print_rows(console(in_pipe), "offers", ("offer", "units", "home", "source"), rows)
    assert "\n  units: 12\u202f345\n" in on_screen.getvalue()
    assert "home" not in on_screen.getvalue()
    assert ("word " * 30).strip() in in_pipe.getvalue()
