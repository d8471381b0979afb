"""The order of the stages, on one screen: from what nations have to what is decided.

    scenario   contingent.io.read_scenario     what is given, checked (`check`: everything that is wrong with it)
    pool       derive                          offers that nations have not made, but could
    sizing     derive, size                    the requirement that the mandate asks for
    generation make_plan                       who goes where, when; what stays empty, and why
    structure  make_plan                       who stands under whom
    aid        make_plan, assess               what the host was promised, and which of its formations that equips
    adequacy   make_plan                       what the force is held against, the host's equipped formations beside it
    simulation make_plan, simulate             what becomes of it under chance
    plan       verify                          every promise recomputed, with no solver

Each stage is a function from frozen values to a frozen value. The command line calls these functions and owns no logic. What a
stage needs is loaded when it is called, so that asking for help does not wait for a solver.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import polars as pl

from contingent.errors import BadScenario, UnknownName
from contingent.findings import Finding, nearest_name
from contingent.model.pins import faults_of_pins, options_to_plan
from contingent.model.scenario import Scenario
from contingent.plan import verify as promises_of
from contingent.plan.plan import Plan, PlanOptions

if TYPE_CHECKING:
    from contingent.aid.plan_frames import AidBeside
    from contingent.deployment import DeployOptions, Movements
    from contingent.logistics import Onward
    from contingent.simulation import Risk, SimulationOptions
    from contingent.sizing import Sizing


SHARE_OF_PLAN = 0.7
"""Share of the time limit of `remedies` that the plan has, where it is to be made first. [-]"""

REPLAYS = 100
"""Most replays of the movements of a plan. [replications]"""

HISTORY = "missions"
"""The bundled scenario whose options are past missions."""


@dataclass(frozen=True)
class Remedies:
    """What would close the gaps of a scenario. Frames as in `contingent.plan.COLUMNS`.

    Parameters
    ----------
    remedies : polars.DataFrame
        The cheapest further offers that close the gaps of the priorities asked for.
    worth : polars.DataFrame
        Unit-days of gap, of those priorities, that one more unit of each type would close.
    """

    remedies: pl.DataFrame
    worth: pl.DataFrame


def derive(scenario: Scenario) -> Scenario:
    """Return the scenario with the offers that its pool yields and the lines that its mandate asks for, each traced to its rows.

    Deriving twice changes nothing.

    Raises
    ------
    BadScenario
        If the tables of the pool yield an offer that no plan could read, or a task of the mandate cannot be sized.
    """
    from contingent.pool import derive_offers
    from contingent.sizing import derive_requirement

    return derive_requirement(derive_offers(scenario))


def size(scenario: Scenario) -> "Sizing":
    """Work out what the mandate asks for: requirement lines and formations of every option, each with its arithmetic.

    Parameters
    ----------
    scenario : Scenario
        With its mandate: tasks, factors, sectors.

    Raises
    ------
    BadScenario
        If a task cannot be sized: a factor is missing, a sector has no line.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> lines = size(read_scenario("reassurance")).lines
    >>> all(line.arithmetic for line in lines)
    True
    """
    from contingent.sizing import size as sized

    return sized(scenario)


def check(place: str | Path) -> tuple[Finding, ...]:
    """Return everything that is wrong with a scenario, errors and warnings, pins on offers of its pool included.

    Parameters
    ----------
    place : str or Path
        A folder, a workbook, an SQLite file, or the name of a scenario that ships with the package.

    Examples
    --------
    >>> check("tiny")
    ()
    """
    from contingent.io.scenario_reader import read_and_check

    scenario, findings = read_and_check(place)
    # Without these there is nothing that was not looked at when the scenario was read.
    if scenario is None or not (scenario.pool or scenario.tasks or scenario.formations or scenario.incursions):
        return findings
    try:
        derived = derive(scenario)
    except BadScenario as bad:
        return (*findings, *bad.findings)
    return (*findings, *_pins_that_fail(derived), *_faults_of_structure(derived))


def _faults_of_structure(derived: Scenario) -> tuple[Finding, ...]:
    """What is wrong with formations and attachments, with what adequacy reads, and with calls, once lines are sized."""
    from contingent.adequacy import faults_of_adequacy
    from contingent.simulation.calls import faults_of_calls
    from contingent.structure import faults_of_attachments, faults_of_formations

    structure = (*faults_of_formations(derived), *faults_of_attachments(derived))
    return (*structure, *faults_of_adequacy(derived), *faults_of_calls(derived))


def make_plan(scenario: Scenario, options: PlanOptions | None = None) -> Plan:
    """Plan a scenario: offers from the pool, lines from the mandate, who goes where and when, who stands under whom.

    Parameters
    ----------
    scenario : Scenario
        From `contingent.read_scenario`.
    options : PlanOptions, optional
        Course of action, time limit, seed and method; blank = the scenario's default option.

    Raises
    ------
    UnknownName
        If the scenario has no such option.
    BadScenario
        If a tour that the planner has fixed cannot be kept.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> plan = make_plan(read_scenario("tiny"))
    >>> sorted(plan.required_unit_days)
    [1, 2, 3]
    """
    from contingent.generation import accounted_for, settle

    asked = checked_options(scenario, options or PlanOptions())
    began = perf_counter()
    derived = derive(scenario)
    _refuse_pins(derived)
    pool = perf_counter() - began
    # How the requirement came about is worked out beside the tours, mostly compiled code and the solver; the structure, and
    # supply, movement and cost, beside the reasons of gaps, which are the solver as well.
    with ThreadPoolExecutor(2) as beside:
        aid = beside.submit(_aid, derived, asked)
        requirement = beside.submit(requirement_frames, scenario, asked.option)
        settled = settle(derived, asked)
        around = beside.submit(_around, derived, settled.tours, settled.coverage, asked.option, aid.result())
        follows = beside.submit(_onward, derived, settled.tours, asked)
        plan = accounted_for(settled)
        waited = perf_counter()
        frames, seconds = around.result()
        frames |= requirement.result()
        after = follows.result()
    frames |= _competition(derived, aid.result(), plan, frames | after.frames)
    seconds = {"waited": perf_counter() - waited, **seconds}
    whole = with_frames(plan, frames | after.frames, {"pool and mandate": pool, **seconds, **after.seconds})
    whole = replace(whole, provenance={**whole.provenance, **after.provenance})
    return _under_chance(derived, whole, asked)


def _under_chance(derived: Scenario, plan: Plan, options: PlanOptions) -> Plan:
    """Return the plan with what becomes of it under chance, where something is left to chance and that was asked for."""
    from contingent.simulation import SimulationOptions, leaves_to_chance, simulate

    if options.replications == 0 or not leaves_to_chance(derived, options.option):
        return plan
    risk = simulate(derived, plan, SimulationOptions(replications=options.replications, seed=options.seed))
    return with_risk(plan, risk)


def with_risk(plan: Plan, risk: "Risk") -> Plan:
    """Return the plan with the frames of a simulation, and with how often and from which seed it was played through."""
    played = {"replications": risk.replications, "seed_of_risk": risk.seed}
    seconds = {**plan.seconds, "simulation": risk.seconds}
    return replace(plan, provenance={**plan.provenance, **played}, seconds=seconds, **risk.frames)  # type: ignore[arg-type]


def with_frames(plan: Plan, frames: dict[str, pl.DataFrame], seconds: dict[str, float]) -> Plan:
    """Return the plan with frames of what follows from it in place of its own, and with the seconds that they took."""
    return replace(plan, seconds={**plan.seconds, **seconds}, **frames)  # type: ignore[arg-type]


def simulate(scenario: Scenario, plan: Plan | None = None, options: "SimulationOptions | None" = None) -> "Risk":
    """Play a plan through under chance, many times; without a plan, posts are filled by dispatch alone.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with the offers of its pool derived or not.
    plan : Plan, optional
        None, or with ``options.greedy``: there is no plan.
    options : SimulationOptions, optional
        How often, from which seed, by which rules (`contingent.simulation.SimulationOptions`).

    Raises
    ------
    BadPlan
        If the plan is of another scenario.
    UnknownName
        If the scenario has no such option.
    ValueError
        If there are no replications to play.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> scenario = read_scenario("tiny")
    >>> risk = simulate(scenario, make_plan(scenario))
    >>> risk.risk_summary.filter(measure="fill", priority=1)["mean"].item() <= 1
    True
    """
    from contingent.simulation import SimulationOptions
    from contingent.simulation import simulate as played

    asked = options or SimulationOptions()
    if plan is None:
        option = checked_options(scenario, PlanOptions(option=asked.option)).option
        asked = replace(asked, option=option)
    planned = plan is not None and plan.provenance.get("scenario") == scenario.fingerprint()
    return played(scenario if planned else derive(scenario), plan, asked)


def _onward(derived: Scenario, tours: pl.DataFrame, options: PlanOptions) -> "Onward":
    """Return what follows from the tours: supply, movement, cost, where that was asked for."""
    from contingent.logistics import Onward, onward

    if not options.onward:
        return Onward({}, {})
    return onward(derived, tours, options.option, seed=options.seed, replications=min(options.replications, REPLAYS))


def deploy(scenario: Scenario, plan: Plan, options: "DeployOptions | None" = None) -> "Movements":
    """Work out how the units of a plan get there and home, beside what supplies them.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with the offers of its pool derived or not.
    plan : Plan
        Who goes where and when.
    options : DeployOptions, optional
        How far, by how much search, what is closed (`contingent.DeployOptions`).

    Raises
    ------
    BadPlan
        If a tour is of an offer, unit type or line that the scenario does not have.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> scenario = read_scenario("tiny")
    >>> deploy(scenario, make_plan(scenario)).frames["movements"].is_empty()
    True
    """
    from contingent.deployment import DeployOptions
    from contingent.logistics import move_beside_supply

    planned = plan.provenance.get("scenario") == scenario.fingerprint()
    derived = scenario if planned else derive(scenario)
    return move_beside_supply(derived, plan.tours, plan.option, options or DeployOptions())


def _aid(derived: Scenario, options: PlanOptions) -> "AidBeside | None":
    """Return the status of aid with its frames of a plan; None where the scenario has none, or it was not asked for."""
    if not options.aid or not (derived.pledges or derived.needs):
        return None
    from contingent.aid.assess import assess
    from contingent.aid.plan_frames import AidBeside, plan_frames

    began = perf_counter()
    status = assess(derived)
    return AidBeside(status, plan_frames(derived, status), perf_counter() - began)


def _competition(
    derived: Scenario, aid: "AidBeside | None", plan: Plan, frames: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Return where the aid and the force draw on the same thing, in one frame; none where there is no aid."""
    if aid is None:
        return {}
    from contingent.aid.competition import Drawn, competition

    drawn = Drawn(plan.tours, plan.coverage, frames["sizing"], frames.get("utilisation"), plan.option)
    return {"aid_competition": competition(derived, aid.status.frames, drawn)}


def _around(
    derived: Scenario, tours: pl.DataFrame, coverage: pl.DataFrame, option: str | None, aid: "AidBeside | None"
) -> tuple[dict[str, pl.DataFrame], dict[str, float]]:
    """Return the frames that follow from the tours, and the seconds that they took: the structure, aid, and adequacy."""
    from contingent.adequacy import equipped_days, measure
    from contingent.structure import build_orbat

    began = perf_counter()
    orbat = build_orbat(derived, tours, coverage, option)
    hung = perf_counter()
    given = aid.frames if aid is not None else {}
    equipped = equipped_days(given["aid_formations"]) if given else {}
    adequacy = measure(derived, tours, option, equipped)
    frames = {"formations": orbat.formations, "orbat": orbat.orbat, "adequacy": adequacy, **given}
    seconds = {"structure, beside": hung - began, "adequacy, beside": perf_counter() - hung}
    return frames, seconds | ({"aid, beside": aid.seconds} if aid is not None else {})


def requirement_frames(scenario: Scenario, option: str | None, sized: "Sizing | None" = None) -> dict[str, pl.DataFrame]:
    """Return how an option's requirement follows from its mandate: frames ``sizing``, ``factors``, ``reach``,
    ``sensitivity``, ``backcast``.

    Parameters
    ----------
    scenario : Scenario
        With its mandate; without tasks every frame is empty.
    option : str, optional
        The option.
    sized : Sizing, optional
        The scenario as it was sized before; None = size it now.

    Notes
    -----
    Past missions are those of the bundled scenario ``missions``, sized with the planning factors of `scenario`.
    """
    from contingent.io.scenario_reader import read_scenario
    from contingent.plan.columns import empty_frame
    from contingent.sizing import backcast, sensitivity, size

    if not scenario.tasks:
        return {name: empty_frame(name) for name in ("sizing", "factors", "reach", "sensitivity", "backcast")}
    sized = sized or size(scenario)
    return {
        "sizing": sized.sizing(option),
        "factors": sized.factors(option),
        "reach": sized.reach(option),
        "sensitivity": sensitivity(scenario, option),
        "backcast": backcast(read_scenario(HISTORY), scenario, option),
    }


def remedies(
    scenario: Scenario,
    options: PlanOptions | None = None,
    priorities: Sequence[int] | None = None,
    *,
    plan: Plan | None = None,
) -> Remedies:
    """Work out what would close the gaps of a plan, and what one more unit of each type is worth.

    Parameters
    ----------
    scenario : Scenario
        From `contingent.read_scenario`.
    options : PlanOptions, optional
        As for `make_plan`; they count where no plan is given.
    priorities : sequence of int, optional
        Close the gaps of these priorities and of no others; None = all. The plan is that of the whole option all the same, so
        that the gaps are those that it reports, and its own tours stay as they are.
    plan : Plan, optional
        A plan of the scenario whose gaps are to be closed; None = plan the scenario now.

    Raises
    ------
    UnknownName
        If the scenario has no such option.
    BadPlan
        If the plan has tours that the scenario does not allow.
    """
    from contingent.generation import generate
    from contingent.generation.remedies import remedies_of_plan

    asked = checked_options(scenario, options or PlanOptions())
    derived = derive(scenario)
    _refuse_pins(derived)
    began, limit = perf_counter(), asked.time_limit
    if plan is None:
        for_plan = None if limit is None else SHARE_OF_PLAN * limit
        plan = generate(derived, replace(asked, remedies=False, time_limit=for_plan))
    left = None if limit is None else max(0.0, limit - (perf_counter() - began))
    return Remedies(*remedies_of_plan(derived, plan, priorities, time_limit=left))


def _refuse_pins(derived: Scenario) -> None:
    """Raise `BadScenario` where a pin cannot be kept, whatever the option that is planned: so does whoever reads the scenario."""
    if findings := _pins_that_fail(derived):
        raise BadScenario(derived.settings.title, findings)


def _pins_that_fail(derived: Scenario) -> list[Finding]:
    """What is wrong with the pins, once the offers of the pool are known."""
    unknown = [
        Finding(
            "pins.csv",
            f"'{pin.offer}', fixed on '{pin.line}' from day {pin.from_day}, is neither an offer nor one that the pool yields.",
            column="offer",
            nearest=nearest_name(pin.offer, derived.offer_by_name),
            maybe="look at the names of all offers: contingent show SCENARIO --table offers",
        )
        for pin in derived.pins
        if pin.offer not in derived.offer_by_name
    ] + [
        Finding(
            "pins.csv",
            f"'{pin.line}', on which '{pin.offer}' is fixed from day {pin.from_day}, is neither a line nor one "
            f"that the mandate asks for.",
            column="line",
            nearest=nearest_name(pin.line, derived.requirement_by_line),
            maybe="look at the serials of all lines: contingent show SCENARIO --table requirements",
        )
        for pin in derived.pins
        if pin.line not in derived.requirement_by_line
    ]
    faults = dict.fromkeys(fault for option in options_to_plan(derived) for fault in faults_of_pins(derived, option))
    return unknown + [Finding("pins.csv", fault.what, column=fault.column) for fault in faults]


def verify(scenario: Scenario, plan: Plan) -> tuple[Finding, ...]:
    """Recompute every promise of a plan, with no solver, and return what does not hold.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with the offers of its pool derived or not.
    plan : Plan
        From `make_plan` or `contingent.read_plan`.
    """
    planned = plan.provenance.get("scenario") == scenario.fingerprint()
    return promises_of(scenario if planned else derive(scenario), plan)


def checked_options(scenario: Scenario, options: PlanOptions) -> PlanOptions:
    """Return the options with the scenario's default option in place of a blank one.

    Raises
    ------
    UnknownName
        If the scenario has no such option.
    ValueError
        If the time limit is not a number of seconds above 0, or the gap not a share of 0 or more.
    """
    if options.time_limit is not None and not (options.time_limit > 0 and math.isfinite(options.time_limit)):
        raise ValueError(f"time_limit is {options.time_limit}; it must be a number of seconds above 0.")
    if not (options.gap >= 0 and math.isfinite(options.gap)):
        raise ValueError(f"gap is {options.gap}; it must be a share of 0 or more.")
    option = options.option if options.option is not None else scenario.settings.default_option
    if option is None or option in scenario.option_names:
        return replace(options, option=option)
    raise UnknownName(_unknown_option(option, scenario.option_names))


def _unknown_option(option: str, known: Sequence[str]) -> str:
    if not known:
        return f"'{option}' is not an option of this scenario: it has none. Plan it without one."
    nearest = nearest_name(option, known)
    hint = f" Nearest: '{nearest}'." if nearest else ""
    return f"'{option}' is not an option of this scenario.{hint} Options: {', '.join(known)}."
