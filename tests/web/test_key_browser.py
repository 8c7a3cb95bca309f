"""The page where a key is needed: it asks for one and draws what the key covers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gis.registry import Registry
from layers.catalogue import withdraw
from layers.keys import add_key
from tests.web.test_browser import CHROMIUM, Visit, _served, _visit, browser
from web.page import libraries_are_built

__all__ = ["browser"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium"),
    pytest.mark.skipif(
        not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
    ),
]


@pytest.fixture
def guarded(city_template: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve the city with nothing public but its divisions; return address and key."""
    path = str(shutil.copy(city_template, tmp_path / "guarded.gpkg"))
    with Registry.open(path) as registry:
        for layer in ("unit-grids", "components"):
            withdraw(registry, layer)
        _key, token = add_key(registry, "dispatcher", ["dispatcher"])
    with _served(path) as base:
        yield base, token


def layer_names(visit: Visit) -> str:
    return visit.page.locator("#layers-list").inner_text()


def test_the_search_asks_for_a_key_and_the_map_shows_what_it_covers(browser, guarded) -> None:
    base, token = guarded
    with _visit(browser, base) as visit:
        page = visit.open()
        assert "单元网格" not in layer_names(visit)
        page.fill("#q", "青杉")
        expect(page.locator("dialog#key")).to_be_visible()
        with page.expect_response(lambda answer: "/collections/unit-grids/tiles/" in answer.url) as drawn:
            page.fill("dialog#key input", token)
            page.click("dialog#key button[type=submit]")
        assert drawn.value.status == 200
        page.wait_for_selector("html[data-ready=true]")
        assert "单元网格" in layer_names(visit)
        page.fill("#q", "青杉广场")
        expect(page.locator("#q-list [role=option]").first).to_contain_text("青杉广场")
        expect(page.locator("dialog#key")).to_have_count(0)
        assert token not in page.url


def test_a_wrong_key_is_asked_for_again(browser, guarded) -> None:
    base, _token = guarded
    with _visit(browser, base) as visit:
        page = visit.open()
        page.fill("#q", "青杉")
        page.fill("dialog#key input", "wk_wrong")
        page.click("dialog#key button[type=submit]")
        expect(page.locator("dialog#key")).to_contain_text("无效")
