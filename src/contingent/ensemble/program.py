"""Which program this is: what must be the same on every machine so that the results are the same.

Two programs are the same where the code of this package, the minor version of Python, and the packages that compute are.
"""

import functools
import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

COMPUTING = ("highspy", "llvmlite", "numba", "numpy", "polars", "shapely")
"""Packages whose version may change a result."""

PACKAGE = Path(__file__).resolve().parents[1]


@functools.cache
def _code() -> str:
    """Hash of the package's own code."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@functools.cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("python", f"{sys.version_info.major}.{sys.version_info.minor}"), ("contingent", f"code {_code()}")]
    for name in COMPUTING:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def program() -> dict[str, str]:
    """Return the versions of this process, by name: Python, the code of this package, and the packages that compute."""
    return dict(_versions())


def differences(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Return what differs between two programs, as in "numpy 2.3.1 there, 2.4.6 here"."""
    different = [name for name in ours if ours[name] != theirs.get(name)]
    return [f"{name} {theirs.get(name, 'not installed')} there, {ours[name]} here" for name in different]
