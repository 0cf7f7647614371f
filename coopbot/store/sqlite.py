"""The store on one SQLite file: one thread writes, a few read.

Units of work that wait together share one commit, each in a savepoint of its own (decisions.md 27). ``synchronous`` is
FULL: with NORMAL, power loss took acknowledged orders in 24 rounds of 25 (performance.md §6), and grouped commits make
the difference small.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from threading import Thread, local

from coopbot.clock import monotonic
from coopbot.errors import StoreBusy
from coopbot.store.base import OpenStore
from coopbot.store.job import LIMIT_S, Job, settle
from coopbot.store.session import Session
from coopbot.store.sqlite_faults import must_reopen, of_sqlite
from coopbot.store.sqlite_file import SqliteFile
from coopbot.store.statement import SQLITE

GROUP = 100
"""Units in one commit at most, and seconds of work: clicks must pass between (performance.md §3)."""
GROUP_S = 0.05

_LOOK_S = 0.5
"""How often an idle writer looks whether the command line has written beside it."""


class SqliteStore(OpenStore):
    def __init__(self, url: str, *, workspace: int = 1, limit: float = LIMIT_S) -> None:
        super().__init__(url, workspace=workspace, limit=limit)
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._writer = Thread(target=self._write_on, name="coopbot-writes", daemon=True)
        self._file = SqliteFile(url, busy_s=limit * 0.8)
        self._mine = local()
        self._read_files: list[SqliteFile] = []

    async def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._writer.start()

    async def _stop(self) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        for file in self._read_files:
            file.close()

    def _write(self, job: Job) -> None:
        self._queue.put(job)

    def _write_on(self) -> None:
        waiting: deque[Job] = deque()
        going = True
        while going or waiting:
            if not waiting:
                try:
                    going = self._take(waiting, self._queue.get(timeout=_LOOK_S))
                except Empty:
                    self._look_beside()
            while going and not self._queue.empty():
                going = self._take(waiting, self._queue.get())
            self._commit_some(waiting)
        self._file.close()

    def _take(self, waiting: deque[Job], job: Job | None) -> bool:
        if job is not None:
            waiting.append(job)
        return job is not None

    def _look_beside(self) -> None:
        """Wake the worker for what another process wrote into the file (decisions.md 31)."""
        try:
            changed = self._file.changed_by_others()
        except sqlite3.Error:
            self._file.close()
            return
        if changed:
            self._loop.call_soon_threadsafe(self._ring)

    def _commit_some(self, waiting: deque[Job]) -> None:
        """One transaction of the first few that wait."""
        group: list[Job] = []
        try:
            cursor = self._file.cursor()
            while waiting and not group:
                cursor.execute("BEGIN IMMEDIATE")
                self._do_some(cursor, waiting, group)
                if all(job.error is not None or job.commits() for job in group):
                    cursor.execute("COMMIT")
                    break
                cursor.execute("ROLLBACK")  # somebody gave up meanwhile: once more, without theirs
                waiting.extendleft(job for job in reversed(group) if not job.abandoned)
                group.clear()
        except sqlite3.Error as error:
            group += [waiting.popleft() for _ in range(min(GROUP, len(waiting)))] if not group else []
            self._fail(group, error)
        settle(group, self._ring)

    def _do_some(self, cursor: sqlite3.Cursor, waiting: deque[Job], group: list[Job]) -> None:
        """Move the first few from ``waiting`` to ``group``, doing each in a savepoint of its own. Raises sqlite3.Error
        when the file is at fault: then all of them are undone."""
        until = monotonic() + GROUP_S
        while waiting and len(group) < GROUP and monotonic() < until:
            job = waiting.popleft()
            if job.abandoned:
                continue
            group.append(job)
            cursor.execute("SAVEPOINT unit")
            try:
                job.do(Session(cursor, SQLITE, self.workspace))
            except sqlite3.Error as error:
                meaning = of_sqlite(error)
                if isinstance(meaning, StoreBusy):
                    raise
                job.error = meaning
            except BaseException as error:  # handed over to who awaits it, whatever it is
                job.error = error
            if job.error is not None:
                cursor.execute("ROLLBACK TO unit")
            cursor.execute("RELEASE unit")

    def _fail(self, group: Iterable[Job], error: sqlite3.Error) -> None:
        for job in group:
            job.error = of_sqlite(error)
        self._file.undo(reopen=must_reopen(error))

    def _read(self, job: Job) -> None:
        try:
            if not job.commits():
                return
            cursor = self._my_file().cursor()
            cursor.execute("BEGIN")
            try:
                job.do(Session(cursor, SQLITE, self.workspace, reading=True))
            finally:
                self._my_file().undo()
        except sqlite3.Error as error:
            job.error = of_sqlite(error)
            self._my_file().undo(reopen=must_reopen(error))
        except BaseException as error:  # handed over to who awaits it, whatever it is
            job.error = error
        settle([job])

    def _my_file(self) -> SqliteFile:
        file: SqliteFile | None = getattr(self._mine, "file", None)
        if file is None:
            file = self._mine.file = SqliteFile(self.url, busy_s=self.limit * 0.8)
            self._read_files.append(file)
        return file
