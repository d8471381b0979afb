"""How tests call the command line, and what comes back."""

from collections.abc import Callable
from typing import NamedTuple


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]
