r"""LaTeX of docstrings as MathML, which browsers draw by themselves: no script, no font, nothing fetched."""

import re

from latex2mathml.converter import convert

_WORD = re.compile(r"(?<![\\A-Za-z])(?:[A-Za-z]+\\_)*[A-Za-z]+")
_KEPT = re.compile(r"\\(?:text|mathrm|operatorname)\{[^}]*\}")
_PLACE = re.compile("\x00(\\d+)\x00")


def mathml(latex: str, *, block: bool) -> str:
    r"""Return a formula as MathML.

    A name of several letters is one sign and stands upright; letters without a vowel, as in ``starts_{krs}``, are indices.

    Parameters
    ----------
    latex : str
        The formula. Lines that end with ``\\`` stand below one another.
    block : bool
        Whether it stands on lines of its own.

    Examples
    --------
    >>> "<mtext>starts</mtext>" in mathml(r"starts_{krs} \le 2", block=False)
    True
    """
    lines = [_with_whole_words(line) for line in " ".join(latex.replace("&", " ").split()).split(r"\\") if line.strip()]
    made = [convert(line, display="block" if block else "inline") for line in lines]
    return "\n".join(re.sub(r"\s+", " ", line) for line in made)


def _with_whole_words(line: str) -> str:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    set_upright = _WORD.sub(
        lambda match: rf"\text{{{match[0].replace(chr(92) + '_', ' ')}}}" if _is_word(match[0]) else match[0],
        _KEPT.sub(keep, line),
    )
    return _PLACE.sub(lambda match: kept[int(match[1])], set_upright)


def _is_word(name: str) -> bool:
    return r"\_" in name or (len(name) > 2 and re.search("[aeiouy]", name, flags=re.IGNORECASE) is not None)
