"""Who outgrows SQLite takes everything along, ids and all; nothing is mixed up, and what is served is not moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.domain.files import HandedIn, expected
from coopbot.domain.intent import Lane, What
from coopbot.errors import OldDatabase
from coopbot.ports import Tx
from coopbot.store import AlreadyServed, acquire_serve_lock
from coopbot.store.moving import NotEmpty, move
from tests.support.builders import MONDAY, a_key, a_penalty, an_event, an_intent, born, kept
from tests.support.databases import a_store

(PHOTO,) = expected("reply:r-1", "U0ANA", MONDAY, [HandedIn("F1", "a.jpg", 1000)])


def fill(tx: Tx) -> None:
    tx.orders.add(born("A", "B"))
    order = tx.orders.get(a_key("A"), for_update=True)
    assert order is not None
    tx.inbox.keep([kept(an_event("e-1", number="A"))])
    tx.outbox.add([an_intent(What.CARD, "A", key="card:A"), an_intent(What.NOTE, "B", args={"code": "很好"})])
    tx.ledger.add([a_penalty()])
    tx.once.first("click:1", MONDAY)
    tx.notes.put("draft", {"text": "稍等"}, MONDAY)
    tx.files.expect([PHOTO])
    tx.files.store(PHOTO.id, "0" * 64, b"\x00\xff" * 500, MONDAY)


def _known(tx: Tx) -> list[object]:
    return [
        tx.orders.get(a_key("A")),
        tx.ledger.get("jd:WO-1/1"),
        tx.notes.get("draft"),
        tx.files.of("reply:r-1"),
        tx.files.content(PHOTO.id),
    ]


async def test_everything_arrives_and_goes_on(tmp_path: Path, database_url: str) -> None:
    source = f"sqlite:///{tmp_path / 'old.db'}"
    async with a_store(source) as store:
        await store.run(fill)
        (claimed, *_) = await store.run(lambda tx: tx.outbox.claim(Lane.CHAT, wall(), 1, 60))
        before = await store.read(_known)

    moved = move(source, database_url)

    assert (moved["work_order"], moved["outbox"], moved["ledger"], moved["inbox"], moved["workspace"]) == (
        2,
        2,
        1,
        1,
        1,
    )
    async with a_store(database_url) as store:
        after = await store.read(_known)
        assert after == before
        assert not await store.run(lambda tx: tx.once.first("click:1", MONDAY)), "what was seen stays seen"
        await store.run(lambda tx: tx.outbox.resume(wall()))
        again = await store.run(lambda tx: tx.outbox.claim(Lane.CHAT, wall(), 10, 60))
        assert claimed.id in [owed.id for owed in again]
        assert next(owed.attempts for owed in again if owed.id == claimed.id) == 1, "it is looked for before it is sent"
        await store.run(lambda tx: tx.orders.add(born("C")))
        await store.run(lambda tx: tx.notes.put("new", {}, MONDAY))


async def test_a_target_that_holds_something_is_left_as_it_was(tmp_path: Path, database_url: str) -> None:
    source = f"sqlite:///{tmp_path / 'old.db'}"
    for url in (source, database_url):
        async with a_store(url) as store:
            await store.run(lambda tx: tx.notes.put("mine", {"n": 1}, MONDAY))

    with pytest.raises(NotEmpty, match="holds rows already"):
        move(source, database_url)

    async with a_store(database_url) as store:
        assert await store.read(lambda tx: tx.notes.get("mine")) == {"n": 1}
    with pytest.raises(NotEmpty, match="the same"):
        move(source, source)


async def test_what_is_served_or_fresh_is_not_moved(tmp_path: Path, database_url: str) -> None:
    source = f"sqlite:///{tmp_path / 'old.db'}"
    with pytest.raises(OldDatabase, match="coopbot migrate"):
        move(source, database_url)
    async with a_store(source):
        pass
    lock = acquire_serve_lock(source)
    with pytest.raises(AlreadyServed):
        move(source, database_url)
    lock.release()
