"""The page of a past mission: planned strength against what came, hits and misses."""

import numpy as np
import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.hindsight import Hindsight, look_back, strength_by_day
from contingent.report.briefing.axes import scale_of
from contingent.report.briefing.frame import BODY, MARGIN, key_of, told
from contingent.report.briefing.parts import FIRST_COLOURS, WARN, Chart, Column, Page, Part, Place, Series, Table
from contingent.report.briefing.shared import as_high_as, headed, note
from contingent.report.history import is_met, range_words, sentences_of, signed_share
from contingent.report.words import d_day, grouped, short_date

LEFT = Place(MARGIN, BODY.y, 470.0, BODY.height)
RIGHT = Place(MARGIN + 496.0, BODY.y, BODY.width - 496.0, BODY.height)

BEHIND = 1.08
"""Days that are shown, as a multiple of the day of the last record. [-]"""

ROOM_FOR_WORDS = 122.0
"""Height of the sentences below the table. [pt]"""


def history_page(scenario: Scenario, plan: Plan) -> Page:
    """Return the page on what came of the mission that was planned."""
    found = look_back(scenario, plan)
    sentences = sentences_of(found)
    whole = found.strength.filter(pl.col("part").is_null())
    cells = tuple(
        (short_date(row["date"]), grouped(row["planned"]), grouped(row["came"]), row["verdict"])
        for row in whole.iter_rows(named=True)
    )
    parts = _lines(found, scenario, plan)
    place = RIGHT if parts else BODY
    y = place.y
    if cells:
        columns = (Column("Day", 0.27), Column("Planned", 0.21, "right"), Column("Came", 0.2, "right", bold=True),
                   Column("Verdict", 0.32))  # fmt: skip
        says = "Strength planned and strength that came, hits and misses"
        whole_table = Table(Place(place.x, y + 4, place.width, 0), columns, cells, 13.0, says)
        table = as_high_as(whole_table, place.height - ROOM_FOR_WORDS)
        parts.append(table)
        y = table.place.y + table.height + 12
    left_out = len(cells) - len(table.rows) if cells else 0
    further = [f"{left_out} further records stand in the notes."] if left_out > 0 else []
    parts.append(told([*sentences[1:], *further], Place(place.x, y, place.width, place.foot - y), sizes=(16, 15, 14, 13)))
    notes = [
        note(row["record"], f"planned {grouped(row['planned'])}, came {range_words(row)}: {row['verdict']}",
             kind="fact" if is_met(row["verdict"]) else "fact, missed", source=row["source"], confidence=row["confidence"])
        for row in found.strength.iter_rows(named=True)
    ]  # fmt: skip
    notes += [
        note(row["name"], f"planned {grouped(row['planned'])}, came {range_words(row)}: {row['verdict']}", source=row["source"])
        for row in found.nations.iter_rows(named=True) if row["came"] is not None
    ]  # fmt: skip
    title = sentences[0] if sentences else "Nothing is told of what came"
    return Page(
        "What came", title.rstrip("."), tuple(parts),
        "The plan is made from what was known beforehand; what came is told by the sources named, and nothing was tuned to it.",
        tuple(notes),
    )  # fmt: skip


def _lines(found: Hindsight, scenario: Scenario, plan: Plan) -> list[Part]:
    """Planned, expected and came, day by day; none where fewer than two records tell of a day."""
    told_of = found.strength.filter(pl.col("part").is_null(), pl.col("told") == "present", pl.col("day") >= 0).sort("day")
    known = told_of.filter(pl.col("day") < scenario.horizon.days)
    if known.height < 2:
        return []
    first, last = (int(known["day"].to_list()[at]) for at in (0, -1))
    days = np.arange(min(scenario.horizon.days, round(last * BEHIND) + 1))
    steps = strength_by_day(scenario, plan)
    at = np.searchsorted(steps["day"].to_numpy(), days, side="right") - 1
    came = np.interp(days, known["day"].to_numpy(), known["came"].to_numpy())
    lines: tuple[tuple[str, list[float | None], str], ...] = (
        ("planned", [float(value) for value in steps["planned"].to_numpy()[at]], FIRST_COLOURS[0]),
        ("by probability", [float(value) for value in steps["expected"].to_numpy()[at]], "#e0a03a"),
        ("came", [float(round(value)) if first <= day <= last else None for day, value in zip(days, came, strict=True)], WARN),
    )
    series = tuple(Series(name, tuple(values), colour) for name, values, colour in lines)
    top, step = scale_of([value or 0.0 for each in series for value in each.values])
    said = "; ".join(
        f"{d_day(row['day'])}, planned {grouped(row['planned'])}, came {grouped(row['came'])}" for row in known.to_dicts()
    )
    field = Place(LEFT.x, LEFT.y + 48, LEFT.width, LEFT.height - 48)
    chart = Chart(
        field, "lines", (), series, top, step, says=f"People planned, and people who came: {said}.", name="history",
        days=tuple(int(day) for day in days), day_step=round(max(1.0, scale_of([float(days[-1])])[1])),
    )  # fmt: skip
    key = key_of([(each.name, each.colour) for each in series], Place(LEFT.x, LEFT.y + 24, LEFT.width, 18))
    return [headed("People there, day by day", LEFT), *key, chart]


def history_table(scenario: Scenario, plan: Plan) -> list[tuple[str, ...]]:
    """Return hits and misses as rows of text, the head first: day, planned, came, error, verdict, source."""
    found = look_back(scenario, plan)
    rows = [
        (short_date(row["date"]), grouped(row["planned"]), range_words(row),
         signed_share(row["error_share"]).replace("-", "−"), row["verdict"], row["source"] or "")
        for row in found.strength.filter(pl.col("part").is_null()).iter_rows(named=True)
    ]  # fmt: skip
    return [("Day", "Planned", "Came", "Error", "Verdict", "Source"), *rows]
