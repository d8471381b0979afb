"""The page is put together and written: one file, a content policy that lets nothing in or out.

Only the map of flows has a script, known to the policy by its hash; a page without that map has none.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.monitoring.sentences import figure
from contingent.plan import Plan
from contingent.report import words
from contingent.report.html import (
    affording,
    answer,
    breaks,
    cover,
    evidence,
    force,
    getting,
    history,
    host,
    lasts,
    living,
    mandate,
    over_time,
    paying,
    sustained,
)
from contingent.report.outlook import not_worked_out, outlook

TEMPLATES = "contingent.report.html"
UNPRINTABLE = {code: None for code in range(32) if chr(code) not in "\n\t"}
"""Control characters, which no page may hold."""


def write_report(scenario: Scenario, plan: Plan, path: str | Path, *, compared: Sequence[tuple[str, Plan]] | None = None) -> Path:
    """Write the report of a plan as one self-contained HTML file and return its path.

    Parameters
    ----------
    scenario : Scenario
        What was planned, offers of the pool derived.
    plan : Plan
        What was decided.
    path : str or Path
        File to write; its folder is made where it is missing.
    compared : sequence of (str, Plan), optional
        Plans to show side by side at the head, each with its label: the options of the scenario, say.

    Notes
    -----
    The same scenario and plan give the same bytes: the page holds no clock time and no chance.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(report_html(scenario, plan, compared=compared).encode("utf-8", "replace"))
    return target


def report_html(scenario: Scenario, plan: Plan, *, compared: Sequence[tuple[str, Plan]] | None = None) -> str:
    """Return the report of a plan as the text of one HTML file."""
    style = page_style(plan.marking)
    moving = getting.contents(scenario, plan)
    page = (
        environment()
        .get_template("report.html")
        .render(
            style=Markup(style),  # noqa: S704 (our own style sheet; the marking in it is escaped letter by letter)
            policy=content_policy(style, script=script_of(moving)),
            plan=plan,
            scenario=scenario,
            **answer.contents(scenario, plan, compared=compared or ()),
            **mandate.contents(scenario, plan),
            **over_time.contents(scenario, plan),
            **cover.contents(scenario, plan),
            **force.contents(scenario, plan),
            **evidence.contents(scenario, plan),
            **history.contents(scenario, plan),
            **host.contents(scenario, plan),
            **moving,
            **living.contents(scenario, plan),
            **paying.contents(scenario, plan),
            **affording.contents(scenario, plan),
            **lasts.contents(scenario, plan),
            **breaks.contents(plan),
            **sustained.contents(scenario, plan),
            outlook=outlook(scenario, plan),
            not_worked_out=not_worked_out(plan),
        )
    )
    return page.translate(UNPRINTABLE)


def page_style(marking: str) -> str:
    """Return the style sheet, with the marking in the head and foot of each printed page."""
    sheet = files(TEMPLATES).joinpath("templates", "report.css").read_text(encoding="utf-8")
    return sheet.replace("MARKING", css_text(marking))


def css_text(text: str) -> str:
    r"""Return a text as it may stand between quotes in a style sheet, every letter that means something there as a code.

    >>> css_text('"b"')
    '\\22 b\\22 '
    """
    return "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in text)


def script_of(moving: dict[str, Any]) -> str | None:
    """Return the script of the map of flows; None where there is no such map."""
    found = moving["getting"] and moving["getting"]["map"]
    return str(found["script"]) if found else None


def content_policy(style: str, *, script: str | None = None) -> str:
    """Return a policy under which the page loads nothing, sends nothing, and runs nothing but one script known by its hash."""
    runs = f"script-src '{_hash_of(script)}'; " if script is not None else ""
    return f"default-src 'none'; style-src '{_hash_of(style)}'; {runs}base-uri 'none'; form-action 'none'"


def _hash_of(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def environment() -> Environment:
    """Return the environment of the report's templates, each of which is compiled once in a process."""
    return new_environment()


def new_environment() -> Environment:
    """Return an environment of templates: every text is escaped, a name that is missing is an error."""
    environment = Environment(
        loader=PackageLoader(TEMPLATES, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        amount=words.amount,
        count=words.counted,
        d_day=words.d_day,
        date=words.short_date,
        dtg=words.date_time_group,
        figure=figure,
        leading=words.leading_capital,
        grouped=words.grouped,
        percent=words.percent,
        plain=words.plain,
        reason=words.reason_words,
        reason_sentence=words.reason_sentence,
        status_letter=mandate.status_letter,
        status_word=mandate.status_word,
        web=web_address,
    )
    return environment


def web_address(text: str | None) -> str | None:
    """Return the text if it is an address on the web, which alone may become a link; else None."""
    return (
        text
        if text is not None and text.startswith(("https://", "http://")) and not any(letter.isspace() for letter in text)
        else None
    )
