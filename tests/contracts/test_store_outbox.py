"""The store's contract: what is owed leaves once, in order, one holder at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from coopbot.clock import wall
from coopbot.domain.intent import Intent, Lane, Owed, Priority, What
from coopbot.ports import Tx
from coopbot.store import OpenStore
from coopbot.store.outbox_sql import PATIENCE
from coopbot.store.unit import Unit
from tests.support.builders import a_key, a_redraw, an_intent

SOON = timedelta(seconds=60)


async def owe(store: OpenStore, *intents: Intent) -> None:
    await store.run(lambda tx: tx.outbox.add(intents))


async def claim(
    store: OpenStore, lane: Lane = Lane.CHAT, *, limit: int = 10, lease_s: float = 60, **given: Any
) -> Sequence[Owed]:
    return await store.run(lambda tx: tx.outbox.claim(lane, wall(), limit, lease_s, **given))


async def sent(store: OpenStore, owed: Owed) -> bool:
    return await store.run(lambda tx: tx.outbox.sent(owed, wall(), "1700.1"))


def numbers(claimed: Sequence[Owed]) -> list[str]:
    return [owed.intent.order.number for owed in claimed if owed.intent.order]


async def test_an_intent_comes_back_as_it_was_owed(store: OpenStore) -> None:
    intent = an_intent(What.REPLY, key="r-1", args={"text": "好的", "n": [1, None]}, not_before=wall() - SOON)
    before = wall()
    await owe(store, intent)

    (owed,) = await claim(store, Lane.PLATFORM)

    assert owed.intent == intent
    assert (owed.attempts, owed.lease, owed.tried_at, owed.tries) == (0, 1, None, 0)
    assert before <= owed.owed_at <= wall()
    assert await claim(store, Lane.PLATFORM) == []


async def test_the_most_urgent_leaves_first_and_lanes_wait_apart(store: OpenStore) -> None:
    await owe(
        store,
        an_intent(What.CARD, "ordinary", priority=Priority.CARD),
        an_intent(What.REPLY, "reply"),
        an_intent(What.CARD, "crc", priority=Priority.CRC_CARD),
        an_intent(What.CARD, "crc-2", priority=Priority.CRC_CARD),
    )

    assert numbers(await claim(store, limit=2)) == ["crc", "crc-2"]
    assert numbers(await claim(store)) == ["ordinary"]
    assert numbers(await claim(store, Lane.PLATFORM)) == ["reply"]


async def test_crc_then_breaches_then_cards_then_talk_then_edits(store: OpenStore) -> None:
    """Whatever the sequence in which they were owed (performance.md §5)."""
    kinds = [
        (What.CARD, Priority.CRC_CARD),
        (What.REMINDER, Priority.CRC_REMINDER),
        (What.REMINDER, Priority.BREACH),
        (What.CARD, Priority.CARD),
        (What.REMINDER, Priority.REMINDER),
        (What.NOTE, Priority.NOTE),
        (What.REDRAW, Priority.REDRAW),
    ]
    await owe(store, *(an_intent(what, f"{n}", priority=priority) for n, (what, priority) in enumerate(kinds[::-1])))
    claimed = [(owed.intent.what, owed.intent.priority) for owed in await claim(store, limit=10)]
    assert claimed == kinds
    assert [priority for _, priority in kinds] == [each for each in Priority if each is not Priority.REPLY]


async def test_a_stream_leaves_in_order_one_at_a_time(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD), an_intent(What.NOTE), an_intent(What.REMINDER, priority=Priority.BREACH))

    for what in (What.CARD, What.NOTE, What.REMINDER):
        (head,) = await claim(store)
        assert head.intent.what is what
        assert await claim(store) == []
        await sent(store, head)


async def test_an_edit_waits_for_its_card_and_nothing_waits_for_an_edit(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD), a_redraw(), an_intent(What.REMINDER, priority=Priority.CRC_REMINDER))
    (card,) = await claim(store)
    assert await claim(store) == []
    await sent(store, card)

    (redraw,) = await claim(store, without=[What.REMINDER])
    await owe(store, a_redraw(), an_intent(What.NOTE))
    (reminder,) = await claim(store)
    assert reminder.intent.what is What.REMINDER
    await store.run(lambda tx: tx.outbox.later(redraw, wall() + SOON, "500", begun=True))
    assert await claim(store) == [], "the edit waits for its next try, the note for the reminder"
    await sent(store, reminder)
    (note,) = await claim(store)
    assert note.intent.what is What.NOTE


async def test_one_that_fails_again_and_again_is_passed_by_its_stream(store: OpenStore) -> None:
    await owe(store, an_intent(What.NOTE), an_intent(What.REMINDER))
    for attempt in range(PATIENCE):
        (note,) = await claim(store)
        assert (note.intent.what, note.tries) == (What.NOTE, attempt)
        pause = SOON if attempt == PATIENCE - 1 else -SOON
        await store.run(lambda tx, note=note, pause=pause: tx.outbox.later(note, wall() + pause, "500", begun=True))

    (passed_by,) = await claim(store)
    assert passed_by.intent.what is What.REMINDER


async def test_an_answer_does_not_pass_by_its_file(store: OpenStore) -> None:
    fetch = an_intent(What.FETCH, target="slack", priority=Priority.NOTE)
    await owe(store, fetch, an_intent(What.REPLY), an_intent(What.REPLY, "B"))
    for _ in range(PATIENCE + 1):
        owed = await claim(store, Lane.PLATFORM)
        (file,) = [each for each in owed if each.intent.what is What.FETCH]
        await store.run(lambda tx, file=file: tx.outbox.later(file, wall() - SOON, "500", begun=True))
    (file,) = await claim(store, Lane.PLATFORM)
    await store.run(lambda tx: tx.outbox.later(file, wall() + SOON, "500", begun=True))
    assert await claim(store, Lane.PLATFORM) == []


async def test_one_target_holds_no_more_than_its_share(store: OpenStore) -> None:
    await owe(store, *(an_intent(What.REPLY, f"A-{n}") for n in range(5)), an_intent(What.REPLY, "B", target="other"))

    first = await claim(store, Lane.PLATFORM, per_target=2)
    assert numbers(first) == ["A-0", "A-1", "B"]
    assert await claim(store, Lane.PLATFORM, per_target=2) == []
    await sent(store, first[0])
    assert numbers(await claim(store, Lane.PLATFORM, per_target=2)) == ["A-2"]


async def test_when_to_look_next(store: OpenStore) -> None:
    now = wall()
    await owe(store, an_intent(What.NOTE, "A", not_before=now - SOON), an_intent(What.NOTE, "B", not_before=now + SOON))

    assert await store.read(lambda tx: tx.outbox.next_waiting(Lane.CHAT, now)) == now + SOON
    await claim(store, lease_s=5)
    expires = await store.read(lambda tx: tx.outbox.next_waiting(Lane.CHAT, now))
    assert expires is not None
    assert now < expires < now + SOON


async def test_ten_clicks_owe_one_redraw_and_one_more_while_it_is_under_way(store: OpenStore) -> None:
    for _ in range(10):
        await owe(store, a_redraw(), a_redraw())
    (under_way,) = await claim(store)

    await owe(store, a_redraw())
    await owe(store, a_redraw())

    assert await claim(store) == []
    assert await sent(store, under_way)
    (anew,) = await claim(store)
    assert anew.id != under_way.id
    await sent(store, anew)
    assert await claim(store) == []


async def test_what_has_no_key_is_always_owed(store: OpenStore) -> None:
    await owe(store, an_intent(What.NOTE, None), an_intent(What.NOTE, None))

    first = await claim(store)
    await sent(store, first[0])

    assert len(first) == len(await claim(store)) == 1


async def test_a_redraw_that_failed_says_what_the_one_owed_meanwhile_would_have_said(store: OpenStore) -> None:
    await owe(store, a_redraw())
    (under_way,) = await claim(store)
    await owe(store, a_redraw())

    assert await store.run(lambda tx: tx.outbox.later(under_way, wall() - SOON, "lost", begun=True))

    (again,) = await claim(store)
    assert (again.id, again.attempts) == (under_way.id, 1)
    await sent(store, again)
    assert await claim(store) == []


async def test_what_is_not_due_waits_and_its_stream_behind_it(store: OpenStore) -> None:
    later = wall() + SOON
    await owe(store, an_intent(What.CARD, not_before=later), a_redraw())

    assert await claim(store) == []
    assert await store.read(lambda tx: tx.outbox.next_due(Lane.CHAT)) == later
    assert await store.read(lambda tx: tx.outbox.next_due(Lane.PLATFORM)) is None
    (due,) = await store.run(lambda tx: tx.outbox.claim(Lane.CHAT, later, 10, 60))
    assert due.intent.what is What.CARD


async def test_busy_targets_and_kinds_without_room_are_passed_over(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD, "A", target="C1"), an_intent(What.CARD, "B", target="C2"), a_redraw("C"))

    assert numbers(await claim(store, busy=["C1"], without=[What.REDRAW])) == ["B"]
    assert numbers(await claim(store, busy=["C1"])) == ["C"]
    assert numbers(await claim(store)) == ["A"]


async def test_one_message_to_a_target_at_a_time_where_asked(store: OpenStore) -> None:
    await owe(
        store,
        an_intent(What.CARD, "A", target="C1"),
        an_intent(What.CARD, "B", target="C1"),
        an_intent(What.CARD, "C", target="C2"),
        an_intent(What.CARD, "D", target="C1", priority=Priority.CRC_CARD),
    )

    first = await claim(store, per_target=1)
    assert numbers(first) == ["D", "C"]
    assert await claim(store, per_target=1) == []
    await sent(store, first[0])
    assert numbers(await claim(store, per_target=1)) == ["A"]


async def test_tries_are_counted_where_they_may_have_had_their_effect(store: OpenStore) -> None:
    await owe(store, an_intent())
    now = wall()

    def later(tx: Tx, owed: Owed, begun: bool) -> bool:
        return tx.outbox.later(owed, now - SOON, "429" if not begun else "timeout", begun=begun)

    (first,) = await claim(store)
    await store.run(later, first, False)
    (second,) = await claim(store)
    assert (second.id, second.attempts, second.tries, second.tried_at) == (first.id, 0, 1, None)
    await store.run(later, second, True)
    (third,) = await claim(store)
    assert (third.attempts, third.tries) == (1, 2)
    assert third.tried_ago is not None
    assert 0 <= third.tried_ago <= (wall() - now).total_seconds() + 1
    await store.run(later, third, False)
    (fourth,) = await claim(store)
    assert (fourth.attempts, fourth.tries, fourth.tried_at) == (1, 3, third.tried_at)


async def test_a_lost_lease_records_nothing(store: OpenStore) -> None:
    await owe(store, an_intent(key="card:1"))
    (frozen,) = await claim(store, lease_s=-1)
    (other,) = await claim(store)

    assert (other.id, other.attempts, other.lease) == (frozen.id, 1, frozen.lease + 1)
    for ending in ("sent", "drop", "park"):
        word = [] if ending == "sent" else ["why"]
        assert not await store.run(lambda tx, end=ending, word=word: getattr(tx.outbox, end)(frozen, wall(), *word))
    assert not await store.run(lambda tx: tx.outbox.later(frozen, wall(), "late", begun=False))
    assert await sent(store, other)
    assert not await sent(store, other)


async def test_of_several_that_arrived_those_that_are_still_ours_are_recorded(store: OpenStore) -> None:
    await owe(store, *(an_intent(number=f"{n}", key=f"card:{n}") for n in range(3)))
    frozen, *_ = await claim(store, lease_s=-1)
    ours = [owed for owed in await claim(store) if owed.id != frozen.id]

    receipts = [(frozen, "1.0"), *((owed, f"1.{n}") for n, owed in enumerate(ours, 1))]
    held = await store.run(lambda tx: tx.outbox.arrived(receipts, wall()))

    assert held == {owed.id for owed in ours}
    kept = await store.read(lambda tx: [each for n in range(3) for each in tx.outbox.receipts(a_key(f"{n}"))])
    assert {each.id: (each.state, each.receipt) for each in kept} == {
        frozen.id: ("leased", ""),
        **{owed.id: ("sent", f"1.{n}") for n, owed in enumerate(ours, 1)},
    }
    assert await store.run(lambda tx: tx.outbox.arrived(receipts, wall())) == set()


async def test_a_live_lease_is_not_taken_and_its_expiry_is_when_it_may_leave(store: OpenStore) -> None:
    await owe(store, an_intent())
    await claim(store, lease_s=60)

    due = await store.read(lambda tx: tx.outbox.next_due(Lane.CHAT))

    assert due is not None
    assert timedelta(seconds=50) < due - wall() < timedelta(seconds=70)


async def test_many_claimers_take_each_intent_once(store: OpenStore) -> None:
    await owe(store, *(an_intent(What.CARD, f"WO-{n}", target=f"C{n % 7}") for n in range(120)))

    async def work() -> list[str]:
        mine: list[str] = []
        while claimed := await claim(store, limit=7):
            mine += [owed.id for owed in claimed]
            for owed in claimed:
                assert await sent(store, owed)
        return mine

    taken = [each for mine in await asyncio.gather(*(work() for _ in range(6))) for each in mine]

    assert len(taken) == len(set(taken)) == 120


async def test_parked_is_kept_out_of_the_way(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD, key="card"), an_intent(What.REMINDER))
    (card,) = await claim(store)

    assert await store.run(lambda tx: tx.outbox.park(card, wall(), "channel_not_found"))

    (reminder,) = await claim(store)
    assert reminder.intent.what is What.REMINDER
    await owe(store, an_intent(What.CARD, "WO-2", key="card"))
    assert numbers(await claim(store)) == ["WO-2"]


async def test_what_is_pending_can_be_withdrawn_and_nothing_else(store: OpenStore) -> None:
    def withdraw(tx: Tx, key: str) -> bool:
        return tx.outbox.withdraw(What.REPLY, key, "answered elsewhere", wall())

    await owe(store, an_intent(What.REPLY, "A", key="r-1"), an_intent(What.REPLY, "B", key="r-2"))

    assert not await store.run(withdraw, "never")
    assert not await store.run(withdraw, "")
    assert await store.run(withdraw, "r-1")
    assert not await store.run(withdraw, "r-1")
    (under_way,) = await claim(store, Lane.PLATFORM)
    assert not await store.run(withdraw, "r-2")
    # It may have arrived: to say that it was withdrawn would be a guess.
    await store.run(lambda tx: tx.outbox.later(under_way, wall() + SOON, "lost answer", begun=True))
    assert not await store.run(withdraw, "r-2")


async def test_a_try_of_unknown_outcome_counts_from_when_it_was_given_up_and_one_that_died_is_told_apart(
    store: OpenStore,
) -> None:
    await owe(store, an_intent())
    (first,) = await claim(store)
    given_up = await store.run(_lease_clock)
    await store.run(lambda tx: tx.outbox.later(first, wall() - SOON, "lost answer", begun=True))

    (second,) = await claim(store, lease_s=0)
    assert second.tried_at is not None
    assert second.tried_at >= given_up, "its call may have begun long after the claim"
    assert not second.unrecorded
    (third,) = await claim(store)
    assert third.unrecorded
    await store.run(lambda tx: tx.outbox.later(third, wall() - SOON, "too early to look", begun=False))
    (fourth,) = await claim(store)
    assert (fourth.attempts, fourth.tried_at) == (third.attempts, third.tried_at)


def _lease_clock(tx: Tx) -> datetime:
    return cast(Unit, tx).session.lease_clock()


async def test_after_a_crash_the_leases_are_taken_back(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD, "A"), an_intent(What.CARD, "B"))
    left, _ = await claim(store, lease_s=3600)

    assert await store.run(lambda tx: tx.outbox.resume(wall())) == 2

    again = await claim(store)
    assert [owed.attempts for owed in again] == [1, 1]
    assert not await sent(store, left)


async def test_the_oldest_that_is_due(store: OpenStore) -> None:
    assert await store.read(lambda tx: tx.outbox.oldest()) is None
    await owe(store, an_intent(not_before=wall() + SOON))
    assert await store.read(lambda tx: tx.outbox.oldest()) is None
    before = wall()
    await owe(store, an_intent(What.CARD, "WO-2"))
    oldest = await store.read(lambda tx: tx.outbox.oldest())
    assert oldest is not None
    assert before <= oldest <= wall()


async def test_what_is_owed_goes_with_its_change_or_not_at_all(store: OpenStore) -> None:
    def half(tx: Tx) -> None:
        tx.outbox.add([an_intent()])
        raise RuntimeError

    try:
        await store.run(half)
    except RuntimeError:
        pass

    assert await claim(store) == []


async def test_the_worker_of_that_lane_is_woken_after_the_commit(store: OpenStore) -> None:
    rung: asyncio.Queue[Collection[Lane]] = asyncio.Queue()
    store.on_owed(rung.put_nowait)

    async def rings(lane: Lane) -> None:
        async with asyncio.timeout(5):
            while {*await rung.get()} != {lane}:  # PostgreSQL's listener rings for every lane once it hears
                pass

    await owe(store, an_intent(What.CARD, "A"))
    await rings(Lane.CHAT)
    assert len(await claim(store)) == 1

    await owe(store, an_intent(What.REPLY, "B", key="r1"))
    await rings(Lane.PLATFORM)
    await store.run(lambda tx: tx.outbox.withdraw(What.REPLY, "r1", "undone", wall()))
    await rings(Lane.PLATFORM)


async def test_two_claimers_give_a_target_one_message(store: OpenStore) -> None:
    await owe(store, an_intent(What.CARD, "A"), an_intent(What.CARD, "B"))
    inside, other = threading.Event(), threading.Event()

    def take_slowly(tx: Tx) -> Sequence[Owed]:
        claimed = tx.outbox.claim(Lane.CHAT, wall(), 10, 60, per_target=1)
        inside.set()
        other.wait(0.5)
        return claimed

    def take(tx: Tx) -> Sequence[Owed]:
        claimed = tx.outbox.claim(Lane.CHAT, wall(), 10, 60, per_target=1)
        other.set()
        return claimed

    first = asyncio.create_task(store.run(take_slowly))
    await asyncio.to_thread(inside.wait, 10)
    await owe(store, an_intent(What.CARD, "urgent", priority=Priority.CRC_CARD))

    assert await store.run(take) == []
    assert numbers(await first) == ["A"]


async def test_what_is_owed_anew_is_not_taken_before_its_change_is_there(store: OpenStore) -> None:
    """Else the worker renders the state before the change, and nothing is owed for it any more."""
    await owe(store, a_redraw())
    inside, taken = threading.Event(), threading.Event()
    happened: list[str] = []

    def change(tx: Tx) -> None:
        tx.outbox.add([a_redraw()])
        tx.outbox.oldest()  # a read, before which everything is written
        inside.set()
        taken.wait(0.5)
        happened.append("changed")

    def take(tx: Tx) -> bool:
        claimed = tx.outbox.claim(Lane.CHAT, wall(), 10, 60)
        if claimed:
            happened.append("taken")
            taken.set()
        return bool(claimed)

    changing = asyncio.create_task(store.run(change))
    await asyncio.to_thread(inside.wait, 10)
    while not await store.run(take):
        pass
    await changing

    assert happened == ["changed", "taken"]


async def test_of_one_priority_what_is_due_first_leaves_first(store: OpenStore) -> None:
    await owe(store, a_redraw("late", due=30), a_redraw("soon", due=10), a_redraw("middle", due=20), a_redraw("none"))
    assert numbers(await claim(store)) == ["none", "soon", "middle", "late"]


async def test_where_the_pace_is_scarce_the_longest_queue_goes_first(store: OpenStore) -> None:
    await owe(
        store,
        an_intent(What.CARD, "crc", target="C0CRC", priority=Priority.CRC_CARD),
        *(an_intent(What.CARD, f"{channel}-{n}", target=channel) for channel, many in (("C1", 1), ("C2", 3), ("C3", 2))
          for n in range(many)),
    )  # fmt: skip
    assert numbers(await claim(store, limit=3, per_target=1, scarce=True)) == ["crc", "C2-0", "C3-0"]


async def test_edits_keep_their_sequence_where_the_pace_is_scarce(store: OpenStore) -> None:
    many = [a_redraw(f"A-{n}", due=20 + n) for n in range(3)]
    await owe(store, *many, a_redraw("soon", target="C0OUTLET", due=10))
    assert numbers(await claim(store, limit=1, per_target=1, scarce=True)) == ["soon"]


async def test_a_claimed_card_takes_the_others_of_its_channel_along(store: OpenStore) -> None:
    await owe(
        store,
        *(a_first_card(f"A-{n}", due=100 - n) for n in range(5)),
        an_intent(What.CARD, "own", key="own:jd:own", due=1000),
        a_first_card("crc", priority=Priority.CRC_CARD),
        a_first_card("elsewhere", target="C0OUTLET", due=1000),
        an_intent(What.NOTE, "A-1"),
    )
    first = next(each for each in await claim(store, limit=2) if each.intent.may_join)

    digest = await store.run(lambda tx: tx.outbox.gather(first, 3, wall(), 60))

    assert (digest.intent.what, digest.intent.order, digest.intent.priority) == (What.DIGEST, None, Priority.CARD)
    assert digest.intent.args == {"orders": ["jd:A-4", "jd:A-3", "jd:A-2"]}
    assert digest.owed_at <= first.owed_at
    assert await sent(store, digest)
    assert not await sent(store, first), "the card is not owed any more"
    left = [each for each in await claim(store) if each.intent.what is What.CARD]
    assert numbers(left) == ["A-1", "A-0", "own", "elsewhere"]


async def test_a_card_that_nothing_can_join_stays_a_card(store: OpenStore) -> None:
    await owe(store, a_first_card("A-1"))
    (card,) = await claim(store)
    assert await store.run(lambda tx: tx.outbox.gather(card, 24, wall(), 60)) == card


async def test_what_waits_is_counted_by_target_and_no_further_than_asked(store: OpenStore) -> None:
    await owe(store, *(a_first_card(f"A-{n}") for n in range(3)), a_first_card("B", target="C0OUTLET"), a_redraw())
    await owe(store, an_intent(What.NOTE, "later", not_before=wall() + SOON))

    async def waiting(most: int) -> dict[str, int]:
        return dict(await store.read(lambda tx: tx.outbox.waiting(Lane.CHAT, wall(), most)))

    assert await waiting(10) == {"C0FLAGSHIP": 3, "C0OUTLET": 1}
    assert sum((await waiting(2)).values()) == 2


def a_first_card(number: str, **given: Any) -> Intent:
    return an_intent(What.CARD, number, key=f"card:jd:{number}", **given)
