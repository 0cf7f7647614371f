"""Whatever becomes of an answer, a card is told once (performance.md §6, 5)."""

from __future__ import annotations

import pytest

from coopbot.config.environment import TIMEOUT_S as TIMEOUT
from coopbot.delivery.worker import IDLE_S, LEASE_S, Wire
from coopbot.domain.intent import What
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.store import OpenStore
from tests.delivery.line import SCOPES, Line, a_line, marks
from tests.support.world import ANA


@pytest.mark.parametrize(
    "fault", ["drop_after_effect", "drop_before_effect", "error_500", "internal_error", "html", "timeout"]
)
async def test_a_lost_or_useless_answer_costs_neither_the_card_nor_a_second_one(line: Line, fault: str) -> None:
    await line.fault(fault, "chat.postMessage", times=2, seconds=1.0)
    line.start()
    await line.raises("A-1")
    await line.settled()
    assert len(await line.calls()) == 1
    assert (await line.office.order(OrderKey("jd", "A-1"))).card is not None


async def test_the_look_itself_may_fail_and_is_made_again(line: Line) -> None:
    await line.fault("drop_after_effect", "chat.postMessage")
    await line.fault("timeout", "conversations.history", seconds=1.0)
    await line.fault("html", "conversations.history")
    line.start()
    await line.raises("A-1")
    await line.settled()
    assert len(await line.calls()) == 1


async def test_without_the_right_to_read_history_it_arrives_at_least_once(store: OpenStore) -> None:
    async with a_line(store, scopes=[scope for scope in SCOPES if "history" not in scope]) as line:
        await line.fault("drop_after_effect", "chat.postMessage")
        line.start()
        await line.raises("A-1")
        await line.settled()
        posts = await line.calls()
        assert len(posts) == 2, "an ambiguous send is repeated"
        assert len(set(marks(posts))) == 1


async def test_the_log_says_whom_the_card_called_as_it_was_sent(line: Line) -> None:
    await line.raises("A-1")
    await line.raises("A-2", order_class="general")
    line.start()
    await line.settled()
    told = {key: (await line.office.order(OrderKey("jd", key))).log[-1] for key in ("A-1", "A-2")}
    assert {key: (entry.kind, entry.data["called"]) for key, entry in told.items()} == {
        "A-1": (Kind.TOLD, [ANA]),
        "A-2": (Kind.TOLD, []),
    }
    assert sum(f"<@{ANA}>" in str(call["args"]["blocks"]) for call in await line.calls()) == 1


async def test_who_held_a_message_beyond_its_lease_does_not_send_it(line: Line) -> None:
    """Claimed, then frozen: another worker has it by now, and may be looking for it in vain."""
    frozen = line.worker(lease_s=0.0)
    await line.raises("A-1")
    (owed,) = await frozen._claim()
    await frozen.courier.deliver(owed, until=0.0)
    assert await line.calls() == []
    line.start()
    await line.settled()
    assert len(await line.calls()) == 1


async def test_a_newer_edit_does_not_overtake_one_that_may_still_come_through(line: Line) -> None:
    """Whoever held it died with the call under way: Slack may be at it yet."""
    line.start()
    await line.raises("A-1")
    await line.settled()
    await line.workers[0].stop()
    await line.office.claim(key=OrderKey("jd", "A-1"))
    (died,) = await line.worker(lease_s=0.0)._claim()
    assert died.intent.what is What.REDRAW
    other = line.worker()
    (again,) = await other._claim()
    assert again.id == died.id
    assert other.courier._too_early(again) > 0
    await other.courier.deliver(again, until=1e12)
    assert await line.calls("chat.update", effect=False) == []
    assert (await line.outbox())[-1][1:] == ("pending", "an earlier try may have worked")


async def test_what_nobody_recorded_may_have_been_sent_late_in_its_lease(line: Line) -> None:
    """Claimed, held up, sent at last, killed: Slack may be at it still when a whole timeout has passed since the
    claim."""
    await line.raises("A-1")
    (died,) = await line.worker(lease_s=0.0)._claim()
    other = line.worker()
    (again,) = await other._claim()
    assert (again.id, again.unrecorded) == (died.id, True)
    wait = other.courier._too_early(again)
    assert other.courier.wire.settles_s < wait <= other.lease_s


async def test_two_workers_share_what_is_owed(line: Line) -> None:
    for number in range(30):
        await line.raises(f"A-{number}", shop=("10001", "10002")[number % 2])
    line.start()
    line.start()
    await line.settled()
    posts = await line.calls()
    assert len(posts) == len(set(marks(posts))) == 30


async def test_stopping_leaves_nothing_half_done(line: Line) -> None:
    await line.fault("slow", "chat.postMessage", seconds=0.2)
    worker = line.start()
    await line.raises("A-1")

    async def under_way() -> bool:
        return bool(worker._under_way)  # not merely being taken up: that is given back

    await line.until(under_way, "the card is under way")
    await worker.stop()
    assert worker.idle
    (row,) = await line.outbox()
    assert row[:2] == ("card", "sent")
    await line.raises("A-2")
    assert len(await line.calls()) == 1, "nothing new is taken"


def test_what_a_dead_replica_held_is_resumed_within_thirty_seconds() -> None:
    """Its lease runs out, another looks, and by then the call that it may have begun has had its effect."""
    assert LEASE_S + IDLE_S <= 30
    assert TIMEOUT + Wire.margin_s <= LEASE_S
