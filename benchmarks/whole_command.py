"""The whole command on the bundled scenario, start to report: how long each option takes, and where the time goes.

    .venv/bin/python benchmarks/whole_command.py --runs 5
    .venv/bin/python benchmarks/whole_command.py --option medium --beside ../other/src

Each run is `contingent plan reassurance --option OPTION` in a process of its own; an uncounted one comes first, so that
compiled code is on disk. With `--beside`, the package of another folder takes its turn after each run: only the ratio of two
runs that stand next to one another means much on a machine that others use too.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCENARIO = "reassurance"
OPTIONS = ("small", "medium", "large")
OUR_SOURCE = Path(__file__).parents[1] / "src"
STARTS_AND_OUTPUTS = "start, reading, outputs"


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Parameters
    ----------
    seconds, processor : float
        Time on the wall, and of all processors together. [s]
    stages : dict of str to float
        Time on the wall by stage, from timings.json; what is in no stage is start, reading and outputs. [s]
    goals : tuple of (str, float, float)
        Name, value and bound of each goal.
    """

    seconds: float
    processor: float
    stages: dict[str, float]
    goals: tuple[tuple[str, float, float], ...]


def run_once(option: str, source: Path, folder: Path) -> Run:
    """Run the command once and return what it took."""
    command = [sys.executable, "-m", "contingent", "plan", SCENARIO, "--option", option, "--out", str(folder)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(source.resolve())})
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    stages = json.loads((folder / "timings.json").read_text(encoding="utf-8"))["seconds"]
    goals = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["goals"]
    return Run(
        seconds=seconds,
        processor=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        stages=stages | {STARTS_AND_OUTPUTS: seconds - sum(stages.values())},
        goals=tuple((goal["name"], goal["value"], goal["bound"]) for goal in goals),
    )


def import_seconds(source: Path, runs: int) -> float:
    """Return how long `import contingent` takes beyond the start of Python, the median. [s]"""
    taken = []
    for _ in range(runs):
        pair = []
        for code in ("pass", "import contingent"):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(source.resolve())})
            pair.append(time.perf_counter() - began)
        taken.append(pair[1] - pair[0])
    return statistics.median(taken)


def table_of(option: str, found: Sequence[tuple[str, list[Run]]]) -> str:
    """Return medians of the runs of each source as a table in Markdown, stages as rows."""
    rows: dict[str, list[float]] = {"whole command": [], "all processors": []}
    for _, runs in found:
        rows["whole command"].append(statistics.median(run.seconds for run in runs))
        rows["all processors"].append(statistics.median(run.processor for run in runs))
        for stage in runs[0].stages:
            rows.setdefault(stage, []).append(statistics.median(run.stages[stage] for run in runs))
    lines = [f"| {option} [s] | {' | '.join(name for name, _ in found)} |", f"|---|{'---|' * len(found)}"]
    lines += [f"| {name} | {' | '.join(f'{value:.2f}' for value in values)} |" for name, values in rows.items()]
    for place, (goal, *_) in enumerate(found[0][1][0].goals):
        reached = [f"{runs[0].goals[place][1]:.6g} (bound {runs[0].goals[place][2]:.6g})" for _, runs in found]
        lines.append(f"| {goal} | {' | '.join(reached)} |")
    if len(found) > 1:
        ratios = [ours.seconds / theirs.seconds for ours, theirs in zip(found[0][1], found[1][1], strict=True)]
        lines += ["", f"Whole command, ours to theirs, median of pairs: {statistics.median(ratios):.2f}"]
    return "\n".join(lines)


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--option", choices=(*OPTIONS, "all"), default="all")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each option")
    parser.add_argument("--beside", type=Path, help="source folder of another version, run in turn")
    asked = parser.parse_args()
    sources = [("this", OUR_SOURCE)] + ([("beside", asked.beside)] if asked.beside else [])
    for name, source in sources:
        print(f"import contingent, {name}: {import_seconds(source, asked.runs):.2f} s")
    for option in OPTIONS if asked.option == "all" else (asked.option,):
        found: list[tuple[str, list[Run]]] = [(name, []) for name, _ in sources]
        with tempfile.TemporaryDirectory() as folder:
            for number in range(asked.runs + 1):
                for (_, source), (name, runs) in zip(sources, found, strict=True):
                    run = run_once(option, source, Path(folder) / name)
                    if number:
                        runs.append(run)
        print(f"\n{table_of(option, found)}", flush=True)


if __name__ == "__main__":
    main()
