"""What is written where: results to standard output, all else to standard error. Nothing of a scenario is taken for markup."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from contingent.findings import Finding

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_OF_A_PIPE = 160
"""Columns written where there is no terminal to measure; ``COLUMNS`` of the environment overrules it."""


def prepare_streams() -> None:
    """Write what a terminal cannot show as a question mark, rather than fail on a name; write nowhere where nothing is open."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open until the end)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def console(stream: IO[str] | None = None) -> "Console":
    """Return a console on standard output, or on another stream, that prints text as it is."""
    from rich.console import Console

    class PlainConsole(Console):
        """A console that leaves a broken pipe to whoever called."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    file = stream or sys.stdout
    width = None if file.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_PIPE
    return PlainConsole(file=file, markup=False, highlight=False, emoji=False, width=width)


def say(text: str = "") -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{visible(text)}\n")


def tell(text: str) -> None:
    """Write a line to standard error; where that cannot be written to, nobody can be told."""
    with suppress(OSError):
        sys.stderr.write(f"{visible(text)}\n")


def visible(text: str) -> str:
    r"""Return the text with nothing in it that a terminal would obey.

    >>> visible("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(char if _is_shown(char) else char.encode("unicode_escape").decode() for char in text)


def _is_shown(char: str) -> bool:
    """Whether a character is a mark or a space; thin spaces are, what turns the direction of writing is not."""
    return char.isprintable() or char == "\n" or unicodedata.category(char) == "Zs"


def write_json(content: Mapping[str, Any]) -> None:
    """Write one JSON object to standard output: plain ASCII, never NaN or infinity."""
    sys.stdout.write(json.dumps(content, indent=2, allow_nan=False) + "\n")


def findings_told(findings: Iterable[Finding]) -> str:
    """Return findings as they are printed: each in its own paragraph, warnings called so."""
    return "\n\n".join(f"{'warning: ' if finding.severity == 'warning' else ''}{finding}" for finding in findings)


def as_place(place: str) -> str:
    """Return a place as it is told: a folder with a slash at its end, so that it is seen to be one.

    >>> as_place("nowhere"), as_place("/")
    ('nowhere', '/')
    """
    try:
        is_folder = place.strip() != "" and Path(place).is_dir()
    except (OSError, ValueError):  # a name that is too long, a folder that may not be looked into
        is_folder = False
    return f"{place}/" if is_folder and not place.endswith(("/", os.sep)) else place or "a place without a name"


def problems_in(number: int, place: str) -> str:
    """Return the headline over findings: ``2 problems in reassurance/.``

    >>> problems_in(1, "plan/")
    '1 problem in plan/.'
    """
    return f"{number} problem{'' if number == 1 else 's'} in {place}."
