"""What a form carries of what was seen, what is answered once something was changed, and where one goes back to."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from contingent.store import Conflict, Edit, Refused
from contingent.web.frame import page
from contingent.web.guard.faults import safe_next
from contingent.web.view import View

LONGEST_NUMBER = 9
"""Most digits of a number that a form or an address sends."""


def is_whole(text: str) -> bool:
    """Return whether a form's text is a number in plain digits, short enough to be read.

    >>> is_whole("30"), is_whole(""), is_whole("-1"), is_whole("1" * 10), is_whole("٣")
    (True, False, False, False, False)
    """
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def seen_text(versions: Mapping[int, int]) -> str:
    """Return rows with the versions that were seen, by their numbers, as a form carries them.

    >>> seen_text({14: 1, 12: 3})
    '12:3,14:1'
    """
    return ",".join(f"{row}:{version}" for row, version in sorted(versions.items()))


def seen_of(text: str) -> dict[int, int]:
    """Return what `seen_text` wrote; what is not so is left out.

    >>> seen_of("12:3,14:1,x")
    {12: 3, 14: 1}
    """
    pairs = (part.split(":") for part in text.split(","))
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(map(is_whole, pair))}


def kept_to(back: str, own: str, *further: str) -> str:
    """Return an address to go back to: one's own page, or a further one with what it asks for; one's own where it is another.

    >>> kept_to("/rotation?zoom=year", "/rotation"), kept_to("//elsewhere", "/rotation"), kept_to("/rotationary", "/rotation")
    ('/rotation?zoom=year', '/rotation', '/rotation')
    >>> kept_to("/requirements/line?line=L-001", "/rotation", "/requirements/line")
    '/requirements/line?line=L-001'
    """
    fits = back == own or back.startswith(tuple(f"{each}?" for each in (own, *further)))
    return back if fits and not any(letter.isspace() or letter in '\\"<>' for letter in back) else own


def with_done(back: str, word: str) -> str:
    """Return an address with the word by which its page says what was done."""
    return f"{back}{'&' if '?' in back else '?'}done={word}"


def sent_back(back: str, word: str) -> Response:
    """Return the answer that sends a browser back to where it was, where a word of `FLASHES` is said."""
    return RedirectResponse(with_done(safe_next(back), word), status_code=303)


def changed(request: Request, view: View, change: Callable[[], object], *, back: str, then: str) -> Response:
    """Change something, and send the browser on.

    Parameters
    ----------
    change : callable
        What is done.
    back : str
        Where the pages that say why it was refused, or what another wrote meanwhile, lead back to.
    then : str
        Where the browser goes once it is done: an address of our own.
    """
    try:
        change()
    except Refused as refused:
        return page(request, "refused.html", status=422, view=view, findings=refused.findings, back=back)
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back=back)
    return RedirectResponse(then, status_code=303)


def written(request: Request, view: View, edits: Sequence[Edit], *, back: str, done: str, why: str) -> Response:
    """Write edits, if there are any, and send the browser back, where a word says that it is done."""
    if not edits:
        return RedirectResponse(back, status_code=303)
    return changed(request, view, lambda: view.change(edits, why=why), back=back, then=with_done(back, done))
