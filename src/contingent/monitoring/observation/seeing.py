r"""Who sees what, and how much of the time.

    c in C    states of day and weather: day or night, clear or bad          share of time pi_c
    j in J    candidates: a means of observation at a site
    t in T    targets

    a[j, c]   share of the time in state c in which j looks at any one of its targets

.. math:: a_{jc} = uptime_j \cdot hours_{jc} \cdot night_j^{[c\ night]} \cdot bad\_weather_j^{[c\ bad]} \cdot there_j

Hours: `hours_per_day` / 24 in every state; those of a means that sees nothing by night are taken by day. `there` is 1 for what
stands or orbits. A patrol that goes up and down `reach_km` to either side of its site and sees `range_km` around it is near
enough to a point of its way for the share :math:`range / reach` of the time (1 at most).

What stands or orbits sees the targets within `range_km`, a patrol those within `reach_km`; terrain is left out. Given the state,
two candidates are taken to look independently of each other: fog blinds all cameras at once, a repair only one. Then a target is
watched for

.. math:: watched_t = \sum_c \pi_c \Bigl(1 - \prod_{j\ sees\ t} (1 - a_{jc})^{x_j}\Bigr)

of the time (Daskin 1983, maximum expected covering location, with more than one kind of server and states in common).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.geography.shapes import distances_km
from contingent.model.observation import Sensor
from contingent.monitoring.observation.ground import Ground

Floats = npt.NDArray[np.float64]
Seen = npt.NDArray[np.bool_]

STATES = ("day, clear", "day, bad weather", "night, clear", "night, bad weather")
"""States of day and weather, in the order of every array."""

NEARLY_ALWAYS = 0.9999
"""Most of the time that anything is taken to look; else a target once seen would need nobody else. [-]"""


@dataclass(frozen=True)
class Candidates:
    """Means at sites, and what they see.

    Parameters
    ----------
    site, sensor : ndarray of int
        Rows of the ground's sites and of the sensors. Shape (candidates,)
    base : list of str or None
        Place from which it is flown, for what orbits.
    sees : ndarray of bool
        Shape (candidates, targets)
    looks : ndarray of float
        Share of each state in which it looks at a target that it sees. [-], shape (candidates, states)
    shares : ndarray of float
        Share of time of each state. [-], shape (states,)
    weights : ndarray of float
        What each target is worth, 1 all together. [-], shape (targets,)
    money, people : ndarray of float
        What each takes. [currency a year], [people], shape (candidates,)
    most : ndarray of float
        How many there may be of each sensor; infinite where there is no limit. Shape (sensors,)
    """

    site: npt.NDArray[np.int64]
    sensor: npt.NDArray[np.int64]
    base: list[str | None]
    sees: Seen
    looks: Floats
    shares: Floats
    weights: Floats
    money: Floats
    people: Floats
    most: Floats

    @property
    def misses(self) -> Floats:
        """Minus the logarithm of the share not looked at: adds up over candidates. Shape (candidates, states)"""
        return np.asarray(-np.log1p(-self.looks))

    def watched(self, chosen: Sequence[int]) -> Floats:
        """Return the share of time that each target is watched in each state. [-], shape (targets, states)"""
        rows = list(chosen)
        return np.asarray(1.0 - np.exp(-(self.sees[rows].T.astype(np.float64) @ self.misses[rows])))

    def value(self, chosen: Sequence[int]) -> float:
        """Return the weighted share of time and targets that is watched. [-]"""
        return float(self.weights @ self.watched(chosen) @ self.shares)


def state_shares(day_share: float, clear_share: float) -> Floats:
    """Return the share of time of each of `STATES`, day and weather taken as independent. [-]"""
    day, clear = (day_share, 1.0 - day_share), (clear_share, 1.0 - clear_share)
    return np.array([d * w for d in day for w in clear])


def looking(sensor: Sensor, day_share: float) -> Floats:
    """Return the share of each state in which a sensor looks at one of its targets. [-], shape (states,)

    Examples
    --------
    A patrol out for ten hours of a day of twelve, on the move between 15 km to either side, that sees 2 km around it:

    >>> patrol = Sensor(sensor="p", kind="patrol", manner="patrols", range_km=2, reach_km=15, hours_per_day=10, night=0)
    >>> looking(patrol, 0.5).round(3).tolist()
    [0.111, 0.111, 0.0, 0.0]
    """
    if sensor.night > 0.0:
        day = night = sensor.hours_per_day / 24.0
    else:
        day, night = min(1.0, sensor.hours_per_day / (24.0 * day_share)) if day_share > 0 else 0.0, 0.0
    there = min(1.0, sensor.range_km / sensor.reach_km) if sensor.manner == "patrols" and sensor.reach_km else 1.0
    states = np.array([day, day * sensor.bad_weather, night * sensor.night, night * sensor.night * sensor.bad_weather])
    return np.asarray(np.minimum(NEARLY_ALWAYS, sensor.uptime * there * states))


def candidates(
    ground: Ground, sensors: Sequence[Sensor], *, day_share: float, clear_share: float, ranges: Sequence[float] | None = None
) -> Candidates:
    """Return every means at every site from which it sees a target.

    Parameters
    ----------
    sensors : sequence of Sensor
        Those that may be chosen.
    day_share, clear_share : float
        Share of time that is day; that has clear weather. [-]
    ranges : sequence of float, optional
        Ranges to take instead of the sensors' own. [km], length sensors
    """
    far = distances_km([site.point for site in ground.sites], [target.point for target in ground.targets])
    depth = np.array([site.depth_km for site in ground.sites])
    home = distances_km([site.point for site in ground.sites], [point for _, point in ground.bases])
    blocks: list[tuple[npt.NDArray[np.int64], int, Seen]] = []
    for number, sensor in enumerate(sensors):
        given = sensor if ranges is None else sensor.model_copy(update={"range_km": ranges[number]})
        within = given.reach_km if given.manner == "patrols" and given.reach_km else given.range_km
        sees = far <= within
        may = sees.any(axis=1) & (depth >= sensor.stand_off_km)
        if sensor.manner == "orbits" and sensor.reach_km:
            may &= (home <= sensor.reach_km).any(axis=1) if home.size else False
        at = np.flatnonzero(may)
        blocks.append((at, number, sees[at]))
    site = np.concatenate([at for at, _, _ in blocks])
    kind = np.concatenate([np.full(len(at), number) for at, number, _ in blocks])
    looks = np.array([
        looking(row if ranges is None else row.model_copy(update={"range_km": ranges[number]}), day_share)
        for number, row in enumerate(sensors)
    ])  # fmt: skip
    weights = np.array([target.weight for target in ground.targets])
    return Candidates(
        site=site,
        sensor=kind,
        base=[
            ground.bases[int(home[at].argmin())][0] if sensors[number].manner == "orbits" and home.size else None
            for at, number in zip(site.tolist(), kind.tolist(), strict=True)
        ],
        sees=np.concatenate([sees for *_, sees in blocks]),
        looks=looks[kind],
        shares=state_shares(day_share, clear_share),
        weights=weights / weights.sum(),
        money=np.array([row.cost_per_year for row in sensors])[kind],
        people=np.array([row.people for row in sensors])[kind],
        most=np.array([np.inf if row.most is None else float(row.most) for row in sensors]),
    )  # fmt: skip
