"""Lengths, areas and ways on the ground. It knows no troops.

shapes    lengths and areas of what is drawn, on the ellipsoid
parts     polygons from corners, and a polygon cut in two
roads     hours by road from place to place
"""
