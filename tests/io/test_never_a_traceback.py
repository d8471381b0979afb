"""Whatever a file holds, reading it ends in a scenario or in findings."""

import io
import string
import tempfile
import zipfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from tests.io.small_folder import FILES, write_files

from contingent.io import convert, read_and_check
from contingent.model.rows import TABLES

table = st.sampled_from([row_class.table for row_class in TABLES])
odd = st.sampled_from(
    [
        "",
        "x",
        "-1",
        "1,5",
        "nan",
        "1e999",
        "2026-03-01",
        ";",
        ";;",
        "=1",
        '"',
        "\x00",
        "\u0663",
        "9" * 50,
        "1_0",
        "0x1",
        "%",
        "1%",
    ]
)
cell = odd | st.text(max_size=8) | st.integers().map(str) | st.floats().map(str)


def ends_well(files: dict[str, str | bytes | None]) -> None:
    with tempfile.TemporaryDirectory() as work:
        scenario, findings = read_and_check(write_files(Path(work), files))
        assert (scenario is None) == any(finding.severity == "error" for finding in findings)
        assert all(str(finding).replace("\n", "").isprintable() for finding in findings)


@given(table, st.binary(max_size=200))
@example("offers", b'"\r"')
@example("offers", b"\xef\xbb\xbf\xef\xbb\xbf")
def test_bytes_as_a_table(name, content):
    ends_well({f"{name}.csv": content})


@given(table, st.text(max_size=200), st.booleans())
@example(name="nations", content="\t\x1b\r0", with_header=False)
def test_text_as_a_table(name, content, with_header):
    header = FILES.get(f"{name}.csv", "").split("\n")[0] + "\n" if with_header else ""
    ends_well({f"{name}.csv": (header + content).encode("utf-8", "surrogatepass")})


@given(st.sampled_from([name for name in FILES if name.endswith(".csv")]), st.data(), st.sampled_from(",;\t"))
def test_cells_of_any_kind(name, data, delimiter):
    header, *rows = FILES[name].rstrip("\n").replace(",", delimiter).split("\n")
    cells = [row.split(delimiter) for row in rows]
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(cells) - 1))
        cells[row][data.draw(st.integers(0, len(cells[row]) - 1))] = data.draw(cell)
    text = "\n".join([header, *(delimiter.join(row) for row in cells)])
    ends_well({name: text.encode("utf-8", "surrogatepass")})


@given(st.text(st.sampled_from(string.printable), max_size=120) | st.text(max_size=60))
def test_text_as_settings(text):
    ends_well({"scenario.toml": text.encode("utf-8", "surrogatepass")})


value = st.recursive(
    st.integers().map(str)
    | st.floats().map(str)
    | st.booleans().map(lambda flag: str(flag).lower())
    | st.dates().map(str)
    | st.sampled_from(['""', '"x"', '"2026-01-01"', '"."', "1e400", "-1", "0x" + "f" * 300, "inf", '"\\u0000"', '"\\u001b"']),
    lambda inner: st.lists(inner, max_size=2).map(lambda parts: f"[{', '.join(parts)}]"),
    max_leaves=3,
)
setting = st.sampled_from(
    ["title", "start_date", "horizon_days", "period_days", "currency", "extends", "default_option", "host", "other"]
)


@given(
    st.dictionaries(setting, value),
    st.dictionaries(st.sampled_from(["tour_days", "dwell_ratio", "handover_days", "x"]), value),
    st.dictionaries(st.sampled_from(["offers", "nations", "x"]), value),
)
def test_settings_of_any_kind(own, defaults, remove):
    lines = [f"{name} = {part}" for name, part in own.items()]
    lines += ["[defaults]", *(f"{name} = {part}" for name, part in defaults.items())]
    lines += ["[remove]", *(f"{name} = {part}" for name, part in remove.items())]
    ends_well({"scenario.toml": "\n".join(lines)})


with tempfile.TemporaryDirectory() as made:
    BOOK = convert("tiny", Path(made) / "book.xlsx").read_bytes()


@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_workbook_with_some_bytes_changed(changes):
    content = bytearray(BOOK)
    for place, byte in changes:
        content[place] = byte
    with tempfile.TemporaryDirectory() as work:
        book = Path(work) / "book.xlsx"
        book.write_bytes(bytes(content))
        scenario, findings = read_and_check(book)
        assert (scenario is None) == any(finding.severity == "error" for finding in findings)


with zipfile.ZipFile(io.BytesIO(BOOK)) as packed:
    PARTS = {part.filename: packed.read(part) for part in packed.infolist()}

xml = st.sampled_from(sorted(name for name in PARTS if name.endswith((".xml", ".rels")) and "comments" not in name))


@example([("xl/_rels/workbook.xml.rels", 30, "A")])
@given(st.lists(st.tuples(xml, st.integers(0, 10**6), st.sampled_from('<>/"&;!0A9= \x00')), min_size=1, max_size=4))
def test_a_workbook_whose_parts_were_tampered_with(changes):
    parts = {name: bytearray(content) for name, content in PARTS.items()}
    for name, place, sign in changes:
        parts[name][place % len(parts[name])] = ord(sign)
    with tempfile.TemporaryDirectory() as work:
        book = Path(work) / "book.xlsx"
        with zipfile.ZipFile(book, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, bytes(content))
        scenario, findings = read_and_check(book)
        assert (scenario is None) == any(finding.severity == "error" for finding in findings)
