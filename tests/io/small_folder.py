"""A scenario with the columns of the contract and nothing else, and what the tests do to it."""

from collections.abc import Iterable
from pathlib import Path

from contingent.findings import Finding

FILES = {
    "scenario.toml": 'title = "Two nations"\nstart_date = 2026-01-01\nhorizon_days = 360\n',
    "nations.csv": (
        "nation,name,active_personnel,personnel_ceiling,weight\nGBR,United Kingdom,150000,,\nFRA,France,200000,5000,\n"
    ),
    "unit_types.csv": "unit_type,name,domain,echelon,personnel\nbattlegroup,Battlegroup,land,battlegroup,800\n",
    "capabilities.csv": "capability,unit_type,effectiveness\nmanoeuvre,battlegroup,1\n",
    "offers.csv": (
        "offer,nation,unit_type,quantity,available_day,until_day,notice_days,tour_days,dwell_ratio,handover_days,max_tours,"
        "excluded_locations,excluded_tasks\n"
        "o1,GBR,battlegroup,3,0,,10,180,2,10,,,\n"
        "o2,FRA,battlegroup,3,0,,10,180,2,10,,Odesa,guard\n"
    ),
    "requirements.csv": (
        "line,capability,quantity,from_day,until_day,location,priority,hold,task\n"
        "L1,manoeuvre,2,0,360,Kyiv,1,any,guard\n"
        "L2,manoeuvre,1,0,,Odesa,2,one_nation,\n"
    ),
}


def write_files(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the folder with some files changed, added, or (None) left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (FILES | (changes or {})).items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """One file with a text replaced; the text must be there."""
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new)}


def places(findings: Iterable[Finding], severity: str = "error") -> list[tuple[str, int | None, str | None]]:
    """Where the findings stand, in their order."""
    return [(finding.table, finding.line, finding.column) for finding in findings if finding.severity == severity]
