"""The command line, called in this process."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from tests.cli.calling import Ended, Run

from contingent.cli import main


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """A process of one's own reads the options of all commands once; so do the hundreds of calls in this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.main.get_command", cache(typer.main.get_command))
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Call the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["contingent", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)

    return call
