"""Every recurring tick as one table; the only place that knows APScheduler.

There is one job a row, never one an order: due times live in the store (rule 5). Every row coalesces, runs once at a
time and is never too late to run (house.md §4: the default misfire grace of 1 s loses ticks).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from coopbot.errors import Trouble

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[object]]

AGAIN_S = 5.0
"""Seconds after which a tick that the world failed is tried again, where its own turn comes later."""


@dataclass(frozen=True)
class Row:
    """One recurring tick."""

    name: str
    every_s: float
    run: Tick

    @property
    def id(self) -> str:
        """What its name says before the colon."""
        return self.name.partition(":")[0]


def table(
    *, sweep: Tick, share: Tick, socket: Tick, shift_end: Tick, rota: Tick, audit: Tick, refresh: Tick, forget: Tick
) -> tuple[Row, ...]:
    """What recurs, and how often (real seconds)."""
    return (
        Row("sweep: rungs and breaches that have fallen due", 1, sweep),
        Row("share: of Slack's pace, by how many replicas live", 10, share),
        Row("socket: whether Slack's line still lives", 15, socket),
        Row("shift end: what will be tight when the team comes back", 60, shift_end),
        Row("rota: changes of shift, gaps ahead, swaps and drills that wait", 60, rota),
        Row("audit: what should have happened and has not", 60, audit),
        Row("refresh: members and people, should an event have been lost", 600, refresh),
        Row("forget: identities that Slack will not deliver again", 3600, forget),
    )


class Ticks:
    """``rows`` on a timer each; whoever starts them stops them."""

    def __init__(self, rows: Sequence[Row], again_s: float = AGAIN_S) -> None:
        self._rows = {row.id: row for row in rows}
        self._again_s = again_s
        self._again: set[asyncio.Task[None]] = set()
        self._jobs = AsyncIOScheduler(timezone="UTC")
        for row in rows:
            self._jobs.add_job(
                self._until_done,
                IntervalTrigger(seconds=row.every_s, timezone="UTC"),
                args=[row],
                id=row.id,
                name=row.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._jobs.start()

    def stop(self) -> None:
        """Nothing new begins; what runs is its own affair."""
        self._jobs.shutdown(wait=False)
        for task in self._again:
            task.cancel()

    async def now(self, name: str) -> None:
        """Run a row between its turns. Where it fails it is tried again apart: its caller is not held up."""
        row = self._rows[name]
        if not await _done(row):
            task = asyncio.create_task(self._until_done(row, self._again_s), name=f"again: {row.name}")
            self._again.add(task)
            task.add_done_callback(self._again.discard)

    async def _until_done(self, row: Row, pause: float = 0.0) -> None:
        """A row that comes seldom is not left undone until its next turn where the database was away for a moment."""
        while True:
            await asyncio.sleep(pause)
            if await _done(row) or row.every_s <= self._again_s:
                return
            pause = self._again_s


async def _done(row: Row) -> bool:
    """Run it. False where the world failed it and another try soon may do; a mistake of ours is not mended by one."""
    try:
        await row.run()
    except Trouble as error:
        log.error("tick %s failed: %s", row.name, error)
        return False
    except Exception:  # nothing that was due is lost by it: its next turn sees it
        log.exception("tick %s failed", row.name)
    return True
