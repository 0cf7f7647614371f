"""One ``serve`` for each SQLite file (decisions.md 31): two workers without row locks would send everything twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from coopbot.errors import CoopbotError
from coopbot.store.place import is_sqlite, sqlite_place


class AlreadyServed(CoopbotError):
    """Another process serves this file; the text says which."""


class ServeLock:
    """Held until :meth:`release`, or until the process ends in whatever way."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @property
    def held(self) -> bool:
        """Whether no other process can serve this database meanwhile; never on PostgreSQL."""
        return self._descriptor is not None

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def acquire_serve_lock(url: str) -> ServeLock:
    """Take the lock file beside the database; on PostgreSQL there is none to take, any number may serve.

    Raises AlreadyServed, with the other's process id.
    """
    if not is_sqlite(url):
        return ServeLock(None)
    path = sqlite_place(url).path
    lock = Path(f"{path}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise AlreadyServed(
            f"{path} is served by another coopbot already (process {holder}): one serve for each SQLite file, "
            "else messages would be sent twice. Stop that one, or use PostgreSQL to run several."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return ServeLock(descriptor)
