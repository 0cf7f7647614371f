"""Files in a real browser: chosen on this machine, listed, removed, refused, and handed over with the answer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect

from coopbot.demo import cast
from coopbot.demo.show import page_for
from coopbot.demo.stage import Stage, stage
from tests.browser.conftest import OpenPage
from tests.browser.test_workspace import Shot

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 900


@pytest.fixture
async def demo() -> AsyncIterator[Stage]:
    async with stage(0, rate=0.0, mounts=lambda steering: [steering.mount, page_for("en")], undo="0s") as set_up:
        yield set_up


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "the parcel, as it arrived.png").write_bytes(PHOTO)
    (tmp_path / "delivery note.pdf").write_bytes(b"%PDF-1.7 signed")
    (tmp_path / "run.exe").write_bytes(b"MZ")
    for number in range(11):
        (tmp_path / f"photo-{number}.jpg").write_bytes(b"\xff\xd8" + bytes([number]))
    return tmp_path


async def opens(page: Page) -> None:
    """An order comes, and Tom opens the modal for an answer of his own."""
    desk = page.locator(".desk")
    await desk.get_by_label("Shop").select_option("10002")
    await desk.get_by_label("Consumer's words").fill("It arrived broken.")
    await desk.get_by_role("button", name="Raise", exact=True).click()
    card = page.locator(".main .message", has_text="It arrived broken.")
    await card.get_by_role("button", name="Other answer…").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_an_answer_takes_its_files_along(
    demo: Stage, page_of: OpenPage, shot: Shot, folder: Path, dark: bool
) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM, dark=dark)
    await opens(page)
    modal = page.get_by_role("dialog")
    await modal.get_by_label("Your answer").fill("We ship a new one today before 18:00, see the photo of the parcel.")
    picker = modal.locator("input[type=file]")
    await picker.set_input_files([folder / "the parcel, as it arrived.png", folder / "delivery note.pdf"])
    rows = modal.locator(".file-list .file-row")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("225 KB")
    await expect(modal.locator(".input-hint").last).to_have_text("At most 10 files, 10 MB each.")
    await shot(page, f"modal-files-{'dark' if dark else 'light'}")
    if dark:
        return

    await modal.get_by_role("button", name="Remove delivery note.pdf").click()
    await expect(rows).to_have_count(1)
    await modal.get_by_role("button", name="Send").click()
    await expect(modal).to_be_hidden()
    link = page.locator(".desk .order a.reply-file")
    await expect(link).to_have_text("the parcel, as it arrived.png")
    await expect(page.locator(".main .message", has_text="Tom Park answered")).to_contain_text("1 attachment")
    await shot(page, "desk-files")
    url = await link.get_attribute("href")
    assert url is not None
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert hashlib.sha256(await answer.read()).digest() == hashlib.sha256(PHOTO).digest()


async def test_what_does_not_fit_is_said_where_it_was_chosen(
    demo: Stage, page_of: OpenPage, shot: Shot, folder: Path
) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM, width=900)
    await opens(page)
    modal = page.get_by_role("dialog")
    picker = modal.locator("input[type=file]")
    await picker.set_input_files([folder / "run.exe"])
    await expect(modal.locator(".file-note")).to_have_text("This type of file can't be added here: run.exe")
    await expect(modal.locator(".file-list .file-row")).to_have_count(0)
    await picker.set_input_files([folder / f"photo-{number}.jpg" for number in range(11)])
    await expect(modal.locator(".file-list .file-row")).to_have_count(10)
    await expect(modal.locator(".file-note")).to_have_text("At most 10 files")
    await expect(picker).to_be_disabled()
    await expect(modal.locator(".file-list .spinner")).to_have_count(0)
    await shot(page, "modal-files-full")
    await modal.get_by_role("button", name="Remove photo-3.jpg").click()
    await expect(picker).to_be_enabled()


async def test_sent_at_once_it_waits_for_what_is_still_uploading(demo: Stage, page_of: OpenPage, folder: Path) -> None:
    page = await page_of(demo.sandbox.address, user=cast.TOM)
    await opens(page)
    held = asyncio.Event()

    async def later(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/uploads?*", later)
    modal = page.get_by_role("dialog")
    await modal.get_by_label("Your answer").fill("We ship a new one today before 18:00, see the photo of the parcel.")
    await modal.locator("input[type=file]").set_input_files([folder / "delivery note.pdf"])
    await modal.get_by_role("button", name="Send").click()
    await expect(modal.locator(".spinner").first).to_be_visible()
    held.set()
    await expect(page.locator(".desk .order a.reply-file")).to_have_text("delivery note.pdf")
