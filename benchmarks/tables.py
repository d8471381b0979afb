"""The tables of a benchmark run, in Markdown."""

from instances import SIZES
from measuring import Run

NAMES = {
    "contingent": "Contingent",
    "greedy": "greedy (spreadsheet)",
    "highs_counted": "HiGHS, counted units, from MPS (floor)",
    "highs_named": "HiGHS, named units",
    "cpsat_counted": "CP-SAT, counted units",
    "cpsat_named": "CP-SAT, named units",
}


def beside(run: Run, ours: Run) -> str:
    """Return the first priority at which a rival differs from us, lower ones being worth nothing against it."""
    if run is ours:
        return ""
    if not run.found:
        return "no plan"
    for level in sorted(ours.unfilled):
        more = run.unfilled[level] - ours.unfilled[level]
        if abs(more) > 1e-6 * max(1.0, ours.required[level]):
            return f"{more:+,.0f} unfilled at priority {level}"
    return "alike"


def number(value: float | None, form: str = ",.0f") -> str:
    """Return a figure for a cell; an absent one is a dash."""
    return "-" if value is None else format(value, form)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def value_at(run: Run, moment: float) -> float | None:
    """Return the weighted fill of the best plan that a solver had at a moment."""
    if run.values:
        had = [unfilled for second, unfilled in run.values if second <= moment]
        return run.required_weighted - had[-1] if had and run.required else None
    return run.weighted_fill if run.seconds <= moment else None


def report(size: str, runs: list[Run]) -> str:
    """Return the tables of one size."""
    by_limit = sorted((run for run in runs if run.planner == "contingent"), key=lambda run: run.limit)
    ours, first = by_limit[-1], by_limit[0]
    greedy = next(run for run in runs if run.planner == "greedy")
    others = [run for run in runs if run.planner != "contingent"]
    given = SIZES[size]
    required = " / ".join(f"{days:,}" for _, days in sorted(greedy.required.items()))
    pool = f"{given.nations} nations, {given.units:,} units, {given.lines:,} lines"
    text = [
        f"## {size}: {pool}, {given.periods} periods of {given.period_days} days",
        f"Unit-days asked for, by priority: {required}; weighted: {greedy.required_weighted:,.0f}.",
    ]
    levels = sorted(greedy.required)
    rows = [
        [
            NAMES[run.planner], number(run.seconds, ".1f"),
            *(number(run.unfilled[level]) if run.found else "-" for level in levels),
            number(run.weighted_fill), number(_ratio(run, greedy), ".4f"), number(run.gap, ".2%"), number(run.peak_mib),
            beside(run, ours), f"{run.status}; BREAKS RULES: {'; '.join(run.broken[:3])}" if run.broken else run.status,
        ]
        for run in (ours, *others)
    ]
    head = [
        "planner", "seconds", *(f"unfilled, priority {level}" for level in levels), "weighted fill", "x greedy",
        "gap to own bound", "peak [MiB]", "beside Contingent", "status",
    ]
    text.append(table(head, rows))
    moments = [run.limit for run in by_limit]
    over_time = [["Contingent, run anew with this limit", *(number(run.weighted_fill) for run in by_limit)]]
    over_time.append(["... took [s]", *(number(run.seconds, ".1f") for run in by_limit)])
    over_time += [[NAMES[run.planner], *(number(value_at(run, moment)) for moment in moments)] for run in others]
    text.append("Weighted fill over time:")
    text.append(table(["planner", *(f"{moment:g} s" for moment in moments)], over_time))
    compared = number(_ratio(first, greedy), ".4f")
    text.append(f"First plan of Contingent after {first.seconds:.2f} s, {compared} times greedy's weighted fill.")
    if ours.goals:
        goals = [
            [
                goal["name"], number(goal["value"], ",.6g"), number(goal["bound"], ",.6g"), number(goal["seconds"], ".1f"),
                goal["status"], goal["method"],
            ]
            for goal in ours.goals
        ]
        text += ["Goals of Contingent, in order:", table(["goal", "value", "bound", "seconds", "status", "method"], goals)]
    return "\n\n".join(text)


def _ratio(run: Run, greedy: Run) -> float | None:
    if run.weighted_fill is None or not greedy.weighted_fill:
        return None
    return run.weighted_fill / greedy.weighted_fill
