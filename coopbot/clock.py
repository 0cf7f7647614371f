"""Time, the only place that reads it (decisions.md 25).

Domain time (:class:`Clock`) is what due times, rungs and penalties are made of; it is an argument everywhere below.
Transport time (:func:`wall`, :func:`monotonic`) is real and paces, leases and signs; nobody can bend it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The domain's present instant, aware, UTC."""
        ...


class SystemClock:
    """What ``serve`` runs on. It has no way to be steered."""

    def now(self) -> datetime:
        return wall()


class SteeredClock:
    """Domain time that a demo or a test sets: running at a rate, or paused. Only they may build it."""

    def __init__(self, start: datetime, *, rate: float = 0.0) -> None:
        if start.tzinfo is None:
            raise ValueError("a steered clock starts at an aware instant")
        self._base = start.astimezone(UTC)
        self._rate = rate
        self._since = time.monotonic()

    @property
    def rate(self) -> float:
        """Domain seconds per real second; 0 is paused."""
        return self._rate

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._rate)

    def run(self, rate: float) -> None:
        """Go on at ``rate`` domain seconds per real second from the present instant; 0 pauses."""
        self._base, self._since, self._rate = self.now(), time.monotonic(), rate

    def to(self, instant: datetime) -> None:
        """Jump forward to ``instant``. Raises ValueError for a jump back: recorded history can't be undone."""
        if instant < self.now():
            raise ValueError("domain time never runs backward")
        self._base, self._since = instant.astimezone(UTC), time.monotonic()


def wall() -> datetime:
    """Real time, aware, UTC: for signatures, leases and pacing."""
    if _agreed is None:
        return datetime.now(UTC)
    instant, at = _agreed
    return instant + timedelta(seconds=time.monotonic() - at)


_agreed: tuple[datetime, float] | None = None


def agree(instant: datetime) -> None:
    """From now on, real time is counted from ``instant``, and this machine's own clock is asked no more.

    For the store of several replicas: they go by the database's time, so that one whose clock is an hour wrong, or
    jumps, neither escalates early nor puts anything off (performance.md §6, 10). Said anew every few seconds.
    """
    global _agreed
    _agreed = instant.astimezone(UTC), time.monotonic()


def monotonic() -> float:
    """Seconds that never jump: for measuring and for leases within one process."""
    return time.monotonic()
