"""Writing so that a reader finds either all of it or none of it.

Everything is written under a temporary name in the same folder and renamed when it is complete. A folder that exists keeps every
file that is not replaced: nobody's notes are deleted.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from contingent.errors import ContingentError
from contingent.io.files import reason


class CannotWrite(ContingentError):
    """A target that cannot be written, or that would be overwritten. Nothing was changed."""


def write_file(target: Path, write: Callable[[Path], None], *, overwrite: bool) -> None:
    """Write one file.

    Parameters
    ----------
    target : Path
        The file.
    write : callable
        Writes the content to the path that it is given.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    CannotWrite
        If the target is a folder, exists, or cannot be written.
    """
    if target.is_dir():
        raise CannotWrite(f"{target} is a folder. Maybe name a file in it.")
    if os.path.lexists(target) and not overwrite:
        raise CannotWrite(f"{target} is there already. Maybe choose another name, or overwrite it.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target.parent) as work:
            written = Path(work) / target.name
            write(written)
            written.replace(target)
    except OSError as problem:
        raise CannotWrite(f"{target} cannot be written: {reason(problem)}.") from problem


def write_folder(target: Path, write: Callable[[Path], None], *, overwrite: bool, stale: Collection[str] = ()) -> None:
    """Write a folder of files.

    Parameters
    ----------
    target : Path
        The folder. A folder that does not exist appears complete, at once.
    write : callable
        Writes the files into the folder that it is given.
    overwrite : bool
        Whether files in a folder that exists, and is not empty, are replaced. Other files in it are kept.
    stale : collection of str
        Names of files that are removed where the new content lacks them.

    Raises
    ------
    CannotWrite
        If the target is a file, holds files, or cannot be written.
    """
    if os.path.lexists(target) and not target.is_dir():
        raise CannotWrite(f"{target} is a file. Maybe choose another name.")
    try:
        if target.is_dir() and any(target.iterdir()) and not overwrite:
            raise CannotWrite(f"{target} is there already and is not empty. Maybe choose another name, or overwrite it.")
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
        try:
            content = work / "content"
            content.mkdir()
            write(content)
            if target.is_dir():
                _move_into(content, target, stale)
            else:
                content.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as problem:
        raise CannotWrite(f"{target} cannot be written: {reason(problem)}.") from problem


def _move_into(content: Path, target: Path, stale: Collection[str]) -> None:
    names = sorted(entry.name for entry in content.iterdir())
    blocked = [name for name in names if (target / name).is_dir()]
    if blocked:
        raise CannotWrite(f"{target / blocked[0]} is a folder, but a file of this name is to be written.")
    for name in names:
        (content / name).replace(target / name)
    for name in sorted(set(stale) - set(names)):
        if (target / name).is_file():
            (target / name).unlink()


def refuse_no_place(target: Path) -> None:
    """Raise `CannotWrite` where no folder can be made: what is above it is no folder, or may not be written to."""
    nearest = next((above for above in target.absolute().parents if above.exists()), None)
    if nearest is None or not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise CannotWrite(f"{target} cannot be written: {nearest} is not a folder that you may write to.")


def refuse_another_folder(folder: Path, *, known_by: Iterable[str], what: str) -> None:
    """Refuse a folder that cannot be made, or could not be replaced without losing something that is not ours.

    Parameters
    ----------
    folder : Path
        Where something is to be written.
    known_by : iterable of str
        Files by which a folder that was written before is known; all of them must be there.
    what : str
        What is written, as ``a situation``.

    Raises
    ------
    CannotWrite
        If it cannot be made, is a file, or holds something else.
    """
    if not folder.exists():
        refuse_no_place(folder)
    if folder.is_file():
        raise CannotWrite(f"{folder} is a file; {what} is written as a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not all((folder / name).is_file() for name in known_by):
        raise CannotWrite(f"{folder} holds something else than {what}. Name another folder.")
