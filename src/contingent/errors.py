"""Errors that this package raises on purpose. Each carries what a user needs to mend the cause."""

from collections.abc import Iterable

from contingent.findings import Finding


class ContingentError(Exception):
    """Base of every error that the package raises on purpose."""


class BadScenario(ContingentError):
    """A scenario that cannot be planned. All its findings are carried at once.

    Parameters
    ----------
    place : str
        The folder, workbook or name that was read, as the user wrote it.
    findings : iterable of Finding
        What is wrong, in the order of tables and lines.
    """

    def __init__(self, place: str, findings: Iterable[Finding]) -> None:
        self.place = place
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} problem(s) in {place}")


class BadPlan(ContingentError):
    """A plan folder that cannot be read back."""

    def __init__(self, place: str, findings: Iterable[Finding]) -> None:
        self.place = place
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} problem(s) in {place}")


class UnknownName(ContingentError):
    """A name given on the command line or to a function that the scenario does not have."""


class SolverFailed(ContingentError):
    """The solver ended in a state that no plan can be read from. The status is in the message."""
