"""Small ledgers for tests."""

from datetime import date, timedelta

import polars as pl

START = date(2025, 1, 1)

EQUIPMENT = {
    "equipment": pl.String, "name": pl.String, "family": pl.String, "crew": pl.Int64, "training_days": pl.Int64,
    "maintenance_hours_per_month": pl.Float64, "ammunition": pl.String, "rounds_per_day": pl.Float64, "value_m": pl.Float64,
    "currency": pl.String,
}
NEEDS = {
    "need": pl.String, "formation": pl.String, "equipment": pl.String, "family": pl.String, "quantity": pl.Int64,
    "by_day": pl.Int64, "priority": pl.Int64,
}
PLEDGES = {
    "pledge": pl.String, "donor": pl.String, "coalition": pl.String, "equipment": pl.String, "family": pl.String,
    "quantity": pl.Float64, "value_m": pl.Float64, "currency": pl.String, "value_eur_m": pl.Float64, "kind": pl.String,
    "announced": pl.Date, "due": pl.Date, "counted": pl.String,
}
DELIVERIES = {
    "delivery": pl.String, "pledge": pl.String, "quantity": pl.Float64, "value_m": pl.Float64, "date": pl.Date, "as_of": pl.Date,
}
ARRIVALS = {"arrival": pl.String, "equipment": pl.String, "quantity": pl.Int64, "day": pl.Int64}


def day(number: int) -> date:
    return START + timedelta(days=number)


def table(schema: dict, *rows: dict) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def kind(equipment: str, **other) -> dict:
    return {"equipment": equipment, "name": equipment, "family": "tanks", "crew": 0, "training_days": 0,
            "maintenance_hours_per_month": 0.0, "value_m": 2.0, "currency": "EUR"} | other


def pledge(name: str, announced: int = 0, **other) -> dict:
    return {"pledge": name, "donor": "AAA", "family": "tanks", "quantity": 10.0, "currency": "EUR", "kind": "pledge",
            "announced": day(announced), "counted": "yes"} | other


def delivery(name: str, of: str, on: int, quantity: float | None = 10.0, **other) -> dict:
    return {"delivery": name, "pledge": of, "quantity": quantity, "date": day(on)} | other


def need(name: str, formation: str, quantity: int, **other) -> dict:
    return {"need": name, "formation": formation, "family": "tanks", "quantity": quantity, "by_day": 90, "priority": 1} | other


def arrival(name: str, equipment: str, quantity: int, on: int = 0) -> dict:
    return {"arrival": name, "equipment": equipment, "quantity": quantity, "day": on}
