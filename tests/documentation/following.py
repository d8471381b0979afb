"""How the blocks of a page are run: in order, in one folder, with the names that earlier blocks have made."""

import contextlib
import doctest
import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from documentation.snippets import Snippet

from contingent.cli import main


class Broken(AssertionError):
    """A block of the manual that does not run."""


def follow(snippets: list[Snippet], folder: Path) -> None:
    """Run the blocks of one page. What they print is thrown away."""
    names: dict[str, Any] = {"__name__": "__main__"}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for snippet in snippets:
            with contextlib.redirect_stdout(io.StringIO()):
                _run(snippet, names)
    finally:
        os.chdir(before)


def _run(snippet: Snippet, names: dict[str, Any]) -> None:
    if snippet.language == "sh":
        for line in _lines(f"{snippet.first}\n{snippet.text}"):
            _call(snippet, line)
        return
    if snippet.language == "pycon":
        _answer(snippet, names)
        return
    for text in (snippet.first, snippet.text):
        try:
            exec(compile(text, snippet.place, "exec"), names)
        except Exception as error:
            raise Broken(f"{snippet.place}: {type(error).__name__}: {error}") from error


def _answer(snippet: Snippet, names: dict[str, Any]) -> None:
    """Hold what a conversation shows against what comes out."""
    exec(compile(snippet.first, snippet.place, "exec"), names)
    told = io.StringIO()
    test = doctest.DocTestParser().get_doctest(snippet.text, names, snippet.page, snippet.page, snippet.line)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    if runner.run(test, out=told.write, clear_globs=False).failed:
        raise Broken(told.getvalue())
    names.update(test.globs)


def _lines(text: str) -> list[str]:
    """The commands of a block, lines that end with a backslash joined."""
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _call(snippet: Snippet, line: str) -> None:
    """Call a command: ours in this process, which is quicker; any other by the shell."""
    words = shlex.split(line, comments=True)
    if words[0] == "contingent" and not {"|", ">", "&&", ";"}.intersection(words):
        told = io.StringIO()
        sys.argv, kept = words, sys.argv
        try:
            with contextlib.redirect_stderr(told):
                main()
            code: object = 0
        except SystemExit as ended:
            code = ended.code
        finally:
            sys.argv = kept
    else:
        ran = subprocess.run(
            ["bash", "-euc", line], capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"})
        code, told = ran.returncode, io.StringIO(ran.stdout + ran.stderr)
    if code not in (0, None):
        raise Broken(f"{snippet.place}: `{line}` ended with {code}: {told.getvalue()[-2000:]}")
