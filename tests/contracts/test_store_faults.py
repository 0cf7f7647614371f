"""The store's contract under faults: a killed process, a full disk, a database that goes away and comes back."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psycopg
import pytest

from coopbot.clock import monotonic
from coopbot.domain.people import Person
from coopbot.errors import StoreBusy
from coopbot.ports import Tx
from coopbot.store import OpenStore, open_store
from tests.support.builders import MONDAY
from tests.support.databases import PostgresServer

# Writes pairs of people for ever and says which are committed.
WRITES_ON = """
import asyncio, sys
from coopbot.domain.people import Person
from coopbot.store import open_store

def pair(tx, n):
    tx.people.learn([Person(f"A{n}", "a")])
    tx.people.learn([Person(f"B{n}", "b")])

async def one(store, lane):
    n = lane
    while True:
        await store.run(pair, n)
        print(n, flush=True)
        n += 8

async def main():
    async with open_store(sys.argv[1]) as store:
        await asyncio.gather(*(one(store, lane) for lane in range(8)))

asyncio.run(main())
"""


async def test_a_killed_process_leaves_nothing_half_done_and_loses_nothing_it_has_said(database_url: str) -> None:
    acknowledged: set[int] = set()
    for round_ in range(3):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITES_ON, database_url, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(60 + 17 * round_):
            acknowledged.add(int(await process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
        acknowledged.update(int(line) for line in (await process.stdout.read()).split(b"\n")[:-1])
        await process.wait()

        async with open_store(database_url) as store:
            kept = await store.read(
                lambda tx: tx.people.known([f"{side}{n}" for side in "AB" for n in range(max(acknowledged) + 100)])
            )
        first, second = ({int(user[1:]) for user in kept if user[0] == side} for side in "AB")
        assert first == second
        assert acknowledged <= first


def write_much(tx: Tx, n: int) -> None:
    tx.notes.put(f"fill:{n}", {"text": "x" * 20_000}, MONDAY)


def write_little(tx: Tx, user: str) -> None:
    tx.people.learn([Person(user, "someone")])


async def busy_within_3_s(store: OpenStore, user: str = "U0") -> None:
    began = monotonic()
    with pytest.raises(StoreBusy):
        await store.run(write_little, user)
    assert monotonic() - began < 3


async def fill(store: OpenStore) -> None:
    for n in range(200):
        await store.run(write_much, n)


async def test_a_full_disk_refuses_whole_units_and_the_store_recovers(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.db"
    async with open_store(f"sqlite:///{path}?max_page_count=200") as store:
        await store.run(write_little, "U1")

        with pytest.raises(StoreBusy, match="full"):
            await fill(store)
        outcomes = await asyncio.gather(*(store.run(write_much, 900 + n) for n in range(20)), return_exceptions=True)
        assert any(isinstance(outcome, StoreBusy) for outcome in outcomes)
        kept = await store.read(lambda tx: tx.notes.all("fill:9"))
        done = {f"fill:{900 + n}" for n, outcome in enumerate(outcomes) if outcome is None}
        assert {key for key in kept if int(key[5:]) >= 900} == done
        assert await store.read(lambda tx: set(tx.people.known(["U1"]))) == {"U1"}

        with closing(sqlite3.connect(path)) as beside, beside:
            beside.execute("DELETE FROM note")
        await store.run(write_much, 1)
        assert await store.read(lambda tx: set(tx.notes.all("fill:"))) == {"fill:1"}


def move(database: Path, to: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").rename(f"{to}{suffix}")


async def test_a_file_that_is_held_or_moved_away_is_trouble_for_as_long_as_that_lasts(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.db"
    async with open_store(f"sqlite:///{path}", limit=0.5) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as beside:
            beside.execute("BEGIN IMMEDIATE")
            await busy_within_3_s(store)
            beside.execute("ROLLBACK")
        await store.run(write_little, "U1")

        move(path, tmp_path / "away.db")
        await busy_within_3_s(store)
        move(tmp_path / "away.db", path)
        await store.run(write_little, "U2")

        assert await store.read(lambda tx: set(tx.people.known(["U0", "U1", "U2"]))) == {"U1", "U2"}


async def test_a_connection_that_is_read_only_is_trouble(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.db"
    async with open_store(f"sqlite:///{path}", limit=0.5) as store:
        await store.run(write_little, "U1")

        def forbid(tx: Tx, on: int) -> None:
            tx.orders._session._cursor.execute(f"PRAGMA query_only = {on}")  # type: ignore[attr-defined]

        await store.run(forbid, 1)
        await busy_within_3_s(store)
        # It is opened anew after such an error, in case the mount was at fault.
        await store.run(write_little, "U2")


@asynccontextmanager
async def a_postgres_store(server: PostgresServer) -> AsyncIterator[tuple[OpenStore, str]]:
    with server.database() as url:
        name = url.partition("?")[0].rpartition("/")[2]
        async with open_store(url, limit=0.8) as store:
            await store.run(write_little, "U1")
            yield store, name


@pytest.mark.postgres
async def test_connections_that_are_cut_are_had_again(postgres: PostgresServer) -> None:
    async with a_postgres_store(postgres) as (store, name):
        for n in range(5):
            postgres.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            await asyncio.gather(*(store.run(write_little, f"U{n}{each}") for each in range(10)))
        users = [f"U{n}{each}" for n in range(5) for each in range(10)]
        assert await store.read(lambda tx: set(tx.people.known(users))) == set(users)


@pytest.mark.postgres
async def test_a_database_that_takes_no_connections_is_trouble_and_comes_back(postgres: PostgresServer) -> None:
    async with a_postgres_store(postgres) as (store, name):
        postgres.admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        await busy_within_3_s(store)
        postgres.admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await store.run(write_little, "U2")


@pytest.mark.postgres
async def test_a_read_only_database_is_trouble_and_comes_back(postgres: PostgresServer) -> None:
    async with a_postgres_store(postgres) as (store, name):
        for state, done in (("on", False), ("off", True)):
            postgres.admin(f"ALTER DATABASE {name} SET default_transaction_read_only = {state}")
            postgres.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            if done:
                await store.run(write_little, "U2")
            else:
                await busy_within_3_s(store)


@pytest.mark.postgres
async def test_a_row_that_somebody_holds_is_trouble_and_not_for_ever(postgres: PostgresServer) -> None:
    async with a_postgres_store(postgres) as (store, name):
        with psycopg.connect(postgres.address(name)) as beside:
            beside.execute("UPDATE person SET name = 'held'")
            await busy_within_3_s(store, "U1")
            beside.rollback()
        await store.run(write_little, "U1")
