"""The sandbox's own clock: it runs, is steered or jumps, so that minutes need not be waited for.

What Slack measures in minutes (retries, trigger and response_url life, tiers) goes by this clock; signatures and the
three seconds of an ack go by real time, since the app at the other end lives in it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


def real_now() -> float:
    """UNIX seconds of the machine: what signatures carry."""
    return time.time()


def monotonic() -> float:
    """Seconds that never go back, for measuring."""
    return time.monotonic()


class SandboxClock:
    """UNIX seconds that pass at ``rate`` per real second, and timers that go by them."""

    def __init__(self, starts_at: float | None = None) -> None:
        self._base = real_now() if starts_at is None else starts_at
        self._anchor = monotonic()
        self._rate = 1.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._handle: asyncio.TimerHandle | None = None

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> float:
        return self._base + (monotonic() - self._anchor) * self._rate

    def call_at(self, when: float, what: Callable[[], None]) -> None:
        """Run ``what`` once the clock shows ``when``, whether it got there by running or by a jump."""
        heapq.heappush(self._timers, (when, next(self._numbers), what))
        self._arm()

    def run_at(self, rate: float) -> None:
        """Let it run ``rate`` times as fast as the real one; 0 stops it. Raises ValueError below 0."""
        if rate < 0:
            raise ValueError("a clock does not run backwards")
        self._base, self._anchor, self._rate = self.now(), monotonic(), rate
        self._arm()

    def jump(self, to: float) -> None:
        """Show ``to`` from here on; every timer that falls due on the way runs in order, at its own moment."""
        while self._timers and self._timers[0][0] <= to:
            when, _, what = heapq.heappop(self._timers)
            self._base, self._anchor = max(when, self.now()), monotonic()
            what()
        self._base, self._anchor = to, monotonic()
        self._arm()

    def stop(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        if self._handle:
            self._handle.cancel()

    def _arm(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None
        if self._timers and self._rate > 0:
            wait = max(0.0, (self._timers[0][0] - self.now()) / self._rate)
            self._handle = asyncio.get_running_loop().call_later(wait, self._fire)

    def _fire(self) -> None:
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()
        self._arm()
