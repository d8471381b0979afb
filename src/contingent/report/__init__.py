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

from importlib import import_module
from typing import Any

_HOMES = {
    "print_summary": "contingent.report.terminal",
    "write_aid": "contingent.report.aid.write",
    "write_briefing": "contingent.report.briefing",
    "write_comparison": "contingent.report.html",
    "write_flows": "contingent.report.geojson",
    "write_report": "contingent.report.html",
    "write_situation": "contingent.report.situation.write",
    "write_workbook": "contingent.report.workbook",
}

__all__ = [
    "print_summary", "write_aid", "write_briefing", "write_comparison", "write_flows", "write_report", "write_situation",
    "write_workbook",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load an output when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'contingent.report' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
