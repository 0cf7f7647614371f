"""What the console sent and received, numbered, so that a test or a page can wait for the next line of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Entry:
    """One request on the wire."""

    seq: int
    at: str
    """When, by the console's clock (RFC 3339, UTC)."""
    direction: Literal["sent", "received"]
    type: str
    """The event's type, ``work_order.reply`` or ``outage``."""
    work_order_no: str | None
    body: Any
    """As it stood in the request."""
    answer: Any
    """What the other side answered: ``{"status": …, "body": …}``, or ``{"error": …}`` where there was no answer."""
    effect: bool
    """Whether it changed what the platform holds. A repeated reply and a refused one have none."""
    fault: str | None = None


class Journal:
    """Append-only; lives as long as the console."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._grown = asyncio.Condition()
        self._closed = False

    @property
    def seq(self) -> int:
        """The number of the last entry; 0 when there is none."""
        return len(self._entries)

    async def write(
        self,
        direction: Literal["sent", "received"],
        type: str,
        *,
        work_order_no: str | None,
        body: Any,
        answer: Any,
        effect: bool,
        fault: str | None = None,
    ) -> Entry:
        at = self._clock().isoformat().replace("+00:00", "Z")
        entry = Entry(self.seq + 1, at, direction, type, work_order_no, body, answer, effect, fault)
        async with self._grown:
            self._entries.append(entry)
            self._grown.notify_all()
        return entry

    async def since(self, seq: int, *, wait: float = 0.0) -> list[dict[str, Any]]:
        """The entries after ``seq``; waits up to ``wait`` real seconds for the first one."""
        if wait > 0 and self.seq <= seq:
            try:
                async with asyncio.timeout(wait), self._grown:
                    await self._grown.wait_for(lambda: self.seq > seq or self._closed)
            except TimeoutError:
                pass
        return [asdict(entry) for entry in self._entries[max(seq, 0) :]]

    async def close(self) -> None:
        """Let go of everybody who waits."""
        async with self._grown:
            self._closed = True
            self._grown.notify_all()
