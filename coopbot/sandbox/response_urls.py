"""The addresses that let an app answer in place: five posts within thirty minutes (slack.md A4)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.refusal import Refused

LIFE = 30 * 60.0
USES = 5


@dataclass(slots=True)
class ResponseUrl:
    path: str
    app_id: str
    user: str
    channel: str
    born: float
    message_ts: str = ""
    """The message it answers to; empty for a command."""
    thread_ts: str = ""
    uses: int = 0


class ResponseUrls:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._all: dict[str, ResponseUrl] = {}
        self._numbers = itertools.count(1)
        self.address = ""

    def new(self, app_id: str, user: str, channel: str, message_ts: str = "", thread_ts: str = "") -> str:
        """The whole address of a new one."""
        number = next(self._numbers)
        path = f"{app_id}/{number}/{number * 104729:x}"
        self._all[path] = ResponseUrl(path, app_id, user, channel, self._clock.now(), message_ts, thread_ts)
        return f"{self.address}/response/{path}"

    def use(self, path: str) -> ResponseUrl:
        """Count one use. Raises Refused: unknown, sixth use, or older than thirty minutes."""
        url = self._all.get(path)
        if url is None:
            raise Refused("invalid_url")
        if self._clock.now() - url.born > LIFE:
            raise Refused("expired_url")
        if url.uses >= USES:
            raise Refused("used_url")
        url.uses += 1
        return url
