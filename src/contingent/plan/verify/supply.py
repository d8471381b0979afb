"""What the force lives on: stocks that balance, days of supply, shortages that are told, ways that take what they carry.

A plan that carries none of these frames promises nothing of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.supply import Stock
from contingent.plan.verify.facts import Facts, days, line_of_file, told

SUPPLY, RESUPPLY, STOCKOUTS, SURVIVAL, LOGISTICS = (
    "supply.csv", "resupply.csv", "stockouts.csv", "survival.csv", "logistics.csv",
)  # fmt: skip

KILOGRAM = 1e-3
"""Amounts are whole kilograms. [t]"""

EVERY_SUPPLY, EVERYBODY = "all", "all"
"""In stocks.csv every supply without a row of its own; in consumption.csv every profile."""

MORE = "more is needed"

WEEK_KEY = ["location", "from_day", "until_day"]


def stocks_balance(facts: Facts) -> Iterator[Finding]:
    """Stock before + delivered - used - sent on is stock after, week after week, never below nought, never above what fits."""
    table = facts.plan.supply.with_row_index("row")
    if table.is_empty():
        return
    after = pl.col("before_t") + pl.col("delivered_t") - pl.col("used_t") - pl.col("sent_t")
    off = (after - pl.col("stock_t")).abs() > KILOGRAM / 2 + 1e-9 * pl.col("before_t").abs()
    for row in table.filter(off).iter_rows(named=True):
        found = row["before_t"] + row["delivered_t"] - row["used_t"] - row["sent_t"]
        what = f"{row['supply']} at '{row['location']}' is {told(row['stock_t'])} t, but comes to {told(found)}"
        yield Finding(SUPPLY, what, line_of_file(row["row"]), "stock_t")
    amounts = ("before_t", "needed_t", "used_t", "sent_t", "delivered_t", "stock_t")
    for column in amounts:
        for row in table.filter(pl.col(column) < 0).iter_rows(named=True):
            yield Finding(SUPPLY, f"is {told(row[column])} t, less than nothing", line_of_file(row["row"]), column)
    for row in table.filter(pl.col("used_t") > pl.col("needed_t") + KILOGRAM / 2).iter_rows(named=True):
        what = f"{told(row['used_t'])} t are used of {told(row['needed_t'])} needed"
        yield Finding(SUPPLY, what, line_of_file(row["row"]), "used_t")
    yield from _weeks_follow(facts, table)
    yield from _stocks_fit(facts)


def _weeks_follow(facts: Facts, table: pl.DataFrame) -> Iterator[Finding]:
    """Each week of a stock begins where the one before ended, and together they are the horizon."""
    each = table.sort("location", "supply", "from_day").with_columns(
        last_day=pl.col("until_day").shift(1).over("location", "supply").fill_null(0),
        last_stock=pl.col("stock_t").shift(1).over("location", "supply"),
        is_last=pl.col("from_day") == pl.col("from_day").max().over("location", "supply"),
    )
    for row in each.filter(pl.col("from_day") != pl.col("last_day")).iter_rows(named=True):
        what = f"{row['supply']} at '{row['location']}' goes on at D+{row['from_day']}, but ended at D+{row['last_day']}"
        yield Finding(SUPPLY, what, line_of_file(row["row"]), "from_day")
    for row in each.filter(pl.col("is_last") & (pl.col("until_day") != facts.horizon_days)).iter_rows(named=True):
        what = f"{row['supply']} at '{row['location']}' ends at D+{row['until_day']}, but the horizon at D+{facts.horizon_days}"
        yield Finding(SUPPLY, what, line_of_file(row["row"]), "until_day")
    for row in each.filter((pl.col("before_t") - pl.col("last_stock")).abs() > KILOGRAM / 2).iter_rows(named=True):
        begins, left = told(row["before_t"]), told(row["last_stock"])
        what = f"{row['supply']} at '{row['location']}' begins with {begins} t, but {left} were left"
        yield Finding(SUPPLY, what, line_of_file(row["row"]), "before_t")


def _rows_of(facts: Facts) -> dict[tuple[str, str], Stock]:
    """The row of stocks.csv of each place and supply: its own, else that for all."""
    found: dict[tuple[str, str], Stock] = {}
    supplies = list(dict.fromkeys(row.supply for row in facts.scenario.consumption))
    for row in facts.scenario.stocks:
        for supply in supplies if row.supply == EVERY_SUPPLY else (row.supply,):
            if row.supply != EVERY_SUPPLY or (row.location, supply) not in found:
                found[row.location, supply] = row
    return found


def _stocks_fit(facts: Facts) -> Iterator[Finding]:
    """What lies under a row of stocks.csv is no more than fits there."""
    limited = {key: row for key, row in _rows_of(facts).items() if row.capacity_t is not None}
    lying: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in facts.plan.supply.iter_rows(named=True):
        stock = limited.get((row["location"], row["supply"]))
        if stock is not None:
            lying[stock.location, stock.supply, row["from_day"]] += row["stock_t"]
    capacities = {(row.location, row.supply): row.capacity_t for row in limited.values()}
    for (location, supply, day), tonnes in lying.items():
        capacity = capacities[location, supply]
        if capacity is not None and tonnes > capacity + KILOGRAM:
            what = f"{told(tonnes)} t lie at '{location}' in the week from D+{day}; {told(capacity)} fit"
            yield Finding(SUPPLY, what, column="stock_t")


def days_of_supply_are_stock_over_use(facts: Facts) -> Iterator[Finding]:
    """Days of supply are the stock over what it has to last for: units that live on it, and stocks that it fills up first."""
    rows = _rows_of(facts)
    supply = facts.plan.supply
    daily: dict[tuple[str, str, int], float] = {}
    for row in supply.iter_rows(named=True):
        daily[row["location"], row["supply"], row["from_day"]] = row["needed_t"] / max(1, row["until_day"] - row["from_day"])
    above = {key: row.supplied_from[0] for key, row in rows.items() if row.supplied_from}
    total = dict(daily)
    for (location, name, day), tonnes in daily.items():
        at, passed = location, {location}
        while tonnes and (at := above.get((at, name), "")) and (at, name) in rows and at not in passed:
            passed.add(at)
            total[at, name, day] = total.get((at, name, day), 0.0) + tonnes
    for number, row in enumerate(supply.iter_rows(named=True)):
        place = line_of_file(number)
        found = total[row["location"], row["supply"], row["from_day"]]
        if abs(row["daily_t"] - found) > 1e-5 + 1e-6 * found:
            yield Finding(SUPPLY, f"is {told(row['daily_t'])} t a day, but comes to {told(found)}", place, "daily_t")
        stock = rows.get((row["location"], row["supply"]))
        target = None if stock is None else stock.target_days
        if row["target_days"] != target:
            yield Finding(SUPPLY, f"is {row['target_days']}, but stocks.csv says {target}", place, "target_days")
        lasts = None if stock is None or row["daily_t"] == 0 else row["stock_t"] / row["daily_t"]
        claimed = row["days_of_supply"]
        if (claimed is None) != (lasts is None) or (
            claimed is not None and lasts is not None and abs(claimed - lasts) > KILOGRAM + 1e-6 * lasts
        ):
            what = f"is {_or_blank(claimed)}, but stock over use is {_or_blank(lasts)}"
            yield Finding(SUPPLY, what, place, "days_of_supply")


def _or_blank(number: float | None) -> str:
    return "blank" if number is None else told(number)


def people_have_what_people_use(facts: Facts) -> Iterator[Finding]:
    """Of supplies that everybody uses alike, what is needed is what the people of the tours use, season and losses included."""
    scenario, supply = facts.scenario, facts.plan.supply
    if supply.is_empty():
        return
    for name in dict.fromkeys(row.supply for row in scenario.consumption):
        rows = [row for row in scenario.consumption if row.supply == name]
        if any(row.profile != EVERYBODY or row.per != "person" for row in rows):
            continue
        seasons = [row for row in scenario.seasons if row.supply == name]
        losses = sum(row.value for row in scenario.factors if row.factor == "supply_losses" and row.scope == "all")
        by_day = []
        for day in range(facts.horizon_days):
            month = str((scenario.settings.start_date + timedelta(days=day)).month)
            factor = 1.0
            for season in seasons:
                factor *= season.factor if month in season.months else 1.0
            by_day.append(factor)
        sums = [0.0]
        for factor in by_day:
            sums.append(sums[-1] + factor)
        at_a_place = facts.done.filter(pl.col("location").is_not_null() & pl.col("people").is_not_null())
        first, last = at_a_place["from_day"].clip(0, facts.horizon_days), at_a_place["until_day"].clip(0, facts.horizon_days)
        person_days = sum(
            people * (sums[end] - sums[start]) for people, start, end in zip(at_a_place["people"], first, last, strict=True)
        )
        found = person_days * sum(row.kg_per_day for row in rows) * (1 + losses) / 1000.0
        mine = supply.filter(supply=name)
        needed = float(mine["needed_t"].sum())
        rounded = KILOGRAM * (1 + facts.horizon_days // 7) * at_a_place["location"].n_unique()  # each week of each place
        if abs(needed - found) > rounded + 1e-6 * found:
            what = f"{told(needed)} t of {name} are needed in all, but people use {told(found)}"
            yield Finding(SUPPLY, what, column="needed_t")


def deliveries_came_by_a_way(facts: Facts) -> Iterator[Finding]:
    """What is delivered to a stock in a week came by ways from places that fill it up, and was sent from there."""
    rows = _rows_of(facts)
    places = {location for location, _ in rows}
    moved = facts.plan.resupply
    stocked = facts.plan.supply.filter(pl.col("location").is_in(sorted(places)))
    booked = stocked.group_by(WEEK_KEY).agg(pl.col("delivered_t").sum(), pl.col("sent_t").sum())
    came = moved.group_by(location="to_location", from_day="from_day", until_day="until_day").agg(came=pl.col("tonnes").sum())
    went = moved.group_by(location="from_location", from_day="from_day", until_day="until_day").agg(went=pl.col("tonnes").sum())
    table = booked.join(came, on=WEEK_KEY, how="full", coalesce=True).join(went, on=WEEK_KEY, how="left").fill_null(0.0)
    for row in table.sort(WEEK_KEY).iter_rows(named=True):
        week = f"at '{row['location']}' in {days(row['from_day'], row['until_day'])}"
        if abs(row["delivered_t"] - row["came"]) > 0.02:
            what = f"{told(row['came'])} t arrive {week}, but {told(row['delivered_t'])} are booked"
            yield Finding(RESUPPLY, what, column="tonnes")
        if row["sent_t"] > row["went"] + 0.02:
            what = f"{told(row['sent_t'])} t are booked as sent on {week}, but {told(row['went'])} leave"
            yield Finding(RESUPPLY, what, column="tonnes")
    sources: dict[str, set[str]] = defaultdict(set)
    for (location, _), stock in rows.items():
        sources[location].update(stock.supplied_from)
    ends = {link.link: (link.from_location, link.to_location) for link in facts.scenario.links}
    for number, row in enumerate(moved.iter_rows(named=True)):
        if row["from_location"] not in sources[row["to_location"]]:
            what = f"'{row['to_location']}' is not filled up from '{row['from_location']}'"
            nearest = nearest_name(row["from_location"], sources[row["to_location"]])
            yield Finding(RESUPPLY, what, line_of_file(number), "from_location", nearest)
        if row["way"] is not None and (broken := _broken(row, ends)) is not None:
            yield Finding(RESUPPLY, broken, line_of_file(number), "way")


def _broken(row: dict[str, object], ends: dict[str, tuple[str, str]]) -> str | None:
    """Where a way does not lead from its beginning to its end, or None."""
    at = str(row["from_location"])
    for link in str(row["way"]).split(";"):
        if link not in ends:
            return f"'{link}' is not a link of the scenario"
        if at not in ends[link]:
            return f"'{link}' does not begin at '{at}'"
        at = ends[link][1] if ends[link][0] == at else ends[link][0]
    return None if at == row["to_location"] else f"the way ends at '{at}', not at '{row['to_location']}'"


def ways_take_what_goes_by_them(facts: Facts) -> Iterator[Finding]:
    """No crossing and no link lets through more trucks than it can, if each were as large as the largest there is.

    What trains, ships and terminals take depends on how they are loaded, which the plan's utilisation tells.
    """
    largest = max((row.tonnes for row in facts.scenario.fleets if row.kind == "truck"), default=0.0)
    if facts.plan.resupply.is_empty() or largest <= 0:
        return
    crossings = {
        row.location: row.per_day for row in facts.scenario.handling if (row.activity, row.counts) == ("border_road", "vehicles")
    }
    roads = [row for row in facts.scenario.links if row.mode == "road"]
    links = {row.link: row.capacity_per_day for row in roads if row.capacity_per_day is not None}
    ends = {link.link: (link.from_location, link.to_location) for link in facts.scenario.links}
    passed: dict[tuple[str, int, int], float] = defaultdict(float)
    for row in facts.plan.resupply.filter(modes="road").iter_rows(named=True):
        on_way = (row["way"] or "").split(";")
        inside = {place for link in on_way for place in ends.get(link, ())} - {row["from_location"], row["to_location"]}
        for name in [*(place for place in inside if place in crossings), *(link for link in on_way if link in links)]:
            passed[name, row["from_day"], row["until_day"]] += row["tonnes"] / largest
    for (name, first, last), vehicles in sorted(passed.items()):
        most = (crossings.get(name) or links.get(name) or 0.0) * (last - first)
        if vehicles > most * (1 + 1e-6) + KILOGRAM:
            what = f"{told(vehicles)} trucks at least pass '{name}' in {days(first, last)}; it takes {told(most)}"
            yield Finding(RESUPPLY, what, column="tonnes")


def shortages_are_told(facts: Facts) -> Iterator[Finding]:
    """Every week in which units use less than they need lies in a row of stockouts, which adds it up; no other week does."""
    left = {
        (location, supply, first, last): needed - used
        for location, supply, first, last, needed, used in facts.plan.supply.select(
            "location", "supply", "from_day", "until_day", "needed_t", "used_t"
        ).filter(pl.col("used_t") < pl.col("needed_t") - KILOGRAM / 2).iter_rows()
    }  # fmt: skip
    by_stock: dict[tuple[str, str], list[tuple[int, int, float]]] = defaultdict(list)
    for (location, supply, first, last), short in left.items():
        by_stock[location, supply].append((first, last, short))
    for number, row in enumerate(facts.plan.stockouts.iter_rows(named=True)):
        mine = [week for week in by_stock[row["location"], row["supply"]] if week[1] > row["day"] and week[0] < row["until_day"]]
        found = sum(short for *_, short in mine)
        if abs(found - row["short_t"]) > KILOGRAM + 1e-6 * found:
            what = f"is {told(row['short_t'])} t, but {told(found)} are missing in {days(row['day'], row['until_day'])}"
            yield Finding(STOCKOUTS, what, line_of_file(number), "short_t")
        elif not any(first <= row["day"] < last for first, last, _ in mine):
            yield Finding(STOCKOUTS, f"nothing is missing on D+{row['day']}", line_of_file(number), "day")
        for first, last, _ in mine:
            left.pop((row["location"], row["supply"], first, last), None)
    for location, supply, first, last in left:
        yield Finding(STOCKOUTS, f"{supply} is missing at '{location}' in {days(first, last)}, but has no row")


def survival_names_what_is_there(facts: Facts) -> Iterator[Finding]:
    """What is closed is a place or a link; days stand where a supply runs out, and nowhere else."""
    known = {*facts.scenario.location_by_name, *(link.link for link in facts.scenario.links)}
    for number, row in enumerate(facts.plan.survival.iter_rows(named=True)):
        for name in row["closed"].split(";"):
            if name not in known:
                what = f"'{name}' is neither a place nor a link"
                yield Finding(SURVIVAL, what, line_of_file(number), "closed", nearest_name(name, known))
        if (row["days"] is None) != (row["supply"] is None) or (row["days"] is not None and row["days"] < 0):
            yield Finding(SURVIVAL, "days and the supply that runs out do not fit", line_of_file(number), "days")
        if row["days"] is None and row["lost_t"] > 0:
            yield Finding(SURVIVAL, f"{told(row['lost_t'])} t are missing, but nothing runs out", line_of_file(number), "lost_t")


def logistics_says_what_it_compares(facts: Facts) -> Iterator[Finding]:
    """What is needed beyond what was sized is called so, and totals of tonnes add up."""
    table = facts.plan.logistics
    for number, row in enumerate(table.iter_rows(named=True)):
        if row["sized"] is not None and (row["needed"] > row["sized"] + 1e-6) != row["status"].startswith(MORE):
            what = f"{told(row['needed'])} needed of {told(row['sized'])} sized is not what it is called"
            yield Finding(LOGISTICS, what, line_of_file(number), "status")
    tonnes = table.filter(measure="tonnes a day")
    total, parts = tonnes.filter(location="all places"), tonnes.filter(pl.col("location") != "all places")
    for column in ("sized", "needed"):
        added = float(parts[column].sum())
        if total.height and abs(total[column][0] - added) > 1e-4 + 1e-6 * added:
            what = f"is {told(total[column][0])} t a day in all, but the places add up to {told(added)}"
            yield Finding(LOGISTICS, what, column=column)


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    stocks_balance, days_of_supply_are_stock_over_use, people_have_what_people_use, deliveries_came_by_a_way,
    ways_take_what_goes_by_them, shortages_are_told, survival_names_what_is_there, logistics_says_what_it_compares,
)  # fmt: skip
