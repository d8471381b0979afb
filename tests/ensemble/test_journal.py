"""What is done is not done again, and what is in doubt is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.ensemble.pieces import bytes_of, noted, powers

from contingent.ensemble import Job, clear_journal, journal, run_pieces
from contingent.ensemble.job import checked_result
from contingent.ensemble.journal import Journal
from contingent.errors import JournalUnusable

PIECES = [4, 8, 15, 16, 23, 42]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Notes in a file which pieces were run."""
    return Job(noted, {"folder": str(tmp_path)}, "noted", "one")


def runs(folder: Path) -> list[int]:
    """The pieces that were run, in their order; and forget them."""
    noted_runs = folder / "runs.txt"
    found = [int(line) for line in noted_runs.read_text().split()] if noted_runs.exists() else []
    noted_runs.unlink(missing_ok=True)
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def interrupted(job: Job, kept: Path, *, engine: str, after: int) -> KeyboardInterrupt:
    """Run until Ctrl-C, which comes when some pieces are done."""
    def stop(done: int, of_all: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        run_pieces(job, PIECES, engine=engine, journal=kept, progress=stop)
    return caught.value


@pytest.mark.parametrize("engine", ["here", "threads:2", "processes:2", "cluster"])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path, job: Job, engine: str, request: pytest.FixtureRequest):
    if engine == "cluster":
        engine = request.getfixturevalue("local_cluster").scheduler_address
    kept = tmp_path / "journal"
    interrupt = interrupted(job, kept, engine=engine, after=2)
    assert f"2 of 6 pieces are in {kept}." in interrupt.__notes__[0]
    assert len(files(kept)) == 2
    runs(tmp_path)
    told: list[int] = []
    results = run_pieces(job, PIECES, engine=engine, journal=kept, progress=lambda done, _: told.append(done))
    assert told == [2, 3, 4, 5, 6]
    assert len(set(runs(tmp_path))) == 4
    assert bytes_of(results) == bytes_of(run_pieces(Job(powers, {"base": 0.5}, "other", "x"), PIECES))


def test_another_engine_goes_on_with_a_journal(tmp_path: Path, job: Job):
    kept = tmp_path / "journal"
    first = run_pieces(job, PIECES, engine="processes:2", journal=kept)
    assert sorted(runs(tmp_path)) == PIECES
    assert bytes_of(run_pieces(job, PIECES, engine="here", journal=kept)) == bytes_of(first)
    assert bytes_of(run_pieces(job, PIECES[::-1], engine="tcp://127.0.0.1:9", journal=kept)) == bytes_of(first[::-1])
    assert runs(tmp_path) == []


def test_a_journal_of_another_job_is_not_used(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch):
    kept = tmp_path / "journal"
    run_pieces(job, PIECES, journal=kept)
    runs(tmp_path)
    run_pieces(Job(job.function, job.shared, job.name, "two"), PIECES, journal=kept)
    assert runs(tmp_path) == PIECES
    run_pieces(Job(job.function, job.shared, "renamed", job.fingerprint), PIECES, journal=kept)
    assert runs(tmp_path) == PIECES
    monkeypatch.setattr(journal, "program", lambda: {"contingent": "of tomorrow"})
    run_pieces(job, PIECES, journal=kept)
    assert runs(tmp_path) == PIECES


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turned_bit(path: Path) -> None:
    """In the middle of the file: in the numbers themselves or in the table of contents."""
    held = bytearray(path.read_bytes())
    held[len(held) // 3] ^= 0x10
    path.write_bytes(held)


@pytest.mark.parametrize("spoil", [
    cut, turned_bit,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_text("notes of somebody"),
    lambda path: np.savez(path, results=np.arange(3)),
    lambda path: np.savez(path, head=np.frombuffer(b"[]", dtype=np.uint8)),
    lambda path: np.savez(path, head=np.frombuffer(b'{"job": 1}', dtype=np.uint8)),
    lambda path: np.savez(path, head=np.array([{"job": 1}], dtype=object), allow_pickle=True),
    lambda path: path.write_bytes(next(other for other in files(path.parent) if other != path).read_bytes()),
], ids=["cut", "turned bit", "empty", "text", "no head", "list", "no piece", "pickled", "of another piece"])
def test_a_file_in_doubt_is_made_again(tmp_path: Path, job: Job, spoil: Any):
    kept = tmp_path / "journal"
    right = run_pieces(job, PIECES, journal=kept)
    runs(tmp_path)
    before = {path: path.read_bytes() for path in files(kept)}
    spoilt = files(kept)[3]
    spoil(spoilt)
    assert bytes_of(run_pieces(job, PIECES, journal=kept)) == bytes_of(right)
    assert len(runs(tmp_path)) == 1
    assert before.keys() == set(files(kept))
    run_pieces(job, PIECES, journal=kept)
    assert runs(tmp_path) == []


def test_a_folder_where_a_file_belongs_is_no_result(tmp_path: Path, job: Job):
    kept = tmp_path / "journal"
    run_pieces(job, [1], journal=kept)
    (path,) = files(kept)
    path.unlink()
    path.mkdir()
    with pytest.raises(JournalUnusable, match=r"The journal .*journal cannot be written: .*Maybe name another folder"):
        run_pieces(job, [1], journal=kept)
    assert files(kept) == [path]


def test_a_journal_that_cannot_be_made(tmp_path: Path, job: Job):
    (tmp_path / "file").write_text("notes")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(JournalUnusable, match="cannot be written"):
            run_pieces(job, [1], journal=place)
    assert runs(tmp_path) == []


def test_a_half_written_file_does_not_appear(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch):
    kept = tmp_path / "journal"

    def full(file: Any, **_: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(JournalUnusable, match="No space left on device"):
            run_pieces(job, [1], journal=kept)
    assert files(kept) == []


def test_clearing_keeps_what_is_not_ours(tmp_path: Path, job: Job):
    kept = tmp_path / "journal"
    run_pieces(job, PIECES, journal=kept)
    (kept / ".writing-abc_1.npz").touch()
    (kept / "notes.txt").write_text("mine")
    clear_journal(kept)
    assert [path.name for path in files(kept)] == ["notes.txt"]
    (kept / "notes.txt").unlink()
    clear_journal(kept)
    assert not kept.exists()
    clear_journal(kept)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8)
ARRAYS = arrays.arrays(
    dtype=st.sampled_from(["f8", "f4", ">i4", "u1", "?", "M8[s]", "U3", "c16"]),
    shape=arrays.array_shapes(min_dims=0, min_side=0, max_side=3))


@given(piece=JSON, result=st.dictionaries(st.text(), JSON | ARRAYS, max_size=4))
def test_a_result_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, piece: Any, result: dict[str, Any]):
    kept = Journal(tmp_path_factory.getbasetemp() / "journal", Job(powers, None, "any", "one"))
    given_back = checked_result(result)
    kept.write(piece, given_back)
    read = kept.read(piece)
    assert read is not None
    assert bytes_of([read]) == bytes_of([given_back]) == bytes_of([result])
