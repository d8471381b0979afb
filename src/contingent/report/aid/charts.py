"""Charts of aid: promised and kept month by month, fans of what will come, how long it takes.

months_of_promises   what was announced in each month, and what is known to have come of it, inside
forecast_fans        arrivals to be expected, with their interval, below the line of all that is open
delay_curves         share come by days since the announcement, with its interval
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from contingent.aid.status import AidStatus
from contingent.report.aid.frames import Row, count, family_name, frame_of, millions
from contingent.report.aid.sentences import promises
from contingent.report.chart_parts import ACCENT, BAND, round_ticks, share_axis
from contingent.report.charts import BETWEEN, HEADROOM, INK, LOOK, NARROW, SOFT, Size, Spec, as_exact, axis_of
from contingent.report.words import MONTHS, grouped, leading_capital, short_date

PROMISED, CAME = "#bcd7ea", "#1f5078"
"""What was promised, and within it what came: light and dark."""

MOST_FANS, MOST_CURVES = 6, 6
MOST_MONTHS = 72
"""Columns of months; of more, years stand in their place."""

FAN_HEIGHT = 108
FAN_LABELS = 48
"""Room for the figures beside a fan. [px]"""

LEAST_PLEDGES, LEAST_ARRIVED = 3, 1.0
"""From how many pledges, and arrivals of them, a group has a curve of its own. [pledges]"""

Columns = Sequence[tuple[date, float, float]]


def months_of_promises(status: AidStatus, *, size: Size) -> Spec | None:
    """Return two panels over the months of announcements: money, and pledges, each with what came of it inside."""
    rows = promises(status)
    if rows.is_empty():
        return None
    months = rows.with_columns(
        month=pl.col("announced").dt.truncate("1mo"), some=(pl.col("delivered") > 0) | (pl.col("delivered_eur_m") > 0)
    )
    ordered = months["announced"].sort()
    first, last = ordered[0], ordered[-1]
    every = "1mo" if (last.year - first.year) * 12 + last.month - first.month < MOST_MONTHS else "1y"
    found = (
        months.with_columns(month=pl.col("announced").dt.truncate(every))
        .group_by("month")
        .agg(pl.col("promised_eur_m").sum(), pl.col("delivered_eur_m").sum(), pledges=pl.len(), some=pl.col("some").sum())
        .sort("month")
    )
    places = _places(found["month"][0], found["month"][-1], yearly=every == "1y")
    money = [(row["month"], row["promised_eur_m"], row["delivered_eur_m"]) for row in found.iter_rows(named=True)]
    number = [(row["month"], row["pledges"], row["some"]) for row in found.iter_rows(named=True)]
    panels = [
        _bars("Money, EUR million", money, places, size, labelled=False),
        _bars("Pledges, and of how many something came", number, places, size, labelled=True),
    ]
    return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN, "bounds": "flush"}


def _places(first: date, last: date, *, yearly: bool) -> dict[date, int]:
    if yearly:
        return {date(year, 1, 1): at for at, year in enumerate(range(first.year, last.year + 1))}
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    months = [(first.year * 12 + first.month - 1 + at) for at in range(length)]
    return {date(month // 12, month % 12 + 1, 1): at for at, month in enumerate(months)}


def _month_ticks(places: Mapping[date, int], most: int, *, yearly: bool) -> dict[int, str | list[str]]:
    """Ticks of columns: years, or the first months of half-years where there are many."""
    if yearly:
        step = -(-len(places) // most)
        return {at: str(when.year) for when, at in places.items() if at % step == 0}
    halves = [(when, at) for when, at in places.items() if when.month in (1, 7)]
    chosen = halves if len(places) > most and halves else list(places.items())[:: -(-len(places) // most)]
    step = -(-len(chosen) // most)
    return {at: [MONTHS[when.month - 1], str(when.year)] for when, at in chosen[::step]}


def _bars(title: str, columns: Columns, places: Mapping[date, int], size: Size, *, labelled: bool) -> Spec:
    top = max(max(whole, part) for _, whole, part in columns) or 1.0
    yearly = len(places) == 1 or (all(when.month == 1 for when in places) and len(places) > 1)
    values = [
        {"x": places[when] - 0.4, "until": places[when] + 0.4, "in": places[when] - 0.22, "out": places[when] + 0.22,
         "low": 0, "whole": as_exact(whole), "part": as_exact(part)}
        for when, whole, part in columns
    ]  # fmt: skip
    ticks = _month_ticks(places, size.ticks, yearly=yearly)
    across = {"field": "x", "type": "quantitative", "scale": {"domain": [-0.6, len(places) - 0.4], "nice": False, "zero": False},
              "axis": axis_of(ticks) | {"grid": False, "labels": labelled}}  # fmt: skip
    up = {"field": "low", "type": "quantitative", "scale": {"domain": [0, as_exact(top * HEADROOM)], "nice": False},
          "axis": axis_of({tick: grouped(tick) for tick in round_ticks(top, most=4) if tick == int(tick)})}  # fmt: skip
    return {
        "title": title, "width": size.width, "height": size.panel + 30, "data": {"values": values},
        "encoding": {"x": across, "y": up},
        "layer": [
            {"mark": {"type": "rect", "color": PROMISED, "stroke": "#2f6f9f", "strokeWidth": 0.6},
             "encoding": {"x2": {"field": "until"}, "y2": {"field": "whole"}}},
            {"mark": {"type": "rect", "color": CAME},
             "encoding": {"x": across | {"field": "in"}, "x2": {"field": "out"}, "y2": {"field": "part"}}},
        ],
    }  # fmt: skip


def fans_of(status: AidStatus) -> list[tuple[str, str, pl.DataFrame]]:
    """Return what has a fan: money of all together, then the families of things that formations lack, the most open first."""
    arrivals = frame_of(status, "arrivals")
    if arrivals.is_empty():
        return []
    money = arrivals.filter((pl.col("measure") == "value_eur_m") & (pl.col("cut") == "all") & (pl.col("open") > 0)).sort("day")
    found = [("Money of all open pledges, EUR million", "value_eur_m", money)] if money.height else []
    things = arrivals.filter((pl.col("measure") == "items") & (pl.col("cut") == "family") & (pl.col("open") > 0))
    lacking = set(frame_of(status, "gaps")["family"].drop_nulls().to_list())
    first = frame_of(status, "next_pledges")["family"].to_list()
    sizes = things.group_by("name").agg(pl.col("open").max()).sort("open", "name", descending=[True, False])["name"].to_list()
    names = sorted(sizes, key=lambda name: (name not in lacking and name not in first, sizes.index(name)))
    for name in names[: MOST_FANS - len(found)]:
        title = f"{leading_capital(family_name(name))}, things"
        found.append((title, "items", things.filter(pl.col("name") == name).sort("day")))
    return found


def forecast_fans(status: AidStatus, *, size: Size) -> Spec | None:
    """Return a panel for money and one for each family of things that has an open pledge and is lacking."""
    fans = fans_of(status)
    if not fans:
        return None
    wide = size is not NARROW
    width = (size.width - 56) // 2 if wide else size.width
    panels = [_fan(status, title, rows, Size(width, size.panel, size.stack, 5 if wide else 4), measure)
              for title, measure, rows in fans]  # fmt: skip
    if not wide:
        return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN}
    lines = [{"hconcat": panels[at : at + 2], "spacing": 12} for at in range(0, len(panels), 2)]
    return {"config": LOOK, "vconcat": lines, "spacing": 22}


def _fan(status: AidStatus, title: str, rows: pl.DataFrame, size: Size, measure: str) -> Spec:
    told = [
        {"day": row["day"], **{name: as_exact(row[name]) for name in ("low", "median", "high", "open")}}
        for row in rows.iter_rows(named=True)
    ]
    begin = {"day": 0, "low": 0, "median": 0, "high": 0, "open": told[0]["open"]}
    values: list[dict[str, Any]] = told if told[0]["day"] == 0 else [begin, *told]  # day 0: perhaps there already, unseen
    top, days = float(values[-1]["open"]), int(values[-1]["day"])
    across = {"field": "day", "type": "quantitative", "scale": {"domain": [0, days], "nice": False},
              "axis": axis_of(_dates(status.as_of, days, size.ticks))}  # fmt: skip
    tell = millions if measure == "value_eur_m" else count
    up = {"field": "low", "type": "quantitative", "scale": {"domain": [0, as_exact(top * 1.18)], "nice": False},
          "axis": axis_of({tick: tell(tick) for tick in round_ticks(top, most=4)}) | {"minExtent": FAN_LABELS}}  # fmt: skip
    step = {"interpolate": "step-after"}
    layers: list[Spec] = [
        {"mark": {"type": "area", "color": BAND, "stroke": "#9dbdd6", "strokeWidth": 0.6, **step},
         "encoding": {"y2": {"field": "high"}}},
        {"mark": {"type": "line", "strokeWidth": 2.2, "color": ACCENT, **step}, "encoding": {"y": up | {"field": "median"}}},
        {"mark": {"type": "line", "strokeWidth": 1.3, "strokeDash": [5, 3], "color": INK, **step},
         "encoding": {"y": up | {"field": "open"}}},
        {"data": {"values": [{"day": days * 0.01, "low": as_exact(top * 1.09), "letters": f"open: {tell(top)}"}]},
         "mark": {"type": "text", "align": "left", "fontWeight": "normal", "fontSize": 10},
         "encoding": {"text": {"field": "letters"}}},
    ]  # fmt: skip
    if 0 < status.lead_days < days:
        layers += _d_day(status.lead_days, top)
    return {"title": title, "width": size.width, "height": FAN_HEIGHT, "data": {"values": values},
            "encoding": {"x": across, "y": up}, "layer": layers}  # fmt: skip


def _d_day(day: int, top: float) -> list[Spec]:
    return [
        {"data": {"values": [{"day": day, "low": 0, "high": as_exact(top * 1.18)}]},
         "mark": {"type": "rule", "color": SOFT, "strokeWidth": 1.1, "strokeDash": [2, 2]},
         "encoding": {"y2": {"field": "high"}}},
        {"data": {"values": [{"day": day, "low": as_exact(top * 1.09), "letters": " D-day"}]},
         "mark": {"type": "text", "align": "left", "fontWeight": "normal", "fontSize": 10, "color": SOFT},
         "encoding": {"text": {"field": "letters"}}},
    ]  # fmt: skip


def _dates(first: date, days: int, most: int) -> dict[int, str | list[str]]:
    """First days of half-years or years, as many as there is room for."""
    ends = [
        date(first.year + (at // 2), 1 if at % 2 == 0 else 7, 1) for at in range(2 * (days // 365 + 3))
    ]  # fmt: skip
    inside = [(when - first).days for when in ends if 0 <= (when - first).days < days * 0.95]
    step = -(-len(inside) // most) if inside else 1
    return {day: short_date(first + timedelta(days=day))[2:] for day in inside[::step]}


def curves_of(status: AidStatus) -> list[tuple[str | None, pl.DataFrame]]:
    """Return the groups of which enough is known for a curve: all together, then donors, most pledges first."""
    groups = frame_of(status, "delays").filter(pl.col("family").is_null())
    curve = frame_of(status, "delay_curve").filter(pl.col("family").is_null())
    enough = groups.filter(
        pl.col("donor").is_null() | ((pl.col("pledges") >= LEAST_PLEDGES) & (pl.col("arrived") >= LEAST_ARRIVED))
    ).sort(pl.col("donor").is_not_null(), "pledges", "donor", descending=[False, True, False])
    found = [
        (donor, curve.filter(pl.col("donor").eq_missing(pl.lit(donor, dtype=pl.String))).sort("days"))
        for donor in enough["donor"].head(MOST_CURVES).to_list()
    ]
    return [(donor, rows) for donor, rows in found if rows.height]


def delay_curves(status: AidStatus, names: Mapping[str, str], *, size: Size) -> Spec | None:
    """Return a panel a group: share come by days since the announcement, with its 95% interval."""
    curves = curves_of(status)
    if not curves:
        return None
    last = max(float(str(rows["days"].max())) for _, rows in curves) * 1.08
    wide = size is not NARROW
    width = (size.width - 56) // 2 if wide else size.width
    panels = [_curve("All together" if donor is None else names.get(donor, donor), rows, last, width) for donor, rows in curves]
    if not wide:
        return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN}
    lines = [{"hconcat": panels[at : at + 2], "spacing": 12} for at in range(0, len(panels), 2)]
    return {"config": LOOK, "vconcat": lines, "spacing": 22}


def _curve(title: str, rows: pl.DataFrame, last: float, width: int) -> Spec:
    known = rows.drop_nulls("awaited").with_columns(pl.col("low", "high").fill_null(pl.col("awaited")))
    steps: list[Row] = [{"day": 0, "come": 0, "low": 0, "high": 0}]
    steps += [
        {"day": as_exact(row["days"]), "come": round(1 - row["awaited"], 4), "low": round(1 - row["high"], 4),
         "high": round(1 - row["low"], 4)}
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    steps.append(steps[-1] | {"day": as_exact(last)})
    up = share_axis("come")
    ticks = {int(tick): f"{grouped(tick)} days" if tick else "0" for tick in round_ticks(last, most=4) if tick < last * 0.95}
    scale = {"domain": [0, as_exact(last)], "nice": False}
    across = {"field": "day", "type": "quantitative", "scale": scale, "axis": axis_of(ticks)}
    step = {"interpolate": "step-after"}
    return {
        "title": title, "width": width, "height": FAN_HEIGHT, "data": {"values": steps}, "encoding": {"x": across, "y": up},
        "layer": [
            {"mark": {"type": "area", "color": BAND, "stroke": "#9dbdd6", "strokeWidth": 0.6, **step},
             "encoding": {"y": up | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "strokeWidth": 2.2, "color": ACCENT, **step}},
        ],
    }  # fmt: skip


__all__ = ["curves_of", "delay_curves", "fans_of", "forecast_fans", "months_of_promises"]
