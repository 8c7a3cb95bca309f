"""Tickets on the page: pasted in, shown without personal data, answered on the map."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.test_browser import CHROMIUM, Visit, browser, site, visit
from web.page import libraries_are_built

__all__ = ["browser", "site", "visit"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium"),
    pytest.mark.skipif(
        not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
    ),
]

SECRETS = ("欧阳明", "13812345678")
TICKET = (
    f"您好😀，我叫{SECRETS[0]}，电话{SECRETS[1]}，家住青杉区松塘街道青杉路7号。\n"
    "反映青杉路1号门口的上水井盖破损，请尽快处理。"
)
PASTED = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return document.getElementById("q").dispatchEvent(event);
}"""
LEFT = """() => JSON.stringify([
  location.href, document.title, {...localStorage}, {...sessionStorage}, document.documentElement.outerHTML,
  [...document.querySelectorAll("input, textarea")].map(one => one.value),
])"""


def paste(page: Page, text: str = TICKET) -> None:
    page.get_by_role("button", name="粘贴工单").click()
    page.get_by_label("工单正文").fill(text)
    page.get_by_role("button", name="识别工单").click()


def test_a_ticket_is_read_and_a_click_on_its_place_says_who_acts(visit: Visit) -> None:
    page = visit.open()
    paste(page)
    ticket = page.locator("#ticket")
    expect(ticket.locator("mark.is-address").first).to_have_text("青杉区松塘街道青杉路7号")
    expect(ticket.locator(".ticket-text mark.is-class")).to_have_text("上水井盖")
    expect(ticket.locator(".ticket-text mark.is-private").first).to_have_text("***")
    expect(ticket.locator(".ticket-class")).to_have_attribute("aria-pressed", "true")
    ticket.locator(".ticket-place").first.click()
    expect(page.locator("#card .unit")).to_have_text("青杉供水有限公司")
    expect(page.locator("#card")).to_contain_text("热线")
    expect(page.locator("#class")).to_have_value("上水井盖")
    assert "source=hotline" in page.url
    left = page.evaluate(LEFT)
    assert not [data for data in (*SECRETS, "请尽快处理，") if data in left]
    assert visit.complaints == []
    assert visit.outside == []


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="粘贴工单").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("工单正文")).to_be_focused()
    page.keyboard.insert_text(TICKET)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ticket-class")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".ticket-place").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#card .unit")).to_have_text("青杉供水有限公司")
    page.locator(".ticket-place").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#ticket")).to_be_hidden()
    expect(page.locator("#card")).to_be_visible()
    expect(page.get_by_role("button", name="粘贴工单")).to_be_focused()


def test_a_ticket_pasted_into_the_search_box_opens_the_panel_and_does_not_stay_there(visit: Visit) -> None:
    page = visit.open()
    assert page.evaluate(PASTED, "青杉路1号") is True
    expect(page.locator("#ticket")).to_be_hidden()
    assert page.evaluate(PASTED, TICKET) is False
    expect(page.locator("#ticket .ticket-text")).to_contain_text("青杉路1号")
    expect(page.locator("#q")).to_have_value("")


def test_a_ticket_without_place_or_class_says_so(visit: Visit) -> None:
    page = visit.open()
    paste(page, "请问社保卡怎么办理？")
    expect(page.locator("#ticket")).to_contain_text("工单没有说明地址")
    expect(page.locator("#ticket")).to_contain_text("工单没有说明类别")
    page.get_by_role("button", name="换一张工单").click()
    expect(page.get_by_label("工单正文")).to_have_value("")


def test_a_refused_ticket_can_be_sent_again(visit: Visit) -> None:
    page = visit.open()
    page.route("**/api/ticket*", lambda route: route.abort())
    paste(page)
    expect(page.locator("#ticket [role=alert]")).to_contain_text("无法连接服务器")
    page.unroute("**/api/ticket*")
    page.get_by_role("button", name="识别工单").click()
    expect(page.locator(".ticket-place").first).to_be_visible()


def test_the_panel_fits_a_telephone_and_speaks_english(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 400, "height": 800})
    page = visit.open("/?lang=en")
    page.get_by_role("button", name="Paste a ticket").click()
    page.get_by_label("Text of the ticket").fill(TICKET)
    page.get_by_role("button", name="Read the ticket").click()
    page.locator(".ticket-place").first.click()
    expect(page.locator("#card .badge")).to_have_text("Decided")
    ticket, card = page.locator("#ticket").bounding_box(), page.locator("#card").bounding_box()
    assert ticket is not None
    assert card is not None
    assert ticket["x"] >= 0
    assert ticket["x"] + ticket["width"] <= 400
    assert ticket["y"] + ticket["height"] <= card["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert visit.complaints == []
