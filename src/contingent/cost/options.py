"""How costs are shared, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import polars as pl

from contingent.model.money import Item

GDP = "gdp"
"""The key of common funding where no other is named: gross domestic product."""

ITEMS: tuple[Item, ...] = tuple(item for item in get_args(Item) if item != "reimbursement")
"""What is paid for; reimbursement is not paid for, it is passed on."""

COMMON_ITEMS: tuple[Item, ...] = ("base_build", "command")
"""What is funded in common where nothing else is said: infrastructure for the force as a whole, and headquarters. [1]_

Lodging, fuel and what is like them are borne by nations there, transport only where the Council so decides.

References
----------
.. [1] Council of the European Union, Athena: financing security and defence military operations (scope of Athena financing).
"""


@dataclass(frozen=True, slots=True)
class CostOptions:
    """How costs are shared.

    Parameters
    ----------
    key : str, optional
        Key of funding.csv by which nations pay what is common; None or ``gdp`` = by gross domestic product.
    common : "all" or tuple of str
        Items that are funded in common under that scheme.

    Raises
    ------
    ValueError
        If one of them is not an item that is paid for.
    """

    key: str | None = None
    common: Literal["all"] | tuple[str, ...] = COMMON_ITEMS

    def __post_init__(self) -> None:
        """Refuse what nothing is paid for."""
        unknown = [item for item in self.common_items if item not in ITEMS]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not an item that is paid for. Items: {', '.join(ITEMS)}.")

    @property
    def common_items(self) -> tuple[str, ...]:
        """Items that are funded in common, in the order of rates.csv where all are."""
        return ITEMS if self.common == "all" else tuple(dict.fromkeys(self.common))


@dataclass(frozen=True)
class Cost:
    """What a plan costs, and whom.

    Parameters
    ----------
    costs, bills, cost_checks : polars.DataFrame
        Frames of `contingent.plan.COLUMNS`.
    notes : tuple of str
        What was left out or taken to be so, in sentences.
    basis : mapping
        What the frames rest on, for the plan's provenance: ``key``, ``common`` (items), ``supply`` (from the frame of supply,
        or from consumption), ``movements`` (whether movements were given).
    seconds : float
        Time it took. [s]
    """

    costs: pl.DataFrame
    bills: pl.DataFrame
    cost_checks: pl.DataFrame
    notes: tuple[str, ...] = ()
    basis: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {"costs": self.costs, "bills": self.bills, "cost_checks": self.cost_checks}
