"""Every recurring tick as one table; the only place that knows APScheduler.

There is one job a row, never one an order: due times live in the store (rule 5). Every row coalesces, runs once at a
time and is never too late to run (house.md §4: the default misfire grace of 1 s loses ticks).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """One recurring tick."""

    name: str
    every_s: float
    run: Tick


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

    def __init__(self, rows: Sequence[Row]) -> None:
        self._jobs = AsyncIOScheduler(timezone="UTC")
        for row in rows:
            self._jobs.add_job(
                _guarded(row),
                IntervalTrigger(seconds=row.every_s, timezone="UTC"),
                id=row.name.partition(":")[0],
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


def _guarded(row: Row) -> Tick:
    async def run() -> None:
        try:
            await row.run()
        except Exception:  # the next tick tries again; nothing that was due is lost by this one
            log.exception("tick %s failed", row.name)

    return run
