"""OR-Tools must never be loaded into the process of the tests, not even to look for doctests: see `apart`."""

collect_ignore = ["cpsat.py"]
