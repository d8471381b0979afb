"""JSON Schemas of tables, of a scenario, of a plan and of its frames: as `contingent schema` prints them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from contingent.errors import UnknownName
from contingent.io.json_schemas import json_schema, schema_names
from contingent.web.api.problems import READS, ProblemRoute
from contingent.web.guard import needs
from contingent.web.guard.faults import Denied

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

SchemaName = Annotated[
    str, Path(max_length=64, description="A table, 'settings', 'scenario', 'plan', or a frame of a plan as 'plan.tours'.")]


@router.get(
    "/schemas", tags=["scenario"], summary="What there is a JSON Schema of", responses=READS,
    dependencies=[Depends(needs("scenario.read"))],
)  # fmt: skip
def schemas() -> list[str]:
    """Names of the schemas: scenario, settings, every table, plan, and every frame of a plan."""
    return list(schema_names())


@router.get(
    "/schemas/{name}", tags=["scenario"], summary="A JSON Schema", responses=READS,
    dependencies=[Depends(needs("scenario.read"))],
)  # fmt: skip
def schema(name: SchemaName) -> dict[str, Any]:
    """Draft 2020-12; of a table or a frame it is that of one row. Beside the standard's words: unit, refers_to, key."""
    try:
        return json_schema(name)
    except UnknownName as unknown:
        raise Denied("There is no such schema.", status=404, maybe="see /api/v1/schemas") from unknown
