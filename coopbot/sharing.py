"""What comes at once shares a unit of work: a commit and its statements each is what most of the time would go into.

The first goes at once; what comes while it is under way goes together after it. What each is told is the same as if it
had come alone, and is told after the commit that holds it (performance.md §2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from coopbot.errors import StoreBusy

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T, R]):
    items: Sequence[T]
    answers: asyncio.Future[Sequence[R]]


class Sharing(Generic[T, R]):
    """In front of ``take``, which takes lists and answers each item; at most ``width`` lists are under way at once,
    none longer than ``most`` unless it came so."""

    def __init__(self, take: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int, width: int = 1) -> None:
        self._take, self._width, self._most = take, width, most
        self._waiting: list[_Waiting[T, R]] = []
        self._busy: set[asyncio.Task[None]] = set()

    async def __call__(self, items: Sequence[T]) -> Sequence[R]:
        """The answers, after the commit. Raises what ``take`` raises for these items."""
        mine: _Waiting[T, R] = _Waiting(items, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self._go()
        return await mine.answers

    def _go(self) -> None:
        while self._waiting and len(self._busy) < self._width:
            task = asyncio.create_task(self._do(self._some()), name="shared unit of work")
            self._busy.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._go()

    def _some(self) -> list[_Waiting[T, R]]:
        count = taken = 0
        for each in self._waiting:
            if taken and count + len(each.items) > self._most:
                break
            count, taken = count + len(each.items), taken + 1
        some, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return some

    async def _do(self, some: Sequence[_Waiting[T, R]]) -> None:
        try:
            answers = await self._take([item for each in some for item in each.items])
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
                each.answers.set_result(answers[at : at + len(each.items)])
            at += len(each.items)


def _fail(each: _Waiting[T, R], error: Exception) -> None:
    if not each.answers.done():
        each.answers.set_exception(error)
