"""Lengths, areas and ways on the ground. It knows no troops.

shapes    lengths and areas of what is drawn, on the ellipsoid
roads     hours by road from place to place
"""
