"""Routes that only tests have: one to read and one to write, an upload, and a fault of the program."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, File, Request, UploadFile

from contingent.store import Edit
from contingent.web.guard import needs, token_of, viewer_of
from contingent.web.guard.writing import change, undo

probes = APIRouter()


@probes.get("/probe", dependencies=[Depends(needs("offers.read"))])
def look(request: Request) -> dict[str, Any]:
    viewer = viewer_of(request)
    return {"name": viewer.name, "role": viewer.role, "nation": viewer.nation, "token": token_of(request)}


@probes.post("/probe/edit", dependencies=[Depends(needs("offers.write"))])
def edit(request: Request, edits: Annotated[list[dict[str, Any]], Body()]) -> dict[str, Any]:
    change(request.app.state.conference, viewer_of(request), [Edit(**each) for each in edits])
    return {"done": True}


@probes.post("/probe/undo/{seq}", dependencies=[Depends(needs("history.undo"))])
def take_back(request: Request, seq: int) -> dict[str, Any]:
    undo(request.app.state.conference, viewer_of(request), seq)
    return {"done": True}


@probes.post("/probe/upload", dependencies=[Depends(needs("imports.write"))])
def upload(file: Annotated[list[UploadFile], File()]) -> dict[str, Any]:
    return {"bytes": [len(each.file.read()) for each in file]}


@probes.get("/probe/fault", dependencies=[Depends(needs("overview.read"))])
def fail(secret: str = "") -> None:
    raise RuntimeError(f"the fault holds {secret} and more")


@probes.get("/api/v1/probe", dependencies=[Depends(needs("offers.read"))])
def answer(request: Request) -> dict[str, Any]:
    return {"name": viewer_of(request).name}


@probes.post("/api/v1/probe", dependencies=[Depends(needs("offers.write"))])
def write(request: Request, what: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    return {"name": viewer_of(request).name, **what}
