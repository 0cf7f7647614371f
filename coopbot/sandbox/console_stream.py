"""A realistic stream of work orders: seeded, at a rate, with the odd urge for one that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

_CRC_SHARE = 0.2
_URGE_SHARE = 0.15


class Stream:
    """Starts and stops; draws the same story from the same seed.

    Its gaps are real time: a paused clock stops no platform.
    """

    def __init__(
        self,
        raise_one: Callable[[dict[str, Any]], Awaitable[object]],
        urge_one: Callable[[str], Awaitable[object]],
        waiting: Callable[[], list[str]],
    ) -> None:
        self._raise_one = raise_one
        self._urge_one = urge_one
        self._waiting = waiting
        self._task: asyncio.Task[None] | None = None
        self.per_minute = 0.0

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def start(self, per_minute: float, *, seed: int = 7, limit: int | None = None) -> None:
        """Run at ``per_minute`` orders a real minute, ``limit`` at most. Raises ValueError for a rate of 0 or less."""
        if per_minute <= 0:
            raise ValueError("the rate must be above 0 orders a minute")
        await self.stop()
        self.per_minute = per_minute
        self._task = asyncio.create_task(self._run(Random(seed), limit))

    async def stop(self) -> None:
        """Stop after the order that is on its way, if any."""
        task, self._task = self._task, None
        self.per_minute = 0.0
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, random: Random, limit: int | None) -> None:
        raised = 0
        while limit is None or raised < limit:
            waiting = self._waiting()
            if waiting and random.random() < _URGE_SHARE:
                await self._urge_one(random.choice(waiting))
            else:
                await self._raise_one({"class": "crc"} if random.random() < _CRC_SHARE else {})
                raised += 1
            await asyncio.sleep(random.expovariate(self.per_minute / 60))
