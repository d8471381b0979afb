"""Every finding that a user can meet as a page: where, what it says, what to do. Read from the code that makes them."""

import ast
import re
from functools import cache

from documentation.messages import Code, Message
from documentation.navigation import ROOT

CHAPTERS: dict[str, tuple[tuple[str, ...], str]] = {
    "Reading a scenario": (
        ("io", "model", "ceiling"),
        """A scenario is read as a whole, and everything that is wrong is told at once. Mend the cell that is named, and read it
        again: `contingent check SCENARIO`. Warnings stop nothing.""",
    ),
    "Sizing, the pool and force generation": (
        ("sizing", "pool", "generation", "pipeline", "structure", "adequacy"),
        "The tables can be read, but what they ask cannot be worked out. Mend the row that is named.",
    ),
    "Reading and verifying a plan": (
        ("plan", "io.plan"),
        """`contingent verify PLAN` recomputes every promise of a plan from its tables. What it finds was not so when the plan
        was made: a table was changed by hand, or the scenario beside it was. Put the file back, or plan anew. In a
        plan that nobody has touched it is a fault of the program: please report it with the plan's folder.""",
    ),
    "Supply and cost": (
        ("sustainment", "cost"),
        "What is used and what is paid rests on rows that do not fit together. Mend the row that is named.",
    ),
    "Chance and stress": (
        ("simulation", "stress"),
        "Cases, calls and policies that name what the scenario does not have. Mend the row that is named.",
    ),
    "Projects of MARATHON": (
        ("simulation.marathon",),
        """A project is read as a whole, and everything that is wrong is told at once; what is not reproduced here is refused
        rather than run otherwise. See [MARATHON projects](marathon.md).""",
    ),
    "The ceasefire": (
        ("monitoring", "situation"),
        "Reports that cannot be read, and designs that cannot be made. Of reports, each row is told by its line.",
    ),
    "Aid": (
        ("aid", "contact_group", "tracker"),
        """What is wrong with a ledger or a workbook of the tracker, and, where `contingent aid` counts its own results again,
        with these. The last are faults of the program: please report them with the ledger.""",
    ),
    "Orders of battle and maps": (
        ("exchange", "report"),
        "What a file holds that cannot be taken over. Warnings say what was left out.",
    ),
    "A conference": (
        ("store", "web"),
        """What pages and the HTTP interface answer, and what `contingent db verify` finds in a database. Nothing was changed by
        a call that is refused. What `db verify` finds was changed past the program: restore a backup from before.""",
    ),
}
"""Packages whose findings stand in each chapter (the longest name wins), and what to do where a finding itself does not say."""


@cache
def code() -> Code:
    """Return the package as it is read here, once."""
    return Code(ROOT / "src" / "contingent")


@cache
def messages() -> tuple[Message, ...]:
    """Return every finding of the code, in the order of modules and lines."""
    return tuple(code().messages()[0])


def unknown() -> list[str]:
    """Return the calls that make a finding whose words are not known before the program runs."""
    return code().messages()[1]


def chapter_of(module: str) -> str:
    """Return the chapter in which the findings of a module stand.

    Raises
    ------
    KeyError
        If none holds them.
    """
    own = module.removeprefix("contingent.")
    fitting = [
        (len(part), title)
        for title, (parts, _) in CHAPTERS.items()
        for part in parts
        if f"{own}.".startswith((f"{part}.", f"{part}_"))
    ]
    if not fitting:
        raise KeyError(module)
    return max(fitting)[1]


def page() -> str:
    """Return the page of all findings."""
    told = [
        "# Findings",
        "",
        (
            "A finding says where something is wrong, what, and what to do; the command line prints it, a page marks the cell. "
            "This is every one of them, read from the code. `…` stands for names and numbers of the case at hand: search for the "
            "words beside it. Of several cures, and of one that only helps at times, a finding names what fits."
        ),
    ]
    for title, (_, advice) in CHAPTERS.items():
        told += ["", f"## {title}", "", " ".join(advice.split())]
        mine = [message for message in messages() if chapter_of(message.module) == title]
        for module in dict.fromkeys(message.module for message in mine):
            rows = dict.fromkeys(
                f"| {_place(message.where)} | {_cell(message.what)} | {_cell(message.maybe)} |"
                for message in mine if message.module == module
            )  # fmt: skip
            told += ["", f"### {about(module)}", "", "| where | what it says | what to do |", "|---|---|---|", *rows]
    return "\n".join(told) + "\n"


def about(module: str) -> str:
    """Return what a module is about: the first sentence of its docstring."""
    read = code().module(module)
    words = " ".join(((ast.get_docstring(read.tree) if read is not None else None) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.:;])\s", words)[0].rstrip(".:;")


def _place(where: str) -> str:
    return ", ".join(f"`{part}`" for part in where.split(", ")) if where else ""


def _cell(text: str) -> str:
    """Words as a cell of a table: nothing in them is Markdown."""
    return re.sub(r"([*_`\[\]<])", r"\\\1", " ".join(text.split())).replace("|", r"\|")
