"""What has fallen due (performance.md §3): an empty tick, and 1,000 due orders swept, ladder and outbox, committed.

Beside it, one APScheduler job for each order, of fewer. COOPBOT_BENCH_ORDERS sets the larger number of open orders
(1,000,000). Goals: ≤ 1 ms empty, ≤ 120 ms for 1,000, growth < 1.5 times from the smaller number, 99 of 100 that fell
due together committed within a second of the tick (§6, 8); with the larger one ready ≤ 2 s after the start of the
process, ≤ 150 MB of memory.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.parts.many import multiply
from bench.parts.stage import database, postgres, serving
from bench.parts.wares import DESK, event
from coopbot.domain.order_log import tell
from coopbot.domain.work_order import Entry, Kind, OrderKey
from coopbot.ports import Index, Tx
from coopbot.services import intake, sweep
from coopbot.store import OpenStore, open_store, within

FEW, MANY = 10_000, int(os.environ.get("COOPBOT_BENCH_ORDERS", "1000000"))
JOBS = min(MANY, 100_000)
DUE, ROUNDS = 1000, 3
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


async def main() -> None:
    gc.freeze()  # as `serve` does with what its start has made
    with TemporaryDirectory() as name, postgres() as server:
        for kind in ("sqlite", "postgresql"):
            swept: dict[int, float] = {}
            for count in (FEW, MANY):
                try:
                    url = database(kind, Path(name), server)
                except LookupError as error:
                    row(f"1,000 due of {count:,}", f"coopbot {kind}", missing=str(error))
                    continue
                async with open_store(url) as store:
                    with within(60):
                        await store.run(_add, FEW)
                multiply(url, FEW, count)
                async with open_store(url) as store:
                    with within(60):  # a busy machine is measured, too
                        empty, swept[count], lateness = await ours(store)
                async with serving(Path(name), url) as served:
                    most = count == MANY
                    ready = {"value": served.ready_s, "unit": "s", "goal": "≤ 2 s" if most else ""}
                    row(f"ready, {count:,} open", f"coopbot {kind}", **ready)
                    memory = {"value": served.rss_mb, "unit": "MB", "goal": "≤ 150 MB" if most else ""}
                    row(f"memory, {count:,} open", f"coopbot {kind}", **memory)
                goal = "≤ 1 ms" if count == MANY else ""
                row(f"empty tick, {count:,} open", f"coopbot {kind}", value=empty * 1000, unit="ms", goal=goal)
                value, goal = swept[count] * 1000, "≤ 120 ms" if count == MANY else ""
                row(f"1,000 due of {count:,}", f"coopbot {kind}", value=value, unit="ms", goal=goal)
                late = {"value": lateness * 1000, "unit": "ms", "goal": "≤ 1,000 ms" if count == MANY else ""}
                row(f"lateness p99 after the tick, 1,000 due of {count:,}", f"coopbot {kind}", **late)
            if len(swept) == 2:
                value = swept[MANY] / swept[FEW]
                row(f"growth from {FEW:,} to {MANY:,}", f"coopbot {kind}", value=value, unit="×", goal="< 1.5 ×")
    added, woken = a_job_each(JOBS)
    row(f"adding {JOBS:,}", "APScheduler, memory", value=added, unit="s")
    row(f"1,000 due of {JOBS:,}, woken only", "APScheduler, memory", value=woken * 1000, unit="ms")


async def ours(store: OpenStore) -> tuple[float, float, float]:
    """Seconds of an empty tick, of one with 1,000 due, and from its start until 99 of 100 of them are committed."""
    ticks = []
    for _ in range(50):
        began = time.perf_counter()
        await store.run(sweep.sweep, NOW, DESK)
        ticks.append(time.perf_counter() - began)
    swept, late = [], []
    for turn in range(ROUNDS):
        base = NOW + timedelta(days=turn)
        events = [event(f"D-{turn}-{n}", base, "crc") for n in range(DUE)]
        for at in range(0, DUE, 100):
            await store.run(intake.take, base, DESK, events[at : at + 100])
        looked, waited, began = 0, list[float](), time.perf_counter()
        while (done := await store.run(sweep.sweep, base + timedelta(hours=2, minutes=1), DESK)).orders:
            looked += done.orders
            waited += [time.perf_counter() - began] * done.orders
        late.append(statistics.quantiles(waited, n=100)[-1])
        swept.append(time.perf_counter() - began)
        assert looked >= DUE, looked
        await store.run(_end, [each.order for each in events if each.order])
    return statistics.median(ticks), statistics.median(swept), max(late)


def _add(tx: Tx, count: int) -> None:
    """Open orders that nothing is due of."""
    born = []
    later = NOW + timedelta(days=300)
    for number in range(count):
        raised = event(f"O-{number}", NOW)
        entry = Entry(Kind.RAISED, NOW, "raised:1", "platform", raised.data)
        profile = (DESK.profile.name, DESK.profile.version)
        order = tell(OrderKey("jd", f"O-{number}"), profile, NOW, (entry,))
        born.append((order, Index("open", "C0", later, later)))
    tx.orders.add(born)


def _end(tx: Tx, keys: list[Any]) -> None:
    """Nothing more is due of these."""
    for order in tx.orders.get_many(keys, for_update=True).values():
        tx.orders.record(order, (), Index("closed", "C0", NOW, None))


def a_job_each(count: int) -> tuple[float, float]:
    """Seconds to add a job for each order, and until 1,000 that fall due at once have run."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(10)}, timezone="UTC")
    scheduler.start(paused=True)
    far = datetime.now(UTC) + timedelta(days=300)
    began = time.perf_counter()
    for _ in range(count):
        scheduler.add_job(int, "date", run_date=far)
    added = time.perf_counter() - began
    left, done = [DUE], threading.Event()
    lock = threading.Lock()

    def remind() -> None:
        with lock:
            left[0] -= 1
            if not left[0]:
                done.set()

    for _ in range(DUE):
        scheduler.add_job(remind, "date", run_date=datetime.now(UTC), misfire_grace_time=None)
    began = time.perf_counter()
    scheduler.resume()
    done.wait(60)
    woken = time.perf_counter() - began
    scheduler.shutdown(wait=False)
    return added, woken


def row(what: str, of: str, **more: object) -> None:
    print(json.dumps({"what": what, "of": of, **more}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
