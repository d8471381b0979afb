"""Reading a file's bytes without being led astray: nothing but plain files, nothing too large, every refusal a finding."""

import errno
import os
import stat
from pathlib import Path

from contingent.io.collected import Collected, Sheet
from contingent.io.limits import MEBIBYTE


def read_bytes(path: Path, sheet: Sheet, findings: Collected, *, largest: int) -> bytes | None:
    """Return the content of a file, or None and a finding that says why it cannot be read.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        Most that is read. [bytes]
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            findings.add("folder", sheet, "is a folder, but must be a file.")
            return None
        if not stat.S_ISREG(status.st_mode):
            findings.add("not_a_file", sheet, "is not a plain file (a pipe, a device or a socket).")
            return None
        if status.st_size > largest:
            _too_large(status.st_size, sheet, findings, largest)
            return None
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError) as problem:
        findings.add("unreadable_file", sheet, f"cannot be read: {reason(problem)}.")
        return None
    if len(content) > largest:
        _too_large(len(content), sheet, findings, largest)
        return None
    return content


def _too_large(size: int, sheet: Sheet, findings: Collected, largest: int) -> None:
    what = f"is {size / MEBIBYTE:,.1f} MiB large; at most {largest // MEBIBYTE} MiB are read."
    findings.add(
        "too_large", sheet, what, maybe="the wrong file was put here, or it holds columns of formatting that can be deleted"
    )


def reason(problem: OSError | ValueError) -> str:
    """Return in plain words why the system refused a file."""
    number = getattr(problem, "errno", None)
    if number == errno.ELOOP:
        return "its links lead round in a circle"
    if number in (errno.EACCES, errno.EPERM):
        return "you are not allowed to"
    if number == errno.ENAMETOOLONG:
        return "the name is too long"
    return os.strerror(number).lower() if number is not None else str(problem)
