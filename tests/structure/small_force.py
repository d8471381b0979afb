"""A small force whose only good structure can be seen: two brigades of one sector, two nations with two battalions each.

    Force            HQ0 force headquarters, Capital, nobody
      Division       HQ3 at North, of FRA throughout
        1 Brigade    HQ1 at North, GBR then FRA          L1: four battlegroups shared by both brigades
        2 Brigade    HQ2 at North, FRA throughout        L2: one battlegroup of companies, DNK and EST, named 2 Brigade
      Air            L3 fighters, no formation named

360 days, tours of 180 days.
"""

from datetime import date
from typing import Any

import polars as pl

from contingent.model.ground import Sector
from contingent.model.rows import Capability, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.structure import Formation
from contingent.plan.columns import frame
from contingent.plan.measures import coverage, performed

HORIZON = 360


def scenario(**changes: Any) -> Scenario:
    """The scenario; `changes` replace whole tables."""
    tables: dict[str, Any] = {
        "nations": (
            *(Nation(nation=name, name=name.title()) for name in ("DNK", "EST", "FRA", "GBR", "POL")),
            Nation(nation="NAT", name="Common", kind="multinational"),
        ),
        "unit_types": (
            UnitType(unit_type="battlegroup", name="Battlegroup", domain="land", echelon="battlegroup", personnel=800,
                     battalions=1, symbol="10031000161211020000"),
            UnitType(unit_type="company", name="Company", domain="land", echelon="company", personnel=150, battalions=0.25),
            UnitType(unit_type="battery", name="Battery", domain="land", echelon="battery", personnel=120),
            UnitType(unit_type="staff", name="Staff", domain="joint", echelon="headquarters", personnel=200),
            UnitType(unit_type="fighters", name="Fighters", domain="air", echelon="detachment", personnel=100),
        ),
        "capabilities": (
            Capability(capability="infantry", unit_type="company", effectiveness=0.25),
            Capability(capability="infantry", unit_type="battlegroup", effectiveness=1),
            Capability(capability="command", unit_type="staff", effectiveness=1),
            Capability(capability="air", unit_type="fighters", effectiveness=1),
            Capability(capability="guns", unit_type="battery", effectiveness=1),
        ),
        "locations": (
            Location(location="Host", country="HST"),
            Location(location="North", within="Host", country="HST"),
            Location(location="Town", within="North", country="HST"),
            Location(location="Capital", within="Host", country="HST"),
            Location(location="Base", country="POL"),
        ),
        "sectors": (Sector(sector="N", location="North"),),
        "offers": (
            *(Offer(offer=f"{name}-battlegroup", nation=name, unit_type="battlegroup", quantity=4) for name in ("FRA", "GBR")),
            *(Offer(offer=f"{name}-company", nation=name, unit_type="company", quantity=4) for name in ("DNK", "EST")),
            *(Offer(offer=f"{name}-staff", nation=name, unit_type="staff", quantity=4) for name in ("FRA", "GBR")),
            Offer(offer="POL-fighters", nation="POL", unit_type="fighters", quantity=2),
            Offer(offer="NAT-battery", nation="NAT", unit_type="battery", quantity=2),
        ),
        "requirements": (
            Requirement(line="HQ0", capability="command", quantity=1, location="Capital", formation="Force"),
            Requirement(line="HQ1", capability="command", quantity=1, location="North"),
            Requirement(line="HQ2", capability="command", quantity=1, location="North"),
            Requirement(line="HQ3", capability="command", quantity=1, location="North"),
            Requirement(line="L1", capability="infantry", quantity=4, location="Town", formation="Division"),
            Requirement(line="L2", capability="infantry", quantity=1, location="Town", formation="2 Brigade"),
            Requirement(line="L3", capability="air", quantity=1, location="Base"),
        ),
        "formations": (
            Formation(formation="2 Brigade", parent="Division", echelon="brigade", sector="N", headquarters=("HQ2",)),
            Formation(formation="1 Brigade", parent="Division", echelon="brigade", sector="N", headquarters=("HQ1",)),
            Formation(formation="Division", parent="Force", echelon="division", location="North", headquarters=("HQ3",)),
            Formation(formation="Air", parent="Force", echelon="component command", component="air"),
            Formation(formation="Force", echelon="force", component="force", headquarters=("HQ0",)),
        ),
    }
    settings = Settings(title="Small force", start_date=date(2030, 1, 1), horizon_days=HORIZON, period_days=180)
    return Scenario(settings=settings, **(tables | changes))


TOURS = (
    ("FRA-staff", "HQ3", 0), ("FRA-staff", "HQ3", 180), ("GBR-staff", "HQ1", 0), ("FRA-staff", "HQ1", 180),
    ("FRA-staff", "HQ2", 0), ("FRA-staff", "HQ2", 180),
    ("GBR-battlegroup", "L1", 0), ("FRA-battlegroup", "L1", 0), ("GBR-battlegroup", "L1", 0), ("FRA-battlegroup", "L1", 0),
    ("FRA-battlegroup", "L1", 180), ("GBR-battlegroup", "L1", 180), ("GBR-battlegroup", "L1", 180),
    ("DNK-company", "L2", 0), ("DNK-company", "L2", 0), ("DNK-company", "L2", 0), ("EST-company", "L2", 0),
    ("DNK-company", "L2", 180), ("DNK-company", "L2", 180),
    ("POL-fighters", "L3", 0),
)  # fmt: skip


def frames(
    given: Scenario, chosen: tuple[tuple[str, str, int], ...] = TOURS, option: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tours and coverage of a plan that sends these (offer, line, first day)."""
    starts = pl.DataFrame(chosen, schema={"offer": pl.String, "line": pl.String, "from_day": pl.Int64}, orient="row")
    done = performed(given, option, starts)
    count: dict[str, int] = {}
    rows = []
    for row in done.iter_rows(named=True):
        count[row["offer"]] = count.get(row["offer"], 0) + 1
        rows.append({name: row.get(name) for name in frame("tours", []).columns} | {
            "unit": f"{row['offer']}-{count[row['offer']]}", "pinned": False})
    return frame("tours", rows), coverage(given, option, starts)
