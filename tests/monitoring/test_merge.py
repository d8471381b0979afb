"""Reports of one event become one row: by hand, against the rule written out pair by pair, and by properties."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.monitoring.frames import incidents

from contingent.monitoring.columns import INCIDENT_COLUMNS, JOINED_COLUMNS, KINDS
from contingent.monitoring.merge import COMPATIBLE, Merging, merge_incidents

HILL = {"latitude": 48.0, "longitude": 37.0}


def ids(frame: pl.DataFrame) -> list[str]:
    return frame["incident"].to_list()


def test_two_posts_that_report_one_event_make_one_row_of_the_best_that_each_knows():
    """A hears it to the minute, some 3 km off; B finds the place the next morning and knows only the day."""
    frame = incidents(
        {"incident": "a", "source": "A", "time": "2027-01-05T14:05", "latitude": 48.02, "longitude": 37.0, "precision_km": 3.0,
         "killed": 1, "party": "X", "note": "heard", "confidence": "medium", "place": "Hill", "kind": "casualty"},
        {"incident": "b", "source": "B", "time": "2027-01-05", "precision_h": 24.0, "latitude": 48.0, "longitude": 37.0,
         "precision_km": 0.1, "killed": 3, "party": "Y", "note": "craters", "confidence": "high", "count": 4.0,
         "alleged_by": "police"},
    )
    merged = merge_incidents(frame)
    (row,) = merged.incidents.to_dicts()
    assert (row["incident"], row["source"], row["sources"]) == ("b", "B", "A; B")
    assert (row["time"], row["precision_h"]) == (datetime(2027, 1, 5, 14, 5), 0.0)
    assert (row["latitude"], row["precision_km"], row["place"]) == (48.0, 0.1, "Hill")
    assert (row["killed"], row["count"], row["kind"], row["party"], row["confidence"]) == (3, 4.0, "shelling", None, "high")
    assert row["note"] == "craters | heard | held responsible: X; Y | count 1 to 4 by source | killed 1 to 3 by source"
    assert merged.joined.rows() == [("a", "A", "b")]


@pytest.mark.parametrize(("change", "joined"), [
    ({}, True),
    ({"source": "A"}, False),                                            # one source, two ids: two events
    ({"kind": "small_arms"}, False),
    ({"kind": "casualty"}, True),
    ({"time": "2027-01-05T12:59"}, True),                                # within the hour that clocks may differ
    ({"time": "2027-01-05T13:01"}, False),
    ({"time": "2027-01-05", "precision_h": 24.0}, True),                 # that day
    ({"time": "2027-01-06", "precision_h": 24.0}, False),                # the next day
    ({"latitude": 48.035}, True),                                        # 3.9 km: two of 1 km each, and 2 km beyond
    ({"latitude": 48.037}, False),                                       # 4.1 km
    ({"latitude": 48.1, "precision_km": 9.0}, True),
    ({"precision_km": 11.0}, False),                                     # known too roughly to be told apart
    ({"precision_h": 168.0}, False),
    ({"latitude": None, "longitude": None}, False),
    ({"count": 0.0}, False),
])
def test_near_in_time_and_place_beyond_both_precisions_and_of_another_source(change: dict, joined: bool):
    other = {"incident": "b", "source": "B", "precision_km": 1.0} | HILL | change
    frame = incidents({"incident": "a", "source": "A", "precision_km": 1.0} | HILL, other)
    assert merge_incidents(frame).joined.height == joined


def test_the_same_id_is_the_same_event_whatever_it_says():
    frame = incidents(
        {"incident": "a", "source": "A", "killed": 1}, {"incident": "a", "source": "A", "killed": 2, "time": "2027-03-01"},
        {"incident": "a", "source": "A", "killed": 1},
    )
    merged = merge_incidents(frame)
    assert (ids(merged.incidents), merged.incidents["killed"].to_list()) == (["a"], [2])
    assert merged.joined.rows() == [("a", "A", "a"), ("a", "A", "a")]


def test_of_several_partners_the_nearest_is_taken_and_nobody_is_taken_twice():
    places = {"a1": 48.000, "a2": 48.020, "b1": 48.018, "b2": 48.002}
    frame = incidents(*({"incident": name, "source": name[0].upper(), "latitude": latitude, "longitude": 37.0}
                        for name, latitude in places.items()))
    merged = merge_incidents(frame)
    assert sorted(merged.joined.select("incident", "into").rows()) == [("b1", "a2"), ("b2", "a1")]


def test_three_sources_of_one_event_make_one_row():
    frame = incidents(*({"incident": source, "source": source, "latitude": 48.0 + at / 1000, "longitude": 37.0}
                        for at, source in enumerate("CAB")))
    merged = merge_incidents(frame)
    assert merged.incidents.select("sources", "count").rows() == [("A; B; C", 1.0)]


def test_an_empty_frame_and_one_row():
    empty = merge_incidents(pl.DataFrame(schema=INCIDENT_COLUMNS))
    assert (empty.incidents.schema, empty.joined.schema) == (INCIDENT_COLUMNS, JOINED_COLUMNS)
    assert ids(merge_incidents(incidents({"incident": "a"})).incidents) == ["a"]


@pytest.mark.parametrize("wrong", [{"slack_h": -1.0}, {"coarsest_km": float("inf")}, {"coarsest_h": 0.0, "slack_h": 0.0}])
def test_bounds_that_make_no_sense_are_refused(wrong: dict):
    with pytest.raises(ValueError, match=r"slack|coarsest"):
        Merging(**wrong)


@st.composite
def crowds(draw: st.DrawFn) -> pl.DataFrame:
    """A few reports, so close that many could be one another."""
    rows = []
    for number in range(draw(st.integers(0, 14))):
        day_known = draw(st.booleans())
        minutes = draw(st.integers(0, 40)) * 20
        time = datetime(2027, 1, 5) if day_known else datetime(2027, 1, 5, 6) + timedelta(minutes=minutes)
        rows.append({
            "incident": f"i{draw(st.integers(0, 30)) if draw(st.booleans()) else 100 + number}",
            "source": draw(st.sampled_from("ABC")), "time": time, "precision_h": 24.0 if day_known else 0.0,
            "latitude": 48.0 + draw(st.integers(0, 12)) / 200,
            "longitude": 37.0 + draw(st.integers(0, 12)) / 200, "precision_km": draw(st.sampled_from([None, 0.5, 3.0])),
            "kind": draw(st.sampled_from(["shelling", "drone", "airspace", "casualty"])),
            "killed": draw(st.sampled_from([None, 0, 2])), "party": draw(st.sampled_from([None, "X", "Y"])),
            "confidence": draw(st.sampled_from([None, "high", "low"])),
        })
    return incidents(*rows)


def could_be_one(a: dict, b: dict, merging: Merging) -> bool:
    """The rule, pair by pair, with distances on the ellipsoid."""
    if set(a["sources"].split("; ")) & set(b["sources"].split("; ")):
        return False
    if a["kind"] != b["kind"] and (a["kind"], b["kind"]) not in COMPATIBLE and (b["kind"], a["kind"]) not in COMPATIBLE:
        return False
    first, second = sorted((a, b), key=lambda row: row["time"])
    if (second["time"] - first["time"]).total_seconds() / 3600 - first["precision_h"] > merging.slack_h:
        return False
    km = Geod(ellps="WGS84").inv(a["longitude"], a["latitude"], b["longitude"], b["latitude"])[2] / 1000
    reach = sum(merging.assumed_km if row["precision_km"] is None else row["precision_km"] for row in (a, b)) + merging.slack_km
    return km <= reach * 0.99  # the kernel's plane is off by some 0.3 %


@settings(max_examples=60)
@given(crowds(), st.randoms(use_true_random=False))
def test_merging_keeps_every_row_knows_no_order_and_leaves_nothing_to_merge(frame: pl.DataFrame, shuffler):
    merging = Merging()
    merged = merge_incidents(frame, merging)
    rows = merged.incidents.to_dicts()
    # nobody is lost, every id leads to a row
    assert merged.incidents.height + merged.joined.height == frame.height
    assert set(merged.joined["into"]) <= set(ids(merged.incidents))
    assert set(ids(frame)) == set(ids(merged.incidents)) | set(merged.joined["incident"])
    # order tells nothing
    order = list(range(frame.height))
    shuffler.shuffle(order)
    other = merge_incidents(frame[order], merging)
    assert other.incidents.equals(merged.incidents)
    assert other.joined.equals(merged.joined)
    # once is enough
    again = merge_incidents(merged.incidents, merging)
    assert again.incidents.equals(merged.incidents)
    # nothing is left that the rule would join
    assert not [(a, b) for at, a in enumerate(rows) for b in rows[:at] if could_be_one(a, b, merging)]
    # what each source saw is kept: as many ids of one source in one row as were given with one id
    by_event = dict(zip(merged.joined["incident"], merged.joined["into"], strict=True))
    seen = {(row["incident"], row["source"]) for row in frame.iter_rows(named=True)}
    events: dict[tuple[str, str], set[str]] = {}
    for name, source in seen:
        events.setdefault((by_event.get(name, name), source), set()).add(name)
    assert all(len(names) == 1 for names in events.values())
    assert merged.incidents["kind"].is_in(list(KINDS)).all()


def test_what_was_strewn_is_found_again():
    """A hundred events 30 km or two days apart, each told by one to three sources with errors within their precision."""
    rows = []
    for event in range(100):
        for source in "ABC"[: 1 + event % 3]:
            off = 0.004 * "ABC".index(source)
            rows.append({
                "incident": f"{source}{event}", "source": source, "time": datetime(2027, 1, 1 + 2 * (event // 10), 12),
                "latitude": 47.0 + 0.3 * (event % 10) + off, "longitude": 37.0 - off, "precision_km": 1.0})
    merged = merge_incidents(incidents(*rows))
    assert merged.incidents.height == 100
    assert all(name[1:] == into[1:] for name, into in merged.joined.select("incident", "into").rows())
