"""Docstrings as Markdown: paragraphs, formulas, tables of signs, and the sections of the numpy convention."""

import re
from textwrap import dedent

from documentation.formulas import mathml

_SECTION = re.compile(r"^(?P<name>[A-Z][A-Za-z ]+)\n-{3,}$", flags=re.MULTILINE)
_MATH = re.compile(r"^\.\. math::[ ]?(?P<first>[^\n]*)\n?(?P<rest>(?:[ ]+[^\n]*\n?|\n(?=[ ]))*)", flags=re.MULTILINE)
_PARAMETER = re.compile(r"^(?P<names>[*\w, ]+?)(?: : (?P<kind>.+))?$")
_CITED = re.compile(r"^\.\. \[(?P<number>\w+)\] ", flags=re.MULTILINE)

LISTED = ("Parameters", "Returns", "Raises", "Attributes", "Yields")
"""Sections whose entries are names with what they mean."""


def as_markdown(docstring: str, *, headings: str = "**{}**") -> str:
    """Return a docstring as Markdown.

    Parameters
    ----------
    docstring : str
        As `inspect.getdoc` gives it: no indentation.
    headings : str
        How the head of a section is written.
    """
    parts = _SECTION.split(docstring.strip())
    told = [_prose(parts[0])]
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        told.append(headings.format(name))
        told.append(_entries(text) if name in LISTED else _examples(text) if name == "Examples" else _prose(text.strip("\n")))
    return "\n\n".join(part for part in told if part) + "\n"


def summary_of(docstring: str) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return inline(" ".join(docstring.strip().split("\n\n")[0].split()))


def inline(text: str) -> str:
    """Return words of a docstring with names and formulas marked as Markdown has it."""
    text = re.sub(r":math:`([^`]*)`", lambda match: mathml(match[1], block=False), text)
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return re.sub(r"(?<![\w`])<(?=\w+ |\w+>)(?!/?(?:math|m\w+)\b)", "&lt;", text)


def _prose(text: str) -> str:
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        latex = f"{match['first']} {match['rest']}"
        formulas.append("\n".join(f'<div class="formula">{line}</div>' for line in mathml(latex, block=True).splitlines()))
        return f"\n\n@formula {len(formulas) - 1}@\n\n"

    blocks = re.split(r"\n\s*\n", _MATH.sub(keep, text + "\n"))
    told: list[str] = []
    for block in blocks:
        found = re.fullmatch(r"\s*@formula (\d+)@\s*", block)
        if found:
            told.append(formulas[int(found[1])])
        elif block.strip() and _is_laid_out(block):
            told.append(f"```text\n{dedent(block.strip(chr(10)))}\n```")
        elif block.strip():
            # A line that begins with a formula would end the paragraph.
            told.append(_CITED.sub(r"- [\g<number>] ", inline(dedent(block).strip())).replace("\n<math", " <math"))
    return "\n\n".join(told)


def _is_laid_out(block: str) -> bool:
    """Whether lines stand as their author laid them out: indented, or in columns."""
    lines = block.strip("\n").splitlines()
    columns = sum(bool(re.search(r"\S {3,}\S", line)) for line in lines)
    return all(line.startswith("    ") for line in lines) or (columns > 0 and columns >= len(lines) / 2)


def _entries(text: str) -> str:
    """A list of what is given, comes back or goes wrong: each entry with its type, and its meaning beside it."""
    entries: list[tuple[str, list[str]]] = []
    for line in dedent(text).strip("\n").splitlines():
        if line and not line.startswith(" "):
            found = _PARAMETER.match(line)
            names = ", ".join(f"`{name.strip()}`" for name in (found["names"] if found else line).split(","))
            entries.append((f"{names} : {found['kind']}" if found and found["kind"] else names, []))
        elif entries:
            entries[-1][1].append(line.strip())
    return "\n".join(f"- {head}" + (f"<br>{inline(' '.join(words))}" if words else "") for head, words in entries)


def _examples(text: str) -> str:
    """Words as words, calls and what they answer as code."""
    told: list[str] = []
    code = False
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.lstrip().startswith((">>>", "...")):
            told.append(f"```pycon\n{dedent(block)}\n```")
            code = True
        elif block.strip():
            told.append(inline(dedent(block).strip()))
    return "\n\n".join(told) if code else inline(dedent(text).strip())
