"""Slack's pace and its Retry-After count for the method that is called and the channel that is posted to, whatever the
message was owed to (performance.md §6, 7); and what Slack may say in that header, over a real wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from coopbot.clock import wall
from coopbot.delivery.pacing import GROUP, HISTORY, OPEN, POST, UPDATE, Limits, Pacer
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Message, Outcome, Refused, Sent, TryLater
from coopbot.slack.chat import SlackChat, web_client
from coopbot.store import OpenStore
from tests.delivery.line import FALLBACK, FLAG, OPS, OUTLET, Line, a_line, marks

A1 = OrderKey("jd", "A-1")


def a_reminder(target: str) -> Intent:
    args = {"items": [{"order": "jd:A-1", "step": "r:50%", "missed": []}]}
    return Intent(What.REMINDER, target, Priority.CRC_REMINDER, A1, args=args)


async def waits(line: Line, what: What, words: str) -> None:
    async def look() -> bool:
        return (what.value, "pending") in [row[:2] for row in await line.outbox() if words in row[2]]

    await line.until(look, f"the {what} waits")


async def test_a_429_pauses_the_channel_that_was_posted_to(line: Line) -> None:
    """The order's card stands in the fallback channel, so its reminder goes there, though it was owed to the team's."""
    await line.control("channels", id=FLAG, archived=True)
    worker = line.start()
    await line.raises("A-1")
    await line.settled()
    await line.fault("rate_limit", POST, seconds=3600)
    await line.owe(a_reminder(FLAG))
    await waits(line, What.REMINDER, "rate limited")
    assert worker.pacer.busy_channels() == [FALLBACK]


async def test_a_paused_channel_gets_nothing_that_was_owed_to_another(line: Line) -> None:
    await line.control("channels", id=FLAG, archived=True)
    worker = line.start()
    await line.raises("A-1")
    await line.settled()
    before = len(await line.calls(effect=False))
    worker.pacer.pause(POST, FALLBACK, 3600)
    await line.owe(a_reminder(FLAG))
    await waits(line, What.REMINDER, "no room")
    assert len(await line.calls(effect=False)) == before
    assert worker.pacer.wait(POST, FLAG) == 0, "and what was counted for the other is given back"


async def test_an_edit_that_was_owed_as_a_post_waits_while_edits_are_paused(line: Line) -> None:
    line.start().pacer.pause(UPDATE, "", 3600)
    await line.raises("A-1")
    await line.store.run(lambda tx: tx.notes.put(f"glance:{FLAG}", {"ts": "1.1", "text": "before"}, line.office.now))
    await line.owe(Intent(What.GLANCE, FLAG, Priority.NOTE, key=f"glance:{FLAG}"))
    await waits(line, What.GLANCE, "no room")
    assert await line.calls(UPDATE, effect=False) == []


async def test_groups_have_a_pace_of_their_own() -> None:
    pacer = Pacer(Limits(tier_2_rate=1 / 3, tier_2_burst=1), time=lambda: 100.0)
    assert pacer.wait(GROUP) == 0
    pacer.spend(GROUP)
    assert pacer.wait(GROUP) == pytest.approx(3.0)
    assert pacer.wait(POST, FLAG) == pacer.wait(OPEN) == 0


async def test_looking_has_a_pace_too(store: OpenStore) -> None:
    """After trouble that met many channels at once, each with a message to look for."""
    async with a_line(store) as line:
        await line.fault("drop_after_effect", POST, times=2)
        worker = line.worker()
        worker.pacer._methods[HISTORY].rate, worker.pacer._methods[HISTORY].level = 1e-6, 1.0
        line.workers.append(worker)
        await line.raises("A-1")
        await line.raises("B-1", shop="10002")
        line.running.append(asyncio.create_task(worker.run()))
        await waits(line, What.CARD, "conversations.history has no room")
        assert len(await line.calls(HISTORY, effect=False)) == 1
        worker.pacer._methods[HISTORY].level = 1e6
        await line.store.run(lambda tx: tx.session._cursor.execute("UPDATE outbox SET not_before = NULL"))  # type: ignore[attr-defined]
        await line.settled()
        assert sorted(call["args"]["channel"] for call in await line.calls()) == [FLAG, OUTLET]


async def test_whom_it_has_written_to_is_not_asked_for_again(line: Line) -> None:
    line.start()
    for code in ("sweep_late", "outbox_late"):
        args = {"code": code, "facts": {}}
        await line.owe(Intent(What.OPERATOR, OPS, Priority.BREACH, args=args))
        await line.settled()
    assert len(await line.calls()) == 2
    assert len(await line.calls(OPEN, effect=False)) == 1


async def test_it_is_found_though_our_clock_was_an_hour_ahead_when_it_was_owed(line: Line) -> None:
    line.start()
    await line.raises("A-1")
    await line.settled()
    (mark,) = marks(await line.calls())
    chat = line.workers[0].courier.wire.chat
    assert isinstance(await chat.find(FLAG, "", mark, wall() + timedelta(hours=1)), Sent)
    assert await chat.find(FLAG, "", "another", wall() + timedelta(hours=1)) == Refused("not_found")


# --- what Slack may answer -----------------------------------------------------------------------------------------


@dataclass
class Slack:
    """A server in Slack's place that answers as it is told."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=lambda: {"ok": True, "ts": "1.1", "channel": "C1"})
    peers: set[Any] = field(default_factory=set)

    async def answers(self, request: web.Request) -> web.Response:
        self.peers.add(request.transport.get_extra_info("peername") if request.transport else None)
        if isinstance(self.body, str):
            return web.Response(status=self.status, headers=self.headers, text=self.body, content_type="text/html")
        return web.json_response(self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def in_slacks_place(slack: Slack) -> AsyncIterator[SlackChat]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answers)
    timeout = aiohttp.ClientTimeout(total=10)
    async with TestServer(app) as server, aiohttp.ClientSession(timeout=timeout) as session:
        yield SlackChat(web_client("xoxb-1", str(server.make_url("/api/")), session))


async def posted(slack: Slack) -> Outcome:
    async with in_slacks_place(slack) as chat:
        return await chat.post("C1", Message("hello"), "m-1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7), ("0", 1), ("-5", 1), ("2.5", 2.5), ("3600", 3600), ("86400", 3600), ("1e99", 3600), ("inf", 3600),
        ("soon", 30), ("nan", 30), ("", 30), ("7 s", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", 30), (None, 30),
    ],
)  # fmt: skip
async def test_retry_after_from_a_second_to_an_hour_and_nonsense(header: str | None, seconds: float) -> None:
    limited = Slack(429, {} if header is None else {"Retry-After": header}, {"ok": False, "error": "ratelimited"})
    outcome = await posted(limited)
    assert isinstance(outcome, TryLater)
    assert (outcome.after, outcome.begun, outcome.pause) == (seconds, False, POST)


@pytest.mark.parametrize("status", [200, 404, 429, 503])
async def test_html_in_the_place_of_an_answer_says_nothing_about_the_message(status: int) -> None:
    outcome = await posted(Slack(status, body="<!DOCTYPE html><html><body>We're having trouble"))
    assert isinstance(outcome, TryLater)
    assert outcome.begun, "it may have been posted"


async def test_an_answer_of_two_megabytes_is_an_answer() -> None:
    told = await posted(Slack(body={"ok": True, "ts": "1.1", "padding": "x" * 2_000_000}))
    assert isinstance(told, Sent)
    assert told.receipt == "1.1"
    huge = await posted(Slack(500, body="x" * 2_000_000))
    assert isinstance(huge, TryLater)
    assert len(huge.why) < 500


async def test_calls_share_one_connection() -> None:
    slack = Slack()
    async with in_slacks_place(slack) as chat:
        for number in range(20):
            assert isinstance(await chat.post("C1", Message("hello"), f"m-{number}"), Sent)
    assert len(slack.peers) == 1
