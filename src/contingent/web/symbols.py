"""Symbols beside names: drawn once each, by one thread alone, since the engine that draws them takes some 50 MB a thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from markupsafe import Markup

from contingent.model.rules import reference_type
from contingent.model.scenario import Scenario
from contingent.report.symbols import symbol_svg

T = TypeVar("T")

SIZE = 15.0
"""Size of a symbol in a table. [px]"""

_DRAWER = ThreadPoolExecutor(1, thread_name_prefix="symbols")


@lru_cache(maxsize=2048)
def drawn(code: str, *, size: float = SIZE, is_planned: bool = False) -> Markup:
    """Return the symbol of a code as it stands in a page, as decoration: its name stands beside it."""
    svg = _DRAWER.submit(symbol_svg, code, size=size, is_planned=is_planned).result()
    return Markup(svg.replace("<svg ", '<svg class="symbol" aria-hidden="true" ', 1))  # noqa: S704 (our own drawing of a checked code)


def of_unit_type(scenario: Scenario, unit_type: str) -> Markup:
    """Return the symbol of a kind of unit; nothing where it has none."""
    row = scenario.unit_type_by_name.get(unit_type)
    return drawn(row.symbol) if row is not None and row.symbol else Markup()


def of_capability(scenario: Scenario, capability: str) -> Markup:
    """Return the symbol of the kind of unit that a capability is measured by; nothing where it has none."""
    row = reference_type(scenario, capability)
    return drawn(row.symbol) if row is not None and row.symbol else Markup()


def by_drawer(make: Callable[[], T]) -> T:
    """Return what a drawing of many symbols makes, made by the one thread that draws them."""
    return _DRAWER.submit(make).result()
