"""What may be chosen where incidents are assessed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

OBSTRUCTION = "obstruction"
"""The kind that says how well monitors see; it is no violation of the ceasefire by fire, and is counted apart."""


@dataclass(frozen=True, slots=True)
class SignalOptions:
    """How incidents are assessed.

    Parameters
    ----------
    since, until : date, optional
        First and last day looked at; None = the first and last that incidents or exposure name.
    confidence : float
        Of every interval. [-]
    windows : tuple of int
        Rates are given for the last days, and always for the whole period. [days]
    false_alarm_probability : float
        Probability that a year without any change brings a call of one. [-]
    false_watches : float
        How often a quiet series may be put on watch, the lower grade: the mean number a year that is not passed. [1 / year]
    across : "all" or "each"
        Whether both hold for all series together, or for each.
    monitor_power : float
        Power of the number of monitors, relative to the sector's median, by which they see more: 1 = twice as many see twice as
        much, 0 = their number is left out. An assumption. [-]
    day_precision_h : float
        Incidents whose time is less sure are left out of what goes by days; rates of the whole period keep them. [h]
    hour_precision_h : float
        Incidents whose time is less sure are left out of what is normal for an hour. [h]
    zone : str
        Time zone of hours and weekdays in what is normal; days begin at midnight UTC all the same.
    cell_km : float
        Side of the cells in which hot spots are sought. [km]
    hotspot_days : int
        Last days in which they are sought. [days]
    false_discovery_rate : float
        Share of hot spots and of unusual counts that may be chance. [-]
    permutations : int
        Of the map, as the reference of hot spots.
    seed : int
        Of the permutations.
    blindness_days : int
        Last days that are held against as many before and as many again. [days]

    Raises
    ------
    ValueError
        If one of them is out of its range.
    """

    since: date | None = None
    until: date | None = None
    confidence: float = 0.9
    windows: tuple[int, ...] = (7, 28)
    false_alarm_probability: float = 0.05
    false_watches: float = 1.0
    across: Literal["all", "each"] = "all"
    monitor_power: float = 1.0
    day_precision_h: float = 36.0
    hour_precision_h: float = 1.0
    zone: str = "UTC"
    cell_km: float = 10.0
    hotspot_days: int = 28
    false_discovery_rate: float = 0.05
    permutations: int = 199
    seed: int = 1
    blindness_days: int = 14

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for name in ("confidence", "false_alarm_probability", "false_discovery_rate"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie between 0 and 1.")
        for name in ("false_watches", "cell_km", "hotspot_days", "permutations", "blindness_days"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be above 0.")
        if self.across not in ("all", "each"):
            raise ValueError(f"across is '{self.across}'; it must be 'all' or 'each'.")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError(f"until ({self.until}) is before since ({self.since}).")
        if any(days < 1 for days in self.windows):
            raise ValueError("A window of rates has at least one day.")
