"""Methods that size land forces from lines, areas, people and sites.

One function is one method: a task in an option goes in, what it asks for comes out. The formula stands in the docstring;
every figure in it but what the task says is a planning factor.
"""

from contingent.sizing.case import Asked, Case, counted, figure

BATTLEGROUP = "infantry_battlegroup"


def stated(case: Case) -> list[Asked]:
    """So many as the mandate says: a figure that is political, not worked out.

    units = amount
    """
    amount = case.amount("units of its capability")
    if case.task.capability is None:
        case.miss("tasks.csv", f"task '{case.task.task}' is stated, but names no capability.", column="capability")
    return [Asked(case.task.capability or BATTLEGROUP, amount, f"stated in the mandate: {figure(amount)}", result_said=True)]


def line_monitoring(case: Case) -> list[Asked]:
    r"""Posts and patrols along the line, in shifts, with a reserve.

    .. math:: people = (\tfrac{km}{post\_spacing} \cdot people\_per\_post + \tfrac{km}{patrol\_spacing} \cdot people\_per\_patrol)
              \cdot shifts \cdot (1 + reserve), \qquad units = \frac{people}{strength \cdot line\_share}

    Factors: post_spacing_km, people_per_post, patrol_spacing_km, people_per_patrol, shifts, monitoring_reserve_share, line_share.
    A definition; UNDOF's 55 posts on 75 km are one post in 1.4 km (facts of past missions).
    """
    km = case.needed_line_km()
    posts, patrols = km / case.above_zero("post_spacing_km"), km / case.above_zero("patrol_spacing_km")
    at_post, on_patrol = case.factor("people_per_post"), case.factor("people_per_patrol")
    shifts, reserve = case.factor("shifts"), case.factor("monitoring_reserve_share")
    people = (posts * at_post + patrols * on_patrol) * shifts * (1 + reserve)
    capability = case.capability(BATTLEGROUP)
    strength, share = case.strength(capability), case.share("line_share")
    words = (
        f"{figure(km)} km: ({figure(posts)} posts x {figure(at_post)} + {figure(patrols)} patrols x "
        f"{figure(on_patrol)}) x {figure(shifts)} "
        f"shifts x {figure(1 + reserve)} = {figure(people)} people / ({figure(strength)} x {figure(share)})"
    )
    return [Asked(capability, people / (strength * share), words)]


def sector_security(case: Case) -> list[Asked]:
    r"""Battalions by frontage and by area, whichever asks for more.

    .. math:: units = \max(\tfrac{km}{frontage}, \tfrac{km^2}{battalion\_area})

    Factors: frontage_km, battalion_area_km2. A definition.
    """
    km, area = case.line_km() if case.task.sector or case.task.line_km is not None else 0.0, case.area_km2()
    capability = case.capability(BATTLEGROUP)
    if km <= 0 and area <= 0:
        case.needed_area_km2()
    by_line = km / case.above_zero("frontage_km") if km > 0 else 0.0
    by_area = area / case.above_zero("battalion_area_km2") if area > 0 else 0.0
    if by_line >= by_area:
        return [Asked(capability, by_line, f"{figure(km)} km / {figure(case.factor('frontage_km'))} km per battalion")]
    per = figure(case.factor("battalion_area_km2"))
    return [Asked(capability, by_area, f"{figure(area)} km2 / {per} km2 per battalion")]


def population_security(case: Case) -> list[Asked]:
    r"""People in uniform per 1,000 inhabitants, with the host's own counted.

    .. math:: units = \frac{\max(0, \tfrac{inhabitants}{1000} \cdot security\_per\_1000 - host)}{strength}

    Factors: security_per_1000 (20 where it is unsafe: Quinlivan, RAND Review, Summer 2003; 4 to 10 in between: the same author,
    Parameters, Winter 1995).
    """
    people, ratio = case.population(), case.factor("security_per_1000")
    host = (case.sector.host_security or 0.0) if case.sector is not None else 0.0
    capability = case.capability(BATTLEGROUP)
    strength, wanted = case.strength(capability), people / 1000 * ratio
    missing = max(0.0, wanted - host)
    words = (
        f"{figure(people)} inhabitants / 1,000 x {figure(ratio)} = {figure(wanted)} - {figure(host)} of the host "
        f"= {figure(missing)} people "
        f"/ {figure(strength)}"
    )
    return [Asked(capability, missing / strength, words)]


def site_protection(case: Case) -> list[Asked]:
    r"""People by perimeter and shifts at each site.

    .. math:: units = \frac{sites \cdot perimeter \cdot people\_per\_km \cdot shifts \cdot (1 + reserve)}{strength}

    Factors: site_perimeter_km, people_per_perimeter_km, shifts, site_reserve_share. A definition.
    """
    sites, perimeter = case.amount("sites"), case.factor("site_perimeter_km")
    per_km, shifts, reserve = case.factor("people_per_perimeter_km"), case.factor("shifts"), case.factor("site_reserve_share")
    people = sites * perimeter * per_km * shifts * (1 + reserve)
    capability = case.capability(BATTLEGROUP)
    strength = case.strength(capability)
    words = (
        f"{counted(sites, 'site')} x {figure(perimeter)} km x {figure(per_km)} people per km x {figure(shifts)} "
        f"shifts x {figure(1 + reserve)} = "
        f"{figure(people)} people / {figure(strength)}"
    )
    return [Asked(capability, people / strength, words)]


def training(case: Case) -> list[Asked]:
    r"""Teams that train the host's troops.

    .. math:: units = \frac{trainees\ a\ year \cdot course\_days / 365}
              {trainees\_per\_instructor \cdot strength \cdot instructor\_share}

    Factors: course_days, trainees_per_instructor, instructor_share. A definition (Little's law: those there at once are
    those who come a day times the days they stay).
    """
    trainees, days = case.amount("trainees a year"), case.factor("course_days")
    at_once = trainees * days / 365
    ratio, share = case.above_zero("trainees_per_instructor"), case.share("instructor_share")
    capability = case.capability("training")
    strength = case.strength(capability)
    words = (
        f"{figure(trainees)} trainees a year x {figure(days)} / 365 days = {figure(at_once)} at once / "
        f"{figure(ratio)} per instructor / "
        f"({figure(strength)} x {figure(share)} instructors a team)"
    )
    return [Asked(capability, at_once / ratio / (strength * share), words)]


def supporting_units(case: Case) -> list[Asked]:
    r"""One supporting unit for so many battalions.

    .. math:: units = \frac{battalions}{supported\_per\_unit}

    The battalions are those of the option's earlier tasks (in the task's sector, if it names one), or the task's amount.
    Factors: supported_per_unit, as a rule given for each task. A definition.
    """
    if case.task.capability is None:
        case.miss("tasks.csv", f"task '{case.task.task}' names no capability to support with.", column="capability")
    battalions = case.task.amount
    if battalions is None:
        battalions = sum(line.battalions for line in case.before if case.task.sector in (None, line.sector))
    ratio = case.above_zero("supported_per_unit")
    return [
        Asked(case.capability("artillery"), battalions / ratio, f"{counted(battalions, 'battalion')} / {figure(ratio)} per unit")
    ]


def engineering(case: Case) -> list[Asked]:
    r"""Engineers for routes and for the battalions that they support.

    .. math:: units = \frac{route\ km}{route\_km\_per\_unit} + \frac{battalions}{battalions\_per\_engineer\_unit}

    Factors: route_km_per_unit, battalions_per_engineer_unit. A definition.
    """
    route, battalions = (
        case.task.amount or 0.0,
        sum(line.battalions for line in case.before if case.task.sector in (None, line.sector)),
    )
    per_route, per_battalion = case.above_zero("route_km_per_unit"), case.above_zero("battalions_per_engineer_unit")
    served = f"{counted(battalions, 'battalion')} / {figure(per_battalion)}"
    words = f"{figure(route)} km of routes / {figure(per_route)} km + {served}"
    return [Asked(case.capability("engineers"), route / per_route + battalions / per_battalion, words)]


def ordnance_disposal(case: Case) -> list[Asked]:
    r"""Clearance of an area within the days wanted.

    .. math:: units = \frac{km^2}{clearance\_km2\_per\_unit\_day \cdot working\_share \cdot days}

    The days are `clearance_days`, and at most the task's window. Factors: eod_clearance_km2_per_day, working_share,
    clearance_days. A definition.
    """
    area, rate, share = case.needed_area_km2(), case.above_zero("eod_clearance_km2_per_day"), case.share("working_share")
    days = min(case.above_zero("clearance_days"), case.days())
    words = f"{figure(area)} km2 / ({figure(rate)} km2 a day x {figure(share)} x {figure(days)} days)"
    return [Asked(case.capability("explosive_ordnance_disposal"), area / (rate * share * days), words)]
