"""A force that can be worked out by hand: one post for 360 days, two units of Alderland in turn, one of Bernia idle."""

from datetime import date

from contingent.generation import generate
from contingent.model.chance import Case
from contingent.model.rows import Capability, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.plan import Plan, PlanOptions

HORIZON, TOUR = 360, 90


def offer(name: str, nation: str, quantity: int = 1, **terms) -> Offer:
    given = {"tour_days": TOUR, "dwell_ratio": 1.0, "handover_days": 0} | terms
    return Offer.model_validate({"offer": name, "nation": nation, "unit_type": "battalion", "quantity": quantity} | given)


def line(name: str = "L1", quantity: int = 1, **terms) -> Requirement:
    return Requirement.model_validate({"line": name, "capability": "guard", "quantity": quantity} | terms)


def force(offers: tuple[Offer, ...], lines: tuple[Requirement, ...] = (), **more) -> Scenario:
    nations = dict.fromkeys(row.nation for row in offers) or {"ALD": None}
    tables = {
        "nations": tuple(
            Nation(nation=name, name=f"Nation {name}", weight=98.0 if place == 0 else 1.0) for place, name in enumerate(nations)
        ),
        "unit_types": (UnitType(unit_type="battalion", name="Battalion", domain="land", echelon="battalion", personnel=500),),
        "capabilities": (Capability(capability="guard", unit_type="battalion", effectiveness=1.0),),
        "offers": offers,
        "requirements": lines or (line(),),
    }
    settings = Settings(title="Small", start_date=date(2026, 3, 1), horizon_days=HORIZON, period_days=30)
    return Scenario(settings=settings, **(tables | more))


def two_and_one(**more) -> Scenario:
    """Alderland's two units hold the post in turn: 0, 90, 180, 270. Bernia's one is not needed, and its fair share is small."""
    return force((offer("A", "ALD", 2), offer("B", "BRN", 1, available_day=1)), **more)


def plan_of(scenario: Scenario, *, option: str | None = None) -> Plan:
    return generate(scenario, PlanOptions(option=option, method="exact", remedies=False))


def case(kind: str, name: str = "it", **said) -> Case:
    return Case.model_validate({"case": name, "kind": kind} | said)
