"""What a row class says about its columns, laid out for reading, checking, writing and describing them.

Everything here is taken from the class's JSON Schema, which pydantic makes from the class: nothing is said twice.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel

Kind = Literal["text", "list", "whole", "number", "choice", "date", "group"]

_KINDS: dict[str, Kind] = {"integer": "whole", "number": "number", "array": "list", "string": "text", "object": "group"}

KIND_IN_WORDS: dict[Kind, str] = {
    "text": "text",
    "list": "list with ;",
    "whole": "whole number",
    "number": "number",
    "choice": "one of",
    "date": "date (YYYY-MM-DD)",
    "group": "section",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table or a setting of a scenario.

    Parameters
    ----------
    name, description : str
        Its name and its meaning.
    kind : str
        What its cells hold.
    required : bool
        Whether every row needs it.
    unit, refers_to : str or None
        Unit of its values; table whose key its values are.
    choices : tuple of str
        The words that it takes, if it takes only some.
    least, most : float or None
        Bounds of a number.
    above : float or None
        Bound that a number must be greater than.
    default : str
        What a blank cell means, as text; empty where it is absence.
    """

    name: str
    description: str
    kind: Kind
    required: bool
    unit: str | None = None
    refers_to: str | None = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: float | None = None
    default: str = ""

    @property
    def counts_days_from_d_day(self) -> bool:
        """Whether the column holds a day, for which a user may have written a date."""
        return self.unit == "days from D-day"

    def within_bounds(self, value: float) -> bool:
        """Whether the column's bounds allow the number."""
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
        )

    @property
    def form(self) -> str:
        """What the cells hold, in words, with bounds and unit."""
        words = KIND_IN_WORDS[self.kind]
        if self.choices:
            words = f"{words}: {', '.join(self.choices)}"
        if self.kind in ("whole", "number"):
            words += _bounds_in_words(self)
        if self.unit is not None:
            words += f" [{self.unit}]"
        return words


def _bounds_in_words(column: Column) -> str:
    low = f"{column.least:g}" if column.least is not None else f"above {column.above:g}" if column.above is not None else None
    high = f"{column.most:,.0f}" if column.most is not None else None
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", from {low}" if low is not None else f", to {high}" if high is not None else ""


@lru_cache(maxsize=64)
def columns_of(row_class: type[BaseModel]) -> dict[str, Column]:
    """Return the columns of a row class (or the settings of a settings class) by name, in order."""
    schema = row_class.model_json_schema()
    required = set(schema.get("required", ()))
    return {name: _column(name, entry, required=name in required) for name, entry in schema["properties"].items()}


def _column(name: str, entry: dict[str, Any], *, required: bool) -> Column:
    of_value = next((part for part in entry.get("anyOf", ()) if part.get("type") != "null"), {}) | entry
    kind: Kind = _KINDS.get(of_value.get("type", "object"), "text")
    if of_value.get("format") == "date":
        kind = "date"
    choices = tuple(of_value.get("enum", ()))
    default = entry.get("default")
    return Column(
        name=name,
        description=entry.get("description", ""),
        kind="choice" if choices else kind,
        required=required,
        unit=entry.get("unit"),
        refers_to=entry.get("refers_to"),
        choices=choices,
        least=of_value.get("minimum"),
        most=of_value.get("maximum"),
        above=of_value.get("exclusiveMinimum"),
        default="" if default is None or default == [] else str(default),
    )
