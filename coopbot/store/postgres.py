"""The store on PostgreSQL: a few threads, each with its connection; row locks keep units of work apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, local
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from psycopg import IsolationLevel

from coopbot.clock import agree, monotonic
from coopbot.domain.intent import Lane
from coopbot.store.base import OpenStore
from coopbot.store.job import LIMIT_S, Job, settle
from coopbot.store.place import libpq_address
from coopbot.store.postgres_faults import of_postgres, try_again, unreachable
from coopbot.store.postgres_listen import LISTENS, Listener
from coopbot.store.session import Session
from coopbot.store.statement import POSTGRESQL

T = TypeVar("T")

WRITERS, READERS = 6, 4
_AGREE_S = 10
"""How often real time is taken from the database; in between it is counted by the monotonic clock."""
_SURE_S = 1.0
"""An answer that took longer does not say what time it is now."""

_NOTIFY_GAP_S = 0.02
"""Others' workers rest so long between two looks: to be told of more in between is of no use to them."""

_REPLICAS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"

_TRIES = 5
"""Runs of a unit of work that lost a race (deadlock, somebody else's insert) before its caller hears of it."""


class PostgresStore(OpenStore):
    def __init__(self, url: str, *, workspace: int = 1, limit: float = LIMIT_S) -> None:
        super().__init__(url, workspace=workspace, limit=limit, readers=READERS)
        self._writers = ThreadPoolExecutor(WRITERS, "coopbot-writes")
        self._mine = local()
        self._connections: set[psycopg.Connection[Any]] = set()
        self._closing = Event()
        self._me = uuid4().hex
        self._listener = Listener(libpq_address(url), self._me, workspace)
        self._owed = asyncio.Event()

    async def _start(self) -> None:
        await self._in_reader(self._agree)
        self._keeping = asyncio.create_task(self._keep_time())
        self._listener.start(asyncio.get_running_loop(), super()._ring)
        self._telling = asyncio.create_task(self._tell_others())

    async def _stop(self) -> None:
        self._closing.set()
        for task in (self._telling, self._keeping):
            task.cancel()
        await asyncio.gather(self._telling, self._keeping, return_exceptions=True)
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._listener.stop)
        for connection in self._connections:
            connection.close()

    def _ring(self, lanes: Collection[Lane] = tuple(Lane)) -> None:
        super()._ring(lanes)
        self._owed.set()

    async def replicas(self) -> int:
        """One session that listens for each."""
        return await self._in_reader(self._count)

    async def _in_reader(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    def _count(self) -> int:
        try:
            connection = self._connection(reading=True)
            found = connection.execute(_REPLICAS, (LISTENS,)).fetchone()
            connection.rollback()
        except psycopg.Error as error:
            self._drop()
            raise of_postgres(error) from error
        return max(1, found[0] if found else 1)

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(_AGREE_S)
            await self._in_reader(self._agree)

    def _agree(self) -> None:
        """All replicas go by the database's time; while it is away, by what it was."""
        try:
            connection = self._connection(reading=True)
            asked = monotonic()
            found = connection.execute("SELECT clock_timestamp()").fetchone()
            took = monotonic() - asked
            connection.rollback()
        except psycopg.Error:
            self._drop()
            return
        if found is not None and took < _SURE_S:
            agree(found[0] + timedelta(seconds=took / 2))

    async def _tell_others(self) -> None:
        """Notify the other replicas, once for whatever was owed meanwhile. Apart from the units' own transactions,
        since PostgreSQL lets commits with a notification pass one by one; one that is lost costs a worker's poll."""
        while True:
            await self._owed.wait()
            self._owed.clear()
            await self._in_reader(self._notify)
            await asyncio.sleep(_NOTIFY_GAP_S)

    def _notify(self) -> None:
        try:
            connection = self._connection(reading=True)
            connection.execute("SELECT pg_notify('coopbot_owed', %s)", (f"{self.workspace}/{self._me}",))
            connection.commit()
        except psycopg.Error:
            self._drop()

    def _write(self, job: Job) -> None:
        self._writers.submit(self._work, job, reading=False)

    def _read(self, job: Job) -> None:
        self._work(job, reading=True)

    def _work(self, job: Job, *, reading: bool) -> None:
        for attempt in range(1, 1_000):
            if job.abandoned:
                return
            job.error = None
            began_commit = False
            try:
                connection = self._connection(reading)
                job.do(Session(connection.cursor(), POSTGRESQL, self.workspace, reading=reading))
                began_commit = job.commits()
                connection.commit() if began_commit and not reading else connection.rollback()
                break
            except psycopg.Error as error:
                job.error = of_postgres(error)
                self._undo(lost=unreachable(error))
                if began_commit or not self._again(error, attempt, job):
                    break
            except BaseException as error:  # handed over to who awaits it, whatever it is
                job.error = error
                self._undo()
                break
        settle([job], self._ring)

    def _again(self, error: psycopg.Error, attempt: int, job: Job) -> bool:
        """Whether to run the unit once more: after a lost race at once, while the database is away until the caller
        has to be told."""
        if not try_again(error):
            return False
        pause = 0.05 if unreachable(error) else 0.002 * attempt
        if monotonic() + pause >= job.deadline or not (unreachable(error) or attempt < _TRIES):
            return False
        return not self._closing.wait(pause)

    def _connection(self, reading: bool) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._mine, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(
                libpq_address(self.url), connect_timeout=2, options=_options(self.limit), application_name="coopbot"
            )
            if reading:
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
            self._mine.connection = connection
            self._connections.add(connection)
        return connection

    def _undo(self, *, lost: bool = False) -> None:
        connection: psycopg.Connection[Any] | None = getattr(self._mine, "connection", None)
        if connection is None:
            return
        try:
            connection.rollback()
        except psycopg.Error:
            lost = True
        if lost:
            self._drop()

    def _drop(self) -> None:
        connection: psycopg.Connection[Any] | None = getattr(self._mine, "connection", None)
        if connection is not None:
            self._connections.discard(connection)
            connection.close()
            self._mine.connection = None


def _options(limit: float) -> str:
    """A statement that waits longer than its caller is of no use; a transaction whose process is frozen gives its row
    locks back, so that one stopped replica stops no other (performance.md §6, 9)."""
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{limit * 800:.0f}",
        "statement_timeout": f"{limit * 4000:.0f}",
        "idle_in_transaction_session_timeout": "5000",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
