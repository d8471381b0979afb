"""Small books of aid: pledges and deliveries from a few words, and the ledger of them."""

from datetime import date
from typing import Any

from contingent.aid.ledger import Ledger, keep_ledger
from contingent.aid.tables import COALITION_COLUMNS, NEED_COLUMNS, AidTables, delivery_frame, equipment_frame, pledge_frame
from contingent.model.aid import Delivery, Equipment, Pledge

DAY = date(2025, 4, 11)
TYPES = (
    Equipment(equipment="leopard", family="tank"),
    Equipment(equipment="t72", family="tank"),
    Equipment(equipment="marder", family="ifv"),
)


def pledge(name: str, **more: Any) -> Pledge:
    given: dict[str, Any] = {"pledge": name, "donor": "DEU", "item": name, "announced": DAY, "family": None, **more}
    if given.get("equipment") is None and given["family"] is None:
        given["family"] = "mixed"
    if "value_eur_m" in more and "value_m" not in more:
        given |= {"value_m": more["value_eur_m"], "currency": "EUR"}
    return Pledge.model_validate(given)


def delivery(name: str, of: str | None, quantity: int | None = None, **more: Any) -> Delivery:
    given = {"delivery": name, "pledge": of, "donor": "DEU", "quantity": quantity, "date": date(2025, 6, 1), **more}
    return Delivery.model_validate(given)


def books(*rows: Pledge | Delivery) -> AidTables:
    import polars as pl

    return AidTables(
        equipment_frame(TYPES), pl.DataFrame(schema=NEED_COLUMNS), pl.DataFrame(schema=COALITION_COLUMNS),
        pledge_frame([row for row in rows if isinstance(row, Pledge)]),
        delivery_frame([row for row in rows if isinstance(row, Delivery)]),
    )


def kept(*rows: Pledge | Delivery, as_of: date | None = None) -> Ledger:
    return keep_ledger(books(*rows), as_of=as_of)


def row(ledger: Ledger, name: str) -> dict[str, Any]:
    return next(found for found in ledger.ledger.iter_rows(named=True) if found["pledge"] == name)
