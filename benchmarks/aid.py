"""How long the status of aid takes at real size: ``python benchmarks/aid.py --help``.

A ledger of a hundred thousand rows (pledges and deliveries of 40 donors, 60 types in 12 families) and 500 formations with four or
five needs each are drawn by a seed. Kernels are compiled before the clock starts. Tables in Markdown go to standard output.
"""

import argparse
import statistics
import time
from datetime import date, timedelta

import numpy as np

from contingent.aid.assess import assess
from contingent.aid.identities import faults_of
from contingent.aid.status import AidOptions
from contingent.model.aid import Coalition, Delivery, Equipment, Need, Pledge
from contingent.model.scenario import Scenario, Settings

FAMILIES = (
    "tank", "ifv", "apc", "artillery", "air_defence", "uav", "engineer", "vehicle", "radar", "mortar", "boat", "ammunition",
)  # fmt: skip
PLEDGES_SHARE = 0.4
"""Pledges among the rows of the ledger; the rest are deliveries. [-]"""
FIRST = date(2022, 3, 1)
LAST_DAYS = 1_350
STILL_OPEN = 0.35


def drawn(rows: int, formations: int, donors: int, kinds: int, *, seed: int) -> Scenario:
    """Return a scenario with a ledger of so many rows, made up by a seed."""
    random = np.random.default_rng(seed)
    names = [f"D{number:02d}" for number in range(donors)]
    types = [
        Equipment(equipment=f"T{number:02d}", family=FAMILIES[number % len(FAMILIES)], crew=int(random.integers(0, 8)),
                  training_days=int(random.integers(0, 70)), maintenance_hours_per_month=float(random.integers(0, 100)),
                  ammunition=f"T{len(FAMILIES) - 1:02d}" if number % len(FAMILIES) == 3 else None,
                  rounds_per_day=20.0 if number % len(FAMILIES) == 3 else 0.0)
        for number in range(kinds)
    ]  # fmt: skip
    promised = int(rows * PLEDGES_SHARE)
    announced = random.integers(0, LAST_DAYS, promised)
    quantity = random.integers(1, 30, promised)
    donor, kind = random.integers(0, donors, promised), random.integers(0, kinds, promised)
    pledges = [
        Pledge(pledge=f"P{n:06d}", donor=names[donor[n]], equipment=types[kind[n]].equipment, item="thing",
               quantity=int(quantity[n]), announced=FIRST + timedelta(days=int(announced[n])),
               coalition="C1" if n % 9 == 0 else None)
        for n in range(promised)
    ]  # fmt: skip
    kept = np.flatnonzero(random.random(promised) > STILL_OPEN)
    of = random.choice(kept, rows - promised)
    late = random.exponential(180.0 + 10.0 * donor[of])
    deliveries = [
        Delivery(delivery=f"V{n:06d}", pledge=pledges[p].pledge, donor=pledges[p].donor,
                 quantity=int(max(1, quantity[p] // 2)), date=pledges[p].announced + timedelta(days=int(late[n])))
        for n, p in enumerate(of) if announced[p] + late[n] < LAST_DAYS
    ]  # fmt: skip
    needs = [
        Need(need=f"B{b:03d}-{family}", formation=f"Brigade {b:03d}", family=family, quantity=int(random.integers(20, 400)),
             by_day=int(random.integers(0, 24)) * 30, priority=int(1 + b % 3))
        for b in range(formations)
        for family in random.choice(FAMILIES[:11], size=int(random.integers(4, 6)), replace=False).tolist()
    ]  # fmt: skip
    settings = Settings(title="Made up", start_date=FIRST + timedelta(days=LAST_DAYS + 50), horizon_days=720)
    coalition = Coalition(coalition="C1", families=("tank", "ifv"), target_quantity=20_000)
    return Scenario(settings=settings, equipment=tuple(types), needs=tuple(needs), pledges=tuple(pledges),
                   deliveries=tuple(deliveries), coalitions=(coalition,))  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="of the ledger (default: %(default)s)")
    parser.add_argument("--formations", type=int, default=500, help="of the host (default: %(default)s)")
    parser.add_argument("--donors", type=int, default=40)
    parser.add_argument("--kinds", type=int, default=60, help="types of equipment (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    options = AidOptions(as_of=FIRST + timedelta(days=LAST_DAYS))
    assess(drawn(2_000, 30, 5, 24, seed=1), options)
    made = drawn(asked.rows, asked.formations, asked.donors, asked.kinds, seed=2)
    taken, runs = [], []
    for _ in range(asked.repeats):
        began = time.perf_counter()
        runs.append(assess(made, options))
        taken.append(time.perf_counter() - began)
    began = time.perf_counter()
    faults = faults_of(runs[0], made)
    checked = time.perf_counter() - began
    frames = runs[0].frames
    print("## Aid\n")
    print(f"{asked.rows:,} rows of the ledger, {asked.formations:,} formations with {len(made.needs):,} needs, "
          f"{asked.donors} donors, {asked.kinds} types: median {statistics.median(taken):.2f} s; "
          f"{frames['open'].height:,} pledges open, {int(frames['expected_arrivals']['quantity'].sum()):,} items arrive, "
          f"{frames['equipped']['equipped_day'].count()} formations reach their standard")  # fmt: skip
    print("\n| step | s |\n|---|---|")
    for name in runs[0].seconds:
        print(f"| {name} | {statistics.median(run.seconds[name] for run in runs):.2f} |")
    print(f"| identities, {len(faults)} faults found | {checked:.2f} |")
    print("\n| goal | priority | value | bound |\n|---|---|---|---|")
    for goal, priority, value, bound in frames["goals"].select("goal", "priority", "value", "bound").iter_rows():
        print(f"| {goal} | {priority or ''} | {value:,.1f} | {bound:,.1f} |")


if __name__ == "__main__":
    main()
