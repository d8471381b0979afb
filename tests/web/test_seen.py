"""What a viewer may see: private cells of another nation appear nowhere, and reasons that would tell of its terms read alike."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contingent
from contingent.model.aid import Delivery, Pledge
from contingent.model.chance import Case, Policy
from contingent.model.money import FundingShare, Rate
from contingent.model.movement import Fleet
from contingent.model.rows import (
    TABLES,
    Capability,
    Commitment,
    Location,
    Nation,
    Offer,
    Pin,
    PoolEntry,
    Release,
    Requirement,
    Term,
    UnitType,
)
from contingent.model.scenario import Scenario, Settings
from contingent.plan import COLUMNS, Goal, Plan, PlanOptions, frame
from contingent.web.guard import Viewer
from contingent.web.seen import coarser_gaps, seen_cells, seen_plan, seen_scenario
from contingent.web.sharing import FRAME_SHARING, TABLE_SHARING

NATIONS = ("AAA", "BBB", "CCC", "DDD", "EEE")
DELEGATE = Viewer("Bea", "delegate", "BBB")
OBSERVER = Viewer("Otto", "observer")
PLANNER = Viewer("Pia", "planner")
BLIND = (DELEGATE, OBSERVER, Viewer("", "nobody"), Viewer("Nobody's", "delegate", None))


class Secrets:
    """Cells of one nation that nobody else may read: each unlike everything else, so that it is found wherever it leaks."""

    def __init__(self, nation: str) -> None:
        self.nation = nation
        self.told: set[str] = set()
        self.count = 0

    def text(self) -> str:
        self.count += 1
        return self._kept(f"secret-{self.nation}-{self.count}-")

    def share(self) -> float:
        self.count += 1
        number = (7_310_000 + 1000 * NATIONS.index(self.nation) + self.count) / 1e7
        self._kept(str(number))
        return number

    def whole(self) -> int:
        self.count += 1
        return int(self._kept(str(741_000 + 1000 * NATIONS.index(self.nation) + self.count)))

    def _kept(self, text: str) -> str:
        self.told.add(text)
        return text


def further_rows(nation: str, kept: Secrets) -> tuple[Any, ...]:
    text, share = kept.text, kept.share
    return (
        Term(term=text(), nation=nation, excluded_locations=(text(),), probability=share(), source=text()),
        Release(release=text(), nation=nation, share=share(), source=text()),
        Policy(policy=text(), nation=nation, fail_probability=share(), source=text()),
        Rate(rate=text(), item="personnel", nation=nation, per="person_day", value=share(), source=text()),
        PoolEntry(entry=text(), nation=nation, name=text(), formation_type="brigade", domain="land", committed=share()),
        Commitment(commitment=text(), nation=nation, place=text(), personnel=kept.whole()),
        Case(case=text(), step=1, title=text(), kind="nation_withdraws", nations=(nation,)),
        Fleet(fleet=f"F{nation}", name="ships", kind="ship", mode="sea", nation=nation, quantity=1, speed_kmh=30, source=text()),
        FundingShare(funding_key="key", nation=nation, share=0.1, source=text()),
        Pledge(
            pledge=f"P{nation}", donor=nation, item="tanks", announced=date(2026, 1, 1), counted="no", why_not=text(),
            source=text(),
        ),
        Delivery(delivery=f"D{nation}", donor=nation, evidence=text(), source=text()),
    )


class Drawn(tuple):
    """A scenario, a plan and their secrets, of which a failing test shows no more than that it is one."""

    def __repr__(self) -> str:
        return "Drawn(...)"


@st.composite
def conferences(draw: st.DrawFn) -> tuple[Scenario, Plan, dict[str, set[str]]]:
    """A scenario and a plan with private cells of each nation, and what those are."""
    scenario, secrets = scenario_with_secrets(draw)
    plan = plan_with_secrets(draw, scenario, secrets)
    return Drawn((scenario, plan, {nation: kept.told for nation, kept in secrets.items()}))


def scenario_with_secrets(draw: st.DrawFn) -> tuple[Scenario, dict[str, Secrets]]:
    tables: dict[str, list[Any]] = {cls.table: [] for cls in TABLES}
    secrets = {nation: Secrets(nation) for nation in NATIONS}
    few = st.integers(0, 2)
    for nation, kept in secrets.items():
        tables["nations"].append(
            Nation(
                nation=nation, name=nation, withdrawal_probability=kept.share(), personnel_ceiling=kept.whole(),
                source=kept.text(),
            )
        )
        for number in range(draw(st.integers(1, 2))):
            offer = f"{nation}-{number}"
            tables["offers"].append(
                Offer(
                    offer=offer, nation=nation, unit_type="battalion", quantity=2, notice_days=draw(st.integers(0, 30)),
                    excluded_locations=(kept.text(),), excluded_tasks=(kept.text(), kept.text()), probability=kept.share(),
                    source=kept.text(), home=kept.text(), personnel=kept.whole(),
                )
            )
            tables["pins"].append(Pin(offer=offer, line="L1", from_day=0, source=kept.text()))
        for _ in range(draw(few)):
            for row in further_rows(nation, kept):
                tables[row.table].append(row)
    tables["cases"].append(Case(case="storm", step=1, title="A link closes", kind="link_closes", links=("bridge",)))
    tables["terms"].append(Term(term="all", notice_days=10))
    tables["unit_types"] = [UnitType(unit_type="battalion", name="Battalion", domain="land", echelon="battalion", personnel=500)]
    tables["capabilities"] = [Capability(capability="infantry", unit_type="battalion", effectiveness=1.0)]
    tables["locations"] = [Location(location="north")]
    tables["requirements"] = [
        Requirement(line=f"L{number}", capability="infantry", quantity=4, location="north", priority=number) for number in (1, 2)]
    of_a = secrets["AAA"]
    scenario_settings = Settings(
        title="t", start_date=date(2026, 1, 1), horizon_days=90, extends=of_a.text(), remove={"offers": (of_a.text(),)})
    made = Scenario.model_construct(settings=scenario_settings, **{name: tuple(rows) for name, rows in tables.items()})
    return made, secrets


PRIVATE_COLUMNS = {
    "nations": ("ceiling", "units_offered"),
    **dict.fromkeys(("unused", "movements", "costs", "bills", "risk_dwell", "risk_missed", "shapley", "stress"), None),
}
"""Columns of a plan's frames that hold what is private to the nation of the row; None = all but the nation."""


def plan_with_secrets(draw: st.DrawFn, scenario: Scenario, secrets: dict[str, Secrets]) -> Plan:
    frames: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for nation, kept in secrets.items():
        for name, columns in PRIVATE_COLUMNS.items():
            for _ in range(draw(st.integers(0, 2))):
                row: dict[str, Any] = {"nation": nation, "nations": nation}
                hidden = [column for column in COLUMNS[name] if column not in row and (columns is None or column in columns)]
                row |= {column: _secret(kept, COLUMNS[name][column]) for column in hidden}
                frames[name].append({column: row.get(column) for column in COLUMNS[name]})
        for movement in [row["movement"] for row in frames["movements"] if row["nation"] == nation]:
            frames["legs"].append({"movement": movement, "link": kept.text(), "fleet": kept.text()})
            frames["bottlenecks"].append({"movement": movement, "chain": kept.text(), "resource": kept.text()})
        for day in range(draw(st.integers(0, 2))):
            reason = draw(st.sampled_from(("caveat", "ceiling", "not_ready", "caveat;in_dwell", "one_nation;ceiling")))
            frames["gaps"].append(
                {
                    "line": "L1", "capability": "infantry", "location": "north", "priority": 1, "from_day": 30 * day,
                    "until_day": 30 * day + 30, "quantity": 1.0, "unit_days": 30.0, "reason": reason, "detail": kept.text(),
                }
            )
        if draw(st.booleans()):
            frames["tours"].append(
                {"unit": f"{nation}-0/1", "offer": f"{nation}-0", "nation": nation, "line": "L1", "from_day": 0, "until_day": 60})
    together = secrets["AAA"]
    frames["cost_checks"].append({"check": together.text(), "why": together.text(), "ours": together.share()})
    serving = {row["nation"] for row in frames["tours"]}
    if len(serving) < 3:  # an average behind which one or two stand tells of them
        frames["risk_lines"].append({"line": "L1", "priority": 1, "mean": together.share()})
        frames["risk_fill"].append({"line": None, "priority": 1, "mean": together.share()})
        frames["risk_summary"].append({"measure": "fill", "priority": None, "mean": together.share()})
        frames["participation"].append({"priority": 1, "mean": together.share()})
        frames["ceilings"].append({"question": "base", "held": together.share()})
        frames["risk_states"].append({"day": 1, "mean": together.share()})
    frames["stress_worst"].append({"together": 2, "nations": "AAA;CCC", "best_reaction": together.share()})
    frames["stress_smallest"].append({"nations": "AAA", "best_reaction": together.share()})
    frames["ceilings"].append({"question": "nations", "label": "1", "held": together.share()})
    frames["remedies"].append({"unit_type": "battalion", "cost": together.share()})
    return Plan(
        title="t", option=None, marking="m", goals=(Goal("cost", together.share(), 0.0, "optimal", "exact", 0.0, "EUR"),),
        required_unit_days={1: 360.0}, filled_unit_days={1: 0.0}, people_deployed_peak=0, low_confidence_share=0.0,
        provenance={"scenario": together.text(), "seed": 0, "cost": {"key": together.text()}}, seconds={"all": together.share()},
        **{name: frame(name, rows) for name, rows in frames.items()},
    )


def _secret(kept: Secrets, kind: Any) -> Any:
    makers = {pl.String: kept.text, pl.Float64: kept.share, pl.Int64: kept.whole}
    return makers[kind]() if kind in makers else None


def everything_in(*, scenario: Scenario | None = None, plan: Plan | None = None) -> str:
    """All that stands in a scenario or a plan, as one text."""
    parts = [] if scenario is None else [
        json.dumps({name: [row.model_dump(mode="json") for row in scenario.rows(name)] for name in TABLE_SHARING}),
        json.dumps(scenario.settings.model_dump(mode="json"))]
    if plan is not None:
        parts += [getattr(plan, name).write_csv(float_scientific=False) for name in COLUMNS]
        parts += [repr(plan.goals), repr(plan.provenance), repr(plan.seconds), plan.title, plan.marking]
    return "\n".join(parts)


def leaked(text: str, secrets: dict[str, set[str]], viewer: Viewer) -> list[str]:
    """Secrets of nations other than the viewer's own that stand in a text."""
    return sorted(each for nation, told in secrets.items() if not viewer.owns(nation) for each in told if each in text)


@settings(max_examples=40)
@given(conferences(), st.sampled_from(BLIND))
def test_no_private_cell_of_another_nation_is_seen(conference: Any, viewer: Viewer):
    scenario, plan, secrets = conference
    text = everything_in(scenario=seen_scenario(scenario, viewer), plan=seen_plan(plan, scenario, viewer))
    assert leaked(text, secrets, viewer) == []


@settings(max_examples=20)
@given(conferences())
def test_a_delegate_sees_all_of_its_own_rows(conference: Any):
    """Cells of its own nation stand where they stood; the details of gaps, which name several nations, do not count."""
    scenario, plan, secrets = conference
    seen = seen_scenario(scenario, DELEGATE)
    for table, rows in ((cls.table, scenario.rows(cls.table)) for cls in TABLES):
        own = [row for row in rows if "BBB" in (getattr(row, "nation", None), getattr(row, "donor", None))]
        assert [row for row in own if row not in seen.rows(table)] == []
    text = everything_in(scenario=seen, plan=seen_plan(plan, scenario, DELEGATE))
    in_details = set(plan.gaps["detail"])
    assert [each for each in secrets["BBB"] if each not in text and each not in in_details] == []


@settings(max_examples=20)
@given(conferences())
def test_planners_see_everything_as_it_is(conference: Any):
    scenario, plan, _ = conference
    assert seen_scenario(scenario, PLANNER) is scenario
    assert seen_plan(plan, scenario, PLANNER) is plan


@settings(max_examples=20)
@given(conferences(), st.sampled_from(BLIND))
def test_a_row_as_it_is_written_shows_what_the_row_shows(conference: Any, viewer: Viewer):
    """The raw cells of grids and the history go by the same tables."""
    scenario, _, secrets = conference
    nations = {offer.offer: offer.nation for offer in scenario.offers}
    texts = []
    for cls in TABLES:
        for row in scenario.rows(cls.table):
            cells = {name: _written(getattr(row, name)) for name in cls.model_fields}
            seen = seen_cells(cls.table, cells, viewer, nations)
            texts.append(json.dumps(seen))
            shown = {each.key_text() for each in seen_scenario(scenario, viewer).rows(cls.table)}
            assert (seen is None) == (row.key_text() not in shown)
    assert leaked("\n".join(texts), secrets, viewer) == []


def _written(value: Any) -> str:
    return "" if value is None else ";".join(value) if isinstance(value, tuple) else str(value)


# ------------------------------------------------------------------------------------------------------------- by hand


def hand_scenario(**terms: Any) -> Scenario:
    """One line of two units: BBB fills one; AAA could fill the other but for its own terms."""
    ceiling = terms.pop("personnel_ceiling", None)
    return Scenario(
        settings=Settings(title="by hand", start_date=date(2026, 1, 1), horizon_days=90),
        nations=(Nation(nation="AAA", name="A", personnel_ceiling=ceiling), Nation(nation="BBB", name="B")),
        unit_types=(UnitType(unit_type="battalion", name="Battalion", domain="land", echelon="battalion", personnel=500),),
        capabilities=(Capability(capability="infantry", unit_type="battalion", effectiveness=1.0),),
        locations=(Location(location="north"),),
        offers=(
            Offer(offer="A", nation="AAA", unit_type="battalion", quantity=1, tour_days=90, **terms),
            Offer(offer="B", nation="BBB", unit_type="battalion", quantity=1, tour_days=90),
        ),
        requirements=(Requirement(line="L1", capability="infantry", quantity=2, location="north"),),
    )


WHY = {
    "caveat": {"excluded_locations": ("north",)},
    "not_ready": {"notice_days": 90},
    "ceiling": {"personnel_ceiling": 100},
}
OPTIONS = PlanOptions(method="exact", replications=0, onward=False)


@pytest.fixture(scope="module")
def plans() -> dict[str, tuple[Scenario, Plan]]:
    """The plan under each of the three terms that others must not be told apart."""
    found = {}
    for reason, terms in WHY.items():
        scenario = hand_scenario(**terms)
        plan = contingent.make_plan(scenario, OPTIONS)
        assert plan.gaps["reason"].to_list() == [reason]
        assert "AAA" in plan.gaps["detail"][0]
        found[reason] = (scenario, plan)
    return found


@pytest.mark.parametrize("viewer", [DELEGATE, OBSERVER], ids=lambda viewer: viewer.role)
def test_a_caveat_a_late_unit_and_a_ceiling_read_alike(plans: dict[str, tuple[Scenario, Plan]], viewer: Viewer):
    """Whatever keeps A's unit at home, B reads the same words, and everything else of the plan is the same too."""
    seen = {reason: seen_plan(plan, scenario, viewer) for reason, (scenario, plan) in plans.items()}
    gap = seen["caveat"].gaps.row(0, named=True)
    assert gap["reason"] == "not_available"
    why = "what is offered for it is not available for this line at this time"
    assert gap["detail"] == f"Line L1 is 1 unit short from D+0: {why}."
    texts = {everything_in(plan=plan) for plan in seen.values()}
    assert len(texts) == 1
    assert len({everything_in(scenario=seen_scenario(scenario, viewer)) for scenario, _ in plans.values()}) == 1


def test_the_nation_itself_reads_why_its_unit_stays_at_home(plans: dict[str, tuple[Scenario, Plan]]):
    scenario, plan = plans["caveat"]
    seen = seen_plan(plan, scenario, Viewer("Ann", "delegate", "AAA"))
    assert seen.unused["reason"].to_list() == ["caveat"]
    assert "rules out north" in seen.unused["detail"][0]
    assert seen_plan(plan, scenario, DELEGATE).unused.is_empty()


def test_days_on_which_a_hidden_reason_changes_are_not_told():
    """A caveat until D+30 and a ceiling from there on are one gap for others; a unit more from D+60 on begins another."""
    same = {"line": "L1", "capability": "infantry", "location": "north", "priority": 1, "unit_days": 30.0, "detail": "AAA"}
    gaps = frame("gaps", [
        {**same, "from_day": 0, "until_day": 30, "quantity": 1.0, "reason": "caveat"},
        {**same, "from_day": 30, "until_day": 90, "quantity": 1.0, "reason": "ceiling"},
        {**same, "from_day": 60, "until_day": 90, "quantity": 0.5, "reason": "not_ready"},
        {**same, "from_day": 60, "until_day": 90, "quantity": 2.0, "reason": "in_dwell"},
    ])  # fmt: skip
    seen = coarser_gaps(gaps).select("from_day", "until_day", "quantity", "unit_days", "reason").rows()
    assert seen == [
        (0, 60, 1.0, 60.0, "not_available"), (60, 90, 2.0, 60.0, "in_dwell"), (60, 90, 1.5, 45.0, "not_available")]


stretches = st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(1, 8), st.sampled_from(("caveat", "ceiling", "in_dwell")))


@given(st.lists(stretches, max_size=8))
def test_coarser_gaps_lack_as_much_on_each_day(rows: list[tuple[int, int, int, str]]):
    gaps = frame("gaps", [
        {
            "line": "L1", "capability": "c", "location": None, "priority": 1, "from_day": day, "until_day": day + days,
            "quantity": halves / 2, "unit_days": days * halves / 2, "reason": reason, "detail": "",
        }
        for day, days, halves, reason in rows
    ])  # fmt: skip
    seen = coarser_gaps(gaps)
    for reasons, shown in ((("caveat", "ceiling"), "not_available"), (("in_dwell",), "in_dwell")):
        for day in range(15):
            lacking = sum(halves / 2 for first, days, halves, reason in rows if reason in reasons and first <= day < first + days)
            on_day = seen.filter((pl.col("reason") == shown) & (pl.col("from_day") <= day) & (pl.col("until_day") > day))
            assert on_day["quantity"].sum() == lacking
            assert len(on_day) <= 1


# ----------------------------------------------------------------------------------------------------- exports, and the tables


def test_exports_made_of_what_is_seen_hold_no_secret(tmp_path: Path, plans: dict[str, tuple[Scenario, Plan]]):
    """Report, workbook and plan folder are written from what is seen, whole, and tell nothing of A."""
    scenario, plan = plans["caveat"]
    private = {"withdrawal_probability": 0.7310001, "source": "secret-source"}
    kept = scenario.model_copy(update={"nations": (scenario.nations[0].model_copy(update=private), scenario.nations[1])})
    mine, seen = seen_scenario(kept, DELEGATE), seen_plan(plan, kept, DELEGATE)
    contingent.write_plan(seen, tmp_path / "plan", scenario=mine)
    contingent.write_workbook(mine, seen, tmp_path / "plan.xlsx")
    contingent.write_report(mine, seen, tmp_path / "report.html")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as book:
        book.extractall(tmp_path / "book")
    written = [path for path in tmp_path.rglob("*") if path.suffix in {".csv", ".json", ".toml", ".html", ".xml"}]
    assert len(written) > 20
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert "0.7310001" not in text
        assert "secret-source" not in text
        assert "rules out north" not in text


def test_every_table_and_every_frame_says_how_it_is_shared():
    assert set(TABLE_SHARING) == {cls.table for cls in TABLES}
    assert set(FRAME_SHARING) == set(COLUMNS)


def test_every_column_that_names_a_nation_was_thought_of():
    """A table or frame with a column for a nation says who owns its rows, or is named here."""
    shared = {"coverage", "formations", "orbat", "nations"}  # who serves where is the result that all share
    for cls in TABLES:
        if {"nation", "donor", "nations"} & set(cls.model_fields):
            assert TABLE_SHARING[cls.table].owner, cls.table
    for name, columns in COLUMNS.items():
        if {"nation", "nations"} & set(columns) and name not in shared:
            assert FRAME_SHARING[name].owner or FRAME_SHARING[name].hidden, name


def test_an_average_behind_which_two_others_stand_is_not_shown():
    """Three nations serve; to a delegate of one of them two others stand behind the average, to an observer three."""
    tour = {"line": "L1", "from_day": 0, "until_day": 9}
    tours = [{**tour, "nation": nation, "offer": nation, "unit": nation} for nation in NATIONS[:3]]
    scenario = hand_scenario()
    plan = contingent.make_plan(scenario, OPTIONS)
    plan = replace(
        plan, tours=frame("tours", tours), risk_lines=frame("risk_lines", [{"line": "L1", "priority": 1, "mean": 0.5}]),
        risk_fill=frame("risk_fill", [{"priority": 1, "mean": 0.5}]))
    assert len(seen_plan(plan, scenario, OBSERVER).risk_lines) == 1
    assert len(seen_plan(plan, scenario, OBSERVER).risk_fill) == 1
    assert seen_plan(plan, scenario, DELEGATE).risk_lines.is_empty()
    assert seen_plan(plan, scenario, DELEGATE).risk_fill.is_empty()
