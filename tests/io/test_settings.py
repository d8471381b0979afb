"""scenario.toml: what is wrong with it, and where."""

import pytest
from tests.io.small_folder import FILES, places, write_files

from contingent.io import check_scenario, read_scenario

GIVEN = FILES["scenario.toml"]


def test_settings_that_are_not_given_have_their_defaults(tmp_path):
    settings = read_scenario(write_files(tmp_path)).settings
    assert (settings.period_days, settings.currency, settings.defaults.tour_days, settings.defaults.dwell_ratio) == (
        30,
        "EUR",
        180,
        2.0,
    )


@pytest.mark.parametrize("day", ["2026-01-01", '"2026-01-01"', "2026-01-01T00:00:00"])
def test_d_day_may_be_written_as_a_date_or_a_text(tmp_path, day):
    scenario = read_scenario(write_files(tmp_path, {"scenario.toml": GIVEN.replace("2026-01-01", day)}))
    assert scenario.settings.start_date.isoformat() == "2026-01-01"


def test_toml_that_is_broken_names_line_and_column(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": 'title = "x"\nstart_date = \nhorizon_days = 3\n'}))
    assert places(findings) == [("scenario.toml", 2, None)]
    assert "is not TOML, at column 14" in findings[0].what


@pytest.mark.parametrize(
    "content",
    [
        "a = " + "[" * 100_000,
        "horizon_days = " + "9" * 5_000,
        "horizon_days = 0x" + "f" * 9_000,
        "title = 'x'\ntitle = 'y'\n",
        "\x00",
        "= =",
        "a = 2026-13-45\n",
    ],
)
def test_toml_that_means_harm(tmp_path, content):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": content}))
    assert findings
    assert all(finding.table == "scenario.toml" for finding in findings)


def test_every_wrong_setting_at_once(tmp_path):
    text = (
        'title = 3\nstart_date = 20260101\nhorizon_days = true\nperiod_days = "thirty"\nhorizon_day = 3\ncurrency = ["EUR"]\n'
        '[defaults]\ntour_day = 3\ndwell_ratio = "two"\nhandover_days = -1\n'
    )
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": text}))
    assert places(findings) == [
        ("scenario.toml", 1, "title"),
        ("scenario.toml", 2, "start_date"),
        ("scenario.toml", 3, "horizon_days"),
        ("scenario.toml", 4, "period_days"),
        ("scenario.toml", 5, None),
        ("scenario.toml", 6, "currency"),
        ("scenario.toml", 8, None),
        ("scenario.toml", 9, "defaults.dwell_ratio"),
        ("scenario.toml", 10, "defaults.handover_days"),
    ]
    assert [finding.nearest for finding in findings if finding.column is None] == ["horizon_days", "tour_days"]


@pytest.mark.parametrize("name", ["title", "start_date", "horizon_days"])
def test_a_setting_that_every_scenario_needs(tmp_path, name):
    text = "".join(line for line in GIVEN.splitlines(keepends=True) if not line.startswith(name))
    assert places(check_scenario(write_files(tmp_path, {"scenario.toml": text}))) == [("scenario.toml", None, name)]


def test_a_title_of_blanks_is_a_title_left_out(tmp_path):
    text = GIVEN.replace('"Two nations"', '" "')
    assert places(check_scenario(write_files(tmp_path, {"scenario.toml": text}))) == [("scenario.toml", None, "title")]


def test_no_settings_at_all(tmp_path):
    (finding,) = check_scenario(write_files(tmp_path, {"scenario.toml": None}))
    assert "there is no such file in the folder" in finding.what


def test_the_folder_of_a_plan(tmp_path):
    (finding,) = check_scenario(write_files(tmp_path, {"scenario.toml": None, "plan.json": "{}"}))
    assert "this is the folder of a plan" in finding.maybe


def test_defaults_that_relieve_no_unit(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": GIVEN + "[defaults]\ntour_days = 5\nhandover_days = 5\n"}))
    assert places(findings) == [("scenario.toml", 6, "defaults.handover_days")]
    assert findings[0].what == "handover_days (5) is not less than tour_days (5)."


@pytest.mark.parametrize(
    ("added", "line", "says"),
    [
        ("title\n\n", 4, "expected '=' after a key"),
        ("title = 'again'\n", 4, "a setting stands there twice"),
        ("[defaults]\n[defaults]\n", 5, "the section [defaults] stands there twice"),
    ],
)
def test_toml_that_is_broken_is_told_in_words(tmp_path, added, line, says):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": GIVEN + added}))
    assert places(findings) == [("scenario.toml", line, None)]
    assert says in findings[0].what


@pytest.mark.parametrize(
    ("added", "nearest", "maybe"),
    [
        ("[default]\ntour_days = 90\n", "defaults", "write 'defaults', or delete it"),
        ("[[offers]]\nquantity = 3\n", None, "delete it"),
        ("[a.b.c]\nd = 1\n", None, "delete it"),
        ("horizon_day = 3\n", "horizon_days", "delete it"),
        ("period_day = 3\n", "period_days", "write 'period_days', or delete it"),
    ],
)
def test_what_is_no_setting_has_its_line_and_a_cure(tmp_path, added, nearest, maybe):
    (finding,) = check_scenario(write_files(tmp_path, {"scenario.toml": GIVEN + added}))
    assert (finding.line, finding.nearest, finding.maybe) == (4, nearest, maybe)


def test_a_plan_beyond_the_calendar(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"scenario.toml": GIVEN.replace("2026", "9999")}))
    assert places(findings) == [("scenario.toml", 2, "start_date")]


def test_a_default_option_that_no_line_names(tmp_path):
    changes = {
        "scenario.toml": GIVEN + 'default_option = "larg"\n',
        "requirements.csv": "line,capability,quantity,option\nL,manoeuvre,1,large\n",
    }
    finding = check_scenario(write_files(tmp_path, changes))[0]
    assert (finding.where, finding.nearest) == ("scenario.toml, line 4, default_option", "large")
