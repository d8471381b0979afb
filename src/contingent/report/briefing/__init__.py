"""What a plan says for people who decide: ten pages as slides or PDF, and an article. Reads a plan and decides nothing.

    write      a file, by the ending of its name
    deck       the ten pages in their order
    opening    headline, force                  people     ORBAT, gaps, rotation
    means      movement, supply, cost           judgement  risk, sources
    parts      what a page is made of: words, boxes, tables, charts, symbols
    frame      what stands on every page
    drawing, pdf               parts drawn as SVG, and pages bound as PDF
    powerpoint, outlines       parts as native shapes, tables and charts
    article    Markdown, with pictures beside

The pages are values before they are drawn: both writers draw the same parts at the same places and add nothing.
"""

from contingent.report.briefing.write import KINDS, UnknownKind, write_briefing

__all__ = ["KINDS", "UnknownKind", "write_briefing"]
