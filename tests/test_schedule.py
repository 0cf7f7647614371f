"""The table of ticks: one timer a row whatever is open, never too late to run, and one that fails goes on."""

from __future__ import annotations

import asyncio
import logging

import pytest

from coopbot.errors import StoreBusy
from coopbot.schedule import Row, Ticks, table


async def idle() -> None: ...


def test_what_recurs_is_a_table_that_no_order_adds_to() -> None:
    ticks = dict.fromkeys(("sweep", "share", "socket", "shift_end", "rota", "audit", "refresh", "forget"), idle)
    rows = table(**ticks)
    assert [row.name.partition(":")[0] for row in rows] == [name.replace("_", " ") for name in ticks]
    assert min(row.every_s for row in rows) == rows[0].every_s == 1


async def test_one_that_fails_is_logged_and_runs_again_beside_the_others(caplog: pytest.LogCaptureFixture) -> None:
    failed, ran = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def fails() -> None:
        failed.release()
        raise OSError("the database rests")

    async def runs() -> None:
        ran.release()

    ticks = Ticks([Row("bad: fails", 0.01, fails), Row("good: runs", 0.01, runs)])
    with caplog.at_level(logging.ERROR):
        ticks.start()
        try:
            for _ in range(3):
                await failed.acquire()
                await ran.acquire()
        finally:
            ticks.stop()
    assert "tick bad: fails failed" in caplog.text


async def test_one_that_comes_seldom_and_fails_is_tried_again_before_its_turn() -> None:
    done, tries = asyncio.Event(), iter((StoreBusy("away"), StoreBusy("still away")))

    async def twice_in_vain() -> None:
        for error in tries:
            raise error
        done.set()

    ticks = Ticks([Row("rota: changes of shift", 3600, twice_in_vain)], again_s=0.001)
    ticks.start()
    await ticks.now("rota")
    try:
        async with asyncio.timeout(10):
            await done.wait()
    finally:
        ticks.stop()
