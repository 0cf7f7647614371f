"""A real browser on the sandbox's page, and a tiny app that has nothing to do with work orders on the other side."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import App, Channel, Sandbox, User, UserGroup, Workspace, page
from tests.browser import shop

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenPage = Callable[..., Awaitable[Page]]


def chromium() -> str | None:
    """Where the machine's chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The machine's own chromium. Without one the test is skipped; in CI it fails: there it must not be missing."""
    path = chromium()
    if path is None:
        reason = "no chromium on this machine (Debian: apt install chromium fonts-noto-cjk)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield found
        await found.close()


@pytest.fixture
async def page_of(browser: Browser) -> AsyncIterator[OpenPage]:
    """``await page_of(address, user="UANA", width=1440, …)``: the page as that person sees it.

    At the end nothing may have gone wrong in it, and no request may have left the machine.
    """
    faults: list[str] = []

    def asked(request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme not in ("data", "blob") and where.hostname != "127.0.0.1":
            faults.append(f"a request left the machine: {request.url}")

    async def open_page(
        address: str, *, user: str, width: int = 1440, height: int = 900, dark: bool = False, lang: str = "en"
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-GB"
        )
        await context.add_init_script(f"localStorage.lang ??= '{lang}'")
        opened = await context.new_page()
        opened.set_default_timeout(10_000)
        opened.on("request", asked)
        opened.on("pageerror", lambda error: faults.append(f"script: {error}"))
        await opened.goto(f"{address}/?user={user}")
        await opened.locator(".team-name").wait_for(state="attached")
        return opened

    yield open_page
    assert faults == []


@pytest.fixture
def shot() -> Callable[[Page, str], Awaitable[Any]]:
    """Keeps a picture of the page under tests/screenshots, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return lambda opened, name: opened.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A small shop's workspace with the page on it, and no platform console."""
    workspace = Workspace(
        team_name="Corner shop",
        users=(
            User("UANA", "ana", "Ana Ruiz", tz="Asia/Shanghai"),
            User("UBEN", "ben", "Ben Ode", tz="America/New_York"),
            User("UOUT", "out", "Olga Sider"),
        ),
        channels=(
            Channel("CCARE", "care", members=("UANA", "UBEN", "UBOT"), topic="Boxes and crates"),
            Channel("CELSE", "else", members=("UANA", "UBEN")),
        ),
        usergroups=(UserGroup("SLEAD", "leads", "Leads", users=("UANA",)),),
        apps=(App(manifest=shop.MANIFEST, bot_user_id="UBOT"),),
    )
    settings = {"roles": {"UANA": ["agent", "on-call"], "UOUT": "outsider"}, "title": "Corner shop"}
    box = Sandbox(workspace, mount=[lambda app: page.mount(app, settings)])
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
def bot(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-sandbox-1", base_url=f"{sandbox.address}/api/", retry_handlers=[])


@pytest.fixture
async def app(sandbox: Sandbox, bot: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """The app of the shop, connected over Socket Mode."""
    bolt = shop.app(bot)
    bare = AsyncWebClient(token="", base_url=f"{sandbox.address}/api/", retry_handlers=[])
    handler = AsyncSocketModeHandler(bolt, "xapp-1-A00000001-1-sandbox", web_client=bare)
    handler.client.web_client = bare
    await handler.connect_async()
    yield bolt
    await handler.close_async()
