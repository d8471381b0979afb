"""The manual's table of false alarms and power, drawn again."""

import re
from pathlib import Path

import pytest
from tests.monitoring.power import PROBABILITY, false_share, found_share

PAGE = Path(__file__).resolve().parents[2] / "docs" / "monitoring-statistics.md"
FACTORS = (2, 4, 8, 0.25)
ROWS = [
    line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if re.match(r"\| [\d.]+ \| (Poisson|[\d.]+) \|", line)
]
SLACK = 0.02


def test_the_table_is_there_and_no_quiet_year_is_called_more_often_than_stated():
    assert len(ROWS) == 9
    assert all(float(row[2]) <= PROBABILITY for row in ROWS)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} a day, size {row[1]}")
def test_every_number_of_the_table_comes_out_again(row):
    rate, size = float(row[0]), 1e6 if row[1] == "Poisson" else float(row[1])
    assert false_share(rate, size, runs=300, seed=11) == pytest.approx(float(row[2]), abs=SLACK)
    for factor, pair in zip(FACTORS, row[3:7], strict=True):
        assert found_share(rate, size, factor, runs=200, seed=12) == pytest.approx(
            [float(part) for part in pair.split(", ")], abs=SLACK
        )
    of_many = [float(part) for part in row[7].split(", ")]
    assert found_share(rate, size, 4, runs=200, seed=13, series=200) == pytest.approx(of_many, abs=SLACK)
