"""Intake: signature → validation → committed orders and what is owed (performance.md §2), 1 and 100 a request.

Goals, in the same run: single ≥ 5,000/s and ≥ 10 times the ORM; batched ≥ 20,000/s and ≥ 15 times (SQLite), ≥ 6 times
(PostgreSQL) the ORM; p99 of single requests ≤ 20 ms; nothing refused.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from contextlib import AsyncExitStack
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.parts.load import Seen, fire
from bench.parts.stage import baseline, coopbot, database, postgres
from bench.parts.traffic import click, events, order

SINGLE, BATCHES, OF, ROUNDS, CLICKS = 1500, 30, 100, 3, 100
GOALS = {"sqlite": (10, 15), "postgresql": (10, 6)}


async def main() -> None:
    numbers = count()
    with TemporaryDirectory() as name, postgres() as server:
        folder = Path(name)
        found: dict[str, list[tuple[Seen, Seen]]] = {}
        clicks: dict[str, list[Seen]] = {}
        async with AsyncExitStack() as stack:
            ports = {"no database": await stack.enter_async_context(baseline("intake_none"))}
            for kind in GOALS:
                try:
                    url = database(kind, folder, server)
                    ports[f"ORM {kind}"] = await stack.enter_async_context(baseline("intake_orm", url))
                except Exception as error:
                    row("orders, 1 a request", f"ORM {kind}", missing=str(error))
                ports[f"coopbot {kind}"] = await stack.enter_async_context(
                    coopbot(folder, database(kind, folder, server))
                )
            for _ in range(ROUNDS):
                for each, port in ports.items():
                    share = 4 if each.startswith("ORM") else 1  # it is slow: fewer tell as much
                    first = next(numbers)
                    singles = [events([order(n)]) for n in (first, *islice(numbers, SINGLE // share - 1))]
                    batches = [events([order(next(numbers)) for _ in range(OF)]) for _ in range(BATCHES // share)]
                    seen = await fire(port, singles, 32), await fire(port, batches, 4)
                    found.setdefault(each, []).append(seen)
                    if each.startswith("coopbot"):
                        batches = [events([order(next(numbers)) for _ in range(OF)]) for _ in range(BATCHES)]
                        pressed = [click(n, "claim") for n in range(first, first + CLICKS)]
                        clicked, _ = await asyncio.gather(fire(port, pressed, 1), fire(port, batches, 4))
                        clicks.setdefault(each, []).append(clicked)
        report(found)
        for each, turns in clicks.items():
            assert not sum(turn.failed for turn in turns), each
            median, p99 = (statistics.median(getattr(turn, what) for turn in turns) for what in ("median", "p99"))
            row("a click while batches come, p50", each, value=median, unit="ms", p99=p99, goal="p99 ≤ 100 ms")
            worst = max(max(turn.ms) for turn in turns)
            row("a click while batches come, worst", each, value=worst, unit="ms", goal="≤ 500 ms")


def report(found: dict[str, list[tuple[Seen, Seen]]]) -> None:
    single = {each: statistics.median(one.rate for one, _ in turns) for each, turns in found.items()}
    batched = {each: statistics.median(many.rate * OF for _, many in turns) for each, turns in found.items()}
    for each, turns in found.items():
        failed = sum(one.failed + many.failed for one, many in turns)
        ours = each.startswith("coopbot")
        assert not (failed and ours), f"{each}: {failed} requests failed"
        more = {"failed": failed} if failed else {}
        p99 = statistics.median(one.p99 for one, _ in turns)
        row("orders, 1 a request", each, value=single[each], unit="/s", goal="≥ 5,000/s" if ours else "", **more)
        row("1 a request, p50", each, value=statistics.median(one.median for one, _ in turns), unit="ms", p99=p99)
        row("orders, 100 a request", each, value=batched[each], unit="/s", goal="≥ 20,000/s" if ours else "")
    for kind, (one, many) in GOALS.items():
        ours, theirs = f"coopbot {kind}", f"ORM {kind}"
        if ours in single and theirs in single:
            ratio = single[ours] / single[theirs]
            row("1 a request beside the ORM", ours, value=single[ours], unit="/s", ratio=ratio, goal=f"≥ {one} ×")
            ratio = batched[ours] / batched[theirs]
            row("100 a request beside the ORM", ours, value=batched[ours], unit="/s", ratio=ratio, goal=f"≥ {many} ×")


def row(what: str, of: str, **more: object) -> None:
    print(json.dumps({"what": what, "of": of, **more}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
