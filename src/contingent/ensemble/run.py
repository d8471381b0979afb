"""Run the pieces of a job, whatever the engine, and keep what is done."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contingent.ensemble.engine import Engine, parse_engine
from contingent.ensemble.job import Job, Piece, Result, check_job, text_of_piece

if TYPE_CHECKING:
    from contingent.ensemble.local import Done, Numbered

log = logging.getLogger(__name__)


def run_pieces(
    job: Job, pieces: Sequence[Piece], *, engine: str = "here", journal: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Run each piece of a job, and return the results in the order of the pieces.

    The results are the same whatever the engine, and whether the run was interrupted and begun again or not. An error that a
    piece raises ends the run and arrives as it is, with a note that names the piece; what was finished before is in the journal.
    A worker that dies loses nothing: its piece is begun again, until it has ended three.

    Parameters
    ----------
    job : Job
        The function, and what all pieces read.
    pieces : sequence of JSON values
        Which case, replication or point is meant by each.
    engine : str
        As `parse_engine` reads it. A script that names processes guards its start by ``if __name__ == "__main__":``.
    journal : Path, optional
        Folder that keeps each finished piece. Pieces of the same job that are in it, made by the same program, are not run again.
    progress : callable, optional
        Called with the number of pieces done and of all, at the start and after each, in the caller's thread. [pieces]

    Returns
    -------
    list of dict
        Arrays and JSON values by name, shape (pieces,).

    Raises
    ------
    TypeError
        If the job or a piece cannot travel, or a result holds anything but arrays and JSON values.
    ValueError
        If the text names no engine.
    EngineUnusable
        If the cluster cannot be used.
    WorkerLost
        If a piece ended its worker each time that it was tried.
    JournalUnusable
        If the journal cannot be written.
    """
    chosen = parse_engine(engine)
    check_job(job, elsewhere=chosen.kind == "cluster")
    for piece in pieces:
        text_of_piece(piece)
    told = progress or _untold
    kept = _open(journal, job)
    results: list[Result | None] = [kept.read(piece) if kept else None for piece in pieces]
    missing = [(place, piece) for place, piece in enumerate(pieces) if results[place] is None]
    done = len(pieces) - len(missing)
    if done:
        log.info("%d of %d pieces of %s are in the journal", done, len(pieces), job.name)
    told(done, len(pieces))
    try:
        with closing(_outcomes(chosen, job, missing)) as outcomes:
            for place, result in outcomes:
                if kept:
                    kept.write(pieces[place], result)
                results[place] = result
                done += 1
                told(done, len(pieces))
    except KeyboardInterrupt as interrupt:
        if kept:
            interrupt.add_note(f"{done} of {len(pieces)} pieces are in {journal}. The same command goes on from there.")
        raise
    return [result for result in results if result is not None]


def _untold(done: int, of_all: int) -> None:
    """Tell nobody."""


def _open(folder: Path | None, job: Job) -> Any:
    if folder is None:
        return None
    from contingent.ensemble.journal import Journal

    return Journal(folder, job)


def _outcomes(engine: Engine, job: Job, pieces: "Sequence[Numbered]") -> "Generator[Done, None, None]":
    from contingent.ensemble import local
    from contingent.ensemble.cluster import run_on_cluster

    if not pieces:
        return
    if engine.kind == "here":
        yield from local.run_here(job, pieces)
    elif engine.kind == "threads":
        yield from local.run_on_threads(job, pieces, workers=engine.workers)
    elif engine.kind == "processes":
        yield from local.run_on_processes(job, pieces, workers=engine.workers)
    else:
        yield from run_on_cluster(job, pieces, address=engine.address)
