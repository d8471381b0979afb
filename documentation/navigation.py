"""Where each page stands. A page of docs/ that has no place here is told by a test."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = ROOT / "docs"


@dataclass(frozen=True)
class Section:
    """Pages under one head.

    Parameters
    ----------
    title : str
        Head in the navigation.
    pages : tuple of (str, str)
        Title and file of each page, in order. One that is neither written nor made is left out.
    """

    title: str
    pages: tuple[tuple[str, str], ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "Start",
        (
            ("Home", "index.md"),
            ("A plan by hand", "tutorial-tiny.md"),
        ),
    ),
    Section(
        "How to",
        (
            ("Hold a conference", "conference.md"),
            ("Plan your own theatre", "your-own-theatre.md"),
            ("Import and check", "how-to-import.md"),
            ("Size a force", "how-to-size.md"),
            ("Find what breaks a plan", "how-to-stress.md"),
            ("Monitor a ceasefire", "how-to-monitor.md"),
            ("Follow the aid", "how-to-aid.md"),
            ("Write a briefing", "briefing.md"),
            ("Bring and take formats", "formats.md"),
            ("Use many machines", "many-machines.md"),
            ("Run a server", "server.md"),
            ("Call it from programs", "api.md"),
        ),
    ),
    Section(
        "Concepts",
        (
            ("Rotation arithmetic", "concept-rotation.md"),
            ("Why like units are counted", "concept-counting.md"),
            ("What a bound means", "concept-bounds.md"),
            ("What the tool cannot know", "concept-limits.md"),
            ("Facts, assumptions, computed", "concept-facts.md"),
            ("Glossary", "glossary.md"),
        ),
    ),
    Section(
        "Notebooks",
        (
            ("10,000, 25,000 or 64,000?", "notebook-dispute.md"),
            ("What a parliament would ask", "notebook-parliament.md"),
            ("A journalist's chart", "notebook-chart.md"),
        ),
    ),
    Section(
        "Stages",
        (
            ("Scenarios", "scenarios.md"),
            ("Sizing", "sizing.md"),
            ("Force generation", "formulation.md"),
            ("Structure", "structure.md"),
            ("Adequacy", "adequacy.md"),
            ("Network", "network.md"),
            ("Deployment", "deployment.md"),
            ("Sustainment", "sustainment.md"),
            ("Cost", "cost.md"),
            ("Simulation", "simulation.md"),
            ("MARATHON projects", "marathon.md"),
            ("Stress", "stress.md"),
            ("Ceiling", "ceiling.md"),
            ("Monitoring", "monitoring.md"),
            ("Incidents", "incidents.md"),
            ("Statistics of monitoring", "monitoring-statistics.md"),
            ("Response ladder", "ladder.md"),
            ("Observation", "observation.md"),
            ("Aid: the ledger", "aid.md"),
            ("Aid: arrivals", "aid-arrivals.md"),
            ("Order of battle", "orbat-exports.md"),
        ),
    ),
    Section(
        "Reference",
        (
            ("Commands", "commands.md"),
            ("All commands", "commands-all.md"),
            ("Data dictionary", "dictionary.md"),
            ("Tables: force", "dictionary-force.md"),
            ("Tables: pool", "dictionary-pool.md"),
            ("Tables: mandate", "dictionary-mandate.md"),
            ("Tables: way, supply, money", "dictionary-way.md"),
            ("Tables: chance", "dictionary-chance.md"),
            ("Tables: watch", "dictionary-watch.md"),
            ("Tables: aid", "dictionary-aid.md"),
            ("Tables: history, sources", "dictionary-sources.md"),
            ("Outputs", "outputs.md"),
            ("Findings", "findings.md"),
            ("Python", "python.md"),
            ("HTTP operations", "http.md"),
            ("Pages of a conference", "conference-pages.md"),
        ),
    ),
    Section(
        "Evidence",
        (
            ("Validation", "validation.md"),
            ("The reassurance force", "reassurance.md"),
            ("Past missions", "missions.md"),
            ("UNIFIL 2006", "unifil-2006.md"),
            ("INTERFET 1999", "interfet-1999.md"),
            ("Scale", "scale.md"),
            ("Sources and licences", "sources.md"),
            ("Security of the server", "server-security.md"),
        ),
    ),
    Section(
        "Take part",
        (
            ("Add a sizing method", "add-sizing-method.md"),
            ("Add a rule", "add-rule.md"),
            ("Add an exporter", "add-exporter.md"),
            ("Contributing", "contributing.md"),
            ("Changes", "changelog.md"),
        ),
    ),
)
"""Every page of the site, in order."""

MADE = frozenset(
    {
        "commands-all.md",
        "dictionary.md",
        "dictionary-force.md",
        "dictionary-pool.md",
        "dictionary-mandate.md",
        "dictionary-way.md",
        "dictionary-chance.md",
        "dictionary-watch.md",
        "dictionary-aid.md",
        "dictionary-sources.md",
        "findings.md",
        "python.md",
        "http.md",
        "validation.md",
        "sources.md",
        "contributing.md",
        "changelog.md",
        "notebook-dispute.md",
        "notebook-parliament.md",
        "notebook-chart.md",
    }
)
"""Pages that are made when the site is built; those of docs/ may link to them."""


def placed() -> list[str]:
    """Return the file of each page that has a place, whether it is there or not."""
    return [file for section in SECTIONS for _, file in section.pages]


def there(file: str, *, pages: Path) -> bool:
    """Whether a page is there to be built."""
    return (pages / file).is_file()
