"""VIINA 2: reports in the news, geocoded and sorted by a machine [1]_. Three of its files, and extracts from them, are read.

    event_1pd     one row is one event by VIINA's own count (one place, one day): event_id_1pd, n_reports, sources, t_*_b
    event_info joined to event_labels by event_id, with the labels t_*_b: one row is one report
    event_info    alone: reports without a kind; they are `other`
    an extract with target_classes instead of labels: every row is `other`, its classes go into the note

    incident      viina: and event_id_1pd, so that reports of one event are one; without it event_id
    time          date (YYYYMMDD), and time where it is not 00:00, which VIINA writes where the hour is not known. Which time zone
                  it is in VIINA does not say; it is taken in the zone that the reader is given. It is when it was reported
    precision_h   24
    precision_km  GEO_PRECISION STREET 1, ADM3 (a populated place) 5, ADM2 25, ADM1 75; VIINA gives no kilometres: a judgement of
                  this project. ADM1 is a point that stands for the oblast
    place, region asciiname, ADM1_NAME
    kind          by the first label that is 1, in this order: a judgement of this project
                  t_uav drone; t_artillery shelling; t_airstrike airspace; t_ied mine; t_armor heavy_weapons; t_firefight and
                  t_raid small_arms; t_aad and t_airalert airspace; t_civcas, t_milcas and t_hospital casualty; none of them other
    count         1; 0 where t_mil_b is 0: not about military operations
    party         RUS or UKR by a_rus_init_b, a_ukr_init_b (without them a_rus_b, a_ukr_b) where exactly one is 1
    alleged_by    source or sources: the news media
    killed        blank: VIINA says whether casualties are mentioned, not how many
    confidence    low: reports picked and placed by a machine

References
----------
.. [1] Y. Zhukov, N. Ayers, VIINA: Violent Incident Information from News Articles on the 2022 Russian Invasion of Ukraine, README
   and codebook. ODbL 1.0; none of it comes with this package.
"""

import polars as pl

from contingent.monitoring.readers.values import DAY_H, Values

NAME = "viina"
LABELS = {
    "t_uav_b": "drone", "t_artillery_b": "shelling", "t_airstrike_b": "airspace", "t_ied_b": "mine", "t_armor_b": "heavy_weapons",
    "t_firefight_b": "small_arms", "t_raid_b": "small_arms", "t_aad_b": "airspace", "t_airalert_b": "airspace",
    "t_civcas_b": "casualty", "t_milcas_b": "casualty", "t_hospital_b": "casualty",
}
PARTIES = (("a_rus_init_b", "a_ukr_init_b"), ("a_rus_b", "a_ukr_b"), ("rus_initiated", "ukr_initiated"))
PRECISION_KM = {"STREET": 1.0, "ADM3": 5.0, "ADM2": 25.0, "ADM1": 75.0}
MARKS = ({"event_id_1pd", "date"}, {"event_id", "date", "t_mil_b"}, {"event_id", "geo_precision", "report_id"})
COLUMNS = frozenset({
    "event_id", "event_id_1pd", "date", "time", "longitude", "latitude", "lon", "lat", "asciiname", "place", "adm1_name", "adm1",
    "geo_precision", "n_reports", "source", "sources", "text", "target_classes", "t_mil_b", *LABELS,
    *(one for pair in PARTIES for one in pair),
})
YES = ("1", "1.0", "true")


def read(values: Values) -> pl.DataFrame:
    """Return the events or reports of a VIINA file: `INCIDENT_COLUMNS`."""
    days = values.text("date")
    clocks = values.text("time")
    known = clocks.is_not_null() & (clocks != "00:00")
    when = pl.select(pl.when(known.fill_null(False)).then(days + " " + clocks).otherwise(days).alias("date")).to_series()
    times = values.time(when)
    latitude, longitude = values.position(("latitude", "lat"), ("longitude", "lon"))
    labels = [name for name in LABELS if values.has(name)]
    first, second = next((pair for pair in PARTIES if values.has(pair[0])), PARTIES[0])
    given = pl.DataFrame({
        **{name: values.text(name).str.to_lowercase().is_in(YES).fill_null(False) for name in (*labels, first, second)},
        "mil": values.text("t_mil_b"),
        "precision": values.text("geo_precision").str.to_uppercase(),
        "media": values.text("sources", "source"),
        "reports": values.text("n_reports"),
        "headline": values.text("text"),
        "classes": values.text("target_classes"),
    })
    kind = pl.coalesce(*(pl.when(pl.col(name)).then(pl.lit(LABELS[name])) for name in labels), pl.lit("other"))
    told = pl.when(pl.col("reports") != "1").then(pl.format("{} reports", "reports"))
    party = pl.when(pl.col(first) & ~pl.col(second)).then(pl.lit("RUS")).when(pl.col(second) & ~pl.col(first)).then(pl.lit("UKR"))
    made = given.select(
        kind=kind,
        count=pl.when(pl.col("mil").is_in(["0", "0.0", "false"]).fill_null(False)).then(0.0).otherwise(1.0),
        party=party,
        alleged_by="media",
        precision_km=pl.col("precision").replace_strict(PRECISION_KM, default=None, return_dtype=pl.Float64),
        note=pl.concat_str(told, "classes", "headline", separator="; ", ignore_nulls=True),
    )
    made = made.with_columns(note=pl.when(pl.col("note") != "").then("note"))
    ids = values.text("event_id_1pd", "event_id")
    values.reject(ids.is_null(), ids, "no id is given")
    return made.with_columns(
        ("viina:" + ids).alias("incident"), times.time.alias("time"), latitude.alias("latitude"), longitude.alias("longitude"),
        values.same(DAY_H, "precision_h"), values.text("asciiname", "place").alias("place"),
        values.text("adm1_name", "adm1").alias("region"), values.same("VIINA", "source"), values.same("VIINA", "sources"),
        values.same("low", "confidence"),
    )
