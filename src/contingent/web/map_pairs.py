"""Two plans on the ground of one day: the same levels of units for both, what differs marked, and still pictures on one scale.

Marks of the two are held against each other by their key, the formation or the place. A mark differs where the other plan has
none there, or has other units, people or posts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.theatre import Frame, frame_of, parts_of, path_of, rings_of, scale_bar
from contingent.report.words import grouped
from contingent.web.map_units import Mark, told_levels

Row = dict[str, Any]

DISC = 9.0
"""Radius of a place in a still picture. [px]"""


def differing_keys(pair: Sequence[Sequence[Mark]]) -> set[str]:
    """Return the keys of marks that are not alike in both."""
    one, other = ({mark.key: _figures(mark) for mark in marks} for marks in pair)
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}


def _figures(mark: Mark) -> tuple[int, int, str, str]:
    return mark.units, mark.people, mark.held, mark.symbol


def told_pair(levels: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the levels of two plans as browsers are handed them, with what differs marked in figures and words.

    Parameters
    ----------
    levels : sequence of two lists of dict
        As `contingent.web.map_units.unit_levels` gives them. Where one plan has more levels of formations, those that the other
        lacks are left out: both maps show the same level.
    """
    shared = min(len(each) for each in levels)
    cut = [[*each[: shared - 1], each[-1]] for each in levels]
    told = [told_levels(each) for each in cut]
    for at in range(shared):
        pair = [each[at]["marks"] for each in cut]
        differ = differing_keys(pair)
        for side in (0, 1):
            beside = {mark.key: mark for mark in pair[1 - side]}
            for row in told[side]["levels"][at]["marks"]:
                row["differs"] = row["key"] in differ
                if row["differs"]:
                    row["words"] += f". ≠ In the other plan: {_beside(beside.get(row['key']))}"
    return told


def _beside(mark: Mark | None) -> str:
    return "nothing there" if mark is None else f"{mark.units} units, {grouped(mark.people)} people, {mark.held} posts held"


def place_pairs(marks: Sequence[Sequence[Mark]]) -> list[Row]:
    """Return the places of two plans side by side: those that differ first, the most people first."""
    one, other = ({mark.key: mark for mark in each} for each in marks)
    differ = differing_keys(marks)
    rows = []
    for key in {**one, **other}:
        pair = (one.get(key), other.get(key))
        cells = [asdict(each) | {"people_words": grouped(each.people)} if each is not None else None for each in pair]
        known = one.get(key) or other[key]
        most = max(mark.people for mark in pair if mark is not None)
        rows.append({"place": known.name, "key": key, "cells": cells, "differs": key in differ, "most": most})
    return sorted(rows, key=lambda row: (not row["differs"], -row["most"], row["place"]))


def still_pair(scenario: Scenario, marks: Sequence[Sequence[Mark]], box: Sequence[float], labels: Sequence[str]) -> list[Markup]:
    """Return a still picture of each plan, both on one scale.

    Parameters
    ----------
    box : sequence of float
        West, south, east, north. [deg]
    labels : sequence of str
        What each plan is called.
    """
    frame = frame_of([(box[0], box[1]), (box[2], box[3])])
    differ = differing_keys(marks)
    return [_still(scenario, frame, each, differ, label) for each, label in zip(marks, labels, strict=True)]


def _still(scenario: Scenario, frame: Frame, marks: Sequence[Mark], differ: set[str], label: str) -> Markup:
    rings = [list(rings_of(row.geometry)) for row in scenario.sectors if row.geometry is not None]
    lines = [list(parts_of(row.geometry)) for row in scenario.traces]
    parts = [element("path", class_="sector", d="".join(path_of(frame, ring, closed=True) for ring in found)) for found in rings]
    parts += [element("path", class_="front", d="".join(path_of(frame, part) for part in found)) for found in lines]
    within = [mark for mark in marks if _is_within(frame, mark)]
    parts += [_disc(frame, mark, is_other=mark.key in differ) for mark in within]
    parts.append(scale_bar(frame))
    said = f"{label}: where the force stands, {len(within)} places; squares with ≠ differ. The table beside says the same."
    return picture(*parts, width=frame.width, height=frame.height, label=said, class_="map")


def _is_within(frame: Frame, mark: Mark) -> bool:
    x, y = frame.xy(mark.at)
    return 0 <= x <= frame.width and 0 <= y <= frame.height


def _disc(frame: Frame, mark: Mark, *, is_other: bool) -> Markup:
    x, y = frame.xy(mark.at)
    kinds: Mapping[str, str] = {"filled": "filled", "partial": "half", "gap": "none", "none": "none-asked"}
    parts = [element("title", mark.words)]
    if is_other:
        parts.append(element("rect", class_="differs", x=x - 14, y=y - 14, width=28, height=28))
    parts.append(element("circle", class_=f"dot {kinds[mark.state]}", cx=x, cy=y, r=DISC))
    if mark.state == "partial":
        half = f"M{x:.1f},{y - DISC + 0.6:.1f}A{DISC - 0.6},{DISC - 0.6} 0 0 0 {x:.1f},{y + DISC - 0.6:.1f}Z"
        parts.append(element("path", class_="dot-half", d=half))
    told = f"{mark.units} ≠" if is_other else str(mark.units)
    parts.append(element("text", told, class_="dot-number", x=x + 17, y=y + 6))
    return element("g", *parts)


__all__ = ["differing_keys", "place_pairs", "still_pair", "told_pair"]
