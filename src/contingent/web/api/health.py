"""Whether the server is alive, whether it is ready, and how it does: for those who keep it running."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from contingent.errors import ContingentError
from contingent.store import Conference
from contingent.store.schema import refuse_other_schema
from contingent.web.api.metrics import Metrics
from contingent.web.api.problems import ProblemRoute, refusals
from contingent.web.guard import needs

router = APIRouter(route_class=ProblemRoute)

METRICS_KIND = "text/plain; version=0.0.4; charset=utf-8"


class AliveAnswer(BaseModel):
    """That the server answers."""

    alive: bool = True


class ReadyAnswer(BaseModel):
    """Whether requests can be carried out."""

    ready: bool
    database: bool = Field(description="Whether the database answers and its tables are of this version of the program.")


@router.get(
    "/healthz", tags=["health"], summary="Alive", responses=refusals(), dependencies=[Depends(needs("open"))],
)  # fmt: skip
def alive() -> AliveAnswer:
    """Say that the server answers. Nothing is looked at: where this fails, begin it again."""
    return AliveAnswer()


@router.get(
    "/readyz", tags=["health"], summary="Ready", response_model=ReadyAnswer,
    responses={**refusals(), 503: {"model": ReadyAnswer, "description": "Not now."}}, dependencies=[Depends(needs("open"))],
)  # fmt: skip
def ready(request: Request) -> Response:
    """Say whether the database answers and its tables are of this version: where not, send requests elsewhere and wait."""
    conference: Conference = request.app.state.conference
    try:
        refuse_other_schema(conference.database)
        conference.head()
        is_ready = True
    except ContingentError:
        is_ready = False
    return JSONResponse(ReadyAnswer(ready=is_ready, database=is_ready).model_dump(), status_code=200 if is_ready else 503)


@router.get(
    "/metrics", tags=["health"], summary="Figures for Prometheus", response_class=Response,
    dependencies=[Depends(needs("metrics.read"))],
    responses={**refusals(), 200: {"description": "Figures.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)  # fmt: skip
def metrics(request: Request) -> Response:
    """Requests by route and status, how long they took, jobs that wait, the size of the conference."""
    found: Metrics = request.app.state.metrics
    return Response(found.text(), media_type=METRICS_KIND)
