"""The grammar of Vega-Lite, as Altair ships it. Altair itself tries each part of a chart again and takes ten times as long."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for


@cache
def grammar() -> Validator:
    (schema,) = Path(alt.__file__).parent.glob("vegalite/v*/schema/vega-lite-schema.json")
    read = json.loads(schema.read_text(encoding="utf-8"))
    return validator_for(read)(read)


def faults_of(chart: dict[str, Any]) -> list[str]:
    """What the grammar says against a chart."""
    return [error.message[:200] for error in grammar().iter_errors(chart)]
