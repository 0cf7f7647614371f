"""A click, from signed request to ack (performance.md §1): ours with its commit, beside what acks without one.

Beside them our own edge alone, with one action and with a hundred. Goals: one at a time p50 ≤ 2 ms, p99 ≤ 8 ms;
32 at once ≥ 70 % of Bolt's process_before_response without a database,
≥ 9 times (SQLite) and ≥ 4 times (PostgreSQL) what most bots do, all in the same run.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.parts.load import Seen, fire
from bench.parts.stage import baseline, coopbot, database, postgres
from bench.parts.traffic import click, events, order

ALONE, TOGETHER, AT_ONCE, ROUNDS = 200, 1000, 32, 3
ORDERS = ALONE + TOGETHER


async def main() -> None:
    with TemporaryDirectory() as name, postgres() as server:
        folder = Path(name)
        found: dict[str, list[tuple[Seen, Seen]]] = {}
        async with AsyncExitStack() as stack:
            ports: dict[str, int] = {}
            for each in ("empty", "bolt_default", "bolt_early", "edge_1", "edge_100"):
                ports[each] = await stack.enter_async_context(baseline(each))
            for kind in ("sqlite", "postgresql"):
                try:
                    ports[f"bolt_orm {kind}"] = await stack.enter_async_context(
                        baseline("bolt_orm", database(kind, folder, server))
                    )
                except Exception as error:
                    row(f"32 at once, {kind}", "bolt_orm", missing=str(error))
                ports[f"coopbot {kind}"] = await stack.enter_async_context(
                    coopbot(folder, database(kind, folder, server))
                )
                seeded = [events([order(n) for n in range(at, at + 100)]) for at in range(0, ORDERS, 100)]
                assert not (await fire(ports[f"coopbot {kind}"], seeded, 1)).failed
            for turn in range(ROUNDS):  # interleaved: what the machine does meanwhile meets them all
                for each, port in ports.items():
                    action = "release" if each.startswith("coopbot") and turn % 2 else "claim"
                    alone = await fire(port, [click(n, action) for n in range(ALONE)], 1)
                    share = 4 if each.startswith("bolt_orm") else 1  # it is slow: fewer tell as much
                    clicks = [click(n, action) for n in range(ALONE, ALONE + TOGETHER // share)]
                    found.setdefault(each, []).append((alone, await fire(port, clicks, AT_ONCE)))
        report(found)


def report(found: dict[str, list[tuple[Seen, Seen]]]) -> None:
    rate = {each: statistics.median(together.rate for _, together in turns) for each, turns in found.items()}
    for each, turns in found.items():
        failed = sum(alone.failed + together.failed for alone, together in turns)
        ours = each.startswith("coopbot")
        assert not (failed and ours), f"{each}: {failed} clicks failed"
        if failed:
            row("clicks that failed", each, value=failed, unit="")
        median = statistics.median(alone.median for alone, _ in turns)
        p99 = statistics.median(alone.p99 for alone, _ in turns)
        row("one at a time", each, value=median, unit="ms", p99=p99, goal="p50 ≤ 2 ms, p99 ≤ 8 ms" if ours else "")
    for each, turns in found.items():
        p99 = statistics.median(together.p99 for _, together in turns)
        row("32 at once", each, value=rate[each], unit="/s")
        row("32 at once, p50", each, value=statistics.median(t.median for _, t in turns), unit="ms", p99=p99)
    row("ack only, 1 action", "our edge", value=rate["edge_1"], unit="/s")
    ratio = rate["edge_100"] / rate["bolt_early"]
    row(
        "ack only beside Bolt's, 100 actions",
        "our edge",
        value=rate["edge_100"],
        unit="/s",
        ratio=ratio,
        goal="≥ 1.5 ×",
    )
    cost = rate["edge_1"] / rate["edge_100"]
    row("cost of 100 actions beside 1", "our edge", value=cost, unit="×", goal="≤ 1.1 ×")
    for kind, times in (("sqlite", 9), ("postgresql", 4)):
        ours = f"coopbot {kind}"
        if ours in rate:
            ratio = rate[ours] / rate["bolt_early"]
            row("32 at once beside bolt_early", ours, value=rate[ours], unit="/s", ratio=ratio, goal="≥ 0.7 ×")
        if f"bolt_orm {kind}" in rate:
            ratio = rate[ours] / rate[f"bolt_orm {kind}"]
            row("32 at once beside bolt_orm", ours, value=rate[ours], unit="/s", ratio=ratio, goal=f"≥ {times} ×")


def row(what: str, of: str, **more: object) -> None:
    print(json.dumps({"what": what, "of": of, **more}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
