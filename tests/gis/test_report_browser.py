"""The page of a report in a real browser: wide, narrow and printed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, sync_playwright

from gis.delivered import DeliveredAreas, DeliveredFile
from gis.findings import Finding, Report, Severity
from gis.reports import write_report
from gis.text import t

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
LONG = "成果/单元网格/一个很长的文件夹名称/<b onmouseover=alert(1)>" + "x" * 80 + ".shp"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, handle_sigint=False)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open a report with two files, long names and every severity."""
    west = 106.5 + np.arange(40) * 0.001
    layers = np.array([LONG] * 40, dtype=object)
    names = np.array([f"500113001001{n:03d}" for n in range(40)], dtype=object)
    squares = shapely.box(west, 29.5, west + 0.001, 29.501)
    areas = DeliveredAreas(layers, np.arange(1, 41), names, np.arange(40) == 3, squares)
    findings = [
        Finding(
            f"G0{n % 4 + 1}",
            list(Severity)[n % 3],
            "grids",
            t("{path} ({name}): {evidence}", path=LONG, name=names[n], evidence="<script>alert(1)</script>"),
            row=n + 1,
            id=names[n],
            field="geometry" if n % 5 else "code",
            value=LONG,
            layer=LONG,
            geometry=shapely.box(west[n], 29.5, west[n] + 1e-5, 29.5005),
            area_m2=float(n),
            width_m=n / 7,
        )
        for n in range(40)
    ]
    files = [DeliveredFile(LONG, "grids", 40, 1, t("as given"), t("as given"))] * 2
    write_report(Report("grids", 40, 39, 1, findings, files=files, areas=areas), tmp_path / "r.html")
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.goto((tmp_path / "r.html").as_uri())
    yield opened
    context.close()


@pytest.mark.parametrize("width", [1200, 400])
def test_the_page_is_as_wide_as_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = """() => [...document.querySelectorAll("h1, h2, p, figure")].filter(
      (element) => element.getBoundingClientRect().right > innerWidth + 1).length"""
    assert page.evaluate(beyond) == 0


def test_names_stay_text_and_nothing_is_fetched(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    address = page.url
    page.reload()
    assert fetched == [address]
    assert page.locator("script, b, img, link").count() == 0
    page.get_by_text("<script>alert(1)</script>").first.wait_for(state="attached")


def test_a_finding_on_the_map_leads_to_its_row(page: Page) -> None:
    page.locator(".map a[href='#n1']").first.click()
    row = page.locator("tr:target")
    assert row.get_attribute("id") == "n1"
    assert row.locator("td").first.inner_text() == "1"
    box = row.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_close_ups_show_the_defect_in_the_middle(page: Page) -> None:
    middle = """() => [...document.querySelectorAll(".detail svg")].map((svg) => {
      const [whole, defect] = [svg, svg.querySelector(".defect")].map((part) => part.getBoundingClientRect());
      return Math.hypot(defect.x + defect.width / 2 - whole.x - whole.width / 2,
                        defect.y + defect.height / 2 - whole.y - whole.height / 2) / whole.width; })"""
    distances = page.evaluate(middle)
    assert len(distances) >= 8
    assert max(distances) < 0.15


def test_the_report_prints_on_several_sheets(page: Page) -> None:
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2
