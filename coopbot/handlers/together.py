"""Requests that come at once share a unit of work: a commit each is what intake would spend its time on.

The first goes at once; those that come while it is under way go together after it. What each is told is the same as
if it had come alone, and is told after the commit that holds it (performance.md §2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from coopbot.domain.event import Answer, PlatformEvent
from coopbot.errors import StoreBusy

Take = Callable[[Sequence[PlatformEvent]], Awaitable[Sequence[Answer]]]

MOST = 500
"""Events of one unit of work, unless a single request brings more: clicks pass between (performance.md §2)."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    events: Sequence[PlatformEvent]
    answers: asyncio.Future[Sequence[Answer]]


class Together:
    """A ``take`` in front of ``take``; at most ``width`` units of work at once."""

    def __init__(self, take: Take, *, width: int = 1, most: int = MOST) -> None:
        self._take, self._width, self._most = take, width, most
        self._waiting: list[_Waiting] = []
        self._busy: set[asyncio.Task[None]] = set()

    async def __call__(self, events: Sequence[PlatformEvent]) -> Sequence[Answer]:
        """The answers, after the commit. Raises what ``take`` raises for these events."""
        mine = _Waiting(events, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self._go()
        return await mine.answers

    def _go(self) -> None:
        while self._waiting and len(self._busy) < self._width:
            task = asyncio.create_task(self._do(self._some()), name="intake")
            self._busy.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._go()

    def _some(self) -> list[_Waiting]:
        some: list[_Waiting] = []
        count = 0
        while self._waiting and (not some or count + len(self._waiting[0].events) <= self._most):
            some.append(self._waiting.pop(0))
            count += len(some[-1].events)
        return some

    async def _do(self, some: Sequence[_Waiting]) -> None:
        try:
            answers = await self._take([event for each in some for event in each.events])
        except Exception as error:
            if len(some) == 1 or isinstance(error, StoreBusy):
                for each in some:
                    _fail(each, error)
            else:  # one of them is at fault: each for itself
                for each in some:
                    await self._do([each])
            return
        at = 0
        for each in some:
            if not each.answers.done():
                each.answers.set_result(answers[at : at + len(each.events)])
            at += len(each.events)


def _fail(each: _Waiting, error: Exception) -> None:
    if not each.answers.done():
        each.answers.set_exception(error)
