"""The aid to the host as one self-contained page: what was promised, what came, who is equipped by when, what to promise next."""

import re
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.aid.status import AidStatus
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.aid import brigades, rows
from contingent.report.aid.charts import delay_curves, forecast_fans, months_of_promises
from contingent.report.aid.frames import Row, count, donor_names, family_name, frame_of, millions, money
from contingent.report.aid.sentences import LEADING, aid_sentences, donor_named, expected_row, promises, sums
from contingent.report.charts import NARROW, WIDE, Spec, svgs_of
from contingent.report.drawings.sankey import Band, sankey
from contingent.report.html.evidence import citations
from contingent.report.html.host import joint_picture
from contingent.report.html.report import UNPRINTABLE, content_policy, environment, page_style
from contingent.report.mandate import incursions_of
from contingent.report.words import d_day, grouped, leading_capital, percent

SANKEY_WIDE, SANKEY_NARROW = 820, 358
"""Widths of the drawing of who gives what, on screens and paper, and on telephones. [px]"""


def aid_html(scenario: Scenario, status: AidStatus, *, plan: Plan | None = None) -> str:
    """Return the page on aid as the text of one HTML file; the same status gives the same bytes.

    Parameters
    ----------
    scenario : Scenario
        For names, sources and targets.
    status : AidStatus
        From `contingent.aid.assess.assess`.
    plan : Plan, optional
        Of the force, to show where force and aid draw on the same thing.
    """
    style = page_style(status.marking)
    page = (
        environment()
        .get_template("aid.html")
        .render(
            style=Markup(style),  # noqa: S704 (our own style sheet; the marking in it is escaped letter by letter)
            policy=content_policy(style),
            status=status,
            **contents(scenario, status, competition_of(status, plan)),
        )
    )
    return page.translate(UNPRINTABLE)


def competition_of(status: AidStatus, plan: Plan | None) -> pl.DataFrame | None:
    """Return where force and aid compete: of the status if it was held against a plan, else of the plan; None = not known."""
    own = frame_of(status, "competition")
    if own.height or plan is None:
        return own if own.height else None
    return plan.aid_competition


def contents(scenario: Scenario, status: AidStatus, competition: pl.DataFrame | None) -> Row:
    """Return what the page is filled with."""
    gaps, gaps_left_out, met = brigades.gap_groups(scenario, status)
    ledger, ledger_left_out = rows.ledger_groups(scenario, status)
    cover_days, cover = rows.ammunition_rows(scenario, status)
    late = rows.delay_rows(scenario, status)
    spare_heads, spares = rows.spare_rows(scenario, status)
    cases = incursions_of(frame_of(status, "adequacy"))
    return {
        "sentences": aid_sentences(scenario, status, competition), "leads": LEADING,
        "glance": rows.donor_glance(scenario, status), "formations_glance": brigades.formation_glance(status),
        "numbers": key_numbers(scenario, status),
        "donors": rows.donor_rows(scenario, status), "families": rows.family_rows(status),
        "types": rows.type_rows(scenario, status), "months": rows.month_rows(status),
        "ways": ways(scenario, status), **charts(scenario, status),
        "delays": late, "forecast": rows.forecast_rows(status),
        "due_known": any(row["due"] != "–" for row in late), "unseen_known": any(row["unseen"] != "–" for row in late),
        "calibration": rows.calibration_words(status),
        "heat": brigades.readiness_heat(status), "equipped": brigades.equipped_rows(scenario, status),
        "gaps": gaps, "gaps_left_out": gaps_left_out, "needs_met": met,
        "worth": brigades.next_rows(scenario, status), "stops": brigades.stop_rows(scenario, status),
        "cover_days": cover_days, "cover": cover, "spare_heads": spare_heads, "spares": spares,
        "coalitions": rows.coalition_rows(scenario, status),
        "competition": brigades.competition_rows(scenario, competition), "beside": competition is not None,
        "joint": joint_picture(cases) if cases else None,
        "doubts": rows.doubt_rows(scenario, status),
        "ledger": ledger, "ledger_long": sum(len(group["rows"]) for group in ledger) > PRINTED_ROWS,
        "ledger_left_out": ledger_left_out, "standard": percent(status.options.allocation.standard),
        "end": d_day(status.options.horizon_days), "sure": percent(status.options.confidence),
        "cited": citations(scenario), "references": references(scenario, status),
    }  # fmt: skip


def key_numbers(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return six figures with what they are counted from."""
    found, pledged = sums(status), promises(status)
    equipped, worth = frame_of(status, "equipped"), frame_of(status, "next_pledges").sort("rank")
    done = equipped["equipped_day"].is_not_null().sum() if equipped.height else 0
    ahead = expected_row(status, day=max(0, status.lead_days))
    share = f"{percent(found['delivered'] / found['promised'])} of it" if found["promised"] else "no sum was promised"
    return [
        {"name": "Promised", "value": short_money(found["promised"]), "note": f"{grouped(pledged.height)} pledges that count"},
        {"name": "Known to have come", "value": short_money(found["delivered"]), "note": share},
        {"name": "In envelopes", "value": short_money(found["envelopes"]), "note": "stands apart, not added"},
        {"name": "Expected by D-day", "value": "–" if ahead is None else short_money(ahead["median"]),
         "note": "nothing with a sum is open" if ahead is None else
         f"{millions(ahead['low'])} to {millions(ahead['high'])} million, of {millions(ahead['open'])} open"},
        {"name": "Formations at standard", "value": f"{done} of {equipped.height}" if equipped.height else "–",
         "note": f"by {d_day(status.options.horizon_days)}"},
        {"name": "Next pledge", "value": "–" if worth.is_empty() else grouped(worth["quantity"][0]),
         "note": "nothing would help" if worth.is_empty() else brigades.next_rows(scenario, status)[0]["what"]},
    ]  # fmt: skip


def short_money(amount: float) -> str:
    """Return a sum in billions or millions of euro, for a figure that stands large.

    >>> short_money(13800.7), short_money(408.2)
    ('€13.8 bn', '€408 m')
    """
    return f"€{grouped(amount / 1000, places=1)} bn" if abs(amount) >= 1000 else f"€{millions(amount)} m"


def charts(scenario: Scenario, status: AidStatus) -> Row:
    """Return months, fans and curves, each wide and narrow, all drawn at once; None where there is nothing to draw."""
    names = donor_names(scenario)
    found = sums(status)
    ahead = expected_row(status, day=max(0, status.lead_days))
    expected = (
        ""
        if ahead is None
        else (
            f" By D-day, of {money(ahead['open'])} open, {money(ahead['median'])} ({millions(ahead['low'])} to "
            f"{millions(ahead['high'])} million)."
        )
    )
    labels = {
        "month_chart": "Promised by month of the announcement, and known to have come of it. In all "
        f"{money(found['promised'])} promised, {money(found['delivered'])} come.",
        "fan_chart": f"Arrivals to be expected with their interval, below all that is open.{expected}",
        "delay_chart": "Share of pledges that had come, by days since the announcement, with its 95% interval, by donor.",
    }
    made: dict[str, tuple[Spec | None, Spec | None]] = {
        "month_chart": (months_of_promises(status, size=WIDE), months_of_promises(status, size=NARROW)),
        "fan_chart": (forecast_fans(status, size=WIDE), forecast_fans(status, size=NARROW)),
        "delay_chart": (delay_curves(status, names, size=WIDE), delay_curves(status, names, size=NARROW)),
    }
    asked = [(spec, labels[name]) for name, pair in made.items() for spec in pair if spec is not None]
    drawn = iter(svgs_of(asked))
    return {name: {"wide": next(drawn), "narrow": next(drawn)} if pair[0] else None for name, pair in made.items()}


def ways(scenario: Scenario, status: AidStatus) -> list[Row]:
    """Return who gives what, once in money and once in pledges: a drawing and the table beside it."""
    pledged = promises(status).with_columns(
        one=pl.lit(1.0), some=((pl.col("delivered") > 0) | (pl.col("delivered_eur_m") > 0)).cast(pl.Float64)
    )
    asked = (
        ("money", "In money", "EUR million", "promised_eur_m", "delivered_eur_m"),
        ("number", "In pledges", "pledges", "one", "some"),
    )
    found = []
    for key, title, unit, promised, came in asked:
        sums_of = pledged.group_by("donor", "family").agg(
            pl.col(promised).sum().alias("promised"), pl.col(came).sum().alias("came")
        )
        sums_of = sums_of.filter(pl.col("promised") > 0).sort(
            "promised", "donor", "family", descending=[True, False, False], nulls_last=True
        )
        if sums_of.is_empty():
            continue
        bands = [
            Band(donor_named(scenario, row["donor"]), leading_capital(family_name(row["family"])), row["promised"], row["came"])
            for row in sums_of.iter_rows(named=True)
        ]
        found.append(_way(key, title, unit, bands))
    return found


def _way(key: str, title: str, unit: str, bands: list[Band]) -> Row:
    tell = millions if unit != "pledges" else count
    figures: dict[str, float] = {}
    for band in bands:
        for end in (f"<{band.source}", f">{band.target}"):
            figures[end] = figures.get(end, 0.0) + band.amount
    told = {end: tell(amount) for end, amount in figures.items()}
    label = f"Who gives what, {unit}: " + "; ".join(
        f"{band.source} to {band.target} {tell(band.amount)}, come {tell(band.inside)}" for band in bands[:12]
    )
    wide, narrow = (
        sankey(bands, width=width, label=label, heads=("Donor", "Capability"), figures=told)
        for width in (SANKEY_WIDE, SANKEY_NARROW)
    )
    table = [{"donor": band.source, "family": band.target, "promised": tell(band.amount), "came": tell(band.inside)}
             for band in bands]  # fmt: skip
    return {"key": key, "title": title, "unit": unit, "wide": wide, "narrow": narrow, "rows": table[:MOST_WAYS],
            "left_out": max(0, len(table) - MOST_WAYS)}  # fmt: skip


PRINTED_ROWS = 150
"""Rows of the ledger up to which they are printed; of more, the table stands on the page and in ledger.csv. [rows]"""

MOST_WAYS = 60
"""Rows of the table beside the drawing; what is beyond is counted, and stands in entries.csv."""


def references(scenario: Scenario, status: AidStatus) -> list[Any]:
    """Return the sources that rows of aid cite, each with its place in the scenario's list."""
    texts = [
        *frame_of(status, "ledger")["source"].drop_nulls().unique().to_list(),
        *(row.source for row in scenario.needs if row.source),
        *(row.source for row in scenario.coalitions if row.source),
        *(row.source for row in scenario.equipment if row.source),
        *(row.source for row in scenario.deliveries if row.source),
    ]
    keys = {key for text in texts for key in re.findall(r"\[([^\[\]]+)\]", text)}
    return [(at, row) for at, row in enumerate(scenario.references, start=1) if row.reference in keys]


__all__ = ["aid_html", "competition_of", "contents"]
