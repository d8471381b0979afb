"""Scenarios of one unit type that can be worked out on paper."""

from datetime import date

from contingent.model.chance import Claim
from contingent.model.rows import Capability, Defaults, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings


def scenario(
    *, units: int = 3, asked: int = 1, dwell_ratio: float = 2.0, horizon_days: int = 720, nations: int = 1,
    claims: tuple[Claim, ...] = (),
) -> Scenario:
    """`units` of each nation, of 100 people, in tours of 90 days; `asked` are asked for throughout."""
    names = [f"N{number + 1}" for number in range(nations)]
    return Scenario(
        settings=Settings(
            title="one type", start_date=date(2027, 1, 1), horizon_days=horizon_days, period_days=30,
            defaults=Defaults(tour_days=90, dwell_ratio=dwell_ratio, handover_days=0),
        ),
        nations=tuple(Nation(nation=name, name=f"Nation {name}") for name in names),
        unit_types=(UnitType(unit_type="bg", name="Battlegroup", domain="land", echelon="battlegroup", personnel=100),),
        capabilities=(Capability(capability="guard", unit_type="bg", effectiveness=1.0),),
        offers=tuple(Offer(offer=f"{name}-1", nation=name, unit_type="bg", quantity=units) for name in names),
        requirements=(Requirement(line="L1", capability="guard", quantity=asked, priority=1),),
        claims=claims,
    )  # fmt: skip
