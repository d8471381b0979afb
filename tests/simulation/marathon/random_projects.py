"""Small MARATHON projects drawn at random, with everything in them that the engine has a rule for."""

import random

from contingent.simulation.marathon.project import (
    INFINITE,
    Demand,
    MarathonProject,
    Parameters,
    Period,
    Policy,
    Relation,
    Schedule,
    Supply,
)

RULES = (
    "Uniform", "AC", "AC-FIRST", "RC_First", "NG-FIRST", "not-ac", "NOT-RC", "MIN-DWELL", "NOT_AC-MIN", "AC-FIRST-MIN", "MOD1",
    "<=MOD2",
    "CANNIBALIZED-NOT-AC-MIN",
)  # fmt: skip
CATEGORIES = (
    "Rotational", "NonBOG", "RC_Cannibalization", "NonBOG-RC-Only", "nonbog_with_cannibals", "nonbog_with_0.5_cannibals",
    "Forward",
    "Unheard of",
)  # fmt: skip
SRCS = ("A", "B", "C", "D")


def policy(chance: random.Random, name: str) -> Policy:
    """A policy of some template with a window, budget and deltas that make sense or nearly so."""
    template = chance.choice(("AC11", "AC12", "AC12", "AC13", "AC14", "AC15", "RC11", "RC12", "RC13", "RC14", "RC15",
                              "MaxUtilization", "NearMaxUtilization", "surge"))  # fmt: skip
    overlap, recovery = chance.choice((0, 0, 30, 45)), chance.choice((0, 0, 90, 200))
    budget = overlap + chance.choice((1, 20, 150, 270, 365, 365, 365))
    if template == "surge":
        deltas = {"Reset": -355, "Train": -325, "Ready": -662, "Available": INFINITE}
        return Policy(name, "RC14", 148, 118, chance.choice((budget, INFINITE)), 118, INFINITE, overlap, recovery, deltas)
    if "Max" in template:
        dwell = chance.choice((0, 365, 730))
        return Policy(name, template, chance.choice((INFINITE, 1095)), dwell, budget, dwell, INFINITE, overlap, recovery)
    deltas = chance.choice(
        ({}, {}, {"Reset": chance.randint(-182, 100)}, {"Available": chance.randint(-100, 7000)}, {"Reset": 60, "Train": -60})
    )
    length = (
        {"1": 730, "2": 1095, "3": 1095, "4": 1825, "5": 2190}[template[-1]]
        + (365 if template == "RC13" else 0)
        + sum(deltas.values())
    )
    opens = chance.choice((0, 100, 365, 365, 730, length // 2, length - 200, length + 50))
    closes = chance.choice((length, length, length, length - 90, opens + 40, length + 500, opens))
    return Policy(
        name, template, chance.choice((length, 1095)), 0, budget, max(opens, 0), max(closes, 0), overlap, recovery, deltas
    )


def project(seed: int) -> MarathonProject:
    """A project; the same seed draws the same one."""
    chance = random.Random(seed)
    names = [f"P{number}" for number in range(chance.randint(2, 4))]
    policies = tuple(policy(chance, name) for name in names)
    day, periods = 1, [Period("Initialization", 0, 0)]
    for name in ("One", "Two", "Three", "Four")[: chance.randint(1, 4)]:
        periods.append(Period(name, day, None))
        day += chance.randint(100, 900)
    schedules = tuple(
        Schedule(f"S{number}", tuple((period, chance.choice(names)) for period in chance.sample(
            ["One", "Two", "Three", "Four", "Initialization"], chance.randint(1, 5)))) for number in range(2))  # fmt: skip
    srcs = SRCS[: chance.randint(1, 4)]
    own = [*names, "S0", "S1", "S0", "S1"]
    supply = tuple(
        Supply(chance.choice(srcs), chance.choice(("AC", "AC", "RC", "NG", "Ghost", "Xy")), chance.choice((0, 1, 1, 2, 3, 5)),
               chance.choice([*own, "Auto"]), chance.randint(0, 1500), modernisation=chance.randint(1, 3),
               aligned=chance.choice(((), (), (("forward", 1), ("east", 1)))))
        for _ in range(chance.randint(2, 6)))  # fmt: skip
    supply = tuple(row for row in supply if not (row.policy == "Auto" and row.component == "Xy"))
    starts = [1, 1, chance.randint(1, 300), chance.randint(300, 1000), chance.randint(1000, 1800)]
    demands = []
    for number in range(chance.randint(2, 9)):
        begins = chance.choice((*starts, *(demand.release_day for demand in demands)))
        demands.append(Demand(
            chance.choice(srcs), chance.choice((0, 1, 1, 2, 3)), begins, chance.choice((1, 50, 200, 400, 800, 1500)),
            chance.randint(1, 3),
            chance.choice((f"V{number}", f"V{number}", "W")), chance.choice((*["Uniform"] * 6, *RULES)),
            chance.choice(("UnGrouped", "", "G1", "G1", "G2")), chance.choice((*["Rotational"] * 8, *CATEGORIES)),
            region=chance.choice((None, "forward", "east"))))  # fmt: skip
    relations = tuple(
        Relation(chance.choice(("sub", "substitution", "equivalence")), *chance.sample(SRCS, 2),
        float(chance.choice((0, 1, 1, 2, 3))))
        for _ in range(chance.randint(0, 4)))  # fmt: skip
    defaults = {component: chance.choice(own) for component in ("AC", "RC", "NG", "Ghost")}
    parameters = Parameters(chance.randint(1200, 3000), chance.random() < 0.4, defaults, {"AC": chance.choice(names)})
    return MarathonProject(
        supply, tuple(demands), policies, tuple(periods), schedules, relations, parameters, frozenset(srcs[:1])
    )
