"""UCDP Georeferenced Event Dataset, yearly, candidate or through its API: one row is one event in which people were killed [1]_.

    incident      ucdp: and id
    time          date_start, the day
    precision_h   from date_start to the end of date_end, which UCDP makes the span in which the event lies; without date_end by
                  date_prec: 1 = day: 24; 2 = two to six days: 144; 3 = week: 168; 4 = month: 744; 5 = year: 8784
    precision_km  where_prec 1 = exact: 1; 2 = within some 25 km of a known point: 25; 3 = second-order division, its centre: 25;
                  4 = first-order division, its centre: 75; 5 = larger or fuzzy: 150; 7 = sea or air: 150. UCDP gives only the
                  25 km of code 2; the others are a judgement of this project
    position      blank for where_prec 6: only the country is known, and its centre would be taken for a place
    place, region where_coordinates (or place), adm_1 (or adm1)
    kind          casualty: UCDP counts deaths and does not say by what. A judgement of this project
    party         blank, as side_a and side_b are who fought, not who began; but of one-sided violence side_a, which killed
    alleged_by    source_office
    killed        best; low and high in the note where they differ
    confidence    high where date_prec and where_prec are 1 or 2; low where date_prec is 4 or 5 or where_prec 5 to 7; else medium:
                  a judgement of this project
    note          sides, kind of violence, range of deaths

References
----------
.. [1] R. Sundberg, E. Melander, "Introducing the UCDP Georeferenced Event Dataset", Journal of Peace Research 50(4), 2013;
   UCDP GED Codebook (date_prec, where_prec, type_of_violence). CC BY 4.0; none of it comes with this package.
"""

import polars as pl

from contingent.monitoring.readers.values import DAY_H, Values

NAME = "ucdp"
MARKS = ({"date_start", "type_of_violence", "best"},)
COLUMNS = frozenset({
    "id", "date_start", "date_end", "date_prec", "latitude", "longitude", "lat", "lon", "where_prec", "where_coordinates",
    "place", "adm_1", "adm1", "type_of_violence", "side_a", "side_b", "best", "low", "high", "source_office", "country",
})
PRECISION_H = {1: DAY_H, 2: 6 * DAY_H, 3: 7 * DAY_H, 4: 31 * DAY_H, 5: 366 * DAY_H}
PRECISION_KM = {1: 1.0, 2: 25.0, 3: 25.0, 4: 75.0, 5: 150.0, 6: None, 7: 150.0}
ONLY_COUNTRY = 6
VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}


def read(values: Values) -> pl.DataFrame:
    """Return the events of a UCDP GED file: `INCIDENT_COLUMNS`."""
    start = values.time(values.text("date_start")).time.dt.truncate("1d")
    end = values.time(values.text("date_end"), needed=False).time.dt.truncate("1d")
    values.reject((end < start).fill_null(False), values.text("date_end"), "is before date_start")
    latitude, longitude = values.position(("latitude", "lat"), ("longitude", "lon"))
    date_code, where_code = values.whole("date_prec"), values.whole("where_prec")
    for code, known in ((date_code, list(PRECISION_H)), (where_code, list(PRECISION_KM))):
        values.reject(code.is_not_null() & ~code.is_in(known), code.cast(pl.String), f"is not a code from 1 to {known[-1]}")
    given = pl.DataFrame({
        "start": start, "end": end, "latitude": latitude, "longitude": longitude, "date_prec": date_code,
        "where_prec": where_code,
        "violence": values.text("type_of_violence").replace(VIOLENCE), "side_a": values.text("side_a"),
        "side_b": values.text("side_b"), "best": values.whole("best"), "low": values.whole("low"), "high": values.whole("high"),
    })
    span = (pl.col("end") - pl.col("start")).dt.total_hours().cast(pl.Float64) + DAY_H
    by_code = pl.col("date_prec").replace_strict(PRECISION_H, default=DAY_H, return_dtype=pl.Float64)
    placed = (pl.col("where_prec") != ONLY_COUNTRY).fill_null(True)
    sharp = pl.col("date_prec").is_between(1, 2) & pl.col("where_prec").is_between(1, 2)
    dull = (pl.col("date_prec") >= 4) | (pl.col("where_prec") >= 5)
    sides = pl.concat_str("side_a", "side_b", separator=" / ", ignore_nulls=True)
    deaths = pl.when(pl.col("low") != pl.col("high")).then(pl.format("killed {} to {}", "low", "high"))
    made = given.select(
        time="start",
        precision_h=pl.coalesce(span, by_code),
        latitude=pl.when(placed).then("latitude"),
        longitude=pl.when(placed).then("longitude"),
        precision_km=pl.col("where_prec").replace_strict(PRECISION_KM, default=None, return_dtype=pl.Float64),
        party=pl.when(pl.col("violence") == "one-sided").then("side_a"),
        killed="best",
        confidence=pl.when(sharp).then(pl.lit("high")).when(dull).then(pl.lit("low")).otherwise(pl.lit("medium")),
        note=pl.concat_str(pl.format("{} violence", "violence"), sides, deaths, separator="; ", ignore_nulls=True),
    )
    names = [name for name in ("adm_1", "adm1") if values.has(name)]
    ids = values.text("id")
    values.reject(ids.is_null(), ids, "no id is given")
    return made.with_columns(
        ("ucdp:" + ids).alias("incident"), values.text("place", "where_coordinates").alias("place"),
        values.text(*(names or ["country"])).alias("region"),
        values.same("casualty", "kind"), values.same(1.0, "count"), values.text("source_office").alias("alleged_by"),
        values.same("UCDP GED", "source"), values.same("UCDP GED", "sources"),
    )
