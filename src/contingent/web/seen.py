"""What a viewer may see of a scenario and of a plan: its own, and of others what they share.

    seen_scenario(scenario, viewer)      rows of others left out, or with their private cells blank
    seen_plan(plan, scenario, viewer)    frames with the rows and columns that are shared; reasons of gaps told coarser
    seen_cells(table, cells, ...)        the same for one row as it is written
    sees_terms(viewer, nation)           whether offers, caveats and ceilings of a nation are seen

The tables of `contingent.web.sharing` say what is shared. Pages, exports and the programs' interface show nothing that did not
pass through here.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import polars as pl

from contingent.findings import Finding
from contingent.model.columns import Row
from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, REASONS, Plan, frame
from contingent.store import NOTES, REMARK_TABLES, AcceptedRisk, AuditEntry, Change, Note, State, StoredRow
from contingent.web.guard.viewer import Viewer
from contingent.web.sharing import (
    COARSE_REASON,
    COARSER,
    FRAME_SHARING,
    LEAST_NATIONS,
    PRIVATE_GOALS,
    QUESTIONS_ABOUT_NATIONS,
    SHARED_PROVENANCE,
    TABLE_SHARING,
    FrameSharing,
)

SENTENCES = {
    **{reason: sentence for reason, sentence in REASONS.items() if reason not in COARSER},
    COARSE_REASON: "what is offered for it is not available for this line at this time",
}
"""Reasons as others read them."""

UNTOLD = "not told"
"""In place of how a goal was reached: which method it took depends on ceilings."""

ROUNDING = 1e-9
"""Quantities below this are rounding. [units]"""

SETTINGS = "scenario"
"""Table that the settings stand in, where they are kept as rows."""

PRIVATE_SETTINGS = ("extends", "remove")
"""Settings that name what was taken out, or where files lie."""

KINDS_FOR_PLANNERS = ("account", "setting", "restore", "create", "prune")
"""Kinds of entries of the history that are no business of delegates."""

ABOUT_OTHERS = ("cases",)
"""Tables whose findings may name others, whosever row it is."""

NOBODYS = "?"
"""Stands for the nation of an offer that is not there: a row that names one is shown to nobody else."""


def sees_terms(viewer: Viewer, nation: str | None) -> bool:
    """Whether a viewer sees a nation's offers, caveats, ceiling, costs and chances."""
    return viewer.sees_all or viewer.owns(nation)


# --------------------------------------------------------------------------------------------------------------- a scenario


def seen_scenario(scenario: Scenario, viewer: Viewer) -> Scenario:
    """Return a scenario, with derived offers or without, as a viewer may see it; see `Owned.seen_by`."""
    return scenario if viewer.sees_all else Owned.of(scenario).seen_by(viewer)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class OwnedTable:
    """The rows of a table, whose each is, and what all others see of it.

    Parameters
    ----------
    rows : tuple of Row
        The whole.
    owners : tuple of frozenset of str
        Nations that each belongs to; none where it is everybody's.
    others : tuple of Row or None
        Each as others see it; None where they do not see it at all.
    """

    rows: tuple[Row, ...]
    owners: tuple[frozenset[str], ...]
    others: tuple[Row | None, ...]

    def seen_by(self, viewer: Viewer) -> tuple[Row, ...]:
        """Return the rows as a viewer may see them."""
        own = frozenset((viewer.nation,)) if viewer.role == "delegate" and viewer.nation is not None else frozenset()
        seen = (row if whose <= own else told for row, whose, told in zip(self.rows, self.owners, self.others, strict=True))
        return tuple(row for row in seen if row is not None)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Owned:
    """A scenario with whose each of its rows is: worked out once for all who look at it.

    Parameters
    ----------
    scenario : Scenario
        The whole, with derived offers or without.
    nations : mapping of str to str
        Nation of each offer.
    tables : mapping of str to OwnedTable
        Its tables but those that are everybody's.
    """

    scenario: Scenario
    nations: Mapping[str, str]
    tables: Mapping[str, OwnedTable]

    @classmethod
    def of(cls, scenario: Scenario, *, before: "Owned | None" = None) -> "Owned":
        """Return a scenario with whose its rows are; tables that are as they were `before` are the very same."""
        nations = {offer.offer: offer.nation for offer in scenario.offers}
        same_nations = before is not None and nations == before.nations
        tables = {}
        for name, sharing in TABLE_SHARING.items():
            if not (sharing.owner or sharing.offers):
                continue
            rows = scenario.rows(name)
            if before is not None and (same_nations or not sharing.offers) and rows == before.tables[name].rows:
                tables[name] = before.tables[name]
            else:
                tables[name] = _owned_table(name, rows, nations)
        return cls(scenario, nations, tables)

    def seen_by(self, viewer: Viewer, *, before: "tuple[Owned, Scenario] | None" = None) -> Scenario:
        """Return the scenario as a viewer may see it: rows of others left out, or with their private cells blank.

        Parameters
        ----------
        viewer : Viewer
            Who looks.
        before : tuple of Owned and Scenario, optional
            The whole as it was earlier, and what the same viewer saw of it: where nothing that is seen differs, it is the very
            same scenario that is returned.

        Notes
        -----
        What is left out leaves no trace: neither keys nor counts. So it is a scenario to look at, not one to plan with.
        """
        if viewer.sees_all:
            return self.scenario
        tables: dict[str, Any] = {}
        for cls in TABLES:
            table = self.tables.get(cls.table)
            if table is None:
                tables[cls.table] = self.scenario.rows(cls.table)
            elif before is not None and table is before[0].tables[cls.table]:
                tables[cls.table] = before[1].rows(cls.table)
            else:
                tables[cls.table] = table.seen_by(viewer)
        tables["settings"] = self.scenario.settings.model_copy(update={"extends": None, "remove": {}})
        if before is not None and all(getattr(before[1], name) == content for name, content in tables.items()):
            return before[1]
        return self.scenario.model_copy(update=tables)


def _owned_table(name: str, rows: tuple[Row, ...], nations: Mapping[str, str]) -> OwnedTable:
    sharing = TABLE_SHARING[name]
    owners = tuple(owners_of(name, partial(getattr, row), nations) for row in rows)
    fields = type(rows[0]).model_fields if rows else {}
    blank = {column: fields[column].get_default() for column in sharing.private} if rows else {}
    others = tuple(row.model_copy(update=blank) if sharing.others and blank else row if sharing.others else None for row in rows)
    return OwnedTable(rows, owners, others)


def owners_of(table: str, cell: Callable[[str], Any], nations: Mapping[str, str]) -> frozenset[str]:
    """Return the nations that a row belongs to; none where it is everybody's.

    Parameters
    ----------
    table : str
        Table of the row.
    cell : callable
        Cell by its column: as it is written, or parsed.
    nations : mapping of str to str
        Nation of each offer of the scenario.
    """
    sharing = TABLE_SHARING[table]
    named = {name for column in sharing.owner for name in _names_in(cell(column))}
    offers = {name for column in sharing.offers for name in _names_in(cell(column))}
    return frozenset(named | {nations.get(offer, NOBODYS) for offer in offers})


def _names_in(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts: Iterable[Any] = value.split(";") if isinstance(value, str) else value
    return tuple(name for part in parts if (name := str(part).strip()))


def _is_own(owners: Iterable[str], viewer: Viewer) -> bool:
    """Whether nothing of a row is another nation's."""
    return all(viewer.owns(owner) for owner in owners)


def seen_cells(
    table: str, cells: Mapping[str, str], viewer: Viewer, nations: Mapping[str, str]
) -> dict[str, str] | None:
    """Return a row as it is written, as a viewer may see it; None where it may not be seen at all.

    Parameters
    ----------
    table : str
        Table of the row.
    cells : mapping of str to str
        Text of each cell by column.
    nations : mapping of str to str
        Nation of each offer of the scenario, those that are no more included where a history is shown.
    """
    if table == SETTINGS:
        setting = cells.get("setting", "").strip()
        return None if setting.partition(".")[0] in PRIVATE_SETTINGS and not viewer.sees_all else dict(cells)
    if table in REMARK_TABLES:
        return _seen_remark(table, cells, viewer)
    if viewer.sees_all or _is_own(owners_of(table, cells.get, nations), viewer):
        return dict(cells)
    sharing = TABLE_SHARING[table]
    if not sharing.others:
        return None
    return {name: "" if name in sharing.private else text for name, text in cells.items()}


def _seen_remark(table: str, cells: Mapping[str, str], viewer: Viewer) -> dict[str, str] | None:
    audience = cells.get("audience", "")
    if table == NOTES:
        return dict(cells) if _reads(viewer, audience, cells.get("nation")) else None
    return dict(cells) if _reads(viewer, audience, None) else {name: text for name, text in cells.items() if name != "reason"}


def _reads(viewer: Viewer, audience: str, nation: str | None) -> bool:
    return viewer.sees_all or audience == "all" or (audience == "nation" and viewer.owns(nation))


def seen_notes(notes: Iterable[Note], viewer: Viewer) -> tuple[Note, ...]:
    """Return the notes that a viewer may read: those for all, and of a nation's those of its own."""
    return tuple(note for note in notes if _reads(viewer, note.audience, note.nation))


def seen_risk(risk: AcceptedRisk, viewer: Viewer) -> AcceptedRisk:
    """Return an accepted risk as a viewer may see it: without its reason where that is for planners alone."""
    return risk if _reads(viewer, risk.audience, None) else dataclasses.replace(risk, reason="")


def nations_of_offers(state: State) -> dict[str, str]:
    """Return the nation of each offer of a conference, those of further layers included."""
    offers = state.scenario.offers if state.scenario is not None else ()
    written = {row.cells.get("offer", ""): row.cells.get("nation", "") for row in state.rows.get("offers", ())}
    return {**{offer.offer: offer.nation for offer in offers}, **written}


def seen_rows(state: State, table: str, viewer: Viewer) -> tuple[StoredRow, ...]:
    """Return the rows of a table as they are written, as a viewer may see them.

    Parameters
    ----------
    state : State
        The conference as it stands.
    table : str
        Name of the table; ``scenario`` for the settings.
    viewer : Viewer
        Who looks.
    """
    rows = state.rows.get(table, ())
    if viewer.sees_all:
        return rows
    nations = nations_of_offers(state)
    seen = ((row, seen_cells(table, row.cells, viewer, nations)) for row in rows)
    return tuple(dataclasses.replace(row, cells=cells) for row, cells in seen if cells is not None)


def seen_findings(state: State, viewer: Viewer) -> tuple[Finding, ...]:
    """Return what is wrong with the tables, as far as it stands in rows that are the viewer's own, or nobody's."""
    if viewer.sees_all:
        return state.findings
    nations = nations_of_offers(state)

    def is_seen(finding: Finding) -> bool:
        row = state.row_at(finding.table, finding.line)
        if row is None or finding.table not in TABLE_SHARING:
            return False
        return _is_own(owners_of(finding.table, row.cells.get, nations), viewer) and finding.table not in ABOUT_OTHERS

    return tuple(finding for finding in state.findings if is_seen(finding))


def seen_history(entries: Iterable[AuditEntry], viewer: Viewer, nations: Mapping[str, str]) -> tuple[AuditEntry, ...]:
    """Return entries of the history as a viewer may see them: who changed what stays, the cells of others go.

    Parameters
    ----------
    entries : iterable of AuditEntry
        The history, or a part of it.
    viewer : Viewer
        Who looks.
    nations : mapping of str to str
        Nation of each offer, those that are worked out included.
    """
    if viewer.sees_all:
        return tuple(entries)
    return tuple(found for entry in entries if (found := _seen_entry(entry, viewer, nations)) is not None)


def _seen_entry(entry: AuditEntry, viewer: Viewer, nations: Mapping[str, str]) -> AuditEntry | None:
    is_own_doing = viewer.account is not None and entry.account == viewer.account
    if entry.kind in KINDS_FOR_PLANNERS and not is_own_doing:
        return None
    if entry.table is None:
        return entry if is_own_doing else dataclasses.replace(entry, why="", details=None)
    before = seen_cells(entry.table, entry.before, viewer, nations) if entry.before is not None else None
    after = seen_cells(entry.table, entry.after, viewer, nations) if entry.after is not None else None
    if (before, after) == (entry.before, entry.after):
        return entry
    told = dataclasses.replace(entry, why="", before=before, after=after, details=None, hash="", previous="")
    if any(seen is None and cells is not None for cells, seen in ((entry.before, before), (entry.after, after))):
        # That somebody changed something of a table is seen; which row, and what of it, is not.
        return dataclasses.replace(told, row=None, key=None, version=None, before=None, after=None)
    return told


def seen_changes(changes: Iterable[Change], viewer: Viewer) -> tuple[Change, ...]:
    """Return what a page that is open hears of: of tables whose rows are kept from others, no keys."""
    if viewer.sees_all:
        return tuple(changes)
    return tuple(
        dataclasses.replace(change, key=None) if change.table is not None and not _shows_others(change.table) else change
        for change in changes
        if change.kind not in KINDS_FOR_PLANNERS
    )


def _shows_others(table: str) -> bool:
    return table in TABLE_SHARING and TABLE_SHARING[table].others


# -------------------------------------------------------------------------------------------------------------------- a plan


def seen_plan(plan: Plan, scenario: Scenario, viewer: Viewer) -> Plan:
    """Return a plan as a viewer may see it.

    Parameters
    ----------
    plan : Plan
        The whole.
    scenario : Scenario
        The scenario as it was planned, whole.
    viewer : Viewer
        Who looks.
    """
    if viewer.sees_all:
        return plan
    look = _Look(plan, scenario, viewer)
    frames = {name: look.at(name, getattr(plan, name)) for name in COLUMNS}
    return dataclasses.replace(
        plan,
        goals=tuple(
            dataclasses.replace(goal, method=UNTOLD, seconds=0.0) for goal in plan.goals if goal.name not in PRIVATE_GOALS),
        provenance={name: plan.provenance[name] for name in SHARED_PROVENANCE if name in plan.provenance},
        seconds={},
        **frames,  # type: ignore[arg-type]
    )


class _Look:
    """One look at the frames of a plan: what stands behind each average is counted once."""

    def __init__(self, plan: Plan, scenario: Scenario, viewer: Viewer) -> None:
        self.viewer = viewer
        self.own = viewer.nation if viewer.role == "delegate" else None
        others = plan.tours.filter(pl.col("nation").ne_missing(self.own)).select("line", "nation")
        priority = pl.DataFrame(
            [(row.line, row.priority) for row in scenario.requirements],
            schema={"line": pl.String, "priority": pl.Int64}, orient="row")
        counted = others.join(priority, on="line", how="left")
        self.by_line = _many(counted, "line")
        self.by_priority = _many(counted, "priority")
        self.whole = others["nation"].n_unique() >= LEAST_NATIONS
        is_own = pl.col("nation").eq_missing(self.own) & pl.lit(self.own is not None)
        self.moves = plan.movements.filter(is_own)["movement"].to_list()

    def at(self, name: str, table: pl.DataFrame) -> pl.DataFrame:
        """Return what is seen of a frame."""
        sharing = FRAME_SHARING[name]
        if sharing.hidden:
            return table.clear()
        if sharing.movement:
            return table.filter(pl.col("movement").is_in(self.moves))
        if sharing.coarser:
            return coarser_gaps(table)
        if name == "ceilings":
            table = table.filter(~pl.col("question").is_in(QUESTIONS_ABOUT_NATIONS))
        return self._shared(self._with_enough_behind(table, sharing), sharing)

    def _shared(self, table: pl.DataFrame, sharing: FrameSharing) -> pl.DataFrame:
        own = pl.lit(value=False)
        if sharing.owner is not None:
            named = pl.col(sharing.owner)
            own = named.eq_missing(self.own) & pl.lit(self.own is not None)
            if not sharing.others:
                # A row that names nobody is everybody's.
                return table.filter(own | named.is_null() | (named == ""))
        blank = [pl.when(own).then(pl.col(name)).otherwise(None).alias(name) for name in sharing.private]
        known = [pl.when(own).then(pl.col(name)).otherwise(pl.col(other)).alias(name) for name, other in sharing.instead]
        return table.with_columns(*blank, *known) if blank or known else table

    def _with_enough_behind(self, table: pl.DataFrame, sharing: FrameSharing) -> pl.DataFrame:
        """Leave out averages behind which so few others stand that they would tell of one of them."""
        if sharing.few is None:
            return table
        if sharing.few == "whole":
            return table if self.whole else table.clear()
        enough = pl.lit(self.whole)
        if "priority" in table.columns:
            enough = pl.when(pl.col("priority").is_null()).then(enough).otherwise(pl.col("priority").is_in(self.by_priority))
        if sharing.few == "line":
            enough = pl.when(pl.col("line").is_null()).then(enough).otherwise(pl.col("line").is_in(self.by_line))
        return table.filter(enough)


def _many(counted: pl.DataFrame, by: str) -> list[Any]:
    """Lines or priorities that enough nations serve."""
    nations = counted.group_by(by).agg(pl.col("nation").n_unique())
    return nations.filter(pl.col("nation") >= LEAST_NATIONS)[by].to_list()


def coarser_gaps(gaps: pl.DataFrame) -> pl.DataFrame:
    """Return gaps with reasons that tell of no nation's terms.

    What lacks on a line for one coarse reason is added up day by day and cut where the sum changes: otherwise the days on which
    one hidden reason follows another would tell of it.

    Parameters
    ----------
    gaps : polars.DataFrame
        As of `contingent.plan.Plan`.
    """
    steps: dict[tuple[Any, ...], dict[int, float]] = {}
    for row in gaps.iter_rows(named=True):
        key = (row["line"], row["capability"], row["location"], row["priority"], coarser(row["reason"]))
        missing = steps.setdefault(key, {})
        missing[row["from_day"]] = missing.get(row["from_day"], 0.0) + row["quantity"]
        missing[row["until_day"]] = missing.get(row["until_day"], 0.0) - row["quantity"]
    rows = [
        {
            "line": line, "capability": capability, "location": location, "priority": priority, "from_day": from_day,
            "until_day": until_day, "quantity": quantity, "unit_days": quantity * (until_day - from_day), "reason": reason,
            "detail": _coarse_sentence(line, quantity, from_day, reason),
        }
        for (line, capability, location, priority, reason), missing in steps.items()
        for from_day, until_day, quantity in _stretches(missing)
    ]  # fmt: skip
    places = {line: number for number, line in enumerate(gaps["line"].unique(maintain_order=True))}
    rows.sort(key=lambda row: (places[row["line"]], row["from_day"], row["until_day"], row["reason"]))
    return frame("gaps", rows)


def _stretches(steps: Mapping[int, float]) -> Iterator[tuple[int, int, float]]:
    """Yield the stretches on which what lacks stays the same: first day, day on which it ends, quantity."""
    lacking, since = 0.0, 0
    for day, step in sorted(steps.items()):
        if abs(step) <= ROUNDING:
            continue
        if lacking > ROUNDING:
            yield since, day, lacking
        lacking, since = round(lacking + step, 9), day


def coarser(reason: str) -> str:
    """Return a reason as others read it.

    >>> coarser("caveat"), coarser("in_dwell"), coarser("caveat;in_dwell;ceiling")
    ('not_available', 'in_dwell', 'not_available;in_dwell')
    """
    parts = (part.strip() for part in reason.split(";"))
    return ";".join(dict.fromkeys(part if part in SENTENCES else COARSE_REASON for part in parts))


def _coarse_sentence(line: str, quantity: float, from_day: int, reason: str) -> str:
    units = f"{quantity:.6g} unit" + ("" if quantity == 1 else "s")
    why = "; ".join(SENTENCES[part] for part in reason.split(";"))
    return f"Line {line} is {units} short from D+{from_day}: {why}."
