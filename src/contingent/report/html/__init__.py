"""The report: one self-contained HTML file that a journalist can read and a general can be shown.

It holds its own style and pictures, asks nothing of any network, needs no script, and prints. Only its map of flows has one.

    report.py      the page is put together, with its policy, and written
    answer.py      what stands first: key numbers, options side by side, what stays empty, the goals
    mandate.py     where the size comes from: tasks and factors, what moves the total, past missions
    force.py      what it makes: who stands under whom, who reaches what, whether it is enough
    host.py        the host's army beside it: equipped by when, what is missing, both together
    getting.py     how the force gets there: closure, who is late, how full the ways are, the map of flows
    living.py      what it lives on: use, stocks, what runs out, what hurts when it is closed
    paying.py      what it costs: by year and item, who pays under each scheme, published figures
    affording.py   what of it can be held for a sum of money, what goes first
    lasts.py       whether it can last: what becomes of it under chance
    breaks.py      what breaks it: without whom the force keeps how much
    sustained.py   how much could be sustained, and what has been said about it
    over_time.py   what runs over time: charts, fill matrix, rotation calendar
    evidence.py    what it rests on: burden, offers, gaps, assumptions, sources
    aid.py         the aid to the host, a page of its own
    situation.py   how a ceasefire stands, a page of its own
    side_by_side.py  several plans on one page
    templates/     the page and its style
"""

from contingent.report.html.report import report_html, write_report
from contingent.report.html.side_by_side import comparison_html, write_comparison

__all__ = ["comparison_html", "report_html", "write_comparison", "write_report"]
