"""The store's contract: orders, their logs and their index."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from coopbot.domain.alike import kin
from coopbot.domain.work_order import Entry, Kind, OrderKey
from coopbot.errors import Conflict, Refusal
from coopbot.ports import Tx
from coopbot.store import OpenStore
from tests.support.builders import MONDAY, a_key, an_entry, an_index, an_order, born, raised

HOUR = timedelta(hours=1)


async def test_an_order_comes_back_as_it_was_told(store: OpenStore) -> None:
    order = an_order("WO-1", an_entry(by="U0BO"), content="退款\x00 <b>", amount="12.30")
    await store.run(lambda tx: tx.orders.add([(order, an_index())]))

    found = await store.read(lambda tx: tx.orders.get(a_key()))

    assert found is not None
    assert (found.key, found.facts, found.profile, found.received_at) == (
        order.key,
        order.facts,
        order.profile,
        order.received_at,
    )
    assert found.claim is not None
    assert found.claim.by == "U0BO"
    assert [entry.kind for entry in found.log] == [Kind.RAISED, Kind.CLAIMED]
    assert found.log[0].seq < found.log[1].seq
    assert await store.read(lambda tx: tx.orders.get(a_key("WO-2"))) is None


async def test_many_are_found_in_one_go_and_strangers_are_not(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add([*born("A", "B"), *born("A", connection="tb")]))

    wanted = [a_key("B"), a_key("A"), a_key("A", "tb"), a_key("none")]
    found = await store.run(lambda tx: tx.orders.get_many(wanted, for_update=True))

    assert set(found) == {a_key("A"), a_key("B"), a_key("A", "tb")}
    assert await store.read(lambda tx: tx.orders.get_many([])) == {}


async def test_an_order_is_born_once(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("A")))

    with pytest.raises(Conflict):
        await store.run(lambda tx: tx.orders.add(born("B", "A")))

    assert await store.read(lambda tx: tx.orders.get(a_key("B"))) is None


async def test_what_is_recorded_is_told_at_once_and_an_entry_is_not_repeated(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("A")))
    claim = an_entry(Kind.CLAIMED, "claim:1", by="U0ANA")

    def act(tx: Tx, *entries: Entry) -> tuple[Entry, ...]:
        order = tx.orders.get(a_key("A"), for_update=True)
        assert order is not None
        return tx.orders.record(order, entries, an_index(state="claimed", claimed_by="U0ANA")).log

    first = await store.run(act, claim)
    second = await store.run(act, claim, an_entry(Kind.RELEASED, "release:1"))

    assert [entry.key for entry in first] == ["raised:1", "claim:1"]
    assert [entry.key for entry in second] == ["raised:1", "claim:1", "release:1"]
    stored = await store.read(lambda tx: tx.orders.get(a_key("A")))
    assert stored is not None
    assert [entry.key for entry in stored.log] == [entry.key for entry in second]
    assert 0 < stored.log[0].seq < stored.log[1].seq < stored.log[2].seq


async def test_recording_on_an_order_read_long_ago_tells_all_that_is_there(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("A")))
    stale = await store.read(lambda tx: tx.orders.get(a_key("A")))
    assert stale is not None
    claim = an_entry(Kind.CLAIMED, "claim:1")
    await store.run(lambda tx: tx.orders.record(stale, [claim], an_index()))

    told = await store.run(lambda tx: tx.orders.record(stale, [claim], an_index()))

    assert [entry.key for entry in told.log] == ["raised:1", "claim:1"]


async def test_what_was_never_added_cant_be_recorded(store: OpenStore) -> None:
    with pytest.raises(KeyError):
        await store.run(lambda tx: tx.orders.record(an_order("A"), [an_entry()], an_index()))


async def test_instants_come_back_aware_and_to_the_microsecond(store: OpenStore) -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=shanghai)
    await store.run(lambda tx: tx.orders.add([(an_order("A", at=at), an_index(next_look_at=at))]))

    look, order = await store.read(lambda tx: (tx.orders.next_look(), tx.orders.get(a_key("A"))))

    assert order is not None
    assert look == order.received_at == at
    assert look.tzinfo is UTC
    assert order.received_at.tzinfo is order.log[0].at.tzinfo is UTC


async def test_a_naive_instant_is_refused_and_nothing_is_written(store: OpenStore) -> None:
    naive = datetime(2026, 11, 23, 9, 30)

    with pytest.raises(ValueError, match="zone"):
        await store.run(lambda tx: tx.orders.add([*born("A"), *born("B", index=an_index(due_at=naive))]))

    assert await store.read(lambda tx: tx.orders.get(a_key("A"))) is None


async def test_a_state_that_is_none_is_refused(store: OpenStore) -> None:
    for state in ("overdue", "fine"):
        with pytest.raises(Exception, match="state"):
            await store.run(lambda tx, state=state: tx.orders.add(born("A", index=an_index(state=state))))


async def test_the_sweep_finds_what_is_due_soonest_first(store: OpenStore) -> None:
    for number, hours in (("late", 1), ("later", 2), ("future", 5)):
        await store.run(
            lambda tx, n=number, h=hours: tx.orders.add(born(n, index=an_index(next_look_at=MONDAY + h * HOUR)))
        )
    await store.run(lambda tx: tx.orders.add(born("done", index=an_index(next_look_at=None))))

    due = await store.run(lambda tx: tx.orders.due_to_look(MONDAY + 2 * HOUR, 10))
    first = await store.run(lambda tx: tx.orders.due_to_look(MONDAY + 2 * HOUR, 1))

    assert [order.key.number for order in due] == ["late", "later"]
    assert [order.key.number for order in first] == ["late"]
    assert await store.read(lambda tx: tx.orders.next_look()) == MONDAY + HOUR


async def test_the_unfinished_of_a_channel_soonest_due_first(store: OpenStore) -> None:
    def fill(tx: Tx) -> None:
        tx.orders.add(born("B", index=an_index(due_at=MONDAY + 2 * HOUR, state="replied")))
        tx.orders.add(born("A", index=an_index(due_at=MONDAY + HOUR, state="claimed")))
        tx.orders.add(born("elsewhere", index=an_index(channel="C0OTHER")))
        tx.orders.add(born("closed", index=an_index(state="closed")))

    await store.run(fill)

    here = await store.read(lambda tx: tx.orders.unfinished("C0FLAGSHIP"))
    everywhere = await store.read(lambda tx: tx.orders.unfinished())

    assert [order.key.number for order in here] == ["A", "B"]
    assert [order.key.number for order in everywhere] == ["A", "B", "elsewhere"]


async def test_concurrent_clicks_lose_no_update(store: OpenStore) -> None:
    """400 read-modify-writes, 16 at a time, over 4 orders: SQLAlchemy with driver defaults lost 79 % of them."""
    numbers = ["A", "B", "C", "D"]
    await store.run(lambda tx: tx.orders.add(born(*numbers)))

    def click(tx: Tx, key: OrderKey) -> None:
        order = tx.orders.get(key, for_update=True)
        assert order is not None
        count = len(order.log)
        tx.orders.record(order, [an_entry(Kind.CLAIMED, f"click:{count}")], an_index(claimed_by=str(count)))

    gate = asyncio.Semaphore(16)

    async def one(number: str) -> None:
        async with gate:
            await store.run(click, a_key(number))

    await asyncio.gather(*(one(numbers[each % 4]) for each in range(400)))

    for number in numbers:
        order = await store.read(lambda tx, number=number: tx.orders.get(a_key(number)))
        assert order is not None
        assert [entry.key for entry in order.log] == ["raised:1", *(f"click:{each}" for each in range(1, 101))]


async def test_the_same_order_raised_from_many_sides_is_born_once(store: OpenStore) -> None:
    def raise_it(tx: Tx, numbers: list[str]) -> int:
        keys = [a_key(number) for number in numbers]
        known = tx.orders.get_many(keys)
        new = [key.number for key in keys if key not in known]
        tx.orders.add(born(*new))
        return len(new)

    batches = [[f"WO-{n}" for n in range(start, start + 20)] for start in range(0, 40, 4)]
    counts = await asyncio.gather(*(store.run(raise_it, each[:: (-1) ** n]) for n, each in enumerate(batches * 3)))

    assert sum(counts) == len({number for batch in batches for number in batch})


async def test_a_refusal_passes_through_and_changes_nothing(store: OpenStore) -> None:
    def half(tx: Tx) -> None:
        tx.orders.add(born("A"))
        raise Refusal("not_now")

    with pytest.raises(Refusal):
        await store.run(half)

    assert await store.read(lambda tx: tx.orders.get(a_key("A"))) is None


async def test_the_log_keeps_only_plain_json(store: OpenStore) -> None:
    bad = an_entry(Kind.CLAIMED, "bad", when=MONDAY)

    with pytest.raises(TypeError):
        await store.run(lambda tx: tx.orders.add([(an_order("A", bad), an_index())]))


async def test_a_corrected_order_is_found_by_its_newest_facts(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("A")))

    def correct(tx: Tx) -> None:
        order = tx.orders.get(a_key("A"), for_update=True)
        assert order is not None
        tx.orders.record(order, [raised("A", shop_id="10002", version=2)], an_index())

    await store.run(correct)
    order = await store.read(lambda tx: tx.orders.get(a_key("A")))

    assert order is not None
    assert order.facts.shop_id == "10002"
    page = await store.read(
        lambda tx: tx.orders.page(
            "jd", MONDAY, shop_id="10002", state=None, class_code=None, due_before=None, limit=5, cursor=None
        )
    )
    assert [each.key.number for each in page.orders] == ["A"]


async def test_a_unit_of_work_sees_what_it_has_written(store: OpenStore) -> None:
    def act(tx: Tx) -> None:
        tx.orders.add(born("A"))
        order = tx.orders.get(a_key("A"))
        assert order is not None
        tx.orders.record(order, [an_entry(Kind.CLAIMED, "claim:1")], an_index(state="claimed", next_look_at=MONDAY))
        again = tx.orders.record(order, [an_entry(Kind.RELEASED, "release:1")], an_index(next_look_at=MONDAY + HOUR))
        assert [entry.key for entry in again.log] == ["raised:1", "claim:1", "release:1"]
        assert tx.orders.next_look() == MONDAY + HOUR
        found = tx.orders.get(a_key("A"))
        assert found is not None
        assert [entry.key for entry in found.log] == [entry.key for entry in again.log]

    await store.run(act)
    order = await store.read(lambda tx: tx.orders.get(a_key("A")))
    assert order is not None
    assert len(order.log) == 3


async def test_unfinished_orders_with_another_deadline_of_the_platforms_are_counted(store: OpenStore) -> None:
    differs = an_index(due_differs=True)
    await store.run(lambda tx: tx.orders.add([*born("A", "B", index=differs), *born("C")]))
    assert await store.read(lambda tx: tx.orders.differing()) == 2

    def ends(tx: Tx) -> None:
        order = tx.orders.get(a_key("A"), for_update=True)
        assert order is not None
        tx.orders.record(order, [an_entry(Kind.CLOSED, "event:1")], an_index(state="closed", due_differs=True))

    await store.run(ends)
    assert await store.read(lambda tx: tx.orders.differing()) == 1


async def test_orders_received_in_a_time_come_in_their_sequence(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add([*born("B", "A")]))
    orders = await store.read(lambda tx: tx.orders.received(MONDAY - 24 * HOUR, MONDAY + 24 * HOUR))
    assert [order.key.number for order in orders] == ["B", "A"]
    assert await store.read(lambda tx: tx.orders.received(MONDAY + 24 * HOUR, MONDAY + 48 * HOUR)) == []


async def test_orders_of_the_same_consumer_or_subject_are_found_finished_ones_too(store: OpenStore) -> None:
    wei, fang = {"name": "王*", "contact": "138 1234 5678"}, {"name": "王*", "contact": "13900000000"}

    def fill(tx: Tx) -> None:
        tx.orders.add(born("A", consumer=wei, title="连衣裙 A1"))
        tx.orders.add(born("consumer", index=an_index(state="closed"), consumer={**wei, "contact": "13812345678"}))
        tx.orders.add(born("subject", consumer=fang, title="连衣裙A1"))
        tx.orders.add(born("neither", consumer=fang, title="连衣裙 B2"))
        tx.orders.add(born("P", consumer=fang, title="连衣裙 A1", product="SKU 1", parcel={"batch": "W-7"}))
        tx.orders.add(born("product", consumer={"name": "李*"}, title="裙子", product="sku1"))
        tx.orders.add(born("batch", scene="invoice", parcel={"batch": "w-7", "tracking_no": "SF1"}))
        tx.orders.add(born("another's batch", parcel={"batch": "W-7", "carrier": "顺丰"}))
        tx.orders.add(born("bare"))
        tx.orders.add(born("bare too"))

    await store.run(fill)

    async def like(number: str) -> list[str]:
        def look(tx: Tx) -> list[str]:
            order = tx.orders.get(a_key(number))
            assert order is not None
            return sorted(each.key.number for each in tx.orders.like(order))

        return await store.read(look)

    assert await like("A") == ["consumer", "subject"]
    assert await like("subject") == ["A", "P", "neither"]
    assert await like("product") == ["P"]
    assert await like("P") == ["batch", "neither", "product", "subject"]
    assert await like("another's batch") == []
    assert await like("bare") == []


async def test_what_is_promised_is_found_by_owner_by_channel_and_by_consumer(store: OpenStore) -> None:
    contact = {"name": "张三", "contact": "13812345678"}
    soon = an_index(promise_due_at=MONDAY + HOUR, promise_owner="U0ANA", promised_at=MONDAY)
    later = an_index(promise_due_at=MONDAY + 2 * HOUR, promise_owner="U0BO", promised_at=MONDAY + HOUR)
    over = an_index(state="closed", promised_at=MONDAY + HOUR)
    await store.run(lambda tx: tx.orders.add(born("A", index=later)))
    await store.run(lambda tx: tx.orders.add(born("B", index=soon, consumer=contact)))
    await store.run(lambda tx: tx.orders.add(born("C", index=over, consumer=contact)))
    await store.run(lambda tx: tx.orders.add(born("D", consumer=contact)))
    (digest,) = {kin(order.facts)[0] for order, _ in born("B", consumer=contact)}

    def numbers(tx: Tx) -> list[list[str]]:
        found = (
            tx.orders.promising(channel="C0FLAGSHIP"),
            tx.orders.promising(owner="U0BO"),
            tx.orders.promising(owner="U0CY"),
            tx.orders.promised_to([digest], MONDAY),
            tx.orders.promised_to([digest], MONDAY + HOUR),
            tx.orders.promised_to([], MONDAY),
        )
        return [[order.key.number for order in orders] for orders in found]

    assert await store.read(numbers) == [["B", "A"], ["A"], [], ["B", "C"], ["C"], []]


async def test_promises_that_ended_are_counted_by_owner(store: OpenStore) -> None:
    kept = an_entry(Kind.PROMISE_KEPT, at=MONDAY, owner="U0ANA", reply_id="r1")
    broken = an_entry(Kind.PROMISE_BROKEN, at=MONDAY + HOUR, owner="U0BO", reply_id="r2")
    await store.run(lambda tx: tx.orders.add([(an_order("A", kept, broken), an_index())]))
    found = await store.read(lambda tx: tx.orders.settled(MONDAY, MONDAY + HOUR))
    assert [(each.order.number, each.shop_id, each.owner, each.kept) for each in found] == [
        ("A", "10001", "U0ANA", True)
    ]
    found = await store.read(lambda tx: tx.orders.settled(MONDAY, MONDAY + 2 * HOUR))
    assert [(each.owner, each.kept) for each in found] == [("U0ANA", True), ("U0BO", False)]
