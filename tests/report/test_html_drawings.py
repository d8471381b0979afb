"""What the drawings draw, against counts by day and by hand: months, heat map, calendar, numbers in words."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_plan import sample_plan

from contingent.horizon import Horizon
from contingent.report.drawings.gantt import gantt_strip, lanes_of, unit_number
from contingent.report.drawings.matrix import matrix_strip, runs_of
from contingent.report.drawings.timeline import STRIP_WIDTH, Timeline, timeline_head
from contingent.report.months import (
    MOST_COLUMNS,
    line_cells,
    monthly_mean,
    months_of,
    needed_and_filled_by_day,
    people_asked_by_day,
    people_by_day,
    time_ticks,
)
from contingent.report.words import amount, duration, grouped, percent, plain

horizons = st.builds(
    Horizon, start_date=st.dates(date(1990, 1, 1), date(2100, 1, 1)), days=st.integers(1, 36_525), period_days=st.integers(1, 90)
)


@given(horizons)
def test_months_cover_the_horizon_once_and_begin_with_the_calendar(horizon: Horizon):
    months = months_of(horizon)
    assert months[0].from_day == 0
    assert months[-1].until_day == horizon.days
    for before, after in itertools.pairwise(months):
        assert before.until_day == after.from_day
        assert horizon.date_of(after.from_day).day == 1
    assert len(months) <= max(MOST_COLUMNS, 101) + 2


@given(horizons, st.integers(2, 12))
def test_ticks_begin_months_and_stay_few(horizon: Horizon, most: int):
    ticks = time_ticks(horizon, most=most)
    assert len(ticks) <= most + 1
    for day, label in ticks:
        when = horizon.start_date + timedelta(days=day)
        assert when.day == 1
        assert label.endswith(str(when.year))


def test_people_by_day_counts_everyone_who_is_away():
    scenario, plan = sample_plan()
    by_day = people_by_day(plan, days=scenario.settings.horizon_days)
    tours = plan.tours.to_dicts()
    for day in range(0, scenario.settings.horizon_days, 37):
        assert by_day[day] == sum(tour["people"] for tour in tours if tour["from_day"] <= day < tour["until_day"])
    assert by_day.max() == plan.people_deployed_peak


def test_need_and_fill_by_day_add_up_to_the_unit_days_of_the_plan():
    scenario, plan = sample_plan()
    for priority, required in plan.required_unit_days.items():
        needed, filled = needed_and_filled_by_day(plan, priority=priority, days=scenario.settings.horizon_days)
        assert needed.sum() == pytest.approx(required)
        assert filled.sum() == pytest.approx(plan.filled_unit_days[priority])


def test_people_asked_for_takes_the_leanest_units_of_each_line():
    """On D+0 of the small option: 2 light battlegroups, 3 and 1 batteries ..., each line in its leanest unit type."""
    scenario, _ = sample_plan()
    people = {"infantry": 750, "air_defence": 160, "engineers": 480, "logistics": 560, "medical": 110, "air_policing": 180}
    people |= {"air_refuelling": 90, "early_warning": 120, "mine_countermeasures": 45, "sea_patrol": 180}
    expected = sum(row.quantity * people[row.capability] for row in scenario.requirements if not row.option and row.from_day == 0)
    assert people_asked_by_day(scenario, "small")[0] == expected


def test_cells_of_a_line_equal_a_count_by_day():
    scenario, plan = sample_plan()
    months = months_of(scenario.horizon)
    for name in ("L-002", "L-014", "L-029", "L-030"):
        line = scenario.requirement_by_line[name]
        tours = [tour for tour in plan.tours.to_dicts() if tour["line"] == name]
        cells = {
            cell.month: cell
            for cell in line_cells(plan.coverage.filter(plan.coverage["line"] == name).to_dicts(), months, days=1800)
        }
        for month in months:
            days = [day for day in range(month.from_day, month.until_day) if line.from_day <= day < (line.until_day or 1800)]
            if not days:
                assert month not in cells
                continue
            held = [
                min(
                    line.quantity,
                    sum(tour["effectiveness"] for tour in tours if tour["from_day"] <= day < tour["serves_until_day"]),
                )
                for day in days
            ]
            assert cells[month].fill == pytest.approx(sum(held) / (len(days) * line.quantity))
            assert cells[month].missing == pytest.approx(line.quantity - sum(held) / len(days))


def test_matrix_strip_names_each_spell_that_is_short():
    """Two units asked for from D+0 to D+90; one there in February: half filled then, whole in January and March."""
    horizon = Horizon(start_date=date(2027, 1, 1), days=90, period_days=30)
    rows = [
        {"from_day": 0, "until_day": 31, "required": 2.0, "filled": 2.0},
        {"from_day": 31, "until_day": 59, "required": 2.0, "filled": 1.0},
        {"from_day": 59, "until_day": 90, "required": 2.0, "filled": 0.0},
    ]
    cells = line_cells(rows, months_of(horizon), days=90)
    assert [run.state for run in runs_of(cells)] == ["filled", "partial", "gap"]
    strip = str(matrix_strip(Timeline(horizon), cells, line="L-1"))
    assert f"L-1: Feb 2027: {percent(0.5)} filled, 1 short; Mar 2027: {percent(0)} filled, 2 short" in strip
    assert "◐ 1 short" in strip
    assert "○ 2 short" in strip


def test_months_alike_are_one_run_and_months_outside_the_window_part_them():
    horizon = Horizon(start_date=date(2027, 1, 1), days=365, period_days=30)
    rows = [{"from_day": 0, "until_day": 120, "required": 1.0, "filled": 1.0}]
    (run,) = runs_of(line_cells(rows, months_of(horizon), days=365))
    assert run.when == "Jan 2027 to Apr 2027"
    assert "no need within the horizon" in str(matrix_strip(Timeline(horizon), (), line="L-2"))


tours_drawn = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 200)).map(
        lambda pair: {"unit": f"o/{pair[0]}", "offer": "o", "from_day": pair[0], "until_day": pair[0] + pair[1]}
    ),
    max_size=25,
)


@given(tours_drawn)
def test_lanes_hold_every_tour_never_two_at_once_and_are_as_few_as_can_be(tours):
    lanes = lanes_of(tours)
    assert sum(len(lane) for lane in lanes) == len(tours)
    for lane in lanes:
        assert all(before["until_day"] <= after["from_day"] for before, after in itertools.pairwise(lane))
    at_once = max(
        (sum(other["from_day"] <= tour["from_day"] < other["until_day"] for other in tours) for tour in tours), default=0
    )
    assert len(lanes) == at_once


def test_handover_is_hatched_where_a_tour_has_one_and_only_there():
    scenario, plan = sample_plan()
    tours = [tour for tour in plan.tours.to_dicts() if tour["line"] == "L-001"]
    timeline = Timeline(scenario.horizon)
    strip, left_out = gantt_strip(timeline, tours, label="ALD on L-001")
    within = [tour for tour in tours if tour["serves_until_day"] < 1800 - 3]
    assert left_out == 0
    assert str(strip).count('class="h"') == len(within)
    without = [tour | {"serves_until_day": tour["until_day"]} for tour in tours]
    assert 'class="h"' not in str(gantt_strip(timeline, without, label="-")[0])


def test_unit_number_is_what_tells_units_of_an_offer_apart():
    assert unit_number({"unit": "GBR-battlegroup-07", "offer": "GBR-battlegroup"}) == "07"
    assert unit_number({"unit": "3rd Commando", "offer": "GBR-battlegroup"}) == "3rd Commando"


@given(horizons)
def test_every_day_of_the_horizon_has_its_place_on_the_strip(horizon: Horizon):
    timeline = Timeline(horizon)
    assert timeline.x(0) == 0
    assert timeline.x(horizon.days) == STRIP_WIDTH
    assert timeline.x(horizon.days + 400) == STRIP_WIDTH
    assert str(horizon.start_date.year) in str(timeline_head(timeline))


@given(st.floats(0, 1))
def test_percent_claims_all_or_nothing_only_where_it_is_so(share: float):
    text = percent(share).replace("\u202f", " ")
    assert (text == "100 %") == (abs(share - 1) < 1e-9)
    assert (text == "0 %") == (share == 0)


@given(st.integers(-(10**9), 10**9))
def test_grouped_numbers_read_back(number: int):
    assert int(grouped(number).replace("\u202f", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("days", "said"),
    [(1826, "five years"), (1800, "about five years"), (365, "one year"), (540, "about 18 months"), (30, "30 days")],
)
def test_length_of_time_is_said_as_near_as_it_is_true(days, said):
    assert duration(days) == said


def test_words_of_keys_and_amounts():
    assert plain("isr_aircraft") == "ISR aircraft"
    assert [amount(number) for number in (3.0, 2.25, 0.01, 0.0)] == ["3", "2.2", "under 0.1", "0"]


def test_monthly_mean_weighs_short_months_by_their_days():
    """A horizon that begins on 15 January: its first column has 17 days, not 31."""
    scenario, _ = sample_plan()
    months = months_of(scenario.horizon)
    assert months[0].days == 17
    level = people_by_day(sample_plan()[1], days=1800)
    assert monthly_mean(level, months)[0] == pytest.approx(sum(level[:17]) / 17)


def test_a_part_of_the_horizon_fills_the_whole_scale():
    """A year of five: its first day stands at the left, its last at the right, its months are named, other years are not."""
    horizon = Horizon(start_date=date(2027, 1, 1), days=1825, period_days=30)
    year = Timeline(horizon, width=600, from_day=365, until_day=731)
    assert (year.x(0), year.x(365), year.x(731), year.x(1825)) == (0, 0, 600, 600)
    assert year.x(365 + 183) == pytest.approx(300)
    head = str(timeline_head(year))
    assert ">2028</text>" in head
    assert ">2027</text>" not in head
    assert "from Jan 2028 to Dec 2028" in head
