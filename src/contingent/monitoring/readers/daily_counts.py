"""Counts of a mission by day and region, such as those of the OSCE Special Monitoring Mission to Ukraine.

One row is one region and period of one report. A quiet period is a row with 0, and says that it was watched.

    long form     date, region, violations; and if known explosions, period_days, report, note, source
    wide form     observed_to, <region>_violations; and if known <region>_explosions, period_days, report_no, note, source_url

    incident      source's short name, last day and region
    time          beginning of the first day of the period; precision_h = 24 for each of its days (blank = 1)
    region        as given (long form), or what stands before _violations, its first letter made large
    kind          other: bursts, shots and explosions are counted together
    count         violations; a row without them is set aside
    alleged_by    blank; source = the mission, `observer` where the file has such a column, else "OSCE SMM"
    confidence    high: a mission's own published total
    note          explosions among them, the report, its address, its remark

The period that the OSCE calls a day ended in the evening of the date given; it is taken as that calendar day. In the wide form
what a report gives for the period before it is not read: how long that was the report does not say.
"""

import polars as pl

from contingent.monitoring.readers.values import DAY_H, Values

NAME = "daily_counts"
MARKS = ({"date", "region", "violations"}, {"observed_to", "period_days"})
REGIONS = ("donetsk", "luhansk")
"""Regions that have columns of their own in the wide form."""
COLUMNS = frozenset({
    "date", "observed_to", "region", "violations", "explosions", "period_days", "report", "report_no", "note", "source",
    "source_url", "observer", *(f"{region}_{what}" for region in REGIONS for what in ("violations", "explosions")),
})
MISSION = "OSCE SMM"


def read(values: Values) -> pl.DataFrame:
    """Return the counts of a file: `INCIDENT_COLUMNS`, in the long form one row for each of its rows."""
    return _counts(values, "violations", "explosions", values.text("region"))


def read_wide(values: Values) -> list[pl.DataFrame]:
    """Return the counts of a file in the wide form: for each region `INCIDENT_COLUMNS`, one row for each row of the file.

    A region for which a report gives no count has a blank id there: there is nothing to take.
    """
    found = []
    for region in REGIONS:
        if values.has(f"{region}_violations"):
            name = values.same(region.capitalize(), "region")
            found.append(_counts(values, f"{region}_violations", f"{region}_explosions", name, needed=False))
    given = [values.text(f"{region}_violations").is_not_null() for region in REGIONS if values.has(f"{region}_violations")]
    none = ~pl.select(pl.any_horizontal(given)).to_series()
    values.reject(none, values.text("donetsk_violations"), "no region has a count in this row")
    return found


def _counts(values: Values, violations: str, explosions: str, region: pl.Series, *, needed: bool = True) -> pl.DataFrame:
    last = values.time(values.text("date", "observed_to")).time.dt.truncate("1d")
    count = values.number(violations, least=0.0)
    if needed:
        values.reject(values.text(violations).is_null(), values.text(violations), "no count is given")
    blasts = values.number(explosions, least=0.0)
    values.reject((blasts > count).fill_null(False), values.text(explosions), "more explosions than violations of all kinds")
    days = values.number("period_days", least=1.0, most=31.0).fill_null(1.0)
    given = pl.DataFrame({
        "last": last, "days": days, "count": count, "blasts": blasts, "region": region,
        "report": values.text("report", "report_no"), "remark": values.text("note"),
        "address": values.text("source", "source_url"), "observer": values.text("observer").fill_null(MISSION),
    })
    made = pl.format("{}:{} {}", "observer", pl.col("last").dt.to_string("%Y-%m-%d"), pl.col("region").fill_null("all"))
    blasts_told = pl.format("{} explosions among them", pl.col("blasts").cast(pl.Int64, strict=False))
    return given.select(
        incident=pl.when(pl.col("count").is_not_null()).then(made),
        time=pl.col("last") - pl.duration(hours=(pl.col("days") - 1.0) * DAY_H, time_unit="us"),
        precision_h=pl.col("days") * DAY_H,
        region="region",
        kind=pl.lit("other"),
        count="count",
        source="observer",
        sources="observer",
        confidence=pl.lit("high"),
        note=pl.concat_str(blasts_told, pl.format("report {}", "report"), "remark", "address", separator="; ", ignore_nulls=True),
    )
