"""The OpenAPI document, made from the routes and their models, and a page that shows it with nothing from outside."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from contingent.web.api.answers import Problem, Told
from contingent.web.api.watch import ReportGiven
from contingent.web.guard import needs
from contingent.web.guard.entry import guarded_routes

router = APIRouter()

TAGS = {
    "scenario": "Tables and rows of the scenario; batches of edits.",
    "offers": "Offers, what became of them, and what one would be worth.",
    "plans": "Plans and their frames.",
    "jobs": "What is computed outside of requests.",
    "remarks": "Notes on lines, and gaps whose risk is accepted.",
    "versions": "Versions of the scenario with a name.",
    "history": "Who changed what and when; undo.",
    "ceasefire": "Incidents in, the situation out.",
    "aid": "The status of aid to the host.",
    "files": "Scenarios and plans out, scenarios in.",
    "people": "Who asks; accounts.",
    "health": "For those who keep the server running.",
}
"""Chapters of the document."""

ABOUT = """What the pages do, programs can.

A program sends a token, made on the page of one's own account, as `Authorization: Bearer ...`; it may do what the token was given
of what its account's role may. On a server without accounts, which listens on its own machine alone, no token is needed. Each
operation says the permission that it needs. What belongs to other nations is left out or blank, as on the pages.

Whatever cannot be done is told as a problem document (RFC 9457)."""

EXTRA_MODELS = (Problem, Told, ReportGiven)
"""Models that no route names by itself."""

REF = "#/components/schemas/{model}"


def document_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application; made once."""
    made: dict[str, Any] | None = getattr(app.state, "open_api", None)
    if made is None:
        made = _made(app)
        app.state.open_api = made
    return made


def _made(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Contingent", version=version("contingent"), description=ABOUT, routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
    )  # fmt: skip
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for model in EXTRA_MODELS:
        schema = model.model_json_schema(ref_template=REF)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    permissions = {(route.method.lower(), route.path): route.permissions for route in guarded_routes(app)}
    for method, path, operation in operations(document):
        (permission,) = permissions[method, path]
        operation["x-permission"] = permission
        operation["security"] = [] if permission == "open" else [{"token": []}]
        about = "Open to all." if permission == "open" else f"Needs the permission `{permission}`."
        operation["description"] = f"{operation.get('description', '').strip()}\n\n{about}"
        operation["responses"] = {status: operation["responses"][status] for status in sorted(operation["responses"])}
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of each operation of a document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete", "patch"):
                yield method, path, operation


@router.get("/api/v1/openapi.json", include_in_schema=False, dependencies=[Depends(needs("open"))])
def open_api(request: Request) -> JSONResponse:
    """Hand out the document."""
    return JSONResponse(document_of(request.app))


@router.get("/api/docs", include_in_schema=False, dependencies=[Depends(needs("about.read"))])
def docs(request: Request) -> HTMLResponse:
    """Show the document as a page."""
    from contingent.web.frame import page
    from contingent.web.view import view_of

    document = document_of(request.app)
    chapters = [
        (name, words, [(method, path, told_operation(document, each)) for method, path, each in operations(document)
                       if name in each.get("tags", ())])
        for name, words in TAGS.items()
    ]  # fmt: skip
    return page(request, "api.html", view=view_of(request), document=document, chapters=chapters)


def told_operation(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation as the page shows it: its parameters, what is sent and what comes back, field by field."""
    sent = operation.get("requestBody", {}).get("content", {})
    answered = {
        status: {kind: told_schema(document, each.get("schema", {})) for kind, each in found.get("content", {}).items()}
        for status, found in operation["responses"].items()
        if status.startswith("2")
    }
    return {
        "summary": operation.get("summary", ""),
        "about": operation["description"],
        "permission": operation["x-permission"],
        "parameters": [
            (each["name"] + ("" if each["required"] else " (may be left out)"), each["in"], each.get("description", ""))
            for each in operation.get("parameters", ())
        ],
        "sent": {kind: told_schema(document, each.get("schema", {})) for kind, each in sent.items()},
        "answered": answered,
        "refused": [(status, found["description"]) for status, found in operation["responses"].items() if status[0] in "45"],
    }


def told_schema(document: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the fields of a schema: name, type in words, meaning."""
    target = _resolved(document, schema)
    if target.get("type") == "array":
        target = _resolved(document, target.get("items", {}))
    required = set(target.get("required", ()))
    return [
        (f"{name}{'' if name in required else ' (may be left out)'}", kind_in_words(each), each.get("description", ""))
        for name, each in target.get("properties", {}).items()
    ]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def kind_in_words(schema: dict[str, Any]) -> str:
    """Return the type of a field in a few words.

    >>> kind_in_words({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    'integer or null'
    """
    if "anyOf" in schema:
        return " or ".join(kind_in_words(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"list of {kind_in_words(schema.get('items', {}))}"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "object":
        return "object"
    return str(schema.get("format") or schema.get("type") or "anything")
