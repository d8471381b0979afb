"""The incidents behind a step: those that its rung counts in its window, the largest first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.model.ladder import Rung

MOST_IDS = 20
"""Most incidents named as evidence of a step; how many there are is said as well."""

EPOCH = date(1970, 1, 1)


class Evidence:
    """Incidents by sector, in the order of their days, so that a window is a stretch of rows.

    Parameters
    ----------
    incidents : polars.DataFrame
        ``incident``, ``time``, ``sector``, ``kind``, ``count``, ``killed``, ``wounded``.
    """

    def __init__(self, incidents: pl.DataFrame) -> None:
        rows = incidents.with_columns(pl.col("time").dt.date().alias("date")).sort("time", "incident")
        killed, wounded = (pl.col(name).fill_null(0) for name in ("killed", "wounded"))
        rows = rows.with_columns(killed, wounded, (killed + wounded).alias("casualties"))
        self._all = rows
        self._by_sector = {str(name): part for (name,), part in rows.group_by("sector", maintain_order=True) if name is not None}
        self._laid: dict[tuple[str, ...] | None, dict[str, npt.NDArray[Any]]] = {}

    def behind(self, rung: Rung, scope: str | None, window: tuple[date, date]) -> tuple[list[str], int]:
        """Return the largest incidents that a rung counts in a window, at most `MOST_IDS`, and how many there are."""
        if rung.measure in ("unobserved_share", "signal"):
            return [], 0
        columns = self._columns((scope,) if scope is not None else rung.sectors or None)
        begin, end = ((day - EPOCH).days for day in window)
        first, last = np.searchsorted(columns["date"], [begin, end + 1])
        size = columns[rung.measure if rung.measure in ("killed", "wounded", "casualties") else "count"][first:last]
        counts = size > 0
        if rung.kinds:
            counts &= np.isin(columns["kind"][first:last], list(rung.kinds))
        found = np.flatnonzero(counts)
        largest = found[np.argsort(-size[found], kind="stable")][:MOST_IDS]
        return [str(name) for name in columns["incident"][first:last][largest]], len(found)

    def _columns(self, sectors: Sequence[str] | None) -> dict[str, npt.NDArray[Any]]:
        key = None if sectors is None else tuple(sectors)
        if key not in self._laid:
            if key is None:
                rows = self._all
            else:
                parts = [self._by_sector.get(name, self._all.clear()) for name in key]
                rows = parts[0] if len(parts) == 1 else pl.concat(parts).sort("time", "incident")
            self._laid[key] = {
                "date": rows["date"].to_physical().to_numpy(),
                **{name: rows[name].to_numpy() for name in ("incident", "kind", "count", "killed", "wounded", "casualties")},
            }
        return self._laid[key]
