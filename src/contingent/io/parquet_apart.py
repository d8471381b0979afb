"""Parquet of strangers, read in a process of its own: what is packed in it may be any size, and its reader may end the process.

The process gets a folder, writes a CSV file for each Parquet file in it and takes the Parquet file away. It may use so much
memory and so much time, and what it does not get done is a finding: the program that asked goes on.

    python -P -m contingent.io.parquet_apart FOLDER
"""

import csv
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from contingent.findings import Finding, errors_only
from contingent.io.collected import Collected, Sheet
from contingent.io.grid import Grid
from contingent.io.limits import MEBIBYTE
from contingent.io.parquet_grid import read_parquet_grid

MOST_MEMORY = 4096 * MEBIBYTE
"""Most addresses that the process may take; the libraries themselves take a quarter of them. [bytes]"""

LONGEST = 30
"""Longest that the process may compute. [s]"""

_PATIENCE = 4
"""How many times as long may pass until it is ended, on a machine that is busy. [-]"""

_THREADS = "2"


def parquet_as_csv(folder: Path) -> tuple[Finding, ...]:
    """Turn the Parquet files of a folder into CSV files, and return what is wrong with them.

    Parameters
    ----------
    folder : Path
        Where they lie; each is called as its table is.
    """
    if not any(folder.glob("*.parquet")):
        return ()
    command = [sys.executable, "-P", "-m", "contingent.io.parquet_apart", str(folder)]
    environment = {**os.environ, "POLARS_MAX_THREADS": _THREADS}
    try:
        ran = subprocess.run(command, capture_output=True, env=environment, timeout=_PATIENCE * LONGEST, check=True)
        return tuple(Finding(**each) for each in json.loads(ran.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        name = next(iter(sorted(path.name for path in folder.glob("*.parquet"))), "a file")
        what = "cannot be read: it is damaged, or takes more memory or time than any table of a scenario does."
        return (Finding(name, what, maybe="send it as CSV"),)


def main(folder: Path) -> int:
    """Turn the files of a folder and tell what was found as JSON."""
    _bound()
    told: list[Finding] = []
    for path in sorted(folder.glob("*.parquet")):
        findings = Collected()
        grid = read_parquet_grid(path, Sheet(path.stem, path.name), findings)
        told += errors_only(findings.in_order())
        if grid is not None and not findings.error_count:
            _write(grid, path.with_suffix(".csv"))
            path.unlink()
    sys.stdout.write(json.dumps([asdict(finding) for finding in told]))
    return 0


def _bound() -> None:
    """Bound what this process may use, where the system knows bounds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(grid: Grid, path: Path) -> None:
    """Write a grid so that its rows keep their lines: blank rows stay."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(grid.header)
        at = 2
        for line, cells in grid.rows:
            file.write("\n" * (line - at))
            writer.writerow(cells)
            at = line + 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
