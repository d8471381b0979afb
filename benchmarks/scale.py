"""How the whole pipeline grows with nations, units, lines, periods and replications, and what the very large scenario takes.

    .venv/bin/python benchmarks/scale.py
    .venv/bin/python benchmarks/scale.py --along units lines --factors 1 2 4
    .venv/bin/python benchmarks/scale.py --size very_large --time-limit 120

Every scenario goes through every stage in a process of its own: written as a folder, read and checked, planned, hung into its
structure, measured for adequacy, supplied, moved, paid, played through, held beside the aid, written, read again, verified, and
drawn as workbook and report. Each stage says how long it took and the most memory that the process had held by then. From a
series along one figure, the others as they are, an exponent is fitted: seconds = c x figure ^ exponent, by least squares of
logarithms. What takes under a fiftieth of a second is left out of the fit. Tables in Markdown go to standard output, progress
to standard error.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from instances import SIZES, Size
from whole_force import smaller, whole_force

Result = TypeVar("Result")

BASE = Size(nations=20, units=600, lines=100, families=10, periods=40, period_days=30)
REPLICATIONS = 100
ALONG = ("nations", "units", "lines", "periods", "replications")
FACTORS = (1.0, 2.0, 4.0)
TOO_SHORT = 0.02
"""Stages that take less are not fitted. [s]"""
STAGES = (
    "write scenario", "read scenario", "generate", "reasons", "structure", "adequacy", "aid", "supply", "movement", "cost",
    "simulation", "write plan", "read plan", "verify", "workbook", "report",
)  # fmt: skip


@dataclass
class Run:
    """One scenario through the pipeline.

    Parameters
    ----------
    size : dict
        nations, units, lines, periods, replications.
    seconds, peak_mib : dict of str to float
        By stage. [s], [MiB held so far at most]
    counted : dict of str to int
        Rows of frames, findings.
    """

    size: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: dict[str, float] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)


class Clock:
    """Tells each stage's seconds and the memory by then, a line of JSON each."""

    def __init__(self) -> None:
        self.began = time.perf_counter()

    def stage(self, name: str, does: Callable[[], Result]) -> Result:
        """Do it, and tell."""
        began = time.perf_counter()
        result = does()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.tell({"stage": name, "seconds": time.perf_counter() - began, "peak_mib": peak})
        return result

    def tell(self, said: dict[str, Any]) -> None:
        """Print a line."""
        print(json.dumps(said), flush=True)


def one(size: Size, *, replications: int, time_limit: float | None, seed: int) -> None:
    """Send one generated scenario through every stage, and tell what it took."""
    from contingent.io.plan_folder import read_plan, write_plan
    from contingent.io.scenario_reader import read_scenario
    from contingent.io.scenario_writer import write_scenario
    from contingent.report import write_report, write_workbook

    clock = Clock()
    scenario = whole_force(size, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        clock.stage("write scenario", lambda: write_scenario(scenario, place / "force"))
        read = clock.stage("read scenario", lambda: read_scenario(place / "force"))
        plan = planned(clock, read, replications=replications, time_limit=time_limit, seed=seed)
        clock.stage("write plan", lambda: write_plan(plan, place / "plan", scenario=read))
        plan = clock.stage("read plan", lambda: read_plan(place / "plan"))
        findings = clock.stage("verify", lambda: verified(read, plan))
        clock.stage("workbook", lambda: write_workbook(read, plan, place / "cjsor.xlsx"))
        clock.stage("report", lambda: write_report(read, plan, place / "report.html"))
        on_disk = {name: (place / name).stat().st_size // 1024 for name in ("cjsor.xlsx", "report.html")}
        folder_kib = sum(path.stat().st_size for path in (place / "plan").rglob("*") if path.is_file()) // 1024
    counted = {
        "tours": plan.tours.height, "movements": plan.movements.height, "legs": plan.legs.height, "supply": plan.supply.height,
        "gaps": plan.gaps.height, "findings of verify": findings, "plan [KiB]": folder_kib,
    }  # fmt: skip
    clock.tell({"counted": counted | {f"{name} [KiB]": size for name, size in on_disk.items()}})


def planned(clock: Clock, scenario: Any, *, replications: int, time_limit: float | None, seed: int) -> Any:
    """Return the plan, each stage after the other so that each can be timed."""
    from contingent.adequacy import measure
    from contingent.aid.assess import assess
    from contingent.aid.plan_frames import plan_frames
    from contingent.cost import cost
    from contingent.deployment import DeployOptions, deploy
    from contingent.generation import accounted_for, settle
    from contingent.logistics import FIRST_DAYS
    from contingent.pipeline import with_frames, with_risk
    from contingent.plan import PlanOptions
    from contingent.simulation import SimulationOptions, simulate
    from contingent.structure import build_orbat
    from contingent.sustainment import sustain

    options = PlanOptions(time_limit=time_limit, seed=seed, replications=replications)
    settled = clock.stage("generate", lambda: settle(scenario, options))
    plan = clock.stage("reasons", lambda: accounted_for(settled))
    tours, coverage = plan.tours, plan.coverage
    orbat = clock.stage("structure", lambda: build_orbat(scenario, tours, coverage, None))
    adequacy = clock.stage("adequacy", lambda: measure(scenario, tours, None, {}))
    aid = clock.stage("aid", lambda: plan_frames(scenario, assess(scenario)))
    supply = clock.stage("supply", lambda: sustain(scenario, tours, None))
    moving = DeployOptions(seed=seed, replications=min(replications, 100), replay_until=FIRST_DAYS)
    moved = clock.stage("movement", lambda: deploy(scenario, tours, None, moving, taken=supply.loads))
    frames = {"formations": orbat.formations, "orbat": orbat.orbat, "adequacy": adequacy, **aid, **moved.frames, **supply.frames}
    paid = clock.stage(
        "cost",
        lambda: cost(scenario, tours, None, movements=frames["movements"], legs=frames["legs"], supply=frames["supply"]),
    )
    whole = with_frames(plan, frames | paid.frames, {})
    if not replications:
        return whole
    risk = clock.stage("simulation", lambda: simulate(scenario, whole, SimulationOptions(replications=replications, seed=seed)))
    return with_risk(whole, risk)


def verified(scenario: Any, plan: Any) -> int:
    """Return how many promises of a plan are not kept."""
    from contingent.plan import verify

    return len(verify(scenario, plan))


def run(size: Size, *, replications: int, time_limit: float | None, seed: int) -> Run:
    """Run one scenario in a process of its own and gather what it tells."""
    asked = {"size": asdict(size), "replications": replications, "time_limit": time_limit, "seed": seed}
    found = Run({name: getattr(size, name) for name in ALONG[:-1]} | {"replications": replications})
    command = [sys.executable, __file__, "--one", json.dumps(asked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "counted" in said:
                found.counted = said["counted"]
                continue
            found.seconds[said["stage"]], found.peak_mib[said["stage"]] = said["seconds"], said["peak_mib"]
            print(f"  {said['stage']}: {said['seconds']:.2f} s, {said['peak_mib']:.0f} MiB", file=sys.stderr)
    if process.returncode:
        raise SystemExit(f"the run of {found.size} failed with exit code {process.returncode}")
    return found


def series(along: str, factors: tuple[float, ...], *, time_limit: float | None, seed: int, base: Run) -> Iterator[Run]:
    """Yield runs along one figure, the base first."""
    for factor in factors:
        if factor == 1:
            yield base
            continue
        print(f"{along} x {factor:g}", file=sys.stderr)
        if along == "replications":
            yield run(BASE, replications=round(REPLICATIONS * factor), time_limit=time_limit, seed=seed)
        else:
            size = smaller(BASE, **{along: round(getattr(BASE, along) * factor)})
            yield run(size, replications=REPLICATIONS, time_limit=time_limit, seed=seed)


def exponent(runs: list[Run], along: str, stage: str) -> float | None:
    """Return the fitted exponent of a stage; None where it is too short to tell. [-]"""
    points = [(found.size[along], found.seconds[stage]) for found in runs if found.seconds.get(stage, 0) >= TOO_SHORT]
    if len(points) < 3:
        return None
    figure, seconds = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(figure, seconds, 1)[0])


def table_of(found: Run) -> str:
    """Return one run as a table in Markdown."""
    lines = ["| stage | seconds | most memory so far [MiB] |", "|---|---|---|"]
    lines += [f"| {name} | {found.seconds[name]:.2f} | {found.peak_mib[name]:,.0f} |" for name in STAGES if name in found.seconds]
    lines.append(f"| all | {sum(found.seconds.values()):.1f} | {max(found.peak_mib.values()):,.0f} |")
    counted = ", ".join(f"{count:,} {what}" for what, count in found.counted.items())
    return "\n".join([*lines, "", f"{found.size}: {counted}."])


def exponents_of(by_figure: dict[str, list[Run]]) -> str:
    """Return the fitted exponents as a table in Markdown, stages as rows."""
    head = [f"{name} ({runs[0].size[name]:,} to {runs[-1].size[name]:,})" for name, runs in by_figure.items()]
    lines = [f"| stage | {' | '.join(head)} |", f"|---|{'---|' * len(head)}"]
    for stage in STAGES:
        fitted = [exponent(runs, along, stage) for along, runs in by_figure.items()]
        lines.append(f"| {stage} | {' | '.join('' if value is None else f'{value:.2f}' for value in fitted)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--along", nargs="*", choices=ALONG, default=ALONG, help="figures to grow along (default: all)")
    parser.add_argument("--factors", nargs="*", type=float, default=FACTORS, help="of the base, 1 among them (default: 1 2 4)")
    parser.add_argument("--size", choices=tuple(SIZES), help="send one of the benchmark's sizes through instead")
    parser.add_argument("--replications", type=int, default=REPLICATIONS, help="with --size (default: %(default)s)")
    parser.add_argument("--time-limit", type=float, help="of generation; none = a set amount of work. [s]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        said = json.loads(asked.one)
        one(Size(**said["size"]), replications=said["replications"], time_limit=said["time_limit"], seed=said["seed"])
        return
    print("compiling, not counted", file=sys.stderr)
    run(smaller(BASE, units=60, lines=16, periods=12), replications=10, time_limit=None, seed=asked.seed)
    if asked.size:
        found = run(SIZES[asked.size], replications=asked.replications, time_limit=asked.time_limit, seed=asked.seed)
        print(table_of(found))
        return
    print("base", file=sys.stderr)
    limit = asked.time_limit
    base = run(BASE, replications=REPLICATIONS, time_limit=limit, seed=asked.seed)
    print(table_of(base), flush=True)
    by_figure = {
        along: list(series(along, tuple(asked.factors), time_limit=limit, seed=asked.seed, base=base)) for along in asked.along
    }
    print(f"\n{exponents_of(by_figure)}")


if __name__ == "__main__":
    main()
