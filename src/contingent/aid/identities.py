"""What must hold of any status of aid, counted again from its frames and the scenario's tables, with no solver.

One function is one identity. Handed over: nothing before it arrives, nothing twice, no need over its quantity, crews trained on
time, standards and gaps as told. Books: each delivery credited once, sums by every cut agree, delivered and open make up what was
promised.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from contingent.aid.status import AidStatus
from contingent.aid.tables import AidTables, aid_tables
from contingent.findings import Finding
from contingent.model.scenario import Scenario

CLOSE = 1e-6
"""Sums closer than this are alike, relative to the larger."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What the identities are counted from.

    Parameters
    ----------
    status : AidStatus
        To be checked.
    tables : AidTables
        Of the scenario.
    handed : polars.DataFrame
        Frame ``given`` with the type's training, crew and upkeep.
    """

    status: AidStatus
    tables: AidTables
    handed: pl.DataFrame

    @property
    def period_days(self) -> int:
        """Length of a period. [days]"""
        return self.status.options.allocation.period_days

    @property
    def ends(self) -> list[int]:
        """Last days of the periods. [days]"""
        horizon = self.status.options.horizon_days
        return [min(day + self.period_days, horizon) for day in range(0, max(1, horizon), self.period_days)]

    def frame(self, name: str) -> pl.DataFrame:
        """Return a frame of the status."""
        return self.status.frames[name]

    def ready(self, day: int) -> dict[str, int]:
        """Return what each need has in trained hands at the end of a period that ends on a day. [items]"""
        now = self.handed.filter(pl.col("ready_day") <= day).group_by("need").agg(pl.col("quantity").sum())
        return dict(now.iter_rows())


def faults_of(status: AidStatus, scenario: Scenario) -> tuple[Finding, ...]:
    """Return what does not hold of a status of aid; nothing where all of it does.

    Parameters
    ----------
    status : AidStatus
        As `contingent.aid.assess.assess` returns it.
    scenario : Scenario
        From which it was made.
    """
    tables = aid_tables(scenario)
    types = tables.equipment.select("equipment", "training_days", "crew", "maintenance_hours_per_month")
    facts = Facts(status, tables, status.frames["given"].join(types, on="equipment", how="left", maintain_order="left"))
    return tuple(finding for identity in IDENTITIES for finding in identity(facts))


def arrived_before_handed(facts: Facts) -> Iterator[Finding]:
    """Nothing is handed over before it arrives, or twice: what was handed over never exceeds what has arrived."""
    coming = facts.frame("expected_arrivals").with_columns(pl.col("day") // facts.period_days)
    handed = facts.handed.with_columns(pl.col("day") // facts.period_days)
    come = coming.group_by("equipment", "day").agg(pl.col("quantity").sum().alias("came"))
    gone = handed.group_by("equipment", "day").agg(pl.col("quantity").sum().alias("went"))
    both = pl.concat([come, gone], how="diagonal").fill_null(0).group_by("equipment", "day").agg(pl.col("came", "went").sum())
    running = both.sort("equipment", "day").with_columns(pl.col("came", "went").cum_sum().over("equipment"))
    early = running.filter(pl.col("went") > pl.col("came")).unique("equipment", keep="first", maintain_order=True)
    for row in early.iter_rows(named=True):
        day, more = (row["day"] + 1) * facts.period_days, f"{row['went']:,} of {row['equipment']!r}"
        yield Finding("given", f"{more} are handed over by day {day}, but {row['came']:,} have arrived.")


def within_needs(facts: Facts) -> Iterator[Finding]:
    """No need is given more than it asks for, more types than allowed, or a type that it did not ask for."""
    families = facts.tables.equipment.select("equipment", pl.col("family").alias("of_type"))
    needs = facts.tables.needs.select("need", "quantity", pl.col("equipment").alias("asked"), pl.col("family").alias("of_need"))
    rows = facts.handed.select("need", "equipment", pl.col("quantity").alias("items")).join(needs, on="need", how="left").join(
        families, on="equipment", how="left")  # fmt: skip
    sums = rows.group_by("need").agg(pl.col("items").sum(), pl.col("quantity").first(), pl.col("equipment").n_unique())
    most = facts.status.options.allocation.most_types
    for name, items, quantity, types in sums.sort("need").iter_rows():
        if quantity is None or items > quantity:
            yield Finding("given", f"{name!r} is given {items:,} but asks for {quantity or 0:,}.")
        if types > most:
            yield Finding("given", f"{name!r} is given {types} types, but {most} are allowed.")
    fits = (pl.col("asked") == pl.col("equipment")).fill_null(pl.col("of_need") == pl.col("of_type")).fill_null(value=False)
    for name, kind in rows.filter(~fits).select("need", "equipment").unique().sort("need", "equipment").iter_rows():
        yield Finding("given", f"{name!r} is given {kind!r}, which it did not ask for.")


def trained_on_time(facts: Facts) -> Iterator[Finding]:
    """Crews are trained in whole periods after hand-over, no more of them at a time than there are places."""
    asked, period = facts.status.options.allocation, facts.period_days
    horizon = facts.status.options.horizon_days
    lead = (pl.col("training_days").fill_null(0) / period).ceil().cast(pl.Int64)
    rows = facts.handed.with_columns(lead.alias("lead"), (pl.col("day") // period).alias("period"))
    due = ((pl.col("period") + pl.col("lead") + 1) * period).clip(upper_bound=horizon)
    for row in rows.filter(pl.col("ready_day") != due).iter_rows(named=True):
        which = f"{row['equipment']!r} of {row['need']!r} of day {row['day']}"
        yield Finding("given", f"{which} is not ready on day {row['ready_day']}.")
    if asked.training_places is None:
        return
    for place in range(len(facts.ends)):
        now = rows.filter((pl.col("period") < place) & (pl.col("period") + pl.col("lead") >= place))
        people = int((now["quantity"] * now["crew"].fill_null(0)).sum())
        if people > asked.training_places:
            when = f"{people:,} train in the period of day {place * period}"
            yield Finding("given", f"{when}, with {asked.training_places:,} places.")


def kept_up(facts: Facts) -> Iterator[Finding]:
    """No formation is given more than it can maintain."""
    asked = facts.status.options.allocation
    hours = pl.col("quantity") * pl.col("maintenance_hours_per_month").fill_null(0.0)
    for name, sums in facts.handed.group_by("formation").agg(hours.sum()).sort("formation").iter_rows():
        bound = (asked.maintenance or {}).get(name, asked.maintenance_hours_per_month)
        if bound is not None and sums > bound * (1 + CLOSE) + CLOSE:
            yield Finding("given", f"{name!r} is given {sums:,.0f} hours of upkeep a month, but can do {bound:,.0f}.")


def standards_told(facts: Facts) -> Iterator[Finding]:
    """Shares, standards and the day of each formation are those that what was handed over gives."""
    asked = facts.tables.needs.filter(pl.col("quantity") > 0)
    least = facts.status.options.allocation.standard
    first: dict[str, int] = {}
    told = {(name, day): (share, stands) for name, day, share, stands in
            facts.frame("readiness").select("formation", "day", "share", "at_standard").iter_rows()}  # fmt: skip
    needs = [(formation, frame.select("need", "quantity").rows())
             for (formation,), frame in asked.sort("formation", "need").group_by("formation", maintain_order=True)]  # fmt: skip
    for day in facts.ends:
        ready = facts.ready(day)
        for formation, rows in needs:
            share = sum(ready.get(need, 0) / quantity for need, quantity in rows) / len(rows)
            stands = all(ready.get(need, 0) >= least * quantity - CLOSE and ready.get(need, 0) >= 1 for need, quantity in rows)
            said = told.get((formation, day))
            if said is None or not _alike(said[0], share) or said[1] != stands:
                true = f"{share:.4f}, {'at' if stands else 'below'} its standard"
                yield Finding("readiness", f"{formation!r} on day {day} has share {true}.")
            if stands:
                first.setdefault(formation, day)
    totals = dict(facts.handed.group_by("formation").agg(pl.col("quantity").sum()).iter_rows())
    types = dict(facts.handed.group_by("formation").agg(pl.col("equipment").n_unique()).iter_rows())
    wanted = dict(asked.group_by("formation").agg(pl.col("quantity").sum()).iter_rows())
    seen = facts.frame("equipped").select("formation", "equipped_day", "quantity", "given", "types").sort("formation").rows()
    right = [(name, first.get(name), wanted[name], totals.get(name, 0), types.get(name, 0)) for name in sorted(wanted)]
    for row in sorted(set(seen) ^ set(right), key=str):
        if row in right:
            when = "on no day" if row[1] is None else f"on day {row[1]}"
            yield Finding("equipped", f"{row[0]!r} is equipped {when}, given {row[3]:,} of {row[2]:,} in {row[4]} types.")


def gaps_told(facts: Facts) -> Iterator[Finding]:
    """Gaps are what was asked for and not given, and each has a reason; what is left over is what arrives and nobody got."""
    handed = dict(facts.handed.group_by("need").agg(pl.col("quantity").sum()).iter_rows())
    seen = {row["need"]: row for row in facts.frame("gaps").iter_rows(named=True)}
    least = facts.status.options.allocation.standard
    for row in facts.tables.needs.filter(pl.col("quantity") > 0).iter_rows(named=True):
        name, given = row["need"], handed.get(row["need"], 0)
        ends = [day for place, day in enumerate(facts.ends, 1) if place * facts.period_days <= row["by_day"]]
        then = facts.ready(ends[-1]).get(name, 0) if ends else 0
        standard = max(1, -int(-(row["quantity"] * least - CLOSE) // 1))
        true = (given, then, row["quantity"] - given, max(0, standard - given))
        said = seen.get(name)
        if said is None or true != (said["given"], said["by_then"], said["gap"], said["to_standard"]):
            yield Finding("gaps", f"{name!r} is given {given:,}, {then:,} in time; {true[2]:,} are missing.")
        elif (true[2] > 0 or then < standard) != (said["reason"] is not None):
            yield Finding("gaps", f"{name!r} has {'no reason' if said['reason'] is None else 'a reason without a gap'}.")
    soon = facts.frame("expected_arrivals").filter(pl.col("day") < facts.status.options.horizon_days)
    come = dict(soon.group_by("equipment").agg(pl.col("quantity").sum()).iter_rows())
    gone = dict(facts.handed.group_by("equipment").agg(pl.col("quantity").sum()).iter_rows())
    for name, arriving, given, left in facts.frame("left_over").select("equipment", "arriving", "given", "left").iter_rows():
        if (arriving, given, left) != (come.get(name, 0), gone.get(name, 0), come.get(name, 0) - gone.get(name, 0)):
            yield Finding("left_over", f"{come.get(name, 0):,} of {name!r} arrive and {gone.get(name, 0):,} are given.")


def goals_within_bounds(facts: Facts) -> Iterator[Finding]:
    """Goals are worth what the frames say, and no more than their bound."""
    ladder = dict(facts.frame("equipped").select("formation", "priority").iter_rows())
    count = dict(facts.tables.needs.filter(pl.col("quantity") > 0).group_by("formation").len().iter_rows())
    sums: dict[tuple[str, int | None], float] = {}
    for name, share, stands in facts.frame("readiness").select("formation", "share", "at_standard").iter_rows():
        for goal, value in (("at_standard", float(stands)), ("share", share * count.get(name, 0))):
            sums[goal, ladder.get(name)] = sums.get((goal, ladder.get(name)), 0.0) + value
    sums["types", None] = float(facts.handed.select("need", "equipment").n_unique())
    for goal, priority, value, bound in facts.frame("goals").select("goal", "priority", "value", "bound").iter_rows():
        true = sums.get((goal, priority), 0.0)
        if not _alike(true, value):
            yield Finding("goals", f"{goal} of priority {priority} is {true:g}, not {value:g}.")
        if (bound - value if goal == "types" else value - bound) > CLOSE * max(1.0, abs(value)):
            yield Finding("goals", f"{goal} of priority {priority} is beyond its bound of {bound:g}.")


def stops_from_the_base(facts: Facts) -> Iterator[Finding]:
    """What a donor's stop is held against is what the formations reach; each donor with open pledges is there once."""
    last = facts.ends[-1]
    stood = facts.frame("readiness").filter((pl.col("day") == last) & pl.col("at_standard")).height
    for donor, formations in facts.frame("stops").select("donor", "formations").iter_rows():
        if formations != stood:
            yield Finding("stops", f"{donor!r} is held against {formations} formations at standard, but {stood} are.")
    if sorted(facts.frame("stops")["donor"].to_list()) != sorted(facts.frame("open")["donor"].unique().to_list()):
        yield Finding("stops", "The donors are not those whose pledges are open.")


def arrivals_from_open_pledges(facts: Facts) -> Iterator[Finding]:
    """What is allocated is open: of a pledge that counts, once, and no more than it still owes."""
    coming = facts.frame("expected_arrivals")
    for pledge in coming.filter(pl.col("pledge").is_duplicated())["pledge"].unique().sort().to_list():
        yield Finding("expected_arrivals", f"{pledge!r} arrives more than once.")
    ledger = facts.frame("ledger").filter("counted").select("pledge", pl.col("open").alias("owed"))
    rows = coming.join(ledger, on="pledge", how="left", maintain_order="left")
    for row in rows.filter(pl.col("owed").is_null() | (pl.col("quantity") > pl.col("owed"))).iter_rows(named=True):
        owed = "does not count" if row["owed"] is None else f"owes {row['owed']:,}"
        yield Finding("expected_arrivals", f"{row['quantity']:,} are to come of {row['pledge']!r}, which {owed}.")


def delivered_and_open_make_the_promise(facts: Facts) -> Iterator[Finding]:
    """Of each pledge that counts, delivered and open, less what came over, is what was promised."""
    rows = facts.frame("ledger").filter("counts_things")
    wrong = rows.filter(pl.col("delivered") + pl.col("open") - pl.col("over") != pl.col("promised"))
    for row in wrong.iter_rows(named=True):
        both = f"{row['delivered']} delivered and {row['open']} open"
        yield Finding("ledger", f"{row['pledge']!r}: {both} are not {row['promised']}.")
    money = facts.frame("ledger").filter("counts_money").with_columns(
        (pl.col("promised_eur_m") - pl.col("delivered_eur_m")).clip(lower_bound=0.0).alias("true"))  # fmt: skip
    for row in money.filter((pl.col("true") - pl.col("open_eur_m")).abs() > CLOSE).iter_rows(named=True):
        yield Finding("ledger", f"{row['pledge']!r}: {row['true']:g} million euro are open, not {row['open_eur_m']:g}.")


def each_delivery_once(facts: Facts) -> Iterator[Finding]:
    """Each delivery that is booked is one entry, each that was made is booked or says why not, and nothing else is there."""
    entries, booked = facts.frame("entries").filter(pl.col("side") == "delivery"), facts.frame("booked")
    known = facts.tables.deliveries.filter(pl.coalesce("date", "as_of") <= facts.status.as_of)
    for name in entries.filter(pl.col("delivery").is_duplicated())["delivery"].unique().sort().to_list():
        yield Finding("entries", f"{name!r} is credited more than once.")
    counted = set(booked.filter("counted")["delivery"])
    for name in sorted(counted ^ set(entries["delivery"])):
        yield Finding("entries", f"{name!r} is {'booked and no entry' if name in counted else 'an entry and not booked'}.")
    if sorted(booked["delivery"].to_list()) != sorted(known["delivery"].to_list()):
        yield Finding("booked", "The deliveries are not those that had come by the close of the books.")
    credited = entries.group_by("pledge").agg(pl.col("delivered").sum().alias("true"))
    rows = facts.frame("ledger").join(credited, on="pledge", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("true").fill_null(0))
    for row in rows.filter(pl.col("true") != pl.col("delivered")).iter_rows(named=True):
        yield Finding("ledger", f"{row['pledge']!r} is credited {row['true']:,}, not {row['delivered']:,}.")


def sums_agree(facts: Facts) -> Iterator[Finding]:
    """Sums by month, by pledge and of all entries are the same, in things and in money."""
    entries, ledger = facts.frame("entries"), facts.frame("ledger")
    for measure in ("promised", "delivered", "promised_eur_m", "delivered_eur_m"):
        true = float(entries[measure].sum())
        months = float(facts.frame("by_month")[measure].sum())
        if not _alike(true, months):
            yield Finding("by_month", f"{measure} comes to {months:,.6g}, but its entries to {true:,.6g}.")
        pledged = float(entries.filter(pl.col("pledge").is_not_null())[measure].sum())
        rows = float(ledger[measure].sum())
        if not _alike(pledged, rows):
            yield Finding("ledger", f"{measure} comes to {rows:,.6g}, but its entries to {pledged:,.6g}.")


IDENTITIES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    arrived_before_handed, within_needs, trained_on_time, kept_up, standards_told, gaps_told, goals_within_bounds,
    stops_from_the_base, arrivals_from_open_pledges, delivered_and_open_make_the_promise, each_delivery_once, sums_agree,
)  # fmt: skip
"""Every identity, in the order in which it is told."""


def _alike(first: float, second: float) -> bool:
    return abs(first - second) <= CLOSE * max(1.0, abs(first), abs(second))
