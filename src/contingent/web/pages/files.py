"""What pages load: our own small scripts and styles, and the parts of others that travel in the package.

A file is found by its name among those that are there, so no address leads anywhere else. With the short name of its content in
its address a browser may keep it for good.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from contingent.report.html.report import page_style
from contingent.web.frame import marking_of
from contingent.web.guard import needs

router = APIRouter()

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
"""Media types by the end of a file's name; nothing else is handed out."""

FOR_GOOD = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


@dataclass(frozen=True, slots=True)
class Piece:
    """A file as it is handed out."""

    content: bytes
    zipped: bytes
    kind: str
    mark: str


def piece_of(content: bytes, kind: str) -> Piece:
    """Return a file with its small form and its mark."""
    return Piece(content, gzip.compress(content, 6, mtime=0), kind, hashlib.sha256(content).hexdigest()[:12])


@cache
def pieces(folder: str) -> dict[str, Piece]:
    """Return the files of a folder that may be handed out: ``static`` (our own) or ``parts`` (of others)."""
    place = files("contingent") / "page_parts" if folder == "parts" else files("contingent.web") / "static"
    found = sorted((each for each in place.iterdir() if each.is_file()), key=lambda each: each.name)
    return {
        each.name: piece_of(each.read_bytes(), KINDS[end]) for each in found if (end := each.name.rpartition(".")[2]) in KINDS
    }


def handed_out(request: Request, piece: Piece | None, version: str | None) -> Response:
    """Return a file as an answer: nothing where the browser has it already, the small form where it takes that."""
    if piece is None:
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    kept = FOR_GOOD if version == piece.mark else ASK_FIRST
    headers = {"ETag": f'"{piece.mark}"', "Cache-Control": kept, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(piece.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=piece.kind)
    return Response(piece.content, headers=headers, media_type=piece.kind)


@router.get("/static/{name}", include_in_schema=False, dependencies=[Depends(needs("open"))])
def static(request: Request, name: str, v: Annotated[str | None, "version"] = None) -> Response:
    """Hand out a file of our own."""
    return handed_out(request, pieces("static").get(name), v)


@router.get("/parts/{name}", include_in_schema=False, dependencies=[Depends(needs("open"))])
def parts(request: Request, name: str, v: Annotated[str | None, "version"] = None) -> Response:
    """Hand out a file of others."""
    return handed_out(request, pieces("parts").get(name), v)


@router.get("/style/page.css", include_in_schema=False, dependencies=[Depends(needs("open"))])
def style(request: Request, v: Annotated[str | None, "version"] = None) -> Response:
    """Hand out the style that pages and reports share, with the conference's marking at the head and foot of printed pages."""
    return handed_out(request, _style(marking_of(request, None)), v)


@cache
def _style(marking: str) -> Piece:
    return piece_of(page_style(marking).encode(), KINDS["css"])
