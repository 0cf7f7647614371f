"""What has changed, numbered: tests wait on the number, pages listen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``kind`` and ``fields`` say what; who may see it is the feed's to judge."""

    seq: int
    kind: str
    fields: dict[str, Any]


class Changes:
    def __init__(self) -> None:
        self.seq = 0
        self._listeners: list[Callable[[Change], None]] = []
        self._waiting: list[asyncio.Future[None]] = []

    def next(self) -> int:
        """Number a change without telling the pages (a call or a delivery was written down)."""
        self.seq += 1
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)
        return self.seq

    def tell(self, kind: str, **fields: Any) -> int:
        seq = self.next()
        if self._listeners:
            change = Change(seq, kind, fields)
            for listener in tuple(self._listeners):
                listener(change)
        return seq

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Hear every change; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def beyond(self, since: int, within: float) -> int:
        """The number, as soon as it is above ``since``, or after ``within`` real seconds as it is."""
        if self.seq <= since:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                await asyncio.wait_for(future, within)
            except TimeoutError:
                pass
        return self.seq
