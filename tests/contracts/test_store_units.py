"""The store's contract: units of work are whole, apart from each other, and end in time."""

from __future__ import annotations

import asyncio
import threading

import pytest

from coopbot.clock import monotonic
from coopbot.domain.event import PlatformEvent, Standing
from coopbot.domain.people import Person
from coopbot.errors import StoreBusy
from coopbot.ports import Tx
from coopbot.store import OpenStore, within
from tests.support.builders import MONDAY, a_key, an_entry, an_event, an_index, an_intent, born, kept
from tests.support.databases import a_store


def learn(tx: Tx, user: str) -> None:
    tx.people.learn([Person(user, "someone")])


async def known(store: OpenStore, *users: str) -> set[str]:
    return set(await store.read(lambda tx: tx.people.known(users)))


async def test_a_unit_that_fails_takes_no_neighbour_with_it(store: OpenStore) -> None:
    def fail(tx: Tx, user: str) -> None:
        learn(tx, user)
        raise LookupError(user)

    def break_a_rule(tx: Tx, user: str) -> None:
        learn(tx, user)
        tx.orders.add(born("A", index=an_index(state="nonsense")))

    works = [learn, fail, break_a_rule, learn]
    users = [f"U{n}" for n in range(40)]
    outcomes = await asyncio.gather(
        *(store.run(works[n % 4], user) for n, user in enumerate(users)), return_exceptions=True
    )

    assert [outcome is None for outcome in outcomes] == [n % 4 in (0, 3) for n in range(40)]
    assert await known(store, *users) == {user for n, user in enumerate(users) if n % 4 in (0, 3)}


async def test_what_a_reader_writes_is_discarded(store: OpenStore) -> None:
    await store.read(learn, "U1")
    assert await known(store, "U1") == set()


async def test_a_reader_sees_one_moment(store: OpenStore) -> None:
    written, looked = threading.Event(), threading.Event()

    def look_twice(tx: Tx) -> tuple[int, int]:
        before = len(tx.people.known(["U1", "U2"]))
        looked.set()
        assert written.wait(10)
        return before, len(tx.people.known(["U1", "U2"]))

    await store.run(learn, "U1")
    looking = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(looked.wait, 10)
    await store.run(learn, "U2")
    written.set()

    assert await looking == (1, 1)


async def test_who_gives_up_gets_nothing_done(store: OpenStore) -> None:
    going, started = threading.Event(), threading.Event()

    def dawdle(tx: Tx) -> None:
        learn(tx, "U1")
        started.set()
        assert going.wait(10)

    with within(0.2):
        slow = asyncio.create_task(store.run(dawdle))
        await asyncio.to_thread(started.wait, 10)
        with pytest.raises(StoreBusy, match="nothing has changed"):
            await slow
    going.set()
    await store.run(learn, "U2")

    assert await known(store, "U1", "U2") == {"U2"}


async def test_a_closed_store_says_so(database_url: str) -> None:
    store = a_store(database_url)
    await store.start()
    await store.close()
    with pytest.raises(StoreBusy):
        await store.run(learn, "U1")
    with pytest.raises(StoreBusy):
        await store.read(learn, "U1")


async def test_what_was_asked_before_the_close_is_done(database_url: str) -> None:
    store = a_store(database_url)
    await store.start()
    asked = [asyncio.create_task(store.run(learn, f"U{n}")) for n in range(30)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*asked)

    async with a_store(database_url) as again:
        assert len(await known(again, *(f"U{n}" for n in range(30)))) == 30


async def test_two_processes_or_two_stores_on_one_database_lose_no_update(database_url: str) -> None:
    def click(tx: Tx) -> None:
        order = tx.orders.get(a_key("A"), for_update=True)
        assert order is not None
        tx.orders.record(order, [an_entry(key=f"click:{len(order.log)}")], an_index())

    async with a_store(database_url) as one, a_store(database_url) as two:
        await one.run(lambda tx: tx.orders.add(born("A")))
        await asyncio.gather(*(store.run(click) for _ in range(40) for store in (one, two)))
        order = await one.read(lambda tx: tx.orders.get(a_key("A")))

    assert order is not None
    assert len(order.log) == 81


async def test_two_sweeps_at_once_look_at_each_order_once(store: OpenStore) -> None:
    numbers = [f"WO-{n}" for n in range(60)]
    await store.run(lambda tx: tx.orders.add(born(*numbers, index=an_index(next_look_at=MONDAY))))

    def sweep(tx: Tx) -> list[str]:
        due = tx.orders.due_to_look(MONDAY, 7)
        for order in due:
            tx.orders.record(order, [an_entry(key="looked")], an_index(next_look_at=None))
        return [order.key.number for order in due]

    async def worker() -> list[str]:
        mine: list[str] = []
        while looked := await store.run(sweep):
            mine += looked
        return mine

    looked = [number for mine in await asyncio.gather(*(worker() for _ in range(4))) for number in mine]
    assert sorted(looked) == sorted(numbers)


async def test_another_process_owing_something_wakes_the_worker(database_url: str) -> None:
    async with a_store(database_url) as serving, a_store(database_url) as beside:
        rung, began = asyncio.Event(), monotonic()
        await serving.run(learn, "U1")
        serving.on_owed(lambda lanes: rung.set())
        while not rung.is_set() and monotonic() - began < 20:
            await beside.run(lambda tx: tx.outbox.add([an_intent()]))
            try:
                await asyncio.wait_for(rung.wait(), 2)
            except TimeoutError:
                pass
        assert rung.is_set()


async def test_an_order_and_what_came_before_it_dont_miss_each_other(store: OpenStore) -> None:
    looking, looked = threading.Event(), threading.Event()
    urged = an_event("e-urged", "work_order.urged")

    def take_urged(tx: Tx) -> None:
        assert tx.orders.get_many([a_key()], for_update=True) == {}
        looking.set()
        looked.wait(0.5)
        tx.inbox.keep([kept(urged, Standing.WAITING)])

    def take_raised(tx: Tx) -> list[PlatformEvent]:
        tx.orders.get_many([a_key()], for_update=True)
        waiting = list(tx.inbox.waiting_for([a_key()]))
        looked.set()
        tx.orders.add(born("WO-1"))
        return waiting

    first = asyncio.create_task(store.run(take_urged))
    await asyncio.to_thread(looking.wait, 10)

    assert await store.run(take_raised) == [urged]
    await first


async def test_replicas_are_counted_while_they_live(database_url: str) -> None:
    async with a_store(database_url) as first:
        shared = database_url.startswith("postgresql")

        async def counted(count: int) -> None:
            async with asyncio.timeout(20):
                while await first.replicas() != count:
                    await first.read(lambda tx: tx.notes.get("a turn"))

        await counted(1)
        if shared:
            async with a_store(database_url):
                await counted(2)
            await counted(1)
