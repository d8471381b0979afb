"""Changes found in deaths in the Donbas, as UCDP records them, beside what is known of the war's turns.

The file is not part of the project (UCDP GED, CC BY 4.0); where it is absent nothing is tested.
"""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.monitoring.made_up import INCIDENTS

from contingent.monitoring.assess import assess
from contingent.monitoring.signal_options import SignalOptions

EVENTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "events" / "ucdp_ged_ukraine_2014_2023.csv"
DONETSK = "Donetsk oblast"
TURNS = [
    (DONETSK, date(2014, 8, 29), "rise"),  # Ilovaisk
    (None, date(2014, 9, 5), "fall"),  # Minsk protocol
    (DONETSK, date(2015, 1, 13), "rise"),  # the January offensive
    (None, date(2015, 2, 18), "fall"),  # Debaltseve falls, three days after Minsk II takes force
    (DONETSK, date(2015, 9, 1), "fall"),  # the ceasefire for the beginning of school
    (DONETSK, date(2017, 1, 29), "rise"),  # Avdiivka
    (DONETSK, date(2017, 2, 4), "fall"),  # and its end
]
NEAR = timedelta(days=4)


@pytest.mark.skipif(not EVENTS.exists(), reason="UCDP's events are not here")
def test_turns_of_the_war_are_dated_within_four_days():
    events = pl.read_csv(EVENTS, infer_schema_length=5000, try_parse_dates=True).filter(pl.col("adm1").str.contains("onet|uhan"))
    known = {"incident": pl.col("id").cast(pl.String), "time": pl.col("date_start").cast(pl.Date).cast(pl.Datetime("us")),
             "precision_h": pl.when(pl.col("date_prec") == 1).then(24.0).otherwise(24.0 * 30), "kind": pl.lit("casualty"),
             "count": pl.lit(1.0), "sector": pl.col("adm1")}  # fmt: skip
    frame = events.select(known.get(name, pl.lit(None, kind)).alias(name) for name, kind in INCIDENTS.items())
    options = SignalOptions(since=date(2014, 6, 1), until=date(2021, 12, 31), across="each")
    called = assess(frame, options=options).changes.filter(pl.col("grade") == "called")
    for sector, day, direction in TURNS:
        mine = called.filter(pl.col("sector").eq_missing(sector) & (pl.col("direction") == direction))
        assert mine["changed"].is_between(day - NEAR, day + NEAR).any(), (sector, day, direction)
