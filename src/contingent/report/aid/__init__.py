"""The aid to the host as people see it: a page, the same as PDF, a CSV for each frame, and a workbook for the meeting.

write_aid      page, PDF and tables, in one folder    contingent.report.aid.write
aid_html       the page alone                         contingent.report.html.aid

sentences      the answer in plain words
rows           numbers and words of the tables: promises, forecast, cover
brigades       numbers and words of what formations get and lack
charts         months, fans of arrivals, delays
workbook       the workbook                           contingent.report.aid.workbook
sheets         its sheets and columns
"""
