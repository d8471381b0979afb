"""Checks of what watches and what is done about it: sensors see something, rungs of the ladder can be climbed and left.

One function is one check, as in `contingent.io.check_names`.
"""

from typing import Any

from contingent.io.check_names import names_of, rows_of, values_of
from contingent.io.collected import Collected, Names
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.io.wording import shown
from contingent.model.ladder import INCIDENT_KINDS


def sensors_reach_what_they_watch(layer: Layer, findings: Collected) -> None:
    """What patrols or orbits has a reach; ranges are in order; what stands keeps no farther from the line than it sees."""
    for placed in rows_of(layer, "sensors"):
        row: Any = placed.row
        if row.manner != "stands" and row.reach_km is None:
            what = f"is blank, but what {row.manner} needs a reach."
            findings.add("no_reach", placed.sheet, what, line=placed.line, column="reach_km", maybe="write how far it goes")
        if row.manner == "stands" and row.reach_km is not None:
            what = "is given, but what stands goes nowhere."
            findings.add("reach", placed.sheet, what, line=placed.line, column="reach_km", maybe="leave it blank")
        if row.stand_off_km >= row.range_km:
            what = f"{row.stand_off_km:g} km is not less than range_km ({row.range_km:g}): it would never see the line."
            findings.add("blind", placed.sheet, what, line=placed.line, column="stand_off_km")
        low, high = row.range_low_km or row.range_km, row.range_high_km or row.range_km
        if not low <= row.range_km <= high:
            what = f"range_low_km, range_km and range_high_km ({low:g}, {row.range_km:g}, {high:g}) are not in order."
            findings.add("order", placed.sheet, what, line=placed.line, column="range_km")
        _kinds_are_known(placed, "detects", findings)


def rungs_can_be_left(layer: Layer, findings: Collected) -> None:
    """A rung is left below where it is reached, names its signal, and calls for units only where it says how many."""
    for placed in rows_of(layer, "ladder"):
        row: Any = placed.row
        said: list[tuple[str, str, str | None]] = []
        if row.down >= row.up:
            said.append(("down", f"{row.down:g} is not less than up ({row.up:g}): it would be reached and left in turn.",
                         f"write {row.up / 2:g}, half of it"))
        if row.urgent is not None and row.urgent < row.up:
            said.append(("urgent", f"{row.urgent:g} is less than up ({row.up:g}).", "leave it blank, or write more than up"))
        if (row.measure == "signal") != (row.signal is not None):
            said.append(("signal", "a signal is named where the measure is signal, and only there.", None))
        if (row.capability is not None or row.reserve) and not row.quantity:
            said.append(("quantity", "is blank, but a reserve is named: nobody would be called.", "write how many units"))
        if row.quantity and row.capability is None and not row.reserve:
            said.append(("quantity", f"{row.quantity} units are called for, but not of what.", "name a capability or a reserve"))
        if row.measure == "unobserved_share" and row.up > 1:
            said.append(("up", f"{row.up:g} is more than 1: a share is never reached.", f"write {row.up / 100:g}"))
        for column, what, maybe in said:
            findings.add(f"rung_{column}", placed.sheet, what, line=placed.line, column=column, maybe=maybe)
        _kinds_are_known(placed, "kinds", findings)


def reserves_of_the_ladder_are_known(layer: Layer, findings: Collected) -> None:
    """What a rung calls is a line or a task of the mandate, and a capability that some unit type has."""
    if not layer.is_read("requirements", "tasks", "capabilities"):
        return
    lines = names_of(layer, "requirements")
    tasks = names_of(layer, "tasks")
    known = Names(lines | tasks | set(values_of(layer, "requirements", "task")))
    capabilities = Names(set(values_of(layer, "capabilities", "capability")))
    for placed in rows_of(layer, "ladder"):
        row: Any = placed.row
        for name in row.reserve:
            if name not in known and not (tasks and _sized(name, tasks)):
                _unknown(placed, "reserve", name, "neither a line nor a task of this scenario", known, findings)
        if row.capability is not None and row.capability not in capabilities:
            _unknown(placed, "capability", row.capability, "given by no unit type", capabilities, findings)


def _sized(name: str, tasks: set[str]) -> bool:
    """Whether a name may be that of a line that is still to be sized from a task: its serial begins with the task's name."""
    return any(name.startswith(f"{task}.") for task in tasks)


def _unknown(placed: Placed, column: str, name: str, what: str, known: Names, findings: Collected) -> None:
    nearest = known.nearest(name)
    findings.add(
        f"unknown_{column}", placed.sheet, f"{shown(name)} is {what}.",
        line=placed.line, column=column, nearest=nearest, maybe=f"write {shown(nearest)}" if nearest is not None else None,
    )  # fmt: skip


def _kinds_are_known(placed: Placed, column: str, findings: Collected) -> None:
    known = Names(INCIDENT_KINDS)
    for name in getattr(placed.row, column):
        if name not in known:
            nearest = known.nearest(name)
            findings.add(
                "kind", placed.sheet, f"{shown(name)} is no kind of incident.", line=placed.line, column=column, nearest=nearest,
                maybe=f"write {shown(nearest)}" if nearest is not None else f"choose of {', '.join(INCIDENT_KINDS)}",
            )  # fmt: skip
