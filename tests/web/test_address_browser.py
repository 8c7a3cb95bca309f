"""The address of a place that was clicked, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.test_browser import CHROMIUM, Visit, browser, site, visit
from tests.web.test_geocode_api import PLATE, TEXT
from web.page import libraries_are_built

__all__ = ["browser", "site", "visit"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium"),
    pytest.mark.skipif(
        not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
    ),
]


def test_a_clicked_place_has_its_address(visit: Visit) -> None:
    page = visit.open(f"/#lon={PLATE['lon'] + 0.0001}&lat={PLATE['lat']}")
    address = page.locator("#card dd.address")
    expect(address).to_contain_text(TEXT)
    expect(address).to_contain_text("相距")
    page.locator("#map").click(position={"x": 760, "y": 330})
    expect(page.locator("#card dd.address")).to_contain_text("松塘街道")
    assert visit.complaints == []


def test_a_card_stands_without_an_address(visit: Visit) -> None:
    page = visit.open()
    page.route("**/api/reverse*", lambda route: route.abort())
    page.locator("#map").click(position={"x": 760, "y": 330})
    expect(page.locator("#card")).to_contain_text("松塘街道")
    expect(page.locator("#card dd.address")).to_have_count(0)


def test_a_place_in_no_division_is_not_asked_about(visit: Visit) -> None:
    page = visit.open("/#lon=100&lat=10")
    expect(page.locator("#card")).to_contain_text("100")
    page.wait_for_timeout(300)
    assert visit.complaints == []
