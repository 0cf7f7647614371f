"""``GET /files/<id>``: for who has the link, as long as it works, and nothing that a browser would run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from coopbot.clock import wall
from coopbot.domain.files import MB, File, HandedIn, expected
from coopbot.domain.links import Links, keys_from
from coopbot.errors import StoreBusy
from coopbot.handlers import files
from tests.support.builders import MONDAY

(AWAITED,) = expected("reply:r-1", "U0ANA", MONDAY, [HandedIn("F1", '凭"证/../ 1\r\n.pdf')])
HERE = replace(AWAITED, sha256="a" * 64, stored_at=MONDAY)


@dataclass
class Shelf:
    links: Links = field(init=False)
    session: aiohttp.ClientSession = field(init=False)
    kept: dict[str, tuple[File, bytes | None]] = field(default_factory=dict)
    busy: bool = False

    async def read(self, identity: str) -> tuple[File, bytes | None] | None:
        if self.busy:
            raise StoreBusy("busy")
        return self.kept.get(identity)

    async def get(self, hours: float = 1, file: str = HERE.id) -> tuple[int, bytes, Any]:
        async with self.session.get(self.links.to(file, wall() + timedelta(hours=hours))) as answer:
            return answer.status, await answer.read(), answer.headers


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf()
    app = web.Application()
    async with aiohttp.ClientSession() as made.session:
        server = TestServer(app)
        keys = keys_from(["a secret"])
        files.mount(app, Links("", keys), made.read)
        async with server:
            made.links = Links(str(server.make_url("")).rstrip("/"), keys)
            yield made


async def test_a_file_is_given_under_its_own_name_for_saving(shelf: Shelf) -> None:
    content = b"%PDF" * MB
    shelf.kept[HERE.id] = (HERE, content)
    status, got, headers = await shelf.get()
    assert (status, got == content) == (200, True)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"__.. 1.pdf\"; filename*=UTF-8''%E5%87%AD%E8%AF%81..%201.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["ETag"] == f'"{HERE.sha256}"'


async def test_what_is_not_to_be_had_says_why(shelf: Shelf) -> None:
    shelf.kept[HERE.id] = (HERE, b"x")
    assert await refused(shelf.get(hours=-1)) == 410
    assert await refused(shelf.get(file="f-unknown")) == 404
    shelf.kept[HERE.id] = (AWAITED, None)
    status, _, headers = await shelf.get()
    assert (status, headers["Retry-After"]) == (404, "5")
    shelf.kept[HERE.id] = (replace(AWAITED, why="login_page"), None)
    status, _, headers = await shelf.get()
    assert (status, "Retry-After" in headers) == (404, False)
    shelf.busy = True
    assert await refused(shelf.get()) == 503


@pytest.mark.parametrize(
    "path",
    [
        f"/files/{HERE.id}",
        f"/files/{HERE.id}?expires=9999999999&signature=",
        f"/files/{HERE.id}?expires=&signature=%F0%9F%92%A9",
        f"/files/{HERE.id}?expires=-1&signature={'a' * 64}",
        "/files/..%2F..%2Fetc%2Fpasswd?expires=9999999999&signature=x",
    ],
)
async def test_a_link_of_somebody_elses_making_is_forged(shelf: Shelf, path: str) -> None:
    shelf.kept[HERE.id] = (HERE, b"secret")
    async with shelf.session.get(shelf.links.public_url + path) as answer:
        assert (answer.status, answer.content_type) == (403, "application/problem+json")
        assert b"secret" not in await answer.read()


async def refused(asked: Any) -> int:
    status, body, headers = await asked
    assert headers["Content-Type"] == "application/problem+json", body
    return int(status)
