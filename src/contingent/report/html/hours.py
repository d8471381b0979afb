"""The line by hours of the day as a heat table: how much of each hour a stretch is watched, by all means or by one group of them.

Segments that follow one another in a sector are taken together to stretches of some 10 km, weighed by their length. A hole is a
number of hours on end, over midnight too, in which a stretch is watched less than the mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from contingent.model.scenario import Scenario
from contingent.report.cover import ROUNDING, UNDER, sector_title
from contingent.report.html.cover import CoverCell, drawn_cell, whole_percent
from contingent.report.words import counted, grouped, percent

HOURS = 24
STRETCH_KM = 10.0
"""Length to which segments are taken together. [km]"""

ALL = "all"
"""All means together."""


@dataclass(frozen=True, slots=True)
class HourRow:
    """A stretch of the line.

    Parameters
    ----------
    targets : tuple of str
        Its segments.
    km : float
        Its length. [km]
    shares : tuple of float
        Share of each hour that it is watched. [-]
    hole : int
        Hours on end under the mark. [h]
    begins : int
        Hour at which they begin.
    """

    title: str
    sector: str | None
    targets: tuple[str, ...]
    km: float
    shares: tuple[float, ...]
    cells: tuple[CoverCell, ...]
    share: str
    hole: int
    begins: int


@dataclass(frozen=True, slots=True)
class HourGroup:
    """The stretches of a sector."""

    title: str
    about: str
    rows: tuple[HourRow, ...]


@dataclass(frozen=True, slots=True)
class HourTable:
    """The heat table, with its longest hole in a sentence at its foot."""

    under: int
    groups: tuple[HourGroup, ...]
    foot: str

    @property
    def rows(self) -> tuple[HourRow, ...]:
        """Every stretch."""
        return tuple(row for group in self.groups for row in group.rows)


def hour_table(scenario: Scenario, hours: pl.DataFrame, *, means: str = ALL, under: int = UNDER) -> HourTable:
    """Return the heat table of the line by hours.

    Parameters
    ----------
    scenario : Scenario
        For names of sectors.
    hours : polars.DataFrame
        Of `contingent.monitoring.observation.hours.watched_by_hour`.
    means : str
        Group of means; ``all`` = all together.
    under : int
        Cells below it are marked. [%]
    """
    rows = [_row(own, under=under) for own in stretches(segments_of(hours, means))]
    sectors = list(dict.fromkeys(row.sector for row in rows))
    groups = []
    for sector in sorted(sectors, key=lambda name: name is None):
        own = tuple(row for row in rows if row.sector == sector)
        km = sum(row.km for row in own)
        share = sum(row.km * float(np.mean(row.shares)) for row in own) / km
        title = sector_title(scenario, sector) if sector is not None else "Outside all sectors"
        groups.append(HourGroup(title, f"{grouped(km)} km · watched {percent(share)} of the time", own))
    return HourTable(under, tuple(groups), foot_of([row for group in groups for row in group.rows], under=under))


def segments_of(hours: pl.DataFrame, means: str) -> list[dict[str, Any]]:
    """Return the segments with their shares hour by hour, in the order of the line."""
    chosen = hours.filter(pl.col("means") == means).sort("hour", maintain_order=True)
    rows = chosen.group_by("target", maintain_order=True).agg(pl.col("sector", "km").first(), pl.col("watched"))
    return rows.to_dicts()


def stretches(segments: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return segments of one line and sector that follow one another, taken together to as near `STRETCH_KM` as they come."""
    found: list[list[dict[str, Any]]] = []
    for segment in segments:
        last = found[-1] if found else None
        is_next = last is not None and (line_of(last[0]), last[0]["sector"]) == (line_of(segment), segment["sector"])
        if last is not None and is_next and sum(each["km"] for each in last) + segment["km"] / 2 < STRETCH_KM:
            last.append(segment)
        else:
            found.append([segment])
    return found


def line_of(segment: dict[str, Any]) -> str:
    """Return the line that a segment is of: its name is that of the line, and from which kilometre to which."""
    return str(segment["target"]).rpartition(" km ")[0]


def _row(own: Sequence[dict[str, Any]], *, under: int) -> HourRow:
    km = sum(each["km"] for each in own)
    shares = sum(each["km"] * np.array(each["watched"]) for each in own) / km
    first, last = (own[at]["target"].rpartition(" km ")[2].split(" to ") for at in (0, -1))
    title = f"{line_of(own[0])}, km {first[0].removesuffix('.0')} to {last[-1].removesuffix('.0')}"
    hole, begins = longest_run(shares < under / 100 - ROUNDING)
    return HourRow(
        title=title,
        sector=own[0]["sector"],
        targets=tuple(each["target"] for each in own),
        km=km,
        shares=tuple(shares.tolist()),
        cells=tuple(
            drawn_cell(share, at=hour, under=under, words=f"{clock(hour)} to {clock(hour + 1)}: {whole_percent(share)} %")
            for hour, share in enumerate(shares.tolist())
        ),
        share=percent(float(np.mean(shares))),
        hole=hole,
        begins=begins,
    )


def longest_run(short: Sequence[bool] | np.ndarray) -> tuple[int, int]:
    """Return the most hours on end of a day that are short, over midnight too, and the hour at which they begin.

    >>> longest_run([True] * 6 + [False] * 12 + [True] * 6)
    (12, 18)
    """
    day = [bool(each) for each in short]
    if all(day):
        return len(day), 0
    best = (0, 0)
    for begins in range(len(day)):
        length = 0
        while day[(begins + length) % len(day)]:
            length += 1
        best = max(best, (length, begins), key=lambda run: run[0])
    return best


def foot_of(rows: Sequence[HourRow], *, under: int) -> str:
    """Return the longest hole in a sentence: most hours on end, of those the stretch that is watched least then."""
    holes = [row for row in rows if row.hole]
    if not holes:
        return f"No stretch is watched less than {under} % of any hour."

    def depth(row: HourRow) -> float:
        return sum(row.shares[(row.begins + hour) % HOURS] for hour in range(row.hole)) / row.hole

    worst = min(holes, key=lambda row: (-row.hole, depth(row)))
    alike = [row for row in holes if row.hole == worst.hole]
    when = "at every hour" if worst.hole == HOURS else f"from {clock(worst.begins)} to {clock(worst.begins + worst.hole)}"
    length = f"{grouped(sum(row.km for row in alike))} km in {counted(len(alike), 'stretch', 'stretches')}"
    return (
        f"Longest hole under {under} %: {worst.title}, {counted(worst.hole, 'hour')} on end, {when}; "
        f"watched {percent(depth(worst))} of them. Holes as long: {length}."
    )


def clock(hour: int) -> str:
    """Return an hour of the day as a clock shows it.

    >>> clock(25), clock(24)
    ('01:00', '24:00')
    """
    return "24:00" if hour == HOURS else f"{hour % HOURS:02d}:00"
