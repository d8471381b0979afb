"""The manual's page runs as it stands, and knows every frame."""

import re
from pathlib import Path

from contingent.monitoring.blindness import SAYINGS
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "monitoring-statistics.md").read_text()


def test_the_example_prints_what_the_page_says(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(example, "monitoring-statistics.md", "exec"), {})
    (said,) = re.findall(r"It prints `(.*?)`", PAGE)
    assert capsys.readouterr().out.strip() == said


def test_the_page_names_every_frame_and_every_verdict():
    assert [name for name in (*SIGNAL_COLUMNS, *SAYINGS) if f"`{name}`" not in PAGE] == []
