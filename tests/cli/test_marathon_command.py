"""`simulate --marathon`: what is printed, what is written."""

import json
from pathlib import Path

import pytest
from tests.simulation.marathon.hand_made import demand, project, unit

from contingent.cli.marathon import marathon_command
from contingent.errors import BadScenario
from contingent.simulation.marathon import write_project


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_project(
        project(unit(800), unit(1, src="Z"), demand(1, 10), demand(1, 10), demand(50, 10, category="Forward")), tmp_path / "in"
    )
    return tmp_path / "in"


def test_the_screen_tells_fill_scope_and_what_is_not_certain(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marathon_command(place, out=None, replications=3, seed=42, as_json=False)
    told = capsys.readouterr()
    assert "1 units, 2 demands, days 0 to 60; 1 deployments." in told.out
    assert "no demand that it can serve" in told.out
    assert "3 random runs from seed 42" in told.out
    assert "Only read, never compared: Forward" in told.out
    assert "an earlier row has the name 1_V_A_[1...11]" in told.err


def test_json_is_one_object_and_files_go_where_they_should(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marathon_command(place, out=tmp_path / "out", replications=2, seed=1, as_json=True)
    content = json.loads(capsys.readouterr().out)
    assert content["fill"][0] == {
        "src": "A", "units": 1, "demands": 2, "required": 20, "filled": 10, "overlapping": 0, "fill": 0.5,
        "deployments": 1, "stood_in": 0,
    }  # fmt: skip
    assert content["out_of_scope"] == [{"src": "Z", "kind": "supply", "reason": "no demand that it can serve"}]
    assert sorted(Path(file).name for file in content["files"]) == sorted(file.name for file in (tmp_path / "out").iterdir())
    assert (tmp_path / "out" / "random_runs.txt").is_file()
    assert content["random_runs"][0]["runs"] == 2


def test_nothing_is_written_where_the_input_is_wrong(place: Path, tmp_path: Path) -> None:
    (place / "PolicyRecords.csv").unlink()
    with pytest.raises(BadScenario):
        marathon_command(place, out=tmp_path / "out", replications=None, seed=42, as_json=True)
    assert not (tmp_path / "out").exists()
