"""What the bundled data and the carried parts come from, with their licences, as a page."""

import json
from importlib.resources import files

from contingent.io import read_scenario
from contingent.model.rows import Reference

SCENARIOS = ("doctrine", "missions", "unifil-2006", "interfet-1999", "reassurance", "tiny")
"""Bundled scenarios whose references are told, in this order; each reference once, where it stands first."""

PACKAGES = (
    "Python packages that the program is built on are named in `pyproject.toml` and pinned by hash in `requirements/run.lock`; "
    "they come with their own licences."
)
"""What the page says of them."""

MANIFEST = "page_parts/manifest.json"


def page() -> str:
    """Return the page of sources."""
    told = [
        "# Sources and licences",
        "",
        (
            "Every figure of a bundled scenario names its source in the row, or says that it is an assumption. These are the "
            "sources that the rows cite, by scenario, with what is known of their terms; the page is made from each scenario's "
            "`references.csv` and from the list of parts that the package carries. Contingent itself is under the [Apache "
            "License 2.0](contributing.md#licence)."
        ),
    ]
    seen: set[Reference] = set()
    for name in SCENARIOS:
        rows = [row for row in read_scenario(name).references if row not in seen]
        seen.update(rows)
        if rows:
            told += ["", f"## {name}", "", "| key | source | state | licence | used for |", "|---|---|---|---|---|"]
            told += [
                f"| `{row.reference}` | {_linked(row)} | {_cell(row.as_of)} | {_cell(row.licence)} | {_cell(row.note)} |"
                for row in rows
            ]
    told += [
        "",
        "## Parts of others in the package",
        "",
        "Built into the package by `make parts`, each with its licence beside it; nothing is fetched when the program runs.",
        "",
        "| part | version | licence | for |",
        "|---|---|---|---|",
    ]
    told += [f"| {part['name']} | {part['version']} | {part['licence']} | {_cell(part['use'])} |" for part in parts()]
    told += [
        "",
        PACKAGES,
    ]
    return "\n".join(told) + "\n"


def parts() -> list[dict[str, str]]:
    """Return the parts that the package carries; none where they have not been built."""
    manifest = files("contingent").joinpath(MANIFEST)
    found: list[dict[str, str]] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else []
    return found


def _linked(row: Reference) -> str:
    title = _cell(row.title)
    address = (row.address or "").strip()
    return (
        f"[{title.replace('[', '(').replace(']', ')')}](<{address}>)"
        if address.startswith(("https://", "http://")) and " " not in address
        else title
    )


def _cell(text: str | None) -> str:
    return " ".join((text or "").replace("|", "/").replace("<", "&lt;").split())
