"""What is done stays done: a folder with one file for each piece that is finished.

A file is named by a hash of the program, the job's name and fingerprint, and the piece, and holds all of these but the first
beside the result. It appears complete, at once. A file that is cut off, foreign, or of another job counts as not there, and
its piece is done again. Files are numpy's ``.npz`` without pickled objects: reading one runs nothing.
"""

import hashlib
import json
import logging
import re
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from contingent.ensemble.job import Job, Piece, text_of_piece
from contingent.ensemble.program import program
from contingent.errors import JournalUnusable

log = logging.getLogger(__name__)

HEAD = "head"
"""Member of a file that holds its JSON: whose it is, the names of the results in their order, and those that are no arrays."""

OURS = re.compile(r"[0-9a-f]{64}\.npz|\.writing-\w+\.npz")
CUT_OFF = (
    OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, zipfile.BadZipFile, zlib.error,
)
"""What reading a file that is cut off or foreign can raise."""


class Journal:
    """The finished pieces of one job.

    Parameters
    ----------
    folder : Path
        Where the files are; it is made if it is not there.
    job : Job
        Whose pieces they are.

    Raises
    ------
    JournalUnusable
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, job: Job) -> None:
        self._folder = folder
        self._job = [job.name, job.fingerprint]
        self._program = program()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _unusable(folder, problem) from problem

    def read(self, piece: Piece) -> dict[str, Any] | None:
        """Return the result of a piece, or None if it is not there whole."""
        text = text_of_piece(piece)
        path = self._path(text)
        if not path.is_file():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
                head = json.loads(members[HEAD].tobytes())
                if head["job"] != self._job or head["piece"] != text:
                    raise ValueError("it is of another job")
                results = head["results"].items()
                return {name: members[held["array"]] if "array" in held else held["value"] for name, held in results}
        except CUT_OFF as problem:
            log.warning("%s of the journal cannot be read (%s): its piece is done again", path, problem)
            return None

    def write(self, piece: Piece, result: Mapping[str, Any]) -> None:
        """Keep the result of a piece.

        Raises
        ------
        JournalUnusable
            If it cannot be written.
        """
        text = text_of_piece(piece)
        path = self._path(text)
        held: dict[str, dict[str, Any]] = {}
        arrays: dict[str, Any] = {}
        for number, (name, value) in enumerate(result.items()):
            if isinstance(value, np.ndarray):
                held[name] = {"array": f"array_{number}"}
                arrays[f"array_{number}"] = value
            else:
                held[name] = {"value": value}
        head = json.dumps({"job": self._job, "piece": text, "results": held}).encode()
        try:
            with tempfile.NamedTemporaryFile(prefix=".writing-", suffix=".npz", dir=self._folder, delete=False) as file:
                written = Path(file.name)
                try:
                    np.savez(file, allow_pickle=False, **{HEAD: np.frombuffer(head, dtype=np.uint8), **arrays})
                    file.close()
                    written.replace(path)
                except BaseException:
                    written.unlink(missing_ok=True)
                    raise
        except OSError as problem:
            raise _unusable(self._folder, problem) from problem

    def _path(self, text: str) -> Path:
        key = json.dumps([self._program, *self._job, text])
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"


def clear_journal(folder: Path) -> None:
    """Remove a journal's files, and the folder if nothing else is in it.

    Raises
    ------
    JournalUnusable
        If a file cannot be removed.
    """
    if not folder.is_dir():
        return
    try:
        for path in sorted(folder.iterdir()):
            if OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as problem:
        raise _unusable(folder, problem) from problem


def _unusable(folder: Path, problem: OSError) -> JournalUnusable:
    why = problem.strerror or str(problem)
    return JournalUnusable(f"The journal {folder} cannot be written: {why}. Maybe name another folder, or make room.")
