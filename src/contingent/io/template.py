"""A new scenario to fill in: a small worked example with every column, its dictionary, and a comment on each setting.

The example is invented and says so in every row's source. It passes every check and can be planned as it stands.
"""

from datetime import date
from pathlib import Path

from contingent.io.atomic import write_file, write_folder
from contingent.io.dictionary import as_markdown
from contingent.io.scenario_text import FILE_NAMES, write_scenario_files
from contingent.model.columns import Row
from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, OptionRow, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings

_SOURCE = "invented for the template: replace"

_SETTINGS = Settings(
    title="Template: harbour guard",
    start_date=date(2026, 3, 1),
    horizon_days=720,
    period_days=30,
    description="A worked example to fill in: three nations guard a harbour and the road to it for two years.",
    default_option="full",
    defaults=Defaults(tour_days=180, dwell_ratio=2.0, handover_days=10),
)

_ROWS: dict[type[Row], tuple[dict[str, object], ...]] = {
    Nation: (
        {"nation": "AAA", "name": "Nation A", "active_personnel": 90_000, "personnel_ceiling": 1_500, "weight": 3},
        {"nation": "BBB", "name": "Nation B", "active_personnel": 60_000, "weight": 2},
        {"nation": "CCC", "name": "Nation C", "active_personnel": 20_000, "weight": 1},
    ),
    UnitType: (
        {"unit_type": "infantry_company", "name": "Infantry company", "domain": "land", "echelon": "company", "personnel": 150},
        {"unit_type": "engineer_company", "name": "Engineer company", "domain": "land", "echelon": "company", "personnel": 120},
        {"unit_type": "patrol_vessel", "name": "Patrol vessel", "domain": "maritime", "echelon": "ship", "personnel": 60},
    ),
    Capability: (
        {"capability": "area_security", "unit_type": "infantry_company", "effectiveness": 1},
        {"capability": "area_security", "unit_type": "engineer_company", "effectiveness": 0.5},
        {"capability": "route_clearance", "unit_type": "engineer_company", "effectiveness": 1},
        {"capability": "harbour_patrol", "unit_type": "patrol_vessel", "effectiveness": 1},
    ),
    Location: (
        {"location": "coast", "name": "The coast", "kind": "sector", "country": "XXX"},
        {"location": "harbour", "name": "The harbour", "kind": "port", "country": "XXX", "within": "coast"},
        {"location": "inland_road", "name": "The road inland", "kind": "sector", "country": "XXX"},
    ),
    Offer: (
        {"offer": "A-infantry", "nation": "AAA", "unit_type": "infantry_company", "quantity": 6, "notice_days": 15},
        {"offer": "B-infantry", "nation": "BBB", "unit_type": "infantry_company", "quantity": 3, "available_day": 60,
         "tour_days": 120},
        {"offer": "B-engineers", "nation": "BBB", "unit_type": "engineer_company", "quantity": 3, "notice_days": 30},
        {"offer": "C-vessels", "nation": "CCC", "unit_type": "patrol_vessel", "quantity": 3, "excluded_locations": "inland_road",
         "excluded_tasks": "route"},
    ),
    Requirement: (
        {"line": "L1", "capability": "area_security", "quantity": 2, "location": "harbour", "priority": 1, "task": "guard",
         "title": "Guard the harbour"},
        {"line": "L2", "capability": "harbour_patrol", "quantity": 1, "location": "harbour", "priority": 1, "task": "patrol",
         "title": "Patrol the harbour's approaches"},
        {"line": "L3", "capability": "route_clearance", "quantity": 1, "from_day": 30, "until_day": 540,
         "location": "inland_road", "priority": 2, "hold": "one_nation", "task": "route", "option": "full",
         "title": "Keep the road inland open"},
    ),
    OptionRow: (
        {"option": "harbour", "title": "The harbour alone"},
        {"option": "full", "title": "The harbour and the road"},
    ),
}


def new_scenario(place: str | Path, *, workbook: bool = False, overwrite: bool = False) -> Path:
    """Write a template that a planner can fill in, and return where it is.

    Parameters
    ----------
    place : str or Path
        A folder to make, or a workbook where the name ends in ``.xlsx``.
    workbook : bool
        Whether to write a workbook; its name gets ``.xlsx`` where it lacks it.
    overwrite : bool
        Whether what is there is replaced. Files that belong to no scenario are kept.

    Raises
    ------
    CannotWrite
        If the place is taken or cannot be written.
    """
    target = Path(place).expanduser()
    if workbook and target.suffix.lower() != ".xlsx":
        target = target.with_name(f"{target.name}.xlsx")
    scenario = worked_example()
    if target.suffix.lower() == ".xlsx":
        from contingent.io.workbook_writer import write_workbook_file

        write_file(target, lambda path: write_workbook_file(scenario, path, template=True), overwrite=overwrite)
    else:
        write_folder(target, lambda folder: _write_template(scenario, folder), overwrite=overwrite, stale=FILE_NAMES)
    return target


def _write_template(scenario: Scenario, folder: Path) -> None:
    write_scenario_files(scenario, folder, template=True)
    (folder / "README.md").write_text(as_markdown(), encoding="utf-8", newline="\n")


def worked_example() -> Scenario:
    """Return the example: three nations, three unit types, three lines, two options."""
    noted = {"source": _SOURCE, "confidence": "low"}
    tables = {cls.table: tuple(cls.model_validate(row | noted) for row in rows) for cls, rows in _ROWS.items()}
    return Scenario.model_validate({"settings": _SETTINGS, **tables})
