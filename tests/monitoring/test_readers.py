"""Files in the form that each project documents, written here; what cannot be read is set aside with its line and a reason."""

import csv
import io
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contingent.errors import BadIncidents
from contingent.monitoring.columns import INCIDENT_COLUMNS, SET_ASIDE_COLUMNS
from contingent.monitoring.readers.read import read_incidents

SHARED = Path(__file__).parents[3] / "shared" / "data" / "events"


def written(folder: Path, text: str | bytes, name: str = "incidents.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def reasons(reading) -> list[tuple]:
    return reading.set_aside.rows()


# ------------------------------------------------------------------------------------------------------------ the own form


def test_a_date_is_enough(tmp_path: Path):
    reading = read_incidents(written(tmp_path, "date\n2027-01-05\n"))
    (row,) = reading.incidents.to_dicts()
    assert reading.incidents.schema == INCIDENT_COLUMNS
    assert reading.format == "own"
    assert (row["time"], row["precision_h"], row["kind"], row["count"]) == (datetime(2027, 1, 5), 24.0, "other", 1.0)
    assert (row["source"], row["sources"], row["latitude"], row["killed"]) == ("incidents.csv", "incidents.csv", None, None)


@pytest.mark.parametrize(("text", "time", "precision_h"), [
    ("2027-01-05", datetime(2027, 1, 5), 24.0),
    ("20270105", datetime(2027, 1, 5), 24.0),
    ("5 January 2027", datetime(2027, 1, 5), 24.0),
    ("05-Jan-2027", datetime(2027, 1, 5), 24.0),
    ("5.1.2027", datetime(2027, 1, 5), 24.0),
    ("25/01/2027", datetime(2027, 1, 25), 24.0),
    ("01/25/2027", datetime(2027, 1, 25), 24.0),
    ("2027-01-05 14:30", datetime(2027, 1, 5, 14, 30), 0.0),
    ("2027-01-05T14:30:15.5", datetime(2027, 1, 5, 14, 30, 15, 500_000), 0.0),
    ("2027-01-05T14:30:15Z", datetime(2027, 1, 5, 14, 30, 15), 0.0),
    ("2027-01-05T14:30+02:00", datetime(2027, 1, 5, 12, 30), 0.0),
    ("2027-01-05T14:30:00-0330", datetime(2027, 1, 5, 18, 0), 0.0),
    ("5.1.2027 9:05", datetime(2027, 1, 5, 9, 5), 0.0),
])
def test_times_in_the_forms_that_people_write(tmp_path: Path, text: str, time: datetime, precision_h: float):
    reading = read_incidents(written(tmp_path, f"time,kind\n{text},drone\n"))
    assert reading.incidents.select("time", "precision_h").rows() == [(time, precision_h)]


def test_a_time_without_an_offset_is_in_the_zone_that_is_given_and_a_day_stays_a_day(tmp_path: Path):
    path = written(tmp_path, "time\n2027-07-05 14:30\n2027-01-05 14:30\n2027-07-05\n2027-07-05 14:30Z\n")
    times = read_incidents(path, zone="Europe/Kyiv").incidents["time"].to_list()
    assert times == [
        datetime(2027, 7, 5, 11, 30), datetime(2027, 1, 5, 12, 30), datetime(2027, 7, 5), datetime(2027, 7, 5, 14, 30)]
    with pytest.raises(ValueError, match="not a time zone"):
        read_incidents(path, zone="Europe/Kiew")


def test_a_date_and_a_time_in_columns_of_their_own(tmp_path: Path):
    reading = read_incidents(written(tmp_path, "date;time;lat;lon\n2027-01-05;14:30;48,5;37,25\n2027-01-06;;;\n"))
    rows = reading.incidents.select("time", "precision_h", "latitude", "longitude").rows()
    assert rows == [(datetime(2027, 1, 5, 14, 30), 0.0, 48.5, 37.25), (datetime(2027, 1, 6), 24.0, None, None)]


def test_days_with_slashes_that_could_be_read_either_way_are_not_guessed(tmp_path: Path):
    path = written(tmp_path, "date\n05/06/2027\n07/08/2027\n")
    with pytest.raises(BadIncidents) as bad:
        read_incidents(path)
    assert "day_first" in str(bad.value.findings[0])
    assert read_incidents(path, slash="day_first").incidents["time"].to_list() == [datetime(2027, 6, 5), datetime(2027, 8, 7)]


def test_each_cell_that_cannot_be_read_is_set_aside_with_its_line_and_a_reason(tmp_path: Path):
    text = (
        "time,kind,latitude,longitude,count,killed,confidence\n"
        "2027-01-05,drone,48,37,1,0,high\n"
        "yesterday,drone,48,37,1,0,high\n"
        "2027-01-05,dron,48,37,1,0,high\n"
        "\n"
        "2027-01-05,drone,148,37,1,0,high\n"
        "2027-01-05,drone,48,,-1,0.5,high\n"
        "2027-01-05,drone,0,0,x,0,sure\n"
        ",drone,48,37,1,0,high\n"
    )
    reading = read_incidents(written(tmp_path, text))
    found = {(line, column): reason for line, column, _, reason in reasons(reading)}
    assert reading.set_aside.schema == SET_ASIDE_COLUMNS
    assert set(found) == {
        (3, "time"), (4, "kind"), (6, "latitude"), (7, "longitude"), (7, "count"), (7, "killed"), (8, "latitude"), (8, "count"),
        (8, "confidence"), (9, "time"),
    }
    assert "nearest: 'drone'" in found[4, "kind"]
    assert (reading.rows_given, reading.incidents.height, reading.rows_set_aside) == (7, 1, 6)


def test_rows_that_do_not_fit_the_header_are_set_aside_and_the_others_read(tmp_path: Path):
    text = (
        'time,kind,note\n2027-01-05,drone,"two\nlines, and ""marks"""\n'
        "2027-01-06,drone\n2027-01-07,drone,a,b\n2027-01-08,mine,c\n"
    )
    reading = read_incidents(written(tmp_path, text))
    assert reading.incidents["note"].to_list() == ['two\nlines, and "marks"', "c"]
    assert [(line, reason) for line, _, _, reason in reasons(reading)] == [
        (4, "the row has 2 cells, the header 3"), (5, "the row has 4 cells, the header 3")]


def test_a_row_that_holds_only_what_is_not_read_is_no_blank_row(tmp_path: Path):
    reading = read_incidents(written(tmp_path, "time,my own\n2027-01-05,\n,x\n,\n"))
    assert (reading.rows_given, reading.incidents.height) == (2, 1)
    assert reasons(reading) == [(3, "time", None, "no date is given")]


def test_lines_are_those_of_the_file_though_cells_span_lines(tmp_path: Path):
    text = 'time,note\r\n2027-01-05,"a\r\nb\r\nc"\r\n\r\nsoon,d\r\n2027-01-05,e\r\n'
    reading = read_incidents(written(tmp_path, text))
    assert [line for line, *_ in reasons(reading)] == [6]
    assert reading.incidents["note"].to_list() == ["a\r\nb\r\nc", "e"]


@pytest.mark.parametrize("text", [
    "\ufefftime,kind\n2027-01-05,drone\n", "sep=;\ntime;kind\n2027-01-05;drone\n", "Time\tKind\r\n2027-01-05\tDrone",
    "\n\ntime,kind\n2027-01-05,drone\n", '"time","kind"\n"2027-01-05","drone"\n', "TIME , KIND \n 2027-01-05 , drone \n",
])
def test_what_can_be_told_for_certain_is_read_without_a_word(tmp_path: Path, text: str):
    reading = read_incidents(written(tmp_path, text))
    assert reading.incidents.select("time", "kind").rows() == [(datetime(2027, 1, 5), "drone")]
    assert reading.set_aside.is_empty()


@pytest.mark.parametrize(("content", "said"), [
    (b"", "empty"), (b"\n\n", "empty"), (b"time,place\n2027-01-05,Jasynuwat\xe4\n", "not UTF-8"),
    ("time\n2027-01-05\n".encode("utf-16"), "UTF-16"), (b"when,what\n1,2\n", "no format"), (b"time,kind,time\n1,2,3\n", "twice"),
    (b"PAR1 and nothing else", "Parquet"),
])
def test_a_file_of_which_nothing_can_be_read_is_a_finding(tmp_path: Path, content: bytes, said: str):
    with pytest.raises(BadIncidents) as bad:
        read_incidents(written(tmp_path, content))
    assert said in str(bad.value.findings[0])


def test_no_file_and_the_wrong_format_are_findings(tmp_path: Path):
    with pytest.raises(BadIncidents) as bad:
        read_incidents(tmp_path / "none.csv")
    assert "no such file" in str(bad.value.findings[0])
    with pytest.raises(BadIncidents) as bad:
        read_incidents(written(tmp_path, "time\n2027-01-05\n"), format="acled")
    assert "event_id_cnty" in str(bad.value.findings[0])


def test_parquet_gives_what_csv_gives(tmp_path: Path):
    frame = pl.DataFrame({
        "time": [datetime(2027, 1, 5, 14, 30), datetime(2027, 1, 6)], "latitude": [48.5, None], "longitude": [37.0, None],
        "kind": ["drone", "mine"], "killed": [None, 2],
    })
    frame.write_parquet(tmp_path / "incidents.parquet")
    frame.write_csv(tmp_path / "incidents.csv")
    parquet, text = (read_incidents(tmp_path / f"incidents.{kind}").incidents.drop("source", "sources", "incident")
                     for kind in ("parquet", "csv"))
    assert parquet.equals(text)


def test_rows_without_an_id_get_one_that_stays_when_the_file_is_read_again(tmp_path: Path):
    rows = ["2027-01-05,drone,Hill,A", "2027-01-05,drone,Hill,A", "2027-01-05,drone,Hill,B"]
    path = written(tmp_path, "\n".join(["time,kind,place,source", *rows]))
    ids = read_incidents(path).incidents["incident"].to_list()
    assert ids == ["2027-01-05T00:00:00 drone Hill A", "2027-01-05T00:00:00 drone Hill A:2", "2027-01-05T00:00:00 drone Hill B"]
    given = read_incidents(written(tmp_path, "incident,time\nx,2027-01-05\n,2027-01-05\n")).incidents["incident"].to_list()
    assert given == ["x", "2027-01-05T00:00:00 other  incidents.csv"]


CELLS = st.text(st.sampled_from('ab,;"\n\r \té0'), max_size=6)


@given(st.lists(st.tuples(st.sampled_from(["2027-01-05", "x", ""]), CELLS, CELLS), max_size=8), st.sampled_from([",", ";"]),
       st.booleans())
def test_every_row_is_taken_or_set_aside_and_text_survives(tmp_path_factory, rows, sign, quote_all):
    """The oracle is Python's own csv module, which wrote the file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sign, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerows([("time", "place", "note"), *rows])
    path = written(tmp_path_factory.mktemp("files"), text.getvalue())
    reading = read_incidents(path)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    good = [(place.strip() or None, note.strip() or None) for time, place, note in filled if time == "2027-01-05"]
    assert reading.rows_given == len(filled)
    assert reading.incidents.select("place", "note").rows() == good


# ------------------------------------------------------------------------------------------------------------ other projects

ACLED = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,"
    "assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,"
    "geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n"
)


def acled_row(**cells: object) -> str:
    row = dict.fromkeys(ACLED.strip().split(","), "") | {
        "event_id_cnty": "XXX1", "event_date": "2027-01-05", "time_precision": 1, "event_type": "Battles",
        "sub_event_type": "Armed clash", "country": "Nowhere", "admin1": "North", "location": "Hill",
        "latitude": 48.0, "longitude": 37.0, "geo_precision": 1,
        "source": "Herald", "fatalities": 0, "actor1": "A", "actor2": "B",
    } | cells
    return ",".join(str(cell) for cell in row.values()) + "\n"


def test_acled_events(tmp_path: Path):
    rows = [
        acled_row(),
        acled_row(event_id_cnty="XXX2", event_date="16 May 2025", time_precision=2, geo_precision=3, fatalities=4,
                  event_type="Explosions/Remote violence", sub_event_type="Shelling/artillery/missile attack", actor2=""),
        acled_row(event_id_cnty="XXX3", event_type="Protests", sub_event_type="Peaceful protest"),
        acled_row(event_id_cnty="XXX4", event_type="Strategic developments", sub_event_type="Looting/property destruction"),
        acled_row(event_id_cnty="XXX5", event_type="Violence against civilians", sub_event_type="Attack",
                  actor2="Civilians (Nowhere)"),
        acled_row(event_id_cnty="XXX6", geo_precision=4),
    ]
    reading = read_incidents(written(tmp_path, ACLED + "".join(rows)))
    shown = ("incident", "kind", "count", "party", "precision_h", "precision_km", "killed", "confidence")
    assert reading.format == "acled"
    assert reading.incidents.select(shown).rows() == [
        ("acled:XXX1", "small_arms", 1.0, None, 24.0, 5.0, 0, "medium"),
        ("acled:XXX2", "shelling", 1.0, "A", 168.0, 75.0, 4, "low"),
        ("acled:XXX3", "other", 0.0, None, 24.0, 5.0, 0, "medium"),
        ("acled:XXX4", "other", 1.0, None, 24.0, 5.0, 0, "medium"),
        ("acled:XXX5", "casualty", 1.0, "A", 24.0, 5.0, 0, "medium"),
    ]
    assert [(line, column) for line, column, *_ in reasons(reading)] == [(7, "geo_precision")]
    assert set(reading.incidents["source"]) == {"ACLED"}
    assert reading.incidents["region"][0] == "North"
    assert reading.incidents["alleged_by"][0] == "Herald"


def test_ucdp_events_full_names_and_short(tmp_path: Path):
    full = (
        "id,date_start,date_end,date_prec,latitude,longitude,where_prec,where_coordinates,adm_1,type_of_violence,side_a,side_b,best,"
        "low,high,number_of_sources,source_office,country\n"
        "7,2027-01-05 00:00:00.000,2027-01-07 00:00:00.000,2,48,37,2,Hill,North,1,A,B,5,3,9,2,Wire,Nowhere\n"
        "8,2027-01-05,2027-01-05,1,48,37,6,Nowhere,,3,A,Civilians,1,1,1,1,,Nowhere\n"
        "9,2027-01-05,2027-01-01,1,48,37,1,Hill,,3,A,Civilians,1,1,1,1,,Nowhere\n"
    )
    reading = read_incidents(written(tmp_path, full))
    one, two = reading.incidents.to_dicts()
    assert reading.format == "ucdp"
    assert (one["incident"], one["precision_h"], one["precision_km"], one["killed"]) == ("ucdp:7", 72.0, 25.0, 5)
    assert (one["kind"], one["party"], one["confidence"], one["region"]) == ("casualty", None, "high", "North")
    assert one["note"] == "state-based violence; A / B; killed 3 to 9"
    assert (two["latitude"], two["precision_km"], two["party"], two["confidence"]) == (None, None, "A", "low")
    assert [(line, column) for line, column, *_ in reasons(reading)] == [(4, "date_end")]
    short = (
        "id,date_start,date_prec,lat,lon,where_prec,place,adm1,type_of_violence,best,low,high\n"
        "7,2027-01-05,4,48,37,1,Hill,N,one-sided,1,1,1\n"
    )
    assert read_incidents(written(tmp_path, short)).incidents["precision_h"].to_list() == [744.0]


def test_viina_events_and_reports(tmp_path: Path):
    events = (
        "viina_version,event_id_1pd,date,n_reports,event_ids,sources,asciiname,ADM1_NAME,longitude,latitude,GEO_PRECISION,t_mil_b,"
        "a_rus_init_b,a_ukr_init_b,t_airstrike_b,t_uav_b,t_artillery_b,t_civcas_b\n"
        'v,11,20270105,3,"1, 2",pravdaua,Hill,North,37,48,ADM3,1,1,0,0,1,1,0\n'
        "v,12,20270105,1,3,nv,Hill,North,37,48,ADM1,0,1,1,0,0,0,0\n"
        "v,13,20270105,1,4,nv,Hill,North,37,48,STREET,1,0,0,0,0,1,1\n"
    )
    reading = read_incidents(written(tmp_path, events))
    assert reading.format == "viina"
    assert reading.incidents.select("incident", "kind", "count", "party", "precision_km", "confidence").rows() == [
        ("viina:11", "drone", 1.0, "RUS", 5.0, "low"), ("viina:12", "other", 0.0, None, 75.0, "low"),
        ("viina:13", "shelling", 1.0, None, 1.0, "low"),
    ]
    info = (
        "event_id,report_id,date,time,GEO_PRECISION,source,longitude,latitude\n"
        "5,9,20270105,14:30,ADM3,nv,37,48\n6,9,20270105,00:00,ADM3,nv,37,48\n"
    )
    reading = read_incidents(written(tmp_path, info))
    assert reading.incidents["time"].to_list() == [datetime(2027, 1, 5, 14, 30), datetime(2027, 1, 5)]


def test_daily_counts_long_and_wide(tmp_path: Path):
    long = (
        "date,region,violations,explosions,period_days\n"
        "2027-01-05,North,0,0,1\n2027-01-06,North,10,4,2\n2027-01-07,North,,,1\n2027-01-08,North,1,2,1\n"
    )
    reading = read_incidents(written(tmp_path, long))
    assert reading.format == "daily_counts"
    assert reading.incidents.select("time", "precision_h", "region", "count", "note").rows() == [
        (datetime(2027, 1, 5), 24.0, "North", 0.0, "0 explosions among them"),
        (datetime(2027, 1, 5), 48.0, "North", 10.0, "4 explosions among them"),
    ]
    assert [line for line, *_ in reasons(reading)] == [4, 5]
    wide = (
        "report_no,observed_to,donetsk_violations,donetsk_explosions,luhansk_violations,period_days,source_url\n"
        "1/2027,2027-01-05,3,1,4,1,a\n2/2027,2027-01-06,5,,,1,b\n3/2027,2027-01-07,,,,1,c\n"
    )
    reading = read_incidents(written(tmp_path, wide))
    assert reading.incidents.select("region", "count").rows() == [("Donetsk", 3.0), ("Luhansk", 4.0), ("Donetsk", 5.0)]
    assert (reading.rows_given, reading.rows_set_aside) == (3, 1)


def test_the_bundled_counts_hold_the_days_that_matter():
    """27 July 2020, the first day of the strengthened ceasefire, and 19 February 2022, as the mission's reports give them."""
    import contingent.monitoring

    path = Path(contingent.monitoring.__file__).parent / "examples" / "osce_daily_counts.csv"
    reading = read_incidents(path)
    counts = {(row["time"].date().isoformat(), row["region"]): row["count"] for row in reading.incidents.iter_rows(named=True)}
    assert reading.set_aside.is_empty()
    assert (counts["2020-07-27", "Donetsk"], counts["2020-07-27", "Luhansk"]) == (111.0, 0.0)
    assert (counts["2022-02-18", "Donetsk"], counts["2022-02-18", "Luhansk"]) == (591.0, 975.0)
    assert all(row.startswith("https://") for row in pl.read_csv(path)["source"])
    assert reading.incidents["incident"].is_unique().all()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples are not here")
@pytest.mark.parametrize(("name", "told", "rows"), [
    ("ucdp_ged_ukraine_2014_2023.csv", "ucdp", 3973),
    ("viina_derived_infrastructure_reports_2022_2025_ODbL.csv", "viina", 3576),
    ("osce_smm_daily_counts_sample.csv", "daily_counts", 46),
])
def test_samples_of_the_projects_themselves(name: str, told: str, rows: int):
    reading = read_incidents(SHARED / name)
    assert reading.format == told
    assert reading.rows_given - reading.rows_set_aside == rows
    if told == "ucdp":
        text = (SHARED / name).read_text(encoding="utf-8")
        deaths = sum(int(row["best"]) for row in csv.DictReader(io.StringIO(text, newline="")))
        assert reading.incidents["killed"].sum() == deaths
