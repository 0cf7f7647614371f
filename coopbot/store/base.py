"""What both stores share: how work gets to a thread and back, and who is told that something is owed."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from coopbot.domain.intent import Lane
from coopbot.errors import StoreBusy
from coopbot.ports import Tx
from coopbot.store.job import LIMIT_S, Job
from coopbot.store.schema import make_ready

P = ParamSpec("P")
T = TypeVar("T")


class OpenStore(ABC):
    """A store between :meth:`start` and :meth:`close`, on one event loop."""

    def __init__(self, url: str, *, workspace: int = 1, limit: float = LIMIT_S, readers: int = 3) -> None:
        self.url = url
        self.workspace = workspace
        self.limit = limit
        self._readers = ThreadPoolExecutor(readers, "coopbot-reads")
        self._bells: list[Callable[[Collection[Lane]], None]] = []
        self._open = False

    async def start(self) -> None:
        """Open it. A fresh database gets its tables. Raises OldDatabase when it is another version's, StoreBusy when
        it can't be reached."""
        await asyncio.to_thread(make_ready, self.url)
        await self._start()
        self._open = True

    async def close(self) -> None:
        """Finish what is under way, then let go of every thread and connection."""
        if self._open:
            self._open = False
            await self._stop()
        await asyncio.to_thread(self._readers.shutdown)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` in a transaction and return after its commit. It may be run again before that (a deadlock, a
        lost connection, a neighbour in the same commit), so it has no effects but through ``tx``."""
        job = self._job(work, args, kwargs)
        self._write(job)
        result: T = await job.future
        return result

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` on a snapshot; what it writes is discarded."""
        job = self._job(work, args, kwargs)
        self._readers.submit(self._read, job)
        result: T = await job.future
        return result

    async def replicas(self) -> int:
        """How many processes serve this database now, this one among them; at least 1."""
        return 1

    def on_owed(self, bell: Callable[[Collection[Lane]], None]) -> None:
        """Call ``bell`` in the loop's thread with the lanes in which something may leave that might not before: here
        after each commit of that kind, and after another process's with every lane."""
        self._bells.append(bell)

    def _ring(self, lanes: Collection[Lane] = tuple(Lane)) -> None:
        for bell in self._bells:
            bell(lanes)

    def _job(self, work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Job:
        if not self._open:
            raise StoreBusy("the store is not open")
        return Job(partial(_call, work, args, kwargs), self.limit)

    @abstractmethod
    async def _start(self) -> None: ...

    @abstractmethod
    async def _stop(self) -> None: ...

    @abstractmethod
    def _write(self, job: Job) -> None: ...

    @abstractmethod
    def _read(self, job: Job) -> None: ...


def _call(work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tx: Tx) -> Any:
    return work(tx, *args, **kwargs)
