"""The search box in a real browser: as one types, by keyboard, by input method, on a narrow screen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.test_browser import CHROMIUM, Visit, _visit, browser, site
from web.page import libraries_are_built

__all__ = ["browser", "site"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium"),
    pytest.mark.skipif(
        not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
    ),
]

OPTIONS = "#q-list [role=option]"


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Visit]:
    """Return a page of a site that has the names in memory."""
    for _ in range(600):
        if httpx.get(f"{site}/api/search", params={"q": "stjd"}).json()["results"]:
            break
        time.sleep(0.05)
    with _visit(browser, site) as made:
        yield made


def asked(page: Page) -> list[str]:
    """Return the list that takes the texts that are searched for."""
    texts: list[str] = []
    page.on("request", lambda one: "/api/search" in one.url and texts.append(httpx.URL(one.url).params["q"]))
    return texts


def test_names_are_found_by_their_initials_and_what_was_met_is_marked(visit: Visit) -> None:
    page = visit.open()
    page.locator("#q").press_sequentially("stjd", delay=20)
    first = page.locator(OPTIONS).first
    expect(first).to_contain_text("松塘街道")
    expect(first.locator("mark")).to_have_text("松塘街道")
    page.locator("#q").fill("shimin")
    expect(page.locator(OPTIONS).first).to_contain_text("青杉广场")
    page.locator("#q").fill("广场")
    expect(page.locator(f"{OPTIONS} mark")).to_have_text("广场")
    page.locator("#q").fill("5001990101")
    expect(page.locator(f"{OPTIONS} mark").first).to_have_text("5001990101")
    assert visit.complaints == []


def test_results_stand_in_groups_with_signs_and_distances(visit: Visit) -> None:
    page = visit.open()
    page.locator("#q").fill("青杉")
    expect(page.locator(OPTIONS)).to_have_count(12)
    kinds = page.locator(f"{OPTIONS} .kind").all_inner_texts()
    assert [kind for at, kind in enumerate(kinds) if kind not in kinds[:at]] == [
        kind for at, kind in enumerate(kinds) if at == 0 or kind != kinds[at - 1]
    ]
    assert page.locator(f"{OPTIONS} .is-first").count() == len(set(kinds)) > 3
    assert page.locator(f"{OPTIONS} .kind svg").count() == 12
    expect(page.locator(OPTIONS).filter(has_text="青杉广场").locator(".row-side")).to_contain_text(" 米")


def test_what_lies_near_the_middle_of_the_map_comes_first(visit: Visit) -> None:
    page = visit.open("/#q=5001990101000019")
    expect(page.locator("#card")).to_contain_text("5001990101000019")
    page.locator("#q").fill("青杉路")
    addresses = page.locator(OPTIONS).filter(has=page.locator(".is-address"))
    expect(addresses.first).to_contain_text("青杉路1号")


def test_only_the_last_of_quick_keystrokes_is_asked(visit: Visit) -> None:
    page = visit.open()
    texts = asked(page)
    page.locator("#q").press_sequentially("songtang", delay=5)
    expect(page.locator(OPTIONS).first).to_contain_text("松塘")
    assert texts[-1] == "songtang"
    assert len(texts) <= 3


def test_an_answer_that_was_overtaken_is_not_shown(visit: Visit) -> None:
    page = visit.open()
    held: list[Any] = []
    page.route(
        "**/api/search*",
        lambda route: held.append(route) if "q=sh&" in route.request.url else route.continue_(),
    )
    page.locator("#q").fill("sh")
    page.wait_for_timeout(300)
    page.locator("#q").fill("stjd")
    expect(page.locator(OPTIONS).first).to_contain_text("松塘街道")
    for route in held:
        # Given up by the page already
        route.abort()
    page.wait_for_timeout(100)
    expect(page.locator(OPTIONS).first).to_contain_text("松塘街道")


def test_nothing_is_asked_while_an_input_method_composes(visit: Visit) -> None:
    page = visit.open()
    texts = asked(page)
    page.locator("#q").focus()
    keyboard = page.context.new_cdp_session(page)
    for letters in ("s", "so", "song", "song'tang"):
        keyboard.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": 0}
        )
    page.wait_for_timeout(400)
    assert texts == []
    keyboard.send("Input.insertText", {"text": "松塘"})
    expect(page.locator(OPTIONS).first).to_contain_text("松塘街道")
    assert texts == ["松塘"]


def test_the_keyboard_goes_through_the_list(visit: Visit) -> None:
    page = visit.open()
    box = page.locator("#q")
    box.fill("青杉")
    expect(page.locator(OPTIONS)).to_have_count(12)
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        box.press(key)
    chosen = page.locator(f"{OPTIONS}[aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Escape")
    expect(page.locator("#q-list")).to_be_hidden()
    expect(box).to_have_value("青杉")
    assert box.get_attribute("aria-expanded") == "false"
    box.press("ArrowDown")
    expect(page.locator("#q-list")).to_be_visible()
    box.fill("市民")
    expect(page.locator(OPTIONS)).to_have_count(1)
    box.press("Enter")
    expect(page.locator("#card")).to_contain_text("石亭社区")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_fits_a_narrow_screen(visit: Visit, language: str) -> None:
    visit.page.set_viewport_size({"width": 400, "height": 720})
    page = visit.open(f"/?lang={language}")
    page.locator("#q").fill("青杉")
    expect(page.locator(OPTIONS)).to_have_count(12)
    area = page.locator("#q-list").bounding_box()
    assert area is not None
    assert area["x"] >= 0
    assert area["x"] + area["width"] <= 400
    wide = page.evaluate("() => document.querySelector('#q-list').scrollWidth")
    assert wide <= area["width"]
    expect(page.locator(OPTIONS).first).to_contain_text({"zh": "区划", "en": "Division"}[language])


def test_a_refused_search_is_told_on_enter_alone(visit: Visit) -> None:
    page = visit.open()
    body = json.dumps({"title": "q", "detail": "不能查找"})
    page.route(
        "**/api/search*",
        lambda route: route.fulfill(status=400, content_type="application/problem+json", body=body),
    )
    page.locator("#q").fill("青杉")
    page.wait_for_timeout(300)
    expect(page.locator("#card")).to_be_hidden()
    page.locator("#q").press("Enter")
    expect(page.locator("#card [role=alert]")).to_contain_text("不能查找")
