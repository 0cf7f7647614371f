"""A virtual clock under the real engine: a loop that, when nothing is to be done, goes on to the next timer at once.

Work in other threads (the store's) takes no time of that clock: while some is under way the clock stands.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from coopbot import clock
from coopbot.store import OpenStore

T = TypeVar("T")
BEGAN = datetime(2026, 11, 23, 2, tzinfo=UTC)


class VirtualLoop(asyncio.SelectorEventLoop):
    """``now`` counts from 1000: a time of 0 means "never" here and there."""

    def __init__(self) -> None:
        self.now, self.elsewhere = 1000.0, 0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout == 0 or self._loop.elsewhere or timeout is None:
            return super().select(timeout if timeout == 0 else None)  # type: ignore[no-any-return]
        found = super().select(0)
        if not found:
            self._loop.now += timeout
        return found  # type: ignore[no-any-return]


class Watched:
    """The store, whose threads stop the clock while they work."""

    def __init__(self, store: OpenStore, loop: VirtualLoop) -> None:
        self._store, self._loop = store, loop

    async def run(self, *args: Any, **more: Any) -> Any:
        return await self._elsewhere(self._store.run(*args, **more))

    async def read(self, *args: Any, **more: Any) -> Any:
        return await self._elsewhere(self._store.read(*args, **more))

    async def _elsewhere(self, work: Coroutine[Any, Any, Any]) -> Any:
        self._loop.elsewhere += 1
        try:
            return await work
        finally:
            self._loop.elsewhere -= 1


def run(work: Coroutine[Any, Any, T], loop: VirtualLoop) -> T:
    """Run ``work`` with every clock of coopbot on the loop's time."""

    class Time:
        @staticmethod
        def monotonic() -> float:
            return loop.now

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return BEGAN + timedelta(seconds=loop.now - 1000.0)

    real = clock.time, clock.datetime
    clock.time, clock.datetime = Time, Datetime  # type: ignore[assignment, misc]
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work)
    finally:
        clock.time, clock.datetime = real  # type: ignore[misc]
        loop.close()
