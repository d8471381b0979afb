"""Everything of a situation in one folder: the page, the same as PDF, GeoJSON, a CSV for each frame, and the whole in short."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contingent.io.atomic import refuse_another_folder, write_folder
from contingent.model.scenario import Scenario
from contingent.monitoring.situation import Situation
from contingent.report.html.situation import situation_html
from contingent.report.situation.layers import incident_points, sector_areas
from contingent.report.situation.pdf import print_pdf

PAGE, PRINTED, SUMMARY = "situation.html", "situation.pdf", "situation.json"
POINTS, AREAS = "incidents.geojson", "sectors.geojson"
IN_SHORT = (
    "files", "set_aside", "counts", "gaps", "changes", "hotspots", "unusual", "blindness", "forecast", "forecast_record",
    "ladder_steps", "ladder_calls", "ladder_losses",
)  # fmt: skip
"""Frames that the summary holds whole; the others are in the tables."""

MOST_SET_ASIDE = 200
"""Rows set aside that the summary holds. [rows]"""


def write_situation(scenario: Scenario, situation: Situation, folder: str | Path, *, pdf: bool = True) -> list[Path]:
    """Write a situation and return what was written: the page first, the PDF last where it could be made.

    Parameters
    ----------
    scenario : Scenario
        Sectors and line of the map.
    situation : Situation
        From `contingent.monitor`.
    folder : str or Path
        Folder to write; one that holds another situation is replaced, any other is refused.
    pdf : bool
        Whether the page is printed as well, by a browser that is there.

    Raises
    ------
    CannotWrite
        If the folder holds something else, or cannot be written.
    """
    target = Path(folder).expanduser()
    refuse_to_lose(target)
    write_folder(target, lambda draft: _write(scenario, situation, draft), overwrite=True, stale=(PRINTED,))
    written = [target / PAGE, target / POINTS, target / AREAS, target / SUMMARY]
    if pdf and print_pdf(target / PAGE, target / PRINTED):
        written.append(target / PRINTED)
    return written


def refuse_to_lose(folder: Path) -> None:
    """Raise `CannotWrite` where a situation written there would overwrite something else."""
    refuse_another_folder(folder, known_by=(SUMMARY,), what="a situation")


def _write(scenario: Scenario, situation: Situation, folder: Path) -> None:
    texts = {
        PAGE: situation_html(scenario, situation), POINTS: incident_points(situation), AREAS: sector_areas(scenario, situation),
        SUMMARY: json.dumps(in_short(situation), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8", "replace"))
    for name, frame in situation.frames.items():
        frame.write_csv(folder / f"{name}.csv")


def in_short(situation: Situation) -> dict[str, Any]:
    """Return a situation as plain values: what a program reads."""
    period, before = situation.period, situation.period.before
    frames = {name: plain_rows(getattr(situation, name)) for name in IN_SHORT if name != "set_aside"}
    return {
        "title": situation.title, "marking": situation.marking,
        "since": period.since.isoformat(), "until": period.until.isoformat(),
        "before": {"since": before.since.isoformat(), "until": before.until.isoformat(), "known": situation.compared},
        "exposure_given": situation.exposed, "paragraphs": {name: list(texts) for name, texts in situation.paragraphs.items()},
        "ladder_now": plain_rows(situation.ladder_now()), **frames,
        "set_aside": plain_rows(situation.set_aside.head(MOST_SET_ASIDE)), "set_aside_rows": situation.set_aside.height,
        "notes": list(situation.notes), "basis": {name: plain_value(value) for name, value in situation.basis.items()},
    }  # fmt: skip


def plain_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values."""
    return [{name: plain_value(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def plain_value(value: Any) -> Any:
    """Return a value that JSON knows: dates as text, what is no number as nothing."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return list(value) if isinstance(value, tuple) else value
