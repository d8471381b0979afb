"""What a newcomer meets: the help of every command and its examples, a wrong call, and what a shell completes."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer.main
from tests.cli.calling import Run

from contingent.cli import app

EVERY = typer.main.get_command(app.app)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its whole name, those of groups as well."""
    for name, command in EVERY.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {inner}", below) for inner, below in command.commands.items())
        else:
            yield name, command


def examples_of(command: Any) -> list[str]:
    return [line.strip() for line in (command.epilog or "").splitlines() if line.strip().startswith("contingent ")]


EXAMPLES = [example for _, command in commands() for example in examples_of(command)]


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_shows_examples_of_itself(name: str, command: Any) -> None:
    assert examples_of(command)
    assert all(example.startswith(f"contingent {name}") for example in examples_of(command))


@pytest.mark.parametrize("example", [*EXAMPLES, *(line.split("  ")[0] for line in (*app.FIRST, *app.NEXT))])
def test_every_example_is_a_call_that_its_command_takes(monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    """Each is parsed as a whole, options and their values included; what the command would do then is left out."""
    called: list[str] = []
    for name, command in commands():
        monkeypatch.setattr(command, "callback", partial(noted, called, name))
    arguments = shlex.split(example)[1:]
    ended = EVERY(arguments, prog_name="contingent", standalone_mode=False) if "--help" not in arguments else None
    assert ended in (None, 0)
    assert not called or example.startswith(f"contingent {called[0]}")
    assert called or "--help" in arguments


def noted(called: list[str], command: str, /, **_: object) -> None:
    """Stand in for a command."""
    called.append(command)


def test_help_shows_every_command_by_what_it_is_for_and_on_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = run("--help").out
    assert f"\n{app.OTHERS}:" not in told, "give the command its place in contingent.cli.app.GROUPS"
    assert [name for name in EVERY.commands if told.count(f"\n  {name} ") != 1] == []
    assert "..." not in told.partition("\nPlan:")[2] + run("db", "--help").out.partition("\nCommands:")[2]
    assert max(map(len, told.splitlines())) <= 110


@pytest.mark.parametrize("width", ["60", "80"])
def test_help_fits_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    """All but the examples, which are lines to copy."""
    monkeypatch.setenv("COLUMNS", width)
    for name in ("plan", "simulate"):
        told = run(name, "--help").out.partition("Examples:")[0]
        assert max(map(len, told.splitlines())) <= int(width)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("show tiny extra", "contingent show: nothing is expected here, and there is 'extra'.\n  Maybe: contingent show "),
        ("show tiny --tabel offers", "contingent show: '--tabel' is not an option.\n  Nearest: '--table'.\n"),
        ("show tiny --zzz", "contingent show: '--zzz' is not an option.\n  `contingent show --help` says what there is"),
        ("simulate --start frsh", "--start: 'frsh' is not one of 'fresh', 'spread', 'random'."),
        ("plan tiny --gap wide", "contingent plan: --gap: 'wide' is not a number.\n"),
        ("plan tiny --seed", "--seed: a value is missing."),
        ("serve --port 70000", "contingent serve: --port: it must be less than or equal to 65535.\n"),
        ("monitor tiny --since june", "--since: 'june' is not a date. Maybe write one such as 2027-06-29.\n"),
        ("db statu", "contingent db: 'statu' is not a command.\n  Nearest: 'status'.\n"),
        ("work", "contingent work: --database is missing.\n  Maybe: contingent work --database "),
        ("compare", "contingent compare: A B [MORE] is missing.\n"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_in_the_words_of_the_program(
    run: Run, monkeypatch: pytest.MonkeyPatch, call: str, told: str
) -> None:
    monkeypatch.delenv("CONTINGENT_DATABASE", raising=False)
    ended = run(*call.split())
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.fixture(scope="module")
def completion() -> str:
    """The lines that make bash complete the command, as a user would install them."""
    script = Path(sys.executable).with_name("contingent")
    bash = shutil.which("bash")
    if bash is None or not script.exists():
        pytest.skip("needs bash and the installed command")
    asked = 'cd "$1"; PATH="$1:$PATH"; contingent --show-completion; true'
    call = [bash, "-c", asked, "bash", str(script.parent)]
    shown = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
    if "complete " not in shown.stdout:
        pytest.skip(f"the shell was not recognised: {shown.stderr}")
    return shown.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("contingent stre", {"stress"}),
        ("contingent plan reas", {"reassurance"}),
        ("contingent plan mi", {"mine", "missions"}),
        ("contingent verify plans/", {"plans/tiny"}),
        ("contingent cost t", {"tiny"}),
        ("contingent cost pl", {"plans/tiny"}),
        ("contingent show tiny --table off", {"offers"}),
        ("contingent plan tiny --method s", {"search"}),
        ("contingent db re", {"restore"}),
        ("contingent plan tiny --out fold", set()),
    ],
)
def test_bash_completes(completion: str, tmp_path: Path, typed: str, offered: set[str]) -> None:
    """Commands, scenarios, plans, tables and words of options; where nothing is offered, bash offers files by itself."""
    for place in ("mine/scenario.toml", "plans/tiny/plan.json"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).touch()
    words = typed.split(" ")
    pressed = (
        f'{completion}\nCOMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE={shlex.quote(typed)}\n'
        '_contingent_completion contingent; printf "%s\\n" "${COMPREPLY[@]}"; complete -p contingent'
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(
        ["bash", "-c", pressed], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, env=environment)
    *found, how = ended.stdout.splitlines()
    assert set(filter(None, found)) == offered, ended.stderr
    assert "-o default" in how
