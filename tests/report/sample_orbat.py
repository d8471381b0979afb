"""Orders of battle for the tests of drawings and exports: one by hand, and one of the made-up scenario of twelve nations.

By hand, 360 days; Stadt lies in Land, which alone has a position, and Hafen has one of its own:

    Force                    HQ  FRA all the time
      1 Brigade              L1  two battlegroups at Stadt: FRA 0-180, then GBR 165-360 (relief), FRA 0-100 (nobody comes)
                                 the second post is empty from day 100
      Air                    L2  one fighter detachment at Hafen from day 180: nobody
"""

from datetime import date
from functools import lru_cache
from typing import Any

from tests.report.sample_plan import greedy_tours, plan_of
from tests.report.sample_scenario import sample_scenario

from contingent.model.ground import Sector, Trace
from contingent.model.rows import Capability, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.structure import Formation
from contingent.plan import Plan
from contingent.structure import Orbat, build_orbat

HORIZON = 360
BATTLEGROUP, STAFF, FIGHTERS = "10031000161211020000", "10031002001100000000", "10030100001101040000"
SQUARE = "POLYGON ((30 48, 31 48, 31 49, 30 49, 30 48))"
LINE = "LINESTRING (31 48, 31.5 48.5, 31.123456789 49)"


def hand_scenario() -> Scenario:
    """The scenario of the order of battle by hand."""
    return Scenario(
        settings=Settings(title="Łand force", start_date=date(2027, 1, 1), horizon_days=HORIZON, period_days=15,
                          marking="EXERCISE {TEST}"),
        nations=(
            Nation(nation="FRA", name="France"), Nation(nation="GBR", name="United Kingdom"),
            Nation(nation="XMN", name="Common units", kind="multinational"),
        ),
        unit_types=(
            UnitType(unit_type="battlegroup", name="Mechanised battlegroup", domain="land", echelon="battlegroup", personnel=800,
                     symbol=BATTLEGROUP, battalions=1),
            UnitType(unit_type="staff", name="Staff", domain="joint", echelon="headquarters", personnel=200, symbol=STAFF),
            UnitType(unit_type="fighters", name="Fighter detachment", domain="air", echelon="detachment", personnel=110,
                     symbol=FIGHTERS),
        ),
        capabilities=(
            Capability(capability="infantry", unit_type="battlegroup", effectiveness=1),
            Capability(capability="command", unit_type="staff", effectiveness=1),
            Capability(capability="air", unit_type="fighters", effectiveness=1),
        ),
        locations=(
            Location(location="Land", country="HST", latitude=48.5, longitude=30.5), Location(location="Stadt", within="Land"),
            Location(location="Hafen", country="HST", latitude=46.48, longitude=30.73),
        ),
        sectors=(Sector(sector="Sector Land", location="Land", geometry=SQUARE),),
        traces=(Trace(trace="line", name="Line of contact", geometry=LINE),),
        offers=(
            Offer(offer="FRA-battlegroup", nation="FRA", unit_type="battlegroup", quantity=2),
            Offer(offer="GBR-battlegroup", nation="GBR", unit_type="battlegroup", quantity=1),
            Offer(offer="FRA-staff", nation="FRA", unit_type="staff", quantity=1),
        ),
        requirements=(
            Requirement(line="HQ", capability="command", quantity=1, location="Stadt", title="Headquarters of the force"),
            Requirement(line="L1", capability="infantry", quantity=2, location="Stadt", formation="1 Brigade",
                        title="Hold Stadt"),
            Requirement(line="L2", capability="air", quantity=1, from_day=180, location="Hafen", formation="Air",
                        title="Safe skies"),
        ),
        formations=(
            Formation(formation="Force", echelon="force", component="force", headquarters=("HQ",), location="Hafen"),
            Formation(formation="1 Brigade", parent="Force", echelon="brigade", location="Stadt"),
            Formation(formation="Air", parent="Force", echelon="component command", component="air"),
        ),
    )  # fmt: skip


def _tour(unit: str, line: str, unit_type: str, *, days: tuple[int, int], serves_until: int, people: int = 800) -> dict[str, Any]:
    offer = unit.partition("#")[0]
    return {
        "unit": unit, "offer": offer, "nation": offer[:3], "unit_type": unit_type, "capability": line, "line": line,
        "location": "Stadt", "from_day": days[0], "until_day": days[1], "serves_until_day": serves_until, "rested_day": days[1],
        "people": people, "effectiveness": 1.0, "pinned": False, "confidence": None,
    }  # fmt: skip


@lru_cache
def hand_orbat() -> tuple[Scenario, Plan, Orbat]:
    """Scenario, plan and order of battle by hand."""
    scenario = hand_scenario()
    tours = [
        _tour("FRA-staff#1", "HQ", "staff", days=(0, 360), serves_until=360, people=200),
        _tour("FRA-battlegroup#1", "L1", "battlegroup", days=(0, 180), serves_until=165),
        _tour("FRA-battlegroup#2", "L1", "battlegroup", days=(0, 100), serves_until=100),
        _tour("GBR-battlegroup#1", "L1", "battlegroup", days=(165, 360), serves_until=360),
    ]
    plan = plan_of(scenario, tours)
    return scenario, plan, build_orbat(scenario, plan.tours, plan.coverage, None)


SYMBOLS = {
    "headquarters_division": "10031002211100000000", "mechanised_battlegroup": BATTLEGROUP,
    "light_battlegroup": "10031000161211000000", "artillery_battalion": "10031000161303000000",
    "air_defence_battery": "10031000151301000000", "engineer_battalion": "10031000161407000000",
    "logistics_battalion": "10031000161606000000", "medical_facility": "10031000151613000000",
    "fighter_detachment": FIGHTERS, "tanker_detachment": "10030100001101090000", "mine_hunter": "10033000001204000000",
    "frigate": "10033000001202040000", "airborne_radar": "10030100001101160000",
}  # fmt: skip


@lru_cache
def large_orbat() -> tuple[Scenario, Plan, Orbat]:
    """The scenario of twelve nations with formations and symbols, its plan of option medium, and its order of battle."""
    plain = sample_scenario()
    formations = (
        Formation(formation="Force", echelon="force", component="force"),
        Formation(formation="Division", parent="Force", echelon="division", headquarters=("L-001",)),
        *(
            Formation(formation=f"Brigade {place}", parent="Division", echelon="brigade", location=place)
            for place in ("North", "Centre", "South")
        ),
        Formation(formation="Air component", parent="Force", echelon="component command", component="air"),
        Formation(formation="Maritime component", parent="Force", echelon="component command", component="maritime"),
        Formation(formation="Support", parent="Force", echelon="command", component="support"),
    )
    types = tuple(row.model_copy(update={"symbol": SYMBOLS[row.unit_type]}) for row in plain.unit_types)
    scenario = plain.model_copy(update={"formations": formations, "unit_types": types})
    plan = plan_of(scenario, greedy_tours(scenario, "medium"), option="medium")
    return scenario, plan, build_orbat(scenario, plan.tours, plan.coverage, "medium")
