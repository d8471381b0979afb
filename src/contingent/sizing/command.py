"""Command and control: how many headquarters a span of control asks for, and the tree that they make.

Battalions of a sector make brigades, brigades make divisions, divisions a corps. A force that one brigade can lead has one
brigade, whatever the number of its sectors. Each headquarters is a line of its own, so that each can have its framework nation.
"""

from dataclasses import dataclass, field

from contingent.model.rules import SUPPORT_METHODS, component_of
from contingent.model.structure import Formation
from contingent.sizing.case import Asked, Case, counted, figure, whole

LAND, AIR, MARITIME, SUPPORT = "land", "air", "maritime", "support"

COMPONENT_COMMANDS = (
    (AIR, "Air component", "air_command"),
    (MARITIME, "Maritime component", "maritime_command"),
    (SUPPORT, "Support command", None),
)
"""Component commands beside the land's: component, name, capability of the headquarters; the logistics units lead themselves."""

RESTS_ON = {
    "brigade_command": ("span_brigade",),
    "division_command": ("span_brigade", "span_division"),
    "corps_command": ("span_brigade", "span_division"),
}
"""Factors on which the number of headquarters of a kind rests."""


@dataclass
class Command:
    """The headquarters of an option, and the formations that they lead.

    Parameters
    ----------
    asked : list of Asked
        Lines that the headquarters are; in the order of the tree.
    formations : list of Formation
        The tree; their headquarters are named by the place of the line in `asked`, from 0.
    line_of : dict of str to int
        Place in `asked` of the headquarters of each formation.
    brigades_of : dict of str to list of str
        Brigades of each sector, by name.
    above : str
        Formation under which sectors with several brigades, or none, have their lines.
    """

    asked: list[Asked] = field(default_factory=list)
    formations: list[Formation] = field(default_factory=list)
    line_of: dict[str, int] = field(default_factory=dict)
    brigades_of: dict[str, list[str]] = field(default_factory=dict)
    above: str = ""


def command_control(case: Case) -> Command:
    r"""Headquarters by span of control.

    .. math:: brigades_{sector} = \lceil battalions_{sector} / span\_brigade \rceil, \quad
              divisions = \lceil brigades / span\_division \rceil, \quad corps = [divisions > 1]

    and signals units by `headquarters_per_signals`. One brigade leads all, where all battalions fit under it; battalions
    outside every sector stand under what leads the brigades. Component commands are made where the option has lines in the
    air, at sea, or of logistics, those in the air and at sea each with a headquarters. Formations that formations.csv has for a
    component are built on and get none here. Factors: span_brigade, span_division, headquarters_per_signals. A definition.
    """
    span, wide = case.above_zero("span_brigade"), case.above_zero("span_division")
    sectors = _battalions_by_sector(case)
    battalions = sum(sectors.values())
    command = Command()
    top = _typed(case, "force")
    if top is None and case.before:
        top = "Force"
        command.formations.append(_formation(top, None, "force", "force", location=case.place, case=case))
    _land(case, command, sectors, span, wide, top)
    for component, name, capability in COMPONENT_COMMANDS:
        if _typed(case, component) is None and _has(case, component):
            own = [line for line in case.before if component_of(line.domain, line.task.method) == component]
            place = own[0].location if own else None
            if capability is not None:
                _ask(case, command, name, capability, f"leads {len(own)} {'line' if len(own) == 1 else 'lines'}", place)
            command.formations.append(_formation(name, top, "component command", component, location=place, case=case))
    headquarters = len(command.asked)
    per = case.above_zero("headquarters_per_signals")
    if headquarters:
        spans = f"{counted(battalions, 'battalion')}, {figure(span)} to a brigade, {counted(wide, 'brigade')} to a division"
        words = f"{headquarters} headquarters ({spans}) / {figure(per)}"
        command.asked.append(
            Asked("signals", headquarters / per, f"{words} per signals unit", title=f"{case.task.title}: signals")
        )
    return command


def _has(case: Case, component: str) -> bool:
    if component == SUPPORT:
        return any(
            task.method in SUPPORT_METHODS for task in case.scenario.tasks if not task.option or case.option in task.option
        )
    return any(component_of(line.domain, line.task.method) == component for line in case.before)


def _typed(case: Case, component: str) -> str | None:
    """The formation of formations.csv that leads a component in this option, or None."""
    rows = [
        row for row in case.scenario.formations
        if row.component == component and (not row.option or case.option is None or case.option in row.option)
    ]  # fmt: skip
    names = {row.formation for row in rows}
    return next((row.formation for row in rows if row.parent not in names), None)


def _battalions_by_sector(case: Case) -> dict[str | None, float]:
    found: dict[str | None, float] = {}
    for line in case.before:
        if line.battalions > 0 and line.domain == LAND:
            found[line.sector] = found.get(line.sector, 0.0) + line.battalions
    return found


def _land(case: Case, command: Command, sectors: dict[str | None, float], span: float, wide: float, top: str | None) -> None:
    """Add brigades, divisions and the land component."""
    battalions = sum(sectors.values())
    named = {sector: number for sector, number in sectors.items() if sector is not None}
    land = _typed(case, LAND)
    if battalions <= 0:
        return
    if battalions <= span or not named:
        count = 1 if battalions <= span else whole(battalions / span)
        plan: list[tuple[str | None, int, int]] = [(None, number, count) for number in range(count)]
    else:
        plan = [
            (sector, number, whole(held / span))
            for sector, held in named.items()
            for number in range(whole(held / span))
        ]  # fmt: skip
    divisions = whole(len(plan) / wide) if len(plan) > 1 else 0
    parent = land or top
    if divisions > 1:
        words = f"{divisions} divisions"
        parent = (
            _add(case, command, "Land component", parent, "corps", "corps_command", words, place=case.place)
            if land is None
            else land
        )
        if land is not None and not _leads(case, land):
            _ask(case, command, land, "corps_command", words, case.place)
    command.above = parent or ""
    size = -(-len(plan) // divisions) if divisions else len(plan)
    for number, (sector, within, count) in enumerate(plan):
        if divisions and number % size == 0:
            held = min(size, len(plan) - number)
            name = "Division" if divisions == 1 else f"Division {number // size + 1}"
            words = f"{counted(held, 'brigade')} / {figure(wide)} per division"
            above = _add(case, command, name, parent, "division", "division_command", words, place=_place(case, sector))
            command.above = command.above if divisions > 1 else above
        else:
            above = _division_of(command) if divisions else (parent or "")
        title = _brigade_name(case, sector, within, count)
        share = figure(sectors.get(sector, battalions) if sector is not None else battalions)
        words = f"{share} battalions / {figure(span)} per brigade, number {within + 1} of {count}"
        _add(case, command, title, above or None, "brigade", "brigade_command", words, place=_place(case, sector), sector=sector)
        if sector is not None:
            command.brigades_of.setdefault(sector, []).append(title)
        elif count == 1:
            command.above = title


def _division_of(command: Command) -> str:
    return next(row.formation for row in reversed(command.formations) if row.echelon == "division")


def _leads(case: Case, formation: str) -> bool:
    """Whether a typed formation has a headquarters already."""
    row = case.scenario.formation_by_name.get(formation)
    return row is not None and bool(row.headquarters)


def _place(case: Case, sector: str | None) -> str | None:
    row = case.scenario.sector_by_name.get(sector) if sector is not None else None
    return row.location if row is not None and row.location is not None else case.place


def _brigade_name(case: Case, sector: str | None, number: int, count: int) -> str:
    if sector is None:
        return "Brigade" if count == 1 else f"Brigade {number + 1}"
    row = case.scenario.sector_by_name[sector]
    named = f"{row.name or sector} brigade"
    return named if count == 1 else f"{named} {number + 1}"


def _add(
    case: Case, command: Command, name: str, parent: str | None, echelon: str, capability: str, words: str,
    *, place: str | None, sector: str | None = None,
) -> str:  # fmt: skip
    """Add a formation with its headquarters."""
    _ask(case, command, name, capability, words, place)
    command.formations.append(_formation(name, parent, echelon, LAND, location=place, sector=sector, case=case))
    return name


def _ask(case: Case, command: Command, name: str, capability: str, words: str, place: str | None) -> None:
    command.line_of[name] = len(command.asked)
    command.asked.append(
        Asked(
            capability, 1.0, f"{words}: 1", location=place, title=f"Headquarters, {name}", hold=case.task.hold,
            rests_on=RESTS_ON.get(capability, ()), result_said=True,
        )
    )


def _formation(
    name: str, parent: str | None, echelon: str, component: str, *, case: Case, location: str | None, sector: str | None = None
) -> Formation:
    return Formation.model_validate({
        "formation": name, "parent": parent, "echelon": echelon, "component": component, "location": location, "sector": sector,
        "mandate": case.task.task,
        "source": f"Sized from task {case.task.task} by span of control.", "confidence": case.task.confidence,
    })  # fmt: skip
