"""The product in a real browser: what a visitor of ``make demo`` does, from a raised order to its acceptance."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from coopbot.demo import cast
from coopbot.demo.show import page_for
from coopbot.demo.stage import Stage, stage
from tests.browser.conftest import OpenPage
from tests.browser.test_workspace import Shot


@pytest.fixture
async def demo() -> AsyncIterator[Stage]:
    async with stage(0, rate=0.0, mounts=lambda steering: [steering.mount, page_for("en")]) as set_up:
        yield set_up


async def _raise(page: Page, words: str, *, crc: bool = False) -> None:
    desk = page.locator(".desk")
    if crc:
        await desk.get_by_role("radio", name="CRC").click()
    await desk.get_by_label("Shop").select_option("10002")
    await desk.get_by_label("Scene").select_option("invoice")
    await desk.get_by_label("Consumer's words").fill(words)
    await desk.get_by_role("button", name="Raise", exact=True).click()


async def test_an_order_is_raised_in_the_console_answered_in_the_workspace_and_accepted(
    demo: Stage, page_of: OpenPage, shot: Shot
) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM)
    await _raise(page, "Where is my invoice?")
    card = page.locator(".main .message", has_text="Where is my invoice?")
    await expect(card).to_contain_text("nobody has it")
    await shot(page, "product-card")

    await card.get_by_role("button", name="E-invoice issued").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("电子发票")
    await dialog.get_by_role("button", name="Send").click()

    order = page.locator(".desk .order")
    await expect(order.locator(".reply-head")).to_contain_text("Tom Park replied")
    await order.get_by_role("button", name="Accept").click()
    answered = page.locator(".main .message", has_text="Tom Park answered")
    await expect(answered).to_contain_text("accepted")
    await shot(page, "product-answered")


async def test_a_free_answer_that_would_not_count_stays_in_its_modal_with_the_reason(
    demo: Stage, page_of: OpenPage, shot: Shot
) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM)
    await _raise(page, "It smokes.", crc=True)
    card = page.locator(".main .message", has_text="It smokes.")
    await card.get_by_role("button", name="Other answer…").click()
    modal = page.get_by_role("dialog")
    await modal.get_by_role("textbox").fill("收到")
    await modal.get_by_role("button", name="Send").click()
    await expect(modal).to_contain_text("count")
    await expect(modal.get_by_role("textbox")).to_have_value("收到")
    await shot(page, "product-modal-error")
    await modal.get_by_role("textbox").fill("已安排专人今天 18:00 前上门检查并更换")
    await modal.get_by_role("button", name="Send").click()
    once_more = page.get_by_role("dialog", name="Send this?")  # CRC: the final text, once more
    await expect(once_more).to_contain_text("上门检查")
    await once_more.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.locator(".desk .order .reply-box")).to_contain_text("上门检查")


async def test_a_channel_opens_at_its_end(demo: Stage, page_of: OpenPage) -> None:
    """Also when all of it was read before, and nothing draws it again once the composer has taken its room."""
    for _ in range(3):
        await demo.console.raise_order({"shop_id": "10002", "class": "crc", "scene": "complaint"})
    await demo.house.settled()
    for _ in ("for the first time", "again"):
        page = await page_of(demo.sandbox.address, user=cast.TOM)
        await expect(page.locator(".desk .order")).to_have_count(3)
        await expect(page.locator(".main .message")).to_have_count(3)
        last = page.locator(".main .message").last
        await expect(last.get_by_role("button").last).to_be_in_viewport(ratio=1)


async def test_somebody_from_outside_is_told_so_and_status_is_only_for_who_asked(
    demo: Stage, page_of: OpenPage, shot: Shot
) -> None:
    page = await page_of(demo.sandbox.address, user=cast.GRACE)
    await _raise(page, "Where is my invoice?")
    box = page.get_by_role("textbox", name="Message #outlet-care")
    await box.fill("/coop status")
    await box.press("Enter")
    whisper = page.locator(".main .message", has_text="Only visible to you")
    await expect(whisper).to_contain_text("1 open order")
    await shot(page, "product-status")


async def test_home_shows_where_the_teams_stand(demo: Stage, page_of: OpenPage, shot: Shot) -> None:
    page = await page_of(demo.sandbox.address, user=cast.GRACE)
    await page.get_by_role("navigation").get_by_role("button", name="coopbot").click()
    await expect(page.locator(".home")).to_contain_text("On call now: Ana Ruiz")
    await shot(page, "product-home")


async def test_a_burst_is_a_list_and_each_row_can_be_claimed_and_answered(
    demo: Stage, page_of: OpenPage, shot: Shot
) -> None:
    """Thirty orders of each shop in one request: two lists in each channel, one in each language."""
    at = demo.house.clock.now()
    for shop, mark in (("10001", "Z"), ("10002", "E")):
        events = [_of_burst(mark, n, shop, at) for n in range(30)]
        async with ClientSession() as session:
            await session.post(f"{demo.sandbox.address}/console/events", json={"events": events})
    page = await page_of(demo.sandbox.address, user=cast.TOM)
    lists = page.locator(".main .message", has_text="orders to answer")
    await expect(lists).to_have_count(2)
    await lists.first.scroll_into_view_if_needed()
    await shot(page, "product-digest")
    row = lists.first.get_by_role("button", name="Answer…").first
    await row.click()
    modal = page.get_by_role("dialog")
    await expect(modal).to_contain_text("a card of its own")
    await shot(page, "product-digest-modal")
    await modal.get_by_role("button", name="Claim").click()
    await expect(modal).not_to_contain_text("a card of its own")
    await modal.get_by_role("textbox").fill("Shipped today at 18:00, the parcel's number follows.")
    await modal.get_by_role("button", name="Send").click()
    answered = page.locator(".main .message", has_text="23 of 24 orders still to answer")
    await expect(answered).to_contain_text("Tom Park answered")
    await shot(page, "product-digest-answered")
    for width, user, lang in ((390, cast.TOM, "en"), (1440, cast.LI, "zh"), (390, cast.LI, "zh")):
        page = await page_of(demo.sandbox.address, user=user, width=width, lang=lang)
        list_ = page.locator(".main .message", has_text="待回复" if user == cast.LI else "still to answer")
        await expect(list_.first).to_be_attached()
        await list_.first.scroll_into_view_if_needed()
        await shot(page, f"product-digest-{lang}-{width}")


def _of_burst(mark: str, n: int, shop: str, at: datetime) -> dict[str, object]:
    words = ("三天了还没有发货，什么时候发？", "Where is my invoice?", "The parcel says delivered, it is not here!")
    data = {
        "work_order_no": f"{mark}-{4100 + n}",
        "shop_id": shop,
        "class": "general",
        "kind": "non_dispute",
        "scene": ("urge_shipping", "invoice", "refund")[n % 3],
        "content": words[n % 3],
        "raised_at": (at - timedelta(minutes=n)).isoformat(),
    }
    return {"type": "work_order.raised", "id": f"e-{mark}-{n}", "timestamp": at.isoformat(), "data": data}


async def test_the_clock_says_what_comes_next(demo: Stage, page_of: OpenPage) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM)
    comes = page.locator(".clock-next")
    await expect(comes).to_have_text("Nothing falls due")
    await _raise(page, "It smokes.", crc=True)
    await expect(comes).to_have_text(re.compile(r"Next 09:45 · \d+: reminder, backup"))
