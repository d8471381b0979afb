"""MARATHON's rules once more, slowly, in plain Python: every day ticks, every unit is an object that walks a list of positions.

Written from the same words as the package and from none of its modules but the dataclasses of a project and Java's random
numbers. The package jumps from event to event over segments of a cycle; here each unit counts the days that are left to it and
walks through MARATHON's own positions, markers of the deployable window and waits of no length included.
"""

import itertools
import math
from dataclasses import dataclass, field

from contingent.simulation.marathon.java_random import JavaRandom

INFINITE, NEVER = 9_999_999, 36_500
BASE = {
    "AC11": (182, 183, None, 365), "AC12": (182, 183, 365, 365), "AC13": (182, 183, 460, 270), "AC14": (365, 365, 730, 365),
    "AC15": (730, 365, 730, 365), "RC11": (182, 183, None, 365), "RC12": (365, 365, None, 365), "RC13": (365, 730, None, 365),
    "RC14": (365, 365, 730, 365), "RC15": (730, 365, 730, 365),
}  # fmt: skip
LABELS = ("Reset", "Train", "Ready", "Available")


def sixth(number):
    """Cut to six decimals."""
    return math.floor(number * 1e6) / 1e6


class Graph:
    """The positions of a policy in order: [label, wait], with "<" and ">" where the deployable window opens and closes."""

    def __init__(self, policy):
        self.policy = policy
        if policy.template in BASE:
            loop = [[label, wait] for label, wait in zip(LABELS, BASE[policy.template], strict=True) if wait is not None]
        else:
            loop = [["Reset", policy.min_dwell], ["Deployable", 0], ["Available", INFINITE]]
        for place in loop:
            place[1] += policy.deltas.get(place[0], 0)
        self.length = min(sum(wait for _, wait in loop), INFINITE)
        self._mark(loop, policy.start_deployable, "<")
        self._mark(loop, policy.stop_deployable, ">")
        self.places = loop
        self.demobilises = policy.template.startswith("RC")

    @staticmethod
    def _mark(loop, day, sign):
        begins = 0
        for at, (label, wait) in enumerate(loop):
            if begins < day <= begins + wait:
                loop[at : at + 1] = [[label, day - begins], [sign, 0], [label, begins + wait - day]]
                return
            begins += wait

    def at(self, day):
        """The first position whose end is not before a day of the cycle, and what is left of it; None beyond the end."""
        ends = 0
        for at, (_, wait) in enumerate(self.places):
            ends += wait
            if ends >= day:
                return at, ends - day
        return None

    def is_open(self, at):
        """Whether the window is open in a position."""
        if self.policy.start_deployable >= self.policy.stop_deployable:
            return False
        signs = ["<" if self.policy.start_deployable == 0 else ">"]
        signs += [label for label, _ in self.places[: at + 1] if label in "<>"]
        return signs[-1] == "<"


@dataclass
class Unit:
    """One unit and all that it remembers."""

    number: int
    name: str
    src: str
    component: str
    policy_name: str
    policy: str
    cycle: int
    tie: float
    mod: int
    aligned: str
    state: str = "home"
    at: int = 0
    left: int | None = None
    dwell: int = 0
    bog: int = 0
    budget: int = 0
    deferred: str | None = None
    demand: object = None
    sent: int = 0
    used: int = 0
    seen: int = 0
    group: str = ""
    requests: set = field(default_factory=set)


class Plain:
    """One run."""

    def __init__(self, project, src_order):
        self.project = project
        self.graphs = {}
        self.policies = {policy.name: policy for policy in project.policies}
        self.schedules = {schedule.name: dict(schedule.steps) for schedule in project.schedules}
        self.firsts = {schedule.name: schedule.steps[0][1] for schedule in project.schedules}
        self.day = 0
        self.deployments = []
        self.fills = []
        self.days = []
        self._scope()
        self._units()
        self.groups_of_src = [*src_order, *(src for src in dict.fromkeys(d.src for d in self.demands) if src not in src_order)]
        self.active = []
        self.period = None

    def graph(self, name):
        return self.graphs.setdefault(name, Graph(self.policies[name]))

    # ------------------------------------------------------------------------------------------------------------ before the run

    def _scope(self):
        supply = [row for row in self.project.supply if row.quantity > 0]
        seen, demands = set(), []
        for demand in self.project.demands:
            if demand.quantity > 0 and demand.name not in seen:
                seen.add(demand.name)
                demands.append(demand)
        cost = {}
        for relation in self.project.relations:
            ways = [(relation.donor, relation.recipient)]
            ways += [(relation.recipient, relation.donor)] if relation.kind == "equivalence" else []
            for way in ways:
                cost[way] = min(cost.get(way, math.inf), 0 if relation.kind == "equivalence" else relation.cost)
        names = {name for way in cost for name in way}
        for middle, one, other in itertools.product(sorted(names), repeat=3):
            through = cost.get((one, middle), math.inf) + cost.get((middle, other), math.inf)
            if through < cost.get((one, other), math.inf):
                cost[one, other] = through
        held = {row.src for row in supply}
        self.rank = {}
        for src in {demand.src for demand in demands}:
            own = {src: 0} if src in held else {}
            donors = sorted((cost[donor, to], donor) for donor, to in cost if to == src and donor != src and donor in held)
            number = itertools.count(1)
            self.rank[src] = own | {donor: next(number) if price > 0 else 0 for price, donor in donors}
        useful = {donor for donors in self.rank.values() for donor in donors}
        self.supply = [row for row in supply if row.src in useful]
        self.demands = [demand for demand in demands if self.rank[demand.src]]

    def _units(self):
        groups = {}
        for row in self.supply:
            policy = row.policy
            if policy == "Auto":
                table = self.project.parameters.special_policies if row.src in self.project.special else {}
                policy = table.get(row.component) or self.project.parameters.default_policies[row.component]
            groups.setdefault((row.src, row.component, policy), []).append(row)
        chance = JavaRandom(0)
        self.units = []
        for (src, component, name), rows in groups.items():
            policy = self.policies[self.firsts.get(name, name)]
            length = self.graph(policy.name).length
            if length > 10_000:
                length = 1095 if policy.expected_dwell > 10_000 else policy.expected_dwell
            many, k = sum(row.quantity for row in rows if row.quantity > 1), 0
            for row in rows:
                regions = [region for region, number in row.aligned for _ in range(number)]
                for own in range(row.quantity):
                    day = row.cycle_time if row.quantity == 1 else (k * length) // many
                    k += row.quantity > 1
                    number = len(self.units) + 1
                    self.units.append(Unit(
                        number, f"{number}_{src}_{component}", src, component, name, policy.name, day,
                        chance.next_double() * 2147483647, row.modernisation,
                        regions[own] if own < len(regions) else ""))  # fmt: skip

    def _spawn(self):
        for unit in self.units:
            policy, graph = self.policies[unit.policy], self.graph(unit.policy)
            if unit.cycle > graph.length:
                unit.cycle %= graph.length
            unit.dwell, unit.budget = unit.cycle, policy.max_bog
            opens, closes = policy.start_deployable, min(policy.stop_deployable, policy.expected_dwell, graph.length)
            if self.project.parameters.prefill and opens <= unit.cycle < closes:
                p = policy.max_bog - (closes - max(unit.cycle - (policy.overlap + 1), opens))
                if p < 0:
                    b = policy.max_bog - (policy.overlap + 1)
                    p = b - ((-p) % b) if b else 0
                unit.used = p
            self.enter_home(unit)
            self.walk(unit)

    # ------------------------------------------------------------------------------------------------------------------- one unit

    def wait(self, unit, days):
        unit.left = None if days >= NEVER else max(days, 0)
        if unit.left:
            unit.requests.add(self.day + unit.left)

    def enter_home(self, unit):
        found = self.graph(unit.policy).at(unit.cycle)
        if found is None:
            self.reset(unit)
            return
        unit.state, unit.at = "home", found[0]
        self.wait(unit, found[1])

    def reset(self, unit):
        if unit.deferred:
            unit.policy, unit.deferred = unit.deferred, None
        unit.cycle = unit.dwell = unit.bog = unit.sent = 0
        unit.budget = self.policies[unit.policy].max_bog
        unit.state, unit.at = "home", 0
        self.wait(unit, self.graph(unit.policy).places[0][1])

    def walk(self, unit):
        """Pass on through whatever has nothing left to wait."""
        while unit.left == 0:
            policy, graph = self.policies[unit.policy], self.graph(unit.policy)
            if unit.state == "home":
                if unit.at + 1 == len(graph.places):
                    self.reset(unit)
                else:
                    unit.at += 1
                    self.wait(unit, graph.places[unit.at][1])
            elif unit.state == "deployed":
                unit.state = "overlapping"
                self.wait(unit, policy.overlap)
            elif unit.state == "overlapping" and graph.demobilises:
                unit.state, unit.demand = "demobilising", None
                self.wait(unit, 95)
            else:
                unit.demand = None
                self.reset(unit)

    def tick(self, unit):
        if unit.left is not None:
            unit.left -= 1
        if unit.state in ("waiting", "cannibalised"):
            return
        unit.cycle += 1
        if unit.state == "deployed":
            unit.bog += 1
            unit.budget -= 1
        elif unit.state != "overlapping":
            unit.dwell += 1

    def change(self, unit, name):
        old, new = self.graph(unit.policy).length, self.graph(name).length
        if new <= 7300:
            share = sixth((unit.cycle % new) / new) if old >= NEVER else sixth(unit.cycle / old)
            unit.cycle = math.floor(share * new)
        unit.policy, unit.deferred = name, None
        policy = self.policies[name]
        unit.budget = max(policy.max_bog - unit.bog, 0)
        if unit.budget - policy.overlap > 0:
            self.enter_home(unit)
            return
        unit.budget = policy.max_bog
        graph = self.graph(name)
        found = graph.at(unit.cycle)
        while found is not None and graph.places[found[0]][0] in "<>":
            found = (found[0] + 1, graph.places[found[0] + 1][1]) if found[0] + 1 < len(graph.places) else None
        first = next(wait for label, wait in graph.places if label == "Reset")
        self.enter_home(unit)
        if 0 < first < NEVER:
            unit.requests.add(self.day + first)
        if found is not None and graph.places[found[0]][0] != "Reset":
            unit.at = 0
            self.wait(unit, graph.places[0][1])

    def home_again(self, unit):
        if unit.budget > 0 and unit.cycle + self.policies[unit.policy].recovery < self.graph(unit.policy).length:
            self.enter_home(unit)
            if unit.bog == 0 and unit.deferred:
                self.change(unit, unit.deferred)
        else:
            self.reset(unit)
        self.walk(unit)

    # -------------------------------------------------------------------------------------------------------------------- one day

    def run(self, last_day=None):
        last = self.project.parameters.last_day if last_day is None else last_day
        last = min(last, max(d.release_day for d in self.demands)) if self.demands else 0
        fixed = {0, 1, last}
        for period in self.project.periods:
            fixed |= {period.from_day, period.to_day}
        for demand in self.demands:
            fixed |= {demand.start_day, demand.release_day - 1, demand.release_day}
        self._spawn()
        for self.day in range(last + 1):
            if self.day:
                for unit in self.units:
                    self.tick(unit)
            due = [unit for unit in self.units if self.day in unit.requests]
            if due or self.day in fixed:
                self.one_day(due)
        return self

    def one_day(self, due):
        self.days.append(self.day)
        for unit in due:
            unit.seen = self.day
            self.walk(unit)
        for period in self.project.periods:
            if period.from_day == self.day:
                self.new_period(period.name)
        self.active += [demand for demand in self.demands if demand.start_day == self.day]
        pool = []
        for demand in [demand for demand in self.active if demand.release_day == self.day]:
            self.active.remove(demand)
            pool += self.release(demand)
        self.fill_from(pool)
        for unit in pool:
            if unit.state == "pool":
                self.home_again(unit)
        self.fill_from(None)
        for demand in sorted(self.active, key=lambda demand: demand.name):
            here = [unit for unit in self.units if unit.demand is demand]
            filling = sorted(unit.name for unit in here if unit.state != "overlapping")
            leaving = sorted(unit.name for unit in here if unit.state == "overlapping")
            self.fills.append((self.day, demand.name, demand.quantity, " ".join(filling), " ".join(leaving)))

    def new_period(self, name):
        old, self.period = self.period, name
        for unit in self.units:
            schedule = self.schedules.get(unit.policy_name, {})
            if old in schedule and name in schedule:
                unit.seen = self.day
                if unit.state == "home":
                    self.change(unit, schedule[name])
                    self.walk(unit)
                else:
                    unit.deferred = schedule[name]

    def release(self, demand):
        pool = []
        for unit in [unit for unit in self.units if unit.demand is demand]:
            unit.demand, unit.left, unit.seen = None, None, self.day
            if unit.budget <= self.policies[unit.policy].overlap:
                self.reset(unit)
                self.walk(unit)
            elif demand.demand_group.lower() not in ("", "ungrouped"):
                unit.state, unit.group = "pool", demand.demand_group
                pool.append(unit)
            else:
                self.home_again(unit)
        return pool

    # ----------------------------------------------------------------------------------------------------------------------- fill

    def missing(self, demand):
        return demand.quantity - sum(unit.demand is demand and unit.state != "overlapping" for unit in self.units)

    def fill_from(self, pool):
        for src in self.groups_of_src:
            own = sorted(
                (demand for demand in self.active if demand.src == src), key=lambda demand: (demand.priority, demand.name)
            )
            for demand in own:
                wanted = self.missing(demand)
                if wanted <= 0:
                    continue
                category = demand.category.lower().replace("_", "-")
                if pool is None:
                    fits = [unit for unit in self.units if unit.src in self.rank[src] and self.may(unit, demand, category)]
                else:
                    fits = [unit for unit in pool
                            if unit.state == "pool" and unit.group == demand.demand_group
                            and unit.src in self.rank[src]]  # fmt: skip
                fits.sort(key=lambda unit: self.order(unit, demand))
                spare = sum(unit.state == "cannibalised" for unit in fits)
                spare = spare // 2 if "0.5" in category else spare
                for unit in fits:
                    if wanted == 0:
                        break
                    if unit.state == "cannibalised":
                        if spare == 0:
                            continue
                        spare -= 1
                    self.send(unit, demand, category, pool is not None)
                    wanted -= 1

    def may(self, unit, demand, category):
        if category in ("nonbog-with-cannibals", "nonbog-with-0.5-cannibals") and unit.state == "cannibalised":
            return True
        if unit.state != "home":
            return False
        if category.startswith("nonbog-with") or category == "nonbog":
            return True
        if category in ("rc-cannibalization", "nonbog-rc-only"):
            return unit.component != "AC"
        if category == "forward":
            return demand.region is not None and unit.aligned == demand.region
        return self.graph(unit.policy).is_open(unit.at) and unit.budget > 0

    def order(self, unit, demand):
        rule = demand.source_first.lower().replace("_", "-")
        cycle = unit.cycle
        if unit.state == "cannibalised":  # its days stand still, but MARATHON's ratio adds the days since it was last looked at
            cycle += self.day - unit.seen
        ratio = math.trunc(cycle / self.policies[unit.policy].expected_dwell * 1e6)
        shortest = rule.endswith("-min") or rule == "min-dwell"
        rule = rule.removesuffix("-min").removesuffix("-first")
        if rule in ("ac", "rc", "ng"):
            liked = 0 if unit.component == rule.upper() else 1
        elif rule == "not-ac":
            liked = 0 if unit.component != "AC" else 1
        elif rule == "not-rc":
            liked = 0 if unit.component == "AC" else 1
        elif "mod" in rule:
            liked = abs(unit.mod - int(rule[-1]))
        elif rule == "cannibalized-not-ac":
            liked = 0 if unit.state == "cannibalised" else 1 if unit.component != "AC" else 2
        else:
            liked = 0
        return self.rank[demand.src][unit.src], liked, ratio if shortest else -ratio, unit.tie, unit.number

    def send(self, unit, demand, category, follows):
        unit.demand, unit.seen = demand, self.day
        unit.sent += 1
        kept = {"rc-cannibalization": "cannibalised", "nonbog-rc-only": "cannibalised", "nonbog": "waiting", "forward": "waiting",
                "nonbog-with-cannibals": "waiting", "nonbog-with-0.5-cannibals": "waiting"}.get(category)  # fmt: skip
        if kept:
            unit.state, unit.left = kept, None
        else:
            if self.day <= 1 and unit.used:
                unit.budget -= unit.used
                unit.bog += unit.used
                unit.used = 0
            unit.state = "deployed"
            self.wait(unit, unit.budget - self.policies[unit.policy].overlap)
        rank = self.rank[demand.src][unit.src]
        self.deployments.append((
            self.day, unit.name, demand.name, "Substitution" if rank else "Primary", rank, follows, unit.cycle, unit.budget,
            unit.dwell,
            unit.policy, self.period or "", unit.sent))  # fmt: skip
        self.walk(unit)
