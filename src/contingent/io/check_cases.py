"""What is wrong with cases in themselves, with the line of each."""

from collections.abc import Iterable

from contingent.io.check_names import rows_of
from contingent.io.collected import Collected
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.model.cases import faults_of_case
from contingent.model.chance import Case


def cases_can_happen(layer: Layer, findings: Collected) -> None:
    """Every case says what its kind needs, and nothing that its kind does not read."""
    cases_say_enough(rows_of(layer, "cases"), findings)


def cases_say_enough(rows: Iterable[Placed], findings: Collected) -> None:
    """Add a finding for each thing that is wrong with a case in itself."""
    for placed in rows:
        if isinstance(placed.row, Case):
            for column, what, maybe in faults_of_case(placed.row):
                findings.add("case", placed.sheet, what, line=placed.line, column=column, maybe=maybe)
