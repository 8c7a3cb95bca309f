"""The page in a real browser, served by the real server."""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from web.page import libraries_are_built

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY = "html[data-ready=true]"
COVER = "5001990101000015"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium"),
    pytest.mark.skipif(
        not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
    ),
]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)

MAGENTA_PIXELS = """() => [...document.querySelectorAll("#map canvas")].reduce((sum, canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4)
    if (data[i] > 150 && data[i + 1] < 130 && data[i + 2] > 90 && data[i + 3] > 60) sum += 1;
  return sum;
}, 0)"""


@dataclass
class Visit:
    """A page, with what it complained about and what it asked of others."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        self.page.goto("about:blank")
        self.page.goto(self.base + path)
        self.page.wait_for_selector(READY)
        return self.page

    def wait_until(self, condition: str) -> None:
        """Ask again and again from outside: the page's own policy forbids it to evaluate text."""
        for _ in range(600):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"never came true: {condition}")

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.outside.append(request.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(city_template: Path) -> Iterator[str]:
    """Serve the small city; return its address."""
    with _served(str(city_template)) as base:
        yield base


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    with _visit(browser, site) as made:
        yield made


@contextmanager
def _served(url: str, **environment: str) -> Iterator[str]:
    """Serve a registry in a process of its own, as the command line does."""
    port = _free_port()
    code = f"from web.server import serve; serve({url!r}, port={port})"
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, **environment})
    try:
        yield _wait_for(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


@contextmanager
def _visit(browser: Browser, base: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    made = Visit(context.new_page(), base)
    made.page.on("request", made.note_request)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("console", lambda said: said.type == "error" and made.complaints.append(said.text))
    yield made
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(base: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert process.poll() is None, "the server did not start"
        try:
            httpx.get(f"{base}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return base
    pytest.fail("the server did not answer")


def test_the_page_draws_grids_without_complaints_and_without_asking_others(visit: Visit) -> None:
    page = visit.open()
    visit.wait_until(f"({MAGENTA_PIXELS})() > 3000")
    expect(page.locator("#title")).to_have_text("青杉区定责地图")
    expect(page.locator("#layers-list > li")).to_have_count(5)
    page.get_by_label("单元网格").uncheck()
    visit.wait_until(f"({MAGENTA_PIXELS})() < 300")
    assert visit.complaints == []
    assert visit.outside == []


def test_a_click_says_in_which_grid_it_was_and_asks_for_a_class(visit: Visit) -> None:
    page = visit.open()
    page.locator("#map").click(position={"x": 760, "y": 330})
    card = page.locator("#card")
    expect(card).to_contain_text(re.compile(r"50019900100[12]\d{3}"))
    expect(card).to_contain_text("松塘街道")
    expect(card).to_contain_text("请选择部件或事件类别")
    assert "lon=106.5" in page.url
    assert visit.complaints == []


def test_a_class_chosen_after_the_click_gives_the_acting_unit(visit: Visit) -> None:
    page = visit.open()
    place = httpx.get(f"{visit.base}/api/search", params={"q": COVER}).json()["results"][0]
    visit.open(f"/#lon={place['lon']}&lat={place['lat']}")
    page.locator("#class").fill("上水")
    page.keyboard.press("Enter")
    card = page.locator("#card")
    expect(card.locator(".unit")).to_have_text("青杉供水有限公司")
    expect(card).to_contain_text(COVER)
    expect(card.locator(".badge")).to_have_text("已定责")
    assert "class=0101" in page.url


def test_a_click_on_a_component_asks_about_it(visit: Visit) -> None:
    page = visit.open(f"/#component={COVER}")
    expect(page.locator("#card .unit")).to_have_text("青杉供水有限公司")
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    page.wait_for_timeout(500)
    # The map was centred on it, in what the panel and the closed card left of the map
    panel, stage = page.locator("#layers").bounding_box(), page.locator("#map").bounding_box()
    assert panel is not None
    assert stage is not None
    left, right = panel["width"] + 24, stage["width"] - 384 - 24
    page.locator("#map").click(position={"x": (left + right) / 2, "y": stage["height"] / 2})
    expect(page.locator("#card")).to_contain_text(COVER)
    assert f"component={COVER}" in page.url


def test_a_typed_code_is_suggested_and_taken_by_the_keyboard(visit: Visit) -> None:
    page = visit.open()
    page.locator("#q").fill("500199001002005")
    expect(page.locator("#q-list li")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q-list li")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#q-list")).to_be_hidden()
    expect(page.locator("#card")).to_contain_text("500199001002005")
    expect(page.locator("#card")).to_contain_text("石亭社区")


def test_a_link_with_a_name_opens_the_card(visit: Visit) -> None:
    page = visit.open("/#q=市民广场")
    expect(page.locator("#card")).to_contain_text("石亭社区")
    visit.open("/#q=松塘街办")
    expect(page.locator("#card .unit")).to_have_text("松塘街道办事处")


def test_what_is_not_found_and_what_is_wrong_is_said_in_words(visit: Visit) -> None:
    page = visit.open("/#q=不存在")
    expect(page.locator("#card")).to_contain_text("没有找到“不存在”")
    visit.open("/#component=5001990101999999")
    expect(page.locator("#card [role=alert]")).to_contain_text("5001990101999999")
    visit.open("/#lon=106.5&lat=north")
    expect(page.locator("#card [role=alert]")).to_contain_text("north")


def test_a_server_that_is_gone_is_said_in_words(visit: Visit) -> None:
    page = visit.open()
    page.route("**/api/resolve*", lambda route: route.abort())
    page.locator("#map").click(position={"x": 760, "y": 330})
    expect(page.locator("#card [role=alert]")).to_contain_text("无法连接服务器")
    page.unroute("**/api/resolve*")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#card")).to_contain_text("松塘街道")


def test_the_language_is_switched_and_the_question_kept(visit: Visit) -> None:
    page = visit.open(f"/#component={COVER}")
    expect(page.locator("#card")).to_contain_text("处置单位")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/?lang=en#**")
    page.wait_for_selector(READY)
    expect(page.locator("#card")).to_contain_text("Acting unit")
    expect(page.locator("#card .badge")).to_have_text("Decided")
    expect(page.locator("#layers-list")).to_contain_text("Unit grids")
    assert visit.complaints == []


def test_text_from_the_data_is_never_markup(browser: Browser, city_file: str) -> None:
    name = "<img src=x onerror=alert(1)>"
    with Registry.open(city_file) as registry:
        commit(registry, "places", read_frame(registry, "places").assign(name=name))
    with _served(city_file) as base, _visit(browser, base) as visit:
        page = visit.open()
        page.locator("#q").fill("<img")
        expect(page.locator("#q-list li")).to_contain_text(name)
        page.keyboard.press("Enter")
        expect(page.locator("#card")).to_contain_text("石亭社区")
        assert page.locator("#q-list img, #card img").count() == 0


def test_a_configured_base_map_is_drawn_and_only_its_host_is_reached(
    browser: Browser, city_file: str
) -> None:
    basemap = '{"type": "xyz", "url": "http://tiles.example.org/{z}/{x}/{y}.png", "crs": "EPSG:3857"}'
    answer = {"body": PIXEL, "content_type": "image/png", "headers": {"access-control-allow-origin": "*"}}
    with _served(city_file, WANGGE_BASEMAP=basemap) as base, _visit(browser, base) as visit:
        visit.page.route("http://tiles.example.org/**", lambda route: route.fulfill(**answer))
        with visit.page.expect_response("http://tiles.example.org/**"):
            visit.open()
        assert {url.split("/")[2] for url in visit.outside} == {"tiles.example.org"}
        assert visit.complaints == []
