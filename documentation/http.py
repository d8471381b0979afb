"""The HTTP interface as a page, from its OpenAPI document."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contingent.store import Conference
from contingent.web.api.document import TAGS, document_of, operations, told_operation
from contingent.web.app import create_app
from contingent.web.settings import WebSettings


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the server, as `/api/v1/openapi.json` hands it out."""
    with TemporaryDirectory() as folder:
        conference = Conference.open(Path(folder) / "conference.sqlite", create_from="tiny")
        try:
            return document_of(create_app(WebSettings(database=str(Path(folder) / "conference.sqlite")), conference=conference))
        finally:
            conference.close()


def page() -> str:
    """Return the page of the HTTP interface."""
    whole = document()
    told = [
        "# HTTP operations",
        "",
        (
            f"Version {whole['info']['version']}, made from the OpenAPI {whole['openapi']} document that the server hands out at "
            "`/api/v1/openapi.json`. How a program signs in, changes rows and asks for plans, with examples that run: "
            "[for programs](api.md)."
        ),
    ]
    for tag, words in TAGS.items():
        told += ["", f"## {tag.capitalize()}", "", words, "", "| operation | what it does | permission |", "|---|---|---|"]
        mine = [(method, path, each) for method, path, each in operations(whole) if tag in each.get("tags", ())]
        told += [
            f"| [`{method.upper()} {path}`](#{_anchor(method, path)}) | {each.get('summary', '')} | `{each['x-permission']}` |"
            for method, path, each in mine
        ]
        for method, path, each in mine:
            told += ["", *_operation(method, path, told_operation(whole, each))]
    return "\n".join(told) + "\n"


def _anchor(method: str, path: str) -> str:
    return "-".join([method, *path.replace("{", "").replace("}", "").replace(".", "-").strip("/").split("/")]).lower()


def _operation(method: str, path: str, told: dict[str, Any]) -> list[str]:
    lines = [f"### `{method.upper()} {path}` {{ #{_anchor(method, path)} }}", "", told["about"].strip(), ""]
    if told["parameters"]:
        lines += [
            "| parameter | in | meaning |",
            "|---|---|---|",
            *[
                f"| `{name.split(' ')[0]}`{' (may be left out)' if '(' in name else ''} | {place} | {_cell(words)} |"
                for name, place, words in told["parameters"]
            ],
            "",
        ]
    for kind, fields in told["sent"].items():
        lines += [f"Sent as `{kind}`:", "", *_fields(fields), ""]
    for status, kinds in told["answered"].items():
        for kind, fields in kinds.items():
            lines += [f"Answer {status}, `{kind}`:", "", *_fields(fields), ""]
    return lines


def _fields(told: Any) -> list[str]:
    """Fields of a body as a list. What the server's own page shows of it is shown here."""
    rows = told if isinstance(told, list) else [told]
    return [f"- {_field(row)}" for row in rows] or ["- as described above"]


def _field(row: Any) -> str:
    if isinstance(row, dict):
        return _cell("; ".join(f"{name}: {words}" for name, words in row.items()))
    if isinstance(row, (list, tuple)):
        name, *words = [str(part) for part in row if part not in (None, "")]
        return f"`{name}`" + (": " if words else "") + _cell(", ".join(words))
    return _cell(str(row))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").replace("<", "&lt;").split())
