"""What a sum of money holds, recomputed: posts add up to what is held, what is held to its cost, and no cost goes beyond the sum.

A plan that was asked for no budget promises nothing of it. That no other choice fills more needs a proof, as every bound does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from contingent.findings import Finding
from contingent.plan.verify.facts import TOLERANCE, Facts, line_of_file, same, told

LEVELS, FILL, POSTS = "budget_levels.csv", "budget_fill.csv", "budget_posts.csv"
HELD = {"low": "held_low", "likely": "held", "high": "held_high"}
"""Column of the posts that says what is held at each price."""

Row = dict[str, Any]


def posts_come_one_by_one(facts: Facts) -> Iterator[Finding]:
    """Posts are of lines that there are, and what they take and give adds up step by step."""
    rows, priorities = facts.plan.budget_posts.to_dicts(), {row.line: row.priority for row in facts.scenario.requirements}
    if not rows:
        return
    money = list(accumulate((row["value"] for row in rows), initial=_fixed(facts, rows)))[1:]
    people = list(accumulate(row["people"] for row in rows))
    for number, row in enumerate(rows):
        place = line_of_file(number)
        if row["step"] != number + 1:
            yield Finding(POSTS, f"step {row['step']} stands on the line of step {number + 1}", place, "step")
        if priorities.get(row["line"]) != row["priority"]:
            what = f"'{row['line']}' is no line of priority {row['priority']}"
            yield Finding(POSTS, what, place, "line")
        for column, found in (("budget", money[number]), ("people_held", people[number])):
            if not same(row[column], found):
                yield Finding(POSTS, f"up to here it comes to {told(found)}, not {told(row[column])}", place, column)
        if not row["low"] - _slack(row["value"]) <= row["value"] <= row["high"] + _slack(row["value"]):
            what = f"{told(row['value'])} does not lie between {told(row['low'])} and {told(row['high'])}"
            yield Finding(POSTS, what, place, "value")


def held_for_the_budget(facts: Facts) -> Iterator[Finding]:
    """What is held costs no more than there is, and is what the posts that are marked come to."""
    posts = facts.plan.budget_posts.to_dicts()
    for number, row in enumerate(facts.plan.budget_levels.iter_rows(named=True)):
        place, mine = line_of_file(number), [post for post in posts if post[HELD[row["prices"]]]]
        if mine and row["cost"] > row["budget"] + _slack(row["budget"]):
            yield Finding(LEVELS, f"{told(row['cost'])} is more than there is, {told(row['budget'])}", place, "cost")
        true: Row = {
            "posts": len(posts), "posts_held": len(mine), "people_planned": sum(post["people"] for post in posts),
            "people": sum(post["people"] for post in mine),
        }  # fmt: skip
        if row["prices"] == "likely":
            true |= {"cost": row["fixed"] + sum(post["value"] for post in mine), "value": row["cost"]}
        for column, found in true.items():
            if not same(row[column], found):
                yield Finding(LEVELS, f"the posts held come to {told(found)}, not {told(row[column])}", place, column)


def filled_for_the_budget(facts: Facts) -> Iterator[Finding]:
    """What is filled is no more than the plan fills and than the bound; the plan's own fill is that of its goals."""
    asked = facts.plan.provenance.get("budget") or {}
    is_whole = asked.get("year") is None and asked.get("nation") is None
    by_posts: dict[int, float] = defaultdict(float)
    for row in facts.plan.budget_posts.iter_rows(named=True):
        by_posts[row["priority"]] += row["unit_days"]
    for number, row in enumerate(facts.plan.budget_fill.iter_rows(named=True)):
        place, priority = line_of_file(number), row["priority"]
        for column in ("planned", "bound"):
            if row["held"] > row[column] + _slack(row[column]):
                yield Finding(FILL, f"{told(row['held'])} are held, {column} are {told(row[column])}", place, "held")
        if not same(row["planned"], by_posts[priority]):
            what = f"the posts of priority {priority} fill {told(by_posts[priority])}, not {told(row['planned'])}"
            yield Finding(FILL, what, place, "planned")
        if is_whole:
            sums = (("required", facts.plan.required_unit_days), ("planned", facts.plan.filled_unit_days))
            for column, found in ((column, by_priority.get(priority, 0.0)) for column, by_priority in sums):
                if not same(row[column], found):
                    what = f"of priority {priority} the plan has {told(found)}, not {told(row[column])}"
                    yield Finding(FILL, what, place, column)


def _fixed(facts: Facts, posts: list[Row]) -> float:
    """What belongs to no post, at likely prices; where no budget was named, what the first step says."""
    for row in facts.plan.budget_levels.iter_rows(named=True):
        if row["prices"] == "likely":
            return float(row["fixed"])
    return float(posts[0]["budget"] - posts[0]["value"])


def _slack(number: float) -> float:
    return TOLERANCE * max(1.0, abs(number))


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (posts_come_one_by_one, held_for_the_budget, filled_for_the_budget)
