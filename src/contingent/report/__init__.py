"""What a plan looks like to people: one HTML file, one workbook, one summary in the terminal; several plans on one page.

Outputs read plans and never solve. Each is loaded when it is first asked for.

    write_briefing   ten slides, the same as PDF, or an article                    contingent.report.briefing
    write_aid        whether the host gets what was promised: a page, a PDF, tables    contingent.report.aid
    write_report     one self-contained HTML file that a journalist can read       contingent.report.html
    write_comparison plans side by side as one self-contained HTML file            contingent.report.html
    write_flows      what moves over each link in each week, as GeoJSON            contingent.report.geojson
    write_situation  how a ceasefire stands: a page, a PDF, GeoJSON and tables     contingent.report.situation
    write_workbook   the statement of requirements as an XLSX workbook             contingent.report.workbook
    print_summary    the plan on one screen of a terminal                          contingent.report.terminal
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.report.aid.write import write_aid
    from contingent.report.briefing import write_briefing
    from contingent.report.geojson import write_flows
    from contingent.report.html import write_comparison, write_report
    from contingent.report.situation.write import write_situation
    from contingent.report.terminal import print_summary
    from contingent.report.workbook import write_workbook

__all__ = [
    "print_summary", "write_aid", "write_briefing", "write_comparison", "write_flows", "write_report", "write_situation",
    "write_workbook",
]  # fmt: skip

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "aid.write": ("write_aid",),
        "briefing": ("write_briefing",),
        "geojson": ("write_flows",),
        "html": ("write_comparison", "write_report"),
        "situation.write": ("write_situation",),
        "terminal": ("print_summary",),
        "workbook": ("write_workbook",),
    },
)
