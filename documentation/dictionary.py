"""The tables of a scenario as pages, from their row classes: nothing about a column is said twice."""

import ast
import csv
import tomllib
from functools import lru_cache
from importlib.resources import files
from io import StringIO
from pathlib import Path

import contingent
from contingent.io.columns import KIND_IN_WORDS, Column, columns_of
from contingent.io.dictionary import HOW_TO, blank_means, setting_columns
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "force": (
        "Force and requirement",
        ("nations", "unit_types", "capabilities", "locations", "offers", "requirements", "options", "pins"),
    ),
    "pool": ("Pool: what nations could send", ("pool", "yields", "releases", "terms", "commitments")),
    "mandate": (
        "Mandate and structure",
        ("tasks", "factors", "sectors", "traces", "formations", "attachments", "host_forces", "incursions"),
    ),
    "way": (
        "Way, supply and money",
        ("links", "handling", "fleets", "consumption", "seasons", "activities", "stocks", "rates", "funding"),
    ),
    "chance": ("Chance and change", ("phases", "cycles", "policies", "calls", "cases", "claims")),
    "watch": ("Watch over the ceasefire", ("sensors", "ladder")),
    "aid": ("Aid for the host", ("equipment", "needs", "coalitions", "pledges", "deliveries")),
    "sources": ("History and sources", ("history", "references")),
}
"""Pages of the dictionary: the end of the page's name, its title, its tables."""

EXAMPLES_FROM = ("reassurance", "tiny", "missions", "doctrine", "unifil-2006")
"""Bundled scenarios from which examples are taken, the first that has one."""

WRITTEN_AS_TOML = {"cases": "case", "ladder": "rung"}
"""Tables that stand in a TOML file, and the name of a row there."""

LONGEST_EXAMPLE = 60
"""Longest cell that is shown as an example. [characters]"""

READ_BY = (
    "*Read by* names the commands whose part of the program looks at the table; every command that reads a scenario checks "
    "all of it. `plan` sizes, moves, supplies and plays through as well, where the tables for it are there."
)
"""What the last column of the overview says."""

NO_BOUND = 1e12
"""From here on a bound guards against slips of the pen and means nothing in the field."""

READERS: dict[str, tuple[str, ...]] = {
    "contingent/pool": ("plan", "show"),
    "contingent/sizing": ("size", "plan", "why"),
    "contingent/generation": ("plan", "remedies"),
    "contingent/structure": ("orbat", "plan"),
    "contingent/adequacy": ("plan",),
    "contingent/network": ("deploy", "sustain"),
    "contingent/deployment": ("deploy", "plan"),
    "contingent/sustainment": ("sustain", "plan"),
    "contingent/logistics.py": ("sustain", "plan"),
    "contingent/cost": ("cost",),
    "contingent/simulation": ("simulate", "plan"),
    "contingent/stress": ("stress",),
    "contingent/ceiling": ("ceiling",),
    "contingent/monitoring/observation": ("observe",),
    "contingent/monitoring/ladder": ("monitor",),
    "contingent/situation.py": ("monitor",),
    "contingent/aid": ("aid", "plan"),
    "contingent/contact_group.py": ("aid",),
    "contingent/report": ("plan", "why"),
    "contingent/plan": ("verify",),
    "contingent/plan/hindsight.py": ("history", "validate"),
}
"""Commands by the part of the package that works for them."""

LOOKED_UP = {
    "nation_by_name": "nations",
    "unit_type_by_name": "unit_types",
    "location_by_name": "locations",
    "offer_by_name": "offers",
    "requirement_by_line": "requirements",
    "sector_by_name": "sectors",
    "task_by_name": "tasks",
    "formation_by_name": "formations",
    "effectiveness": "capabilities",
    "contributors": "nations",
    "option_names": "options",
}
"""Tables by the attributes of a scenario that look their rows up."""


def pages() -> dict[str, str]:
    """Return the pages of the dictionary by their names."""
    made = {"dictionary.md": _overview()}
    classes = {row_class.table: row_class for row_class in TABLES}
    for group, (title, tables) in GROUPS.items():
        told = [f"# {title}", "", "Part of the [data dictionary](dictionary.md), made from the row classes.", ""]
        for table in tables:
            told += [*_table(classes[table]), ""]
        made[f"dictionary-{group}.md"] = "\n".join(told)
    return made


def _overview() -> str:
    told = [
        "# Data dictionary",
        "",
        (
            "A scenario is a folder with `scenario.toml` and the tables below, as CSV files, as sheets of one workbook, or as "
            "tables of a conference's database. These pages are made from the row classes that read, check and write them. How "
            "a folder is begun, checked and laid over another: [scenarios](scenarios.md)."
        ),
        "",
        *[f"- {line}" for line in HOW_TO],
        "",
        "## Tables",
        "",
        "| table | what it holds | key | read by |",
        "|---|---|---|---|",
    ]
    classes = {row_class.table: row_class for row_class in TABLES}
    for group, (_, tables) in GROUPS.items():
        for table in tables:
            row_class = classes[table]
            needed = " Needed in every scenario." if table in REQUIRED_TABLES else ""
            key = ", ".join(f"`{name}`" for name in row_class.key)
            told.append(f"| [{table}](dictionary-{group}.md#{table}) | {row_class.about}{needed} | {key} | {_read_by(table)} |")
    told += [
        "",
        READ_BY,
        "",
        "## scenario.toml",
        "",
        "| setting | meaning | form | if left out |",
        "|---|---|---|---|",
    ]
    told += [
        f"| `{column.name}` | {_cell(column.description)} | {_cell(column.form)} | {_cell(blank_means(column))} |"
        for column in setting_columns()
    ]
    return "\n".join(told) + "\n"


def _table(row_class: type[Row]) -> list[str]:
    columns = columns_of(row_class)
    key = ", ".join(f"`{name}`" for name in row_class.key)
    told = [
        f"## {row_class.table}",
        "",
        f"{row_class.about} Key: {key}. Read by {_read_by(row_class.table)}.",
        "",
        "| column | meaning | type | unit | range | blank means | example |",
        "|---|---|---|---|---|---|---|",
    ]
    examples = example_cells(row_class.table)
    for column in columns.values():
        meaning = column.description + (
            f" A key of [{column.refers_to}]({_place_of(column.refers_to)})." if column.refers_to else ""
        )
        told.append(
            "| "
            + " | ".join(
                (
                    f"`{column.name}`",
                    _cell(meaning),
                    _type(column),
                    _cell(column.unit or ""),
                    _range(column),
                    _cell(blank_means(column)),
                    f"`{_cell(examples[column.name])}`" if examples.get(column.name) else "",
                )
            )
            + " |"
        )
    if row_class.table not in WRITTEN_AS_TOML:
        told += ["", "Header to copy:", "", "```csv", ",".join(columns), "```"]
    else:
        told += [
            "",
            f"Written as `{row_class.table}.toml`, one `[[{WRITTEN_AS_TOML[row_class.table]}]]` a row.",
        ]
    return told


def _place_of(table: str) -> str:
    group = next(group for group, (_, tables) in GROUPS.items() if table in tables)
    return f"dictionary-{group}.md#{table}"


def _type(column: Column) -> str:
    return _cell(f"{KIND_IN_WORDS[column.kind]}: {', '.join(column.choices)}" if column.choices else KIND_IN_WORDS[column.kind])


def _range(column: Column) -> str:
    if column.kind not in ("whole", "number"):
        return ""
    low = f"{column.least:g}" if column.least is not None else f"above {column.above:g}" if column.above is not None else ""
    high = f"{column.most:,.0f}" if column.most is not None and column.most < NO_BOUND else ""
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}" if high else ""


def _read_by(table: str) -> str:
    return (
        ", ".join(f"[`{command}`](commands-all.md#contingent-{command})" for command in read_by()[table])
        or "every command, to tell sources"
    )


@lru_cache(maxsize=1)
def read_by() -> dict[str, tuple[str, ...]]:
    """Return for each table the commands whose part of the program looks at it, as the code says."""
    source = Path(contingent.__file__).parent
    found: dict[str, dict[str, None]] = {row_class.table: {} for row_class in TABLES}
    for place, commands in READERS.items():
        path = source.parent / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if file != path and file.relative_to(source.parent).as_posix() in READERS:
                continue  # it is listed by itself
            for table in _tables_read(file):
                found[table].update(dict.fromkeys(commands))
    return {table: tuple(commands) for table, commands in found.items()}


def _tables_read(file: Path) -> set[str]:
    """Tables that a module takes from a scenario: ``scenario.offers``, ``derived.offer_by_name``."""
    known = {row_class.table: row_class.table for row_class in TABLES} | LOOKED_UP
    named = {
        node.attr
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and _is_scenario(node.value)
    }
    return {known[name] for name in named if name in known}


def _is_scenario(value: ast.expr) -> bool:
    name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
    return name in ("scenario", "derived", "history", "plan_of", "given", "base", "changed", "_scenario")


@lru_cache(maxsize=64)
def example_cells(table: str) -> dict[str, str]:
    """Return for each column of a table a cell of a bundled scenario, the first that is not blank and not long."""
    found: dict[str, str] = {}
    for name in EXAMPLES_FROM:
        for row in _rows(name, table):
            for column, cell in row.items():
                if cell and len(cell) <= LONGEST_EXAMPLE:
                    found.setdefault(column, cell)
    return found


def _rows(scenario: str, table: str) -> list[dict[str, str]]:
    folder = files("contingent.scenarios").joinpath(scenario)
    if (file := folder.joinpath(f"{table}.csv")).is_file():
        return list(csv.DictReader(StringIO(file.read_text(encoding="utf-8"))))
    if (file := folder.joinpath(f"{table}.toml")).is_file():
        (rows,) = tomllib.loads(file.read_text(encoding="utf-8")).values()
        return [
            {name: ";".join(map(str, cell)) if isinstance(cell, list) else str(cell) for name, cell in row.items()}
            for row in rows
        ]
    return []


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").replace("<", "&lt;").split())
