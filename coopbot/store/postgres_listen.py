"""A thread that hears other replicas say that something is owed (LISTEN)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event, Thread

import psycopg

CHANNEL = "coopbot_owed"
LISTENS = "coopbot-listens"
"""Every replica has one such session: as many as there are, so many replicas are alive."""
_LOOK_S = 0.1
_AGAIN_S = 1.0


class Listener:
    def __init__(self, address: str, me: str, workspace: int) -> None:
        self._address = address
        self._own, self._prefix = f"{workspace}/{me}", f"{workspace}/"
        self._closing = Event()
        self._thread: Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._thread = Thread(target=self._listen_on, args=(loop, ring), name="coopbot-listens", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _listen_on(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        while not self._closing.is_set():
            try:
                self._listen(loop, ring)
            except psycopg.Error:  # the database is away; workers poll meanwhile
                self._closing.wait(_AGAIN_S)

    def _listen(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=2, application_name=LISTENS) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            loop.call_soon_threadsafe(ring)  # what was owed while nobody listened
            while not self._closing.is_set():
                for heard in connection.notifies(timeout=_LOOK_S):
                    if heard.payload.startswith(self._prefix) and heard.payload != self._own:
                        loop.call_soon_threadsafe(ring)
