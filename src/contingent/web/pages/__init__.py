"""The pages, in the order of the navigation."""

from fastapi import APIRouter


def routers() -> tuple[APIRouter, ...]:
    """Return the router of each page."""
    return ()
