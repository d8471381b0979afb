"""The command line: a shell over the public functions. It owns no logic; each command is the twin of a function.

app       the commands and what they are called with, with those of doubt, way, watch, aid, serve and db
given     arguments and options that several commands share
completing   what a shell completes
plan_given   the plan that a command is about: one that was made, or one that is made now
wrong_call   a call that makes no sense, told as all else is told
endings   how a command ends: exit codes, and every error told without a traceback
screen    what is written where: results to standard output, all else to standard error
tables    frames as tables on a screen
wait      something to look at while a command takes longer than a second
planning, scenarios, results     the commands, by what they are about
"""

from contingent.cli.app import main

__all__ = ["main"]
