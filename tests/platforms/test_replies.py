"""Replies over a real socket: signed, idempotent by id, and every answer an outcome (platform-api.md, Replies)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.clock import wall
from coopbot.config import ConnectionAccess
from coopbot.config.settings import HookAccess
from coopbot.platforms.replies import Replies, outcome
from coopbot.platforms.retry_after import MOST, seconds_of
from coopbot.platforms.signing import Verifier
from coopbot.ports import Refused, Sent, TryLater
from tests.platforms.platform import Platform, Wire, platform, raw_answer, saying
from tests.platforms.signed import SECRET, THIRD

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DATA = {
    "reply_id": "r-1",
    "work_order_no": "W-1",
    "shop_id": "10001",
    "preset_code": None,
    "text": "已发货，预计明天送达",
    "fields": {},
    "attachments": [],
    "replied_by": "U0ANA",
    "replied_at": "2026-11-23T02:00:00Z",
}


@pytest.fixture
async def jd() -> AsyncIterator[Platform]:
    async with platform() as there:
        yield there


async def test_a_reply_arrives_signed_under_its_own_id(jd: Platform) -> None:
    assert await jd.replies.reply("jd", "r-1", DATA) == Sent("ok")
    got = jd.got[0]
    assert got.json["type"] == "work_order.reply"
    assert got.json["data"] == DATA
    assert datetime.fromisoformat(got.json["timestamp"]).tzinfo is not None
    assert got.headers["webhook-id"] == "r-1"
    assert got.headers["content-type"] == "application/json"
    now = wall()
    for secret in (SECRET, THIRD):
        assert Verifier({"jd": [secret]}).verify(got.headers, got.body, now) == "jd"


async def test_a_second_try_has_the_same_id_and_data(jd: Platform) -> None:
    jd.answer = saying(500)
    await jd.replies.reply("jd", "r-1", DATA)
    jd.answer = saying(200, {"result": "already_replied"})
    assert await jd.replies.reply("jd", "r-1", DATA) == Sent("already_replied")
    assert [got.headers["webhook-id"] for got in jd.got] == ["r-1", "r-1"]
    assert jd.got[0].json["data"] == jd.got[1].json["data"]


ANSWERS: list[tuple[int, Any, dict[str, str], Any]] = [
    (200, {"result": "ok"}, {}, Sent("ok")),
    (200, {"result": "ok", "more": 1}, {}, Sent("ok")),
    (202, {"result": "ok"}, {}, Sent("ok")),
    (200, {"result": "already_replied"}, {}, Sent("already_replied")),
    (200, {"result": "rejected", "reason": "未说明发货时间"}, {}, Sent("rejected", {"reason": "未说明发货时间"})),
    (200, {"result": "rejected"}, {}, Sent("rejected")),
    (200, {"result": "rejected", "reason": 5}, {}, Sent("rejected")),
    (200, {"result": "OK"}, {}, TryLater),
    (200, {"result": ["ok"]}, {}, TryLater),
    (200, ["ok"], {}, TryLater),
    (200, b"", {}, TryLater),
    (200, b"<html>Please log in</html>", {}, TryLater),
    (200, b"\xff\xfe", {}, TryLater),
    (204, b"", {}, TryLater),
    (301, b"", {"Location": "https://elsewhere.example/"}, Refused("http_301", "the address has moved; see reply_url")),
    (302, b"", {"Location": "https://elsewhere.example/"}, TryLater),
    (307, b"", {"Location": "/replies"}, TryLater),
    (308, b"", {"Location": "/replies"}, Refused("http_308", "the address has moved; see reply_url")),
    (400, {"reason": "no such order"}, {}, Refused("http_400", "no such order")),
    (401, b"", {}, Refused("http_401")),
    (403, b"<html>", {}, Refused("http_403")),
    (404, {"title": "Not Found"}, {}, Refused("http_404", "Not Found")),
    (422, {"title": "Bad", "detail": "text too long"}, {}, Refused("http_422", "text too long")),
    (408, b"", {}, TryLater(None, "answered 408")),
    (409, b"", {}, TryLater(None, "answered 409")),
    (425, b"", {}, TryLater(None, "answered 425", begun=False)),
    (429, b"", {"Retry_After": "7"}, TryLater(7, "answered 429", begun=False)),
    (429, b"", {"Retry_After": "soon"}, TryLater(None, "answered 429", begun=False)),
    (500, b"", {}, TryLater(None, "answered 500")),
    (502, b"<html>", {"Retry_After": "30"}, TryLater(30, "answered 502")),
    (503, b"", {"Retry_After": "999999"}, TryLater(MOST, "answered 503")),
]


@pytest.mark.parametrize(("status", "body", "headers", "wanted"), ANSWERS)
async def test_each_answer_has_its_outcome(
    jd: Platform, status: int, body: Any, headers: dict[str, str], wanted: Any
) -> None:
    jd.answer = saying(status, body, **headers)
    found = await jd.replies.reply("jd", "r-1", DATA)
    if isinstance(wanted, type):
        assert isinstance(found, wanted)
        assert isinstance(found, TryLater)
        assert found.begun
    else:
        assert found == wanted
    assert len(jd.got) == 1  # no redirect was followed


async def test_an_endless_answer_is_cut_off(jd: Platform) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 64 * 1024 * 1024:
            await response.write(b" " * 65_536)
            sent += 65_536
        return response

    jd.answer = endless
    found = await jd.replies.reply("jd", "r-1", DATA)
    assert isinstance(found, TryLater)
    assert sent < 64 * 1024 * 1024


async def test_an_answer_that_does_not_come_is_tried_again() -> None:
    async with platform(timeout_s=0.2) as there:
        released = asyncio.Event()

        async def never(_request: web.Request) -> web.StreamResponse:
            await released.wait()
            return web.Response()

        there.answer = never
        found = await there.replies.reply("jd", "r-1", DATA)
        assert isinstance(found, TryLater)
        assert found.begun
        assert len(there.got) == 1
        released.set()


async def test_nobody_there_surely_had_no_effect(jd: Platform) -> None:
    found = await jd.replies.reply("nowhere", "r-1", DATA)
    assert isinstance(found, TryLater)
    assert not found.begun


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_a_connection_that_breaks_may_have_had_an_effect(answer: bytes) -> None:
    async with raw_answer(answer) as url, aiohttp.ClientSession() as session:
        found = await Replies(session, {"jd": Wire(url)}).reply("jd", "r-1", DATA)
    assert isinstance(found, TryLater)
    assert found.begun


async def test_a_connection_that_can_not_be_called_says_so(jd: Platform) -> None:
    for connection, code in (("mute", "no_reply_url"), ("unheard_of", "no_reply_url"), ("bad", "bad_url")):
        found = await jd.replies.reply(connection, "r-1", DATA)
        assert isinstance(found, Refused)
        assert found.code == code
    assert isinstance(await jd.replies.tell_outage("mute", "o-1", {}), Refused)


async def test_an_outage_is_told_to_the_operations_manager(jd: Platform) -> None:
    jd.answer = saying(204)
    assert await jd.replies.tell_outage("jd", "o-1", {"what": "停电"}) == Sent("204")
    got = jd.got[0]
    assert (got.path, got.json["type"], got.json["data"]) == ("/outage", "outage.reported", {"what": "停电"})
    assert got.headers["webhook-id"] == "o-1"
    jd.answer = saying(503, Retry_After="3")
    assert await jd.replies.tell_outage("jd", "o-1", {}) == TryLater(3, "answered 503")
    jd.answer = saying(410)
    assert await jd.replies.tell_outage("jd", "o-1", {}) == Refused("http_410")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("12", 12),
        (" 12 ", 12),
        ("3601", MOST),
        ("9" * 400, MOST),
        ("Mon, 23 Nov 2026 02:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 02:00:30 -0000", 30),
        ("Mon, 23 Nov 2026 01:00:00 GMT", 0),
        ("Fri, 23 Nov 2096 02:00:00 GMT", MOST),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 Nov 2026 02:00:30 GMT", None),
    ],
)
def test_retry_after_in_both_forms(header: str, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


@settings(deadline=None)
@given(st.integers(200, 599), st.text(max_size=40), st.none() | st.binary(max_size=60))
def test_no_answer_raises(status: int, header: str, body: bytes | None) -> None:
    assert outcome(status, {"Retry-After": header}, body, NOW)


def test_no_secret_is_shown() -> None:
    access = ConnectionAccess("jd", (SECRET,), "token", "https://bridge.example/")
    assert SECRET not in repr(access)
    assert "token" not in repr(access)


async def test_a_step_of_a_ladder_calls_a_signed_hook(jd: Platform) -> None:
    jd.answer = saying(204)
    address = f"{jd.base}/outage"
    async with aiohttp.ClientSession() as session:
        replies = Replies(session, {}, {"pager": HookAccess(address, (SECRET,))})
        assert await replies.ring("pager", "m-1", {"step": "0:page"}) == Sent("204")
        assert await replies.ring("other", "m-1", {}) == Refused("no_hook", "[hooks.other] is not in coopbot.toml")
    (got,) = jd.got
    assert (got.json["type"], got.json["data"], got.headers["webhook-id"]) == (
        "work_order.escalated",
        {"step": "0:page"},
        "m-1",
    )
    now = wall()
    assert Verifier({"pager": [SECRET]}).verify(got.headers, got.body, now) == "pager"
