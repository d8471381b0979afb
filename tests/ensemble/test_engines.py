"""The same results whatever the engine; nothing is lost when a worker dies; errors arrive with the piece named."""

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.ensemble.pieces import bytes_of, echo, fails, kills_its_worker, powers

from contingent.ensemble import Job, cluster, default_engine, run_pieces
from contingent.ensemble.carried import PieceFailed
from contingent.ensemble.program import differences, program
from contingent.errors import BadScenario, EngineUnusable, WorkerLost

if TYPE_CHECKING:
    from distributed import LocalCluster

ENGINES = ("here", "threads:3", "processes:2", "cluster")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every engine in turn."""
    if request.param != "cluster":
        return str(request.param)
    running: LocalCluster = request.getfixturevalue("local_cluster")
    return str(running.scheduler_address)


def plain(function: Any = powers, **shared: Any) -> Job:
    return Job(function, shared or {"base": 0.5}, "trial", "one")


# --------------------------------------------------------------------------------------------------------- the same results


def test_results_are_the_same_bytes_and_in_the_order_of_the_pieces(engine: str):
    pieces = [7, 1, 400, 3, 3, *range(20, 60)]
    told: list[tuple[int, int]] = []
    results = run_pieces(plain(), pieces, engine=engine, progress=lambda done, of_all: told.append((done, of_all)))
    assert bytes_of(results) == bytes_of(run_pieces(plain(), pieces, engine="here"))
    assert [int(result["one"]) for result in results] == pieces
    assert told == [(done, len(pieces)) for done in range(len(pieces) + 1)]


def test_by_hand():
    (result,) = run_pieces(Job(powers, {"base": 1}, "by hand", "x"), [1])
    assert result["powers"].tolist() == [1, 2, 4, 8, 16]
    assert result["table"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert result["worst"] == ["line", 1, {"share": 1.1, "none": None, "infinite": float("inf")}]
    assert result["even"] is False


def test_a_piece_and_what_is_shared_arrive_as_they_were_given(engine: str):
    pieces = [("withdraws", "FRA", 30), {"case": "late", "days": [1, 2.5]}, "name", 3, 2.5, None, True, [], ""]
    results = run_pieces(Job(echo, {"seed": 1}, "echo", "x"), pieces, engine=engine)
    assert [result["kind"] for result in results] == [type(piece).__name__ for piece in pieces]
    assert [result["piece"] for result in results] == [list(piece) if isinstance(piece, tuple) else piece for piece in pieces]
    assert all(result["shared"] == {"seed": 1} for result in results)


def test_no_piece_is_no_work(engine: str):
    assert run_pieces(plain(), [], engine=engine) == []


def test_more_pieces_than_are_handed_out_at_once(local_cluster: "LocalCluster"):
    pieces = list(range(2 * cluster.LEAST_AHEAD + 7))
    results = run_pieces(plain(), pieces, engine=local_cluster.scheduler_address)
    assert [int(result["one"]) for result in results] == pieces


def test_the_default_engine_is_one_that_runs():
    assert len(run_pieces(plain(), [1, 2], engine=default_engine())) == 2


# ------------------------------------------------------------------------------------------------------- workers that die


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, local_cluster: "LocalCluster"):
    pieces = list(range(12))
    for engine in ("processes:2", local_cluster.scheduler_address):
        folder = tmp_path / engine[:3]
        folder.mkdir()
        results = run_pieces(plain(kills_its_worker, folder=str(folder), once=[2, 9]), pieces, engine=engine)
        assert bytes_of(results) == bytes_of(run_pieces(plain(), pieces))
        assert sorted(path.name for path in folder.iterdir()) == ["tried-2", "tried-9"]


@pytest.mark.slow
def test_all_workers_killed_at_once_lose_nothing(tmp_path: Path, local_cluster: "LocalCluster"):
    """What all pieces read is then gone from the cluster too, and is sent again."""
    pieces = list(range(4))
    for engine in ("processes:2", local_cluster.scheduler_address):
        folder = tmp_path / engine[:3]
        folder.mkdir()
        results = run_pieces(plain(kills_its_worker, folder=str(folder), once=pieces), pieces, engine=engine)
        assert bytes_of(results) == bytes_of(run_pieces(plain(), pieces))


def test_a_piece_that_always_kills_its_worker_is_named_and_the_others_are_kept(tmp_path: Path):
    job = plain(kills_its_worker, folder=str(tmp_path), always=[5])
    with pytest.raises(WorkerLost, match=r"Piece 5 of 'trial' ended its worker 3 times\. Maybe .*memory"):
        run_pieces(job, list(range(6)), engine="processes:2", journal=tmp_path / "journal")
    assert len(list((tmp_path / "journal").glob("*.npz"))) == 5


def test_a_piece_that_always_kills_its_worker_is_named_by_the_cluster(tmp_path: Path, strict_cluster: "LocalCluster"):
    job = plain(kills_its_worker, folder=str(tmp_path), always=[5])
    with pytest.raises(WorkerLost, match=r"^2 workers died while piece 5 of 'trial' was with them\. Maybe .*memory"):
        run_pieces(job, [5], engine=strict_cluster.scheduler_address)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are POSIX")
@pytest.mark.parametrize("how", ["interrupt", "kill"])
def test_processes_end_with_their_parent(tmp_path: Path, how: str):
    """Ctrl-C reaches the whole group; a parent that is killed cannot tell anybody."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys\nfrom contingent.ensemble import Job, run_pieces\nfrom tests.ensemble.pieces import noted\n"
        "if __name__ == '__main__':\n"
        f"    job = Job(noted, {{'folder': {str(tmp_path)!r}, 'seconds': '60'}}, 'long', 'x')\n"
        "    run_pieces(job, [1, 2], engine='processes:2')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    parent = subprocess.Popen(
        [sys.executable, str(script)], env=environment, start_new_session=True, stderr=subprocess.PIPE, text=True)
    runs = tmp_path / "runs.txt"
    wait_until(lambda: runs.exists() and len(runs.read_text().splitlines()) == 2)
    if how == "interrupt":
        os.killpg(parent.pid, signal.SIGINT)
    else:
        parent.kill()
    _, said = parent.communicate(timeout=30)
    wait_until(lambda: not group_is_alive(parent.pid))
    assert said.count("Traceback") <= (1 if how == "interrupt" else 0), said


def wait_until(true: Any) -> None:
    """Wait half a minute at most."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about in time")


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


# ----------------------------------------------------------------------------------------------------------- errors in a piece


@pytest.mark.parametrize(("kind", "raised", "text"), [
    ("value", ValueError, "three is too many"),
    ("findings", BadScenario, r"1 problem\(s\) in small/"),
    ("result", TypeError, "'set' of a piece's result is neither an array nor a JSON value: it holds set"),
])
def test_an_error_arrives_as_it_is_with_the_piece_named(engine: str, kind: str, raised: type[Exception], text: str):
    with pytest.raises(raised, match=text) as caught:
        run_pieces(plain(fails, kind=kind), [1, 2, 3], engine=engine)
    assert "In piece 3 of 'trial'." in caught.value.__notes__
    if kind == "findings":
        assert caught.value.findings[0].where == "offers.csv, line 4"


def test_an_error_that_cannot_travel_is_told_all_the_same(local_cluster: "LocalCluster"):
    for engine in ("processes:1", local_cluster.scheduler_address):
        with pytest.raises(PieceFailed, match="CannotTravel: this and that") as caught:
            run_pieces(plain(fails, kind="cannot travel"), [3], engine=engine)
        assert "In piece 3 of 'trial'." in caught.value.__notes__
        assert "in fails" in caught.value.__notes__[-1]


@pytest.mark.parametrize("function", [lambda *_: {}, functools.partial(echo)])
def test_a_function_that_others_would_not_find(function: Any):
    with pytest.raises(TypeError, match=r"(<lambda>|partial) of job 'trial' is no function at the top of a module"):
        run_pieces(plain(function), [1])


def test_a_function_that_a_cluster_would_not_find(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(echo, "__module__", "__main__")
    assert len(run_pieces(plain(echo), [1])) == 1
    with pytest.raises(TypeError, match="echo of job 'trial' is in the script that was started"):
        run_pieces(plain(echo), [1], engine="tcp://127.0.0.1:9")


@pytest.mark.parametrize("piece", [object(), {1: "a"}, {"a": {2}}, np.arange(3), 1j])
def test_a_piece_is_a_json_value(piece: Any):
    with pytest.raises(TypeError, match="A piece is made of texts, numbers, lists and mappings of these"):
        run_pieces(plain(), [piece])


@pytest.mark.parametrize(("value", "text"), [
    ([1], "a mapping, not list"),
    ({1: 2}, "named by texts, not by int: 1"),
    ({"a": np.array([object()])}, "'a' of a piece's result is an array of object"),
    ({"a": np.ma.array([1])}, r"'a' of a piece's result is numpy.ma\S*.MaskedArray"),
    ({"a": [np.arange(3)]}, "'a' .* holds numpy.ndarray"),
])
def test_a_result_is_arrays_and_json_values(value: Any, text: str):
    from contingent.ensemble.job import checked_result

    with pytest.raises(TypeError, match=text.replace("a mapping, not", r"\(a mapping\), not")):
        checked_result(value)


# --------------------------------------------------------------------------------------------------------------- the cluster


def test_a_cluster_of_another_program_is_refused(local_cluster: "LocalCluster", monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "differences", lambda ours, theirs: differences({**ours, "numpy": "0.1"}, theirs))
    with pytest.raises(EngineUnusable, match=r"the scheduler runs another program: numpy \S+ there, 0\.1 here\. Maybe install"):
        run_pieces(plain(), [1], engine=local_cluster.scheduler_address)


def test_a_worker_of_another_program_that_joins_later_is_refused(local_cluster: "LocalCluster", monkeypatch: pytest.MonkeyPatch):
    """No worker is asked at the start, so that each finds out by itself."""
    monkeypatch.setattr(cluster, "_check_programs", lambda *_: None)
    monkeypatch.setattr(cluster, "program", lambda: {**program(), "numpy": "0.1"})
    with pytest.raises(EngineUnusable, match=r"A worker that joined later runs another program: numpy \S+ there, 0\.1 here\."):
        run_pieces(plain(), [1], engine=local_cluster.scheduler_address)


def test_where_no_scheduler_answers():
    with pytest.raises(EngineUnusable, match=r"No Dask scheduler can be reached at tcp://127\.0\.0\.1:9 .*Maybe start one"):
        list(cluster.run_on_cluster(plain(), [(0, 1)], address="tcp://127.0.0.1:9", patience=0.2))


def test_a_scheduler_without_workers(empty_cluster: "LocalCluster"):
    with pytest.raises(EngineUnusable, match=r"has no workers\. Maybe start some: `dask worker tcp://127"):
        list(cluster.run_on_cluster(plain(), [(0, 1)], address=empty_cluster.scheduler_address, patience=0.5))


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineUnusable, match=r"needs the package `distributed`\. Maybe: pip install 'contingent\[cluster\]'"):
        run_pieces(plain(), [1], engine="tcp://127.0.0.1:8786")
