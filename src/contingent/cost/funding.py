"""Who pays: three schemes of funding for the same costs, each nation's bill under each.

    costs lie where they fall   a nation pays for its own units
    common funding              the items that are common are paid by key, all else as above
    reimbursement               as the first; beside it a common purse pays each nation so much for each of its person-months, and
                                nations fill the purse by key

What units cost that several nations own together (kind ``multinational``) is paid by key under each scheme: their owners'
shares are not in the tables. Payers are the states of the scenario that may contribute; a backstop that is left out pays
nothing. So what all bills add up to is the same under each scheme, year by year: what there is to pay.
"""

import polars as pl

from contingent.cost.options import GDP, CostOptions
from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.model.scenario import Scenario
from contingent.plan.money import COMMON, FALL, REIMBURSED, SCHEMES, intervals, summed

SHARE = {"payer": pl.String, "share": pl.Float64}
PAID = ("nation", "year", "rates", "value", "rise", "fall")


def shares_of(scenario: Scenario, options: CostOptions) -> dict[str, float]:
    """Return each payer's share by the key; shares add up to 1.

    A key of funding.csv is taken as parts of what its payers have together. Without one it goes by gross domestic product;
    where no nation's is known, all pay alike.

    Raises
    ------
    UnknownName
        If the scenario has no such key, or nobody who could pay is in it.
    """
    states = [row for row in scenario.contributors if row.kind == "state"]
    if options.key in (None, GDP) and not any(row.funding_key == GDP for row in scenario.funding):
        raw = {row.nation: row.gdp or 0.0 for row in states}
        if not any(raw.values()):
            raw = dict.fromkeys(raw, 1.0)
    else:
        key = options.key or GDP
        known = dict.fromkeys([row.funding_key for row in scenario.funding] + [GDP])
        if key not in known:
            nearest = nearest_name(key, known)
            hint = f" Nearest: '{nearest}'." if nearest else ""
            raise UnknownName(f"'{key}' is not a key of funding of this scenario.{hint} Keys: {', '.join(known)}.")
        by_key = {row.nation: row.share for row in scenario.funding if row.funding_key == key}
        raw = {row.nation: by_key.get(row.nation, 0.0) for row in states}
        if states and not any(raw.values()):
            raise UnknownName(f"'{key}' names nobody of this scenario who could pay. Keys: {', '.join(known)}.")
    total = sum(raw.values())
    return {nation: value / total for nation, value in raw.items() if value > 0}


def bills_of(scenario: Scenario, costs: pl.DataFrame, months: pl.DataFrame, options: CostOptions) -> pl.DataFrame:
    """Return the frame ``bills``: each nation's bill by scheme and year, with its interval. [currency]

    Parameters
    ----------
    costs : polars.DataFrame
        Frame ``costs``.
    months : polars.DataFrame
        What reimbursement pays, as rows of the same form as costs. Of nations that are states.
    """
    shares = pl.DataFrame(list(shares_of(scenario, options).items()), schema=SHARE, orient="row")
    owned = sorted(row.nation for row in scenario.nations if row.kind == "multinational") if shares.height else []
    moved = costs.with_columns(rise=pl.col("high") - pl.col("value"), fall=pl.col("value") - pl.col("low")).select(*PAID, "item")
    paid_back = months.with_columns(rise=pl.col("high") - pl.col("value"), fall=pl.col("value") - pl.col("low")).select(PAID)
    together = pl.col("nation").is_in(owned)
    common = together | pl.col("item").is_in(list(options.common_items)) if shares.height else pl.lit(value=False)
    rows = {
        FALL: [moved.filter(~together).select(PAID), _by_key(moved.filter(together), shares)],
        COMMON: [moved.filter(~common).select(PAID), _by_key(moved.filter(common), shares)],
    }
    received = paid_back.with_columns(-pl.col("value", "rise", "fall"))
    rows[REIMBURSED] = [*rows[FALL], *([received, _by_key(paid_back, shares)] if shares.height else [])]
    whole = pl.concat([
        part.select(pl.lit(SCHEMES.index(scheme)).alias("order"), *PAID) for scheme, parts in rows.items() for part in parts
    ])
    found = intervals(whole, ["order", "nation", "year"])
    named = pl.col("order").replace_strict(dict(enumerate(SCHEMES)), return_dtype=pl.String)
    return found.select(scheme=named, nation="nation", year="year", low="low", value="value", high="high")


def _by_key(common: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """What is paid in common, as rows of those who pay it."""
    pooled = summed(common, ["year", "rates"], ["value", "rise", "fall"])
    spread = pooled.join(shares, how="cross", maintain_order="left_right")
    return spread.select(
        nation="payer", year="year", rates="rates", **{name: pl.col(name) * pl.col("share") for name in ("value", "rise", "fall")}
    )
