"""Scenarios that ship inside the package: `tiny`, solved by hand in the tutorial, and `reassurance`, the reference."""
