"""The engine without Slack's limits, end to end (performance.md §5): owed → claimed → rendered → sent → recorded.

Slack answers at once, in this process. Beside it, procrastinate as an outbox on the same PostgreSQL: a job for each
card, whose only work is to be awaited. Goals: ≥ 2,000 cards/s, ≥ 4 times procrastinate.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.parts.stage import database, postgres
from bench.parts.wares import DESK, event
from coopbot.clock import SystemClock
from coopbot.delivery.pacing import Limits, Pacer
from coopbot.delivery.wire import Wire
from coopbot.delivery.worker import Worker
from coopbot.domain.intent import Lane
from coopbot.ports import Sent
from coopbot.services import intake
from coopbot.store import open_store
from coopbot.views.language import Catalogues

CARDS, ROUNDS = 500, 3
FREE = Limits(1e9, 1e9, 1e9, 1e9, 1e9, 1e9)


class Slack:
    """Takes every post at once, and tells when the last has come."""

    def __init__(self, count: int) -> None:
        self.left, self.all = count, asyncio.Event()

    async def post(self, *_: Any) -> Sent:
        self.left -= 1
        if not self.left:
            self.all.set()
        return Sent("1.1")

    async def update(self, *_: Any) -> Sent:
        return Sent("1.1")

    async def reply(self, *_: Any) -> Sent:
        return Sent("ok")

    find = open_direct = tell_outage = reply


async def main() -> None:
    gc.freeze()  # as serve does with what it was made of
    rates: dict[str, list[float]] = {}
    with TemporaryDirectory() as name, postgres() as server:
        for _ in range(ROUNDS):
            for kind in ("sqlite", "postgresql"):
                try:
                    rates.setdefault(f"coopbot {kind}", []).append(await ours(database(kind, Path(name), server)))
                except LookupError as error:
                    row("cards, end to end", f"coopbot {kind}", missing=str(error))
            try:
                rates.setdefault("procrastinate", []).append(await theirs(database("postgresql", Path(name), server)))
            except (ImportError, LookupError) as error:
                row("cards, end to end", "procrastinate", missing=str(error))
    medians = {each: statistics.median(found) for each, found in rates.items() if found}
    for each, rate in medians.items():
        ours_ = each.startswith("coopbot")
        ratio = {"ratio": rate / medians["procrastinate"]} if ours_ and "procrastinate" in medians else {}
        goal = "≥ 2,000/s, ≥ 4 ×" if ours_ else ""
        row("cards, end to end", each, value=rate, unit="/s", goal=goal, **ratio)


async def ours(url: str) -> float:
    now = datetime.now(UTC)
    slack = Slack(CARDS)
    async with open_store(url) as store:
        for at in range(0, CARDS, 100):
            await store.run(intake.take, now, DESK, [event(f"W-{n}", now) for n in range(at, at + 100)])
        wire: Any = Wire(slack, slack, slack)  # type: ignore[arg-type]
        worker = Worker(Lane.CHAT, store, DESK, SystemClock(), wire, Catalogues(), pacer=Pacer(FREE), width=64)
        began = time.perf_counter()
        running = asyncio.create_task(worker.run())
        await slack.all.wait()
        await worker.stop()  # until the last is recorded
        seconds = time.perf_counter() - began
        await running
    return CARDS / seconds


async def theirs(url: str) -> float:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    slack = Slack(CARDS)

    @app.task(name="card")
    async def card(number: int) -> None:
        await slack.post(number)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for number in range(CARDS):
            await card.defer_async(number=number)
        began = time.perf_counter()
        await app.run_worker_async(concurrency=64, wait=False, install_signal_handlers=False)
        seconds = time.perf_counter() - began
    assert not slack.left
    return CARDS / seconds


def row(what: str, of: str, **more: object) -> None:
    print(json.dumps({"what": what, "of": of, **more}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
