"""Whether the rows of a project fit together: policies, schedules, periods, units, demands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from contingent.errors import BadScenario
from contingent.findings import Finding, errors_only, nearest_name
from contingent.simulation.marathon.cycles import (
    ALIASES,
    DEMOBILIZATION,
    NOT_REPRODUCED,
    OVERLAPPING,
    TEMPLATES,
    cycle_of,
    template_of,
    waits_of,
)
from contingent.simulation.marathon.project import MarathonProject, Policy, Schedule
from contingent.simulation.marathon.rules import CATEGORIES_NOT_REPRODUCED, PREFERENCES, folded_rule
from contingent.simulation.marathon.scope import scope_of
from contingent.simulation.marathon.units import counted, policy_name


def checked(
    project: MarathonProject, findings: Sequence[Finding] = (), *, places: Mapping[str, str] = MappingProxyType({})
) -> MarathonProject:
    """Return a project with its warnings, or raise all that is wrong with it.

    Parameters
    ----------
    project : MarathonProject
        As its rows were read.
    findings : sequence of Finding
        What was wrong with single cells.
    places : mapping of str to str
        The file or sheet of each table, in the order in which findings are told.

    Raises
    ------
    BadScenario
        If any finding is an error.
    """
    findings = [
        *findings,
        *_periods(project),
        *_policies(project),
        *_supply(project),
        *_demands(project),
        *_starting_units(project),
    ]
    findings = [replace(finding, table=places.get(finding.table, finding.table)) for finding in findings]
    order = list(places.values())
    findings.sort(key=lambda finding: (order.index(finding.table) if finding.table in order else len(order), finding.line or 0))
    if errors_only(findings):
        raise BadScenario(project.place, errors_only(findings))
    return replace(project, notes=tuple(findings))


def used_policies(project: MarathonProject) -> dict[str, Policy]:
    """Return the atomic policies that units begin with or come to, by name."""
    known = {policy.name: policy for policy in project.policies}
    schedules = {schedule.name: schedule for schedule in project.schedules}
    used: dict[str, Policy] = {}
    for name in _policies_of_units(project):
        steps = [policy for _, policy in schedules[name].steps] if name in schedules else [name]
        used |= {step: known[step] for step in steps if step in known}
    return used


def _policies_of_units(project: MarathonProject) -> list[str]:
    named = [(row.src, row.component, row.policy) for row in project.supply if row.quantity > 0]
    named += [(unit.src, unit.component, unit.policy) for unit in project.starting_units]
    return list(dict.fromkeys(policy_name(project, *parts) for parts in named))


def _periods(project: MarathonProject) -> Iterator[Finding]:
    begun: dict[int, str] = {}
    for period in project.periods:
        if period.from_day in begun:
            what = f"'{period.name}' begins on day {period.from_day}, as '{begun[period.from_day]}' does."
            yield Finding("PeriodRecords", what, line=period.line or None, column="FromDay")
        if period.to_day is not None and period.to_day < period.from_day:
            what = f"'{period.name}' ends on day {period.to_day}, before it begins."
            yield Finding("PeriodRecords", what, line=period.line or None, column="ToDay")
        begun.setdefault(period.from_day, period.name)


def _policies(project: MarathonProject) -> Iterator[Finding]:
    names = [policy.name for policy in project.policies]
    for policy in project.policies:
        if names.count(policy.name) > 1 and policy is not project.policies[names.index(policy.name)]:
            what = f"'{policy.name}' stands in the table twice."
            yield Finding("PolicyRecords", what, line=policy.line or None, column="PolicyName")
    for policy in used_policies(project).values():
        yield from _policy(policy)
    used = _policies_of_units(project)
    for schedule in project.schedules:
        if schedule.name in used:
            yield from _schedule(schedule, project)


def _policy(policy: Policy) -> Iterator[Finding]:
    def finding(column: str, what: str, *, nearest: str | None = None, maybe: str | None = None) -> Finding:
        return Finding("PolicyRecords", what, line=policy.line or None, column=column, nearest=nearest, maybe=maybe)

    if template_of(policy) is None:
        if policy.template in NOT_REPRODUCED:
            yield finding("Template", f"'{policy.template}' is a template of MARATHON's that is not reproduced here.")
        else:
            nearest = nearest_name(policy.template, [*TEMPLATES, *ALIASES])
            yield finding("Template", f"'{policy.template}' is no template.", nearest=nearest)
        return
    waits = waits_of(policy)
    for name, wait in waits:
        if wait < 0:
            yield finding("Deltas", f"{name} would last {wait} days.", maybe="use a smaller delta")
    if min(wait for _, wait in waits) < 0:
        return
    cycle = cycle_of(policy)
    if cycle.length < 1:
        yield finding(
            "Template", "the cycle lasts no day, so it would be run through without end.", maybe="give MinDwell or a delta"
        )
    if min(cycle.overlap_wait, cycle.demobilisation) < 0:
        yield finding("Deltas", "the overlap or demobilisation would last less than no day.")
    if policy.max_bog <= policy.overlap:
        what = f"{policy.max_bog} is not more than Overlap ({policy.overlap}): no unit would ever stay."
        yield finding("MaxBOG", what, maybe="the two columns were swapped")
    unknown = set(policy.deltas) - {name for name, _ in waits} - {DEMOBILIZATION, OVERLAPPING}
    for name in sorted(unknown):
        nearest = nearest_name(name, [known for known, _ in waits])
        what = f"{name} is no position of {policy.template}; its delta has no effect."
        yield Finding("PolicyRecords", what, line=policy.line or None, column="Deltas", nearest=nearest, severity="warning")


def _schedule(schedule: Schedule, project: MarathonProject) -> Iterator[Finding]:
    policies = [policy.name for policy in project.policies]
    periods = [period.name for period in project.periods]
    if schedule.kind.casefold() not in ("", "periodic"):
        what = f"'{schedule.kind}' is not reproduced; schedules are Periodic."
        yield Finding("CompositePolicyRecords", what, line=schedule.line or None, column="CompositionType")
    for period, policy in schedule.steps:
        if policy not in policies:
            what = f"'{policy}' of schedule {schedule.name} is no policy of PolicyRecords."
            nearest = nearest_name(policy, policies)
            yield Finding("CompositePolicyRecords", what, line=schedule.line or None, column="Policy", nearest=nearest)
        if period not in periods:
            what = f"'{period}' of schedule {schedule.name} is no period of PeriodRecords; its row takes no effect."
            nearest = nearest_name(period, periods)
            yield Finding(
                "CompositePolicyRecords", what, line=schedule.line or None, column="Period", nearest=nearest, severity="warning"
            )


def _supply(project: MarathonProject) -> Iterator[Finding]:
    known = [policy.name for policy in project.policies] + [schedule.name for schedule in project.schedules]
    for row in project.supply:
        if row.quantity < 1:
            continue
        name = policy_name(project, row.src, row.component, row.policy)
        if not name:
            what = f"'{row.policy}' leaves the policy to Parameters, which have no Default{row.component}Policy."
            yield Finding("SupplyRecords", what, line=row.line or None, column="Policy", maybe="name a policy here or there")
        elif name not in known:
            what = f"'{name}' is neither a policy nor a schedule of this project."
            yield Finding("SupplyRecords", what, line=row.line or None, column="Policy", nearest=nearest_name(name, known))
        if row.behaviour.upper() == "SRM":
            what = "'SRM' is a behaviour of MARATHON's that is not reproduced here."
            yield Finding("SupplyRecords", what, line=row.line or None, column="Behavior", maybe="set Enabled to FALSE")


def _demands(project: MarathonProject) -> Iterator[Finding]:
    for demand in (demand for demand in project.demands if demand.quantity):
        if folded_rule(demand.category) in CATEGORIES_NOT_REPRODUCED:
            what = f"'{demand.category}' is a category of MARATHON's that is not reproduced here."
            yield Finding("DemandRecords", what, line=demand.line or None, column="Category", maybe="set Enabled to FALSE")
        if folded_rule(demand.source_first) not in PREFERENCES:
            nearest = nearest_name(folded_rule(demand.source_first), PREFERENCES)
            what = f"'{demand.source_first}' is no rule."
            yield Finding("DemandRecords", what, line=demand.line or None, column="SourceFirst", nearest=nearest)
    for demand in scope_of(project).dropped:
        what = f"an earlier row has the name {demand.name}; MARATHON drops this one, with its {demand.quantity} units."
        yield Finding("DemandRecords", what, line=demand.line or None, maybe="give it another Vignette", severity="warning")


def _starting_units(project: MarathonProject) -> Iterator[Finding]:
    if not project.starting_units:
        return
    policies = [policy.name for policy in project.policies] + [schedule.name for schedule in project.schedules]
    names: set[str] = set()
    for unit in project.starting_units:
        if unit.name in names:
            yield Finding("initial_units.csv", f"{unit.name} stands in it twice.", line=unit.line or None, column="unit")
        names.add(unit.name)
        if policy_name(project, unit.src, unit.component, unit.policy) not in policies:
            what, nearest = f"'{unit.policy}' is neither a policy nor a schedule.", nearest_name(unit.policy, policies)
            yield Finding("initial_units.csv", what, line=unit.line or None, column="policy", nearest=nearest)
    asked = counted((row.src, row.component) for row in scope_of(project).supply for _ in range(row.quantity))
    listed = counted((unit.src, unit.component) for unit in project.starting_units)
    for src, component in asked:
        if asked[src, component] != listed.get((src, component), 0):
            what = f"holds {listed.get((src, component), 0)} units {src} {component}; SupplyRecords have {asked[src, component]}."
            yield Finding("initial_units.csv", what, maybe="remove the file, or make it anew")
