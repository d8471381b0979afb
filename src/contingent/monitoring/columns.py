"""The frames of monitoring: their columns, types and closed lists of words.

One row of `incidents` is one report of what happened.

    reported    from `incident` to `note`: what a source says; blank where it does not say
    located     `sector`, `line_km`, `side`, `depth`: set by `locate`; blank before, and where it cannot be known

Times are UTC. A row whose position is blank belongs to a region or a sector as a whole.
"""

import polars as pl

KINDS = (
    "shelling", "small_arms", "drone", "mine", "heavy_weapons", "airspace", "maritime", "obstruction", "casualty", "other",
)
"""What can happen, the most telling word first: where sources of one event disagree, the first of these stands."""

CONFIDENCES = ("high", "medium", "low")
"""How far a row can be trusted, best first."""

DEPTHS = ("front", "middle", "rear")
"""How far from the line: below the first bound, below the second, beyond."""

INCIDENT_COLUMNS: dict[str, pl.DataType] = {
    "incident": pl.String(),
    "time": pl.Datetime("us"),
    "precision_h": pl.Float64(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "precision_km": pl.Float64(),
    "place": pl.String(),
    "region": pl.String(),
    "kind": pl.String(),
    "count": pl.Float64(),
    "party": pl.String(),
    "alleged_by": pl.String(),
    "killed": pl.Int64(),
    "wounded": pl.Int64(),
    "source": pl.String(),
    "sources": pl.String(),
    "confidence": pl.String(),
    "note": pl.String(),
    "sector": pl.String(),
    "line_km": pl.Float64(),
    "side": pl.String(),
    "depth": pl.String(),
}
"""Columns of `incidents`, in order.

    incident      own id; of a data set that has ids: its name, a colon, its id
    time          earliest moment at which it may have begun, UTC
    precision_h   it began within so many hours after `time`: 24 = the day is known, 0 = the minute. [h]
    latitude      degrees north, WGS 84; blank = only a region or sector is known. [deg]
    longitude     degrees east. [deg]
    precision_km  how far the position may be off; blank = not said. [km]
    place         nearest place as given
    region        administrative area as given
    kind          one of `KINDS`
    count         violations that the row stands for: 1 if not said; 0 = none (a quiet day that was watched, or an event that is
                  no violation). [-]
    party         whom the source holds responsible; blank = not said
    alleged_by    who says so
    killed        people; blank = not said. [people]
    wounded       people; blank = not said. [people]
    source        who gives the row: a post, a data set
    sources       all who report it, in order of their names, parted by "; "
    confidence    one of `CONFIDENCES`; blank = not said
    note          anything else
    sector        sector of the scenario; blank = outside all, or not located yet
    line_km       distance to the nearest line; blank = not known. [km]
    side          which side of that line
    depth         one of `DEPTHS`
"""

LOCATION_COLUMNS = ("sector", "line_km", "side", "depth")
"""Columns of `incidents` that `locate` sets."""

EXPOSURE_COLUMNS: dict[str, pl.DataType] = {
    "sector": pl.String(),
    "date": pl.Date(),
    "observed_h": pl.Float64(),
    "monitors": pl.Float64(),
    "weather": pl.Float64(),
}
"""Columns of `exposure`: what was watched, by sector (blank = all) and day.

    observed_h    hours observed; a day watched by all monitors = 24. [h]
    monitors      monitors on task. [people]
    weather       share of the time with sight; blank = not given. [-]
"""

SET_ASIDE_COLUMNS: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
}
"""Columns of `set_aside`: one row for each cell for which a row of a file was not taken."""

JOINED_COLUMNS: dict[str, pl.DataType] = {
    "incident": pl.String(),
    "source": pl.String(),
    "into": pl.String(),
}
"""Columns of `joined`: rows that were found to tell of the same event as another, and the id under which that one stands."""

SEPARATOR = "; "
"""Between the names in `sources`."""
