"""One call of ``run`` or ``read`` on its way through the store's threads and back to who awaits it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from threading import Lock
from typing import Any

from coopbot.clock import monotonic
from coopbot.domain.intent import Lane
from coopbot.errors import StoreBusy
from coopbot.store.session import Session
from coopbot.store.unit import Unit

LIMIT_S = 2.5
"""Seconds for which a caller waits (decisions.md 28): Slack gives three to an acknowledgement."""

_LAST_MOMENT_S = 0.4
"""Seconds that a commit under way gets beyond that: nobody can take it back any more, its outcome is worth a wait."""

_limit: ContextVar[float | None] = ContextVar("limit", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Other seconds than the store's for the calls made inside: a long tick may wait longer than a click."""
    token = _limit.set(seconds)
    try:
        yield
    finally:
        _limit.reset(token)


class Stage(Enum):
    WAITING = auto()
    COMMITTING = auto()
    ABANDONED = auto()
    SETTLED = auto()


class Job:
    """Work to do, and the future of who waits. Whoever gives up before the commit has begun gets nothing done."""

    __slots__ = ("_gate", "_stage", "_timer", "_work", "deadline", "error", "future", "loop", "owes", "result")

    def __init__(self, work: Callable[[Unit], Any], limit: float) -> None:
        self._work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        limit = _limit.get() or limit
        self.deadline = monotonic() + limit
        self._timer = self.loop.call_later(limit, self._give_up)
        self._gate = Lock()
        self._stage = Stage.WAITING
        self.result: Any = None
        self.error: BaseException | None = None
        self.owes: Collection[Lane] = ()

    def do(self, session: Session) -> None:
        """Do the work in the session's transaction. Raises what the work raises."""
        self.error, self.owes = None, ()
        self.result = self._work(Unit(session))
        session.write_now()
        self.owes = session.owes

    @property
    def abandoned(self) -> bool:
        return self._stage is Stage.ABANDONED

    def commits(self) -> bool:
        """Say that its commit begins; False when nobody waits for it any more: then it must not be committed."""
        with self._gate:
            if self._stage is Stage.ABANDONED:
                return False
            self._stage = Stage.COMMITTING
            return True

    def settle(self) -> None:
        """In the loop's thread: hand over the outcome."""
        self._timer.cancel()
        self._stage = Stage.SETTLED
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)

    def _give_up(self) -> None:
        with self._gate:
            if self._stage is Stage.COMMITTING:
                self._timer = self.loop.call_later(_LAST_MOMENT_S, self._lose_touch)
                return
            self._stage = Stage.ABANDONED
        self._fail("the store could not commit in time; nothing has changed")

    def _lose_touch(self) -> None:
        self._fail("the store did not say in time whether the commit succeeded; it is whole or not at all")

    def _fail(self, why: str) -> None:
        if not self.future.done():
            self.future.set_exception(StoreBusy(why))


def settle(jobs: Iterable[Job], owed: Callable[[Collection[Lane]], None] | None = None) -> None:
    """From a store's thread: hand over these outcomes with one wake-up of the loop, and say in which lanes something is
    owed."""
    jobs = list(jobs)
    if not jobs:
        return

    def hand_over() -> None:
        for job in jobs:
            job.settle()
        lanes = {lane for job in jobs if job.error is None for lane in job.owes}
        if owed is not None and lanes:
            owed(lanes)

    try:
        jobs[0].loop.call_soon_threadsafe(hand_over)
    except RuntimeError:  # the loop is closed: nobody waits any more
        pass
