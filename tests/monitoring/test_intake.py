"""Reports as they come in: kept once it is said that they are, through a program's death at any moment, and never twice."""

import json
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from contingent.errors import BadIncidents
from contingent.monitoring.columns import INCIDENT_COLUMNS, KINDS
from contingent.monitoring.intake import Intake, Report, read_intake


def report(number: int, **more: object) -> dict:
    return {"incident": f"i{number}", "time": "2027-01-05T12:00:00Z", "source": "post", "kind": "drone"} | more


def test_what_is_added_can_be_read_in_the_frame_of_all_rooms(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    with Intake(path) as intake:
        taken = intake.add([report(1, latitude=48.5, longitude=37, killed=2, note="Vovčans'k – ödes Dorf"), report(2)])
        assert (taken.kept, taken.again, taken.refused_count, len(intake)) == (2, 0, 0, 2)
    frame = read_intake(path)
    assert frame.schema == INCIDENT_COLUMNS
    row = frame.to_dicts()[0]
    assert (row["time"], row["precision_h"], row["latitude"], row["killed"]) == (datetime(2027, 1, 5, 12), 0.0, 48.5, 2)
    assert (row["sources"], row["count"], row["note"], row["sector"]) == ("post", 1.0, "Vovčans'k – ödes Dorf", None)


@pytest.mark.parametrize(("given", "time", "precision_h"), [
    ("2027-01-05", datetime(2027, 1, 5), 24.0),
    (date(2027, 1, 5), datetime(2027, 1, 5), 24.0),
    ("2027-01-05T14:30:00+02:00", datetime(2027, 1, 5, 12, 30), 0.0),
    (datetime(2027, 1, 5, 14, 30, tzinfo=timezone(timedelta(hours=2))), datetime(2027, 1, 5, 12, 30), 0.0),
    (datetime(2027, 1, 5, 12, 30, tzinfo=UTC), datetime(2027, 1, 5, 12, 30), 0.0),
    (datetime(2027, 1, 5, 12, 30, 1, 500), datetime(2027, 1, 5, 12, 30, 1, 500), 0.0),
])
def test_times_are_kept_in_utc(tmp_path: Path, given: object, time: datetime, precision_h: float):
    with Intake(tmp_path / "reports.jsonl") as intake:
        assert intake.add(report(1, time=given)).kept == 1
    assert read_intake(tmp_path / "reports.jsonl").select("time", "precision_h").rows() == [(time, precision_h)]


def test_the_same_report_is_kept_once_and_a_new_content_stands_for_the_old(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    with Intake(path) as intake:
        intake.add([report(1), report(2)])
        size = path.stat().st_size
        assert intake.add([report(2), report(1)]).again == 2
        assert path.stat().st_size == size
        assert intake.add(report(1, killed=3)).kept == 1
        first = intake.add({"time": "2027-01-05", "source": "post"})
        second = intake.add({"time": "2027-01-05", "source": "post"})
        assert (first.kept, second.again) == (1, 1)
    with Intake(path) as intake:
        assert intake.add([report(1, killed=3), report(2)]).again == 2
        assert intake.add(report(1)).kept == 1
    frame = read_intake(path)
    assert frame["killed"].to_list() == [None, None, None]
    assert frame["incident"].to_list()[:2] == ["i1", "i2"]


def test_a_report_that_is_wrong_is_refused_with_findings_and_hinders_no_other(tmp_path: Path):
    wrong = [
        report(1, kind="dron"), report(2, latitude=48), report(3, sorce="x"), report(4, killed=-1), report(5, time="soon"),
        report(6, latitude=0, longitude=0), {"time": "2027-01-05"}, report(8, count=float("nan")), report(9, source=" "),
    ]
    with Intake(tmp_path / "reports.jsonl") as intake:
        taken = intake.add([*wrong, report(10)])
    assert (taken.kept, taken.refused_count) == (1, 9)
    found = [(finding.line, finding.column, finding.nearest) for finding in taken.refused]
    assert found == [(1, "kind", "drone"), (2, "latitude", None), (3, "sorce", "source"), (4, "killed", None), (5, "time", None),
                     (6, "latitude", None), (7, "source", None), (8, "count", None), (9, "source", None)]
    assert read_intake(tmp_path / "reports.jsonl")["incident"].to_list() == ["i10"]


def test_a_last_line_torn_at_any_byte_is_cut_off_and_the_rest_stands(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    with Intake(path) as intake:
        intake.add(report(1))
        whole = path.stat().st_size
        intake.add(report(2))
    content = path.read_bytes()
    for length in range(whole, len(content)):
        path.write_bytes(content[:length])
        assert read_intake(path)["incident"].to_list() == ["i1"]
        with Intake(path) as intake:
            assert len(intake) == 1
            assert path.stat().st_size == whole
            assert intake.add(report(2)).kept == 1
        assert path.read_bytes() == content


CHILD = """
import sys
from pathlib import Path
from contingent.monitoring.intake import Intake
intake = Intake(Path(sys.argv[1]))
number = len(intake)
while True:
    batch = [{"incident": f"i{number + n}", "time": "2027-01-05T12:00", "source": "post", "note": "x" * 500} for n in range(20)]
    intake.add(batch)
    number += 20
    print(number, flush=True)
"""


def test_what_was_said_to_be_kept_outlives_a_killed_program(tmp_path: Path):
    """Three times a program is killed while it writes; each time the next one goes on from what was kept."""
    path = tmp_path / "reports.jsonl"
    said = 0
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
        try:
            for _ in range(5):
                said = int(child.stdout.readline())
        finally:
            child.kill()
            said = max([said, *(int(line) for line in child.stdout.read().split("\n")[:-1])])
            child.stdout.close()
            child.wait()
        kept = read_intake(path)["incident"].to_list()
        assert kept[:said] == [f"i{number}" for number in range(said)]
        with Intake(path) as intake:
            assert len(intake) == len(kept)


def test_one_program_writes_at_a_time_and_others_read(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    with Intake(path) as intake:
        intake.add(report(1))
        asked = f"from contingent.monitoring.intake import Intake; from pathlib import Path; Intake(Path({str(path)!r}))"
        other = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
        assert other.returncode != 0
        assert "being written by another program" not in other.stdout
        assert "BadIncidents" in other.stderr
        assert read_intake(path).height == 1


def test_many_threads_lose_nothing(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    with Intake(path) as intake:
        def send(thread: int) -> None:
            for number in range(25):
                intake.add(report(100 * thread + number), sync=number % 5 == 4)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(read_intake(path)["incident"]) == {f"i{100 * thread + number}" for thread in range(8) for number in range(25)}


def test_a_file_that_is_something_else_is_a_finding_and_is_left_alone(tmp_path: Path):
    path = tmp_path / "reports.jsonl"
    path.write_text(json.dumps({"incident": "a"}) + "\nnot json\n{}\n")
    with pytest.raises(BadIncidents) as bad:
        Intake(path)
    assert bad.value.findings[0].line == 2
    assert path.read_text().endswith("{}\n")
    with pytest.raises(BadIncidents):
        read_intake(tmp_path / "none.jsonl")
    with pytest.raises(BadIncidents):
        Intake(tmp_path / "no folder" / "reports.jsonl")


def test_the_words_are_those_of_the_frame():
    """The list of kinds is written twice, once for reports and once for frames."""
    assert set(Report.model_json_schema()["properties"]["kind"]["enum"]) == set(KINDS)
    assert set(Report.model_fields) < set(INCIDENT_COLUMNS)
