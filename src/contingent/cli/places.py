"""Where things are written if no folder is named."""

from pathlib import Path

PLANS = Path("plans")
"""Folder of plans."""
