"""The workspace in a real browser: what a person sees, and what becomes of what they press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import Sandbox, SandboxClient
from tests.browser import shop
from tests.browser.conftest import OpenPage
from tests.browser.shop import card

Shot = Callable[[Page, str], Awaitable[Any]]


async def post_card(bot: AsyncWebClient) -> str:
    return str((await bot.chat_postMessage(channel="CCARE", text="Crate 17 is due", blocks=card()))["ts"])


async def test_card_is_drawn_as_text_in_the_viewers_zone(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    message = page.locator(".main .message")
    await expect(message.locator(".header-block")).to_have_text("Crate 17")
    await expect(message.locator(".fields")).to_contain_text("17:46")
    await expect(message).to_contain_text("Says <b>fragile</b> & @Ana Ruiz")
    await expect(message.locator("b")).to_have_count(0)
    await expect(message.locator("code")).to_have_text("B-2")
    await expect(message.get_by_role("button", name="Claim")).to_have_class("button primary-fill")
    await shot(page, "card")
    other = await page_of(sandbox.address, user="UBEN")
    await expect(other.locator(".main .message .fields")).to_contain_text("04:46")


async def test_click_redraws_the_card_and_the_thread_tells(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    ts = await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Claim").click()
    message = page.locator(f'.main [data-ts="{ts}"]')
    await expect(message.locator(".fields")).to_contain_text("@Ana Ruiz")
    await expect(message.locator(".edited")).to_be_visible()
    await message.get_by_role("button", name="1 reply").click()
    thread = page.locator(".thread")
    await expect(thread.locator(".message").nth(1)).to_contain_text("Claimed, mind the step.")
    await thread.get_by_role("textbox").fill("On it, @ben")
    await thread.get_by_label("Also send to #care").check()
    await thread.get_by_role("textbox").press("Enter")
    await expect(thread.locator(".message")).to_have_count(3)
    await expect(page.locator(".main .message .broadcast")).to_be_visible()
    await expect(page.locator(".main .message").last).to_contain_text("On it, @Ben Ode")
    await shot(page, "thread")
    await thread.press("Escape")
    await expect(thread).to_be_hidden()


async def test_modal_shows_its_error_and_keeps_the_text(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Note…").click()
    modal = page.get_by_role("dialog", name="A note")
    field = modal.get_by_label("Note")
    await expect(field).to_be_focused()
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.locator(".wrong .input-error")).to_contain_text("Please complete this required field")
    await field.fill("handle with care")
    await expect(modal.locator(".counter")).to_have_text("24 characters left")
    await modal.get_by_role("combobox").click()
    await page.get_by_role("option", name="Heavy").click()
    await page.get_by_role("option", name="Late").click()
    await page.keyboard.press("Escape")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.locator(".input-error").first).to_have_text("Say what is in it.")
    await expect(field).to_have_value("handle with care")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await shot(page, "modal-error")
    await field.fill("glass, handle with care")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_be_hidden()
    await expect(page.locator(".main .message").last).to_contain_text("Note: glass, handle with care ['heavy', 'late']")


async def test_pushed_modal_goes_back_and_what_was_typed_is_there(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage
) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Note…").click()
    modal = page.get_by_role("dialog")
    await modal.get_by_label("Note").fill("glass")
    await modal.get_by_role("button", name="Rules").click()
    await expect(modal).to_contain_text("Mind the shelf.")
    await page.keyboard.press("Escape")
    await expect(modal.get_by_label("Note")).to_have_value("glass")
    await page.keyboard.press("Escape")
    await expect(modal).to_be_hidden()


async def test_confirm_dialog_stands_before_the_click(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Ship").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Crate 17 leaves.")
    await page.keyboard.press("Escape")
    async with SandboxClient(sandbox.address) as people:
        assert [one["type"] for one in await people.deliveries()] == []
    await page.get_by_role("button", name="Ship").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ship").click()
    whisper = page.locator(".message.ephemeral")
    await expect(whisper).to_contain_text("Only visible to you")
    await expect(whisper).to_contain_text("Crate 17 is on its way.")
    await shot(page, "ephemeral")
    other = await page_of(sandbox.address, user="UBEN")
    await expect(other.locator(".main .message")).to_have_count(1)


async def test_menu_in_a_message(sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("combobox").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("Size large")
    await expect(page.get_by_role("combobox")).to_contain_text("Large")


async def test_app_home(sandbox: Sandbox, app: AsyncApp, page_of: OpenPage, shot: Shot) -> None:
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("navigation").get_by_role("button", name="Crates").click()
    await expect(page.locator(".home .header-block")).to_have_text("Your crates")
    await expect(page.locator(".home").get_by_role("button", name="Refresh")).to_be_visible()
    await shot(page, "app-home")
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_role("textbox", name="Message Crates")).to_be_visible()


async def test_another_person_sees_another_workspace(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage
) -> None:
    page = await page_of(sandbox.address, user="UANA")
    await expect(page.locator(".who")).to_contain_text("agent · on-call")
    await page.get_by_role("button", name="Acting as").click()
    await page.get_by_role("option", name="Olga Sider").click()
    await expect(page.locator(".who")).to_contain_text("outsider")
    await expect(page.locator(".foot-note")).to_contain_text("You are not in #care")
    await page.get_by_role("button", name="Join channel").click()
    await expect(page.get_by_role("textbox", name="Message #care")).to_be_visible()


async def test_command_with_its_hint_answers_only_the_asker(sandbox: Sandbox, app: AsyncApp, page_of: OpenPage) -> None:
    page = await page_of(sandbox.address, user="UANA")
    box = page.get_by_role("textbox", name="Message #care")
    await box.fill("/cr")
    await expect(page.locator(".hint")).to_contain_text("list | help")
    await box.press("Tab")
    await expect(box).to_have_value("/crates ")
    await box.press_sequentially("list")
    await box.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("You asked: list")


async def test_shortcuts_of_both_kinds(sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage) -> None:
    await bot.chat_postMessage(channel="CCARE", text="a lone box")
    page = await page_of(sandbox.address, user="UANA")
    await page.locator(".main .message").hover()
    await page.locator(".main .message").get_by_role("button", name="More actions").click()
    await page.get_by_role("option", name="Keep as crate").click()
    await expect(page.locator(".main .message").last).to_contain_text("Kept: a lone box")
    await page.locator(".main").get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("option", name="New crate").click()
    await expect(page.get_by_role("dialog", name="A note")).to_be_visible()


async def test_unread_and_mentions_are_counted_until_read(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage
) -> None:
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("navigation").get_by_role("button", name="else").click()
    await bot.chat_postMessage(channel="CCARE", text="<@UANA> look")
    row = page.get_by_role("navigation").get_by_role("button", name="care")
    await expect(row.locator(".badge")).to_have_text("1")
    await row.click()
    await expect(page.locator(".new-line")).to_be_visible()
    await expect(page.locator(".message .mention-me")).to_have_text("@Ana Ruiz")
    await page.get_by_role("navigation").get_by_role("button", name="else").click()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_search_finds_and_leads_there(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage
) -> None:
    await post_card(bot)
    await bot.chat_postMessage(channel="CCARE", text="nothing to see")
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("searchbox").fill("FRAGILE crate")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator(".result")).to_have_count(1)
    await page.locator(".result").get_by_role("button", name="#care").click()
    await expect(page.locator(".stream .message")).to_have_count(2)


async def test_app_that_does_not_answer_is_said(sandbox: Sandbox, bot: AsyncWebClient, page_of: OpenPage) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.locator(".notice")).to_contain_text("not connected")


async def test_language_and_theme_are_kept(sandbox: Sandbox, page_of: OpenPage) -> None:
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("button", name="Switch language").click()
    await expect(page.locator(".side-group h2").first).to_have_text("频道")
    await page.get_by_role("button", name="切换深浅色").click()
    await page.reload()
    await expect(page.locator(".side-group h2").first).to_have_text("频道")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_phone_shows_one_room_at_a_time(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    await post_card(bot)
    page = await page_of(sandbox.address, user="UANA", width=390, height=844)
    await expect(page.locator(".main .message")).to_be_visible()
    await expect(page.locator(".sidebar")).to_be_hidden()
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    await shot(page, "phone")
    await page.locator(".pane-bar").get_by_role("button", name="Workspace").click()
    await page.get_by_role("navigation").get_by_role("button", name="else").click()
    await expect(page.get_by_role("heading", name="else")).to_be_visible()


async def test_fault_switch_arms_the_sandbox(
    sandbox: Sandbox, app: AsyncApp, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    page = await page_of(sandbox.address, user="UANA", dark=True)
    await page.get_by_role("button", name="Fault switches").click()
    await page.get_by_label("Method").select_option("chat.postMessage")
    await page.get_by_role("button", name="Rate limit 429").click()
    await expect(page.locator(".fault-armed")).to_contain_text("chat.postMessage")
    await shot(page, "faults-dark")
    async with SandboxClient(sandbox.address) as people:
        armed = await people.request("GET", "faults")
    assert [one["fault"] for one in armed["faults"]] == ["rate_limit"]
    await page.get_by_role("button", name="Disarm").click()
    await expect(page.locator(".fault-armed")).to_have_count(0)


async def test_direct_message_is_written_edited_and_deleted(sandbox: Sandbox, page_of: OpenPage) -> None:
    page = await page_of(sandbox.address, user="UANA")
    await page.get_by_role("navigation").get_by_role("button", name="Direct messages").click()
    await page.get_by_role("option", name="Ben Ode").click()
    await page.get_by_role("textbox", name="Message Ben Ode").fill("helo")
    await page.keyboard.press("Enter")
    message = page.locator(".main .message")
    await expect(message).to_contain_text("helo")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("option", name="Edit").click()
    await page.get_by_role("dialog").get_by_label("Edit").fill("hello")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(message.locator(".text")).to_have_text("hello")
    await expect(message.locator(".edited")).to_be_visible()
    other = await page_of(sandbox.address, user="UBEN")
    row = other.get_by_role("navigation").get_by_role("button", name="Ana Ruiz")
    await expect(row.locator(".badge")).to_have_text("1")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("option", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)


async def test_unknown_command_is_said_and_stays_in_the_box(sandbox: Sandbox, page_of: OpenPage) -> None:
    page = await page_of(sandbox.address, user="UANA")
    box = page.get_by_role("textbox", name="Message #care")
    await box.fill("/nothing here")
    await box.press("Enter")
    await expect(page.locator(".notice")).to_have_text("No such command: /nothing")
    await expect(box).to_have_value("/nothing here")


async def test_every_common_block_is_drawn(
    sandbox: Sandbox, bot: AsyncWebClient, page_of: OpenPage, shot: Shot
) -> None:
    await bot.chat_postMessage(channel="CCARE", text="gallery", blocks=shop.gallery())
    page = await page_of(sandbox.address, user="UANA", height=1500)
    message = page.locator(".main .message")
    await expect(message).to_be_visible()
    await expect(message.locator(".unknown")).to_have_count(0)
    await expect(message.locator(".rich li")).to_have_text(["one", "two"])
    await expect(message.locator(".markdown .md-h2")).to_have_text("Heading")
    await expect(message.locator(".grid").last).to_contain_text("Crates")
    await expect(message.locator(".image-off")).to_have_text("a picture elsewhere")
    await expect(message.locator("input[type=date]")).to_have_value("2026-11-24")
    await expect(message.locator("input[type=time]")).to_have_value("14:30")
    await expect(message.locator("input[type=datetime-local]")).to_have_value("2026-11-25T17:46")
    await expect(message.locator("input[type=checkbox]")).to_have_count(2)
    await expect(message.locator("input[type=radio]:checked")).to_have_count(1)
    await shot(page, "blocks")
