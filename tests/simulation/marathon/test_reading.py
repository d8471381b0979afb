"""Projects as people have them: all findings at once, nothing misread, and what is written is read back."""

import csv
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulation.marathon.hand_made import demand, project, unit
from tests.simulation.marathon.random_projects import project as drawn

from contingent.errors import BadScenario, ContingentError
from contingent.findings import Finding
from contingent.simulation.marathon import MarathonProject, read_project, run, write_project, write_run
from contingent.simulation.marathon.edn import BadEdn, Keyword, Symbol, read_edn
from contingent.simulation.marathon.project import StartingUnit, Supply

SOUND = {
    "SupplyRecords": "Enabled,Quantity,SRC,Component,CycleTime,Policy\nTRUE,1,A,AC,800,AC12\n",
    "DemandRecords": "Enabled,Priority,Quantity,StartDay,Duration,SRC,SourceFirst,Vignette\nTRUE,1,1,1,10,A,Uniform,V\n",
    "PolicyRecords": "PolicyName,Template,MaxDwell,MinDwell,MaxBOG,StartDeployable,StopDeployable,Overlap,Recovery,Deltas\n"
    "AC12,AC12,1095,730,365,730,1095,45,90,{}\n",
    "PeriodRecords": "Name,FromDay,ToDay\nInitialization,0,0\nPreSurge,1,inf\n",
}


def folder(place: Path, suffix: str = ".csv", **tables: str | None) -> Path:
    for name, text in (SOUND | tables).items():
        if text is not None:
            (place / f"{name}{suffix}").write_text(text)
    return place


def findings(place: Path, **tables: str | None) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        read_project(folder(place, **tables))
    return [str(finding) for finding in caught.value.findings]


def test_a_sound_folder_is_read(tmp_path: Path) -> None:
    found = run(read_project(folder(tmp_path)))
    assert found.deployments.select("t", "unit", "demand").rows() == [(1, "1_A_AC", "1_V_A_[1...11]")]


def test_reading_leaves_the_limit_of_others_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read_project(folder(tmp_path))
    assert csv.field_size_limit() == before == 131_072


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    told = findings(
        tmp_path,
        SupplyRecords="Enabled,Quantity,SRC,Component,CycleTime,Policy\nTRUE,1,A,AC,800,AC12\nTRUE,many,A,AC,800,AC12\nperhaps,1,A,AC,0,AC12\nTRUE,1,A,AC,0,AC21\n",
        DemandRecords="Enabled,Priority,Quantity,StartDay,Duration,SRC,SourceFirst,Category\nTRUE,1,1.5,1,10,A,,\n"
        "TRUE,1,1,1,10,A,Unifrom,\n"
        "TRUE,1,1,-4,10,A,AC_First,SRM\n",
        PolicyRecords="PolicyName,Template,MaxDwell,MaxBOG,StartDeployable,StopDeployable,Overlap,Deltas\n"
        'AC12,AC21,1095,365,730,1095,45,"{""Reset"" lots}"\n',
        PeriodRecords="Name,FromDay,ToDay\nInitialization,0,0\nPreSurge,0,inf\n",
    )
    text = "\n".join(told)
    assert len(told) == 10
    for words in (
        "SupplyRecords.csv, line 3, Quantity: 'many' is no whole number",
        "SupplyRecords.csv, line 4, Enabled: 'perhaps' is neither TRUE nor FALSE",
        "'AC21' is neither a policy nor a schedule of this project.\n  Nearest: 'AC12'.",
        "DemandRecords.csv, line 2, Quantity: '1.5' is no whole number",
        "DemandRecords.csv, line 3, SourceFirst: 'Unifrom' is no rule.\n  Nearest: 'uniform'.",
        "DemandRecords.csv, line 4, StartDay: -4 is less than 0.",
        "DemandRecords.csv, line 4, Category: 'SRM' is a category of MARATHON's that is not reproduced here.",
        "PolicyRecords.csv, line 2, Template: 'AC21' is no template.",
        "PolicyRecords.csv, line 2, Deltas: Reset:",
        "PeriodRecords.csv, line 3, FromDay: 'PreSurge' begins on day 0, as 'Initialization' does.",
    ):
        assert words in text


def test_missing_tables_are_named(tmp_path: Path) -> None:
    told = findings(tmp_path, PolicyRecords=None, PeriodRecords=None)
    assert [line.partition(":")[0] for line in told] == ["PolicyRecords", "PeriodRecords"]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    told = findings(tmp_path, DemandRecords="Enabled,SRC\nTRUE,A\n")
    assert [line.partition(":")[0] for line in told] == [
        f"DemandRecords.csv, line 1, {column}" for column in ("Quantity", "StartDay", "Duration", "Priority")
    ]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("P,AC12,1095,0,45,730,1095,45,0,{}", "45 is not more than Overlap (45)"),
        ("P,MaxUtilization,1095,0,365,0,1095,45,0,\"{\"\"Available\"\" -9999999}\"", "the cycle lasts no day"),
        ("P,AC12,1095,0,365,730,1095,45,0,\"{\"\"Train\"\" -184}\"", "Train would last -1 days"),
        ("P,RC14ReMob,1095,0,365,730,1095,45,0,{}", "is a template of MARATHON's that is not reproduced here"),
        ("P,AC12,0,0,365,730,1095,45,0,{}", "0 is less than 1"),
        ("P,AC12,1095,0,365,730,1095,45,0,[1 2]", "is no map"),
        ("P,AC12,1095,0,365,730,1095,45,0,{1", "is never closed"),
    ],
)  # fmt: skip
def test_policies_that_make_no_sense_are_refused(policy: str, words: str, tmp_path: Path) -> None:
    header = SOUND["PolicyRecords"].splitlines()[0]
    supply = SOUND["SupplyRecords"].replace(",AC12", ",P")
    assert any(words in line for line in findings(tmp_path, PolicyRecords=f"{header}\n{policy}\n", SupplyRecords=supply))


def test_only_rows_in_use_must_make_sense(tmp_path: Path) -> None:
    """Disabled rows, policies that no unit has, text below a blank row, tables that nobody knows."""
    place = folder(
        tmp_path,
        SupplyRecords=SOUND["SupplyRecords"] + "FALSE,lots,B,AC,0,Nothing\n\nTRUE,what,is,this,1,2\n",
        DemandRecords=SOUND["DemandRecords"] + "FALSE,x,y,z,-1,B,None,\nTRUE,1,0,1,5,A,No rule,\n,,,,,,,\n",
        PolicyRecords=SOUND["PolicyRecords"] + "Other,SRMAC,10,0,0,0,0,0,0,{}\n",
        SuitabilityRecords="no,header,of,ours\n",
    )
    assert run(read_project(place)).deployments.height == 1


def test_a_policy_may_be_left_to_the_parameters(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        SupplyRecords="Enabled,Quantity,SRC,Component,CycleTime,Policy\nTRUE,1,A,AC,800,Auto\nTRUE,1,B,AC,800,auto\n",
        DemandRecords=SOUND["DemandRecords"] + "TRUE,1,1,1,10,B,Uniform,V\n",
        PolicyRecords=SOUND["PolicyRecords"] + "Special,AC13,1095,0,365,800,1095,45,90,{}\n",
        Parameters="ParameterName,Value\nDefaultACPolicy,AC12\nSpecialACPolicy,Special\nLastDayDefault,\nPreFill,FALSE\n",
        SRCTagRecords="Type,SRC,Tag\nSRCTagRecord,B,Special\n",
    )
    read = read_project(place)
    assert run(read).units["policy"].to_list() == ["AC12", "Special"]
    assert read.parameters.last_day == 5001


def test_a_missing_default_is_told(tmp_path: Path) -> None:
    told = findings(tmp_path, SupplyRecords=SOUND["SupplyRecords"].replace(",AC12", ",Auto"))
    assert "no DefaultACPolicy" in told[0]


def test_a_schedule_may_name_periods_that_never_come_but_no_policy_that_is_not_there(tmp_path: Path) -> None:
    schedule = "CompositeName,CompositionType,Period,Policy\nS,Periodic,PreSurge,AC12\nS,Periodic,Presurge,AC12\n"
    supply = SOUND["SupplyRecords"].replace(",AC12", ",S")
    read = read_project(folder(tmp_path, CompositePolicyRecords=schedule, SupplyRecords=supply))
    assert [(note.severity, note.nearest) for note in read.notes] == [("warning", "PreSurge")]
    told = findings(tmp_path, CompositePolicyRecords=f"{schedule}S,Periodic,Surge,AC13\n", SupplyRecords=supply)
    assert any("'AC13' of schedule S is no policy" in line for line in told)


def test_starting_units_must_be_those_of_the_supply(tmp_path: Path) -> None:
    folder(tmp_path)
    header = "unit,src,component,policy,atomic_policy,cycletime,position,tie_weight\n"
    (tmp_path / "initial_units.csv").write_text(f"{header}Alpha,A,AC,AC12,AC12,900,Available,7\n")
    found = run(read_project(tmp_path))
    assert found.units.row(0) == ("Alpha", "A", "AC", "AC12", "AC12", 900, "Available", 7)
    (tmp_path / "initial_units.csv").write_text(f"{header}Alpha,A,AC,AC12,AC12,900,Available,7\nBeta,A,AC,AC12,AC12,9,Reset,x\n")
    told = findings(tmp_path)
    assert "'x' is no number" in told[1]
    assert "holds 2 units A AC; SupplyRecords have 1" in told[0]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"never closed,\n', b"PK\x03\x04 broken", b"\n\n\n", b"\x00" * 50])
def test_files_that_are_none_are_findings(content: bytes, tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "SupplyRecords.csv").write_bytes(content)
    with pytest.raises(BadScenario):
        read_project(tmp_path)
    (tmp_path / "project.xlsx").write_bytes(content)
    with pytest.raises(BadScenario):
        read_project(tmp_path / "project.xlsx")


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadScenario) as caught:
        read_project(tmp_path / "nowhere")
    assert "is not there" in str(caught.value.findings[0])


@given(st.text(max_size=40) | st.text(alphabet='{}[]()#":;, ab1-', max_size=40))
def test_edn_is_read_or_refused(text: str) -> None:
    with suppress(BadEdn):
        read_edn(text)


def test_edn_as_marathon_writes_it() -> None:
    assert read_edn("{:preprocess [align-units [[:forward 3]]]}") == {
        Keyword("preprocess"): (Symbol("align-units"), ((Keyword("forward"), 3),))
    }
    assert read_edn('{"Reset" -355, :a nil ; why\n :b #{1 2} :c (1.5 1/2 true)}') == {
        "Reset": -355, Keyword("a"): None, Keyword("b"): frozenset({1, 2}), Keyword("c"): (1.5, 0.5, True),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_is_read_back(seed: int, tmp_path: Path) -> None:
    made = drawn(seed)
    write_project(made, tmp_path)
    read = read_project(tmp_path)
    assert without_lines(read) == without_lines(replace(made, place=str(tmp_path)))
    assert run(read).deployments.equals(run(made).deployments)


def without_lines(read: MarathonProject) -> MarathonProject:
    """A project but for where its rows stood, and what one may write in two ways."""
    plain = {
        name: tuple(replace(row, line=0) for row in getattr(read, name))
        for name in ("demands", "policies", "periods", "relations")
    }
    supply = tuple(replace(row, line=0, cycle_time=row.cycle_time if row.quantity == 1 else 0) for row in read.supply)
    schedules = tuple(replace(row, line=0) for row in read.schedules)
    return replace(read, supply=supply, schedules=schedules, notes=(), **plain)


def test_starting_units_are_written_too(tmp_path: Path) -> None:
    made = replace(
        project(Supply("A", "AC", 1, "AC12"), demand(1, 10)),
        starting_units=(StartingUnit("Alpha", "A", "AC", "AC12", 900, 0.25),),
    )
    write_project(made, tmp_path)
    assert run(read_project(tmp_path)).deployments.row(0)[:2] == (1, "Alpha")


def test_a_run_is_written_in_marathons_columns(tmp_path: Path) -> None:
    found = run(project(unit(800), demand(1, 400, demand_group="G")))
    files = write_run(found, tmp_path / "out", with_trace=True)
    assert {file.name for file in files} == {
        "deployments.csv", "demand_fill.csv", "initial_units.csv", "unit_trace.csv", "DemandTrends.txt", "AUDIT_Deployments.txt",
        "AUDIT_InScope.txt", "AUDIT_OutOfScope.txt", "locations.txt",
    }  # fmt: skip
    audit = pl.read_csv(tmp_path / "out" / "AUDIT_Deployments.txt", separator="\t")
    assert audit.width == 25
    assert audit.select("DeploymentID", "DeployInterval", "Unit", "DemandGroup", "FollowOn").row(0) == (
        1,
        1,
        "1_A_AC",
        "G",
        False,
    )
    trends = pl.read_csv(tmp_path / "out" / "DemandTrends.txt", separator="\t")
    assert trends.width == 21
    assert trends.columns[0] == "t"
    assert trends.columns[-1] == "deltaT"
    moves = pl.read_csv(tmp_path / "out" / "locations.txt", separator="\t").select("T", "EntityFrom", "EntityTo").rows()
    assert moves == [(1, "Available", "1_V_A_[1...401]"), (366, "1_V_A_[1...401]", "Reset")]
    first = {file.name: file.read_bytes() for file in files}
    write_run(run(project(unit(800), demand(1, 400, demand_group="G"))), tmp_path / "out", with_trace=True)
    assert first == {file.name: file.read_bytes() for file in files}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ContingentError, match="cannot be written"):
        write_run(run(project(unit(800), demand(1, 10))), tmp_path / "file" / "out")


def test_findings_of_hand_made_projects_name_no_line() -> None:
    with pytest.raises(BadScenario) as caught:
        run(project(unit(0, policy="AC21"), demand(1, 10)))
    assert caught.value.findings == (
        Finding("SupplyRecords", "'AC21' is neither a policy nor a schedule of this project.", column="Policy", nearest="AC12"),
    )
