"""What the host's army, movement, supply, cost, chance, stress, ceilings and history say of a plan in a sentence each, for the
head of every output; what is not worked out yet.
"""

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.affording import budget_sentences
from contingent.report.ceilings import ceiling_sentences, has_ceilings
from contingent.report.chance import has_risk, risk_sentences
from contingent.report.getting import way_sentences
from contingent.report.history import history_sentences
from contingent.report.host import host_sentences
from contingent.report.living import living_sentences
from contingent.report.paying import cost_sentences
from contingent.report.stress import has_stress, stress_sentences


def outlook(scenario: Scenario | None, plan: Plan) -> list[tuple[str, str]]:
    """Return what each of them says in a sentence, with the section of the report that says more."""
    found = {
        "host": host_sentences(scenario, plan, most=1),
        "getting": way_sentences(scenario, plan, most=1),
        "living": living_sentences(scenario, plan, most=1),
        "paying": cost_sentences(scenario, plan, most=1),
        "affording": budget_sentences(scenario, plan)[:1],
        "lasts": risk_sentences(scenario, plan, most=1),
        "breaks": stress_sentences(plan, most=1),
        "sustained": ceiling_sentences(plan, most=1),
        "history": history_sentences(scenario, plan, most=1),
    }
    return [(told[0], section) for section, told in found.items() if told]


def not_worked_out(plan: Plan) -> list[tuple[str, str]]:
    """Return what the plan does not say of chance, stress and ceilings, each with the command that works it out."""
    asked = (
        (has_risk(plan), "what becomes of it under chance", "contingent simulate PLAN"),
        (has_stress(plan), "what breaks it", "contingent stress PLAN"),
        (has_ceilings(plan), "how much could be sustained", "contingent ceiling PLAN"),
    )
    return [(what, command) for there, what, command in asked if not there]
