"""The tables of aid as frames, with the columns of the scenario's files under the same names.

Lists are lists of text, days of the calendar are dates, `counted` is true or false. Nothing is worked out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from contingent.model.aid import Coalition, Delivery, Equipment, Need, Pledge
from contingent.model.columns import Row
from contingent.model.scenario import Scenario

EQUIPMENT_COLUMNS: dict[str, pl.DataType] = {
    "equipment": pl.String(), "name": pl.String(), "family": pl.String(), "crew": pl.Int64(), "training_days": pl.Int64(),
    "maintenance_hours_per_month": pl.Float64(), "parts_eur_per_month": pl.Float64(), "ammunition": pl.String(),
    "rounds_per_day": pl.Float64(), "value_m": pl.Float64(), "currency": pl.String(), "weight_t": pl.Float64(),
    "unit_type": pl.String(), "status": pl.String(),
    "source": pl.String(), "confidence": pl.String(),
}
"""Columns of `AidTables.equipment`, as `contingent.model.aid.Equipment` describes them."""

NEED_COLUMNS: dict[str, pl.DataType] = {
    "need": pl.String(), "formation": pl.String(), "equipment": pl.String(), "family": pl.String(), "quantity": pl.Int64(),
    "by_day": pl.Int64(), "priority": pl.Int64(), "status": pl.String(), "source": pl.String(), "confidence": pl.String(),
}
"""Columns of `AidTables.needs`, as `contingent.model.aid.Need` describes them."""

COALITION_COLUMNS: dict[str, pl.DataType] = {
    "coalition": pl.String(), "name": pl.String(), "families": pl.List(pl.String()), "leads": pl.List(pl.String()),
    "members": pl.List(pl.String()), "target_quantity": pl.Int64(), "target_value_m": pl.Float64(), "currency": pl.String(),
    "source": pl.String(), "confidence": pl.String(),
}
"""Columns of `AidTables.coalitions`, as `contingent.model.aid.Coalition` describes them."""

PLEDGE_COLUMNS: dict[str, pl.DataType] = {
    "pledge": pl.String(), "donor": pl.String(), "coalition": pl.String(), "equipment": pl.String(), "family": pl.String(),
    "item": pl.String(), "quantity": pl.Int64(), "value_m": pl.Float64(), "currency": pl.String(), "value_eur_m": pl.Float64(),
    "fx_basis": pl.String(), "kind": pl.String(), "announced": pl.Date(), "due": pl.Date(), "contains": pl.List(pl.String()),
    "counted": pl.Boolean(), "why_not": pl.String(), "event": pl.String(), "source": pl.String(), "confidence": pl.String(),
}
"""Columns of `AidTables.pledges`, as `contingent.model.aid.Pledge` describes them."""

DELIVERY_COLUMNS: dict[str, pl.DataType] = {
    "delivery": pl.String(), "pledge": pl.String(), "donor": pl.String(), "equipment": pl.String(), "quantity": pl.Int64(),
    "value_m": pl.Float64(), "date": pl.Date(), "as_of": pl.Date(), "evidence": pl.String(), "source": pl.String(),
    "confidence": pl.String(),
}
"""Columns of `AidTables.deliveries`, as `contingent.model.aid.Delivery` describes them."""


@dataclass(frozen=True, slots=True)
class AidTables:
    """What is given about aid, as frames.

    Parameters
    ----------
    equipment, needs, coalitions, pledges, deliveries : DataFrame
        Columns as `EQUIPMENT_COLUMNS` and so on; rows in the order of the files.
    """

    equipment: pl.DataFrame
    needs: pl.DataFrame
    coalitions: pl.DataFrame
    pledges: pl.DataFrame
    deliveries: pl.DataFrame


def aid_tables(scenario: Scenario) -> AidTables:
    """Return the scenario's tables of aid as frames."""
    return AidTables(
        equipment_frame(scenario.equipment),
        _frame(scenario.needs, NEED_COLUMNS),
        _frame(scenario.coalitions, COALITION_COLUMNS),
        pledge_frame(scenario.pledges),
        delivery_frame(scenario.deliveries),
    )


def equipment_frame(rows: Sequence[Equipment]) -> pl.DataFrame:
    """Return types of equipment as a frame of `EQUIPMENT_COLUMNS`."""
    return _frame(rows, EQUIPMENT_COLUMNS)


def pledge_frame(rows: Sequence[Pledge]) -> pl.DataFrame:
    """Return pledges as a frame of `PLEDGE_COLUMNS`."""
    frame = _frame(rows, PLEDGE_COLUMNS | {"counted": pl.String()})
    return frame.with_columns(pl.col("counted") == "yes")


def delivery_frame(rows: Sequence[Delivery]) -> pl.DataFrame:
    """Return deliveries as a frame of `DELIVERY_COLUMNS`."""
    return _frame(rows, DELIVERY_COLUMNS)


def _frame(rows: Sequence[Row], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    cells = {name: [_plain(getattr(row, name)) for row in rows] for name in columns}
    return pl.DataFrame(cells, schema=columns)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


TABLE_COLUMNS: dict[type[Row], dict[str, pl.DataType]] = {
    Equipment: EQUIPMENT_COLUMNS,
    Need: NEED_COLUMNS,
    Coalition: COALITION_COLUMNS,
    Pledge: PLEDGE_COLUMNS,
    Delivery: DELIVERY_COLUMNS,
}
"""Columns of the frame of each row class."""
