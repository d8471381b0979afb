"""Errors that this package raises on purpose. Each carries what a user needs to mend the cause."""

from collections.abc import Iterable
from typing import Any

from contingent.findings import Finding


class ContingentError(Exception):
    """Base of every error that the package raises on purpose."""


class BadInput(ContingentError):
    """What was read and cannot be used. All its findings are carried at once.

    Parameters
    ----------
    place : str
        The folder, workbook, file or name that was read, as the user wrote it.
    findings : iterable of Finding
        What is wrong, in the order of tables and lines.
    """

    def __init__(self, place: str, findings: Iterable[Finding]) -> None:
        self.place = place
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} problem(s) in {place}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.place, self.findings), self.__dict__


class BadScenario(BadInput):
    """A scenario that cannot be planned."""


class BadPlan(BadInput):
    """A plan folder that cannot be read back."""


class BadIncidents(BadInput):
    """A file of incidents that cannot be read."""


class BadTracker(BadInput):
    """A workbook of the Ukraine Support Tracker that cannot be read."""


class UnknownName(ContingentError):
    """A name given on the command line or to a function that the scenario does not have."""


class SolverFailed(ContingentError):
    """The solver ended in a state that no plan can be read from. The status is in the message."""


class EngineUnusable(ContingentError):
    """An engine that cannot run anything: no scheduler answers, a package is missing, or the machines run different programs."""


class WorkerLost(ContingentError):
    """A piece of a job whose worker died each time that it was tried. The message names the piece."""


class JournalUnusable(ContingentError):
    """A journal of finished pieces that cannot be written."""
