"""Published figures computed again, hits and misses, each with the command that repeats it.

A chapter is a title, a few words, a command, and a function that computes its table when the site is built. A new one is a row
more in `CHAPTERS`.
"""

import ast
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import StringIO
from pathlib import Path

from contingent.aid.ledger import keep_ledger, totals
from contingent.aid.tables import aid_tables
from contingent.io import read_scenario
from contingent.validation import Validation, validate

ROOT = Path(__file__).resolve().parents[1]

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What a chapter computes.

    Parameters
    ----------
    head : tuple of str
        Heads of the columns.
    rows : sequence of tuple of str
        Their cells.
    found : str
        Hits and misses in a sentence.
    """

    head: Row
    rows: Sequence[Row]
    found: str


@dataclass(frozen=True)
class Chapter:
    """One thing that was published or can be known otherwise, held against what the program computes.

    Parameters
    ----------
    title, about : str
        What it is.
    command : str
        How a reader repeats it.
    compute : callable
        Returns its table.
    more : str
        Page that says more, as a link in Markdown; empty where there is none.
    """

    title: str
    about: str
    command: str
    compute: Callable[[], Table]
    more: str = ""


@lru_cache(maxsize=1)
def checks() -> Validation:
    """Return what `contingent validate` finds: every published figure worked out anew."""
    return validate()


def case(name: str) -> Table:
    """Return one case of `contingent validate` as a table."""
    found = checks().checks.filter(case=name)
    rows = [
        (
            row["title"],
            row["measure"].replace("_", " "),
            _theirs(row["theirs_low"], row["theirs_high"]),
            f"{row['ours']:,.6g}" if row["ours"] is not None else "",
            f"{row['ratio']:.2f}" if row["ratio"] is not None else "",
            "hit" if row["verdict"] == "hit" else f"**{row['verdict']}**",
            row["why"] or "",
        )
        for row in found.iter_rows(named=True)
    ]
    rules = "; ".join(found["rule"].unique(maintain_order=True))
    hits = found.filter(verdict="hit").height
    return Table(HEAD, rows, f"{hits} of {found.height} are hits, {found.height - hits} are not. A hit: {rules}.")


HEAD = ("published", "figure", "theirs", "ours", "ratio", "", "what it says")
"""Heads of the tables of `contingent validate`."""


def _theirs(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    return f"{low:,.6g}" if high is None or high == low else f"{low:,.6g} to {high:,.6g}"


def aid_sums() -> Table:
    """Money of the bundled ledger: the program's sums beside a plain sum of the file's column."""
    ledger = keep_ledger(aid_tables(read_scenario("reassurance")))
    sums = dict(totals(ledger.entries, "kind").select("kind", "promised_eur_m").iter_rows())
    plain: dict[str, float] = {}
    text = files("contingent.scenarios").joinpath("reassurance", "pledges.csv").read_text(encoding="utf-8")
    pledges = list(csv.DictReader(StringIO(text)))
    inside = {name for row in pledges for name in row["contains"].split(";") if name}
    for row in pledges:
        if row["counted"] != "no" and row["pledge"] not in inside:
            kind = row["kind"] or "pledge"
            plain[kind] = plain.get(kind, 0.0) + float(row["value_eur_m"] or 0)
    rows = [
        (
            kind,
            f"{plain.get(kind, 0.0):,.1f}",
            f"{value or 0.0:,.1f}",
            "none" if abs(plain.get(kind, 0.0) - (value or 0.0)) < CENT else f"**{(value or 0.0) - plain.get(kind, 0.0):+,.1f}**",
        )
        for kind, value in sums.items()
    ]
    agree = sum(row[3] == "none" for row in rows)
    return Table(
        ("kind of promise", "sum of the column [million EUR]", "ledger [million EUR]", "difference"),
        rows,
        f"{agree} of {len(rows)} sums are those of the column; the file is a curated part of what was promised, not all of it.",
    )


CENT = 0.05
"""Sums nearer than this are the same. [million EUR]"""

ORACLES: dict[str, tuple[str, ...]] = {
    "Force generation": (
        "tests/generation/test_against_oracles.py",
        "tests/oracles/exhaustive.py",
        "tests/oracles/cpsat.py",
        "tests/oracles/replay.py",
        "tests/scenarios/test_tiny.py",
    ),
    "Simulation": ("tests/simulation/test_against_simpy.py", "tests/simulation/test_closed_forms.py"),
    "Network, deployment, sustainment": (
        "tests/network/test_against_networkx.py",
        "tests/deployment/test_yardsticks.py",
        "tests/sustainment/test_against_oracles.py",
    ),
    "Stress": ("tests/stress/test_battery_against_oracles.py",),
    "Statistics": (
        "tests/aid/test_survival_against_library.py",
        "tests/monitoring/test_known_ceasefires.py",
        "tests/monitoring/test_power.py",
    ),
    "Geography": ("tests/geography/test_shapes_against_formulas.py",),
}
"""Tests that hold the program against something that is not its own code, by subject."""


def oracles() -> Table:
    """Tests against other solvers, libraries, closed forms and published yardsticks, each in the words of its own file."""
    rows = [
        (
            subject,
            (ast.get_docstring(ast.parse((ROOT / name).read_text(encoding="utf-8"))) or "").split("\n\n")[0].replace("\n", " "),
            f"`{name}`",
        )
        for subject, names in ORACLES.items()
        for name in names
    ]
    return Table(
        ("of", "held against", "where"),
        rows,
        (
            "`make test` runs them, `make test-all` those that take long as well. The one on the Donbas needs a file of UCDP "
            "that is no part of the project, and is skipped without it."
        ),
    )


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "Past missions, sized by the same methods",
        "Each mission is described by its mandate, ground and people alone; what was sent is no input, no factor is tuned to it.",
        "contingent validate --case sizing",
        lambda: case("sizing"),
        "What the misses say: [past missions](missions.md).",
    ),
    Chapter(
        "Past missions, planned from what was known",
        "Two missions planned from what could be written down before they began, beside what came.",
        "contingent validate --case history",
        lambda: case("history"),
        "Week by week, and why: [UNIFIL 2006](unifil-2006.md), [INTERFET 1999](interfet-1999.md).",
    ),
    Chapter(
        "Published steady-state figures",
        "How large a pool keeps a force deployed: each figure from its own inputs, by one closed form.",
        "contingent validate --case rotation",
        lambda: case("rotation"),
        "Claims about this force beside what its plans can hold: [ceiling](ceiling.md#what-has-been-said).",
    ),
    Chapter(
        "Totals of aid that were published",
        "A published total beside the sum of the announcements in the bundled ledger.",
        "contingent validate --case aid",
        lambda: case("aid"),
        "What is counted and what is not: [aid](aid.md).",
    ),
    Chapter(
        "Sums of the aid ledger",
        "What donors promised, added up by the ledger and by hand.",
        "contingent aid reassurance",
        aid_sums,
        "What is counted and what is not: [aid](aid.md).",
    ),
    Chapter(
        "Other solvers, other libraries, closed forms",
        "The planner and the other stages beside models that share no code with them.",
        "make test",
        oracles,
        "How plans and bounds are found: [formulation](formulation.md).",
    ),
)
"""Chapters of the page, in order."""

ELSEWHERE = (
    (
        "Costs of missions beside those of a plan, row by row",
        "cost.md#published-costs-beside-ours",
        "contingent cost reassurance --option medium",
    ),
    (
        "What has been claimed for this force, beside its ceilings",
        "ceiling.md#what-has-been-said",
        "contingent ceiling reassurance --option medium",
    ),
    (
        "A brigade and an army on the network, beside published yardsticks",
        "deployment.md#yardsticks",
        "contingent deploy reassurance --option medium",
    ),
    ("Changes in a ceasefire whose turns are known", "monitoring-statistics.md", "make test"),
    ("What watches a line of 779 km", "observation.md", "contingent observe reassurance --people 200"),
)
"""What takes longer to compute than a build of the site; tests hold these pages to what comes out."""


def page() -> str:
    """Return the page of the validation, every table computed now."""
    told = [
        "# Validation",
        "",
        (
            "What was published, or can be known by other means, beside what the program computes: hits and misses. The tables "
            "of this page were computed when it was built; below each heading stands the command that repeats it."
        ),
    ]
    told += ["", "| case | checks | hits | misses | repeat it |", "|---|---|---|---|---|"]
    told += [
        f"| {row['case']} | {row['checks']} | {row['hits']} | {row['misses']} | `{row['command']}` |"
        for row in checks().summary.iter_rows(named=True)
    ]
    for chapter in CHAPTERS:
        table = chapter.compute()
        told += [
            "",
            f"## {chapter.title}",
            "",
            chapter.about,
            "",
            "```sh",
            chapter.command,
            "```",
            "",
            f"| {' | '.join(table.head)} |",
            f"|{'---|' * len(table.head)}",
            *[f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table.rows],
            "",
            table.found,
        ]
        if chapter.more:
            told += ["", chapter.more]
    told += [
        "",
        "## Computed elsewhere",
        "",
        "| what | page | command |",
        "|---|---|---|",
        *[f"| {what} | [{place.partition('.')[0]}]({place}) | `{command}` |" for what, place, command in ELSEWHERE],
    ]
    return "\n".join(told) + "\n"
