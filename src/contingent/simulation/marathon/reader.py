"""Read a MARATHON project: its workbook, or a folder of its tables. All that is wrong is told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.simulation.marathon.cells import Row, number_of
from contingent.simulation.marathon.checks import checked
from contingent.simulation.marathon.edn import Keyword, Symbol
from contingent.simulation.marathon.project import (
    LAST_DAY,
    Demand,
    MarathonProject,
    Parameters,
    Period,
    Policy,
    Relation,
    Schedule,
    StartingUnit,
    Supply,
)
from contingent.simulation.marathon.tables import SUFFIXES, Table, folded, read_file, read_tables

TABLES = (
    "SupplyRecords", "DemandRecords", "PolicyRecords", "PeriodRecords",
    "CompositePolicyRecords", "RelationRecords", "Parameters", "SRCTagRecords",
)  # fmt: skip
"""Tables that are read."""

COLUMNS_NEEDED = {
    "SupplyRecords": ("SRC", "Component", "Quantity"),
    "DemandRecords": ("SRC", "Quantity", "StartDay", "Duration", "Priority"),
    "PolicyRecords": ("PolicyName", "Template", "MaxDwell", "MaxBOG", "StartDeployable", "StopDeployable", "Overlap"),
    "PeriodRecords": ("Name", "FromDay"),
    "CompositePolicyRecords": ("CompositeName", "Period", "Policy"),
    "RelationRecords": ("Relation", "Donor", "Recepient"),
    "Parameters": ("ParameterName", "Value"),
    "SRCTagRecords": ("SRC", "Tag"),
}
"""Columns without which a table says nothing. The first four tables must be there."""

STARTING_UNITS = "initial_units.csv"
"""File beside the input that names each unit with its starting day and tie weight."""

_RELATIONS = ("sub", "substitution", "equivalence")


def read_project(path: Path | str, *, starting_units: Path | str | None = None) -> MarathonProject:
    """Read a MARATHON project and check it.

    Parameters
    ----------
    path : path
        An .xlsx workbook, a folder with the tables as .csv or tab-separated .txt or .tsv, or a folder whose subfolder ``input``
        holds them.
    starting_units : path, optional
        File with a unit in each row: unit, src, component, policy, cycletime, tie_weight. Left out, ``initial_units.csv`` is
        taken where it lies beside the input: in the folder of the tables, in the one above, or, beside a folder ``input``, in one
        ``expected...``.

    Returns
    -------
    MarathonProject
        Its rows in use; warnings in `notes`.

    Raises
    ------
    BadScenario
        If anything is wrong, with all findings at once.
    """
    place, findings = Path(path), []  # type: tuple[Path, list[Finding]]
    folder = place / "input" if place.is_dir() and not _holds_tables(place) and (place / "input").is_dir() else place
    tables = read_tables(folder, TABLES, findings)
    readable = not findings
    found = {name: tables.get(folded(name)) for name in TABLES}
    for name, needed in COLUMNS_NEEDED.items():
        _check_columns(name, needed, found[name], findings, is_needed=readable and name in TABLES[:4])
    if findings:
        raise BadScenario(str(path), findings)
    parameters = _parameters(found["Parameters"], findings)
    starting_file = _starting_file(folder, starting_units, findings)
    project = MarathonProject(
        supply=tuple(_supply(row) for row in _rows(found["SupplyRecords"], findings) if row.is_on("Enabled")),
        demands=tuple(_demand(row) for row in _rows(found["DemandRecords"], findings) if row.is_on("Enabled")),
        policies=tuple(_policy(row, parameters) for row in _rows(found["PolicyRecords"], findings)),
        periods=tuple(_period(row) for row in _rows(found["PeriodRecords"], findings)),
        schedules=_schedules(found["CompositePolicyRecords"], findings),
        relations=tuple(_relation(row) for row in _rows(found["RelationRecords"], findings) if row.is_on("Enabled")),
        parameters=parameters,
        special=frozenset(row.text("SRC") for row in _rows(found["SRCTagRecords"], findings)
                          if row.text("Tag", "").removeprefix(":").casefold() == "special"),
        starting_units=_starting_units(starting_file, findings), starting_file=str(starting_file or ""),
        place=str(path),
    )  # fmt: skip
    return checked(project, findings, places={name: table.place for name, table in found.items() if table is not None})


def _holds_tables(folder: Path) -> bool:
    names = {folded(name) for name in TABLES[:4]}
    return any(folded(file.stem) in names and file.suffix.lower() in SUFFIXES for file in folder.iterdir())


def _check_columns(name: str, needed: tuple[str, ...], table: Table | None, findings: list[Finding], *, is_needed: bool) -> None:
    if table is None:
        if is_needed:
            findings.append(
                Finding(name, "is missing; the engine needs it.", maybe=f"add the sheet {name}, or the file {name}.csv")
            )
        return
    known = table.columns | ({"recepient"} if "recipient" in table.columns else set())
    findings += [Finding(table.place, "is missing.", line=1, column=column) for column in needed if folded(column) not in known]


def _rows(table: Table | None, findings: list[Finding]) -> list[Row]:
    return [] if table is None else [Row(table.place, line, cells, findings) for line, cells in table.rows]


def _supply(row: Row) -> Supply:
    tags = row.map_of("Tags", if_any=True)
    quantity = row.whole("Quantity", least=0)
    return Supply(
        src=row.text("SRC"), component=row.text("Component"), quantity=quantity, policy=row.text("Policy", "Auto"),
        cycle_time=row.whole("CycleTime", 0) if quantity == 1 else 0, behaviour=row.text("Behavior", "Auto"),
        title=row.text("OITitle", ""), modernisation=row.whole("Mod", 3), aligned=_aligned(tags, quantity, row), line=row.line,
    )  # fmt: skip


def _aligned(tags: Mapping[Any, Any], quantity: int, row: Row) -> tuple[tuple[str, int], ...]:
    """Regions from ``{:aligned :x}`` or ``{:preprocess [align-units [[:x 3]]]}`` with the number of units aligned to each."""
    if (aligned := tags.get(Keyword("aligned"))) is not None:
        return ((_plain(aligned), quantity),)
    step = tags.get(Keyword("preprocess"))
    if not (isinstance(step, tuple) and len(step) == 2 and _plain(step[0]) == "align-units"):
        return ()
    pairs = step[1] if isinstance(step[1], tuple) else ()
    if not all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], int) and pair[1] >= 0 for pair in pairs):
        row.wrong(
            "Tags", "align-units wants pairs of a region and a number of units.", maybe="write [align-units [[:forward 3]]]"
        )
        return ()
    return tuple((_plain(region), units) for region, units in pairs)


def _plain(value: Any) -> str:
    return value.name if isinstance(value, Keyword | Symbol) else str(value)


def _demand(row: Row) -> Demand:
    region = row.map_of("Tags", if_any=True).get(Keyword("region"))
    return Demand(
        src=row.text("SRC"), quantity=row.whole("Quantity", least=0), start_day=row.whole("StartDay", least=0),
        duration=row.whole("Duration", least=0), priority=row.whole("Priority"), vignette=row.text("Vignette", ""),
        source_first=row.text("SourceFirst", "Uniform"), demand_group=row.text("DemandGroup", ""),
        category=row.text("Category", ""),
        operation=row.text("Operation", ""), title=row.text("OITitle", ""),
        region=None if region is None else _plain(region), line=row.line,
    )  # fmt: skip


def _policy(row: Row, parameters: Parameters) -> Policy:
    deltas: dict[str, int] = {}
    dwell = row.whole("MaxDwell", least=1)
    for key, days in row.map_of("Deltas").items():
        if not isinstance(days, int | float) or isinstance(days, bool) or not float(days).is_integer():
            row.wrong("Deltas", f"{_plain(key)}: {days!r} is no whole number of days.")
        elif key == Keyword("expected-dwell"):
            dwell = int(days)
        else:
            deltas[_plain(key)] = int(days)
    if dwell < 1:
        row.wrong("Deltas", f"an expected dwell of {dwell} days makes no ratio.")
    return Policy(
        name=row.text("PolicyName"), template=row.text("Template"), expected_dwell=max(dwell, 1),
        min_dwell=row.whole("MinDwell", 0, least=0),
        max_bog=row.whole("MaxBOG", least=0), start_deployable=row.whole("StartDeployable", least=0),
        stop_deployable=row.whole("StopDeployable", least=0), overlap=row.whole("Overlap", 0, least=0),
        recovery=row.whole("Recovery", parameters.default_recovery, least=0), deltas=deltas, line=row.line,
    )  # fmt: skip


def _period(row: Row) -> Period:
    ends = row.text("ToDay", "inf")
    return Period(
        name=row.text("Name"), from_day=row.whole("FromDay", least=0),
        to_day=None if ends.casefold() in ("inf", "infinity", "+inf", ":inf", "∞") else row.whole("ToDay", least=0),
        line=row.line,
    )  # fmt: skip


def _schedules(table: Table | None, findings: list[Finding]) -> tuple[Schedule, ...]:
    steps: dict[str, list[tuple[str, str]]] = {}
    first: dict[str, Row] = {}
    for row in _rows(table, findings):
        name, period, policy = row.text("CompositeName"), row.text("Period"), row.text("Policy")
        first.setdefault(name, row)
        if period in (known for known, _ in steps.setdefault(name, [])):
            row.wrong("Period", f"'{period}' stands in schedule {name} twice.", maybe="delete one of the two rows")
        steps[name].append((period, policy))
    return tuple(Schedule(name, tuple(steps[name]), row.text("CompositionType", ""), row.line) for name, row in first.items())


def _relation(row: Row) -> Relation:
    kind = row.text("Relation", "sub").removeprefix(":").casefold()
    row.one_of("Relation", kind, _RELATIONS)
    recipient = row.text("Recepient", row.cells.get("recipient", "")) or row.text("Recepient")
    cost = row.real("Cost", 1.0)
    if cost < 0:
        row.wrong("Cost", f"{cost:g} is less than 0.")
    return Relation(kind, row.text("Donor"), recipient, cost, row.line)


def _parameters(table: Table | None, findings: list[Finding]) -> Parameters:
    known = {row.text("ParameterName", "").removeprefix(":").casefold(): row for row in _rows(table, findings)}
    row = known.get("lastdaydefault")
    last_day = LAST_DAY if row is None else row.whole("Value", LAST_DAY, least=0)
    recovery = known.get("defaultrecoverytime")
    prefill = known.get("prefill")
    named = {(kind, component): row.text("Value", "") for kind in ("default", "special") for component in ("AC", "RC", "NG",
                                                                                                           "Ghost")
             if (row := known.get(f"{kind}{component}policy".casefold())) is not None}  # fmt: skip
    return Parameters(
        last_day=min(last_day, LAST_DAY),
        prefill=prefill is not None and bool(prefill.text("Value", "")) and prefill.is_on("Value"),
        default_policies={component: policy for (kind, component), policy in named.items() if kind == "default" and policy},
        special_policies={component: policy for (kind, component), policy in named.items() if kind == "special" and policy},
        default_recovery=0 if recovery is None else recovery.whole("Value", 0, least=0),
    )


def _starting_file(folder: Path, given: Path | str | None, findings: list[Finding]) -> Path | None:
    if given is not None:
        if not Path(given).is_file():
            findings.append(Finding(Path(given).name, "is not there.", maybe="name the file that holds the units"))
            return None
        return Path(given)
    folder = folder.absolute()
    places = [folder / STARTING_UNITS, folder.parent / STARTING_UNITS] if folder.is_dir() else [folder.parent / STARTING_UNITS]
    if folder.name.casefold() == "input":
        places += sorted(folder.parent.glob(f"expected*/{STARTING_UNITS}"))
    return next((place for place in places if place.is_file()), None)


def _starting_units(file: Path | None, findings: list[Finding]) -> tuple[StartingUnit, ...]:
    table = None if file is None else read_file(file, findings)
    if table is None:
        return ()
    missing = [
        name for name in ("unit", "src", "component", "policy", "cycletime", "tie_weight") if folded(name) not in table.columns
    ]
    if missing:
        findings.append(Finding(table.place, f"lacks the column {', '.join(missing)}.", line=1))
        return ()
    return tuple(_starting_unit(row) for row in _rows(table, findings))


def _starting_unit(row: Row) -> StartingUnit:
    weight = number_of(row.text("tieweight"))
    if weight is None:
        row.wrong("tie_weight", f"'{row.cells.get('tieweight', '')}' is no number.")
    return StartingUnit(
        name=row.text("unit"), src=row.text("src"), component=row.text("component"), policy=row.text("policy"),
        cycle_time=row.whole("cycletime", least=0), tie_weight=weight or 0.0, line=row.line,
    )  # fmt: skip
