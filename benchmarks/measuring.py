"""Running a planner in a process of its own, and what was measured of it."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from columns import PRIORITY_WEIGHTS

HERE = Path(__file__).parent
PATIENCE = 120.0
"""Time beyond the limit, for building and reading, after which a process is ended. [s]"""
REPEATS = 5


@dataclass
class Run:
    """One planner on one scenario under one limit, as measured.

    Parameters
    ----------
    planner, size : str
        Which.
    limit, seconds : float
        Time given and taken. [s]
    peak_mib : float
        Most memory held, scenario and libraries included. [MiB]
    unfilled, required : dict
        By priority. [unit-days]
    weighted_fill : float or None
        None where there is no plan.
    bound_fill : float or None
        Weighted fill that no plan exceeds, by the planner's own bound.
    values : list of (float, float)
        Second and weighted unfilled unit-days of each better plan, where the solver tells.
    """

    planner: str
    size: str
    limit: float
    seconds: float = 0.0
    peak_mib: float = 0.0
    status: str = "stopped from outside"
    unfilled: dict[str, float] = field(default_factory=dict)
    required: dict[str, float] = field(default_factory=dict)
    weighted_fill: float | None = None
    bound_fill: float | None = None
    goals: list[dict[str, Any]] = field(default_factory=list)
    values: list[tuple[float, float]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def required_weighted(self) -> float:
        """Weighted unit-days asked for."""
        return sum(PRIORITY_WEIGHTS[int(level)] * days for level, days in self.required.items())

    @property
    def found(self) -> bool:
        """Whether there is a plan at all."""
        return self.weighted_fill is not None

    @property
    def gap(self) -> float | None:
        """Distance of the weighted fill from the planner's own bound. [-]"""
        if self.weighted_fill is None or not self.bound_fill:
            return None
        return (self.bound_fill - self.weighted_fill) / self.bound_fill


def measured(planner: str, size: str, *, seed: int, limit: float) -> Run:
    """Run one planner in a process of its own and gather what it prints."""
    run = Run(planner, size, limit)
    command = [sys.executable, str(HERE / "one_run.py"), planner, size, str(seed), str(limit)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    stopper = threading.Timer(limit + PATIENCE, process.kill)
    stopper.start()
    bound = None
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if said["event"] == "value":
            run.values.append((said["seconds"], said["weighted_unfilled"]))
        elif said["event"] == "bound":
            bound = said["weighted_unfilled"]
        elif said["event"] == "not_built":
            run.status = f"not built: {said['reason']}"
        elif said["event"] == "end":
            _take_end(run, said)
    _, exit_status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(exit_status)
    stopper.cancel()
    process.stdout.close()
    run.peak_mib = run.peak_mib or usage.ru_maxrss / 1024
    if process.returncode > 0:
        run.status = f"failed with exit code {process.returncode}"
    if bound is not None and run.required:
        run.bound_fill = run.required_weighted - bound
    return run


def _take_end(run: Run, said: dict[str, Any]) -> None:
    for name in ("seconds", "peak_mib", "status", "unfilled", "required", "weighted_fill", "goals", "broken"):
        setattr(run, name, said[name])
    if "no plan found" in run.status:
        run.weighted_fill = None
    bounds = {goal["name"].rsplit("_", 1)[1]: goal["bound"] for goal in run.goals if goal["name"].startswith("unfilled")}
    if bounds:
        run.bound_fill = sum(PRIORITY_WEIGHTS[int(level)] * (run.required[level] - bound) for level, bound in bounds.items())


def whole_command() -> list[list[str]]:
    """Time what a user waits for: the bundled scenario's command from start to report, and the import."""
    rows = []
    program = Path(sys.executable).with_name("contingent")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "plan", "reassurance", "--option", "medium", "--out", str(Path(folder) / "plan")]
        for time_of in ("first", "second"):
            began = time.perf_counter()
            done = subprocess.run(command, capture_output=True, check=False)
            said = f"{time.perf_counter() - began:.2f}" if done.returncode == 0 else f"failed with exit code {done.returncode}"
            rows.append([f"contingent plan reassurance --option medium, {time_of} time", said])
            shutil.rmtree(Path(folder) / "plan", ignore_errors=True)
    imports = ("pass", "import contingent", "from contingent import make_plan")
    rows += [[f"python -c '{what}', median of {REPEATS}", _median_seconds([sys.executable, "-c", what])] for what in imports]
    return rows


def _median_seconds(command: list[str]) -> str:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return "failed"
        times.append(time.perf_counter() - began)
    return f"{statistics.median(times):.2f}"
