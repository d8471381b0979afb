"""From files of incidents to the one frame: what each format means is told at the head of its module.

read      which format a file is in, and one call that reads it
cells     a CSV or Parquet file as cells of text, each with its line
values    cells of text as times, numbers and words; what cannot be read is set aside with a reason
times     dates and times in the forms that people write
own, acled, ucdp, viina, daily_counts    one format each
"""
