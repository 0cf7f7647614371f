"""The modals around an answer in a real browser: out of a thread, past a second person, and what was promised."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from coopbot.demo import cast
from coopbot.demo.audience import Audience, Person
from coopbot.demo.show import page_for
from coopbot.demo.stage import stage
from coopbot.views import ids
from tests.browser.conftest import OpenPage
from tests.browser.test_flows import SEATS, TEXT, Desk, Seat, by_action, card_of, modal_of, send

TALK = "已联系仓库，今天 18:00 前发出，单号随后补充"


def with_approval(toml: str) -> str:
    """Every CRC answer of both teams needs a second person."""
    head, team, tail = toml.partition('[[teams]]\nname = "outlet"')
    wanted = '\n[teams.approval]\nwhen = [{ classes = ["crc"] }]\n\n'
    return f"{head}{wanted}{team}{tail}{wanted}"


@pytest.fixture(params=SEATS, ids=str)
async def desk(
    request: pytest.FixtureRequest, page_of: OpenPage, shot: Callable[[Page, str], Awaitable[Any]]
) -> AsyncIterator[Desk]:
    seat: Seat = request.param
    mounts = page_for(seat.lang)
    async with stage(
        0, rate=0.0, mounts=lambda steering: [steering.mount, mounts], undo="0s", rewrite=with_approval
    ) as set_up:
        yield Desk(set_up, seat, page_of, shot)


@pytest.fixture
async def agent(desk: Desk) -> AsyncIterator[Person]:
    """The one at the page, for what is said in a thread: on a phone the pane for it hides the channel."""
    channel = cast.FLAGSHIP if desk.seat.shop == "10001" else cast.OUTLET
    async with aiohttp.ClientSession() as session:
        yield Person(Audience(desk.stage.sandbox.address, session), desk.seat.agent, channel)


async def test_what_was_said_in_a_thread_is_looked_at_before_it_is_the_answer(desk: Desk, agent: Person) -> None:
    await desk.raises("三天了还没有发货", scene="urge_shipping")
    page = await desk.sits()
    card = await agent.sees("三天了还没有发货")
    said = await agent.says(TALK, card["ts"])
    if desk.seat.width > 600:
        await page.locator(".main .reply-summary").click()
        told = page.locator(".thread .message", has_text=TALK)
        await told.hover()
        await told.locator(".tools button").last.click()
        await desk.shot(page, "thread-menu")
        await page.locator("[role=option]", has_text="Send as the answer").click()
    else:
        await agent.shortcut(ids.SEND_AS_ANSWER, said)
    modal = modal_of(page)
    await expect(by_action(modal, ids.REPLY_TEXT)).to_have_value(TALK)
    await desk.shot(page, "out-of-a-thread")
    await send(page)
    await expect(modal).to_have_count(0)
    await expect(card_of(page, TALK)).to_be_visible()


async def test_a_crc_answer_is_declined_written_anew_and_sent_alone_with_a_reason(desk: Desk, agent: Person) -> None:
    await desk.raises("充电时冒烟", scene="complaint", **{"class": "crc"})
    page = await desk.sits()
    await answer(page, "充电时冒烟", TEXT)
    lead = await desk.sits(desk.seat.lead)
    await lead.locator(".main .reply-summary").last.click()
    asked = lead.locator(".thread .message", has_text=TEXT)
    await expect(by_action(asked, ids.APPROVE)).to_be_visible()
    await desk.shot(lead, "approval-asked")
    await by_action(asked, ids.DECLINE).click()
    await expect(modal_of(lead)).to_contain_text(TEXT)
    await by_action(modal_of(lead), ids.APPROVAL_REASON).fill("没有说明谁上门、几点到")
    await desk.shot(lead, "approval-decline")
    await send(lead)
    await expect(asked.locator("button[data-action]")).to_have_count(0)

    await by_action(card_of(page, "充电时冒烟"), ids.OTHER_ANSWER).click()
    await expect(by_action(modal_of(page), ids.REPLY_TEXT)).to_have_value(TEXT)
    await by_action(modal_of(page), ids.REPLY_TEXT).fill(TEXT + "，师傅姓王")
    await send(page)
    await expect(modal_of(page)).to_have_count(0)
    await desk.stage.steering.to(desk.stage.house.clock.now() + timedelta(minutes=16))
    await page.locator(".main .reply-summary").last.click()
    alone = page.locator(".thread .message", has=page.locator(f"[data-action='{ids.SEND_ALONE}']"))
    await by_action(alone, ids.SEND_ALONE).click()
    await by_action(modal_of(page), ids.APPROVAL_REASON).fill("组长联系不上，消费者在等")
    await desk.shot(page, "approval-alone")
    await send(page)
    await expect(modal_of(page)).to_have_count(0)
    await agent.sees("师傅姓王")


async def test_a_promise_is_kept_with_what_shows_it(desk: Desk, agent: Person) -> None:
    await desk.raises("三天了还没有发货", scene="urge_shipping")
    page = await desk.sits()
    await by_action(card_of(page, "三天了还没有发货"), "preset:ship_by").click()
    local = desk.stage.house.clock.now() + timedelta(hours=8 + 5)
    await by_action(modal_of(page), "field:promised_at").fill(f"{local:%Y-%m-%dT%H:%M}")
    await send(page)
    await expect(modal_of(page)).to_have_count(0)
    await by_action(page.locator(".main"), ids.PROMISE_KEPT).click()
    await desk.shot(page, "promise-kept")
    await send(page)
    await expect(modal_of(page).locator(".input-error").first).not_to_be_empty()
    await by_action(modal_of(page), ids.PROMISE_TRACKING).fill("SF1234567890123")
    await send(page)
    await expect(modal_of(page)).to_have_count(0)
    await expect(by_action(page.locator(".main"), ids.PROMISE_KEPT)).to_have_count(0)
    await desk.shot(page, "promise-kept-card")


async def answer(page: Page, words: str, text: str) -> None:
    await by_action(card_of(page, words), ids.OTHER_ANSWER).click()
    await by_action(modal_of(page), ids.REPLY_TEXT).fill(text)
    await send(page)
    await expect(modal_of(page)).to_have_count(0)
