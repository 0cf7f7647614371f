"""Ordinary orders that a channel can't take one by one come as digests, each told exactly once (decisions.md 18)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.delivery.pacing import POST, UPDATE, Limits
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post
from coopbot.domain.intent import Lane, What
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services import digests, rungs, sweep
from coopbot.services.change import load, record
from coopbot.views import ids
from tests.delivery.line import FALLBACK, FLAG, OUTLET, Line, marks
from tests.support.office import event, raising

TIGHT = Limits(channel_rate=1000, channel_burst=1, posts_rate=1e6, posts_burst=1e6, updates_rate=1e6, updates_burst=1e6)
"""As much as the engine wants, with a patience that lets one card at a time leave alone."""


async def burst(line: Line, ordinary: int, crc: int = 0, shop: str = "10001") -> list[str]:
    """Raised in one unit of work, so that the worker finds all of them waiting."""
    numbers = [f"A-{n}" for n in range(ordinary)] + [f"C-{n}" for n in range(crc)]
    events = [
        raising(
            line.office.now,
            id=f"e-{number}",
            work_order_no=number,
            shop_id=shop,
            **{"class": "crc" if number.startswith("C") else "general"},
        )
        for number in numbers
    ]
    await line.office.take(*events)
    return numbers


async def told(line: Line, *numbers: str) -> list[WorkOrder]:
    return [await line.office.order(OrderKey("jd", number)) for number in numbers]


def rows(call: dict[str, Any]) -> list[str]:
    """Numbers of the orders in a message's rows."""
    blocks = call["args"]["blocks"]
    return [b["block_id"].partition("|jd:")[2] for b in blocks if str(b.get("block_id")).startswith(ids.ROW_BLOCK)]


async def test_a_burst_is_as_many_messages_as_it_takes_with_crc_first_and_alone(line: Line) -> None:
    numbers = await burst(line, 60, crc=2)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    posts = await line.calls()
    assert [len(rows(post)) for post in posts] == [0, 0, 24, 24, 12]
    in_rows = [number for post in posts for number in rows(post)]
    assert sorted(in_rows) == sorted(number for number in numbers if number.startswith("A"))
    orders = await told(line, *numbers)
    for order in orders:
        assert [entry.kind for entry in order.log] == [Kind.RAISED, Kind.TOLD], "told exactly once"
        assert order.told is not None
    assert all((order.card is None) is order.key.number.startswith("A") for order in orders)


async def test_what_the_pace_takes_in_time_comes_as_cards(line: Line) -> None:
    await burst(line, 5)
    line.start(Limits())
    posts = await line.posted(5)
    assert [rows(post) for post in posts] == [[]] * 5


async def test_what_is_due_first_is_told_first(line: Line) -> None:
    """The sequence of telling is that of the due times, not that of arrival."""
    now = line.office.now
    events = [
        raising(
            now,
            id=f"e-{n}",
            work_order_no=f"A-{n}",
            due_at=now.replace(hour=11, minute=59 - n).isoformat(),
            **{"class": "general"},
        )
        for n in range(30)
    ]
    await line.office.take(*events)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    first, second = await line.calls()
    assert rows(first) == [f"A-{n}" for n in range(29, 5, -1)]
    assert rows(second) == [f"A-{n}" for n in range(5, -1, -1)]


async def test_a_lost_answer_costs_no_second_digest(line: Line) -> None:
    await line.fault("drop_after_effect", POST, times=2)
    numbers = await burst(line, 30)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    posts = await line.calls()
    assert len(posts) == len(set(marks(posts))) == 2
    assert all(order.row is not None for order in await told(line, *numbers))


async def test_a_retry_shows_the_same_orders_as_they_stand_by_then(line: Line) -> None:
    """One that was answered before the digest got through is shown so, and stays in it."""
    await line.fault("error_500", POST, times=1)
    await burst(line, 10)
    worker = line.worker(TIGHT, patience_s=0.0)
    (owed,) = await worker._claim()
    assert owed.intent.what is What.DIGEST
    await worker.courier.deliver(owed, until=float("inf"))
    await line.office.take(event("work_order.answered_elsewhere", line.office.now, number="A-3", by="老板"))
    await line.raises("A-99", order_class="general")
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    digest = next(post for post in await line.calls() if len(rows(post)) >= 9)
    assert "A-3" in str(digest["args"]["blocks"])
    assert "A-99" not in str(digest["args"]["blocks"])
    assert "A-3" not in rows(digest), "what is answered shrinks"
    (order,) = await told(line, "A-3")
    assert order.row is not None
    assert order.card is None, "what has ended needs no card"


async def test_a_row_becomes_a_card_at_its_first_claim_and_the_digest_says_so(line: Line) -> None:
    await burst(line, 10)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    (digest,) = await line.calls()
    await line.office.claim(key=OrderKey("jd", "A-4"))
    await line.settled()
    posts = await line.calls()
    assert len(posts) == 2
    assert "A-4" in str(posts[1]["args"]["blocks"])
    (order,) = await told(line, "A-4")
    assert order.card is not None
    assert order.row is not None
    assert order.told == order.card
    assert order.row.ts == digest["ts"]
    edits = [call for call in await line.calls(UPDATE) if call["args"]["ts"] == digest["ts"]]
    (row,) = [b for b in edits[-1]["args"]["blocks"] if str(b.get("block_id")).endswith("|jd:A-4")]
    assert row["accessory"]["url"].endswith(order.card.ts.replace(".", ""))


async def test_a_row_becomes_a_card_at_its_first_rung_and_the_reminder_stands_under_it(line: Line) -> None:
    await burst(line, 10)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    await line.office.take(urge(line, "A-2"))
    await line.store.run(sweep.sweep, line.office.now, line.office.desk)
    await line.settled()
    _, card, reminder = await line.calls()
    (order,) = await told(line, "A-2")
    assert order.card is not None
    assert order.card.ts == card["ts"]
    assert reminder["args"]["thread_ts"] == card["ts"]


async def test_many_rungs_at_once_are_one_message_and_no_burst_of_cards(line: Line) -> None:
    await burst(line, 10)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    for n in range(8):
        await line.office.take(urge(line, f"A-{n}"))
    await line.store.run(sweep.sweep, line.office.now, line.office.desk)
    await line.settled()
    posts = await line.calls()
    assert len(posts) == 2
    assert len(rows(posts[1])) == 8


def urge(line: Line, number: str) -> Any:
    return event("work_order.urged", line.office.now, number=number, count=1)


@pytest.mark.parametrize("trouble", ["archived", "bot removed"])
async def test_a_digest_for_a_channel_that_is_closed_goes_to_the_fallback_channel(line: Line, trouble: str) -> None:
    if trouble == "archived":
        await line.control("channels", id=FLAG, archived=True)
    else:
        await line.fault("remove_bot", channel=FLAG)
    numbers = await burst(line, 30)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    posts = [post for post in await line.calls() if rows(post)]
    assert [post["args"]["channel"] for post in posts] == [FALLBACK] * 2
    assert all(order.row is not None and order.row.channel == FALLBACK for order in await told(line, *numbers))


async def test_a_digest_that_slack_calls_malformed_becomes_a_card_for_each(line: Line) -> None:
    await line.fault("api_error", POST, error="invalid_blocks")
    numbers = await burst(line, 6)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    assert all(order.card is not None and order.row is None for order in await told(line, *numbers))


async def test_each_channel_is_told_by_itself(line: Line) -> None:
    await burst(line, 10)
    await line.office.take(
        *(
            raising(line.office.now, id=f"e-B-{n}", work_order_no=f"B-{n}", shop_id="10002", **{"class": "general"})
            for n in range(10)
        )
    )
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    posts = await line.calls()
    assert Counter(post["args"]["channel"] for post in posts) == {FLAG: 1, OUTLET: 1}


async def test_two_workers_make_up_no_order_into_two_digests(line: Line) -> None:
    numbers = await burst(line, 100)
    line.start(TIGHT, patience_s=0.0)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    in_rows = [number for post in await line.calls() for number in rows(post)]
    assert len(in_rows) == len(set(in_rows))
    for order in await told(line, *numbers):
        assert [entry.kind for entry in order.log].count(Kind.TOLD) == 1


async def test_a_digest_is_owed_since_the_oldest_of_its_orders(line: Line) -> None:
    """What nobody was told of for five minutes is noticed, however often it was made up anew."""
    await burst(line, 10)
    before = await line.store.read(lambda tx: tx.outbox.oldest())
    worker = line.worker(TIGHT, patience_s=0.0)
    (owed,) = await worker._claim()
    assert before == owed.owed_at
    assert (await line.store.read(lambda tx: tx.outbox.oldest())) == before


async def test_only_what_nobody_has_tried_joins(line: Line) -> None:
    await burst(line, 3)
    (first,) = await line.office.store.run(lambda tx: list(tx.outbox.claim(Lane.CHAT, wall(), 1, 60)))
    await line.office.store.run(lambda tx: tx.outbox.later(first, wall(), "unknown", begun=True))
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    posts = await line.calls()
    assert sorted(len(rows(post)) for post in posts) == [0, 2]
    (alone,) = [post for post in posts if not rows(post)]
    assert str(first.intent.order).partition(":")[2] in str(alone["args"]["blocks"])


async def test_what_is_claimed_while_its_digest_is_under_way_gets_its_card_and_a_redraw(line: Line) -> None:
    """Somebody was quicker than the record of the post."""
    await burst(line, 10)
    worker = line.worker(TIGHT, patience_s=0.0)
    (owed,) = await worker._claim()
    rendered = await line.store.read(render, line.office.now, line.office.desk, worker.courier.languages, owed)
    assert isinstance(rendered, Post)
    await line.office.claim(key=OrderKey("jd", "A-4"))
    await line.store.run(
        digests.told_together, line.office.now, line.office.desk, owed, wall(), FLAG, "1700000000.000100"
    )
    line.start(TIGHT, patience_s=0.0)
    (card,) = await line.posted(1)
    await line.settled()
    assert "A-4" in str(card["args"]["blocks"])
    edits = await line.calls(UPDATE, effect=False)
    assert edits[-1]["args"]["ts"] == "1700000000.000100"


async def test_an_order_that_becomes_crc_leaves_its_row(line: Line) -> None:
    await burst(line, 10)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    await line.office.take(raising(line.office.now, id="e-2", version=2, work_order_no="A-5", **{"class": "crc"}))
    await line.settled()
    _, card, *_ = await line.calls()
    assert "A-5" in str(card["args"]["blocks"])
    (order,) = await told(line, "A-5")
    assert order.card is not None


async def test_a_row_whose_order_is_given_to_another_team_says_so_there_and_is_a_card_here(line: Line) -> None:
    await burst(line, 10)
    line.start(TIGHT, patience_s=0.0)
    await line.settled()
    (digest,) = await line.calls()
    await line.store.run(_given_away, line, OrderKey("jd", "A-5"))
    await line.settled()
    _, card = await line.calls()
    assert card["args"]["channel"] == OUTLET
    edits = [call for call in await line.calls(UPDATE) if call["args"]["ts"] == digest["ts"]]
    assert "A-5 · " in str(edits[-1]["args"]["blocks"])
    assert "outlet" in str(edits[-1]["args"]["blocks"][-1])
    (order,) = await told(line, "A-5")
    assert order.told is not None
    assert order.told.channel == OUTLET


def _given_away(tx: Tx, line: Line, key: OrderKey) -> None:
    """As a rung that transfers does it."""
    desk, now = line.office.desk, line.office.now
    before, team = load(tx, key), desk.team_named("outlet")
    assert team is not None
    moved = Entry(Kind.MOVED, now, "moved:test", "coopbot", {"to": team.name, "from": "flagship", "why": "test"})
    after = record(tx, now, desk, before, [moved])
    rungs.owe_move(tx, now, desk, before, after, team)
