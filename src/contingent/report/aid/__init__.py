"""The aid to the host as people see it: a page, and a workbook for the meeting.

workbook   the workbook            contingent.report.aid.workbook
sheets     its sheets and columns
"""
