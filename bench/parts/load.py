"""A load generator that costs little itself: prepared bytes over kept connections, answers read by their length."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

HUNG_UP = 599


@dataclass
class Seen:
    """Latencies in ms, how many answers of each status, and the seconds that it all took."""

    ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.ms) / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.ms)

    @property
    def p99(self) -> float:
        return sorted(self.ms)[min(len(self.ms) - 1, int(len(self.ms) * 0.99))]

    @property
    def failed(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 300)


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A whole request."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: bench",
        f"Content-Length: {len(body)}",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def fire(port: int, requests: Sequence[bytes], at_once: int) -> Seen:
    """Send every request once, ``at_once`` at a time."""
    seen = Seen()
    waiting = iter(requests)

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            try:
                status, length = await _head(reader)
                if length:
                    await reader.readexactly(length)
            except (ConnectionError, asyncio.IncompleteReadError):  # some hang up after an error of theirs
                status = HUNG_UP
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            seen.ms.append((time.perf_counter() - began) * 1000)
            seen.statuses[status] += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    seen.seconds = time.perf_counter() - began
    return seen


async def _head(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    length = int(lowered[at + 15 : lowered.find(b"\r\n", at)]) if at >= 0 else 0
    return int(head[9:12]), length
