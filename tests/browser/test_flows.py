"""The modals of the real product in a real browser: written, refused, kept, asked about once more, sent, stopped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from coopbot.demo import cast
from coopbot.demo.show import page_for
from coopbot.demo.stage import Stage, stage
from coopbot.views import ids
from tests.browser.conftest import OpenPage
from tests.browser.test_workspace import Shot

TEXT = "已安排专人今天 18:00 前上门检查并更换"
PROMISE = "订单 {order_no} 今晚 20:00 前补发，请放心等待"


@dataclass(frozen=True)
class Seat:
    """Who sits before the page: language, width, an agent and the lead of the shop's team."""

    lang: str
    width: int
    shop: str
    agent: str
    lead: str

    def __str__(self) -> str:
        return f"{self.lang}-{self.width}"


SEATS = (Seat("zh", 1440, "10001", cast.LI, cast.CHEN), Seat("en", 390, "10002", cast.TOM, cast.GRACE))


@dataclass
class Desk:
    stage: Stage
    seat: Seat
    page_of: OpenPage
    keep: Shot

    async def sits(self, user: str = "") -> Page:
        seat = self.seat
        height = 900 if seat.width > 600 else 844
        address = self.stage.sandbox.address
        return await self.page_of(address, user=user or seat.agent, width=seat.width, height=height, lang=seat.lang)

    async def raises(self, words: str, **order: Any) -> None:
        await self.stage.console.raise_order({"shop_id": self.seat.shop, "class": "general", "content": words, **order})

    async def shot(self, page: Page, name: str) -> None:
        """A picture; nothing on it may need scrolling sideways."""
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        for dialog in await page.locator("dialog").all():
            assert not await dialog.evaluate("box => box.scrollWidth > box.clientWidth")
        await self.keep(page, f"flow-{name}-{self.seat}")


@pytest.fixture(params=SEATS, ids=str)
async def desk(
    request: pytest.FixtureRequest, page_of: OpenPage, shot: Callable[[Page, str], Awaitable[Any]]
) -> AsyncIterator[Desk]:
    seat: Seat = request.param
    mounts = page_for(seat.lang)
    async with stage(0, rate=0.0, mounts=lambda steering: [steering.mount, mounts], undo="1h") as set_up:
        yield Desk(set_up, seat, page_of, shot)


def card_of(page: Page, words: str) -> Locator:
    return page.locator(".main .message", has_text=words).first


def by_action(where: Locator | Page, action: str) -> Locator:
    return where.locator(f"[data-action='{action}']").first


def modal_of(page: Page) -> Locator:
    return page.locator("dialog.modal")


async def send(page: Page) -> None:
    await modal_of(page).locator("footer [type=submit]").click()


async def test_a_preset_asks_for_its_fields_and_says_what_is_wrong_with_them(desk: Desk) -> None:
    await desk.raises("三天了还没有发货", scene="urge_shipping")
    page = await desk.sits()
    card = card_of(page, "三天了还没有发货")
    await by_action(card, "preset:shipped").click()
    modal = modal_of(page)
    await expect(modal).to_contain_text("该订单已由＿＿发出")
    await desk.shot(page, "fields")

    await by_action(modal, "field:courier").click()
    await page.get_by_role("option", name="顺丰速运").click()
    await by_action(modal, "field:tracking_no").fill("SF 1")
    await send(page)
    error = modal.locator("[data-input-block='field:tracking_no'] .input-error")
    await expect(error).not_to_be_empty()
    await expect(by_action(modal, "field:tracking_no")).to_have_value("SF 1")
    await desk.shot(page, "fields-refused")

    await by_action(modal, "field:tracking_no").fill("SF1234567890123")
    await send(page)
    await expect(modal).to_have_count(0)
    await expect(by_action(page.locator(".main"), ids.UNDO)).to_be_visible()


async def test_several_fields_are_refused_at_once_and_a_far_promise_is_shown_again(desk: Desk) -> None:
    await desk.raises("钱还没退", scene="refund", amount="100.00", order_no="O-1")
    page = await desk.sits()
    await by_action(card_of(page, "钱还没退"), "preset:refund_approved").click()
    modal = modal_of(page)
    now = desk.stage.house.clock.now() + timedelta(hours=8)
    await by_action(modal, "field:amount").fill("12.345")
    await by_action(modal, "field:promised_at").fill(f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
    await send(page)
    await expect(modal.locator(".input-block.wrong")).to_have_count(2)
    await desk.shot(page, "fields-both-refused")
    await by_action(modal, "field:amount").fill("120")
    await by_action(modal, "field:promised_at").fill(f"{now + timedelta(days=60):%Y-%m-%dT%H:%M}")
    await send(page)
    await expect(modal).to_contain_text("同意退款 120.00 元")
    await desk.shot(page, "far-promise")
    await send(page)
    await expect(modal).to_have_count(0)


async def test_a_draft_is_there_when_the_modal_opens_again_and_after_undo(desk: Desk) -> None:
    await desk.raises("安装师傅没有来", scene="installation")
    page = await desk.sits()
    card = card_of(page, "安装师傅没有来")
    await by_action(card, ids.OTHER_ANSWER).click()
    modal = modal_of(page)
    async with page.expect_response(lambda answer: "/types" in answer.url):
        await by_action(modal, ids.REPLY_TEXT).fill(TEXT)
    await desk.shot(page, "free-text")
    await modal.locator("footer button").first.click()
    await expect(modal).to_have_count(0)
    await by_action(card, ids.OTHER_ANSWER).click()
    await expect(by_action(modal, ids.REPLY_TEXT)).to_have_value(TEXT)
    await desk.shot(page, "draft-restored")

    await send(page)
    await expect(modal).to_have_count(0)
    waiting = by_action(page.locator(".main"), ids.UNDO)  # an answered card is two lines, without the words
    await expect(waiting).to_be_visible()
    await desk.shot(page, "undo")
    await waiting.click()
    await expect(by_action(card, ids.OTHER_ANSWER)).to_be_visible()
    await desk.shot(page, "undone")
    await by_action(card, ids.OTHER_ANSWER).click()
    await expect(by_action(modal, ids.REPLY_TEXT)).to_have_value(TEXT)


async def test_a_ready_answer_is_confirmed_with_its_text(desk: Desk) -> None:
    await desk.raises("什么时候开发票", scene="invoice")
    page = await desk.sits()
    card = card_of(page, "什么时候开发票")
    await by_action(card, "preset:invoice_issued").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("电子发票已开具")
    await desk.shot(page, "confirm")
    await dialog.get_by_role("button").last.click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(by_action(card, ids.OTHER_ANSWER)).to_have_count(0)


async def test_a_crc_answer_is_looked_at_twice(desk: Desk) -> None:
    await desk.raises("充电时冒烟", scene="complaint", **{"class": "crc"})
    page = await desk.sits()
    await by_action(card_of(page, "充电时冒烟"), ids.OTHER_ANSWER).click()
    modal = modal_of(page)
    await by_action(modal, ids.REPLY_TEXT).fill("收到")
    await send(page)
    await expect(modal.locator(".input-error").first).not_to_be_empty()
    await desk.shot(page, "stock-phrase")
    await by_action(modal, ids.REPLY_TEXT).fill(TEXT)
    await send(page)
    await expect(modal.locator("textarea")).to_have_count(0)
    await expect(modal).to_contain_text(TEXT)
    await desk.shot(page, "second-look")
    await send(page)
    await expect(modal).to_have_count(0)


async def test_a_lead_writes_a_template_and_looks_at_it_on_a_real_order(desk: Desk) -> None:
    await desk.raises("少发了一件", scene="exchange", order_no="O-77")
    page = await desk.sits(desk.seat.lead)
    if desk.seat.width < 600:
        await page.locator(".pane-bar button").first.click()
    await page.get_by_role("navigation").get_by_role("button", name="coopbot").click()
    await by_action(page, ids.TEMPLATES).click()
    modal = modal_of(page)
    await by_action(modal, ids.TEMPLATE_NEW).click()
    await by_action(modal, ids.TEMPLATE_NAME).fill("今晚补发")
    await by_action(modal, ids.TEMPLATE_TEXT).fill("订单 {order_no")
    await send(page)
    await expect(modal.locator(f"[data-input-block={ids.TEMPLATE_TEXT}] .input-error")).not_to_be_empty()
    await desk.shot(page, "template-refused")
    await by_action(modal, ids.TEMPLATE_TEXT).fill(PROMISE + " {tracking_no}")
    await send(page)
    await expect(modal).to_contain_text("今晚补发")
    await desk.shot(page, "templates")
    await modal.locator("[aria-haspopup=listbox]").first.click()
    await page.locator("[role=option]").nth(1).click()
    await expect(modal).to_contain_text("订单 O-77 今晚 20:00 前补发")
    await desk.shot(page, "template-preview")


async def test_a_lead_answers_a_group_in_which_one_has_changed(desk: Desk) -> None:
    words = [f"裙子第 {n} 天没有动静" for n in (1, 2, 3)]
    for n, said in enumerate(words):
        await desk.raises(said, scene="urge_shipping", title="连衣裙 A1", order_no=f"O-{n}")
    page = await desk.sits(desk.seat.lead)
    await by_action(card_of(page, words[2]), ids.TOGETHER).click()
    modal = modal_of(page)
    await by_action(modal, ids.TOGETHER_START).click()
    await page.locator("[role=option]").first.click()
    words_of = by_action(modal, ids.REPLY_TEXT)
    await expect(words_of).to_have_value(re.compile(r"\{promised_at\}"))
    await desk.shot(page, "group-begun")
    await words_of.fill(PROMISE + "，单号 {tracking_no}，补偿 {bonus} 元")
    await desk.shot(page, "group")
    await send(page)
    await expect(modal).to_contain_text("订单 O-2 今晚 20:00 前补发")
    await desk.shot(page, "group-preview")
    other = await desk.sits()
    await by_action(card_of(other, words[1]), ids.CLAIM).click()
    await expect(by_action(card_of(other, words[1]), ids.CLAIM)).to_have_count(0)
    for n, number in enumerate(("SF1000001", "SF 2", "SF1000003")):
        await by_action(modal, f"field:{n}:tracking_no").fill(number)
        await by_action(modal, f"field:{n}:bonus").fill("600" if n == 2 else "5")
    await send(page)
    await expect(modal.locator(".input-block.wrong")).to_have_count(1)
    await desk.shot(page, "group-refused")
    await by_action(modal, "field:1:tracking_no").fill("SF1000002")
    await send(page)
    await expect(modal).to_contain_text("单号 SF1000003，补偿 600 元")
    await desk.shot(page, "group-final")
    await send(page)
    await expect(modal.locator("footer [type=submit]")).to_have_count(0)
    await desk.shot(page, "group-outcome")
