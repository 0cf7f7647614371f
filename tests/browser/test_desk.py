"""The platform console and the clock in a real browser, beside the workspace."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import expect
from standardwebhooks import Webhook

from coopbot.sandbox import App, Channel, Sandbox, SandboxClient, User, Workspace, console_routes, page
from coopbot.sandbox.clock import real_now
from coopbot.sandbox.console import Console
from tests.browser import shop
from tests.browser.conftest import OpenPage
from tests.browser.test_workspace import Shot

SECRET = "whsec_" + "Y29vcGJvdC1jb25zb2xlLXRlc3Rz"
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@dataclass
class Bot:
    """What a bot would be: takes events, replies when told to; and a clock that is steered."""

    address: str = ""
    events: list[Any] = field(default_factory=list)
    steered: list[Any] = field(default_factory=list)
    rate: float = 1.0
    now: datetime = NOW

    def mount(self, app: web.Application) -> None:
        app.router.add_post("/bot/events", self.take)
        app.router.add_get("/bot/clock", self.clock)
        app.router.add_post("/bot/clock", self.clock)

    async def take(self, request: web.Request) -> web.Response:
        event = await request.json()
        self.events.append(event)
        return web.json_response({"results": [{"id": event["id"], "status": "accepted"}]})

    async def clock(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            asked = await request.json()
            self.steered.append(asked)
            self.rate = asked.get("rate", self.rate)
        shown = {
            "now": self.now.isoformat(),
            "rate": self.rate,
            "next": "2026-11-23T02:10:00Z",
            "next_what": "rung 50 %",
        }
        return web.json_response(shown)

    async def replies(self, number: str, text: str, reply_id: str) -> str:
        data = {"reply_id": reply_id, "work_order_no": number, "shop_id": "10001", "text": text, "replied_by": "UANA"}
        body = json.dumps({"type": "work_order.reply", "data": data | {"replied_at": "2026-11-23T01:31:00Z"}})
        stamp = datetime.fromtimestamp(int(real_now()), UTC)
        headers = {
            "webhook-id": reply_id,
            "webhook-timestamp": str(int(stamp.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(reply_id, stamp, body),
        }
        url = f"{self.address}/console/replies"
        async with aiohttp.ClientSession() as http, http.post(url, data=body.encode(), headers=headers) as response:
            return str((await response.json())["result"])


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A sandbox with page, console and clock; the bot's side is this test."""
    found = Bot()
    workspace = Workspace(
        team_name="Corner shop",
        users=(User("UANA", "ana", "Ana Ruiz"),),
        channels=(Channel("CCARE", "care", members=("UANA", "UBOT")),),
        apps=(App(manifest=shop.MANIFEST, bot_user_id="UBOT"),),
    )
    consoles: list[Console] = []

    def mount_console(app: web.Application) -> None:
        consoles.append(Console("", SECRET, shops=[("10001", "Corner"), ("10002", "Market")], clock=lambda: NOW))
        console_routes.mount(consoles[0], app)

    settings = {"clock_url": "/bot/clock", "console": True, "title": "Corner shop"}
    box = Sandbox(workspace, mount=[found.mount, mount_console, lambda app: page.mount(app, settings)])
    await box.start()
    found.address = box.address
    consoles[0].post_to(f"{box.address}/bot/events")
    yield found
    await consoles[0].close()
    await box.stop()


async def test_order_is_raised_rejected_and_accepted_by_hand(bot: Bot, page_of: OpenPage, shot: Shot) -> None:
    page = await page_of(bot.address, user="UANA")
    desk = page.locator(".desk")
    await desk.get_by_role("radio", name="CRC").click()
    await desk.get_by_label("Shop").select_option("10001")
    await desk.get_by_label("Consumer's words").fill("It smokes.")
    await desk.get_by_role("button", name="Raise", exact=True).click()
    order = desk.locator(".order")
    await expect(order).to_contain_text("It smokes.")
    await expect(order.locator(".pill")).to_have_text("waiting")
    data = bot.events[0]["data"]
    assert (data["class"], data["shop_id"], data["content"]) == ("crc", "10001", "It smokes.")

    assert await bot.replies(data["work_order_no"], "We call back.", "r1") == "ok"
    await expect(order.locator(".reply-box")).to_contain_text("We call back.")
    await expect(order.locator(".reply-head")).to_contain_text("Ana Ruiz replied")
    await shot(page, "console")
    await order.get_by_label("Reason").fill("When?")
    await order.get_by_role("button", name="Reject").click()
    await expect(order.locator(".pill")).to_have_text("rejected")
    await expect(order.locator(".reply-reason")).to_have_text("When?")

    assert await bot.replies(data["work_order_no"], "We call back at 15:00.", "r2") == "ok"
    await order.get_by_role("button", name="Accept").click()
    await expect(order.locator(".pill")).to_have_text("accepted")
    types = ["work_order.raised", "work_order.reply_rejected", "work_order.reply_accepted"]
    assert [event["type"] for event in bot.events] == types


async def test_order_menu_and_journal(bot: Bot, page_of: OpenPage, shot: Shot) -> None:
    page = await page_of(bot.address, user="UANA", dark=True)
    desk = page.locator(".desk")
    await desk.get_by_role("button", name="Raise", exact=True).click()
    await desk.locator(".order").get_by_role("button", name="More actions").click()
    await page.get_by_role("option", name="Time out").click()
    await expect(desk.locator(".pill")).to_have_text("timed out")
    await desk.get_by_role("tab", name="Journal").click()
    await expect(desk.locator(".journal-type")).to_have_text(["timed_out", "raised"])
    await desk.locator(".journal-line").last.click()
    await expect(desk.locator(".journal-details pre").first).to_contain_text('"kind": "non_dispute"')
    await shot(page, "journal-dark")


async def test_stream_and_decisions_are_switched(bot: Bot, page_of: OpenPage) -> None:
    page = await page_of(bot.address, user="UANA")
    desk = page.locator(".desk")
    await desk.get_by_role("button", name="Accept").click()
    await desk.get_by_role("button", name="Start").click()
    await expect(desk.locator(".order")).to_have_count(1)
    await desk.get_by_role("button", name="Stop").click()
    number = bot.events[0]["data"]["work_order_no"]
    await bot.replies(number, "Shipped at noon.", "r1")
    await expect(desk.locator(".pill")).to_have_text("accepted")


async def test_clock_is_shown_in_china_and_steered(bot: Bot, page_of: OpenPage) -> None:
    page = await page_of(bot.address, user="UANA")
    clock = page.get_by_role("group", name="Business clock")
    await expect(clock.locator(".clock-face")).to_contain_text("09:30:")
    await expect(clock.locator(".clock-next")).to_have_text("Next 10:10 · rung 50 %")
    await clock.get_by_role("button", name="Pause").click()
    await expect(clock.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    await clock.get_by_role("button", name="Jump to the next rung").click()
    await expect(clock.locator(".clock-face")).to_contain_text("09:30:")
    assert bot.steered == [{"rate": 0}, {"jump": "next"}]


async def test_narrow_page_has_the_console_behind_a_tab(bot: Bot, page_of: OpenPage, shot: Shot) -> None:
    page = await page_of(bot.address, user="UANA", width=390, height=844)
    await expect(page.locator(".desk")).to_be_hidden()
    await page.locator(".pane-bar").get_by_role("button", name="Console").click()
    await expect(page.locator(".desk").get_by_role("button", name="Raise", exact=True)).to_be_visible()
    await shot(page, "console-phone")


async def test_today_is_the_clocks_today(bot: Bot, page_of: OpenPage) -> None:
    async with SandboxClient(bot.address) as people:
        await people.clock(now=NOW.timestamp())
        await people.says("UANA", "CCARE", "good morning")
    page = await page_of(bot.address, user="UANA")
    await expect(page.locator(".day-line")).to_have_text("Today")
    bot.now = NOW + timedelta(days=1)
    await page.get_by_role("button", name="Jump to the next rung").click()
    await expect(page.locator(".day-line")).to_have_text("Yesterday")
