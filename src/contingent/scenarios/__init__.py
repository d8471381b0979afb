"""Scenarios that ship inside the package.

tiny                          solved by hand in the tutorial
reassurance                   the reference
unifil-2006, interfet-1999    past missions, planned from what was known beforehand
doctrine, missions            what others are laid over, and past missions as mandates to be sized
"""
