"""What the commands about the past print and write: `history` and `validate`."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contingent.cli.plan_given import plan_named
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.io.atomic import write_folder
from contingent.plan.hindsight import Hindsight, look_back
from contingent.report.history import PARTS, range_words, signed_share
from contingent.report.words import grouped, percent
from contingent.validation import validate


def history_command(place: str, *, option: str | None, out: Path | None, as_json: bool) -> None:
    """Print a plan of a past mission beside what happened; write the tables where a folder is named."""
    given = plan_named(place, option)
    found = look_back(given.scenario, given.plan)
    if out is not None:
        _write(found.frames, out)
    if as_json:
        frames = {name: _plain(frame) for name, frame in found.frames.items()}
        write_json({"title": found.title, "summary": dict(found.summary)} | frames | _written(out))
        return
    _print_hindsight(found)
    if out is not None:
        say(f"Written: {out}")


def _write(frames: Mapping[str, pl.DataFrame], out: Path) -> None:
    def write(folder: Path) -> None:
        for name, frame in frames.items():
            frame.write_csv(folder / f"{name}.csv")

    write_folder(out.expanduser(), write, overwrite=True)


def _written(out: Path | None) -> dict[str, str]:
    return {} if out is None else {"out": str(out)}


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows with dates as text: JSON knows none."""
    return [{name: str(value) if isinstance(value, date) else value for name, value in row.items()} for row in frame.to_dicts()]


def _print_hindsight(found: Hindsight) -> None:
    told = found.summary
    say(f"{found.title}: the plan from what was known, beside what came.")
    say(f"Near what was told: {told['near']:.0f} of {told['records']:.0f} strengths of the force, "
        f"{told['nations_near']:.0f} of {told['nations_told']:.0f} nations.")  # fmt: skip
    if told["mean_absolute_error_share"] is not None and told["worst_error_share"] is not None:
        say(f"On average the plan is off by {percent(told['mean_absolute_error_share'])} of what came, at worst by "
            f"{percent(told['worst_error_share'])}.")  # fmt: skip
    if told["expected_mean_absolute_error_share"] is not None:
        say(f"With each offer weighted by its probability: by {percent(told['expected_mean_absolute_error_share'])} on average.")
    say()
    screen = console()
    strength = [
        (row["record"], str(row["date"]), PARTS[row["part"]], row["planned"], row["expected"], range_words(row),
         signed_share(row["error_share"]), row["verdict"])
        for row in found.strength.iter_rows(named=True)
    ]  # fmt: skip
    columns = ("record", "date", "part", "planned", "by probability", "came", "error", "verdict")
    print_rows(screen, "Strength, as planned and as it came", columns, strength)
    asked = [
        (row["record"], str(row["date"]), row["asked"], row["planned"], "" if row["came"] is None else row["came"])
        for row in found.asked.iter_rows(named=True)
    ]  # fmt: skip
    print_rows(screen, "What was asked for by a day", ("record", "date", "asked", "planned", "came"), asked)
    late = [
        (percent(row["share"]), row["people"], _day(row["planned_day"]), _day(row["expected_day"]), _day(row["came_day"]),
         "" if row["days_late"] is None else f"{row['days_late']:+d}")
        for row in found.build_up.iter_rows(named=True)
    ]  # fmt: skip
    print_rows(screen, "When shares of the last strength were reached",
               ("share", "people", "planned", "by probability", "came", "days later"), late)  # fmt: skip
    nations = [
        (row["nation"], row["name"], row["announced"], row["planned"], "" if row["came"] is None else range_words(row),
         "" if row["date"] is None else str(row["date"]), row["verdict"])
        for row in found.nations.iter_rows(named=True)
    ]  # fmt: skip
    print_rows(screen, "Nations, as announced, as planned and as they came",
               ("nation", "name", "announced", "planned", "came", "told of", "verdict"), nations)  # fmt: skip


def _day(day: int | None) -> str:
    return "" if day is None else f"D+{day}"


def validate_command(cases: Sequence[str] | None, *, out: Path | None, as_json: bool) -> None:
    """Print published figures beside ours, and how many were met; write the tables where a folder is named."""
    with waiting("Working published figures out anew"):
        found = validate(cases)
    frames = {"checks": found.checks, "summary": found.summary}
    if out is not None:
        _write(frames, out)
    if as_json:
        write_json({name: _plain(frame) for name, frame in frames.items()} | _written(out))
        return
    screen = console()
    rows = [
        (row["case"], row["item"], _theirs(row), _figure(row["ours"]), "" if row["ratio"] is None else f"{row['ratio']:.2f}",
         row["verdict"])
        for row in found.checks.iter_rows(named=True)
    ]  # fmt: skip
    print_rows(screen, "Published figures, worked out anew", ("case", "item", "theirs", "ours", "ratio", "verdict"), rows)
    print_rows(screen, "Hits and misses", tuple(found.summary.columns), found.summary.iter_rows())
    if out is not None:
        say(f"Written: {out}")


def _theirs(row: Mapping[str, Any]) -> str:
    low, high = _figure(row["theirs_low"]), _figure(row["theirs_high"])
    return low if low == high else f"{low} to {high}"


def _figure(number: float) -> str:
    r"""A figure to the places that say something: whole from a hundred on.

    >>> _figure(16.33), _figure(21000.0)
    ('16.3', '21\u202f000')
    """
    return grouped(number, places=0 if number >= 100 or number == int(number) else 1)
