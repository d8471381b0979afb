"""A made-up scenario for the tests of reports: twelve invented nations, thirty lines, two options, sixty months."""

from datetime import date

from contingent.model.rows import (
    Capability,
    Defaults,
    Location,
    Nation,
    Offer,
    OptionRow,
    Reference,
    Release,
    Requirement,
    Term,
    UnitType,
    Yield,
)
from contingent.model.scenario import Scenario, Settings

NATIONS = (
    ("ALD", "Alderland", 148_000, 6_000, 82.0),
    ("BRE", "Brennia", 203_000, 7_000, 70.0),
    ("CAS", "Castoria", 122_000, 2_400, 31.0),
    ("DUN", "Dunmark", 15_000, 900, 9.0),
    ("ELV", "Elvania", 24_000, None, 12.5),
    ("FJO", "Fjordland", 23_000, 1_200, 10.4),
    ("GAL", "Galdonia", 180_000, 3_500, 66.0),
    ("HES", "Hestria", 66_000, None, 14.0),
    ("ISM", "Islemark", 9_000, 400, 3.2),
    ("JUT", "Jutia", 41_000, 1_500, 15.1),
    ("KAR", "Karelund", 18_000, 700, 6.9),
    ("LOR", "Lorvia", 7_500, 350, 1.8),
)

UNIT_TYPES = (
    ("headquarters_division", "Division headquarters", "joint", "division", 420),
    ("mechanised_battlegroup", "Mechanised battlegroup", "land", "battlegroup", 900),
    ("light_battlegroup", "Light battlegroup", "land", "battlegroup", 750),
    ("artillery_battalion", "Artillery battalion", "land", "battalion", 520),
    ("air_defence_battery", "Medium-range air-defence battery", "land", "battery", 160),
    ("engineer_battalion", "Engineer battalion", "land", "battalion", 480),
    ("logistics_battalion", "Logistics battalion", "land", "battalion", 560),
    ("medical_facility", "Role 2 medical facility", "land", "company", 110),
    ("fighter_detachment", "Fighter detachment (6 aircraft)", "air", "squadron detachment", 180),
    ("tanker_detachment", "Tanker detachment", "air", "squadron detachment", 90),
    ("mine_hunter", "Mine countermeasures vessel", "maritime", "ship", 45),
    ("frigate", "Frigate", "maritime", "ship", 190),
    ("airborne_radar", "Airborne early-warning detachment", "air", "squadron detachment", 120),
)

LOCATIONS = (
    ("HOST", "Host nation", "country", "HST", None),
    ("North", "Sector North", "sector", "HST", "HOST"),
    ("Centre", "Sector Centre", "sector", "HST", "HOST"),
    ("South", "Sector South", "sector", "HST", "HOST"),
    ("Capital", "Capital region", "sector", "HST", "HOST"),
    ("Hub", "Logistics hub", "base", "NBR", None),
    ("Airbase", "Air base in the neighbouring country", "base", "NBR", None),
    ("Gulf", "Western gulf", "sea area", None, None),
)

# line, capability, quantity, from, until, location, priority, hold, task, formation, option
LINES = (
    ("L-001", "headquarters_division", 1, 0, None, "Capital", 1, "one_nation", "command", "Division", "medium"),
    ("L-002", "infantry", 2, 0, None, "Capital", 1, "any", "reserve", "Division", ""),
    ("L-003", "infantry", 2, 30, None, "North", 1, "any", "presence", "Brigade North", ""),
    ("L-004", "armour", 1, 60, None, "North", 2, "any", "presence", "Brigade North", "medium"),
    ("L-005", "infantry", 2, 30, None, "Centre", 1, "any", "presence", "Brigade Centre", ""),
    ("L-006", "armour", 1, 60, None, "Centre", 2, "any", "presence", "Brigade Centre", "medium"),
    ("L-007", "infantry", 2, 90, None, "South", 1, "any", "presence", "Brigade South", "medium"),
    ("L-008", "armour", 2, 90, None, "South", 2, "one_nation", "presence", "Brigade South", "medium"),
    ("L-009", "fires", 1, 60, None, "North", 2, "any", "presence", "Brigade North", ""),
    ("L-010", "fires", 1, 60, None, "South", 2, "any", "presence", "Brigade South", "medium"),
    ("L-011", "air_defence", 3, 0, None, "Capital", 1, "any", "air_defence", "Division", ""),
    ("L-012", "air_defence", 2, 30, None, "Hub", 1, "any", "air_defence", "Support", ""),
    ("L-013", "air_defence", 2, 60, None, "South", 2, "any", "air_defence", "Brigade South", "medium"),
    ("L-014", "engineers", 1, 0, 720, "North", 1, "any", "mine_clearance", "Brigade North", ""),
    ("L-015", "engineers", 1, 0, None, "Centre", 2, "any", "mine_clearance", "Brigade Centre", "medium"),
    ("L-016", "engineers", 1, 30, None, "South", 3, "any", "mine_clearance", "Brigade South", "medium"),
    ("L-017", "logistics", 1, 0, None, "Hub", 1, "any", "support", "Support", ""),
    ("L-018", "logistics", 2, 0, None, "Centre", 2, "any", "support", "Support", "medium"),
    ("L-019", "medical", 2, 0, None, "Capital", 1, "any", "support", "Support", ""),
    ("L-020", "medical", 2, 30, None, "North", 2, "any", "support", "Support", ""),
    ("L-021", "medical", 1, 60, None, "South", 3, "any", "support", "Support", "medium"),
    ("L-022", "air_policing", 2, 0, None, "Airbase", 1, "any", "safe_skies", "Air component", ""),
    ("L-023", "air_policing", 1, 180, None, "Capital", 3, "any", "safe_skies", "Air component", "medium"),
    ("L-024", "air_refuelling", 1, 0, None, "Airbase", 2, "any", "safe_skies", "Air component", ""),
    ("L-025", "early_warning", 1, 0, None, "Airbase", 2, "any", "safe_skies", "Air component", ""),
    ("L-026", "mine_countermeasures", 3, 0, 900, "Gulf", 1, "any", "safe_seas", "Maritime component", ""),
    ("L-027", "mine_countermeasures", 1, 900, None, "Gulf", 2, "any", "safe_seas", "Maritime component", ""),
    ("L-028", "sea_patrol", 1, 0, None, "Gulf", 2, "any", "safe_seas", "Maritime component", ""),
    ("L-029", "sea_patrol", 1, 360, None, "Gulf", 3, "any", "safe_seas", "Maritime component", "medium"),
    ("L-030", "infantry", 2, 360, 1440, "Centre", 3, "any", "training", "Brigade Centre", "medium"),
)

# nation, unit type, quantity, notice, tour days, excluded locations, excluded tasks, confidence
OFFERS = (
    ("ALD", "headquarters_division", 3, 20, 180, "", "", "medium"),
    ("ALD", "mechanised_battlegroup", 6, 30, 180, "", "", "medium"),
    ("ALD", "artillery_battalion", 2, 30, 180, "", "", "low"),
    ("ALD", "fighter_detachment", 3, 10, 120, "", "", "high"),
    ("ALD", "medical_facility", 3, 20, 180, "", "", "medium"),
    ("ALD", "mine_hunter", 3, 20, 120, "", "", "high"),
    ("ALD", "logistics_battalion", 3, 20, 180, "", "", "low"),
    ("BRE", "light_battlegroup", 8, 10, 120, "", "", "medium"),
    ("BRE", "mechanised_battlegroup", 4, 30, 180, "", "", "medium"),
    ("BRE", "air_defence_battery", 4, 20, 180, "", "", "high"),
    ("BRE", "tanker_detachment", 2, 10, 120, "", "", "high"),
    ("BRE", "engineer_battalion", 3, 20, 180, "", "", "low"),
    ("BRE", "frigate", 2, 30, 150, "", "", "high"),
    ("CAS", "logistics_battalion", 4, 30, 180, "HST", "", "medium"),
    ("CAS", "air_defence_battery", 3, 30, 180, "HST", "", "medium"),
    ("CAS", "medical_facility", 2, 30, 180, "HST", "", "low"),
    ("DUN", "light_battlegroup", 2, 30, 180, "", "", "high"),
    ("DUN", "frigate", 1, 30, 120, "", "", "high"),
    ("ELV", "light_battlegroup", 3, 30, 180, "", "training", "medium"),
    ("ELV", "engineer_battalion", 2, 30, 180, "South", "", "medium"),
    ("FJO", "medical_facility", 2, 20, 180, "", "", "high"),
    ("FJO", "mine_hunter", 2, 30, 120, "", "", "high"),
    ("GAL", "fighter_detachment", 2, 20, 120, "HST", "", "medium"),
    ("GAL", "mechanised_battlegroup", 4, 60, 180, "HST", "", "medium"),
    ("GAL", "air_defence_battery", 2, 60, 180, "", "", "low"),
    ("HES", "logistics_battalion", 3, 30, 180, "", "", "low"),
    ("HES", "frigate", 2, 10, 180, "", "", "medium"),
    ("HES", "mine_hunter", 4, 10, 180, "", "", "medium"),
    ("ISM", "light_battlegroup", 1, 45, 180, "", "", "medium"),
    ("JUT", "mechanised_battlegroup", 2, 30, 180, "", "", "medium"),
    ("JUT", "artillery_battalion", 1, 30, 180, "", "", "low"),
    ("KAR", "engineer_battalion", 2, 30, 180, "", "", "medium"),
    ("KAR", "medical_facility", 1, 30, 180, "", "", "medium"),
    ("LOR", "light_battlegroup", 1, 60, 150, "", "", "low"),
    ("LOR", "medical_facility", 1, 400, 180, "", "", "low"),
)

CAPABILITIES = (
    ("headquarters_division", "headquarters_division", 1.0),
    ("infantry", "light_battlegroup", 1.0),
    ("infantry", "mechanised_battlegroup", 1.0),
    ("armour", "mechanised_battlegroup", 1.0),
    ("armour", "light_battlegroup", 0.5),
    ("fires", "artillery_battalion", 1.0),
    ("air_defence", "air_defence_battery", 1.0),
    ("engineers", "engineer_battalion", 1.0),
    ("logistics", "logistics_battalion", 1.0),
    ("medical", "medical_facility", 1.0),
    ("air_policing", "fighter_detachment", 1.0),
    ("air_refuelling", "tanker_detachment", 1.0),
    ("early_warning", "airborne_radar", 1.0),
    ("mine_countermeasures", "mine_hunter", 1.0),
    ("sea_patrol", "frigate", 1.0),
    ("sea_patrol", "mine_hunter", 0.25),
)


def sample_scenario() -> Scenario:
    """Return the made-up scenario: twelve nations, thirty lines, two options, sixty months."""
    return Scenario(
        settings=Settings(
            title="Exercise Grey Heron",
            start_date=date(2027, 1, 15),
            horizon_days=1800,
            period_days=30,
            description="A made-up force for a made-up host nation, to try reports on.",
            host="HST",
            default_option="medium",
            defaults=Defaults(tour_days=180, dwell_ratio=2.0, handover_days=10),
        ),
        nations=_nations(),
        unit_types=_unit_types(),
        capabilities=tuple(
            Capability(capability=capability, unit_type=kind, effectiveness=share) for capability, kind, share in CAPABILITIES
        ),
        locations=tuple(
            Location(location=key, name=name, kind=kind, country=country, within=within)
            for key, name, kind, country, within in LOCATIONS
        ),
        offers=_offers(),
        requirements=_requirements(),
        options=(
            OptionRow(option="small", title="Small: a brigade", published_strength=10_000),
            OptionRow(option="medium", title="Medium: a division", published_strength=25_000),
        ),
        yields=(
            Yield(formation_type="brigade", unit_type="light_battlegroup", quantity=3, source="Assumed here.", confidence="low"),
        ),
        releases=(
            Release(release="general", share=0.5, status="assumption", source="Half deployable.", confidence="low"),
            Release(release="GAL-land", nation="GAL", domain="land", share=0.2, status="assumption", confidence="low"),
        ),
        terms=(
            Term(term="CAS-host", nation="CAS", excluded_locations=("HST",), status="sourced", source="[REF-1]"),
        ),
        references=(
            Reference(
                reference="REF-1",
                title="Ministry of Castoria, statement, 1 April 2026",
                address="https://example.org/statement",
                licence="public statement",
                as_of="2026-04-01",
            ),
            Reference(reference="REF-2", title="Handbook of the exercise, 2026", note="Strengths of unit types."),
        ),
    )


def _nations() -> tuple[Nation, ...]:
    return tuple(
        Nation(
            nation=key,
            name=name,
            active_personnel=active,
            personnel_ceiling=ceiling,
            defence_spending=spending,
            source="made up",
            confidence="high",
        )
        for key, name, active, ceiling, spending in NATIONS
    )


def _unit_types() -> tuple[UnitType, ...]:
    return tuple(
        UnitType.model_validate(
            {"unit_type": key, "name": name, "domain": domain, "echelon": echelon, "personnel": people}
            | {"daily_cost": people * 400.0, "tour_cost": people * 900.0}
        )
        for key, name, domain, echelon, people in UNIT_TYPES
    )


def _offers() -> tuple[Offer, ...]:
    return tuple(
        Offer.model_validate(
            {"offer": f"{nation}-{kind}", "nation": nation, "unit_type": kind, "quantity": quantity, "notice_days": notice}
            | {"tour_days": tour, "excluded_locations": places, "excluded_tasks": tasks}
            | {"source": "made up", "confidence": confidence}
        )
        for nation, kind, quantity, notice, tour, places, tasks, confidence in OFFERS
    )


def _requirements() -> tuple[Requirement, ...]:
    columns = (
        "line", "capability", "quantity", "from_day", "until_day", "location", "priority", "hold", "task", "formation", "option",
    )  # fmt: skip
    return tuple(Requirement.model_validate(dict(zip(columns, row, strict=True)) | {"source": "made up"}) for row in LINES)
