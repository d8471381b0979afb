"""Checks of what is left to chance: cycles can be run through, phases do not overlap, policies and calls say enough.

One function is one check.
"""

from itertools import pairwise

from contingent.io.check_names import names_of, rows_of, values_of
from contingent.io.collected import Collected, Names
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.io.wording import shown
from contingent.model.chance import Call, Cycle, Phase, Policy
from contingent.model.scenario import Settings

WHOLE = 1.0 + 1e-9
"""Most that the shares of a cycle may add up to. [-]"""


def phases_do_not_overlap(layer: Layer, settings: Settings, findings: Collected) -> None:
    """On each day holds one phase at most, and each phase has days."""
    spans: list[tuple[int, int, Placed]] = []
    for placed in rows_of(layer, "phases"):
        row = placed.row
        assert isinstance(row, Phase)
        until = settings.horizon_days if row.until_day is None else row.until_day
        if row.until_day is not None and row.until_day <= row.from_day:
            what = f"{row.until_day} is not after from_day ({row.from_day}): the phase never holds."
            findings.add("window", placed.sheet, what, line=placed.line, column="until_day", maybe="the two columns were swapped")
        elif row.from_day >= settings.horizon_days:
            what = f"{row.from_day} is not before the end of the horizon (day {settings.horizon_days}): the phase never holds."
            findings.add("beyond", placed.sheet, what, line=placed.line, column="from_day", severity="warning")
        else:
            spans.append((row.from_day, until, placed))
    spans.sort(key=lambda span: (span[0], span[1]))
    for (_, until, earlier), (start, _, later) in pairwise(spans):
        if start < until:
            name = shown(earlier.row.key_text())
            what = f"begins on day {start}, but {name} lasts until day {until}: two phases would hold at once."
            maybe = f"let {name} end on day {start}"
            findings.add("overlap", later.sheet, what, line=later.line, column="from_day", maybe=maybe)


def cycles_can_be_run_through(layer: Layer, findings: Collected) -> None:
    """Steps of a cycle are 1, 2, ...; each has days or a share; shares are no more than the whole; only the last may be open."""
    if not layer.is_read("cycles"):
        return
    cycles: dict[str, list[Placed]] = {}
    for placed in rows_of(layer, "cycles"):
        assert isinstance(placed.row, Cycle)
        cycles.setdefault(placed.row.cycle, []).append(placed)
        if placed.row.days is not None and placed.row.share is not None:
            what = "days and share are both given: the state would last two times."
            findings.add("both", placed.sheet, what, line=placed.line, column="share", maybe="leave one of the two blank")
    for name, rows in cycles.items():
        rows.sort(key=lambda placed: _step(placed).step)
        _check_steps(name, rows, findings)


def _step(placed: Placed) -> Cycle:
    assert isinstance(placed.row, Cycle)
    return placed.row


def _check_steps(name: str, rows: list[Placed], findings: Collected) -> None:
    for number, placed in enumerate(rows, start=1):
        if _step(placed).step != number:
            what = f"step {_step(placed).step} of cycle {shown(name)} has no step {number} before it."
            findings.add("steps", placed.sheet, what, line=placed.line, column="step", maybe="number the steps 1, 2, 3 ...")
            break
    for placed in rows[:-1]:
        if _step(placed).days is None and _step(placed).share is None:
            step = f"step {_step(placed).step} of cycle {shown(name)}"
            what = f"{step} lasts until the next tour, so the steps after it are never reached."
            maybe = "give it days, or a share of the dwell"
            findings.add("open", placed.sheet, what, line=placed.line, column="days", maybe=maybe)
    whole = sum(_step(placed).share or 0.0 for placed in rows)
    last = rows[-1]
    if whole > WHOLE:
        what = f"the shares of cycle {shown(name)} add up to {whole:g}: more than the dwell."
        findings.add("shares", last.sheet, what, line=last.line, column="share", maybe="leave the share of the last state blank")
    if not any(_step(placed).state == "ready" for placed in rows):
        what = f"cycle {shown(name)} has no state 'ready': its units are only sent where nobody better is left, if at all."
        findings.add("never_ready", last.sheet, what, line=last.line, column="state", severity="warning")
    if all(_step(placed).days == 0 or _step(placed).share == 0 for placed in rows):
        what = f"the states of cycle {shown(name)} last no day."
        maybe = "leave days and share of the last state blank"
        findings.add("no_days", last.sheet, what, line=last.line, column="days", maybe=maybe)


def cycles_of_policies_are_known(layer: Layer, findings: Collected) -> None:
    """A cycle that a policy names is in cycles.csv."""
    if not layer.is_read("cycles"):
        return
    known = Names(set(values_of(layer, "cycles", "cycle")))
    for placed in rows_of(layer, "policies"):
        assert isinstance(placed.row, Policy)
        name = placed.row.cycle
        if name is not None and name not in known:
            nearest = known.nearest(name)
            add = f"add its states to {layer.sheets['cycles'].label}"
            maybe = add if nearest is None else f"write {shown(nearest)}, or {add}"
            what = f"{shown(name)} is not a cycle of this scenario."
            findings.add("unknown_cycle", placed.sheet, what, line=placed.line, column="cycle", nearest=nearest, maybe=maybe)


def policies_say_enough(layer: Layer, settings: Settings, findings: Collected) -> None:
    """What happens by chance says how long it lasts; handover and extension fit the tour, the least dwell fits the promise."""
    policies = [placed.row for placed in rows_of(layer, "policies")]
    for needed, by in (("late_days", "late_probability"), ("outage_days", "outages_per_year")):
        somebody_says = any(getattr(row, needed) is not None for row in policies)
        for placed in rows_of(layer, "policies"):
            if getattr(placed.row, by) and getattr(placed.row, needed) is None and not somebody_says:
                what = f"{by} is {getattr(placed.row, by):g}, but no row of the table says how long it lasts."
                findings.add("how_long", placed.sheet, what, line=placed.line, column=needed, maybe=f"give {needed}, in days")
    for placed in rows_of(layer, "policies"):
        row = placed.row
        assert isinstance(row, Policy)
        _check_tours(row, placed, settings, findings)
        if row.dwell_ratio is not None and row.least_dwell_ratio is not None and row.least_dwell_ratio > row.dwell_ratio:
            what = f"{row.least_dwell_ratio:g} is more than dwell_ratio ({row.dwell_ratio:g}), which is promised anyway."
            findings.add(
                "least", placed.sheet, what, line=placed.line, column="least_dwell_ratio", maybe="the two columns were swapped")


def _check_tours(row: Policy, placed: Placed, settings: Settings, findings: Collected) -> None:
    tour = row.tour_days if row.tour_days is not None else settings.defaults.tour_days
    whose = f"tour_days ({tour})" if row.tour_days is not None else f"the scenario's default tour_days ({tour})"
    if row.handover_days is not None and row.tour_days is not None and row.handover_days >= row.tour_days:
        what = f"{row.handover_days} is not less than {whose}: no unit would ever be relieved."
        maybe = "the two columns were swapped"
        findings.add("handover", placed.sheet, what, line=placed.line, column="handover_days", maybe=maybe)
    if row.most_tour_days is not None and row.tour_days is not None and row.most_tour_days < row.tour_days:
        what = f"{row.most_tour_days} is less than {whose}: tours would be cut, not extended."
        findings.add("most", placed.sheet, what, line=placed.line, column="most_tour_days", maybe="the two columns were swapped")


def reserves_of_calls_are_known(layer: Layer, findings: Collected) -> None:
    """What a call is answered from is a line or a task of the mandate; lines that are still to be sized are looked up later."""
    if not layer.is_read("requirements", "tasks") or names_of(layer, "tasks"):
        return
    known = Names(names_of(layer, "requirements") | set(values_of(layer, "requirements", "task")))
    for placed in rows_of(layer, "calls"):
        assert isinstance(placed.row, Call)
        for name in placed.row.reserve:
            if name not in known:
                nearest = known.nearest(name)
                what = f"{shown(name)} is neither a line nor a task of this scenario, so nobody would answer."
                maybe = f"write {shown(nearest)}" if nearest is not None else "name lines of requirements.csv"
                findings.add(
                    "unknown_reserve", placed.sheet, what, line=placed.line, column="reserve", nearest=nearest, maybe=maybe)


def calls_can_come(layer: Layer, settings: Settings, findings: Collected) -> None:
    """A call has a line to be answered from, and days on which it may come."""
    for placed in rows_of(layer, "calls"):
        row = placed.row
        assert isinstance(row, Call)
        if not row.reserve:
            what = "is blank: nobody would answer the call."
            maybe = "name lines, or tasks of the mandate"
            findings.add("no_reserve", placed.sheet, what, line=placed.line, column="reserve", maybe=maybe)
        if row.until_day is not None and row.until_day <= row.from_day:
            what = f"{row.until_day} is not after from_day ({row.from_day}): the call never comes."
            findings.add("window", placed.sheet, what, line=placed.line, column="until_day", maybe="the two columns were swapped")
        elif row.from_day >= settings.horizon_days:
            what = f"{row.from_day} is not before the end of the horizon (day {settings.horizon_days}): the call never comes."
            findings.add("beyond", placed.sheet, what, line=placed.line, column="from_day", severity="warning")
