"""Policies as cycles: templates with their waits, and the window in which a unit may deploy.

A cycle is a line of segments from Reset to the end; the window [StartDeployable, StopDeployable) cuts segments in two. A unit on
cycle day c stands in the first segment that ends after c: MARATHON puts it into the earlier one with nothing left to wait, which
ends on the same day. Segments of length zero are therefore left out.

References
----------
.. [1] MARATHON (fsdonks/m4), policy templates as it documents them; lengths as they were seen to act.
"""

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from contingent.simulation.marathon.project import INFINITE, Policy

DEMOBILISATION = 95
"""Days that a reserve unit is demobilised after its overlap. [days]"""

RESET, TRAIN, READY, AVAILABLE = "Reset", "Train", "Ready", "Available"
DEPLOYABLE, OVERLAPPING, DEMOBILIZATION = "Deployable", "Overlapping", "DeMobilization"

_NAMES = (RESET, TRAIN, READY, AVAILABLE)


def _loop(*waits: int, names: tuple[str, ...] = _NAMES) -> tuple[tuple[str, int], ...]:
    return tuple(zip(names, waits, strict=True))


_NO_READY = (RESET, TRAIN, AVAILABLE)

TEMPLATES = MappingProxyType({
    "AC11": _loop(182, 183, 365, names=_NO_READY),
    "AC12": _loop(182, 183, 365, 365),
    "AC13": _loop(182, 183, 460, 270),
    "AC14": _loop(365, 365, 730, 365),
    "AC15": _loop(730, 365, 730, 365),
    "RC11": _loop(182, 183, 365, names=_NO_READY),
    "RC12": _loop(365, 365, 365, names=_NO_READY),
    "RC13": _loop(365, 730, 365, names=_NO_READY),
    "RC14": _loop(365, 365, 730, 365),
    "RC15": _loop(730, 365, 730, 365),
    "MaxUtilization": ((RESET, 0), (DEPLOYABLE, 0), (AVAILABLE, INFINITE)),
    "NearMaxUtilization": ((RESET, 0), (DEPLOYABLE, 0), (AVAILABLE, INFINITE)),
})  # fmt: skip
"""Home positions of each template with their waits. [days]"""

ALIASES = MappingProxyType({"ACFFG": "AC13", "RCFFG": "RC14", "RCOpSus": "RC14"})
"""Other names of templates."""

NOT_REPRODUCED = ("AC12:36", "AdaptAC", "Ghost", "RC14ReMob", "SRMAC", "SRMRC", "SRMRC13")
"""Templates that MARATHON has and whose waits are not known here."""

RESET_IS_MIN_DWELL = ("MaxUtilization", "NearMaxUtilization")
"""Templates whose Reset lasts MinDwell."""

_READINESS = {RESET: "c4", TRAIN: "c3", READY: "c2"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a cycle, [begins, ends) in cycle days, in which nothing changes. [days]"""

    name: str
    begins: int
    ends: int
    is_deployable: bool

    @property
    def state(self) -> str:
        """MARATHON's set of states, as text."""
        return f"{_READINESS.get(self.name, 'c1')}{'+deployable' if self.is_deployable else ''}+dwelling"


@dataclass(frozen=True, slots=True)
class Cycle:
    """What a policy makes a unit do.

    Parameters
    ----------
    segments : tuple of Segment
        At home, from the start of the cycle on, none of length zero.
    length : int
        Sum of the home waits, at most `INFINITE`. [days]
    overlap_wait, demobilisation : int
        Waits on the way home; 0 = none. [days]
    """

    segments: tuple[Segment, ...]
    length: int
    overlap_wait: int
    demobilisation: int


def template_of(policy: Policy) -> str | None:
    """Return the name of the template that a policy is made from, or None where it is not reproduced."""
    name = ALIASES.get(policy.template, policy.template)
    return name if name in TEMPLATES else None


def waits_of(policy: Policy) -> list[tuple[str, int]]:
    """Return the home positions of a policy with their waits, deltas added. [days]

    Raises
    ------
    ValueError
        If its template is not reproduced.
    """
    template = template_of(policy)
    if template is None:
        raise ValueError(f"template {policy.template} is not reproduced")
    waits = [(name, policy.min_dwell if name == RESET and template in RESET_IS_MIN_DWELL else wait)
             for name, wait in TEMPLATES[template]]  # fmt: skip
    return [(name, wait + policy.deltas.get(name, 0)) for name, wait in waits]


def cycle_of(policy: Policy) -> Cycle:
    """Return the cycle of a policy.

    Examples
    --------
    >>> policy = Policy("P", "AC12", expected_dwell=1095, min_dwell=0, max_bog=365, start_deployable=500, stop_deployable=1095)
    >>> [(part.name, part.begins, part.ends, part.is_deployable) for part in cycle_of(policy).segments][2:4]
    [('Ready', 365, 500, False), ('Ready', 500, 730, True)]
    """
    begins, segments = 0, []
    for name, wait in waits_of(policy):
        cuts = [day for day in (policy.start_deployable, policy.stop_deployable) if begins < day < begins + wait]
        for start, end in pairwise((begins, *sorted(set(cuts)), begins + wait)):
            is_deployable = policy.start_deployable <= start and end <= policy.stop_deployable
            if end > start:
                segments.append(Segment(name, start, end, is_deployable))
        begins += wait
    is_reserve = template_of(policy) not in RESET_IS_MIN_DWELL and str(template_of(policy)).startswith("RC")
    demobilisation = DEMOBILISATION + policy.deltas.get(DEMOBILIZATION, 0) if is_reserve else 0
    overlap = policy.overlap + policy.deltas.get(OVERLAPPING, 0)
    return Cycle(tuple(segments), min(begins, INFINITE), overlap, demobilisation)
