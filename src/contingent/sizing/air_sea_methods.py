"""Methods that size forces in the air and at sea, and what watches from the air.

What keeps one place filled without a break is the same arithmetic in the air and at sea: so many at once, times the length
of a whole cycle over the part of it that is spent on station, over the share that is fit to go.
"""

from contingent.sizing.case import Asked, Case, counted, figure


def kept_filled(case: Case, *, at_once: float, endurance: str, turnaround: str, availability: str) -> tuple[float, str]:
    r"""Return how many aircraft keep `at_once` of them on station without a break, and the arithmetic in words.

    .. math:: aircraft = at\_once \cdot \frac{endurance + turnaround}{endurance - 2 \cdot transit} \cdot \frac{1}{availability}

    Parameters
    ----------
    at_once : float
        Aircraft on station at every moment. [aircraft]
    endurance, turnaround, availability : str
        Names of the factors: hours in the air, hours on the ground between flights, share that is fit to fly.
    """
    hours, ground, transit = case.above_zero(endurance), case.factor(turnaround), case.factor("transit_h")
    on_station = hours - 2 * transit
    if on_station <= 0:
        never = "no aircraft would ever be on station"
        what = f"task '{case.task.task}': {endurance} ({hours:g}) is not above twice transit_h ({transit:g}): {never}."
        case.miss("factors.csv", what, column="value")
        on_station = hours
    fit = case.share(availability)
    cycle = f"({figure(hours)} + {figure(ground)}) h / ({figure(hours)} - 2 x {figure(transit)}) h"
    words = f"{figure(at_once)} x {cycle} / {figure(fit)} available"
    return at_once * (hours + ground) / on_station / fit, words


def air_policing(case: Case) -> list[Asked]:
    r"""Fighters that keep stations filled without a break, and the tankers and early-warning aircraft that follow.

    .. math:: aircraft = stations \cdot per\_station \cdot \frac{endurance + turnaround}{endurance - 2\,transit} / availability

    Tankers and early warning by the same formula, with their own factors, for `tankers_per_station` and `aew_per_station`; a
    detachment has so many aircraft. `station_hours` is what part of the day a station is kept (24 = without a break). Crews are
    held against `crew_ratio` and `crew_hours_per_day`: where aircraft would fly more than their crews may, crews decide.
    Factors: aircraft_per_station, station_hours, endurance_h, transit_h, turnaround_h, aircraft_availability, crew_ratio,
    crew_hours_per_day, aircraft_per_detachment, tankers_per_station, tanker_endurance_h, tanker_turnaround_h,
    tanker_availability, aircraft_per_tanker_detachment, aew_per_station, aew_endurance_h, aew_turnaround_h, aew_availability,
    aircraft_per_aew_detachment. A definition.
    """
    stations, hours = case.amount("stations"), case.factor("station_hours")
    at_once = stations * case.factor("aircraft_per_station") * hours / 24
    aircraft, words = kept_filled(
        case, at_once=at_once, endurance="endurance_h", turnaround="turnaround_h", availability="aircraft_availability"
    )
    airborne = at_once * 24 * case.factor("endurance_h") / max(1e-9, case.factor("endurance_h") - 2 * case.factor("transit_h"))
    by_crews = airborne / (case.above_zero("crew_ratio") * case.above_zero("crew_hours_per_day"))
    if by_crews > aircraft:
        ratio, daily = figure(case.factor("crew_ratio")), figure(case.factor("crew_hours_per_day"))
        aircraft, words = by_crews, f"{figure(airborne)} flying hours a day / ({ratio} crews an aircraft x {daily} h)"
    per = case.above_zero("aircraft_per_detachment")
    shared = ("station_hours", "transit_h")
    fighters = (
        *shared, "aircraft_per_station", "endurance_h", "turnaround_h", "aircraft_availability", "crew_ratio",
        "crew_hours_per_day", "aircraft_per_detachment",
    )  # fmt: skip
    answers = [
        Asked(
            case.capability("air_superiority"), aircraft / per,
            f"{counted(stations, 'station')} x {figure(case.factor('aircraft_per_station'))} aircraft x "
            f"{figure(hours)} / 24 h: {words} = "
            f"{figure(aircraft)} aircraft / {figure(per)} a detachment", rests_on=fighters,
        )
    ]  # fmt: skip
    for capability, each, endurance, turnaround, availability, size, noun in (
        ("air_refuelling", "tankers_per_station", "tanker_endurance_h", "tanker_turnaround_h", "tanker_availability",
         "aircraft_per_tanker_detachment", "tankers"),
        ("airborne_early_warning", "aew_per_station", "aew_endurance_h", "aew_turnaround_h", "aew_availability",
         "aircraft_per_aew_detachment", "early-warning aircraft"),
    ):  # fmt: skip
        wanted = stations * case.factor(each) * hours / 24
        if wanted <= 0:
            continue
        number, words = kept_filled(case, at_once=wanted, endurance=endurance, turnaround=turnaround, availability=availability)
        per = case.above_zero(size)
        told = f"{counted(stations, 'station')} x {figure(case.factor(each))}: {words} = {figure(number)} {noun}"
        told += f" / {figure(per)} a detachment"
        own = (*shared, each, endurance, turnaround, availability, size)
        answers.append(Asked(capability, number / per, told, title=f"{case.task.title}: {noun}", rests_on=own))
    return answers


def air_defence(case: Case) -> list[Asked]:
    r"""Batteries for the assets to be defended, with those that reload or are being repaired.

    .. math:: batteries = \frac{assets \cdot batteries\_per\_asset}{1 - reload\_share - maintenance\_share}

    Factors: batteries_per_asset, reload_share, battery_maintenance_share. A definition.
    """
    assets, each = case.amount("assets to defend"), case.factor("batteries_per_asset")
    away = case.factor("reload_share") + case.factor("battery_maintenance_share")
    if away >= 1:
        case.miss(
            "factors.csv",
            f"reload_share and battery_maintenance_share are {away:g} together: no battery is ever ready.",
            column="value",
        )
        away = 0.0
    defended = f"{counted(assets, 'asset')} x {counted(each, 'battery', 'batteries')}"
    words = f"{defended} / (1 - {figure(away)} that reload or are repaired)"
    return [Asked(case.capability("medium_range_air_defence"), assets * each / (1 - away), words)]


def maritime_patrol(case: Case) -> list[Asked]:
    r"""Ships in the theatre that keep stations filled. Dwell at home is not counted here: generation does that.

    .. math:: ships = stations \cdot \frac{days\_on\_station + 2 \cdot passage\_days}{days\_on\_station} / availability

    Factors: patrol_days_on_station, passage_days, ship_availability. A definition.
    """
    stations, days, passage = case.amount("stations"), case.above_zero("patrol_days_on_station"), case.factor("passage_days")
    fit = case.share("ship_availability")
    words = (
        f"{counted(stations, 'station')} x ({figure(days)} + 2 x {figure(passage)}) / {figure(days)} days / "
        f"{figure(fit)} available"
    )
    return [Asked(case.capability("sea_patrol"), stations * (days + 2 * passage) / days / fit, words)]


def mine_countermeasures(case: Case) -> list[Asked]:
    r"""Vessels that clear an area of sea within the days wanted.

    .. math:: vessels = \frac{km^2}{clearance\_km2\_per\_day \cdot availability \cdot days}

    Factors: clearance_km2_per_day, mcm_availability, mcm_days. A definition.
    """
    area, rate, fit = case.needed_area_km2(), case.above_zero("clearance_km2_per_day"), case.share("mcm_availability")
    days = min(case.above_zero("mcm_days"), case.days())
    words = f"{figure(area)} km2 / ({figure(rate)} km2 a day x {figure(fit)} available x {figure(days)} days)"
    return [Asked(case.capability("mine_countermeasures"), area / (rate * fit * days), words)]


def isr(case: Case) -> list[Asked]:
    r"""Orbits of reconnaissance aircraft kept without a break, or unmanned aircraft along the line.

    .. math:: detachments = orbits \cdot \frac{endurance + turnaround}{endurance - 2\,transit} / availability
              / aircraft\_per\_detachment
              \qquad companies = \frac{km}{uas\_km\_per\_company}

    A task with an amount is counted in orbits, one without by its line. Factors: isr_endurance_h, isr_turnaround_h, transit_h,
    isr_availability, aircraft_per_isr_detachment; uas_km_per_company. A definition.
    """
    if case.task.amount is None:
        km, per = case.needed_line_km(), case.above_zero("uas_km_per_company")
        return [Asked(case.capability("unmanned_reconnaissance"), km / per, f"{figure(km)} km / {figure(per)} km per company")]
    orbits = case.task.amount
    aircraft, words = kept_filled(
        case, at_once=orbits, endurance="isr_endurance_h", turnaround="isr_turnaround_h", availability="isr_availability"
    )
    per = case.above_zero("aircraft_per_isr_detachment")
    told = f"{counted(orbits, 'orbit')}: {words} = {figure(aircraft)} aircraft / {figure(per)} a detachment"
    return [Asked(case.capability("isr_aircraft"), aircraft / per, told)]
