"""ACLED exports: one row is one event of political violence or protest [1]_.

    incident      acled: and event_id_cnty, which ACLED keeps when it mends an event
    time          event_date, the day
    precision_h   time_precision 1 = the day is known: 24; 2 = the week: 168; 3 = the month, the date being its middle: 744
    precision_km  geo_precision 1 = a named town; 2 = near a town, or a small part of a region; 3 = a larger region, coded to a
                  natural feature or the provincial capital. ACLED gives no kilometres: 5, 25 and 75 are a judgement of this
                  project
    place, region location, admin1
    kind          by event_type and sub_event_type, below: a judgement of this project
    count         1; 0 for what breaks no ceasefire: protests, riots, strategic developments other than destruction
    party         actor1 of remote violence and of violence against civilians, where actor2 is blank or civilians; otherwise
                  blank, as ACLED's order of actors says nothing about who began. That actor1 acted is a judgement of this project
    alleged_by    source
    killed        fatalities, as reported; ACLED writes 0 where none are reported
    confidence    medium where day and town are known, otherwise low: a judgement of this project
    note          actors and notes

"Air/drone strike" does not part aircraft from drones; it is put under drone.

References
----------
.. [1] Armed Conflict Location & Event Data Project (ACLED), Codebook, chapters on event types, event geography (spatial precision
   codes) and event time (time precision codes). The data are ACLED's, under its terms; none come with this package.
"""

import polars as pl

from contingent.monitoring.readers.values import DAY_H, Values

NAME = "acled"
MARKS = ({"event_id_cnty", "event_date"},)
COLUMNS = frozenset({
    "event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1", "actor2", "country", "admin1",
    "location", "latitude", "longitude", "geo_precision", "source", "notes", "fatalities",
})
PRECISION_H = {1: DAY_H, 2: 7 * DAY_H, 3: 31 * DAY_H}
PRECISION_KM = {1: 5.0, 2: 25.0, 3: 75.0}
KIND_OF_EVENT = {"battles": "small_arms", "explosions/remote_violence": "shelling", "violence_against_civilians": "casualty"}
KIND_OF_SUB_EVENT = {
    "air/drone strike": "drone",
    "shelling/artillery/missile attack": "shelling",
    "remote explosive/landmine/ied": "mine",
    "grenade": "small_arms",
    "suicide bomb": "other",
    "chemical weapon": "other",
    "sexual violence": "other",
    "abduction/forced disappearance": "other",
}
NO_VIOLATION = ("protests", "riots", "strategic developments")
STILL_VIOLATIONS = ("looting/property destruction", "disrupted weapons use")


def read(values: Values) -> pl.DataFrame:
    """Return the events of an ACLED export: `INCIDENT_COLUMNS`."""
    times = values.time(values.text("event_date"))
    latitude, longitude = values.position(("latitude",), ("longitude",))
    event, sub_event = values.text("event_type").str.to_lowercase(), values.text("sub_event_type").str.to_lowercase()
    time_code, geo_code = values.whole("time_precision"), values.whole("geo_precision")
    for code, known in ((time_code, PRECISION_H), (geo_code, PRECISION_KM)):
        values.reject(code.is_not_null() & ~code.is_in(list(known)), code.cast(pl.String), "is not a code of ACLED: 1, 2 or 3")
    given = pl.DataFrame({
        "event": event, "sub_event": sub_event, "actor1": values.text("actor1"), "actor2": values.text("actor2"),
        "notes": values.text("notes"), "time_code": time_code, "geo_code": geo_code,
    })
    kind = pl.coalesce(
        pl.col("sub_event").replace_strict(KIND_OF_SUB_EVENT, default=None, return_dtype=pl.String),
        pl.col("event").str.replace_all(" ", "_").replace_strict(KIND_OF_EVENT, default="other", return_dtype=pl.String),
        pl.lit("other"),
    )
    idle = pl.col("event").is_in(NO_VIOLATION) & ~pl.col("sub_event").is_in(STILL_VIOLATIONS).fill_null(False)
    one_sided = pl.col("event").is_in(["explosions/remote violence", "violence against civilians"])
    unanswered = pl.col("actor2").is_null() | pl.col("actor2").str.to_lowercase().str.starts_with("civilians")
    sharp = (pl.col("time_code") == 1) & (pl.col("geo_code") == 1)
    made = given.select(
        kind=kind,
        count=pl.when(idle.fill_null(False)).then(0.0).otherwise(1.0),
        party=pl.when(one_sided & unanswered).then("actor1"),
        confidence=pl.when(sharp).then(pl.lit("medium")).otherwise(pl.lit("low")),
        precision_h=pl.col("time_code").replace_strict(PRECISION_H, default=DAY_H, return_dtype=pl.Float64),
        precision_km=pl.col("geo_code").replace_strict(PRECISION_KM, default=None, return_dtype=pl.Float64),
        note=pl.concat_str(pl.concat_str("actor1", "actor2", separator=" / ", ignore_nulls=True), "notes", separator=": ",
                           ignore_nulls=True),
    )
    ids = values.text("event_id_cnty")
    values.reject(ids.is_null(), ids, "no id is given")
    return made.with_columns(
        ("acled:" + ids).alias("incident"), times.time.alias("time"), latitude.alias("latitude"), longitude.alias("longitude"),
        values.text("location").alias("place"), values.text("admin1", "country").alias("region"),
        values.text("source").alias("alleged_by"), values.whole("fatalities").alias("killed"),
        values.same("ACLED", "source"), values.same("ACLED", "sources"),
    )
