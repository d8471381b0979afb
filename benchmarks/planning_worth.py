"""What planning is worth: units needed to hold posts without a hole, drawn for docs/simulation.md.

``python benchmarks/planning_worth.py docs/images/planning-worth.svg``. One unit type, tours of 365 days, 45 of them handover, two
days at home for each away; six years. Dispatch sends whoever has been at home longest on the day on which a post is empty.
"""

import sys
from dataclasses import dataclass
from datetime import date

import altair as alt
import polars as pl

from contingent.model.chance import Cycle, Policy
from contingent.model.rows import Capability, Defaults, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.simulation import Risk, SimulationOptions, simulate

TOUR, HANDOVER, RATIO, HORIZON, STEP = 365, 45, 2, 2190, 32
MOST_POSTS = 10
SHOWN = 1825
WINDOW = (
    Cycle(cycle="lapses", step=1, state="reset", days=182), Cycle(cycle="lapses", step=2, state="train", days=548),
    Cycle(cycle="lapses", step=3, state="ready", days=365),
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A way of holding posts."""

    name: str
    staggered: bool
    lapses: bool = False
    planned: bool = False


WAYS = (
    Way("dispatch; units at any point of their cycle, ready for a year, then trained anew", staggered=False, lapses=True),
    Way("dispatch; all posts open on one day, units stay ready", staggered=False),
    Way("plan; posts open one after the other", staggered=True, planned=True),
)


def world(way: Way, *, units: int, posts: int) -> Scenario:
    """So many like units, and so many posts."""
    lines = tuple(
        Requirement(line=f"P{post}", capability="guarding", quantity=1, from_day=STEP * post if way.staggered else 0)
        for post in range(posts))  # fmt: skip
    offer = Offer(
        offer="A", nation="AAA", unit_type="guard", quantity=units, tour_days=TOUR, dwell_ratio=RATIO, handover_days=HANDOVER)
    return Scenario(
        settings=Settings(
            title="posts", start_date=date(2027, 1, 1), horizon_days=HORIZON, period_days=STEP,
            defaults=Defaults(tour_days=TOUR),
        ),
        nations=(Nation(nation="AAA", name="A"),), offers=(offer,), requirements=lines,
        unit_types=(UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100),),
        capabilities=(Capability(capability="guarding", unit_type="guard", effectiveness=1),),
        cycles=WINDOW if way.lapses else (), policies=(Policy(policy="p", cycle="lapses"),) if way.lapses else (),
    )  # fmt: skip


def played(way: Way, *, units: int, posts: int) -> Risk:
    """What comes about, nothing left to chance."""
    scenario = world(way, units=units, posts=posts)
    plan = make_plan(scenario, PlanOptions(replications=0, remedies=False)) if way.planned else None
    start = "spread" if way.lapses else "fresh"
    asked = SimulationOptions(replications=1, engine="here", dispatch="longest_dwell", start=start)
    return simulate(scenario, plan, asked)


def needed(way: Way, posts: int) -> int:
    """The fewest units that hold the posts without a hole."""
    units = -(-posts * TOUR * (1 + RATIO) // (TOUR - HANDOVER))
    while not (played(way, units=units, posts=posts).risk_lines["mean"] == 1).all():
        units += 1
    return units


def main() -> None:
    """Work out how many are needed, and draw it."""
    rows = [(way.name, posts, needed(way, posts)) for way in WAYS for posts in range(1, MOST_POSTS + 1)]
    for name, posts, units in rows:
        print(f"{posts:3} posts {units:3} units  {name}")
    most = {name: units for name, posts, units in rows if posts == MOST_POSTS}
    units_of_plan = most[WAYS[-1].name]
    over_time = []
    for way in WAYS:
        fill = played(way, units=units_of_plan, posts=MOST_POSTS).risk_fill.filter(pl.col("line").is_null())
        for row in fill.filter(pl.col("from_day") < SHOWN).iter_rows(named=True):
            days = row["until_day"] - row["from_day"]
            over_time.append({"way": way.name, "year": row["from_day"] / 365, "held": row["mean"] * row["required"] / days})
    colour = alt.Color(
        "way:N", sort=[way.name for way in WAYS], title=None,
        scale=alt.Scale(domain=[way.name for way in WAYS], range=["#9a3324", "#c98a1b", "#1f4e79"]),
        legend=alt.Legend(orient="bottom", direction="vertical", labelLimit=0, symbolType="stroke", symbolStrokeWidth=3),
    )
    left = alt.Chart(pl.DataFrame(rows, schema=["way", "posts", "units"], orient="row")).mark_line(point=True).encode(
        x=alt.X("posts:O", title="posts held without a hole", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("units:Q", title="units needed"),
        color=colour, strokeDash=alt.StrokeDash("way:N", sort=[way.name for way in WAYS], legend=None),
    ).properties(width=300, height=260)  # fmt: skip
    right = alt.Chart(pl.DataFrame(over_time)).mark_line(interpolate="step-after").encode(
        x=alt.X("year:Q", title="years"), y=alt.Y("held:Q", title=f"posts held by {units_of_plan} units"),
        color=colour, strokeDash=alt.StrokeDash("way:N", sort=[way.name for way in WAYS], legend=None),
    ).properties(width=420, height=260)  # fmt: skip
    (left | right).configure(font="sans-serif").configure_view(stroke=None).save(sys.argv[1])


if __name__ == "__main__":
    main()
