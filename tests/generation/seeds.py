"""Random cases by number: the first few in every run, the rest where there is time for them."""

import pytest


def seeds(quick: int, *, of: int) -> list[object]:
    """Numbers from 0, those from `quick` on only in `make test-all`."""
    return [pytest.param(seed, marks=() if seed < quick else pytest.mark.slow) for seed in range(of)]
