"""PostgreSQL ends a deadlock after a second, at the cost of one of the two. Who share orders, messages or books never
come to one, in whatever sequence each has them and from however many replicas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from threading import Barrier, Event

import pytest

from coopbot.domain.event import PlatformEvent
from coopbot.domain.intent import Priority, What
from coopbot.ports import Tx
from coopbot.services import intake
from coopbot.store import OpenStore
from coopbot.store.session import bucket
from tests.support.builders import MONDAY, a_key, an_intent, born
from tests.support.databases import PostgresServer, a_store
from tests.support.money import SHOP, issued, revoked
from tests.support.world import a_desk

pytestmark = pytest.mark.postgres
BATCHES, SIZE, STRIDE = 60, 40, 4
"""Each batch shares nine tenths with the next one, which has them the other way round."""


@asynccontextmanager
async def replicas(postgres: PostgresServer) -> AsyncIterator[Sequence[OpenStore]]:
    """Two stores on one database; in the end the server says whether any of their units have deadlocked."""
    with postgres.database() as url:
        async with a_store(url) as one, a_store(url) as two:
            yield one, two
        assert postgres.deadlocks(url) == 0


def overlapping(named: str) -> Iterable[list[str]]:
    names = [f"{named}-{n:04}" for n in range(BATCHES * STRIDE + SIZE)]
    for n in range(BATCHES):
        batch = names[n * STRIDE : n * STRIDE + SIZE]
        yield batch[::-1] if n % 2 else batch


async def all_at_once(stores: Sequence[OpenStore], works: Iterable[Callable[[Tx], object]]) -> None:
    await asyncio.gather(*(stores[n % 2].run(work) for n, work in enumerate(works)))


def add_missing(numbers: Sequence[str], tx: Tx) -> None:
    there = tx.orders.get_many([a_key(number) for number in numbers], for_update=True)
    tx.orders.add(born(*(number for number in numbers if a_key(number) not in there)))


async def test_batches_that_find_some_of_their_orders_and_add_the_others(postgres: PostgresServer) -> None:
    async with replicas(postgres) as stores:
        await all_at_once(stores, (partial(add_missing, batch) for batch in overlapping("WO")))


async def test_an_order_that_is_added_while_one_batch_waits_and_before_another_looks(postgres: PostgresServer) -> None:
    """The one has the name of an order that the other waits for, who must not have the row that the one comes to."""
    first, second, third = sorted(["WO-1", "WO-2", "WO-3"], key=lambda number: bucket(str(a_key(number))))
    may_end, both_hold = {number: Event() for number in (second, third)}, Barrier(3)

    def add_slowly(number: str, tx: Tx) -> None:
        add_missing([number], tx)
        both_hold.wait(30)
        assert may_end[number].wait(30)

    async with replicas(postgres) as (here, there):
        adding = {number: asyncio.create_task(here.run(partial(add_slowly, number))) for number in may_end}
        await asyncio.to_thread(both_hold.wait, 30)
        waits = asyncio.create_task(here.run(partial(add_missing, [first, second, third])))
        await asyncio.to_thread(postgres.until_waiting, 1)
        may_end[second].set()
        await adding[second]
        looks = asyncio.create_task(there.run(partial(add_missing, [first, second])))
        await asyncio.to_thread(postgres.until_waiting, 2)
        may_end[third].set()
        await asyncio.gather(adding[third], waits, looks)


async def test_units_that_owe_the_same_messages_in_another_sequence(postgres: PostgresServer) -> None:
    def owe(keys: Sequence[str], tx: Tx) -> None:
        tx.outbox.add([an_intent(What.GLANCE, None, target="C1", priority=Priority.REDRAW, key=key) for key in keys])

    async with replicas(postgres) as stores:
        await all_at_once(stores, (partial(owe, batch) for batch in overlapping("glance")))


async def test_messages_of_one_unit_leave_in_the_sequence_in_which_it_owed_them(postgres: PostgresServer) -> None:
    keys = ["b", "c", "a"]
    async with replicas(postgres) as (store, _):
        await store.run(
            lambda tx: tx.outbox.add([an_intent(What.OPERATOR, None, target="U1", key=key) for key in keys])
        )
        left = []
        for _ in keys:
            (owed,) = await store.run(lambda tx: tx.outbox.claim(What.OPERATOR.lane, MONDAY, 1, 60))
            await store.run(partial(lambda owed, tx: tx.outbox.sent(owed, MONDAY), owed))
            left.append(owed.intent.key)
    assert left == keys


async def test_batches_that_book_the_same_penalties(postgres: PostgresServer) -> None:
    async with replicas(postgres) as stores:
        batches = [[issued(number, MONDAY) for number in batch] for batch in overlapping("P")]
        await all_at_once(stores, (partial(take, events) for events in batches))


async def test_a_revocation_that_comes_in_the_same_moment_as_its_penalty(postgres: PostgresServer) -> None:
    begun, go_on = Event(), Event()

    def take_slowly(events: Sequence[PlatformEvent], tx: Tx) -> None:
        take(events, tx)
        begun.set()
        assert go_on.wait(30)

    for first, second in ((issued, revoked), (revoked, issued)):
        async with replicas(postgres) as (one, two):
            begun.clear(), go_on.clear()
            slow = asyncio.create_task(one.run(partial(take_slowly, [first("P1", MONDAY)])))
            await asyncio.to_thread(begun.wait, 30)
            beside = asyncio.create_task(two.run(partial(take, [second("P1", MONDAY)])))
            await asyncio.to_thread(postgres.until_waiting, 1, beside.done)
            go_on.set()
            await asyncio.gather(slow, beside)
            entries = await one.read(lambda tx: tx.ledger.of_ref(SHOP.connection, "P1"))
        assert [bool(entry.reverses) for entry in entries] == [False, True], (first, second)


def take(events: Sequence[PlatformEvent], tx: Tx) -> None:
    intake.take(tx, MONDAY, a_desk(), events)
