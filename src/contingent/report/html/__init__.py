"""The report: one self-contained HTML file that a journalist can read and a general can be shown.

It holds its own style and pictures, asks nothing of any network, needs no script, and prints.

    report.py      the page is put together, with its policy, and written
    answer.py      what stands first: key numbers, options side by side, what stays empty, the goals
    mandate.py    where the size comes from: tasks and factors, what moves the total, past missions
    force.py      what it makes: who stands under whom, who reaches what, whether it is enough
    over_time.py   what runs over time: charts, fill matrix, rotation calendar
    evidence.py    what it rests on: burden, offers, gaps, assumptions, sources
    templates/     the page and its style
"""

from contingent.report.html.report import report_html, write_report

__all__ = ["report_html", "write_report"]
