"""A burst, told within Slack's limits (performance.md §5). A ratio is the bound over what it took: 1 is at the bound.

The first rows run the real store, worker and pacing under a virtual clock, against a Slack that refuses what is beyond
its limits; beside them the same engine without digests, and without priorities too. The last rows are a smaller burst
in real time against the sandbox with its own limits. Goals: all told ≤ 1.15 × T_min + 2 s, the 99th percentile of CRC
≤ 1.2 × its bound, at most one 429 in 1,000 sends.
"""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bench.parts import virtual
from bench.parts.stage import database
from bench.parts.wares import DESK, event
from coopbot import clock
from coopbot.clock import SystemClock
from coopbot.delivery.pacing import Bucket, Limits, Pacer
from coopbot.delivery.wire import Wire
from coopbot.delivery.worker import PATIENCE_S, Worker
from coopbot.domain.digest import MOST_ORDERS
from coopbot.domain.event import PlatformEvent
from coopbot.domain.intent import Lane
from coopbot.ports import Sent, TryLater
from coopbot.sandbox import App, Channel, Sandbox, Workspace
from coopbot.services import intake
from coopbot.slack.chat import SlackChat, web_client
from coopbot.store import OpenStore, open_store
from coopbot.views.language import Catalogues

ORDERS, CRC_EVERY = 10_000, 20
SMALL_CHANNELS, SMALL = 4, 440
LATENCY_S = 0.1
NEVER = 1e9
ALL, CRC = "all told", "CRC, p99"
Told = Mapping[str, float]


@dataclass
class Burst:
    events: Sequence[PlatformEvent]
    limits: Limits = field(default_factory=Limits)

    def counts(self, kind: str) -> Counter[str]:
        teams = {shop: team.channel for team in DESK.teams for shop in (each.shop_id for each in team.shops)}
        of = (teams[str(each.data["shop_id"])] for each in self.events if each.data["class"] == kind)
        return Counter(of)

    @property
    def t_min(self) -> float:
        crc, ordinary, it = self.counts("crc"), self.counts("general"), self.limits
        messages = Counter(crc)
        messages.update({channel: math.ceil(count / MOST_ORDERS) for channel, count in ordinary.items()})
        fullest = (max(messages.values()) - it.channel_burst) / it.channel_rate
        return max(0.0, fullest, (messages.total() - it.posts_burst) / it.posts_rate)

    @property
    def crc_bound(self) -> float:
        crc, it = self.counts("crc"), self.limits
        return max(max(crc.values()) / it.channel_rate, crc.total() / it.posts_rate) + 1 / it.channel_rate


@dataclass
class Slack:
    """Takes what its limits allow after a moment, and refuses the rest with 429."""

    limits: Limits
    taken: int = 0
    refused: int = 0
    workspace: Bucket = field(init=False)
    channels: dict[str, Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workspace = Bucket(self.limits.posts_rate, self.limits.posts_burst)

    async def post(self, channel: str, *_: Any) -> Sent | TryLater:
        await asyncio.sleep(LATENCY_S)
        now, it = clock.monotonic(), self.limits
        bucket = self.channels.setdefault(channel, Bucket(it.channel_rate, it.channel_burst))
        wait = max(bucket.wait(now), self.workspace.wait(now))
        if wait > 1e-6:
            self.refused += 1
            return TryLater(max(1.0, math.ceil(wait)), "rate limited", begun=False, pause="chat.postMessage")
        bucket.take(now)
        self.workspace.take(now)
        self.taken += 1
        return Sent(f"{self.taken}.1")

    async def update(self, *_: Any) -> Sent:
        return Sent("1.1")


def burst(count: int, channels: int) -> Burst:
    """So many orders of so many channels, each twentieth CRC, all raised at once."""
    found, number = [], 0
    while len(found) < count:
        kind = "crc" if number % CRC_EVERY == 0 else "general"
        each = event(f"W-{number}", virtual.BEGAN, kind)
        number += 1
        if int(str(each.data["shop_id"]).removeprefix("shop-")) < channels:
            found.append(each)
    return Burst(found)


async def deliver(store: Any, chat: Any, of: Burst, patience: float, *, order: str = "", url: str = "") -> Told:
    """Take the burst, then tell it; seconds until each order was told."""
    for at in range(0, len(of.events), 100):
        await store.run(intake.take, clock.wall(), DESK, of.events[at : at + 100])
    if order == "fifo":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("UPDATE outbox SET priority = 4, due = 0")
    wire: Any = Wire(chat, chat, chat)
    pacer = Pacer(of.limits)
    worker = Worker(Lane.CHAT, store, DESK, SystemClock(), wire, Catalogues(), pacer=pacer, patience_s=patience)
    began = clock.wall()
    running = asyncio.create_task(worker.run())
    while await store.read(_waits):  # noqa: ASYNC110 - the store has no event for it
        await asyncio.sleep(1.0)
    await worker.stop()
    await running
    return {number: (at - began).total_seconds() for number, at in await store.read(_told)}


def _waits(tx: Any) -> bool:
    return tx.outbox.next_due(Lane.CHAT) is not None


def _told(tx: Any) -> list[tuple[str, datetime]]:
    return [(order.key.number, order.told.at) for order in tx.orders.unfinished() if order.told]


def simulated(of: Burst, folder: Path, patience: float, order: str = "") -> tuple[Told, Slack]:
    loop = virtual.VirtualLoop()
    slack = Slack(of.limits)
    url = database("sqlite", folder, None)

    async def work() -> Told:
        async with open_store(url) as store:
            return await deliver(virtual.Watched(store, loop), slack, of, patience, order=order, url=url)

    return virtual.run(work(), loop), slack


async def real(of: Burst, store: OpenStore) -> tuple[Told, int, int]:
    """Against the sandbox with its own limits, in real time."""
    channels = sorted(of.counts("general"))
    bot = App(bot_user_id="U0BOT", manifest={"oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}}})
    places = tuple(Channel(each, each.lower(), members=("U0BOT",)) for each in channels)
    sandbox = Sandbox(Workspace(channels=places, apps=(bot,)))
    await sandbox.start(host="127.0.0.1", port=0)
    try:
        async with aiohttp.ClientSession() as session:
            chat = SlackChat(web_client("xoxb-sandbox-1", f"{sandbox.address}/api/", session))
            told = await deliver(store, chat, of, PATIENCE_S)
            async with session.get(f"{sandbox.address}/control/journal") as answer:
                calls = (await answer.json())["calls"]
    finally:
        await sandbox.stop()
    posts = [call for call in calls if call["method"] == "chat.postMessage"]
    return told, sum(call["effect"] for call in posts), sum(call["error"] == "ratelimited" for call in posts)


def report(what: str, of: str, burst_: Burst, told: Told, sent: int, refused: int, *, held: bool) -> None:
    """``held``: whether it is to meet the goals."""
    assert len(told) == len(burst_.events), f"{len(burst_.events) - len(told)} orders were not told"
    crc = [told[each.id] for each in burst_.events if each.data["class"] == "crc"]
    last, p99 = max(told.values()), statistics.quantiles(crc, n=100)[98]
    most = 1.15 * burst_.t_min + 2
    goal = f"≤ {most:,.0f} s" if held else ""
    print_row(f"{what}: {ALL}", of, value=last, unit="s", ratio=burst_.t_min / last, goal=goal, messages=sent)
    goal = f"≤ {1.2 * burst_.crc_bound:,.0f} s" if held else ""
    print_row(f"{what}: {CRC}", of, value=p99, unit="s", ratio=burst_.crc_bound / p99, goal=goal)
    ordinary = [told[each.id] for each in burst_.events if each.data["class"] != "crc"]
    print_row(f"{what}: others, median", of, value=statistics.median(ordinary), unit="s")
    per_mille = refused / (sent + refused) * 1000
    print_row(f"{what}: 429s in 1,000 sends", of, value=per_mille, unit="", goal="≤ 1" if held else "")


def print_row(what: str, of: str, **more: object) -> None:
    print(json.dumps({"what": what, "of": of, **more}, ensure_ascii=False), flush=True)


def main() -> None:
    large, one = burst(ORDERS, len(DESK.teams)), burst(306, 1)
    with TemporaryDirectory() as name:
        folder = Path(name)
        variants = [("coopbot", PATIENCE_S, ""), ("no digests", NEVER, ""), ("first in, first out", NEVER, "fifo")]
        for of, patience, order in variants:
            told, slack = simulated(large, folder, patience, order)
            report("10,000 orders, 200 channels", of, large, told, slack.taken, slack.refused, held=of == "coopbot")
        told, slack = simulated(one, folder, PATIENCE_S)
        report("306 orders, 1 channel", "coopbot", one, told, slack.taken, slack.refused, held=True)
        small = burst(SMALL, SMALL_CHANNELS)

        async def against_the_sandbox() -> tuple[Told, int, int]:
            async with open_store(database("sqlite", folder, None)) as store:
                return await real(small, store)

        told, sent, refused = asyncio.run(against_the_sandbox())
        report("440 orders, 4 channels, real time", "coopbot", small, told, sent, refused, held=True)


if __name__ == "__main__":
    main()
