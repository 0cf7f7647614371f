"""How the page is served, and what its sources promise."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from coopbot.sandbox import page

FILES = Path(page.__file__).parent / "page"
SOURCES = sorted([*FILES.rglob("*.js"), *FILES.rglob("*.css"), *FILES.rglob("*.html")])


@pytest.fixture
async def served() -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application()
    page.mount(app, {"clock_url": "http://127.0.0.1:9/clock", "lang": "zh", "roles": {"U1": "lead"}})
    async with TestServer(app) as server, aiohttp.ClientSession(str(server.make_url("/"))) as http:
        yield http


async def test_settings_are_served_whole(served: aiohttp.ClientSession) -> None:
    async with served.get("/page/config.json") as response:
        assert await response.json() == {
            "clock_url": "http://127.0.0.1:9/clock",
            "console": False,
            "lang": "zh",
            "roles": {"U1": "lead"},
            "title": "Sandbox",
            "user": None,
        }


async def test_policy_lets_no_request_leave_the_machine(served: aiohttp.ClientSession) -> None:
    async with served.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    hosts = re.findall(r"https?://([^\s:;]+)", policy)
    assert set(hosts) == {"127.0.0.1", "localhost"}
    assert "default-src 'self'" in policy
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', text):
        async with served.get(path) as file:
            assert file.status == 200, path


def test_unknown_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        page.mount(web.Application(), {"colour": "blue"})


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_data_never_becomes_markup_and_nothing_is_fetched_from_elsewhere(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    sinks = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert sinks == []
    elsewhere = set(re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z.]+", text)) - {
        "http://www.w"
    }  # the namespace of SVG, an address only by its looks
    assert elsewhere == set()


def test_page_speaks_both_languages_throughout() -> None:
    words = (FILES / "js" / "words.js").read_text(encoding="utf-8")
    known = set(re.findall(r'^  "?([\w-]+)"?: \["', words, re.M))
    assert len(known) > 150
    asked = set()
    for source in FILES.rglob("*.js"):
        asked |= set(re.findall(r'\bt\("([\w-]+)"', source.read_text(encoding="utf-8")))
    assert asked - known == set()
