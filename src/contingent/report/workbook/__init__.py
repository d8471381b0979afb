"""The statement of requirements as an XLSX workbook, for those who generate the force.

    mandate      from the mandate to the requirement, what it     Mandate, Factors, Missions, Structure, Adequacy
                 makes, and whether it is enough
    summary      the answer, the goals, fill by month           Summary
    matrix       lines by months, and who holds them            CJSOR, Holders
    gaps         what is missing, why, and what would mend it   Gaps, Remedies, Worth, Unused offers
    way          how it gets there, what it lives on, costs        Movement, Supply, Cost
    outlook      what chance does, what breaks it, how much       Risk, Stress, Ceiling
                 could be sustained
    nations      who carries how much                           Nations, Nation x line
    rotation     who goes when                                  Rotation, Tours
    about        what it rests on, how to read it               Sources, About
    book         safe text, formats, tables, printing
    brief        the plan held against the calendar

A sheet is a function from a `Brief` to cells; this module is their order. The page "Outputs" of the manual says what each holds.
"""

from pathlib import Path

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.words import option_title
from contingent.report.workbook.about import ABOUT, SOURCES, about_sheet, sources_sheet
from contingent.report.workbook.book import Book, Page
from contingent.report.workbook.brief import make_brief
from contingent.report.workbook.gaps import GAPS, REMEDIES, UNUSED, WORTH, gaps_sheet, remedies_sheet, unused_sheet, worth_sheet
from contingent.report.workbook.mandate import (
    ADEQUACY,
    FACTORS,
    MANDATE,
    MISSIONS,
    STRUCTURE,
    adequacy_sheet,
    factors_sheet,
    mandate_sheet,
    missions_sheet,
    structure_sheet,
)
from contingent.report.workbook.matrix import AFTER_MONTHS, CJSOR, HOLDERS, cjsor_sheet, holders_sheet
from contingent.report.workbook.nations import BY_LINE, NATIONS, by_line_sheet, nations_sheet
from contingent.report.workbook.outlook import CEILING, RISK, STRESS, ceiling_sheet, risk_sheet, stress_sheet
from contingent.report.workbook.rotation import ROTATION, TOURS, rotation_sheet, tours_sheet
from contingent.report.workbook.summary import BY_MONTH, GOALS, SUMMARY, summary_sheet
from contingent.report.workbook.way import COST, MOVEMENT, SUPPLY, cost_sheet, movement_sheet, supply_sheet

__all__ = ["PAGES", "write_workbook"]

PAGES: tuple[Page, ...] = (
    Page(SUMMARY.name, SUMMARY.says, (*SUMMARY.columns, *GOALS, *BY_MONTH)),
    MANDATE,
    FACTORS,
    MISSIONS,
    Page(CJSOR.name, CJSOR.says, (*CJSOR.columns, *AFTER_MONTHS)),
    HOLDERS,
    GAPS,
    STRUCTURE,
    ADEQUACY,
    MOVEMENT,
    SUPPLY,
    COST,
    RISK,
    STRESS,
    CEILING,
    NATIONS,
    BY_LINE,
    ROTATION,
    TOURS,
    UNUSED,
    REMEDIES,
    WORTH,
    SOURCES,
    ABOUT,
)
"""Every sheet in order, with all its columns but the months'; the glossary and the manual are held against it.

Sheets of the modules `mandate`, `way` and `outlook` are left out where the plan says nothing of them.
"""


def write_workbook(scenario: Scenario, plan: Plan, path: Path | str) -> Path:
    """Write the plan as an XLSX workbook: the statement of requirements by month, and everything behind it.

    Parameters
    ----------
    scenario : Scenario
        The scenario that was planned, with its offers derived.
    plan : Plan
        A plan of it.
    path : path
        File to write; its folder must be there.

    Returns
    -------
    Path
        The file. The same scenario and plan give the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written, for example because a spreadsheet program has it open.
    """
    brief = make_brief(scenario, plan)
    book = Book(
        title=plan.title, subtitle=option_title(scenario, plan.option), marking=plan.marking, created=scenario.settings.start_date
    )
    for write in (
        summary_sheet,
        mandate_sheet,
        factors_sheet,
        missions_sheet,
        cjsor_sheet,
        holders_sheet,
        gaps_sheet,
        structure_sheet,
        adequacy_sheet,
        movement_sheet,
        supply_sheet,
        cost_sheet,
        risk_sheet,
        stress_sheet,
        ceiling_sheet,
        nations_sheet,
        by_line_sheet,
        rotation_sheet,
        tours_sheet,
        unused_sheet,
        remedies_sheet,
        worth_sheet,
        sources_sheet,
    ):
        write(book, brief)
    about_sheet(book, brief, [page for page in PAGES if page is ABOUT or page.name in book.sheet_names])
    file = Path(path)
    file.write_bytes(book.contents())
    return file
