"""How much could be sustained, and what has been said about it."""

from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.ceiling_charts import Reference, ceiling_panels, claims_chart, has_points, references_of
from contingent.report.ceilings import (
    BASE,
    binds_words,
    ceiling_sentences,
    ceiling_words,
    claim_rows,
    claim_sentences,
    filled_as_asked,
    has_ceilings,
    question_title,
    questions,
    times,
)
from contingent.report.html.lasts import drawn
from contingent.report.stress import proof_label
from contingent.report.words import about, grouped, option_title

Row = dict[str, Any]


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's sections on ceilings and claims are filled with; None for what is not there."""
    return {
        "sustained": sustained(scenario, plan) if has_ceilings(plan) else None,
        "said": said(plan) if plan.claims.height else None,
    }


def sustained(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, the panels of questions, and the same in figures."""
    references = references_of(plan, published(scenario, plan))
    told = ceiling_sentences(plan)
    rows = [
        *plan.ceilings.filter(plan.ceilings["question"] == BASE).to_dicts(),
        *(row for each in questions(plan).values() for row in each),
    ]
    label = f"Largest multiple of the requirement that is held for the whole time. {' '.join(told)}"
    return {
        "sentences": told,
        "chart": drawn(lambda size: ceiling_panels(plan, references, size=size), label) if has_points(plan) else None,
        "references": [_reference(each) for each in references],
        "rows": [
            {
                "question": "On the plan’s own terms" if row["question"] == BASE else question_title(row["question"]),
                "label": row["label"],
                "fill": filled_as_asked(row),
                "held": times(row["held"]),
                "bound": "not proven" if row["bound"] is None else times(row["bound"]),
                "people_held": about(round(row["people_held"])),
                "people_bound": "–" if row["people_bound"] is None else about(round(row["people_bound"])),
                "binds": binds_words(row),
                "proof": proof_label(row["status"]),
                "method": row["method"],
                "words": ceiling_words(row),
            }
            for row in rows
        ],
    }


def published(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Return strengths that sources name for the options, by what they are. [people]"""
    return {
        f"published strength of the option {option_title(scenario, row.option)}": float(row.published_strength)
        for row in scenario.options
        if row.published_strength is not None and row.option == plan.option
    }


def _reference(each: Reference) -> Row:
    return {"letter": each.letter, "label": each.label, "people": grouped(each.people)}


def said(plan: Plan) -> Row:
    """Return what has been said in public beside what is computed."""
    rows = claim_rows(plan)
    label = "What has been said beside what is computed. " + " ".join(claim_sentences(plan)[1:])
    return {
        "sentence": claim_sentences(plan, most=1)[0],
        "chart": drawn(lambda size: claims_chart(plan, size=size), label),
        "rows": rows,
    }
