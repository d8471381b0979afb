"""Pages that are made from the code say all of it: every rule, column, command, option, finding, public name and source."""

import inspect
import re
from typing import get_args, get_type_hints

import pytest
from documentation.docstrings import as_markdown
from documentation.messages import DOTS
from documentation.navigation import ROOT, WRITTEN
from tests.io.small_folder import write_files
from tests.plan.test_verify import FAULTS

import contingent
from contingent.generation import matrix
from contingent.io import check_scenario, read_scenario
from contingent.io.columns import columns_of
from contingent.model import pins
from contingent.model.mandate import Method
from contingent.model.rows import TABLES
from contingent.plan import verify
from contingent.sizing.option import METHODS
from contingent.solver.linear_model import LinearModel
from documentation import commands, dictionary, findings, formulas, http, python, rules, sources, validation


def test_every_formula_of_the_code_is_on_the_page():
    told = rules.page((WRITTEN / "formulation.md").read_text())
    assert sum(rule.formulas for rule in rules.rules()) == rules.formulas_in(ROOT / "src" / "contingent")
    assert told.count('<div class="formula">') >= rules.formulas_in(ROOT / "src" / "contingent")
    assert all(f"{{ #{rules.anchor(rule)} }}" in told for rule in rules.rules())


def test_every_row_of_force_generation_is_a_rule_with_its_chapter():
    """Whatever writes rows into the linear model, but for what adds its columns and what locks a goal."""
    writes = {
        name for name, thing in vars(matrix).items()
        if inspect.isfunction(thing) and thing.__module__ == matrix.__name__ and ".add_rows(" in inspect.getsource(thing)
        and get_type_hints(thing).get("model") is LinearModel
    } - {"lock"}  # fmt: skip
    assert writes == {rule.name for rule in rules.rules() if rule.home == rules.ROWS} - {"rounded_rows"}


def test_every_rule_of_fixed_tours_and_every_method_of_sizing_has_its_chapter():
    told = {rule.name for rule in rules.rules()}
    assert {rule.__name__ for rule in pins.RULES} <= told
    assert {method.__name__ for name, method in METHODS.items() if name != "stated"} <= told
    assert set(get_args(Method)) - {"stated"} <= told


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_column_is_in_the_dictionary_once(table):
    (page,) = [text for name, text in dictionary.pages().items() if f"\n## {table.table}\n" in text and name != "dictionary.md"]
    chapter = page.split(f"\n## {table.table}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", chapter, flags=re.MULTILINE) == list(columns_of(table))
    assert table.about in chapter


def test_every_table_is_read_by_commands_that_there_are():
    known = {" ".join(words) for words, _ in commands.every_command()}
    assert {command for named in dictionary.read_by().values() for command in named} <= known
    assert all(named for named in dictionary.read_by().values())


def test_an_example_is_a_cell_of_a_bundled_scenario():
    assert dictionary.example_cells("offers")["unit_type"] in read_scenario("doctrine").model_dump_json()


def test_every_command_is_told_with_an_example():
    told = commands.page()
    for words, _ in commands.every_command():
        assert f"# contingent {' '.join(words)}\n" in told
    assert told.count("Examples:") >= len([words for words, _ in commands.every_command() if len(words) == 1]) - 1


MANUAL = (WRITTEN / "commands.md").read_text()


@pytest.mark.parametrize("words", [words for words, command in commands.every_command() if command.params])
def test_the_manual_names_every_option_of_a_command_and_no_other(words):
    """Long names, in the chapters on its options: a table for `plan`, an item for each of the others."""
    name = " ".join(words)
    chapter = MANUAL.split("\n## Options\n")[1].split("\n## ")[0]
    if name == "plan":
        told = "\n".join(line for line in chapter.splitlines() if line.startswith("|"))
    else:
        items = re.split(r"\n(?=- )", chapter.split("\n### The others\n")[1].split("\n\n`contingent --debug")[0])
        told = "\n".join(item for item in items if f"`{name}`" in re.split(r"(?::| takes )", item)[0])
    (command,) = [command for known, command in commands.every_command() if known == words]
    taken = {option for each in command.params if each.param_type_name == "option" and not each.hidden for option in each.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", told)) == {option for option in taken if option.startswith("--")}
    assert told


def test_every_option_is_told_with_what_it_means():
    for words, command in commands.every_command():
        chapter = commands.help_of(" ".join(("contingent", *words)), command)
        for each in command.params:
            if each.param_type_name == "option" and not each.hidden:
                assert each.help, (words, each.name)
                assert all(re.search(rf"{option}(?![\w-])", chapter) for option in each.opts), (words, each.name)


WORDS_OF_OTHERS = {
    "contingent.io.settings_file._held_against: f'{words}.'": "what settings say together, from their validators",
    "contingent.io.table_rows._read_cell_by_cell: str(error['msg'])": "what a row says as a whole, from its validator",
    "contingent.monitoring.exposure.read_exposure: f\"{_shown(row['value'])}{row['reason']}.\"": "why a row was set aside",
    "contingent.monitoring.intake._told: f\"{error['msg']}.\"": "pydantic on a report",
    "contingent.web.api.people._terms: str(bad)": "how an invitation is wrong, from its values",
    "contingent.web.api.watch.read_reports: f\"{each['msg']}.\"": "pydantic on a report",
    "contingent.web.guard.faults._cannot_be_done: str(error)": "an error of the package, which says what to do itself",
    "contingent.web.sector_form.sketch_of: str(fault)": "a corner that cannot be read, by `contingent.web.corners`",
    "contingent.web.pages.ceasefire._situation: str(error)": "an error of the package",
    "contingent.web.pages.ceasefire.file: str(wrong)": "a time zone that is not known",
    "contingent.web.pages.exchange.plan_file: str(error)": "an error of the package",
    "contingent.web.pages.exchange.scenario_as: str(error)": "an error of the package",
    "contingent.web.pages.exchange.workbook: str(error)": "an error of the package",
    "contingent.web.pages.remarks._answered: str(error)": "an error of the package",
}
"""Findings that hand on words which are not written where they are made."""


def test_every_finding_is_told_with_what_to_do():
    """Each call that makes one is read; what hands on a finding that was made elsewhere (`.what`) is told there."""
    told = findings.page()
    assert {each for each in findings.unknown() if not each.endswith(".what")} == WORDS_OF_OTHERS.keys()
    for message in findings.messages():
        _, advice = findings.CHAPTERS[findings.chapter_of(message.module)]
        assert f"\n### {findings.about(message.module)}\n" in told
        assert message.maybe or advice
    assert "| '…' is not … of this scenario. |" in told
    assert "| the two columns were swapped |" in told


def test_what_users_are_told_is_on_the_page(tmp_path):
    """Findings of a folder that is wrong in many ways, and of plans with planted faults, are found by their words."""
    changes = {
        "scenario.toml": 'title = "Two nations"\nstart_date = 2026-01-01\nhorizon_days = 360\nperiod = 3\n',
        "nations.csv": "nation,name,active_personnel,name\nGBR,United Kingdom,many,\nFRA,France,-1,\n",
        "offers.csv": "offer,nation,unit_type,quantity,available_day\no1,GRB,battlegroup,2.5,\no1,FRA,battlegroop,1,0\n",
        "pins.csv": "offer,line,from_day,quantity\no9,L1,0,1\n",
        "holidays.csv": "x",
    }
    made = [*check_scenario(write_files(tmp_path, changes)), *(finding for case in FAULTS[::6] for finding in verify(*case[2]()))]
    known = [re.compile(re.escape(message.what).replace(DOTS, ".*"), flags=re.DOTALL) for message in findings.messages()]
    alike = re.compile(r" (?:\d[\d,]* further (?:cells|places) |\d+ more findings of this kind).*", flags=re.DOTALL)
    unheard = {alike.sub("", each.what) for each in made if not any(form.fullmatch(alike.sub("", each.what)) for form in known)}
    assert {words for words in unheard if not any(form.fullmatch(words.rstrip(".")) for form in known)} == set()
    assert len({each.what for each in made}) > 25


def test_every_public_name_is_told():
    told = python.page()
    names = {name for name in contingent.__all__ if name != "__version__"}
    assert names == {name for chapter in python.chapters().values() for name in chapter}
    assert all(f"### {name} {{" in told for name in names)
    assert python.signature_of("check", contingent.check).startswith("check(place: str | Path)")
    assert "*arguments" not in told, "what is called as its package is told as the function that it is"


def test_every_function_of_the_face_tells_all_that_it_takes():
    """In the section of its parameters, in their words: nobody has to read the code to call it."""
    silent = {}
    for name in contingent.__all__:
        thing = python.thing_of(name)
        if inspect.isfunction(thing):
            section = (inspect.getdoc(thing) or "").partition("Parameters\n----------\n")[2].partition("\n\n")[0]
            told = {each.strip("* ") for line in section.splitlines() for each in line.partition(" : ")[0].split(",")}
            silent[name] = [argument for argument in inspect.signature(thing).parameters if argument not in told]
    assert {name: arguments for name, arguments in silent.items() if arguments} == {}


def test_every_operation_is_told():
    told = http.page()
    paths = http.document()["paths"]
    for path, item in paths.items():
        for method in item:
            assert f"### `{method.upper()} {path}`" in told


def test_every_source_is_told_with_its_terms():
    told = sources.page()
    for name in sources.SCENARIOS:
        for row in read_scenario(name).references:
            assert f"| `{row.reference}` |" in told
    assert all(f"| {part['name']} | {part['version']} | {part['licence']} |" in told for part in sources.parts())


def test_validation_counts_its_hits_and_misses():
    """By hand from the table of missions: eleven of twenty within a factor of two."""
    table = validation.case("sizing")
    assert (len(table.rows), sum(row[5] == "hit" for row in table.rows)) == (20, 11)
    assert table.found.startswith("11 of 20 are hits, 9 are not.")
    told = validation.page()
    for row in validation.checks().summary.iter_rows(named=True):
        assert f"| {row['case']} | {row['checks']} | {row['hits']} | {row['misses']} | `{row['command']}` |" in told
        assert f"--case {row['case']}\n" in told
    assert {row[3] for row in validation.aid_sums().rows} == {"none"}
    assert all((ROOT / name).is_file() for names in validation.ORACLES.values() for name in names)


def test_a_formula_is_drawn_with_whole_words_and_indices():
    drawn = formulas.mathml(r"\sum_s starts_{krs} \le max\_tours_k \cdot e_k", block=True)
    assert 'display="block"' in drawn
    assert "<mtext>starts</mtext><mrow><mi>k</mi><mi>r</mi><mi>s</mi></mrow>" in drawn
    assert "<mtext>max&#x000A0;tours</mtext>" in drawn
    assert len(formulas.mathml(r"a &= 1 \\ b &= 2", block=True).splitlines()) == 2


def test_a_docstring_is_read_as_it_was_meant():
    told = as_markdown("""Return a sum of ``days``.

    k    offers
    r    lines

.. math:: a \\le b

Parameters
----------
days : int
    How many. [days]

Raises
------
ValueError
    If there are none.

Examples
--------
Two of them:

>>> 1 + 1
2
""")
    assert "Return a sum of `days`." in told
    assert "```text\nk    offers\nr    lines\n```" in told
    assert '<div class="formula"><math' in told
    assert "- `days` : int<br>How many. [days]" in told
    assert "- `ValueError`<br>If there are none." in told
    assert "Two of them:\n\n```pycon\n>>> 1 + 1\n2\n```" in told
