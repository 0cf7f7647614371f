"""What was asked of the workspace and what it sent out, for tests to read."""

from __future__ import annotations

from collections import deque
from typing import Any

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.records import JSON

_KEPT = 50_000
"""Entries of each kind; older ones are forgotten."""


class Journal:
    def __init__(self, clock: SandboxClock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self.calls: deque[JSON] = deque(maxlen=_KEPT)
        self.deliveries: deque[JSON] = deque(maxlen=_KEPT)
        self.notifications: deque[JSON] = deque(maxlen=_KEPT)

    def call(self, **fields: Any) -> None:
        self.calls.append({"seq": self._changes.next(), "at": self._clock.now(), **fields})

    def delivery(self, **fields: Any) -> None:
        self.deliveries.append({"seq": self._changes.next(), "at": self._clock.now(), **fields})

    def notification(self, **fields: Any) -> None:
        entry = {"seq": self._changes.seq + 1, "at": self._clock.now(), **fields}
        self.notifications.append(entry)
        self._changes.tell("notification", notification=entry)


def since(entries: deque[JSON], seq: int) -> list[JSON]:
    """Those numbered above ``seq``, oldest first."""
    found = []
    for entry in reversed(entries):
        if entry["seq"] <= seq:
            break
        found.append(entry)
    return found[::-1]
