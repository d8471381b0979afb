"""Build the site: ``python -m documentation [--out FOLDER] [--without-notebooks]``."""

import argparse
import sys
from pathlib import Path

from documentation.build import build
from documentation.links import faults


def main() -> int:
    """Build the site, look whether all that it refers to is there, and say where it is."""
    given = argparse.ArgumentParser(prog="python -m documentation", description="Build the documentation as a site.")
    given.add_argument(
        "--out", type=Path, default=Path("out/documentation"), help="folder to build in; the site is its folder `site`"
    )
    given.add_argument("--without-notebooks", action="store_true", help="leave the notebooks out, which takes a minute less")
    arguments = given.parse_args()
    site = build(arguments.out, with_notebooks=not arguments.without_notebooks)
    found = list(faults(site))
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"{site}/index.html")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
