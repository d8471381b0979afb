"""What columns and rows are made of: the types of cells, how a column is declared, and the class that every row is.

Blank is absence: an empty cell takes the column's default. Lists are written with ``;``.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

LONGEST_NAME = 200
"""Longest name of a row. [characters]"""

MOST_UNITS = 100_000
"""Most like units of one offer or line. More are a slip of the pen. [units]"""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f;]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Geometry = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32_000)]
"""A shape on the ground as well-known text, WGS 84, longitude before latitude. As long as a cell of a workbook may be."""


def _split_list(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


NameList = Annotated[tuple[Name, ...], BeforeValidator(_split_list)]

Domain = Literal["land", "air", "maritime", "joint"]
Confidence = Literal["high", "medium", "low"]
LOWEST_FIRST: tuple[Confidence, ...] = ("low", "medium", "high")
"""What rests on several rows can be trusted as far as the least of them."""

Hold = Literal["any", "one_nation"]
Status = Literal["sourced", "derived", "assumption"]
Kind = Literal["state", "multinational"]
Moves = Literal["carried", "sails", "flies"]
Role = Literal["contributor", "backstop"]
Backstop = Literal["counts", "left_out"]

LONGEST_HORIZON = 36_525
"""A hundred years. A longer horizon or day is a slip of the pen. [days]"""

Day = Annotated[int, Field(ge=0, le=LONGEST_HORIZON)]
Days = Annotated[int, Field(ge=1, le=LONGEST_HORIZON)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


def column(description: str, *, unit: str | None = None, refers_to: str | None = None, default: Any = ..., **more: Any) -> Any:
    """Declare a column: what it means, its unit, and the table whose key it must be found in."""
    extra: dict[str, Any] = {key: value for key, value in (("unit", unit), ("refers_to", refers_to)) if value is not None}
    return Field(default, description=description, json_schema_extra=extra or None, **more)


class Row(BaseModel):
    """A row of a table. Frozen; an unknown column is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    about: ClassVar[str]

    def key_text(self) -> str:
        """The row's key as one text, parts joined by ``/``."""
        return "/".join(str(getattr(self, name)) for name in self.key)
