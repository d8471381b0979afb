"""What a shell may offer to complete: scenarios, plans and tables by name. Files and folders the shell offers by itself.

Nothing is read but names of files, so that a key pressed is answered at once.
"""

from pathlib import Path

from contingent.cli.places import PLANS

BUNDLED = Path(__file__).parents[1] / "scenarios"
"""Where the scenarios lie that the package brings along."""


def scenarios(incomplete: str) -> list[str]:
    """Return bundled scenarios, and scenarios in the folder that one stands in, that begin as what is written.

    >>> scenarios("reas")
    ['reassurance']
    """
    bundled = {path.parent.name for path in BUNDLED.glob("*/scenario.toml")}
    here = {path.parent.name for path in Path().glob("*/scenario.toml")} | {path.name for path in Path().glob("*.xlsx")}
    return sorted(name for name in bundled | here if name.startswith(incomplete))


def plans(incomplete: str) -> list[str]:
    """Return folders of plans, under ``plans`` and in the folder that one stands in, that begin as what is written."""
    found = {path.parent.as_posix() for pattern in ("*/plan.json", f"{PLANS}/*/plan.json") for path in Path().glob(pattern)}
    return sorted(name for name in found if name.startswith(incomplete))


def plans_and_scenarios(incomplete: str) -> list[str]:
    """Return plans first, then scenarios."""
    return plans(incomplete) + scenarios(incomplete)


def tables(incomplete: str) -> list[str]:
    """Return tables of a scenario that begin as what is written.

    >>> tables("off")
    ['offers']
    """
    return sorted({path.stem for path in BUNDLED.glob("*/*.csv") if path.stem.startswith(incomplete)})
