"""What fails, waits or is refused keeps nothing else waiting, and the operator hears of it."""

from __future__ import annotations

import asyncio
from typing import Any

from coopbot.delivery.pacing import POST, UPDATE, Limits, Pacer
from coopbot.domain.intent import Intent, Lane, Priority, What
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Sent, TryLater
from tests.delivery.line import FALLBACK, FLAG, OUTLET, Line


async def test_a_channel_that_is_archived_loses_nothing_and_holds_up_nobody(line: Line) -> None:
    await line.control("channels", id=FLAG, archived=True)
    line.start()
    await line.raises("A-1")
    await line.raises("B-1", shop="10002")
    await line.raises("A-2")
    await line.settled()
    channels = sorted(call["args"]["channel"] for call in await line.calls() if "/" not in call["args"]["channel"])
    assert channels.count(FALLBACK) == 2
    assert channels.count(OUTLET) == 1
    alarms = [row for row in await line.outbox() if row[0] == "operator"]
    assert len(alarms) == 1, "one alarm an hour for one channel and reason"


async def test_what_follows_a_card_in_an_archived_channel_is_told_in_the_fallback_channel(line: Line) -> None:
    line.start()
    await line.raises("A-1")
    await line.settled()
    await line.control("channels", id=FLAG, archived=True)
    args = {"items": [{"order": "jd:A-1", "step": "r:50%", "missed": []}]}
    await line.owe(Intent(What.REMINDER, FLAG, Priority.CRC_REMINDER, OrderKey.parse("jd:A-1"), args=args))
    await line.settled()
    places = [call["args"]["channel"] for call in await line.calls() if call["args"]["channel"] in (FLAG, FALLBACK)]
    assert places[:2] == [FLAG, FALLBACK]


async def test_an_edit_that_fails_again_and_again_keeps_no_post_waiting(line: Line) -> None:
    line.start()
    await line.raises("A-1")
    await line.settled()
    await line.fault("error_500", UPDATE, times=0)
    await line.office.claim(key=OrderKey("jd", "A-1"))
    note = Intent(What.NOTE, FLAG, Priority.NOTE, OrderKey("jd", "A-1"), args={"code": "takeover", "facts": {}})
    args = {"items": [{"order": "jd:A-1", "step": "r:50%", "missed": []}]}
    await line.owe(Intent(What.REMINDER, FLAG, Priority.CRC_REMINDER, note.order, args=args))
    posts = await line.posted(2)
    assert posts[1]["args"]["thread_ts"] == posts[0]["ts"]


async def test_what_slack_calls_malformed_is_parked_and_the_operator_knows(line: Line) -> None:
    await line.fault("api_error", POST, error="invalid_blocks")
    line.start()
    await line.raises("A-1")
    await line.raises("A-2")
    await line.settled()
    rows = await line.outbox()
    assert sorted(row[1] for row in rows if row[0] == "card") == ["parked", "sent"]
    assert [row[1] for row in rows if row[0] == "operator"] == ["sent"]
    assert any("invalid_blocks" in row[2] for row in rows)


async def test_what_makes_us_fail_is_parked_at_last(line: Line) -> None:
    """An intent of a kind whose facts are not there can't be rendered, however often it is tried."""
    broken = Intent(What.NOTE, FLAG, Priority.NOTE, OrderKey("jd", "A-1"), args={})
    await line.raises("A-1")
    line.start()
    await line.posted(1)
    await line.owe(broken)
    await line.store.run(_as_tried, 8)

    async def parked() -> bool:
        return any(row[:2] == ("note", "parked") for row in await line.outbox())

    await line.until(parked, "the broken note is parked")
    assert any("KeyError" in row[2] for row in await line.outbox() if row[0] == "note")


def _as_tried(tx: Any, tries: int) -> None:
    tx.session._cursor.execute(f"UPDATE outbox SET tries = {tries}, not_before = NULL WHERE what = 'note'")


async def test_a_429_pauses_its_channel_alone(line: Line) -> None:
    await line.fault("rate_limit", POST, seconds=3600)
    line.start()
    await line.raises("A-1")

    async def refused() -> bool:
        return bool(await line.calls(effect=False))

    await line.until(refused, "the 429")
    await line.raises("A-2")
    await line.raises("B-1", shop="10002")
    posts = await line.posted(1)
    assert [call["args"]["channel"] for call in posts] == [OUTLET]
    worker = line.workers[0]
    assert worker.pacer.busy_channels() == [FLAG]
    assert len(await line.calls(effect=False)) == 2, "nothing was tried in the paused channel"


async def test_a_paused_channel_makes_no_worker_spin(line: Line) -> None:
    """With nothing that may leave, the worker sleeps: it does not ask the store again and again."""
    asked = 0
    worker = line.worker()
    worker.pacer.pause(POST, FLAG, 3600)
    claim = worker._claim

    async def counted() -> Any:
        nonlocal asked
        asked += 1
        return await claim()

    worker._claim = counted  # type: ignore[method-assign]
    await line.raises("A-1")
    worker.nudge()
    running = asyncio.create_task(worker.run())
    await asyncio.wait({running}, timeout=1.0)
    await worker.stop()
    await running
    assert asked <= 4


async def test_a_platform_that_hangs_leaves_room_for_the_other(line: Line) -> None:
    class Slow:
        def __init__(self) -> None:
            self.hanging = asyncio.Event()
            self.took: list[str] = []

        async def reply(self, connection: str, reply_id: str, payload: Any) -> Any:
            if connection == "jd":
                await self.hanging.wait()
                return TryLater(3600.0, "no answer")
            self.took.append(reply_id)
            return Sent("ok")

        tell_outage = reply

    platform = Slow()
    rows = [_outage("jd", n) for n in range(40)] + [_outage("other", n) for n in range(3)]
    await line.store.run(_owe_replies, rows)
    worker = line.worker(lane=Lane.PLATFORM, platform=platform, timeout_s=5.0, width=16)
    claimed = await worker._claim()
    connections = [owed.intent.target for owed in claimed]
    assert connections.count("jd") == 8
    assert connections.count("other") == 3


def _outage(connection: str, number: int) -> Intent:
    order = OrderKey(connection, f"W-{number}")
    return Intent(What.REPLY, connection, Priority.REPLY, order, args={"reply_id": f"{connection}-{number}"})


def _owe_replies(tx: Any, intents: list[Intent]) -> None:
    tx.outbox.add(intents)


def test_two_channels_held_up_at_once_mean_the_workspace() -> None:
    now = 100.0
    pacer = Pacer(Limits(), time=lambda: now)
    pacer.pause(POST, "C1", 30)
    assert pacer.room(POST) > 0
    pacer.pause(POST, "C2", 10)
    assert pacer.room(POST) == 0
    assert pacer.room(UPDATE) > 0
    now += 10.5
    assert pacer.room(POST) > 0
    assert pacer.busy_channels() == ["C1"]


def test_what_did_not_leave_is_not_counted() -> None:
    pacer = Pacer(Limits(channel_rate=0.001, channel_burst=1), time=lambda: 100.0)
    pacer.spend(POST, "C1")
    assert pacer.busy_channels() == ["C1"]
    pacer.give_back(POST, "C1")
    assert pacer.busy_channels() == []


def test_replicas_share_every_rate() -> None:
    now = 100.0
    pacer = Pacer(Limits(channel_rate=1.0, channel_burst=4.0, posts_rate=10.0, posts_burst=20.0), time=lambda: now)
    pacer.spend(POST, "C1")
    pacer.share(2)
    assert pacer.room(POST) == 10
    for _ in range(2):
        assert pacer.busy_channels() == []
        pacer.spend(POST, "C1")
    assert pacer.busy_channels() == ["C1"]
    now += 1.9
    assert pacer.busy_channels() == ["C1"], "half a post a second"
    now += 0.2
    assert pacer.busy_channels() == []
    pacer.spend(POST, "C2")
    pacer.share(1)
    assert pacer.room(POST) <= 20
