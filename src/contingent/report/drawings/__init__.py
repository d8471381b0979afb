"""Drawings of this field as SVG, made by plain Python: the strips of the fill matrix and the rotation calendar, bars.

Each drawing is one strip that stands in the cell of a table; the table around it gives names, figures and order to
those who read without seeing.
"""
