"""The command line: a shell over the public functions. It owns no logic; each command is the twin of a function.

app, way  the commands and what they are called with
endings   how a command ends: exit codes, and every error told without a traceback
screen    what is written where: results to standard output, all else to standard error
tables    frames as tables on a screen
wait      something to look at while a command takes longer than a second
planning, scenarios, results     the commands, by what they are about
"""

import contingent.cli.way  # noqa: F401 (declares its commands)
from contingent.cli.app import main

__all__ = ["main"]
