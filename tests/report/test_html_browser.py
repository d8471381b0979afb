"""The report in a real browser with the network off: it opens, keeps its policy, fits the screen, and shows what it must."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.report.sample_mandate import hostile_mandate, mandated_plan
from tests.report.sample_plan import hostile_scenario, sample_plan
from tests.report.sample_risk import hostile_risk, risky_plan, with_risk

from contingent.report.html import write_comparison, write_report

DESK, TELEPHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    scenario, medium = sample_plan()
    _, small = sample_plan("small")
    return {
        "sample": write_report(scenario, medium, folder / "sample.html", compared=[("small", small), ("medium", medium)]),
        "hostile": write_report(*hostile_scenario(), folder / "hostile.html"),
        "mandated": write_report(*mandated_plan(), folder / "mandated.html"),
        "hostile mandate": write_report(*hostile_mandate(), folder / "hostile-mandate.html"),
        "risky": write_report(*risky_plan(), folder / "risky.html"),
        "hostile risk": write_report(*hostile_risk(), folder / "hostile-risk.html"),
    }


@pytest.fixture(scope="module")
def comparisons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("comparisons")
    scenario, medium = risky_plan()
    small = with_risk(scenario, sample_plan("small")[1])
    bad_scenario, bad = hostile_risk()
    return {
        "two": write_comparison([small, medium], folder / "two.html", scenarios=[scenario] * 2),
        "four": write_comparison([small, medium] * 2, folder / "four.html", scenarios=[scenario, None, scenario, None]),
        "hostile": write_comparison([bad, bad, bad], folder / "hostile.html", scenarios=[bad_scenario] * 3),
    }


@pytest.fixture(params=["sample", "hostile", "mandated", "hostile mandate", "risky", "hostile risk"])
def report(request: pytest.FixtureRequest, reports: dict[str, Path]) -> Path:
    return reports[request.param]


def opened(browser: Browser, path: Path, size: dict[str, int]) -> tuple[Page, list[str], list[str]]:
    """A page open with the network off; what it said to the console, what it asked the network for."""
    context = browser.new_context(viewport=size, offline=True)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, said, asked


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_page_is_silent_asks_nothing_and_does_not_scroll_sideways(browser: Browser, report: Path, size: dict[str, int]):
    page, said, asked = opened(browser, report, size)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert said == []
    assert asked == [report.as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.context.close()


def test_the_burden_of_each_nation_is_seen_on_a_telephone(browser: Browser, report: Path):
    """Its table is no wider than its place: the burden, its last column there, needs no scrolling sideways."""
    page, *_ = opened(browser, report, TELEPHONE)
    table = page.locator("#burden .scroll")
    assert table.evaluate("each => each.scrollWidth") <= table.evaluate("each => each.clientWidth")
    assert table.locator("thead th:visible").last.inner_text() == "Burden"
    page.context.close()


def test_every_nation_with_tours_has_bars_and_each_gap_a_row(browser: Browser, reports: dict[str, Path]):
    _, plan = sample_plan()
    page, *_ = opened(browser, reports["sample"], DESK)
    for nation in plan.tours["nation"].unique():
        body = page.locator(f"tbody:has([data-nation='{nation}'])")
        assert body.is_visible()
        assert body.locator("svg rect.t").count() == plan.tours.filter(plan.tours["nation"] == nation).height
    assert page.locator("#gap-table tbody tr").count() == plan.gaps.height
    page.context.close()


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("name", ["two", "four", "hostile"])
def test_plans_side_by_side_are_silent_and_do_not_scroll_sideways(
    browser: Browser, comparisons: dict[str, Path], name: str, size: dict[str, int]
):
    page, said, asked = opened(browser, comparisons[name], size)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert said == []
    assert asked == [comparisons[name].as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.context.close()


def test_plans_side_by_side_stand_beside_each_other_on_a_desk_and_below_on_a_telephone(
    browser: Browser, comparisons: dict[str, Path]
):
    for size, beside in ((DESK, True), (TELEPHONE, False)):
        page, *_ = opened(browser, comparisons["two"], size)
        first, second = (page.locator("#answers .columns > div").nth(at).bounding_box() for at in (0, 1))
        assert first is not None
        assert second is not None
        assert (first["y"] == second["y"]) == beside
        page.context.close()


def test_plans_side_by_side_print_on_few_pages(browser: Browser, comparisons: dict[str, Path]):
    page, *_ = opened(browser, comparisons["two"], DESK)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 4 <= printed.count(b"/MediaBox") <= 11
    page.context.close()


def test_no_chart_is_higher_than_a_printed_page(browser: Browser, reports: dict[str, Path], comparisons: dict[str, Path]):
    """A picture cannot be parted between pages: at the width of A4 each must fit the height of one."""
    for path in (reports["risky"], comparisons["four"]):
        page, *_ = opened(browser, path, {"width": 696, "height": 1000})
        page.emulate_media(media="print")
        heights = page.locator(".wide svg.chart").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
        assert heights
        assert max(heights) <= 265 / 25.4 * 96
        page.context.close()


@pytest.mark.parametrize("name", ["sample", "mandated", "risky"])
def test_letters_stand_out_from_their_ground(browser: Browser, reports: dict[str, Path], name: str):
    """Contrast of 4.5 to 1 or more, WCAG's rule, for every text on the plain page (pictures keep dark text by their style)."""
    page, *_ = opened(browser, reports[name], DESK)
    pairs = page.evaluate("""() => {
        const seen = new Set();
        for (const each of document.querySelectorAll('body *:not(svg):not(svg *)')) {
            if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            let ground = each;
            while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            const behind = ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)';
            seen.add(getComputedStyle(each).color + '|' + behind);
        }
        return [...seen];
    }""")
    assert len(pairs) >= 4
    for pair in pairs:
        text, ground = (luminance(colour) for colour in pair.split("|"))
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 4.5, pair
    page.context.close()


def luminance(colour: str) -> float:
    """Relative luminance of ``rgb(r, g, b)``, after WCAG 2.2."""
    channels = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_matrix_prints_on_few_broad_pages_with_the_marking_on_each(browser: Browser, reports: dict[str, Path], tmp_path: Path):
    """Thirty lines fit one sheet of A3; the whole report makes a modest stack."""
    page, *_ = opened(browser, reports["sample"], DESK)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = [part.split(b"]")[0] for part in printed.split(b"/MediaBox")[1:]]
    broad = [box for box in boxes if b"1190" in box or b"1191" in box]
    assert 2 <= len(broad) <= 5
    assert len(boxes) - len(broad) <= 14
    page.context.close()


def test_a_factor_that_a_task_names_is_found_in_the_folded_table(browser: Browser, reports: dict[str, Path]):
    """Its link opens the table of factors and leads to its row."""
    page, *_ = opened(browser, reports["mandated"], DESK)
    link = page.locator("#mandate-tasks .chips a").first
    row = page.locator(f"[id='{(link.get_attribute('href') or '').removeprefix('#')}']")
    assert not row.is_visible()
    link.click()
    assert row.is_visible()
    page.context.close()
