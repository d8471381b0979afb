"""Cases: what-ifs laid over a scenario, and over the plan that runs in it.

One function is one kind of case. It takes the scenario and the tours that run and returns both as they are once it has happened,
so that a case is a scenario that can be planned, verified and read like any other.

    from_day        day on which it happens: what began before it has happened and stays as it was
    past            tours of the offers that are struck that began before that day; each becomes a tour of an offer of its own,
                    fixed, with the days that it really lasts
    from then on    the units of such an offer, by the day on which they are free again, on the terms that hold from then on
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from contingent.errors import BadScenario, UnknownName
from contingent.findings import Finding, nearest_name
from contingent.model.cases import faults_of_case
from contingent.model.chance import Case
from contingent.model.rows import Offer, Pin, Requirement
from contingent.model.rules import line_until, readiness
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.quantities import dwell_days


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour that runs: who, where, from when; `unit` tells units of an offer apart, `is_cut` that it ends before its time."""

    offer: str
    line: str
    from_day: int
    unit: str
    is_cut: bool = False


@dataclass(frozen=True)
class Running:
    """A scenario with the tours that run in it.

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    tours : tuple of Tour
        What is left of the plan where nobody reacts.
    fixed : frozenset of str
        Offers that stand for what has happened: their tours stay whatever is planned.
    """

    scenario: Scenario
    tours: tuple[Tour, ...] = ()
    fixed: frozenset[str] = frozenset()


def tours_of(tours: pl.DataFrame) -> tuple[Tour, ...]:
    """Return the tours of a plan."""
    return tuple(Tour(*row) for row in tours.select("offer", "line", "from_day", "unit").iter_rows())


def apply(scenario: Scenario, case: str | Sequence[Case]) -> Scenario:
    """Return a scenario as a case makes it: what would have been planned, had it been known from the start.

    Parameters
    ----------
    scenario : Scenario
        From `contingent.read_scenario`.
    case : str or sequence of Case
        Name of a case of the scenario, or its steps.

    Raises
    ------
    UnknownName
        If the scenario has no such case.
    BadScenario
        If the case names what the scenario does not have.
    """
    steps = steps_of(scenario, case) if isinstance(case, str) else tuple(case)
    return happened(Running(scenario), steps).scenario


def steps_of(scenario: Scenario, name: str) -> tuple[Case, ...]:
    """Return the steps of a case in their order.

    Raises
    ------
    UnknownName
        If the scenario has no such case.
    """
    steps = tuple(sorted((row for row in scenario.cases if row.case == name), key=lambda row: row.step))
    if steps:
        return steps
    known = list(dict.fromkeys(row.case for row in scenario.cases))
    if not known:
        raise UnknownName(f"'{name}' is not a case of this scenario: it has none. Maybe write it into cases.toml.")
    nearest = nearest_name(name, known)
    hint = f" Nearest: '{nearest}'." if nearest else ""
    raise UnknownName(f"'{name}' is not a case of this scenario.{hint} Cases: {', '.join(known)}.")


def happened(running: Running, steps: Sequence[Case]) -> Running:
    """Let the steps of a case happen one after the other.

    Raises
    ------
    BadScenario
        With everything that the steps name and the scenario does not have.
    """
    if any(step.kind == "backstop_comes" for step in steps):
        running = replace(running, scenario=_with_backstop(running.scenario))
    running = replace(running, scenario=derive(running.scenario))
    findings = [finding for step in steps for finding in faults_of_step(running.scenario, step)]
    if findings:
        raise BadScenario(running.scenario.settings.title, findings)
    for step in steps:
        running = KINDS[step.kind](running, step)
    return running


def _with_backstop(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"backstop": "counts"})})


def faults_of_step(scenario: Scenario, step: Case) -> Iterator[Finding]:
    """Yield what a step names and the scenario, its offers and lines derived, does not have."""
    known: Mapping[str, tuple[str, Iterable[str]]] = {
        "nations": ("a nation", scenario.nation_by_name),
        "unit_types": ("a unit type", scenario.unit_type_by_name),
        "offers": ("an offer", scenario.offer_by_name),
        "lines": ("a line", scenario.requirement_by_line),
        "links": ("a link", [link.link for link in scenario.links]),
    }
    for column, what, maybe in faults_of_case(step):
        yield Finding("cases", f"case '{step.case}': {what}", column=column, maybe=maybe)
    for column, (noun, names) in known.items():
        for name in getattr(step, column):
            if name not in names:
                told = f"'{name}', which case '{step.case}' strikes, is not {noun} of this scenario."
                yield Finding("cases", told, column=column, nearest=nearest_name(name, names))
    if step.kind in BACKSTOP and not _backstop_offers(scenario):
        yield Finding("cases", f"case '{step.case}': {NO_BACKSTOP}.", column="kind", maybe=WHERE_IT_IS)


BACKSTOP = ("backstop_comes", "backstop_gone")
NO_BACKSTOP = "nations of the backstop offer nothing in this scenario"
WHERE_IT_IS = "stress the scenario itself, as a plan's folder keeps only what was counted; or write role backstop in nations.csv"


def _backstop_offers(scenario: Scenario) -> bool:
    """Whether nations of the backstop offer anything."""
    backstop = {row.nation for row in scenario.nations if row.role == "backstop"}
    return any(offer.nation in backstop for offer in scenario.offers)


def lacks_backstop(scenario: Scenario, steps: Sequence[Case]) -> bool:
    """Whether a case is about a backstop that offers nothing here."""
    return any(step.kind in BACKSTOP for step in steps) and not _backstop_offers(derive(_with_backstop(scenario)))


def struck_offers(scenario: Scenario, step: Case) -> tuple[Offer, ...]:
    """Return the offers that a step strikes: those of its nations, of its unit types and of its names."""
    return tuple(
        offer
        for offer in scenario.offers
        if (not step.nations or offer.nation in step.nations)
        and (not step.unit_types or offer.unit_type in step.unit_types)
        and (not step.offers or offer.offer in step.offers)
    )


# ------------------------------------------------------------------------------------------------------------- kinds of cases


def withdrawn(running: Running, step: Case) -> Running:
    """Units of what is struck go home on the day; no tour of theirs begins from then on, or until they come back."""
    scenario, day = running.scenario, step.from_day
    struck = struck_offers(scenario, step)
    if not running.tours:
        return replace(running, scenario=_closed(scenario, struck, step))

    def later(offer: Offer, free: int) -> Offer | None:
        return None if step.until_day is None else _from_day(scenario, offer, max(free, step.until_day))

    def kept(tour: Tour) -> bool:
        return step.until_day is not None and tour.from_day >= step.until_day

    running = _lines_given_up(running, step)
    return _struck(running, struck, day, end=lambda _, until: min(until, day), later=later, kept=kept)


def _closed(scenario: Scenario, struck: Iterable[Offer], step: Case) -> Scenario:
    """Return the scenario with offers that end on the day, and are there again when it is over."""
    names = {offer.offer for offer in struck}
    offers: list[Offer] = []
    for offer in scenario.offers:
        if offer.offer not in names:
            offers.append(offer)
            continue
        if step.from_day > 0:
            until = step.from_day if offer.until_day is None else min(offer.until_day, step.from_day)
            offers.append(offer.model_copy(update={"until_day": until}))
        if step.until_day is not None:
            again = _from_day(scenario, offer, step.until_day)
            offers.append(again.model_copy(update={"offer": f"{offer.offer}~again"} if step.from_day > 0 else {}))
    known = {offer.offer for offer in offers}
    pins = tuple(pin for pin in scenario.pins if pin.offer in known - names)
    return scenario.model_copy(update={"offers": tuple(offers), "pins": pins})


def backstop_gone(running: Running, step: Case) -> Running:
    """Units of nations whose role is the backstop go home."""
    backstop = tuple(row.nation for row in running.scenario.nations if row.role == "backstop")
    return withdrawn(running, step.model_copy(update={"nations": backstop}))


def backstop_comes(running: Running, step: Case) -> Running:
    """Offers of nations whose role is the backstop count, from the day on."""
    scenario = running.scenario
    backstop = {row.nation for row in scenario.nations if row.role == "backstop"}
    running_now = {tour.offer for tour in running.tours}
    offers = tuple(
        _from_day(scenario, offer, step.from_day) if offer.nation in backstop and offer.offer not in running_now else offer
        for offer in scenario.offers
    )
    return replace(running, scenario=scenario.model_copy(update={"offers": offers}))


def late(running: Running, step: Case) -> Running:
    """What would be ready on the day or later is ready so many days later."""
    scenario, days = running.scenario, step.days or 0
    struck = tuple(offer for offer in struck_offers(scenario, step) if readiness(scenario, offer).ready_day >= step.from_day)

    def later(offer: Offer, free: int) -> Offer:
        return _from_day(scenario, offer, max(free, readiness(scenario, offer).ready_day + days))

    ready = {offer.offer: readiness(scenario, offer).ready_day + days for offer in struck}
    return _struck(
        running, struck, step.from_day, end=lambda _, until: until, later=later,
        kept=lambda tour: tour.from_day >= ready[tour.offer],
    )  # fmt: skip


def dwell_relaxed(running: Running, step: Case) -> Running:
    """From the day on a unit may be sent again after fewer days at home."""
    scenario, ratio = running.scenario, step.factor or 0.0

    def later(offer: Offer, free: int) -> Offer:
        now = offer.dwell_ratio if offer.dwell_ratio is not None else scenario.settings.defaults.dwell_ratio
        return _from_day(scenario, offer.model_copy(update={"dwell_ratio": min(now, ratio)}), free)

    return _struck(
        running, struck_offers(scenario, step), step.from_day, end=lambda _, until: until, later=later, kept=lambda _: True
    )


def tours_extended(running: Running, step: Case) -> Running:
    """Tours that end after the day last longer, and so does the dwell after them; tours for which nobody is rested fall out."""
    scenario, days = running.scenario, step.days or 0
    struck = struck_offers(scenario, step)

    def later(offer: Offer, free: int) -> Offer:
        terms = readiness(scenario, offer)
        longer = {"tour_days": terms.tour_days + days, "handover_days": terms.handover_days}
        return _from_day(scenario, offer.model_copy(update=longer), free)

    return _struck(
        running, struck, step.from_day, end=lambda _, until: until + days if until > step.from_day else until, later=later,
        kept=lambda _: True,
    )  # fmt: skip


def requirement_grows(running: Running, step: Case) -> Running:
    """Lines ask for more from the day on: more of the same line, or a line beside it from that day."""
    lines: list[Requirement] = []
    for line in running.scenario.requirements:
        more = int(line.quantity * (step.factor or 1.0) + 0.5) - line.quantity
        struck = (not step.lines or line.line in step.lines) and more > 0
        from_day, until_day = max(step.from_day, line.from_day), line_until(running.scenario, line)
        until = until_day if step.until_day is None else min(until_day, step.until_day)
        if not struck or from_day >= until:
            lines.append(line)
        elif from_day == line.from_day and until == until_day:
            lines.append(line.model_copy(update={"quantity": line.quantity + more}))
        else:
            window = {"line": f"{line.line}~more", "quantity": more, "from_day": from_day}
            window |= {} if until == until_day and line.until_day is None else {"until_day": until}
            lines += [line, line.model_copy(update=window)]
    return replace(running, scenario=running.scenario.model_copy(update={"requirements": tuple(lines)}))


def link_closes(running: Running, step: Case) -> Running:
    """Links are closed. No tour changes; movement, supply, adequacy and the reach of reserves read the links."""
    return replace(running, scenario=link_closes_in(running.scenario, step.links))


def link_closes_in(scenario: Scenario, links: Iterable[str]) -> Scenario:
    """Return the scenario without some links."""
    closed = set(links)
    left = tuple(link for link in scenario.links if link.link not in closed)
    return scenario.model_copy(update={"links": left})


KINDS: Mapping[str, Callable[[Running, Case], Running]] = {
    "nation_withdraws": withdrawn,
    "offer_late": late,
    "offer_gone": withdrawn,
    "requirement_grows": requirement_grows,
    "backstop_comes": backstop_comes,
    "backstop_gone": backstop_gone,
    "dwell_relaxed": dwell_relaxed,
    "tours_extended": tours_extended,
    "link_closes": link_closes,
}
"""What happens, by kind of case."""


# ------------------------------------------------------------------------------------------------- past, and from then on


def _from_day(scenario: Scenario, offer: Offer, day: int) -> Offer:
    """Return an offer that is ready on a day, if it was not to be ready later."""
    return offer.model_copy(update={"available_day": max(day, readiness(scenario, offer).ready_day), "notice_days": 0})


def _struck(
    running: Running,
    struck: Iterable[Offer],
    day: int,
    *,
    end: Callable[[Tour, int], int],
    later: Callable[[Offer, int], Offer | None],
    kept: Callable[[Tour], bool],
) -> Running:
    """Part the offers that are struck into what has happened and what holds from the day on.

    Parameters
    ----------
    end : callable
        From a tour that began before the day, and the day on which it would end, the day on which it ends.
    later : callable
        From an offer, and the day on which some of its units are free, what they offer then; None = nothing.
    kept : callable
        Whether a tour that begins on the day or later is still to be made.
    """
    scenario = running.scenario
    by_offer: dict[str, list[Tour]] = {}
    for tour in running.tours:
        by_offer.setdefault(tour.offer, []).append(tour)
    replaced: dict[str, list[Offer]] = {}
    tours: dict[str, list[Tour]] = {}
    fixed = set(running.fixed)
    for offer in struck:
        if offer.offer in running.fixed:
            past, future = by_offer.get(offer.offer, []), []
        else:
            past = [tour for tour in by_offer.get(offer.offer, []) if tour.from_day < day]
            future = [tour for tour in by_offer.get(offer.offer, []) if tour.from_day >= day]
        offers, made = _past(scenario, offer, past, end)
        fixed |= {one.offer for one in offers}
        if offer.offer not in running.fixed:
            then, kept_tours = _from_then_on(scenario, offer, past, [tour for tour in future if kept(tour)], day, end, later)
            offers, made = [*offers, *then], [*made, *kept_tours]
        replaced[offer.offer], tours[offer.offer] = offers, made
    left = tuple(one for offer in scenario.offers for one in replaced.get(offer.offer, [offer]))
    known = {one.offer for one in left}
    changed = scenario.model_copy(
        update={"offers": left, "pins": tuple(pin for pin in scenario.pins if pin.offer not in replaced and pin.offer in known)}
    )
    kept_as_they_are = [tour for tour in running.tours if tour.offer not in replaced]
    all_tours = (*kept_as_they_are, *(tour for name in replaced for tour in tours[name]))
    return Running(changed, tuple(all_tours), frozenset(fixed))


def _past(
    scenario: Scenario, offer: Offer, past: Sequence[Tour], end: Callable[[Tour, int], int]
) -> tuple[list[Offer], list[Tour]]:
    """Return an offer for each way in which tours that have begun go on, and the tours as theirs."""
    terms = readiness(scenario, offer)
    groups: dict[tuple[int, int], list[Tour]] = {}
    for tour in past:
        until = end(tour, tour.from_day + terms.tour_days)
        if until > tour.from_day:
            groups.setdefault((tour.from_day, until), []).append(tour)
    offers, tours = [], []
    for number, ((from_day, until), group) in enumerate(sorted(groups.items()), start=1):
        name, lasts = f"{offer.offer}~{number}", until - from_day
        longer = max(0, lasts - terms.tour_days)
        handover = max(0, lasts - (terms.serving_days + longer))
        ran = {
            "offer": name, "quantity": len(group), "available_day": from_day, "notice_days": 0, "until_day": None,
            "tour_days": lasts, "handover_days": handover, "dwell_ratio": 0.0, "max_tours": 1, "personnel": terms.personnel,
        }  # fmt: skip
        offers.append(offer.model_copy(update=ran))
        cut = lasts < terms.tour_days
        for place, tour in enumerate(group, start=1):
            tours.append(Tour(name, tour.line, tour.from_day, f"{name}#{place}", tour.is_cut or cut))
    return offers, tours


def _from_then_on(
    scenario: Scenario,
    offer: Offer,
    past: Sequence[Tour],
    future: Sequence[Tour],
    day: int,
    end: Callable[[Tour, int], int],
    later: Callable[[Offer, int], Offer | None],
) -> tuple[list[Offer], list[Tour]]:
    """Return what the units of an offer offer from the day on, by the day on which they are free, and the tours still to be made.

    A unit whose tours overlap on the new terms makes those that begin first.
    """
    first = later(offer, 0)
    if first is None:
        return [], []
    if not past:
        groups: dict[tuple[int, int], list[str]] = {(0, 0): []}
        free_of: dict[str, tuple[int, int]] = {}
    else:
        groups, free_of = _free_units(scenario, offer, first, past, future, day, end)
    offers: list[Offer] = []
    names: dict[tuple[int, int], Offer] = {}
    for number, ((free, done), units) in enumerate(sorted(groups.items()), start=1):
        then = later(offer, free)
        most = None if offer.max_tours is None else max(0, offer.max_tours - done)
        if then is not None:
            name = offer.offer if not past else f"{offer.offer}~from{number}"
            quantity = offer.quantity if not past else len(units)
            names[free, done] = then.model_copy(update={"offer": name, "quantity": quantity, "max_tours": most})
            offers.append(names[free, done])
    tours, rested = [], dict[str, int]()
    for tour in sorted(future, key=lambda tour: (tour.from_day, tour.unit, tour.line)):
        mine = names[free_of.get(tour.unit, (0, 0))]
        terms = readiness(scenario, mine)
        ends_in_time = min(tour.from_day + terms.tour_days, scenario.settings.horizon_days) <= terms.until_day
        if tour.from_day >= max(rested.get(tour.unit, 0), terms.ready_day) and ends_in_time:
            rested[tour.unit] = tour.from_day + terms.cycle_days
            tours.append(Tour(mine.offer, tour.line, tour.from_day, tour.unit))
    return offers, tours


def _free_units(
    scenario: Scenario,
    offer: Offer,
    then: Offer,
    past: Sequence[Tour],
    future: Sequence[Tour],
    day: int,
    end: Callable[[Tour, int], int],
) -> tuple[dict[tuple[int, int], list[str]], dict[str, tuple[int, int]]]:
    """Return the units of an offer by the day on which they are free and the tours that they have made; and the same by unit."""
    terms = readiness(scenario, offer)
    ratio = then.dwell_ratio if then.dwell_ratio is not None else scenario.settings.defaults.dwell_ratio
    free: dict[str, tuple[int, int]] = {}
    for tour in past:
        until = end(tour, tour.from_day + terms.tour_days)
        rested = max(day, until + dwell_days(until - tour.from_day, ratio))
        before = free.get(tour.unit, (day, 0))
        free[tour.unit] = (max(before[0], rested), before[1] + 1)
    for tour in future:
        free.setdefault(tour.unit, (day, 0))
    idle = offer.quantity - len(free)
    for number in range(idle):
        free[f"{offer.offer}#idle{number}"] = (day, 0)
    groups: dict[tuple[int, int], list[str]] = {}
    for unit, when in sorted(free.items()):
        groups.setdefault(when, []).append(unit)
    return groups, free


def _lines_given_up(running: Running, step: Case) -> Running:
    """Part lines that one nation must hold on the day on which all their units leave: another may take them over whole."""
    scenario, day = running.scenario, step.from_day
    struck = {offer.offer for offer in struck_offers(scenario, step)}
    terms = {offer.offer: readiness(scenario, offer) for offer in scenario.offers}
    begun = [tour for tour in running.tours if tour.from_day < day]
    stays = {tour.line for tour in begun if tour.offer not in struck and tour.from_day + terms[tour.offer].tour_days > day}
    leaves = {tour.line for tour in begun if tour.offer in struck} - stays
    lines: list[Requirement] = []
    parted: set[str] = set()
    for line in scenario.requirements:
        if line.line in leaves and line.hold == "one_nation" and line.from_day < day < line_until(scenario, line):
            lines.append(line.model_copy(update={"until_day": day}))
            lines.append(line.model_copy(update={"line": f"{line.line}~then", "from_day": day}))
            parted.add(line.line)
        else:
            lines.append(line)
    tours = tuple(
        replace(tour, line=f"{tour.line}~then") if tour.line in parted and tour.from_day >= day else tour
        for tour in running.tours
    )
    return Running(scenario.model_copy(update={"requirements": tuple(lines)}), tours, running.fixed)


def pinned(running: Running, day: int) -> Scenario:
    """Return the scenario with a pin on each tour that began before the day, and on what has happened."""
    counts: dict[tuple[str, str, int], int] = {}
    for pin in running.scenario.pins:
        counts[pin.offer, pin.line, pin.from_day] = pin.quantity
    ran: dict[tuple[str, str, int], int] = {}
    for tour in running.tours:
        if tour.from_day < day or tour.offer in running.fixed:
            key = tour.offer, tour.line, tour.from_day
            ran[key] = ran.get(key, 0) + 1
    counts |= {key: max(units, counts.get(key, 0)) for key, units in ran.items()}
    pins = tuple(
        Pin(offer=offer, line=line, from_day=from_day, quantity=units)
        for (offer, line, from_day), units in sorted(counts.items())
    )
    return running.scenario.model_copy(update={"pins": pins})
