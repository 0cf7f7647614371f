"""The platform console against a receiver that only listens, over HTTP both ways."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from coopbot.sandbox import console_routes, console_signing
from coopbot.sandbox.clock import real_now
from coopbot.sandbox.console import Console

SECRET = "whsec_" + "Y29vcGJvdC1jb25zb2xlLXRlc3Rz"
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@dataclass
class Receiver:
    """A bot that writes down what it is sent; verifies with the library that bots use."""

    events: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError as wrong:
            self.complaints.append(str(wrong))
            return web.json_response({"title": "not believed"}, status=401)
        said = json.loads(body)
        events = said if isinstance(said, list) else [said]
        self.events += events
        return web.json_response({"results": [{"id": one["id"], "status": "accepted"} for one in events]})


@dataclass
class Desk:
    """The console's address, and a bot's way to reply to it."""

    url: str
    http: aiohttp.ClientSession
    console: Console

    async def does(self, verb: str, *, status: int = 200, **asked: Any) -> Any:
        async with self.http.post(f"{self.url}/console/{verb}", json=asked) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def arms(self, **fault: Any) -> None:
        async with self.http.post(f"{self.url}/console/faults", json=fault) as response:
            assert response.status == 200, await response.text()

    async def reads(self, what: str) -> Any:
        async with self.http.get(f"{self.url}/console/{what}") as response:
            assert response.status == 200
            return await response.json()

    async def order(self, number: str) -> Any:
        return next(one for one in (await self.reads("orders"))["orders"] if one["work_order_no"] == number)

    async def gets_reply(
        self, number: str, reply_id: str = "r1", secret: str = SECRET, age_s: int = 0, **changed: str
    ) -> tuple[int, Any]:
        data = {
            "reply_id": reply_id,
            "work_order_no": number,
            "shop_id": "10001",
            "preset_code": None,
            "text": "今天 18:00 前发出。",
            "fields": {},
            "attachments": [],
            "replied_by": "Ana",
            "replied_at": "2026-11-23T01:31:00Z",
        }
        body = json.dumps({"type": "work_order.reply", "timestamp": "2026-11-23T01:31:00Z", "data": data})
        stamp = datetime.fromtimestamp(int(real_now()) - age_s, UTC)
        headers = {
            "webhook-id": reply_id,
            "webhook-timestamp": str(int(stamp.timestamp())),
            "webhook-signature": Webhook(secret).sign(reply_id, stamp, body),
        }
        headers |= changed
        async with self.http.post(f"{self.url}/console/replies", data=body.encode(), headers=headers) as response:
            return response.status, await _json(response)


async def _json(response: aiohttp.ClientResponse) -> Any:
    return await response.json() if response.content_type == "application/json" else await response.text()


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    bot = Receiver()
    app = web.Application()
    app.router.add_post("/platform/v1/events", bot.take)
    async with TestServer(app) as server:
        yield bot, str(server.make_url("/platform/v1/events"))


@pytest.fixture
def bot(receiver: tuple[Receiver, str]) -> Receiver:
    return receiver[0]


@pytest.fixture
async def desk(receiver: tuple[Receiver, str]) -> AsyncIterator[Desk]:
    console = Console(receiver[1], SECRET, shops=[("10001", "旗舰店"), ("10002", "专营店")], clock=lambda: NOW)
    app = web.Application()
    console_routes.mount(console, app)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Desk(str(server.make_url("")).rstrip("/"), http, console)
        await console.close()


async def test_raised_order_is_signed_realistic_and_answered(desk: Desk, bot: Receiver) -> None:
    done = await desk.does("raise", shop_id="10002", scene="urge_shipping", **{"class": "crc"})
    assert done["status"] == "accepted"
    (event,) = bot.events
    assert event["type"] == "work_order.raised"
    assert event["timestamp"] == "2026-11-23T01:30:00.000Z"
    data = event["data"]
    assert (data["shop_id"], data["class"], data["scene"], data["kind"]) == (
        "10002",
        "crc",
        "urge_shipping",
        "non_dispute",
    )
    assert data["content"]
    assert data["consumer"]["contact"]
    order = await desk.order(done["work_order_no"])
    assert (order["state"], order["times"]) == ("waiting", {"waiting": "2026-11-23T01:30:00.000Z"})


async def test_field_asked_for_with_null_is_left_out(desk: Desk, bot: Receiver) -> None:
    await desk.does("raise", content=None, consumer=None)
    assert {"content", "consumer"} & set(bot.events[0]["data"]) == set()


async def test_reply_is_taken_once(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    assert await desk.gets_reply(number) == (200, {"result": "ok"})
    assert await desk.gets_reply(number) == (200, {"result": "already_replied"})
    received = [one for one in (await desk.reads("journal"))["entries"] if one["direction"] == "received"]
    assert [one["effect"] for one in received] == [True, False]
    order = await desk.order(number)
    assert (order["state"], [one["text"] for one in order["replies"]]) == ("replied", ["今天 18:00 前发出。"])


async def test_rejected_order_is_open_again_and_accepted_one_takes_no_more(desk: Desk, bot: Receiver) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.gets_reply(number, "r1")
    await desk.does("reject", work_order_no=number, reason="未说明发货时间")
    assert bot.events[-1]["type"] == "work_order.reply_rejected"
    assert bot.events[-1]["data"] == {
        "work_order_no": number,
        "reply_id": "r1",
        "at": "2026-11-23T01:30:00.000Z",
        "reason": "未说明发货时间",
    }
    assert (await desk.order(number))["state"] == "rejected"
    assert await desk.gets_reply(number, "r2") == (200, {"result": "ok"})
    await desk.does("accept", work_order_no=number)
    assert bot.events[-1]["data"]["reply_id"] == "r2"
    assert await desk.gets_reply(number, "r3") == (200, {"result": "already_replied"})
    order = await desk.order(number)
    assert [(one["reply_id"], one["state"]) for one in order["replies"]] == [("r1", "rejected"), ("r2", "accepted")]


@pytest.mark.parametrize(
    ("verb", "type_", "state", "answer"),
    [
        ("close", "work_order.closed", "closed", "rejected"),
        ("void", "work_order.voided", "voided", "rejected"),
        ("time_out", "work_order.timed_out", "timed_out", "rejected"),
        ("answer_elsewhere", "work_order.answered_elsewhere", "answered_elsewhere", "already_replied"),
    ],
)
async def test_what_the_platform_ends_takes_no_reply(
    desk: Desk, bot: Receiver, verb: str, type_: str, state: str, answer: str
) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.does(verb, work_order_no=number)
    assert bot.events[-1]["type"] == type_
    assert (await desk.order(number))["state"] == state
    status, body = await desk.gets_reply(number)
    assert (status, body["result"]) == (200, answer)
    assert (await desk.order(number))["replies"] == []


async def test_urge_counts(desk: Desk, bot: Receiver) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.does("urge", work_order_no=number)
    await desk.does("urge", work_order_no=number, count=3)
    assert bot.events[-1]["data"]["count"] == 3
    assert (await desk.order(number))["urged"] == 3


async def test_acts_on_nothing_are_refused(desk: Desk, bot: Receiver) -> None:
    assert "no such work order" in (await desk.does("urge", status=409, work_order_no="none"))["error"]
    number = (await desk.does("raise"))["work_order_no"]
    assert "no reply" in (await desk.does("accept", status=409, work_order_no=number))["error"]
    assert "unknown fault" in (await desk.does("faults", status=400, fault="earthquake"))["error"]
    assert len(bot.events) == 1


async def test_forged_and_unknown_replies_change_nothing(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    status, _ = await desk.gets_reply(number, secret="whsec_" + "Zm9yZ2Vk")
    assert status == 401
    assert (await desk.gets_reply("none"))[0] == 404
    assert (await desk.order(number))["state"] == "waiting"


@pytest.mark.parametrize("age_s", [301, -301])
async def test_reply_out_of_time_is_not_believed(desk: Desk, age_s: int) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    assert (await desk.gets_reply(number, age_s=age_s + age_s // 100))[0] == 401
    assert await desk.gets_reply(number) == (200, {"result": "ok"})


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": ""},
        {"webhook-signature": "garbage"},
        {"webhook-signature": "v1,é"},
        {"webhook-id": "another"},
    ],
)
async def test_reply_with_a_strange_header_is_not_believed(desk: Desk, changed: dict[str, str]) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    assert (await desk.gets_reply(number, **changed))[0] == 401


def test_rotated_secrets_are_both_believed() -> None:
    other = "whsec_" + "cm90YXRlZA=="
    signed = console_signing.sign(other, "m1", 1_000, b"{}")
    headers = {"webhook-id": "m1", "webhook-timestamp": "1000", "webhook-signature": f"v1a,x {signed}"}
    assert console_signing.complaint(f"{SECRET} {other}", headers, b"{}", now=1_200) is None
    assert console_signing.complaint(SECRET, headers, b"{}", now=1_200) == "webhook-signature fits no secret"


@pytest.mark.parametrize(
    ("fault", "status"),
    [("error_500", 500), ("html", 503), ("rate_limit", 429), ("status", 410)],
)
async def test_fault_answers_and_takes_nothing(desk: Desk, fault: str, status: int) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.arms(fault=fault, seconds=2, status=status)
    assert (await desk.gets_reply(number))[0] == status
    assert (await desk.order(number))["state"] == "waiting"
    assert await desk.gets_reply(number) == (200, {"result": "ok"})


async def test_reply_lost_after_its_effect_is_known_when_it_comes_again(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.arms(fault="drop_after_effect")
    with pytest.raises(aiohttp.ClientError):
        await desk.gets_reply(number)
    assert (await desk.order(number))["state"] == "replied"
    assert await desk.gets_reply(number) == (200, {"result": "already_replied"})


async def test_timed_out_reply_has_no_effect_and_holds_nobody_at_the_end(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.arms(fault="timeout", seconds=600)
    waiting = asyncio.create_task(desk.gets_reply(number))
    entries = (await desk.reads("journal?since=1&wait=5"))["entries"]
    assert [(one["type"], one["fault"], one["effect"]) for one in entries] == [("work_order.reply", "timeout", False)]
    assert (await desk.reads("orders"))["orders"][0]["state"] == "waiting"
    assert not waiting.done()
    await desk.console.close()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_reject_fault_answers_the_request_itself(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.arms(fault="reject", reason="字数不足")
    assert await desk.gets_reply(number) == (200, {"result": "rejected", "reason": "字数不足"})
    assert await desk.gets_reply(number) == (200, {"result": "ok"})


async def test_fault_stays_until_disarmed(desk: Desk) -> None:
    number = (await desk.does("raise"))["work_order_no"]
    await desk.arms(fault="error_500", times=0)
    assert [(await desk.gets_reply(number))[0] for _ in range(3)] == [500, 500, 500]
    async with desk.http.delete(f"{desk.url}/console/faults") as response:
        assert (await response.json()) == {"faults": []}
    assert (await desk.gets_reply(number))[0] == 200


@pytest.mark.parametrize(("mode", "state"), [("accept", "accepted"), ("reject", "rejected")])
async def test_console_decides_by_itself(desk: Desk, bot: Receiver, mode: str, state: str) -> None:
    await desk.does("mode", auto=mode, delay=0)
    number = (await desk.does("raise"))["work_order_no"]
    await desk.gets_reply(number)
    seq = 2
    assert [one["type"] for one in (await desk.reads(f"journal?since={seq}&wait=5"))["entries"]] == [
        f"work_order.reply_{state}"
    ]
    assert (await desk.order(number))["state"] == state


@pytest.mark.parametrize("flaw", ["bad", "stale", "missing"])
async def test_unbelievable_event_is_refused_and_changes_no_book(desk: Desk, bot: Receiver, flaw: str) -> None:
    done = await desk.does("raise", signature=flaw)
    assert (done["answer"]["status"], bot.events, len(bot.complaints)) == (401, [], 1)
    assert (await desk.reads("orders"))["orders"] == []


async def test_duplicate_goes_out_twice_with_one_id(desk: Desk, bot: Receiver) -> None:
    await desk.does("raise", duplicate=True)
    first, second = bot.events
    assert first == second


async def test_raw_events_go_as_they_are(desk: Desk, bot: Receiver) -> None:
    event = {"type": "work_order.rumoured", "id": "x1", "timestamp": "2026-11-23T01:00:00Z", "data": {"a": 1}}
    await desk.does("events", **event)
    await desk.does("events", events=[event, {**event, "id": "x2"}])
    assert bot.events == [event, event, {**event, "id": "x2"}]


async def test_money_events(desk: Desk, bot: Receiver) -> None:
    await desk.does("penalty", kind="fine", amount="200.00")
    number = bot.events[-1]["data"]["penalty_no"]
    await desk.does("penalty", revoke=True, penalty_no=number)
    await desk.does("settlement", month="2026-10")
    await desk.does("deposit", balance="100.00")
    types = [one["type"] for one in bot.events]
    assert types == ["penalty.issued", "penalty.revoked", "settlement.posted", "deposit.changed"]
    assert bot.events[0]["data"]["amount"] == "200.00"
    assert bot.events[2]["data"]["month"] == "2026-10"


async def test_stream_raises_what_was_asked_for(desk: Desk, bot: Receiver) -> None:
    await desk.does("stream", on=True, rate=60_000, limit=5, seed=3)
    seen = 0
    since = 0
    while seen < 5:
        page = await desk.reads(f"journal?since={since}&wait=5")
        since, seen = page["seq"], seen + sum(one["type"] == "work_order.raised" for one in page["entries"])
    await desk.does("stream", on=False)
    assert (await desk.reads("state"))["stream"] == {"on": False, "rate": 0.0}
    assert len({one["work_order_no"] for one in (await desk.reads("orders"))["orders"]}) == 5


async def test_outage_report_is_kept(desk: Desk) -> None:
    report = {"type": "outage", "data": {"text": "停电"}}
    async with desk.http.post(f"{desk.url}/console/outage", json=report) as response:
        assert response.status == 200
    (entry,) = (await desk.reads("journal"))["entries"]
    assert (entry["direction"], entry["type"], entry["body"]) == ("received", "outage", report)


async def test_unreachable_bot_is_said_and_the_order_stands(desk: Desk) -> None:
    lost = Console("http://127.0.0.1:9/platform/v1/events", SECRET, clock=lambda: NOW)
    entry = await lost.raise_order({})
    await lost.close()
    assert entry.answer["error"] == "unreachable"
    assert [one.state for one in lost.orders.all()] == ["waiting"]
