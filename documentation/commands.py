"""The command line as a page, from its own help."""

from typing import Any

import typer
from typer.core import TyperGroup

from contingent.cli.app import TWINS, app

WIDTH = 100
"""Width of the help. [characters]"""


def page() -> str:
    """Return the page of all commands, each with its help as the terminal shows it."""
    told = [
        "# All commands",
        "",
        (
            "What `contingent COMMAND --help` says, command by command; this page is made from it. How they belong together, "
            "what their options mean in a sentence, exit codes and outputs: [commands](commands.md)."
        ),
    ]
    for words, command in every_command():
        name = " ".join(("contingent", *words))
        told += ["", f"{'#' * min(2 + len(words[1:]), 3)} {name}", ""]
        if " ".join(words) in TWINS:
            told += [f"From Python: `{TWINS[' '.join(words)]}`.", ""]
        told += ["```text", help_of(name, command), "```"]
    return "\n".join(told) + "\n"


def every_command() -> list[tuple[tuple[str, ...], Any]]:
    """Return every command that is not hidden, with the words that call it; those of a group after it."""
    found: list[tuple[tuple[str, ...], Any]] = []

    def visit(words: tuple[str, ...], command: Any) -> None:
        if words:
            found.append((words, command))
        if isinstance(command, TyperGroup):
            for name, below in command.commands.items():
                if not below.hidden:
                    visit((*words, name), below)

    visit((), typer.main.get_command(app))
    return found


def help_of(name: str, command: Any) -> str:
    """Return the help of a command as plain text."""
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines()).strip()
