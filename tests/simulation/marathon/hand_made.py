"""Small MARATHON projects that a person can follow with a finger."""

from dataclasses import replace

from contingent.simulation.marathon.project import Demand, MarathonProject, Parameters, Period, Policy, Supply

ONE_TO_TWO = Policy("AC12", "AC12", 1095, 730, 365, 730, 1095, 45, 90)
"""Deployable on days 730 to 1094 of a cycle of 1,095; 365 days at most, the last 45 of them beside the relief."""

PERIODS = (Period("Initialization", 0, 0), Period("PreSurge", 1))


def unit(day: int, *, src: str = "A", component: str = "AC", policy: str = "AC12") -> Supply:
    """One unit that starts on a day of its cycle."""
    return Supply(src, component, 1, policy, day)


def demand(begins: int, days: int, **columns: object) -> Demand:
    """A demand for one unit of A."""
    return replace(Demand("A", 1, begins, days, vignette="V"), **columns)


def project(*rows: Supply | Demand, policies: tuple[Policy, ...] = (ONE_TO_TWO,), **fields: object) -> MarathonProject:
    """A project of units and demands under one policy."""
    supply = tuple(row for row in rows if isinstance(row, Supply))
    demands = tuple(row for row in rows if isinstance(row, Demand))
    made = MarathonProject(supply, demands, policies, PERIODS, parameters=Parameters(5001))
    return replace(made, **fields)
