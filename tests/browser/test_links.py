"""Links to messages lead to them within the page."""

from __future__ import annotations

from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import Sandbox
from tests.browser.conftest import OpenPage


async def test_link_to_a_message_opens_it_here(sandbox: Sandbox, bot: AsyncWebClient, page_of: OpenPage) -> None:
    first = (await bot.chat_postMessage(channel="CCARE", text="the first"))["ts"]
    reply = (await bot.chat_postMessage(channel="CCARE", text="deep down", thread_ts=first))["ts"]
    link = f"https://slack.com/archives/CCARE/p{reply.replace('.', '')}"
    await bot.chat_postMessage(channel="CCARE", text=f"see <{link}|there>")
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("link", name="there").click()
    await expect(page.locator(".thread .message").nth(1)).to_contain_text("deep down")
    assert len(page.context.pages) == 1
