"""The command `briefing`: of a plan and of a scenario, in each kind of file, and what it refuses."""

import json
from pathlib import Path

import pytest
from tests.cli.calling import Run

from contingent.io import read_scenario, write_plan
from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of the bundled scenario tiny."""
    folder, scenario = tmp_path_factory.mktemp("plans") / "tiny", derive(read_scenario("tiny"))
    write_plan(make_plan(scenario, PlanOptions(replications=0)), folder, scenario=scenario)
    return folder


def test_a_plan_is_told_in_its_own_folder_and_edited_slides_are_not_lost(run: Run, kept: Path) -> None:
    told = run("briefing", kept)
    assert (told.code, told.out.strip()) == (0, f"Written: {kept / 'briefing.pptx'}")
    (kept / "briefing.pptx").write_bytes(b"edited by hand")
    refused = run("briefing", kept)
    assert refused.code == 2
    assert "--overwrite" in refused.err
    assert (kept / "briefing.pptx").read_bytes() == b"edited by hand"
    assert run("briefing", kept, "--overwrite").code == 0
    assert (kept / "briefing.pptx").read_bytes().startswith(b"PK")


def test_several_files_at_once_with_a_date(run: Run, kept: Path, tmp_path: Path) -> None:
    told = run(
        "briefing", kept, "--out", tmp_path / "told.pdf", "--out", tmp_path / "told.md", "--date", "2029-11-05", "--json"
    )
    assert told.code == 0
    out = json.loads(told.out)["out"]
    assert out[:2] == [str(tmp_path / "told.pdf"), str(tmp_path / "told.md")]
    assert all(Path(path).is_file() for path in out)
    assert "5 Nov 2029" in (tmp_path / "told.md").read_text(encoding="utf-8")


def test_a_scenario_is_planned_first(run: Run, tmp_path: Path) -> None:
    told = run("briefing", "tiny", "--out", tmp_path / "tiny.pptx")
    assert told.code == 0
    assert (tmp_path / "tiny.pptx").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "told.docx"), "Kinds: .pptx, .pdf, .md"),
        (("--date", "tomorrow", "--out", "told.pdf"), "Maybe write it as 2027-01-15"),
        (("--option", "medium", "--out", "told.pdf"), "is a plan of all lines, not of the option medium"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    run: Run, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("briefing", kept, *arguments)
    assert told.code == 2
    assert said in told.err
    assert "No briefing was written." in told.err
    assert not list(tmp_path.iterdir())
