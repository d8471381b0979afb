"""What goes in and out, as models: the schemas of the OpenAPI document are made from these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contingent.findings import Finding
from contingent.store import RowDifference, StoredRow

T = TypeVar("T")

LARGEST_NUMBER = 2**31 - 1
"""Largest number of a row, plan, job or entry that is asked for."""

MOST_EDITS = 2_000
"""Rows that one change may edit."""

MOST_ITEMS = 1_000
"""Items of one part of a list."""


def without_nul(text: str) -> str:
    """Return a text as it is, or refuse one that no database can hold."""
    if "\0" in text:
        raise ValueError("holds a character (NUL) that no text has")
    return text


Text = Annotated[str, AfterValidator(without_nul)]
Cell = Annotated[str, Field(max_length=32_000), AfterValidator(without_nul)]
Name = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(without_nul)]
Key = Annotated[str, Field(max_length=200), AfterValidator(without_nul)]
Why = Annotated[str, Field(max_length=300, description="Reason, for the history."), AfterValidator(without_nul)]
Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Cells = Annotated[
    dict[Name, Cell],
    Field(max_length=200, description="Text of each cell by column, as it would stand in a CSV file; blank ones left out."),
]


class Given(BaseModel):
    """What is sent to the server: nothing that it does not know."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """One thing that is wrong, where, and what to do about it."""

    where: str = Field(description="The place in words.")
    what: str = Field(description="The problem in one sentence.")
    table: str | None = None
    line: int | None = Field(None, description="Line of the table or of what was sent, the header being 1.")
    row: str | None = Field(None, description="Key of the row.")
    column: str | None = None
    nearest: str | None = Field(None, description="The nearest right value.")
    maybe: str | None = Field(None, description="What to do about it.")
    severity: Literal["error", "warning"] = "error"


class ConflictTold(BaseModel):
    """A row that somebody else changed meanwhile, with both values."""

    table: str
    key: str
    row: int
    version: int | None = Field(description="Version that stands now; null where the row was taken out.")
    changed_by: str
    current: dict[str, str] | None = Field(description="Cells that stand now.")
    tried: dict[str, str] | None = Field(description="Cells that were to be written.")


class Problem(BaseModel):
    """Why something could not be done (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    maybe: str | None = Field(None, description="What to do about it, as a sentence without its leading 'Maybe'.")
    reference: str = Field("", description="Stands in the log of the server too.")
    findings: list[dict[str, Any]] | None = Field(None, description="What is wrong, one by one: see Told.")
    conflicts: list[ConflictTold] | None = None


class Items(BaseModel, Generic[T]):
    """A part of a list."""

    total: int = Field(description="How many there are in all.")
    offset: int = Field(description="How many come before the first of these.")
    items: list[T]


class RowAnswer(BaseModel):
    """A row of a table as it is written."""

    id: int | None = Field(description="Its number, which stays whatever becomes of its key; null where it is derived.")
    table: str
    key: str = Field(description="The columns that name it, joined by '/'.")
    version: int | None = Field(description="Goes up with each change; the ETag of the row.")
    origin: Literal["own", "lower", "derived"] = Field(
        "own", description="own = written in this conference; lower = of a scenario that it is laid over; derived = worked out.")
    cells: dict[str, str]
    changed_by: str | None = None
    changed_at: datetime | None = None


class CellsGiven(Given):
    """A row to be written."""

    cells: Cells
    why: Why = ""


class EditGiven(Given):
    """An edit of one row."""

    table: Name
    row: Number | None = Field(None, description="Number of the row; left out for a new one.")
    version: Number | None = Field(None, description="Version that the edit was made on; left out for a new row.")
    cells: Cells | None = Field(description="What the row is to hold, whole; null takes it out.")


class ChangeGiven(Given):
    """A batch of edits: all are taken, or none."""

    edits: Annotated[list[EditGiven], Field(min_length=1, max_length=MOST_EDITS)]
    why: Why = ""


class WhyGiven(Given):
    """A reason."""

    why: Why = ""


class SeenGiven(Given):
    """What was seen before something is done."""

    of_seq: Number = Field(description="`seq` of the conference that was seen.")


class ChangeAnswer(BaseModel):
    """What came of a change."""

    seq: int = Field(description="Entry of the history after which the tables stand as they are now.")
    rows: list[RowAnswer] = Field(default=[], description="The rows that were written, as they stand now.")


class EntryAnswer(BaseModel):
    """An entry of the history, as far as the asker may see it."""

    seq: int
    at: datetime
    actor: str
    role: str
    nation: str | None
    kind: str
    why: str
    batch: int = Field(description="First entry of the change that this one is part of.")
    table: str | None
    row: int | None
    key: str | None
    version: int | None
    before: dict[str, str] | None
    after: dict[str, str] | None
    details: dict[str, Any] | None
    previous: str
    hash: str


class HeardAnswer(BaseModel):
    """That something happened, but not what it was in particular."""

    seq: int
    at: datetime
    actor: str
    kind: str
    table: str | None
    key: str | None
    plan: int | None
    job: int | None


class DifferenceAnswer(BaseModel):
    """A row that differs between two versions."""

    table: str
    key: str
    row: int | None
    columns: list[str] = Field(description="Columns that differ.")
    before: dict[str, str] | None
    after: dict[str, str] | None


class DifferencesAnswer(BaseModel):
    """What differs between two versions."""

    new: list[DifferenceAnswer]
    changed: list[DifferenceAnswer]
    removed: list[DifferenceAnswer]


class FrameAnswer(BaseModel):
    """A part of a frame, row by row."""

    frame: str
    columns: dict[str, str] = Field(description="Type of each column.")
    total: int
    offset: int
    rows: list[dict[str, Any]]


class FrameEntry(BaseModel):
    """A frame that can be asked for."""

    frame: str
    rows: int


class ConferenceAnswer(BaseModel):
    """What the conference is about and how far it is."""

    title: str
    marking: str
    start_date: date | None = Field(description="D-day.")
    days: int | None = Field(description="Length of the plan. [days]")
    options: list[str]
    seq: int
    is_readable: bool = Field(description="Whether the tables make a scenario.")
    latest_plan: int | None
    is_behind: bool = Field(description="Whether the tables have changed since the latest plan.")
    findings: list[Told]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted: how many to pass over, and how many at most."""

    offset: int
    limit: int

    def of(self, items: Sequence[T]) -> "Items[T]":
        """Return this part of a list."""
        return Items(total=len(items), offset=self.offset, items=list(items[self.offset : self.offset + self.limit]))


def part_of(
    offset: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most.")] = 100,
) -> Part:
    """Return which part of a list a request asks for."""
    return Part(offset, limit)


PartWanted = Annotated[Part, Depends(part_of)]


def row_answer(row: StoredRow) -> RowAnswer:
    """Return a row of the database as programs read it."""
    return RowAnswer(
        id=row.id, table=row.table, key=row.key, version=row.version, cells=dict(row.cells), changed_by=row.changed_by,
        changed_at=row.changed_at,
    )  # fmt: skip


def told_answers(findings: Sequence[Finding]) -> list[Told]:
    """Return findings as models."""
    return [
        Told(
            where=each.where, what=each.what, table=each.table, line=each.line, column=each.column, nearest=each.nearest,
            maybe=each.maybe, severity=each.severity,
        )
        for each in findings
    ]  # fmt: skip


def difference_answer(found: RowDifference) -> DifferenceAnswer:
    """Return a row that differs as programs read it."""
    return DifferenceAnswer(
        table=found.table, key=found.key, row=found.row, columns=list(found.columns),
        before=None if found.before is None else dict(found.before), after=None if found.after is None else dict(found.after),
    )  # fmt: skip
