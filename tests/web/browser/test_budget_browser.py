"""The slider of a budget: by keyboard and by its field, and the address follows."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.web.hall import application, priced_conference, served

pytestmark = pytest.mark.browser


def test_slider_field_and_address_say_the_same(browser: Browser, tmp_path: Path):
    conference = priced_conference(tmp_path)
    with served(application(conference)) as address:
        context = browser.new_context(viewport={"width": 390, "height": 900})
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda told: said.append(told.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/cost?budget=100")
        page.locator("body[data-ready]").wait_for(state="attached")
        slider, field, held = page.locator("#budget-slider"), page.locator("#budget-field"), page.locator("#held p.first")
        expect(held).to_contain_text("EUR 100\u202fm")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        slider.focus()
        slider.press("Home")
        slider.press("ArrowRight")
        step = slider.get_attribute("step")
        expect(field).to_have_value(step or "")
        page.wait_for_url(f"**/cost?budget={step}")
        expect(slider).to_have_attribute("aria-valuetext", f"{step} million EUR")
        field.fill("250")
        field.press("Enter")
        expect(held).to_contain_text("EUR 250\u202fm")
        page.wait_for_url("**/cost?budget=250")
        page.locator("#budget-year").select_option("2030")
        expect(held).to_contain_text("in 2030")
        page.wait_for_url("**/cost?budget=250&year=2030")
        assert slider.is_visible()
        context.close()
        assert said == []
    conference.close()
