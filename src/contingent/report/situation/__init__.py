"""A situation report: what an editor would print, what a map program opens, what a spreadsheet reads.

write_situation   all of it, in one folder          contingent.report.situation.write
situation_html    the page alone                    contingent.report.html.situation

rows      numbers and words that page and terminal share
charts    weeks by sector
layers    incidents and sectors as GeoJSON
pdf       the page printed by a browser that is there
"""
