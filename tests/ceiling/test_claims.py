"""Claims beside what is computed: verdicts from figures, sentences with the figures in them."""

import polars as pl
import pytest
from tests.ceiling import one_type

from contingent.ceiling import CeilingOptions, find_ceiling
from contingent.ceiling.claims import claims_frame, tempo_of, verdict_of
from contingent.model.chance import Claim
from contingent.plan import empty_frame


def claim(measure: str, low: float, **more) -> Claim:
    return Claim(claim=measure, said_by="somebody", statement="said", measure=measure, low=low, **more)


CLAIMS = (
    claim("people_sustained", 400),
    claim("people_mustered", 5000),
    claim("people_in_all", 2000, force=500, years=2),
    claim("pool_multiple", 3),
)


def verdicts(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.select("claim", "verdict").iter_rows())


def test_verdicts_follow_from_figures():
    """Twelve units of 100 at 1:2: 400 people without end, 1,200 at once, three for each one on task."""
    scenario = one_type.scenario(units=12, claims=CLAIMS)
    found = find_ceiling(scenario, CeilingOptions(questions=("base", "surge"), fill={1: 1.0}))
    assert verdicts(found.claims) == {
        "people_sustained": "agrees", "people_mustered": "we find less", "people_in_all": "we find less",
        "pool_multiple": "agrees",
    }  # fmt: skip
    rows = {row["claim"]: row for row in found.claims.iter_rows(named=True)}
    assert (rows["people_in_all"]["ours_low"], rows["people_in_all"]["ours_high"]) == (1500, 1500)
    assert "a unit counts for 90 days of its tour and goes again after 270" in rows["people_in_all"]["why"]
    assert "8.11 would be" in rows["people_in_all"]["why"]  # 730 days over 90
    assert "Theirs: 2\u202f000 people for a force of 500 over 2 years." in rows["people_in_all"]["why"]
    assert "400 people" in rows["people_sustained"]["why"]


def test_too_short_a_time_for_anybody_to_go_twice_needs_fewer():
    short = claim("people_in_all", 300, force=150, years=0.5)
    row = claims_frame(one_type.scenario(claims=(short,)), None, empty_frame("ceilings"))
    assert row["ours_low"].to_list() == pytest.approx([150 * 0.5 * 365 / 90])
    assert row["verdict"].to_list() == ["agrees"]


def test_without_a_ceiling_people_cannot_be_compared():
    frame = claims_frame(one_type.scenario(claims=CLAIMS[:2]), None, empty_frame("ceilings"))
    assert set(frame["verdict"]) == {"cannot be compared"}
    assert frame["ours_low"].to_list() == [None, None]


def test_the_rotation_base_over_offers_weighs_what_they_keep_on_task():
    """Three at 1:2 keep one, five at 1:4 keep one: eight for two."""
    scenario = one_type.scenario(units=3, nations=2)
    other = scenario.offers[1].model_copy(update={"quantity": 5, "dwell_ratio": 4.0})
    tempo = tempo_of(scenario.model_copy(update={"offers": (scenario.offers[0], other)}))
    assert (tempo.by_default, tempo.over_offers) == pytest.approx((3.0, 4.0))


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict"),
    [((100, 100), (96, 97), "agrees"), ((100, 100), (90, 94), "we find less"), ((100, 120), (127, 200), "we find more"),
     ((100, 120), (80, 200), "agrees"), ((0, 0), (1, 2), "we find more")],
)  # fmt: skip
def test_figures_are_rounded_but_not_far(theirs, ours, verdict):
    assert verdict_of(*theirs, *ours) == verdict
