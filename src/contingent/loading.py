"""Names of a package that are loaded when they are first used, so that the package itself loads at once.

A package that hands on names of its modules writes them thrice: as imports under ``TYPE_CHECKING``, from which editors and type
checkers know them; as ``__all__``; and by module, for the program. A rule of the house holds the three together.

    __getattr__, __dir__ = on_first_use(__name__, {"plan_folder": ("read_plan", "write_plan")})
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def on_first_use(package: str, homes: Mapping[str, tuple[str, ...]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and the ``__dir__`` of a package whose public names stand in its modules.

    Parameters
    ----------
    package : str
        The package's own name, ``__name__``.
    homes : mapping of str to tuple of str
        The names that stand in each module. Modules are named from the package: ``plan.verify`` of ``contingent`` is
        ``contingent.plan.verify``.
    """
    module_of = {name: f"{package}.{home}" for home, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        value = getattr(import_module(module_of[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted(vars(sys.modules[package])["__all__"])

    return load, listed


class _Callable(ModuleType):
    """A package that is called as the function of its own name."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return vars(self)[self.__name__.rpartition(".")[2]](*arguments, **named)


def call_as_function(package: str) -> None:
    """Let a package be called as the function of its own name, which it holds.

    The face has both ``contingent.stress``, the function, and ``contingent.stress``, the package. Whichever was loaded first,
    ``contingent.stress(...)`` works.

    Parameters
    ----------
    package : str
        The package's own name, ``__name__``.
    """
    sys.modules[package].__class__ = _Callable
