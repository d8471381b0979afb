"""Watching a ceasefire: incidents from many sources, and what they say about the line."""
