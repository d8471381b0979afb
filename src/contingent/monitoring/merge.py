"""One event, one row: reports of the same event by different sources become one, whatever order they came in.

Two rows tell of the same event where

    1. their ids are the same, or
    2. all of this holds: no source stands in both (a source that gives two ids means two events); their kinds are the same or
       compatible; the spans of time in which they may have begun overlap, or lie at most `slack_h` apart; their positions are at
       most both precisions and `slack_km` apart; both are precise enough (`coarsest_h`, `coarsest_km`); neither counts 0.

Where a row has several such partners, the nearest in shares of what the precisions allow is taken: the two that are nearest to
each other become one, which again looks for partners, until none has any. So merging what is merged changes nothing.

Of the rows that become one

    id, source, party's place in order   those of the leading row: most trusted, then most precise in place, in time, then by id
    time, precision_h                    of the row that knows the time best
    position, place, region              of the row that knows the place best
    kind                                 the most telling (`KINDS` in order)
    count, killed, wounded               the largest; where sources differ the note gives the range
    party                                if all who name one name the same; otherwise blank, and the note names them
    sources, alleged_by                  all
    note                                 all

It is for reports side by side, not for what was merged before and more of the same sources: keep what came in, and merge it
whole.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.monitoring.columns import CONFIDENCES, INCIDENT_COLUMNS, JOINED_COLUMNS, KINDS, SEPARATOR

COMPATIBLE = (
    ("casualty", "shelling"), ("casualty", "small_arms"), ("casualty", "drone"), ("casualty", "mine"), ("drone", "airspace"),
)
"""Kinds that one event may be told as, besides each kind and itself: people were hit by something; a drone overhead is both.
A judgement."""
KM_PER_DEGREE = 111.2
"""Of latitude. [km]"""
SMALLEST = 1e-3
"""Blocks of time and bands of latitude are no smaller. [h], [km]"""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Merging:
    """How far apart two reports of one event may be. All four are assumptions.

    Parameters
    ----------
    slack_h : float
        Clocks and reports differ by so much beyond what the precisions say. [h]
    slack_km : float
        Positions likewise. [km]
    coarsest_h, coarsest_km : float
        A row less precise is joined only by its id: what is known to a week or to a province cannot be told apart. [h], [km]
    assumed_km : float
        Precision of a position that does not say it. [km]
    """

    slack_h: float = 1.0
    slack_km: float = 2.0
    coarsest_h: float = 24.0
    coarsest_km: float = 10.0
    assumed_km: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name in ("slack_h", "slack_km", "coarsest_h", "coarsest_km", "assumed_km"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 0 or more.")
        if self.coarsest_h + self.slack_h <= 0 or self.coarsest_km + self.slack_km <= 0:
            raise ValueError("coarsest and slack are both 0: nothing could be compared.")


@dataclass(frozen=True, slots=True)
class Merged:
    """Incidents of which each stands for one event.

    Parameters
    ----------
    incidents : polars.DataFrame
        `INCIDENT_COLUMNS`, by time, then id.
    joined : polars.DataFrame
        `JOINED_COLUMNS`: each row that went into another.
    """

    incidents: pl.DataFrame
    joined: pl.DataFrame


_TRUST, _RANK, _GROUP, _KM, _KIND = "_trust", "_rank", "_group", "_km", "_kind"
_TIME_ORDER = ["precision_h", _TRUST, "time", _RANK]
_PLACE_ORDER = [_KM, _TRUST, _RANK]


def merge_incidents(incidents: pl.DataFrame, merging: Merging | None = None) -> Merged:
    """Return one row for each event.

    Parameters
    ----------
    incidents : polars.DataFrame
        `INCIDENT_COLUMNS`; rows of any number of sources, in any order.
    merging : Merging, optional
        How far apart reports of one event may be.

    Returns
    -------
    Merged
        As many rows as came in, less those joined.
    """
    merging = merging or Merging()
    ranked = _ranked(incidents.select(list(INCIDENT_COLUMNS)), merging)
    rows, same = _combined(ranked.with_columns(pl.col("incident").alias(_GROUP)), tell_ranges=False)
    rows = _ranked(rows, merging)
    roots = _clusters(rows, merging)
    merged, joined = _combined(rows.with_columns(pl.Series(_GROUP, roots)), tell_ranges=True)
    into = dict(zip(joined["incident"], joined["into"], strict=True))
    same = same.with_columns(into=pl.col("into").replace(into)) if into else same
    told = pl.concat([same, joined]).sort("into", "incident", "source")
    assert incidents.height == merged.height + told.height, "a row was lost in merging"
    return Merged(merged.sort("time", "incident", nulls_last=True), told)


def _ranked(incidents: pl.DataFrame, merging: Merging) -> pl.DataFrame:
    """Rows in an order that depends on nothing but themselves, with what they are compared by."""
    return (
        incidents.select(list(INCIDENT_COLUMNS))
        .sort(list(INCIDENT_COLUMNS), nulls_last=True)
        .with_columns(
            pl.col("confidence").replace_strict({word: at for at, word in enumerate(CONFIDENCES)}, default=len(CONFIDENCES),
                                                return_dtype=pl.Int64).alias(_TRUST),
            pl.when(pl.col("latitude").is_null()).then(float("inf")).otherwise(pl.col("precision_km").fill_null(merging.assumed_km))
            .alias(_KM),
            pl.col("kind").replace_strict({word: at for at, word in enumerate(KINDS)}, default=len(KINDS) - 1,
                                          return_dtype=pl.Int64).alias(_KIND),
            pl.int_range(pl.len(), dtype=pl.Int64).alias(_RANK),
        )
    )


def _combined(members: pl.DataFrame, *, tell_ranges: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row for each group, and which rows went into which."""
    several = members[_GROUP].is_duplicated()
    lone, many = members.filter(~several).select(list(INCIDENT_COLUMNS)), members.filter(several)
    if many.is_empty():
        return lone, pl.DataFrame(schema=JOINED_COLUMNS)
    led = many.sort(_GROUP, _TRUST, _KM, "precision_h", _RANK)
    largest = led.group_by(_GROUP).agg(
        *(pl.col(name).max() for name in LARGEST), *(pl.col(name).min().name.suffix("_least") for name in LARGEST))
    parts = [
        _first(led, ["incident", _RANK]), *(_first(led.filter(pl.col(name).is_not_null()), [name]) for name in LEADING),
        _first(led.sort(_GROUP, *_TIME_ORDER), ["time", "precision_h"]),
        _first(led.sort(_GROUP, *_PLACE_ORDER), ["latitude", "longitude", "precision_km"]),
        *(_first(led.filter(pl.col(name).is_not_null()).sort(_GROUP, *_PLACE_ORDER), [name]) for name in ("place", "region")),
        _first(led.sort(_GROUP, _KIND), ["kind"]), largest,
        _union(led, "sources"), _union(led, "alleged_by"), _union(led, "party"), _notes(led),
    ]
    combined = parts[0]
    for part in parts[1:]:
        combined = combined.join(part, on=_GROUP, how="left", maintain_order="left")
    agreed = pl.col("party").str.contains(SEPARATOR, literal=True).not_()
    told = [pl.col("note"), pl.when(agreed.not_()).then(pl.format("held responsible: {}", "party"))]
    if tell_ranges:
        told += [pl.when(pl.col(name) != pl.col(f"{name}_least")).then(
            pl.format(f"{name} {{}} to {{}} by source", pl.col(f"{name}_least").cast(pl.Int64), pl.col(name).cast(pl.Int64)))
            for name in LARGEST]
    note = pl.concat_str(told, separator=" | ", ignore_nulls=True)
    heads = combined.select(_GROUP, into="incident", head=_RANK)
    combined = combined.with_columns(party=pl.when(agreed).then("party"), note=pl.when(note != "").then(note))
    joined = led.join(heads, on=_GROUP, how="left", maintain_order="left").filter(pl.col(_RANK) != pl.col("head"))
    return pl.concat([lone, combined.select(list(INCIDENT_COLUMNS))]), joined.select(list(JOINED_COLUMNS))


LEADING = ("source", "confidence", "sector", "line_km", "side", "depth")
"""Columns that are the leading row's, or the next one's that has any."""
LARGEST = ("count", "killed", "wounded")
"""Columns of which the largest stands."""


def _first(members: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The first row of each group, of the columns named."""
    return members.select(_GROUP, *names).unique(_GROUP, keep="first", maintain_order=True)


def _union(members: pl.DataFrame, name: str) -> pl.DataFrame:
    """All the names that a column holds in each group, each once, in order."""
    names = members.select(_GROUP, pl.col(name).str.split(SEPARATOR)).explode(name).drop_nulls(name).unique().sort(_GROUP, name)
    return names.group_by(_GROUP, maintain_order=True).agg(pl.col(name).str.join(SEPARATOR))


def _notes(members: pl.DataFrame) -> pl.DataFrame:
    """All the notes of each group, each once, in the order of its rows."""
    notes = members.select(_GROUP, "note").drop_nulls().unique(maintain_order=True)
    return notes.group_by(_GROUP, maintain_order=True).agg(pl.col("note").str.join(" | "))


def _clusters(rows: pl.DataFrame, merging: Merging) -> Ints:
    """Return for each row the number of the row that stands for its event."""
    roots = np.arange(rows.height, dtype=np.int64)
    able = rows.select(
        pl.col("latitude").is_not_null() & pl.col("time").is_not_null() & (pl.col("precision_h") <= merging.coarsest_h)
        & (pl.col(_KM) <= merging.coarsest_km) & (pl.col("count") > 0)
    ).to_series().fill_null(False)
    if able.sum() < 2 or rows["sources"].n_unique() < 2:
        return roots
    at = able.arg_true().to_numpy().astype(np.int64)
    search = _Search(rows[at], merging)
    roots[at] = at[search.clusters()]
    return roots


class _Search:
    """Rows that may be joined, as arrays; a row that was taken into another stands for nothing any more."""

    def __init__(self, rows: pl.DataFrame, merging: Merging) -> None:
        self.merging = merging
        self.count = rows.height
        hours = rows["time"].dt.epoch("us").to_numpy() / 3.6e9
        self.time: Floats = hours
        self.precision_h = rows["precision_h"].to_numpy().copy()
        self.latitude, self.longitude = np.radians(rows["latitude"].to_numpy()), np.radians(rows["longitude"].to_numpy())
        self.precision_km = rows[_KM].to_numpy().copy()
        self.kind = rows[_KIND].to_numpy().copy()
        trust = rows[_TRUST].to_numpy()
        self.time_rank = _ranks(rows["precision_h"].to_numpy(), trust, hours)
        self.place_rank = _ranks(rows[_KM].to_numpy(), trust)
        lists = rows["sources"].fill_null("").str.split(SEPARATOR)
        self.first_source = np.concatenate(([0], np.cumsum(lists.list.len().to_numpy()))).astype(np.int64)
        self.source = lists.explode().rank("dense").to_numpy().astype(np.int64)
        self.lone_source = np.where(np.diff(self.first_source) == 1, self.source[self.first_source[:-1]], -1)
        self.compatible = np.eye(len(KINDS), dtype=np.bool_)
        for one, other in COMPATIBLE:
            a, b = KINDS.index(one), KINDS.index(other)
            self.compatible[a, b] = self.compatible[b, a] = True
        self.root: Ints = np.arange(self.count, dtype=np.int64)
        self.next_member = np.full(self.count, -1, dtype=np.int64)
        self.last_member: Ints = np.arange(self.count, dtype=np.int64)

    def clusters(self) -> Ints:
        """Join what belongs together, and return the row that stands for each."""
        best = np.full(self.count, -1, dtype=np.int64)
        score = np.full(self.count, np.inf)
        alive = np.ones(self.count, dtype=np.bool_)
        asked: Ints = np.arange(self.count, dtype=np.int64)
        while len(asked):
            best[asked], score[asked] = -1, np.inf
            self._look(asked, alive, best, score)
            has = np.flatnonzero(alive & (best >= 0))
            keep = has[(best[best[has]] == has) & (has < best[has])]
            taken = best[keep]
            if not len(keep):
                break
            self._join(keep, taken)
            alive[taken] = False
            changed = np.zeros(self.count, dtype=np.bool_)
            changed[keep] = changed[taken] = True
            lost = alive & (best >= 0) & changed[np.maximum(best, 0)]
            asked = np.flatnonzero(alive & (changed | lost))
        return self._ends()

    def _ends(self) -> Ints:
        root = self.root
        while not np.array_equal(root[root], root):
            root = root[root]
        return root

    def _look(self, asked: Ints, alive: NDArray[np.bool_], best: Ints, score: Floats) -> None:
        from contingent.monitoring.near_kernel import find_partners

        merging = self.merging
        most_h, most_km = float(self.precision_h.max()), float(self.precision_km.max())
        reach_h, reach_km = max(most_h + merging.slack_h, SMALLEST), max(2.0 * most_km + merging.slack_km, SMALLEST)
        height = reach_km / KM_PER_DEGREE * 1.01
        bands = int(np.ceil(180.0 / height)) + 3
        key = np.floor(self.time / reach_h).astype(np.int64) * bands
        key += np.floor((np.degrees(self.latitude) + 90.0) / height).astype(np.int64)
        standing = np.flatnonzero(alive)
        order = standing[np.lexsort((standing, self.longitude[standing], key[standing]))]
        place = np.empty(self.count, dtype=np.int64)
        place[order] = np.arange(len(order))
        is_asked = np.zeros(len(order), dtype=np.bool_)
        is_asked[place[asked]] = True
        keys, starts = np.unique(key[order], return_index=True)
        latitude = self.latitude[order]
        widest = np.minimum(np.abs(np.degrees(latitude)) + height, 89.9)
        own_reach = (self.precision_km[order] + most_km + merging.slack_km) / KM_PER_DEGREE * 1.01
        find_partners(
            place[asked], order, keys, np.append(starts, len(order)).astype(np.int64), key[order], bands, self.time[order],
            self.precision_h[order], latitude, self.longitude[order], np.sqrt(np.cos(latitude)), self.precision_km[order],
            self.kind[order], self.lone_source[order], np.radians(own_reach / np.cos(np.radians(widest))), is_asked,
            self.compatible, self.next_member, self.first_source, self.source, merging.slack_h, merging.slack_km, best, score,
        )

    def _join(self, keep: Ints, taken: Ints) -> None:
        """Let each row of `keep` stand for that of `taken` too."""
        self.root[taken] = keep
        self.next_member[self.last_member[keep]] = taken
        self.last_member[keep] = self.last_member[taken]
        of_taken = self.time_rank[taken] < self.time_rank[keep]
        for values in (self.time, self.precision_h, self.time_rank):
            values[keep[of_taken]] = values[taken[of_taken]]
        of_taken = self.place_rank[taken] < self.place_rank[keep]
        for values in (self.latitude, self.longitude, self.precision_km, self.place_rank):
            values[keep[of_taken]] = values[taken[of_taken]]
        self.lone_source[keep] = -1
        self.kind[keep] = np.minimum(self.kind[keep], self.kind[taken])


def _ranks(*keys: NDArray[np.generic]) -> Ints:
    """Return the place of each row in the order of the keys, the first key first; equals in the order of rows."""
    order = np.lexsort(keys[::-1])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
