"""Deal counted tours to named units: interval colouring, exact because all tours of one offer are equally long."""

from typing import Any

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem


def deal_tours(problem: Problem, counts: Counts) -> list[dict[str, Any]]:
    """Return one row a tour, with the unit that makes it, in the order of offer, start and line.

    The tours of an offer are given, in the order of their start, to unit 1, 2, ... quantity in turn. No unit gets two at a
    time: were tour i + quantity to begin before tour i is over with its dwell, all quantity + 1 tours from i on would
    overlap, which the rotation base forbids. And no unit makes more tours than the next, so `max_tours` is kept.

    Returns
    -------
    list of dict
        Rows of the plan's frame ``tours``.
    """
    arc_offer = problem.arc_offer
    by_offer: dict[int, list[tuple[int, int]]] = {}
    for (arc, start), count in sorted(counts.items(), key=lambda item: (item[0][1], item[0][0])):
        by_offer.setdefault(int(arc_offer[arc]), []).extend([(start, arc)] * count)
    pinned = {(int(arc), int(start)): int(quantity) for arc, start, quantity in problem.pins}
    rows = []
    for k, tours in sorted(by_offer.items()):
        quantity = int(problem.offer_quantity[k])
        for turn, (start, arc) in enumerate(tours):
            is_pinned = pinned.get((arc, start), 0) > 0
            if is_pinned:
                pinned[arc, start] -= 1
            rows.append(_tour(problem, k, arc, start, number=turn % quantity + 1, pinned=is_pinned))
    return rows


def _tour(problem: Problem, k: int, arc: int, start: int, *, number: int, pinned: bool) -> dict[str, Any]:
    """One row of the frame ``tours``."""
    offer, terms, line = problem.offers[k], problem.terms[k], problem.lines[problem.arc_line[arc]]
    from_day = int(problem.start_day[start])
    width = len(str(offer.quantity))
    return {
        "unit": f"{offer.offer}#{number:0{width}d}",
        "offer": offer.offer,
        "nation": offer.nation,
        "unit_type": offer.unit_type,
        "capability": line.capability,
        "line": line.line,
        "location": line.location,
        "from_day": from_day,
        "until_day": from_day + terms.tour_days,
        "serves_until_day": from_day + terms.serving_days,
        "rested_day": from_day + terms.cycle_days,
        "people": terms.personnel,
        "effectiveness": float(problem.arc_effectiveness[arc]),
        "pinned": pinned,
        "confidence": offer.confidence,
    }
